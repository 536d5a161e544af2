//! What the code of the new release can do after a migration, as real Django showed it (`conformance/new_code.py`), against
//! what is said of it.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Rules that say of a migration that inserts or deletes of the new release fail from it on.
const RULES: [&str; 3] = ["foreign-key-left", "missing-in-database", "required-column-left"];

/// What a database says of an insert or a delete that fails: a model that has another name now fails with the same words.
type Failure = String;

/// What fails after each migration, in the order in which they ran.
fn seen(fixture: &Path) -> Vec<(String, BTreeSet<Failure>)> {
    let text = std::fs::read_to_string(fixture.join("new_code.json")).expect("it was recorded");
    let recorded: Value = serde_json::from_str(&text).expect("it is JSON");
    let migrations = recorded["migrations"].as_array().expect("it lists migrations");
    let failing = |models: &Value| -> BTreeSet<Failure> {
        let models = models.as_object().expect("it lists models").iter();
        let errors = models.flat_map(|(_, acts)| acts.as_object().expect("it lists acts").values());
        errors.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let key = |name: &Value| name.as_str().expect("it is a name").to_owned();
    let migrations = migrations.iter();
    migrations
        .map(|migration| {
            let name = format!("{}.{}", key(&migration["app"]), key(&migration["migration"]));
            (name, failing(&migration["models"]))
        })
        .collect()
}

/// The rules of the findings by migration.
fn told(fixture: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO_BIN_EXE_forelock"))
        .args(["check", "--output-format", "json"])
        .arg(fixture)
        .output()
        .expect("it runs");
    let report: Value = serde_json::from_slice(&output.stdout).expect("it prints JSON");
    let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for finding in report["findings"].as_array().expect("it lists findings") {
        let rule = finding["rule"].as_str().expect("it names its rule");
        let (app, name) = (finding["app"].as_str(), finding["migration"].as_str());
        if let (Some(app), Some(name), true) = (app, name, RULES.contains(&rule)) {
            told.entry(format!("{app}.{name}")).or_default().insert(rule.to_owned());
        }
    }
    told
}

fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let kinds = ["rules", "advised", "history"];
    let folders = kinds
        .iter()
        .flat_map(|kind| std::fs::read_dir(root.join(kind)).expect("it is there"));
    let folders = folders.map(|folder| folder.expect("it is there").path());
    let mut asked: Vec<PathBuf> = folders.filter(|folder| folder.join("new_code.json").exists()).collect();
    asked.sort();
    asked
}

#[test]
fn what_the_new_release_cannot_do_is_told_at_the_migration_from_which_on_it_cannot() {
    let mut differences = Vec::new();
    let mut failing_first = 0;
    for fixture in fixtures() {
        let told = told(&fixture);
        let mut before = BTreeSet::new();
        for (migration, failing) in seen(&fixture) {
            let first: Vec<&Failure> = failing.difference(&before).collect();
            failing_first += first.len();
            match (first.as_slice(), told.get(&migration)) {
                ([], None) | ([_, ..], Some(_)) => {}
                ([], Some(rules)) if failing.is_empty() => {
                    differences.push(format!("{migration}: {rules:?} is told, and nothing fails"));
                }
                // What fails has failed before, for another reason.
                ([], Some(_)) => {}
                ([_, ..], None) => differences.push(format!("{migration}: {first:?} and nothing is told")),
            }
            before = failing;
        }
    }
    assert_eq!(differences, Vec::<String>::new());
    assert!(failing_first > 10, "{failing_first} ways to fail");
}

#[test]
fn what_is_advised_keeps_inserts_and_deletes_of_the_new_release_going() {
    let advised = fixtures()
        .into_iter()
        .filter(|fixture| fixture.parent().is_some_and(|kind| kind.ends_with("advised")));
    let mut count = 0;
    for fixture in advised {
        for (migration, failing) in seen(&fixture) {
            assert_eq!(failing, BTreeSet::new(), "{migration} of {}", fixture.display());
        }
        count += 1;
    }
    assert!(count >= 5, "{count} fixtures");
}
