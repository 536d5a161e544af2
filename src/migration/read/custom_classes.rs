//! Fields whose class is not Django's: found in the project's modules, or described by data.

use super::Reading;
use super::arguments::not_readable;
use super::custom_fields::CustomField;
use super::field_classes::{FieldClass, internal_type};
use super::fields::{by_name, unknown_field};
use super::lineage::{Given, substitute};
use crate::migration::field::{Field, FieldKind};
use crate::python::{Class, Method, Step, canonical};
use crate::value::{Call, Value};

/// One class on the way from a custom field down to Django's.
enum Ancestor<'a> {
    Class(&'a Class),
    Described(&'a CustomField),
}

/// All classes from a custom field to what decides its column.
struct Lineage<'a> {
    ancestors: Vec<Ancestor<'a>>,
    /// Base classes that were not found.
    missing: Vec<String>,
}

impl Reading<'_> {
    pub(super) fn custom_field(&self, call: &Call, depth: usize) -> Field {
        let mut lineage = Lineage {
            ancestors: Vec::new(),
            missing: Vec::new(),
        };
        let Some(class) = self.descend(&call.path, &mut lineage, 0) else {
            let missing = lineage.missing.first().map_or(call.path.as_str(), String::as_str);
            return unknown_field(&call.path, not_known(&call.path, missing), call.range);
        };
        let path = self.own_path(&call.path);
        let mut given = Given::of(call);
        let mut doubts = Vec::new();
        for ancestor in &lineage.ancestors {
            given = match ancestor {
                Ancestor::Class(class) => match class.method("__init__") {
                    Some(init) => given.through(init),
                    None => given,
                },
                Ancestor::Described(described) => through_description(given, described),
            };
            if let Ancestor::Described(CustomField { doubt: Some(doubt), .. }) = ancestor {
                doubts.push(doubt.clone());
            }
        }
        let doubt = given.doubt.take();
        let taken = std::mem::take(&mut given.taken);
        let mut field = self.build(class, &path, by_name(given, class), call.range, depth);
        for (name, value) in taken {
            if !field.compared.contains_key(name.as_ref()) && lineage.returns_own_arguments() {
                field.compared.insert(name.into_owned(), value.into_owned());
            }
        }
        lineage.deconstruct(&mut field);
        lineage.column(&mut field);
        doubts.extend(doubt.map(|doubt| format!("`{doubt}` is not followed")));
        field
            .unknown
            .extend(doubts.into_iter().map(|doubt| ("class".to_owned(), doubt)));
        if let (Some(missing), true) = (lineage.missing.first(), matches!(field.kind, FieldKind::Plain(_))) {
            field.unknown.push(("class".to_owned(), not_known(&call.path, missing)));
        }
        field
    }

    /// The path of the module that defines a class, however it was imported.
    fn own_path(&self, path: &str) -> String {
        match self.modules.class(self.module, path) {
            Some((module, class)) => format!("{}.{}", module.path, class.name),
            None => path.to_owned(),
        }
    }

    /// Depth first, left to right, as Python looks for methods where no class comes twice.
    fn descend<'r>(&'r self, path: &str, lineage: &mut Lineage<'r>, depth: usize) -> Option<FieldClass> {
        if let Some(class) = FieldClass::of(path) {
            return Some(class);
        }
        if depth > super::MAX_BASES {
            return None;
        }
        if let Some(described) = self.fields.get(path) {
            lineage.ancestors.push(Ancestor::Described(described));
            return match &described.base {
                Some(base) => self.descend(base, lineage, depth + 1),
                None => Some(FieldClass::ANY),
            };
        }
        let Some((_, class)) = self.modules.class(self.module, path) else {
            lineage.missing.push(path.to_owned());
            return None;
        };
        lineage.ancestors.push(Ancestor::Class(class));
        for base in &class.bases {
            let path = match base {
                Value::Name(path) if path == "builtins.object" => continue,
                // A bare `Field` says with `db_type` what it is.
                Value::Name(path) if path == "django.db.models.Field" => return Some(FieldClass::ANY),
                Value::Name(path) => path,
                _ => continue,
            };
            if let Some(class) = self.descend(&canonical(path), lineage, depth + 1) {
                return Some(class);
            }
        }
        None
    }
}

fn not_known(path: &str, missing: &str) -> String {
    let class = if path == missing {
        format!("`{path}` is not a field class that forelock knows")
    } else {
        format!("`{path}` derives from `{missing}`, which forelock does not know")
    };
    format!("{class}; say what it derives from under [tool.forelock.fields]")
}

/// What the base of a described class gets.
fn through_description<'v>(mut given: Given<'v>, described: &CustomField) -> Given<'v> {
    if let Some(positional) = &described.positional {
        for (name, value) in positional.iter().zip(std::mem::take(&mut given.args)) {
            given.kwargs.push((name.clone().into(), value));
        }
    }
    let length = described.max_length_from.as_deref().and_then(|name| given.remove(name));
    if let Some((_, length)) = length {
        given.set("max_length", length.into_owned());
    }
    for (name, value) in &described.defaults {
        given.set_default(name, value.value());
    }
    for (name, value) in &described.always {
        given.set(name, value.value());
    }
    given
}

impl Lineage<'_> {
    fn methods(&self, name: &str) -> impl Iterator<Item = &Method> {
        self.ancestors.iter().filter_map(move |ancestor| match ancestor {
            Ancestor::Class(class) => class.method(name),
            Ancestor::Described(_) => None,
        })
    }

    /// Arguments that `__init__` takes for itself come back only from a `deconstruct` of the project.
    fn returns_own_arguments(&self) -> bool {
        let described = self
            .ancestors
            .iter()
            .any(|ancestor| matches!(ancestor, Ancestor::Described(_)));
        described || self.methods("deconstruct").next().is_some()
    }

    /// Keyword arguments and path as the subclasses' `deconstruct` return them.
    fn deconstruct(&self, field: &mut Field) {
        for method in self.methods("deconstruct") {
            for step in &method.steps {
                if let Step::Remove(name) = step {
                    field.compared.remove(name);
                }
            }
            if let Some(Value::Tuple(parts)) = &method.returns
                && let Some(Value::Str(path)) = parts.get(1)
            {
                field.path = canonical(path).into_owned();
            }
        }
    }

    /// The column type, where one of the classes says it.
    fn column(&self, field: &mut Field) {
        if !matches!(field.kind, FieldKind::Plain(_) | FieldKind::Unknown(_)) {
            return;
        }
        for ancestor in &self.ancestors {
            let kind = match ancestor {
                Ancestor::Class(class) => class_kind(class, field),
                Ancestor::Described(described) => described_kind(described, field),
            };
            if let Some(kind) = kind {
                field.kind = kind;
                return;
            }
        }
    }
}

/// What `db_type` or `get_internal_type` of a class say.
fn class_kind(class: &Class, field: &Field) -> Option<FieldKind> {
    if let Some(method) = class.method("db_type") {
        return match method.returns.as_ref().map(|value| substitute(value, &[])) {
            Some(Value::Str(db_type)) => Some(FieldKind::Database {
                db_type,
                rel_db_type: returned_text(class, "rel_db_type"),
                internal_type: returned_text(class, "get_internal_type").unwrap_or_else(|| class.name.clone()),
                empty_strings_allowed: empty_strings_allowed(class),
            }),
            Some(Value::None) => Some(FieldKind::NoColumn),
            Some(value) => Some(FieldKind::Unknown(format!(
                "`{}`: {}; say its db_type under [tool.forelock.fields]",
                field.path,
                not_readable("db_type", &value)
            ))),
            None => Some(FieldKind::Unknown(format!(
                "`{}` computes its `db_type`; say it under [tool.forelock.fields]",
                field.path
            ))),
        };
    }
    let name = returned_text(class, "get_internal_type")?;
    internal_type(&name).map(FieldKind::Plain)
}

fn returned_text(class: &Class, method: &str) -> Option<String> {
    class.method(method)?.returns.as_ref()?.as_str().map(str::to_owned)
}

fn empty_strings_allowed(class: &Class) -> bool {
    let attribute = class.attribute("empty_strings_allowed");
    attribute
        .and_then(|attribute| attribute.value.as_bool())
        .unwrap_or(true)
}

fn described_kind(described: &CustomField, field: &Field) -> Option<FieldKind> {
    if described.no_column {
        return Some(FieldKind::NoColumn);
    }
    let name = field.path.rsplit('.').next().unwrap_or_default();
    match &described.db_type {
        Some(db_type) => Some(FieldKind::Database {
            db_type: with_arguments(db_type, field),
            rel_db_type: described.rel_db_type.clone(),
            internal_type: described.internal_type.clone().unwrap_or_else(|| name.to_owned()),
            empty_strings_allowed: described.empty_strings_allowed.unwrap_or(true),
        }),
        None => internal_type(described.internal_type.as_deref()?).map(FieldKind::Plain),
    }
}

/// `vector({dimensions})` with the field's own arguments; a part in brackets with one that is missing goes.
fn with_arguments(db_type: &str, field: &Field) -> String {
    let Some((before, rest)) = db_type.split_once('{') else {
        return db_type.to_owned();
    };
    let Some((name, after)) = rest.split_once('}') else {
        return db_type.to_owned();
    };
    match field.compared.get(name) {
        Some(Value::Int(int)) => format!("{before}{int}{after}"),
        Some(Value::Str(text)) => format!("{before}{text}{after}"),
        _ => before.trim_end_matches('(').to_owned(),
    }
}
