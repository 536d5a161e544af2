//! Which rows the history has put into tables that it made.

use super::names::stored;
use super::{Catalog, Table};
use crate::statement::{InsertedRows, TableForm};

/// Which rows of others a table has got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Contents {
    /// None: nothing was ever inserted.
    Empty,
    /// Those that one query has chosen by WHERE or LIMIT.
    Chosen,
    /// As many as it wants, as far as anybody knows.
    #[default]
    Any,
}

impl Contents {
    /// Of a table that is made.
    pub(super) fn of_new(form: &TableForm) -> Self {
        match form {
            TableForm::Plain | TableForm::Temporary | TableForm::Copy { .. } => Contents::Empty,
            // Their rows may be in others.
            TableForm::Partitioned | TableForm::Partition { .. } | TableForm::Child { .. } => Contents::Any,
        }
    }
}

impl Catalog {
    /// Which rows the running migration has put into a table that it has made itself. Of older ones nobody knows what other
    /// code has done.
    #[must_use]
    pub fn contents(&self, table: &str) -> Contents {
        let is_known = |entry: &&Table| {
            entry.created_in == self.migration
                && entry.is_declared
                && entry.attached.children.is_empty()
                && self.is_written_certain(entry, entry.since)
                && self.is_certain(entry, entry.since)
        };
        let entry = self.table(table).filter(is_known);
        entry.map_or(Contents::Any, |entry| entry.contents)
    }

    /// Takes in rows that are added.
    pub fn note_contents(&mut self, table: &str, rows: &InsertedRows) {
        if let Some(entry) = self.tables.get_mut(stored(table)) {
            entry.contents = match (entry.contents, rows) {
                (Contents::Empty, InsertedRows::Chosen) => Contents::Chosen,
                // One query takes what the other has left, or the rows are no copies.
                (
                    Contents::Empty | Contents::Chosen | Contents::Any,
                    InsertedRows::Chosen | InsertedRows::Values { .. } | InsertedRows::Others,
                ) => Contents::Any,
            };
        }
    }
}
