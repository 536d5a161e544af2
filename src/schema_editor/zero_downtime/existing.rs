//! `IDEMPOTENT_SQL`: what the database has by then, by its name alone, is passed over (`_skip_applied`).

use std::borrow::Cow;

use crate::backend::ZeroDowntime;
use crate::catalog::{Catalog, ConstraintKind, Presence, RelationKind};
use crate::statement::{AlterTableAction, CreateIndex, Name, Statement, TableChange};
use crate::unknown::Identifier;
use crate::versions::DjangoVersion;

use super::super::RefusedBy;
use super::super::run::Run;

/// PostgreSQL keeps no more bytes of a name.
const LONGEST_NAME: usize = 63;

/// What the look-up before a string finds.
pub(super) enum Found {
    /// The string is sent.
    Missing,
    /// The database is known to be as if the string had been sent.
    Applied,
    /// The look-up itself is an error, for this reason.
    Refused(String),
}

impl Run<'_> {
    /// What the backend finds before it sends the string.
    pub(super) fn look_up(&self, backend: &ZeroDowntime, string: &[Statement]) -> Found {
        let names = string.iter().flat_map(asked_names);
        if let Some(name) = names.into_iter().find(|name| name.contains('\'')) {
            return Found::Refused(format!(
                "IDEMPOTENT_SQL asks for `{name}` in single quotes, which the apostrophe ends"
            ));
        }
        let catalog = self.connection.catalog();
        let look_up = LookUp { backend, catalog };
        if string.iter().any(|statement| look_up.is_applied(statement)) {
            Found::Applied
        } else {
            Found::Missing
        }
    }

    /// With a reason the operation ends here; what follows is told as if it had not.
    pub(super) fn refuse_look_up(&mut self, reason: Option<String>, string: &[Statement]) {
        let Some(reason) = reason else { return };
        self.refuse_by(RefusedBy::Backend, reason);
        self.editor.is_stopped = true;
        for statement in string {
            self.connection.assume(statement);
        }
    }

    /// With `DEFERRED_SQL = False` what was put off is executed with parameters, of which there are none.
    pub(in super::super) fn refuse_placeholder(&mut self, statement: &Statement) {
        let executes_again = self.zero_downtime().is_some_and(|backend| !backend.deferred_sql);
        // Before, Django doubles it.
        let executes_again = executes_again && self.editor.django >= DjangoVersion::new(5, 0);
        if executes_again && statement.to_string().replace("%%", "").contains('%') && !self.editor.is_stopped {
            let reason =
                "with DEFERRED_SQL = False psycopg takes the percent sign in what was put off for a placeholder";
            self.refuse_look_up(Some(reason.to_owned()), &[]);
        }
    }
}

/// Why `_sql_index_valid` is an error, which follows an index that was built or passed over: before 0.20 it is a cast of the
/// bare names to `regclass`.
pub(super) fn refusal_of_index_look_up(backend: &ZeroDowntime, string: &[Statement]) -> Option<String> {
    let [Statement::CreateIndex(CreateIndex { table, name, .. })] = string else {
        return None;
    };
    let names = [
        table.known().map(Cow::from),
        name.known().map(|name| name.into_owned().into()),
    ];
    let needs_quotes = names.into_iter().flatten().find(|name| !is_found_bare(name))?;
    (!backend.finds_quoted_names())
        .then(|| format!("IDEMPOTENT_SQL looks for `{needs_quotes}` without the quotes that the name needs, an error"))
}

/// What `text::regclass` finds without quotes.
fn is_found_bare(name: &str) -> bool {
    !name.contains(|letter: char| letter.is_ascii_uppercase() || letter.is_whitespace() || matches!(letter, '.' | '"'))
}

/// The names that stand in the look-up for a statement.
fn asked_names(statement: &Statement) -> Vec<String> {
    let identifier = |name: &Identifier| name.known().map(str::to_owned);
    let name = |name: &Name| name.known().map(Cow::into_owned);
    let names = match statement {
        Statement::CreateTable(create) => vec![identifier(&create.table)],
        Statement::DropTable { table, .. } => vec![identifier(table)],
        Statement::RenameTable { to, .. } => vec![identifier(to)],
        Statement::CreateIndex(index) => vec![name(&index.name)],
        Statement::AlterTable { table, actions, .. } => {
            let [action] = actions.as_slice() else {
                return Vec::new();
            };
            let asked = match action {
                AlterTableAction::AddColumn(added) => identifier(&added.name),
                AlterTableAction::DropColumn { column, .. } | AlterTableAction::AddIdentity { column } => {
                    identifier(column)
                }
                AlterTableAction::RenameColumn { to, .. } => identifier(to),
                AlterTableAction::AddConstraint(added) => added.name.as_ref().and_then(name),
                AlterTableAction::Change {
                    change: TableChange::AddKeyUsingIndex { name: key, .. },
                    ..
                } => key.as_ref().and_then(name),
                AlterTableAction::DropConstraint { name: dropped, .. } => name(dropped),
                AlterTableAction::AlterType { .. }
                | AlterTableAction::SetDefault { .. }
                | AlterTableAction::DropDefault { .. }
                | AlterTableAction::SetNotNull { .. }
                | AlterTableAction::DropNotNull { .. }
                | AlterTableAction::DropIdentity { .. }
                | AlterTableAction::ValidateConstraint { .. }
                | AlterTableAction::SetTablespace { .. }
                | AlterTableAction::Change { .. } => return Vec::new(),
            };
            vec![identifier(table), asked]
        }
        _ => Vec::new(),
    };
    names.into_iter().flatten().collect()
}

struct LookUp<'a> {
    backend: &'a ZeroDowntime,
    catalog: &'a Catalog,
}

impl LookUp<'_> {
    fn is_applied(&self, statement: &Statement) -> bool {
        match statement {
            Statement::CreateTable(create) => self.has_table(&create.table),
            Statement::DropTable { table, .. } => table
                .known()
                .is_some_and(|table| !self.is_comparable(table) || self.catalog.lacks_relation(table)),
            Statement::RenameTable { to, .. } => self.has_table(to),
            Statement::CreateIndex(index) => index.name.known().is_some_and(|name| {
                self.is_comparable(&name) && self.catalog.kind_of(&name) == Some(RelationKind::Index)
            }),
            Statement::AlterTable { table, actions, .. } => match (table.known(), actions.as_slice()) {
                (Some(table), [action]) => self.is_action_applied(table, action),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether the name, which is compared with all its characters, can be one that the catalogs hold.
    fn is_comparable(&self, name: &str) -> bool {
        self.backend.finds_quoted_names() || name.len() <= LONGEST_NAME
    }

    fn has_table(&self, name: &Identifier) -> bool {
        name.known()
            .is_some_and(|name| self.is_comparable(name) && self.catalog.kind_of(name) == Some(RelationKind::Table))
    }

    fn is_action_applied(&self, table: &str, action: &AlterTableAction) -> bool {
        let column = |name: &Identifier| self.column(table, name);
        let constraint = |name: &Name| {
            name.known()
                .map_or(Presence::Unknown, |name| self.constraint(table, &name))
        };
        match action {
            AlterTableAction::AddColumn(added) => column(&added.name) == Presence::There,
            AlterTableAction::DropColumn { column: dropped, .. } => column(dropped) == Presence::Missing,
            AlterTableAction::RenameColumn { to, .. } => column(to) == Presence::There,
            AlterTableAction::AddIdentity { column } => {
                let known = column.known().and_then(|column| self.catalog.column(table, column));
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

    fn column(&self, table: &str, name: &Identifier) -> Presence {
        let is_too_long = name.known().is_some_and(|name| name.len() > LONGEST_NAME);
        if is_too_long || !self.is_comparable(table) {
            Presence::Missing
        } else {
            self.catalog.presence_of_column(table, name)
        }
    }

    /// `information_schema.table_constraints` lists no exclusion constraints.
    fn constraint(&self, table: &str, name: &str) -> Presence {
        let found = self.catalog.table(table).and_then(|entry| entry.constraints.get(name));
        let is_exclusion = found.is_some_and(|found| matches!(found.kind, ConstraintKind::Exclude { .. }));
        let is_unlisted = !self.backend.finds_quoted_names() && is_exclusion;
        if is_unlisted || name.len() > LONGEST_NAME || !self.is_comparable(table) {
            Presence::Missing
        } else {
            self.catalog.presence_of_constraint(table, name)
        }
    }
}
