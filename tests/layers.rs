//! What may stand in which module, read from the source text.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// The text of the program's modules without their comments and tests, by path from `src`.
fn modules() -> Vec<(PathBuf, String)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = WalkDir::new(&source)
        .into_iter()
        .map(|entry| entry.expect("src can be listed"));
    let files = files.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"));
    let module = |entry: walkdir::DirEntry| {
        let text = fs::read_to_string(entry.path()).expect("a module is text");
        let path = entry.path().strip_prefix(&source).expect("it lies in src").to_owned();
        (path, program(&text))
    };
    files.map(module).collect()
}

/// What is compiled into the program: without comments, and without the tests that stand last in a file.
fn program(text: &str) -> String {
    let lines = text.lines().take_while(|line| line.trim() != "#[cfg(test)]");
    let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// `path: line` of all lines outside of `home` that hold one of the words.
fn strays(home: &[&str], words: &[&str]) -> Vec<String> {
    let is_at_home = |path: &Path| home.iter().any(|home| path.starts_with(home));
    let modules = modules().into_iter().filter(|(path, _)| !is_at_home(path));
    let strays = modules.flat_map(|(path, text)| {
        let lines = text.lines().filter(|line| words.iter().any(|word| line.contains(word)));
        let strays: Vec<_> = lines
            .map(|line| format!("{}: {}", path.display(), line.trim()))
            .collect();
        strays
    });
    strays.collect()
}

/// `report/schema.rs` is a module of tests alone: it writes `schema/`.
#[test]
fn files_are_read_through_one_door() {
    let words = [
        "std::fs",
        " fs::",
        "(fs::",
        "walkdir",
        "WalkDir",
        "File::open",
        "OpenOptions",
        "read_dir(",
        "read_link(",
        "canonicalize",
        "metadata(",
        ".exists()",
        "::exists",
        ".is_file()",
        ".is_dir()",
        ".is_symlink()",
        "Path::is_",
        "PathBuf::is_file",
        "PathBuf::is_dir",
        "include_dir",
    ];
    // What these two hold is Python.
    let strays = strays(
        &[
            "files/disk.rs",
            "files/replace.rs",
            "report/schema.rs",
            "lint/cure/rows.rs",
            "python/batched.rs",
        ],
        &words,
    );
    assert!(
        strays.is_empty(),
        "only src/files/disk.rs asks the disk:\n{}",
        strays.join("\n")
    );
}

#[test]
fn programs_are_run_in_one_place() {
    let strays = strays(
        &["git.rs"],
        &["std::process::{", "process::Command", "Command::new(\"git"],
    );
    assert!(
        strays.is_empty(),
        "only src/git.rs runs a program:\n{}",
        strays.join("\n")
    );
}
