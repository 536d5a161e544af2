//! Postgres's functions of text that `EXECUTE` is fed with: `format`, `quote_ident`, `concat`.

use std::borrow::Cow;
use std::rc::Rc;

use crate::sql::cursor::Cursor;
use crate::statement::{quote_literal, quote_name};
use crate::unknown::PartForm;

use super::folding::Folding;
use super::structure::Tokens;
use super::text::{MOST_ITEMS, Text, Value};

impl Folding<'_> {
    pub(super) fn call(&self, name: &str, arguments: Tokens<'_>, depth: usize) -> Value {
        let arguments: Vec<Value> = Cursor::comma_separated(arguments)
            .into_iter()
            .map(|argument| self.value_at(argument, depth))
            .collect();
        let constant = |at: usize| arguments.get(at).and_then(Value::constant);
        let changed = |change: fn(&str) -> String| constant(0).map_or(Value::Unknown, |text| Value::text(change(text)));
        match name {
            "quote_ident" => match constant(0) {
                Some(name) => Value::text(quoted_where_needed(name)),
                None => Value::Text(Rc::new(Text::hole(PartForm::Text))),
            },
            "quote_literal" | "quote_nullable" => match &arguments[..] {
                [Value::Null] if name == "quote_nullable" => Value::text("NULL"),
                [Value::Null] => Value::Null,
                [value] => Value::Text(Rc::new(literal(value))),
                _ => Value::Unknown,
            },
            "lower" => changed(str::to_lowercase),
            "upper" => changed(str::to_uppercase),
            "trim" | "btrim" if arguments.len() == 1 => changed(|text| text.trim_matches(' ').to_owned()),
            "lpad" => padded(constant(0), constant(1), constant(2)),
            "concat" => {
                let mut joined = Text::default();
                let parts = arguments.iter().filter_map(Value::part);
                let fits = parts.into_iter().all(|part| self.append(&mut joined, &part));
                if fits {
                    Value::Text(Rc::new(joined))
                } else {
                    Value::Unknown
                }
            }
            "format" => self.format(&arguments),
            "string_to_array" => match (constant(0), constant(1)) {
                (Some(text), Some(between)) if !between.is_empty() && text.len() <= MOST_ITEMS => {
                    Value::List(Rc::new(text.split(between).map(Value::text).collect()))
                }
                _ => Value::Unknown,
            },
            "coalesce" => arguments
                .iter()
                .find(|value| **value != Value::Null)
                .cloned()
                .unwrap_or(Value::Null),
            _ => Value::Unknown,
        }
    }

    /// `format(text, ..)`: `%s`, `%I`, `%L`, `%1$s`, `%%`
    fn format(&self, arguments: &[Value]) -> Value {
        let Some(format) = arguments.first().and_then(Value::constant) else {
            return Value::Unknown;
        };
        let mut joined = Text::default();
        let mut next = 1;
        let mut pieces = format.split('%');
        let mut fits = self.append(&mut joined, &Text::known(pieces.next().unwrap_or_default()));
        while let Some(piece) = pieces.next() {
            if piece.is_empty() {
                // `%%`; what follows is text up to the next one.
                let rest = pieces.next().unwrap_or_default();
                fits &= self.append(&mut joined, &Text::known(format!("%{rest}")));
                continue;
            }
            let digits = piece.len()
                - piece
                    .trim_start_matches(|character: char| character.is_ascii_digit())
                    .len();
            let (at, kind) = match piece[digits..].strip_prefix('$') {
                Some(rest) if digits > 0 => (piece[..digits].parse().unwrap_or(usize::MAX), rest),
                _ => (next, piece),
            };
            let (Some(kind), Some(value)) = (
                kind.chars().next().map(|first| (first, &kind[first.len_utf8()..])),
                arguments.get(at),
            ) else {
                return Value::Unknown;
            };
            let (kind, rest) = kind;
            let part = match (kind, value) {
                ('s', Value::Null) => Text::default(),
                ('L', Value::Null) => Text::known("NULL"),
                ('s', value) => value.part().map(Cow::into_owned).unwrap_or_default(),
                ('L', value) => literal(value),
                ('I', value) => match value.constant() {
                    Some(name) => Text::known(quoted_where_needed(name)),
                    None => Text::hole(PartForm::Text),
                },
                _ => return Value::Unknown,
            };
            next = at + 1;
            fits = fits && self.append(&mut joined, &part) && self.append(&mut joined, &Text::known(rest));
        }
        if fits {
            Value::Text(Rc::new(joined))
        } else {
            Value::Unknown
        }
    }
}

/// `quote_literal(value)`: a literal, also where its value is not known.
fn literal(value: &Value) -> Text {
    match value.constant() {
        Some(text) => Text::known(quote_literal(text)),
        None => Text::hole(PartForm::Literal),
    }
}

/// `quote_ident(name)`: names of small letters stay as they are.
fn quoted_where_needed(name: &str) -> Cow<'_, str> {
    let is_plain = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && name
            .chars()
            .all(|character| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_');
    // What of these is a keyword is quoted there; quotes change no name of small letters.
    if is_plain {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(quote_name(name))
    }
}

fn padded(text: Option<&str>, length: Option<&str>, fill: Option<&str>) -> Value {
    let length = length
        .and_then(|length| length.parse::<usize>().ok())
        .filter(|length| *length <= 64);
    let (Some(text), Some(length)) = (text, length) else {
        return Value::Unknown;
    };
    let fill = fill.unwrap_or(" ");
    let missing = length.saturating_sub(text.chars().count());
    let start: String = fill.chars().cycle().take(missing).collect();
    let whole = format!("{start}{text}");
    Value::text(whole.chars().take(length).collect::<String>())
}
