//! What an engine of the project's own is made of: the classes of its `base` module.

use crate::project::modules::Finder;
use crate::python::{Class, Module, Modules};
use crate::value::Value;

/// An engine may derive from one that derives from another, and so on.
const DEEPEST: u8 = 8;

/// What an engine's schema editor derives from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::project) enum Lineage {
    /// It is that of this engine.
    Of(String),
    /// The project's own, which has that of the zero-downtime backend among its classes.
    ZeroDowntime,
}

/// Reads `DatabaseWrapper` of the engine's `base` module.
pub(in crate::project) fn lineage(engine: &str, finder: &Finder) -> Option<Lineage> {
    let mut modules = Modules::new(finder.django);
    wrapper(&format!("{engine}.base.DatabaseWrapper"), finder, &mut modules, 0)
}

fn wrapper(path: &str, finder: &Finder, modules: &mut Modules, depth: u8) -> Option<Lineage> {
    if let Some(engine) = path.strip_suffix(".base.DatabaseWrapper").filter(|_| depth > 0)
        && super::is_known(engine)
    {
        return Some(Lineage::Of(engine.to_owned()));
    }
    let (module, class) = class(path, finder, modules, depth)?;
    if let Some(editor) = class.attribute("SchemaEditorClass") {
        let Value::Name(path) = &editor.value else {
            return None;
        };
        return is_zero_downtime(&qualified(&module, path), finder, modules, depth + 1)
            .then_some(Lineage::ZeroDowntime);
    }
    let bases = class.bases.iter().filter_map(|base| match base {
        Value::Name(path) => Some(qualified(&module, path)),
        _ => None,
    });
    let bases: Vec<String> = bases.collect();
    bases.iter().find_map(|base| wrapper(base, finder, modules, depth + 1))
}

/// Whether a schema editor derives from the backend's, or hands on to one that does.
fn is_zero_downtime(path: &str, finder: &Finder, modules: &mut Modules, depth: u8) -> bool {
    const PACKAGE: &str = "django_zero_downtime_migrations";
    if path.starts_with(PACKAGE) {
        return true;
    }
    let Some((module, _)) = class(path, finder, modules, depth) else {
        return false;
    };
    let names_it = |value: &Value| matches!(value, Value::Name(path) if path.starts_with(PACKAGE));
    let derives = |class: &Class| class.bases.iter().any(names_it);
    module.classes.iter().any(derives) || module.bindings.values().any(names_it)
}

/// The class at a dotted path, with its module, read for this alone.
fn class(path: &str, finder: &Finder, modules: &mut Modules, depth: u8) -> Option<(Module, Class)> {
    let (home, name) = path.rsplit_once('.')?;
    if depth > DEEPEST {
        return None;
    }
    let module = finder.module(home, modules)?;
    if let Some(class) = module.class(name).cloned() {
        return Some((module, class));
    }
    match module.bindings.get(name) {
        Some(Value::Name(other)) if other != path => class(other, finder, modules, depth + 1),
        _ => None,
    }
}

/// A name as the module gives it: its own have its path already, or none.
fn qualified(module: &Module, path: &str) -> String {
    if path.contains('.') {
        path.to_owned()
    } else {
        format!("{}.{path}", module.path)
    }
}
