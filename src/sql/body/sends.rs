//! What a body sends, statement by statement, in the order in which it runs.

use crate::row_work::{Assigned, Rows};
use crate::sql::cursor::Cursor;
use crate::sql::token::Token;
use crate::sql::{heads, query, rows};
use crate::statement::{Command, Inner, QueryReads, Statement, TransactionChange};

use super::course::{Course, Ending, Place};
use super::structure::{Tokens, targets};

/// Commands that begin or end a transaction, or a part of one.
pub(super) const COMMANDS_OF_TRANSACTIONS: &[&str] = &[
    "abort",
    "begin",
    "commit",
    "end",
    "release",
    "rollback",
    "savepoint",
    "start",
];

impl<'a> Course<'a> {
    /// Where tokens of the body stand in the text that people see.
    pub(super) fn place_of(&self, tokens: Tokens<'_>) -> Option<(usize, usize)> {
        match (self.place, tokens.first(), tokens.last()) {
            (Place::At(base), Some(first), Some(last)) => Some((base + first.start, base + last.end)),
            (Place::Of(place), ..) => place,
            (Place::At(_), ..) => None,
        }
    }

    pub(super) fn push(&mut self, statement: Statement, text: String, place: Option<(usize, usize)>) {
        if self.is_exhausted {
            return;
        }
        if self.is_repeated && !self.cursor.reading.take_statement() {
            self.exhaust();
            return;
        }
        self.found.push(Inner {
            statement,
            text,
            place,
            certainty: self.certainty,
        });
    }

    /// Takes over what was found further down, and counted there.
    pub(super) fn take_over(&mut self, inner: Inner, place: Option<(usize, usize)>) {
        let certainty = self.certainty.max(inner.certainty);
        let statement = self.within_this(inner.statement);
        self.found.push(Inner {
            statement,
            text: inner.text,
            place,
            certainty,
        });
    }

    /// Says once that no more is followed.
    pub(super) fn exhaust(&mut self) {
        if std::mem::replace(&mut self.is_exhausted, true) {
            return;
        }
        self.found.push(Inner {
            statement: Statement::Unread {
                text: String::new(),
                reason: "runs more statements than are followed".to_owned(),
            },
            text: String::new(),
            place: self.place_of(self.cursor.tokens),
            certainty: self.certainty,
        });
    }

    pub(super) fn send(&mut self, tokens: Tokens<'_>, statement: Statement) {
        let (text, place) = (self.cursor.source(tokens), self.place_of(tokens));
        self.push(statement, text, place);
    }

    pub(super) fn unread(&mut self, tokens: Tokens<'_>, reason: &str) {
        let text = self.cursor.source(tokens);
        let reason = reason.to_owned();
        self.send(tokens, Statement::Unread { text, reason });
    }

    /// A statement of SQL as it stands in the body.
    pub(super) fn sql(&mut self, tokens: Tokens<'a>) {
        let variables: Vec<&str> = targets(tokens);
        match tokens.first() {
            None => return,
            // `SELECT .. INTO variable` makes no table here.
            Some(first) if is_query(first) => self.query(tokens, tokens),
            Some(_) => self.statement(tokens),
        }
        variables.iter().for_each(|variable| self.variables.forget(variable));
    }

    pub(super) fn statement(&mut self, tokens: Tokens<'a>) {
        let first = &tokens[0];
        if COMMANDS_OF_TRANSACTIONS.iter().any(|word| first.is(word)) {
            self.refuse(tokens, "a body has no such command");
            return;
        }
        if self.call(tokens) {
            return;
        }
        match heads::read(self.cursor.text, tokens, self.cursor.reading, self.depth + 1) {
            Ok(mut statements) => {
                if self.is_keyed_by_all_rows(tokens) {
                    statements.iter_mut().for_each(reach_all_rows);
                }
                self.all(tokens, statements);
            }
            Err(problem) => self.unread(tokens, &problem.to_string()),
        }
        self.follow(tokens, tokens);
    }

    /// Whether each row of a loop over all rows says which rows the statement is about: `WHERE id = row.id`.
    pub(super) fn is_keyed_by_all_rows(&self, tokens: Tokens<'a>) -> bool {
        let is_record = |token: &Token| token.name().is_some_and(|name| self.of_all_rows.contains(&name));
        let Some(at) = tokens.iter().position(|token| token.is("where")) else {
            return false;
        };
        tokens[at..]
            .windows(2)
            .any(|pair| pair[0].is_symbol("=") && is_record(&pair[1]))
    }

    /// Each of the statements that one comes to; those of a block within at their own places.
    pub(super) fn all(&mut self, tokens: Tokens<'a>, statements: Vec<Statement>) {
        for statement in statements {
            match statement.into_block() {
                Ok(block) => self.adopt(block, tokens),
                Err(statement) => self.send(tokens, statement),
            }
        }
    }

    /// Takes over what a body within the statement sends: its places count from the beginning of this body's text.
    pub(super) fn adopt(&mut self, block: Vec<Inner>, tokens: Tokens<'_>) {
        for inner in block {
            let place = match (self.place, inner.place) {
                (Place::At(base), Some((start, end))) => Some((base + start, base + end)),
                _ => self.place_of(tokens),
            };
            self.take_over(inner, place);
        }
    }

    /// A COMMIT that is allowed where it stands fails where this body may not end its transaction.
    pub(super) fn within_this(&self, statement: Statement) -> Statement {
        match (&statement, self.ending) {
            (Statement::Command { text, command }, Ending::Refused(reason))
                if matches!(**command, Command::Transaction(TransactionChange::EndInBody)) =>
            {
                Statement::Command {
                    text: text.clone(),
                    command: Box::new(Command::RefusedInBody {
                        reason: reason.to_owned(),
                    }),
                }
            }
            _ => statement,
        }
    }

    /// A query whose rows go to nobody, to variables or to the caller.
    pub(super) fn query(&mut self, query: Tokens<'a>, whole: Tokens<'a>) {
        let cursor = Cursor::new(self.cursor.text, query, self.cursor.reading);
        let with = query.first().is_some_and(|first| first.is("with"));
        let read = if with {
            rows::with(&mut cursor.clone(), self.depth + 1)
        } else {
            rows::select(&mut cursor.clone())
        };
        match read {
            Ok(statements) => {
                for statement in statements.into_iter().map(into_query) {
                    if !reads_nothing(&statement) {
                        self.send(whole, statement);
                    }
                }
            }
            Err(problem) => self.unread(whole, &problem.to_string()),
        }
        self.follow(query, whole);
    }

    /// The queries within an expression, and the functions that it calls.
    pub(super) fn evaluate(&mut self, tokens: Tokens<'a>) {
        if tokens.is_empty() || !tokens.iter().any(|token| token.is_symbol("(")) {
            return;
        }
        let cursor = Cursor::new(self.cursor.text, tokens, self.cursor.reading);
        match rows::select(&mut cursor.clone()) {
            Ok(_) => {
                let reads = of_condition(&cursor, tokens);
                if reads_tables(&reads) {
                    let text = self.cursor.source(tokens);
                    let command = Box::new(Command::Select { reads });
                    self.send(tokens, Statement::Command { text, command });
                }
            }
            Err(problem) => self.unread(tokens, &problem.to_string()),
        }
        self.follow(tokens, tokens);
    }

    pub(super) fn open(&mut self, name: &str) {
        let query = self.cursors.iter().rev().find(|(cursor, _)| *cursor == name);
        if let Some((_, query)) = query.copied() {
            self.query(query, query);
        }
    }

    pub(super) fn end_transaction(&mut self, tokens: Tokens<'a>) {
        match self.ending {
            Ending::Possible => {
                let text = self.cursor.source(tokens);
                let command = Box::new(Command::Transaction(TransactionChange::EndInBody));
                self.send(tokens, Statement::Command { text, command });
            }
            Ending::Refused(reason) => self.refuse(tokens, reason),
        }
    }

    pub(super) fn refuse(&mut self, tokens: Tokens<'a>, reason: &str) {
        let text = self.cursor.source(tokens);
        let reason = reason.to_owned();
        let command = Box::new(Command::RefusedInBody { reason });
        self.send(tokens, Statement::Command { text, command });
    }
}

/// What a loop does row by row it does to all rows.
fn reach_all_rows(statement: &mut Statement) {
    let Statement::Command { command, .. } = statement else {
        return;
    };
    match command.as_mut() {
        Command::Update { rows, values, .. } => {
            *rows = Rows::All;
            values.fill(Assigned::Own);
        }
        Command::Delete { rows, .. } => *rows = Rows::All,
        _ => {}
    }
}

/// `SELECT INTO` makes no table in a body.
fn into_query(statement: Statement) -> Statement {
    match statement {
        Statement::Command { text, command } => {
            let command = match *command {
                Command::CreateTableAs { reads, .. } => Command::Select { reads },
                command => command,
            };
            Statement::Command {
                text,
                command: Box::new(command),
            }
        }
        statement => statement,
    }
}

fn reads_nothing(statement: &Statement) -> bool {
    match statement {
        Statement::Command { command, .. } => match command.as_ref() {
            Command::Select { reads } => !reads_tables(reads),
            _ => false,
        },
        _ => false,
    }
}

/// Whether it reads more than the database's own catalogs.
pub(super) fn reads_tables(reads: &QueryReads) -> bool {
    reads
        .relations
        .iter()
        .any(|relation| !relation.starts_with("pg_") && !relation.starts_with("information_schema"))
}

/// What a condition reads. `EXISTS` of a table without a condition stops at its first row.
fn of_condition(cursor: &Cursor<'_>, tokens: Tokens<'_>) -> QueryReads {
    let is_plain = |token: &Token| {
        !["where", "join", "group", "order", "union", "having", "with"]
            .iter()
            .any(|word| token.is(word))
    };
    let mut rest = tokens;
    while rest
        .first()
        .is_some_and(|first| first.is("not") || first.is_symbol("("))
    {
        rest = &rest[1..];
    }
    let only_exists = rest.first().is_some_and(|first| first.is("exists"))
        && rest.iter().all(is_plain)
        && rest.iter().filter(|token| token.is("from")).count() == 1;
    if only_exists {
        QueryReads::default()
    } else {
        query::reads(cursor, tokens)
    }
}

fn is_query(first: &Token) -> bool {
    first.is_symbol("(") || ["select", "with", "values", "table"].iter().any(|word| first.is(word))
}
