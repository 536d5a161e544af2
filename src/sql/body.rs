//! `DO` blocks: the statements of a PL/pgSQL body that stand there as they are.

use crate::statement::{Command, Inner, Statement};

use super::cursor::{Cursor, Problem, Read};
use super::heads::{self, command};
use super::token::{Kind, Token};
use super::{Tokens, split};

/// `DO [LANGUAGE name] 'body'`
pub(super) fn read(cursor: &mut Cursor<'_>, depth: usize) -> Read<Vec<Statement>> {
    cursor.expect("do")?;
    let mut language = "plpgsql".to_owned();
    let mut body = None;
    while !cursor.is_done() {
        if cursor.eat(&["language"]) {
            language = match cursor.peek().map(|token| &token.kind) {
                Some(Kind::Text(name) | Kind::Word(name) | Kind::Quoted(name)) => name.to_lowercase(),
                _ => return cursor.fail("a language"),
            };
            cursor.at += 1;
        } else {
            let token = cursor.peek().map(|token| (token.start, token.end));
            let text = cursor.string()?;
            let base = token.and_then(|(start, end)| verbatim(cursor.text, start, end, &text));
            body = Some((text, base));
        }
    }
    let Some((body, base)) = body else {
        return cursor.fail("a body");
    };
    if language != "plpgsql" {
        return Err(Problem::Other(format!("a DO block in {language} is not read")));
    }
    let block = statements(&body, base, cursor, depth + 1)?;
    Ok(vec![command(cursor, Command::Block(block))])
}

/// Where the text of a string begins, if it stands between the quotes as it is.
fn verbatim(text: &str, start: usize, end: usize, string: &str) -> Option<usize> {
    text.get(start..end)?.find(string).map(|at| start + at)
}

/// Each statement of the body, whatever condition or loop it stands in.
///
/// `base` is where the body begins in the text that people see.
fn statements(body: &str, base: Option<usize>, cursor: &Cursor<'_>, depth: usize) -> Read<Vec<Inner>> {
    if depth > 4 {
        return Err(Problem::Other("is nested too deep".to_owned()));
    }
    let mut found = Vec::new();
    for piece in split::split(body, &[]) {
        let Tokens::Read(tokens) = &piece.tokens else {
            let place = base.map(|base| (base + piece.start, base + piece.end));
            let read = piece.read(cursor.functions);
            found.extend(read.into_iter().map(|statement| Inner {
                statement,
                text: piece.sql().to_owned(),
                place,
            }));
            continue;
        };
        let tokens = without_control(tokens);
        if tokens.is_empty() || is_of_the_language(tokens) {
            continue;
        }
        let inner = Cursor::new(body, tokens, cursor.functions);
        found.extend(inner_statements(&inner, base, depth));
    }
    Ok(found)
}

/// What one statement of a body comes to: itself, or what the string of an `EXECUTE` holds.
fn inner_statements(cursor: &Cursor<'_>, base: Option<usize>, depth: usize) -> Vec<Inner> {
    let (Some(first), Some(last)) = (cursor.tokens.first(), cursor.tokens.last()) else {
        return Vec::new();
    };
    let place = base.map(|base| (base + first.start, base + last.end));
    let of = |statement| Inner {
        statement,
        text: cursor.source(cursor.tokens),
        place,
    };
    let read = if first.is("execute") {
        execute(cursor, base, depth)
    } else {
        statement(cursor, depth).map(|read| read.into_iter().map(of).collect())
    };
    read.unwrap_or_else(|problem| {
        vec![of(Statement::Unread {
            text: cursor.source(cursor.tokens),
            reason: problem.to_string(),
        })]
    })
}

fn statement(cursor: &Cursor<'_>, depth: usize) -> Read<Vec<Statement>> {
    let tokens = cursor.tokens;
    if tokens[0].is("perform") {
        // PERFORM is SELECT without its result.
        let query = &tokens[1..];
        return super::rows::select(&mut cursor.over(query));
    }
    // `SELECT .. INTO variable` makes no table here.
    if tokens[0].is("select") {
        return Ok(Vec::new());
    }
    heads::read(cursor.text, tokens, cursor.functions, depth)
}

/// `EXECUTE 'text'`: only a text that stands there can be read.
fn execute(cursor: &Cursor<'_>, base: Option<usize>, depth: usize) -> Read<Vec<Inner>> {
    match &cursor.tokens[1..] {
        [
            Token {
                kind: Kind::Text(text),
                start,
                end,
            },
        ] => {
            let within = verbatim(cursor.text, *start, *end, text);
            let base = base.zip(within).map(|(base, within)| base + within);
            statements(text, base, cursor, depth + 1)
        }
        _ => Err(Problem::Other(
            "EXECUTE runs SQL that is put together at run time".to_owned(),
        )),
    }
}

/// Takes away what leads to a statement: `IF .. THEN`, `LOOP`, `BEGIN`, `EXCEPTION WHEN .. THEN`, `DECLARE ..`.
fn without_control(mut tokens: &[Token]) -> &[Token] {
    loop {
        let Some(first) = tokens.first() else { return tokens };
        let behind = |word: &str| tokens.iter().position(|token| token.is(word)).map(|at| at + 1);
        let taken = match first.word() {
            Some("begin" | "else" | "loop" | "exception") => Some(1),
            Some("if" | "elsif" | "elseif" | "when") => behind("then"),
            Some("case") => behind("when").map(|at| at - 1),
            Some("for" | "foreach" | "while") => behind("loop"),
            Some("declare") => Some(behind("begin").unwrap_or(tokens.len())),
            _ if first.is_symbol("<<") => tokens.iter().position(|token| token.is_symbol(">>")).map(|at| at + 1),
            _ => return tokens,
        };
        match taken {
            Some(taken) => tokens = &tokens[taken.min(tokens.len())..],
            None => return &[],
        }
    }
}

/// What PL/pgSQL does itself: assignments, declarations, ends of blocks.
fn is_of_the_language(tokens: &[Token]) -> bool {
    const WORDS: &[&str] = &[
        "end", "null", "raise", "return", "exit", "continue", "get", "assert", "open", "fetch", "move", "close",
    ];
    const SQL: &[&str] = &[
        "alter", "analyze", "call", "cluster", "comment", "copy", "create", "delete", "do", "drop", "execute", "grant",
        "insert", "lock", "merge", "notify", "perform", "refresh", "reindex", "reset", "revoke", "select", "set",
        "truncate", "update", "vacuum", "with",
    ];
    let first = &tokens[0];
    let is_assignment = tokens
        .iter()
        .take(8)
        .any(|token| token.is_symbol(":=") || (token.is_symbol("=") && !SQL.iter().any(|word| first.is(word))));
    WORDS.iter().any(|word| first.is(word))
        || (is_assignment && !SQL.iter().any(|word| first.is(word)))
        // A declaration: `name type`.
        || !SQL.iter().any(|word| first.is(word))
}
