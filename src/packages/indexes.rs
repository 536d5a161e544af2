//! Index classes, those of Django among them, described by data: access method and storage parameters.

use serde::Deserialize;

/// One index class. Its arguments are those of `models.Index`, and `parameters`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct KnownIndex {
    /// The access method, which is its `suffix`, too; none for a plain index.
    pub method: Option<String>,
    /// Storage parameters, in the order in which its `get_with_params` prints them.
    pub parameters: Vec<String>,
    /// Whether it makes the index unique, and how.
    pub unique: Option<Uniqueness>,
    /// Other paths of the same class.
    pub aliases: Vec<String>,
}

/// How an index class makes an index unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Uniqueness {
    /// It puts UNIQUE into the statement of Django.
    Replaced,
    /// A statement of its own, never concurrent, over the columns in lower case, without a condition.
    Lower,
    /// A statement of its own, never concurrent, whose condition is SQL.
    Conditional,
}
