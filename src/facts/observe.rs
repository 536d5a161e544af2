//! The facts of one statement, answered from the catalog and the transaction as they stand before it runs.

mod alter_table;
mod command;
mod definitions;
mod dependents;
mod existence;
mod functions;
mod keys;
mod nameless;
mod objects;
mod partition_keys;
mod partitions;
mod reads;
mod refused_rows;
mod repeated;
mod rows;
mod running_code;
mod types;
mod usage;
mod version;

use crate::catalog::{Catalog, object_name, table_key};
use crate::phase::Deploy;
use crate::standing::GivenUp;
use crate::statement::{CreateIndex, CreateTable, ForeignKey, IndexItem, Name, Statement};
use crate::transaction::Transaction;
use crate::unknown::{Identifier, shown_names};
use crate::versions::PostgresVersion;

use super::{Aspect, FactName, Observation, Role};

/// What the answers are drawn from.
pub struct Context<'a> {
    /// The database before the statement.
    pub catalog: &'a Catalog,
    /// What the migration has done so far.
    pub transaction: &'a Transaction,
    /// The session's `TimeZone`.
    pub time_zone: Option<&'a str>,
    /// What the models had when the migration began.
    pub usage: &'a dyn Usage,
    /// The server's version.
    pub postgres: PostgresVersion,
}

/// What the models had given up when the migration began, though the database may still have it.
pub trait Usage {
    /// Which migration took the model with this table out of the state.
    fn table_given_up(&self, table: &str) -> Option<&GivenUp>;
    /// Which migration took the field with this column out of the state, or its model.
    fn column_given_up(&self, table: &str, column: &str) -> Option<&GivenUp>;
    /// Which migration put this view in the place of a table that it renamed.
    fn stands_in(&self, view: &str) -> Option<&GivenUp>;
    /// When the migration runs, and so whose code runs with it.
    fn deploy(&self) -> Deploy;
    /// No model has ever had this table: hand-written SQL made it, or gave it this name.
    fn has_no_model(&self, table: &str) -> bool;
    /// No model has this column: hand-written SQL made it in an earlier migration, or gave it this name.
    fn has_no_field(&self, table: &str, column: &str) -> bool;
}

/// All aspects of a statement; `None` where the statement could not be read.
#[must_use]
pub fn observe(statement: &Statement, context: &Context<'_>) -> Option<Vec<Observation>> {
    match statement.nameless_table() {
        Some(table) => nameless::observe(statement, table, context),
        None => observe_seated(statement, context),
    }
}

/// The same of a table with a name, or with a seat in the catalog in place of one.
fn observe_seated(statement: &Statement, context: &Context<'_>) -> Option<Vec<Observation>> {
    if let Some(refused) = context.not_in_version(statement) {
        return Some(vec![refused]);
    }
    // Nothing else of it happens.
    let refused = context.refused_names(statement);
    if !refused.is_empty() {
        return Some(refused);
    }
    let mut observations = match statement {
        Statement::CreateTable(create) => context.create_table(create),
        Statement::DropTable {
            table, cascade, along, ..
        } => context.drop_table(table_key(table), *cascade, along),
        Statement::RenameTable { from, to, .. } => {
            vec![
                Observation::new(Aspect::RenameTable, table_key(from))
                    .fact(FactName::StandIn, context.use_of_table(table_key(from)).stand_in())
                    .named("but", "")
                    .named("new_table", name_for_people(to)),
            ]
        }
        Statement::AlterTable { table, actions, .. } => actions
            .iter()
            .flat_map(|action| context.alter_table(table_key(table), action, actions))
            .collect(),
        Statement::CreateIndex(create) => context.create_index(create),
        Statement::DropIndex {
            name,
            concurrently,
            cascade,
            ..
        } => context.drop_index(name, *concurrently, *cascade),
        Statement::RenameIndex { from, to, .. } => vec![context.rename_index(from, to)],
        Statement::Comment { table, .. } => vec![Observation::new(Aspect::Comment, table_key(table))],
        Statement::SetConstraintsImmediate { .. } => vec![unbound(Aspect::SetConstraints)],
        Statement::UpdateNulls { table, column, .. } => vec![
            Observation::new(Aspect::UpdateRows, table_key(table))
                .fact(FactName::Held, context.held(table_key(table)))
                .named("column", column.shown()),
        ],
        Statement::AlterSequenceType { sequence, .. } => {
            vec![unbound(Aspect::AlterSequence).role(Role::Sequence, table_key(sequence))]
        }
        Statement::CreateSequence { sequence, .. } => {
            vec![unbound(Aspect::CreateSequence).named("sequence", sequence.shown())]
        }
        Statement::DropSequence { sequence, cascade, .. } => context.drop_sequence(table_key(sequence), *cascade),
        Statement::CreateExtension { name } => vec![unbound(Aspect::CreateExtension).named("extension", name)],
        Statement::CreateCollation { name, .. } => vec![unbound(Aspect::CreateCollation).named("collation", name)],
        Statement::DropCollation { name } => vec![unbound(Aspect::DropCollation).named("collation", name)],
        Statement::Command { command, .. } => context.command(command),
        Statement::Unread { .. } => return None,
    };
    context.spread_to_partitions(statement, &mut observations);
    context.spread_roles(&mut observations);
    observations.extend(context.certain_failures(statement));
    observations.extend(context.repeated_values(statement));
    observations.extend(context.refused_old_rows(statement));
    observations.extend(context.refused_nulls(statement));
    Some(observations)
}

fn unbound(aspect: Aspect) -> Observation {
    Observation {
        aspect,
        facts: Vec::new(),
        roles: Vec::new(),
        builds: Vec::new(),
        names: Vec::new(),
        told_as: None,
    }
}

fn foreign_key(table: &str, key: &ForeignKey, validation: &'static str, age: &'static str) -> Observation {
    let observation = Observation::new(Aspect::AddForeignKey, table)
        .fact(FactName::Validation, validation)
        .fact(FactName::Age, age)
        .named("constraint", key.name.shown())
        .named("column", shown_names(&key.columns));
    if key.to_table.known() == Some(table) {
        observation
    } else {
        refer(observation, &key.to_table)
    }
}

/// Binds the table that a foreign key points to, where its name is known.
fn refer(observation: Observation, to_table: &Identifier) -> Observation {
    match to_table {
        Identifier::Known(table) => observation.role(Role::Referenced, table),
        Identifier::Unknown(unknown) => {
            let mut observation = observation.unnamed(Role::Referenced.name(), name_for_people(to_table));
            let pattern = unknown
                .as_pattern()
                .map(|pattern| (Role::Referenced, pattern.to_owned()));
            observation.roles.extend(pattern);
            observation
        }
    }
}

/// A table in a sentence.
fn name_for_people(table: &Identifier) -> String {
    match table {
        Identifier::Known(name) => name.clone(),
        Identifier::Unknown(unknown) if unknown.as_pattern().is_some() => unknown.to_string(),
        Identifier::Unknown(unknown) => {
            let called = unknown.subject().unwrap_or("a table");
            format!("{called}, whose name is not known")
        }
    }
}

impl Context<'_> {
    fn create_table(&self, create: &CreateTable) -> Vec<Observation> {
        use crate::statement::ConstraintKind;
        let table = table_key(&create.table);
        if create.if_not_exists && self.catalog.table(table).is_some() {
            return vec![unbound(Aspect::TouchNothing)];
        }
        let mut observations = vec![Observation::new(Aspect::CreateTable, table)];
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
                .map(|key| foreign_key(table, key, "now", "new")),
        );
        observations.extend(self.table_form(table, &create.form));
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
            kind if self.catalog.is_inherited(table, kind) => None,
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

    fn create_index(&self, create: &CreateIndex) -> Vec<Observation> {
        let name = create.name.shown();
        let about = |aspect| Observation::new(aspect, table_key(&create.table)).named("index", &*name);
        if create.concurrently && self.catalog.is_partitioned(table_key(&create.table)) {
            return vec![about(Aspect::PartitionedConcurrently)];
        }
        let building = if create.concurrently {
            "concurrently"
        } else {
            "blocking"
        };
        let is_there = |name: &str| self.catalog.index_table(name).is_some() && self.catalog.trusts_index(name);
        if create.if_not_exists && create.name.known().is_some_and(|name| is_there(&name)) {
            return vec![about(Aspect::ExistingIndex).fact(FactName::Building, building)];
        }
        if create.only && self.catalog.is_partitioned(table_key(&create.table)) {
            return vec![about(Aspect::HollowIndex)];
        }
        // What a failed build has left behind counts as there.
        let keeps_leftover = create.concurrently && create.if_not_exists && !self.transaction.open;
        let is_cleared = create
            .name
            .known()
            .is_some_and(|name| self.transaction.dropped_index(&name));
        let leftover = (keeps_leftover && !is_cleared).then(|| {
            about(Aspect::LeftoverIndex).fact(FactName::Uniqueness, if create.unique { "unique" } else { "plain" })
        });
        let built = std::iter::once(
            about(Aspect::CreateIndex)
                .fact(FactName::Building, building)
                .fact(FactName::Transaction, self.inside())
                .fact(FactName::Timeout, self.timeout(&["lock_timeout", "statement_timeout"]))
                .building(self.built_indexes(create, &name)),
        );
        built.chain(leftover).collect()
    }

    /// The index itself, or those of the partitions: the one of the partitioned table holds nothing.
    fn built_indexes(&self, create: &CreateIndex, name: &str) -> Vec<String> {
        let columns: Vec<_> = create
            .items
            .iter()
            .map(|item| match item {
                IndexItem::Column { name, .. } => name.shown(),
                IndexItem::Expression(_) => "expr".into(),
            })
            .collect();
        let leaves: Vec<String> = self
            .catalog
            .descendants(table_key(&create.table))
            .into_iter()
            .filter(|leaf| !self.catalog.is_partitioned(leaf))
            .map(|leaf| object_name(&leaf, Some(&columns.join("_")), "idx", |_| false))
            .collect();
        if leaves.is_empty() || !self.catalog.is_partitioned(table_key(&create.table)) {
            return vec![name.to_owned()];
        }
        leaves
    }

    /// The table of an index, where its name is known and a migration made it.
    fn index_table(&self, index: &Name) -> Option<&str> {
        self.catalog.index_table(&index.known()?)
    }

    fn drop_index(&self, name: &Name, concurrently: bool, cascade: bool) -> Vec<Observation> {
        let table = self.index_table(name);
        let name = &*name.shown();
        let building = if concurrently { "concurrently" } else { "blocking" };
        let observation = table.map_or_else(
            || unbound(Aspect::DropIndex).named("index", name),
            |table| Observation::new(Aspect::DropIndex, table).role(Role::Index, name),
        );
        let mut observations = vec![
            observation
                .fact(FactName::Building, building)
                .fact(FactName::Transaction, self.inside())
                .fact(FactName::Existence, if table.is_some() { "known" } else { "missing" }),
        ];
        if let Some(table) = table {
            observations.extend(self.index_dependents(table, name, concurrently, cascade));
        }
        observations
    }

    fn rename_index(&self, from: &Name, to: &Name) -> Observation {
        let observation = unbound(Aspect::RenameIndex)
            .role(Role::Index, &from.shown())
            .named("new_index", to.shown());
        match self.index_table(from) {
            Some(table) => observation.named("table", table),
            None => observation,
        }
    }

    /// Whether one of these timeouts can end the statement half way.
    fn timeout(&self, names: &[&str]) -> &'static str {
        if names.iter().any(|name| self.transaction.has_timeout(name)) {
            "set"
        } else {
            "none"
        }
    }

    fn inside(&self) -> &'static str {
        if self.transaction.open { "inside" } else { "outside" }
    }

    fn age(&self, table: &str) -> &'static str {
        if self.catalog.is_new(table) { "new" } else { "existing" }
    }

    /// Whether others wait for the transaction already while the rows of a table are gone through, on whatever relation.
    fn held(&self, table: &str) -> &'static str {
        let keeps_waiting = self.transaction.keeping_waiting().next().is_some();
        if keeps_waiting && !self.catalog.is_unused(table) {
            "blocking"
        } else {
            "free"
        }
    }
}
