//! `json.dumps` of Python, and Django's encoder for it.

use std::fmt::Write;

use crate::migration::Field;
use crate::value::{Call, Value};

use super::literals::float_text;
use super::moments::{self, Moment};
use super::prepare::python_text;

/// What writes the values that JSON itself lacks.
#[derive(Clone, Copy)]
enum Encoder {
    /// Python's own: none of them.
    Plain,
    /// `DjangoJSONEncoder`: dates, times, durations, `Decimal`, `UUID`, and texts that are translated late.
    Django,
    /// One of the project's, which nobody followed.
    Other,
}

impl Encoder {
    fn of(field: &Field) -> Self {
        match field.compared.get("encoder") {
            None | Some(Value::None) => Encoder::Plain,
            Some(Value::Name(path)) if path == "json.JSONEncoder" || path == "json.encoder.JSONEncoder" => {
                Encoder::Plain
            }
            Some(Value::Name(path)) if path == "django.core.serializers.json.DjangoJSONEncoder" => Encoder::Django,
            Some(_) => Encoder::Other,
        }
    }
}

/// The JSON text of a value of a field; nothing if part of it is not known, or not taken by the field's encoder.
pub(super) fn json_text(field: &Field, value: &Value) -> Option<String> {
    let mut text = String::new();
    write_json(&mut text, value, Encoder::of(field))?;
    Some(text)
}

fn write_json(text: &mut String, value: &Value, encoder: Encoder) -> Option<()> {
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
                write_json(text, item, encoder)?;
            }
            text.push(']');
        }
        Value::Dict(items) => {
            text.push('{');
            for (index, (key, value)) in items.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                write_string(text, &key_text(key)?);
                text.push_str(": ");
                write_json(text, value, encoder)?;
            }
            text.push('}');
        }
        Value::Call(call) => write_string(text, &called_text(call, value, encoder)?),
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

/// `default()` of the encoder; texts that are translated at once are texts already.
fn called_text(call: &Call, value: &Value, encoder: Encoder) -> Option<String> {
    match encoder {
        _ if matches!(
            call.class_name(),
            "gettext" | "gettext_noop" | "ugettext" | "pgettext" | "mark_safe" | "SafeString"
        ) =>
        {
            python_text(value)
        }
        Encoder::Plain | Encoder::Other => None,
        Encoder::Django => match moments::microseconds(call) {
            Some(microseconds) => Some(moments::iso_duration(microseconds)),
            None => Moment::from_call(call)
                .and_then(moment_text)
                .or_else(|| python_text(value)),
        },
    }
}

/// `isoformat()`, with milliseconds at most: see `DjangoJSONEncoder.default`.
fn moment_text(moment: Moment) -> Option<String> {
    let to_milliseconds = |time: String| match time.split_once('.') {
        Some((clock, fraction)) => format!("{clock}.{}", fraction.get(..3).unwrap_or(fraction)),
        None => time,
    };
    match moment {
        Moment::Date(date) => Some(date),
        Moment::Time(time) => Some(to_milliseconds(time)),
        Moment::DateTime { date, time, offset } => {
            let offset = match offset.as_deref() {
                None => "",
                Some("+00:00") => "Z",
                Some(offset) => offset,
            };
            Some(format!("{date}T{}{offset}", to_milliseconds(time)))
        }
        Moment::Duration(_) => None,
    }
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
