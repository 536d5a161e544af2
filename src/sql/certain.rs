//! Names that can be nothing but columns: where one is not there, Postgres refuses the statement.
//!
//! A name between operators, commas, brackets and a few keywords is one; what may be an alias, a type, a part of a function's
//! arguments or a variable of PL/pgSQL is left out.

use super::expression::{Mention, is_in_extract, is_no_column};
use super::token::{Kind, Token, tokens};

/// Symbols that stand before and behind an operand.
const OPERATORS: &[&str] = &[
    "=", "<>", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "%", "||", "->", "->>", "@>", "<@", "~", "~*", "!~",
    "&&",
];

const BEFORE: &[&str] = &[
    "and", "or", "not", "where", "on", "when", "then", "else", "select", "by", "having",
];

const BEHIND: &[&str] = &[
    "and", "or", "is", "in", "not", "like", "ilike", "between", "from", "where", "then", "else", "end", "asc", "desc",
    "order", "group", "limit",
];

/// The columns of an expression over one table, with what stands before their dots.
#[must_use]
pub fn columns(text: &str) -> Vec<(Option<String>, String)> {
    let (tokens, problem) = tokens(text);
    if problem.is_some() || tokens.iter().any(|token| token.is("select")) {
        return Vec::new();
    }
    let found = in_tokens(&tokens).into_iter();
    found
        .map(|mention| (mention.qualifier.map(str::to_owned), mention.name.to_owned()))
        .collect()
}

/// The names among some tokens that can be nothing but columns.
pub(super) fn in_tokens(tokens: &[Token]) -> Vec<Mention<'_>> {
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let Some(name) = token.name().filter(|_| !is_no_column(token)) else {
            continue;
        };
        let before = |back: usize| index.checked_sub(back).map(|at| &tokens[at]);
        let is_qualified = before(1).is_some_and(|token| token.is_symbol("."));
        let (start, qualifier) = if is_qualified {
            match before(2).and_then(Token::name) {
                Some(qualifier) => (3, Some(qualifier)),
                None => continue,
            }
        } else {
            (1, None)
        };
        let opens = before(start).is_none_or(begins_operand) && !is_in_extract(tokens, index + 1 - start);
        if opens && tokens.get(index + 1).is_none_or(ends_operand) {
            found.push(Mention { qualifier, name });
        }
    }
    found
}

fn begins_operand(token: &Token) -> bool {
    match &token.kind {
        Kind::Symbol(symbol) => symbol == "(" || symbol == "," || OPERATORS.contains(&symbol.as_str()),
        Kind::Word(word) => BEFORE.contains(&word.as_str()),
        Kind::Quoted(_) | Kind::Text(_) | Kind::Number(_) | Kind::Unknown(_) | Kind::UnknownName(..) => false,
    }
}

fn ends_operand(token: &Token) -> bool {
    match &token.kind {
        Kind::Symbol(symbol) => {
            symbol == ")" || symbol == "," || symbol == "::" || OPERATORS.contains(&symbol.as_str())
        }
        Kind::Word(word) => BEHIND.contains(&word.as_str()),
        Kind::Quoted(_) | Kind::Text(_) | Kind::Number(_) | Kind::Unknown(_) | Kind::UnknownName(..) => false,
    }
}

/// Names that a query gives to what it calculates: behind AS, or behind another operand.
pub(super) fn aliases(tokens: &[Token]) -> Vec<&str> {
    let pairs = tokens.windows(2).filter(|pair| {
        pair[0].is("as") || pair[0].is_symbol(")") || pair[0].name().is_some() && !is_no_column(&pair[0])
    });
    pairs.filter_map(|pair| pair[1].name()).collect()
}
