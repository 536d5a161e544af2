//! `json.dumps` of Python.

use std::fmt::Write;

use crate::value::Value;

use super::literals::float_text;
use super::prepare::python_text;

/// The JSON text of a value; nothing if part of it is not known.
pub(super) fn json_text(value: &Value) -> Option<String> {
    let mut text = String::new();
    write_json(&mut text, value)?;
    Some(text)
}

fn write_json(text: &mut String, value: &Value) -> Option<()> {
    match value {
        Value::None => text.push_str("null"),
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Int(number) => text.push_str(&number.to_string()),
        Value::Float(number) => text.push_str(&float_text(*number)),
        Value::Str(string) => write_string(text, string),
        Value::List(items) | Value::Tuple(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                write_json(text, item)?;
            }
            text.push(']');
        }
        Value::Dict(items) => {
            text.push('{');
            for (index, (key, value)) in items.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                write_string(text, &key_text(key)?);
                text.push_str(": ");
                write_json(text, value)?;
            }
            text.push('}');
        }
        Value::Call(_) => write_string(text, &python_text(value)?),
        Value::Bytes(_)
        | Value::Set(_)
        | Value::Name(_)
        | Value::Setting(_)
        | Value::Function(_)
        | Value::Operation(..)
        | Value::Unknown(_) => return None,
    }
    Some(())
}

fn key_text(key: &Value) -> Option<String> {
    match key {
        Value::Str(text) => Some(text.to_string()),
        Value::None => Some("null".to_owned()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Int(number) => Some(number.to_string()),
        Value::Float(number) => Some(float_text(*number)),
        _ => None,
    }
}

/// A string with everything beyond ASCII escaped, as `ensure_ascii` does.
fn write_string(text: &mut String, string: &str) {
    text.push('"');
    for letter in string.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            ' '..='~' => text.push(letter),
            _ => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    text.push('"');
}
