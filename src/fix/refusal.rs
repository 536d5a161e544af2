//! Why a migration is not rewritten, or why something unsafe stays in it.

use std::fmt;

/// Why a file is left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Its text is not as makemigrations writes it.
    NotPlain(&'static str),
    /// It is no migration that could be read.
    NotAMigration,
    /// Databases have it, or may have it: where.
    Landed(String),
    /// It replaces others.
    Squash,
    /// A squash replaces it.
    Replaced(String),
    /// It joins branches of its app's history.
    Merge,
    /// It founds its app.
    Initial,
    /// Not all of it was understood.
    NotAnalysed {
        /// The line of the migration.
        line: u32,
        /// Why.
        reason: String,
    },
    /// The project plainly runs on another database.
    OtherEngine(String),
    /// What its parts would be still does harm.
    StillUnsafe(String),
    /// A part would take the place of a file that is there.
    InTheWay(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NotPlain(what) => write!(formatter, "{what}"),
            Refusal::NotAMigration => formatter.write_str("it was not read as a migration"),
            Refusal::Landed(place) => write!(
                formatter,
                "{place}: databases may have applied it, and would not run it again"
            ),
            Refusal::Squash => formatter.write_str("it replaces other migrations"),
            Refusal::Replaced(by) => write!(formatter, "{by} replaces it"),
            Refusal::Merge => formatter.write_str("it merges branches of its app's history"),
            Refusal::Initial => formatter.write_str(
                "it is an initial migration: its tables are new, and what it does to others comes with them",
            ),
            Refusal::NotAnalysed { line, reason } => {
                write!(formatter, "not all of it is understood, line {line}: {reason}")
            }
            Refusal::OtherEngine(engine) => write!(formatter, "the settings name `{engine}`, which is not PostgreSQL"),
            Refusal::StillUnsafe(what) => write!(formatter, "what it would become is not safe either: {what}"),
            Refusal::InTheWay(path) => write!(formatter, "{path} is there already"),
        }
    }
}
