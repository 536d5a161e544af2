//! Values of a body: texts with parts that are not known, and the variables that hold them.

use std::borrow::Cow;
use std::ops::Range;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::unknown::{PartForm, Unknown, UnknownPart};

/// As many variables as are remembered.
const MOST_VARIABLES: usize = 100;

/// As many items as a list may have.
pub(super) const MOST_ITEMS: usize = 1_000;

/// A value, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(Rc<Text>),
    Null,
    List(Rc<Vec<Value>>),
    /// Known only when the body runs.
    Unknown,
}

/// A text with parts that are not known; `?` is shown for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text {
    pub shown: String,
    holes: Vec<Hole>,
    /// The string in the body that it is the value of.
    pub literal: Option<(usize, usize)>,
}

/// A part that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hole {
    bytes: Range<usize>,
    form: PartForm,
}

impl Text {
    pub(super) fn known(text: impl Into<String>) -> Self {
        Self {
            shown: text.into(),
            ..Self::default()
        }
    }

    pub(super) fn hole(form: PartForm) -> Self {
        let hole = Hole { bytes: 0..1, form };
        Self {
            shown: "?".to_owned(),
            holes: vec![hole],
            literal: None,
        }
    }

    pub(super) fn push(&mut self, other: &Text) {
        let at = self.shown.len();
        let holes = other.holes.iter().map(|hole| Hole {
            bytes: hole.bytes.start + at..hole.bytes.end + at,
            form: hole.form,
        });
        self.holes.extend(holes);
        self.shown.push_str(&other.shown);
        self.literal = None;
    }

    /// The whole of it, if no part is unknown.
    pub(super) fn constant(&self) -> Option<&str> {
        self.holes.is_empty().then_some(&self.shown)
    }

    /// The parts that are not known.
    pub(super) fn unknown_parts(&self) -> Vec<UnknownPart> {
        let part = |hole: &Hole| UnknownPart {
            bytes: hole.bytes.clone(),
            unknown: Unknown::new("known only when the body runs"),
            form: hole.form,
        };
        self.holes.iter().map(part).collect()
    }

    /// Whether it says more than that it is not known.
    pub(super) fn says_something(&self) -> bool {
        self.shown.chars().any(char::is_alphanumeric)
    }
}

impl Value {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Value::Text(Rc::new(Text::known(text)))
    }

    /// The same for another body, in which it stands nowhere.
    pub(super) fn handed_over(self) -> Self {
        match self {
            Value::Text(text) if text.literal.is_some() => {
                let mut text = Rc::unwrap_or_clone(text);
                text.literal = None;
                Value::Text(Rc::new(text))
            }
            Value::List(items) => Value::List(Rc::new(items.iter().cloned().map(Value::handed_over).collect())),
            value => value,
        }
    }

    /// The text of it, if no part is unknown.
    pub(super) fn constant(&self) -> Option<&str> {
        match self {
            Value::Text(text) => text.constant(),
            Value::Null | Value::List(_) | Value::Unknown => None,
        }
    }

    /// As part of a text that is put together; NULL is none.
    pub(super) fn part(&self) -> Option<Cow<'_, Text>> {
        match self {
            Value::Text(text) => Some(Cow::Borrowed(text)),
            Value::Null => None,
            Value::List(_) | Value::Unknown => Some(Cow::Owned(Text::hole(PartForm::Text))),
        }
    }
}

/// The variables of a body whose values are known.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Variables(FxHashMap<String, Value>);

impl Variables {
    pub(super) fn set(&mut self, name: &str, value: Value) {
        if value == Value::Unknown || (self.0.len() >= MOST_VARIABLES && !self.0.contains_key(name)) {
            self.forget(name);
        } else {
            self.0.insert(name.to_owned(), value);
        }
    }

    /// Also the fields of a record.
    pub(super) fn forget(&mut self, name: &str) {
        let is_field = |known: &str| known.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        self.0.retain(|known, _| known != name && !is_field(known));
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Keeps what is the same in both.
    pub(super) fn keep_common(&mut self, other: &Variables) {
        self.0.retain(|name, value| other.0.get(name) == Some(value));
    }
}
