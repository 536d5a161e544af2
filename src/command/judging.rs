//! What a command line wants of a judgement, and the judgement of one project.

use std::path::{Path, PathBuf};

use crate::branch::{Branch, BranchError, Points};
use crate::cli::Wanted;
use crate::config::FailOn;
use crate::finding::{Analysis, Finding, Harm, Severity};
use crate::fix::Rewrite;
use crate::lint::{self, Aim};
use crate::migration::MigrationKey;
use crate::project::{Project, Request};
use crate::rules::{Asking, RuleTable};
use crate::selection::{Selection, Selector, UnknownName};
use crate::standing::{Evidence, Source, Standing};

/// What the command line wants, over and above the configuration.
pub(super) struct Wishes {
    select: Vec<Selector>,
    extend: Vec<Selector>,
    ignore: Vec<Selector>,
    fail_on: Option<FailOn>,
    points: Points,
    /// The least severity whose findings are shown with what to do instead.
    advised: Option<Severity>,
}

impl Wishes {
    pub(super) fn read(wanted: &Wanted, rules: &RuleTable, advised: Option<Severity>) -> Result<Self, UnknownName> {
        let selectors = |names: &[String]| -> Result<Vec<Selector>, UnknownName> {
            names.iter().map(|name| Selector::parse(name, rules)).collect()
        };
        let names = wanted.fail_on.iter().map(String::as_str);
        Ok(Self {
            select: selectors(&wanted.select)?,
            extend: selectors(&wanted.extend_select)?,
            ignore: selectors(&wanted.ignore)?,
            // clap has refused all other names.
            fail_on: (!wanted.fail_on.is_empty()).then(|| FailOn::parse(names).unwrap_or_default()),
            advised,
            points: Points {
                since: wanted.since.clone(),
                deployed: wanted.deployed.clone(),
                stats: wanted.stats.clone(),
            },
        })
    }

    /// What gives exit code 1.
    pub(super) fn fail_on(&self, project: &Project) -> FailOn {
        self.fail_on.unwrap_or(project.configuration.fail_on)
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

/// A project's findings, those alone that are wanted, and where its migrations stand.
pub(super) struct Judged {
    pub(super) analysis: Analysis,
    pub(super) branch: Branch,
}

/// Migrations that are not on disk yet.
#[derive(Default)]
pub(super) struct New {
    paths: Vec<PathBuf>,
    /// What they and what they are parts of are called: what these make has no rows yet.
    keys: Vec<MigrationKey>,
}

impl New {
    pub(super) fn of(rewrites: &[Rewrite]) -> Self {
        let files = rewrites
            .iter()
            .flat_map(|rewrite| rewrite.files.iter().map(move |file| (rewrite, file)));
        let mut new = Self::default();
        for (rewrite, file) in files {
            new.paths.push(file.path.clone());
            new.keys.extend(rewrite.part_key(file));
        }
        new
    }

    /// Where nobody has said what is new, all that is not among these is old.
    fn tell(&self, standing: &mut Standing, project: &Project) {
        if standing.base.is_some() || !standing.deployed.is_empty() || self.keys.is_empty() {
            return;
        }
        let keys = project.migrations.iter().map(|migration| migration.key.clone());
        standing.base = Some(Evidence {
            source: Source::Base {
                reference: "the files".to_owned(),
                commit: String::new(),
            },
            has: keys.filter(|key| !self.keys.contains(key)).collect(),
            unreadable: rustc_hash::FxHashSet::default(),
        });
    }
}

/// Judges the files that the user named and the branch adds or changes, and new ones.
pub(super) fn judge(
    project: &Project,
    request: &Request<'_>,
    rules: &RuleTable,
    wishes: &Wishes,
    new: &New,
) -> Result<Judged, BranchError> {
    let mut branch = Branch::compare(&wishes.points(project), project, request, rules)?;
    new.tell(&mut branch.standing, project);
    // What the user asked for, of that what the branch adds or changes.
    let is_asked = |path: &Path| {
        let is_asked = project.is_named(path) && branch.covers(path);
        is_asked || project.is_unread_foundation(path) || new.paths.iter().any(|own| own == path)
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
    Ok(Judged { analysis, branch })
}

/// Whether a finding gives exit code 1.
pub(super) fn is_failure(finding: &Finding, fail_on: FailOn) -> bool {
    finding.severity >= fail_on.severity || fail_on.not_analysed && finding.harm.contains(&Harm::NotAnalysed)
}
