//! Bodies of code that the database runs: `DO` blocks, and functions where they are called.
//!
//! The tokens of PL/pgSQL become a tree of its statements (`reader`, `clauses`, `structure`), and that is gone through as it runs
//! (`course`, with its `branches` and `loops`): every query in it is a statement at its own place (`sends`), whatever
//! condition or loop it stands in. Constants are folded (`folding`, `text_functions`, `rows`), so that `EXECUTE`
//! says what it sends (`executing`), and conditions that the catalog decides are (`guards`).

mod branches;
mod calls;
mod clauses;
mod course;
mod executing;
mod folding;
mod guards;
mod loops;
mod reader;
mod rows;
mod sends;
mod structure;
mod text;
mod text_functions;

use crate::statement::{Command, Inner, Statement};

use super::cursor::{Cursor, Problem, Read};
use super::heads::command;
use super::reading::Reading;
use super::token::{self, Kind, Token};

use course::{Course, Ending, Place};
use text::Variables;

/// One statement at the top of a string, with what the functions send that it calls.
pub(super) fn statement(text: &str, tokens: &[Token], reading: Reading<'_>) -> Read<Vec<Statement>> {
    calls::read_whole(&Cursor::new(text, tokens, reading), 0)
}

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
    let block = sent(cursor, &body, base, depth);
    Ok(vec![command(cursor, Command::Block(block))])
}

/// What a block sends whose text begins at `base` in the text that people see, if it stands there as it is.
fn sent(cursor: &Cursor<'_>, body: &str, base: Option<usize>, depth: usize) -> Vec<Inner> {
    let whole = match (cursor.tokens.first(), cursor.tokens.last()) {
        (Some(first), Some(last)) => Some((first.start, last.end)),
        _ => None,
    };
    let place = base.map_or(Place::Of(whole), Place::At);
    let (tokens, problem) = token::tokens(body);
    let own = Cursor::new(body, &tokens, cursor.reading.in_body());
    let structure = reader::read(own.clone());
    let course = Course::new(own, place, Ending::Possible, Variables::default(), depth + 1);
    let mut found = course.of_body(&structure);
    if let Some(reason) = problem {
        let start = tokens.last().map_or(0, |token| token.end);
        let text = body[start..].trim().to_owned();
        found.push(Inner {
            statement: Statement::Unread {
                text: text.clone(),
                reason,
            },
            text,
            place: base.map_or(whole, |base| Some((base + start, base + body.len()))),
            certainty: crate::python_work::Certainty::Certain,
        });
    }
    found
}

/// Where the text of a string begins, if it stands between the quotes as it is.
fn verbatim(text: &str, start: usize, end: usize, string: &str) -> Option<usize> {
    text.get(start..end)?.find(string).map(|at| start + at)
}
