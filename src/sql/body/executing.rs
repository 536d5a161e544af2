//! What `EXECUTE` sends, and what the functions send that a statement calls.

use crate::sql::cursor::Cursor;
use crate::sql::expression;
use crate::sql::token::Token;
use crate::sql::{Tokens as Cut, split};
use crate::statement::{Command, Inner, Statement};

use super::course::{Course, Ending, Place};
use super::sends::COMMANDS_OF_TRANSACTIONS;
use super::structure::{Tokens, targets};
use super::text::{Text, Value};

const PUT_TOGETHER: &str = "EXECUTE runs SQL that is put together at run time";

/// Bodies within bodies deeper than this are not followed.
const DEEPEST: usize = 7;

impl<'a> Course<'a> {
    pub(super) fn execute(&mut self, text: Tokens<'a>, whole: Tokens<'a>) {
        self.evaluate(text);
        let value = self.folding().value(text);
        targets(whole)
            .iter()
            .for_each(|variable| self.variables.forget(variable));
        let Value::Text(text) = value else {
            self.unread(whole, PUT_TOGETHER);
            return;
        };
        if text.says_something() {
            self.run_text(&text, whole);
        } else {
            self.unread(whole, PUT_TOGETHER);
        }
    }

    /// The statements of a text; each at its own place, if the text stands in the body as it is.
    pub(super) fn run_text(&mut self, text: &Text, whole: Tokens<'a>) {
        let from = self.found.len();
        let unknowns = text.unknown_parts();
        for piece in split::split(&text.shown, &unknowns) {
            let place = self.place_in(text, (piece.start, piece.end), whole);
            if self.depth > DEEPEST {
                self.push_unread(piece.sql(), "is nested too deep".to_owned(), place);
                continue;
            }
            match &piece.tokens {
                Cut::Broken(reason) => self.push_unread(piece.sql(), reason.clone(), place),
                Cut::Read(tokens) => self.run_piece(piece.text, tokens, place),
            }
        }
        if !unknowns.is_empty() {
            self.found[from..].iter_mut().for_each(say_what_is_known);
        }
    }

    /// Where a part of the text stands.
    pub(super) fn place_in(&self, text: &Text, part: (usize, usize), whole: Tokens<'a>) -> Option<(usize, usize)> {
        let quoted = text
            .literal
            .and_then(|(start, end)| super::verbatim(self.cursor.text, start, end, &text.shown));
        match (self.place, quoted) {
            (Place::At(base), Some(quoted)) => Some((base + quoted + part.0, base + quoted + part.1)),
            _ => self.place_of(whole),
        }
    }

    pub(super) fn push_unread(&mut self, text: &str, reason: String, place: Option<(usize, usize)>) {
        let unread = Statement::Unread {
            text: text.to_owned(),
            reason,
        };
        self.push(unread, text.to_owned(), place);
    }

    pub(super) fn run_piece(&mut self, text: &str, tokens: &[Token], place: Option<(usize, usize)>) {
        let source = Cursor::new(text, tokens, self.cursor.reading).source(tokens);
        if COMMANDS_OF_TRANSACTIONS.iter().any(|word| tokens[0].is(word)) {
            let reason = "EXECUTE runs no command that begins or ends a transaction".to_owned();
            let command = Box::new(Command::RefusedInBody { reason });
            let statement = Statement::Command {
                text: source.clone(),
                command,
            };
            self.push(statement, source, place);
            return;
        }
        let piece = Cursor::new(text, tokens, self.cursor.reading);
        match super::calls::read(&piece, &self.folding(), self.depth + 1, self.ending) {
            Ok(read) => {
                for (statement, own) in read {
                    let statement = self.within_this(statement);
                    self.push(statement, own.unwrap_or_else(|| source.clone()), place);
                }
            }
            Err(problem) => self.push_unread(&source, problem.to_string(), place),
        }
    }

    /// `CALL procedure(..)` of one that is known.
    pub(super) fn call(&mut self, tokens: Tokens<'a>) -> bool {
        let is_known = tokens[0].is("call")
            && expression::call_sites(&tokens[1..])
                .any(|(_, name)| !super::calls::bodies(self.cursor.reading, name).is_empty());
        if is_known {
            self.follow(&tokens[1..], tokens);
        }
        is_known
    }

    /// Goes into the functions that some tokens call.
    pub(super) fn follow(&mut self, tokens: Tokens<'a>, whole: Tokens<'a>) {
        let is_call = whole.first().is_some_and(|first| first.is("call"));
        let ending = match self.ending {
            Ending::Possible if !is_call => Ending::Refused(super::calls::IN_FUNCTION),
            ending => ending,
        };
        let inner = super::calls::sent(&self.folding(), &self.cursor, tokens, ending);
        let place = self.place_of(whole);
        inner.into_iter().for_each(|inner| self.take_over(inner, place));
    }
}

/// Of a text with unknown parts that cannot be read, what is known.
fn say_what_is_known(inner: &mut Inner) {
    if let Statement::Unread { text, reason } = &mut inner.statement {
        let shown = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown: String = shown.chars().take(200).collect();
        *reason = format!("{PUT_TOGETHER}: `{shown}`");
    }
}
