//! A transaction while a migration runs: whether there is one, what it has locked, what it has added.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::lock::LockMode;

/// What the running migration holds and has done so far.
#[derive(Clone, Debug, Default)]
pub struct Transaction {
    /// Whether statements run inside one transaction (`atomic`).
    pub open: bool,
    /// The strongest lock on each relation that this transaction holds.
    held: FxHashMap<String, LockMode>,
    /// Columns that this migration added, whatever the transaction.
    added_columns: FxHashSet<(String, String)>,
    /// Columns whose default this migration set.
    set_defaults: FxHashSet<(String, String)>,
}

impl Transaction {
    /// Starts a migration.
    #[must_use]
    pub fn begin(open: bool) -> Self {
        Self {
            open,
            ..Self::default()
        }
    }

    /// The strongest lock held on a relation before the next statement.
    #[must_use]
    pub fn held(&self, relation: &str) -> Option<LockMode> {
        self.held.get(relation).copied()
    }

    /// Remembers a lock until the transaction ends; outside of one it is gone at once.
    pub fn hold(&mut self, relation: &str, mode: LockMode) {
        if self.open {
            let held = self.held.entry(relation.to_owned()).or_insert(mode);
            *held = (*held).max(mode);
        }
    }

    /// Remembers that a column was added.
    pub fn add_column(&mut self, table: &str, column: &str) {
        self.added_columns.insert((table.to_owned(), column.to_owned()));
    }

    /// Remembers that a column got a default.
    pub fn note_default(&mut self, table: &str, column: &str) {
        self.set_defaults.insert((table.to_owned(), column.to_owned()));
    }

    /// Whether this migration set the column's default.
    #[must_use]
    pub fn set_default(&self, table: &str, column: &str) -> bool {
        self.set_defaults.contains(&(table.to_owned(), column.to_owned()))
    }

    /// Whether this migration added the column.
    #[must_use]
    pub fn added_column(&self, table: &str, column: &str) -> bool {
        self.added_columns.contains(&(table.to_owned(), column.to_owned()))
    }
}
