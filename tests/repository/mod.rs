//! Real git repositories of scratch folders.
#![allow(dead_code, reason = "each test file uses some of it")]

use std::process::Command;

use crate::scratch::Scratch;

/// Runs git in a folder of the scratch.
pub fn git_in(scratch: &Scratch, folder: &str, words: &str) {
    let mut command = Command::new("git");
    let author = [
        "-c",
        "user.name=nobody",
        "-c",
        "user.email=nobody@example.org",
        "-c",
        "init.defaultBranch=main",
    ];
    command
        .current_dir(scratch.path(folder))
        .args(author)
        .args(words.split_whitespace());
    let output = command.output().expect("git");
    assert!(output.status.success(), "git {words}: {output:?}");
}

/// Runs git in the scratch.
pub fn git(scratch: &Scratch, words: &str) {
    git_in(scratch, "", words);
}

/// Commits all that there is.
pub fn commit(scratch: &Scratch) {
    git(scratch, "add --all");
    git(scratch, "commit --quiet --message=change");
}

/// A repository whose `main` has a project with one finding, `0002_index`, and whose branch `work` is checked out.
pub fn repository() -> Scratch {
    let scratch = Scratch::shop();
    git(&scratch, "init --quiet");
    commit(&scratch);
    git(&scratch, "checkout --quiet -b work");
    scratch
}
