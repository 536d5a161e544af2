//! A whole-program run over a real project: the migration files of pretix, out of its wheel.
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

fn pretix() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/packages/pretix");
    assert!(folder.is_dir(), "run scripts/fetch-packages first");
    folder
}

fn forelock(arguments: &[&str]) -> Value {
    let output = Command::cargo_bin("forelock")
        .unwrap()
        .args(arguments)
        .current_dir(pretix())
        .output()
        .unwrap();
    assert!(
        output.status.code().is_some_and(|code| code < 2),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
#[ignore = "reads what scripts/fetch-packages unpacks"]
fn every_operation_of_pretix_is_accounted_for() {
    let migrations = forelock(&["sql", "--output-format", "json"]);
    let migrations = migrations.as_array().unwrap();
    let files = walkdir::WalkDir::new(pretix())
        .into_iter()
        .flatten()
        .filter(|entry| {
            entry
                .path()
                .parent()
                .is_some_and(|folder| folder.ends_with("migrations"))
        })
        .filter(|entry| std::fs::read_to_string(entry.path()).is_ok_and(|text| text.contains("\nclass Migration(")))
        .count();
    assert_eq!(migrations.len(), files);
    let operations: usize = migrations
        .iter()
        .map(|migration| migration["operations"].as_array().unwrap().len())
        .sum();
    assert_eq!(
        operations, 1668,
        "counted by Django itself when it loads the same files"
    );
    let indexes_are_complete = migrations.iter().all(|migration| {
        let operations = migration["operations"].as_array().unwrap();
        operations
            .iter()
            .enumerate()
            .all(|(index, operation)| operation["index"] == index)
    });
    assert!(indexes_are_complete);
}

#[test]
#[ignore = "reads what scripts/fetch-packages unpacks"]
fn no_file_of_pretix_is_left_unread() {
    let report = forelock(&["check", "--output-format", "json"]);
    let unread = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["rule"] == "unreadable-file");
    assert_eq!(unread.count(), 0);
    assert_eq!(report["summary"]["migrations"], 431);
}
