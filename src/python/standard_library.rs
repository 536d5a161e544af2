//! Functions of the standard library, and of Django, on constants.

use std::sync::Arc;

use super::calls::Arguments;
use super::text;
use crate::source::Range;
use crate::value::{Call, Value};

/// What a function gives, if it is one of those that constants settle.
pub(super) fn function(path: &str, arguments: &Arguments) -> Option<Value> {
    match (path, arguments.args.as_slice()) {
        ("django.utils.module_loading.import_string", [Value::Str(path)]) => {
            Some(Value::Name(super::canonical(path).into_owned()))
        }
        ("django.db.connection.ops.quote_name", [Value::Str(name)]) => Some(Value::Str(quoted(name).into())),
        ("textwrap.dedent" | "inspect.cleandoc", [Value::Str(text)]) => Some(Value::Str(text::dedent(text))),
        ("django.utils.encoding.force_str" | "six.text_type" | "django.utils.six.text_type", [value]) => {
            text::plain(value).map(Value::Str)
        }
        ("datetime.date.fromisoformat", [Value::Str(text)]) => date(text),
        ("datetime.datetime.fromisoformat", [Value::Str(text)]) => date_time(text),
        _ => None,
    }
}

/// `quote_name` of django/db/backends/postgresql/operations.py
fn quoted(name: &str) -> String {
    if name.len() > 1 && name.starts_with('"') && name.ends_with('"') {
        return name.to_owned();
    }
    format!("\"{name}\"")
}

/// `datetime.date(2020, 1, 2)` of `2020-01-02`.
fn date(text: &str) -> Option<Value> {
    Some(call("datetime.date", numbers(text, '-', 3)?))
}

/// `datetime.datetime(2020, 1, 2, 3, 4, 5)`, in UTC where the text says so. Other offsets and fractions are left as written.
fn date_time(text: &str) -> Option<Value> {
    let (date, time) = text.split_once(['T', ' ']).unwrap_or((text, "00:00:00"));
    let in_utc = time.strip_suffix('Z').or_else(|| time.strip_suffix("+00:00"));
    let time = in_utc.unwrap_or(time);
    let count = time.split(':').count();
    let mut parts = numbers(date, '-', 3)?;
    parts.extend(numbers(time, ':', count.clamp(2, 3))?);
    if in_utc.is_none() {
        return Some(call("datetime.datetime", parts));
    }
    parts.resize(7, Value::Int(0));
    parts.push(Value::Name("datetime.timezone.utc".to_owned()));
    Some(call("datetime.datetime", parts))
}

fn numbers(text: &str, separator: char, count: usize) -> Option<Vec<Value>> {
    let parts = text.split(separator);
    let number = |part: &str| {
        let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse().ok().filter(|_| is_number).map(Value::Int)
    };
    let numbers: Vec<Value> = parts.map(number).collect::<Option<_>>()?;
    (numbers.len() == count).then_some(numbers)
}

pub(super) fn call(path: &str, args: Vec<Value>) -> Value {
    Value::Call(Arc::new(Call {
        path: path.to_owned(),
        arg_ranges: vec![Range::default(); args.len()],
        args,
        kwargs: Vec::new(),
        range: Range::default(),
        name_range: Range::default(),
    }))
}
