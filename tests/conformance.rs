//! `forelock sql` against what a real Django was recorded to send: `conformance/recorded`, made by `conformance/export.py`.
//!
//! Every operation that forelock calls exact must be exact. `conformance/compare.py` does the same with Django at hand.
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

mod scratch;
mod sent;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use scratch::{Run, Scratch};
use sent::{Rows, copy, is_same, items, python, text};
use serde_json::Value;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What Django was seen to do.
struct Recording {
    head: Value,
    migrations: Vec<Value>,
}

impl Recording {
    fn of(django: &str, package: &str) -> Self {
        let path = repository().join(format!("conformance/recorded/{django}/{package}.jsonl"));
        let text = fs::read_to_string(path).unwrap();
        let mut lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let head: Value = lines.next().unwrap();
        let migrations: Vec<Value> = lines.collect();
        match head["beside"].as_str() {
            None => Self { head, migrations },
            Some(other) => Self::of(other, package).with(migrations),
        }
    }

    /// A recording of which another version of Django sends some migrations otherwise.
    fn with(mut self, migrations: Vec<Value>) -> Self {
        assert!(!migrations.is_empty());
        for migration in migrations {
            let is_it = |other: &&mut Value| ["app", "migration"].iter().all(|key| other[key] == migration[key]);
            match self.migrations.iter_mut().find(is_it) {
                Some(other) => *other = migration,
                None => self.migrations.push(migration),
            }
        }
        self
    }

    /// A project that has the package and the settings of the recording.
    fn project(&self, sources: &Path) -> Scratch {
        let scratch = Scratch::new().file(
            "manage.py",
            "import os\n\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"recorded_settings\")\n",
        );
        let settings = self.head["settings"].as_object().unwrap().iter();
        let settings = settings.map(|(name, value)| format!("{name} = {}\n", python(value)));
        let scratch = scratch.file("recorded_settings.py", settings.collect::<String>());
        copy(sources, &scratch.path("."));
        scratch
    }

    fn is_installed(&self, app: &str) -> bool {
        self.head["apps"].as_array().unwrap().iter().any(|label| label == app)
    }
}

/// What became of the operations.
#[derive(Default)]
struct Outcome {
    identical: usize,
    flagged: usize,
    wrong: Vec<String>,
    /// Flagged operations whose statements show no `<unknown: ..>`: migration, and heading in the text.
    silent: Vec<(String, String)>,
}

impl Outcome {
    fn of(recording: &Recording, printed: &Value) -> Self {
        let mut outcome = Outcome::default();
        let mut ours: BTreeMap<(&str, &str), &Value> = BTreeMap::new();
        for migration in printed.as_array().unwrap() {
            ours.insert((text(&migration["app"]), text(&migration["migration"])), migration);
        }
        for migration in &recording.migrations {
            let key = (text(&migration["app"]), text(&migration["migration"]));
            match ours.remove(&key) {
                Some(mine) => outcome.migration(key, items(&migration["operations"]), mine),
                None => outcome.wrong.push(format!("{}.{}: only in Django", key.0, key.1)),
            }
        }
        let left = ours.keys().filter(|(app, _)| recording.is_installed(app));
        let left = left.map(|(app, name)| format!("{app}.{name}: only in forelock"));
        outcome.wrong.extend(left);
        outcome
    }

    fn migration(&mut self, key: (&str, &str), expected: &[Value], mine: &Value) {
        let ours = items(&mine["operations"]);
        let sent_by_python = |index: usize| {
            let mut sent = items(&mine["statements"]).iter();
            sent.any(|sent| sent["operation"] == index && sent["origin"] == "runpython")
        };
        if expected.len() != ours.len() {
            let counts = format!("{} operations, not {}", ours.len(), expected.len());
            self.wrong.push(format!("{}.{}: {counts}", key.0, key.1));
            return;
        }
        for (index, (expected, ours)) in expected.iter().zip(ours).enumerate() {
            if !expected["untrusted"].is_null() {
                continue;
            }
            let rows = if sent_by_python(index) {
                Rows::LeftOut
            } else {
                Rows::Compared
            };
            let is_same = ["statements", "deferred"]
                .iter()
                .all(|part| is_same(text(&expected["class"]), rows, &expected[part], &ours[part]));
            match (text(&ours["confidence"]), is_same) {
                ("exact", true) => self.identical += 1,
                ("exact", false) => self.wrong.push(format!(
                    "{}.{} [{index}] {}\n  django {:?} {:?}\n  ours   {:?} {:?}",
                    key.0,
                    key.1,
                    text(&expected["class"]),
                    items(&expected["statements"]),
                    items(&expected["deferred"]),
                    items(&ours["statements"]),
                    items(&ours["deferred"]),
                )),
                (_, _) => {
                    self.flagged += 1;
                    if !has_reason(ours) {
                        self.silent.push((
                            format!("{}.{}", key.0, key.1),
                            format!("-- {index} {}", text(&ours["class"])),
                        ));
                    }
                }
            }
        }
    }
}

/// Whether a statement shows what is not known.
fn has_reason(operation: &Value) -> bool {
    ["statements", "deferred"]
        .iter()
        .flat_map(|part| items(&operation[part]))
        .any(|sql| text(sql).contains("<unknown: "))
}

/// Whether the text says below this heading what is not known.
fn says_why(printed: &str, (migration, heading): &(String, String)) -> bool {
    let mut lines = printed.lines();
    lines.any(|line| line.starts_with(&format!("-- {migration}  ")));
    lines.any(|line| line == heading);
    lines
        .next()
        .is_some_and(|line| line.starts_with("-- partly known: ") || line.starts_with("-- not analysed: "))
}

/// Nothing is wrong, and so many of a thousand operations are identical.
#[track_caller]
fn agrees(django: &str, package: &str, sources: &Path, environment: Option<&Path>, at_least: usize) {
    let recording = Recording::of(django, package);
    let project = recording.project(sources);
    let print = |format: &str| {
        let mut command = project.forelock();
        command.args(["sql", "--output-format", format, "--django-version", django]);
        command.args(["--postgres-version", text(&recording.head["postgres"])]);
        if let Some(environment) = environment {
            command.arg("--python").arg(environment);
        }
        let run = Run::of(&mut command);
        assert_eq!(run.code, 0, "{}", run.notes);
        run
    };
    let outcome = Outcome::of(&recording, &print("json").json());
    if !outcome.silent.is_empty() {
        let printed = print("text").out;
        let silent: Vec<_> = outcome
            .silent
            .iter()
            .filter(|place| !says_why(&printed, place))
            .collect();
        assert!(silent.is_empty(), "flagged without a reason: {silent:?}");
    }
    let some: Vec<&str> = outcome.wrong.iter().take(20).map(String::as_str).collect();
    assert!(some.is_empty(), "{} wrong:\n{}", outcome.wrong.len(), some.join("\n"));
    let share = outcome.identical * 1000 / (outcome.identical + outcome.flagged);
    let counts = format!("{} identical, {} flagged", outcome.identical, outcome.flagged);
    assert!(share >= at_least, "{counts}");
}

/// Our own package; what of it a version of Django cannot load stays away.
fn synthetic(part: &str) -> Scratch {
    let folder = Scratch::new()
        .file("synthetic/__init__.py", "")
        .folder(&format!("synthetic/{part}"));
    let target = folder.path(&format!("synthetic/{part}"));
    copy(&repository().join("conformance/synthetic").join(part), &target);
    folder
}

#[test]
fn what_packages_rarely_do_is_sent_as_by_django_5_2() {
    agrees("5.2", "synthetic", &synthetic("common").path("."), None, 970);
}

#[test]
fn what_packages_rarely_do_is_sent_as_by_django_4_2() {
    agrees("4.2", "synthetic", &synthetic("common").path("."), None, 970);
}

#[test]
fn what_packages_rarely_do_is_sent_as_by_the_versions_between_and_after() {
    for django in ["5.0", "5.1", "6.0", "6.1"] {
        agrees(django, "synthetic", &synthetic("common").path("."), None, 970);
    }
}

#[test]
fn operations_of_packages_are_sent_as_by_the_packages() {
    agrees(
        "5.2",
        "synthetic-packages",
        &synthetic("with_packages").path("."),
        None,
        970,
    );
}

#[test]
fn what_django_5_brought_is_sent_as_by_django_5_2() {
    agrees("5.2", "synthetic-5.2", &synthetic("since_5_2").path("."), None, 970);
}

#[test]
#[ignore = "reads what scripts/fetch-packages unpacks"]
fn the_migrations_of_packages_are_sent_as_by_django_5_2() {
    let folder = repository().join("target/packages");
    let environment = folder.join(".environment");
    for package in ["wagtail", "weblate", "pulpcore"] {
        agrees("5.2", package, &folder.join(package), Some(&environment), 970);
    }
}
