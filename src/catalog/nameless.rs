//! Tables whose name is not known: they are told apart by what is not known.
//!
//! While a statement about one runs, it has a seat among the tables, under a name that no table can have.

use crate::statement::Statement;
use crate::unknown::{Identifier, Unknown};

use super::names::stored;
use super::{Catalog, ConstraintKind, Table};

/// What stands for a name that is not known: Postgres has no empty names.
pub const NAMELESS: &str = "";

/// The name of a table as the catalog is asked for it.
#[must_use]
pub(crate) fn table_key(table: &Identifier) -> &str {
    table.known().unwrap_or(NAMELESS)
}

impl Catalog {
    /// The table, also where its name is not known.
    #[must_use]
    pub fn identified(&self, table: &Identifier) -> Option<&Table> {
        match table {
            Identifier::Known(name) => self.table(name),
            Identifier::Unknown(unknown) => {
                let mut nameless = self.nameless.iter();
                nameless.find(|(known, _)| known == unknown).map(|(_, table)| table)
            }
        }
    }

    /// The same with the table in the seat of those without a name.
    #[must_use]
    pub fn with_seated(&self, table: &Unknown) -> Catalog {
        let mut catalog = self.clone();
        catalog.seat(table);
        catalog
    }

    /// Applies a statement about a table whose name is not known, or that takes its name away.
    pub(super) fn apply_nameless(&mut self, statement: &Statement) {
        match statement {
            Statement::RenameTable { from, to, .. } => self.rename_nameless(from, to),
            statement => {
                let Some(table) = statement.nameless_table().cloned() else {
                    return;
                };
                self.seat(&table);
                self.apply_named(statement);
                self.unseat(table);
            }
        }
    }

    fn rename_nameless(&mut self, from: &Identifier, to: &Identifier) {
        match (from, to) {
            (Identifier::Known(from), Identifier::Known(to)) => self.rename_table(from, to),
            (Identifier::Known(from), Identifier::Unknown(to)) => {
                self.rename_table(from, NAMELESS);
                self.unseat(to.clone());
            }
            (Identifier::Unknown(from), Identifier::Known(to)) => {
                self.seat(from);
                self.rename_table(NAMELESS, to);
            }
            (Identifier::Unknown(from), Identifier::Unknown(to)) => {
                for (table, _) in self.nameless.iter_mut().filter(|(table, _)| table == from) {
                    table.clone_from(to);
                }
            }
        }
    }

    fn seat(&mut self, table: &Unknown) {
        let Some(at) = self.nameless.iter().position(|(known, _)| known == table) else {
            return;
        };
        let (_, table) = self.nameless.swap_remove(at);
        for index in table.indexes.keys() {
            self.index_tables.insert(index.clone(), NAMELESS.to_owned());
        }
        for parent in parents(&table) {
            if let Some(parent) = self.tables.get_mut(stored(&parent)) {
                parent.referenced_by.insert(NAMELESS.to_owned());
            }
        }
        self.tables.insert(NAMELESS.to_owned(), table);
    }

    /// Takes it from its seat, with all that would be found under a name that is none.
    fn unseat(&mut self, unknown: Unknown) {
        let Some(table) = self.tables.remove(NAMELESS) else {
            return;
        };
        self.index_tables.retain(|_, owner| owner != NAMELESS);
        self.sequences
            .retain(|_, sequence| sequence.owner.as_ref().is_none_or(|(owner, _)| owner != NAMELESS));
        for parent in parents(&table) {
            if let Some(parent) = self.tables.get_mut(stored(&parent)) {
                parent.referenced_by.remove(NAMELESS);
            }
        }
        self.forget_child(NAMELESS);
        self.nameless.push((unknown, table));
    }
}

/// The tables that the foreign keys of a table point to.
fn parents(table: &Table) -> Vec<String> {
    let constraints = table.constraints.values();
    let parents = constraints.filter_map(|constraint| match &constraint.kind {
        ConstraintKind::ForeignKey { to_table, .. } => Some(to_table.clone()),
        ConstraintKind::Check(_)
        | ConstraintKind::Unique(_)
        | ConstraintKind::PrimaryKey(_)
        | ConstraintKind::Exclude(_) => None,
    });
    parents.collect()
}
