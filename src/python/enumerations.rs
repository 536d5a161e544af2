//! Members of enumerations: what they equal, and their `value`, `name` and `label`.
//!
//! See `EnumType` of the standard library and `ChoicesType` in django/db/models/enums.py.

use std::sync::Arc;

use super::evaluate::{Binding, Interpreter, Scope};
use super::{Class, Resolved};
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

/// What `auto()` gives. See `_generate_next_value_` of each.
#[derive(Clone, Copy)]
enum Automatic {
    /// Of `TextChoices` the name of the member.
    Name,
    /// Of `StrEnum` that in lower case.
    LowerName,
    /// One more than the last.
    Number,
}

impl Automatic {
    fn of(bases: &[Value]) -> Self {
        let mut paths = bases.iter().filter_map(|base| match base {
            Value::Name(path) => Some(path.as_str()),
            _ => None,
        });
        paths
            .find_map(|path| match path {
                "django.db.models.TextChoices" => Some(Automatic::Name),
                "enum.StrEnum" => Some(Automatic::LowerName),
                _ => None,
            })
            .unwrap_or(Automatic::Number)
    }

    fn next(self, name: &str, last: &Value) -> Value {
        match self {
            Automatic::Name => Value::Str(name.into()),
            Automatic::LowerName => Value::Str(name.to_lowercase().into()),
            Automatic::Number => match last {
                Value::Int(last) => Value::Int(last.saturating_add(1)),
                _ => Value::Int(1),
            },
        }
    }
}

/// Gives `auto()` its value.
fn settle_automatic(bases: &[Value], attributes: &mut Scope) {
    let automatic = Automatic::of(bases);
    let mut last = Value::None;
    for (name, binding) in attributes.iter_mut() {
        let next = || automatic.next(name, &last);
        let value = match &binding.value {
            Value::Call(call) if call.path == "enum.auto" => next(),
            // `NEW = auto(), "New"`
            Value::Tuple(items) => match items.as_slice() {
                [Value::Call(call), label] if call.path == "enum.auto" => Value::Tuple(vec![next(), label.clone()]),
                _ => continue,
            },
            value => {
                last = value.clone();
                continue;
            }
        };
        last = match &value {
            Value::Tuple(items) => items.first().cloned().unwrap_or(Value::None),
            value => value.clone(),
        };
        Arc::make_mut(binding).value = value;
    }
}

/// The names of the members among the parts of them.
fn member_names<'n>(parts: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    parts.filter_map(|part| part.strip_suffix(".name")).collect()
}

impl Class {
    /// The names of its members, in order, where it is an enumeration.
    pub(super) fn members(&self) -> Vec<&str> {
        member_names(self.attributes.iter().map(|attribute| attribute.name.as_str()))
    }
}

impl Interpreter<'_> {
    /// The members of the enumeration that a value names, as names.
    pub(super) fn members_of(&mut self, class: &Value) -> Option<Vec<Value>> {
        let Value::Name(path) = class else { return None };
        let (owner, names) = match self.local_class(class).map(str::to_owned) {
            Some(name) => {
                let parts = self.class_definition(&name)?.members.iter();
                let names = member_names(parts.map(|(part, _)| part.as_str()));
                (self.local_path(&name), names)
            }
            None => match self.look(path)? {
                Resolved::Class(home, class) => (format!("{}.{}", home.path, class.name), class.members()),
                Resolved::Value(_) => return None,
            },
        };
        let members: Vec<Value> = names
            .into_iter()
            .map(|name| Value::Name(format!("{owner}.{name}")))
            .collect();
        (!members.is_empty()).then_some(members)
    }

    /// What a field is looked up in: of an enumeration, or a list of its members, what these equal.
    pub(super) fn looked_up_in(&mut self, value: Value) -> Value {
        let items = match value {
            Value::List(items) => items,
            value => match self.members_of(&value) {
                Some(members) => members,
                None => return value,
            },
        };
        let items = items.into_iter().map(|item| match &item {
            Value::Name(path) => self.own_member(path).unwrap_or_else(|| self.settle(item)),
            _ => item,
        });
        Value::List(items.collect())
    }

    /// `value`, `name` or `label` of the member that a path leads to.
    pub(super) fn part_of_named_member(&mut self, path: &str, part: &str) -> Option<Value> {
        if !matches!(part, "value" | "name" | "label") {
            return None;
        }
        let (class, member) = path.rsplit_once('.')?;
        let class = Value::Name(class.to_owned());
        if let Some(class) = self.local_class(&class) {
            return self.part_of_member(class, member, part);
        }
        match self.look(&format!("{path}.{part}"))? {
            Resolved::Value(value) => Some(value.clone()),
            Resolved::Class(..) => None,
        }
    }

    /// What a member of an enumeration of this module equals, by its path.
    pub(super) fn own_member(&self, path: &str) -> Option<Value> {
        let (class, member) = path.rsplit_once('.')?;
        let class = self.local_class(&Value::Name(class.to_owned()))?;
        self.part_of_member(class, member, "name")?;
        let binding = self.scopes.first()?.get(format!("{class}.{member}").as_str())?;
        Some(binding.value.clone())
    }

    /// Turns the attributes of an enumeration's body into its members; hands back `RED.value` and the like.
    pub(super) fn members(
        class: &str,
        kind: Enumeration,
        bases: &[Value],
        attributes: &mut Scope,
    ) -> Vec<(String, Binding)> {
        settle_automatic(bases, attributes);
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
                    alternatives: None,
                    about: None,
                }),
            };
        }
        if kind == Enumeration::Choices {
            add_lists(&parts, attributes);
        }
        parts
    }
}

/// `choices`, `values`, `labels` and `names` of choices. See `ChoicesType`.
fn add_lists(parts: &[(String, Binding)], attributes: &mut Scope) {
    let Some((_, first)) = parts.first() else { return };
    let range = first.range;
    let empty = attributes.get("__empty__").map(|binding| binding.value.clone());
    let of = |suffix: &str, empty: Option<Value>| {
        let parts = parts.iter().filter(|(part, _)| part.ends_with(suffix));
        let values = parts.map(|(_, binding)| binding.value.clone());
        empty.into_iter().chain(values).collect::<Vec<Value>>()
    };
    let values = of(".value", empty.as_ref().map(|_| Value::None));
    let labels = of(".label", empty.clone());
    let names = of(".name", empty.map(|_| Value::Str("__empty__".into())));
    let pairs = values.iter().cloned().zip(labels.iter().cloned());
    let choices = pairs.map(|(value, label)| Value::Tuple(vec![value, label])).collect();
    for (name, items) in [
        ("choices", choices),
        ("values", values),
        ("labels", labels),
        ("names", names),
    ] {
        attributes.insert(name.into(), Binding::shared(Value::List(items), range));
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
