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
}
