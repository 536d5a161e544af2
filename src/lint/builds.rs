//! Several indexes that one migration builds concurrently: each is there as soon as it is built, the migration is not.

use crate::statement::CreateIndex;

use super::database::Database;
use super::judge::Hit;
use super::sent::HitAt;

/// An index that a second run of the migration finds there, and fails at.
pub(super) struct Build {
    index: String,
    table: String,
    /// The statement, by its string in the log and its place there.
    statement: HitAt,
}

impl Database<'_> {
    pub(super) fn note_build(&mut self, create: &CreateIndex) {
        let is_repeatable = self.backend.passes_over_what_is_there()
            || create.if_not_exists
            || self.transaction.open
            || !create.concurrently;
        let Some(index) = create.name.known() else { return };
        let is_unused = create.table.known().is_some_and(|table| self.catalog.is_unused(table));
        if !is_repeatable && !self.transaction.dropped_index(&index) && !is_unused {
            self.builds.push(Build {
                index: index.into_owned(),
                table: create.table.shown().into_owned(),
                statement: self.running,
            });
        }
    }

    /// Whichever fails, those before it are in the way of the next run.
    pub(super) fn judge_builds(&mut self) {
        let builds = std::mem::take(&mut self.builds);
        if builds.len() < 2 {
            return;
        }
        let count = builds.len().to_string();
        for build in builds {
            let Some(verdict) = build.statement.verdict(&mut self.log) else {
                continue;
            };
            let names = vec![("index", build.index), ("table", build.table), ("count", count.clone())];
            let hit = Hit::of_rule(self.rules, "concurrent-builds-together", names);
            verdict.hits.extend(hit);
        }
    }
}
