//! What databases have applied, as files say that were taken from them: `--stats`.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use rustc_hash::FxHashSet;

use super::BranchError;
use crate::files::{Files, Unreadable};
use crate::migration::MigrationKey;
use crate::project::{Project, root};
use crate::standing::{Evidence, Source};
use crate::stats::Stats;

/// What one database has applied.
pub(super) fn evidence(path: &Path, files: &Files, project: &Project) -> Result<Evidence, BranchError> {
    let shown = root::shown(&project.working_folder, path);
    let stats = read(path, files).map_err(|reason| BranchError::Stats {
        path: shown.clone(),
        reason,
    })?;
    Ok(Evidence {
        source: Source::Applied {
            file: shown.display().to_string(),
            age: stats.age(now()),
        },
        has: with_originals(stats.applied, project),
        unreadable: FxHashSet::default(),
    })
}

fn read(path: &Path, files: &Files) -> Result<Stats, String> {
    let bytes = files.read(path).and_then(|bytes| bytes.ok_or(Unreadable::Absent));
    let bytes = bytes.map_err(|error| format!("cannot be read: {error}"))?;
    Stats::read(&bytes).map_err(|error| error.to_string())
}

/// A database that has run a squash has run what it replaces, also after `migrate --prune`.
fn with_originals(mut applied: FxHashSet<MigrationKey>, project: &Project) -> FxHashSet<MigrationKey> {
    let squashes = project
        .migrations
        .iter()
        .filter(|migration| applied.contains(&migration.key));
    let originals: Vec<MigrationKey> = squashes.flat_map(|squash| squash.replaces.iter().cloned()).collect();
    applied.extend(originals);
    applied
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// What to say of a file: how old it is, and how much of the project it has.
pub(super) fn note(evidence: &Evidence, project: &Project) -> Option<String> {
    let Source::Applied { file, age } = &evidence.source else {
        return None;
    };
    let own: Vec<&MigrationKey> = super::tree::own_keys(project).collect();
    let applied = own.iter().filter(|key| evidence.has(key)).count();
    Some(format!(
        "{file} is {age}: {applied} of {} migrations are applied there; that their release's code runs everywhere it does not say",
        own.len()
    ))
}

/// The files, from where they are given.
pub(super) fn paths(given: &[PathBuf], project: &Project, files: &Files) -> Vec<PathBuf> {
    given
        .iter()
        .map(|path| root::absolute(files, &project.working_folder, path))
        .collect()
}
