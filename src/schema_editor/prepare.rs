//! A Python value as a field sends it to the database: `get_db_prep_save` of django/db/models/fields.

use crate::fields::Target;
use crate::migration::{Field, FieldKind, InternalType};
use crate::models::ModelField;
use crate::value::{Call, Value};

use super::decimals::{decimal_from_float, decimal_text};
use super::json::json_text;
use super::literals::{Literal, float_text};
use super::moments::Moment;

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
    pub(super) fn sql(&self) -> Option<String> {
        match self {
            Prepared::None => None,
            Prepared::Literal(literal) => Some(literal.sql()),
            Prepared::Unknown(reason) => Some(crate::statement::unknown(reason)),
        }
    }
}

/// `field.get_db_prep_save(value)`.
pub(super) fn prepare(field: &ModelField<'_>, value: &Value) -> Prepared {
    match field.target() {
        Some(Target::Field(target)) => {
            let is_empty = matches!(value, Value::Str(text) if text.is_empty());
            if is_empty && !target.empty_strings_allowed() {
                return Prepared::None;
            }
            prepare_by(&target.field, value)
        }
        Some(Target::Missing { .. }) => generic(value),
        None => prepare_by(&field.field, value),
    }
}

fn prepare_by(field: &Field, value: &Value) -> Prepared {
    if matches!(value, Value::None) {
        return Prepared::None;
    }
    let literal = match &field.kind {
        FieldKind::Plain(internal_type) => plain(*internal_type, field, value),
        FieldKind::Array { base, .. } => array(base, value),
        FieldKind::Generated { output, .. } => return prepare_by(output, value),
        // A class of its own may change anything that is not plainly empty or a scalar.
        FieldKind::Database { .. } if has_items(value) => {
            return Prepared::Unknown(format!("what {} makes of its default", field.path));
        }
        FieldKind::Database { internal_type, .. } => match internal_type.as_str() {
            "CharField" | "TextField" | "SlugField" => python_text(value).map(Literal::Text),
            "JSONField" => json_text(value).map(|text| Literal::Typed(text, "jsonb")),
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
        return decimal(&Value::Call(Box::new(call.clone())), None).map(|text| Literal::Number(text, "numeric"));
    }
    if call.path == "uuid.UUID" {
        return uuid(&Value::Call(Box::new(call.clone()))).map(|text| Literal::Typed(text, "uuid"));
    }
    Moment::from_call(call).map(moment_literal)
}

fn moment_literal(moment: Moment) -> Literal {
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
        Value::Call(call) => call.path.clone(),
        Value::Function(function) if function.path == "<lambda>" => "a lambda".to_owned(),
        Value::Function(function) => function.path.clone(),
        Value::Unknown(unknown) => unknown.reason.clone(),
        _ => match value.unknown() {
            Some(unknown) => unknown.reason.clone(),
            None => "a value that the field does not take".to_owned(),
        },
    }
}

fn plain(internal_type: InternalType, field: &Field, value: &Value) -> Option<Literal> {
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
        InternalType::Json => json_text(value).map(|text| Literal::Typed(text, "jsonb")),
        InternalType::Uuid => uuid(value).map(|text| Literal::Typed(text, "uuid")),
        InternalType::Binary => match value {
            Value::Bytes(bytes) => Some(bytes_literal(bytes)),
            _ => None,
        },
        InternalType::GenericIPAddress => address(value),
        InternalType::HStore => hstore(value).map(|text| Literal::Typed(text, "hstore")),
        InternalType::Date | InternalType::DateTime | InternalType::Time | InternalType::Duration => {
            moment(internal_type, value).map(moment_literal)
        }
        InternalType::IntegerRange
        | InternalType::BigIntegerRange
        | InternalType::DecimalRange
        | InternalType::DateTimeRange
        | InternalType::DateRange => match value {
            Value::Str(text) => Some(Literal::Text(text.clone())),
            _ => None,
        },
    }
}

/// `int(value)`
fn integer(value: &Value) -> Option<i128> {
    match value {
        Value::Int(number) => Some(*number),
        Value::Bool(value) => Some(i128::from(*value)),
        #[allow(
            clippy::cast_possible_truncation,
            reason = "int() truncates, and only floats in range come here"
        )]
        Value::Float(number) if number.abs() < 1e30 => Some(number.trunc() as i128),
        Value::Str(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// `float(value)`
fn float(value: &Value) -> Option<f64> {
    match value {
        #[allow(clippy::cast_precision_loss, reason = "float() loses precision too")]
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        Value::Bool(value) => Some(f64::from(u8::from(*value))),
        Value::Str(text) => text.trim().parse().ok(),
        Value::Call(call) if matches!(call.path.as_str(), "decimal.Decimal" | "builtins.float") => {
            float(call.argument(0, "value")?)
        }
        _ => None,
    }
}

/// `BooleanField.to_python`
fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Int(0) => Some(false),
        Value::Int(1) => Some(true),
        Value::Str(text) => match text.as_str() {
            "t" | "True" | "1" => Some(true),
            "f" | "False" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// `DecimalField.to_python`, then `str`.
fn decimal(value: &Value, max_digits: Option<i64>) -> Option<String> {
    match value {
        Value::Int(number) => Some(number.to_string()),
        Value::Bool(value) => Some(u8::from(*value).to_string()),
        Value::Float(number) => decimal_from_float(*number, max_digits),
        Value::Str(text) => decimal_text(text),
        Value::Call(call) if call.path == "decimal.Decimal" => match call.argument(0, "value") {
            None => Some("0".to_owned()),
            Some(Value::Float(number)) => decimal_from_float(*number, Some(800)),
            Some(value) => decimal(value, None),
        },
        _ => None,
    }
}

/// `str(value)`, also of lazily translated strings.
pub(super) fn python_text(value: &Value) -> Option<String> {
    match value {
        Value::Str(text) => Some(text.clone()),
        Value::Int(number) => Some(number.to_string()),
        Value::Bool(value) => Some(if *value { "True" } else { "False" }.to_owned()),
        Value::Float(number) => Some(float_text(*number)),
        Value::Call(call) => match call.class_name() {
            "gettext" | "gettext_lazy" | "gettext_noop" | "ugettext" | "ugettext_lazy" | "mark_safe" | "SafeString" => {
                python_text(call.args.first()?)
            }
            "pgettext" | "pgettext_lazy" => python_text(call.args.get(1)?),
            "Decimal" if call.path == "decimal.Decimal" => decimal(value, None),
            "UUID" if call.path == "uuid.UUID" => uuid(value).map(|hex| dashed(&hex)),
            _ => None,
        },
        _ => None,
    }
}

fn dashed(hex: &str) -> String {
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32];
    parts.map(|part| hex.get(part).unwrap_or_default()).join("-")
}

/// The 32 digits of a UUID, as psycopg writes it.
fn uuid(value: &Value) -> Option<String> {
    let text = match value {
        Value::Str(text) => text.clone(),
        Value::Int(number) => return u128::try_from(*number).ok().map(|number| format!("{number:032x}")),
        Value::Call(call) if call.path == "uuid.UUID" => match (call.argument(0, "hex"), call.keyword("int")) {
            (Some(Value::Str(text)), _) => text.clone(),
            (_, Some(number @ Value::Int(_))) => return uuid(number),
            _ => return None,
        },
        _ => return None,
    };
    let digits = text.replace("urn:", "").replace("uuid:", "");
    let digits: String = digits
        .chars()
        .filter(|letter| !matches!(letter, '{' | '}' | '-'))
        .collect();
    let is_hex = digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_hex.then(|| digits.to_ascii_lowercase())
}

fn bytes_literal(bytes: &[u8]) -> Literal {
    let mut hex = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        hex.extend([byte >> 4, byte & 15].map(|digit| char::from_digit(u32::from(digit), 16).unwrap_or('0')));
    }
    Literal::Bytes(hex)
}

fn address(value: &Value) -> Option<Literal> {
    match value.as_str()?.trim() {
        "" => Some(Literal::Null),
        text => {
            let address: std::net::IpAddr = text.parse().ok()?;
            Some(Literal::Typed(address.to_string(), "inet"))
        }
    }
}

/// See `HstoreDumper` in psycopg/types/hstore.py.
fn hstore(value: &Value) -> Option<String> {
    let Value::Dict(items) = value else { return None };
    let quoted = |text: String| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let mut pairs = Vec::new();
    for (key, value) in items {
        let value = match value {
            Value::None => "NULL".to_owned(),
            value => quoted(python_text(value)?),
        };
        pairs.push(format!("{}=>{value}", quoted(python_text(key)?)));
    }
    Some(pairs.join(","))
}

/// What a date or time field makes of a value; nothing where the project's time zone would decide.
fn moment(internal_type: InternalType, value: &Value) -> Option<Moment> {
    let found = match (value, internal_type) {
        (Value::Call(call), _) => Moment::from_call(call)?,
        (Value::Str(text), InternalType::Date) => Moment::parse_date(text)?,
        (Value::Str(text), InternalType::DateTime) => Moment::parse_date_time(text)?,
        (Value::Str(text), InternalType::Time) => Moment::parse_time(text)?,
        _ => return None,
    };
    match (internal_type, found) {
        (InternalType::Date, Moment::DateTime { date, offset: None, .. }) => Some(Moment::Date(date)),
        (InternalType::Date, found @ Moment::Date(_))
        | (InternalType::DateTime, found @ Moment::DateTime { offset: Some(_), .. })
        | (InternalType::Time, found @ Moment::Time(_))
        | (InternalType::Duration, found @ Moment::Duration(_)) => Some(found),
        (InternalType::Time, Moment::DateTime { time, .. }) => Some(Moment::Time(time)),
        _ => None,
    }
}

fn array(base: &Field, value: &Value) -> Option<Literal> {
    let items = match value {
        Value::List(items) | Value::Tuple(items) => items,
        Value::Str(text) => return Some(Literal::Text(text.clone())),
        _ => return None,
    };
    let elements = items.iter().map(|item| match prepare_by(base, item) {
        Prepared::None => Some(Literal::Null),
        Prepared::Literal(literal) => Some(literal),
        Prepared::Unknown(_) => None,
    });
    elements.collect::<Option<Vec<_>>>().map(Literal::Array)
}
