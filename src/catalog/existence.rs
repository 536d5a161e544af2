//! What code of the database's own asks the system catalogs for: is it there?

use crate::statement::Object;

use super::{Catalog, ConstraintKind};

impl Catalog {
    /// Whether migrations have made this, and not taken it away again.
    #[must_use]
    pub fn has(&self, object: &Object<'_>) -> bool {
        match object {
            Object::Relation(name) => {
                self.table(name).is_some()
                    || self.view(name).is_some()
                    || self.index_table(name).is_some()
                    || self.sequence(name).is_some()
            }
            Object::Column(table, column) => self.column(table, column).is_some(),
            Object::Index(name) => self.index_table(name).is_some(),
            Object::Constraint(name, Some(table)) => self
                .table(table)
                .is_some_and(|entry| entry.constraints.contains_key(*name)),
            Object::Constraint(name, None) => {
                let mut tables = self.tables.values();
                tables.any(|entry| entry.constraints.contains_key(*name))
            }
            Object::PrimaryKey(table) => self.table(table).is_some_and(|entry| {
                let mut constraints = entry.constraints.values();
                constraints.any(|constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey(_)))
            }),
            Object::Trigger(name, Some(table)) => self
                .table(table)
                .is_some_and(|entry| entry.attached.triggers.contains_key(*name)),
            Object::Trigger(name, None) => {
                let mut tables = self.tables.values();
                tables.any(|entry| entry.attached.triggers.contains_key(*name))
            }
            Object::Type(name) => self.user_type(name).is_some(),
            Object::Function(name) => self.declared(name).is_some(),
            Object::Extension(name) => self.has_extension(name),
        }
    }
}
