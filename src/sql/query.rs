//! What a query reads: its relations, and which of their columns.

use crate::statement::QueryReads;

use super::certain;
use super::cursor::{Cursor, catalog_name};
use super::expression::{calls, mentions};
use super::token::{Kind, Token};

/// Functions whose arguments are divided by `FROM`.
const WITH_FROM_INSIDE: &[&str] = &[
    "extract",
    "substring",
    "trim",
    "overlay",
    "position",
    "date_part",
    "normalize",
];

/// Words that end a list of relations, and so are no alias.
const AFTER_RELATION: &[&str] = &[
    "cross",
    "except",
    "fetch",
    "for",
    "full",
    "group",
    "having",
    "inner",
    "intersect",
    "join",
    "left",
    "limit",
    "natural",
    "offset",
    "on",
    "order",
    "returning",
    "right",
    "set",
    "tablesample",
    "union",
    "using",
    "when",
    "where",
    "window",
    "with",
];

/// What may surround `min` and `max` in a query that asks for nothing else.
const AROUND_ENDS: &[&str] = &[
    "coalesce",
    "greatest",
    "least",
    "max",
    "min",
    "nextval",
    "pg_get_serial_sequence",
    "setval",
];

/// Words that make a query look at single rows.
const OF_ROWS: &[&str] = &["filter", "group", "having", "join", "over", "union", "where", "with"];

/// Whether a plain SELECT leaves rows of its tables out: by WHERE or LIMIT, at its top. Of several SELECTs the others may give
/// what one leaves out.
pub(super) fn leaves_rows_out(tokens: &[Token]) -> bool {
    const SETS: [&str; 3] = ["union", "intersect", "except"];
    let mut depth = 0;
    let mut top: Vec<&Token> = Vec::new();
    for token in tokens {
        if depth == 0 {
            top.push(token);
        }
        depth += token.nesting();
    }
    let is_plain = top.first().is_some_and(|token| token.is("select"))
        && !top.iter().any(|token| SETS.iter().any(|set| token.is(set)));
    let mut followed = top.iter().zip(top.iter().skip(1));
    is_plain
        && followed.any(|(word, next)| {
            word.is("where") && !next.is("true")
                || (word.is("limit") || word.is("fetch")) && !next.is("all") && !next.is("null")
        })
}

/// Reads a query from its tokens.
pub(super) fn reads(cursor: &Cursor<'_>, tokens: &[Token]) -> QueryReads {
    let mut scan = Scan {
        common: common_tables(tokens),
        ..Scan::default()
    };
    scan.relations(cursor, tokens);
    let mut reads = scan.finish(tokens);
    if cursor.reading.has_variables() {
        reads.certain.clear();
    }
    reads
}

#[derive(Default)]
struct Scan {
    /// Names that `WITH` gives to queries.
    common: Vec<String>,
    /// Aliases of subqueries and functions.
    derived: Vec<String>,
    has_derived: bool,
    relations: Vec<String>,
    aliases: Vec<(String, String)>,
}

impl Scan {
    fn relations(&mut self, cursor: &Cursor<'_>, tokens: &[Token]) {
        // For each open bracket: does FROM inside divide arguments?
        let mut brackets: Vec<bool> = Vec::new();
        for (index, token) in tokens.iter().enumerate() {
            match token.nesting() {
                1 => {
                    let before = index.checked_sub(1).and_then(|before| tokens[before].word());
                    brackets.push(before.is_some_and(|word| WITH_FROM_INSIDE.contains(&word)));
                }
                -1 => {
                    brackets.pop();
                }
                _ => {}
            }
            let after_distinct = index > 0 && tokens[index - 1].is("distinct");
            let divides = brackets.last() == Some(&true) || after_distinct;
            if (token.is("from") && !divides) || token.is("join") {
                self.list(&mut cursor.over_rest(tokens, index + 1));
            } else if token.is("table") && index == 0 {
                self.one(&mut cursor.over_rest(tokens, index + 1));
            }
        }
    }

    /// The relations between `FROM` and what follows.
    fn list(&mut self, cursor: &mut Cursor<'_>) {
        loop {
            self.one(cursor);
            if !cursor.eat_symbol(",") {
                return;
            }
        }
    }

    fn one(&mut self, cursor: &mut Cursor<'_>) {
        cursor.eat(&["lateral"]);
        if cursor.sees_symbol("(") {
            // A subquery is met again by the outer scan; a join in brackets begins with its first relation.
            let joined = cursor.peek_at(1).is_some_and(|token| {
                token.name().is_some() && !token.is("select") && !token.is("with") && !token.is("values")
            });
            let inside = cursor.brackets().unwrap_or_default();
            if joined {
                self.list(&mut cursor.over(inside));
            }
            self.derived.extend(alias(cursor));
            self.has_derived = true;
            return;
        }
        cursor.eat(&["only"]);
        let mut parts = Vec::new();
        while let Ok(name) = cursor.name() {
            parts.push(name);
            if !cursor.eat_symbol(".") {
                break;
            }
        }
        cursor.eat_symbol("*");
        if cursor.sees_symbol("(") {
            // A function, `unnest(..)`, with columns of its own behind the alias.
            let _ = cursor.brackets();
            cursor.eat(&["with", "ordinality"]);
            self.derived.extend(alias(cursor));
            self.has_derived = true;
            return;
        }
        let (Some(bare), name) = (parts.last().cloned(), catalog_name(&parts)) else {
            return;
        };
        let alias = alias(cursor);
        if parts.len() == 1 && self.common.contains(&bare) {
            self.derived.push(alias.unwrap_or(bare));
            self.has_derived = true;
            return;
        }
        self.aliases.push((alias.unwrap_or(bare), name.clone()));
        if !self.relations.contains(&name) {
            self.relations.push(name);
        }
    }

    /// The columns that can be nothing else, of relations that can be no others.
    fn certain(&self, tokens: &[Token]) -> Vec<(String, String)> {
        let relation = |alias: &str| {
            let mut named = self.aliases.iter().filter(|(known, _)| known == alias);
            let (_, relation) = named.next()?;
            (named.next().is_none() && !self.derived.iter().any(|known| known == alias)).then_some(relation)
        };
        let queries = tokens.iter().filter(|token| token.is("select")).count();
        let only = match self.relations.as_slice() {
            // Within another statement a name may be a column of that.
            [only]
                if queries == 1
                    && tokens.first().is_some_and(|token| token.is("select"))
                    && self.aliases.len() == 1
                    && !self.has_derived =>
            {
                Some(only)
            }
            _ => None,
        };
        let given = certain::aliases(tokens);
        let is_free = |name: &str| !given.contains(&name) && relation(name).is_none();
        let found = certain::in_tokens(tokens)
            .into_iter()
            .filter_map(|mention| match mention.qualifier {
                Some(qualifier) => Some((relation(qualifier)?.clone(), mention.name.to_owned())),
                None => Some((only.filter(|_| is_free(mention.name))?.clone(), mention.name.to_owned())),
            });
        found.collect()
    }

    fn finish(self, tokens: &[Token]) -> QueryReads {
        let resolve = |qualifier: &str| {
            let found = self.aliases.iter().find(|(alias, _)| alias == qualifier);
            // A name that is no relation of this query belongs to a subquery or a common table expression.
            found.map_or_else(|| qualifier.to_owned(), |(_, relation)| relation.clone())
        };
        let certain = self.certain(tokens);
        let mut reads = QueryReads::default();
        for mention in mentions(tokens) {
            let entry = (mention.qualifier.map(resolve), mention.name.to_owned());
            if !reads.columns.contains(&entry) && reads.columns.len() < 1000 {
                reads.columns.push(entry);
            }
        }
        for (index, token) in tokens.iter().enumerate() {
            if !token.is_symbol("*") || index == 0 {
                continue;
            }
            let before = &tokens[index - 1];
            if before.is_symbol(".") && index >= 2 {
                reads.stars.push(tokens[index - 2].name().map(resolve));
            } else if before.is_symbol(",") || before.is("select") || before.is("all") || before.is("distinct") {
                reads.stars.push(None);
            }
        }
        reads.asks_for_ends = self.relations.len() == 1 && reads.stars.is_empty() && asks_for_ends(tokens);
        reads.relations = self.relations;
        reads.certain = certain;
        reads.calls = calls(tokens).into_iter().map(str::to_owned).collect();
        reads
    }
}

/// Without GROUP BY every column stands inside of an aggregate, so that the functions decide; and an index answers for a
/// column, not for what is calculated from it.
///
/// Source: PostgreSQL, `preprocess_minmax_aggregates`.
fn asks_for_ends(tokens: &[Token]) -> bool {
    let called = calls(tokens);
    let is_of_rows = |token: &Token| token.word().is_some_and(|word| OF_ROWS.contains(&word));
    called.iter().any(|name| is_end(name))
        && called.iter().all(|name| AROUND_ENDS.contains(name))
        && !tokens.iter().any(is_of_rows)
        && tokens.iter().filter(|token| token.is("from")).count() == 1
        && (0..tokens.len()).all(|at| is_of_column(&tokens[at..]))
}

fn is_end(function: &str) -> bool {
    matches!(function, "max" | "min")
}

/// Whether what begins here is no `max(..)`, or one of a column: `max(id)`, `max(t.id)`.
fn is_of_column(tokens: &[Token]) -> bool {
    match tokens {
        [function, open, rest @ ..] if function.name().is_some_and(is_end) && open.is_symbol("(") => match rest {
            [column, close, ..] if close.is_symbol(")") => column.name().is_some(),
            [table, dot, column, close, ..] if dot.is_symbol(".") && close.is_symbol(")") => {
                table.name().is_some() && column.name().is_some()
            }
            _ => false,
        },
        _ => true,
    }
}

/// `AS alias (column, ..)`
fn alias(cursor: &mut Cursor<'_>) -> Option<String> {
    let explicit = cursor.eat(&["as"]);
    let is_alias = cursor.peek().is_some_and(|token| match &token.kind {
        Kind::Word(word) => explicit || !AFTER_RELATION.contains(&word.as_str()),
        Kind::Quoted(_) => true,
        Kind::Text(_) | Kind::Number(_) | Kind::Unknown(_) | Kind::UnknownName(..) | Kind::Symbol(_) => false,
    });
    let alias = if is_alias { cursor.name().ok() } else { None };
    if cursor.sees_symbol("(") && (alias.is_some() || explicit) {
        let _ = cursor.brackets();
    }
    alias
}

/// The names of `WITH name AS (..)`, anywhere in the query.
fn common_tables(tokens: &[Token]) -> Vec<String> {
    let mut names = Vec::new();
    let mut seen_with = false;
    for (index, token) in tokens.iter().enumerate() {
        seen_with = seen_with || token.is("with");
        let follows = |ahead: usize| tokens.get(index + ahead);
        let opens = |ahead: usize| {
            follows(ahead).is_some_and(|token| token.is_symbol("(") || token.is("materialized") || token.is("not"))
        };
        if seen_with
            && follows(1).is_some_and(|token| token.is("as"))
            && opens(2)
            && let Some(name) = token.name()
        {
            names.push(name.to_owned());
        } else if seen_with && token.is_symbol(")") && follows(1).is_some_and(|token| token.is("as")) && opens(2) {
            // `name (column, ..) AS (`
            let open = tokens[..index].iter().rposition(|token| token.is_symbol("("));
            let name = open.and_then(|open| tokens[..open].last()).and_then(Token::name);
            names.extend(name.map(str::to_owned));
        }
    }
    names
}

impl<'a> Cursor<'a> {
    fn over_rest<'t>(&self, tokens: &'t [Token], at: usize) -> Cursor<'t>
    where
        'a: 't,
    {
        Cursor {
            text: self.text,
            tokens,
            at,
            reading: self.reading,
        }
    }
}
