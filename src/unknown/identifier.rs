//! The name of a table or column.

use std::borrow::Cow;

use crate::statement::quote_name;

use super::{Sql, Unknown, sql};

/// A name of a table or column, where it is known.
///
/// An unknown one is no text: nothing is looked up or created by it, and no SQL is made of it that would not know.
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

    /// The name for people, who also see what is not known of it.
    #[must_use]
    pub fn shown(&self) -> Cow<'_, str> {
        match self {
            Identifier::Known(name) => Cow::Borrowed(name),
            Identifier::Unknown(unknown) => Cow::Owned(unknown.to_string()),
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

    /// Becomes the other, where it is the one that is renamed.
    pub fn replace(&mut self, from: &Identifier, to: &Identifier) {
        if self == from {
            self.clone_from(to);
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

impl From<&str> for Identifier {
    fn from(name: &str) -> Self {
        Identifier::Known(name.to_owned())
    }
}

/// The name in quotes, as SQL is made of it.
#[must_use]
pub(crate) fn quoted(name: &Identifier) -> Sql {
    match name {
        Identifier::Known(name) => quote_name(name).into(),
        Identifier::Unknown(_) => sql!("\"{}\"", name),
    }
}

/// The names, where all of them are known.
#[must_use]
pub fn known_names(names: &[Identifier]) -> Option<Vec<String>> {
    names.iter().map(|name| name.known().map(str::to_owned)).collect()
}

/// The names for people, with commas between them.
#[must_use]
pub fn shown_names(names: &[Identifier]) -> String {
    let names: Vec<_> = names.iter().map(Identifier::shown).collect();
    names.join(", ")
}
