//! What is to be said of an operation beside its statements, and what several operations do together.

use crate::finding::{HeldLock, Severity};
use crate::migration::OperationPath;
use crate::schema_editor::{Refusal, RefusedBy};

use super::database::Database;
use super::judge::Hit;
use super::sent::Executed;

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

    /// The transaction has ended: says which tables it held together.
    pub(super) fn end_crowd(&mut self) {
        let Some((told, locks)) = self.crowd.end() else { return };
        let tables: Vec<String> = locks.iter().map(|lock| format!("`{}`", lock.relation)).collect();
        let names = vec![("tables", some_of(&tables)), ("count", tables.len().to_string())];
        self.remark("lock-several-tables", told.operation, names, Some(told.severity), locks);
    }

    /// A migration without a transaction that fails half way is run again from its start.
    pub(super) fn judge_half_done(&mut self) {
        if self.is_atomic {
            return;
        }
        if !self.backend.has_transactions() {
            // Every migration runs so, and what is sent is made to stand alone.
            self.judge_unrepeatable();
            return;
        }
        let is_concurrent = |rule: &str| rule.contains("-concurrently");
        let first = self.log.iter().find(|executed| rules_of(executed).any(is_concurrent));
        let Some(operation) = first.map(|executed| executed.place.operation.clone()) else {
            self.judge_unrepeatable();
            return;
        };
        let is_other = |rule: &str| !HARMLESS_AGAIN.contains(&rule) && !is_concurrent(rule);
        let has_other = self.log.iter().any(|executed| rules_of(executed).any(is_other));
        if has_other || self.ran_python {
            self.remark("concurrently-among-others", operation, Vec::new(), None, Vec::new());
        }
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

/// The rules that the statements of a string matched.
fn rules_of<'e>(executed: &'e Executed<'_>) -> impl Iterator<Item = &'e str> {
    executed.hits().map(|hit| hit.rule.name.as_str())
}

/// The first few names, and how many more there are.
fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 4;
    match names.len().checked_sub(SHOWN) {
        None | Some(0 | 1) => names.join(", "),
        Some(more) => format!("{} and {more} more", names[..SHOWN].join(", ")),
    }
}
