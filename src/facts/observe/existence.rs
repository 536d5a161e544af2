//! Names that are taken or missing: Postgres refuses such a statement whatever the rows are.

use crate::catalog::{Presence, RelationKind};
use crate::statement::{
    AlterTableAction, ConstraintKind, CreateIndex, CreateTable, ForeignKey, IndexItem, Name, Statement, TableChange,
    TableConstraint, TableForm, Using,
};
use crate::unknown::Identifier;

use super::{Aspect, Context, Observation, unbound};

impl Context<'_> {
    /// What Postgres refuses because of a name, where all is known that happened to it.
    pub(super) fn refused_names(&self, statement: &Statement) -> Vec<Observation> {
        // Names without a schema may mean anything then.
        if self.transaction.setting("search_path").is_some() {
            return Vec::new();
        }
        match statement {
            Statement::CreateTable(create) => self.refused_table(create),
            Statement::DropTable { table, if_exists, .. } => {
                let mut refused = self.needs_relation(table, *if_exists, "table");
                let kind = table
                    .known()
                    .and_then(|name| self.needs_kind(name, RelationKind::Table));
                refused.extend(kind);
                refused
            }
            Statement::RenameTable { from, to, if_exists } => {
                let mut refused = self.needs_table(from, *if_exists);
                refused.extend(self.needs_free(to.known()));
                refused
            }
            Statement::AlterTable {
                table,
                actions,
                if_exists,
            } => {
                let mut refused = self.needs_table(table, *if_exists);
                refused.extend(self.refused_actions(table, actions));
                refused
            }
            Statement::CreateIndex(create) => self.refused_index(create),
            Statement::DropIndex {
                table, name, if_exists, ..
            } => self.needs_index(table.as_ref(), name, *if_exists),
            Statement::RenameIndex {
                table,
                from,
                to,
                if_exists,
            } => {
                let mut refused = self.needs_index(table.as_ref(), from, *if_exists);
                refused.extend(self.needs_free(to.known().as_deref()));
                refused
            }
            Statement::Comment { table, column, .. } => {
                let mut refused = self.needs_table(table, false);
                refused.extend(column.iter().flat_map(|column| self.needs_column(table, column)));
                refused
            }
            Statement::UpdateNulls { table, column, .. } => {
                let mut refused = self.needs_table(table, false);
                refused.extend(self.needs_column(table, column));
                refused
            }
            Statement::CreateSequence {
                sequence,
                if_not_exists: false,
            } => self.needs_free(sequence.known()),
            Statement::DropSequence {
                sequence, if_exists, ..
            } => {
                let mut refused = self.needs_relation(sequence, *if_exists, "sequence");
                let kind = sequence
                    .known()
                    .and_then(|name| self.needs_kind(name, RelationKind::Sequence));
                refused.extend(kind);
                refused
            }
            Statement::Command { command, text } => {
                let mut refused = self.refused_command(command);
                if refused.is_empty() {
                    refused.extend(self.refused_values(command, text));
                }
                refused
            }
            Statement::CreateSequence { .. }
            | Statement::SetConstraintsImmediate { .. }
            | Statement::AlterSequenceType { .. }
            | Statement::CreateExtension { .. }
            | Statement::CreateCollation { .. }
            | Statement::DropCollation { .. }
            | Statement::Unread { .. } => Vec::new(),
        }
    }

    /// A table that is made needs a free name; so do its keys, and what they point to has to be there.
    fn refused_table(&self, create: &CreateTable) -> Vec<Observation> {
        if create.if_not_exists || create.form == TableForm::Temporary {
            return Vec::new();
        }
        let mut refused = self.needs_free(create.table.known());
        refused.extend(self.refused_definition(create));
        refused
    }

    fn refused_actions(&self, table: &Identifier, actions: &[AlterTableAction]) -> Vec<Observation> {
        let changes = Changes::of(actions);
        let refused = actions
            .iter()
            .flat_map(|action| self.refused_action(table, action, &changes))
            .chain(keys_of(actions).flat_map(|key| self.refused_key(table, key, actions)));
        refused.collect()
    }

    fn refused_action(&self, table: &Identifier, action: &AlterTableAction, changes: &Changes<'_>) -> Vec<Observation> {
        let needs = |column: &Identifier| {
            if changes.adds(column) {
                Vec::new()
            } else {
                self.needs_column(table, column)
            }
        };
        match action {
            AlterTableAction::AddColumn(column) => {
                if column.if_not_exists || changes.drops_column(&column.name) {
                    return Vec::new();
                }
                let mut refused = self.needs_free_column(table, &column.name);
                let default = column.default.as_ref();
                refused.extend(default.and_then(|default| self.refused_default(default)));
                let generated = column.generated.as_ref().map(|generated| &generated.expression);
                for expression in generated.into_iter().chain(&column.check) {
                    let is_added = |name: &str| changes.adds(&name.into());
                    refused.extend(self.needs_columns_of(table, expression, is_added));
                }
                refused
            }
            AlterTableAction::DropColumn { if_exists: true, .. }
            | AlterTableAction::DropConstraint { if_exists: true, .. } => Vec::new(),
            AlterTableAction::RenameColumn { from, to } => {
                let mut refused = needs(from);
                refused.extend(self.needs_free_column(table, to));
                refused
            }
            AlterTableAction::DropColumn { column, .. }
            | AlterTableAction::DropDefault { column }
            | AlterTableAction::SetNotNull { column }
            | AlterTableAction::DropNotNull { column }
            | AlterTableAction::AddIdentity { column }
            | AlterTableAction::DropIdentity { column } => needs(column),
            AlterTableAction::AlterType { column, using, .. } => {
                let mut refused = needs(column);
                if let Some(Using::Expression(expression)) = using {
                    refused.extend(self.needs_columns_in(table, expression, |name| changes.adds(&name.into())));
                }
                refused
            }
            AlterTableAction::SetDefault { column, default } => {
                let mut refused = needs(column);
                refused.extend(self.refused_default(default));
                refused
            }
            AlterTableAction::AddConstraint(constraint) => {
                let mut refused = self.refused_constraint(table, constraint, changes);
                refused.extend(constraint_columns(&constraint.kind).iter().flat_map(needs));
                if let ConstraintKind::Check(check) = &constraint.kind {
                    refused.extend(self.needs_columns_of(table, check, |name| changes.adds(&name.into())));
                }
                let drops = |name: &str| changes.drops_constraint(name);
                refused.extend(self.refused_second_key(table, &constraint.kind, drops));
                refused
            }
            AlterTableAction::DropConstraint { name, .. } | AlterTableAction::ValidateConstraint { name } => {
                self.needs_constraint(table, name.known().as_deref())
            }
            AlterTableAction::Change { change, .. } => self.refused_change(table, change),
            AlterTableAction::SetTablespace { .. } => Vec::new(),
        }
    }

    fn refused_change(&self, table: &Identifier, change: &TableChange) -> Vec<Observation> {
        match change {
            TableChange::RenameConstraint { from, to } => {
                let mut refused = self.needs_constraint(table, Some(from));
                refused.extend(self.needs_free_constraint(table, to));
                refused
            }
            TableChange::AlterConstraint { name, .. } => self.needs_constraint(table, Some(name)),
            TableChange::AddKeyUsingIndex { index, .. } => self.needs_index_for_key(table, index),
            TableChange::SwitchTrigger { name } => {
                let presence = known_here(table).map(|table| self.catalog.presence_of_trigger(table, name));
                let is_missing = presence == Some(Presence::Missing);
                missing(is_missing, &format!("trigger `{name}` on `{}`", table.shown()))
            }
            TableChange::AddNotNull { column, .. }
            | TableChange::SetExpression { column, .. }
            | TableChange::DropExpression { column } => self.needs_column(table, &column.as_str().into()),
            TableChange::AttachPartition { partition, .. } => {
                let mut refused = self.needs_table(&partition.as_str().into(), false);
                let parent = known_here(table);
                refused.extend(parent.into_iter().flat_map(|parent| self.needs_partitioned(parent)));
                refused
            }
            TableChange::DetachPartition { partition, .. } => self.needs_partition(table, partition),
            TableChange::Inherit { parent } | TableChange::Disinherit { parent } => {
                self.needs_table(&parent.as_str().into(), false)
            }
            TableChange::Rewrite
            | TableChange::SetSchema { .. }
            | TableChange::ForceRowSecurity
            | TableChange::DisableRowSecurity
            | TableChange::Catalog { .. }
            | TableChange::Unread { .. } => Vec::new(),
        }
    }

    /// A constraint needs a name that no other of the table has; one with an index a name that no relation has.
    fn refused_constraint(
        &self,
        table: &Identifier,
        constraint: &TableConstraint,
        changes: &Changes<'_>,
    ) -> Vec<Observation> {
        let name = match (&constraint.kind, &constraint.name) {
            (_, Some(name)) => name.known(),
            (ConstraintKind::ForeignKey(key), None) => key.name.known(),
            (_, None) => None,
        };
        let Some(name) = name.filter(|name| !changes.drops_constraint(name)) else {
            return Vec::new();
        };
        let refused = self.needs_free_constraint(table, &name);
        match &constraint.kind {
            ConstraintKind::Unique { .. } | ConstraintKind::PrimaryKey { .. } | ConstraintKind::Exclude { .. }
                if refused.is_empty() =>
            {
                self.needs_free(Some(&name))
            }
            _ => refused,
        }
    }

    fn refused_index(&self, create: &CreateIndex) -> Vec<Observation> {
        let mut refused = self.needs_table(&create.table, false);
        let is_there = |name: &str| self.catalog.index_table(name).is_some();
        let is_skipped = create.if_not_exists && create.name.known().is_some_and(|name| is_there(&name));
        if is_skipped {
            return refused;
        }
        if !create.is_unnamed && !create.if_not_exists && is_named_here(&create.table) {
            refused.extend(self.needs_free(create.name.known().as_deref()));
        }
        let items = create.items.iter().filter_map(|item| match item {
            IndexItem::Column { name, .. } => Some(name),
            IndexItem::Expression(_) => None,
        });
        let columns = items.chain(&create.include);
        refused.extend(columns.flat_map(|column| self.needs_column(&create.table, column)));
        let expressions = create.items.iter().filter_map(|item| match item {
            IndexItem::Expression(expression) => Some(expression),
            IndexItem::Column { .. } => None,
        });
        for expression in expressions.chain(&create.condition) {
            refused.extend(self.needs_columns_of(&create.table, expression, |_| false));
        }
        refused
    }

    /// A name for a new table, view, index or sequence.
    pub(super) fn needs_free(&self, name: Option<&str>) -> Vec<Observation> {
        let relation = name
            .filter(|name| is_plain(name))
            .and_then(|name| self.catalog.relation(name));
        relation.map(|relation| taken(&relation)).into_iter().collect()
    }

    fn needs_free_column(&self, table: &Identifier, column: &Identifier) -> Vec<Observation> {
        match self.presence_of_column(table, column) {
            Presence::There => vec![taken(&format!(
                "the column `{}` of `{}`",
                column.shown(),
                table.shown()
            ))],
            Presence::Missing | Presence::Unknown => Vec::new(),
        }
    }

    fn needs_free_constraint(&self, table: &Identifier, name: &str) -> Vec<Observation> {
        let presence = known_here(table).map(|table| self.catalog.presence_of_constraint(table, name));
        match presence {
            Some(Presence::There) => vec![taken(&format!("the constraint `{name}` of `{}`", table.shown()))],
            Some(Presence::Missing | Presence::Unknown) | None => Vec::new(),
        }
    }

    pub(super) fn needs_column(&self, table: &Identifier, column: &Identifier) -> Vec<Observation> {
        let is_missing = self.presence_of_column(table, column) == Presence::Missing;
        missing(
            is_missing,
            &format!("column `{}` in `{}`", column.shown(), table.shown()),
        )
    }

    /// A table with all of these columns.
    pub(super) fn needs_columns(&self, table: &str, columns: &[String]) -> Vec<Observation> {
        let table = Identifier::from(table);
        let mut refused = self.needs_table(&table, false);
        let columns = columns.iter().map(|column| Identifier::from(column.as_str()));
        refused.extend(columns.flat_map(|column| self.needs_column(&table, &column)));
        refused
    }

    pub(super) fn needs_constraint(&self, table: &Identifier, name: Option<&str>) -> Vec<Observation> {
        let (Some(here), Some(name)) = (known_here(table), name) else {
            return Vec::new();
        };
        let is_missing = self.catalog.presence_of_constraint(here, name) == Presence::Missing;
        missing(is_missing, &format!("constraint `{name}` on `{}`", table.shown()))
    }

    fn needs_index(&self, table: Option<&Identifier>, name: &Name, if_exists: bool) -> Vec<Observation> {
        let Some(name) = name.known() else { return Vec::new() };
        let is_missing = self.presence_of_index(table, &name) == Presence::Missing;
        missing(is_missing && !if_exists, &format!("index `{name}`"))
    }

    /// A key takes over a unique index, and none with expressions or a condition.
    fn needs_index_for_key(&self, table: &Identifier, name: &str) -> Vec<Observation> {
        let presence = self.presence_of_index(Some(table), name);
        let entry = known_here(table).and_then(|table| self.catalog.table(table));
        let index = entry
            .and_then(|entry| entry.indexes.get(name))
            .filter(|_| presence == Presence::There);
        let lack = index.and_then(|index| {
            if !index.unique {
                Some("is unique, as a key needs it")
            } else if index.partial {
                Some("has no condition, as a key needs it")
            } else if index.items.iter().any(Option::is_none) {
                Some("has no expressions, as a key needs it")
            } else {
                None
            }
        });
        match lack {
            Some(lack) => missing(true, &format!("index `{name}` that {lack}")),
            None => missing(presence == Presence::Missing, &format!("index `{name}`")),
        }
    }

    /// A table that the history knows to be gone.
    pub(super) fn needs_table(&self, table: &Identifier, if_exists: bool) -> Vec<Observation> {
        let is_missing = self.catalog.lacks_table(table);
        missing(is_missing && !if_exists, &format!("table {}", self.spelled(table)))
    }

    /// A name, and how it is spelled where there is one that differs in its capital letters.
    fn spelled(&self, name: &Identifier) -> String {
        let other = name.known().and_then(|name| self.catalog.spelled_otherwise(name));
        match other {
            Some(other) => format!(
                "`{}`: it is called `{other}`, and keeps its capital letters in double quotes alone",
                name.shown()
            ),
            None => format!("`{}`", name.shown()),
        }
    }

    /// A relation that is gone, or that never was.
    pub(super) fn needs_relation(&self, name: &Identifier, if_exists: bool, kind: &str) -> Vec<Observation> {
        let is_missing = known_here(name).is_some_and(|name| self.catalog.lacks_relation(name));
        missing(is_missing && !if_exists, &format!("{kind} {}", self.spelled(name)))
    }

    /// A relation of another kind, which another command drops.
    pub(super) fn needs_kind(&self, name: &str, wanted: RelationKind) -> Option<Observation> {
        let kind = is_plain(name).then(|| self.catalog.kind_of(name)).flatten()?;
        let reason = format!("`{name}` is {}", kind.in_words());
        (kind != wanted).then(|| refused_by_definition(&reason))
    }

    fn presence_of_column(&self, table: &Identifier, column: &Identifier) -> Presence {
        known_here(table).map_or(Presence::Unknown, |table| {
            self.catalog.presence_of_column(table, column)
        })
    }

    fn presence_of_index(&self, table: Option<&Identifier>, name: &str) -> Presence {
        if !is_plain(name) {
            return Presence::Unknown;
        }
        self.catalog.presence_of_index(table.and_then(known_here), name)
    }
}

/// What one ALTER TABLE drops and adds: it drops first, whatever the order in which it is written.
///
/// Source: PostgreSQL, the passes of `ATController` in src/backend/commands/tablecmds.c.
struct Changes<'a> {
    actions: &'a [AlterTableAction],
}

impl<'a> Changes<'a> {
    fn of(actions: &'a [AlterTableAction]) -> Self {
        Self { actions }
    }

    fn adds(&self, column: &Identifier) -> bool {
        self.actions
            .iter()
            .any(|action| matches!(action, AlterTableAction::AddColumn(added) if added.name == *column))
    }

    fn drops_column(&self, column: &Identifier) -> bool {
        self.actions
            .iter()
            .any(|action| matches!(action, AlterTableAction::DropColumn { column: dropped, .. } if dropped == column))
    }

    fn drops_constraint(&self, name: &str) -> bool {
        self.actions.iter().any(|action| {
            matches!(action, AlterTableAction::DropConstraint { name: dropped, .. } if dropped.known().is_some_and(|dropped| dropped == *name))
        })
    }
}

/// The columns that a constraint lists; those in expressions are not looked at.
fn constraint_columns(kind: &ConstraintKind) -> &[Identifier] {
    match kind {
        ConstraintKind::Unique { columns, .. } | ConstraintKind::PrimaryKey { columns } => columns,
        ConstraintKind::ForeignKey(key) => &key.columns,
        ConstraintKind::Check(_) | ConstraintKind::Exclude { .. } => &[],
    }
}

/// The foreign keys that an ALTER TABLE adds, by themselves or with a column.
fn keys_of(actions: &[AlterTableAction]) -> impl Iterator<Item = &ForeignKey> {
    actions.iter().filter_map(|action| match action {
        AlterTableAction::AddColumn(column) if !column.if_not_exists => column.references.as_ref(),
        AlterTableAction::AddConstraint(TableConstraint {
            kind: ConstraintKind::ForeignKey(key),
            ..
        }) => Some(key),
        _ => None,
    })
}

/// What Postgres refuses because of what something is.
pub(super) fn refused_by_definition(reason: &str) -> Observation {
    unbound(Aspect::RefusedByDefinition).named("reason", reason)
}

/// A name that is known, and has no schema: the catalog does not tell schemas apart.
pub(super) fn known_here(name: &Identifier) -> Option<&str> {
    name.known().filter(|name| is_plain(name))
}

fn is_named_here(name: &Identifier) -> bool {
    known_here(name).is_some()
}

pub(super) fn is_plain(name: &str) -> bool {
    !name.contains('"')
}

pub(super) fn taken(what: &str) -> Observation {
    unbound(Aspect::NameTaken).named("what", what)
}

pub(super) fn missing(is_missing: bool, what: &str) -> Vec<Observation> {
    if !is_missing {
        return Vec::new();
    }
    vec![unbound(Aspect::NameMissing).named("what", what)]
}
