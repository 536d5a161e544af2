//! Constraints of `Meta.constraints` and `AddConstraint`.

use super::Reading;
use super::arguments::{Arguments, Reason, described, not_readable, strings};
use crate::migration::operation::{Constraint, Deferrable};
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
        let read = match self.constraint_class(&call.path) {
            Some("CheckConstraint") => check(call),
            Some("UniqueConstraint") => unique(call),
            Some("ExclusionConstraint") => exclusion(call),
            Some(_) | None => Err(format!("`{}` is no constraint class of Django", call.path)),
        };
        read.unwrap_or_else(|reason| {
            let name = call.keyword("name").and_then(Value::as_str).map(str::to_owned);
            Constraint::Unknown { name, reason }
        })
    }

    /// Django's constraint class behind a path. A subclass may print other SQL, so it is none.
    fn constraint_class(&self, path: &str) -> Option<&'static str> {
        match path {
            "django.db.models.CheckConstraint" => Some("CheckConstraint"),
            "django.db.models.UniqueConstraint" => Some("UniqueConstraint"),
            "django.contrib.postgres.constraints.ExclusionConstraint" => Some("ExclusionConstraint"),
            _ => {
                let (_, class) = self.modules.class(self.module, path)?;
                match (class.methods.as_slice(), class.bases.as_slice()) {
                    ([], [Value::Name(base)]) if base != path => self.constraint_class(base),
                    (..) => None,
                }
            }
        }
    }
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
