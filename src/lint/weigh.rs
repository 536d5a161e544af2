//! What a migration does to running code and to those who wait, weighed by when it runs: after the deploy the release before is
//! gone, and during maintenance nobody waits.

use crate::finding::{Harm, Severity};
use crate::phase::Phase;
use crate::rules::Harmed;

use super::database::Database;
use super::judge::Hit;

impl Database<'_> {
    /// The migration has ended: weighs all that is to be said of it.
    pub(super) fn weigh(&mut self) {
        let phase = self.deploy().phase;
        if phase.meets_old_code() {
            return;
        }
        let executed = self.log.iter_mut().flat_map(|executed| &mut executed.statements);
        let parts = executed.flat_map(|sent| &mut sent.parts);
        let of_statements = parts.flat_map(|part| &mut part.verdict.hits);
        let of_operations = self.remarks.iter_mut().map(|remark| &mut remark.hit);
        for hit in of_statements.chain(of_operations) {
            spare_old_code(hit);
            match phase {
                Phase::Maintenance => spare_waiting(hit),
                Phase::BeforeDeploy | Phase::AfterDeploy | Phase::ByHand => {}
            }
        }
    }
}

/// No release runs that could be broken but the new one: what harms any code harms that.
fn spare_old_code(hit: &mut Hit<'_>) {
    let Some(at) = hit.harm.iter().position(|harm| *harm == Harm::BreaksRunningCode) else {
        return;
    };
    match hit.rule.harmed {
        Harmed::AnyCode => hit.harm[at] = Harm::BreaksNewCode,
        Harmed::OldRelease => {
            hit.harm.remove(at);
            if hit.harm.is_empty() {
                hit.severity = Severity::Silent;
            }
        }
    }
}

/// Locks and work keep nobody waiting.
fn spare_waiting(hit: &mut Hit<'_>) {
    let is_waiting = |harm: &Harm| match harm {
        Harm::BlocksReads | Harm::BlocksWrites | Harm::DeadlockProne => true,
        Harm::BreaksRunningCode | Harm::BreaksNewCode | Harm::Fails | Harm::LosesData | Harm::NotAnalysed => false,
    };
    let is_of_locks = !hit.harm.is_empty() || hit.strongest.is_some();
    if is_of_locks && hit.harm.iter().all(is_waiting) {
        hit.severity = hit.severity.min(Severity::Info);
    }
}
