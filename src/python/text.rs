//! Strings made from constants: `str()`, `%`, `format`, `dedent`.

use crate::value::Value;

/// What `str(value)` gives.
pub(super) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Str(text) => Some(text.clone()),
        Value::Int(int) => Some(int.to_string()),
        Value::Bool(true) => Some("True".to_owned()),
        Value::Bool(false) => Some("False".to_owned()),
        Value::None => Some("None".to_owned()),
        Value::Float(float) => plain_float(*float),
        _ => None,
    }
}

/// Python and Rust print a float alike as long as neither needs an exponent.
fn plain_float(float: f64) -> Option<String> {
    let plain = float == 0.0 || (1e-4..1e16).contains(&float.abs());
    plain.then(|| format!("{float:?}"))
}

/// `format % right`.
pub(super) fn percent(format: &str, right: &Value) -> Option<Value> {
    let single;
    let (items, names): (&[Value], &[(Value, Value)]) = match right {
        Value::Tuple(items) => (items, &[]),
        Value::Dict(names) => (&[], names),
        value => {
            single = std::slice::from_ref(value);
            (single, &[])
        }
    };
    let mut items = items.iter();
    let mut text = String::with_capacity(format.len());
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let value = match rest.strip_prefix('(') {
            Some(named) => {
                let (name, after) = named.split_once(')')?;
                rest = after;
                names
                    .iter()
                    .find(|(key, _)| key.as_str() == Some(name))
                    .map(|(_, value)| value)
            }
            None if rest.starts_with('%') => None,
            None => items.next(),
        };
        let kind = rest.chars().next()?;
        rest = &rest[kind.len_utf8()..];
        match (kind, value) {
            ('%', None) => text.push('%'),
            ('s', Some(value)) => text.push_str(&plain(value)?),
            ('d' | 'i', Some(Value::Int(int))) => text.push_str(&int.to_string()),
            _ => return None,
        }
    }
    text.push_str(rest);
    // An item left over is an error in Python.
    items.next().is_none().then_some(Value::Str(text))
}

/// `format.format(*args, **kwargs)` with plain fields: `{}`, `{0}`, `{name}`.
pub(super) fn format(format: &str, args: &[Value], kwargs: &[(String, Value)]) -> Option<String> {
    let mut text = String::with_capacity(format.len());
    let mut rest = format;
    let mut next = 0;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            text.push_str(brace);
            rest = after;
            continue;
        }
        if brace == "}" {
            return None;
        }
        let (name, after) = rest.split_once('}')?;
        rest = after;
        let value = if name.is_empty() {
            next += 1;
            args.get(next - 1)?
        } else if let Ok(at) = name.parse::<usize>() {
            args.get(at)?
        } else {
            &kwargs.iter().find(|(key, _)| key == name)?.1
        };
        text.push_str(&plain(value)?);
    }
    text.push_str(rest);
    Some(text)
}

/// `textwrap.dedent(text)`.
pub(super) fn dedent(text: &str) -> String {
    let lines = text.split('\n');
    let indented = lines.clone().filter(|line| !line.trim().is_empty());
    let indents = indented.map(|line| &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]);
    let margin = indents.reduce(common_prefix).unwrap_or_default().len();
    let cut = lines.map(|line| if line.trim().is_empty() { "" } else { &line[margin..] });
    cut.collect::<Vec<_>>().join("\n")
}

fn common_prefix<'a>(left: &'a str, right: &str) -> &'a str {
    let length = left
        .bytes()
        .zip(right.bytes())
        .take_while(|(left, right)| left == right)
        .count();
    &left[..length]
}

#[cfg(test)]
mod tests {
    use super::{dedent, format, percent};
    use crate::value::Value;

    #[test]
    fn percent_takes_tuples_dicts_and_single_values() {
        let text = |text: &str| Value::Str(text.to_owned());
        let pair = Value::Tuple(vec![text("a"), Value::Int(3)]);
        assert_eq!(percent("%s=%d %%", &pair), Some(text("a=3 %")));
        let dict = Value::Dict(vec![(text("name"), text("b"))]);
        assert_eq!(percent("x %(name)s", &dict), Some(text("x b")));
        assert_eq!(percent("%s", &text("c")), Some(text("c")));
        assert_eq!(percent("%s %s", &text("c")), None);
        assert_eq!(percent("%.2f", &Value::Float(1.0)), None);
    }

    #[test]
    fn format_takes_positions_and_names() {
        let args = [Value::Int(1), Value::Str("x".to_owned())];
        let kwargs = [("name".to_owned(), Value::None)];
        assert_eq!(
            format("{} {} {{}} {name} {0}", &args, &kwargs).as_deref(),
            Some("1 x {} None 1")
        );
        assert_eq!(format("{0!r}", &args, &kwargs), None);
    }

    #[test]
    fn dedent_removes_the_common_margin() {
        assert_eq!(dedent("\n    a\n      b\n  \n    "), "\na\n  b\n\n");
    }
}
