//! Methods of texts, dicts and lists that are constants.

use super::calls::Arguments;
use super::operators::{self, is_constant};
use super::text;
use crate::value::{Str, Value};

/// A method of a constant.
pub(super) fn method(receiver: &Value, name: &str, arguments: &Arguments) -> Option<Value> {
    match receiver {
        Value::Str(text) => string_method(text, name, arguments),
        Value::Bytes(bytes) if name == "decode" => decoded(bytes, &arguments.args),
        Value::Dict(items) => dict_method(items, name, &arguments.args),
        Value::List(items) if name == "copy" => Some(Value::List(items.clone())),
        _ => None,
    }
}

/// Where `str.splitlines` cuts beside `\n` and `\r\n`.
const OTHER_LINE_ENDS: [char; 9] = [
    '\r', '\x0b', '\x0c', '\x1c', '\x1d', '\x1e', '\u{85}', '\u{2028}', '\u{2029}',
];

fn string_method(text: &Str, name: &str, arguments: &Arguments) -> Option<Value> {
    let string = |text: Str| Some(Value::Str(text));
    match (name, arguments.args.as_slice()) {
        ("format", args) => text::format(text, args, &arguments.kwargs).and_then(string),
        ("format_map", [Value::Dict(items)]) => {
            let named = items
                .iter()
                .filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value.clone())));
            text::format(text, &[], &named.collect::<Vec<_>>()).and_then(string)
        }
        ("join", [list]) => {
            let parts = operators::items(list.clone()).ok()?;
            let part = |part| match part {
                Value::Str(part) => Some(part),
                _ => None,
            };
            let parts: Option<Vec<Str>> = parts.into_iter().map(part).collect();
            string(text::join(text, &parts?.iter().collect::<Vec<_>>()))
        }
        ("strip", []) => string(text.slice(text.trim())),
        ("lstrip", []) => string(text.slice(text.trim_start())),
        ("rstrip", []) => string(text.slice(text.trim_end())),
        ("lower", []) => string(text.to_lowercase().into()),
        ("upper", []) => string(text.to_uppercase().into()),
        ("replace", [Value::Str(from), Value::Str(to)]) if !from.is_empty() && to.len() <= 1024 => {
            string(text::replace(text, from, to))
        }
        ("split" | "rsplit", [Value::Str(by)]) if !by.is_empty() => strings(text, text.split(&**by).collect()),
        ("split", [Value::Str(by), Value::Int(times)]) if !by.is_empty() => {
            let pieces = usize::try_from(*times).map_or(usize::MAX, |times| times.saturating_add(1));
            strings(text, text.splitn(pieces, &**by).collect())
        }
        ("rsplit", [Value::Str(by), Value::Int(times)]) if !by.is_empty() => {
            let pieces = usize::try_from(*times).map_or(usize::MAX, |times| times.saturating_add(1));
            let mut parts: Vec<&str> = text.rsplitn(pieces, &**by).collect();
            parts.reverse();
            strings(text, parts)
        }
        ("partition" | "rpartition", [Value::Str(by)]) if !by.is_empty() => {
            let cut = if name == "partition" {
                text.split_once(&**by)
            } else {
                text.rsplit_once(&**by)
            };
            let parts = match (cut, name) {
                (Some((before, behind)), _) => [before, &**by, behind],
                (None, "partition") => [&**text, "", ""],
                (None, _) => ["", "", &**text],
            };
            Some(Value::Tuple(parts.map(|part| Value::Str(part.into())).to_vec()))
        }
        ("removesuffix", [Value::Str(end)]) => string(text.slice(text.strip_suffix(&**end).unwrap_or(text))),
        ("removeprefix", [Value::Str(start)]) => string(text.slice(text.strip_prefix(&**start).unwrap_or(text))),
        ("split", []) => strings(text, text.split_whitespace().collect()),
        ("splitlines", []) if !text.replace("\r\n", "\n").contains(OTHER_LINE_ENDS) => {
            strings(text, text.lines().collect())
        }
        ("encode", [] | [Value::Str(_)]) => Some(Value::Bytes(text.as_bytes().to_vec())),
        _ => None,
    }
}

/// `bytes.decode()`
fn decoded(bytes: &[u8], args: &[Value]) -> Option<Value> {
    let is_utf_8 = match args {
        [] => true,
        [Value::Str(encoding)] => matches!(&*encoding.to_lowercase(), "utf-8" | "utf8" | "ascii"),
        _ => false,
    };
    let text = std::str::from_utf8(bytes).ok().filter(|_| is_utf_8)?;
    Some(Value::Str(text.into()))
}

fn strings(text: &Str, parts: Vec<&str>) -> Option<Value> {
    let parts = parts.into_iter().map(|part| Value::Str(text.slice(part)));
    Some(Value::List(parts.collect()))
}

fn dict_method(items: &[(Value, Value)], name: &str, args: &[Value]) -> Option<Value> {
    let pair = |(key, value): &(Value, Value)| Value::Tuple(vec![key.clone(), value.clone()]);
    match (name, args) {
        ("items" | "iteritems", []) => Some(Value::List(items.iter().map(pair).collect())),
        ("keys", []) => Some(Value::List(items.iter().map(|(key, _)| key.clone()).collect())),
        ("values" | "itervalues", []) => Some(Value::List(items.iter().map(|(_, value)| value.clone()).collect())),
        ("copy", []) => Some(Value::Dict(items.to_vec())),
        ("get", [key, rest @ ..]) if is_constant(key) => {
            let found = items.iter().find(|(other, _)| other == key).map(|(_, value)| value);
            Some(found.or(rest.first()).cloned().unwrap_or(Value::None))
        }
        _ => None,
    }
}
