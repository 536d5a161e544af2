//! What was sent to the database, and what became of it.

use std::fmt::{self, Display, Formatter};

use crate::finding::{Origin, StatementReport, Work};
use crate::migration::OperationPath;
use crate::schema_editor::{Moment, Place};
use crate::source::{FileId, Range};
use crate::statement::Statement;

use super::judge::{Hit, Verdict};

/// A hit, by its place in the log of a migration.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct HitAt {
    /// The string that was sent.
    pub string: usize,
    /// The statement in it.
    pub statement: usize,
    /// The part of that.
    pub part: usize,
    /// The hit of the part.
    pub hit: usize,
}

impl HitAt {
    /// What the part does that the hit is of.
    pub(super) fn verdict<'l, 'r>(self, log: &'l mut [Executed<'r>]) -> Option<&'l mut Verdict<'r>> {
        let sent = log.get_mut(self.string)?.statements.get_mut(self.statement)?;
        sent.parts.get_mut(self.part).map(|part| &mut part.verdict)
    }
}

/// One string sent to the database.
#[derive(Debug)]
pub(super) struct Executed<'r> {
    pub place: Place,
    /// The string as it was written; Django's own is made of its statements.
    pub written: Option<String>,
    pub statements: Vec<Sent<'r>>,
}

/// One statement, sent.
#[derive(Debug)]
pub(super) struct Sent<'r> {
    pub text: Text,
    pub operation: OperationPath,
    pub origin: Origin,
    /// Where it is written, if it is written anywhere: in the migration, or in another file.
    pub range: Option<Range>,
    /// What it does, one after the other: one part, but for each statement of a `DO` block its own.
    pub parts: Vec<Part<'r>>,
}

/// A statement, or one of those that a `DO` block holds.
#[derive(Debug, Default)]
pub(super) struct Part<'r> {
    /// Its own text and place, in a `DO` block.
    pub inner: Option<(String, Option<Range>)>,
    /// Why something of it could not be read.
    pub unread: Option<String>,
    pub verdict: Verdict<'r>,
}

/// The text of a statement. Django's is printed when somebody wants to see it, which is rare.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "nearly all are Django's own")]
pub(super) enum Text {
    Written(String),
    Printed(Statement),
}

impl Display for Text {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Text::Written(text) => formatter.write_str(text),
            Text::Printed(statement) => statement.fmt(formatter),
        }
    }
}

impl Executed<'_> {
    /// The string as it was passed to execution.
    pub(super) fn sql(&self) -> String {
        if let Some(written) = &self.written {
            return written.clone();
        }
        let statements = self.statements.iter().map(|sent| sent.text.to_string());
        statements.collect::<Vec<_>>().join("; ")
    }

    pub(super) fn is_deferred(&self) -> bool {
        self.place.moment == Moment::AtTheEnd
    }
}

impl<'r> Sent<'r> {
    /// Why something of it could not be read.
    pub(super) fn unread(&self) -> Option<&String> {
        self.parts.iter().find_map(|part| part.unread.as_ref())
    }

    pub(super) fn hits(&self) -> impl Iterator<Item = &Hit<'r>> {
        self.parts.iter().flat_map(|part| &part.verdict.hits)
    }

    /// What it does, as data. Places in other files than the migration are none to those who read its statements.
    pub(super) fn report(mut self, migration: FileId) -> StatementReport {
        let mut rules = Vec::new();
        let mut matrix_rows = Vec::new();
        for hit in self.hits() {
            push_once(&mut rules, hit.rule.name.clone());
            if let Some(row) = hit.matrix {
                push_once(&mut matrix_rows, row);
            }
        }
        let not_analysed = self.unread().cloned();
        let mut verdict = Verdict::default();
        self.parts.drain(..).for_each(|part| verdict.absorb(part.verdict));
        StatementReport {
            sql: self.text.to_string(),
            operation: self.operation.index(),
            origin: self.origin,
            work: if not_analysed.is_some() {
                Work::Unknown
            } else {
                verdict.work
            },
            not_analysed,
            rules,
            rows: verdict.rows,
            matrix_rows,
            locks: verdict.locks,
            scans: verdict.scans,
            rewrites: verdict.rewrites,
            builds: verdict.builds,
            range: self.range.filter(|range| range.file == migration),
        }
    }
}

impl Part<'_> {
    /// The heaviest work; unknown where something was not read.
    pub(super) fn work(&self) -> Work {
        match self.unread {
            Some(_) => Work::Unknown,
            None => self.verdict.work,
        }
    }
}

fn push_once<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}
