//! A field's Python default as a literal: `effective_default` of django/db/backends/base/schema.py.

use std::sync::Arc;

use crate::migration::{FieldKind, InternalType};
use crate::models::ModelField;
use crate::source::Range;
use crate::unknown::Sql;
use crate::value::{Call, Str, Value};

use super::prepare::{Prepared, prepare, reason};

/// `BaseDatabaseSchemaEditor.effective_default`.
pub(super) fn effective_default(field: &ModelField<'_>) -> Prepared {
    let declared = &field.field;
    if let Some(default) = &declared.default {
        return declared_default(field, default);
    }
    if field.is_generated() {
        return Prepared::None;
    }
    if !declared.null && declared.blank && field.empty_strings_allowed() {
        let is_binary = matches!(declared.kind, FieldKind::Plain(InternalType::Binary));
        let empty = if is_binary {
            Value::Bytes(Vec::new())
        } else {
            Value::Str(Str::default())
        };
        return prepare(field, &empty);
    }
    if declared.auto_now {
        let now = match declared.kind {
            FieldKind::Plain(InternalType::DateTime) => "django.utils.timezone.now",
            _ => "datetime.datetime.now",
        };
        return Prepared::Unknown(now.to_owned());
    }
    prepare(field, &Value::None)
}

/// The constant that Django fills rows with which get no value, as SQL, if it is one.
#[must_use]
pub(crate) fn default_sql(field: &ModelField<'_>) -> Option<Sql> {
    effective_default(field).sql().filter(|sql| sql.known().is_some())
}

/// `Field.get_default`, then `get_db_prep_save`.
fn declared_default(field: &ModelField<'_>, default: &Value) -> Prepared {
    match called(default) {
        Some(value) => prepare(field, &value),
        None => Prepared::Unknown(reason(default)),
    }
}

/// The value of a default, called where it can be called; nothing where it is not known before it runs.
fn called(default: &Value) -> Option<Value> {
    match default {
        Value::Name(path) => match path.as_str() {
            "builtins.dict" | "collections.OrderedDict" => Some(Value::Dict(Vec::new())),
            "builtins.list" | "builtins.tuple" => Some(Value::List(Vec::new())),
            "builtins.str" => Some(Value::Str(Str::default())),
            "builtins.bytes" => Some(Value::Bytes(Vec::new())),
            "builtins.int" => Some(Value::Int(0)),
            "builtins.float" => Some(Value::Float(0.0)),
            "builtins.bool" => Some(Value::Bool(false)),
            "datetime.timedelta" | "decimal.Decimal" => Some(Value::Call(Arc::new(plain_call(path)))),
            _ => None,
        },
        Value::Function(function) => function.returns.as_ref().and_then(returned),
        Value::Unknown(_) => None,
        other => Some(other.clone()),
    }
}

/// A call without arguments.
fn plain_call(path: &str) -> Call {
    Call {
        path: path.to_owned(),
        args: Vec::new(),
        kwargs: Vec::new(),
        range: Range::default(),
        name_range: Range::default(),
        arg_ranges: Vec::new(),
    }
}

/// What a function returns, unless that itself is a name of something unknown.
fn returned(value: &Value) -> Option<Value> {
    match value {
        Value::Name(_) | Value::Setting(_) | Value::Unknown(_) | Value::Function(_) => None,
        Value::Call(call) if call.args.is_empty() && call.kwargs.is_empty() => called(&Value::Name(call.path.clone())),
        other => Some(other.clone()),
    }
}
