//! Whether Python calls two values equal, where Django compares an old default with a new one.
//!
//! Psycopg's wrappers of JSON and bytes are equal to themselves alone, and Django makes them anew for each side.

use crate::value::{Call, Value};

use super::literals::Literal;
use super::moments::Moment;
use super::prepare::Prepared;

/// `old_default != new_default` of `_alter_field`; one that is made anew each time always differs.
pub(super) fn differ(old: &Prepared, new: &Prepared) -> bool {
    match (old, new) {
        (Prepared::None, Prepared::None) => false,
        (Prepared::Literal(old), Prepared::Literal(new)) => !are_equal(old, new),
        (_, Prepared::Unknown(_)) | (Prepared::None | Prepared::Literal(_) | Prepared::Unknown(_), _) => true,
    }
}

fn are_equal(old: &Literal, new: &Literal) -> bool {
    if let (Some(old), Some(new)) = (number(old), number(new)) {
        return old.equals(&new);
    }
    match (old, new) {
        (Literal::Typed(_, "jsonb" | "json") | Literal::Bytes(_), _) => false,
        (Literal::Typed(old, "timestamptz"), Literal::Typed(new, "timestamptz")) => {
            let instants = [old, new].map(|text| Moment::parse_date_time(text).and_then(|moment| moment.instant()));
            old == new || instants[0].is_some() && instants[0] == instants[1]
        }
        (Literal::Array(old), Literal::Array(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| are_equal(old, new))
        }
        (old, new) => old == new,
    }
}

/// What a number comes to, whatever its class: `1 == 1.0 == True == Decimal("1")`. Not a number is equal to nothing.
fn number(literal: &Literal) -> Option<Number> {
    Some(Number(match literal {
        Literal::Bool(value) => plain(truth(*value)),
        Literal::Integer(value, _) => plain(&value.to_string()),
        Literal::Number(text, "float8") => text.parse().ok().and_then(exact),
        Literal::Number(text, _) => plain(text),
        Literal::Null | Literal::Text(_) | Literal::Typed(..) | Literal::Bytes(_) | Literal::Array(_) => return None,
    }))
}

/// The digits of a number, the same for equal ones; none where it is not a number.
#[derive(PartialEq)]
struct Number(Option<String>);

impl Number {
    fn equals(&self, other: &Self) -> bool {
        self.0.is_some() && self == other
    }
}

fn truth(value: bool) -> &'static str {
    if value { "1" } else { "0" }
}

/// The digits of a float, all of them.
fn exact(number: f64) -> Option<String> {
    /// The smallest float has so many.
    const DIGITS: usize = 1074;
    if number.is_nan() {
        return None;
    }
    plain(&format!("{number:.DIGITS$}"))
}

/// A decimal number without zeros that say nothing.
fn plain(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    if text.contains("nan") {
        return None;
    }
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", mantissa.trim_start_matches('+')),
    };
    if !digits.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.') {
        return Some(format!("{sign}{}", &digits[..digits.len().min(3)]));
    }
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let shift = exponent.parse::<i64>().ok()? - i64::try_from(fraction.len()).ok()?;
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0');
    let kept = significant.trim_end_matches('0');
    if kept.is_empty() {
        return Some("0".to_owned());
    }
    let exponent = shift + i64::try_from(significant.len() - kept.len()).ok()?;
    Some(format!("{sign}{kept}e{exponent}"))
}

/// Whether two arguments of a field are equal to Python, as `deconstruct` gives them.
pub(super) fn arguments_are_equal(old: &Value, new: &Value) -> bool {
    if let (Some(old), Some(new)) = (argument_number(old), argument_number(new)) {
        return old.equals(&new);
    }
    match (old, new) {
        (Value::List(old), Value::List(new)) | (Value::Tuple(old), Value::Tuple(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| arguments_are_equal(old, new))
        }
        (Value::Dict(old), Value::Dict(new)) => {
            let has_same = |(name, value): &(Value, Value)| {
                let mut pairs = new.iter();
                let same = pairs.find(|(other, _)| arguments_are_equal(name, other));
                same.is_some_and(|(_, other)| arguments_are_equal(value, other))
            };
            old.len() == new.len() && old.iter().all(has_same)
        }
        (Value::Set(old), Value::Set(new)) => {
            let is_there = |item: &Value| new.iter().any(|other| arguments_are_equal(item, other));
            old.len() == new.len() && old.iter().all(is_there)
        }
        (Value::Call(old_call), Value::Call(new_call)) => {
            old == new || instant(old_call).is_some_and(|instant_of_old| Some(instant_of_old) == instant(new_call))
        }
        (old, new) => old == new,
    }
}

fn argument_number(value: &Value) -> Option<Number> {
    match value {
        Value::Bool(value) => Some(Number(plain(truth(*value)))),
        Value::Int(value) => Some(Number(plain(&value.to_string()))),
        Value::Float(value) => Some(Number(exact(*value))),
        Value::Call(call) if matches!(call.path.as_str(), "decimal.Decimal" | "builtins.float") => {
            let digits = match (call.path.as_str(), call.argument(0, "value")) {
                (_, None) => plain("0"),
                ("builtins.float", Some(Value::Str(text))) => text.trim().parse().ok().and_then(exact),
                (_, Some(Value::Str(text))) => plain(text),
                (_, Some(value)) => return argument_number(value),
            };
            Some(Number(digits))
        }
        _ => None,
    }
}

fn instant(call: &Call) -> Option<(i128, i128)> {
    Moment::from_call(call)?.instant()
}
