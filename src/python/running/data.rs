//! What names stand for while code runs: constants, and the things of Django that lead to the database.

use std::rc::Rc;

use ruff_python_ast::{ExprLambda, StmtFunctionDef};

use super::super::{Class, Module};
use super::timeouts::Timeouts;
use crate::python_work::{Filter, Handed, ModelName, Target};
use crate::row_work::Reach;
use crate::value::{Call, Str, Value};

/// Where a list, a dict or an object is kept.
pub(super) type CellId = usize;
/// Where the names of a running or finished function are kept.
pub(super) type FrameId = usize;

/// Something that a name can be bound to.
#[derive(Clone)]
pub(super) enum Datum<'a> {
    /// Text; parts known only when it runs stand in it as symbols.
    Text(Rc<Str>),
    /// Any other constant; a name of something elsewhere.
    Constant(Rc<Value>),
    /// A list, tuple or set.
    List(CellId),
    Dict(CellId),
    Function(Rc<Closure<'a>>),
    /// `functools.partial(callee, ...)`.
    Partial(Rc<Partial<'a>>),
    /// What a generator with `@contextmanager` gives, not entered yet.
    Context(Rc<(Rc<Closure<'a>>, Given<'a>)>),
    /// A method that has not been called yet.
    Method(Rc<(Datum<'a>, String)>),
    Class(&'a Module, &'a Class),
    /// An object of a class that was read.
    Object(CellId),
    /// `super()`: the object, and the class after which to look.
    Super(CellId, usize),
    /// An object that a class of Django makes: a field, an index.
    Made(CellId),
    /// The registry of models.
    Apps,
    Editor,
    /// `schema_editor.deferred_sql`.
    Deferred,
    Connection,
    Cursor,
    /// `transaction.atomic`, as a decorator or a block.
    Atomic,
    /// `_meta` of a model.
    Meta(Target),
    /// A model class.
    Model(Target),
    /// A manager or queryset.
    Query(Rc<Query>),
    /// One object of a model.
    Row(CellId),
    /// An attribute of one: a value, an object or a manager.
    Part(Rc<(Target, String)>),
    /// `Paginator(queryset, ..)`.
    Pages(Rc<Query>),
    /// The path of a file among those that Python imports from: `shop/migrations/0001_initial.py`.
    Path(Rc<str>),
    /// Such a file, opened.
    Opened(Rc<str>),
    /// `_meta.get_field("name")`.
    Field(Rc<(ModelName, String)>),
    /// One of several, by a condition that is not known.
    Either(Rc<[Datum<'a>]>),
    /// Not known, and why.
    Unknown(Rc<str>),
}

/// A function with what it sees.
pub(super) struct Closure<'a> {
    pub(super) definition: Definition<'a>,
    pub(super) home: &'a Module,
    /// The names around a nested function.
    pub(super) outer: Option<FrameId>,
    /// The object that a method is bound to, its class first in the line.
    pub(super) receiver: Option<(CellId, usize)>,
    /// What stands before all other arguments: the class of a class method, or `self`.
    pub(super) first: Option<Datum<'a>>,
    /// Whether each call is a transaction: `@transaction.atomic`.
    pub(super) is_atomic: bool,
    /// Whether calling it gives a context manager: `@contextmanager`.
    pub(super) is_context: bool,
    /// The timeouts around each call, the innermost first.
    pub(super) limits: Vec<CallLimit>,
}

/// Timeouts that a decorator sets.
#[derive(Clone)]
pub(super) struct CallLimit {
    pub(super) timeouts: Timeouts,
    pub(super) side: Side,
}

/// On which side of the transaction of a call, where it has one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Inside,
    Outside,
}

#[derive(Clone, Copy)]
pub(super) enum Definition<'a> {
    Function(&'a StmtFunctionDef),
    Lambda(&'a ExprLambda),
}

pub(super) struct Partial<'a> {
    pub(super) callee: Datum<'a>,
    pub(super) arguments: Given<'a>,
}

/// The arguments of a call.
#[derive(Clone, Default)]
pub(super) struct Given<'a> {
    pub(super) args: Vec<Datum<'a>>,
    pub(super) kwargs: Vec<(String, Datum<'a>)>,
    /// Whether more came by `*` or `**` than is known.
    pub(super) is_open: bool,
}

/// A set of rows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Query {
    pub(super) target: Target,
    /// How many, slices counted.
    pub(super) reach: Reach,
    /// How many its slices come to, one after the other.
    pub(super) whole: Reach,
    pub(super) filters: Vec<Filter>,
    pub(super) locks: bool,
    /// Whether its items are values, and no objects.
    pub(super) is_values: bool,
    /// Whether its rows have been fetched.
    pub(super) is_fetched: bool,
    /// Whose rows the numbers are of, where they are not its own.
    pub(super) of: Option<Target>,
    /// Whether its rows may have names besides those of the model: annotations, what a manager of the project adds.
    pub(super) has_more_names: bool,
}

/// What can be changed in place.
#[derive(Clone)]
pub(super) enum Cell<'a> {
    List {
        items: Vec<Datum<'a>>,
        /// Whether there may be any number of items like these.
        is_open: bool,
        /// The rows that it has an item for each of.
        rows: Option<Rc<Query>>,
    },
    Dict {
        items: Vec<(Datum<'a>, Datum<'a>)>,
        is_open: bool,
    },
    Object {
        classes: Rc<[(&'a Module, &'a Class)]>,
        /// The class that needs no reading, if one is below.
        base: Option<String>,
        attributes: Vec<(String, Datum<'a>)>,
    },
    Made {
        call: Call,
        attributes: Vec<(String, Datum<'a>)>,
    },
    Row {
        target: Target,
        /// The rows that it is one of; `None` where it is new.
        query: Option<Rc<Query>>,
        /// Fields that were set since.
        set: Vec<(String, Datum<'a>)>,
        /// Those of them whose new value hangs on the one before.
        stepwise: Vec<String>,
    },
}

impl Datum<'_> {
    pub(super) fn none() -> Self {
        Datum::constant(Value::None)
    }

    pub(super) fn constant(value: Value) -> Self {
        Datum::Constant(Rc::new(value))
    }

    pub(super) fn name(path: impl Into<String>) -> Self {
        Datum::constant(Value::Name(path.into()))
    }

    pub(super) fn text(text: &str) -> Self {
        Datum::Text(Rc::new(text.into()))
    }

    pub(super) fn unknown(reason: &str) -> Self {
        Datum::Unknown(reason.into())
    }

    /// Whether two are the same thing for certain.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Datum::Text(one), Datum::Text(other)) => Rc::ptr_eq(one, other) || one == other,
            (Datum::Constant(one), Datum::Constant(other)) => Rc::ptr_eq(one, other) || one == other,
            (Datum::List(one), Datum::List(other))
            | (Datum::Dict(one), Datum::Dict(other))
            | (Datum::Object(one), Datum::Object(other))
            | (Datum::Made(one), Datum::Made(other))
            | (Datum::Row(one), Datum::Row(other)) => one == other,
            (Datum::Function(one), Datum::Function(other)) => Rc::ptr_eq(one, other),
            (Datum::Partial(one), Datum::Partial(other)) => Rc::ptr_eq(one, other),
            (Datum::Context(one), Datum::Context(other)) => Rc::ptr_eq(one, other),
            (Datum::Method(one), Datum::Method(other)) => Rc::ptr_eq(one, other),
            (Datum::Class(_, one), Datum::Class(_, other)) => std::ptr::eq(*one, *other),
            (Datum::Super(one, at), Datum::Super(other, other_at)) => one == other && at == other_at,
            (Datum::Apps, Datum::Apps)
            | (Datum::Editor, Datum::Editor)
            | (Datum::Deferred, Datum::Deferred)
            | (Datum::Connection, Datum::Connection)
            | (Datum::Cursor, Datum::Cursor)
            | (Datum::Atomic, Datum::Atomic) => true,
            (Datum::Meta(one), Datum::Meta(other)) | (Datum::Model(one), Datum::Model(other)) => one == other,
            (Datum::Query(one), Datum::Query(other)) | (Datum::Pages(one), Datum::Pages(other)) => one == other,
            (Datum::Part(one), Datum::Part(other)) => one == other,
            (Datum::Path(one), Datum::Path(other)) | (Datum::Opened(one), Datum::Opened(other)) => one == other,
            (Datum::Field(one), Datum::Field(other)) => one == other,
            (Datum::Either(one), Datum::Either(other)) => Rc::ptr_eq(one, other),
            (Datum::Unknown(one), Datum::Unknown(other)) => one == other,
            _ => false,
        }
    }

    /// One of two, by a condition that is not known.
    pub(super) fn or(self, other: Self) -> Self {
        /// More than these are not told apart.
        const MAX_EITHER: usize = 8;
        /// Nor more than these that lead to the database: sets of rows that differ in their conditions alone.
        const MAX_HANDED: usize = 32;
        let mut all: Vec<Self> = Vec::new();
        for datum in [self, other] {
            match datum {
                Datum::Either(more) => all.extend(more.iter().cloned()),
                datum => all.push(datum),
            }
        }
        let mut different: Vec<Self> = Vec::new();
        for datum in all {
            let is_unknown = matches!(datum, Datum::Unknown(_));
            let same = |known: &Self| known.is_same(&datum) || (is_unknown && matches!(known, Datum::Unknown(_)));
            if !different.iter().any(same) {
                different.push(datum);
            }
        }
        if different.len() > MAX_EITHER {
            // What leads to the database stays; of constants it is said that they are not known.
            different.retain(|datum| datum.handed_itself().is_some());
            different.truncate(MAX_HANDED);
            different.push(Datum::unknown("takes too many values to be followed"));
        }
        match different.as_slice() {
            [only] => only.clone(),
            [..] => Datum::Either(different.into()),
        }
    }

    /// Whether it is the state that `state_forwards` changes, or part of it.
    pub(super) fn is_state(&self) -> bool {
        self.as_name().is_some_and(|path| path.starts_with(super::STATE))
    }

    /// What of the database it is itself, things inside of it left aside.
    pub(super) fn handed_itself(&self) -> Option<Handed> {
        match self {
            Datum::Editor | Datum::Deferred => Some(Handed::Editor),
            Datum::Connection | Datum::Cursor => Some(Handed::Cursor),
            Datum::Query(_) | Datum::Row(_) | Datum::Pages(_) => Some(Handed::Queryset),
            Datum::Apps | Datum::Model(_) => Some(Handed::Apps),
            datum if datum.is_state() => Some(Handed::Editor),
            Datum::Text(_)
            | Datum::Constant(_)
            | Datum::List(_)
            | Datum::Dict(_)
            | Datum::Function(_)
            | Datum::Partial(_)
            | Datum::Context(_)
            | Datum::Method(_)
            | Datum::Class(..)
            | Datum::Object(_)
            | Datum::Super(..)
            | Datum::Made(_)
            | Datum::Atomic
            | Datum::Meta(_)
            | Datum::Part(_)
            | Datum::Path(_)
            | Datum::Opened(_)
            | Datum::Field(_)
            | Datum::Either(_)
            | Datum::Unknown(_) => None,
        }
    }
}

impl<'a> Given<'a> {
    /// The argument at a position or with a name.
    pub(super) fn get(&self, position: usize, name: &str) -> Option<&Datum<'a>> {
        self.args.get(position).or_else(|| self.keyword(name))
    }

    pub(super) fn keyword(&self, name: &str) -> Option<&Datum<'a>> {
        self.kwargs.iter().find(|(key, _)| key == name).map(|(_, datum)| datum)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Datum<'a>> {
        self.args.iter().chain(self.kwargs.iter().map(|(_, datum)| datum))
    }
}

impl Query {
    pub(super) fn all_of(target: Target, reach: Reach) -> Self {
        Self {
            target,
            reach,
            whole: reach,
            filters: Vec::new(),
            locks: false,
            is_values: false,
            is_fetched: false,
            of: None,
            has_more_names: false,
        }
    }
}
