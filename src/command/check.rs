//! `forelock check`: projects in, findings out.

use std::io::{self, Read, Write};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use super::{Asked, CommandError, Outcome, Surroundings, write_notes};
use crate::branch::{Branch, BranchError, Points};
use crate::cli::{Check, CheckOutput, Output};
use crate::config::FailOn;
use crate::files::{Files, Overlay};
use crate::finding::{Analysis, Finding, Harm, Severity};
use crate::lint::{self, Aim};
use crate::project::{Project, Request, root};
use crate::report::{self, Detail, Statistics, Style};
use crate::rules::{Asking, RuleTable};
use crate::selection::{Selection, Selector, UnknownName};

pub(super) fn run(
    check: &Check,
    rules: &RuleTable,
    surroundings: &Surroundings,
    out: &mut dyn Write,
    notes: &mut dyn Write,
) -> Result<Outcome, CommandError> {
    let style = style(check, surroundings);
    let format = check.output_format.into();
    let wishes = Wishes::read(check, rules, style.advised(format))?;
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
        judge(project, request, rules, &wishes)
    })?;
    let judged = judged.into_iter().collect::<Result<Vec<Judged>, BranchError>>()?;
    let fails = judged.iter().any(|judged| judged.fails);
    let analyses: Vec<Analysis> = judged.into_iter().map(|judged| judged.analysis).collect();
    let analyses = ManuallyDrop::new(analyses);
    if !check.output.quiet {
        write_notes(&loaded.notes(), notes);
        if check.output_format == CheckOutput::Json {
            write_notes(analyses.iter().flat_map(|analysis| &analysis.notes), notes);
        }
    }
    report::check(&analyses, format, &surroundings.working_folder, &style, out)?;
    Ok(if fails && !check.exit_zero {
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

/// What the command line wants, over and above the configuration.
struct Wishes {
    select: Vec<Selector>,
    extend: Vec<Selector>,
    ignore: Vec<Selector>,
    fail_on: Option<FailOn>,
    points: Points,
    /// The least severity whose findings are shown with what to do instead.
    advised: Option<Severity>,
}

impl Wishes {
    fn read(check: &Check, rules: &RuleTable, advised: Option<Severity>) -> Result<Self, UnknownName> {
        let selectors = |names: &[String]| -> Result<Vec<Selector>, UnknownName> {
            names.iter().map(|name| Selector::parse(name, rules)).collect()
        };
        let names = check.fail_on.iter().map(String::as_str);
        Ok(Self {
            select: selectors(&check.select)?,
            extend: selectors(&check.extend_select)?,
            ignore: selectors(&check.ignore)?,
            // clap has refused all other names.
            fail_on: (!check.fail_on.is_empty()).then(|| FailOn::parse(names).unwrap_or_default()),
            advised,
            points: Points {
                since: check.since.clone(),
                deployed: check.deployed.clone(),
                stats: check.stats.clone(),
            },
        })
    }

    /// What to compare with; the configuration says what is deployed, unless the command line does.
    fn points(&self, project: &Project) -> Points {
        let configured = &project.configuration;
        let is_said = self.points.deployed.is_some() || !self.points.stats.is_empty();
        let (deployed, stats) = if is_said {
            (&self.points.deployed, &self.points.stats)
        } else {
            (&configured.deployed, &configured.stats)
        };
        Points {
            since: self.points.since.clone(),
            deployed: deployed.clone(),
            stats: stats.clone(),
        }
    }

    /// The configuration's selection; `--select` takes its place, `--extend-select` and `--ignore` add to it.
    fn selection(&self, configured: Selection) -> Selection {
        let mut selection = configured;
        if !self.select.is_empty() {
            selection = Selection {
                select: self.select.clone(),
                extend: Vec::new(),
                ignore: Vec::new(),
            };
        }
        selection.extend.extend(self.extend.iter().cloned());
        selection.ignore.extend(self.ignore.iter().cloned());
        selection
    }
}

/// A project's findings, those alone that are wanted.
struct Judged {
    analysis: Analysis,
    fails: bool,
}

fn judge(project: &Project, request: &Request<'_>, rules: &RuleTable, wishes: &Wishes) -> Result<Judged, BranchError> {
    let branch = Branch::compare(&wishes.points(project), project, request, rules)?;
    // What the user asked for, of that what the branch adds or changes.
    let is_asked = |path: &Path| {
        let is_asked = project.is_named(path) && branch.covers(path);
        is_asked || project.is_unread_foundation(path)
    };
    let selection = wishes.selection(project.configuration.selection.clone());
    let by_name = rules.rules.iter().filter(|rule| rule.asking == Asking::ByName);
    let by_name: Vec<&str> = by_name.map(|rule| rule.name.as_str()).collect();
    let is_wanted = |path: &Path, rule: &str, harm: &[Harm]| {
        let ignored = || project.configuration.ignored_in(|| project.absolute(path));
        let asking = if by_name.contains(&rule) {
            Asking::ByName
        } else {
            Asking::Nothing
        };
        selection.wants(rule, harm, asking) && !ignored().any(|selector| selector.matches(rule, harm))
    };
    let aim = Aim::Findings {
        wanted: &is_wanted,
        asked: &is_asked,
        advised: wishes.advised,
    };
    let mut analysis = lint::analyse(project, rules, aim, &branch.standing);
    analysis.findings.retain(|finding| branch.is_news(finding));
    analysis.notes.extend(branch.notes.iter().cloned());
    analysis.migrations.retain(|migration| is_asked(&migration.source.path));
    if analysis.migrations.is_empty() && analysis.findings.is_empty() {
        analysis.notes.extend(branch.is_empty_note());
    }
    let fail_on = wishes.fail_on.unwrap_or(project.configuration.fail_on);
    let fails = analysis.findings.iter().any(|finding| is_failure(finding, fail_on));
    Ok(Judged { analysis, fails })
}

fn is_failure(finding: &Finding, fail_on: FailOn) -> bool {
    finding.severity >= fail_on.severity || fail_on.not_analysed && finding.harm.contains(&Harm::NotAnalysed)
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
