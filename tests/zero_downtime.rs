//! Under django-pg-zero-downtime-migrations `forelock sql` writes what its backend was recorded to send, and `forelock check` foretells
//! what it refuses: `conformance/recorded/zero-downtime`, made by `conformance/record_backend.py`.
//!
//! `FORELOCK_BLESS=1 cargo test --test zero_downtime` writes `tests/zero_downtime.md` again; `conformance/zero-downtime BINARY -v` shows
//! every difference, `FORELOCK_VERBOSE=1` which operations differ here.
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

mod scratch;
mod sent;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use scratch::{Run, Scratch};
use sent::{Rows, copy, is_same, items, python, text};
use serde_json::Value;

const OUTCOMES: &[&str] = &[
    "right",
    "foretold",
    "unknown",
    "different",
    "missing",
    "untrusted",
    "false errors",
];

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn recordings() -> Vec<PathBuf> {
    let folder = fs::read_dir(repository().join("conformance/recorded/zero-downtime")).unwrap();
    let mut files: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// All projects of a recording, side by side, each with the backend in its settings and its version among the requirements.
fn projects(recording: &Value) -> Scratch {
    let pins = format!(
        "django=={}\ndjango-pg-zero-downtime-migrations=={}\n",
        text(&recording["django"]),
        text(&recording["backend"])
    );
    let mut backend = String::from(
        "\nDATABASES = {\"default\": {\"ENGINE\": \"django_zero_downtime_migrations.backends.postgres\", \"NAME\": \"recorded\"}}\n",
    );
    for (name, value) in recording["settings"].as_object().unwrap() {
        writeln!(backend, "ZERO_DOWNTIME_MIGRATIONS_{name} = {}", python(value)).unwrap();
    }
    let mut scratch = Scratch::new();
    for name in recording["projects"].as_object().unwrap().keys() {
        scratch = project(scratch, name, &backend).file(&format!("{}/requirements.txt", folder_of(name)), &pins);
    }
    scratch
}

fn folder_of(project: &str) -> String {
    project.replace('/', "-")
}

fn project(scratch: Scratch, name: &str, backend: &str) -> Scratch {
    let folder = folder_of(name);
    let (sources, inside) = match name {
        "synthetic" => ("conformance/synthetic/common".to_owned(), "/synthetic/common"),
        "synthetic-5.2" => ("conformance/synthetic/since_5_2".to_owned(), "/synthetic/since_5_2"),
        fixture => (format!("fixtures/{fixture}"), ""),
    };
    let scratch = scratch.folder(&format!("{folder}{inside}"));
    copy(&repository().join(sources), &scratch.path(&format!("{folder}{inside}")));
    let own = scratch.path(&format!("{folder}/config/settings.py"));
    if own.exists() && scratch.path(&format!("{folder}/manage.py")).exists() {
        // What a fixture of the backend sets itself is not what was recorded.
        let written = fs::read_to_string(own).unwrap();
        let others = written
            .lines()
            .filter(|line| !line.starts_with("ZERO_DOWNTIME_MIGRATIONS_"));
        let settings = others.collect::<Vec<_>>().join("\n") + backend;
        return scratch.file(&format!("{folder}/config/settings.py"), settings);
    }
    let settings = settings_of(name, &scratch.path(&folder)) + backend;
    scratch.file(&format!("{folder}/recorded_settings.py"), settings).file(
        &format!("{folder}/manage.py"),
        "import os\n\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"recorded_settings\")\n",
    )
}

/// The settings with which it was recorded.
fn settings_of(name: &str, folder: &Path) -> String {
    let path = repository().join(format!("conformance/recorded/5.2/{name}.jsonl"));
    if let Ok(recording) = fs::read_to_string(path) {
        let head: Value = serde_json::from_str(recording.lines().next().unwrap()).unwrap();
        let settings = head["settings"].as_object().unwrap().iter();
        let lines: Vec<String> = settings
            .map(|(name, value)| format!("{name} = {}\n", python(value)))
            .collect();
        return lines.concat();
    }
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let apps = entries.filter(|entry| entry.path().join("migrations").is_dir());
    let mut apps: Vec<_> = apps.map(|entry| entry.file_name().into_string().unwrap()).collect();
    apps.sort();
    format!("INSTALLED_APPS = {apps:?}\nUSE_TZ = True\n")
}

/// What forelock says of all projects of a recording.
struct Said {
    /// By project, app and name.
    migrations: BTreeMap<[String; 3], Value>,
    /// The same, and by operation.
    findings: BTreeMap<([String; 3], Option<u64>), Vec<Value>>,
}

impl Said {
    fn of(recording: &Value) -> Self {
        let projects = projects(recording);
        let (django, _) = text(&recording["django"]).rsplit_once('.').unwrap();
        let ask = |command: &str| -> Value {
            let words = format!("{command} --output-format json --django-version {django} --postgres-version 15");
            let run = Run::of(projects.forelock().args(words.split_whitespace()));
            assert!(run.out.starts_with(['{', '[']), "{}", run.notes);
            serde_json::from_str(&run.out).unwrap()
        };
        let mut findings: BTreeMap<_, Vec<Value>> = BTreeMap::new();
        for finding in items(&ask("check")["findings"]) {
            let place = (key_of(finding), finding["operation"]["index"].as_u64());
            findings.entry(place).or_default().push(finding.clone());
        }
        let migrations = ask("sql");
        let migrations = items(&migrations).iter().map(|entry| (key_of(entry), entry.clone()));
        Self {
            migrations: migrations.collect(),
            findings,
        }
    }

    fn findings_at(&self, place: &[String; 3], index: usize) -> &[Value] {
        let place = (place.clone(), u64::try_from(index).ok());
        self.findings.get(&place).map_or(&[], Vec::as_slice)
    }
}

fn key_of(entry: &Value) -> [String; 3] {
    let (project, _) = text(&entry["path"]).split_once('/').unwrap();
    let name = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    [project.to_owned(), name("app"), name("migration")]
}

/// How often each outcome was seen.
type Counts = BTreeMap<&'static str, usize>;

fn compare(recording: &Value) -> Counts {
    let said = Said::of(recording);
    let mut counts = Counts::new();
    for (project, migrations) in recording["projects"].as_object().unwrap() {
        for migration in items(migrations) {
            let name = |key: &str| text(&migration[key]).to_owned();
            let place = [folder_of(project), name("app"), name("migration")];
            for (index, operation) in numbered(&migration["operations"]) {
                let findings = said.findings_at(&place, index);
                let outcome = outcome(operation, said.migrations.get(&place), index, findings);
                if outcome == "different" && std::env::var_os("FORELOCK_VERBOSE").is_some() {
                    eprintln!("{} {} {place:?} [{index}]", recording["backend"], recording["settings"]);
                }
                *counts.entry(outcome).or_default() += 1;
                if findings.iter().any(|finding| is_contradicted(operation, finding)) {
                    *counts.entry("false errors").or_default() += 1;
                }
            }
        }
    }
    counts
}

/// All operations of a migration, or those that a setting changes, each with its index.
fn numbered(operations: &Value) -> Vec<(usize, &Value)> {
    match operations.as_object() {
        None => items(operations).iter().enumerate().collect(),
        Some(some) => some
            .iter()
            .map(|(index, operation)| (index.parse().unwrap(), operation))
            .collect(),
    }
}

fn outcome(operation: &Value, ours: Option<&Value>, index: usize, findings: &[Value]) -> &'static str {
    let has = |key: &str| operation.get(key).is_some();
    let Some(ours) = ours.filter(|ours| index < items(&ours["operations"]).len()) else {
        return if has("untrusted") { "untrusted" } else { "missing" };
    };
    let is_foretold = findings
        .iter()
        .any(|finding| items(&finding["harm"]).iter().any(|harm| harm == "fails"));
    let own = &ours["operations"][index];
    if has("untrusted") {
        "untrusted"
    } else if is_foretold && (has("raises") || has("error")) {
        "foretold"
    } else if text(&own["confidence"]) != "exact" {
        "unknown"
    } else if !has("raises") && is_sent(operation, ours, index) {
        "right"
    } else {
        "different"
    }
}

fn is_sent(operation: &Value, ours: &Value, index: usize) -> bool {
    let by_python = |sent: &Value| sent["operation"] == index && sent["origin"] == "runpython";
    let rows = if items(&ours["statements"]).iter().any(by_python) {
        Rows::LeftOut
    } else {
        Rows::Compared
    };
    let own = &ours["operations"][index];
    ["statements", "deferred"]
        .iter()
        .all(|part| is_same(text(&operation["class"]), rows, &operation[part], &own[part]))
}

/// Whether the finding is an error for blocking work that does not happen.
fn is_contradicted(operation: &Value, finding: &Value) -> bool {
    let is_blocking = |harm: &Value| harm == "blocks-writes" || harm == "blocks-reads";
    let says_so = finding["severity"] == "error" && items(&finding["harm"]).iter().any(is_blocking);
    says_so && operation.get("brief").is_some()
}

/// A line of the table.
fn line(file: &Path) -> String {
    let recording = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let counts = compare(&recording);
    let of = |outcome: &str| counts.get(outcome).copied().unwrap_or_default();
    let cells: Vec<String> = OUTCOMES.iter().map(|outcome| of(outcome).to_string()).collect();
    let operations: usize = counts.values().sum::<usize>() - of("false errors");
    let name = file.file_stem().unwrap().to_str().unwrap();
    format!("| {name} | {operations} | {} |\n", cells.join(" | "))
}

#[test]
fn what_the_backend_sends_and_refuses_is_written_and_foretold() {
    let mut table = format!(
        "# What is right under django-pg-zero-downtime-migrations\n\n\
         Written by `FORELOCK_BLESS=1 cargo test --test zero_downtime`, over what `conformance/record_backend.py` recorded; the words are\n\
         those of [conformance/ZERO_DOWNTIME.md](../conformance/ZERO_DOWNTIME.md), but that *unknown* is what forelock calls partial or opaque.\n\n\
         | version and settings | operations | {} |\n| --- |{}\n",
        OUTCOMES.join(" | "),
        " ---: |".repeat(OUTCOMES.len() + 1)
    );
    // Each is two runs over a hundred projects.
    let lines: Vec<String> = recordings().par_iter().map(|file| line(file)).collect();
    table += &lines.concat();
    let path = repository().join("tests/zero_downtime.md");
    if std::env::var_os("FORELOCK_BLESS").is_some() {
        fs::write(&path, &table).unwrap();
    }
    assert_eq!(table, fs::read_to_string(&path).unwrap());
}
