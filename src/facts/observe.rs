//! The facts of one statement, answered from the catalog and the transaction as they stand before it runs.

mod alter_table;
mod types;

use crate::catalog::Catalog;
use crate::lock::LockMode;
use crate::statement::{CreateIndex, CreateTable, ForeignKey, Statement};
use crate::transaction::Transaction;

use super::{Aspect, FactName, Observation, Role};

/// What the answers are drawn from.
pub struct Context<'a> {
    /// The database before the statement.
    pub catalog: &'a Catalog,
    /// What the migration has done so far.
    pub transaction: &'a Transaction,
    /// The session's `TimeZone`.
    pub time_zone: &'a str,
    /// What the models had when the migration began.
    pub usage: &'a dyn Usage,
}

/// Whether running code knows a table or column: whether the models had it when the migration began.
pub trait Usage {
    /// A model has this table.
    fn table_in_use(&self, table: &str) -> bool;
    /// A model with this table has a field with this column.
    fn column_in_use(&self, table: &str, column: &str) -> bool;
}

/// All aspects of a statement; `None` where the statement could not be read.
#[must_use]
pub fn observe(statement: &Statement, context: &Context<'_>) -> Option<Vec<Observation>> {
    let observations = match statement {
        Statement::CreateTable(create) => create_table(create),
        Statement::DropTable { table, .. } => context.drop_table(table),
        Statement::RenameTable { from, to } => {
            vec![Observation::new(Aspect::RenameTable, from).named("new_table", to)]
        }
        Statement::AlterTable { table, actions } => actions
            .iter()
            .flat_map(|action| context.alter_table(table, action, actions))
            .collect(),
        Statement::CreateIndex(create) => vec![context.create_index(create)],
        Statement::DropIndex { name, concurrently, .. } => vec![context.drop_index(&name.resolve(), *concurrently)],
        Statement::RenameIndex { from, to, .. } => vec![context.rename_index(&from.resolve(), &to.resolve())],
        Statement::Comment { table, .. } => vec![Observation::new(Aspect::Comment, table)],
        Statement::SetConstraintsImmediate { .. } => vec![unbound(Aspect::SetConstraints)],
        Statement::UpdateNulls { table, column, .. } => vec![
            Observation::new(Aspect::UpdateRows, table)
                .fact(FactName::Held, context.held(table))
                .named("column", column),
        ],
        Statement::AlterSequenceType { sequence, .. } => {
            vec![unbound(Aspect::AlterSequence).role(Role::Sequence, sequence)]
        }
        Statement::CreateSequence { sequence } => vec![unbound(Aspect::CreateSequence).named("sequence", sequence)],
        Statement::DropSequence { sequence, .. } => {
            vec![unbound(Aspect::DropSequence).role(Role::Sequence, sequence)]
        }
        Statement::CreateExtension { name } => vec![unbound(Aspect::CreateExtension).named("extension", name)],
        Statement::CreateCollation { name, .. } => vec![unbound(Aspect::CreateCollation).named("collation", name)],
        Statement::DropCollation { name } => vec![unbound(Aspect::DropCollation).named("collation", name)],
        Statement::Unread { .. } => return None,
    };
    Some(observations)
}

fn unbound(aspect: Aspect) -> Observation {
    Observation {
        aspect,
        facts: Vec::new(),
        roles: Vec::new(),
        builds: Vec::new(),
        names: Vec::new(),
    }
}

fn create_table(create: &CreateTable) -> Vec<Observation> {
    use crate::statement::ConstraintKind;
    let mut observations = vec![Observation::new(Aspect::CreateTable, &create.table)];
    let inline = create.columns.iter().filter_map(|column| column.references.as_ref());
    let constraints = create
        .constraints
        .iter()
        .filter_map(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey(key) => Some(key),
            ConstraintKind::Check(_)
            | ConstraintKind::Unique { .. }
            | ConstraintKind::PrimaryKey { .. }
            | ConstraintKind::Exclude { .. } => None,
        });
    observations.extend(
        inline
            .chain(constraints)
            .filter(|key| key.to_table != create.table)
            .map(|key| foreign_key(&create.table, key, "now", "new")),
    );
    observations
}

fn foreign_key(table: &str, key: &ForeignKey, validation: &'static str, age: &'static str) -> Observation {
    let observation = Observation::new(Aspect::AddForeignKey, table)
        .fact(FactName::Validation, validation)
        .fact(FactName::Age, age)
        .named("constraint", key.name.resolve())
        .named("column", key.columns.join(", "));
    if key.to_table == table {
        observation
    } else {
        observation.role(Role::Referenced, &key.to_table)
    }
}

impl Context<'_> {
    fn drop_table(&self, table: &str) -> Vec<Observation> {
        let used = if self.usage.table_in_use(table) && !self.catalog.is_new(table) {
            "used"
        } else {
            "unused"
        };
        let mut observations = vec![Observation::new(Aspect::DropTable, table).fact(FactName::Use, used)];
        observations.extend(
            self.partners(table, None)
                .into_iter()
                .map(|partner| Observation::new(Aspect::DropReference, table).role(Role::Partner, &partner)),
        );
        observations
    }

    /// The tables at the other end of the foreign keys of a table, or of those that have the column; without itself.
    fn partners(&self, table: &str, column: Option<&str>) -> Vec<String> {
        use crate::catalog::ConstraintKind;
        let has = |columns: &[String]| column.is_none_or(|column| columns.iter().any(|name| name == column));
        let outgoing = self
            .catalog
            .table(table)
            .into_iter()
            .flat_map(|table| table.constraints.values());
        let outgoing = outgoing.filter_map(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey { columns, to_table, .. } if has(columns) => Some(to_table.clone()),
            _ => None,
        });
        let incoming = self
            .catalog
            .incoming_foreign_keys(table)
            .filter_map(|(child, _, constraint)| match &constraint.kind {
                ConstraintKind::ForeignKey { to_columns, .. } if has(to_columns) => Some(child.to_owned()),
                _ => None,
            });
        let mut partners: Vec<String> = outgoing.chain(incoming).filter(|partner| partner != table).collect();
        partners.sort();
        partners.dedup();
        partners
    }

    fn create_index(&self, create: &CreateIndex) -> Observation {
        let building = if create.concurrently {
            "concurrently"
        } else {
            "blocking"
        };
        let name = create.name.resolve();
        Observation::new(Aspect::CreateIndex, &create.table)
            .fact(FactName::Building, building)
            .fact(FactName::Transaction, self.inside())
            .named("index", &name)
            .building([name])
    }

    fn drop_index(&self, name: &str, concurrently: bool) -> Observation {
        let table = self.catalog.index_table(name);
        let building = if concurrently { "concurrently" } else { "blocking" };
        let observation = table.map_or_else(
            || unbound(Aspect::DropIndex).named("index", name),
            |table| Observation::new(Aspect::DropIndex, table).role(Role::Index, name),
        );
        observation
            .fact(FactName::Building, building)
            .fact(FactName::Transaction, self.inside())
            .fact(FactName::Existence, if table.is_some() { "known" } else { "missing" })
    }

    fn rename_index(&self, from: &str, to: &str) -> Observation {
        let observation = unbound(Aspect::RenameIndex)
            .role(Role::Index, from)
            .named("new_index", to);
        match self.catalog.index_table(from) {
            Some(table) => observation.named("table", table),
            None => observation,
        }
    }

    fn inside(&self) -> &'static str {
        if self.transaction.open { "inside" } else { "outside" }
    }

    fn age(&self, table: &str) -> &'static str {
        if self.catalog.is_new(table) { "new" } else { "existing" }
    }

    fn held(&self, table: &str) -> &'static str {
        let exclusive = self.transaction.held(table) == Some(LockMode::AccessExclusive);
        if exclusive { "access-exclusive" } else { "free" }
    }
}
