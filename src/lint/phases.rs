//! When each migration runs, beside the deploy of its release: by what it says, by the tool that reads that, by the configuration.
//!
//! Decided once, before anything runs. A tool that runs a part of the migrations before the deploy refuses some orders: those are
//! told here as well.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::finding::Severity;
use crate::history::History;
use crate::migration::deploy::Mark;
use crate::migration::{Dependency, Migration, MigrationKey, Ownership};
use crate::packages::{Tool, When};
use crate::phase::{Age, Because, Deploy, Phase};
use crate::project::Project;
use crate::project::deploy_tools::{StageSettings, Strictness};
use crate::rules::RuleTable;
use crate::standing::{Stand, Standing};

use super::input::InputHit;

/// Migrations made as many days apart are not taken for those of one release, where nothing says what is deployed.
const ONE_RELEASE: i64 = 7;

/// The phase of every migration, and what the tools refuse.
#[derive(Debug, Default)]
pub(super) struct Phases {
    deploys: FxHashMap<MigrationKey, Deploy>,
    refusals: Vec<(usize, Refusal)>,
}

/// Why a tool stops at a migration.
#[derive(Debug)]
enum Refusal {
    /// It runs before the deploy, and depends on one that waits until after it.
    Behind {
        tool: Tool,
        blocker: MigrationKey,
        severity: Severity,
    },
    /// Its operations run in different stages.
    Mixed,
    /// Its attribute says nothing that the tool knows.
    Unusable,
}

/// What a migration wants, and of which tool.
#[derive(Clone, Copy)]
struct Wish {
    tool: Tool,
    when: When,
}

/// What becomes of a migration before the deploy.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It waits until after the deploy.
    Waits(Tool),
    /// The tool does not come to it.
    Blocked(Tool),
}

impl Phases {
    pub(super) fn of(project: &Project, history: &History, standing: &Standing) -> Self {
        let mut deciding = Deciding::new(project, standing);
        let mut phases = Self::default();
        deciding.note_ages(history);
        for index in &history.order {
            let migration = &project.migrations[*index];
            let wish = deciding.wish(migration);
            let mut deploy = deciding.placed(migration, wish);
            if migration.ownership == Ownership::Project {
                deciding.follow(migration, wish, &mut deploy, |refusal| {
                    phases.refusals.push((*index, refusal));
                });
            }
            if deploy.phase != Phase::default() || deploy.because != Because::default() {
                phases.deploys.insert(migration.key.clone(), deploy);
            }
        }
        phases
    }

    /// When a migration runs.
    pub(super) fn deploy(&self, key: &MigrationKey) -> Deploy {
        self.deploys.get(key).copied().unwrap_or_default()
    }

    /// What tools refuse, by migration.
    pub(super) fn refused<'a>(
        &self,
        project: &'a Project,
        rules: &'a RuleTable,
    ) -> impl Iterator<Item = (usize, InputHit<'a>)> {
        self.refusals.iter().filter_map(|(index, refusal)| {
            let migration = &project.migrations[*index];
            let (tool, reason, help) = match refusal {
                Refusal::Behind { tool, blocker, .. } => (
                    *tool,
                    format!("this runs before the deploy and depends on {blocker}, which waits until after it"),
                    None,
                ),
                Refusal::Mixed => (
                    Tool::Syzygy,
                    "some operations run before the deploy and others after it, and nothing says when all of them do \
                     (AmbiguousStage)"
                        .to_owned(),
                    Some("mixed"),
                ),
                Refusal::Unusable => (
                    Tool::Safemigrate,
                    "`safe` is none of what `Safe` makes".to_owned(),
                    Some("unusable"),
                ),
            };
            let range = match (refusal, &migration.mark) {
                (Refusal::Behind { .. } | Refusal::Unusable, Some(mark)) => mark.range,
                (Refusal::Behind { .. } | Refusal::Mixed | Refusal::Unusable, _) => migration.class_range,
            };
            let names = vec![("tool", tool.name().to_owned()), ("reason", reason)];
            let target = migration.key.to_string();
            let mut hit = InputHit::of_migration(rules, "deploy-phase-refused", migration, range, target, names)?;
            if let Refusal::Behind { severity, .. } = refusal {
                hit.severity = *severity;
            }
            hit.help = help.map(|help| hit.rule.help_for(help).to_owned());
            Some((*index, hit))
        })
    }
}

/// What decides.
struct Deciding<'a> {
    project: &'a Project,
    standing: &'a Standing,
    wishes: FxHashMap<&'a MigrationKey, Option<Wish>>,
    /// What was made of the migrations so far that are not deployed.
    fates: FxHashMap<&'a MigrationKey, Fate>,
    /// Migrations that others of their app depend on.
    inner: FxHashSet<&'a MigrationKey>,
    /// By what a migration is to run before.
    run_before: FxHashMap<&'a MigrationKey, Vec<&'a MigrationKey>>,
    /// Migrations that are older by far than the newest of the project.
    past: FxHashSet<&'a MigrationKey>,
}

impl<'a> Deciding<'a> {
    fn new(project: &'a Project, standing: &'a Standing) -> Self {
        let mut inner = FxHashSet::default();
        let mut run_before: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for migration in &project.migrations {
            let of_app = keys(&migration.dependencies).filter(|key| key.app == migration.key.app);
            inner.extend(of_app);
            for key in keys(&migration.run_before) {
                run_before.entry(key).or_default().push(&migration.key);
            }
        }
        let mut deciding = Self {
            project,
            standing,
            wishes: FxHashMap::default(),
            fates: FxHashMap::default(),
            inner,
            run_before,
            past: FxHashSet::default(),
        };
        let wishes = project
            .migrations
            .iter()
            .map(|migration| (&migration.key, deciding.wish(migration)));
        deciding.wishes = wishes.collect();
        deciding
    }

    /// Finds out which are old, by the days in their headers: one is no younger than what depends on it.
    fn note_ages(&mut self, history: &History) {
        let project: &'a Project = self.project;
        let own = || {
            project
                .migrations
                .iter()
                .filter(|migration| migration.ownership == Ownership::Project)
        };
        let Some(newest) = own().filter_map(generated).max() else {
            return;
        };
        let mut days: FxHashMap<&MigrationKey, i64> = FxHashMap::default();
        for index in history.order.iter().rev() {
            let migration = &project.migrations[*index];
            let of_dependents = days.get(&migration.key).copied();
            let Some(day) = generated(migration).into_iter().chain(of_dependents).min() else {
                continue;
            };
            for key in keys(&migration.dependencies) {
                let known = days.entry(key).or_insert(day);
                *known = day.min(*known);
            }
            if newest - day >= ONE_RELEASE {
                self.past.insert(&migration.key);
            }
        }
    }

    fn age(&self, key: &MigrationKey) -> Age {
        match self.standing.of(key) {
            Stand::Unknown if self.past.contains(key) => Age::Past,
            Stand::Unknown | Stand::Deployed | Stand::Landed | Stand::New => Age::MayBeNew,
        }
    }

    /// What a migration wants by itself, or by what a tool makes of its operations.
    fn wish(&self, migration: &Migration) -> Option<Wish> {
        let tools = &self.project.deploy_tools;
        match &migration.mark {
            // Any class may have an attribute of that name.
            Some(Mark {
                when: When::Unusable, ..
            }) if tools.safemigrate.is_none() => {}
            Some(Mark { tool, when, .. }) => {
                return Some(Wish {
                    tool: *tool,
                    when: *when,
                });
            }
            None => {}
        }
        if let Some(settings) = &tools.syzygy {
            let when = staged(settings, migration)?;
            return Some(Wish {
                tool: Tool::Syzygy,
                when,
            });
        }
        tools.safemigrate.map(|_| Wish {
            tool: Tool::Safemigrate,
            when: When::Always,
        })
    }

    /// The phase of a migration for itself. What is configured for maintenance holds whatever a migration says: nothing runs.
    fn placed(&self, migration: &Migration, wish: Option<Wish>) -> Deploy {
        let choice = &self.project.configuration.deploy;
        let configured = choice.of(&migration.key.app, || self.project.path_of(migration));
        let age = self.age(&migration.key);
        let by_choice = configured.map(|phase| Deploy {
            phase,
            because: Because::Configured,
            age,
        });
        let marked = wish.and_then(|wish| {
            let phase = match wish.when {
                When::BeforeDeploy => Phase::BeforeDeploy,
                When::AfterDeploy => Phase::AfterDeploy,
                When::ByHand => Phase::ByHand,
                When::Always | When::Unusable => return None,
            };
            let because = Because::Marked(wish.tool);
            Some(Deploy { phase, because, age })
        });
        match by_choice {
            Some(maintenance) if maintenance.phase == Phase::Maintenance => maintenance,
            Some(_) | None => marked.or(by_choice).unwrap_or_default(),
        }
    }

    /// Follows what a tool does before the deploy, and makes those wait that it lets wait.
    fn follow(
        &mut self,
        migration: &'a Migration,
        wish: Option<Wish>,
        deploy: &mut Deploy,
        mut refuse: impl FnMut(Refusal),
    ) {
        if !self.is_pending(migration) || deploy.phase == Phase::Maintenance {
            return;
        }
        let is_known = self.standing.of(&migration.key) != Stand::Unknown;
        let (key, when) = (&migration.key, wish.map(|wish| wish.when));
        let blocker = self.blocker(migration);
        let own = wish.map_or(Tool::Safemigrate, |wish| wish.tool);
        match (when, blocker) {
            (Some(When::Unusable), _) if own == Tool::Safemigrate => refuse(Refusal::Unusable),
            (Some(When::Unusable), _) => refuse(Refusal::Mixed),
            (_, Some((_, Fate::Blocked(tool)))) => {
                self.fates.insert(key, Fate::Blocked(tool));
            }
            (Some(When::AfterDeploy), _) => {
                self.fates.insert(key, Fate::Waits(own));
            }
            (Some(When::BeforeDeploy), Some((blocker, Fate::Waits(tool)))) => {
                if self.is_strict(tool) {
                    refuse(Refusal::Behind {
                        tool,
                        severity: self.severity(migration, blocker),
                        blocker: blocker.clone(),
                    });
                }
                self.fates.insert(key, Fate::Blocked(tool));
            }
            (Some(When::Always) | None, Some((_, Fate::Waits(tool @ Tool::Safemigrate)))) if is_known => {
                self.fates.insert(key, Fate::Waits(tool));
                *deploy = Deploy {
                    phase: Phase::AfterDeploy,
                    because: Because::Behind(tool),
                    age: deploy.age,
                };
            }
            (Some(When::BeforeDeploy | When::Always | When::ByHand) | None, _) => {}
        }
    }

    /// What keeps a migration from running before the deploy: one that it depends on, which waits or is blocked itself.
    fn blocker(&self, migration: &'a Migration) -> Option<(&'a MigrationKey, Fate)> {
        let before = self.run_before.get(&migration.key).into_iter().flatten().copied();
        let needed = keys(&migration.dependencies).chain(before);
        let mut waiting = needed.filter_map(|key| Some((key, self.fate(key)?)));
        let first = waiting.next();
        let is_blocked = |(_, fate): &(&MigrationKey, Fate)| matches!(fate, Fate::Blocked(_));
        waiting.find(is_blocked).or(first)
    }

    fn fate(&self, key: &'a MigrationKey) -> Option<Fate> {
        match self.standing.of(key) {
            // It is in this history; nobody knows whether databases have it.
            Stand::Unknown => {
                let wish = self.wishes.get(key).copied().flatten()?;
                (wish.when == When::AfterDeploy).then_some(Fate::Waits(wish.tool))
            }
            Stand::Deployed => None,
            Stand::Landed | Stand::New => self.fates.get(key).copied(),
        }
    }

    /// Whether a deploy may find it not applied: with nothing known of what runs, the last of its app.
    fn is_pending(&self, migration: &Migration) -> bool {
        match self.standing.of(&migration.key) {
            Stand::Deployed => false,
            Stand::Landed | Stand::New => true,
            Stand::Unknown => !self.inner.contains(&migration.key),
        }
    }

    /// How bad it is that one waits for the other: not, if they seem to be of different releases.
    fn severity(&self, migration: &Migration, blocker: &MigrationKey) -> Severity {
        let mut others = self.project.migrations.iter();
        let days = generated(migration).zip(others.find(|other| other.key == *blocker).and_then(generated));
        let is_unknown = self.standing.of(blocker) == Stand::Unknown;
        match days {
            Some((one, other)) if is_unknown && (one - other).abs() >= ONE_RELEASE => Severity::Info,
            Some(_) | None => Severity::Error,
        }
    }

    /// Whether the tool refuses what it cannot run before the deploy.
    fn is_strict(&self, tool: Tool) -> bool {
        match tool {
            Tool::Safemigrate => self.project.deploy_tools.safemigrate != Some(Strictness::Lenient),
            Tool::Syzygy => true,
            Tool::Sentry => false,
        }
    }
}

/// The stage that django-syzygy gives to a migration without one of its own. See `get_migration_stage` in its plan.py.
fn staged(settings: &StageSettings, migration: &Migration) -> Option<When> {
    let (app, name) = (&migration.key.app, &migration.key.name);
    if let Some(stage) = StageSettings::of(&settings.overriding, app, name) {
        return Some(stage);
    }
    let stages = migration.stages;
    match (stages.before, stages.after) {
        (true, true) => Some(StageSettings::of(&settings.fallback, app, name).unwrap_or(When::Unusable)),
        (true, false) => Some(When::BeforeDeploy),
        (false, true) => Some(When::AfterDeploy),
        (false, false) => None,
    }
}

fn keys(dependencies: &[Dependency]) -> impl Iterator<Item = &MigrationKey> {
    dependencies.iter().filter_map(|dependency| match dependency {
        Dependency::Migration(key) => Some(key),
        Dependency::Swappable(_) => None,
    })
}

/// The day on which `makemigrations` wrote a migration, by its header: `# Generated by Django 5.2 on 2026-04-22 14:13`.
fn generated(migration: &Migration) -> Option<i64> {
    let first = migration.comments.first()?;
    let header = migration.source.slice(*first);
    let (_, date) = header.strip_prefix("# Generated by Django ")?.split_once(" on ")?;
    let mut numbers = date.split(' ').next()?.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (numbers.next()??, numbers.next()??, numbers.next()??);
    // Close enough to tell days from months.
    Some((year * 12 + month) * 30 + day)
}
