//! A part of a text that is not known.

use std::ops::Range;

use super::Unknown;

/// A part of a text that is shown for something unknown, and is no text of the language that the rest is in.
#[derive(Clone, Debug)]
pub struct UnknownPart {
    /// Where it stands in the text.
    pub bytes: Range<usize>,
    /// What it stands for.
    pub unknown: Unknown,
    /// What it can be.
    pub form: PartForm,
}

/// What a part that is not known can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartForm {
    /// One value: a parameter, which psycopg writes as a literal.
    Literal,
    /// Any text that the code puts there: a name, part of one, a clause.
    Text,
}
