//! What the whole run amounts to: counts, gaps, statistics, and the last line.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use indexmap::IndexSet;
use rustc_hash::FxHashSet;
use textwrap::core::display_width;

use super::terminal::lists_gaps;
use super::{Detail, Statistics, Style, counted, neutral, shown_path};
use crate::finding::{Analysis, Finding, MigrationReport, OperationReport, Place, Severity};
use crate::schema_editor::Confidence;
use crate::source::{Position, Range};

/// Counts of one run, over all projects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
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
    /// Findings of severity info.
    pub infos: usize,
}

impl Totals {
    /// Counts everything once.
    #[must_use]
    pub fn of(analyses: &[Analysis]) -> Self {
        let mut totals = Self::default();
        for migration in analyses.iter().flat_map(|analysis| &analysis.migrations) {
            totals.migrations += 1;
            totals.operations += migration.operations.len();
            totals.statements += migration.statement_count;
            totals.not_analysed += operations_with_gaps(migration);
        }
        for finding in analyses.iter().flat_map(|analysis| &analysis.findings) {
            match finding.severity {
                Severity::Error => totals.errors += 1,
                Severity::Warning => totals.warnings += 1,
                Severity::Info => totals.infos += 1,
                Severity::Silent => {}
            }
        }
        totals
    }
}

/// Something that nobody could read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The file.
    pub path: PathBuf,
    /// Where in it.
    pub position: Position,
    /// The operation's class as written.
    pub class: String,
    /// Why.
    pub reason: String,
}

/// Everything that was not analysed, in the order of the history.
#[must_use]
pub fn unread(analyses: &[Analysis]) -> Vec<Unread> {
    let migrations = analyses.iter().flat_map(|analysis| &analysis.migrations);
    migrations.flat_map(unread_in).collect()
}

fn unread_in(migration: &MigrationReport) -> Vec<Unread> {
    let gap = |operation: &OperationReport, range: Range, reason: &str| Unread {
        path: migration.source.path.clone(),
        position: migration.source.position(range.start),
        class: operation.class.clone(),
        reason: reason.to_owned(),
    };
    let mut found = Vec::new();
    for (index, operation) in migration.operations.iter().enumerate() {
        if operation.confidence != Confidence::Exact {
            found.extend(
                operation
                    .reasons
                    .iter()
                    .filter(|reason| !operation.values.contains(reason))
                    .map(|reason| (index, gap(operation, operation.range, reason))),
            );
        }
    }
    for statement in &migration.statements {
        if let (Some(operation), Some(reason)) =
            (migration.operations.get(statement.operation), &statement.not_analysed)
            && !operation.reasons.contains(reason)
        {
            let range = statement.range.unwrap_or(operation.range);
            found.push((statement.operation, gap(operation, range, reason)));
        }
    }
    found.sort_by_key(|(index, _)| *index);
    found.into_iter().map(|(_, gap)| gap).collect()
}

/// Operations that we know nothing of, or of which a statement could not be read.
fn operations_with_gaps(migration: &MigrationReport) -> usize {
    let unread: FxHashSet<usize> = migration
        .statements
        .iter()
        .filter(|statement| statement.not_analysed.is_some())
        .map(|statement| statement.operation)
        .collect();
    let operations = migration.operations.iter().enumerate();
    operations
        .filter(|(index, operation)| operation.confidence == Confidence::Opaque || unread.contains(index))
        .count()
}

/// Where a finding begins; the first character where the text is not known.
pub(super) fn start(place: &Place) -> Position {
    match &place.source {
        Some(source) => source.position(place.range.start),
        None => Position { line: 1, column: 1 },
    }
}

/// Writes gaps, statistics and notes as far as the style asks for them, and the last line.
pub(super) fn write(analyses: &[Analysis], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if lists_gaps(style) {
        write_unread(&unread(analyses), style, out)?;
    }
    match style.statistics {
        Statistics::Hidden => {}
        Statistics::Shown => write_statistics(analyses, style, out)?,
    }
    if style.detail == Detail::Quiet {
        return Ok(());
    }
    // What several projects have to say is said once.
    let notes: IndexSet<&String> = analyses.iter().flat_map(|analysis| &analysis.notes).collect();
    for note in notes {
        writeln!(
            out,
            "{} {}",
            style.heading("note:"),
            neutral::one_line(note, style.characters)
        )?;
    }
    writeln!(out, "{}", last_line(analyses, style))
}

fn write_unread(unread: &[Unread], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if unread.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", style.bold("not analysed"))?;
    for gap in unread {
        let Position { line, column } = gap.position;
        let text = format!(
            "{}:{line}:{column}: {}: {}",
            shown_path(&gap.path),
            gap.class,
            gap.reason
        );
        writeln!(out, "  {}", neutral::one_line(&text, style.characters))?;
    }
    writeln!(out)
}

fn write_statistics(analyses: &[Analysis], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut by_rule: BTreeMap<(&str, Severity), usize> = BTreeMap::new();
    for finding in analyses.iter().flat_map(|analysis| &analysis.findings) {
        *by_rule.entry((&finding.rule, finding.severity)).or_default() += 1;
    }
    let mut rows: Vec<(usize, String)> = by_rule
        .into_iter()
        .map(|((rule, severity), count)| (count, format!("{severity}[{rule}]")))
        .collect();
    write_counts("findings", &mut rows, style, out)?;
    let mut by_reason: BTreeMap<String, usize> = BTreeMap::new();
    for gap in unread(analyses) {
        *by_reason.entry(gap.reason).or_default() += 1;
    }
    let mut rows: Vec<(usize, String)> = by_reason.into_iter().map(|(reason, count)| (count, reason)).collect();
    write_counts("not analysed", &mut rows, style, out)
}

/// A small table, most frequent first; nothing where there is nothing to count.
fn write_counts(title: &str, rows: &mut [(usize, String)], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    rows.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let widest = rows
        .iter()
        .map(|(count, _)| display_width(&count.to_string()))
        .max()
        .unwrap_or(0);
    writeln!(out, "{}", style.bold(title))?;
    for (count, name) in rows.iter() {
        writeln!(out, "  {count:>widest$}  {}", neutral::one_line(name, style.characters))?;
    }
    writeln!(out)
}

/// `1 error in 1 of 120 migrations (431 operations, 1210 statements, 2 not analysed: -v lists them).`
fn last_line(analyses: &[Analysis], style: &Style) -> String {
    let totals = Totals::of(analyses);
    let shown: Vec<&Finding> = style.shown(analyses).collect();
    let found = found(&totals, style);
    let counts = counts(&totals, style);
    let place = if shown.is_empty() {
        format!("in {}", counted(totals.migrations, "migration"))
    } else {
        places(&shown, totals.migrations)
    };
    let mut line = format!("{found} {place} ({counts}).");
    if let Some(worst) = shown.iter().rev().max_by_key(|finding| finding.severity) {
        let rule = neutral::one_line(&worst.rule, style.characters);
        line.push_str(&style.dim(&format!("  forelock explain {rule}")));
    }
    line
}

/// `2 errors, 1 warning`
fn found(totals: &Totals, style: &Style) -> String {
    let infos = match style.detail {
        Detail::Verbose => totals.infos,
        Detail::Normal | Detail::Quiet => 0,
    };
    let kinds = [
        (totals.errors, "error", Severity::Error),
        (totals.warnings, "warning", Severity::Warning),
        (infos, "info", Severity::Info),
    ];
    let parts: Vec<String> = kinds
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, name, severity)| match severity {
            // `info` has no plural.
            Severity::Info => style.severity(&format!("{count} {name}"), severity),
            Severity::Silent | Severity::Warning | Severity::Error => style.severity(&counted(count, name), severity),
        })
        .collect();
    if parts.is_empty() {
        return style.bold("no findings");
    }
    parts.join(", ")
}

/// `in 1 of 120 migrations`; in files where one of them is no migration.
fn places(shown: &[&Finding], migrations: usize) -> String {
    let files: FxHashSet<&Path> = shown.iter().map(|finding| finding.place.path.as_path()).collect();
    let all_are_migrations = shown.iter().all(|finding| finding.migration.is_some());
    if all_are_migrations && files.len() <= migrations {
        format!("in {} of {}", files.len(), counted(migrations, "migration"))
    } else {
        format!(
            "in {}, {} read",
            counted(files.len(), "file"),
            counted(migrations, "migration")
        )
    }
}

fn counts(totals: &Totals, style: &Style) -> String {
    let operations = counted(totals.operations, "operation");
    let statements = counted(totals.statements, "statement");
    let hint = match (style.detail, totals.not_analysed) {
        (_, 0) => return format!("{operations}, {statements}"),
        (Detail::Verbose, _) => "",
        (Detail::Normal | Detail::Quiet, 1) => ": -v lists it",
        (Detail::Normal | Detail::Quiet, _) => ": -v lists them",
    };
    format!("{operations}, {statements}, {} not analysed{hint}", totals.not_analysed)
}
