//! A plan as JSON: a part of a finding.

use serde::Serialize;

use crate::plan::{Content, Locked, Plan, Step, Watch};

/// What to write in place of an operation.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Plan"))]
pub struct PlanDocument<'a> {
    /// What it comes to.
    pub summary: &'a str,
    /// What is done, one after the other.
    pub steps: Vec<StepDocument<'a>>,
    /// What is to be known besides.
    pub notes: &'a [String],
    /// In what it differs from the operation, and on purpose; each is told in `notes`.
    #[cfg_attr(test, schemars(schema_with = "super::schema::declared"))]
    pub declares: Vec<&'static str>,
}

/// One step of a plan.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Step"))]
pub struct StepDocument<'a> {
    /// The release that it belongs to, from 1.
    pub release: u8,
    /// What it does.
    pub does: &'a str,
    /// What it is: a migration, a line of the models or a rule for the code, a management command to be run.
    #[cfg_attr(test, schemars(extend("enum" = ["migration", "code", "command"])))]
    pub kind: &'static str,
    /// Whether a migration runs in one transaction; null for others.
    pub atomic: Option<bool>,
    /// The file of a command, from the folder of the app; null for others.
    pub path: Option<&'a str>,
    /// What to write: of a migration all but its dependencies.
    pub code: String,
    /// What to look at while it runs; null where it sends nothing.
    pub watch: Option<WatchDocument>,
}

/// What a step does to a database in use, and what to look at meanwhile.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Watch"))]
pub struct WatchDocument {
    /// What it sends; empty where Python sends updates a batch at a time.
    pub statements: Vec<String>,
    /// The relations that were there before, each with the strongest mode in which it is locked.
    pub locks: Vec<WatchLockDocument>,
    /// What the server does.
    pub work: String,
    /// A query that shows how far it is, or whom it waits for.
    pub look_at: String,
    /// What makes it wait, and who waits behind it.
    pub stalls: String,
    /// How it is stopped.
    pub stop: String,
    /// What is there after it was stopped, and what to do.
    pub left: String,
    /// What going back sends; null where there is no way back.
    pub back: Option<Vec<String>>,
    /// What it means for replicas and for subscribers of logical replication.
    pub replicas: String,
}

/// A relation that a step locks.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "WatchLock"))]
pub struct WatchLockDocument {
    /// Its bare name, as in the catalog.
    pub relation: String,
    /// The mode.
    #[cfg_attr(test, schemars(extend("enum" = super::schema::modes())))]
    pub mode: &'static str,
}

impl PlanDocument<'_> {
    pub(super) fn of(plan: &Plan) -> PlanDocument<'_> {
        PlanDocument {
            summary: &plan.summary,
            steps: plan.steps.iter().map(|step| plan_step(plan, step)).collect(),
            notes: &plan.notes,
            declares: plan.declares.iter().map(|declared| declared.name()).collect(),
        }
    }
}

fn plan_step<'a>(plan: &Plan, step: &'a Step) -> StepDocument<'a> {
    let (kind, atomic, path) = match &step.content {
        Content::Migration(migration) => ("migration", Some(migration.is_atomic), None),
        Content::Field { .. } | Content::Meta { .. } | Content::Code(_) => ("code", None, None),
        Content::Command { path, .. } => ("command", None, Some(path.as_str())),
    };
    StepDocument {
        release: step.release,
        does: &step.does,
        kind,
        atomic,
        path,
        code: step.content.code(),
        watch: plan.watch(step).map(watch),
    }
}

fn watch(watch: Watch) -> WatchDocument {
    WatchDocument {
        statements: watch.statements,
        locks: watch.locks.into_iter().map(lock).collect(),
        work: watch.work,
        look_at: watch.look_at,
        stalls: watch.stalls,
        stop: watch.stop,
        left: watch.left,
        back: watch.back,
        replicas: watch.replicas,
    }
}

fn lock(lock: Locked) -> WatchLockDocument {
    WatchLockDocument {
        relation: lock.relation,
        mode: lock.mode.name(),
    }
}
