//! Constraints of `Meta.constraints` and `AddConstraint`.

use super::Reading;
use super::arguments::{Arguments, Reason, described, not_readable, strings};
use super::packaged::loose_fk;
use crate::migration::operation::{Constraint, Deferrable};
use crate::python::Object;
use crate::value::{Call, Value};

const CHECK: &[&str] = &[
    "condition",
    "check",
    "name",
    "violation_error_code",
    "violation_error_message",
];
#[rustfmt::skip]
const UNIQUE: &[&str] = &[
    "fields", "name", "condition", "deferrable", "include", "opclasses", "nulls_distinct", "violation_error_code",
    "violation_error_message",
];
#[rustfmt::skip]
const EXCLUSION: &[&str] = &[
    "name", "expressions", "index_type", "condition", "deferrable", "include", "opclasses", "violation_error_code",
    "violation_error_message",
];

impl Reading<'_> {
    /// A constraint; an unreadable one keeps its name and says why.
    pub(super) fn constraint(&self, value: &Value) -> Constraint {
        let Value::Call(call) = value else {
            let reason = format!("the constraint is not readable: it is {}", described(value));
            return Constraint::Unknown { name: None, reason };
        };
        if call.path == loose_fk::FK_OR_URL {
            return loose_fk::fk_or_url(call).unwrap_or_else(|reason| Constraint::Unknown { name: None, reason });
        }
        let mut object = self.object(&call.path, &|path| class_of_django(path).is_some());
        let constraint = object_constraint(call, &mut object);
        self.done_with(&object);
        constraint
    }
}

/// Django's constraint class with this path.
fn class_of_django(path: &str) -> Option<&'static str> {
    match path {
        "django.db.models.CheckConstraint" => Some("CheckConstraint"),
        "django.db.models.UniqueConstraint" => Some("UniqueConstraint"),
        "django.contrib.postgres.constraints.ExclusionConstraint" => Some("ExclusionConstraint"),
        _ => None,
    }
}

fn object_constraint(call: &Call, object: &mut Object<'_>) -> Constraint {
    let Some(class) = object.base().and_then(class_of_django) else {
        let name = call.keyword("name").and_then(Value::as_str).map(str::to_owned);
        let reason = format!("`{}` is no constraint class of Django", call.path);
        return Constraint::Unknown { name, reason };
    };
    let constructed = object.construct(call);
    let mut passed = Call {
        path: call.path.clone(),
        args: constructed.args,
        kwargs: constructed.kwargs,
        ..call.clone()
    };
    set_later(&mut passed, object);
    let doubt = constructed.doubts.into_iter().next();
    let doubt = doubt
        .or_else(|| not_followed(object))
        .or_else(|| clone_differs(call, object));
    let read = match (doubt, class) {
        (Some(doubt), _) => Err(format!("`{}`: {doubt}", call.path)),
        (None, "CheckConstraint") => check(&passed),
        (None, "UniqueConstraint") => unique(&passed),
        (None, _) => exclusion(&passed),
    };
    read.unwrap_or_else(|reason| {
        let name = passed.keyword("name").and_then(Value::as_str).map(str::to_owned);
        Constraint::Unknown { name, reason }
    })
}

/// What a constructor set after that of Django's class, or a property gives, as if it had been an argument.
fn set_later(passed: &mut Call, object: &mut Object<'_>) {
    const ATTRIBUTES: [&str; 8] = [
        "check",
        "condition",
        "deferrable",
        "fields",
        "include",
        "name",
        "nulls_distinct",
        "opclasses",
    ];
    for name in ATTRIBUTES {
        let property = object.call(name, Vec::new(), &[]);
        let Some(value) = property.or_else(|| object.set_attribute(name).cloned()) else {
            continue;
        };
        match passed.kwargs.iter_mut().find(|(given, _)| given == name) {
            Some((_, given)) => *given = value,
            None => passed.kwargs.push((name.to_owned(), value)),
        }
    }
}

/// The models' constraints are clones, which go through the constructor again: see `Options._format_names`.
pub(super) fn clone_differs(call: &Call, object: &mut Object<'_>) -> Option<String> {
    if !object.defines("__init__") || object.defines("deconstruct") {
        return None;
    }
    let first = object.construct(call);
    let again = Call {
        args: first.args,
        kwargs: first.kwargs,
        ..call.clone()
    };
    let second = object.construct(&again);
    let name = second.kwargs.iter().find(|(name, _)| name == "name");
    let is_same = name.map(|(_, name)| name) == again.keyword("name");
    (!is_same).then(|| "its `__init__` gives a clone another name".to_owned())
}

/// A method that decides the statements: those that only check rows and explain themselves are left out.
fn not_followed(object: &Object<'_>) -> Option<String> {
    #[rustfmt::skip]
    const DECIDING: [&str; 8] = [
        "_expression_refs_exclude", "_get_check_sql", "_get_condition_sql", "_get_expressions", "_get_index_expressions",
        "constraint_sql", "create_sql", "remove_sql",
    ];
    let method = DECIDING.into_iter().find(|method| object.defines(method))?;
    Some(format!("its `{method}` is not followed"))
}

/// The parameters after `*` cannot be given by position, but reading them so does no harm.
fn check(call: &Call) -> Result<Constraint, Reason> {
    let arguments = Arguments::new(call, CHECK)?;
    // Renamed in Django 5.1.
    let condition = arguments.get("condition").or(arguments.get("check"));
    let condition = condition.ok_or("`CheckConstraint` needs `condition`")?.clone();
    Ok(Constraint::Check {
        name: arguments.string("name")?,
        condition,
    })
}

fn unique(call: &Call) -> Result<Constraint, Reason> {
    let named = Call {
        args: Vec::new(),
        arg_ranges: Vec::new(),
        ..call.clone()
    };
    let arguments = Arguments::new(&named, UNIQUE)?;
    Ok(Constraint::Unique {
        name: arguments.string("name")?,
        fields: list(&arguments, "fields")?,
        expressions: call.args.clone(),
        condition: condition(&arguments),
        deferrable: deferrable(&arguments)?,
        include: list(&arguments, "include")?,
        opclasses: list(&arguments, "opclasses")?,
        nulls_distinct: arguments.optional_boolean("nulls_distinct")?,
    })
}

fn exclusion(call: &Call) -> Result<Constraint, Reason> {
    let arguments = Arguments::new(call, EXCLUSION)?;
    let written = arguments.required("expressions")?;
    let pairs = written.as_items().ok_or_else(|| not_readable("expressions", written))?;
    let pairs = pairs.iter().map(|pair| match pair.as_items() {
        Some([expression, operator]) => Ok((expression.clone(), operator.clone())),
        Some(_) | None => Err(not_readable("expressions", pair)),
    });
    Ok(Constraint::Exclusion {
        name: arguments.string("name")?,
        expressions: pairs.collect::<Result<_, _>>()?,
        index_type: arguments
            .optional_string("index_type")?
            .unwrap_or_else(|| "GIST".to_owned()),
        condition: condition(&arguments),
        deferrable: deferrable(&arguments)?,
        include: list(&arguments, "include")?,
    })
}

fn list(arguments: &Arguments<'_>, name: &str) -> Result<Vec<String>, Reason> {
    match arguments.get(name) {
        None | Some(Value::None) => Ok(Vec::new()),
        Some(value) => strings(name, value),
    }
}

fn condition(arguments: &Arguments<'_>) -> Option<Value> {
    arguments
        .get("condition")
        .filter(|value| **value != Value::None)
        .cloned()
}

/// `Deferrable.DEFERRED`, `Deferrable["DEFERRED"]` as `makemigrations` writes it, or `Deferrable("deferred")`.
fn deferrable(arguments: &Arguments<'_>) -> Result<Option<Deferrable>, Reason> {
    let Some(value) = arguments.get("deferrable") else {
        return Ok(None);
    };
    let named = match value {
        Value::None => return Ok(None),
        Value::Name(path) => path.strip_prefix("django.db.models.Deferrable."),
        Value::Call(call) if call.path == "django.db.models.Deferrable" => {
            call.argument(0, "value").and_then(Value::as_str)
        }
        _ => None,
    };
    match named {
        Some("DEFERRED" | "deferred") => Ok(Some(Deferrable::Deferred)),
        Some("IMMEDIATE" | "immediate") => Ok(Some(Deferrable::Immediate)),
        Some(_) | None => Err(not_readable("deferrable", value)),
    }
}
