//! The rounds of a rewriting: names first, then the rest, then a judgement of what came of it.

use std::path::Path;

use rustc_hash::FxHashMap;

use crate::files::{Files, Overlay};
use crate::finding::Finding;
use crate::migration::MigrationKey;

use super::{Change, Division, Refusal, Rewrite, changes};

/// What a round is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// Plans by which a column or a table keeps its name: the plans for what comes behind them depend on it.
    Names,
    /// All other plans.
    Rest,
}

/// Whoever loads projects and judges them.
pub trait Judge {
    /// Why it cannot.
    type Error;

    /// What becomes of the migrations in this round, as these files have them.
    ///
    /// # Errors
    /// Where nothing can be judged.
    fn rewrites(
        &self,
        files: &Files,
        round: Round,
        divisions: &FxHashMap<MigrationKey, Division>,
    ) -> Result<Vec<Rewrite>, Self::Error>;

    /// What fails in the files of these rewritings; what they make is as new as they are.
    ///
    /// # Errors
    /// Where nothing can be judged.
    fn failures(&self, files: &Files, rewrites: &[Rewrite]) -> Result<Vec<Finding>, Self::Error>;
}

/// Rewrites what can be rewritten so that nothing fails in it but what is told to remain. Paths are shown from `folder`.
///
/// # Errors
/// Where nothing can be judged.
pub fn rewritten<J: Judge>(judge: &J, files: &Files, folder: &Path) -> Result<Vec<Rewrite>, J::Error> {
    let mut divisions = FxHashMap::default();
    let mut rewrites = both_rounds(judge, files, folder, &divisions)?;
    let mut failures = failures(judge, files, folder, &rewrites)?;
    if !failures.is_empty() {
        divisions.extend(failures.keys().map(|key| (key.clone(), Division::Each)));
        rewrites = both_rounds(judge, files, folder, &divisions)?;
        failures = self::failures(judge, files, folder, &rewrites)?;
    }
    for rewrite in &mut rewrites {
        if let Some(what) = failures.remove(&rewrite.key) {
            rewrite.refuse(Refusal::StillUnsafe(what));
        }
    }
    Ok(rewrites)
}

fn both_rounds<J: Judge>(
    judge: &J,
    files: &Files,
    folder: &Path,
    divisions: &FxHashMap<MigrationKey, Division>,
) -> Result<Vec<Rewrite>, J::Error> {
    let mut named = judge.rewrites(files, Round::Names, divisions)?;
    named.retain(Rewrite::is_written);
    if named.is_empty() {
        return judge.rewrites(files, Round::Rest, divisions);
    }
    let renamed = files.with(overlay(&changes(&named, files, folder)));
    let mut rewrites = judge.rewrites(&renamed, Round::Rest, divisions)?;
    for first in named {
        match rewrites.iter_mut().find(|rewrite| rewrite.key == first.key) {
            Some(rewrite) => rewrite.follow(first),
            None => rewrites.push(first),
        }
    }
    Ok(rewrites)
}

/// What would be unsafe if everything were written, and is more than is told to remain, by the migration that was rewritten.
fn failures<J: Judge>(
    judge: &J,
    files: &Files,
    folder: &Path,
    rewrites: &[Rewrite],
) -> Result<FxHashMap<MigrationKey, String>, J::Error> {
    let mut failures = FxHashMap::default();
    if !rewrites.iter().any(Rewrite::is_written) {
        return Ok(failures);
    }
    let files = files.with(overlay(&changes(rewrites, files, folder)));
    let found = judge.failures(&files, rewrites)?;
    for rewrite in rewrites.iter().filter(|rewrite| rewrite.is_written()) {
        let own: Vec<&Finding> = found.iter().filter(|finding| is_in(finding, rewrite)).collect();
        let count = |rule: &str| own.iter().filter(|finding| finding.rule == rule).count();
        let new = own
            .iter()
            .find(|finding| count(&finding.rule) > rewrite.count(&finding.rule));
        if let Some(finding) = new {
            failures.insert(rewrite.key.clone(), format!("{}: {}", finding.rule, finding.message));
        }
    }
    Ok(failures)
}

fn overlay(changes: &[Change]) -> Overlay {
    let changes = changes.iter();
    changes.fold(Overlay::default(), |overlay, change| {
        overlay.with(change.path.clone(), change.content.clone().into_bytes())
    })
}

/// Whether the finding is about a part of the migration.
fn is_in(finding: &Finding, rewrite: &Rewrite) -> bool {
    rewrite.files.iter().any(|file| file.path == finding.place.path)
}
