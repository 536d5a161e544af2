//! Source text of Python modules as plain data, values evaluated without running anything.
//!
//! The only module that sees ruff's syntax tree. It never fails: what cannot be evaluated is a
//! [`Value::Unknown`] with its reason, and what cannot be parsed is a [`SyntaxError`] beside all the rest.

mod batched;
mod branches;
mod builtins;
mod calls;
mod canonical;
mod classes;
mod compare;
mod constant_methods;
mod constants;
mod dates;
mod decimals;
mod decode;
mod enumerations;
mod evaluate;
mod execute;
mod expressions;
mod fallback;
mod flows;
mod functions;
mod imports;
mod inclusions;
mod instances;
mod lineage;
mod literals;
mod methods;
mod objects;
mod operators;
mod reach;
mod resolve;
mod running;
mod settings;
mod settle;
mod standard_library;
mod syntax;
mod text;
mod written;

use std::sync::Arc;

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::TextRange;
use rustc_hash::FxHashMap;

pub use batched::Batched;
pub use canonical::canonical;
pub use compare::does_the_same;
pub use constants::NON_DB_ATTRS;
pub use decode::{DecodeError, decode};
pub(crate) use fallback::{default_of, fallback, flag};
pub use inclusions::{Inclusion, Origin as InclusionOrigin};
pub use literals::Layout;
pub use objects::{CALLS_TO_PYTHON, Constructed, Object};
pub use operators::{binary, truth};
pub use resolve::{Modules, Resolved};
pub use running::MadeOperation;
pub use settings::{Setting, SettingValues, is_absent};
pub use written::{
    Needed, TopLevel, WrittenCall, dedented, dedented_by, indented, merged_imports, names_in, names_read,
    string_literal,
};

use crate::source::{Range, SourceFile};
use crate::value::Value;
use crate::versions::DjangoVersion;
use syntax::Syntax;

/// One module, read.
#[derive(Debug)]
pub struct Module {
    /// The dotted path: `shop.migrations.0001_initial`, `shop.fields` for `shop/fields/__init__.py`.
    pub path: String,
    /// Whether it is an `__init__.py`.
    pub is_package: bool,
    /// Its text.
    pub source: Arc<SourceFile>,
    /// What module-level names are bound to at the end of the module.
    pub bindings: FxHashMap<String, Value>,
    /// Classes in source order, nested ones included.
    pub classes: Vec<Class>,
    /// Modules of `from m import *`, in order.
    pub star_imports: Vec<String>,
    /// What else gives it names, and `import *`, in order.
    pub inclusions: Vec<Inclusion>,
    /// Modules that have to be read before all of this one can be evaluated: read them and parse it again.
    pub asked: Vec<String>,
    /// Settings that nobody sets, as far as is known, and whose default decided something.
    pub assumed: Vec<String>,
    /// What the parser could not read; it goes on after each.
    pub syntax_errors: Vec<SyntaxError>,
    /// Comments in order, `#` included.
    pub comments: Vec<Range>,
    /// Of a migration: code that may change its operations and is not followed, with the reason.
    pub unfollowed: Vec<(Range, String)>,
    /// Plain functions of the module itself: where their names stand.
    functions: FxHashMap<String, Range>,
    /// Kept where one of its functions or methods may be called.
    syntax: Option<Arc<Syntax>>,
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
    /// What may make another class of it, as written: a decorator, a metaclass.
    pub remade_by: Option<String>,
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

/// A function of a class.
#[derive(Clone, Debug)]
pub struct Method {
    /// Its name.
    pub name: String,
    /// Whether it is read like an attribute: `@property`, `@cached_property`.
    is_property: bool,
    /// Whether it gets no `self`: `@staticmethod`.
    is_static: bool,
    /// Where its name stands.
    place: Range,
}

/// Which module a text is.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The module's dotted path.
    pub path: &'a str,
    /// Whether the file is an `__init__.py`; decides what `from .` means.
    pub is_package: bool,
}

/// Reads a module. What it needs of other modules it takes from `modules`, or asks for.
#[must_use]
pub fn parse(source: &Arc<SourceFile>, origin: Origin<'_>, modules: &Modules) -> Module {
    let text = source.text.as_str();
    let range = |range: TextRange| source.range(range.start().into(), range.end().into());
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
    let module = evaluate::module(source, syntax::body(&parsed), origin, modules);
    let unfollowed = match module.class("Migration") {
        Some(_) => reach::unfollowed(syntax::body(&parsed), text, &|name| module.imported(name)),
        None => Vec::new(),
    };
    let unfollowed = unfollowed.into_iter();
    let unfollowed = unfollowed.map(|code| (range(code.range), code.reason)).collect();
    let runs = if parsed.errors().is_empty() { text } else { "" };
    let syntax = module.may_be_called(runs).then(|| Arc::new(Syntax::new(parsed)));
    Module {
        syntax_errors,
        comments,
        unfollowed,
        syntax,
        ..module
    }
}

impl Module {
    /// Whether anybody may call a function of it: of a migration only its constructor, methods of classes beside it, and
    /// what a `RunPython` runs. `text` is empty where it is not all Python.
    fn may_be_called(&self, text: &str) -> bool {
        match self.class("Migration") {
            Some(_) if text.is_empty() => self.has_methods(),
            Some(_) => {
                let may_run = text.contains("RunPython") || !self.functions.is_empty() || reads_files(text);
                may_run || self.has_methods() || self.imports_others()
            }
            None => {
                let has_methods = self.classes.iter().any(|class| !class.methods.is_empty());
                !self.functions.is_empty() || has_methods || text.contains("def ") || text.contains("lambda")
            }
        }
    }

    /// What a name is imported from.
    fn imported(&self, name: &str) -> Option<String> {
        match self.bindings.get(name) {
            Some(Value::Name(path)) => Some(path.clone()),
            Some(_) | None => None,
        }
    }

    /// Whether classes of the project or of a package may make its operations.
    fn imports_others(&self) -> bool {
        let mut values = self.bindings.values();
        values.any(|value| matches!(value, Value::Name(path) if resolve::is_followed(path)))
    }

    /// Whether a migration has a constructor, or classes with methods beside it.
    fn has_methods(&self) -> bool {
        self.classes.iter().any(|class| match class.name.as_str() {
            "Migration" => ["__init__", "apply"].iter().any(|name| class.method(name).is_some()),
            _ => !class.methods.is_empty(),
        })
    }

    /// The class with this qualified name.
    #[must_use]
    pub fn class(&self, name: &str) -> Option<&Class> {
        self.classes.iter().rev().find(|class| class.name == name)
    }
}

/// Whether a migration may send the text of a file.
fn reads_files(text: &str) -> bool {
    text.contains("RunSQL") && [".sql", "read", "open("].iter().any(|word| text.contains(word))
}

impl Class {
    /// The value of an attribute of this very class.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().rev().find(|attribute| attribute.name == name)
    }

    /// The member of an enumeration with this name: what it equals.
    fn member(&self, name: &str) -> Option<&Value> {
        self.attribute(&format!("{name}.name"))?;
        self.attribute(name).map(|attribute| &attribute.value)
    }

    /// The member of an enumeration with this value: what it equals.
    fn member_with_value(&self, value: &Value) -> Option<&Value> {
        let mut with_value = self.attributes.iter().filter(|attribute| attribute.value == *value);
        let name = with_value.find_map(|attribute| attribute.name.strip_suffix(".value"))?;
        self.member(name)
    }

    /// A method of this very class.
    #[must_use]
    pub fn method(&self, name: &str) -> Option<&Method> {
        self.methods.iter().rev().find(|method| method.name == name)
    }
}
