//! Names across modules: constants, functions and classes, through any number of re-exports.

use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::calls::Arguments;
use super::{Class, DjangoVersion, Module, SettingValues, operators};
use crate::source::{SourceFile, Sources};
use crate::value::{Call, Value};

/// A name re-exported through more modules than this is left alone: it is a circle.
const MAX_HOPS: usize = 32;
/// How deep values are searched for names.
const MAX_DEPTH: usize = 100;
/// How many values may be put in place of names, for one value resolved.
const MAX_SIZE: usize = 500_000;

/// Keyword arguments that never decide a statement; what they name need not be loaded.
pub(super) const IRRELEVANT: &[&str] = &[
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

/// The modules read so far, by dotted path, and what else decides values: the settings, and Django's version.
#[derive(Debug)]
pub struct Modules {
    loaded: FxHashMap<String, Module>,
    absent: FxHashSet<String>,
    /// Other files that code reads, by the path that it asks for them with.
    texts: FxHashMap<String, Arc<SourceFile>>,
    /// The texts of all modules that were read, those that were read again too.
    sources: Sources,
    /// What code that asks `django.conf.settings` gets.
    pub settings: SettingValues,
    /// Decides what `django.VERSION` is in conditions.
    pub django: DjangoVersion,
}

impl Default for Modules {
    fn default() -> Self {
        Self::new(DjangoVersion::DEFAULT)
    }
}

/// What a dotted path leads to.
#[derive(Clone, Copy, Debug)]
pub enum Resolved<'m> {
    /// A class, and the module that defines it.
    Class(&'m Module, &'m Class),
    /// A value bound to a name or attribute.
    Value(&'m Value),
}

/// What became of following a path.
pub(super) enum Look<'m> {
    Found(Resolved<'m>),
    /// This module has to be read first.
    Missing(String),
    /// It ends here, at something that no module defines.
    Nothing(String),
}

enum Step<'m, 'p> {
    Found(Resolved<'m>),
    GoOn(Cow<'m, str>),
    Missing(&'p str),
    Nothing,
}

impl Modules {
    /// No modules yet.
    #[must_use]
    pub fn new(django: DjangoVersion) -> Self {
        Self {
            loaded: FxHashMap::default(),
            absent: FxHashSet::default(),
            texts: FxHashMap::default(),
            sources: Sources::default(),
            settings: SettingValues::default(),
            django,
        }
    }

    /// Adds a module under its own path.
    pub fn insert(&mut self, module: Module) {
        self.sources.insert(Arc::clone(&module.source));
        self.loaded.insert(module.path.clone(), module);
    }

    /// Adds a file that is no module, under the path that it was asked for with.
    pub fn insert_text(&mut self, path: String, source: Arc<SourceFile>) {
        self.sources.insert(Arc::clone(&source));
        self.texts.insert(path, source);
    }

    /// The file that code reads by this path.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&Arc<SourceFile>> {
        self.texts.get(path)
    }

    /// The texts of all modules that were read.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
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

    /// Whether this path was asked for before, and read or found to be absent.
    #[must_use]
    pub fn knows(&self, path: &str) -> bool {
        self.loaded.contains_key(path) || self.texts.contains_key(path) || self.absent.contains(path)
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
        let mut path = Cow::Borrowed(path);
        for _ in 0..MAX_HOPS {
            match self.step(home, &path) {
                Step::Found(found) => return Some(found),
                Step::GoOn(next) => path = next,
                Step::Missing(_) | Step::Nothing => return None,
            }
        }
        None
    }

    /// Follows a path as far as modules were read.
    pub(super) fn look<'m>(&'m self, home: Option<&'m Module>, path: &str) -> Look<'m> {
        let mut path = Cow::Borrowed(path);
        for _ in 0..MAX_HOPS {
            match self.step(home, &path) {
                Step::Found(found) => return Look::Found(found),
                Step::Missing(module) => return Look::Missing(module.to_owned()),
                Step::GoOn(next) => path = next,
                Step::Nothing => break,
            }
        }
        Look::Nothing(path.into_owned())
    }

    /// The class that a dotted path leads to.
    #[must_use]
    pub fn class<'m>(&'m self, home: &'m Module, path: &str) -> Option<(&'m Module, &'m Class)> {
        match self.find_from(Some(home), path)? {
            Resolved::Class(module, class) => Some((module, class)),
            Resolved::Value(_) => None,
        }
    }

    /// The module that a name comes from by several `import *`: the last that has it. The unread ones if there are any.
    pub(super) fn exporter<'s>(&self, stars: &'s [String], name: &str) -> Result<Option<&'s String>, Vec<String>> {
        let unread: Vec<String> = stars.iter().filter(|star| !self.knows(star)).cloned().collect();
        if !unread.is_empty() {
            return Err(unread);
        }
        Ok(stars.iter().rev().find(|star| self.exports(star, name)))
    }

    /// One hop: from a dotted path to what its module says about it.
    fn step<'p, 'm: 'p>(&'m self, home: Option<&'m Module>, path: &'p str) -> Step<'m, 'p> {
        let mut split = path.len();
        while let Some(dot) = path[..split].rfind('.') {
            let (module, name) = (&path[..dot], &path[dot + 1..]);
            let loaded = home
                .filter(|home| home.path == module)
                .or_else(|| self.loaded.get(module));
            match loaded {
                Some(module) => return self.look_up(module, name),
                None if self.absent.contains(module) || self.is_class(module) => split = dot,
                None => return Step::Missing(module),
            }
        }
        Step::Nothing
    }

    /// Whether this path is a class of a module that was read, so that no file belongs to it.
    fn is_class(&self, path: &str) -> bool {
        let Some((module, name)) = path.rsplit_once('.') else {
            return false;
        };
        match self.loaded.get(module) {
            Some(module) => module.class(name).is_some(),
            None => self.is_class(module),
        }
    }

    fn look_up<'m>(&'m self, module: &'m Module, name: &str) -> Step<'m, 'm> {
        if let Some(class) = module.class(name) {
            return Step::Found(Resolved::Class(module, class));
        }
        let (first, rest) = name
            .split_once('.')
            .map_or((name, None), |(first, rest)| (first, Some(rest)));
        match (module.bindings.get(first), rest) {
            (Some(Value::Name(path)), None) => Step::GoOn(Cow::Borrowed(path)),
            (Some(Value::Name(path)), Some(rest)) => self.attribute_of(module, path, rest),
            // Of an object of a class of this module.
            (Some(Value::Call(call)), Some(rest)) => self.attribute_of(module, &call.path, rest),
            (Some(value), None) => Step::Found(Resolved::Value(value)),
            (Some(_), Some(_)) => Step::Nothing,
            (None, _) => match module.star_imports.iter().find(|star| self.exports(star, first)) {
                Some(star) => Step::GoOn(Cow::Owned(format!("{star}.{name}"))),
                None => self.unread_star(module),
            },
        }
    }

    /// `rest` of something bound to `path`: an attribute of a class of this module, or of something elsewhere.
    fn attribute_of<'m>(&'m self, module: &'m Module, path: &str, rest: &str) -> Step<'m, 'm> {
        let here = path
            .strip_prefix(module.path.as_str())
            .and_then(|name| name.strip_prefix('.'));
        let Some(class) = here.and_then(|name| module.class(name)) else {
            return Step::GoOn(Cow::Owned(format!("{path}.{rest}")));
        };
        match class.attribute(rest).map(|attribute| &attribute.value) {
            Some(Value::Name(path)) => return Step::GoOn(Cow::Borrowed(path)),
            Some(value) => return Step::Found(Resolved::Value(value)),
            None => {}
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

    fn unread_star<'m>(&self, module: &'m Module) -> Step<'m, 'm> {
        let unread = module.star_imports.iter().find(|star| !self.knows(star));
        match unread {
            Some(star) if is_followed(star) => Step::Missing(star),
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
        let asked = migration.asked.iter().filter(|module| !self.knows(module));
        search.wanted.extend(asked.cloned());
        search.wanted
    }

    /// A value with names of other modules replaced by what they are bound to there, and calls of their functions by
    /// what they return. Names of classes and functions become those of the module that defines them.
    #[must_use]
    pub fn resolve<'v>(&self, home: &Module, value: &'v Value, asked: &mut Vec<String>) -> Cow<'v, Value> {
        let mut resolution = Resolution {
            modules: self,
            home,
            budget: MAX_SIZE,
            asked,
        };
        resolution.replaced(value, 0).map_or(Cow::Borrowed(value), Cow::Owned)
    }
}

impl Module {
    /// Whether no other module has a say in what its classes hold: it can be read before any other is.
    #[must_use]
    pub fn stands_alone(&self) -> bool {
        let is_foreign = |path: &str| {
            let own = path.strip_prefix(self.path.as_str());
            is_followed(path) && !own.is_some_and(|name| name.starts_with('.'))
        };
        let is_own = |value: &Value| !names(value, &is_foreign);
        !self.has_methods()
            && self.asked.is_empty()
            && self.classes.iter().all(|class| {
                class.bases.iter().all(is_own) && class.attributes.iter().all(|attribute| is_own(&attribute.value))
            })
    }

    /// Forgets the values of names and attributes, which nobody needs once the migration has been read.
    pub fn forget_values(&mut self) {
        self.syntax = None;
        self.bindings = FxHashMap::default();
        for class in &mut self.classes {
            class.attributes = Vec::new();
        }
    }
}

/// Whether a value holds a name, or a call of one, for which `wanted` is true.
fn names(value: &Value, wanted: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::Name(path) => wanted(path),
        Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::Operation(_, items) => {
            items.iter().any(|item| names(item, wanted))
        }
        Value::Dict(items) => items
            .iter()
            .any(|(key, value)| names(key, wanted) || names(value, wanted)),
        Value::Call(call) => {
            wanted(&call.path)
                || call.args.iter().any(|value| names(value, wanted))
                || call.kwargs.iter().any(|(_, value)| names(value, wanted))
        }
        Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Str(_)
        | Value::Bytes(_)
        | Value::Setting(_)
        | Value::Function(_)
        | Value::Unknown(_) => false,
    }
}

struct Resolution<'r> {
    modules: &'r Modules,
    home: &'r Module,
    budget: usize,
    asked: &'r mut Vec<String>,
}

impl Resolution<'_> {
    /// The items with those in them replaced that change; `None` where none does, so that nothing is copied.
    fn each(&mut self, items: &[Value], depth: usize) -> Option<Vec<Value>> {
        let mut changed: Option<Vec<Value>> = None;
        for (at, item) in items.iter().enumerate() {
            if let Some(value) = self.replaced(item, depth) {
                changed.get_or_insert_with(|| items.to_vec())[at] = value;
            }
        }
        changed
    }

    /// The same for items with names.
    fn each_named<N: Clone>(&mut self, items: &[(N, Value)], depth: usize) -> Option<Vec<(N, Value)>> {
        let mut changed: Option<Vec<(N, Value)>> = None;
        for (at, (_, item)) in items.iter().enumerate() {
            if let Some(value) = self.replaced(item, depth) {
                changed.get_or_insert_with(|| items.to_vec())[at].1 = value;
            }
        }
        changed
    }

    /// What a value comes to; `None` where that is the value itself.
    fn replaced(&mut self, value: &Value, depth: usize) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        let depth = depth + 1;
        match value {
            Value::Name(path) => self.replaced_name(path, depth),
            Value::List(items) => self.each(items, depth).map(Value::List),
            Value::Tuple(items) => self.each(items, depth).map(Value::Tuple),
            Value::Set(items) => self.each(items, depth).map(Value::Set),
            Value::Dict(items) => self.each_named(items, depth).map(Value::Dict),
            Value::Operation(operator, items) => {
                let mut items = self.each(items, depth)?;
                Some(match (items.pop(), items.pop()) {
                    (Some(right), Some(left)) => operators::binary(*operator, left, right),
                    (Some(only), None) => Value::Operation(*operator, vec![only]),
                    (None, _) => Value::Operation(*operator, items),
                })
            }
            Value::Call(call) => self.replaced_call(call, depth),
            Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Str(_)
            | Value::Bytes(_)
            | Value::Setting(_)
            | Value::Function(_)
            | Value::Unknown(_) => None,
        }
    }

    fn replaced_call(&mut self, call: &Call, depth: usize) -> Option<Value> {
        let (args, kwargs) = (self.each(&call.args, depth), self.each_named(&call.kwargs, depth));
        let mut path = None;
        if is_followed(&call.path) {
            match self.modules.find_from(Some(self.home), &call.path) {
                Some(Resolved::Class(module, class)) => {
                    // `Status("a")` is the member with that value.
                    let given = args.as_deref().unwrap_or(&call.args);
                    if let ([value], []) = (given, call.kwargs.as_slice())
                        && let Some(member) = class.member_with_value(value)
                    {
                        return Some(member.clone());
                    }
                    path = Some(format!("{}.{}", module.path, class.name));
                }
                Some(Resolved::Value(Value::Function(function))) => {
                    let arguments = Arguments {
                        args: args.clone().unwrap_or_else(|| call.args.clone()),
                        kwargs: kwargs.clone().unwrap_or_else(|| call.kwargs.clone()),
                        ranges: Vec::new(),
                    };
                    if let Some(value) = self.modules.call_function(self.home, function, &arguments, self.asked) {
                        let value = placed(value, call);
                        return Some(self.replaced(&value, depth + 10).unwrap_or(value));
                    }
                }
                Some(Resolved::Value(_)) | None => {}
            }
        }
        if args.is_none() && kwargs.is_none() && path.as_ref().is_none_or(|path| *path == call.path) {
            return None;
        }
        Some(Value::Call(Arc::new(Call {
            path: path.unwrap_or_else(|| call.path.clone()),
            args: args.unwrap_or_else(|| call.args.clone()),
            kwargs: kwargs.unwrap_or_else(|| call.kwargs.clone()),
            range: call.range,
            name_range: call.name_range,
            arg_ranges: call.arg_ranges.clone(),
        })))
    }

    fn replaced_name(&mut self, path: &str, depth: usize) -> Option<Value> {
        if !is_followed(path) {
            return None;
        }
        match self.modules.find_from(Some(self.home), path)? {
            Resolved::Class(module, class) => Some(Value::Name(format!("{}.{}", module.path, class.name))),
            Resolved::Value(Value::Function(function)) => {
                Some(self.modules.as_default(self.home, function.as_ref().clone()))
            }
            Resolved::Value(value) => {
                let size = super::evaluate::size(value);
                if size > self.budget {
                    return None;
                }
                self.budget -= size;
                Some(self.replaced(value, depth).unwrap_or_else(|| value.clone()))
            }
        }
    }
}

/// A value made elsewhere, with the place of the call that it stands for: places there mean nothing here.
fn placed(value: Value, at: &Call) -> Value {
    match value {
        Value::Call(call) => {
            let mut call = Arc::unwrap_or_clone(call);
            call.range = at.range;
            call.name_range = at.name_range;
            call.arg_ranges = vec![at.range; call.args.len() + call.kwargs.len()];
            call.args = call.args.into_iter().map(|value| placed(value, at)).collect();
            let kwargs = call.kwargs.into_iter();
            call.kwargs = kwargs.map(|(name, value)| (name, placed(value, at))).collect();
            Value::Call(Arc::new(call))
        }
        Value::List(items) => Value::List(items.into_iter().map(|item| placed(item, at)).collect()),
        Value::Tuple(items) => Value::Tuple(items.into_iter().map(|item| placed(item, at)).collect()),
        Value::Unknown(mut unknown) => {
            unknown.range = at.range;
            Value::Unknown(unknown)
        }
        value => value,
    }
}

/// Whether a path may lead to a module of the project or of a package: Django and Python are known.
pub(super) fn is_followed(path: &str) -> bool {
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
        match self.modules.look(Some(self.migration), path) {
            Look::Missing(module) => {
                if !self.wanted.contains(&module) {
                    self.wanted.push(module);
                }
            }
            Look::Found(Resolved::Class(module, class)) if module.path != self.migration.path => {
                class.bases.iter().for_each(|base| self.value(base, 1));
            }
            Look::Found(Resolved::Value(value)) => self.value(value, 1),
            Look::Found(Resolved::Class(..)) | Look::Nothing(_) => {}
        }
    }
}
