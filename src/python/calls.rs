//! Calls: those of Python that are settled by constants, local functions, and all others as written.

use std::sync::Arc;

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::constant_methods::method;
use super::evaluate::Interpreter;
use super::{Setting, objects, standard_library};
use crate::source::Range;
use crate::value::{Call, Function, Value};

/// Methods of strings, lists and dicts that a constant of another module may be asked for.
const METHODS: &[&str] = &[
    "copy",
    "format",
    "get",
    "items",
    "join",
    "keys",
    "lower",
    "replace",
    "rsplit",
    "split",
    "splitlines",
    "strip",
    "upper",
    "values",
];

/// Binds arguments to something that is called later.
const PARTIAL: &str = "functools.partial";

/// Whether what a class makes is called for a variable of the environment: django-environ, environs, decouple.
fn reads_environment(path: &str) -> bool {
    matches!(
        path,
        "environ.Env" | "environ.FileAwareEnv" | "environs.Env" | "decouple.Config" | "decouple.AutoConfig"
    )
}

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
            Value::Call(partial) => partial.path == PARTIAL,
            _ => false,
        };
        if let Value::Call(made) = &callee
            && reads_environment(&made.path)
        {
            // `env = environ.Env()`, `env("NAME", default="..")`: what it falls back to is of use to settings.
            return match self.arguments(&call.arguments) {
                Ok(mut arguments) => {
                    arguments.args.insert(0, callee);
                    arguments.ranges.insert(0, self.place_of(call.func.range()));
                    self.as_written(".__call__".to_owned(), call, arguments)
                }
                Err(unknown) => unknown,
            };
        }
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

    /// `functools.partial(..)` as a default: Django calls it without arguments.
    fn partial_default(&mut self, partial: &Arc<Call>) -> Value {
        let Some((callee, arguments)) = partial_call(Call::clone(partial), Arguments::default()) else {
            return Value::Call(Arc::clone(partial));
        };
        let (path, returns) = match self.settle(callee) {
            Value::Function(function) => {
                let returns = self.call_function(&function, &arguments);
                (function.path, returns)
            }
            Value::Name(path) => {
                let value = match path.strip_prefix("builtins.") {
                    Some(name) => self.builtin(name, &arguments),
                    None => self.known_function(&path, &arguments),
                };
                let written = Call {
                    path: path.clone(),
                    args: arguments.args,
                    kwargs: arguments.kwargs,
                    arg_ranges: arguments.ranges,
                    ..Call::clone(partial)
                };
                (path, Some(value.unwrap_or_else(|| Value::Call(Arc::new(written)))))
            }
            _ => return Value::Call(Arc::clone(partial)),
        };
        let returns = returns.filter(|value| value.unknown().is_none());
        Value::Function(Box::new(Function { path, returns }))
    }

    fn known_function(&mut self, path: &str, arguments: &Arguments) -> Option<Value> {
        match (path, arguments.args.as_slice()) {
            ("django.apps.apps.is_installed", [Value::Str(app)]) => {
                self.modules.settings.is_installed(app).map(Value::Bool)
            }
            // In a migration nobody has activated another zone.
            ("django.utils.timezone.get_default_timezone" | "django.utils.timezone.get_current_timezone", []) => {
                match self.setting("TIME_ZONE") {
                    name @ Value::Str(_) => Some(standard_library::call("zoneinfo.ZoneInfo", vec![name])),
                    _ => None,
                }
            }
            (path, [Value::Str(app), rest @ ..]) if path.starts_with("swapper.") => {
                self.swapper(path.strip_prefix("swapper.")?, app, rest)
            }
            _ => standard_library::function(path, arguments).or_else(|| self.method_by_path(path, arguments)),
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
                (Some(name), Value::Call(partial)) if name.as_str() == "default" && partial.path == PARTIAL => {
                    self.partial_default(&partial)
                }
                (Some(name), value) if name.ends_with("__in") => self.looked_up_in(value),
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
        if let Value::Call(object) = &receiver
            && let Some(value) = self.method_of_object(object, name, arguments.clone())
        {
            return value;
        }
        arguments.args.insert(0, receiver);
        arguments.ranges.insert(0, self.place_of(attribute.value.range()));
        self.as_written(format!(".{name}"), call, arguments)
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
