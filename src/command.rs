//! Runs one command: from arguments to what is written, and the exit code.

mod asked;
mod check;
mod fix;
mod judging;
mod pending;
mod sql;
mod surroundings;
mod until_closed;

use std::io::{self, Write};

use clap::CommandFactory;
use indexmap::IndexSet;
use thiserror::Error;

use crate::branch::BranchError;
use crate::cli::{Arguments, Command, Completions, Explain, Rules};
use crate::config::ConfigError;
use crate::files::ReplaceError;
use crate::project::LoadError;
use crate::report::explain::UnknownTopic;
use crate::report::{explain, rules_table};
use crate::rules::evidence::Evidence;
use crate::rules::{RuleError, RuleTable};
use crate::selection::UnknownName;
use crate::stats;
use asked::Asked;
pub use surroundings::Surroundings;
pub use until_closed::UntilClosed;

/// How a run ended, as the exit code tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 0
    Clean,
    /// 1
    Findings,
}

impl Outcome {
    /// The exit code.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Outcome::Clean => 0,
            Outcome::Findings => 1,
        }
    }
}

/// Why a command could not run: exit code 2.
#[derive(Debug, Error)]
pub enum CommandError {
    /// No project to judge.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A configuration that cannot be used.
    #[error(transparent)]
    Configuration(#[from] ConfigError),
    /// What a branch adds cannot be said.
    #[error(transparent)]
    Branch(#[from] BranchError),
    /// A rule's name that does not exist.
    #[error(transparent)]
    Name(#[from] UnknownName),
    /// Nothing to explain.
    #[error(transparent)]
    Topic(#[from] UnknownTopic),
    /// An app or a migration that the project does not have.
    #[error("{0}")]
    NoSuchMigration(String),
    /// A broken rule page.
    #[error(transparent)]
    Rules(#[from] RuleError),
    /// Standard input cannot be read.
    #[error("cannot read standard input: {0}")]
    Input(io::Error),
    /// Broken evidence.
    #[error("src/rules/evidence.json: {0}")]
    Evidence(#[from] serde_json::Error),
    /// `fix` was not told which migrations.
    #[error("{0}")]
    Usage(String),
    /// A file cannot be written; nothing was.
    #[error(transparent)]
    Replace(#[from] ReplaceError),
    /// The output cannot be written.
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
}

/// Runs what the arguments ask for. Notes go to `notes`, everything else to `out`.
///
/// # Errors
/// When there is nothing to judge, the configuration is wrong, or the output cannot be written.
pub fn run(
    arguments: Arguments,
    surroundings: &Surroundings,
    out: &mut dyn Write,
    notes: &mut dyn Write,
) -> Result<Outcome, CommandError> {
    let rules = RuleTable::embedded()?;
    let mut outcome = Outcome::Clean;
    match arguments.command.unwrap_or(Command::Check(arguments.check)) {
        Command::Check(check) => outcome = check::run(&check, &rules, surroundings, out, notes)?,
        Command::Fix(fix) => outcome = fix::run(&fix, &rules, surroundings, out, notes)?,
        Command::Pending(pending) => pending::run(&pending, &rules, surroundings, out, notes)?,
        Command::Sql(sql) => outcome = sql::run(&sql, &rules, surroundings, out, notes)?,
        Command::Explain(Explain { name, color }) => {
            let topic = explain::topic(&name, &rules)?;
            explain::write(topic, &Evidence::embedded()?, &surroundings.style(color), out)?;
        }
        Command::Rules(Rules { output_format, color }) => {
            let style = surroundings.style(color);
            rules_table::write(&rules, &Evidence::embedded()?, output_format.into(), &style, out)?;
        }
        Command::StatsQuery => out.write_all(stats::QUERY.as_bytes())?,
        Command::Completions(Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "forelock", &mut script);
            out.write_all(&script)?;
        }
    }
    out.flush()?;
    Ok(outcome)
}

/// Writes notes, one line each, what several projects have to say only once. Nobody is helped by an error about a note.
fn write_notes<'a>(lines: impl IntoIterator<Item = &'a String>, notes: &mut dyn Write) {
    for line in lines.into_iter().collect::<IndexSet<_>>() {
        let _ = writeln!(notes, "note: {line}");
    }
}
