//! Settings that are the attributes of a class: django-configurations, and projects that do so by themselves.

use rustc_hash::FxHashMap;

use super::reader::{Gap, Reader};
use crate::python::{Class, InclusionOrigin, Module, Modules};
use crate::value::Value;

/// How many rounds of modules are read for the bases of a class.
const MAX_ROUNDS: usize = 8;
/// Classes that inherit more often than this do so in a circle.
const MAX_DEPTH: usize = 32;

/// What marks the settings of a project.
const MARK: &str = "INSTALLED_APPS";

/// What the class of a module binds that its settings are; `None` where the module binds them itself.
///
/// `named` is what `DJANGO_CONFIGURATION` says.
pub(super) fn settings(reader: &mut Reader<'_>, module: &str, named: Option<&str>) -> Option<FxHashMap<String, Value>> {
    if reader.chain().any(|module| module.bindings.contains_key(MARK)) {
        return None;
    }
    if reader.modules.get(module)?.classes.is_empty() {
        return None;
    }
    for _ in 0..MAX_ROUNDS {
        let wanted = reader.modules.wanted(reader.modules.get(module)?, &|_| false);
        if wanted.is_empty() {
            break;
        }
        reader.finder.load_all(wanted, &mut reader.modules);
    }
    let home = reader.modules.get(module)?;
    let loaded = home.inclusions.iter().find_map(|inclusion| match &inclusion.origin {
        // `Production.load_settings(__name__)`
        InclusionOrigin::Code(Value::Call(call)) => {
            let (class, _) = call.path.rsplit_once('.')?;
            Some(class.rsplit('.').next()?.to_owned())
        }
        InclusionOrigin::Code(_) | InclusionOrigin::Star(_) => None,
    });
    let wanted = named.map(str::to_owned).or(loaded.clone());
    let bound = |class: &Class| {
        let mut bound = Bound::default();
        bound.add(&reader.modules, home, class, 0);
        bound.marked.then_some(bound)
    };
    let by_name = wanted.and_then(|name| home.class(&name)).and_then(bound);
    let bound = by_name.or_else(|| home.classes.iter().rev().find_map(bound))?;
    let (values, gaps) = (bound.values, bound.gaps);
    let values = values.into_iter().map(|(name, (path, value))| {
        let value = match reader.modules.get(&path) {
            Some(home) => reader.resolved(home, &value),
            None => value,
        };
        (name, value)
    });
    let values = values.collect();
    // The call that loads the class was followed.
    if loaded.is_some() {
        reader
            .gaps
            .retain(|gap| !gap.description.starts_with(&format!("{module} calls")));
    }
    reader.gaps.extend(gaps);
    Some(values)
}

/// What a class and its bases bind.
#[derive(Default)]
struct Bound {
    /// By the path of the module in which each value stands.
    values: FxHashMap<String, (String, Value)>,
    gaps: Vec<Gap>,
    /// Whether one of them names the installed apps.
    marked: bool,
}

impl Bound {
    fn gap(&mut self, description: String) {
        self.gaps.push(Gap::new(description));
    }

    /// Adds a class: bases from the last to the first, then itself.
    fn add(&mut self, modules: &Modules, home: &Module, class: &Class, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        for base in class.bases.iter().rev() {
            match base {
                Value::Name(path) => match modules.class(home, path) {
                    Some((home, class)) => self.add(modules, home, class, depth + 1),
                    None if is_plain(path) => {}
                    None => self.gap(format!("`{}` derives from `{path}`, which is not at hand", class.name)),
                },
                _ => self.gap(format!("`{}` has a base that is not a name", class.name)),
            }
        }
        for attribute in &class.attributes {
            let value = (home.path.clone(), attribute.value.clone());
            self.values.insert(attribute.name.clone(), value);
        }
        // A property is computed when it is asked.
        for method in &class.methods {
            if method.name.chars().all(|letter| !letter.is_lowercase()) {
                let value = Value::Name(format!("{}.{}.{}", home.path, class.name, method.name));
                self.values.insert(method.name.clone(), (home.path.clone(), value));
            }
        }
        self.marked |= self.values.contains_key(MARK);
    }
}

/// Bases that bind no setting that decides DDL.
fn is_plain(path: &str) -> bool {
    ["builtins.", "configurations.", "abc.", "typing."]
        .iter()
        .any(|known| path.starts_with(known))
}
