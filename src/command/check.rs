//! `forelock check`: projects in, findings out.

use std::io::{self, Read, Write};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use super::judging::{Judged, New, Wishes, is_failure, judge};
use super::{Asked, CommandError, Outcome, Surroundings, write_notes};
use crate::branch::BranchError;
use crate::cli::{Check, CheckOutput, Output};
use crate::files::{Files, Overlay};
use crate::finding::Analysis;
use crate::project::root;
use crate::report::{self, Detail, Statistics, Style};
use crate::rules::RuleTable;

pub(super) fn run(
    check: &Check,
    rules: &RuleTable,
    surroundings: &Surroundings,
    out: &mut dyn Write,
    notes: &mut dyn Write,
) -> Result<Outcome, CommandError> {
    let style = style(check, surroundings);
    let format = check.output_format.into();
    let wishes = Wishes::read(&check.wanted, rules, style.advised(format))?;
    let here = [PathBuf::from(".")];
    let files = match &check.stdin_filename {
        Some(path) => with_input(path, surroundings)?,
        None => Files::on_disk(),
    };
    let paths = match &check.stdin_filename {
        Some(path) => std::slice::from_ref(path),
        None if check.paths.is_empty() => &here,
        None => check.paths.as_slice(),
    };
    let asked = Asked {
        paths,
        files: &files,
        versions: &check.versions,
        output: &check.output,
    };
    let (loaded, judged) = asked.for_each_project(rules, surroundings, |project, request| {
        let judged = judge(project, request, rules, &wishes, &New::default())?;
        let fail_on = wishes.fail_on(project);
        let fails = judged
            .analysis
            .findings
            .iter()
            .any(|finding| is_failure(finding, fail_on));
        Ok((judged, fails))
    })?;
    let judged = judged
        .into_iter()
        .collect::<Result<Vec<(Judged, bool)>, BranchError>>()?;
    let fails = judged.iter().any(|(_, fails)| *fails);
    let analyses: Vec<Analysis> = judged.into_iter().map(|(judged, _)| judged.analysis).collect();
    let analyses = ManuallyDrop::new(analyses);
    if !check.output.quiet {
        write_notes(&loaded.notes(), notes);
        if check.output_format == CheckOutput::Json {
            write_notes(analyses.iter().flat_map(|analysis| &analysis.notes), notes);
        }
    }
    report::check(&analyses, format, &surroundings.working_folder, &style, out)?;
    Ok(if fails && !check.wanted.exit_zero {
        Outcome::Findings
    } else {
        Outcome::Clean
    })
}

/// The files on disk, one of them with the text on standard input.
fn with_input(path: &Path, surroundings: &Surroundings) -> Result<Files, CommandError> {
    let mut bytes = Vec::new();
    let mut input = io::stdin().lock();
    input.read_to_end(&mut bytes).map_err(CommandError::Input)?;
    let disk = Files::on_disk();
    let path = root::absolute(&disk, &surroundings.working_folder, path);
    Ok(disk.with(Overlay::default().with(path, bytes)))
}

fn style(check: &Check, surroundings: &Surroundings) -> Style {
    Style {
        detail: detail(&check.output),
        statistics: if check.statistics {
            Statistics::Shown
        } else {
            Statistics::Hidden
        },
        ..surroundings.style(check.output.color)
    }
}

/// How much `-q` and `-v` ask for.
pub(super) fn detail(output: &Output) -> Detail {
    match (output.quiet, output.verbose) {
        (true, _) => Detail::Quiet,
        (false, true) => Detail::Verbose,
        (false, false) => Detail::Normal,
    }
}
