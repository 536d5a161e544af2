//! A migration module's values to a [`Migration`]: operations, fields, options, with a gap for all that is unreadable.

mod arguments;
mod constraints;
mod custom_classes;
mod deploy_marks;
mod field_classes;
mod fields;
mod indexes;
mod operations;
mod options;
mod own_column;
mod own_methods;
mod packaged;
mod rewritten_removals;
mod schema_calls;
mod subclasses;
mod syzygy;

pub use field_classes::missing_in_django;

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use super::deploy::Stages;
use super::{Dependency, Gap, Migration, MigrationKey, OperationPath, Owner, Ownership};
use crate::packages::{CustomFields, RewrittenRemovals};
use crate::python::{Attribute, Class, Module, Modules, Object};
use crate::source::Range;
use crate::value::Value;

/// The class that every migration derives from.
const BASE: &str = "django.db.migrations.Migration";
/// Methods of a migration that may change what it runs; `__init__` and `apply` are followed.
const TAKING_OVER: [&str; 6] = [
    "__new__",
    "__init_subclass__",
    "__getattribute__",
    "__getattr__",
    "mutate_state",
    "operations",
];
/// Classes deriving from each other deeper than this are a circle.
const MAX_BASES: usize = 16;

/// What reading migrations depends on besides the migration itself.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// Other modules that were read: field classes, constants, base classes.
    pub modules: &'a Modules,
    /// Field classes described by data: packages that we know, and the configuration.
    pub fields: &'a CustomFields,
    /// What rewrites removals of fields in the project's own migrations before they run.
    pub rewritten_removals: Option<&'a RewrittenRemovals>,
}

/// One migration while it is being read.
struct Reading<'a> {
    module: &'a Module,
    modules: &'a Modules,
    fields: &'a CustomFields,
    /// The app whose models the operations act on.
    app: String,
    gaps: Vec<Gap>,
    /// What is being read.
    current: Current,
    /// Modules to be read before this migration can be read in full.
    asked: RefCell<Vec<String>>,
    /// Flags of the environment that decided which operations there are.
    assumed: RefCell<Vec<String>>,
    /// The stages of the operations read so far.
    stages: Stages,
    rewritten_removals: Option<&'a RewrittenRemovals>,
}

/// The operation that is being read, or the class as long as none is.
#[derive(Clone, Debug, Default)]
struct Current {
    path: OperationPath,
    /// Where it stands in the migration file.
    range: Range,
    /// Whether its class is not Django's, and makes of its arguments what it likes.
    class: ClassOf,
    /// The class that a function of the project makes it of.
    made: Option<String>,
}

/// Whose class an operation is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum ClassOf {
    #[default]
    Django,
    Project,
}

/// A migration, and the modules to be read before all of it can be.
#[derive(Debug)]
pub struct Read {
    /// As far as it could be read.
    pub migration: Migration,
    /// Read them, and read the migration again.
    pub asked: Vec<String>,
    /// Flags of the environment that decided which operations it has, beside those that its module has taken.
    pub assumed: Vec<String>,
}

/// The class `Migration` and everything it inherits from, nearest first.
struct MigrationClass<'a> {
    lineage: Vec<&'a Class>,
}

impl Reader<'_> {
    /// Reads a migration. What cannot be read is a gap; a module without a migration class gives one without operations.
    #[must_use]
    pub fn read(&self, module: &Module, key: MigrationKey, ownership: Ownership) -> Read {
        let mut reading = Reading {
            module,
            modules: self.modules,
            fields: self.fields,
            app: key.app.clone(),
            gaps: Vec::new(),
            current: Current::default(),
            asked: RefCell::default(),
            assumed: RefCell::default(),
            stages: Stages::default(),
            rewritten_removals: self.rewritten_removals.filter(|_| ownership == Ownership::Project),
        };
        let class = reading.migration_class();
        let class_range = class.lineage.first().map_or(Range::default(), |class| class.name_range);
        reading.current.range = class_range;
        let dependencies = reading.dependencies(&class, "dependencies");
        let has_unread_dependencies = !reading.gaps.is_empty();
        let run_before = reading.dependencies(&class, "run_before");
        let replaces = reading.replaces(&class);
        let atomic = reading.atomic(&class);
        let initial = reading
            .attribute(&class, "initial")
            .is_some_and(|(value, _)| value.as_bool() == Some(true));
        let mark = reading.deploy_mark(&class);
        reading.note_unfollowed(&class);
        let operations = reading.all_operations(&class);
        let acts_on = reading.app;
        let stages = reading.stages;
        let gaps = reading.gaps;
        let (asked, assumed) = (reading.asked.into_inner(), reading.assumed.into_inner());
        let migration = Migration {
            key,
            acts_on,
            source: Arc::clone(&module.source),
            ownership,
            atomic,
            initial,
            class_range,
            dependencies,
            has_unread_dependencies,
            run_before,
            mark,
            stages,
            replaces,
            operations,
            gaps,
            comments: module.comments.clone(),
        };
        Read {
            migration,
            asked,
            assumed,
        }
    }
}

/// Whether a module holds a migration: a class `Migration` that derives from Django's.
///
/// A syntax error is no gap of the migration but a problem of its file, and reported there.
#[must_use]
pub fn is_migration(module: &Module) -> bool {
    let is_object = |base: &Value| matches!(base, Value::Name(path) if path == "builtins.object");
    module
        .class("Migration")
        .is_some_and(|class| !class.bases.iter().all(is_object))
}

/// Whether its class says more than that it is one: a base for others has neither operations nor dependencies.
#[must_use]
pub fn says_something(module: &Module) -> bool {
    let class = module.class("Migration");
    class.is_some_and(|class| {
        ["operations", "dependencies", "replaces"]
            .iter()
            .any(|name| class.attribute(name).is_some())
    })
}

impl<'a> Reading<'a> {
    fn gap(&mut self, range: Range, reason: impl Into<String>) {
        self.gap_of(Owner::Migration, range, reason);
    }

    fn gap_of(&mut self, owner: Owner, range: Range, reason: impl Into<String>) {
        let (range, elsewhere) = self.site(range, self.current.range);
        self.gaps.push(Gap {
            range,
            elsewhere,
            operation: None,
            reason: reason.into(),
            owner,
        });
    }

    /// The owner of a value that is not known.
    fn owner_of_value(&self, value: &Value) -> Owner {
        match value {
            Value::Setting(name) => Owner::Setting(name.clone()),
            Value::Name(path) if path.contains('.') && !path.starts_with('<') => match self.owner_of(path) {
                Owner::Elsewhere(path) => Owner::Elsewhere(path),
                // What it is bound to is known, and not evaluated.
                Owner::Migration | Owner::Setting(_) | Owner::FieldClass(_) | Owner::Code(_) => Owner::Migration,
            },
            Value::Unknown(unknown) => unknown
                .about
                .as_ref()
                .map_or(Owner::Migration, |about| self.owner_of_value(about)),
            Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::Operation(_, items) => {
                let mut owners = items.iter().map(|item| self.owner_of_value(item));
                owners.find(|owner| *owner != Owner::Migration).unwrap_or_default()
            }
            Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Str(_)
            | Value::Bytes(_)
            | Value::Dict(_)
            | Value::Name(_)
            | Value::Call(_)
            | Value::Function(_) => Owner::Migration,
        }
    }

    /// The owner of what a class or function outside of Django does.
    fn owner_of(&self, path: &str) -> Owner {
        if path.starts_with("django.") {
            return Owner::Migration;
        }
        match self.modules.find_from(Some(self.module), path) {
            Some(_) => Owner::Code(path.to_owned()),
            None => Owner::Elsewhere(path.to_owned()),
        }
    }

    /// The place in the migration file, and the one in another file, where a value from there is the matter. `around` is
    /// what brings it into the migration.
    fn site(&self, range: Range, around: Range) -> (Range, Option<Range>) {
        if self.is_home(range) {
            (range, None)
        } else if self.is_home(around) {
            (around, Some(range))
        } else {
            (self.current.range, Some(range))
        }
    }

    /// Whether a range lies in the migration file; one without a file means its beginning.
    fn is_home(&self, range: Range) -> bool {
        range.file == self.module.source.id || range == Range::default()
    }

    fn migration_class(&mut self) -> MigrationClass<'a> {
        let Some(class) = self.module.class("Migration") else {
            self.gap(Range::default(), "the module has no class `Migration`");
            return MigrationClass { lineage: Vec::new() };
        };
        let lineage = self.lineage(class, 0);
        MigrationClass { lineage }
    }

    /// A class and its bases in the order in which Python asks them (C3).
    fn lineage(&mut self, class: &'a Class, depth: usize) -> Vec<&'a Class> {
        if depth >= MAX_BASES {
            return vec![class];
        }
        let bases = self.base_classes(class);
        let mut lists: Vec<Vec<&'a Class>> = bases.iter().map(|base| self.lineage(base, depth + 1)).collect();
        lists.push(bases);
        let mut lineage = vec![class];
        lineage.extend(merged(lists));
        lineage
    }

    fn base_classes(&mut self, class: &'a Class) -> Vec<&'a Class> {
        let mut bases = Vec::new();
        for base in &class.bases {
            let path = match base {
                Value::Name(path) if path == BASE || path == "builtins.object" => continue,
                Value::Name(path) => path,
                _ => {
                    self.gap(class.name_range, "a base class of the migration is not a plain name");
                    continue;
                }
            };
            match self.modules.class(self.module, path) {
                Some((_, class)) => bases.push(class),
                None => self.gap_of(
                    Owner::Elsewhere(path.clone()),
                    class.name_range,
                    format!("the migration derives from `{path}`, which was not found"),
                ),
            }
        }
        bases
    }

    /// What may give the class other operations than it has written down, and is not followed.
    fn note_unfollowed(&mut self, class: &MigrationClass<'a>) {
        for (range, reason) in &self.module.unfollowed {
            self.gap(*range, reason.clone());
        }
        let Some(own) = class.lineage.first() else { return };
        for (index, class) in class.lineage.iter().enumerate() {
            if let Some(maker) = &class.remade_by {
                self.gap(
                    own.name_range,
                    format!("`{maker}` may change the operations, and is not followed"),
                );
            }
            let taking = TAKING_OVER.iter().filter(|name| class.method(name).is_some());
            // It is about classes that derive from it.
            for name in taking.filter(|name| index > 0 || **name != "__init_subclass__") {
                let reason = format!("`{name}` of the migration may change its operations, and is not followed");
                self.gap(own.name_range, reason);
            }
        }
    }

    /// A class attribute with names of other modules filled in.
    fn attribute(&self, class: &MigrationClass<'a>, name: &str) -> Option<(Cow<'a, Value>, Range)> {
        let attribute: &'a Attribute = class.lineage.iter().find_map(|class| class.attribute(name))?;
        Some((self.resolved(&attribute.value), attribute.range))
    }

    /// A value with names of other modules filled in; borrowed where no other module was read.
    fn resolved(&self, value: &'a Value) -> Cow<'a, Value> {
        if self.modules.is_empty() {
            return Cow::Borrowed(value);
        }
        let mut asked = self.asked.borrow_mut();
        self.modules.resolve(self.module, value, &mut asked)
    }

    /// An object of a class that derives from one that `is_known`.
    fn object(&self, path: &str, is_known: &dyn Fn(&str) -> bool) -> Object<'a> {
        Object::new(self.modules, self.module, path, is_known)
    }

    /// Keeps what an object asked for.
    fn done_with(&self, object: &Object<'_>) {
        self.asked.borrow_mut().extend(object.asked().iter().cloned());
    }

    fn atomic(&mut self, class: &MigrationClass<'a>) -> bool {
        let Some((value, range)) = self.attribute(class, "atomic") else {
            return true;
        };
        value.as_bool().unwrap_or_else(|| {
            self.gap(range, "`atomic` is not a constant; it is taken to be True");
            true
        })
    }

    fn dependencies(&mut self, class: &MigrationClass<'a>, name: &str) -> Vec<Dependency> {
        let mut dependencies = Vec::new();
        for (item, range) in self.listed(class, name) {
            match dependency(&item) {
                Some(dependency) => dependencies.push(dependency),
                None => self.gap(range, format!("an item of `{name}` is not readable{}", why(&item))),
            }
        }
        dependencies
    }

    fn replaces(&mut self, class: &MigrationClass<'a>) -> Vec<MigrationKey> {
        let mut replaces = Vec::new();
        for (item, range) in self.listed(class, "replaces") {
            match pair(&item) {
                Some(key) => replaces.push(key),
                None => self.gap(range, format!("an item of `replaces` is not readable{}", why(&item))),
            }
        }
        replaces
    }

    /// The items of a list attribute, each with the best range there is.
    fn listed(&mut self, class: &MigrationClass<'a>, name: &str) -> Vec<(Value, Range)> {
        let Some((value, range)) = self.attribute(class, name) else {
            return Vec::new();
        };
        let mut items = Vec::new();
        flatten(value.into_owned(), &mut items);
        items.into_iter().map(|item| (item, range)).collect()
    }
}

/// Lists of classes as one, in which none comes before a class that it stands behind in any of them. Python refuses classes
/// of which there is no such order; here the first that is left comes next.
fn merged(mut lists: Vec<Vec<&Class>>) -> Vec<&Class> {
    let mut merged: Vec<&Class> = Vec::new();
    loop {
        lists.retain(|list| !list.is_empty());
        let heads = || lists.iter().filter_map(|list| list.first().copied());
        let is_behind = |class: &Class| {
            lists
                .iter()
                .any(|list| list[1..].iter().any(|other| std::ptr::eq(*other, class)))
        };
        let Some(next) = heads().find(|head| !is_behind(head)).or_else(|| heads().next()) else {
            return merged;
        };
        merged.push(next);
        lists
            .iter_mut()
            .for_each(|list| list.retain(|class| !std::ptr::eq(*class, next)));
    }
}

/// The items of a list, and of lists added to each other; what is no list stays one item.
fn flatten(value: Value, items: &mut Vec<Value>) {
    match value {
        Value::List(more) | Value::Tuple(more) | Value::Set(more) => items.extend(more),
        Value::Operation(crate::value::Operator::Add, operands) => {
            operands.into_iter().for_each(|operand| flatten(operand, items));
        }
        Value::None => {}
        value => items.push(value),
    }
}

/// `: reason` of the first unknown in a value, else nothing.
fn why(value: &Value) -> String {
    value
        .unknown()
        .map_or_else(String::new, |unknown| format!(": {}", unknown.reason))
}

fn dependency(value: &Value) -> Option<Dependency> {
    if let Some(key) = pair(value) {
        return Some(Dependency::Migration(key));
    }
    match value {
        Value::Call(call) if call.path == "django.db.migrations.swappable_dependency" => {
            match call.argument(0, "value")? {
                Value::Str(model) => {
                    let (app, _) = model.split_once('.')?;
                    Some(Dependency::Migration(MigrationKey::new(app, "__first__")))
                }
                setting => setting_name(setting).map(Dependency::Swappable),
            }
        }
        _ => None,
    }
}

fn pair(value: &Value) -> Option<MigrationKey> {
    match value.as_items()? {
        [Value::Str(app), Value::Str(name)] => Some(MigrationKey::new(&**app, &**name)),
        _ => None,
    }
}

/// `settings.NAME` or `getattr(settings, "NAME", ...)`.
fn setting_name(value: &Value) -> Option<String> {
    match value {
        Value::Setting(name) => Some(name.clone()),
        Value::Call(call) if call.path == "builtins.getattr" => match call.args.as_slice() {
            [Value::Name(settings), Value::Str(name), ..] if settings == "django.conf.settings" => {
                Some(name.to_string())
            }
            _ => None,
        },
        _ => None,
    }
}
