//! Text that a body puts together of constants, for `EXECUTE`: `||`, `format`, `quote_ident`, variables.

use std::borrow::Cow;
use std::ops::Range;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::sql::cursor::Cursor;
use crate::sql::reading::Reading;
use crate::sql::token::{Kind, Token};
use crate::statement::{quote_literal, quote_name};
use crate::unknown::{PartForm, Unknown, UnknownPart};

use super::structure::Tokens;

/// As many bytes as one text may have.
const LONGEST: usize = 1024 * 1024;

/// As many variables as are remembered.
const MOST_VARIABLES: usize = 100;

/// As many items as a list may have.
pub(super) const MOST_ITEMS: usize = 1_000;

/// A value, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(Rc<Text>),
    Null,
    List(Rc<Vec<Value>>),
    /// Known only when the body runs.
    Unknown,
}

/// A text with parts that are not known; `?` is shown for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text {
    pub shown: String,
    holes: Vec<Hole>,
    /// The string in the body that it is the value of.
    pub literal: Option<(usize, usize)>,
}

/// A part that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hole {
    bytes: Range<usize>,
    form: PartForm,
}

impl Text {
    fn known(text: impl Into<String>) -> Self {
        Self {
            shown: text.into(),
            ..Self::default()
        }
    }

    fn hole(form: PartForm) -> Self {
        let hole = Hole { bytes: 0..1, form };
        Self {
            shown: "?".to_owned(),
            holes: vec![hole],
            literal: None,
        }
    }

    fn push(&mut self, other: &Text) {
        let at = self.shown.len();
        let holes = other.holes.iter().map(|hole| Hole {
            bytes: hole.bytes.start + at..hole.bytes.end + at,
            form: hole.form,
        });
        self.holes.extend(holes);
        self.shown.push_str(&other.shown);
        self.literal = None;
    }

    /// The whole of it, if no part is unknown.
    pub(super) fn constant(&self) -> Option<&str> {
        self.holes.is_empty().then_some(&self.shown)
    }

    /// The parts that are not known.
    pub(super) fn unknown_parts(&self) -> Vec<UnknownPart> {
        let part = |hole: &Hole| UnknownPart {
            bytes: hole.bytes.clone(),
            unknown: Unknown::new("known only when the body runs"),
            form: hole.form,
        };
        self.holes.iter().map(part).collect()
    }

    /// Whether it says more than that it is not known.
    pub(super) fn says_something(&self) -> bool {
        self.shown.chars().any(char::is_alphanumeric)
    }
}

impl Value {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Value::Text(Rc::new(Text::known(text)))
    }

    /// The same for another body, in which it stands nowhere.
    pub(super) fn handed_over(self) -> Self {
        match self {
            Value::Text(text) if text.literal.is_some() => {
                let mut text = Rc::unwrap_or_clone(text);
                text.literal = None;
                Value::Text(Rc::new(text))
            }
            Value::List(items) => Value::List(Rc::new(items.iter().cloned().map(Value::handed_over).collect())),
            value => value,
        }
    }

    /// The text of it, if no part is unknown.
    pub(super) fn constant(&self) -> Option<&str> {
        match self {
            Value::Text(text) => text.constant(),
            Value::Null | Value::List(_) | Value::Unknown => None,
        }
    }

    /// As part of a text that is put together; NULL is none.
    fn part(&self) -> Option<Cow<'_, Text>> {
        match self {
            Value::Text(text) => Some(Cow::Borrowed(text)),
            Value::Null => None,
            Value::List(_) | Value::Unknown => Some(Cow::Owned(Text::hole(PartForm::Text))),
        }
    }
}

/// The variables of a body whose values are known.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Variables(FxHashMap<String, Value>);

impl Variables {
    pub(super) fn set(&mut self, name: &str, value: Value) {
        if value == Value::Unknown || (self.0.len() >= MOST_VARIABLES && !self.0.contains_key(name)) {
            self.forget(name);
        } else {
            self.0.insert(name.to_owned(), value);
        }
    }

    /// Also the fields of a record.
    pub(super) fn forget(&mut self, name: &str) {
        let is_field = |known: &str| known.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        self.0.retain(|known, _| known != name && !is_field(known));
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Keeps what is the same in both.
    pub(super) fn keep_common(&mut self, other: &Variables) {
        self.0.retain(|name, value| other.0.get(name) == Some(value));
    }
}

/// Puts texts together, within the budget of the body.
#[derive(Clone, Copy)]
pub(super) struct Folding<'a> {
    pub variables: &'a Variables,
    pub reading: Reading<'a>,
}

impl Folding<'_> {
    /// The value of an expression.
    pub(super) fn value(&self, tokens: Tokens<'_>) -> Value {
        self.value_at(tokens, 0)
    }

    fn value_at(&self, tokens: Tokens<'_>, depth: usize) -> Value {
        if depth > 16 {
            return Value::Unknown;
        }
        let mut parts = split_at_joins(tokens);
        let Some(first) = parts.next() else {
            return Value::Unknown;
        };
        let mut rest = parts.peekable();
        if rest.peek().is_none() {
            return self.operand(first, depth);
        }
        let mut joined = Text::default();
        for operand in std::iter::once(first).chain(rest) {
            let value = self.operand(operand, depth);
            let Some(part) = value.part() else {
                return Value::Null;
            };
            if !self.append(&mut joined, &part) {
                return Value::Unknown;
            }
        }
        Value::Text(Rc::new(joined))
    }

    fn append(&self, joined: &mut Text, part: &Text) -> bool {
        let fits = joined.shown.len() + part.shown.len() <= LONGEST && self.reading.take_bytes(part.shown.len());
        if fits {
            joined.push(part);
        }
        fits
    }

    fn operand(&self, tokens: Tokens<'_>, depth: usize) -> Value {
        let tokens = without_cast(tokens);
        match tokens {
            [] => Value::Unknown,
            [
                Token {
                    kind: Kind::Text(text),
                    start,
                    end,
                },
            ] => self.literal(text, (*start, *end)),
            [
                Token {
                    kind: Kind::Number(number),
                    ..
                },
            ] => Value::text(number.as_str()),
            [null] if null.is("null") => Value::Null,
            [truth] if truth.is("true") || truth.is("false") => Value::text(truth.word().unwrap_or_default()),
            [variable] => self.variable(variable.name().unwrap_or_default()),
            [record, dot, field] if dot.is_symbol(".") => match (record.name(), field.name()) {
                (Some(record), Some(field)) => self.variable(&format!("{record}.{field}")),
                _ => Value::Unknown,
            },
            // `'a' 'b'` on two lines is one string.
            several if several.iter().all(|token| matches!(token.kind, Kind::Text(_))) => {
                let texts = several.iter().filter_map(|token| match &token.kind {
                    Kind::Text(text) => Some(text.as_str()),
                    _ => None,
                });
                Value::text(texts.collect::<String>())
            }
            [open, inside @ .., close] if open.is_symbol("(") && close.is_symbol(")") && is_one_bracket(tokens) => {
                self.value_at(inside, depth + 1)
            }
            [array, inside @ ..] if array.is("array") && is_one_bracket(inside) => self.list(inside, depth),
            [function, inside @ ..] if function.name().is_some() && is_one_bracket(inside) => {
                let arguments = &inside[1..inside.len() - 1];
                self.call(function.name().unwrap_or_default(), arguments, depth + 1)
            }
            [one, sign, other] if sign.is_symbol("+") || sign.is_symbol("-") => {
                self.sum(one, sign.is_symbol("-"), other, depth)
            }
            _ => Value::Unknown,
        }
    }

    fn literal(&self, text: &str, place: (usize, usize)) -> Value {
        if !self.reading.take_bytes(text.len()) {
            return Value::Unknown;
        }
        Value::Text(Rc::new(Text {
            shown: text.to_owned(),
            holes: Vec::new(),
            literal: Some(place),
        }))
    }

    fn variable(&self, name: &str) -> Value {
        self.variables.get(name).cloned().unwrap_or(Value::Unknown)
    }

    fn sum(&self, one: &Token, is_difference: bool, other: &Token, depth: usize) -> Value {
        let number = |token: &Token| {
            let value = self.operand(std::slice::from_ref(token), depth + 1);
            value.constant().and_then(|text| text.parse::<i64>().ok())
        };
        let sum = match (number(one), number(other)) {
            (Some(one), Some(other)) if is_difference => one.checked_sub(other),
            (Some(one), Some(other)) => one.checked_add(other),
            _ => None,
        };
        sum.map_or(Value::Unknown, |sum| Value::text(sum.to_string()))
    }

    fn list(&self, brackets: Tokens<'_>, depth: usize) -> Value {
        let items = Cursor::comma_separated(&brackets[1..brackets.len() - 1]);
        if items.len() > MOST_ITEMS {
            return Value::Unknown;
        }
        let items = items.into_iter().filter(|item| !item.is_empty());
        Value::List(Rc::new(items.map(|item| self.value_at(item, depth + 1)).collect()))
    }

    fn call(&self, name: &str, arguments: Tokens<'_>, depth: usize) -> Value {
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

/// The operands between `||`, outside of brackets.
fn split_at_joins(tokens: Tokens<'_>) -> impl Iterator<Item = Tokens<'_>> {
    let mut depth = 0i32;
    tokens.split(move |token| {
        depth += token.nesting();
        depth == 0 && token.is_symbol("||")
    })
}

/// Whether the tokens are one pair of brackets with what is inside of it.
pub(super) fn is_one_bracket(tokens: Tokens<'_>) -> bool {
    let mut depth = 0i32;
    let closes = tokens.iter().position(|token| {
        depth += token.nesting();
        depth == 0
    });
    tokens.len() > 1 && closes == Some(tokens.len() - 1)
}

/// Without `::text`, `::varchar(20)`, `::text[]` at the end.
pub(super) fn without_cast(tokens: Tokens<'_>) -> Tokens<'_> {
    let mut depth = 0i32;
    let cast = tokens.iter().position(|token| {
        depth += token.nesting();
        depth == 0 && token.is_symbol("::")
    });
    match cast {
        Some(at) if is_type(&tokens[at + 1..]) => &tokens[..at],
        _ => tokens,
    }
}

/// Types that leave a text what it is.
fn is_type(tokens: Tokens<'_>) -> bool {
    const TEXTS: &[&str] = &[
        "text",
        "varchar",
        "character",
        "char",
        "name",
        "regclass",
        "int",
        "integer",
        "bigint",
        "smallint",
        "int4",
        "int8",
    ];
    let Some((first, rest)) = tokens.split_first() else {
        return false;
    };
    TEXTS.iter().any(|word| first.is(word))
        && rest.iter().all(|token| {
            token.nesting() != 0
                || token.is("varying")
                || token.is_symbol("::")
                || matches!(token.kind, Kind::Number(_))
                || TEXTS.iter().any(|word| token.is(word))
        })
}
