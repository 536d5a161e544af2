//! Arguments on their way through the `__init__` methods of subclasses to a class of Django.

use std::borrow::Cow;

use crate::python::{Method, PARAMETER, Step};
use crate::value::{Call, Unknown, Value};

/// Arguments as one class of the lineage gets them.
#[derive(Clone, Debug, Default)]
pub(super) struct Given<'v> {
    pub(super) args: Vec<Cow<'v, Value>>,
    pub(super) kwargs: Vec<(Cow<'v, str>, Cow<'v, Value>)>,
    /// Arguments that a subclass took for itself.
    pub(super) taken: Vec<(Cow<'v, str>, Cow<'v, Value>)>,
    /// Something in an `__init__` that was not followed, as source text.
    pub(super) doubt: Option<String>,
}

impl<'v> Given<'v> {
    pub(super) fn of(call: &'v Call) -> Self {
        let kwargs = call
            .kwargs
            .iter()
            .map(|(name, value)| (Cow::Borrowed(name.as_str()), Cow::Borrowed(value)));
        Self {
            args: call.args.iter().map(Cow::Borrowed).collect(),
            kwargs: kwargs.collect(),
            taken: Vec::new(),
            doubt: None,
        }
    }

    pub(super) fn set(&mut self, name: &str, value: Value) {
        match self.kwargs.iter_mut().find(|(other, _)| other == name) {
            Some((_, old)) => *old = Cow::Owned(value),
            None => self.kwargs.push((Cow::Owned(name.to_owned()), Cow::Owned(value))),
        }
    }

    pub(super) fn set_default(&mut self, name: &str, value: Value) {
        if !self.kwargs.iter().any(|(other, _)| other == name) {
            self.set(name, value);
        }
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<(Cow<'v, str>, Cow<'v, Value>)> {
        let at = self.kwargs.iter().position(|(other, _)| other == name)?;
        Some(self.kwargs.remove(at))
    }

    /// What the next class gets once this `__init__` has run.
    pub(super) fn through(mut self, init: &Method) -> Self {
        let mut bound: Vec<(&str, Cow<'v, Value>)> = Vec::new();
        let mut args = std::mem::take(&mut self.args).into_iter();
        for parameter in &init.parameters {
            let by_position = if parameter.positional { args.next() } else { None };
            let by_name = if by_position.is_none() {
                self.remove(&parameter.name)
            } else {
                None
            };
            let given = by_position.or(by_name.map(|(_, value)| value));
            if let Some(value) = &given {
                self.taken.push((Cow::Owned(parameter.name.clone()), value.clone()));
            }
            let default = || parameter.default.clone().map(Cow::Owned);
            if let Some(value) = given.or_else(default) {
                bound.push((&parameter.name, value));
            }
        }
        let rest: Vec<_> = args.collect();
        let mut called = false;
        for step in &init.steps {
            match step {
                Step::Set(name, value) => self.set(name, substitute(value, &bound)),
                Step::SetDefault(name, value) => self.set_default(name, substitute(value, &bound)),
                Step::Remove(name) => {
                    let removed = self.remove(name);
                    self.taken.extend(removed);
                }
                Step::Super {
                    method,
                    args,
                    kwargs,
                    passes_args,
                    passes_kwargs,
                } => {
                    if method != "__init__" || called {
                        continue;
                    }
                    called = true;
                    self.pass(init, (args, *passes_args), (kwargs, *passes_kwargs), &bound, &rest);
                }
                // What happens after the base class has its arguments no longer changes them.
                Step::Other(text) if !called => self.doubt = Some(text.clone()),
                Step::Other(_) => {}
            }
        }
        if !called {
            self.doubt
                .get_or_insert_with(|| "it does not call its base class".to_owned());
        }
        self
    }

    fn pass(
        &mut self,
        init: &Method,
        (args, passes_args): (&[Value], bool),
        (kwargs, passes_kwargs): (&[(String, Value)], bool),
        bound: &[(&str, Cow<'v, Value>)],
        rest: &[Cow<'v, Value>],
    ) {
        self.args = args.iter().map(|value| Cow::Owned(substitute(value, bound))).collect();
        if passes_args {
            self.args.extend(rest.iter().cloned());
        }
        if !passes_kwargs {
            let dropped = std::mem::take(&mut self.kwargs);
            self.taken.extend(dropped);
        }
        for (name, value) in kwargs {
            // A parameter without default that was not given cannot be passed on either.
            if refers_to_missing(value, bound, init) {
                continue;
            }
            self.set(name, substitute(value, bound));
        }
        let passed = |name: &str| {
            let in_args = args.iter().any(|value| is_parameter(value, name));
            in_args || kwargs.iter().any(|(_, value)| is_parameter(value, name))
        };
        self.taken.retain(|(name, _)| !passed(name));
    }
}

fn is_parameter(value: &Value, name: &str) -> bool {
    matches!(value, Value::Name(path) if path.strip_prefix(PARAMETER) == Some(name))
}

fn refers_to_missing(value: &Value, bound: &[(&str, Cow<'_, Value>)], init: &Method) -> bool {
    init.parameters
        .iter()
        .any(|parameter| is_parameter(value, &parameter.name) && !bound.iter().any(|(name, _)| *name == parameter.name))
}

/// A value of a method's body with the parameters filled in.
pub(super) fn substitute(value: &Value, bound: &[(&str, Cow<'_, Value>)]) -> Value {
    let each = |items: &[Value]| items.iter().map(|item| substitute(item, bound)).collect::<Vec<_>>();
    match value {
        Value::Name(path) => match path.strip_prefix(PARAMETER) {
            None => value.clone(),
            Some(name) => match bound.iter().find(|(parameter, _)| *parameter == name) {
                Some((_, value)) => value.clone().into_owned(),
                None => Value::Unknown(Unknown {
                    reason: format!("`{name}` is not known before the migration runs"),
                    source: name.to_owned(),
                    range: crate::source::Range::default(),
                }),
            },
        },
        Value::List(items) => Value::List(each(items)),
        Value::Tuple(items) => Value::Tuple(each(items)),
        Value::Set(items) => Value::Set(each(items)),
        Value::Dict(items) => Value::Dict(
            items
                .iter()
                .map(|(key, value)| (key.clone(), substitute(value, bound)))
                .collect(),
        ),
        Value::Operation(operator, items) => match items.as_slice() {
            [left, right] => crate::python::binary(*operator, substitute(left, bound), substitute(right, bound)),
            items => Value::Operation(*operator, each(items)),
        },
        Value::Call(call) => {
            let mut call = call.clone();
            call.args = each(&call.args);
            call.kwargs
                .iter_mut()
                .for_each(|(_, value)| *value = substitute(value, bound));
            Value::Call(call)
        }
        Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Str(_)
        | Value::Bytes(_)
        | Value::Setting(_)
        | Value::Function(_)
        | Value::Unknown(_) => value.clone(),
    }
}
