//! Why nobody can say what a branch adds, or what is deployed: the reason, and the command that helps.

use std::path::PathBuf;

use thiserror::Error;

use super::reference::Flaw;
use crate::git::GitError;

/// Why nobody can say what a branch adds, or what is deployed.
#[derive(Debug, Error)]
pub enum BranchError {
    /// There is no git on this machine.
    #[error(
        "to compare with a commit git is asked, and git cannot be run: {0}\n  help: install git, or leave `--since` and `--deployed` out"
    )]
    NoGit(std::io::Error),
    /// The project lies in no repository.
    #[error("to compare with a commit git is asked, and {} is in no git repository\n  help: run it in a clone, or leave `--since` and `--deployed` out", .0.display())]
    NoRepository(PathBuf),
    /// git does not read the repository.
    #[error("git does not read the repository that {} is in: {message}\n  help: {help}", folder.display())]
    Refused {
        /// The project's folder.
        folder: PathBuf,
        /// git's own words.
        message: String,
        /// The next step.
        help: String,
    },
    /// The reference cannot name a commit.
    #[error("`{reference}` {}\n  help: {}", flaw.reason(), flaw.help())]
    Reference {
        /// What the user named.
        reference: String,
        /// What is wrong with it.
        flaw: Flaw,
    },
    /// The reference names no commit.
    #[error("`{reference}` is no commit that git knows here\n  help: {help}")]
    UnknownReference {
        /// What the user named.
        reference: String,
        /// The next step.
        help: String,
    },
    /// No tag matches.
    #[error("no tag that matches `{pattern}` is among the commits before HEAD\n  help: {help}")]
    NoTag {
        /// What the user named.
        pattern: String,
        /// The next step.
        help: String,
    },
    /// The clone does not reach back far enough.
    #[error(
        "{what}: this clone is shallow\n  help: `{command}` brings the rest of the history; with actions/checkout, `fetch-depth: 0`"
    )]
    Shallow {
        /// What is missing.
        what: String,
        /// The command.
        command: String,
    },
    /// Two histories without a common commit.
    #[error(
        "there is no merge base of `{0}` and HEAD: they have no commit in common\n  help: name the branch that this one began at"
    )]
    Unrelated(String),
    /// The files of a commit cannot be read.
    #[error("the migrations at {commit} cannot be read: {reason}\n  help: {help}")]
    Tree {
        /// Abbreviated.
        commit: String,
        /// Why.
        reason: String,
        /// The next step.
        help: String,
    },
    /// A file of `--stats` is no answer to the query.
    #[error("{} {reason}\n  help: `forelock stats-query | psql --no-psqlrc --quiet --tuples-only --no-align > {}` takes it again", path.display(), path.display())]
    Stats {
        /// The file as shown.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
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
            GitError::Refused { folder, message } => {
                let help = how_to_open(&message);
                BranchError::Refused { folder, message, help }
            }
            GitError::UnknownReference(reference) => BranchError::UnknownReference {
                reference,
                help: "name a branch, a tag or a commit".to_owned(),
            },
            GitError::Failed { command, message } => BranchError::Git { command, message },
        }
    }
}

/// What to do about a repository that git does not read, by git's own words.
fn how_to_open(message: &str) -> String {
    let told = message
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with("git config "));
    match told {
        Some(command) => format!("`{command}` trusts it; in a container of CI, run that before forelock, as the same user"),
        None if message.contains(".git/modules/") => {
            "`git submodule update --init` brings the repository of the submodule".to_owned()
        }
        None if message.contains("not a git repository") => {
            "`.git` is a file here, and names a repository elsewhere that is not there: bring it along (a container that mounts a \
             linked work tree needs the clone that it belongs to), or run it in a clone"
                .to_owned()
        }
        None => "`git status` in that folder says the same until it is mended".to_owned(),
    }
}
