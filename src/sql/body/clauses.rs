//! The clauses of single statements of PL/pgSQL: what is declared, what a loop goes over, what `OPEN` and `EXECUTE` run.

use crate::sql::cursor::{Cursor, Read};
use crate::sql::token::{Kind, Token};

use super::structure::{Declaration, Declared, Over, Step, Tokens};

/// `name [CONSTANT] type [NOT NULL] [:= value]`, `name CURSOR [(..)] FOR query`
pub(super) fn declaration<'a>(cursor: &Cursor<'a>, tokens: Tokens<'a>) -> Option<Declaration<'a>> {
    let name = tokens.first()?.name()?;
    let is_cursor = tokens.iter().take(4).any(|token| token.is("cursor"));
    let mut rest = cursor.over(tokens);
    let begins = |token: &Token| {
        if is_cursor {
            token.is("for") || token.is("is")
        } else {
            token.is_symbol(":=") || token.is_symbol("=") || token.is("default")
        }
    };
    rest.until(begins);
    rest.at += 1;
    let value = match rest.rest() {
        [] => Declared::Nothing,
        query if is_cursor => Declared::Cursor(query),
        value => Declared::Value(value),
    };
    Some(Declaration { name, value })
}

/// `FOR a, b IN ..`, `FOREACH a [SLICE n] IN ARRAY ..`, without the first and the last word
pub(super) fn over<'a>(cursor: &Cursor<'a>, head: Tokens<'a>) -> Read<Over<'a>> {
    let mut head = cursor.over(head);
    let variables: Vec<&str> = head
        .until(|token| token.is("in"))
        .iter()
        .filter_map(Token::name)
        .collect();
    head.expect("in")?;
    if head.eat(&["array"]) {
        let value = head.rest();
        return Ok(Over::Array { variables, value });
    }
    if head.eat(&["execute"]) {
        let whole = &head.tokens[head.at - 1..];
        let text = dynamic(head.rest());
        return Ok(Over::Execute { variables, text, whole });
    }
    let rest = head.rest();
    let is_range = rest.windows(2).any(|pair| is_between(&pair[0], &pair[1]));
    Ok(match (rest, variables.as_slice()) {
        (_, [variable]) if is_range => Over::Range { variable, bounds: rest },
        ([first], _) if first.name().is_some() => cursor_loop(variables, first),
        ([first, open, ..], _) if first.name().is_some() && open.is_symbol("(") && !first.is("values") => {
            cursor_loop(variables, first)
        }
        _ => Over::Query { variables, query: rest },
    })
}

fn cursor_loop<'a>(variables: Vec<&'a str>, cursor: &'a Token) -> Over<'a> {
    let cursor = cursor.name().unwrap_or_default();
    Over::Cursor { variables, cursor }
}

/// Whether `..` stands between these tokens, or is made of them: `1..10` is cut into `1.` and `.10`.
pub(super) fn is_between(one: &Token, other: &Token) -> bool {
    let dotted = |token: &Token, at_end: bool| match &token.kind {
        Kind::Number(number) => {
            if at_end {
                number.ends_with('.')
            } else {
                number.starts_with('.')
            }
        }
        Kind::Symbol(symbol) => symbol == ".",
        Kind::Word(_) | Kind::Quoted(_) | Kind::Text(_) | Kind::Unknown(_) | Kind::UnknownName(..) => false,
    };
    one.end == other.start && dotted(one, true) && dotted(other, false)
}

/// `OPEN cursor`, `OPEN cursor [[NO] SCROLL] FOR query`, `OPEN cursor FOR EXECUTE text`
pub(super) fn open(tokens: Tokens<'_>) -> Step<'_> {
    let cursor = tokens.get(1).and_then(Token::name).unwrap_or_default();
    match tokens.iter().take(5).position(|token| token.is("for")) {
        None => Step::Open(cursor),
        Some(at) => match &tokens[at + 1..] {
            [execute, text @ ..] if execute.is("execute") => Step::Execute {
                text: dynamic(text),
                whole: tokens,
            },
            query => Step::Query { query, whole: tokens },
        },
    }
}

/// The text of an `EXECUTE`, before `INTO` and `USING`.
pub(super) fn dynamic(tokens: Tokens<'_>) -> Tokens<'_> {
    let mut depth = 0i32;
    let end = tokens.iter().position(|token| {
        depth += token.nesting();
        depth == 0 && (token.is("into") || token.is("using"))
    });
    &tokens[..end.unwrap_or(tokens.len())]
}

/// The names before `=` and `:=`.
pub(super) fn assigned(tokens: Tokens<'_>) -> Vec<&str> {
    let pairs = tokens.windows(2);
    let before = pairs.filter(|pair| pair[1].is_symbol("=") || pair[1].is_symbol(":="));
    before.filter_map(|pair| pair[0].name()).collect()
}

/// How many tokens a bracket that opens here takes.
pub(super) fn closing(tokens: Tokens<'_>) -> Option<usize> {
    let mut depth = 0i32;
    let end = tokens.iter().position(|token| {
        depth += token.nesting();
        depth == 0
    })?;
    Some(end + 1)
}
