//! Operators on constants; what constants do not settle stays a `Value::Operation`.

#![allow(
    clippy::result_large_err,
    reason = "what could not be computed is handed back as it is"
)]
#![allow(
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "Python computes in the same way"
)]

use ruff_python_ast::{CmpOp, Operator as Written};

use super::text;
use crate::value::{Operator, Str, Value};

/// A float as Python makes it of an integer: the nearest one.
pub(super) fn to_float(int: i128) -> f64 {
    int as f64
}

/// A string or list longer than this is not built.
const MAX_LENGTH: usize = 1 << 20;

/// A string longer than this is not taken apart.
const MAX_LISTED: usize = 1000;

/// Our operator for Python's, where we have one.
pub(super) fn operator(written: Written) -> Option<Operator> {
    Some(match written {
        Written::Add => Operator::Add,
        Written::Sub => Operator::Subtract,
        Written::Mult => Operator::Multiply,
        Written::Div => Operator::Divide,
        Written::Mod => Operator::Modulo,
        Written::Pow => Operator::Power,
        Written::BitOr => Operator::Or,
        Written::BitXor => Operator::Xor,
        Written::BitAnd => Operator::And,
        Written::MatMult | Written::LShift | Written::RShift | Written::FloorDiv => return None,
    })
}

/// Operators of whole numbers for which there is no other use, or another one.
pub(super) fn bits(written: Written, left: &Value, right: &Value) -> Option<Value> {
    let (Value::Int(left), Value::Int(right)) = (left, right) else {
        return None;
    };
    let result = match written {
        Written::BitOr => Some(left | right),
        Written::BitXor => Some(left ^ right),
        Written::BitAnd => Some(left & right),
        Written::LShift => 2_i128
            .checked_pow(u32::try_from(*right).ok()?)
            .and_then(|factor| left.checked_mul(factor)),
        Written::RShift => left.checked_shr(u32::try_from(*right).ok()?),
        Written::FloorDiv if *right > 0 => Some(left.div_euclid(*right)),
        Written::FloorDiv
        | Written::MatMult
        | Written::Add
        | Written::Sub
        | Written::Mult
        | Written::Div
        | Written::Mod
        | Written::Pow => None,
    };
    result.map(Value::Int)
}

/// `left operator right`.
#[must_use]
pub fn binary(operator: Operator, left: Value, right: Value) -> Value {
    let settled = match operator {
        Operator::Add => add(left, right),
        Operator::Modulo => match &left {
            Value::Str(format) => text::percent(format, &right).ok_or((left, right)),
            _ => arithmetic(operator, left, right),
        },
        Operator::Multiply => multiply(left, right),
        Operator::Or => union(left, right),
        Operator::Subtract | Operator::Divide | Operator::Power => arithmetic(operator, left, right),
        Operator::And | Operator::Xor | Operator::Invert | Operator::Negate => Err((left, right)),
    };
    settled.unwrap_or_else(|(left, right)| Value::Operation(operator, vec![left, right]))
}

type Unsettled = (Value, Value);

fn add(left: Value, right: Value) -> Result<Value, Unsettled> {
    match (left, right) {
        (Value::Str(left), Value::Str(right)) if left.len() + right.len() <= MAX_LENGTH => {
            Ok(Value::Str(text::join(&Str::default(), &[&left, &right])))
        }
        (Value::List(mut left), Value::List(right)) => {
            left.extend(right);
            Ok(Value::List(left))
        }
        (Value::Tuple(mut left), Value::Tuple(right)) => {
            left.extend(right);
            Ok(Value::Tuple(left))
        }
        (left, right) => arithmetic(Operator::Add, left, right),
    }
}

fn multiply(left: Value, right: Value) -> Result<Value, Unsettled> {
    match (left, right) {
        (Value::Str(text), Value::Int(times)) | (Value::Int(times), Value::Str(text)) => {
            let times = usize::try_from(times.max(0)).unwrap_or(usize::MAX);
            if text.len().saturating_mul(times) > MAX_LENGTH {
                return Err((Value::Str(text), Value::Int(i128::MAX)));
            }
            Ok(Value::Str(text.repeat(times).into()))
        }
        (left, right) => arithmetic(Operator::Multiply, left, right),
    }
}

fn union(left: Value, right: Value) -> Result<Value, Unsettled> {
    match (left, right) {
        (Value::Dict(mut left), Value::Dict(right)) => {
            right
                .into_iter()
                .for_each(|(key, value)| super::expressions::set_item(&mut left, key, value));
            Ok(Value::Dict(left))
        }
        (left, right) => Err((left, right)),
    }
}

fn arithmetic(operator: Operator, left: Value, right: Value) -> Result<Value, Unsettled> {
    let result = match (&left, &right) {
        (Value::Int(left), Value::Int(right)) => integers(operator, *left, *right),
        (Value::Float(left), Value::Float(right)) => floats(operator, *left, *right),
        (Value::Float(left), Value::Int(right)) => floats(operator, *left, *right as f64),
        (Value::Int(left), Value::Float(right)) => floats(operator, *left as f64, *right),
        (left, right) => super::decimals::arithmetic(operator, left, right)
            .or_else(|| super::dates::arithmetic(operator, left, right)),
    };
    result.ok_or((left, right))
}

fn integers(operator: Operator, left: i128, right: i128) -> Option<Value> {
    let result = match operator {
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
        Operator::Modulo => left.checked_rem_euclid(right).filter(|_| right > 0),
        Operator::Power => u32::try_from(right).ok().and_then(|power| left.checked_pow(power)),
        Operator::Divide => return (right != 0).then(|| Value::Float(left as f64 / right as f64)),
        Operator::And | Operator::Or | Operator::Xor | Operator::Invert | Operator::Negate => None,
    };
    result.map(Value::Int)
}

fn floats(operator: Operator, left: f64, right: f64) -> Option<Value> {
    let result = match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide if right != 0.0 => left / right,
        Operator::Divide
        | Operator::Modulo
        | Operator::Power
        | Operator::And
        | Operator::Or
        | Operator::Xor
        | Operator::Invert
        | Operator::Negate => return None,
    };
    Some(Value::Float(result))
}

/// Whether Python takes a value for true, where that is certain.
#[must_use]
pub fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::None => Some(false),
        Value::Bool(value) => Some(*value),
        Value::Int(value) => Some(*value != 0),
        Value::Float(value) => Some(*value != 0.0),
        Value::Str(value) => Some(!value.is_empty()),
        Value::Bytes(value) => Some(!value.is_empty()),
        // What is not known of a list may be any number of items.
        Value::List(items) | Value::Tuple(items) | Value::Set(items)
            if !items.is_empty() && items.iter().all(|item| matches!(item, Value::Unknown(_))) =>
        {
            None
        }
        Value::List(items) | Value::Tuple(items) | Value::Set(items) => Some(!items.is_empty()),
        Value::Dict(items) => Some(!items.is_empty()),
        Value::Function(_) => Some(true),
        Value::Name(_) | Value::Setting(_) | Value::Call(_) | Value::Operation(..) | Value::Unknown(_) => None,
    }
}

/// Whether a value holds nothing but literals, so that comparing it means something.
pub(super) fn is_constant(value: &Value) -> bool {
    match value {
        Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) | Value::Bytes(_) => true,
        Value::List(items) | Value::Tuple(items) | Value::Set(items) => items.iter().all(is_constant),
        Value::Dict(items) => items.iter().all(|(key, value)| is_constant(key) && is_constant(value)),
        Value::Name(_)
        | Value::Setting(_)
        | Value::Call(_)
        | Value::Function(_)
        | Value::Operation(..)
        | Value::Unknown(_) => false,
    }
}

/// `left operator right`, where constants decide.
pub(super) fn compare(operator: CmpOp, left: &Value, right: &Value) -> Option<bool> {
    // Of a dict its keys alone are asked.
    let is_known = match (operator, right) {
        (CmpOp::In | CmpOp::NotIn, Value::Dict(items)) => items.iter().all(|(key, _)| is_constant(key)),
        (_, right) => is_constant(right),
    };
    if !is_constant(left) || !is_known {
        return None;
    }
    match operator {
        CmpOp::Eq | CmpOp::Is => Some(equal(left, right)),
        CmpOp::NotEq | CmpOp::IsNot => Some(!equal(left, right)),
        CmpOp::Lt => order(left, right).map(std::cmp::Ordering::is_lt),
        CmpOp::LtE => order(left, right).map(std::cmp::Ordering::is_le),
        CmpOp::Gt => order(left, right).map(std::cmp::Ordering::is_gt),
        CmpOp::GtE => order(left, right).map(std::cmp::Ordering::is_ge),
        CmpOp::In => contains(right, left),
        CmpOp::NotIn => contains(right, left).map(|contains| !contains),
    }
}

fn equal(left: &Value, right: &Value) -> bool {
    match (number(left), number(right)) {
        (Some(left), Some(right)) => left == right,
        _ => left == right,
    }
}

fn order(left: &Value, right: &Value) -> Option<std::cmp::Ordering> {
    match (left, right) {
        (Value::Str(left), Value::Str(right)) => Some(left.cmp(right)),
        (Value::Tuple(left), Value::Tuple(right)) | (Value::List(left), Value::List(right)) => {
            let unequal = left.iter().zip(right).find(|(left, right)| !equal(left, right));
            match unequal {
                Some((left, right)) => order(left, right),
                None => Some(left.len().cmp(&right.len())),
            }
        }
        _ => number(left)?.partial_cmp(&number(right)?),
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(int) => Some(*int as f64),
        Value::Bool(bool) => Some(f64::from(u8::from(*bool))),
        Value::Float(float) => Some(*float),
        _ => None,
    }
}

fn contains(container: &Value, item: &Value) -> Option<bool> {
    match (container, item) {
        (Value::Str(text), Value::Str(part)) => Some(text.contains(&**part)),
        (Value::List(items) | Value::Tuple(items) | Value::Set(items), item) => {
            Some(items.iter().any(|other| equal(other, item)))
        }
        (Value::Dict(items), item) => Some(items.iter().any(|(key, _)| equal(key, item))),
        _ => None,
    }
}

/// What `list(value)` gives: of a text its characters.
pub(super) fn listed(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Str(text) if text.len() <= MAX_LISTED => {
            let characters = text.chars().map(|character| Value::Str(character.to_string().into()));
            Some(characters.collect())
        }
        value => items(value.clone()).ok(),
    }
}

/// What iterating over a value gives; the value itself where that is not known.
pub(super) fn items(value: Value) -> Result<Vec<Value>, Value> {
    match value {
        Value::List(items) | Value::Tuple(items) | Value::Set(items) => Ok(items),
        Value::Dict(items) => Ok(items.into_iter().map(|(key, _)| key).collect()),
        value => Err(value),
    }
}

/// `value[key]`.
pub(super) fn item(value: &Value, key: &Value) -> Option<Value> {
    match (value, key) {
        (Value::Dict(items), key) => {
            let found = items.iter().rev().find(|(other, _)| equal(other, key));
            found.map(|(_, value)| value.clone())
        }
        (Value::List(items) | Value::Tuple(items), Value::Int(at)) => items.get(position(*at, items.len())?).cloned(),
        // One PostgreSQL database is assumed: `settings.DATABASES["default"]["ENGINE"]` is known, all else is not.
        (Value::Setting(name), Value::Str(_)) if name == "DATABASES" => Some(Value::Name(DATABASE.to_owned())),
        (Value::Name(path), Value::Str(key)) if (path == DATABASE || path == CONNECTION) && key == "ENGINE" => {
            Some(Value::Str("django.db.backends.postgresql".into()))
        }
        _ => None,
    }
}

/// What one entry of `settings.DATABASES` is for us.
const DATABASE: &str = "<database>";
/// The same as an open connection has it.
const CONNECTION: &str = "django.db.connection.settings_dict";

/// `value[lower:upper]` of a list or tuple.
pub(super) fn slice(value: &Value, lower: Option<i128>, upper: Option<i128>) -> Option<Value> {
    let cut = |items: &[Value]| -> Vec<Value> {
        let end = upper.map_or(items.len(), |at| clamped(at, items.len()));
        let start = lower.map_or(0, |at| clamped(at, items.len())).min(end);
        items[start..end].to_vec()
    };
    match value {
        Value::List(items) => Some(Value::List(cut(items))),
        Value::Tuple(items) => Some(Value::Tuple(cut(items))),
        _ => None,
    }
}

fn position(at: i128, length: usize) -> Option<usize> {
    let at = if at < 0 {
        at.checked_add(i128::try_from(length).ok()?)?
    } else {
        at
    };
    usize::try_from(at).ok()
}

fn clamped(at: i128, length: usize) -> usize {
    position(at, length).unwrap_or(0).min(length)
}
