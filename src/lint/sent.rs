//! What was sent to the database, and what became of it.

use std::fmt::{self, Display, Formatter};

use crate::finding::{Origin, StatementReport, Work};
use crate::source::Range;
use crate::statement::Statement;

use super::judge::Verdict;

/// One string sent to the database.
#[derive(Debug)]
pub(super) struct Executed<'r> {
    pub operation: usize,
    pub deferred: bool,
    /// The string of a `RunSQL`; Django's own is made of its statements.
    pub written: Option<String>,
    pub statements: Vec<Sent<'r>>,
}

/// One statement, sent.
#[derive(Debug)]
pub(super) struct Sent<'r> {
    pub text: Text,
    pub operation: usize,
    pub origin: Origin,
    /// Its place, where it has one of its own within the operation.
    pub range: Option<Range>,
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
}

impl Sent<'_> {
    /// The heaviest work; unknown where something was not read.
    pub(super) fn work(&self) -> Work {
        match self.unread {
            Some(_) => Work::Unknown,
            None => self.verdict.work,
        }
    }

    /// What it does, as data.
    pub(super) fn report(self) -> StatementReport {
        let mut rules = Vec::new();
        let mut matrix_rows = Vec::new();
        for hit in &self.verdict.hits {
            push_once(&mut rules, hit.rule.name.clone());
            if let Some(row) = hit.matrix {
                push_once(&mut matrix_rows, row);
            }
        }
        StatementReport {
            sql: self.text.to_string(),
            operation: self.operation,
            origin: self.origin,
            work: self.work(),
            not_analysed: self.unread,
            rules,
            rows: self.verdict.rows,
            matrix_rows,
            locks: self.verdict.locks,
            scans: self.verdict.scans,
            rewrites: self.verdict.rewrites,
            builds: self.verdict.builds,
            range: self.range,
        }
    }
}

fn push_once<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}
