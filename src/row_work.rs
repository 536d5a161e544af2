//! How many rows code of Python goes through, as far as its text tells. Plain data.

/// What a function does to rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowWork {
    /// The widest set of rows that it goes through.
    pub reach: Reach,
    /// App label and name of the model whose rows these are, where the code names them.
    pub model: Option<(String, String)>,
    /// Whether it writes rows at all.
    pub writes: bool,
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

impl RowWork {
    /// Code that goes through no set of rows.
    #[must_use]
    pub fn none() -> Self {
        Self {
            reach: Reach::Few,
            model: None,
            writes: false,
        }
    }

    /// Adds what other code does.
    pub fn add(&mut self, other: RowWork) {
        if other.reach > self.reach {
            (self.reach, self.model) = (other.reach, other.model);
        }
        self.writes |= other.writes;
    }
}
