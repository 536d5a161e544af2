//! `IDEMPOTENT_SQL`: what the database has by then, by its name alone, is passed over (`_skip_applied`).

use crate::catalog::{Catalog, Presence, RelationKind};
use crate::statement::{AlterTableAction, Name, Statement, TableChange};
use crate::unknown::Identifier;

use super::super::run::Run;

impl Run<'_> {
    /// Whether the database is known to be as if the string had been sent.
    pub(super) fn is_applied(&self, string: &[Statement]) -> bool {
        let catalog = self.connection.catalog();
        string.iter().any(|statement| is_applied(catalog, statement))
    }
}

fn is_applied(catalog: &Catalog, statement: &Statement) -> bool {
    let has_table = |name: &Identifier| {
        name.known()
            .is_some_and(|name| catalog.kind_of(name) == Some(RelationKind::Table))
    };
    match statement {
        Statement::CreateTable(create) => has_table(&create.table),
        Statement::DropTable { table, .. } => table.known().is_some_and(|table| catalog.lacks_relation(table)),
        Statement::RenameTable { to, .. } => has_table(to),
        Statement::CreateIndex(index) => index
            .name
            .known()
            .is_some_and(|name| catalog.kind_of(&name) == Some(RelationKind::Index)),
        Statement::AlterTable { table, actions, .. } => match (table.known(), actions.as_slice()) {
            (Some(table), [action]) => is_action_applied(catalog, table, action),
            _ => false,
        },
        _ => false,
    }
}

fn is_action_applied(catalog: &Catalog, table: &str, action: &AlterTableAction) -> bool {
    let column = |name: &Identifier| catalog.presence_of_column(table, name);
    let constraint = |name: &Name| {
        name.known()
            .map_or(Presence::Unknown, |name| catalog.presence_of_constraint(table, &name))
    };
    match action {
        AlterTableAction::AddColumn(added) => column(&added.name) == Presence::There,
        AlterTableAction::DropColumn { column: dropped, .. } => column(dropped) == Presence::Missing,
        AlterTableAction::RenameColumn { to, .. } => column(to) == Presence::There,
        AlterTableAction::AddIdentity { column } => {
            let known = column.known().and_then(|column| catalog.column(table, column));
            known.is_some_and(|column| column.identity)
        }
        AlterTableAction::AddConstraint(added) => added
            .name
            .as_ref()
            .is_some_and(|name| constraint(name) == Presence::There),
        AlterTableAction::Change {
            change: TableChange::AddKeyUsingIndex { name: Some(name), .. },
            ..
        } => constraint(name) == Presence::There,
        AlterTableAction::DropConstraint { name, .. } => constraint(name) == Presence::Missing,
        _ => false,
    }
}
