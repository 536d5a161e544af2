//! A hit with what it was said of, and which hits are told together.

use indexmap::IndexMap;
use rustc_hash::FxHashMap;

use crate::finding::{Harm, HeldLock, Origin, Severity, Work};
use crate::lock::LockMode;
use crate::migration::{OperationNode, OperationPath};
use crate::source::Range;

use super::judge::Hit;
use super::remarks::Remark;
use super::sent::{Executed, Part, Sent};
/// A hit of the running migration.
#[derive(Clone)]
pub(super) struct Told<'a> {
    /// The innermost operation, as written.
    pub operation: &'a OperationPath,
    /// The statement; none where it was said of the operation.
    pub said_of: Option<(&'a Sent<'a>, &'a Part<'a>)>,
    pub hit: &'a Hit<'a>,
    pub locks: &'a [HeldLock],
    pub fingerprint: String,
}

impl<'a> Told<'a> {
    /// The hits of a string, in the order in which its statements run.
    pub(super) fn of_string(executed: &'a Executed<'_>) -> impl Iterator<Item = Self> {
        let parts = executed
            .statements
            .iter()
            .flat_map(|sent| sent.parts.iter().map(move |part| (sent, part)));
        parts.flat_map(|(sent, part)| {
            part.verdict.hits.iter().map(move |hit| Self {
                operation: &sent.operation,
                said_of: Some((sent, part)),
                hit,
                locks: &part.verdict.locks,
                fingerprint: String::new(),
            })
        })
    }

    /// What was said of an operation.
    pub(super) fn beside(remark: &'a Remark<'a>) -> Self {
        Self {
            operation: &remark.operation,
            said_of: None,
            hit: &remark.hit,
            locks: &remark.locks,
            fingerprint: String::new(),
        }
    }

    /// The statement as text.
    pub(super) fn statement(&self) -> Option<String> {
        let (sent, part) = self.said_of?;
        Some(match &part.inner {
            Some((text, _)) => text.clone(),
            None => sent.text.to_string(),
        })
    }

    /// The statement that somebody wrote out; Django's own are no text of anybody's.
    pub(super) fn written(&self) -> Option<(&'a Sent<'a>, &'a Part<'a>)> {
        self.said_of.filter(|(sent, _)| sent.origin != Origin::Django)
    }

    /// Where the statement is written, in whatever file.
    pub(super) fn range(&self) -> Option<Range> {
        let (sent, part) = self.said_of?;
        let inner = part.inner.as_ref().and_then(|(_, range)| *range);
        inner.or(sent.range)
    }

    /// What fails beats what is slow, and what Django refuses what Postgres would; so does a name that every query of the running
    /// release looks for in vain; what a statement does beats what is said beside it.
    pub(super) fn rank(&self) -> (Severity, bool, bool, Work, bool, Option<LockMode>) {
        let hit = self.hit;
        let fails = hit.harm.contains(&Harm::Fails);
        let name = hit.rule.name.as_str();
        let is_first = matches!(name, "django-refuses" | "rename-table" | "rename-column");
        (
            hit.severity,
            fails,
            is_first,
            hit.work,
            self.said_of.is_some(),
            hit.strongest,
        )
    }

    fn group(&self) -> Group<'a> {
        let statement = self.written().map(|(_, part)| std::ptr::from_ref(part).cast());
        (self.operation, statement)
    }
}

/// What is told together: an operation, and the statement by its place in memory, if somebody wrote it out.
type Group<'a> = (&'a OperationPath, Option<*const ()>);

/// Hits told together: those of one operation, or of one statement that somebody wrote in it.
pub(super) struct Fold<'a> {
    pub node: &'a OperationNode,
    /// The worst first; of equals the first that runs.
    pub told: Vec<Told<'a>>,
}

/// Folds hits: one group for each operation, and for each written statement, since an excuse for one is none for the next.
///
/// What is said of the operation as a whole stands with the last of its statements.
pub(super) fn fold<'a>(told: Vec<Told<'a>>, operations: &'a [OperationNode]) -> Vec<Fold<'a>> {
    let (of_statements, of_operations): (Vec<_>, Vec<_>) = told.into_iter().partition(|told| told.said_of.is_some());
    let mut groups: IndexMap<Group<'a>, Vec<Told<'a>>> = IndexMap::new();
    let mut last_of: FxHashMap<&OperationPath, Group<'a>> = FxHashMap::default();
    for one in of_statements {
        let group = one.group();
        last_of.insert(one.operation, group);
        groups.entry(group).or_default().push(one);
    }
    for one in of_operations {
        let group = last_of.get(one.operation).copied().unwrap_or(one.group());
        groups.entry(group).or_default().push(one);
    }
    let folds = groups.into_values().filter_map(|mut told| {
        let node = told.first()?.operation.node(operations)?;
        told.sort_by_key(|told| std::cmp::Reverse(told.rank()));
        Some(Fold { node, told })
    });
    folds.collect()
}
