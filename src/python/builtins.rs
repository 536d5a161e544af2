//! Calls: those of Python that are settled by constants, local functions, and all others as written.

use std::borrow::Cow;
use std::sync::Arc;

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::evaluate::Interpreter;
use super::operators::{self, is_constant};
use super::{Setting, objects, text};
use crate::source::Range;
use crate::value::{Call, Str, Value};

/// Methods of strings, lists and dicts that a constant of another module may be asked for.
const METHODS: &[&str] = &[
    "copy", "format", "get", "items", "join", "keys", "lower", "replace", "rsplit", "split", "strip", "upper", "values",
];

/// Arguments of a call, stars expanded.
#[derive(Clone, Default)]
pub(super) struct Arguments {
    pub(super) args: Vec<Value>,
    pub(super) kwargs: Vec<(String, Value)>,
    /// Where each stands: positional first.
    pub(super) ranges: Vec<Range>,
}

impl<'a> Interpreter<'a> {
    pub(super) fn call(&mut self, call: &'a ast::ExprCall) -> Value {
        if let Some(value) = self.super_call(call).or_else(|| self.taken(call)) {
            return value;
        }
        let Expr::Attribute(attribute) = call.func.as_ref() else {
            let callee = self.evaluate(&call.func);
            return self.call_value(callee, call);
        };
        let receiver = self.evaluate(&attribute.value);
        match receiver {
            Value::Name(path) if path == objects::SELF => self.self_call(attribute.attr.as_str(), call),
            Value::Name(_) | Value::Setting(_) if METHODS.contains(&attribute.attr.as_str()) => {
                match self.settle(receiver) {
                    Value::Name(_) => {
                        let path = self.evaluate(&call.func);
                        self.call_value(path, call)
                    }
                    receiver => self.method_call(receiver, attribute, call),
                }
            }
            Value::Name(_) => {
                let path = self.attribute_of(receiver, attribute);
                self.call_value(path, call)
            }
            Value::Unknown(_) => receiver,
            receiver => self.method_call(receiver, attribute, call),
        }
    }

    /// The call as a value, with its places.
    fn as_written(&self, path: String, call: &ast::ExprCall, arguments: Arguments) -> Value {
        Value::Call(Arc::new(Call {
            path,
            args: arguments.args,
            kwargs: arguments.kwargs,
            range: self.place_of(call.range()),
            name_range: self.place_of(call.func.range()),
            arg_ranges: arguments.ranges,
        }))
    }

    /// `self.method(...)`.
    fn self_call(&mut self, method: &str, call: &'a ast::ExprCall) -> Value {
        let arguments = match self.arguments(&call.arguments) {
            Ok(arguments) => arguments,
            Err(unknown) => return unknown,
        };
        match self.self_attribute(method) {
            Value::Name(path) if path.starts_with('<') => self.own_method(method, arguments, 0),
            Value::Function(function) => match self.call_function(&function, &arguments) {
                Some(value) => value,
                None => self.as_written(function.path, call, arguments),
            },
            callee => self.blame(callee, call.range(), "is a call that is not evaluated"),
        }
    }

    fn call_value(&mut self, callee: Value, call: &'a ast::ExprCall) -> Value {
        let callee = match callee {
            Value::Call(_) | Value::Setting(_) => self.settle(callee),
            callee => callee,
        };
        let is_callable = match &callee {
            Value::Name(_) | Value::Function(_) => true,
            Value::Call(partial) => partial.path == "functools.partial",
            _ => false,
        };
        if !is_callable {
            return self.blame(callee, call.range(), "is a call that is not evaluated");
        }
        let arguments = match self.arguments(&call.arguments) {
            Ok(arguments) => arguments,
            Err(unknown) => match self.starred_code(&callee, call) {
                Some(place) => Arguments {
                    args: vec![unknown],
                    ranges: vec![place],
                    ..Arguments::default()
                },
                None => return unknown,
            },
        };
        self.called(callee, call, arguments)
    }

    /// `RunPython(*functions)`: which code runs is found out where it is run.
    fn starred_code(&self, callee: &Value, call: &'a ast::ExprCall) -> Option<Range> {
        let is_code = matches!(callee, Value::Name(path) if path == "django.db.migrations.RunPython");
        match &*call.arguments.args {
            [Expr::Starred(starred)] if is_code && call.arguments.keywords.is_empty() => {
                Some(self.place_of(starred.range))
            }
            _ => None,
        }
    }

    fn called(&mut self, callee: Value, call: &'a ast::ExprCall, arguments: Arguments) -> Value {
        match callee {
            Value::Function(function) => match self.call_function(&function, &arguments) {
                Some(value) => value,
                None => self.as_written(function.path, call, arguments),
            },
            Value::Name(path) => {
                let value = match path.strip_prefix("builtins.") {
                    Some(name) => self.builtin(name, &arguments),
                    None => self.known_function(&path, &arguments),
                };
                value.unwrap_or_else(|| self.as_written(path, call, arguments))
            }
            Value::Call(partial) => match partial_call(Arc::unwrap_or_clone(partial), arguments) {
                Some((callee @ (Value::Name(_) | Value::Function(_)), arguments)) => {
                    self.called(callee, call, arguments)
                }
                Some(_) | None => self.unknown(call.range(), "is a call that is not evaluated"),
            },
            callee => callee,
        }
    }

    fn known_function(&mut self, path: &str, arguments: &Arguments) -> Option<Value> {
        match (path, arguments.args.as_slice()) {
            ("django.apps.apps.is_installed", [Value::Str(app)]) => {
                self.modules.settings.is_installed(app).map(Value::Bool)
            }
            (path, [Value::Str(app), rest @ ..]) if path.starts_with("swapper.") => {
                self.swapper(path.strip_prefix("swapper.")?, app, rest)
            }
            _ => standard_function(path, arguments),
        }
    }

    /// The package `swapper`: a setting may name the model that stands in for one.
    fn swapper(&self, function: &str, app: &str, rest: &[Value]) -> Option<Value> {
        let text = |text: &str| Value::Str(text.into());
        if let ("split", []) = (function, rest) {
            let (app, model) = app.split_once('.')?;
            return Some(Value::Tuple(vec![text(app), text(model)]));
        }
        let [Value::Str(model)] = rest else { return None };
        let setting = format!("{app}_{model}_MODEL").to_uppercase();
        let label = match self.modules.settings.get(&setting) {
            Setting::Known(value) => value.as_str()?.to_owned(),
            Setting::Absent => format!("{app}.{model}"),
            Setting::Unknown => return None,
        };
        match function {
            "get_model_name" => Some(text(&label)),
            "swappable_setting" => Some(text(&setting)),
            "is_swapped" if label == format!("{app}.{model}") => Some(Value::Bool(false)),
            "is_swapped" => Some(text(&label)),
            "dependency" => Some(Value::Tuple(vec![text(label.split('.').next()?), text("__first__")])),
            _ => None,
        }
    }

    pub(super) fn arguments(&mut self, written: &'a ast::Arguments) -> Result<Arguments, Value> {
        let mut arguments = Arguments::default();
        for expression in &written.args {
            let place = self.place_of(expression.range());
            if let Expr::Starred(starred) = expression {
                let items = self
                    .iterated(&starred.value)
                    .map_err(|value| self.blame(value, starred.range, "cannot be unpacked"))?;
                arguments.ranges.extend(items.iter().map(|_| place));
                arguments.args.extend(items);
            } else {
                arguments.args.push(self.evaluate(expression));
                arguments.ranges.push(place);
            }
        }
        for keyword in &written.keywords {
            let place = self.place_of(keyword.value.range());
            let value = self.evaluate(&keyword.value);
            let value = match (&keyword.arg, value) {
                (Some(name), Value::Function(function)) if name.as_str() == "default" => self.as_default(*function),
                (None, value @ (Value::Name(_) | Value::Call(_))) => self.settle(value),
                (_, value) => value,
            };
            match (&keyword.arg, value) {
                (Some(name), value) => {
                    arguments.kwargs.push((name.as_str().to_owned(), value));
                    arguments.ranges.push(place);
                }
                (None, Value::Dict(items)) => {
                    for (key, value) in items {
                        let Value::Str(key) = key else {
                            return Err(self.unknown(keyword.range, "cannot be unpacked"));
                        };
                        arguments.kwargs.push((key.into_text(), value));
                        arguments.ranges.push(place);
                    }
                }
                (None, value) => return Err(self.blame(value, keyword.range, "cannot be unpacked")),
            }
        }
        Ok(arguments)
    }

    fn method_call(&mut self, receiver: Value, attribute: &'a ast::ExprAttribute, call: &'a ast::ExprCall) -> Value {
        let name = attribute.attr.as_str();
        let mut arguments = match self.arguments(&call.arguments) {
            Ok(arguments) => arguments,
            Err(unknown) => return unknown,
        };
        if let Some(value) = method(&receiver, name, &arguments) {
            return value;
        }
        arguments.args.insert(0, receiver);
        arguments.ranges.insert(0, self.place_of(attribute.value.range()));
        self.as_written(format!(".{name}"), call, arguments)
    }

    fn builtin(&mut self, name: &str, arguments: &Arguments) -> Option<Value> {
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
                let mut items = operators::items(value.clone()).ok()?;
                if name == "sorted" {
                    sort(&mut items)?;
                }
                Some(Value::List(items))
            }
            ("tuple", Some(value)) => operators::items(value.clone()).ok().map(Value::Tuple),
            ("set" | "frozenset", Some(value)) => operators::items(value.clone()).ok().map(Value::Set),
            ("str" | "unicode", Some(value)) => text::plain(value).map(Value::Str),
            ("int", Some(Value::Int(int))) => Some(Value::Int(*int)),
            ("int", Some(Value::Str(text))) => text.trim().parse().ok().map(Value::Int),
            ("float", Some(Value::Int(int))) => Some(Value::Float(operators::to_float(*int))),
            ("bool", Some(value)) => operators::truth(value).map(Value::Bool),
            ("len", Some(Value::Str(text))) => i128::try_from(text.chars().count()).ok().map(Value::Int),
            ("len", Some(value)) => i128::try_from(operators::items(value.clone()).ok()?.len())
                .ok()
                .map(Value::Int),
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

/// Functions of the standard library on constants.
fn standard_function(path: &str, arguments: &Arguments) -> Option<Value> {
    match (path, arguments.args.as_slice()) {
        ("django.utils.module_loading.import_string", [Value::Str(path)]) => {
            Some(Value::Name(super::canonical(path).into_owned()))
        }
        ("textwrap.dedent" | "inspect.cleandoc", [Value::Str(text)]) => Some(Value::Str(text::dedent(text))),
        ("django.utils.encoding.force_str" | "six.text_type" | "django.utils.six.text_type", [value]) => {
            text::plain(value).map(Value::Str)
        }
        _ => None,
    }
}

/// A method of a constant.
fn method(receiver: &Value, name: &str, arguments: &Arguments) -> Option<Value> {
    match receiver {
        Value::Str(text) => string_method(text, name, arguments),
        Value::Dict(items) => dict_method(items, name, &arguments.args),
        Value::List(items) if name == "copy" => Some(Value::List(items.clone())),
        _ => None,
    }
}

fn string_method(text: &Str, name: &str, arguments: &Arguments) -> Option<Value> {
    let string = |text: Str| Some(Value::Str(text));
    match (name, arguments.args.as_slice()) {
        ("format", args) => text::format(text, args, &arguments.kwargs).and_then(string),
        ("format_map", [Value::Dict(items)]) => {
            let named = items
                .iter()
                .filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value.clone())));
            text::format(text, &[], &named.collect::<Vec<_>>()).and_then(string)
        }
        ("join", [list]) => {
            let parts = operators::items(list.clone()).ok()?;
            let part = |part| match part {
                Value::Str(part) => Some(part),
                _ => None,
            };
            let parts: Option<Vec<Str>> = parts.into_iter().map(part).collect();
            string(text::join(text, &parts?.iter().collect::<Vec<_>>()))
        }
        ("strip", []) => string(text.slice(text.trim())),
        ("lstrip", []) => string(text.slice(text.trim_start())),
        ("rstrip", []) => string(text.slice(text.trim_end())),
        ("lower", []) => string(text.to_lowercase().into()),
        ("upper", []) => string(text.to_uppercase().into()),
        ("replace", [Value::Str(from), Value::Str(to)]) if !from.is_empty() && to.len() <= 1024 => {
            string(text::replace(text, from, to))
        }
        ("split" | "rsplit", [Value::Str(by)]) if !by.is_empty() => strings(text, text.split(&**by).collect()),
        ("split", [Value::Str(by), Value::Int(times)]) if !by.is_empty() => {
            let pieces = usize::try_from(*times).map_or(usize::MAX, |times| times.saturating_add(1));
            strings(text, text.splitn(pieces, &**by).collect())
        }
        ("rsplit", [Value::Str(by), Value::Int(times)]) if !by.is_empty() => {
            let pieces = usize::try_from(*times).map_or(usize::MAX, |times| times.saturating_add(1));
            let mut parts: Vec<&str> = text.rsplitn(pieces, &**by).collect();
            parts.reverse();
            strings(text, parts)
        }
        ("split", []) => strings(text, text.split_whitespace().collect()),
        ("encode", [] | [Value::Str(_)]) => Some(Value::Bytes(text.as_bytes().to_vec())),
        _ => None,
    }
}

fn strings(text: &Str, parts: Vec<&str>) -> Option<Value> {
    let parts = parts.into_iter().map(|part| Value::Str(text.slice(part)));
    Some(Value::List(parts.collect()))
}

fn dict_method(items: &[(Value, Value)], name: &str, args: &[Value]) -> Option<Value> {
    let pair = |(key, value): &(Value, Value)| Value::Tuple(vec![key.clone(), value.clone()]);
    match (name, args) {
        ("items" | "iteritems", []) => Some(Value::List(items.iter().map(pair).collect())),
        ("keys", []) => Some(Value::List(items.iter().map(|(key, _)| key.clone()).collect())),
        ("values" | "itervalues", []) => Some(Value::List(items.iter().map(|(_, value)| value.clone()).collect())),
        ("copy", []) => Some(Value::Dict(items.to_vec())),
        ("get", [key, rest @ ..]) if is_constant(key) => {
            let found = items.iter().find(|(other, _)| other == key).map(|(_, value)| value);
            Some(found.or(rest.first()).cloned().unwrap_or(Value::None))
        }
        _ => None,
    }
}

/// What calling `functools.partial(callee, ...)` with these arguments calls.
fn partial_call(partial: Call, given: Arguments) -> Option<(Value, Arguments)> {
    let mut args = partial.args.into_iter();
    let callee = args.next()?;
    let ranges = vec![partial.range; args.len()];
    let (positional, named) = given.ranges.split_at(given.args.len());
    let mut arguments = Arguments {
        args: args.chain(given.args).collect(),
        kwargs: Vec::new(),
        ranges: ranges.into_iter().chain(positional.iter().copied()).collect(),
    };
    let kept = partial.kwargs.into_iter();
    let kept = kept.filter(|(name, _)| !given.kwargs.iter().any(|(other, _)| other == name));
    let kept: Vec<_> = kept.collect();
    arguments.ranges.extend(kept.iter().map(|_| partial.range));
    arguments.ranges.extend(named);
    arguments.kwargs = kept.into_iter().chain(given.kwargs).collect();
    Some((callee, arguments))
}
