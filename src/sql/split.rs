//! Cuts a text at the semicolons between statements.

use crate::unknown::UnknownPart;

use super::token::{self, Token};
use super::{Piece, Tokens};

/// Longer texts are data, not a migration: nobody reads them.
const LONGEST_TEXT: usize = 16 * 1024 * 1024;

pub(super) fn split<'t>(text: &'t str, unknowns: &[UnknownPart]) -> Vec<Piece<'t>> {
    if text.len() > LONGEST_TEXT {
        return vec![broken(text, 0, text.len(), "the SQL is longer than 16 MiB".to_owned())];
    }
    let (tokens, problem) = token::tokens_around(text, unknowns);
    let mut ends = ends_of_statements(&tokens, Brackets::Count);
    if ends.is_none() {
        // A bracket that is never closed must not swallow the statements behind it.
        ends = ends_of_statements(&tokens, Brackets::Ignore);
    }
    let mut pieces = Vec::new();
    let mut tokens = tokens.into_iter();
    let mut taken = 0;
    let mut rest = 0;
    for end in ends.unwrap_or_default() {
        pieces.extend(piece(text, tokens.by_ref().take(end - taken).collect()));
        rest = tokens.next().map_or(rest, |semicolon| semicolon.end);
        taken = end + 1;
    }
    let last: Vec<Token> = tokens.collect();
    match problem {
        None => pieces.extend(piece(text, last)),
        Some(problem) => {
            let start = last.first().map_or(rest, |token| token.start);
            let start = start + (text[start..].len() - text[start..].trim_start().len());
            pieces.push(broken(text, start, text.trim_end().len().max(start), problem));
        }
    }
    pieces
}

fn piece(text: &str, tokens: Vec<Token>) -> Option<Piece<'_>> {
    let (start, end) = (tokens.first()?.start, tokens.last()?.end);
    Some(Piece {
        text,
        tokens: Tokens::Read(tokens),
        start,
        end,
    })
}

fn broken(text: &str, start: usize, end: usize, reason: String) -> Piece<'_> {
    Piece {
        text,
        tokens: Tokens::Broken(reason),
        start,
        end,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Brackets {
    Count,
    Ignore,
}

/// The indices of the semicolons that end statements: not one in brackets, nor one between `BEGIN ATOMIC` and its
/// `END`, where a function's body is written in SQL itself. `None` if a bracket is never closed.
fn ends_of_statements(tokens: &[Token], brackets: Brackets) -> Option<Vec<usize>> {
    let mut ends = Vec::new();
    let mut depth = 0i32;
    let mut blocks = 0usize;
    for (index, token) in tokens.iter().enumerate() {
        if brackets == Brackets::Count {
            depth = (depth + token.nesting()).max(0);
        }
        let begins_body = token.is("atomic") && index > 0 && tokens[index - 1].is("begin");
        if begins_body || (blocks > 0 && token.is("case")) {
            blocks += 1;
        } else if blocks > 0 && token.is("end") {
            blocks -= 1;
        } else if depth == 0 && blocks == 0 && token.is_symbol(";") {
            ends.push(index);
        }
    }
    (depth == 0).then_some(ends)
}
