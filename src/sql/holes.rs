//! Text that the code puts into a statement: whether it can only be a name or a value there.

use super::token::{Kind, NameForm, Token};

/// Words behind which only a name or a value can stand.
const BEFORE_NAME: &[&str] = &[
    "add",
    "analyze",
    "between",
    "by",
    "column",
    "concurrently",
    "constraint",
    "exists",
    "extension",
    "from",
    "in",
    "index",
    "into",
    "join",
    "like",
    "limit",
    "offset",
    "on",
    "only",
    "partition",
    "references",
    "schema",
    "sequence",
    "table",
    "to",
    "trigger",
    "truncate",
    "update",
    "vacuum",
    "validate",
    "view",
];

/// Operators and punctuation behind which only a name or a value can stand.
const BEFORE_VALUE: &[&str] = &[".", "=", "<", ">", "<=", ">=", "<>", "!=", "||", "::"];

/// The first part of a statement that may be more than a name or a value: a clause, an action, a condition.
///
/// Between brackets and commas it is taken for names or values: `IN ({placeholders})`.
///
/// A query reads its tables whatever its conditions are.
pub(super) fn open_part(tokens: &[Token]) -> Option<&Token> {
    if tokens.first().is_some_and(|head| head.is("select")) {
        return unknown_relation(tokens);
    }
    let is_open = |index: usize, token: &Token| {
        if !matches!(token.kind, Kind::UnknownName(_, NameForm::Whole)) || is_element(tokens, index) {
            return false;
        }
        let before = index.checked_sub(1).and_then(|before| tokens.get(before));
        let is_enclosed = || {
            let after = tokens.get(index + 1);
            before.is_some_and(|before| before.is_symbol("(") || before.is_symbol(","))
                && after.is_some_and(|after| after.is_symbol(")") || after.is_symbol(","))
        };
        let follows = |before: &Token| match &before.kind {
            Kind::Word(word) => BEFORE_NAME.contains(&word.as_str()),
            Kind::Symbol(symbol) => BEFORE_VALUE.contains(&symbol.as_str()),
            Kind::Quoted(_) | Kind::Text(_) | Kind::Number(_) | Kind::Unknown(_) | Kind::UnknownName(..) => false,
        };
        !(before.is_some_and(follows) || is_enclosed())
    };
    let mut parts = tokens.iter().enumerate();
    parts
        .find(|(index, token)| is_open(*index, token))
        .map(|(_, token)| token)
}

/// Whether it stands for elements of a new table: `CREATE TABLE orders ({columns})`.
fn is_element(tokens: &[Token], index: usize) -> bool {
    let is_of_table =
        tokens.first().is_some_and(|head| head.is("create")) && tokens.iter().take(5).any(|token| token.is("table"));
    let depth: i32 = tokens[..index].iter().map(Token::nesting).sum();
    let before = index.checked_sub(1).and_then(|before| tokens.get(before));
    is_of_table && depth == 1 && before.is_some_and(|before| before.is_symbol("(") || before.is_symbol(","))
}

/// The relation that a query reads, where its name is not known.
fn unknown_relation(tokens: &[Token]) -> Option<&Token> {
    let pairs = tokens.iter().zip(tokens.iter().skip(1));
    let mut behind = pairs.filter(|(before, _)| before.is("from") || before.is("join") || before.is("only"));
    behind.find_map(|(_, token)| matches!(token.kind, Kind::UnknownName(..)).then_some(token))
}
