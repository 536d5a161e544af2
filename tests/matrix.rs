//! The user's matrix of 32 kinds of DDL: each is found from the operation of Django that causes it, and from SQL.
#![allow(clippy::expect_used, clippy::panic, reason = "what fails in a test fails the test")]

mod schema;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

/// Rows that no operation of Django sends.
const SQL_ALONE: &[(u64, &str)] = &[
    (
        1,
        "Django has identity columns since 4.1, whose sequence comes with the column",
    ),
    (2, "sent only for serial columns, which Django before 4.1 made"),
    (6, "no operation changes the tablespace of a table that exists"),
];

#[test]
fn every_row_of_the_matrix_is_found_from_django_and_from_sql() {
    let mut found: BTreeSet<(u64, String)> = BTreeSet::new();
    for fixture in fixtures() {
        for statement in statements(&fixture) {
            let origin = statement["origin"].as_str().unwrap_or_default();
            let rows = statement["matrix_rows"].as_array().into_iter().flatten();
            found.extend(rows.filter_map(Value::as_u64).map(|row| (row, origin.to_owned())));
        }
    }
    let by_django: Vec<u64> = (1..=32)
        .filter(|row| found.contains(&(*row, "django".to_owned())))
        .collect();
    let expected: Vec<u64> = (1..=32)
        .filter(|row| !SQL_ALONE.iter().any(|(alone, _)| alone == row))
        .collect();
    assert_eq!(by_django, expected);
    let by_sql: Vec<u64> = (1..=32)
        .filter(|row| found.contains(&(*row, "runsql".to_owned())))
        .collect();
    assert_eq!(by_sql, (1..=32).collect::<Vec<u64>>());
}

fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let folders = ["rules", "history"].into_iter().flat_map(|kind| {
        let entries = fs::read_dir(root.join(kind)).expect("fixtures/ can be read");
        entries.map(|entry| entry.expect("fixtures/ can be read").path())
    });
    folders.filter(|path| path.is_dir()).collect()
}

fn statements(fixture: &Path) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_forelock"))
        .current_dir(fixture)
        .args(["sql", "--project", ".", "--output-format", "json"])
        .output()
        .expect("forelock runs");
    let migrations = schema::document(&output.stdout);
    let migrations = migrations.as_array().cloned().unwrap_or_default();
    migrations
        .into_iter()
        .flat_map(|migration| migration["statements"].as_array().cloned().unwrap_or_default())
        .collect()
}
