//! The same statement has the same locks and work, whether Django sends it or `RunSQL`.
//!
//! Every fixture is written anew with a `RunSQL` for each statement that `forelock sql` says Django sends, and asked again.
#![allow(clippy::expect_used, clippy::panic, reason = "what fails in a test fails the test")]

mod schema;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

/// What Django or a backend refuses is no statement, and SQL does not say that code catches its error.
const LEFT_OUT: [&str; 3] = ["backend-refuses", "django-refuses", "error-caught-in-transaction"];

#[test]
fn a_statement_of_runsql_is_judged_as_the_same_statement_of_django() {
    let mut failures = Vec::new();
    let mut compared = 0;
    // What Django or the backend refuses is sent by nobody.
    let sent = fixtures()
        .into_iter()
        .filter(|fixture| !LEFT_OUT.iter().any(|left_out| fixture.ends_with(left_out)));
    for fixture in sent {
        let django = sql(&fixture);
        let copy = tempfile::tempdir().expect("a folder");
        write_as_sql(&fixture, &django, copy.path());
        let own = sql(copy.path());
        for (one, other) in django.iter().zip(&own) {
            let (one, other) = (list(&one["statements"]), list(&other["statements"]));
            assert_eq!(one.len(), other.len(), "{}: {one:#?}\n{other:#?}", fixture.display());
            for (django, own) in one.iter().zip(other) {
                compared += 1;
                // What a function of the database does, SQL may know where Django's expression does not say.
                if django["work"] == "unknown" {
                    continue;
                }
                failures.extend(difference(&fixture, django, own));
            }
        }
    }
    assert!(compared > 500, "{compared}");
    assert!(failures.is_empty(), "{}\n{}", failures.len(), failures.join("\n"));
}

fn difference(fixture: &Path, django: &Value, own: &Value) -> Option<String> {
    let keys = [
        "sql",
        "analysed",
        "locks",
        "work",
        "scans",
        "rewrites",
        "builds",
        "matrix_rows",
    ];
    let differs: Vec<String> = keys
        .iter()
        .filter(|key| django[**key] != own[**key])
        .map(|key| {
            format!(
                "  {key}: Django {}, RunSQL {} {}",
                django[*key], own[*key], own["reason"]
            )
        })
        .collect();
    let name = fixture.file_name().unwrap_or_default().display();
    (!differs.is_empty()).then(|| format!("{name}: {}\n{}", django["sql"], differs.join("\n")))
}

/// Fixtures whose statements are all known; what is unknown cannot be written as SQL.
fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut folders = Vec::new();
    for kind in ["rules", "silent"] {
        let entries = fs::read_dir(root.join(kind)).expect("the folder of fixtures");
        folders.extend(entries.map(|entry| entry.expect("an entry").path()));
    }
    folders.sort();
    folders
}

fn write_as_sql(fixture: &Path, migrations: &[Value], copy: &Path) {
    let configuration = fixture.join("forelock.toml");
    if configuration.is_file() {
        fs::copy(&configuration, copy.join("forelock.toml")).expect("a copy");
    }
    let mut previous: Option<(String, String)> = None;
    for migration in migrations {
        let (app, name) = (text(&migration["app"]), text(&migration["migration"]));
        let folder = copy.join(app).join("migrations");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("__init__.py"), "").expect("a file");
        let mut source = String::from("from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n");
        let atomic = if migration["atomic"] == true { "True" } else { "False" };
        writeln!(source, "    atomic = {atomic}").expect("text");
        if let Some((app, name)) = &previous {
            writeln!(source, "    dependencies = [({app:?}, {name:?})]").expect("text");
        }
        source.push_str("    operations = [\n");
        for string in strings(migration) {
            writeln!(source, "        migrations.RunSQL({}),", literal(string)).expect("text");
        }
        source.push_str("    ]\n");
        fs::write(folder.join(format!("{name}.py")), source).expect("a file");
        previous = Some((app.to_owned(), name.to_owned()));
    }
}

/// Everything that is sent, in order: one string may hold several statements.
fn strings(migration: &Value) -> Vec<&str> {
    let of = |kind: &'static str| {
        list(&migration["operations"])
            .iter()
            .flat_map(move |operation| list(&operation[kind]))
    };
    of("statements").chain(of("deferred")).map(text).collect()
}

/// A Python literal with this text: JSON's strings are Python's.
fn literal(text: &str) -> String {
    Value::from(text).to_string()
}

fn sql(project: &Path) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_forelock"))
        .current_dir(project)
        .args(["sql", "--project", ".", "--output-format", "json"])
        .output()
        .expect("forelock runs");
    let document = schema::document(&output.stdout);
    document.as_array().cloned().unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
