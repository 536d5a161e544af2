//! Findings about what could not be read: files, the graph of migrations, gaps in a file.

use std::fmt::Write;

use rustc_hash::FxHashMap;

use crate::finding::{Finding, Place};
use crate::history::{History, HistoryProblemKind};
use crate::migration::{Gap, Migration, MigrationKey, Ownership};
use crate::project::Project;
use crate::rules::RuleTable;
use crate::source::Range;

use super::findings::about_input;

/// Files that could not be read, decoded or parsed.
pub(super) fn of_files(project: &Project, rules: &RuleTable) -> Vec<Finding> {
    let findings = project.problems.iter().filter_map(|problem| {
        let place = Place {
            path: problem.path.clone(),
            source: problem.source.clone(),
            range: problem.range,
        };
        about_input(
            rules,
            "unreadable-file",
            place,
            None,
            &[("reason", problem.message.clone())],
        )
    });
    findings.collect()
}

/// What is wrong with the graph, by migration.
pub(super) fn of_history(project: &Project, history: &History, rules: &RuleTable) -> FxHashMap<usize, Vec<Finding>> {
    let mut findings: FxHashMap<usize, Vec<Finding>> = FxHashMap::default();
    for problem in &history.problems {
        let migration = &project.migrations[problem.migration];
        if migration.ownership == Ownership::Package {
            continue;
        }
        let (rule, dependency) = match &problem.kind {
            // The file is there, and reported where it cannot be read.
            HistoryProblemKind::MissingParent(key) if is_unreadable(project, migration, key) => continue,
            // What is missing or unreadable would have joined the leaves.
            HistoryProblemKind::SeveralLeaves(_) if is_torn(project, history, migration) => continue,
            HistoryProblemKind::MissingParent(key) => ("missing-dependency", key.to_string()),
            HistoryProblemKind::MissingApp(app) if is_contrib(app) => continue,
            HistoryProblemKind::MissingApp(app) => ("unknown-app", app.clone()),
            HistoryProblemKind::Cycle(keys) => ("circular-dependency", joined(keys, " -> ")),
            HistoryProblemKind::SeveralLeaves(keys) => ("conflicting-migrations", joined(keys, ", ")),
            HistoryProblemKind::Duplicate(key) => ("duplicate-migration", key.to_string()),
        };
        let place = whole(migration, migration.class_range);
        let finding = about_input(rules, rule, place, Some(migration), &[("dependency", dependency)]);
        findings.entry(problem.migration).or_default().extend(finding);
    }
    findings
}

fn is_unreadable(project: &Project, migration: &Migration, key: &MigrationKey) -> bool {
    project.problems.iter().any(|problem| {
        let is_of_app = key.app != migration.key.app || problem.path.parent() == migration.source.path.parent();
        is_of_app
            && problem
                .path
                .file_stem()
                .is_some_and(|stem| stem.to_string_lossy() == key.name.as_str())
    })
}

/// Whether a migration of the same app is missing or cannot be read.
fn is_torn(project: &Project, history: &History, migration: &Migration) -> bool {
    let unreadable = project
        .problems
        .iter()
        .any(|problem| problem.path.parent() == migration.source.path.parent());
    let missing = history.problems.iter().any(|problem| {
        matches!(problem.kind, HistoryProblemKind::MissingParent(_))
            && project.migrations[problem.migration].key.app == migration.key.app
    });
    unreadable || missing
}

/// Apps that Django brings along; their models are known without their files.
fn is_contrib(app: &str) -> bool {
    matches!(
        app,
        "admin" | "auth" | "contenttypes" | "flatpages" | "redirects" | "sessions" | "sites" | "postgres" | "gis"
    )
}

fn joined(keys: &[MigrationKey], separator: &str) -> String {
    keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(separator)
}

/// One finding for all gaps of a file: at the first, with the others named by line.
pub(super) fn of_gaps(migration: &Migration, rules: &RuleTable, gaps: &[Gap]) -> Option<Finding> {
    let (first, others) = gaps.split_first()?;
    let line = |gap: &Gap| migration.source.position(gap.range.start).line;
    let mut reason = first.reason.clone();
    if !others.is_empty() {
        reason = format!("{reason} (and {} more)", others.len());
    }
    let place = whole(migration, first.range);
    let mut finding = about_input(rules, "not-analysed", place, Some(migration), &[("reason", reason)])?;
    for gap in others {
        let _ = write!(finding.help, "\nline {}: {}", line(gap), gap.reason);
    }
    Some(finding)
}

fn whole(migration: &Migration, range: Range) -> Place {
    Place {
        path: migration.source.path.clone(),
        source: Some(migration.source.clone()),
        range,
    }
}
