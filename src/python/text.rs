//! Strings made from constants: `str()`, `%`, `format`, `dedent`.

use crate::value::{Builder, Str, Value};

/// What `str(value)` gives.
pub(super) fn plain(value: &Value) -> Option<Str> {
    match value {
        Value::Str(text) => Some(text.clone()),
        Value::Int(int) => Some(int.to_string().into()),
        Value::Bool(true) => Some("True".into()),
        Value::Bool(false) => Some("False".into()),
        Value::None => Some("None".into()),
        Value::Float(float) => plain_float(*float).map(Str::from),
        _ => None,
    }
}

/// What `repr(value)` gives of a scalar, where no character of a text is escaped.
pub(super) fn represented(value: &Value) -> Option<Str> {
    match value {
        Value::Str(text)
            if text
                .chars()
                .any(|one| matches!(one, '\'' | '\\') || !(' '..='~').contains(&one)) =>
        {
            None
        }
        Value::Str(text) => Some(format!("'{text}'").into()),
        value => plain(value),
    }
}

/// Python and Rust print a float alike as long as neither needs an exponent.
fn plain_float(float: f64) -> Option<String> {
    let plain = float == 0.0 || (1e-4..1e16).contains(&float.abs());
    plain.then(|| format!("{float:?}"))
}

/// `format % right`.
pub(super) fn percent(format: &Str, right: &Value) -> Option<Value> {
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
    let mut text = Builder::default();
    let mut at = 0;
    while let Some(percent) = format[at..].find('%') {
        text.push_part(format, at..at + percent);
        at += percent + 1;
        let rest = &format[at..];
        let value = match rest.strip_prefix('(') {
            Some(named) => {
                let (name, _) = named.split_once(')')?;
                at += name.len() + 2;
                let mut names = names.iter();
                names
                    .find(|(key, _)| key.as_str() == Some(name))
                    .map(|(_, value)| value)
            }
            None if rest.starts_with('%') => None,
            None => items.next(),
        };
        let kind = format[at..].chars().next()?;
        match (kind, value) {
            ('%', None) => text.push_part(format, at..at + 1),
            ('s', Some(value)) => text.push(&plain(value)?),
            ('d' | 'i', Some(Value::Int(int))) => text.push_text(&int.to_string()),
            _ => return None,
        }
        at += kind.len_utf8();
    }
    text.push_part(format, at..format.len());
    // An item left over is an error in Python.
    items.next().is_none().then_some(Value::Str(text.finish()))
}

/// `format.format(*args, **kwargs)` with plain fields: `{}`, `{0}`, `{name}`.
pub(super) fn format(format: &Str, args: &[Value], kwargs: &[(String, Value)]) -> Option<Str> {
    let mut text = Builder::default();
    let mut at = 0;
    let mut next = 0;
    while let Some(brace) = format[at..].find(['{', '}']) {
        text.push_part(format, at..at + brace);
        at += brace;
        let brace = &format[at..=at];
        at += 1;
        if format[at..].starts_with(brace) {
            text.push_part(format, at..at + 1);
            at += 1;
            continue;
        }
        if brace == "}" {
            return None;
        }
        let (name, _) = format[at..].split_once('}')?;
        at += name.len() + 1;
        let value = if name.is_empty() {
            next += 1;
            args.get(next - 1)?
        } else if let Ok(at) = name.parse::<usize>() {
            args.get(at)?
        } else {
            &kwargs.iter().find(|(key, _)| key == name)?.1
        };
        text.push(&plain(value)?);
    }
    text.push_part(format, at..format.len());
    Some(text.finish())
}

/// `text.replace(from, to)`; `from` is not empty.
pub(super) fn replace(text: &Str, from: &str, to: &Str) -> Str {
    let mut replaced = Builder::default();
    let mut at = 0;
    for (found, _) in text.match_indices(from) {
        replaced.push_part(text, at..found);
        replaced.push(to);
        at = found + from.len();
    }
    replaced.push_part(text, at..text.len());
    replaced.finish()
}

/// `separator.join(items)`.
pub(super) fn join(separator: &Str, items: &[&Str]) -> Str {
    let mut joined = Builder::default();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            joined.push(separator);
        }
        joined.push(item);
    }
    joined.finish()
}

/// `textwrap.dedent(text)`.
pub(super) fn dedent(text: &Str) -> Str {
    let lines = text.split('\n');
    let indented = lines.clone().filter(|line| !line.trim().is_empty());
    let indents = indented.map(|line| &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]);
    let margin = indents.reduce(common_prefix).unwrap_or_default().len();
    let mut cut = Builder::default();
    let mut at = 0;
    for line in lines {
        if at > 0 {
            cut.push_part(text, at - 1..at);
        }
        if !line.trim().is_empty() {
            cut.push_part(text, at + margin..at + line.len());
        }
        at += line.len() + 1;
    }
    cut.finish()
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
    use crate::value::{Str, Value};

    #[test]
    fn percent_takes_tuples_dicts_and_single_values() {
        let text = |text: &str| Value::Str(text.into());
        let percent = |format: &str, value: &Value| percent(&format.into(), value);
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
        let args = [Value::Int(1), Value::Str("x".into())];
        let kwargs = [("name".to_owned(), Value::None)];
        assert_eq!(
            format(&"{} {} {{}} {name} {0}".into(), &args, &kwargs),
            Some(Str::from("1 x {} None 1"))
        );
        assert_eq!(format(&"{0!r}".into(), &args, &kwargs), None);
    }

    #[test]
    fn dedent_removes_the_common_margin() {
        assert_eq!(&*dedent(&"\n    a\n      b\n  \n    ".into()), "\na\n  b\n\n");
    }
}
