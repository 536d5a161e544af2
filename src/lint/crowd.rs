//! Tables that one transaction locks one after the other: running code that takes them in another order deadlocks with it.

use crate::finding::{HeldLock, RelationKind, Severity, Work};
use crate::lock::LockMode;
use crate::migration::OperationPath;
use crate::transaction::{Holding, Transaction};

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
    /// Takes in what the transaction holds after a statement.
    pub(super) fn take(&mut self, transaction: &Transaction, operation: &OperationPath, is_hot: &dyn Fn(&str) -> bool) {
        let known = self.locks.len();
        let holdings = transaction.keeping_waiting().filter(|holding| is_table(holding));
        self.locks = holdings.map(lock).collect();
        self.statements += usize::from(self.locks.len() > known);
        let severity = self.severity(is_hot);
        if severity > self.told.as_ref().map_or(Severity::Silent, |told| told.severity) {
            let operation = operation.clone();
            self.told = Some(Told { severity, operation });
        }
    }

    fn severity(&self, is_hot: &dyn Fn(&str) -> bool) -> Severity {
        let exclusive = self
            .locks
            .iter()
            .filter(|lock| lock.mode == Some(LockMode::AccessExclusive));
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
}

/// A lock that the transaction has taken.
fn lock(holding: &Holding) -> HeldLock {
    HeldLock {
        relation: holding.relation.clone(),
        kind: holding.kind,
        mode: Some(holding.held.mode),
        held: None,
        work: Work::None,
    }
}

fn is_table(holding: &Holding) -> bool {
    matches!(
        holding.kind,
        RelationKind::Table | RelationKind::Partitioned | RelationKind::MaterializedView
    )
}
