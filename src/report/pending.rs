//! What is left to do of changes that take more than one release.

use std::io::{self, Write};

use serde::Serialize;

use super::counted;
use crate::finding::{Pending, PendingKind};

/// The version of the document; it grows when a member changes its meaning or goes.
const VERSION: u8 = 1;

/// What `forelock pending` lists.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "PendingList"))]
pub struct PendingDocument<'a> {
    /// The version of this document.
    #[cfg_attr(test, schemars(extend("const" = VERSION)))]
    pub version: u8,
    /// By table and name.
    pub pending: Vec<StepDocument<'a>>,
}

/// One thing that is left to do.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "PendingStep"))]
pub struct StepDocument<'a> {
    /// `column-without-field`, `table-without-model`, `constraint-not-valid`, `check-of-not-null`
    pub kind: &'static str,
    /// The table that it is part of, or is.
    pub table: &'a str,
    /// The column, table or constraint.
    pub name: &'a str,
    /// `app.migration` that left it, or null.
    pub since: Option<String>,
    /// Whether the running release has that migration; null where nobody has said what is deployed.
    pub released: Option<bool>,
    /// How many migrations of the project come behind that one.
    pub migrations_since: usize,
    /// The statement that ends it.
    pub statement: String,
}

/// For people.
pub(super) fn write(pending: &[Pending], out: &mut dyn Write) -> io::Result<()> {
    for one in pending {
        writeln!(out, "{}", line(one))?;
        writeln!(out, "    {}", one.statement())?;
    }
    match pending.len() {
        0 => writeln!(out, "Nothing is pending."),
        1 => writeln!(out, "\n1 step is pending."),
        count => writeln!(out, "\n{count} steps are pending."),
    }
}

/// For programs.
pub(super) fn write_json(pending: &[Pending], out: &mut dyn Write) -> io::Result<()> {
    let steps = pending.iter().map(|one| StepDocument {
        kind: one.kind.name(),
        table: &one.table,
        name: &one.name,
        since: one.since.as_ref().map(ToString::to_string),
        released: one.is_released,
        migrations_since: one.migrations_since,
        statement: one.statement(),
    });
    let document = PendingDocument {
        version: VERSION,
        pending: steps.collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn line(one: &Pending) -> String {
    let (table, name) = (&one.table, &one.name);
    let what = match one.kind {
        PendingKind::Column => format!("{table}.{name}: no field has this column any more"),
        PendingKind::Table => format!("{table}: no model has this table any more"),
        PendingKind::NotValid => format!("{table}.{name}: the constraint holds for new rows, and is not validated"),
        PendingKind::Check => format!("{table}.{name}: the check only proves that the column holds no NULL"),
    };
    let Some(since) = &one.since else { return what };
    let age = match one.migrations_since {
        0 => String::new(),
        count => format!(", {} ago", counted(count, "migration")),
    };
    let when = match one.is_released {
        Some(true) => "; the running release has that, so it can go now",
        Some(false) => "; the running release lacks that, so it has to wait",
        None => "; it can go once the release with that runs everywhere",
    };
    format!("{what} since {since}{age}{when}")
}
