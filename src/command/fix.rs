//! `forelock fix`: new migrations in, safe ones out.

use std::io::Write;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::judging::{Wishes, is_failure, judge};
use super::{Asked, CommandError, Outcome, Surroundings, write_notes};
use crate::branch::{BranchError, on_default_branch};
use crate::cli::{Fix, FixOutput};
use crate::files::{Files, Overlay, Replacement, replace_all};
use crate::finding::{Finding, Severity};
use crate::fix::{self, Division, Refusal, Rewrite, way_back};
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
    let run = Run {
        fix,
        rules,
        surroundings,
        wishes: Wishes::read(&fix.wanted, rules, Some(Severity::Info))?,
    };
    run.check_usage(&files)?;
    let mut divisions = FxHashMap::default();
    let mut first = run.rewrites(&files, &divisions)?;
    let mut unsafe_parts = run.failures(&files, &first.rewrites)?;
    if !unsafe_parts.is_empty() {
        divisions.extend(unsafe_parts.keys().map(|key| (key.clone(), Division::Each)));
        first = run.rewrites(&files, &divisions)?;
        unsafe_parts = run.failures(&files, &first.rewrites)?;
    }
    for rewrite in &mut first.rewrites {
        if let Some(what) = unsafe_parts.remove(&rewrite.key) {
            rewrite.refuse(Refusal::StillUnsafe(what));
        }
    }
    let is_written = !fix.diff && first.rewrites.iter().any(Rewrite::is_written);
    if is_written {
        replace_all(&run.replacements(&files, &first.rewrites)?)?;
    }
    if !fix.output.quiet {
        write_notes(&first.notes, notes);
    }
    let style = surroundings.style(fix.output.color);
    let ways_back = ways_back(&first.rewrites, is_written, surroundings);
    match (fix.output_format, fix.diff) {
        (FixOutput::Json, _) => report::fix_json(&first.rewrites, is_written, out)?,
        (FixOutput::Terminal, false) => report::fix_story(&first.rewrites, &ways_back, &style, out)?,
        (FixOutput::Terminal, true) => {
            report::fix_diff(&run.differences(&files, &first.rewrites)?, &style, out)?;
            report::fix_story(&first.rewrites, &ways_back, &style, notes)?;
        }
    }
    Ok(outcome(fix, &first.rewrites))
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
}

/// What becomes of the migrations of all projects.
struct Rewritten {
    rewrites: Vec<Rewrite>,
    notes: Vec<String>,
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

    fn rewrites(
        &self,
        files: &Files,
        divisions: &FxHashMap<MigrationKey, Division>,
    ) -> Result<Rewritten, CommandError> {
        let here = [PathBuf::from(".")];
        let asked = self.asked(files, &here);
        let (loaded, rewritten) = asked.for_each_project(self.rules, self.surroundings, |project, request| {
            self.of_project(project, request, divisions)
        })?;
        let mut notes = loaded.notes();
        let mut rewrites = Vec::new();
        for one in rewritten {
            let one = one?;
            notes.extend(one.notes);
            rewrites.extend(one.rewrites);
        }
        Ok(Rewritten { rewrites, notes })
    }

    fn of_project(
        &self,
        project: &Project,
        request: &Request<'_>,
        divisions: &FxHashMap<MigrationKey, Division>,
    ) -> Result<Rewritten, BranchError> {
        let judged = judge(project, request, self.rules, &self.wishes, &[])?;
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
            let known = evidence.filter(|evidence| evidence.has.contains(&migration.key));
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
            division: &|key| divisions.get(key).copied().unwrap_or(Division::Least),
        };
        Ok(Rewritten {
            rewrites: rewrites.rewrites(),
            notes: judged.analysis.notes,
        })
    }

    /// What would be unsafe if everything were written, by the migration that was rewritten.
    fn failures(&self, files: &Files, rewrites: &[Rewrite]) -> Result<FxHashMap<MigrationKey, String>, CommandError> {
        if !rewrites.iter().any(Rewrite::is_written) {
            return Ok(FxHashMap::default());
        }
        let mut overlay = Overlay::default();
        for replacement in self.replacements(files, rewrites)? {
            overlay = overlay.with(replacement.path, replacement.content);
        }
        let files = files.with(overlay);
        let here = [PathBuf::from(".")];
        let asked = self.asked(&files, &here);
        let also: Vec<PathBuf> = rewrites
            .iter()
            .flat_map(|rewrite| &rewrite.files)
            .map(|file| file.path.clone())
            .collect();
        let (_, judged) = asked.for_each_project(self.rules, self.surroundings, |project, request| {
            let judged = judge(project, request, self.rules, &self.wishes, &also)?;
            let fail_on = self.wishes.fail_on(project);
            let failures = judged
                .analysis
                .findings
                .into_iter()
                .filter(|finding| is_failure(finding, fail_on));
            Ok(failures.collect())
        })?;
        let judged: Result<Vec<Vec<Finding>>, BranchError> = judged.into_iter().collect();
        let mut failures = FxHashMap::default();
        for finding in judged?.into_iter().flatten() {
            if let Some(rewrite) = rewrites.iter().find(|rewrite| is_new_in(&finding, rewrite)) {
                let told = format!("{}: {}", finding.rule, finding.message);
                failures.entry(rewrite.key.clone()).or_insert(told);
            }
        }
        Ok(failures)
    }

    fn differences(&self, files: &Files, rewrites: &[Rewrite]) -> Result<Vec<FileDifference>, CommandError> {
        let folder = &self.surroundings.working_folder;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let replacements = self.replacements(files, rewrites)?.into_iter();
        let differences = replacements.map(|replacement| FileDifference {
            path: root::shown(folder, &replacement.path),
            before: replacement.was.map(text),
            after: text(replacement.content),
        });
        Ok(differences.collect())
    }

    /// The files to be written.
    fn replacements(&self, files: &Files, rewrites: &[Rewrite]) -> Result<Vec<Replacement>, CommandError> {
        let folder = &self.surroundings.working_folder;
        let mut replacements: Vec<Replacement> = Vec::new();
        let mut add = |path: &Path, was: Option<Vec<u8>>, content: &str| {
            let path = folder.join(path);
            match replacements.iter_mut().find(|known| known.path == path) {
                Some(known) => known.content = content.into(),
                None => replacements.push(Replacement {
                    path,
                    was,
                    content: content.into(),
                }),
            }
        };
        // The migrations' own files come last: until then a stopped run has changed nothing that is there.
        for file in rewrites
            .iter()
            .flat_map(|rewrite| &rewrite.files)
            .filter(|file| file.is_new)
        {
            add(&file.path, None, &file.content);
        }
        for (path, text) in rewrites.iter().flat_map(Rewrite::model_texts) {
            let was = files.read(&folder.join(path)).ok().flatten();
            add(path, was, text);
        }
        for rewrite in rewrites {
            for file in rewrite.files.iter().filter(|file| !file.is_new) {
                add(&file.path, Some(rewrite.original_bytes(files, folder)), &file.content);
            }
        }
        Ok(replacements)
    }
}

/// Whether the finding is about a part of the migration, and not one that is known to remain.
fn is_new_in(finding: &Finding, rewrite: &Rewrite) -> bool {
    let is_known = rewrite.remaining.iter().any(|remaining| remaining.rule == finding.rule);
    rewrite.is_written() && !is_known && rewrite.files.iter().any(|file| file.path == finding.place.path)
}
