//! What a plan says of its steps while they run is what forelock finds when it judges the plan's own migrations.
#![allow(clippy::expect_used, clippy::panic, reason = "what fails in a test fails the test")]

mod planned;
mod scratch;

use std::fs;
use std::path::Path;

use planned::{copy_for, planned, put_in_place, steps, text};
use scratch::Run;
use serde_json::Value;

/// Fixtures whose steps are judged as something else, and why.
const OTHERWISE: &[(&str, &str)] = &[
    (
        "rules/django-refuses",
        "a model that others still point to: dropping it locks them as well",
    ),
    (
        "history/python-constants",
        "the constraint is there already, in another spelling",
    ),
];

#[test]
fn a_step_names_the_statements_that_it_sends_and_the_locks_that_they_take() {
    let mut failures = Vec::new();
    for (fixture, finding) in planned() {
        for (step, migration) in of_migrations(&fixture, &finding) {
            let (told, found) = (told(&step), found(&migration));
            let is_other = OTHERWISE.iter().any(|(of, _)| *of == fixture);
            if told != found && !is_other {
                failures.push(format!(
                    "{fixture} {} {}, {}:\n  told  {told:?}\n  found {found:?}",
                    text(&finding["migration"]),
                    finding["operation"]["class"],
                    text(&step["does"])
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_step_that_touches_the_database_says_what_to_look_at() {
    let mut seen = 0;
    for (fixture, finding) in planned() {
        for step in steps(&finding).iter().filter(|step| !step["watch"].is_null()) {
            seen += 1;
            for part in ["work", "look_at", "stalls", "stop", "left", "replicas"] {
                assert!(!text(&step["watch"][part]).is_empty(), "{fixture}: {part} of {step}");
            }
            let is_way_back = step["watch"]["back"].is_array();
            let drops = text(&step["code"]).contains("DROP TABLE");
            assert!(is_way_back || drops || step["release"] == 2, "{fixture}: {step}");
        }
    }
    assert!(seen > 100, "only {seen} steps");
}

/// The statements without what waits for locks, and the locks: each relation with its strongest mode.
type Sent = (Vec<String>, Vec<(String, String)>);

fn told(step: &Value) -> Sent {
    let watch = &step["watch"];
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let statements = list(&watch["statements"]);
    let locks = list(&watch["locks"]);
    let mut locks: Vec<_> = locks
        .iter()
        .map(|lock| (text(&lock["relation"]).to_owned(), text(&lock["mode"]).to_owned()))
        .collect();
    locks.sort();
    (statements.iter().map(|sql| text(sql).to_owned()).collect(), locks)
}

fn found(migration: &Value) -> Sent {
    let mut sent = Vec::new();
    let mut locks: Vec<(String, String)> = Vec::new();
    for statement in migration["statements"].as_array().expect("statements") {
        // What Python sends through the ORM is told as what it does.
        if text(&statement["origin"]) == "runpython" || text(&statement["sql"]).starts_with("SET LOCAL") {
            continue;
        }
        sent.push(text(&statement["sql"]).to_owned());
        for lock in statement["locks"].as_array().expect("locks") {
            let (relation, mode) = (text(&lock["relation"]).to_owned(), text(&lock["mode"]).to_owned());
            let is_table = matches!(text(&lock["kind"]), "table" | "partitioned");
            if !is_table || mode.is_empty() {
                continue;
            }
            match locks.iter_mut().find(|(known, _)| *known == relation) {
                Some(known) if strength(&mode) > strength(&known.1) => known.1 = mode,
                Some(_) => {}
                None => locks.push((relation, mode)),
            }
        }
    }
    locks.sort();
    (sent, locks)
}

fn strength(mode: &str) -> usize {
    let modes = [
        "ACCESS SHARE",
        "ROW SHARE",
        "ROW EXCLUSIVE",
        "SHARE UPDATE EXCLUSIVE",
        "SHARE",
        "SHARE ROW EXCLUSIVE",
        "EXCLUSIVE",
        "ACCESS EXCLUSIVE",
    ];
    let place = modes.iter().position(|known| *known == mode);
    place.unwrap_or_else(|| panic!("no lock mode: {mode}"))
}

/// The steps that are migrations and send statements, each with what `forelock sql` says of it in its place.
fn of_migrations(fixture: &str, finding: &Value) -> Vec<(Value, Value)> {
    let scratch = copy_for(fixture, finding);
    let migrations = put_in_place(&scratch, finding);
    for (_, path, text) in &migrations {
        fs::write(scratch.path(path), text).expect("written");
    }
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_forelock"));
    command
        .current_dir(scratch.path(""))
        .args(["sql", "--output-format", "json"]);
    let document = Run::of(&mut command).json();
    let all = document.as_array().cloned().expect("migrations");
    let planned = steps(finding).into_iter().filter(|step| step["kind"] == "migration");
    let judged = planned.zip(migrations).map(|(step, (_, path, _))| {
        let name = Path::new(&path)
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let migration = all.iter().find(|migration| text(&migration["migration"]) == name);
        (
            step,
            migration.unwrap_or_else(|| panic!("{fixture}: no {name}")).clone(),
        )
    });
    judged
        .filter(|(step, _)| {
            !step["watch"]["statements"].as_array().is_none_or(Vec::is_empty) || step["watch"].is_null()
        })
        .collect()
}
