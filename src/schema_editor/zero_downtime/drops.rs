//! `EXPLICIT_CONSTRAINTS_DROP`: keys and indexes go in statements of their own before the column or table does.

use crate::catalog::{Catalog, ConstraintKind};
use crate::models::{Model, ModelField};
use crate::statement::{AlterTableAction, Name, Statement};
use crate::unknown::Identifier;

use super::super::columns::alter;
use super::super::run::Run;
use super::ZeroDowntime;

/// A constraint on a table, or one that points to it: a row of `_get_constraints`.
struct Found {
    table: String,
    name: String,
    kind: ConstraintKind,
}

impl Run<'_> {
    /// What `delete_model` drops first: all keys of the table, and all to it.
    pub(in super::super) fn drop_keys_of_table(&mut self, model: &Model<'_>) {
        if let Some(table) = self.dropped_explicitly(model) {
            for Found { table, name, .. } in keys_around(self.connection.catalog(), &table) {
                self.drop_key(&table, name);
            }
        }
    }

    /// What `remove_field` drops first: keys from and to the column, unique constraints over it, indexes that name it.
    pub(in super::super) fn drop_what_names_column(&mut self, model: &Model<'_>, field: &ModelField<'_>) {
        let Some(Identifier::Known(column)) = field.column() else {
            return;
        };
        let Some(table) = self.dropped_explicitly(model) else {
            return;
        };
        for found in keys_around(self.connection.catalog(), &table) {
            if found.is_about(&table, &column) {
                self.drop_key(&found.table, found.name);
            }
        }
        for name in unique_constraints(self.connection.catalog(), &table, &column) {
            self.drop_constraint(model, &name);
        }
        for name in indexes(self.connection.catalog(), &table, &column) {
            self.drop_index(model, Name::Given(name), true);
        }
    }

    /// The table, where the backend looks for what is on it.
    fn dropped_explicitly(&mut self, model: &Model<'_>) -> Option<String> {
        let backend = self
            .zero_downtime()
            .filter(|backend| backend.explicit_constraints_drop)?;
        match model.db_table() {
            Identifier::Known(table) => finds(&backend, &table).then_some(table),
            Identifier::Unknown(unknown) => {
                self.partial(format!("what is dropped before the table: {}", unknown.reason()));
                None
            }
        }
    }

    fn drop_key(&mut self, table: &str, name: String) {
        let name = Name::Given(name);
        let set = Statement::SetConstraintsImmediate {
            constraint: Some(name.clone()),
            namespace: None,
        };
        let drop = AlterTableAction::DropConstraint {
            name,
            if_exists: false,
            cascade: false,
        };
        self.execute_all(vec![set, alter(&table.into(), drop)]);
    }
}

/// Whether the database has something under the name that the package asks for: before 0.20 it compares `db_table` with what
/// `regclass` prints.
fn finds(backend: &ZeroDowntime, table: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    let begins_plainly = !table.starts_with(|first: char| first.is_ascii_digit());
    backend.finds_quoted_tables() || begins_plainly && table.chars().all(is_plain)
}

/// The foreign keys of a table and to it, by table and name.
fn keys_around(catalog: &Catalog, table: &str) -> Vec<Found> {
    let own = catalog.table(table).into_iter().flat_map(|entry| &entry.constraints);
    let own = own.map(|(name, constraint)| (table, name.as_str(), constraint));
    let others = catalog
        .incoming_foreign_keys(table)
        .filter(|(child, ..)| *child != table);
    let mut found: Vec<Found> = own
        .chain(others)
        .filter(|(.., constraint)| matches!(constraint.kind, ConstraintKind::ForeignKey { .. }))
        .map(|(table, name, constraint)| Found {
            table: table.to_owned(),
            name: name.to_owned(),
            kind: constraint.kind.clone(),
        })
        .collect();
    found.sort_by(|one, other| (&one.table, &one.name).cmp(&(&other.table, &other.name)));
    found
}

fn unique_constraints(catalog: &Catalog, table: &str, column: &str) -> Vec<String> {
    let constraints = catalog.table(table).into_iter().flat_map(|entry| &entry.constraints);
    let over = |kind: &ConstraintKind| matches!(kind, ConstraintKind::Unique(columns) if columns.iter().any(|own| own == column));
    let mut names: Vec<String> = constraints
        .filter(|(_, constraint)| over(&constraint.kind))
        .map(|(name, _)| name.clone())
        .collect();
    names.sort();
    names
}

/// `_get_indexes`: those that are no constraint, with the column as an item, in an expression or in the condition.
fn indexes(catalog: &Catalog, table: &str, column: &str) -> Vec<String> {
    let Some(entry) = catalog.table(table) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entry
        .indexes
        .iter()
        .filter(|(name, index)| {
            let has_item = index.items.iter().any(|item| item.as_deref() == Some(column));
            let names_it = has_item || index.mentioned.iter().any(|mentioned| mentioned == column);
            names_it && !entry.constraints.contains_key(*name)
        })
        .map(|(name, _)| name.clone())
        .collect();
    names.sort();
    names
}

impl Found {
    fn is_about(&self, table: &str, column: &str) -> bool {
        let ConstraintKind::ForeignKey {
            columns,
            to_table,
            to_columns,
            ..
        } = &self.kind
        else {
            return false;
        };
        let has = |columns: &[String]| columns.iter().any(|own| own == column);
        self.table == table && has(columns) || to_table == table && has(to_columns)
    }
}
