//! Advice that works: every rule that advises something has it as migrations in `fixtures/advised`, with the same history
//! before them as in the rule's own fixture; the code of the advice stands in them, and nothing is found there any more.
#![allow(clippy::expect_used, clippy::panic, reason = "what fails in a test fails the test")]

mod schema;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use walkdir::WalkDir;

/// Rules whose advice is no other migration, and why.
const NO_OTHER_MIGRATION: &[(&str, &str)] = &[
    (
        "add-column-with-foreign-key",
        "a brief lock on both tables is the least that a foreign key costs",
    ),
    (
        "add-exclusion-building-index",
        "there is no concurrent way; a new table, or a maintenance window",
    ),
    ("alter-type-free", "an ANALYZE afterwards"),
    ("alter-type-unknown", "a try on a copy"),
    (
        "cascade-drops-column",
        "the column goes by name, as `drop-column-in-use` says",
    ),
    (
        "cascade-drops-trigger",
        "the trigger goes by name first; what it has to be afterwards only the project knows",
    ),
    (
        "change-row-security",
        "which rows are to be seen only the project knows",
    ),
    ("argument-left-to-state", "it depends on the argument"),
    (
        "column-left-by-green-migrate",
        "what `drop-column-in-use` advises, in files that the package leaves alone",
    ),
    (
        "deploy-phase-refused",
        "the same operations in another phase; tests/phases.rs has them",
    ),
    ("django-refuses", "it depends on what Django refuses"),
    (
        "foreign-key-missing-meanwhile",
        "a quiet hour: the key is away, whatever makes it again",
    ),
    ("unique-constraint-not-deferrable", "a newer release of the package"),
    ("create-table-with-foreign-key", "a lock_timeout, on hot tables alone"),
    ("drop-check", "a lock_timeout, on hot tables alone"),
    (
        "drop-column-unused",
        "the last step of what `drop-column-in-use` advises",
    ),
    (
        "drop-default-of-not-null-column",
        "the release must name the column first",
    ),
    (
        "drop-foreign-key",
        "a lock_timeout: the lock on both tables cannot be avoided",
    ),
    (
        "drop-index-of-constraint",
        "one operation more, which only the project can write",
    ),
    ("drop-identity", "the release must give the key itself first"),
    (
        "drop-locks-other-table",
        "a lock_timeout: the lock on both tables cannot be avoided",
    ),
    ("drop-table-unused", "the last step of what `drop-table-in-use` advises"),
    ("drop-unique", "the release must do without the key first"),
    ("drop-view", "the release must do without the view first"),
    (
        "enforce-constraint-scanning-tables",
        "of PostgreSQL 18; the fixtures are observed on 15",
    ),
    ("first-half-not-deployed", "to wait until the first half is deployed"),
    ("landed-migration-changed", "the file as it was"),
    (
        "lock-hot-table",
        "a lock_timeout: the lock on the table cannot be avoided",
    ),
    ("lock-table", "the statement is left out"),
    ("move-index-to-tablespace", "the fixtures' server has one tablespace"),
    ("name-missing", "the right name is what only the project knows"),
    ("name-taken", "the operation is left out, or has another name"),
    ("not-in-this-version", "another version, or another statement"),
    (
        "originals-deleted-with-squash",
        "the files as they were; tests/deployed.rs has the squash beside them",
    ),
    (
        "refused-by-definition",
        "the statement that was meant is what only the project knows",
    ),
    ("refused-by-dependents", "it depends on what depends"),
    ("rename-behind-view", "it is what `rename-table` advises"),
    (
        "repeated-value-in-unique-column",
        "three migrations, of which only the project knows the second: a value for each row",
    ),
    ("rewrite-table", "a maintenance window"),
    ("set-tablespace", "the fixtures' server has one tablespace"),
    (
        "squash-half-applied",
        "the originals as they were; tests/deployed.rs has the squash beside them",
    ),
    ("squash-not-judged", "a base to compare with"),
    ("take-from-running-code", "the release must do without it first"),
    ("truncate-table", "the rows are gone, however they go"),
];

#[test]
fn every_rule_with_advice_has_the_advised_migrations() {
    let excused: BTreeSet<&str> = NO_OTHER_MIGRATION.iter().map(|(rule, _)| *rule).collect();
    let mut failures = Vec::new();
    for rule in advising_rules() {
        let is_there = advised(&rule).is_dir();
        match (is_there, excused.contains(rule.as_str())) {
            (false, false) => failures.push(format!("{rule}: no fixtures/advised/{rule}")),
            (true, true) => failures.push(format!("{rule}: NO_OTHER_MIGRATION still excuses it")),
            (true, false) | (false, true) => {}
        }
    }
    let known = advising_rules();
    let unknown = excused.iter().filter(|rule| !known.contains(**rule));
    failures.extend(unknown.map(|rule| format!("NO_OTHER_MIGRATION: no rule {rule} advises anything")));
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_history_before_the_advised_migrations_is_that_of_the_rules_fixture() {
    let mut failures = Vec::new();
    for rule in advised_rules() {
        let first = |folder: &Path| files(folder).into_iter().find(|path| path.ends_with("0001_initial.py"));
        let pair = first(&advised(&rule)).zip(first(&root().join("fixtures/rules").join(&rule)));
        let is_same = pair.is_some_and(|(advised, own)| read(&advised) == read(&own));
        if !is_same {
            failures.push(rule);
        }
    }
    assert!(failures.is_empty(), "another 0001_initial: {}", failures.join(", "));
}

#[test]
fn nothing_worse_than_an_info_is_found_in_advised_migrations_and_never_the_rule_itself() {
    let mut failures = Vec::new();
    for rule in advised_rules() {
        for finding in findings(&advised(&rule)) {
            let (found, severity) = (text(&finding["rule"]), text(&finding["severity"]));
            // Code that is not at hand stays unread, in whichever migration it runs.
            let is_unread = rule == "run-python-unread-under-lock" && found == "not-analysed";
            if found == rule || (severity != "info" && !is_unread) {
                failures.push(format!("{rule}: {severity}[{found}] {}", text(&finding["message"])));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_code_of_every_advice_stands_in_the_advised_migrations() {
    let mut failures = Vec::new();
    for rule in advised_rules() {
        let written: String = files(&advised(&rule)).iter().map(|file| plain(&read(file))).collect();
        let fixture = root().join("fixtures/rules").join(&rule);
        // Each kind of operation may be advised otherwise; one finding of each is followed to the letter.
        let mut missing: BTreeMap<String, Option<String>> = BTreeMap::new();
        for finding in findings(&fixture)
            .iter()
            // A plan is proved by itself: tests/plans.rs.
            .filter(|finding| text(&finding["rule"]) == rule && finding["plan"].is_null())
        {
            let class = text(&finding["operation"]["class"]).to_owned();
            let lines = code(text(&finding["help"]));
            let left = lines.into_iter().find(|line| !written.contains(&plain(line)));
            let known = missing.entry(class).or_insert_with(|| left.clone());
            if left.is_none() {
                *known = None;
            }
        }
        let missing = missing
            .into_iter()
            .filter(|(class, _)| !has_no_other_code(&rule, class));
        failures.extend(missing.filter_map(|(class, line)| Some(format!("{rule}, {class}: {}", line?))));
    }
    assert!(
        failures.is_empty(),
        "advised, but not in its fixture:\n{}",
        failures.join("\n")
    );
}

/// Kinds of operations whose advice is that of another kind, with other names.
fn has_no_other_code(rule: &str, class: &str) -> bool {
    const SAME: &[(&str, &str)] = &[
        ("add-unique-building-index", "AlterUniqueTogether"),
        ("add-unique-building-index", "AlterField"),
        ("rename-table", "RenameField"),
        ("drop-table-in-use", "RemoveField"),
        ("foreign-key-left", "DeleteModel"),
        ("foreign-key-dropped-late", "DeleteModel"),
        ("required-column-dropped-late", "RunSQL"),
    ];
    SAME.contains(&(rule, class))
}

/// The lines of Django code in an advice, without those that leave something open, and without the marks of our fixture.
fn code(help: &str) -> Vec<String> {
    let lines = help.lines().filter_map(|line| line.strip_prefix("    "));
    let lines = lines.map(|line| line.split("  # expect:").next().unwrap_or(line));
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with('#') && !line.contains("...");
    lines.filter(is_code).map(str::to_owned).collect()
}

/// Python without white space, the comma behind a last item, and the choice of quotes.
fn plain(code: &str) -> String {
    let code = code.trim_end().trim_end_matches(',');
    let dense: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    let mut plain = dense.replace('\'', "\"");
    for (with, without) in [(",)", ")"), (",]", "]")] {
        plain = plain.replace(with, without);
    }
    plain
}

/// Rules that say something about a migration which could be written otherwise.
fn advising_rules() -> BTreeSet<String> {
    let output = forelock(&root(), &["rules", "--output-format", "json"]);
    let rules: Value = serde_json::from_slice(&output).expect("JSON");
    let mut found = BTreeSet::new();
    for rule in rules["rules"].as_array().expect("a list") {
        let name = text(&rule["name"]);
        let page = read(&root().join("rules").join(name).with_extension("md"));
        let is_about_input = page.contains("\nkind = \"input\"\n");
        let speaks = rule["severity"] != "silent" || page.contains("\nmessage = ");
        if speaks && !is_about_input {
            found.insert(name.to_owned());
        }
    }
    found
}

fn advised_rules() -> Vec<String> {
    let entries = fs::read_dir(root().join("fixtures/advised")).expect("fixtures/advised can be read");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

fn advised(rule: &str) -> PathBuf {
    root().join("fixtures/advised").join(rule)
}

fn findings(folder: &Path) -> Vec<Value> {
    let output = forelock(folder, &["check", "--output-format", "json", "."]);
    let document = schema::document(&output);
    document["findings"].as_array().cloned().unwrap_or_default()
}

fn forelock(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forelock"));
    let output = command.current_dir(folder).args(arguments).output();
    output.expect("forelock runs").stdout
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter();
    let paths = entries.map(|entry| entry.expect("fixtures/ can be read").into_path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
