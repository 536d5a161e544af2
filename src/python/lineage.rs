//! The classes that an object's methods are looked for in, nearest first.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::resolve::Look;
use super::{Class, Module, Modules, Resolved, canonical};
use crate::value::Value;

/// Classes deriving from each other deeper than this are a circle.
const MAX_BASES: usize = 16;

/// The object whose method is being run.
#[derive(Clone)]
pub(super) struct Receiver<'a> {
    pub(super) classes: Arc<[(&'a Module, &'a Class)]>,
    /// The class that the running method is one of.
    pub(super) at: usize,
    /// What methods of the class below all of these return.
    pub(super) base: Arc<FxHashMap<&'static str, Value>>,
}

/// A class with those that it derives from.
#[derive(Debug, Default)]
pub(super) struct Lineage<'a> {
    /// Classes that were read, nearest first, down to the base.
    pub(super) classes: Vec<(&'a Module, &'a Class)>,
    /// The first class that is known and needs no reading.
    pub(super) base: Option<String>,
    /// Classes that were neither read nor are known.
    pub(super) missing: Vec<String>,
    /// Modules to be read first.
    pub(super) asked: Vec<String>,
}

enum Ancestor<'a> {
    Read(&'a Module, &'a Class),
    Known(String),
}

impl<'a> Lineage<'a> {
    /// The lineage of the class with this path. `is_known` names the classes to stop at.
    pub(super) fn of(
        modules: &'a Modules,
        home: Option<&'a Module>,
        path: &str,
        is_known: &dyn Fn(&str) -> bool,
    ) -> Self {
        let mut lineage = Self::default();
        let mut order: Vec<Ancestor<'a>> = Vec::new();
        let search = Search {
            modules,
            home,
            is_known,
        };
        search.visit(path, &mut order, &mut lineage, 0);
        keep_last(&mut order);
        // A bare `Field` is below every other class of Django.
        let is_abstract = |path: &str| path == "django.db.models.Field";
        let known = |ancestor: &Ancestor<'a>| match ancestor {
            Ancestor::Known(path) => Some(path.clone()),
            Ancestor::Read(..) => None,
        };
        let base = order
            .iter()
            .position(|ancestor| known(ancestor).is_some_and(|path| !is_abstract(&path)));
        let base = base.or_else(|| order.iter().position(|ancestor| known(ancestor).is_some()));
        if let Some(base) = base {
            lineage.base = known(&order[base]);
            order.truncate(base);
        }
        lineage.classes = order
            .into_iter()
            .filter_map(|ancestor| match ancestor {
                Ancestor::Read(module, class) => Some((module, class)),
                Ancestor::Known(_) => None,
            })
            .collect();
        lineage
    }
}

struct Search<'a, 's> {
    modules: &'a Modules,
    home: Option<&'a Module>,
    is_known: &'s dyn Fn(&str) -> bool,
}

impl<'a> Search<'a, '_> {
    /// Depth first, left to right.
    fn visit(&self, path: &str, order: &mut Vec<Ancestor<'a>>, lineage: &mut Lineage<'a>, depth: usize) {
        if adds_nothing(path) || depth > MAX_BASES {
            return;
        }
        if (self.is_known)(path) {
            order.push(Ancestor::Known(path.to_owned()));
            return;
        }
        match self.modules.look(self.home, path) {
            Look::Found(Resolved::Class(module, class)) => {
                order.push(Ancestor::Read(module, class));
                let bases = class.bases.iter().flat_map(base_paths);
                bases.for_each(|base| self.visit(&canonical(base), order, lineage, depth + 1));
            }
            // Re-exported from a class that needs no reading.
            Look::Nothing(end) if end != path => self.visit(&canonical(&end), order, lineage, depth + 1),
            Look::Missing(module) => {
                lineage.asked.push(module);
                lineage.missing.push(path.to_owned());
            }
            Look::Found(Resolved::Value(_)) | Look::Nothing(_) => lineage.missing.push(path.to_owned()),
        }
    }
}

/// Classes that say something to who checks types, and nothing to who runs the code.
fn adds_nothing(path: &str) -> bool {
    matches!(path, "builtins.object" | "abc.ABC")
        || path.starts_with("typing.") && path != "typing.NamedTuple"
        || path.starts_with("typing_extensions.")
}

/// The classes that an entry of a class statement's bases stands for.
fn base_paths(base: &Value) -> Vec<&str> {
    match base {
        Value::Name(path) => vec![path],
        // `with_metaclass(Meta, Base)` of six and old Django.
        Value::Call(call) if call.path.ends_with("with_metaclass") => {
            call.args.iter().skip(1).flat_map(base_paths).collect()
        }
        _ => Vec::new(),
    }
}

/// Of a class that comes twice the last counts, as in Python.
fn keep_last(order: &mut Vec<Ancestor<'_>>) {
    let path = |ancestor: &Ancestor<'_>| match ancestor {
        Ancestor::Read(module, class) => format!("{}.{}", module.path, class.name),
        Ancestor::Known(path) => path.clone(),
    };
    let paths: Vec<String> = order.iter().map(path).collect();
    let mut at = 0;
    order.retain(|_| {
        at += 1;
        !paths[at..].contains(&paths[at - 1])
    });
}
