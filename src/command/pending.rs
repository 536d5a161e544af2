//! `forelock pending`: what is left to do of changes that take more than one release.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::{Asked, CommandError, Outcome, Surroundings, write_notes};
use crate::branch::{Branch, BranchError, Points};
use crate::cli::{Fix, Pending, TextOutput};
use crate::files::{Files, Replacement, replace_all};
use crate::finding::{self, Harm};
use crate::fix;
use crate::lint::{self, Aim};
use crate::project::{Project, Request};
use crate::report::{self, FileDifference};
use crate::rules::RuleTable;

pub(super) fn run(
    pending: &Pending,
    rules: &RuleTable,
    surroundings: &Surroundings,
    out: &mut dyn Write,
    notes: &mut dyn Write,
) -> Result<(), CommandError> {
    let here = [PathBuf::from(".")];
    let files = Files::on_disk();
    let asked = Asked {
        paths: if pending.paths.is_empty() {
            &here
        } else {
            &pending.paths
        },
        files: &files,
        versions: &pending.versions,
        output: &pending.output,
    };
    let (loaded, found) = asked.for_each_project(rules, surroundings, |project, request| {
        of_project(pending.deployed.as_deref(), &[], project, request, rules)
    })?;
    let found: Result<Vec<Vec<finding::Pending>>, BranchError> = found.into_iter().collect();
    let found: Vec<finding::Pending> = found?.into_iter().flatten().collect();
    if !pending.output.quiet {
        write_notes(&loaded.notes(), notes);
    }
    match pending.output_format {
        TextOutput::Text => report::pending(&found, out)?,
        TextOutput::Json => report::pending_json(&found, out)?,
    }
    Ok(())
}

/// Nothing is judged: only the end of the history is looked at.
fn of_project(
    deployed: Option<&str>,
    stats: &[PathBuf],
    project: &Project,
    request: &Request<'_>,
    rules: &RuleTable,
) -> Result<Vec<finding::Pending>, BranchError> {
    let configured = &project.configuration;
    let points = Points {
        since: None,
        deployed: deployed.map(str::to_owned).or_else(|| configured.deployed.clone()),
        stats: match (deployed, stats) {
            (Some(_), []) => Vec::new(),
            (_, []) => configured.stats.clone(),
            (_, stats) => stats.to_vec(),
        },
    };
    let branch = Branch::compare(&points, project, request, rules)?;
    let aim = Aim::Findings {
        wanted: &|_: &Path, _: &str, _: &[Harm]| false,
        asked: &|_: &Path| false,
        advised: None,
    };
    Ok(lint::analyse(project, rules, aim, &branch.standing).pending)
}

/// A file and its text, or why there is none.
type Step = Result<(PathBuf, String), String>;

/// Writes the migration that does the next step, or says why not.
pub(super) fn write_next_step(
    name: &str,
    fix: &Fix,
    rules: &RuleTable,
    surroundings: &Surroundings,
    out: &mut dyn Write,
) -> Result<Outcome, CommandError> {
    let here = [PathBuf::from(".")];
    let files = Files::on_disk();
    let asked = Asked {
        paths: if fix.paths.is_empty() { &here } else { &fix.paths },
        files: &files,
        versions: &fix.versions,
        output: &fix.output,
    };
    let wanted = &fix.wanted;
    let (_, steps) = asked.for_each_project(rules, surroundings, |project, request| {
        let found = of_project(wanted.deployed.as_deref(), &wanted.stats, project, request, rules)?;
        let own = found.into_iter().filter(|one| one.is_called(name));
        Ok(own.map(|one| fix::next_step(&one, project)).collect())
    })?;
    let steps: Result<Vec<Vec<Step>>, BranchError> = steps.into_iter().collect();
    let mut steps = steps?.into_iter().flatten();
    let Some(step) = steps.next() else {
        let message = format!("nothing that is pending is called `{name}`; `forelock pending` lists what is");
        return Err(CommandError::Usage(message));
    };
    let (path, text) = match step {
        Ok(step) => step,
        Err(reason) => {
            writeln!(out, "{name} stays: {reason}.")?;
            return Ok(Outcome::Findings);
        }
    };
    if fix.diff {
        let difference = FileDifference {
            path,
            before: None,
            after: text,
        };
        report::fix_diff(&[difference], &surroundings.style(fix.output.color), out)?;
        return Ok(Outcome::Clean);
    }
    replace_all(&[Replacement {
        path: surroundings.working_folder.join(&path),
        was: None,
        content: text.into_bytes(),
    }])?;
    writeln!(out, "{} is written.", path.display())?;
    Ok(Outcome::Clean)
}
