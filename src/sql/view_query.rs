//! A view's query: the relation that it reads, and what it selects.

use crate::statement::{ViewItem, ViewQuery};

use super::cursor::Cursor;
use super::expression::calls;
use super::token::Token;

/// Clauses that make a view refuse inserts, or hide rows of its table.
const OBSTACLES: &[(&str, &str)] = &[
    ("distinct", "has DISTINCT"),
    ("where", "hides rows by WHERE"),
    ("group", "groups its rows"),
    ("having", "has HAVING"),
    ("union", "is a UNION"),
    ("intersect", "is an INTERSECT"),
    ("except", "is an EXCEPT"),
    ("limit", "has LIMIT"),
    ("fetch", "has FETCH FIRST"),
    ("offset", "has OFFSET"),
    ("join", "joins tables"),
    ("tablesample", "shows a sample"),
    ("over", "has a window function"),
];

/// Aggregates of Postgres that views are written with.
const AGGREGATES: &[&str] = &[
    "array_agg",
    "avg",
    "bit_and",
    "bit_or",
    "bool_and",
    "bool_or",
    "count",
    "every",
    "json_agg",
    "json_object_agg",
    "jsonb_agg",
    "jsonb_object_agg",
    "max",
    "min",
    "stddev",
    "string_agg",
    "sum",
    "variance",
];

/// Reads the query of a view. `names` are those that the view gives to its columns.
pub(super) fn view_query(cursor: &Cursor<'_>, tokens: &[Token], names: Vec<String>) -> ViewQuery {
    let mut query = ViewQuery {
        names,
        ..ViewQuery::default()
    };
    let mut body = Cursor::new(cursor.text, tokens, cursor.reading);
    if !body.eat(&["select"]) {
        let known = body.peek().and_then(Token::word).filter(|word| *word == "with");
        let reason = known.map_or("is no plain SELECT", |_| "begins with WITH");
        query.obstacle = Some(reason.to_owned());
        return query;
    }
    body.eat(&["all"]);
    let list = body.until(|token| token.is("from"));
    query.obstacle = obstacle(tokens);
    query.items = Cursor::comma_separated(list).into_iter().map(item).collect();
    if body.eat(&["from"]) {
        query.over = only_relation(&mut body);
    }
    if query.over.is_none() && query.obstacle.is_none() {
        query.obstacle = Some("does not read one table alone".to_owned());
    }
    query
}

/// The first clause of the query itself that stands in the way.
fn obstacle(tokens: &[Token]) -> Option<String> {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        depth += token.nesting();
        let found = OBSTACLES.iter().find(|(word, _)| token.is(word));
        // `IS DISTINCT FROM` compares; FETCH and OVER are words of their own only here.
        let compares = at > 0 && tokens[at - 1].is("is") || at > 1 && tokens[at - 2].is("is");
        if let Some((_, reason)) = found.filter(|_| depth == 0 && !compares) {
            return Some((*reason).to_owned());
        }
    }
    let is_aggregate = |name: &&str| AGGREGATES.contains(name);
    let called = calls(tokens);
    called.iter().any(is_aggregate).then(|| "has an aggregate".to_owned())
}

/// `column`, `t.column AS name`, `*`, `t.*`, or anything else.
fn item(tokens: &[Token]) -> ViewItem {
    let (value, name) = match tokens {
        [value @ .., keyword, name] if keyword.is("as") => (value, name.name()),
        [value @ .., name] if value.last().is_some_and(ends_value) && names(name) => (value, name.name()),
        _ => (tokens, None),
    };
    let column = match value {
        [star] if star.is_symbol("*") => return ViewItem::All,
        [_, dot, star] if dot.is_symbol(".") && star.is_symbol("*") => return ViewItem::All,
        [column] => column.name().filter(|_| column.is_name()),
        [_, dot, column] if dot.is_symbol(".") => column.name(),
        [_, dot, _, second, column] if dot.is_symbol(".") && second.is_symbol(".") => column.name(),
        _ => None,
    };
    let name = name.or(column).map(str::to_owned);
    match (column, name) {
        (Some(column), Some(name)) => ViewItem::Column {
            column: column.to_owned(),
            name,
        },
        (_, name) => ViewItem::Expression(name),
    }
}

/// Whether a token can be the name that follows a value without `AS`.
fn names(token: &Token) -> bool {
    token.is_name() && !token.is("end")
}

fn ends_value(token: &Token) -> bool {
    token.is_name() || token.is_symbol(")") || token.is("end")
}

/// The relation behind FROM, if it is the only one.
fn only_relation(body: &mut Cursor<'_>) -> Option<String> {
    body.eat(&["only"]);
    let relation = body.relation().ok()?;
    body.eat_symbol("*");
    let is_call = body.sees_symbol("(");
    let has_more = |tokens: &[Token]| {
        let mut depth = 0;
        tokens.iter().any(|token| {
            depth += token.nesting();
            depth == 0 && token.is_symbol(",")
        })
    };
    let from = body.until(|token| token.is("order") || token.is("with") || token.is("for"));
    (!is_call && !has_more(from)).then_some(relation)
}
