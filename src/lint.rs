//! The fold over the history: each operation becomes statements, statements become facts, facts become findings.

mod advice;
mod apart;
mod beside;
mod births;
mod builds;
mod connection;
mod crowd;
mod cure;
mod database;
mod findings;
mod half_done;
mod hand_made;
mod input;
mod judge;
mod landed;
mod late;
mod pending;
mod phases;
mod problems;
mod python;
mod released;
mod remarks;
mod run_sql;
mod sent;
mod squashes;
mod taken;
mod tell;
mod told;
mod untimed;
mod waiting;
mod weigh;

use std::path::Path;
use std::sync::Arc;

use crate::catalog::Cause;
use crate::finding::{Analysis, Finding, Harm, MigrationReport, OperationReport, Severity};
use crate::fingerprint::Namer;
use crate::history;
use crate::migration::{Migration, Operation, OperationNode, Ownership};
use crate::models::{ModelKey, Models};
use crate::project::Project;
use crate::rules::RuleTable;
use crate::schema_editor::{Outcome, SchemaEditor, scope_of_app};
use crate::standing::{SquashStand, Standing};
use crate::unknown::Identifier;
use apart::{Apart, Held, add_to};
use cure::Before;
use database::{Database, Telling};
use findings::Collector;
use input::InputHit;
use landed::Withheld;
use phases::Phases;
use sent::{Executed, Sent};
use squashes::Squashes;

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
        /// The least severity whose findings say what to do instead; none where nothing shows it.
        advised: Option<Severity>,
    },
    /// Every statement with its text, locks and work.
    Statements,
}

/// Replays a project's history and says what each of its own migrations does.
///
/// What the running release lacks, by its `standing`, has no rows and no users yet, in later migrations too.
#[must_use]
pub fn analyse(project: &Project, rules: &RuleTable, aim: Aim<'_>, standing: &Standing) -> Analysis {
    analyse_as(project, &project.identity, rules, aim, standing)
}

/// The same, with fingerprints as those of another version of the project, which may have been in another folder.
#[must_use]
pub fn analyse_as(project: &Project, identity: &str, rules: &RuleTable, aim: Aim<'_>, standing: &Standing) -> Analysis {
    let history = history::order(&project.migrations, &project.settings.swappable, &project.not_installed);
    let phases = Phases::of(project, &history, standing);
    let mut run = Run::new(project, identity, rules, standing, &phases);
    let mut findings = run.of_files(aim);
    let mut reports = Vec::new();
    let mut of_history = problems::of_history(project, &history, rules);
    for (index, hits) in landed::of_changed(project, standing, rules) {
        of_history.entry(index).or_default().extend(hits);
    }
    for (index, hits) in landed::of_squashes(project, standing, rules) {
        of_history.entry(index).or_default().extend(hits);
    }
    for (index, hit) in phases.refused(project, rules) {
        of_history.entry(index).or_default().push(hit);
    }
    for index in &history.order {
        let migration = &project.migrations[*index];
        let hits = of_history.remove(index).unwrap_or_default();
        let (report, found) = run.judged(migration, aim, hits);
        if migration.ownership == Ownership::Project {
            findings.extend(found);
            reports.push(report);
        }
    }
    run.add_still_apart(&mut findings);
    let pending = pending::aged(run.database.pending(run.models.now()), project, &history);
    let unknown_tables = run.database.unknown_hot_tables();
    let mut withheld = std::mem::take(&mut run.withheld);
    let mut squashes = Squashes {
        of_history: &mut of_history,
        findings: &mut findings,
        reports: &mut reports,
        withheld: &mut withheld,
    };
    squashes.judge(Run::new(project, identity, rules, standing, &phases), &history, aim);
    let mut left: Vec<_> = of_history.into_iter().collect();
    left.sort_by_key(|(index, _)| *index);
    for (index, hits) in left {
        findings.extend(run.findings(&project.migrations[index], aim, hits, &mut Vec::new(), &[]));
    }
    let mut notes = project.notes.clone();
    notes.extend(withheld.note());
    notes.extend(landed::replaced_note(project, &history));
    notes.extend(unknown_hot_tables(project, &unknown_tables));
    Analysis {
        findings,
        migrations: reports,
        pending,
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

/// Whether a migration's findings are told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Judging {
    Wanted,
    /// Databases do not run it.
    Unwanted,
    /// Of a squash nobody can say whether databases run it: that is told in place of what it does.
    Withheld,
}

/// The two states while the history runs.
struct Run<'a> {
    project: &'a Project,
    rules: &'a RuleTable,
    models: Models,
    editor: SchemaEditor,
    database: Database<'a>,
    namer: Namer,
    standing: &'a Standing,
    phases: &'a Phases,
    withheld: Withheld,
    /// Where the running migration takes models and database apart.
    apart: Apart<'a>,
    /// What the migrations so far have taken apart.
    held: Vec<Held<'a>>,
    /// What each operation of the running migration has found.
    befores: Vec<Before>,
}

impl<'a> Run<'a> {
    fn new(
        project: &'a Project,
        identity: &str,
        rules: &'a RuleTable,
        standing: &'a Standing,
        phases: &'a Phases,
    ) -> Self {
        let mut database = Database::new(
            rules,
            &project.session,
            &project.backend,
            project.postgres,
            &project.configuration.hot_tables,
            &project.sources,
        );
        beside::expect(&mut database.catalog, project);
        Self {
            project,
            rules,
            models: Models::new(project.settings.clone(), beside::known_models(project)),
            editor: SchemaEditor::new(
                project.settings.django,
                project.postgres,
                project.postgres_source,
                Arc::clone(&project.backend),
            ),
            database,
            namer: Namer::new(identity.to_owned()),
            standing,
            phases,
            withheld: Withheld::default(),
            apart: Apart::default(),
            held: Vec::new(),
            befores: Vec::new(),
        }
    }

    /// What is to be said of files that are no migrations yet, or no longer.
    fn of_files(&mut self, aim: Aim<'_>) -> Vec<Finding> {
        let mut hits = problems::of_files(self.project, self.rules);
        hits.extend(landed::of_deleted(self.standing, self.rules));
        self.plainly(hits, aim)
    }

    /// The findings of hits that are about a whole file.
    fn plainly(&mut self, mut hits: Vec<InputHit<'a>>, aim: Aim<'_>) -> Vec<Finding> {
        let Aim::Findings { wanted, asked, .. } = aim else {
            return Vec::new();
        };
        hits.iter_mut().for_each(|hit| hit.name(&mut self.namer));
        hits.retain(|hit| {
            let path = &hit.place.path;
            asked(path) && wanted(path, &hit.rule.name, &hit.rule.harm)
        });
        hits.into_iter().map(InputHit::tell).collect()
    }

    /// Runs a migration, and says what is told of it: of a squash only if databases run it.
    fn judged(
        &mut self,
        migration: &'a Migration,
        aim: Aim<'_>,
        of_history: Vec<InputHit<'a>>,
    ) -> (MigrationReport, Vec<Finding>) {
        let judging = self.judging(migration);
        let (report, findings) = match judging {
            Judging::Wanted | Judging::Withheld => self.migration(migration, aim, judging, of_history),
            Judging::Unwanted => {
                let (report, _) = self.migration(migration, aim, judging, Vec::new());
                (report, self.plainly(of_history, aim))
            }
        };
        self.note_unreleased(migration);
        match judging {
            Judging::Wanted | Judging::Unwanted => (report, findings),
            Judging::Withheld => (report, self.withhold(migration, findings, aim)),
        }
    }

    fn judging(&self, migration: &Migration) -> Judging {
        if migration.replaces.is_empty() || migration.ownership == Ownership::Package {
            return Judging::Wanted;
        }
        match self.standing.squash(migration) {
            SquashStand::NoneRun => Judging::Wanted,
            SquashStand::AllRun | SquashStand::SomeRun { .. } => Judging::Unwanted,
            SquashStand::Unknown => Judging::Withheld,
        }
    }

    /// What the running release lacks stays new in the migrations that follow.
    fn note_unreleased(&mut self, migration: &Migration) {
        if migration.ownership == Ownership::Project && self.standing.is_unreleased(migration) {
            self.database.catalog.call_unreleased();
        }
    }

    /// Puts one information in the place of what a squash does; what is said of its file stays.
    fn withhold(&mut self, squash: &'a Migration, findings: Vec<Finding>, aim: Aim<'_>) -> Vec<Finding> {
        let is_of_file = |finding: &Finding| finding.operation.is_none() && !finding.harm.contains(&Harm::NotAnalysed);
        let (mut told, withheld): (Vec<_>, Vec<_>) = findings.into_iter().partition(is_of_file);
        // Where nothing is told nothing is suppressed.
        told.retain(|finding| finding.rule != "unused-suppression");
        if !withheld.is_empty() {
            let hit = self.withheld.hit(squash, withheld.len(), self.rules);
            told.extend(self.plainly(hit.into_iter().collect(), aim));
        }
        told
    }

    /// Runs a migration. `of_history` are hits of its place among the others.
    fn migration(
        &mut self,
        migration: &'a Migration,
        aim: Aim<'_>,
        judging: Judging,
        of_history: Vec<InputHit<'a>>,
    ) -> (MigrationReport, Vec<Finding>) {
        let telling = telling(migration, aim, judging);
        self.database
            .begin(migration, telling, self.phases.deploy(&migration.key));
        self.editor.begin(migration.atomic);
        self.befores.clear();
        let app = &migration.acts_on;
        if !migration.gaps.is_empty() || !of_history.is_empty() {
            self.editor.distrust(app);
            self.doubt_app(app);
        }
        let mut outcomes = Vec::new();
        let is_advised = matches!(aim, Aim::Findings { advised: Some(_), .. });
        for node in &migration.operations {
            self.note_released(migration, node);
            self.apart.note(app, node, self.models.now());
            self.note_rewritten(app, node);
            let redirected = self.columns_of_altered(app, node);
            if telling == Telling::Findings && is_advised {
                let (models, catalog) = (self.models.now(), &self.database.catalog);
                self.befores.push(Before::of(app, node, models, catalog));
            }
            let outcome = self.editor.run(app, node, &mut self.models, &mut self.database);
            self.note_taken_back(app, node);
            self.note_redirected(migration, node, redirected);
            self.database.judge_refusals(&outcome.refusals);
            self.database.judge_left_out(&outcome.left_out);
            self.apart.forget(&outcome.refusals);
            self.database.name_tables(self.models.newly_named());
            outcomes.push(outcome);
        }
        let left = self.editor.left_behind(app, &migration.operations, &self.models);
        self.database.judge_refusals(&left);
        let at_the_end = self.editor.finish(&mut self.database);
        self.database.judge_refusals(&at_the_end.refusals);
        for doubt in at_the_end.doubts {
            if let Some(outcome) = outcomes.get_mut(doubt.operation.index()) {
                outcome.add(doubt);
            }
        }
        self.database.finish(migration, self.models.now());
        let standing = self.standing;
        self.database.release_stand_ins(|| standing.given_up(&migration.key));
        if !migration.gaps.is_empty() {
            self.doubt_app(app);
        }
        let (models, catalog) = (self.models.now(), &self.database.catalog);
        let mut held = self.apart.end(migration, models, catalog, self.rules);
        let findings = match telling {
            Telling::Findings => self.findings(migration, aim, of_history, &mut held, &outcomes),
            Telling::Nothing | Telling::Statements => {
                held.clear();
                Vec::new()
            }
        };
        self.held.extend(held);
        (self.report(migration, outcomes, aim), findings)
    }

    /// Says of a removal that django-green-migration rewrites what becomes of the column.
    fn note_rewritten(&mut self, app: &str, node: &OperationNode) {
        if !self.project.deploy_tools.rewrites_removals || node.class != "RemoveField" {
            return;
        }
        let Operation::SeparateDatabaseAndState { state_operations, .. } = &node.operation else {
            return;
        };
        let [step] = state_operations.as_slice() else { return };
        if let Operation::RemoveField { model_name, name } = &step.operation
            && let Some((table, column)) = self.models.now().column_of(app, model_name, name)
        {
            let names = vec![("table", table.shown().into_owned()), ("column", column)];
            self.database.remark(
                "column-left-by-green-migrate",
                node.path.clone(),
                names,
                None,
                Vec::new(),
            );
        }
    }

    /// The history has ended: adds what stayed apart.
    fn add_still_apart(&mut self, findings: &mut Vec<Finding>) {
        let held = std::mem::take(&mut self.held).into_iter();
        let (models, catalog) = (self.models.now(), &self.database.catalog);
        let held = held.filter(|held| held.still_holds(models, catalog));
        add_to(findings, held.map(|held| held.hit.tell()));
    }

    /// Something of a migration was not read: it may have done anything to the tables of its app.
    fn doubt_app(&mut self, app: &str) {
        let scope = scope_of_app(self.models.now(), app);
        self.database.catalog.doubt(&scope, Cause::Unread);
    }

    /// The findings of the migration that has run last.
    fn findings(
        &mut self,
        migration: &'a Migration,
        aim: Aim<'_>,
        of_history: Vec<InputHit<'a>>,
        held: &mut Vec<Held<'a>>,
        outcomes: &[Outcome],
    ) -> Vec<Finding> {
        let Aim::Findings { wanted, asked, advised } = aim else {
            held.clear();
            return Vec::new();
        };
        if !asked(&migration.source.path) {
            held.clear();
            return Vec::new();
        }
        let collector = Collector {
            project: self.project,
            migration,
            rules: self.rules,
            wanted,
            advised,
            ran: &self.database.ran,
            befores: &self.befores,
        };
        let (log, remarks) = match outcomes {
            [] => (&[][..], &[][..]),
            [..] => (self.database.log.as_slice(), self.database.remarks.as_slice()),
        };
        collector.collect(of_history, held, log, remarks, outcomes, &mut self.namer)
    }

    /// Remembers what state operations alone take out of the models: the next release no longer uses it.
    fn note_released(&mut self, migration: &Migration, node: &OperationNode) {
        let (key, app) = (&migration.key, migration.acts_on.as_str());
        let (Operation::SeparateDatabaseAndState { state_operations, .. } | Operation::RunSql { state_operations, .. }) =
            &node.operation
        else {
            return;
        };
        let given_up = || self.standing.given_up(key);
        for state_operation in state_operations {
            for (table, column) in apart::given_up_by(app, &state_operation.operation, self.models.now()) {
                self.database.release(table, column, given_up());
            }
        }
    }

    /// The table and column of each field that a state operation changes, in the order of these.
    fn columns_of_altered(&self, app: &str, node: &OperationNode) -> Vec<Option<(Identifier, String)>> {
        let fields = altered_in_state(node).map(|(model, name)| self.models.now().column_of(app, model, name));
        fields.collect()
    }

    /// Remembers that state operations alone give a field another column: the next release no longer uses the one that it had.
    fn note_redirected(
        &mut self,
        migration: &Migration,
        node: &OperationNode,
        before: Vec<Option<(Identifier, String)>>,
    ) {
        let key = &migration.key;
        for ((model, name), old) in altered_in_state(node).zip(before) {
            let new = self.models.now().column_of(&migration.acts_on, model, name);
            let (Some((Identifier::Known(table), old)), Some((_, new))) = (old, new) else {
                continue;
            };
            let is_left = self
                .models
                .now()
                .models_of_table(&table)
                .all(|model| !apart::has_column(&model, &old));
            if old != new && is_left {
                self.database
                    .release(table.clone(), Some(old), self.standing.given_up(key));
                self.database.take_back(table, Some(new));
            }
        }
    }

    /// Remembers what state operations alone bring back into the models.
    fn note_taken_back(&mut self, app: &str, node: &OperationNode) {
        let (Operation::SeparateDatabaseAndState { state_operations, .. } | Operation::RunSql { state_operations, .. }) =
            &node.operation
        else {
            return;
        };
        let models = self.models.now();
        let mut taken_back = Vec::new();
        for state_operation in state_operations {
            match &state_operation.operation {
                Operation::AddField { model_name, name, .. } => {
                    let column = models.column_of(app, model_name, name);
                    taken_back.extend(column.map(|(table, column)| (table, Some(column))));
                }
                Operation::CreateModel { name, .. } => {
                    let model = models.model(&ModelKey::new(app, name));
                    taken_back.extend(model.map(|model| (model.db_table(), None)));
                }
                _ => {}
            }
        }
        for (table, column) in taken_back {
            if let Identifier::Known(table) = table {
                self.database.take_back(table, column);
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
                reasons: outcome.reasons(),
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
            statements.extend(told.into_iter().map(|sent| sent.report(migration.source.id)));
        }
        MigrationReport {
            key: migration.key.clone(),
            source: migration.source.clone(),
            atomic: self.database.is_atomic,
            replaces: migration.replaces.clone(),
            operations,
            statements,
            statement_count,
        }
    }
}

/// Model and name of the fields that state operations alone alter.
fn altered_in_state(node: &OperationNode) -> impl Iterator<Item = (&str, &str)> {
    let operations = match &node.operation {
        Operation::SeparateDatabaseAndState { state_operations, .. } | Operation::RunSql { state_operations, .. } => {
            state_operations.as_slice()
        }
        _ => &[],
    };
    operations.iter().filter_map(|step| match &step.operation {
        Operation::AlterField { model_name, name, .. } => Some((model_name.as_str(), name.as_str())),
        _ => None,
    })
}

/// How much of what the migration does will be read: of packages nothing is, and of the second run, in which
/// squashes take the place of their originals, the statements of the squashes alone.
fn telling(migration: &Migration, aim: Aim<'_>, judging: Judging) -> Telling {
    match (migration.ownership, judging, aim) {
        (Ownership::Project, Judging::Wanted | Judging::Withheld, Aim::Findings { asked, .. })
            if asked(&migration.source.path) =>
        {
            Telling::Findings
        }
        (Ownership::Project, Judging::Wanted | Judging::Withheld, Aim::Statements) => Telling::Statements,
        (Ownership::Project, Judging::Unwanted, Aim::Statements) if !migration.replaces.is_empty() => {
            Telling::Statements
        }
        (Ownership::Project | Ownership::Package, _, Aim::Findings { .. } | Aim::Statements) => Telling::Nothing,
    }
}

/// Notes the string that an operation sends.
fn note_string(executed: &Executed<'_>, operations: &mut [OperationReport]) {
    if let Some(operation) = operations.get_mut(executed.place.operation.index()) {
        let strings = if executed.is_deferred() {
            &mut operation.deferred
        } else {
            &mut operation.statements
        };
        strings.push(executed.sql());
    }
}

/// The statements that nobody could read.
fn unread(mut statements: Vec<Sent<'_>>) -> Vec<Sent<'_>> {
    statements.retain(|sent| sent.unread().is_some());
    statements
}
