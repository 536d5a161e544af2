//! Numbers, texts and other single values: `to_python` and `get_prep_value` of Django's fields.

use std::fmt::Write;

use crate::value::Value;

use super::super::decimals::{decimal_from_float, decimal_text};
use super::super::literals::{Literal, float_text};

/// `int(value)`
pub(super) fn integer(value: &Value) -> Option<i128> {
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
pub(super) fn float(value: &Value) -> Option<f64> {
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
pub(in super::super) fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Int(0) => Some(false),
        Value::Int(1) => Some(true),
        Value::Str(text) => match &**text {
            "t" | "True" | "1" => Some(true),
            "f" | "False" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// `DecimalField.to_python`, then `str`.
pub(super) fn decimal(value: &Value, max_digits: Option<i64>) -> Option<String> {
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
pub(in super::super) fn python_text(value: &Value) -> Option<String> {
    match value {
        Value::Str(text) => Some(text.to_string()),
        Value::Int(number) => Some(number.to_string()),
        Value::Bool(value) => Some(if *value { "True" } else { "False" }.to_owned()),
        Value::Float(number) => Some(float_text(*number)),
        Value::Bytes(bytes) => Some(bytes_text(bytes)),
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

/// `str(b"..")`, which is its `repr()`.
fn bytes_text(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') {
        '"'
    } else {
        '\''
    };
    let mut text = format!("b{quote}");
    for byte in bytes {
        match byte {
            b'\t' => text.push_str("\\t"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\\' => text.push_str("\\\\"),
            b'\'' if quote == '\'' => text.push_str("\\'"),
            b' '..=b'~' => text.push(char::from(*byte)),
            // Writing into a String does not fail.
            _ => drop(write!(text, "\\x{byte:02x}")),
        }
    }
    text.push(quote);
    text
}

fn dashed(hex: &str) -> String {
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32];
    parts.map(|part| hex.get(part).unwrap_or_default()).join("-")
}

/// The 32 digits of a UUID, as psycopg writes it.
pub(super) fn uuid(value: &Value) -> Option<String> {
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

pub(super) fn bytes_literal(bytes: &[u8]) -> Literal {
    let mut digits = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(digits, "{byte:02x}");
    }
    Literal::Bytes(digits)
}

pub(super) fn address(value: &Value, unpack_ipv4: Option<&Value>) -> Option<Literal> {
    match value.as_str()?.trim() {
        "" => Some(Literal::Null),
        text => {
            let mut address: std::net::IpAddr = text.parse().ok()?;
            if unpack_ipv4.and_then(Value::as_bool) == Some(true) {
                address = address.to_canonical();
            }
            Some(Literal::Typed(address.to_string(), "inet"))
        }
    }
}

/// See `HstoreDumper` in psycopg/types/hstore.py.
pub(super) fn hstore(value: &Value) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::python_text;
    use crate::value::Value;

    #[test]
    fn bytes_become_text_as_python_shows_them() {
        let shown = |bytes: &[u8]| python_text(&Value::Bytes(bytes.to_vec())).unwrap_or_default();
        assert_eq!(shown(b"eng"), "b'eng'");
        assert_eq!(shown(b"it's"), "b\"it's\"");
        assert_eq!(shown(b"a\n\\\xe5"), "b'a\\n\\\\\\xe5'");
    }
}
