//! What a branch adds to the migrations: `--since`, answered by git.

mod git;

use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};
use thiserror::Error;

use crate::git::GitError;
use crate::migration::{Migration, MigrationKey};
use crate::project::Project;
use git::Repository;

/// How many characters of a commit's name people read.
const SHORT: usize = 10;

/// How a file differs from the merge base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    /// It is new, or has a new name: what it creates is new, too.
    Added,
    /// It was there, with another text.
    Changed,
}

/// The files that differ from the point where the branch began: committed, staged, unstaged and untracked.
#[derive(Debug)]
pub struct Branch {
    /// What the user named: `origin/main`.
    reference: String,
    /// The merge base, abbreviated.
    base: String,
    changes: FxHashMap<PathBuf, Change>,
}

/// Why nobody can say what a branch adds.
#[derive(Debug, Error)]
pub enum BranchError {
    /// There is no git on this machine.
    #[error("`--since` asks git, and git cannot be run: {0}\n  help: install git, or leave `--since` out")]
    NoGit(std::io::Error),
    /// The project lies in no repository.
    #[error("`--since` asks git, and {} is in no git repository\n  help: run it in a clone, or leave `--since` out", .0.display())]
    NoRepository(PathBuf),
    /// The reference names no commit.
    #[error("`{reference}` is no commit that git knows here\n  help: {help}")]
    UnknownReference {
        /// What the user named.
        reference: String,
        /// The next step.
        help: String,
    },
    /// The clone does not reach back to where the branch began.
    #[error(
        "there is no merge base of `{0}` and HEAD: this clone is shallow\n  help: `git fetch --unshallow` brings the rest \
         of the history; with actions/checkout, `fetch-depth: 0`"
    )]
    Shallow(String),
    /// Two histories without a common commit.
    #[error(
        "there is no merge base of `{0}` and HEAD: they have no commit in common\n  help: name the branch that this one began at"
    )]
    Unrelated(String),
    /// Whatever else git has to say.
    #[error("`git {command}` failed: {message}")]
    Git {
        /// What was asked.
        command: String,
        /// Its answer.
        message: String,
    },
}

impl From<GitError> for BranchError {
    fn from(error: GitError) -> Self {
        match error {
            GitError::NoGit(error) => BranchError::NoGit(error),
            GitError::NoRepository(folder) => BranchError::NoRepository(folder),
            GitError::UnknownReference(reference) => BranchError::UnknownReference {
                reference,
                help: "name a branch, a tag or a commit".to_owned(),
            },
            GitError::Failed { command, message } => BranchError::Git { command, message },
        }
    }
}

impl Branch {
    /// Asks git what has changed in the project's folder since the branch left `reference`.
    ///
    /// A squash whose originals were all there at the merge base is left out: databases have run it already.
    ///
    /// # Errors
    /// When git is missing, knows no such commit, or finds no merge base.
    pub fn since(reference: &str, project: &Project) -> Result<Self, BranchError> {
        let folder = project.absolute(&project.root);
        let git = Repository::around(&folder)?;
        let base = git.merge_base(reference)?;
        let changes = git.changes(&base)?;
        let changes = changes.into_iter().map(|(path, change)| (folder.join(path), change));
        let mut branch = Self {
            reference: reference.to_owned(),
            base: base.chars().take(SHORT).collect(),
            changes: changes.collect(),
        };
        let squashes = project
            .migrations
            .iter()
            .filter(|migration| !migration.replaces.is_empty());
        let squashes: Vec<&Migration> = squashes
            .filter(|squash| branch.covers(&project.path_of(squash)))
            .collect();
        if !squashes.is_empty() {
            let files = git.files(&base)?.into_iter().map(|path| folder.join(path)).collect();
            for squash in squashes {
                branch.forget_if_run(&project.path_of(squash), &squash.replaces, &files);
            }
        }
        Ok(branch)
    }

    fn forget_if_run(&mut self, squash: &Path, replaces: &[MigrationKey], files: &FxHashSet<PathBuf>) {
        let was_there = |key: &MigrationKey| {
            let name = format!("{}.py", key.name);
            let of_another_app = Path::new(&key.app).join("migrations").join(&name);
            files.contains(&squash.with_file_name(&name)) || files.iter().any(|file| file.ends_with(&of_another_app))
        };
        if replaces.iter().all(was_there) {
            self.changes.remove(squash);
        }
    }

    /// Whether the branch adds or changes this file; `path` on disk.
    #[must_use]
    pub fn covers(&self, path: &Path) -> bool {
        self.changes.contains_key(path)
    }

    /// Whether the branch adds this file, so that no database has run it.
    #[must_use]
    pub fn adds(&self, path: &Path) -> bool {
        self.changes.get(path) == Some(&Change::Added)
    }

    /// What to say where it adds and changes nothing.
    #[must_use]
    pub fn is_empty_note(&self) -> String {
        format!(
            "no migration was added or changed since {} (merge base {})",
            self.reference, self.base
        )
    }
}
