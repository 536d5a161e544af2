//! Functions of Python that are always there, on constants.

use std::borrow::Cow;

use super::calls::Arguments;
use super::evaluate::Interpreter;
use super::operators::{self, is_constant};
use super::{Setting, text};
use crate::value::{Str, Value};

impl Interpreter<'_> {
    pub(super) fn builtin(&mut self, name: &str, arguments: &Arguments) -> Option<Value> {
        match (name, arguments.args.as_slice()) {
            ("getattr", [object, Value::Str(name), rest @ ..]) => {
                return self.get_attribute(object, name, rest.first());
            }
            ("hasattr", [Value::Name(path), Value::Str(name)]) if path == "django.conf.settings" => {
                let setting = self.modules.settings.get(name);
                return Some(Value::Bool(setting != Setting::Absent));
            }
            ("hasattr", [Value::Function(_), Value::Str(name)]) if name == "__call__" => {
                return Some(Value::Bool(true));
            }
            ("callable", [Value::Function(_)]) => return Some(Value::Bool(true)),
            ("callable", [value]) if is_constant(value) => return Some(Value::Bool(false)),
            ("isinstance", [value, class]) => return is_instance(value, class).map(Value::Bool),
            _ => {}
        }
        let single = match arguments.args.as_slice() {
            [] => None,
            [single] => Some(self.argument(single)),
            [..] => return several(name, arguments),
        };
        let single = single.as_deref();
        match (name, single) {
            ("dict", None) => Some(Value::Dict(keywords(arguments))),
            ("dict", Some(Value::Dict(items))) => {
                let mut items = items.clone();
                for (key, value) in keywords(arguments) {
                    super::expressions::set_item(&mut items, key, value);
                }
                Some(Value::Dict(items))
            }
            (_, _) if !arguments.kwargs.is_empty() => None,
            ("list", None) => Some(Value::List(Vec::new())),
            ("tuple", None) => Some(Value::Tuple(Vec::new())),
            ("set" | "frozenset", None) => Some(Value::Set(Vec::new())),
            ("str", None) => Some(Value::Str(Str::default())),
            (_, None) => None,
            ("list" | "sorted", Some(value)) if name == "list" || is_constant(value) => {
                let mut items = operators::listed(value)?;
                if name == "sorted" {
                    sort(&mut items)?;
                }
                Some(Value::List(items))
            }
            ("tuple", Some(value)) => operators::listed(value).map(Value::Tuple),
            ("set" | "frozenset", Some(value)) => operators::listed(value).map(Value::Set),
            ("str" | "unicode", Some(value)) => text::plain(value).map(Value::Str),
            ("int", Some(Value::Int(int))) => Some(Value::Int(*int)),
            ("int", Some(Value::Str(text))) => text.trim().parse().ok().map(Value::Int),
            ("float", Some(Value::Int(int))) => Some(Value::Float(operators::to_float(*int))),
            ("bool", Some(value)) => operators::truth(value).map(Value::Bool),
            ("len", Some(Value::Str(text))) => i128::try_from(text.chars().count()).ok().map(Value::Int),
            ("len", Some(value)) => {
                let items = operators::items(value.clone()).ok()?;
                // What is not known of a list may be any number of items.
                let is_known = !items.iter().any(|item| matches!(item, Value::Unknown(_)));
                is_known.then(|| i128::try_from(items.len()).ok().map(Value::Int))?
            }
            ("enumerate", Some(value)) => {
                let items = operators::items(value.clone()).ok()?;
                Some(Value::List(
                    (0..)
                        .zip(items)
                        .map(|(at, item)| Value::Tuple(vec![Value::Int(at), item]))
                        .collect(),
                ))
            }
            ("reversed", Some(value)) => operators::items(value.clone())
                .ok()
                .map(|items| Value::List(items.into_iter().rev().collect())),
            ("range" | "xrange", Some(Value::Int(end))) => numbers(0, *end),
            ("max" | "min", Some(value)) => extreme(name, &operators::items(value.clone()).ok()?),
            ("sum", Some(value)) => {
                let items = operators::items(value.clone()).ok()?;
                let sum = items.iter().try_fold(0i128, |sum, item| match item {
                    Value::Int(int) => sum.checked_add(*int),
                    _ => None,
                });
                sum.map(Value::Int)
            }
            (_, Some(_)) => None,
        }
    }

    /// The argument of a builtin: the members of an enumeration, what a name of another module is bound to.
    fn argument<'v>(&mut self, value: &'v Value) -> Cow<'v, Value> {
        match value {
            Value::Name(_) => match self.members_of(value) {
                Some(members) => Cow::Owned(Value::List(members)),
                None => Cow::Owned(self.settle(value.clone())),
            },
            value => Cow::Borrowed(value),
        }
    }
}

/// The largest or smallest of integers.
fn extreme(name: &str, items: &[Value]) -> Option<Value> {
    let numbers = items.iter().map(|item| match item {
        Value::Int(int) => Some(*int),
        _ => None,
    });
    let numbers: Vec<i128> = numbers.collect::<Option<_>>()?;
    let numbers = numbers.into_iter();
    let extreme = if name == "max" { numbers.max() } else { numbers.min() };
    extreme.map(Value::Int)
}

/// Builtins of several arguments.
fn several(name: &str, arguments: &Arguments) -> Option<Value> {
    match (name, arguments.args.as_slice()) {
        ("range" | "xrange", [Value::Int(start), Value::Int(end)]) => numbers(*start, *end),
        ("max" | "min", items) if arguments.kwargs.is_empty() => extreme(name, items),
        ("zip", lists) => {
            let lists: Option<Vec<_>> = lists.iter().map(|list| operators::items(list.clone()).ok()).collect();
            let lists = lists?;
            let length = lists.iter().map(Vec::len).min().unwrap_or(0);
            let rows = (0..length).map(|at| Value::Tuple(lists.iter().map(|list| list[at].clone()).collect()));
            Some(Value::List(rows.collect()))
        }
        _ => None,
    }
}

fn numbers(start: i128, end: i128) -> Option<Value> {
    let limit = i128::try_from(super::expressions::MAX_ITEMS).ok()?;
    let fits = end.checked_sub(start).is_some_and(|length| length <= limit);
    fits.then(|| Value::List((start..end).map(Value::Int).collect()))
}

fn sort(items: &mut [Value]) -> Option<()> {
    let all_text = items.iter().all(|item| item.as_str().is_some());
    all_text.then(|| items.sort_by(|left, right| left.as_str().cmp(&right.as_str())))
}

fn keywords(arguments: &Arguments) -> Vec<(Value, Value)> {
    let items = arguments.kwargs.iter();
    items
        .map(|(key, value)| (Value::Str(key.as_str().into()), value.clone()))
        .collect()
}

/// `isinstance(value, class)`, where both are Python's own.
fn is_instance(value: &Value, class: &Value) -> Option<bool> {
    if let Value::Tuple(classes) = class {
        let mut answers = classes.iter().map(|class| is_instance(value, class));
        return answers.try_fold(false, |found, answer| Some(found || answer?));
    }
    let Value::Name(path) = class else { return None };
    let own: &[&str] = match value {
        Value::Str(_) => &["str", "unicode", "basestring"],
        Value::Bool(_) => &["bool", "int"],
        Value::Int(_) => &["int", "long"],
        Value::Float(_) => &["float"],
        Value::Bytes(_) => &["bytes"],
        Value::List(_) => &["list"],
        Value::Tuple(_) => &["tuple"],
        Value::Set(_) => &["set"],
        Value::Dict(_) => &["dict"],
        Value::None => &[],
        Value::Name(_)
        | Value::Setting(_)
        | Value::Call(_)
        | Value::Function(_)
        | Value::Operation(..)
        | Value::Unknown(_) => return None,
    };
    Some(own.contains(&path.strip_prefix("builtins.")?))
}
