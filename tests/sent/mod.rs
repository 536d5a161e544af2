//! What was recorded of an operation, beside what `forelock sql` prints of it.
#![allow(dead_code, reason = "each test file uses some of it")]
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

use std::fs;
use std::path::Path;

use serde_json::Value;

/// The classes whose statements come from a set of Python's, in any order.
const UNORDERED: &[&str] = &["AlterUniqueTogether", "AlterIndexTogether", "RenameModel"];

/// A value of JSON as Python writes it.
pub fn python(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(_) | Value::String(_) => value.to_string(),
        Value::Array(items) => format!("[{}]", items.iter().map(python).collect::<Vec<_>>().join(", ")),
        Value::Object(items) => {
            let items = items.iter().map(|(key, value)| format!("{key:?}: {}", python(value)));
            format!("{{{}}}", items.collect::<Vec<_>>().join(", "))
        }
    }
}

pub fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&source, &target);
        } else if source.extension().is_some_and(|extension| extension == "py") {
            fs::copy(&source, &target).unwrap();
        }
    }
}

/// Whether statements that only read or write rows are compared.
#[derive(Clone, Copy)]
pub enum Rows {
    Compared,
    /// There are no rows when code is recorded, so what it would do to them is not seen.
    LeftOut,
}

pub fn is_same(class: &str, rows: Rows, expected: &Value, ours: &Value) -> bool {
    let compared = |statements| {
        let mut compared = in_order(class, statements);
        compared.retain(|sql| matches!(rows, Rows::Compared) || !works_on_rows(sql));
        compared
    };
    compared(expected) == compared(ours)
}

/// As in `conformance/statements.py`.
fn works_on_rows(sql: &str) -> bool {
    const FIRST_WORDS: &[&str] = &[
        "SELECT", "WITH", "VALUES", "TABLE ", "INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "SHOW", "EXPLAIN",
    ];
    let head = sql.trim_start_matches([' ', '\n', '\t', '(']).to_uppercase();
    FIRST_WORDS.iter().any(|word| head.starts_with(word))
}

/// Statements whose order Django leaves to its sets are sorted; in CREATE TABLE that is a run of UNIQUEs on one table.
fn in_order<'a>(class: &str, statements: &'a Value) -> Vec<&'a str> {
    let mut statements: Vec<&str> = items(statements).iter().map(text).collect();
    if UNORDERED.contains(&class) {
        statements.sort_unstable();
    } else if class == "CreateModel" {
        let runs = statements.chunk_by_mut(|one, other| {
            let table = unique_of(one);
            table.is_some() && table == unique_of(other)
        });
        runs.for_each(<[&str]>::sort_unstable);
    }
    statements
}

/// The table, of `ALTER TABLE .. ADD CONSTRAINT .. UNIQUE (..)`, or of the index that is built concurrently and used for one.
fn unique_of(sql: &str) -> Option<&str> {
    if let Some(index) = sql.strip_prefix("CREATE UNIQUE INDEX CONCURRENTLY ") {
        let (_, table) = index.split_once(" ON ")?;
        return table.split_once(" (").map(|(table, _)| table);
    }
    let (table, constraint) = sql.strip_prefix("ALTER TABLE ")?.split_once(" ADD CONSTRAINT ")?;
    let is_unique = constraint.contains("\" UNIQUE (") || constraint.contains("\" UNIQUE USING INDEX ");
    is_unique.then_some(table)
}

pub fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
