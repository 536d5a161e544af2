//! Squashes beside their originals: the history of a new database.

use rustc_hash::FxHashMap;

use super::input::InputHit;
use super::landed::Withheld;
use super::{Aim, Judging, Run};
use crate::finding::{Finding, MigrationReport};
use crate::history::History;
use crate::migration::Ownership;

/// What squashes that have their originals on disk add to what was found.
pub(super) struct Squashes<'s, 'a> {
    pub(super) of_history: &'s mut FxHashMap<usize, Vec<InputHit<'a>>>,
    pub(super) findings: &'s mut Vec<Finding>,
    pub(super) reports: &'s mut Vec<MigrationReport>,
    pub(super) withheld: &'s mut Withheld,
}

impl<'a> Squashes<'_, 'a> {
    /// Replays the history of a new database, and puts the squashes before the first migration that each stands for.
    pub(super) fn judge(&mut self, mut run: Run<'a>, history: &History, aim: Aim<'_>) {
        run.withheld = std::mem::take(self.withheld);
        for index in &history.squashed {
            let migration = &run.project.migrations[*index];
            let is_squash = !migration.replaces.is_empty() && !history.order.contains(index);
            if !is_squash || migration.ownership == Ownership::Package {
                run.migration(migration, aim, Judging::Unwanted, Vec::new());
                run.note_unreleased(migration);
                continue;
            }
            let hits = self.of_history.remove(index).unwrap_or_default();
            let (report, found) = run.judged(migration, aim, hits);
            self.findings.extend(found);
            let mut reports = self.reports.iter();
            let at = reports.position(|printed| report.replaces.contains(&printed.key));
            self.reports.insert(at.unwrap_or(self.reports.len()), report);
        }
        *self.withheld = run.withheld;
    }
}
