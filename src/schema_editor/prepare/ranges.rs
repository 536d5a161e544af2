//! Ranges as psycopg writes them. See `RangeDumper` in psycopg/types/range.py.

use crate::value::{Call, Value};

use super::super::literals::Literal;
use super::{Prepared, generic};

/// Whether a value is a range: a pair, or one of psycopg's classes.
pub(in super::super) fn is_range(value: &Value) -> bool {
    match value {
        Value::List(_) | Value::Tuple(_) => true,
        Value::Call(call) => is_range_class(call),
        _ => false,
    }
}

fn is_range_class(call: &Call) -> bool {
    let name = call.class_name();
    let is_range = matches!(
        name,
        "NumericRange" | "DateRange" | "DateTimeRange" | "DateTimeTZRange" | "Range"
    );
    is_range && (call.path.starts_with("psycopg") || call.path.starts_with("django."))
}

/// The literal of a range, or of its text.
pub(super) fn range(value: &Value) -> Option<Literal> {
    match value {
        Value::Str(text) => Some(Literal::Text(text.to_string())),
        Value::List(items) | Value::Tuple(items) => match items.as_slice() {
            [lower, upper] => written(lower, upper, "[)"),
            _ => None,
        },
        Value::Call(call) if is_range_class(call) => {
            let bound = |position, name| call.argument(position, name).cloned().unwrap_or(Value::None);
            let bounds = call.argument(2, "bounds").map_or(Some("[)"), Value::as_str)?;
            written(&bound(0, "lower"), &bound(1, "upper"), bounds)
        }
        _ => None,
    }
}

fn written(lower: &Value, upper: &Value, bounds: &str) -> Option<Literal> {
    let mut brackets = bounds.chars();
    let (opening, closing) = (brackets.next()?, brackets.next()?);
    // A side without an end includes none.
    let opening = if matches!(lower, Value::None) { '(' } else { opening };
    let closing = if matches!(upper, Value::None) { ')' } else { closing };
    let (lower, upper) = (element(lower)?, element(upper)?);
    let type_name = [&lower, &upper].into_iter().find_map(range_type);
    let range = format!("{opening}{},{}{closing}", element_text(&lower), element_text(&upper));
    Some(match type_name {
        Some(type_name) => Literal::Typed(range, type_name),
        None => Literal::Text(range),
    })
}

fn element(value: &Value) -> Option<Literal> {
    match generic(value) {
        Prepared::None => Some(Literal::Null),
        Prepared::Literal(literal) => Some(literal),
        Prepared::Unknown(_) => None,
    }
}

/// Whole numbers fit several range types: psycopg names none.
fn range_type(element: &Literal) -> Option<&'static str> {
    match element {
        Literal::Number(_, "numeric") => Some("numrange"),
        Literal::Typed(_, "date") => Some("daterange"),
        // Django has moments without a time zone sent as ones that have it.
        Literal::Typed(_, "timestamptz" | "timestamp") => Some("tstzrange"),
        _ => None,
    }
}

fn element_text(element: &Literal) -> String {
    let text = match element {
        Literal::Integer(number, _) => number.to_string(),
        Literal::Number(text, _) | Literal::Text(text) | Literal::Typed(text, _) => text.clone(),
        Literal::Null | Literal::Bool(_) | Literal::Bytes(_) | Literal::Array(_) => String::new(),
    };
    let is_special =
        |letter: char| matches!(letter, '"' | ',' | '\\' | '(' | ')' | '[' | ']') || letter.is_whitespace();
    if text.contains(is_special) {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\"\""))
    } else {
        text
    }
}
