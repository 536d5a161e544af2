//! Data to plain values and back: what the evaluator of values computes, it computes here too.

use std::rc::Rc;
use std::sync::Arc;

use ruff_text_size::TextRange;

use super::super::{Module, operators, text};
use super::data::{Cell, Datum, Given, Partial};
use super::names::special;
use super::text::{Shared, has_symbols, is_symbol};
use super::{Handed, Runner};
use crate::source::Range;
use crate::value::{Call, Unknown, Value};

/// Values nested deeper than this are not looked into.
const MAX_DEPTH: usize = 20;

impl<'a> Runner<'a> {
    /// What a value of a module that was read stands for.
    pub(super) fn of_value(&mut self, value: &Value, home: &'a Module) -> Datum<'a> {
        match value {
            Value::Str(text) => {
                if !self.may_make(text.len()) {
                    return Datum::unknown("is too long");
                }
                Datum::Text(self.literal(text.clone()))
            }
            Value::List(items) | Value::Tuple(items) | Value::Set(items) => {
                let items = items.iter().map(|item| self.of_value(item, home)).collect();
                self.state.list(items)
            }
            Value::Dict(items) => {
                let items = items
                    .iter()
                    .map(|(key, value)| (self.of_value(key, home), self.of_value(value, home)))
                    .collect();
                self.state.dict(items)
            }
            Value::Name(path) => special(path),
            Value::Function(function) => match function.path.strip_prefix(home.path.as_str()) {
                Some(name) if name.starts_with('.') && self.definition(home, &name[1..]).is_some() => {
                    self.global(home, &name[1..])
                }
                Some(name) => match name.strip_prefix('.').and_then(|name| name.rsplit_once('.')) {
                    Some((class, method)) if home.class(class).is_some() => match home.class(class) {
                        Some(class) => self.class_attribute(home, class, method, TextRange::default()),
                        None => Datum::none(),
                    },
                    Some(_) | None => Datum::unknown(&format!("`{}` is not followed", function.path)),
                },
                None if function.path.contains('.') => self.of_path(&function.path),
                None => Datum::unknown("a lambda is not followed"),
            },
            Value::Call(call) if call.path == "functools.partial" && !call.args.is_empty() => {
                let mut args = call.args.iter().map(|arg| self.of_value(arg, home)).collect::<Vec<_>>();
                let callee = args.remove(0);
                let kwargs = call.kwargs.iter();
                let kwargs = kwargs.map(|(name, value)| (name.clone(), self.of_value(value, home)));
                let arguments = Given {
                    kwargs: kwargs.collect(),
                    args,
                    ..Given::default()
                };
                Datum::Partial(Rc::new(Partial { callee, arguments }))
            }
            Value::Call(call) if call.path.starts_with("django.db.models.") => {
                let (call, attributes) = (call.as_ref().clone(), Vec::new());
                Datum::Made(self.state.keep(Cell::Made { call, attributes }))
            }
            Value::Call(call) if !call.path.starts_with("django.") && !call.path.starts_with('.') => {
                let given = Given {
                    args: call.args.iter().map(|arg| self.of_value(arg, home)).collect(),
                    kwargs: call
                        .kwargs
                        .iter()
                        .map(|(name, value)| (name.clone(), self.of_value(value, home)))
                        .collect(),
                    ..Given::default()
                };
                let callee = self.of_path(&call.path);
                match callee {
                    Datum::Class(..) | Datum::Function(_) => self.call_datum(&callee, given, None),
                    _ => Datum::constant(value.clone()),
                }
            }
            value => Datum::constant(value.clone()),
        }
    }

    /// The plain value of something, as far as all of it is known.
    pub(super) fn plain_value(&mut self, datum: &Datum<'a>) -> Option<Value> {
        self.value_at(datum, 0, false)
    }

    /// The same; what is not known is an [`Value::Unknown`] in it.
    pub(super) fn value_with_gaps(&mut self, datum: &Datum<'a>) -> Value {
        self.value_at(datum, 0, true)
            .unwrap_or_else(|| unknown("is known only when it runs"))
    }

    fn value_at(&mut self, datum: &Datum<'a>, depth: usize, gaps: bool) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        let gap = |reason: &str| gaps.then(|| unknown(reason));
        match datum {
            Datum::Text(text) if has_symbols(text) => gap("a part of it is known only when the code runs"),
            Datum::Text(text) => self.may_make(text.len()).then(|| Value::Str(text.as_ref().clone())),
            Datum::Constant(value) => {
                let size = super::super::evaluate::size(value);
                self.may_make(size * 16).then(|| value.as_ref().clone())
            }
            Datum::List(id) => match self.state.cell(*id).cloned() {
                Some(Cell::List { items, is_open, .. }) if !is_open || gaps => {
                    let items = items.iter().map(|item| self.value_at(item, depth + 1, gaps));
                    let mut items: Vec<Value> = items.collect::<Option<_>>()?;
                    if is_open {
                        items.push(unknown("may hold any number of items"));
                    }
                    Some(Value::List(items))
                }
                _ => None,
            },
            Datum::Dict(id) => match self.state.cell(*id).cloned() {
                Some(Cell::Dict { items, is_open }) if !is_open || gaps => {
                    let items = items.iter().map(|(key, value)| {
                        Some((
                            self.value_at(key, depth + 1, gaps)?,
                            self.value_at(value, depth + 1, gaps)?,
                        ))
                    });
                    Some(Value::Dict(items.collect::<Option<_>>()?))
                }
                _ => None,
            },
            Datum::Made(id) => match self.state.cell(*id) {
                Some(Cell::Made { call, attributes }) if attributes.is_empty() => {
                    Some(Value::Call(Arc::new(call.clone())))
                }
                _ => gap("is changed after it is made"),
            },
            Datum::Unknown(reason) => gap(reason),
            Datum::Class(home, class) => Some(Value::Name(format!("{}.{}", home.path, class.name))),
            _ => gap("is known only when it runs"),
        }
    }

    /// A call of a class of Django, as a migration would have it.
    pub(super) fn made(&mut self, path: &str, given: &Given<'a>, range: Range) -> Datum<'a> {
        let args: Vec<Value> = given.args.iter().map(|arg| self.value_with_gaps(arg)).collect();
        let kwargs = given.kwargs.iter();
        let kwargs: Vec<(String, Value)> = kwargs
            .map(|(name, datum)| (name.clone(), self.value_with_gaps(datum)))
            .collect();
        let call = Call {
            path: path.to_owned(),
            arg_ranges: vec![range; args.len() + kwargs.len()],
            args,
            kwargs,
            range,
            name_range: range,
        };
        let attributes = Vec::new();
        Datum::Made(self.state.keep(Cell::Made { call, attributes }))
    }

    /// The items of a constant that is a list of some kind.
    pub(super) fn unpacked(&mut self, datum: &Datum<'a>) -> Option<Vec<Datum<'a>>> {
        let Datum::Constant(value) = datum else { return None };
        let items = operators::items(value.as_ref().clone()).ok()?;
        let start = self.start;
        Some(items.iter().map(|item| self.of_value(item, start)).collect())
    }

    /// What `str()` gives, with a symbol for what is not known.
    pub(super) fn shown_text(&mut self, datum: &Datum<'a>) -> Shared {
        match datum {
            Datum::Text(text) => Rc::clone(text),
            Datum::Constant(value) => match text::plain(value) {
                Some(text) => Rc::new(text),
                None => self.unknown_text("a value is known only when it runs"),
            },
            Datum::Unknown(reason) => {
                let reason = Rc::clone(reason);
                self.unknown_text(&reason)
            }
            _ => self.unknown_text("a value is known only when it runs"),
        }
    }

    /// Whether something is true, where that is certain.
    pub(super) fn truth(&self, datum: &Datum<'a>) -> Option<bool> {
        match datum {
            Datum::Text(text) if text.chars().all(is_symbol) && !text.is_empty() => None,
            Datum::Text(text) => Some(!text.is_empty()),
            Datum::Constant(value) => operators::truth(value),
            Datum::List(_) | Datum::Dict(_) => match self.state.items(datum) {
                Some((items, false)) => Some(!items.is_empty()),
                Some((_, true)) | None => None,
            },
            Datum::Function(_)
            | Datum::Partial(_)
            | Datum::Context(_)
            | Datum::Method(_)
            | Datum::Class(..)
            | Datum::Super(..)
            | Datum::Made(_)
            | Datum::Apps
            | Datum::Editor
            | Datum::Connection
            | Datum::Cursor
            | Datum::Atomic
            | Datum::Meta(_)
            | Datum::Model(_)
            | Datum::Path(_)
            | Datum::Opened(_)
            | Datum::Field(_)
            | Datum::Row(_) => Some(true),
            Datum::Either(several) => {
                let mut answers = several.iter().map(|one| self.truth(one));
                let first = answers.next()??;
                answers.all(|answer| answer == Some(first)).then_some(first)
            }
            Datum::Object(_)
            | Datum::Query(_)
            | Datum::Part(_)
            | Datum::Pages(_)
            | Datum::Deferred
            | Datum::Unknown(_) => None,
        }
    }

    /// What leads to the database among these, the strongest.
    pub(super) fn handed<'d>(&self, data: impl IntoIterator<Item = &'d Datum<'a>>) -> Option<Handed>
    where
        'a: 'd,
    {
        data.into_iter().filter_map(|datum| self.handed_in(datum, 0)).max()
    }

    fn handed_in(&self, datum: &Datum<'a>, depth: usize) -> Option<Handed> {
        if depth > 4 {
            return None;
        }
        let deeper = depth + 1;
        let of = |attributes: &[(String, Datum<'a>)]| {
            attributes
                .iter()
                .filter_map(|(_, datum)| self.handed_in(datum, deeper))
                .max()
        };
        match datum {
            Datum::List(id) | Datum::Dict(id) | Datum::Object(id) | Datum::Super(id, _) | Datum::Made(id) => {
                match self.state.cell(*id) {
                    Some(Cell::List { items, .. }) => {
                        items.iter().filter_map(|item| self.handed_in(item, deeper)).max()
                    }
                    Some(Cell::Dict { items, .. }) => {
                        items.iter().filter_map(|(_, item)| self.handed_in(item, deeper)).max()
                    }
                    Some(Cell::Object { attributes, .. } | Cell::Made { attributes, .. }) => of(attributes),
                    Some(Cell::Row { .. }) => Some(Handed::Queryset),
                    // What is not there may be anything.
                    None => Some(Handed::Editor),
                }
            }
            Datum::Partial(partial) => self.handed(partial.arguments.all().chain([&partial.callee])),
            Datum::Method(method) => self.handed_in(&method.0, deeper),
            Datum::Context(context) => self.handed(context.1.all()),
            Datum::Function(closure) => {
                let first = closure.first.as_ref().and_then(|first| self.handed_in(first, deeper));
                let receiver = closure.receiver.map(|(id, _)| Datum::Object(id));
                first.max(receiver.and_then(|receiver| self.handed_in(&receiver, deeper)))
            }
            Datum::Either(several) => several.iter().filter_map(|one| self.handed_in(one, deeper)).max(),
            datum => datum.handed_itself(),
        }
    }
}

fn unknown(reason: &str) -> Value {
    Value::Unknown(Unknown {
        reason: reason.to_owned(),
        source: reason.to_owned(),
        range: Range::default(),
        alternatives: None,
        about: None,
    })
}
