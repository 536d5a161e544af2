//! Names across modules: constants, functions and classes, through any number of re-exports.

use std::borrow::Cow;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Class, Module, operators};
use crate::value::{Call, Value};

/// A name re-exported through more modules than this is left alone: it is a circle.
const MAX_HOPS: usize = 32;
/// How deep values are searched for names.
const MAX_DEPTH: usize = 100;
/// How many values may be put in place of names, for one value resolved.
const MAX_SIZE: usize = 500_000;

/// Keyword arguments that never decide a statement; what they name need not be loaded.
const IRRELEVANT: &[&str] = &[
    "choices",
    "code",
    "help_text",
    "managers",
    "reverse_code",
    "storage",
    "upload_to",
    "validators",
    "verbose_name",
];

/// The modules read so far, by dotted path.
#[derive(Debug, Default)]
pub struct Modules {
    loaded: FxHashMap<String, Module>,
    absent: FxHashSet<String>,
}

/// What a dotted path leads to.
#[derive(Clone, Copy, Debug)]
pub enum Resolved<'m> {
    /// A class, and the module that defines it.
    Class(&'m Module, &'m Class),
    /// A value bound to a name or attribute.
    Value(&'m Value),
}

enum Step<'m> {
    Found(Resolved<'m>),
    GoOn(Cow<'m, str>),
    Missing(String),
    Nothing,
}

impl Modules {
    /// Adds a module under its own path.
    pub fn insert(&mut self, module: Module) {
        self.loaded.insert(module.path.clone(), module);
    }

    /// Notes that no file belongs to this path, so that it is not asked for again.
    pub fn insert_absent(&mut self, path: String) {
        self.absent.insert(path);
    }

    /// The module with this path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Module> {
        self.loaded.get(path)
    }

    /// Whether nothing has been read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.loaded.is_empty()
    }

    /// What a dotted path leads to, as far as modules were read.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<Resolved<'_>> {
        self.find_from(None, path)
    }

    /// As [`Modules::find`], seen from a module that need not be among them.
    #[must_use]
    pub fn find_from<'m>(&'m self, home: Option<&'m Module>, path: &str) -> Option<Resolved<'m>> {
        let mut path = Cow::Owned(path.to_owned());
        for _ in 0..MAX_HOPS {
            match self.step(home, &path) {
                Step::Found(found) => return Some(found),
                Step::GoOn(next) => path = Cow::Owned(next.into_owned()),
                Step::Missing(_) | Step::Nothing => return None,
            }
        }
        None
    }

    /// The class that a dotted path leads to.
    #[must_use]
    pub fn class<'m>(&'m self, home: &'m Module, path: &str) -> Option<(&'m Module, &'m Class)> {
        match self.find_from(Some(home), path)? {
            Resolved::Class(module, class) => Some((module, class)),
            Resolved::Value(_) => None,
        }
    }

    /// The module that has to be read before a path can be followed; `None` if it was followed, or cannot be.
    fn missing(&self, home: &Module, path: &str) -> Option<String> {
        let mut path = Cow::Borrowed(path);
        for _ in 0..MAX_HOPS {
            match self.step(Some(home), &path) {
                Step::Missing(module) => return Some(module),
                Step::GoOn(next) => path = Cow::Owned(next.into_owned()),
                Step::Found(_) | Step::Nothing => return None,
            }
        }
        None
    }

    /// One hop: from a dotted path to what its module says about it.
    fn step<'m>(&'m self, home: Option<&'m Module>, path: &str) -> Step<'m> {
        let mut split = path.len();
        while let Some(dot) = path[..split].rfind('.') {
            let (module, name) = (&path[..dot], &path[dot + 1..]);
            let loaded = home
                .filter(|home| home.path == module)
                .or_else(|| self.loaded.get(module));
            match loaded {
                Some(module) => return self.look_up(module, name),
                None if self.absent.contains(module) => split = dot,
                None => return Step::Missing(module.to_owned()),
            }
        }
        Step::Nothing
    }

    fn look_up<'m>(&'m self, module: &'m Module, name: &str) -> Step<'m> {
        if let Some(class) = module.class(name) {
            return Step::Found(Resolved::Class(module, class));
        }
        let (first, rest) = name
            .split_once('.')
            .map_or((name, None), |(first, rest)| (first, Some(rest)));
        match (module.bindings.get(first), rest) {
            (Some(Value::Name(path)), None) => Step::GoOn(Cow::Borrowed(path)),
            (Some(Value::Name(path)), Some(rest)) => self.attribute_of(module, path, rest),
            (Some(value), None) => Step::Found(Resolved::Value(value)),
            (Some(_), Some(_)) => Step::Nothing,
            (None, _) => match module.star_imports.iter().find(|star| self.exports(star, first)) {
                Some(star) => Step::GoOn(Cow::Owned(format!("{star}.{name}"))),
                None => self.unread_star(module),
            },
        }
    }

    /// `rest` of something bound to `path`: an attribute of a class of this module, or of something elsewhere.
    fn attribute_of<'m>(&'m self, module: &'m Module, path: &str, rest: &str) -> Step<'m> {
        let here = path
            .strip_prefix(module.path.as_str())
            .and_then(|name| name.strip_prefix('.'));
        let Some(class) = here.and_then(|name| module.class(name)) else {
            return Step::GoOn(Cow::Owned(format!("{path}.{rest}")));
        };
        if let Some(attribute) = class.attribute(rest) {
            return Step::Found(Resolved::Value(&attribute.value));
        }
        // Inherited, perhaps.
        match class.bases.first() {
            Some(Value::Name(base)) => Step::GoOn(Cow::Owned(format!("{base}.{rest}"))),
            _ => Step::Nothing,
        }
    }

    fn exports(&self, module: &str, name: &str) -> bool {
        self.loaded
            .get(module)
            .is_some_and(|module| module.bindings.contains_key(name))
    }

    fn unread_star<'m>(&self, module: &Module) -> Step<'m> {
        let unread = module
            .star_imports
            .iter()
            .find(|star| !self.loaded.contains_key(*star) && !self.absent.contains(*star));
        match unread {
            Some(star) if is_followed(star) => Step::Missing(star.clone()),
            Some(_) | None => Step::Nothing,
        }
    }

    /// Dotted modules that a migration needs and that are neither read nor known to be absent. Read them (or
    /// note their absence) and ask again, until nothing is wanted. `known` says which paths need no reading.
    #[must_use]
    pub fn wanted(&self, migration: &Module, known: &dyn Fn(&str) -> bool) -> Vec<String> {
        let mut search = Search {
            modules: self,
            migration,
            known,
            wanted: Vec::new(),
            seen: FxHashSet::default(),
        };
        for class in &migration.classes {
            search.class(class);
        }
        search.wanted
    }

    /// A value with names of other modules replaced by what they are bound to there. Names of classes and
    /// functions become those of the module that defines them.
    #[must_use]
    pub fn resolve(&self, home: &Module, value: Value) -> Value {
        let mut budget = MAX_SIZE;
        self.replace(home, value, 0, &mut budget)
    }

    fn replace(&self, home: &Module, value: Value, depth: usize, budget: &mut usize) -> Value {
        if depth > MAX_DEPTH {
            return value;
        }
        let depth = depth + 1;
        let each = |items: Vec<Value>, budget: &mut usize| -> Vec<Value> {
            items
                .into_iter()
                .map(|item| self.replace(home, item, depth, budget))
                .collect()
        };
        match value {
            Value::Name(path) => self.replace_name(home, path, depth, budget),
            Value::List(items) => Value::List(each(items, budget)),
            Value::Tuple(items) => Value::Tuple(each(items, budget)),
            Value::Set(items) => Value::Set(each(items, budget)),
            Value::Dict(items) => {
                let items = items.into_iter();
                Value::Dict(
                    items
                        .map(|(key, value)| (key, self.replace(home, value, depth, budget)))
                        .collect(),
                )
            }
            Value::Operation(operator, items) => {
                let mut items = each(items, budget);
                match (items.pop(), items.pop()) {
                    (Some(right), Some(left)) => operators::binary(operator, left, right),
                    (Some(only), None) => Value::Operation(operator, vec![only]),
                    (None, _) => Value::Operation(operator, items),
                }
            }
            Value::Call(call) => self.replace_call(home, *call, depth, budget),
            value @ (Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Str(_)
            | Value::Bytes(_)
            | Value::Setting(_)
            | Value::Function(_)
            | Value::Unknown(_)) => value,
        }
    }

    fn replace_call(&self, home: &Module, mut call: Call, depth: usize, budget: &mut usize) -> Value {
        call.args = call
            .args
            .into_iter()
            .map(|value| self.replace(home, value, depth, budget))
            .collect();
        call.kwargs = call
            .kwargs
            .into_iter()
            .map(|(name, value)| (name, self.replace(home, value, depth, budget)))
            .collect();
        if is_followed(&call.path) {
            match self.find_from(Some(home), &call.path) {
                Some(Resolved::Class(module, class)) => call.path = format!("{}.{}", module.path, class.name),
                Some(Resolved::Value(Value::Function(function))) => {
                    if let (Some(returns), true) = (&function.returns, call.arg_ranges.is_empty()) {
                        return returns.clone();
                    }
                }
                Some(Resolved::Value(_)) | None => {}
            }
        }
        Value::Call(Box::new(call))
    }

    fn replace_name(&self, home: &Module, path: String, depth: usize, budget: &mut usize) -> Value {
        if !is_followed(&path) {
            return Value::Name(path);
        }
        match self.find_from(Some(home), &path) {
            Some(Resolved::Class(module, class)) => Value::Name(format!("{}.{}", module.path, class.name)),
            Some(Resolved::Value(value)) => {
                let size = super::evaluate::size(value);
                if size > *budget {
                    return Value::Name(path);
                }
                *budget -= size;
                self.replace(home, value.clone(), depth, budget)
            }
            None => Value::Name(path),
        }
    }
}

/// Whether a path may lead to a module of the project or of a package: Django and Python are known.
fn is_followed(path: &str) -> bool {
    let top = path.split('.').next().unwrap_or(path);
    !matches!(
        top,
        "" | "builtins" | "django" | "datetime" | "uuid" | "decimal" | "functools" | "enum" | "os" | "sys"
    ) && !path.starts_with('<')
}

struct Search<'s> {
    modules: &'s Modules,
    migration: &'s Module,
    known: &'s dyn Fn(&str) -> bool,
    wanted: Vec<String>,
    seen: FxHashSet<String>,
}

impl<'s> Search<'s> {
    fn class(&mut self, class: &'s Class) {
        class.bases.iter().for_each(|base| self.value(base, 0));
        for attribute in &class.attributes {
            self.value(&attribute.value, 0);
        }
    }

    fn value(&mut self, value: &'s Value, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        match value {
            Value::Name(path) => self.path(path),
            Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::Operation(_, items) => {
                items.iter().for_each(|item| self.value(item, depth + 1));
            }
            Value::Dict(items) => items.iter().for_each(|(_, value)| self.value(value, depth + 1)),
            Value::Call(call) => {
                self.path(&call.path);
                if call.path == "django.db.migrations.RunPython" {
                    return;
                }
                call.args.iter().for_each(|value| self.value(value, depth + 1));
                let relevant = call
                    .kwargs
                    .iter()
                    .filter(|(name, _)| !IRRELEVANT.contains(&name.as_str()));
                relevant.for_each(|(_, value)| self.value(value, depth + 1));
            }
            Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Str(_)
            | Value::Bytes(_)
            | Value::Setting(_)
            | Value::Function(_)
            | Value::Unknown(_) => {}
        }
    }

    fn path(&mut self, path: &str) {
        if !is_followed(path) || (self.known)(path) || !self.seen.insert(path.to_owned()) {
            return;
        }
        if let Some(module) = self.modules.missing(self.migration, path) {
            if !self.wanted.contains(&module) {
                self.wanted.push(module);
            }
            return;
        }
        match self.modules.find_from(Some(self.migration), path) {
            Some(Resolved::Class(module, class)) if module.path != self.migration.path => {
                class.bases.iter().for_each(|base| self.value(base, 1));
            }
            Some(Resolved::Value(value)) => self.value(value, 1),
            Some(Resolved::Class(..)) | None => {}
        }
    }
}
