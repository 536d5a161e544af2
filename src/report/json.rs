//! The document of `forelock check --output-format json`: a contract, described by `schema/check.schema.json`.
//!
//! The order of the members here is their order in the document. Text is written as it stands in the file: JSON
//! escapes control characters itself.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use super::plan_json::PlanDocument;
use super::summary::{self, Totals};
use super::{shown_path, url};
use crate::finding::{Analysis, Finding, HeldLock, OperationPlace, Place, Related};
use crate::lock::{Command, LockMode};
use crate::source::{self, SourceFile};

/// The version of the document; it grows when a member changes its meaning or goes.
const VERSION: u8 = 1;

/// What `forelock check` found.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Check"))]
pub struct CheckDocument<'a> {
    /// The version of this document.
    #[cfg_attr(test, schemars(extend("const" = VERSION)))]
    pub version: u8,
    /// In the order in which Django would run the migrations, and by place within a migration.
    pub findings: Vec<FindingDocument<'a>>,
    /// Counts over all projects.
    pub summary: SummaryDocument,
}

/// One finding.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Finding"))]
pub struct FindingDocument<'a> {
    /// The rule's name.
    pub rule: &'a str,
    /// The row of the matrix of 32 kinds of DDL that the rule belongs to, or null.
    pub matrix_row: Option<u8>,
    /// How much it matters.
    #[cfg_attr(test, schemars(extend("enum" = super::schema::severities())))]
    pub severity: &'static str,
    /// What it does to whom, worst first.
    #[cfg_attr(test, schemars(schema_with = "super::schema::harms"))]
    pub harm: Vec<&'static str>,
    /// Other rules that the same operation matched.
    pub also: &'a [String],
    /// What happens to whose table, in one sentence.
    pub message: &'a str,
    /// What to do instead; a block of Django code in it is indented by four spaces.
    pub help: Cow<'a, str>,
    /// The rule's page.
    pub url: String,
    /// The file, relative to the working folder, with forward slashes.
    pub path: String,
    /// The app label; the folder's name where the file is no migration.
    pub app: String,
    /// The migration's name, or null where the file is no migration.
    pub migration: Option<&'a str>,
    /// The operation, or null where the finding is about the whole file.
    pub operation: Option<OperationDocument<'a>>,
    /// Where it stands in the file.
    pub range: RangeDocument,
    /// The worst statement, as Django would send it, or null.
    pub statement: Option<&'a str>,
    /// The locks on relations that existed before: those that this statement takes, and, where it does work that grows with
    /// a table, those that its transaction holds already.
    pub locks: Vec<LockDocument<'a>>,
    /// The heaviest work that it does.
    #[cfg_attr(test, schemars(extend("enum" = super::schema::works())))]
    pub work: &'static str,
    /// Other places that have to do with it: where SQL is written that another file gives, where a lock was taken.
    pub related: Vec<RelatedDocument<'a>>,
    /// The same for the same problem in a moved or reformatted file.
    pub fingerprint: &'a str,
    /// The help as a plan, where it is one: what to write in place of the operation, step by step; else null.
    pub plan: Option<PlanDocument<'a>>,
}

/// An operation of a migration.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Operation"))]
pub struct OperationDocument<'a> {
    /// The index of the top-level operation, from 0.
    pub index: usize,
    /// `0`, or `0.database_operations.1` for a nested one.
    pub path: String,
    /// The class as written.
    pub class: &'a str,
}

/// Another place that has to do with a finding.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Related"))]
pub struct RelatedDocument<'a> {
    /// The file, relative to the working folder, with forward slashes.
    pub path: String,
    /// Where it stands in the file.
    pub range: RangeDocument,
    /// What stands there.
    pub message: &'a str,
}

/// A half-open range of text.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Range"))]
pub struct RangeDocument {
    /// The first character.
    pub start: PositionDocument,
    /// Just past the last character.
    pub end: PositionDocument,
}

/// A place in a file as people count.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Position"))]
pub struct PositionDocument {
    /// From 1.
    #[cfg_attr(test, schemars(range(min = 1)))]
    pub line: u32,
    /// From 1, in characters.
    #[cfg_attr(test, schemars(range(min = 1)))]
    pub column: u32,
}

/// The locks on a relation while a statement runs, and what waits for them.
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
    /// The commands of running code that wait for the stronger of the two.
    #[cfg_attr(test, schemars(schema_with = "super::schema::commands"))]
    pub blocks: Vec<&'static str>,
}

/// Counts over all projects.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Summary"))]
pub struct SummaryDocument {
    /// The projects' own migrations.
    pub migrations: usize,
    /// Their top-level operations.
    pub operations: usize,
    /// The statements that they send.
    pub statements: usize,
    /// Operations of which something could not be analysed.
    pub not_analysed: usize,
    /// Findings of severity error.
    pub errors: usize,
    /// Findings of severity warning.
    pub warnings: usize,
}

/// Writes the document and a line end.
pub(super) fn write(analyses: &[Analysis], out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &document(analyses))?;
    writeln!(out)
}

/// The document as data.
#[must_use]
pub fn document(analyses: &[Analysis]) -> CheckDocument<'_> {
    let findings = analyses.iter().flat_map(|analysis| &analysis.findings);
    CheckDocument {
        version: VERSION,
        findings: findings.map(finding).collect(),
        summary: summary_of(&Totals::of(analyses)),
    }
}

fn finding(finding: &Finding) -> FindingDocument<'_> {
    FindingDocument {
        rule: &finding.rule,
        matrix_row: finding.matrix_row,
        severity: finding.severity.name(),
        harm: finding.harm.iter().map(|harm| harm.name()).collect(),
        also: &finding.also,
        message: &finding.message,
        help: finding.help.text(),
        url: url(&finding.rule),
        path: shown_path(&finding.place.path),
        app: app(finding),
        migration: finding.migration.as_ref().map(|key| key.name.as_str()),
        operation: finding.operation.as_ref().map(operation),
        range: place(&finding.place),
        statement: finding.statement.as_deref(),
        locks: finding.locks.iter().map(lock).collect(),
        work: finding.work.name(),
        related: finding.related.iter().map(related).collect(),
        fingerprint: &finding.fingerprint,
        plan: finding.help.plan().map(PlanDocument::of),
    }
}

/// The app label. A file that could not be read as a migration belongs to the folder above its package,
/// as Django's default label has it.
fn app(finding: &Finding) -> String {
    if let Some(key) = &finding.migration {
        return key.app.clone();
    }
    let package = finding.place.path.parent().and_then(std::path::Path::parent);
    let name = package.and_then(std::path::Path::file_name);
    name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn operation(place: &OperationPlace) -> OperationDocument<'_> {
    OperationDocument {
        index: place.path.index(),
        path: place.path.to_string(),
        class: &place.class,
    }
}

fn related(related: &Related) -> RelatedDocument<'_> {
    RelatedDocument {
        path: shown_path(&related.place.path),
        range: place(&related.place),
        message: &related.message,
    }
}

fn lock(lock: &HeldLock) -> LockDocument<'_> {
    LockDocument {
        relation: &lock.relation,
        kind: lock.kind.name(),
        mode: lock.mode.map(LockMode::name),
        held: lock.held.as_ref().map(|held| held.mode.name()),
        blocks: lock.blocks().into_iter().map(Command::name).collect(),
    }
}

fn place(place: &Place) -> RangeDocument {
    match &place.source {
        Some(source) => range(source, place.range),
        None => RangeDocument {
            start: position(summary::start(place)),
            end: position(summary::start(place)),
        },
    }
}

/// A range of a file in lines and columns.
pub(super) fn range(source: &SourceFile, range: source::Range) -> RangeDocument {
    RangeDocument {
        start: position(source.position(range.start)),
        end: position(source.position(range.end)),
    }
}

fn position(position: source::Position) -> PositionDocument {
    PositionDocument {
        line: position.line,
        column: position.column,
    }
}

fn summary_of(totals: &Totals) -> SummaryDocument {
    SummaryDocument {
        migrations: totals.migrations,
        operations: totals.operations,
        statements: totals.statements,
        not_analysed: totals.not_analysed,
        errors: totals.errors,
        warnings: totals.warnings,
    }
}
