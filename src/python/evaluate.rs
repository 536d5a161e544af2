//! The interpreter: scopes, names, and the limits that keep every input harmless.

use std::borrow::Cow;
use std::sync::Arc;

use indexmap::IndexMap;
use ruff_python_ast::{Expr, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::classes::Definition;
use super::inclusions::{self, Included};
use super::lineage::Receiver;
use super::{Attribute, Class, Module, Modules, Origin, Setting, constants, settings};
use crate::source::{Range, SourceFile};
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

impl Binding {
    pub(super) fn shared(value: Value, range: Range) -> Arc<Self> {
        Arc::new(Self { value, range })
    }
}

/// Names in the order of their first binding. An attribute of a class stands beside the class as `Class.attribute`,
/// so that all statements change it in the same way; attributes of `self` are `<self>.attribute`.
///
/// Names and bindings are shared: a branch that may run gets scopes of its own, and copies what it changes.
pub(super) type Scope = IndexMap<Arc<str>, Arc<Binding>, FxBuildHasher>;

/// Runs the statements of one module, or of one function of it, in order, as far as constants decide.
pub(super) struct Interpreter<'a> {
    pub(super) source: &'a Arc<SourceFile>,
    pub(super) origin: Origin<'a>,
    /// All other modules.
    pub(super) modules: &'a Modules,
    /// The module whose function is being run; `None` while a module itself is read.
    pub(super) home: Option<&'a Module>,
    /// A module that is not among the others: the migration that everything began with.
    pub(super) start: Option<&'a Module>,
    /// The first holds the module's own names, or while a method runs what it knows of its object.
    pub(super) scopes: Vec<Scope>,
    pub(super) classes: Vec<Definition>,
    pub(super) functions: FxHashMap<&'a str, &'a StmtFunctionDef>,
    pub(super) star_imports: Vec<String>,
    pub(super) inclusions: Vec<Included>,
    /// How many statements are open around this one that may not run to their end.
    pub(super) perhaps: usize,
    /// The class whose body is being run, by its qualified name.
    pub(super) class_name: Option<String>,
    /// The object whose method is being run.
    pub(super) receiver: Option<Receiver<'a>>,
    /// Modules to be read before more can be said.
    pub(super) asked: Vec<String>,
    /// Settings whose default was taken.
    pub(super) assumed: Vec<String>,
    /// What a method did that was not followed.
    pub(super) doubts: Vec<String>,
    pub(super) depth: usize,
    steps: usize,
    copies: usize,
}

/// A range of a text's syntax tree.
fn place_in(source: &SourceFile, range: TextRange) -> Range {
    source.range(range.start().into(), range.end().into())
}

/// The data of a module whose text and syntax tree these are.
pub(super) fn module(source: &Arc<SourceFile>, body: &[Stmt], origin: Origin<'_>, modules: &Modules) -> Module {
    let mut interpreter = Interpreter::new(source, origin, modules);
    interpreter.execute(body);
    interpreter.finish()
}

impl<'a> Interpreter<'a> {
    fn new(source: &'a Arc<SourceFile>, origin: Origin<'a>, modules: &'a Modules) -> Self {
        Self {
            source,
            origin,
            modules,
            home: None,
            start: None,
            scopes: vec![Scope::default()],
            classes: Vec::new(),
            functions: FxHashMap::default(),
            star_imports: Vec::new(),
            inclusions: Vec::new(),
            perhaps: 0,
            class_name: None,
            receiver: None,
            asked: Vec::new(),
            assumed: Vec::new(),
            doubts: Vec::new(),
            depth: 0,
            steps: 0,
            copies: 0,
        }
    }

    /// One that runs functions of a module that was read.
    pub(super) fn within(home: &'a Module, modules: &'a Modules, start: Option<&'a Module>) -> Self {
        let origin = Origin {
            path: &home.path,
            is_package: home.is_package,
        };
        Self {
            home: Some(home),
            start,
            ..Self::new(&home.source, origin, modules)
        }
    }

    /// The same as [`Interpreter::within`], sharing this one's limits.
    pub(super) fn inner(&self, home: &'a Module) -> Self {
        Self {
            depth: self.depth + 10,
            steps: self.steps,
            copies: self.copies,
            ..Self::within(home, self.modules, self.start)
        }
    }

    /// Takes over what an inner one has found out, and used up.
    pub(super) fn take_back(&mut self, inner: Self) {
        (self.steps, self.copies) = (inner.steps, inner.copies);
        self.asked.extend(inner.asked);
        self.assumed.extend(inner.assumed);
        self.doubts.extend(inner.doubts);
    }

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

    /// Binds a name in the innermost scope; what begins with `<` belongs to an object.
    pub(super) fn bind(&mut self, name: &str, value: Value, range: Range) {
        let scope = if name.starts_with('<') {
            self.scopes.first_mut()
        } else {
            self.scopes.last_mut()
        };
        if let Some(scope) = scope {
            scope.insert(name.into(), Binding::shared(value, range));
        }
    }

    /// A copy of what a name is bound to.
    pub(super) fn lookup(&mut self, name: &str, range: TextRange) -> Value {
        let bound = self.scopes.iter().rev().find_map(|scope| scope.get(name));
        let bound = bound.map(|binding| &binding.value);
        match bound.or_else(|| self.home?.bindings.get(name)) {
            Some(value) if is_small(value) => value.clone(),
            Some(value) => {
                let size = size(value);
                if self.copies + size > MAX_COPIES {
                    return self.unknown(range, "is too large to be evaluated");
                }
                let value = value.clone();
                self.copies += size;
                value
            }
            None => self.unbound(name, range),
        }
    }

    /// Whether a value of this size may be copied once more.
    pub(super) fn may_copy(&mut self, value: &Value) -> bool {
        self.copies += size(value);
        self.copies <= MAX_COPIES
    }

    /// The binding that statements such as `name.append(...)` change.
    pub(super) fn binding_mut(&mut self, name: &str) -> Option<&mut Binding> {
        let bindings = self.scopes.iter_mut().rev().find_map(|scope| scope.get_mut(name));
        bindings.map(Arc::make_mut)
    }

    fn unbound(&mut self, name: &str, range: TextRange) -> Value {
        match name {
            "__name__" => return Value::Str(self.origin.path.into()),
            "__package__" if self.origin.is_package => return Value::Str(self.origin.path.into()),
            "__package__" => {
                let package = self.origin.path.rsplit_once('.').map_or("", |(package, _)| package);
                return Value::Str(package.into());
            }
            _ => {}
        }
        if constants::is_builtin(name) {
            return Value::Name(format!("builtins.{name}"));
        }
        let stars: &[String] = match self.home {
            Some(home) => &home.star_imports,
            None => &self.star_imports,
        };
        match stars {
            [] => self.unknown(range, "is not bound in this module"),
            [module] => {
                let path = format!("{module}.{name}");
                self.named(&super::canonical(&path))
            }
            [..] => match self.modules.exporter(stars, name) {
                Ok(Some(module)) => Value::Name(format!("{module}.{name}")),
                Ok(None) => self.unknown(range, "may come from any of several `import *`"),
                Err(unread) => {
                    self.asked.extend(unread);
                    self.unknown(range, "may come from any of several `import *`")
                }
            },
        }
    }

    /// The value of a dotted path: what Django, Python or the settings define it as, else the name itself.
    pub(super) fn named(&mut self, path: &str) -> Value {
        if let Some(name) = path.strip_prefix("django.conf.settings.") {
            return self.setting(name);
        }
        constants::value(path, self.modules.django).unwrap_or_else(|| Value::Name(path.to_owned()))
    }

    /// The value of a name in a module or class that is a name itself.
    pub(super) fn member(&mut self, mut path: String, name: &str) -> Value {
        path.reserve_exact(1 + name.len());
        path.push('.');
        path.push_str(name);
        if let Cow::Owned(canonical) = super::canonical(&path) {
            path = canonical;
        }
        if let Some(name) = path.strip_prefix("django.conf.settings.") {
            return self.setting(name);
        }
        constants::value(&path, self.modules.django).unwrap_or(Value::Name(path))
    }

    /// The value of a setting. One that names a model stays as it is: what it is swapped for is asked by its name.
    pub(super) fn setting(&mut self, name: &str) -> Value {
        let stays = name.ends_with("_MODEL") || name == "DATABASES";
        match self.modules.settings.get(name) {
            Setting::Known(value) if !stays && self.may_copy(value) => {
                if self.modules.settings.is_flag(name) {
                    self.assumed.push(name.to_owned());
                }
                value.clone()
            }
            Setting::Absent if !stays => match settings::global(name, self.modules.django) {
                Some(value) => {
                    self.assume(name);
                    value
                }
                None => Value::Setting(name.to_owned()),
            },
            Setting::Known(_) | Setting::Unknown | Setting::Absent => Value::Setting(name.to_owned()),
        }
    }

    /// Notes that a setting's default was taken where no settings were read.
    pub(super) fn assume(&mut self, setting: &str) {
        if !self.modules.settings.is_read() {
            self.assumed.push(setting.to_owned());
        }
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

    /// A range of the syntax tree as a place that outlives it.
    pub(super) fn place_of(&self, range: TextRange) -> Range {
        place_in(self.source, range)
    }

    pub(super) fn unknown(&self, range: TextRange, why: &str) -> Value {
        let shown = shortened(self.source.slice(self.place_of(range)));
        Value::Unknown(Unknown {
            reason: format!("`{shown}` {why}"),
            source: shown,
            range: self.place_of(range),
            alternatives: None,
            about: None,
        })
    }

    /// An unknown that is one of these, as far as they are constants.
    pub(super) fn one_of(&self, range: TextRange, why: &str, values: &[&Value]) -> Value {
        self.unknown(range, why).with_alternatives(values)
    }

    /// Hands the attributes back to their classes and the rest to the module.
    fn finish(mut self) -> Module {
        let mut classes: Vec<Class> = Vec::with_capacity(self.classes.len());
        let mut by_name = FxHashMap::default();
        for definition in self.classes {
            by_name.insert(definition.class.name.clone(), classes.len());
            let members = definition.members.into_iter();
            let members = members.map(|(name, Binding { value, range })| Attribute { name, value, range });
            let mut class = definition.class;
            class.attributes.extend(members);
            classes.push(class);
        }
        let mut bindings = FxHashMap::default();
        let inclusions = inclusions::finished(self.inclusions, &self.scopes[0]);
        for (name, binding) in self.scopes.swap_remove(0) {
            let Binding { value, range } = Arc::unwrap_or_clone(binding);
            match name.rsplit_once('.') {
                None => {
                    bindings.insert(name.to_string(), value);
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
        let source = self.source;
        let functions = self.functions.into_iter();
        let functions = functions.map(|(name, function)| (name.to_owned(), place_in(source, function.name.range)));
        Module {
            path: self.origin.path.to_owned(),
            is_package: self.origin.is_package,
            bindings,
            classes,
            star_imports: self.star_imports,
            inclusions,
            asked: self.asked,
            assumed: self.assumed,
            functions: functions.collect(),
            source: Arc::clone(source),
            syntax_errors: Vec::new(),
            comments: Vec::new(),
            unfollowed: Vec::new(),
            syntax: None,
        }
    }
}

fn is_small(value: &Value) -> bool {
    match value {
        Value::List(_) | Value::Tuple(_) | Value::Set(_) | Value::Dict(_) | Value::Call(_) => false,
        Value::Operation(..) | Value::Str(_) => false,
        Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Bytes(_)
        | Value::Name(_)
        | Value::Setting(_)
        | Value::Function(_)
        | Value::Unknown(_) => true,
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

/// A piece of code as messages show it: on one line, and no longer than fits there.
pub(super) fn shortened(code: &str) -> String {
    let shown: String = code.split_whitespace().collect::<Vec<_>>().join(" ");
    if shown.chars().count() > MAX_SHOWN {
        return shown.chars().take(MAX_SHOWN - 1).chain(['…']).collect();
    }
    shown
}
