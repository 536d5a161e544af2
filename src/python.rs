//! Source text of Python modules as plain data, values evaluated without running anything.
//!
//! The only module that sees ruff's syntax tree. It never fails: what cannot be evaluated is a
//! [`Value::Unknown`] with its reason, and what cannot be parsed is a [`SyntaxError`] beside all the rest.

mod builtins;
mod canonical;
mod classes;
mod constants;
mod decode;
mod evaluate;
mod execute;
mod expressions;
mod imports;
mod methods;
mod operators;
mod resolve;
mod text;

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::TextRange;
use rustc_hash::FxHashMap;

pub use canonical::canonical;
pub use decode::{DecodeError, decode};
pub use operators::{binary, truth};
pub use resolve::{Modules, Resolved};

use crate::source::Range;
use crate::value::Value;
use crate::versions::DjangoVersion;

/// How a parameter of a function appears in the values of its body: `Value::Name("<parameter>.max_length")`.
pub const PARAMETER: &str = "<parameter>.";

/// One module, read.
#[derive(Debug, Default)]
pub struct Module {
    /// The dotted path: `shop.migrations.0001_initial`, `shop.fields` for `shop/fields/__init__.py`.
    pub path: String,
    /// What module-level names are bound to at the end of the module.
    pub bindings: FxHashMap<String, Value>,
    /// Classes in source order, nested ones included.
    pub classes: Vec<Class>,
    /// Modules of `from m import *`, in order.
    pub star_imports: Vec<String>,
    /// What the parser could not read; it goes on after each.
    pub syntax_errors: Vec<SyntaxError>,
    /// Comments in order, `#` included.
    pub comments: Vec<Range>,
}

/// A place that is no Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The parser's words.
    pub message: String,
    /// Where.
    pub range: Range,
}

/// A class statement.
#[derive(Clone, Debug)]
pub struct Class {
    /// The qualified name in its module: `Migration`, `Outer.Inner`.
    pub name: String,
    /// Where the name stands.
    pub name_range: Range,
    /// The base classes as written, evaluated: mostly `Value::Name`.
    pub bases: Vec<Value>,
    /// Attributes in source order, with changes made after the class statement applied.
    pub attributes: Vec<Attribute>,
    /// Methods in source order.
    pub methods: Vec<Method>,
}

/// An attribute of a class.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Its value after all statements that change it.
    pub value: Value,
    /// The expression that gave the value, or the last statement that changed it.
    pub range: Range,
}

/// A function of a class: what a later reading asks of it.
#[derive(Clone, Debug)]
pub struct Method {
    /// Its name.
    pub name: String,
    /// Named parameters without `self`, with their defaults.
    pub parameters: Vec<Parameter>,
    /// What it does, in order; empty for methods that nobody asks about, see `methods::FOLLOWED`.
    pub steps: Vec<Step>,
    /// Its value, if it ends in one plain `return`; parameters in it are names that begin with [`PARAMETER`].
    pub returns: Option<Value>,
}

/// A named parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its default, if it has one.
    pub default: Option<Value>,
    /// Whether it can be given by position.
    pub positional: bool,
}

/// One thing that an `__init__` or `deconstruct` does to keyword arguments.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// `kwargs["key"] = value`
    Set(String, Value),
    /// `kwargs.setdefault("key", value)`, or the same with an `if`.
    SetDefault(String, Value),
    /// `kwargs.pop("key", ...)`, `del kwargs["key"]`
    Remove(String),
    /// `super().name(...)`: positional values, keyword values, and whether `*args` and `**kwargs` go along.
    Super {
        /// The method called.
        method: String,
        /// Positional arguments without the star.
        args: Vec<Value>,
        /// Keyword arguments without the double star.
        kwargs: Vec<(String, Value)>,
        /// `*args` is among the arguments.
        passes_args: bool,
        /// `**kwargs` is among the arguments.
        passes_kwargs: bool,
    },
    /// Something else that may matter, as source text.
    Other(String),
}

/// What reading a module depends on besides its text.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The module's dotted path.
    pub path: &'a str,
    /// Whether the file is an `__init__.py`; decides what `from .` means.
    pub is_package: bool,
    /// The Django that would import it.
    pub django: DjangoVersion,
}

/// Reads a module.
#[must_use]
pub fn parse(text: &str, origin: Origin<'_>) -> Module {
    let parsed = parse_unchecked(text, ParseOptions::from(Mode::Module));
    let comments = parsed
        .tokens()
        .iter()
        .filter(|token| token.kind() == TokenKind::Comment);
    let comments = comments
        .map(|token| range(ruff_text_size::Ranged::range(token)))
        .collect();
    let syntax_errors = parsed.errors().iter().map(|error| SyntaxError {
        message: error.error.to_string(),
        range: range(error.location),
    });
    let syntax_errors = syntax_errors.collect();
    let body = match parsed.syntax() {
        ruff_python_ast::Mod::Module(module) => module.body.as_slice(),
        ruff_python_ast::Mod::Expression(_) => &[],
    };
    Module {
        syntax_errors,
        comments,
        ..evaluate::module(text, body, origin)
    }
}

/// Whether the bytes of a file can be a migration: they hold a `class Migration`.
#[must_use]
pub fn looks_like_migration(bytes: &[u8]) -> bool {
    const CLASS: &[u8] = b"class";
    let mut rest = bytes;
    while let Some(at) = rest.windows(CLASS.len()).position(|window| window == CLASS) {
        rest = &rest[at + CLASS.len()..];
        let name = rest.trim_ascii_start();
        if name.len() < rest.len() && name.starts_with(b"Migration") {
            return true;
        }
    }
    false
}

impl Module {
    /// The class with this qualified name.
    #[must_use]
    pub fn class(&self, name: &str) -> Option<&Class> {
        self.classes.iter().rev().find(|class| class.name == name)
    }
}

impl Class {
    /// The value of an attribute of this very class.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().rev().find(|attribute| attribute.name == name)
    }

    /// A method of this very class.
    #[must_use]
    pub fn method(&self, name: &str) -> Option<&Method> {
        self.methods.iter().rev().find(|method| method.name == name)
    }
}

impl Method {
    /// Whether it does nothing but call the same method of its base class.
    #[must_use]
    pub fn only_calls_super(&self) -> bool {
        matches!(self.steps.as_slice(), [Step::Super { method, .. }] if *method == self.name)
    }
}

fn range(range: TextRange) -> Range {
    Range::new(range.start().into(), range.end().into())
}
