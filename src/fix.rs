//! `forelock fix`: a migration that does harm, rewritten from the plans of its operations so that it does none.
//!
//! The migration is taken apart where atomicity, locks or a second run ask for it. The last part keeps the migration's file and name,
//! so that nothing that depends on it changes; what comes before it gets files of its own. Nothing is written here.

mod changes;
mod edit;
mod layout;
mod model;
mod names;
mod next_step;
mod parts;
mod print;
mod refusal;
mod rewrite;
mod rounds;
mod story;
mod text;
pub mod way_back;

use std::path::Path;

use crate::files::Files;
use crate::finding::{Analysis, Finding, Help};
use crate::migration::{Migration, MigrationKey, Operation, Ownership};
use crate::plan::{Content, Declared, Plan};
use crate::project::Project;
use crate::python::{TopLevel, WrittenCall};

pub use changes::{Change, changes};
use edit::edited;
pub use model::ModelChange;
pub use next_step::next_step;
pub use parts::Division;
use parts::{Part, Planned, parts};
use print::Printer;
pub use refusal::Refusal;
pub use rewrite::{FileChange, FileKind, Remaining, Rewrite, Unsafe};
pub use rounds::{Judge, Round, rewritten};
use text::MigrationText;

/// What is asked of a rewriting.
pub struct Asked<'a> {
    /// The project.
    pub project: &'a Project,
    /// What it finds.
    pub analysis: &'a Analysis,
    /// Where its files lie.
    pub files: &'a Files,
    /// Why databases may have a migration.
    pub landed: &'a dyn Fn(&Migration) -> Option<String>,
    /// Whether a finding is to be cured.
    pub fails: &'a dyn Fn(&Finding) -> bool,
    /// Which plans are followed.
    pub round: Round,
    /// How far the operations of a migration are parted.
    pub division: &'a dyn Fn(&MigrationKey) -> Division,
}

impl Asked<'_> {
    /// What becomes of each migration in which something is to be cured.
    #[must_use]
    pub fn rewrites(&self) -> Vec<Rewrite> {
        let reports = self.analysis.migrations.iter();
        let mut rewrites: Vec<Rewrite> = Vec::new();
        for report in reports {
            let mut migrations = self.project.migrations.iter();
            let own = |migration: &&Migration| {
                migration.key == report.key
                    && migration.ownership == Ownership::Project
                    && migration.source.id == report.source.id
            };
            let findings: Vec<&Finding> = self
                .analysis
                .findings
                .iter()
                .filter(|finding| finding.migration.as_ref() == Some(&report.key) && (self.fails)(finding))
                .collect();
            // Of a squash nothing is told, and whoever names it wants to know why.
            let is_told = !findings.is_empty() || !report.replaces.is_empty();
            if let Some(migration) = migrations.find(own).filter(|_| is_told) {
                rewrites.push(self.rewrite(migration, &findings, &rewrites));
            }
        }
        rewrites.extend(self.elsewhere());
        rewrites
    }

    /// What is to be cured and is in no migration that was read, file by file: one that cannot be parsed, or its own settings.
    fn elsewhere(&self) -> Vec<Rewrite> {
        let reports = &self.analysis.migrations;
        let is_read = |finding: &Finding| {
            reports
                .iter()
                .any(|report| finding.migration.as_ref() == Some(&report.key))
        };
        let mut files: Vec<Rewrite> = Vec::new();
        if self.round == Round::Names {
            return files;
        }
        for finding in self.analysis.findings.iter().filter(|finding| (self.fails)(finding)) {
            if is_read(finding) {
                continue;
            }
            let left = remaining(finding, &finding.message);
            match files.iter_mut().find(|file| file.path == finding.place.path) {
                Some(file) => file.remaining.push(left),
                None => files.push(Rewrite::of_file(finding, left)),
            }
        }
        files
    }

    fn rewrite(&self, migration: &Migration, findings: &[&Finding], earlier: &[Rewrite]) -> Rewrite {
        let mut rewrite = Rewrite::of(migration);
        rewrite.found = findings.iter().map(|finding| finding.rule.clone()).collect();
        rewrite.refused = self.refusals(migration);
        if !rewrite.refused.is_empty() {
            rewrite.remaining = findings
                .iter()
                .map(|finding| remaining(finding, &rewrite.refused[0].to_string()))
                .collect();
            return rewrite;
        }
        let mut operations: Vec<Planned<'_>> = migration.operations.iter().map(|_| Planned { plan: None }).collect();
        for finding in findings {
            match plan_of(finding) {
                Ok((_, plan)) if !self.is_of_round(migration, plan) => {}
                Ok((index, plan)) => {
                    rewrite.cured.push(Unsafe::of(finding));
                    if let Some(operation) = operations.get_mut(index) {
                        operation.plan = Some(plan);
                    }
                }
                Err(_) if self.round == Round::Names => {}
                Err(reason) => rewrite.remaining.push(remaining(finding, &reason)),
            }
        }
        if rewrite.cured.is_empty() {
            return rewrite;
        }
        if let Err(refusal) = self.write(migration, &operations, &mut rewrite, earlier) {
            let reason = refusal.to_string();
            rewrite.refused.push(refusal);
            rewrite.remaining = findings.iter().map(|finding| remaining(finding, &reason)).collect();
            rewrite.give_up();
        }
        rewrite
    }

    /// What keeps a name stays in its file: there the next round begins.
    fn division_of(&self, migration: &Migration) -> Division {
        match self.round {
            Round::Names => Division::Least,
            Round::Rest => (self.division)(&migration.key),
        }
    }

    /// Only where a step takes the place of its operation, in the same file, what comes behind it can be judged again.
    fn is_of_round(&self, migration: &Migration, plan: &Plan) -> bool {
        let is_in_place = || matches!(parts::migrations(plan).as_slice(), [step] if step.migration.is_atomic);
        match self.round {
            Round::Names => migration.atomic && plan.declares.contains(&Declared::KeepsName) && is_in_place(),
            Round::Rest => true,
        }
    }

    fn refusals(&self, migration: &Migration) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        refusals.extend((self.landed)(migration).map(Refusal::Landed));
        if !migration.replaces.is_empty() {
            refusals.push(Refusal::Squash);
        }
        let replacing = self
            .project
            .migrations
            .iter()
            .find(|other| other.replaces.contains(&migration.key));
        refusals.extend(replacing.map(|squash| Refusal::Replaced(squash.key.to_string())));
        if migration.initial {
            refusals.push(Refusal::Initial);
        }
        let own = migration.dependencies.iter().filter(|dependency| {
            matches!(dependency, crate::migration::Dependency::Migration(key) if key.app == migration.key.app)
        });
        if own.count() > 1 {
            refusals.push(Refusal::Merge);
        }
        refusals.extend(self.project.other_engine.clone().map(Refusal::OtherEngine));
        refusals.extend(self.not_analysed(migration));
        refusals
    }

    /// The first thing in the migration that was not understood.
    fn not_analysed(&self, migration: &Migration) -> Option<Refusal> {
        let line = |at: u32| migration.source.position(at).line;
        if let Some(gap) = migration.gaps.first() {
            return Some(Refusal::NotAnalysed {
                line: line(gap.range.start),
                reason: gap.reason.clone(),
            });
        }
        let report = self
            .analysis
            .migrations
            .iter()
            .find(|report| report.key == migration.key)?;
        report.operations.iter().find_map(|operation| {
            let reason = operation
                .reasons
                .iter()
                .find(|reason| !operation.values.contains(reason))?;
            Some(Refusal::NotAnalysed {
                line: line(operation.range.start),
                reason: reason.clone(),
            })
        })
    }

    /// Makes the files of a rewriting.
    fn write(
        &self,
        migration: &Migration,
        operations: &[Planned<'_>],
        rewrite: &mut Rewrite,
        earlier: &[Rewrite],
    ) -> Result<(), Refusal> {
        let text = MigrationText::read(&migration.source.text)?;
        let written = text
            .operations
            .elements
            .iter()
            .map(|element| (u32::from(element.range.start()), u32::from(element.range.end())));
        let read = migration
            .operations
            .iter()
            .map(|node| (node.range.start, node.range.end));
        if !written.eq(read) {
            return Err(Refusal::NotPlain(
                "its operations do not stand in their list one by one",
            ));
        }
        let module = TopLevel::of(&migration.source.text);
        let printer = Printer {
            text: &text,
            module: &module,
        };
        let parts = parts(operations, migration.atomic, self.division_of(migration));
        self.write_parts(migration, &parts, &printer, rewrite)?;
        if migration.source.text.contains("\r\n") {
            rewrite.files.iter_mut().for_each(FileChange::end_lines_as_windows);
        }
        for (index, operation) in operations.iter().enumerate() {
            if let Some(plan) = operation.plan {
                self.beside(migration, index, plan, rewrite, earlier)?;
            }
        }
        Ok(())
    }

    fn write_parts(
        &self,
        migration: &Migration,
        parts: &[Part],
        printer: &Printer<'_>,
        rewrite: &mut Rewrite,
    ) -> Result<(), Refusal> {
        let folder = migration.source.path.parent().unwrap_or(Path::new(""));
        let Some((last, first)) = parts.split_last() else {
            return Err(Refusal::NotPlain("nothing of it is left for this release"));
        };
        let is_taken = |name: &str| {
            self.files
                .is_file(&self.project.absolute(&folder.join(format!("{name}.py"))))
        };
        let names = names::before(&migration.key.name, first.len(), is_taken);
        let mut after: Option<MigrationKey> = None;
        for (index, (part, name)) in first.iter().zip(&names).enumerate() {
            let remark = part_remark(index + 1, parts.len(), &migration.key.name, part);
            let content = printer.file(part, after.as_ref(), &remark)?;
            rewrite
                .files
                .push(FileChange::of(part, folder.join(format!("{name}.py")), true, content));
            after = Some(MigrationKey::new(&migration.key.app, name));
        }
        let content = edited(printer, last, after.as_ref(), migration.atomic)?;
        rewrite
            .files
            .push(FileChange::of(last, migration.source.path.clone(), false, content));
        Ok(())
    }

    /// What a plan has beside its migrations: lines of models, commands, and what is to be known.
    fn beside(
        &self,
        migration: &Migration,
        index: usize,
        plan: &Plan,
        rewrite: &mut Rewrite,
        earlier: &[Rewrite],
    ) -> Result<(), Refusal> {
        let folder = migration
            .source
            .path
            .parent()
            .and_then(Path::parent)
            .unwrap_or(Path::new(""));
        let release = plan.written_release();
        for step in &plan.steps {
            match &step.content {
                _ if step.release > release => rewrite.notes.push(story::later(step, &migration.key)),
                Content::Code(words) if step.release < release => {
                    let words = words.trim_start_matches("# ");
                    rewrite
                        .notes
                        .push(format!("the release that runs has to do this already: {words}"));
                }
                Content::Field { name, field } => {
                    let made: Vec<ModelChange> = earlier.iter().flat_map(|other| &other.models).cloned().collect();
                    let made = [made, rewrite.models.clone()].concat();
                    let change = self.model_change(migration, index, (name, field), (plan, folder), &made);
                    rewrite.models.extend(change);
                }
                Content::Meta { option, value } => rewrite.models.push(ModelChange {
                    path: folder.join("models.py"),
                    line: None,
                    before: String::new(),
                    after: format!("class Meta: {option} = {value}"),
                    applied: false,
                    text: None,
                }),
                Content::Command { path, code, .. } => self.command(folder, path, code, rewrite)?,
                Content::Code(words) => rewrite.notes.push(words.trim_start_matches("# ").to_owned()),
                Content::Migration(_) => {}
            }
        }
        rewrite.notes.extend(plan.notes.iter().cloned());
        Ok(())
    }

    fn model_change(
        &self,
        migration: &Migration,
        index: usize,
        (name, field): (&str, &str),
        (plan, folder): (&Plan, &Path),
        made: &[ModelChange],
    ) -> Option<ModelChange> {
        let node = migration.operations.get(index)?;
        let model = node.operation.target().0?;
        let written = node
            .argument_range("field")
            .map(|range| migration.source.slice(range).to_owned());
        let as_was = || match &node.operation {
            // The field of before, which has no column of its own yet.
            Operation::RenameField { .. } => Some(WrittenCall::read(field)?.without(&["db_column"]).print()),
            _ => None,
        };
        let imports: Vec<String> = parts::migrations(plan)
            .iter()
            .flat_map(|step| step.migration.imports.clone())
            .collect();
        let wanted = model::Wanted {
            model,
            name,
            migration: &written.or_else(as_was)?,
            field,
            imports: &imports,
        };
        let folder = self.project.absolute(folder);
        let texts: Vec<ModelChange> = made
            .iter()
            .map(|change| ModelChange {
                path: self.project.absolute(&change.path),
                ..change.clone()
            })
            .collect();
        let change = model::field(&wanted, &folder, self.files, &texts);
        Some(ModelChange {
            path: crate::project::root::shown(&self.project.working_folder, &change.path),
            ..change
        })
    }

    /// A management command, with what makes packages of its folders.
    fn command(&self, folder: &Path, path: &str, code: &str, rewrite: &mut Rewrite) -> Result<(), Refusal> {
        let path = folder.join(path);
        let is_made = rewrite.files.iter().any(|file| file.path == path);
        if is_made || self.files.is_file(&self.project.absolute(&path)) {
            return Err(Refusal::InTheWay(path.display().to_string()));
        }
        for package in ["management/__init__.py", "management/commands/__init__.py"] {
            let package = folder.join(package);
            let is_known = rewrite.files.iter().any(|file| file.path == package);
            if !is_known && !self.files.is_file(&self.project.absolute(&package)) {
                rewrite
                    .files
                    .push(FileChange::beside(package, String::new(), FileKind::Package));
            }
        }
        rewrite
            .files
            .push(FileChange::beside(path, code.to_owned(), FileKind::Command));
        Ok(())
    }
}

/// The top-level operation that a finding is about and the plan for it, or why there is none that can be written now.
fn plan_of(finding: &Finding) -> Result<(usize, &Plan), String> {
    let Some(operation) = &finding.operation else {
        return Err("it is about the file, not about one of its operations".to_owned());
    };
    if !operation.path.is_top() {
        return Err("its operation stands inside another one".to_owned());
    }
    match &finding.help {
        Help::Text(words) => Err(format!("no cure is known: {}", first_sentence(words))),
        Help::Plan(plan) if parts::migrations(plan).is_empty() => Err(format!(
            "this release changes code alone, and the migration is for the next one: {}",
            plan.summary
        )),
        Help::Plan(plan) => Ok((operation.path.index(), plan)),
    }
}

/// The words before the code, as one line.
fn first_sentence(words: &str) -> String {
    let prose = words.split("\n\n").next().unwrap_or_default();
    prose.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn remaining(finding: &Finding, reason: &str) -> Remaining {
    Remaining {
        rule: finding.rule.clone(),
        reason: reason.to_owned(),
    }
}

fn part_remark(number: usize, count: usize, name: &str, part: &Part) -> String {
    let does = part.does.join(", ");
    if does.is_empty() {
        format!("Part {number} of {count} of {name}.")
    } else {
        format!("Part {number} of {count} of {name}: {does}.")
    }
}
