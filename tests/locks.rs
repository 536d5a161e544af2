//! Locks add up over the transaction: what a finding says of them in its headline, in `locks` and in `harm` is one and the same.
//!
//! What servers show of held locks: `tests/servers`. The same over real projects: `tests/packages.rs`.
#![allow(clippy::expect_used, clippy::panic, reason = "what fails in a test fails the test")]

mod agreement;
mod schema;

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use walkdir::WalkDir;

#[test]
fn no_headline_contradicts_its_locks_and_harm_follows_from_locks_and_work() {
    let mut failures = Vec::new();
    let mut compared = 0;
    for fixture in fixtures() {
        let document = forelock(&fixture, &["check", "--output-format", "json", "."]);
        let printed = forelock(&fixture, &["sql", "--project", ".", "--output-format", "json"]);
        let found = document["findings"].as_array().expect("findings");
        compared += found.len();
        let migrations = printed.as_array().expect("migrations");
        failures.extend(agreement::contradictions(found, migrations));
    }
    assert!(compared > 300, "{compared}");
    assert!(failures.is_empty(), "{}\n{}", failures.len(), failures.join("\n"));
}

fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let entries = WalkDir::new(root).min_depth(3).max_depth(3).sort_by_file_name();
    let files = entries
        .into_iter()
        .map(|entry| entry.expect("fixtures/ can be read").into_path());
    files
        .filter(|path| path.ends_with("observed.json"))
        .filter_map(|path| Some(path.parent()?.to_owned()))
        .collect()
}

fn forelock(folder: &Path, arguments: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forelock"));
    let output = command
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("forelock runs");
    schema::document(&output.stdout)
}
