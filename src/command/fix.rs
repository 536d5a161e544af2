//! `forelock fix`: new migrations in, safe ones out.

use std::cell::{Cell, RefCell};
use std::io::Write;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::judging::{New, Wishes, is_failure, judge};
use super::pending;
use super::{Asked, CommandError, Outcome, Surroundings, write_notes};
use crate::branch::{BranchError, on_default_branch};
use crate::cli::{Fix, FixOutput};
use crate::files::{Files, Replacement, replace_all};
use crate::finding::{Finding, Harm, Severity};
use crate::fix::{self, Change, Division, Judge, Rewrite, Round, way_back};
use crate::migration::{Migration, MigrationKey};
use crate::project::{Project, Request, root};
use crate::report::{self, FileDifference};
use crate::rules::RuleTable;

pub(super) fn run(
    fix: &Fix,
    rules: &RuleTable,
    surroundings: &Surroundings,
    out: &mut dyn Write,
    notes: &mut dyn Write,
) -> Result<Outcome, CommandError> {
    let files = Files::on_disk();
    if let Some(name) = &fix.pending {
        return pending::write_next_step(name, fix, rules, surroundings, out);
    }
    let run = Run {
        fix,
        rules,
        surroundings,
        wishes: Wishes::read(&fix.wanted, rules, Some(Severity::Info))?,
        notes: RefCell::default(),
        unread: Cell::default(),
    };
    run.check_usage(&files)?;
    let folder = &surroundings.working_folder;
    let rewrites = fix::rewritten(&run, &files, folder)?;
    let is_written = !fix.diff && rewrites.iter().any(Rewrite::is_written);
    let changes = fix::changes(&rewrites, &files, folder);
    if is_written {
        let replacements = changes.iter().map(|change| Replacement {
            path: change.path.clone(),
            was: change.was.clone(),
            content: change.content.clone().into_bytes(),
        });
        replace_all(&replacements.collect::<Vec<_>>())?;
    }
    if !fix.output.quiet {
        write_notes(run.notes.borrow().iter(), notes);
    }
    let style = surroundings.style(fix.output.color);
    let ways_back = ways_back(&rewrites, is_written, surroundings);
    match (fix.output_format, fix.diff) {
        (FixOutput::Json, _) => report::fix_json(&rewrites, is_written, out)?,
        (FixOutput::Terminal, false) => report::fix_story(&rewrites, run.unread.get(), &ways_back, &style, out)?,
        (FixOutput::Terminal, true) => {
            report::fix_diff(&differences(&changes, folder), &style, out)?;
            report::fix_story(&rewrites, run.unread.get(), &ways_back, &style, notes)?;
        }
    }
    Ok(outcome(fix, &rewrites))
}

/// What to do where a migration is applied already: before its file is another one, to go back is enough.
fn ways_back(rewrites: &[Rewrite], is_written: bool, surroundings: &Surroundings) -> Vec<(String, Vec<String>)> {
    let written = rewrites.iter().filter(|rewrite| rewrite.is_written());
    let ways = written.map(|rewrite| {
        let commands = if is_written {
            way_back::commands(rewrite, &surroundings.working_folder)
        } else {
            vec![way_back::back(rewrite)]
        };
        (rewrite.key.name.clone(), commands)
    });
    ways.filter(|(_, commands)| !commands.is_empty()).collect()
}

/// Something remains, or a line of a model has to be changed by hand.
fn outcome(fix: &Fix, rewrites: &[Rewrite]) -> Outcome {
    let is_done = |rewrite: &Rewrite| rewrite.remaining.is_empty() && rewrite.models.iter().all(|model| model.applied);
    if fix.wanted.exit_zero || rewrites.iter().all(is_done) {
        Outcome::Clean
    } else {
        Outcome::Findings
    }
}

struct Run<'a> {
    fix: &'a Fix,
    rules: &'a RuleTable,
    surroundings: &'a Surroundings,
    wishes: Wishes,
    notes: RefCell<Vec<String>>,
    /// How many places were not analysed, and are no failure.
    unread: Cell<usize>,
}

impl Run<'_> {
    /// Without `--since` nobody knows which migrations of a folder are new.
    fn check_usage(&self, files: &Files) -> Result<(), CommandError> {
        if self.fix.wanted.since.is_some() {
            return Ok(());
        }
        let folder = &self.surroundings.working_folder;
        let folders = self.fix.paths.iter().filter(|path| files.is_folder(&folder.join(path)));
        let folder = match folders.into_iter().next() {
            Some(folder) => format!("{} is a folder", folder.display()),
            None if self.fix.paths.is_empty() => "no migration is named".to_owned(),
            None => return Ok(()),
        };
        Err(CommandError::Usage(format!(
            "{folder}: `fix` rewrites new migrations alone; name their files, `forelock fix shop/migrations/0042_note.py`, or say what the \
             branch began with, `forelock fix --since origin/main`"
        )))
    }

    fn asked<'s>(&'s self, files: &'s Files, here: &'s [PathBuf]) -> Asked<'s> {
        Asked {
            paths: if self.fix.paths.is_empty() {
                here
            } else {
                &self.fix.paths
            },
            files,
            versions: &self.fix.versions,
            output: &self.fix.output,
        }
    }

    fn of_project(
        &self,
        project: &Project,
        request: &Request<'_>,
        round: Round,
        divisions: &FxHashMap<MigrationKey, Division>,
    ) -> Result<Vec<Rewrite>, BranchError> {
        let judged = judge(project, request, self.rules, &self.wishes, &New::default())?;
        let fail_on = self.wishes.fail_on(project);
        let paths: Vec<PathBuf> = judged
            .analysis
            .migrations
            .iter()
            .map(|migration| project.absolute(&migration.source.path))
            .collect();
        let on_default = on_default_branch(&project.absolute(&project.root), &paths);
        let standing = &judged.branch.standing;
        let landed = |migration: &Migration| {
            let evidence = standing.base.iter().chain(&standing.deployed);
            let known = evidence.filter(|evidence| evidence.has(&migration.key));
            let known = known
                .map(|evidence| format!("it is in {}", evidence.source.name()))
                .next();
            known.or_else(|| {
                let branch = on_default.get(&project.path_of(migration))?;
                Some(format!("it is on `{branch}`"))
            })
        };
        let rewrites = fix::Asked {
            project,
            analysis: &judged.analysis,
            files: request.files,
            landed: &landed,
            fails: &|finding: &Finding| is_failure(finding, fail_on),
            round,
            division: &|key| divisions.get(key).copied().unwrap_or(Division::Least),
        };
        self.notes.borrow_mut().extend(judged.analysis.notes.iter().cloned());
        let unread = judged.analysis.findings.iter();
        let unread =
            unread.filter(|finding| finding.harm.contains(&Harm::NotAnalysed) && !is_failure(finding, fail_on));
        self.unread.set(self.unread.get() + unread.count());
        Ok(rewrites.rewrites())
    }
}

impl Judge for Run<'_> {
    type Error = CommandError;

    fn rewrites(
        &self,
        files: &Files,
        round: Round,
        divisions: &FxHashMap<MigrationKey, Division>,
    ) -> Result<Vec<Rewrite>, CommandError> {
        let here = [PathBuf::from(".")];
        let asked = self.asked(files, &here);
        self.unread.set(0);
        let (loaded, rewritten) = asked.for_each_project(self.rules, self.surroundings, |project, request| {
            self.of_project(project, request, round, divisions)
        })?;
        self.notes.borrow_mut().extend(loaded.notes());
        let mut rewrites = Vec::new();
        for one in rewritten {
            rewrites.extend(one?);
        }
        Ok(rewrites)
    }

    fn failures(&self, files: &Files, rewrites: &[Rewrite]) -> Result<Vec<Finding>, CommandError> {
        let here = [PathBuf::from(".")];
        let asked = self.asked(files, &here);
        let new = New::of(rewrites);
        let (_, judged) = asked.for_each_project(self.rules, self.surroundings, |project, request| {
            let judged = judge(project, request, self.rules, &self.wishes, &new)?;
            let fail_on = self.wishes.fail_on(project);
            let mut failures = judged.analysis.findings;
            failures.retain(|finding| is_failure(finding, fail_on));
            Ok(failures)
        })?;
        let judged: Result<Vec<Vec<Finding>>, BranchError> = judged.into_iter().collect();
        Ok(judged?.into_iter().flatten().collect())
    }
}

fn differences(changes: &[Change], folder: &Path) -> Vec<FileDifference> {
    let differences = changes.iter().map(|change| FileDifference {
        path: root::shown(folder, &change.path),
        before: change.was.as_ref().map(|was| String::from_utf8_lossy(was).into_owned()),
        after: change.content.clone(),
    });
    differences.collect()
}
