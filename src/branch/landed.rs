//! Whether a file is on the default branch already, where nobody has said what a branch began with.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use crate::git::{Git, text};

/// What a default branch is called, the most telling first.
const DEFAULT_BRANCHES: [&str; 5] = ["origin/HEAD", "origin/main", "origin/master", "main", "master"];

/// Those of the files that are at the tip of the default branch, with its name. Outside of a repository, or where it has no such branch,
/// nobody can say.
#[must_use]
pub fn on_default_branch(folder: &Path, files: &[PathBuf]) -> FxHashMap<PathBuf, String> {
    let mut found = FxHashMap::default();
    let Ok(git) = Git::at(folder) else { return found };
    let Some((name, commit)) = DEFAULT_BRANCHES
        .iter()
        .find_map(|name| git.commit(name).ok().map(|commit| (*name, commit)))
    else {
        return found;
    };
    let name = match git.run(&["rev-parse", "--abbrev-ref", name]) {
        Ok(output) if output.status.success() => text(&output.stdout).trim().to_owned(),
        _ => name.to_owned(),
    };
    for file in files {
        let Some(relative) = file.strip_prefix(folder).ok().and_then(Path::to_str) else {
            continue;
        };
        let object = format!("{commit}:./{relative}");
        if git
            .run(&["cat-file", "-e", &object])
            .is_ok_and(|output| output.status.success())
        {
            found.insert(file.clone(), name.clone());
        }
    }
    found
}
