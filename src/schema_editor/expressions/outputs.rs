//! The types of expressions: `output_field`, and how types combine.

use std::sync::Arc;

use crate::migration::{Field, FieldKind, InternalType};
use crate::packages::{Packages, with_arguments};
use crate::value::{Call, Value};

/// What `isinstance` would say about an output field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Text,
    PositiveInteger,
    Integer,
    Decimal,
    Float,
    Boolean,
    Date,
    DateTime,
    Time,
    Duration,
    Uuid,
    Address,
    Json,
    Array,
    HStore,
    Range,
    SearchVector,
    SearchQuery,
    Other,
}

/// A field of this type, as an expression's output.
pub(super) fn plain(internal_type: InternalType) -> Arc<Field> {
    Arc::new(Field::of_kind(FieldKind::Plain(internal_type)))
}

/// The class of an output field; nothing where it is not known.
pub(super) fn class(output: Option<&Arc<Field>>) -> Option<Class> {
    output.and_then(|field| field_class(field))
}

fn field_class(field: &Field) -> Option<Class> {
    match &field.kind {
        FieldKind::Plain(internal_type) => Some(plain_class(*internal_type)),
        FieldKind::Array { .. } => Some(Class::Array),
        FieldKind::Generated { output, .. } => field_class(output),
        FieldKind::Database { internal_type, .. } => match internal_type.as_str() {
            "CharField" | "TextField" | "SlugField" | "EmailField" | "URLField" => Some(Class::Text),
            "JSONField" => Some(Class::Json),
            _ => None,
        },
        FieldKind::ForeignKey(_)
        | FieldKind::OneToOne(_)
        | FieldKind::ManyToMany(_)
        | FieldKind::CompositePrimaryKey(_)
        | FieldKind::NoColumn
        | FieldKind::Unknown(_) => None,
    }
}

fn plain_class(internal_type: InternalType) -> Class {
    match internal_type {
        InternalType::Char
        | InternalType::Text
        | InternalType::Slug
        | InternalType::CICharField
        | InternalType::CIEmailField
        | InternalType::CITextField => Class::Text,
        InternalType::PositiveInteger => Class::PositiveInteger,
        InternalType::Auto
        | InternalType::BigAuto
        | InternalType::SmallAuto
        | InternalType::BigInteger
        | InternalType::Integer
        | InternalType::PositiveBigInteger
        | InternalType::PositiveSmallInteger
        | InternalType::SmallInteger => Class::Integer,
        InternalType::Decimal => Class::Decimal,
        InternalType::Float => Class::Float,
        InternalType::Boolean => Class::Boolean,
        InternalType::Date => Class::Date,
        InternalType::DateTime => Class::DateTime,
        InternalType::Time => Class::Time,
        InternalType::Duration => Class::Duration,
        InternalType::Uuid => Class::Uuid,
        InternalType::GenericIPAddress | InternalType::IPAddress => Class::Address,
        InternalType::Json => Class::Json,
        InternalType::HStore => Class::HStore,
        InternalType::IntegerRange
        | InternalType::BigIntegerRange
        | InternalType::DecimalRange
        | InternalType::DateTimeRange
        | InternalType::DateRange => Class::Range,
        InternalType::SearchVector => Class::SearchVector,
        InternalType::SearchQuery => Class::SearchQuery,
        InternalType::Binary | InternalType::File | InternalType::FilePath => Class::Other,
    }
}

/// `base_field` of a range field.
pub(super) fn range_element(field: &Field) -> Option<InternalType> {
    let FieldKind::Plain(internal_type) = &field.kind else {
        return None;
    };
    match internal_type {
        InternalType::IntegerRange => Some(InternalType::Integer),
        InternalType::BigIntegerRange => Some(InternalType::BigInteger),
        InternalType::DecimalRange => Some(InternalType::Decimal),
        InternalType::DateTimeRange => Some(InternalType::DateTime),
        InternalType::DateRange => Some(InternalType::Date),
        _ => None,
    }
}

/// The smallest and largest number of an integer field (`integer_field_range`).
pub(super) fn integer_range(field: &Field) -> Option<(i128, i128)> {
    const SMALL: i128 = i16::MAX as i128;
    const NORMAL: i128 = i32::MAX as i128;
    const BIG: i128 = i64::MAX as i128;
    let FieldKind::Plain(internal_type) = &field.kind else {
        return None;
    };
    match internal_type {
        InternalType::SmallInteger | InternalType::SmallAuto => Some((-SMALL - 1, SMALL)),
        InternalType::Integer | InternalType::Auto => Some((-NORMAL - 1, NORMAL)),
        InternalType::BigInteger | InternalType::BigAuto => Some((-BIG - 1, BIG)),
        InternalType::PositiveSmallInteger => Some((0, SMALL)),
        InternalType::PositiveInteger => Some((0, NORMAL)),
        InternalType::PositiveBigInteger => Some((0, BIG)),
        _ => None,
    }
}

/// The field that `Value` takes for a Python value. See `Value._resolve_output_field`.
pub(super) fn inferred(value: &Value) -> Option<Arc<Field>> {
    let internal_type = match value {
        Value::Str(_) => InternalType::Char,
        Value::Bool(_) => InternalType::Boolean,
        Value::Int(_) => InternalType::Integer,
        Value::Float(_) => InternalType::Float,
        Value::Bytes(_) => InternalType::Binary,
        Value::Call(call) => match call.path.as_str() {
            "datetime.datetime" => InternalType::DateTime,
            "datetime.date" => InternalType::Date,
            "datetime.time" => InternalType::Time,
            "datetime.timedelta" => InternalType::Duration,
            "decimal.Decimal" => InternalType::Decimal,
            "uuid.UUID" => InternalType::Uuid,
            _ => return None,
        },
        _ => return None,
    };
    Some(plain(internal_type))
}

/// `CombinedExpression._resolve_output_field`
pub(super) fn combined(left: Option<Class>, connector: &str, right: Option<Class>) -> Option<Arc<Field>> {
    let internal_type = match (left?, right?) {
        (Class::PositiveInteger, Class::PositiveInteger) if connector != "-" => InternalType::PositiveInteger,
        (Class::Integer | Class::PositiveInteger, Class::Integer | Class::PositiveInteger) => InternalType::Integer,
        (Class::Float, Class::Float | Class::Integer | Class::PositiveInteger)
        | (Class::Integer | Class::PositiveInteger, Class::Float) => InternalType::Float,
        (Class::Decimal, Class::Decimal | Class::Integer | Class::PositiveInteger)
        | (Class::Integer | Class::PositiveInteger, Class::Decimal) => InternalType::Decimal,
        (Class::Duration, Class::Duration) => InternalType::Duration,
        (Class::Date | Class::DateTime, Class::Duration) | (Class::Duration, Class::Date | Class::DateTime) => {
            InternalType::DateTime
        }
        (Class::Time, Class::Duration) | (Class::Duration, Class::Time) => InternalType::Time,
        (Class::Date | Class::DateTime, Class::Date | Class::DateTime) | (Class::Time, Class::Time)
            if connector == "-" =>
        {
            InternalType::Duration
        }
        (Class::SearchVector, Class::SearchVector) => InternalType::SearchVector,
        (Class::SearchQuery, Class::SearchQuery) => InternalType::SearchQuery,
        _ => return None,
    };
    Some(plain(internal_type))
}

/// A field of a package that has a column type of its own.
fn of_package(call: &Call) -> Option<Arc<Field>> {
    let known = Packages::known().field(&call.path)?;
    let described = match &known.base {
        Some(base) if known.db_type.is_none() => Packages::known().field(base)?,
        Some(_) | None => known,
    };
    Some(Arc::new(Field::of_kind(FieldKind::Database {
        db_type: with_arguments(described.db_type.as_deref()?, |argument| call.keyword(argument)),
        rel_db_type: None,
        internal_type: call.class_name().to_owned(),
        empty_strings_allowed: described.empty_strings_allowed.unwrap_or(true),
        spatial: None,
    })))
}

/// The field that an `output_field` argument makes; nothing for a class that is not known.
pub(super) fn declared(value: &Value) -> Option<Arc<Field>> {
    let call = value.as_call()?;
    if !call.path.starts_with("django.") {
        return of_package(call);
    }
    if call.class_name() == "ArrayField" {
        return array(call);
    }
    let internal_type = match call.class_name() {
        "AutoField" => InternalType::Auto,
        "BigAutoField" => InternalType::BigAuto,
        "SmallAutoField" => InternalType::SmallAuto,
        "BigIntegerField" => InternalType::BigInteger,
        "BinaryField" => InternalType::Binary,
        "BooleanField" | "NullBooleanField" => InternalType::Boolean,
        "CharField" | "EmailField" | "URLField" => InternalType::Char,
        "DateField" => InternalType::Date,
        "DateTimeField" => InternalType::DateTime,
        "DecimalField" => InternalType::Decimal,
        "DurationField" => InternalType::Duration,
        "FloatField" => InternalType::Float,
        "GenericIPAddressField" => InternalType::GenericIPAddress,
        "IntegerField" => InternalType::Integer,
        "JSONField" => InternalType::Json,
        "PositiveBigIntegerField" => InternalType::PositiveBigInteger,
        "PositiveIntegerField" => InternalType::PositiveInteger,
        "PositiveSmallIntegerField" => InternalType::PositiveSmallInteger,
        "SlugField" => InternalType::Slug,
        "SmallIntegerField" => InternalType::SmallInteger,
        "TextField" => InternalType::Text,
        "TimeField" => InternalType::Time,
        "UUIDField" => InternalType::Uuid,
        "HStoreField" => InternalType::HStore,
        "SearchVectorField" => InternalType::SearchVector,
        "SearchQueryField" => InternalType::SearchQuery,
        "IntegerRangeField" => InternalType::IntegerRange,
        "BigIntegerRangeField" => InternalType::BigIntegerRange,
        "DecimalRangeField" => InternalType::DecimalRange,
        "DateTimeRangeField" => InternalType::DateTimeRange,
        "DateRangeField" => InternalType::DateRange,
        _ => return None,
    };
    let mut field = Field::of_kind(FieldKind::Plain(internal_type));
    field.max_length = length(call, internal_type);
    field.max_digits = integer(call, 2, "max_digits");
    field.decimal_places = integer(call, 3, "decimal_places");
    Some(Arc::new(field))
}

fn length(call: &Call, internal_type: InternalType) -> Option<i64> {
    let default = match call.class_name() {
        "EmailField" => Some(254),
        "URLField" => Some(200),
        _ if internal_type == InternalType::Slug => Some(50),
        _ => None,
    };
    integer(call, usize::MAX, "max_length").or(default)
}

fn array(call: &Call) -> Option<Arc<Field>> {
    let base = declared(call.argument(0, "base_field")?)?;
    let kind = FieldKind::Array {
        base: Box::new(Field::clone(&base)),
        size: integer(call, 1, "size"),
    };
    Some(Arc::new(Field::of_kind(kind)))
}

fn integer(call: &Call, position: usize, name: &str) -> Option<i64> {
    match call.argument(position, name)? {
        Value::Int(number) => i64::try_from(*number).ok(),
        _ => None,
    }
}
