//! Whole histories of real projects, with and without an environment that holds what they depend on: every file is read,
//! every operation accounted for, and what could not be read stands in `tests/packages.md`.
//!
//! `FORELOCK_BLESS=1 cargo test --test packages -- --ignored` writes that file anew.
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

mod agreement;
mod schema;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use forelock::files::Files;
use forelock::migration::{Migration, Ownership};
use forelock::progress::Progress;
use forelock::project::{self, ConfigurationChoice, Project, Request};
use forelock::rules::RuleTable;
use serde_json::Value;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn folder() -> PathBuf {
    let folder = repository().join("target/packages");
    assert!(folder.is_dir(), "run scripts/fetch-packages first");
    folder
}

/// The pinned packages: name and version.
fn packages() -> Vec<(String, String)> {
    let text = fs::read_to_string(repository().join("scripts/packages.txt")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once("=="))
        .map(|(name, version)| (name.to_owned(), version.to_owned()))
        .collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Environment {
    Absent,
    Present,
}

impl Environment {
    fn path(self) -> Option<PathBuf> {
        match self {
            Environment::Absent => None,
            Environment::Present => Some(folder().join(".environment")),
        }
    }
}

/// One of a project's own operations.
struct ReadOperation {
    path: String,
    line: u32,
    class: String,
    /// Why it is not read, where it is not.
    unread: Vec<String>,
}

/// What the projects of a package hold.
#[derive(Default)]
struct Content {
    migrations: usize,
    operations: Vec<ReadOperation>,
}

impl Content {
    fn add(&mut self, project: &Project) {
        assert!(project.problems.is_empty(), "{:?}", project.problems);
        let is_own = |migration: &&Migration| migration.ownership == Ownership::Project;
        for migration in project.migrations.iter().filter(is_own) {
            self.migrations += 1;
            self.operations.extend(migration.operations.iter().map(|node| {
                let mut unread = node.operation.unread();
                unread.dedup();
                ReadOperation {
                    path: migration.source.path.display().to_string(),
                    line: migration.source.position(node.range.start).line,
                    class: node.class.clone(),
                    unread,
                }
            }));
        }
    }
}

/// Reads a package; every file of it has to be readable.
fn load(package: &str, environment: Environment) -> Content {
    let python = environment.path();
    let request = Request {
        working_folder: &folder().join(package),
        paths: &[PathBuf::from(".")],
        files: &Files::on_disk(),
        configuration: ConfigurationChoice::Nearest,
        django: None,
        postgres: None,
        python: python.as_deref(),
        virtual_env: None,
        progress: &Progress::default(),
    };
    let mut content = Content::default();
    project::load(&request, &RuleTable::embedded().unwrap(), &mut |project| {
        content.add(project);
    })
    .unwrap();
    // Within a file they stand in their order.
    content.operations.sort_by(|one, other| one.path.cmp(&other.path));
    content
}

fn ddl(package: &str, environment: Environment) -> Vec<Value> {
    let mut command = Command::cargo_bin("forelock").unwrap();
    command.args(["sql", "--output-format", "json"]);
    if let Some(path) = environment.path() {
        command.arg("--python").arg(path);
    }
    let output = command.current_dir(folder().join(package)).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{package}: {errors}");
    schema::document(&output.stdout).as_array().unwrap().clone()
}

fn operations_of(migration: &Value) -> &Vec<Value> {
    migration["operations"].as_array().unwrap()
}

fn every_operation_has_its_entry(package: &str, content: &Content, printed: &[Value]) {
    let entries: usize = printed.iter().map(|migration| operations_of(migration).len()).sum();
    assert_eq!(entries, content.operations.len(), "{package}");
    for migration in printed {
        for (index, operation) in operations_of(migration).iter().enumerate() {
            assert_eq!(operation["index"], index, "{package} {migration}");
        }
    }
}

/// A line of the table, and what could not be read.
fn summary(package: &str, version: &str, environment: Environment) -> (String, String) {
    let content = load(package, environment);
    every_operation_has_its_entry(package, &content, &ddl(package, environment));
    let (migrations, operations) = (content.migrations, content.operations.len());
    let (mut unread, mut gaps) = (0, String::new());
    for operation in content
        .operations
        .iter()
        .filter(|operation| !operation.unread.is_empty())
    {
        unread += 1;
        let ReadOperation { path, line, class, .. } = operation;
        writeln!(gaps, "- `{path}:{line}` {class}: {}", operation.unread.join("; ")).unwrap();
    }
    assert!(
        unread * 100 <= operations,
        "{package}: {unread} of {operations} are not read"
    );
    let with = match environment {
        Environment::Absent => "no",
        Environment::Present => "yes",
    };
    let read = operations - unread;
    let line = format!("| {package} | {version} | {with} | {migrations} | {operations} | {read} | {unread} |\n");
    (line, gaps)
}

fn summaries() -> String {
    let mut table = String::from(
        "| package | version | environment | migrations | operations | read | not read |\n| --- | --- | --- | ---: | ---: | ---: | ---: |\n",
    );
    let mut gaps = String::new();
    for (package, version) in packages() {
        for environment in [Environment::Absent, Environment::Present] {
            let (line, unread) = summary(&package, &version, environment);
            table += &line;
            if !unread.is_empty() {
                let with = match environment {
                    Environment::Absent => "without",
                    Environment::Present => "with",
                };
                write!(gaps, "\n{package}, {with} its environment:\n\n{unread}").unwrap();
            }
        }
    }
    format!(
        "# What is read of real projects\n\n\
         Written by `FORELOCK_BLESS=1 cargo test --test packages -- --ignored`, over what `scripts/fetch-packages` unpacks. An\n\
         operation is read when its class and all arguments that matter to the database are known.\n\n{table}{gaps}"
    )
}

/// Compares with a page below `tests`, or writes it.
fn assert_written(page: &str, found: &str) {
    let path = repository().join("tests").join(page);
    if std::env::var_os("FORELOCK_BLESS").is_some() {
        fs::write(&path, found).unwrap();
    }
    assert_eq!(found, fs::read_to_string(&path).unwrap());
}

#[test]
#[ignore = "reads what scripts/fetch-packages unpacks"]
fn every_file_is_read_and_every_operation_accounted_for() {
    assert_written("packages.md", &summaries());
}

/// What `forelock check` finds in a package's whole history, with its environment.
fn findings(package: &str) -> Value {
    let mut command = Command::cargo_bin("forelock").unwrap();
    command.args(["check", "--exit-zero", "--output-format", "json", "--python"]);
    let output = command
        .arg(folder().join(".environment"))
        .current_dir(folder().join(package));
    schema::document(&output.output().unwrap().stdout)
}

#[test]
#[ignore = "reads what scripts/fetch-packages unpacks"]
fn what_is_found_in_their_whole_histories_is_counted() {
    let documents: Vec<Value> = packages().iter().map(|(package, _)| findings(package)).collect();
    let sum = |name: &str| -> u64 {
        let counts = documents
            .iter()
            .map(|document| document["summary"][name].as_u64().unwrap());
        counts.sum()
    };
    let (migrations, operations) = (sum("migrations"), sum("operations"));
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for finding in documents
        .iter()
        .flat_map(|document| document["findings"].as_array().unwrap())
    {
        let key = (finding["severity"].as_str().unwrap(), finding["rule"].as_str().unwrap());
        *counts.entry(key).or_default() += 1;
    }
    let mut lines: Vec<_> = counts.into_iter().collect();
    lines.sort_by_key(|((severity, rule), count)| (severity_rank(severity), std::cmp::Reverse(*count), *rule));
    let table: Vec<String> = lines
        .iter()
        .map(|((severity, rule), count)| {
            format!(
                "| {severity} | [{rule}](../rules/{rule}.md) | {count} | {} |",
                in_hundred(*count, migrations)
            )
        })
        .collect();
    let of_severity = |wanted: &str| -> u64 {
        let found = lines.iter().filter(|((severity, _), _)| *severity == wanted);
        found.map(|(_, count)| count).sum()
    };
    let totals = ["error", "warning", "info"].map(|severity| {
        let count = of_severity(severity);
        format!(
            "{count} of severity {severity} ({} in 100 migrations)",
            in_hundred(count, migrations)
        )
    });
    assert_written(
        "findings.md",
        &format!(
            "# What is found in real projects\n\n\
             Written by `FORELOCK_BLESS=1 cargo test --test packages -- --ignored`: the whole histories of the packages of\n\
             [packages.md](packages.md), {migrations} migrations with {operations} operations, most of them written without any\n\
             tool that watches: {}.\nA user sees those of the migrations that a branch adds; `info` is shown with `-v` alone.\n\n\
             | severity | rule | findings | in 100 migrations |\n| --- | --- | ---: | ---: |\n{}\n",
            totals.join(", "),
            table.join("\n")
        ),
    );
}

#[test]
#[ignore = "reads what scripts/fetch-packages unpacks"]
fn no_headline_contradicts_its_locks_and_harm_follows_from_locks_and_work() {
    let mut failures = Vec::new();
    let mut compared = 0;
    for (package, _) in packages() {
        let document = findings(&package);
        let found = document["findings"].as_array().unwrap();
        compared += found.len();
        failures.extend(agreement::contradictions(found, &ddl(&package, Environment::Present)));
    }
    assert!(compared > 1000, "{compared}");
    assert!(failures.is_empty(), "{}\n{}", failures.len(), failures.join("\n"));
}

fn severity_rank(severity: &str) -> usize {
    ["error", "warning", "info"]
        .iter()
        .position(|known| *known == severity)
        .unwrap()
}

/// With one decimal.
fn in_hundred(count: u64, migrations: u64) -> String {
    let tenths = (count * 1000 + migrations / 2) / migrations;
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[test]
#[ignore = "reads what scripts/fetch-packages unpacks"]
fn pretix_has_as_many_migrations_and_operations_as_django_counts() {
    let printed = ddl("pretix", Environment::Absent);
    assert_eq!(printed.len(), 431);
    let operations: usize = printed.iter().map(|migration| operations_of(migration).len()).sum();
    assert_eq!(
        operations, 1668,
        "counted by Django itself when it loads the same files"
    );
}
