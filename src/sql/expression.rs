//! What an expression mentions and how far it varies, read from its tokens: no tree, so no depth.

use crate::statement::{SqlExpression, Volatility};

use super::cursor::Cursor;
use super::functions::built_in;
use super::reading::Reading;
use super::token::{Kind, Token};

/// Words that look like columns in an expression and are none.
const NO_COLUMN: &[&str] = &[
    "all",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "at",
    "between",
    "both",
    "by",
    "case",
    "cast",
    "collate",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "day",
    "default",
    "desc",
    "distinct",
    "else",
    "end",
    "epoch",
    "escape",
    "except",
    "exists",
    "false",
    "fetch",
    "filter",
    "first",
    "for",
    "from",
    "full",
    "group",
    "having",
    "hour",
    "ilike",
    "in",
    "inner",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "join",
    "last",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "minute",
    "month",
    "natural",
    "not",
    "notnull",
    "null",
    "nulls",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "over",
    "overlaps",
    "partition",
    "placing",
    "precision",
    "returning",
    "right",
    "row",
    "rows",
    "second",
    "select",
    "session_user",
    "set",
    "similar",
    "some",
    "symmetric",
    "then",
    "time",
    "to",
    "trailing",
    "true",
    "union",
    "unknown",
    "user",
    "using",
    "values",
    "when",
    "where",
    "window",
    "with",
    "without",
    "year",
    "zone",
];

/// Functions that are written without brackets.
const BARE_FUNCTIONS: &[&str] = &[
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "session_user",
    "user",
];

/// A name in an expression, with the name before its dot.
pub(super) struct Mention<'a> {
    pub qualifier: Option<&'a str>,
    pub name: &'a str,
}

/// Whether a name is a keyword that looks like a column, or a function without brackets.
pub(super) fn is_no_column(token: &Token) -> bool {
    let words = |list: &[&str]| token.word().is_some_and(|word| list.contains(&word));
    words(NO_COLUMN) || words(BARE_FUNCTIONS)
}

/// The expression that some tokens make.
pub(super) fn expression(cursor: &Cursor<'_>, tokens: &[Token]) -> SqlExpression {
    let mut columns: Vec<String> = Vec::new();
    for mention in mentions(tokens) {
        if !columns.iter().any(|column| column == mention.name) {
            columns.push(mention.name.to_owned());
        }
    }
    SqlExpression {
        sql: cursor.sql(tokens),
        columns,
    }
}

/// The names that can be columns.
pub(super) fn mentions(tokens: &[Token]) -> Vec<Mention<'_>> {
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let next = tokens.get(index + 1);
        let Some(name) = token.name() else { continue };
        let goes_on = next.is_some_and(|next| next.is_symbol("(") || next.is_symbol("."));
        let is_typed_literal = token.word().is_some()
            && matches!(
                next.map(|next| &next.kind),
                Some(Kind::Text(_) | Kind::Unknown(_) | Kind::UnknownName(..))
            );
        let before = index.checked_sub(1).map(|before| &tokens[before]);
        let is_type = before.is_some_and(|before| before.is_symbol("::"));
        if is_keyword(tokens, index) || goes_on || is_typed_literal || is_type {
            continue;
        }
        let after_dot = before.is_some_and(|before| before.is_symbol("."));
        let qualifier = if after_dot && index >= 2 {
            tokens[index - 2].name()
        } else {
            None
        };
        found.push(Mention { qualifier, name });
    }
    found
}

/// Whether the word at this place belongs to the grammar. Those that Postgres does not reserve are columns everywhere else.
fn is_keyword(tokens: &[Token], index: usize) -> bool {
    let Some(word) = tokens[index].word().filter(|word| NO_COLUMN.contains(word)) else {
        return false;
    };
    let before = index.checked_sub(1).map(|before| &tokens[before]);
    let follows = |words: &[&str]| before.and_then(Token::word).is_some_and(|word| words.contains(&word));
    let next = tokens.get(index + 1).and_then(Token::word);
    let precedes = |words: &[&str]| next.is_some_and(|word| words.contains(&word));
    match word {
        // `INTERVAL '1' DAY`, `YEAR TO MONTH`, `EXTRACT(DAY FROM ..)`
        "day" | "epoch" | "hour" | "minute" | "month" | "second" | "year" => {
            let of_literal = before.is_some_and(|before| matches!(before.kind, Kind::Text(_)));
            of_literal || follows(&["interval", "to"]) || is_in_extract(tokens, index)
        }
        "time" => follows(&["as", "at", "with", "without"]) || precedes(&["with", "without"]),
        "zone" => follows(&["time"]),
        "first" | "last" => follows(&["nulls", "fetch"]),
        "nulls" => precedes(&["first", "last"]),
        "unknown" => follows(&["is", "not"]),
        "precision" => follows(&["double"]),
        "partition" => precedes(&["by"]),
        _ => true,
    }
}

/// `EXTRACT(dow FROM ..)`: a field, and no column.
pub(super) fn is_in_extract(tokens: &[Token], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).map(|at| &tokens[at]);
    before(1).is_some_and(|token| token.is_symbol("(")) && before(2).is_some_and(|token| token.is("extract"))
}

/// The functions that an expression calls, by their bare names.
pub(super) fn calls(tokens: &[Token]) -> Vec<&str> {
    call_sites(tokens).map(|(_, name)| name).collect()
}

/// The same with the places of their names among the tokens.
pub(super) fn call_sites(tokens: &[Token]) -> impl Iterator<Item = (usize, &str)> {
    tokens.iter().enumerate().filter_map(|(index, token)| {
        let name = token.name()?;
        let before = index.checked_sub(1).map(|before| &tokens[before]);
        if token.word().is_some_and(|word| BARE_FUNCTIONS.contains(&word)) {
            return Some((index, name));
        }
        let is_type = before.is_some_and(|before| before.is_symbol("::") || before.is("as"));
        let is_keyword = token.word().is_some_and(is_followed_by_brackets);
        let is_call = tokens.get(index + 1).is_some_and(|next| next.is_symbol("("));
        (is_call && !is_type && !is_keyword).then_some((index, name))
    })
}

/// Keywords before a bracket that is no call.
fn is_followed_by_brackets(word: &str) -> bool {
    matches!(
        word,
        "all"
            | "and"
            | "any"
            | "array"
            | "as"
            | "between"
            | "by"
            | "case"
            | "check"
            | "conflict"
            | "cross"
            | "distinct"
            | "else"
            | "except"
            | "exists"
            | "filter"
            | "from"
            | "having"
            | "in"
            | "intersect"
            | "into"
            | "is"
            | "join"
            | "key"
            | "lateral"
            | "like"
            | "ilike"
            | "limit"
            | "materialized"
            | "not"
            | "null"
            | "offset"
            | "on"
            | "or"
            | "over"
            | "returning"
            | "row"
            | "select"
            | "set"
            | "sets"
            | "similar"
            | "some"
            | "then"
            | "union"
            | "using"
            | "values"
            | "when"
            | "where"
            | "within"
            | "group"
            | "interval"
            | "numeric"
            | "decimal"
            | "varchar"
            | "char"
            | "character"
            | "bit"
            | "varying"
            | "time"
            | "timestamp"
            | "timestamptz"
    )
}

/// How far an expression varies: as much as the most volatile function that it calls.
pub(super) fn volatility(tokens: &[Token], reading: Reading<'_>) -> Volatility {
    let known = |name: &str| {
        let declared = reading.volatility(name);
        declared.or_else(|| built_in(name)).unwrap_or(Volatility::Unknown)
    };
    let worst = calls(tokens)
        .into_iter()
        .map(known)
        .max_by_key(|volatility| match volatility {
            Volatility::Constant => 0,
            Volatility::Stable => 1,
            Volatility::Unknown => 2,
            Volatility::Volatile => 3,
        });
    worst.unwrap_or(Volatility::Constant)
}
