//! The name of a table or column.

use std::fmt::{self, Display, Formatter};

use super::Unknown;

/// A name of a table or column, where it is known.
///
/// An unknown one is no text: nothing is looked up or created by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identifier {
    /// The name.
    Known(String),
    /// A name that is not known.
    Unknown(Unknown),
}

impl Identifier {
    /// The name, where it is known.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        match self {
            Identifier::Known(name) => Some(name),
            Identifier::Unknown(_) => None,
        }
    }

    /// Takes the new name, where it is the one that changes.
    pub fn rename(&mut self, from: &str, to: &str) {
        if let Identifier::Known(name) = self
            && name == from
        {
            to.clone_into(name);
        }
    }

    /// What is not known of it.
    #[must_use]
    pub fn unknown(&self) -> Option<&Unknown> {
        match self {
            Identifier::Known(_) => None,
            Identifier::Unknown(unknown) => Some(unknown),
        }
    }
}

impl From<String> for Identifier {
    fn from(name: String) -> Self {
        Identifier::Known(name)
    }
}

/// For people: without quotes.
impl Display for Identifier {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Identifier::Known(name) => formatter.write_str(name),
            Identifier::Unknown(unknown) => unknown.fmt(formatter),
        }
    }
}
