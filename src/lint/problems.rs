//! What is wrong with files, and with the graph of migrations.

use std::path::Path;

use rustc_hash::FxHashMap;

use crate::finding::Place;
use crate::history::{History, HistoryProblemKind};
use crate::migration::{Migration, MigrationKey, Ownership};
use crate::project::Project;
use crate::rules::RuleTable;

use super::input::InputHit;

/// Files that could not be read, decoded or parsed.
pub(super) fn of_files<'a>(project: &'a Project, rules: &'a RuleTable) -> Vec<InputHit<'a>> {
    let hits = project.problems.iter().filter_map(|problem| {
        let place = Place {
            path: problem.path.clone(),
            source: problem.source.clone(),
            range: problem.range,
        };
        let names = vec![("reason", problem.message.clone())];
        InputHit::new(rules, "unreadable-file", place, within(project, &problem.path), names)
    });
    hits.collect()
}

/// A file as seen from the project's folder, wherever one stands.
fn within(project: &Project, path: &Path) -> String {
    let (root, path) = (project.absolute(&project.root), project.absolute(path));
    let path = path.strip_prefix(&root).unwrap_or(&path);
    let parts = path.components().map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

/// What is wrong with the graph, by migration.
pub(super) fn of_history<'a>(
    project: &'a Project,
    history: &History,
    rules: &'a RuleTable,
) -> FxHashMap<usize, Vec<InputHit<'a>>> {
    let mut hits: FxHashMap<usize, Vec<InputHit<'a>>> = FxHashMap::default();
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
        let names = vec![("dependency", dependency.clone())];
        let hit = InputHit::of_migration(rules, rule, migration, migration.class_range, dependency, names);
        hits.entry(problem.migration).or_default().extend(hit);
    }
    hits
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
