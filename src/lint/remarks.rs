//! What is to be said of an operation beside its statements, and what several operations do together.

use crate::facts::{Aspect, FactName};
use crate::finding::{HeldLock, Severity};
use crate::migration::{Migration, OperationPath};
use crate::schema_editor::Refusal;
use crate::statement::ViewKind;

use super::database::Database;
use super::judge::{Hit, Verdict};
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
        for Refusal { operation, reason } in refusals {
            let names = vec![("reason", reason.clone())];
            self.remark("django-refuses", operation.clone(), names, None, Vec::new());
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
        if migration.atomic {
            return;
        }
        let is_concurrent = |rule: &str| rule.contains("-concurrently");
        let first = self.log.iter().find(|executed| rules_of(executed).any(is_concurrent));
        let Some(operation) = first.map(|executed| executed.place.operation.clone()) else {
            return;
        };
        let is_other = |rule: &str| !HARMLESS_AGAIN.contains(&rule) && !is_concurrent(rule);
        let has_other = self.log.iter().any(|executed| rules_of(executed).any(is_other));
        if has_other || self.ran_python {
            self.remark("concurrently-among-others", operation, Vec::new(), None, Vec::new());
        }
    }

    /// A view under the old name, created in the same transaction, keeps running code alive.
    pub(super) fn find_stand_ins(&mut self) {
        if !self.transaction.is_djangos() || self.catalog_has_no_new_views() {
            return;
        }
        let facts = [(FactName::StandIn, "view")];
        let mut log = std::mem::take(&mut self.log);
        let sent = log.iter_mut().flat_map(|executed| &mut executed.statements);
        for part in sent.flat_map(|sent| &mut sent.parts) {
            let Verdict { hits, rows, .. } = &mut part.verdict;
            for hit in hits {
                let aspect = match hit.rule.name.as_str() {
                    "rename-table" => Aspect::RenameTable,
                    "rename-column" => Aspect::RenameColumn,
                    _ => continue,
                };
                let Some((rule, row)) = self.rules.rows(aspect, &facts).next() else {
                    continue;
                };
                if !hit.name("table").is_some_and(|table| self.stands_in(table)) {
                    continue;
                }
                for matched in rows.iter_mut().filter(|matched| matched.rule == hit.rule.name) {
                    matched.rule.clone_from(&rule.name);
                    matched.row = rule.position(row);
                }
                hit.rule = rule;
                hit.severity = row.severity.min(hit.severity);
                hit.harm.clone_from(&row.harm);
            }
        }
        self.log = log;
    }

    /// A function or policy that is made again is not taken away.
    pub(super) fn find_what_is_made_again(&mut self) {
        let catalog = &self.catalog;
        let sent = self.log.iter_mut().flat_map(|executed| &mut executed.statements);
        let hits = sent
            .flat_map(|sent| &mut sent.parts)
            .flat_map(|part| &mut part.verdict.hits);
        let makes_again = |hit: &Hit<'_>| match hit.rule.name.as_str() {
            "take-from-running-code" => hit
                .name("function")
                .is_some_and(|name| catalog.function(name).is_some()),
            "change-row-security" => hit
                .name("policy")
                .zip(hit.name("table"))
                .is_some_and(|(policy, table)| {
                    let entry = catalog.table(table);
                    entry.is_some_and(|entry| entry.attached.policies.contains_key(policy))
                }),
            _ => false,
        };
        for hit in hits {
            let is_there = makes_again(hit);
            if is_there && self.transaction.is_djangos() {
                hit.severity = Severity::Silent;
                hit.harm.clear();
            }
        }
    }

    fn catalog_has_no_new_views(&self) -> bool {
        !self.catalog.has_new_view()
    }

    /// Whether this migration has put a plain view in a table's place.
    fn stands_in(&self, table: &str) -> bool {
        self.catalog.view(table).is_some_and(|view| {
            view.kind == ViewKind::Plain
                && view.created_in == self.catalog.current_migration()
                && self.catalog.trusts_view(view)
        })
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
