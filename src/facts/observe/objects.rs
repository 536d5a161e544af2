//! Names in the commands that only SQL of one's own sends.

use crate::catalog::{Presence, RelationKind, TypeKind, not_replaceable};
use crate::statement::{Command, ViewKind, ViewQuery};
use crate::unknown::Identifier;

use super::existence::{is_plain, missing, refused_by_definition, taken};
use super::{Context, Observation};

impl Context<'_> {
    /// Values that the table does not take.
    pub(super) fn refused_values(&self, command: &Command, text: &str) -> Option<Observation> {
        let (table, columns) = match command {
            Command::Update { table, columns, .. } => (table, columns),
            Command::Insert {
                table, columns, rows, ..
            } => {
                if let Some(refused) = self.refused_rows(table, columns, rows) {
                    return Some(refused);
                }
                (table, columns)
            }
            _ => return None,
        };
        // The one value that a generated column takes.
        let may_be_default = text.to_ascii_lowercase().contains("default");
        (!may_be_default)
            .then(|| self.refused_generated(table, columns))
            .flatten()
    }

    /// What Postgres refuses of a command that Django never sends.
    pub(super) fn refused_command(&self, command: &Command) -> Vec<Observation> {
        let mut refused = self.refused_objects(command);
        let (Command::CreateTableAs { reads, .. }
        | Command::CreateView { reads, .. }
        | Command::Update { reads, .. }
        | Command::Delete { reads, .. }
        | Command::Insert { reads, .. }
        | Command::Select { reads }) = command
        else {
            return refused;
        };
        if refused.is_empty() {
            refused = self.refused_reads(reads);
        }
        refused
    }

    /// `CREATE OR REPLACE VIEW` shows what it has shown, and more behind it.
    fn needs_replaceable(&self, view: &str, query: &ViewQuery) -> Vec<Observation> {
        let is_view = self
            .catalog
            .view(view)
            .is_some_and(|known| known.kind == ViewKind::Plain);
        let before = self.catalog.shown_columns(view).filter(|_| is_view);
        let refused = before
            .zip(self.catalog.columns_of_query(query))
            .and_then(|(before, after)| not_replaceable(&before, &after));
        let refused = refused.map(|refused| format!("CREATE OR REPLACE VIEW {refused} of `{view}`"));
        refused.iter().map(|reason| refused_by_definition(reason)).collect()
    }

    fn refused_objects(&self, command: &Command) -> Vec<Observation> {
        match command {
            Command::CreateTableAs {
                table,
                if_not_exists: false,
                ..
            } => self.needs_free(Some(table)),
            Command::CreateView {
                view,
                replaces: false,
                if_not_exists: false,
                ..
            } => self.needs_free(Some(view)),
            Command::CreateView {
                view,
                kind: ViewKind::Plain,
                replaces: true,
                query,
                ..
            } => self.needs_replaceable(view, query),
            Command::DropView {
                view, kind, if_exists, ..
            } => {
                let mut refused = self.needs_relation(&Identifier::from(view.as_str()), *if_exists, "view");
                refused.extend(self.needs_kind(view, RelationKind::View(*kind)));
                refused
            }
            Command::DropFunction { name, if_exists, .. } => self.needs_function(name, *if_exists),
            Command::AlterView {
                view,
                new_name: Some(to),
                ..
            } => {
                let mut refused = self.needs_relation(&Identifier::from(view.as_str()), false, "view");
                refused.extend(self.needs_free(Some(to)));
                refused
            }
            Command::CreateTrigger {
                table,
                name,
                certain,
                function,
                replaces,
                ..
            } => {
                let mut refused = self.needs_columns(table, certain);
                let function = function.as_deref();
                refused.extend(
                    function
                        .into_iter()
                        .flat_map(|function| self.needs_trigger_function(function)),
                );
                if !replaces && self.catalog.presence_of_trigger(table, name) == Presence::There {
                    refused.push(taken(&format!("the trigger `{name}` of `{table}`")));
                }
                refused
            }
            Command::DropTrigger { table, name, if_exists } => {
                let is_missing = self.catalog.presence_of_trigger(table, name) == Presence::Missing;
                missing(is_missing && !if_exists, &format!("trigger `{name}` on `{table}`"))
            }
            Command::CreatePolicy {
                table, name, certain, ..
            } => {
                let mut refused = self.needs_columns(table, certain);
                if self.catalog.presence_of_policy(table, name) == Presence::There {
                    refused.push(taken(&format!("the policy `{name}` of `{table}`")));
                }
                refused
            }
            Command::DropPolicy { table, name, if_exists } => {
                let is_missing = self.catalog.presence_of_policy(table, name) == Presence::Missing;
                missing(is_missing && !if_exists, &format!("policy `{name}` on `{table}`"))
            }
            Command::CreateType { name, .. } | Command::CreateDomain { name, .. } => {
                if is_plain(name) && self.catalog.presence_of_type(name) == Presence::There {
                    vec![taken(&format!("the type `{name}`"))]
                } else {
                    Vec::new()
                }
            }
            Command::DropType {
                name,
                is_domain,
                if_exists,
                ..
            } => {
                let presence = if is_plain(name) {
                    self.catalog.presence_of_type(name)
                } else {
                    Presence::Unknown
                };
                let is_known = *is_domain && presence == Presence::There;
                let known = self.catalog.user_type(&name.to_lowercase()).filter(|_| is_known);
                if known.is_some_and(|known| !matches!(known.kind, TypeKind::Domain { .. })) {
                    return vec![refused_by_definition(&format!("the type `{name}` is not a domain"))];
                }
                missing(presence == Presence::Missing && !if_exists, &format!("type `{name}`"))
            }
            _ => self.refused_tables(command),
        }
    }

    /// The tables that a command writes, or changes as a whole.
    fn refused_tables(&self, command: &Command) -> Vec<Observation> {
        match command {
            Command::Update { table, columns, .. } => self.needs_columns(table, columns),
            Command::Insert {
                table,
                columns,
                conflict,
                ..
            } => {
                let mut refused = self.needs_columns(table, columns);
                if let Some(conflict) = conflict.as_ref().filter(|_| refused.is_empty()) {
                    refused = self.refused_conflict(table, conflict);
                }
                refused
            }
            Command::Comment { table, column } => self.needs_columns(table, column.as_slice()),
            Command::Delete { table, .. } | Command::ChangeTable { table, .. } => {
                self.needs_table(&table.as_str().into(), false)
            }
            Command::Truncate { tables, .. } | Command::LockTable { tables, .. } => {
                let tables = tables.iter().map(|table| Identifier::from(table.as_str()));
                tables.flat_map(|table| self.needs_table(&table, false)).collect()
            }
            _ => Vec::new(),
        }
    }
}
