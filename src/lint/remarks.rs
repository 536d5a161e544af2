//! What is to be said of an operation beside its statements, and what several operations do together.

use crate::finding::{HeldLock, Severity};
use crate::migration::{Migration, OperationPath};
use crate::schema_editor::{Again, LeftOut, Refusal, RefusedBy};

use super::database::Database;
use super::half_done::Retry;
use super::judge::Hit;
use super::sent::Sent;

/// Something said of an operation, not of one of its statements.
#[derive(Debug)]
pub(super) struct Remark<'r> {
    pub operation: OperationPath,
    pub hit: Hit<'r>,
    pub locks: Vec<HeldLock>,
}

/// Rules of statements that may run again, or run in vain: no retry is hurt by them.
const HARMLESS_AGAIN: &[&str] = &[
    "change-setting",
    "create-extension",
    "maintain-table",
    "set-constraints",
    "set-local-outside-transaction",
    "setting-left-behind",
    "touch-nothing",
];

impl Database<'_> {
    /// Says where Django stops.
    pub(super) fn judge_refusals(&mut self, refusals: &[Refusal]) {
        for Refusal { operation, by, reason } in refusals {
            let names = vec![("reason", reason.clone())];
            let rule = match by {
                RefusedBy::Django => "django-refuses",
                RefusedBy::Backend => "backend-refuses",
            };
            self.remark(rule, operation.clone(), names, None, Vec::new());
        }
    }

    /// Says what of an operation reaches the state alone.
    pub(super) fn judge_left_out(&mut self, left_out: &[LeftOut]) {
        for left in left_out {
            let names = vec![
                ("argument", left.argument.clone()),
                ("consequence", left.consequence.clone()),
            ];
            self.remark(
                "argument-left-to-state",
                left.operation.clone(),
                names,
                None,
                Vec::new(),
            );
        }
    }

    /// The transaction has ended: says which tables it held together.
    pub(super) fn end_crowd(&mut self) {
        let Some((told, locks)) = self.crowd.end() else { return };
        let tables: Vec<String> = locks.iter().map(|lock| format!("`{}`", lock.relation)).collect();
        let names = vec![("tables", some_of(&tables)), ("count", tables.len().to_string())];
        self.remark("lock-several-tables", told.operation, names, Some(told.severity), locks);
    }

    /// A migration without a transaction that fails half way is run again from its start.
    pub(super) fn judge_half_done(&mut self, migration: &Migration) {
        if self.is_atomic {
            return;
        }
        // A backend that runs every migration so builds all indexes concurrently: that they stand beside others is its way.
        let is_chosen = self.backend.has_transactions();
        let is_concurrent = |rule: &str| is_chosen && rule.contains("-concurrently");
        let is_other = |sent: &Sent<'_>| {
            !rules_of(sent).any(is_concurrent) && rules_of(sent).any(|rule| !HARMLESS_AGAIN.contains(&rule))
        };
        let sent_again = || {
            let executed = self.log.iter();
            let executed = executed.filter(|executed| executed.place.again == Again::Sends);
            executed.flat_map(|executed| &executed.statements)
        };
        let concurrent = sent_again().filter(|sent| rules_of(sent).any(is_concurrent));
        let concurrent: Vec<&OperationPath> = concurrent.map(|sent| &sent.operation).collect();
        // What code keeps of its own concurrent work belongs to it.
        let has_rows = self
            .changed_by_python
            .iter()
            .any(|changed| !concurrent.contains(&changed));
        let has_other = has_rows || sent_again().any(is_other);
        let first = concurrent.first().map(|operation| (*operation).clone());
        if first.is_some() && !has_other {
            return;
        }
        let (rule, operation, words) = match (first, self.retry(migration)) {
            (Some(operation), Retry::Harmful { words, .. }) => ("concurrently-among-others", operation, words),
            (Some(operation), Retry::Harmless) if has_rows => {
                let words = "what fails half way is half done, and the next run does all of it again";
                ("concurrently-among-others", operation, words.to_owned())
            }
            (Some(operation), Retry::Unknown) => {
                let words = "what fails half way is half done";
                ("concurrently-among-others", operation, words.to_owned())
            }
            (None, Retry::Harmful { operation, words }) => ("half-done-migration", operation, words),
            (Some(_) | None, Retry::Harmless) | (None, Retry::Unknown) => return,
        };
        let not_atomic = if self.backend.has_transactions() {
            "the migration is not atomic"
        } else {
            "the backend runs it in no transaction"
        };
        let names = vec![("retry", words), ("not_atomic", not_atomic.to_owned())];
        self.remark(rule, operation, names, None, Vec::new());
    }

    pub(super) fn remark(
        &mut self,
        rule: &str,
        operation: OperationPath,
        names: Vec<(&'static str, String)>,
        severity: Option<Severity>,
        locks: Vec<HeldLock>,
    ) {
        if let Some(mut hit) = Hit::of_rule(self.rules, rule, names) {
            hit.severity = severity.unwrap_or(hit.severity);
            hit.relation = hit.name("table").map(str::to_owned);
            hit.strongest = locks.iter().filter_map(HeldLock::strongest).max();
            self.remarks.push(Remark { operation, hit, locks });
        }
    }
}

/// Whether a retry is not hurt by what a rule is about.
pub(super) fn is_harmless_again(rule: &str) -> bool {
    HARMLESS_AGAIN.contains(&rule)
}

/// The rules that a statement matched.
fn rules_of<'e>(sent: &'e Sent<'_>) -> impl Iterator<Item = &'e str> {
    sent.hits().map(|hit| hit.rule.name.as_str())
}

/// The first few names, and how many more there are.
fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 4;
    match names.len().checked_sub(SHOWN) {
        None | Some(0 | 1) => names.join(", "),
        Some(more) => format!("{} and {more} more", names[..SHOWN].join(", ")),
    }
}
