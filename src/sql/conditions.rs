//! What conditions ask of the columns of a row, and what rows get.

use crate::row_work::{Assigned, Condition, Constant, Rows};

use super::token::{Kind, Token};

/// What stands beside the table whose rows are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Joined {
    Nothing,
    /// Tables as they are.
    Tables,
    /// Queries and lists of values, which choose rows.
    Chosen,
}

impl Joined {
    pub(super) fn with(tokens: &[Token]) -> Self {
        if tokens.iter().any(|token| token.is_symbol("(")) {
            Self::Chosen
        } else {
            Self::Tables
        }
    }
}

/// The rows for which a condition holds.
pub(super) fn rows(tokens: &[Token], joined: Joined) -> Rows {
    let parts = conjuncts(tokens).into_iter();
    let conditions: Vec<Condition> = parts
        .filter(|part| !leaves_none_out(part, joined))
        .map(condition)
        .collect();
    if conditions.is_empty() {
        Rows::All
    } else {
        Rows::Where(conditions)
    }
}

/// What a condition that stands alone asks for, such as that of an index.
pub(super) fn all_of(tokens: &[Token]) -> Vec<Condition> {
    conjuncts(without_brackets(tokens)).into_iter().map(condition).collect()
}

/// The conditions that must all hold, without the names of tables before their columns; none where one of several may do.
fn conjuncts(tokens: &[Token]) -> Vec<&[Token]> {
    let mut depth = 0i32;
    let has_or = tokens.iter().any(|token| {
        depth += token.nesting();
        depth == 0 && token.is("or")
    });
    if has_or {
        return vec![tokens];
    }
    let mut depth = 0i32;
    let parts = tokens.split(|token| {
        depth += token.nesting();
        depth == 0 && token.is("and")
    });
    let unqualified = parts.map(|part| match without_brackets(part) {
        [_, dot, rest @ ..] if dot.is_symbol(".") => rest,
        part => part,
    });
    unqualified.collect()
}

fn without_brackets(tokens: &[Token]) -> &[Token] {
    let [open, inside @ .., close] = tokens else {
        return tokens;
    };
    let mut depth = 0i32;
    let closes_within = inside.iter().any(|token| {
        depth += token.nesting();
        depth < 0
    });
    if open.is_symbol("(") && close.is_symbol(")") && !closes_within {
        without_brackets(inside)
    } else {
        tokens
    }
}

/// `TRUE`, `1 = 1`, `id > 0` of a key that counts from 1, and a join: `customer_id = customer.id`.
fn leaves_none_out(part: &[Token], joined: Joined) -> bool {
    let is_number = |token: &Token, wanted: &[&str]| match &token.kind {
        Kind::Number(number) => wanted.contains(&number.as_str()),
        _ => false,
    };
    let is_constant = |token: &Token| matches!(token.kind, Kind::Text(_) | Kind::Number(_));
    match part {
        [word] => word.is("true"),
        [left, equals, right] if equals.is_symbol("=") && is_constant(left) => left.kind == right.kind,
        [key, above, number] if key.name() == Some("id") => {
            (above.is_symbol(">") && is_number(number, &["0"]))
                || (above.is_symbol(">=") && is_number(number, &["0", "1"]))
        }
        [column, equals, _, dot, other] if equals.is_symbol("=") && dot.is_symbol(".") => {
            joined == Joined::Tables && column.name().is_some() && other.name().is_some()
        }
        _ => false,
    }
}

/// One condition: `id = 5`, `note IS NULL`, `is_open`, `NOT is_open`, `id IN (1, 2)`.
fn condition(part: &[Token]) -> Condition {
    let is_given =
        |token: &Token| constant(std::slice::from_ref(token)).is_some() || matches!(token.kind, Kind::Unknown(_));
    let read = match part {
        [column] => column.name().map(|column| (column, Constant::Bool(true))),
        [not, column] if not.is("not") => column.name().map(|column| (column, Constant::Bool(false))),
        [column, equals, value @ ..] if equals.is_symbol("=") => column.name().zip(constant(value)),
        [column, is, value] if is.is("is") => column.name().zip(constant(std::slice::from_ref(value))),
        _ => None,
    };
    if let Some((column, value)) = read {
        return Condition::Is(column.to_owned(), value);
    }
    let one_of = match part {
        [column, equals, value] if equals.is_symbol("=") && is_given(value) => column.name(),
        [column, is_in, open, values @ .., _] if is_in.is("in") && open.is_symbol("(") => {
            let all_given = values.iter().all(|token| token.is_symbol(",") || is_given(token));
            column.name().filter(|_| all_given)
        }
        _ => None,
    };
    if let Some(column) = one_of {
        return Condition::IsOneOf(column.to_owned());
    }
    let differs = match part {
        [column, is, not, null] if is.is("is") && not.is("not") && null.is("null") => {
            column.name().map(|column| (column, Constant::Null))
        }
        [column, differs, value @ ..] if differs.is_symbol("<>") || differs.is_symbol("!=") => {
            column.name().zip(constant(value))
        }
        _ => None,
    };
    match differs {
        Some((column, value)) => Condition::IsNot(column.to_owned(), value),
        None => Condition::Other,
    }
}

/// One constant; a cast is left out.
fn constant(tokens: &[Token]) -> Option<Constant> {
    match tokens {
        [token] => match &token.kind {
            Kind::Text(text) => Some(Constant::Text(text.clone())),
            Kind::Number(number) => Some(Constant::Number(number.clone())),
            _ if token.is("null") => Some(Constant::Null),
            _ if token.is("true") => Some(Constant::Bool(true)),
            _ if token.is("false") => Some(Constant::Bool(false)),
            _ => None,
        },
        [minus, number] if minus.is_symbol("-") => match &number.kind {
            Kind::Number(number) => Some(Constant::Number(format!("-{number}"))),
            _ => None,
        },
        [value, cast, ..] if cast.is_symbol("::") => {
            constant(std::slice::from_ref(value)).filter(|value| matches!(value, Constant::Text(_)))
        }
        _ => None,
    }
}

/// The columns on the left of `=`, and what they get.
pub(super) fn assigned(tokens: &[Token]) -> Vec<(String, Assigned)> {
    let mut sides = tokens.splitn(2, |token| token.is_symbol("="));
    let names: Vec<&str> = sides
        .next()
        .unwrap_or_default()
        .iter()
        .filter_map(Token::name)
        .collect();
    let right = sides.next().unwrap_or_default();
    let value = match (constant(right), names.as_slice()) {
        (Some(Constant::Null), [_]) => Assigned::Null,
        (Some(value), [_]) => Assigned::One(Some(value)),
        (None, [_]) if is_moment(right) => Assigned::One(None),
        _ => Assigned::Own,
    };
    names.into_iter().map(|name| (name.to_owned(), value.clone())).collect()
}

/// What is the same all through a transaction.
fn is_moment(tokens: &[Token]) -> bool {
    match tokens {
        [word] => word.is("current_timestamp") || word.is("current_date"),
        [now, open, close] => now.is("now") && open.is_symbol("(") && close.is_symbol(")"),
        _ => false,
    }
}
