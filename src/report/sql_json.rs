//! The document of `forelock sql --output-format json`: a contract, described by `schema/sql.schema.json`.

use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::json::{RangeDocument, range};
use super::shown_path;
use crate::finding::{HeldLock, MigrationReport, OperationReport, StatementReport};
use crate::lock::LockMode;
use crate::migration::MigrationKey;

/// What one migration runs.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Migration"))]
pub struct MigrationDocument<'a> {
    /// The app label.
    pub app: &'a str,
    /// The migration's name.
    pub migration: &'a str,
    /// The file, relative to the working folder, with forward slashes.
    pub path: String,
    /// Whether Django runs it in one transaction.
    pub atomic: bool,
    /// The migrations that it squashes, as `app.name`; where they are on disk they are what is judged.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub replaces: Vec<ReplacedMigration<'a>>,
    /// One per top-level operation, in order, those without SQL too.
    pub operations: Vec<OperationDocument<'a>>,
    /// One per SQL statement, in the order in which they run: deferred ones last.
    pub statements: Vec<StatementDocument<'a>>,
}

/// A squashed migration: `shop.0001_initial`.
#[derive(Debug)]
pub struct ReplacedMigration<'a>(&'a MigrationKey);

impl Serialize for ReplacedMigration<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

/// What one operation passes to execution.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Operation"))]
pub struct OperationDocument<'a> {
    /// Its place in the migration, from 0.
    pub index: usize,
    /// The class as written.
    pub class: &'a str,
    /// `exact`: character for character; `partial`: something is shown as `<unknown: reason>`; `opaque`: not known.
    #[cfg_attr(test, schemars(extend("enum" = super::schema::confidences())))]
    pub confidence: &'static str,
    /// The strings passed to execution at once, verbatim.
    pub statements: &'a [String],
    /// The strings that run at the end of the migration, in their final form.
    pub deferred: &'a [String],
}

/// What one statement does.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Statement"))]
pub struct StatementDocument<'a> {
    /// Its text.
    pub sql: &'a str,
    /// The index of the top-level operation that sends it.
    pub operation: usize,
    /// Who sends it.
    #[cfg_attr(test, schemars(extend("enum" = super::schema::origins())))]
    pub origin: &'static str,
    /// Whether it could be read. If not, its work is `unknown` and no locks are named.
    pub analysed: bool,
    /// Why it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'a str>,
    /// The rules that it matched, safe ones too.
    pub rules: &'a [String],
    /// The rows of the matrix of 32 kinds of DDL that it belongs to.
    pub matrix_rows: &'a [u8],
    /// Locks on relations that existed before the migration.
    pub locks: Vec<LockDocument<'a>>,
    /// The heaviest work.
    #[cfg_attr(test, schemars(extend("enum" = super::schema::works())))]
    pub work: &'static str,
    /// Relations that are read whole.
    pub scans: &'a [String],
    /// Relations that are written anew.
    pub rewrites: &'a [String],
    /// Indexes that are built.
    pub builds: &'a [String],
    /// Where it stands in the file, where it has a place of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<RangeDocument>,
}

/// The locks on a relation while a statement runs.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Lock"))]
pub struct LockDocument<'a> {
    /// The relation's bare name, as in the catalog.
    pub relation: &'a str,
    /// What it is.
    #[cfg_attr(test, schemars(extend("enum" = super::schema::relation_kinds())))]
    pub kind: &'static str,
    /// The strongest mode that the statement takes; null where its transaction holds the relation while it works on others.
    #[cfg_attr(test, schemars(schema_with = "super::schema::mode_or_null"))]
    pub mode: Option<&'static str>,
    /// The strongest mode that the transaction holds from before the statement, or null.
    #[cfg_attr(test, schemars(schema_with = "super::schema::mode_or_null"))]
    pub held: Option<&'static str>,
}

/// Writes an array with one object per migration, one migration at a time, and a line end.
pub(super) fn write(migrations: &[&MigrationReport], out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::pretty(&mut *out);
    serializer.collect_seq(migrations.iter().map(|migration| document(migration)))?;
    writeln!(out)
}

/// One migration of the document as data.
#[must_use]
pub fn document(migration: &MigrationReport) -> MigrationDocument<'_> {
    MigrationDocument {
        app: &migration.key.app,
        migration: &migration.key.name,
        path: shown_path(&migration.source.path),
        atomic: migration.atomic,
        replaces: migration.replaces.iter().map(ReplacedMigration).collect(),
        operations: migration.operations.iter().enumerate().map(operation).collect(),
        statements: migration
            .statements
            .iter()
            .map(|report| statement(migration, report))
            .collect(),
    }
}

fn operation((index, report): (usize, &OperationReport)) -> OperationDocument<'_> {
    OperationDocument {
        index,
        class: &report.class,
        confidence: report.confidence.name(),
        statements: &report.statements,
        deferred: &report.deferred,
    }
}

fn statement<'a>(migration: &MigrationReport, report: &'a StatementReport) -> StatementDocument<'a> {
    StatementDocument {
        sql: &report.sql,
        operation: report.operation,
        origin: report.origin.name(),
        analysed: report.not_analysed.is_none(),
        reason: report.not_analysed.as_deref(),
        rules: &report.rules,
        matrix_rows: &report.matrix_rows,
        locks: report.locks.iter().map(lock).collect(),
        work: report.work.name(),
        scans: &report.scans,
        rewrites: &report.rewrites,
        builds: &report.builds,
        range: report.range.map(|place| range(&migration.source, place)),
    }
}

fn lock(lock: &HeldLock) -> LockDocument<'_> {
    LockDocument {
        relation: &lock.relation,
        kind: lock.kind.name(),
        mode: lock.mode.map(LockMode::name),
        held: lock.held.as_ref().map(|held| held.mode.name()),
    }
}
