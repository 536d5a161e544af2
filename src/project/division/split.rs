//! The same app label twice: which folders can share a history.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};

use super::{AppFiles, Folder};
use crate::project::root;

/// Whether folders without a clash come together again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joining {
    /// A manage.py holds them together: only what clashes is set apart.
    WherePossible,
    /// Each folder is a project of its own.
    Never,
}

/// Indexes of apps that can share a history, so that no label occurs twice in a group.
pub(super) fn groups(apps: &[AppFiles], joining: Joining) -> Vec<Vec<usize>> {
    let splitter = Splitter { apps, joining };
    splitter.split((0..apps.len()).collect(), 0)
}

/// What to say about a split: a label that occurs twice, and where.
pub(super) fn note(apps: &[AppFiles], working_folder: &Path) -> Option<String> {
    let mut first: FxHashMap<&str, &Path> = FxHashMap::default();
    let (label, one, other) = apps.iter().find_map(|files| {
        let before = first.insert(&files.app.label, &files.app.folder)?;
        Some((&files.app.label, before, &files.app.folder))
    })?;
    Some(format!(
        "the app label `{label}` occurs twice, in {} and {}; they are judged as separate projects",
        root::shown(working_folder, one).display(),
        root::shown(working_folder, other).display()
    ))
}

/// The folder that all of these lie in.
pub(super) fn common_folder(folders: &[Folder], otherwise: &Path) -> PathBuf {
    let Some((first, rest)) = folders.split_first() else {
        return otherwise.to_owned();
    };
    // A project is never just the folder of migrations: its app belongs to it.
    let app = first.path.parent().unwrap_or(&first.path);
    let common = app
        .ancestors()
        .find(|ancestor| rest.iter().all(|folder| folder.path.starts_with(ancestor)));
    common.unwrap_or(otherwise).to_owned()
}

struct Splitter<'a> {
    apps: &'a [AppFiles],
    joining: Joining,
}

impl Splitter<'_> {
    /// Splits by the path's part at `depth` while a label occurs twice.
    fn split(&self, members: Vec<usize>, depth: usize) -> Vec<Vec<usize>> {
        if self.labels(&members).is_some() {
            return vec![members];
        }
        let mut parts: BTreeMap<Option<OsString>, Vec<usize>> = BTreeMap::new();
        for member in members {
            parts.entry(self.part(member, depth)).or_default().push(member);
        }
        let mut groups = Vec::new();
        for (part, members) in parts {
            match part {
                Some(_) => groups.extend(self.split(members, depth + 1)),
                // Paths that end here are one folder, which has one label.
                None => groups.push(members),
            }
        }
        match self.joining {
            Joining::WherePossible => self.joined(groups),
            Joining::Never => groups,
        }
    }

    fn part(&self, member: usize, depth: usize) -> Option<OsString> {
        let part = self.apps[member].app.folder.components().nth(depth)?;
        Some(part.as_os_str().to_owned())
    }

    /// The labels of these apps; `None` if one occurs twice.
    fn labels(&self, members: &[usize]) -> Option<FxHashSet<&str>> {
        let mut labels = FxHashSet::default();
        let all_new = members
            .iter()
            .all(|member| labels.insert(self.apps[*member].app.label.as_str()));
        all_new.then_some(labels)
    }

    /// Puts each group to the first one that it has no label in common with; large groups come first.
    fn joined(&self, mut groups: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
        groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
        let mut joined: Vec<Vec<usize>> = Vec::new();
        for group in groups {
            let fits = |other: &&mut Vec<usize>| {
                let together: Vec<usize> = other.iter().chain(&group).copied().collect();
                self.labels(&together).is_some()
            };
            match joined.iter_mut().find(fits) {
                Some(other) => other.extend(group),
                None => joined.push(group),
            }
        }
        joined
    }
}
