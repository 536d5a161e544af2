//! Tables that one transaction locks one after the other: running code that takes them in another order deadlocks with it.

use crate::finding::{HeldLock, RelationKind, Severity, Work};
use crate::lock::LockMode;
use crate::migration::OperationPath;

/// How many tables in ACCESS EXCLUSIVE are worth a warning.
const MANY: usize = 3;

/// The tables that existed before, on which the open transaction makes others wait, in the order in which it took them.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    locks: Vec<HeldLock>,
    /// How many statements took tables that were free before.
    statements: usize,
    told: Option<Told>,
}

/// What has been said of this transaction.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub severity: Severity,
    /// The operation that made it so.
    pub operation: OperationPath,
}

impl Crowd {
    /// Takes the locks of a statement in.
    pub(super) fn take<'l>(
        &mut self,
        locks: impl Iterator<Item = &'l HeldLock>,
        operation: &OperationPath,
        is_hot: &dyn Fn(&str) -> bool,
    ) {
        let tables = locks.filter(|lock| is_table(lock) && lock.mode.blocks_writes());
        let known = self.locks.len();
        for lock in tables {
            match self.locks.iter_mut().find(|held| held.relation == lock.relation) {
                Some(held) => held.mode = held.mode.max(lock.mode),
                None => self.locks.push(HeldLock {
                    work: Work::None,
                    ..lock.clone()
                }),
            }
        }
        self.statements += usize::from(self.locks.len() > known);
        let severity = self.severity(is_hot);
        if severity > self.told.as_ref().map_or(Severity::Silent, |told| told.severity) {
            let operation = operation.clone();
            self.told = Some(Told { severity, operation });
        }
    }

    fn severity(&self, is_hot: &dyn Fn(&str) -> bool) -> Severity {
        let exclusive = self.locks.iter().filter(|lock| lock.mode == LockMode::AccessExclusive);
        match self.locks.len() {
            0 | 1 => Severity::Silent,
            _ if self.locks.iter().any(|lock| is_hot(&lock.relation)) => Severity::Warning,
            // Of one statement its own rule tells.
            _ if self.statements < 2 => Severity::Silent,
            _ if exclusive.count() >= MANY => Severity::Warning,
            _ => Severity::Info,
        }
    }

    /// Ends the transaction: what is to be said of it, and its locks.
    pub(super) fn end(&mut self) -> Option<(Told, Vec<HeldLock>)> {
        let crowd = std::mem::take(self);
        crowd.told.map(|told| (told, crowd.locks))
    }

    /// The locks that the transaction holds.
    pub(super) fn held(&self) -> &[HeldLock] {
        &self.locks
    }
}

fn is_table(lock: &HeldLock) -> bool {
    matches!(
        lock.kind,
        RelationKind::Table | RelationKind::Partitioned | RelationKind::MaterializedView
    )
}
