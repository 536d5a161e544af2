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
    /// Whether it changes anything beside what its SQL changes: rows, or something out of sight.
    pub changes: bool,
    /// The tables whose rows it writes, where these are others than it goes through.
    pub written: Vec<Identifier>,
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
    /// Old ones are written again.
    Written {
        /// The table.
        table: String,
        /// Columns that get another value.
        columns: Vec<(String, Assigned)>,
        /// Which of its rows.
        rows: Rows,
    },
    /// Old ones go.
    Deleted {
        /// The table.
        table: String,
    },
    /// The code names a column, and may have written it in a way that is not read.
    Named {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// The code looks for those without a value in a column: it makes sure that there are none, or goes on until there are none.
    LookedFor {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
}

/// What a column gets in rows that are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assigned {
    /// NULL.
    Null,
    /// The same value in all of them, where it is known which.
    One(Option<Constant>),
    /// In each a value of its own, for all that is known.
    Own,
}

/// A value that is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constant {
    /// `NULL`
    Null,
    /// `true`
    Bool(bool),
    /// `1.5`, by its text
    Number(String),
    /// `'new'`, without its quotes
    Text(String),
}

/// Which rows are written or deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rows {
    /// All: there is no condition, or one that leaves no row out.
    All,
    /// Those for which all of these hold.
    Where(Vec<Condition>),
}

/// What is asked of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The column has this value.
    Is(String, Constant),
    /// The column has another value than this; where this is NULL, any.
    IsNot(String, Constant),
    /// The column has one of several constants, or one that is known only when it runs.
    IsOneOf(String),
    /// Something that is not read.
    Other,
}

/// Whether two sets of rows have any in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// None.
    Nothing,
    /// It hangs on what is in the rows.
    Possible,
    /// As far as there are any rows.
    Certain,
}

impl Rows {
    /// Rows of which nothing else is known than that there are some.
    #[must_use]
    pub fn unknown() -> Self {
        Rows::Where(vec![Condition::Other])
    }

    /// Whether these rows and others have any in common.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> Overlap {
        let (Rows::Where(own), Rows::Where(others)) = (self, other) else {
            return Overlap::Certain;
        };
        let excludes = |one: &Condition| others.iter().any(|other| one.excludes(other));
        let is_read = |conditions: &[Condition]| !conditions.contains(&Condition::Other);
        match (is_read(own), is_read(others)) {
            _ if own.iter().any(excludes) => Overlap::Nothing,
            (true, true) if own == others => Overlap::Certain,
            // Two branches of one condition, for all that is known.
            (false, false) => Overlap::Nothing,
            _ => Overlap::Possible,
        }
    }
}

impl Condition {
    /// The column that it is about.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        match self {
            Condition::Is(column, _) | Condition::IsNot(column, _) | Condition::IsOneOf(column) => Some(column),
            Condition::Other => None,
        }
    }

    /// Whether no row meets both.
    fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Condition::Is(one, value), Condition::Is(two, other)) => one == two && value != other,
            (Condition::Is(one, value), Condition::IsNot(two, other))
            | (Condition::IsNot(two, other), Condition::Is(one, value)) => one == two && value == other,
            _ => false,
        }
    }
}

impl Constant {
    /// What an SQL text stands for, if it is one constant; a cast is left out.
    #[must_use]
    pub fn read(sql: &str) -> Option<Self> {
        let sql = sql.trim();
        if let Some(inside) = sql.strip_prefix('\'') {
            let end = end_of_text(inside)?;
            let after = &inside[end + 1..];
            let is_cast = after.is_empty() || after.starts_with("::");
            return is_cast.then(|| Constant::Text(inside[..end].replace("''", "'")));
        }
        let is_number = sql.bytes().any(|byte| byte.is_ascii_digit())
            && sql
                .bytes()
                .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
        match sql.to_ascii_lowercase().as_str() {
            "null" => Some(Constant::Null),
            "true" => Some(Constant::Bool(true)),
            "false" => Some(Constant::Bool(false)),
            number if is_number => Some(Constant::Number(number.to_owned())),
            _ => None,
        }
    }
}

/// Where the quote stands that closes a text.
fn end_of_text(inside: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + inside[from..].find('\'')?;
        if !inside[at + 1..].starts_with('\'') {
            return Some(at);
        }
        from = at + 2;
    }
}

impl RowWork {
    /// Code that goes through no set of rows.
    #[must_use]
    pub fn none() -> Self {
        Self {
            reach: Reach::Few,
            table: None,
            writes: false,
            changes: false,
            written: Vec::new(),
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
