//! A Python value as a field sends it to the database: `get_db_prep_save` of django/db/models/fields.

mod ranges;
mod scalars;

use std::sync::Arc;

use crate::fields::Target;
use crate::migration::{Field, FieldKind, InternalType};
use crate::models::{ModelField, ModelSettings};
use crate::unknown::{Sql, Unknown};
use crate::value::{Call, JSON_NULL, Value};

use super::json::json_text;
use super::literals::{Literal, float_text};
use super::moments::Moment;

pub(super) use ranges::is_range;
use ranges::range;
pub(super) use scalars::boolean;
pub(super) use scalars::python_text;
use scalars::{address, bytes_literal, decimal, float, hstore, integer, uuid};

/// What a value becomes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Prepared {
    /// Python's `None`: there is no value.
    None,
    /// A literal.
    Literal(Literal),
    /// It cannot be known before it runs; the path or reason.
    Unknown(String),
}

impl Prepared {
    /// The SQL of a value that is not `None`.
    pub(super) fn sql(&self) -> Option<Sql> {
        match self {
            Prepared::None => None,
            Prepared::Literal(literal) => Some(literal.sql().into()),
            Prepared::Unknown(reason) => Some(Unknown::new(reason).into()),
        }
    }
}

/// `field.get_db_prep_save(value)`.
pub(super) fn prepare(field: &ModelField<'_>, value: &Value) -> Prepared {
    let settings = field.model.view.settings();
    // The name of a model, as it stands in the settings.
    if let Value::Setting(name) = value
        && let Some(label) = settings.swappable.get(name)
    {
        return prepare(field, &Value::Str(label.as_str().into()));
    }
    let own_values = &field.field.own_values;
    let own = own_values
        .iter()
        .find(|(given, _)| given == value)
        .map(|(_, made)| made);
    let value = match own {
        None if own_values.is_empty() => value,
        None | Some(Value::Unknown(_)) => {
            return Prepared::Unknown(format!("what {} makes of its default", field.field.path));
        }
        Some(made) => made,
    };
    // A class of its own that is not followed may change anything that is not plainly empty or a scalar.
    if own.is_none() && is_of_another(&field.field, value) {
        return Prepared::Unknown(format!("what {} makes of its default", field.field.path));
    }
    match field.target() {
        Some(Target::Field(target)) => {
            let is_empty = matches!(value, Value::Str(text) if text.is_empty());
            if is_empty && !target.empty_strings_allowed() {
                return Prepared::None;
            }
            prepare_by(settings, &target.field, value)
        }
        Some(Target::Missing { .. }) => generic(value),
        None => prepare_by(settings, &field.field, value),
    }
}

/// `field.get_db_prep_value(value)`: as it stands in a condition.
pub(super) fn database_value(settings: &ModelSettings, field: &Field, value: &Value) -> Prepared {
    match (&field.kind, value) {
        (FieldKind::Plain(InternalType::Json), Value::None) => {
            Prepared::Literal(Literal::Typed("null".to_owned(), "jsonb"))
        }
        (FieldKind::Generated { output, .. }, value) => database_value(settings, output, value),
        _ if is_of_another(field, value) => Prepared::Unknown(format!("what {} makes of its default", field.path)),
        _ => prepare_by(settings, field, value),
    }
}

/// Whether it holds something, and the field's class is none of Django's.
fn is_of_another(field: &Field, value: &Value) -> bool {
    let is_json_null = matches!(value, Value::Call(call) if call.path == JSON_NULL);
    !is_json_null && has_items(value) && !field.path.is_empty() && !field.path.starts_with("django.")
}

/// A range where no field says that it is one.
pub(super) fn range_value(value: &Value) -> Prepared {
    range(value).map_or_else(|| Prepared::Unknown(reason(value)), Prepared::Literal)
}

fn prepare_by(settings: &ModelSettings, field: &Field, value: &Value) -> Prepared {
    if matches!(value, Value::None) {
        return Prepared::None;
    }
    if matches!(value, Value::Call(call) if call.path == JSON_NULL) {
        return Prepared::Literal(Literal::Typed("null".to_owned(), "jsonb"));
    }
    let literal = match &field.kind {
        FieldKind::Plain(internal_type) => plain(settings, *internal_type, field, value),
        FieldKind::Array { base, .. } => array(settings, base, value),
        FieldKind::Generated { output, .. } => return prepare_by(settings, output, value),
        FieldKind::Database { internal_type, .. } => match internal_type.as_str() {
            "CharField" | "TextField" | "SlugField" => python_text(value).map(Literal::Text),
            "JSONField" => json_text(field, value).map(|text| Literal::Typed(text, "jsonb")),
            _ => return generic(value),
        },
        FieldKind::ForeignKey(_)
        | FieldKind::OneToOne(_)
        | FieldKind::ManyToMany(_)
        | FieldKind::CompositePrimaryKey(_)
        | FieldKind::NoColumn
        | FieldKind::Unknown(_) => return generic(value),
    };
    match literal {
        Some(Literal::Null) => Prepared::None,
        Some(literal) => Prepared::Literal(literal),
        None => Prepared::Unknown(reason(value)),
    }
}

fn has_items(value: &Value) -> bool {
    match value {
        Value::Dict(items) => !items.is_empty(),
        _ => value.as_items().is_some_and(|items| !items.is_empty()),
    }
}

/// A value as psycopg takes it when no field changes it.
pub(super) fn generic(value: &Value) -> Prepared {
    let literal = match value {
        Value::None => return Prepared::None,
        Value::Bool(value) => Some(Literal::Bool(*value)),
        Value::Int(number) => Some(Literal::Integer(*number, integer_type(*number))),
        Value::Float(number) => Some(Literal::Number(float_text(*number), "float8")),
        Value::Bytes(bytes) => Some(bytes_literal(bytes)),
        Value::List(items) | Value::Tuple(items) => items
            .iter()
            .map(|item| match generic(item) {
                Prepared::None => Some(Literal::Null),
                Prepared::Literal(literal) => Some(literal),
                Prepared::Unknown(_) => None,
            })
            .collect::<Option<Vec<_>>>()
            .map(Literal::Array),
        Value::Call(_) if is_range(value) => range(value),
        Value::Call(call) => called_literal(call).or_else(|| python_text(value).map(Literal::Text)),
        Value::Str(_)
        | Value::Set(_)
        | Value::Dict(_)
        | Value::Name(_)
        | Value::Setting(_)
        | Value::Function(_)
        | Value::Operation(..)
        | Value::Unknown(_) => python_text(value).map(Literal::Text),
    };
    literal.map_or_else(|| Prepared::Unknown(reason(value)), Prepared::Literal)
}

/// The types that psycopg gives Python's own classes.
fn called_literal(call: &Call) -> Option<Literal> {
    if call.path == "decimal.Decimal" {
        return decimal(&Value::Call(Arc::new(call.clone())), None).map(|text| Literal::Number(text, "numeric"));
    }
    if call.path == "uuid.UUID" {
        return uuid(&Value::Call(Arc::new(call.clone()))).map(|text| Literal::Typed(text, "uuid"));
    }
    Moment::from_call(call).map(moment_literal)
}

pub(super) fn moment_literal(moment: Moment) -> Literal {
    match moment {
        Moment::Date(text) => Literal::Typed(text, "date"),
        Moment::Time(text) => Literal::Typed(text, "time"),
        Moment::Duration(text) => Literal::Typed(text, "interval"),
        Moment::DateTime {
            date,
            time,
            offset: Some(offset),
        } => Literal::Typed(format!("{date} {time}{offset}"), "timestamptz"),
        Moment::DateTime {
            date,
            time,
            offset: None,
        } => Literal::Typed(format!("{date} {time}"), "timestamp"),
    }
}

fn integer_type(number: i128) -> &'static str {
    if i16::try_from(number).is_ok() {
        "int2"
    } else if i32::try_from(number).is_ok() {
        "int4"
    } else if i64::try_from(number).is_ok() {
        "int8"
    } else {
        "numeric"
    }
}

/// Why a value is shown as unknown: its path where it has one.
pub(super) fn reason(value: &Value) -> String {
    match value {
        Value::Name(path) => path.clone(),
        Value::Setting(name) => format!("settings.{name}"),
        // A method of a text: `"".join(..)`.
        Value::Call(call) if call.path.starts_with('.') => {
            let unread = call.args.iter().find(|part| is_unread(part));
            unread.map_or_else(|| call.path.clone(), reason)
        }
        Value::Call(call) => call.path.clone(),
        Value::Function(function) if function.path == "<lambda>" => "a lambda".to_owned(),
        Value::Function(function) => function.path.clone(),
        Value::Unknown(unknown) => unknown.reason.clone(),
        // Put together: the part that nobody knows is what counts.
        Value::Operation(_, parts) => parts.iter().find(|part| is_unread(part)).map_or_else(not_taken, reason),
        _ => value.unknown().map_or_else(not_taken, |unknown| unknown.reason.clone()),
    }
}

fn not_taken() -> String {
    "a value that the field does not take".to_owned()
}

fn is_unread(part: &Value) -> bool {
    matches!(
        part,
        Value::Name(_)
            | Value::Setting(_)
            | Value::Call(_)
            | Value::Function(_)
            | Value::Operation(..)
            | Value::Unknown(_)
    )
}

fn plain(settings: &ModelSettings, internal_type: InternalType, field: &Field, value: &Value) -> Option<Literal> {
    match internal_type {
        InternalType::Auto | InternalType::Integer | InternalType::PositiveInteger => {
            integer(value).map(|number| Literal::Integer(number, "int4"))
        }
        InternalType::BigAuto | InternalType::BigInteger | InternalType::PositiveBigInteger => {
            integer(value).map(|number| Literal::Integer(number, "int8"))
        }
        InternalType::SmallAuto | InternalType::SmallInteger | InternalType::PositiveSmallInteger => {
            integer(value).map(|number| Literal::Integer(number, "int2"))
        }
        InternalType::Boolean => boolean(value).map(Literal::Bool),
        InternalType::Char
        | InternalType::Text
        | InternalType::Slug
        | InternalType::File
        | InternalType::FilePath
        | InternalType::IPAddress
        | InternalType::CICharField
        | InternalType::CIEmailField
        | InternalType::CITextField
        | InternalType::SearchVector
        | InternalType::SearchQuery => python_text(value).map(Literal::Text),
        InternalType::Float => float(value).map(|number| Literal::Number(float_text(number), "float8")),
        InternalType::Decimal => decimal(value, field.max_digits).map(|text| Literal::Number(text, "numeric")),
        InternalType::Json => json_text(field, value).map(|text| Literal::Typed(text, "jsonb")),
        InternalType::Uuid => uuid(value).map(|text| Literal::Typed(text, "uuid")),
        InternalType::Binary => match value {
            Value::Bytes(bytes) => Some(bytes_literal(bytes)),
            _ => None,
        },
        InternalType::GenericIPAddress => address(value, field.compared.get("unpack_ipv4")),
        InternalType::HStore => hstore(value).map(|text| Literal::Typed(text, "hstore")),
        InternalType::Date | InternalType::DateTime | InternalType::Time => {
            moment(settings, internal_type, value).map(moment_literal)
        }
        // Where the database has durations, the field hands on what it got. See `DurationField.get_db_prep_value`.
        InternalType::Duration => match generic(value) {
            Prepared::None => Some(Literal::Null),
            Prepared::Literal(literal) => Some(literal),
            Prepared::Unknown(_) => None,
        },
        InternalType::IntegerRange
        | InternalType::BigIntegerRange
        | InternalType::DecimalRange
        | InternalType::DateTimeRange
        | InternalType::DateRange => range(value),
    }
}

/// What a date or time field makes of a value.
fn moment(settings: &ModelSettings, internal_type: InternalType, value: &Value) -> Option<Moment> {
    let found = match (value, internal_type) {
        (Value::Call(call), _) => Moment::from_call(call)?,
        (Value::Str(text), InternalType::Date) => Moment::parse_date(text)?,
        (Value::Str(text), InternalType::DateTime) => {
            Moment::parse_date_time(text).or_else(|| Moment::parse_date(text))?
        }
        (Value::Str(text), InternalType::Time) => Moment::parse_time(text)?,
        _ => return None,
    };
    match (internal_type, found) {
        (InternalType::Date, found) => found.date(settings.use_tz, settings.time_zone.as_deref()),
        (InternalType::DateTime, Moment::Date(date)) => {
            let midnight = Moment::DateTime {
                date,
                time: "00:00:00".to_owned(),
                offset: None,
            };
            midnight.aware(settings.use_tz, settings.time_zone.as_deref())
        }
        (InternalType::DateTime, found @ Moment::DateTime { .. }) => {
            found.aware(settings.use_tz, settings.time_zone.as_deref())
        }
        (InternalType::Time, found @ Moment::Time(_)) => Some(found),
        (InternalType::Time, Moment::DateTime { time, .. }) => Some(Moment::Time(time)),
        _ => None,
    }
}

fn array(settings: &ModelSettings, base: &Field, value: &Value) -> Option<Literal> {
    let items = match value {
        Value::List(items) | Value::Tuple(items) => items,
        Value::Str(text) => return Some(Literal::Text(text.to_string())),
        _ => return None,
    };
    let elements = items.iter().map(|item| match prepare_by(settings, base, item) {
        Prepared::None => Some(Literal::Null),
        Prepared::Literal(literal) => Some(literal),
        Prepared::Unknown(_) => None,
    });
    elements.collect::<Option<Vec<_>>>().map(Literal::Array)
}
