//! What a migration becomes: parts that each run by themselves, in order.

use crate::plan::{Content, Locked, Plan, PlannedMigration, Step};

/// An operation of the migration, and what is to take its place.
pub(super) struct Planned<'a> {
    /// None where it stays as it is.
    pub(super) plan: Option<&'a Plan>,
}

/// A migration to be written.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) is_atomic: bool,
    pub(super) lock_timeout: Option<String>,
    pub(super) imports: Vec<String>,
    pub(super) functions: Vec<String>,
    pub(super) items: Vec<Item>,
    /// What its planned operations do, a few words each.
    pub(super) does: Vec<String>,
    /// The relations that these lock.
    pub(super) locks: Vec<Locked>,
}

/// An operation of a part.
#[derive(Debug)]
pub(super) enum Item {
    /// One of the migration as it is.
    Kept(usize),
    /// One of the plan for that of the migration.
    Planned {
        of: usize,
        code: String,
        /// Whether it is the first that takes the place of its operation: comments before that go with it.
        is_first: bool,
    },
}

impl Item {
    /// The operation of the migration that it comes from.
    pub(super) fn of(&self) -> usize {
        match self {
            Item::Kept(of) | Item::Planned { of, .. } => *of,
        }
    }
}

/// How far operations are parted that could share a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Division {
    /// Only where a plan asks for it.
    Least,
    /// Each in a migration of its own.
    Each,
}

/// The parts, in order. Of plans, the steps of this release.
pub(super) fn parts(operations: &[Planned<'_>], is_atomic: bool, division: Division) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    // Whether more may be added to the last one.
    let mut is_open = false;
    for (of, operation) in operations.iter().enumerate() {
        let steps: Vec<PlanStep<'_>> = operation.plan.map(migrations).unwrap_or_default();
        match steps.as_slice() {
            [] => {
                let kept = Part::kept(of, is_atomic);
                add(&mut parts, kept, is_open && division == Division::Least);
                is_open = true;
            }
            [step] if step.migration.is_atomic && is_atomic => {
                add(
                    &mut parts,
                    Part::planned(of, step, true),
                    is_open && division == Division::Least,
                );
                is_open = true;
            }
            steps => {
                let planned = steps.iter().enumerate();
                parts.extend(planned.map(|(index, step)| Part::planned(of, step, index == 0)));
                is_open = false;
            }
        }
    }
    parts
}

/// A migration of a plan.
pub(super) struct PlanStep<'a> {
    plan: &'a Plan,
    step: &'a Step,
    pub(super) migration: &'a PlannedMigration,
}

/// The migrations of the first release in which a plan writes anything.
pub(super) fn migrations(plan: &Plan) -> Vec<PlanStep<'_>> {
    let release = plan.written_release();
    let steps = plan.steps.iter().filter(|step| step.release == release);
    steps
        .filter_map(|step| match &step.content {
            Content::Migration(migration) => Some(PlanStep { plan, step, migration }),
            Content::Field { .. } | Content::Meta { .. } | Content::Code(_) | Content::Command { .. } => None,
        })
        .collect()
}

fn add(parts: &mut Vec<Part>, part: Part, is_open: bool) {
    match parts.last_mut() {
        Some(last) if is_open => last.take(part),
        _ => parts.push(part),
    }
}

impl Part {
    fn kept(of: usize, is_atomic: bool) -> Self {
        Self {
            is_atomic,
            lock_timeout: None,
            imports: Vec::new(),
            functions: Vec::new(),
            items: vec![Item::Kept(of)],
            does: Vec::new(),
            locks: Vec::new(),
        }
    }

    fn planned(of: usize, planned: &PlanStep<'_>, is_first: bool) -> Self {
        let step = planned.migration;
        let items = step
            .operations
            .iter()
            .enumerate()
            .map(|(index, operation)| Item::Planned {
                of,
                code: operation.code.clone(),
                is_first: is_first && index == 0,
            });
        Self {
            is_atomic: step.is_atomic,
            lock_timeout: step.lock_timeout.clone(),
            imports: step.imports.clone(),
            functions: step.functions.clone(),
            items: items.collect(),
            does: vec![planned.step.does.clone()],
            locks: planned
                .plan
                .watch(planned.step)
                .map(|watch| watch.locks)
                .unwrap_or_default(),
        }
    }

    fn take(&mut self, other: Part) {
        self.lock_timeout = self.lock_timeout.take().or(other.lock_timeout);
        self.imports.extend(other.imports);
        let new = other
            .functions
            .into_iter()
            .filter(|function| !self.functions.contains(function));
        self.functions.extend(new.collect::<Vec<_>>());
        self.items.extend(other.items);
        self.does.extend(other.does);
        self.locks.extend(other.locks);
    }
}
