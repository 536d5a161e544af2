//! `forelock pending`: what is left to do of changes that take more than one release.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::{Asked, CommandError, Surroundings, write_notes};
use crate::branch::{Branch, BranchError, Points};
use crate::cli::{Pending, TextOutput};
use crate::files::Files;
use crate::finding::{self, Harm};
use crate::lint::{self, Aim};
use crate::project::{Project, Request};
use crate::report;
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
        of_project(pending, project, request, rules)
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
    pending: &Pending,
    project: &Project,
    request: &Request<'_>,
    rules: &RuleTable,
) -> Result<Vec<finding::Pending>, BranchError> {
    let configured = &project.configuration;
    let points = Points {
        since: None,
        deployed: pending.deployed.clone().or_else(|| configured.deployed.clone()),
        stats: if pending.deployed.is_some() {
            Vec::new()
        } else {
            configured.stats.clone()
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
