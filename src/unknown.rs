//! What is not known, with its reason: a value, a type, a name, or a part of some SQL.
//!
//! The one place that writes it as text is [`Unknown`]'s `Display`, and no place looks for that text: what is made of
//! something unknown carries it along.

mod identifier;
mod part;
mod sql;

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

pub(crate) use identifier::quoted;
pub use identifier::{Identifier, known_names, shown_names};
pub use part::{PartForm, UnknownPart};
pub(crate) use sql::sql;
pub use sql::{Sql, SqlPart};

/// Something that is not known.
///
/// Two are equal where they are known to be the same thing: where they have the same subject, or one is a copy of the other.
#[derive(Clone, Debug, Eq)]
pub struct Unknown {
    reason: Arc<str>,
    subject: Option<Arc<str>>,
    sameness: Sameness,
    /// Whether Django raises an error where it would be made.
    is_refused: bool,
}

/// When two unknown things are known to be the same.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Sameness {
    /// Where they have the same subject.
    Subject,
    /// Where one is a copy of the other, or both are derived from copies and are the same of them.
    Copy,
    /// Where they are put together in the same way of the same parts; so they are shown, too.
    Pattern(Arc<[Unknown]>),
}

impl Unknown {
    /// Something of which no more than this can be said; only its copies are the same.
    #[must_use]
    pub fn new(reason: &str) -> Self {
        Self {
            reason: readable(reason),
            subject: None,
            sameness: Sameness::Copy,
            is_refused: false,
        }
    }

    /// Something that Django raises an error for when it compiles it, whatever the rows are.
    #[must_use]
    pub fn refused(reason: &str) -> Self {
        Self {
            is_refused: true,
            ..Self::new(reason)
        }
    }

    /// Something that is called so: `the table of shop.Odd`; only its copies are the same.
    #[must_use]
    pub fn called(subject: &str, reason: &str) -> Self {
        Self {
            reason: readable(reason),
            subject: Some(Arc::from(subject)),
            sameness: Sameness::Copy,
            is_refused: false,
        }
    }

    /// Something that is the same wherever it has this name: `key type of taggit.Tag`.
    #[must_use]
    pub fn named(subject: &str, reason: &str) -> Self {
        Self {
            reason: readable(reason),
            subject: Some(Arc::from(subject)),
            sameness: Sameness::Subject,
            is_refused: false,
        }
    }

    /// A name that code puts together of parts that are not known: `orders_{year}`. It is the same wherever it is put
    /// together so of the same parts.
    #[must_use]
    pub fn pattern(pattern: &str, reason: &str, parts: &[Unknown]) -> Self {
        Self {
            reason: readable(reason),
            subject: Some(Arc::from(pattern)),
            sameness: Sameness::Pattern(parts.into()),
            is_refused: false,
        }
    }

    /// Something that is derived from this one, called after what it is: a name, of a table and a column.
    #[must_use]
    pub fn derived(&self, what: &str) -> Self {
        Self {
            reason: Arc::clone(&self.reason),
            subject: self
                .subject
                .as_ref()
                .map(|subject| Arc::from(format!("{what} of {subject}"))),
            sameness: match self.sameness {
                Sameness::Subject => Sameness::Subject,
                Sameness::Copy | Sameness::Pattern(_) => Sameness::Copy,
            },
            is_refused: self.is_refused,
        }
    }

    /// What it is in words, where more is known of it than why it is not known.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref().filter(|_| self.sameness == Sameness::Copy)
    }

    /// How code puts the name together, where it does.
    #[must_use]
    pub fn as_pattern(&self) -> Option<&str> {
        match self.sameness {
            Sameness::Pattern(_) => self.subject.as_deref(),
            Sameness::Subject | Sameness::Copy => None,
        }
    }

    /// Whether Django raises an error where it would be made.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.is_refused
    }

    /// Why it is not known, or what it is.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

/// A reason that can stand between angle brackets.
fn readable(reason: &str) -> Arc<str> {
    if reason.contains(['<', '>']) {
        reason.replace(['<', '>'], "").into()
    } else {
        Arc::from(reason)
    }
}

impl PartialEq for Unknown {
    fn eq(&self, other: &Self) -> bool {
        let has_same_origin = match (&self.sameness, &other.sameness) {
            (Sameness::Subject, Sameness::Subject) => true,
            (Sameness::Pattern(own), Sameness::Pattern(others)) => own == others,
            (Sameness::Copy, Sameness::Copy) => Arc::ptr_eq(&self.reason, &other.reason),
            (Sameness::Subject | Sameness::Copy | Sameness::Pattern(_), _) => false,
        };
        has_same_origin && self.subject == other.subject
    }
}

/// How it is shown inside an otherwise right statement.
impl Display for Unknown {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self.as_pattern() {
            Some(pattern) => formatter.write_str(pattern),
            None => write!(formatter, "<unknown: {}>", self.reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Sql, Unknown, sql};

    #[test]
    fn an_unknown_is_the_same_as_its_copies_and_as_what_has_its_name() {
        let first = Unknown::new("a call");
        assert_eq!(first, first.clone());
        assert_ne!(first, Unknown::new("a call"));
        assert_eq!(Unknown::named("tags.Tag", "a"), Unknown::named("tags.Tag", "b"));
        assert_ne!(Unknown::named("tags.Tag", "a"), Unknown::named("tags.Other", "a"));
    }

    #[test]
    fn sql_of_something_unknown_is_unknown_and_text_that_looks_so_is_not() {
        let now = Unknown::new("shop.now");
        let quoted = format!("'{now}'");
        let made = sql!("COALESCE({}, {})", Sql::from(now.clone()), quoted);
        assert_eq!(made.shown(), format!("COALESCE({now}, '{now}')"));
        assert_eq!(made.unknowns(), [now]);
        assert_eq!(made.known(), None);
        assert!(sql!("({})", quoted).known().is_some());
    }
}
