//! What code does to rows, table by table, and how many it goes through, as far as its text tells. Plain data.

use crate::unknown::Identifier;

/// How a piece of code goes through rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowWork {
    /// The widest set of rows that it goes through in one transaction.
    pub reach: Reach,
    /// The table whose rows these are, where the code names its model.
    pub table: Option<Identifier>,
    /// Whether it writes rows that are there.
    pub writes: bool,
    /// What happens when it runs again.
    pub again: Again,
}

/// How many rows: narrow to wide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// The code is out of sight.
    #[default]
    Unknown,
    /// None, those that a key names, or a batch of a given size.
    Few,
    /// Those for which a condition holds.
    Some,
    /// All rows of a table.
    All,
}

/// What a second run of code does to what the first has done, without a transaction around both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Again {
    /// Nothing.
    Nothing,
    /// It makes the rows once more.
    Inserts,
    /// It writes a field from its own value once more.
    Steps {
        /// The field.
        field: String,
    },
}

/// What code does to the rows of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowChange {
    /// New ones.
    Inserted {
        /// The table.
        table: String,
    },
    /// Columns of old ones get another value, and none of them becomes NULL.
    Written {
        /// The table.
        table: String,
        /// The columns.
        columns: Vec<String>,
    },
    /// Old ones go.
    Deleted {
        /// The table.
        table: String,
    },
    /// The code looks for those without a value in a column: it makes sure that there are none, or goes on until there are none.
    LookedFor {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// Some are written, and it is not known which, or what of them.
    Unread,
}

impl RowWork {
    /// Code that goes through no set of rows.
    #[must_use]
    pub fn none() -> Self {
        Self {
            reach: Reach::Few,
            table: None,
            writes: false,
            again: Again::Nothing,
        }
    }

    /// Adds rows of a table that the code goes through.
    pub fn add(&mut self, reach: Reach, table: impl FnOnce() -> Option<Identifier>) {
        if reach > self.reach {
            self.reach = reach;
            self.table = table();
        }
    }
}
