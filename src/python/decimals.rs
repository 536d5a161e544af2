//! Arithmetic of `decimal.Decimal` on constants: sums, differences and products, which are exact.

use std::sync::Arc;

use crate::source::Range;
use crate::value::{Call, Operator, Value};

/// Python's default precision: what has more digits is rounded, which is not done here.
const PRECISION: usize = 28;

/// `coefficient` times ten to the power of `-places`.
#[derive(Clone, Copy)]
struct Decimal {
    coefficient: i128,
    places: u32,
}

/// `left operator right`, where one of them is a `Decimal`.
pub(super) fn arithmetic(operator: Operator, left: &Value, right: &Value) -> Option<Value> {
    if ![left, right].into_iter().any(is_decimal) {
        return None;
    }
    let (left, right) = (Decimal::read(left)?, Decimal::read(right)?);
    let places = left.places.max(right.places);
    let result = match operator {
        Operator::Add => Decimal {
            coefficient: left.with_places(places)?.checked_add(right.with_places(places)?)?,
            places,
        },
        Operator::Subtract => Decimal {
            coefficient: left.with_places(places)?.checked_sub(right.with_places(places)?)?,
            places,
        },
        Operator::Multiply => Decimal {
            coefficient: left.coefficient.checked_mul(right.coefficient)?,
            places: left.places + right.places,
        },
        Operator::Divide
        | Operator::Modulo
        | Operator::Power
        | Operator::And
        | Operator::Or
        | Operator::Xor
        | Operator::Invert
        | Operator::Negate => return None,
    };
    result.written()
}

fn is_decimal(value: &Value) -> bool {
    matches!(value, Value::Call(call) if call.path == "decimal.Decimal")
}

impl Decimal {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Int(coefficient) => Some(Decimal {
                coefficient: *coefficient,
                places: 0,
            }),
            Value::Call(call) if is_decimal(value) => match call.args.as_slice() {
                [] => Decimal::read(&Value::Int(0)),
                [Value::Str(text)] => Decimal::parse(text.trim()),
                [value @ Value::Int(_)] => Decimal::read(value),
                _ => None,
            },
            _ => None,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let is_number = whole.strip_prefix(['-', '+']).unwrap_or(whole);
        let are_digits = is_number
            .bytes()
            .chain(fraction.bytes())
            .all(|byte| byte.is_ascii_digit());
        let coefficient = format!("{whole}{fraction}").parse().ok().filter(|_| are_digits)?;
        Some(Decimal {
            coefficient,
            places: u32::try_from(fraction.len()).ok()?,
        })
    }

    fn with_places(self, places: u32) -> Option<i128> {
        self.coefficient.checked_mul(10_i128.checked_pow(places - self.places)?)
    }

    /// The constructor of the same number; none of one that Python writes with an exponent, or rounds.
    fn written(self) -> Option<Value> {
        let digits = self.coefficient.unsigned_abs().to_string();
        let places = self.places as usize;
        if digits.len() > PRECISION || places > digits.len() + 5 {
            return None;
        }
        let digits = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        let sign = if self.coefficient < 0 { "-" } else { "" };
        let point = if fraction.is_empty() { "" } else { "." };
        let text = format!("{sign}{whole}{point}{fraction}");
        Some(Value::Call(Arc::new(Call {
            path: "decimal.Decimal".to_owned(),
            args: vec![Value::Str(text.into())],
            kwargs: Vec::new(),
            range: Range::default(),
            name_range: Range::default(),
            arg_ranges: vec![Range::default()],
        })))
    }
}
