//! Text of SQL that remembers which of its parts are not known.

use std::borrow::Cow;

use super::{Identifier, Unknown};

/// A piece of SQL: its text as shown, and the parts of it that are not known.
///
/// It has no `Display`: what is made of it is made with `sql!`, [`Sql::join`] and [`Sql::push`], which carry the unknown parts along.
#[derive(Clone, Debug, Default)]
pub struct Sql {
    text: String,
    unknowns: Vec<Unknown>,
}

impl Sql {
    /// As it is shown to people; never to be made SQL of again.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.text
    }

    /// The text, where all of it is known.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        self.unknowns.is_empty().then_some(self.text.as_str())
    }

    /// The parts that are not known, in order.
    #[must_use]
    pub fn unknowns(&self) -> &[Unknown] {
        &self.unknowns
    }

    /// Adds a part at the end.
    pub fn push(&mut self, part: &(impl SqlPart + ?Sized)) {
        self.text.push_str(&part.gather(&mut self.unknowns));
    }

    /// The parts with a separator between them.
    #[must_use]
    pub fn join<P: SqlPart>(parts: impl IntoIterator<Item = P>, separator: &str) -> Self {
        let mut joined = Self::default();
        for (index, part) in parts.into_iter().enumerate() {
            joined.text.push_str(if index > 0 { separator } else { "" });
            joined.push(&part);
        }
        joined
    }

    /// The same with some of its text replaced.
    #[must_use]
    pub fn replace(&self, from: &str, to: &str) -> Self {
        self.with_text(self.text.replace(from, to))
    }

    /// The same with the first of some of its text replaced.
    #[must_use]
    pub fn replace_first(&self, from: &str, to: &str) -> Self {
        self.with_text(self.text.replacen(from, to, 1))
    }

    /// The text between two others, where it begins and ends with these.
    #[must_use]
    pub fn strip(&self, prefix: &str, suffix: &str) -> Option<Self> {
        let inner = self.text.strip_prefix(prefix)?.strip_suffix(suffix)?;
        Some(self.with_text(inner.to_owned()))
    }

    /// Another text with the same unknown parts.
    fn with_text(&self, text: String) -> Self {
        Self {
            text,
            unknowns: self.unknowns.clone(),
        }
    }

    /// The text with a mark in place of each unknown part.
    fn without_unknowns(&self) -> String {
        let marked = |text: String, unknown: &Unknown| text.replace(&unknown.to_string(), "\0");
        self.unknowns.iter().fold(self.text.clone(), marked)
    }

    /// What [`sql!`] makes.
    pub(crate) fn composed(text: String, unknowns: Vec<Unknown>) -> Self {
        Self { text, unknowns }
    }
}

/// Two are the same where their known text is, and the unknown parts are; how these are shown is for people.
impl PartialEq for Sql {
    fn eq(&self, other: &Self) -> bool {
        self.unknowns == other.unknowns
            && (self.text == other.text || self.without_unknowns() == other.without_unknowns())
    }
}

impl Eq for Sql {}

impl From<String> for Sql {
    fn from(text: String) -> Self {
        Self {
            text,
            unknowns: Vec::new(),
        }
    }
}

impl From<&str> for Sql {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<Unknown> for Sql {
    fn from(unknown: Unknown) -> Self {
        Self {
            text: unknown.to_string(),
            unknowns: vec![unknown],
        }
    }
}

/// What SQL is made of.
pub trait SqlPart {
    /// Its text; adds what of it is not known.
    fn gather<'s>(&'s self, unknowns: &mut Vec<Unknown>) -> Cow<'s, str>;
}

impl SqlPart for str {
    fn gather<'s>(&'s self, _: &mut Vec<Unknown>) -> Cow<'s, str> {
        Cow::Borrowed(self)
    }
}

impl SqlPart for String {
    fn gather<'s>(&'s self, _: &mut Vec<Unknown>) -> Cow<'s, str> {
        Cow::Borrowed(self)
    }
}

impl SqlPart for Sql {
    fn gather<'s>(&'s self, unknowns: &mut Vec<Unknown>) -> Cow<'s, str> {
        unknowns.extend_from_slice(&self.unknowns);
        Cow::Borrowed(&self.text)
    }
}

impl SqlPart for Identifier {
    fn gather<'s>(&'s self, unknowns: &mut Vec<Unknown>) -> Cow<'s, str> {
        unknowns.extend(self.unknown().cloned());
        self.shown()
    }
}

impl<P: SqlPart + ?Sized> SqlPart for &P {
    fn gather<'s>(&'s self, unknowns: &mut Vec<Unknown>) -> Cow<'s, str> {
        (**self).gather(unknowns)
    }
}

/// `format!` for SQL: what of the parts is not known is not known of the whole.
macro_rules! sql {
    ($template:literal $(, $part:expr)* $(,)?) => {{
        #[allow(unused_mut, reason = "a template without parts has nothing unknown")]
        let mut unknowns = Vec::new();
        let text = format!($template $(, $crate::unknown::SqlPart::gather(&$part, &mut unknowns))*);
        $crate::unknown::Sql::composed(text, unknowns)
    }};
}

pub(crate) use sql;
