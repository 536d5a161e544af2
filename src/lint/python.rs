//! What code of Python means that a migration runs: how long others wait for its rows, and what a second run does.

use crate::finding::{Harm, HeldLock, Work};
use crate::lock::LockMode;
use crate::migration::OperationPath;
use crate::row_work::{Again, Reach};
use crate::schema_editor::PythonCode;
use crate::unknown::Identifier;

use super::database::Database;
use super::judge::held_meanwhile;
use super::tell::NOT_REPEATABLE;

impl Database<'_> {
    /// Says what code of Python means that runs now.
    pub(super) fn judge_python(&mut self, code: &PythonCode, operation: &OperationPath) {
        if code.rows.changes {
            self.changed_by_python.push(operation.clone());
        }
        self.python_at = Some(self.log.len());
        let table = code.rows.table.as_ref();
        let entry = table.and_then(|table| self.catalog.identified(table));
        let is_new = entry.is_some_and(|table| self.catalog.is_recent(table.created_in));
        let is_atomic = self.transaction.open || code.atomic == Some(true);
        if !is_atomic && !is_new {
            self.judge_again(&code.rows.again, operation);
        }
        let reach = if is_new { Reach::Few } else { code.rows.reach };
        // Nothing is held where no transaction is open.
        let held: Vec<HeldLock> = held_meanwhile(&self.transaction).collect();
        let table = table.and_then(Identifier::known);
        let rows = table.map_or_else(|| "a table".to_owned(), |table| format!("`{table}`"));
        let written: Vec<&str> = code.rows.written.iter().filter_map(Identifier::known).collect();
        let writing = all_of(&written).map_or_else(|| "rows".to_owned(), |written| format!("rows of {written}"));
        let mut names = vec![("rows", rows), ("writing", writing)];
        names.extend(doing(&code.rows.again).map(|doing| (NOT_REPEATABLE, doing)));
        let (rule, work) = match (reach, held.is_empty()) {
            (Reach::Some | Reach::All, false) => ("run-python-under-lock", Work::Scan),
            (Reach::Unknown, false) => ("run-python-unread-under-lock", Work::Unknown),
            (Reach::All, true) if code.rows.writes => ("run-python-over-all-rows", Work::Scan),
            (Reach::Few, false) | (_, true) => return,
        };
        if rule == "run-python-under-lock"
            && let Some(written) = all_of(&written)
            && let Some((_, rows)) = names.first_mut()
        {
            *rows = format!("{rows} and writes rows of {written}");
        }
        let modes: Vec<LockMode> = held.iter().filter_map(HeldLock::strongest).collect();
        self.remark(rule, operation.clone(), names, None, held);
        if let Some(remark) = self.remarks.last_mut() {
            remark.hit.work = work;
            remark.hit.is_felt = true;
            remark.hit.relation = written.last().copied().or(table).map(str::to_owned);
            let harm = modes.into_iter().flat_map(|mode| Harm::of_work(mode, work));
            remark.hit.harm.extend(harm);
            remark.hit.harm.sort_unstable();
            remark.hit.harm.dedup();
        }
    }

    /// Says that a second run would do again what the first has done.
    fn judge_again(&mut self, again: &Again, operation: &OperationPath) {
        if let Some(doing) = doing(again) {
            let names = vec![("doing", doing)];
            self.remark("run-python-not-repeatable", operation.clone(), names, None, Vec::new());
        }
    }

    /// Says something of the code of an operation, however often it does it.
    pub(super) fn say_once(&mut self, rule: &'static str, operation: &OperationPath) {
        let is_told =
            |remark: &super::remarks::Remark<'_>| remark.operation == *operation && remark.hit.rule.name == rule;
        if !self.remarks.iter().any(is_told) {
            self.remark(rule, operation.clone(), Vec::new(), None, Vec::new());
        }
    }
}

/// `a`, `b` and `c`
fn all_of(tables: &[&str]) -> Option<String> {
    let (last, others) = tables.split_last()?;
    let others = others.join("`, `");
    Some(if others.is_empty() {
        format!("`{last}`")
    } else {
        format!("`{others}` and `{last}`")
    })
}

/// What would be done twice; nothing where a second run changes nothing.
fn doing(again: &Again) -> Option<String> {
    match again {
        Again::Nothing => None,
        Again::Inserts => Some("inserts rows".to_owned()),
        Again::Steps { field } => Some(format!("computes `{field}` from its old value")),
    }
}
