//! For databases that have applied a migration before it was rewritten: how to go back over the old file.
//!
//! There Django stops before it runs anything: the migration is applied, and what it depends on is not (`check_consistent_history` in
//! django/db/migrations/loader.py).

use std::path::Path;

use crate::git::{Git, line};

use super::Rewrite;

/// The commands, in order, where they are to be run after the files were written. Where no commit has the old text, git keeps a copy of it.
/// Empty outside of a repository.
#[must_use]
pub fn commands(rewrite: &Rewrite, folder: &Path) -> Vec<String> {
    let Ok(git) = Git::at(folder) else {
        return Vec::new();
    };
    let path = shell(&rewrite.path);
    let files: Vec<String> = rewrite.files.iter().map(|file| shell(&file.path)).collect();
    let stash = format!("git stash push --include-untracked -- {}", files.join(" "));
    let object = format!("HEAD:./{}", rewrite.path.to_string_lossy().replace('\\', "/"));
    let committed = git.run(&["cat-file", "-p", &object]);
    let is_committed =
        committed.is_ok_and(|output| output.status.success() && output.stdout == rewrite.original.as_bytes());
    if is_committed {
        return vec![stash, back(rewrite), "git stash pop".to_owned()];
    }
    let Ok(blob) = git.keep(rewrite.original.as_bytes()) else {
        return Vec::new();
    };
    let blob: String = line(&blob).chars().take(12).collect();
    vec![
        stash,
        format!("git cat-file -p {blob} > {path}"),
        back(rewrite),
        format!("rm {path}"),
        "git stash pop".to_owned(),
    ]
}

/// `python manage.py migrate shop 0041_x`
#[must_use]
pub fn back(rewrite: &Rewrite) -> String {
    let before = rewrite.before.as_deref().unwrap_or("zero");
    format!("python manage.py migrate {} {before}", rewrite.key.app)
}

/// A path as a shell takes it.
fn shell(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = text
        .chars()
        .all(|letter| letter.is_alphanumeric() || "/._-".contains(letter));
    if is_plain {
        text
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
