//! The fold over the history: each operation becomes statements, statements become facts, facts become findings.

mod advice;
mod births;
mod crowd;
mod database;
mod findings;
mod judge;
mod place;
mod problems;
mod remarks;
mod run_sql;
mod sent;

use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::branch::Branch;
use crate::finding::{Analysis, Finding, Harm, MigrationReport, OperationReport};
use crate::history::{self, History};
use crate::migration::{Migration, Operation, OperationNode, Ownership};
use crate::models::{KnownModel, ModelKey, Models};
use crate::project::Project;
use crate::rules::RuleTable;
use crate::schema_editor::{Outcome, SchemaEditor};
use crate::suppress;
use database::{Database, Telling};
use findings::Collector;
use sent::{Executed, Sent};

/// Whether a finding of this rule and harm is wanted in the file at this path, as paths are shown to people.
pub type Wanted<'a> = dyn Fn(&Path, &str, &[Harm]) -> bool + 'a;

/// Whether anybody asked about the file at this path, as paths are shown to people.
pub type Asked<'a> = dyn Fn(&Path) -> bool + 'a;

/// What is asked of an analysis: no text is made that nobody will see.
#[derive(Clone, Copy)]
pub enum Aim<'a> {
    /// The findings that are wanted. What is not is left out before the worst aspect of an operation becomes its
    /// finding, so that ignoring one rule does not hide another. Other files than those that were asked about take
    /// their effect, and are not judged.
    Findings {
        /// What is wanted where.
        wanted: &'a Wanted<'a>,
        /// Which files it is about.
        asked: &'a Asked<'a>,
    },
    /// Every statement with its text, locks and work.
    Statements,
}

/// Replays a project's history and says what each of its own migrations does.
///
/// What a `branch` creates has no rows and no users yet, in later migrations of it too.
#[must_use]
pub fn analyse(project: &Project, rules: &RuleTable, aim: Aim<'_>, branch: Option<&Branch>) -> Analysis {
    let history = history::order(&project.migrations, &project.settings.swappable);
    let mut findings = problems::of_files(project, rules);
    let mut reports = Vec::new();
    let mut run = Run::new(project, rules);
    let mut by_migration: FxHashMap<usize, Vec<Finding>> = problems::of_history(project, &history, rules);
    for index in &history.order {
        let migration = &project.migrations[*index];
        let (report, found) = run.migration(migration, aim, Judging::Wanted);
        if branch.is_some_and(|branch| branch.adds(&project.path_of(migration))) {
            run.database.catalog.call_unreleased();
        }
        if migration.ownership == Ownership::Project {
            findings.extend(by_migration.remove(index).unwrap_or_default());
            findings.extend(found);
            reports.push(report);
        }
    }
    let unknown_tables = run.database.unknown_hot_tables();
    let mut left: Vec<_> = by_migration.into_iter().collect();
    left.sort_by_key(|(index, _)| *index);
    findings.extend(left.into_iter().flat_map(|(_, found)| found));
    add_squashes(project, rules, &history, aim, &mut reports);
    if let Aim::Findings { wanted, asked } = aim {
        let is_told = |finding: &Finding| {
            let path = &finding.place.path;
            asked(path) && wanted(path, &finding.rule, &finding.harm)
        };
        findings.retain(is_told);
    }
    findings::name(&mut findings);
    let mut notes = project.notes.clone();
    notes.extend(unknown_hot_tables(project, &unknown_tables));
    Analysis {
        findings,
        migrations: reports,
        notes,
    }
}

/// What the configuration calls hot and no migration knows is probably misspelt.
fn unknown_hot_tables(project: &Project, unknown: &[String]) -> Option<String> {
    if unknown.is_empty() || project.migrations.is_empty() {
        return None;
    }
    let names: Vec<String> = unknown.iter().map(|table| format!("`{table}`")).collect();
    Some(format!(
        "hot-tables: no migration leaves a table called {}",
        names.join(", ")
    ))
}

/// Replays the history of a new database, and puts the squashes before the first migration that each stands for.
fn add_squashes(
    project: &Project,
    rules: &RuleTable,
    history: &History,
    aim: Aim<'_>,
    reports: &mut Vec<MigrationReport>,
) {
    let mut run = Run::new(project, rules);
    for index in &history.squashed {
        let migration = &project.migrations[*index];
        let (report, _) = run.migration(migration, aim, Judging::Unwanted);
        let is_printed = || reports.iter().any(|printed| printed.key == report.key);
        if migration.ownership == Ownership::Project && !migration.replaces.is_empty() && !is_printed() {
            let at = reports
                .iter()
                .position(|printed| report.replaces.contains(&printed.key))
                .unwrap_or(reports.len());
            reports.insert(at, report);
        }
    }
}

/// Whether a migration's findings are told: a squash is never judged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Judging {
    Wanted,
    Unwanted,
}

/// The models of packages whose migrations are not at hand, then those that the configuration knows.
fn known_models(project: &Project) -> impl Iterator<Item = KnownModel> {
    let migrations = project.migrations.iter();
    let at_hand: FxHashSet<&str> = migrations.map(|migration| migration.key.app.as_ref()).collect();
    KnownModel::of_packages()
        .filter(move |model| !at_hand.contains(model.app.as_str()))
        .chain(project.known_models.iter().cloned())
}

/// The two states while the history runs.
struct Run<'a> {
    project: &'a Project,
    rules: &'a RuleTable,
    models: Models,
    editor: SchemaEditor,
    database: Database<'a>,
}

impl<'a> Run<'a> {
    fn new(project: &'a Project, rules: &'a RuleTable) -> Self {
        Self {
            project,
            rules,
            models: Models::new(project.settings.clone(), known_models(project)),
            editor: SchemaEditor::new(project.postgres),
            database: Database::new(
                rules,
                &project.session,
                project.postgres,
                &project.configuration.hot_tables,
            ),
        }
    }

    fn migration(&mut self, migration: &Migration, aim: Aim<'_>, judging: Judging) -> (MigrationReport, Vec<Finding>) {
        let telling = telling(migration, aim, judging);
        self.database.begin(migration, telling);
        let mut outcomes = Vec::new();
        for (index, node) in migration.operations.iter().enumerate() {
            self.database.at(index);
            self.note_released(&migration.key.app, node);
            outcomes.push(
                self.editor
                    .run(index, &migration.key.app, node, &mut self.models, &mut self.database),
            );
        }
        self.editor.finish(&mut self.database);
        self.database.finish(migration);
        let findings = match aim {
            Aim::Findings { wanted, .. } if telling == Telling::Findings => {
                let collector = Collector {
                    migration,
                    is_readable: !self.project.has_problem(&migration.source.path),
                    is_suppressed: suppress::speaks(migration),
                    rules: self.rules,
                    django: self.project.settings.django,
                    wanted,
                };
                collector.collect(&self.database.log, &self.database.remarks, &outcomes)
            }
            Aim::Findings { .. } | Aim::Statements => Vec::new(),
        };
        (self.report(migration, outcomes, aim), findings)
    }

    /// Remembers what state operations alone take out of the models: the next release no longer uses it.
    fn note_released(&mut self, app: &str, node: &OperationNode) {
        let (Operation::SeparateDatabaseAndState { state_operations, .. } | Operation::RunSql { state_operations, .. }) =
            &node.operation
        else {
            return;
        };
        for state_operation in state_operations {
            match &state_operation.operation {
                Operation::RemoveField { model_name, name } => {
                    let Some(model) = self.models.now().model(&ModelKey::new(app, model_name)) else {
                        continue;
                    };
                    if let Some(column) = model.field(name).and_then(|field| field.column()) {
                        self.database.release(model.db_table(), Some(column));
                    }
                }
                Operation::DeleteModel { name } => {
                    if let Some(model) = self.models.now().model(&ModelKey::new(app, name)) {
                        self.database.release(model.db_table(), None);
                    }
                }
                _ => {}
            }
        }
    }

    fn report(&mut self, migration: &Migration, outcomes: Vec<Outcome>, aim: Aim<'_>) -> MigrationReport {
        let mut operations: Vec<OperationReport> = migration
            .operations
            .iter()
            .zip(outcomes)
            .map(|(node, outcome)| OperationReport {
                class: node.class.clone(),
                confidence: outcome.confidence,
                reasons: outcome.reasons,
                values: outcome.values,
                statements: Vec::new(),
                deferred: Vec::new(),
                range: node.range,
            })
            .collect();
        let mut statements = Vec::new();
        let mut statement_count = 0;
        for executed in self.database.log.drain(..) {
            statement_count += executed.statements.len();
            let told = match aim {
                Aim::Statements => {
                    note_string(&executed, &mut operations);
                    executed.statements
                }
                Aim::Findings { .. } => unread(executed.statements),
            };
            statements.extend(told.into_iter().map(Sent::report));
        }
        MigrationReport {
            key: migration.key.clone(),
            source: migration.source.clone(),
            atomic: migration.atomic,
            replaces: migration.replaces.clone(),
            operations,
            statements,
            statement_count,
        }
    }
}

/// How much of what the migration does will be read: of packages nothing is, and of the second run, in which
/// squashes take the place of their originals, the statements of the squashes alone.
fn telling(migration: &Migration, aim: Aim<'_>, judging: Judging) -> Telling {
    match (migration.ownership, judging, aim) {
        (Ownership::Project, Judging::Wanted, Aim::Findings { asked, .. }) if asked(&migration.source.path) => {
            Telling::Findings
        }
        (Ownership::Project, Judging::Wanted, Aim::Statements) => Telling::Statements,
        (Ownership::Project, Judging::Unwanted, Aim::Statements) if !migration.replaces.is_empty() => {
            Telling::Statements
        }
        (Ownership::Project | Ownership::Package, _, Aim::Findings { .. } | Aim::Statements) => Telling::Nothing,
    }
}

/// Notes the string that an operation sends.
fn note_string(executed: &Executed<'_>, operations: &mut [OperationReport]) {
    if let Some(operation) = operations.get_mut(executed.operation) {
        let strings = if executed.deferred {
            &mut operation.deferred
        } else {
            &mut operation.statements
        };
        strings.push(executed.sql());
    }
}

/// The statements that nobody could read.
fn unread(mut statements: Vec<Sent<'_>>) -> Vec<Sent<'_>> {
    statements.retain(|sent| sent.unread.is_some());
    statements
}
