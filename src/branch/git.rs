//! The questions that `--since` asks git.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::{BranchError, Change};
use crate::git::{Git, GitError, line, path, text, words};

/// The repository that a project lies in; all paths are taken and given from the project's folder.
pub(super) struct Repository<'a> {
    git: Git<'a>,
}

impl<'a> Repository<'a> {
    pub(super) fn around(folder: &'a Path) -> Result<Self, BranchError> {
        Ok(Self { git: Git::at(folder)? })
    }

    /// The commit that the branch and the reference have in common.
    pub(super) fn merge_base(&self, reference: &str) -> Result<String, BranchError> {
        let known = match self.git.commit(reference) {
            Err(GitError::UnknownReference(_)) => {
                return Err(BranchError::UnknownReference {
                    reference: reference.to_owned(),
                    help: self.how_to_get(reference),
                });
            }
            known => known?,
        };
        let base = self.git.run(&["merge-base", &known, "HEAD"])?;
        if base.status.success() {
            return Ok(line(&base));
        }
        let shallow = self.git.ask(&["rev-parse", "--is-shallow-repository"])?;
        Err(if line(&shallow) == "true" {
            BranchError::Shallow(reference.to_owned())
        } else {
            BranchError::Unrelated(reference.to_owned())
        })
    }

    fn is_shallow(&self) -> bool {
        let answer = self.git.run(&["rev-parse", "--is-shallow-repository"]);
        answer.is_ok_and(|output| line(&output) == "true")
    }

    /// The command that brings a branch of a remote.
    fn how_to_get(&self, reference: &str) -> String {
        let remotes = self
            .git
            .run(&["remote"])
            .map(|output| text(&output.stdout))
            .unwrap_or_default();
        let of_remote = reference
            .split_once('/')
            .filter(|(remote, _)| remotes.lines().any(|known| known == *remote));
        match of_remote {
            Some((remote, "")) => format!("name a branch of it, such as `{remote}/main`"),
            Some((remote, branch)) if self.is_shallow() => format!(
                "`git fetch --unshallow {remote} {branch}:refs/remotes/{remote}/{branch}` brings it, and the history that this \
                 shallow clone lacks; with actions/checkout, `fetch-depth: 0`"
            ),
            Some((remote, branch)) => {
                format!("`git fetch {remote} {branch}:refs/remotes/{remote}/{branch}` brings it")
            }
            None => format!("`git fetch origin {reference}:{reference}` brings a branch of that name, if there is one"),
        }
    }

    /// What differs from the commit: in later commits, staged, in the working tree, and untracked.
    pub(super) fn changes(&self, base: &str) -> Result<Vec<(PathBuf, Change)>, BranchError> {
        let arguments = [
            "diff",
            "--relative",
            "--no-ext-diff",
            "--find-renames",
            "--name-status",
            "-z",
            base,
            "--",
            ".",
        ];
        let mut changes = read_changes(&self.git.ask(&arguments)?.stdout);
        let untracked = self
            .git
            .ask(&["ls-files", "--others", "--exclude-standard", "-z", "--", "."])?;
        changes.extend(paths(&untracked.stdout).map(|path| (path, Change::Added)));
        Ok(changes)
    }

    /// All files of the commit below the folder.
    pub(super) fn files(&self, commit: &str) -> Result<Vec<PathBuf>, BranchError> {
        let listed = self
            .git
            .ask(&["ls-tree", "-r", "--name-only", "-z", commit, "--", "."])?;
        Ok(paths(&listed.stdout).collect())
    }
}

/// Reads `git diff --name-status -z`: a status and a path, or two paths where a file was renamed or copied.
fn read_changes(listed: &[u8]) -> Vec<(PathBuf, Change)> {
    let mut words = words(listed);
    let mut changes = Vec::new();
    while let Some(status) = words.next() {
        let mut next = || words.next().map(path);
        let found = match status.first() {
            Some(b'D') => next().and(None),
            Some(b'R') => next().zip(next()).and_then(|(old, new)| renamed(status, &old, new)),
            Some(b'C') => next().and(next()).map(|new| (new, Change::Added)),
            Some(b'A') => next().map(|new| (new, Change::Added)),
            _ => next().map(|new| (new, Change::Changed)),
        };
        changes.extend(found);
    }
    changes
}

/// A migration is known by its app and its own name: one that kept both moved with its folder and is the same.
fn renamed(status: &[u8], old: &Path, new: PathBuf) -> Option<(PathBuf, Change)> {
    if identity(old) != identity(&new) {
        return Some((new, Change::Added));
    }
    (status != b"R100").then_some((new, Change::Changed))
}

/// The names of the app's folder and of the file.
fn identity(path: &Path) -> (Option<&OsStr>, Option<&OsStr>) {
    let app = path.parent().and_then(Path::parent).and_then(Path::file_name);
    (app, path.file_name())
}

fn paths(listed: &[u8]) -> impl Iterator<Item = PathBuf> {
    words(listed).map(path)
}
