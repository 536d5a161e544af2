//! `DO` blocks: the statements of a PL/pgSQL body that stand there as they are.

use crate::statement::{Command, Statement};

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
            body = Some(cursor.string()?);
        }
    }
    let Some(body) = body else {
        return cursor.fail("a body");
    };
    if language != "plpgsql" {
        return Err(Problem::Other(format!("a DO block in {language} is not read")));
    }
    let statements = statements(&body, cursor, depth + 1)?;
    Ok(vec![command(cursor, Command::Several(statements))])
}

/// Each statement of the body, whatever condition or loop it stands in.
fn statements(body: &str, cursor: &Cursor<'_>, depth: usize) -> Read<Vec<Statement>> {
    if depth > 4 {
        return Err(Problem::Other("is nested too deep".to_owned()));
    }
    let mut found = Vec::new();
    for piece in split::split(body) {
        let Tokens::Read(tokens) = &piece.tokens else {
            found.extend(piece.read(cursor.functions));
            continue;
        };
        let tokens = without_control(tokens);
        if tokens.is_empty() || is_of_the_language(tokens) {
            continue;
        }
        let inner = Cursor::new(body, tokens, cursor.functions);
        found.extend(statement(&inner, depth).unwrap_or_else(|problem| {
            vec![Statement::Unread {
                text: inner.source(tokens),
                reason: problem.to_string(),
            }]
        }));
    }
    Ok(found)
}

fn statement(cursor: &Cursor<'_>, depth: usize) -> Read<Vec<Statement>> {
    let tokens = cursor.tokens;
    if tokens[0].is("execute") {
        return execute(cursor, depth);
    }
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
fn execute(cursor: &Cursor<'_>, depth: usize) -> Read<Vec<Statement>> {
    match &cursor.tokens[1..] {
        [
            Token {
                kind: Kind::Text(text), ..
            },
        ] => statements(text, cursor, depth + 1),
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
