//! Folds an expression of a body to its value, as far as constants and known variables say it.

use std::rc::Rc;

use crate::sql::cursor::Cursor;
use crate::sql::reading::Reading;
use crate::sql::token::{Kind, Token};

use super::structure::Tokens;
use super::text::{MOST_ITEMS, Text, Value, Variables};

/// As many bytes as one text may have.
const LONGEST: usize = 1024 * 1024;

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

    pub(super) fn value_at(&self, tokens: Tokens<'_>, depth: usize) -> Value {
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

    pub(super) fn append(&self, joined: &mut Text, part: &Text) -> bool {
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
        let mut text = Text::known(text);
        text.literal = Some(place);
        Value::Text(Rc::new(text))
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
