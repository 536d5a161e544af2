//! Locks that queries wait for, asked for without a `lock_timeout`: where the lock is not to be had at once, all of them queue behind.

use crate::finding::{HeldLock, Severity};
use crate::lock::Command;
use crate::migration::{Migration, OperationPath};
use crate::phase::Phase;

use super::database::Database;
use super::tell::HELP;

/// What waits behind the lock.
const QUERIES: [Command; 4] = [Command::Select, Command::Insert, Command::Update, Command::Delete];

/// The first operation of the running migration that may keep queries waiting for ever.
#[derive(Debug)]
pub(super) struct Untimed {
    operation: OperationPath,
    table: String,
    mode: &'static str,
}

impl Database<'_> {
    /// Takes in what a statement locks, before it takes effect.
    pub(super) fn note_untimed(&mut self, locks: &[HeldLock], operation: &OperationPath) {
        let is_limited = self.transaction.has_timeout("lock_timeout") || self.ends_blockers();
        if self.untimed.is_some() || is_limited || self.deploy().phase == Phase::Maintenance {
            return;
        }
        let felt = locks.iter().find_map(|lock| {
            let mode = lock.mode?;
            let is_felt = QUERIES.iter().any(|query| mode.conflicts_with(query.lock()));
            let is_used = self.catalog.table(&lock.relation).is_some() && !self.catalog.is_unused(&lock.relation);
            (is_felt && is_used).then_some((lock, mode))
        });
        self.untimed = felt.map(|(lock, mode)| Untimed {
            operation: operation.clone(),
            table: lock.relation.clone(),
            mode: mode.name(),
        });
    }

    /// The migration has ended: says where its first such lock is.
    pub(super) fn judge_untimed(&mut self, migration: &Migration) {
        let Some(untimed) = self.untimed.take() else { return };
        let mut names = vec![("table", untimed.table), ("mode", untimed.mode.to_owned())];
        // Where the transaction ends with each statement a setting of the session is left behind, unless it is reset: that a
        // concurrent build in the same migration is not under it.
        if !self.is_atomic || !migration.atomic {
            names.push((HELP, "outside".to_owned()));
        }
        let severity = Some(Severity::Warning);
        self.remark("lock-timeout-not-set", untimed.operation, names, severity, Vec::new());
    }
}
