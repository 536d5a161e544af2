//! Members of enumerations: what they equal, and their `value`, `name` and `label`.
//!
//! See `EnumType` of the standard library and `ChoicesType` in django/db/models/enums.py.

use std::sync::Arc;

use super::evaluate::{Binding, Interpreter, Scope};
use crate::value::{Unknown, Value};

/// What a member of an enumeration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Enumeration {
    /// `TextChoices` and the like: it equals its value, and the last item of a tuple is its label.
    Choices,
    /// `IntEnum`, `(str, Enum)`: it equals its value.
    Mixed,
    /// `Enum`: it equals nothing but itself.
    Pure,
}

impl Enumeration {
    /// The kind that a class of Python or Django gives to its subclasses.
    pub(super) fn of(path: &str) -> Option<Self> {
        match path {
            "django.db.models.TextChoices" | "django.db.models.IntegerChoices" | "django.db.models.Choices" => {
                Some(Enumeration::Choices)
            }
            "enum.IntEnum" | "enum.StrEnum" | "enum.IntFlag" => Some(Enumeration::Mixed),
            "enum.Enum" => Some(Enumeration::Pure),
            _ => None,
        }
    }

    /// With a data type among the bases, members of an `Enum` equal their values.
    pub(super) fn mixed_with(self, bases: &[Value]) -> Self {
        let is_data =
            |base: &Value| matches!(base, Value::Name(path) if path == "builtins.str" || path == "builtins.int");
        match self {
            Enumeration::Pure if bases.iter().any(is_data) => Enumeration::Mixed,
            kind => kind,
        }
    }

    /// Value and label, where there is one.
    fn split(self, value: Value) -> (Value, Option<Value>) {
        match (self, value) {
            (Enumeration::Choices, Value::Tuple(mut items)) if items.len() == 2 => {
                let label = items.pop();
                (items.pop().unwrap_or(Value::None), label)
            }
            (_, value) => (value, None),
        }
    }
}

impl Interpreter<'_> {
    /// Turns the attributes of an enumeration's body into its members; hands back `RED.value` and the like.
    pub(super) fn members(class: &str, kind: Enumeration, attributes: &mut Scope) -> Vec<(String, Binding)> {
        let mut parts = Vec::new();
        for (name, binding) in attributes
            .iter_mut()
            .filter(|(name, binding)| is_member(name, &binding.value))
        {
            let binding = Arc::make_mut(binding);
            let (value, label) = kind.split(std::mem::replace(&mut binding.value, Value::None));
            let mut part = |part: &str, value: Value| {
                let range = binding.range;
                parts.push((format!("{name}.{part}"), Binding { value, range }));
            };
            part("value", value.clone());
            part("name", Value::Str(name.to_string().into()));
            if kind == Enumeration::Choices {
                part("label", label.unwrap_or_else(|| Value::Str(default_label(name).into())));
            }
            binding.value = match kind {
                Enumeration::Choices | Enumeration::Mixed => value,
                Enumeration::Pure => Value::Unknown(Unknown {
                    reason: format!("`{class}.{name}` is a member of an enumeration"),
                    source: format!("{class}.{name}"),
                    range: binding.range,
                }),
            };
        }
        parts
    }
}

/// Names with an underscore are Python's own, and what is called is a method or computes its value.
fn is_member(name: &str, value: &Value) -> bool {
    !name.starts_with('_')
        && !matches!(
            value,
            Value::Function(_) | Value::Name(_) | Value::Call(_) | Value::Unknown(_)
        )
}

/// `" ".join(key.split("_")).title()`
fn default_label(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters.flat_map(char::to_lowercase)).collect::<String>()
    });
    words.collect::<Vec<_>>().join(" ")
}
