//! What `forelock sql` prints as Django's statement is the same statement when `RunSQL` sends it.
//!
//! Every statement that a real Django was seen to send, in `conformance/recorded` and in the fixtures, is read as SQL and
//! printed again: what comes out has to be the text that went in.
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use forelock::catalog::Catalog;
use forelock::sql;
use forelock::statement::Statement;
use serde_json::Value;
use walkdir::WalkDir;

#[test]
fn a_statement_of_django_read_as_sql_and_printed_is_the_same_text() {
    let catalog = Catalog::default();
    let recorded = statements();
    let mut failures = Vec::new();
    for text in &recorded {
        for piece in sql::split(text) {
            let read = piece.read(&catalog);
            let printed: Vec<String> = read.iter().map(Statement::to_string).collect();
            let (expected, printed) = (normal(piece.sql()), normal(&printed.join("; ")));
            if expected != printed {
                failures.push(format!("{expected}\n  {printed}"));
            }
        }
    }
    assert!(recorded.len() > 5000, "{}", recorded.len());
    assert!(
        failures.is_empty(),
        "{} of {}\n{}",
        failures.len(),
        recorded.len(),
        failures.join("\n")
    );
}

/// psycopg sets negative numbers and strings with a backslash apart by a second space; a default of NULL is none. Packages
/// break lines, and say IF NOT EXISTS where Django, and so our printing, does not.
fn normal(sql: &str) -> String {
    sql.replace("DEFAULT  ", "DEFAULT ")
        .replace("SET DEFAULT NULL", "DROP DEFAULT")
        .replace('\n', " ")
        .replace(" IF NOT EXISTS", "")
}

/// Each different string that Django sent.
fn statements() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeSet::new();
    for folder in ["conformance/recorded", "fixtures"] {
        for entry in WalkDir::new(root.join(folder)) {
            let path = entry.unwrap().into_path();
            // What packages with operations of their own send is laid out by them.
            let is_recorded = path.extension().is_some_and(|extension| extension == "jsonl")
                && !path.ends_with("synthetic-packages.jsonl");
            if !is_recorded && !path.ends_with("observed.json") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let documents = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
            documents.for_each(|document| collect(&document.unwrap(), &mut found));
        }
    }
    found
}

/// Whether the class of an operation is one whose statements somebody wrote by hand.
fn is_sql(class: &Value) -> bool {
    ["RunSQL", "RunPython", "CommentedRunSQL", "SeparateDatabaseAndState"]
        .iter()
        .any(|name| class == name)
}

/// The statements of all operations that are not SQL to begin with.
fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(items) if items.get("class").is_some_and(is_sql) => {}
        Value::Object(items) => {
            for (name, value) in items {
                match value {
                    Value::Array(texts) if name == "statements" || name == "deferred" => {
                        found.extend(texts.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    Value::String(text) if name == "sql" => {
                        found.insert(text.clone());
                    }
                    value => collect(value, found),
                }
            }
        }
        _ => {}
    }
}
