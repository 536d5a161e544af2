//! The interpreter: scopes, names, and the limits that keep every input harmless.

use indexmap::IndexMap;
use ruff_python_ast::{Expr, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::classes::Definition;
use super::constants;
use super::{Attribute, Class, Module, Origin};
use crate::source::Range;
use crate::value::{Unknown, Value};

/// Expressions nested deeper than this are not evaluated: no migration is, and the stack is finite.
const MAX_DEPTH: usize = 200;
/// How many values may be copied in one module: constants that double each other would fill the memory.
const MAX_COPIES: usize = 2_000_000;
/// How many expressions and statements may run in one module: loops in loops would never end.
const MAX_STEPS: usize = 2_000_000;
/// How much of an expression's text an `Unknown` carries.
const MAX_SHOWN: usize = 60;

/// A name's value and the expression that gave it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Binding {
    pub(super) value: Value,
    pub(super) range: Range,
}

/// Names in the order of their first binding. An attribute of a class stands beside the class as `Class.attribute`,
/// so that all statements change it in the same way.
pub(super) type Scope = IndexMap<String, Binding, FxBuildHasher>;

/// Runs the statements of one module, in order, as far as constants decide.
pub(super) struct Interpreter<'a> {
    pub(super) source: &'a str,
    pub(super) origin: Origin<'a>,
    pub(super) scopes: Vec<Scope>,
    pub(super) classes: Vec<Definition>,
    pub(super) functions: FxHashMap<&'a str, &'a StmtFunctionDef>,
    pub(super) star_imports: Vec<String>,
    /// The class whose body is being run, by its qualified name.
    pub(super) class_name: Option<String>,
    pub(super) depth: usize,
    steps: usize,
    copies: usize,
}

/// The data of a module whose text and syntax tree these are.
pub(super) fn module(source: &str, body: &[Stmt], origin: Origin<'_>) -> Module {
    let mut interpreter = Interpreter {
        source,
        origin,
        scopes: vec![Scope::default()],
        classes: Vec::new(),
        functions: FxHashMap::default(),
        star_imports: Vec::new(),
        class_name: None,
        depth: 0,
        steps: 0,
        copies: 0,
    };
    interpreter.execute(body);
    interpreter.finish()
}

impl<'a> Interpreter<'a> {
    /// The value of an expression.
    pub(super) fn evaluate(&mut self, expression: &'a Expr) -> Value {
        if self.depth >= MAX_DEPTH {
            return self.unknown(expression.range(), "is nested too deeply");
        }
        if !self.may_go_on() {
            return self.unknown(expression.range(), "takes too long to evaluate");
        }
        self.depth += 1;
        let value = self.expression(expression);
        self.depth -= 1;
        value
    }

    /// Counts one step, and says whether there are any left.
    pub(super) fn may_go_on(&mut self) -> bool {
        self.steps += 1;
        self.steps <= MAX_STEPS
    }

    /// Whether a call of a local function may be followed one level deeper.
    pub(super) fn may_call(&self) -> bool {
        self.depth < MAX_DEPTH / 4
    }

    /// Binds a name in the innermost scope.
    pub(super) fn bind(&mut self, name: &str, value: Value, range: Range) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name.to_owned(), Binding { value, range });
        }
    }

    /// A copy of what a name is bound to.
    pub(super) fn lookup(&mut self, name: &str, range: TextRange) -> Value {
        let Some(binding) = self.scopes.iter().rev().find_map(|scope| scope.get(name)) else {
            return self.unbound(name, range);
        };
        match &binding.value {
            Value::List(_) | Value::Tuple(_) | Value::Set(_) | Value::Dict(_) | Value::Call(_) => {}
            Value::Operation(..) | Value::Str(_) => {}
            other => return other.clone(),
        }
        self.copies += size(&binding.value);
        if self.copies > MAX_COPIES {
            return self.unknown(range, "is too large to be evaluated");
        }
        binding.value.clone()
    }

    /// The binding that statements such as `name.append(...)` change.
    pub(super) fn binding_mut(&mut self, name: &str) -> Option<&mut Binding> {
        self.scopes.iter_mut().rev().find_map(|scope| scope.get_mut(name))
    }

    fn unbound(&self, name: &str, range: TextRange) -> Value {
        if constants::is_builtin(name) {
            return Value::Name(format!("builtins.{name}"));
        }
        match self.star_imports.as_slice() {
            [] => self.unknown(range, "is not bound in this module"),
            [module] => self.named(&super::canonical(&format!("{module}.{name}"))),
            [..] => self.unknown(range, "may come from any of several `import *`"),
        }
    }

    /// The value of a dotted path: what Django or Python defines it as, else the name itself.
    pub(super) fn named(&self, path: &str) -> Value {
        constants::value(path, self.origin.django).unwrap_or_else(|| Value::Name(path.to_owned()))
    }

    /// The dotted path of something defined in this module.
    pub(super) fn local_path(&self, name: &str) -> String {
        format!("{}.{name}", self.origin.path)
    }

    /// The qualified name of a local class behind a value, if it is one.
    pub(super) fn local_class(&self, value: &Value) -> Option<&str> {
        let Value::Name(path) = value else { return None };
        let name = path.strip_prefix(self.origin.path)?.strip_prefix('.')?;
        let class = self.classes.iter().rev().find(|class| class.class.name == name)?;
        Some(&class.class.name)
    }

    pub(super) fn unknown(&self, range: TextRange, why: &str) -> Value {
        let text = self.source.get(range.to_std_range()).unwrap_or_default();
        let mut shown: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if shown.chars().count() > MAX_SHOWN {
            shown = shown.chars().take(MAX_SHOWN - 1).chain(['…']).collect();
        }
        Value::Unknown(Unknown {
            reason: format!("`{shown}` {why}"),
            source: shown,
            range: super::range(range),
        })
    }

    /// Hands the attributes back to their classes and the rest to the module.
    fn finish(mut self) -> Module {
        let mut classes: Vec<Class> = Vec::with_capacity(self.classes.len());
        let mut by_name = FxHashMap::default();
        for definition in self.classes {
            by_name.insert(definition.class.name.clone(), classes.len());
            classes.push(definition.class);
        }
        let mut bindings = FxHashMap::default();
        for (name, Binding { value, range }) in self.scopes.swap_remove(0) {
            match name.rsplit_once('.') {
                None => {
                    bindings.insert(name, value);
                }
                // A method is no attribute that anybody reads.
                Some((class, attribute)) => {
                    if let Some(at) = by_name.get(class)
                        && classes[*at].method(attribute).is_none()
                    {
                        let name = attribute.to_owned();
                        classes[*at].attributes.push(Attribute { name, value, range });
                    }
                }
            }
        }
        Module {
            path: self.origin.path.to_owned(),
            bindings,
            classes,
            star_imports: self.star_imports,
            ..Module::default()
        }
    }
}

/// How many values a value holds; text counts by the kilobyte.
pub(super) fn size(value: &Value) -> usize {
    match value {
        Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::Operation(_, items) => {
            1 + items.iter().map(size).sum::<usize>()
        }
        Value::Dict(items) => 1 + items.iter().map(|(key, value)| size(key) + size(value)).sum::<usize>(),
        Value::Call(call) => {
            1 + call.args.iter().map(size).sum::<usize>()
                + call.kwargs.iter().map(|(_, value)| size(value)).sum::<usize>()
        }
        Value::Str(text) => 1 + text.len() / 1024,
        Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Bytes(_)
        | Value::Name(_)
        | Value::Setting(_)
        | Value::Function(_)
        | Value::Unknown(_) => 1,
    }
}
