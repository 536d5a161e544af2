//! Every fixture: what is found equals its marks, and what is claimed equals what Django sent. What Postgres did: tests/servers.
//!
//! `# expect: rule` stands behind the class name of an operation that `forelock check` speaks of (`# expect: rule warning` where
//! the severity is the point), `# row: rule, rule` behind
//! one whose statements match these rows; inside of SQL the mark is `-- expect: rule`. Where no comment can stand, `expect.txt` has lines of `path:line rule`.
//! `observed.json` is written by `conformance/observe_fixtures.py`: real Django, a real server, a thousand rows in every table.
#![allow(clippy::expect_used, clippy::panic, reason = "what fails in a test fails the test")]

mod schema;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use walkdir::WalkDir;

/// Operations that a function makes, or that a package writes anew before they run: Django runs one of another class.
const NAMED_OTHERWISE: [(&str, &str); 3] = [
    (
        "fixtures/rules/column-left-by-green-migrate/parcels/migrations/0002_remove_parcel_label.py operation 0",
        "RemoveField",
    ),
    (
        "fixtures/history/syzygy-stages/parcels/migrations/0003_drop_db_default_parcel_height.py operation 0",
        "PostAddField",
    ),
    (
        "fixtures/history/syzygy-stages/parcels/migrations/0004_set_db_default_parcel_weight.py operation 0",
        "PreRemoveField",
    ),
];

/// Operations whose DDL cannot be known to the letter: what their strings are compared with would be nothing.
const NOT_EXACT: &[(&str, &str)] = &[
    (
        "fixtures/history/classes-of-the-project/shop/migrations/0002_unfollowed.py operation 1",
        "a method of the field class that is not followed",
    ),
    (
        "fixtures/history/classes-of-the-project/shop/migrations/0002_unfollowed.py operation 2",
        "a table that the field class names",
    ),
    (
        "fixtures/history/classes-of-the-project/shop/migrations/0002_unfollowed.py operation 3",
        "a table that the field class names",
    ),
    (
        "fixtures/history/classes-of-the-project/shop/migrations/0002_unfollowed.py operation 4",
        "a column that the field class names",
    ),
    (
        "fixtures/history/classes-of-the-project/shop/migrations/0002_unfollowed.py operation 5",
        "a column that the field class names",
    ),
    (
        "fixtures/history/classes-of-the-project/shop/migrations/0002_unfollowed.py operation 6",
        "a length that the field class takes from itself",
    ),
    (
        "fixtures/history/classes-of-the-project/shop/migrations/0002_unfollowed.py operation 7",
        "a method of the index class that is not followed",
    ),
    (
        "fixtures/history/classes-of-the-project/shop/migrations/0002_unfollowed.py operation 8",
        "a method of the index class that is not followed",
    ),
    (
        "fixtures/history/classes-of-the-project/shop/migrations/0002_unfollowed.py operation 9",
        "a constraint class of the project",
    ),
    (
        "fixtures/history/classes-of-the-project/shop/migrations/0002_unfollowed.py operation 10",
        "a constraint whose clone has another name",
    ),
    (
        "fixtures/history/classes-of-the-project/shop/migrations/0003_operations.py operation 2",
        "the environment says how often",
    ),
    (
        "fixtures/history/classes-of-the-project/shop/migrations/0003_operations.py operation 3",
        "a method of the operation class that is not followed",
    ),
    (
        "fixtures/history/cut-over-by-code/ledger/migrations/0002_cut_over.py operation 0",
        "the code asks the database whether it is done already",
    ),
    (
        "fixtures/history/operation-classes/shop/migrations/0001_initial.py operation 3",
        "the environment names the table",
    ),
    (
        "fixtures/history/operation-classes/shop/migrations/0001_initial.py operation 4",
        "the environment names the table",
    ),
    (
        "fixtures/history/run-python/shop/migrations/0006_unfollowed.py operation 0",
        "code that is not followed",
    ),
    (
        "fixtures/history/run-python/shop/migrations/0006_unfollowed.py operation 1",
        "names that the database is asked for",
    ),
    (
        "fixtures/history/table-replaced-by-code/log/migrations/0002_replace.py operation 1",
        "statements that the database is asked for",
    ),
    (
        "fixtures/history/table-replaced-by-code/log/migrations/0003_alter_entry_project.py operation 0",
        "code that is not followed has made the table again",
    ),
    (
        "fixtures/rules/add-column-default-dropped/library/migrations/0004_book_acquired.py operation 0",
        "the clock at the time of the migration",
    ),
    (
        "fixtures/rules/repeated-value-in-unique-column/badges/migrations/0002_token.py operation 0",
        "a random value",
    ),
    (
        "fixtures/rules/repeated-value-in-unique-column/badges/migrations/0010_serial.py operation 0",
        "a random value",
    ),
    (
        "fixtures/rules/repeated-value-in-unique-column/badges/migrations/0012_serial_unique.py operation 0",
        "a random value",
    ),
    (
        "fixtures/rules/setting-left-behind/parcels/migrations/0003_set_back.py operation 4",
        "a setting's value that the database is asked for",
    ),
];

#[test]
fn what_is_found_in_every_fixture_equals_its_marks() {
    let mut failures = Vec::new();
    for fixture in fixtures().iter().filter(|fixture| !fixture.ends_with("no-migrations")) {
        let expected = expected_findings(fixture);
        let found = findings(fixture);
        for place in expected.keys().chain(found.keys()).collect::<BTreeSet<_>>() {
            let marks = expected.get(place).map_or(&[][..], Vec::as_slice);
            let found = found.get(place).map(|found| as_marked(found, marks));
            let (expected, found) = (listed(expected.get(place)), listed(found.as_ref()));
            if expected != found {
                failures.push(format!(
                    "{}/{place}: expected {expected}, found {found}",
                    shown(fixture)
                ));
            }
        }
    }
    assert_none("findings differ from their marks", &failures);
}

#[test]
fn the_rows_that_the_statements_of_an_operation_match_equal_its_marks() {
    let mut failures = Vec::new();
    for fixture in fixtures_with_observations() {
        for migration in sql(&fixture) {
            let path = text(&migration["path"]);
            let source = read(&fixture.join(path));
            if !source.contains("# row: ") {
                continue;
            }
            let lines = operation_lines(&source, &migration);
            for (index, operation) in list(&migration["operations"]).iter().enumerate() {
                let Some((number, line)) = lines.get(index) else {
                    failures.push(format!("{}/{path}: no line for operation {index}", shown(&fixture)));
                    continue;
                };
                let (expected, found) = (row_marks(line), matched_rules(&migration, index));
                if expected != found {
                    let class = text(&operation["class"]);
                    failures.push(format!(
                        "{}/{path}:{number}: {class}: expected rows {expected:?}, found {found:?}",
                        shown(&fixture)
                    ));
                }
            }
        }
    }
    assert_none("rows differ from their marks", &failures);
}

#[test]
fn every_rule_with_rows_has_a_fixture_that_shows_it() {
    let rules = rules_with_rows();
    let mut failures = Vec::new();
    for rule in &rules {
        let folder = root().join("fixtures/rules").join(rule);
        let is_shown = folder.is_dir() && python_files(&folder).iter().any(|file| mentions(&read(file), rule));
        if !is_shown {
            failures.push(format!("{}: no mark `{rule}`", shown(&folder)));
        }
    }
    let folders = folders_of("rules");
    let names = folders.iter().filter_map(|folder| folder.file_name()?.to_str());
    failures.extend(
        names
            .filter(|name| !root().join("rules").join(format!("{name}.md")).is_file())
            .map(|name| format!("fixtures/rules/{name}: no such rule")),
    );
    assert_none("rules without a fixture", &failures);
}

#[test]
fn the_statements_of_every_operation_are_those_that_django_sent() {
    let mut failures = Vec::new();
    for fixture in fixtures_with_observations() {
        for (observed, migration) in observed_migrations(&fixture, &mut failures) {
            for (index, sent) in list(&observed["operations"]).iter().enumerate() {
                let operation = &migration["operations"][index];
                let place = format!("{}/{} operation {index}", shown(&fixture), text(&migration["path"]));
                for kind in ["statements", "deferred"] {
                    let expected: Vec<&str> = list(&sent[kind])
                        .iter()
                        .map(|statement| text(&statement["sql"]))
                        .collect();
                    let found: Vec<&str> = list(&operation[kind]).iter().map(text).collect();
                    if operation["confidence"] == "exact" && expected != found {
                        failures.push(format!(
                            "{place}, {kind}:\n  Django   {expected:?}\n  forelock {found:?}"
                        ));
                    }
                }
                let as_written = NAMED_OTHERWISE.contains(&(place.as_str(), text(&operation["class"])));
                if sent["class"] != operation["class"] && !as_written {
                    failures.push(format!(
                        "{place}: expected {}, found {}",
                        sent["class"], operation["class"]
                    ));
                }
            }
        }
    }
    assert_none("statements differ from Django's", &failures);
}

#[test]
fn the_statements_of_every_operation_are_known_exactly_but_for_these() {
    let mut found = BTreeSet::new();
    for fixture in fixtures_with_observations() {
        for migration in sql(&fixture) {
            for (index, operation) in list(&migration["operations"]).iter().enumerate() {
                if operation["confidence"] != "exact" {
                    let path = text(&migration["path"]);
                    found.insert(format!("{}/{path} operation {index}", shown(&fixture)));
                }
            }
        }
    }
    let expected = NOT_EXACT.iter().map(|(place, _)| (*place).to_owned()).collect();
    assert_eq!(found, expected);
}

/// `collected.json` is written by `conformance/collect_fixtures.py`, with `sqlmigrate`.
#[test]
fn statements_that_no_server_here_can_run_are_those_that_django_collects() {
    for fixture in ["history/vectors", "history/partitioned-by-older-django"] {
        let fixture = root().join("fixtures").join(fixture);
        let collected = fs::read_to_string(fixture.join("collected.json")).expect("collected.json is there");
        let collected: Vec<Value> = serde_json::from_str(&collected).expect("collected.json is JSON");
        let wanted: Vec<(String, String)> = collected
            .iter()
            .map(|migration| (name(migration), text(&migration["sql"]).to_owned()))
            .collect();
        let said: Vec<(String, String)> = sql(&fixture)
            .iter()
            .map(|migration| (name(migration), written(migration)))
            .collect();
        assert_eq!(said, wanted, "{}", shown(&fixture));
    }
}

/// All statements of a migration as `sqlmigrate` prints them.
fn written(migration: &Value) -> String {
    let statements = list(&migration["statements"]).iter();
    let lines = statements.map(|statement| format!("{};", text(&statement["sql"]).trim_end_matches(';')));
    lines.collect::<Vec<_>>().join("\n")
}

/// `refused.json` is written by `conformance/refusals.py`: each app by itself, with Django's own `migrate`.
#[test]
fn what_django_refuses_is_found_and_nothing_else() {
    for fixture in ["rules/django-refuses", "history/safer-refused"] {
        let fixture = root().join("fixtures").join(fixture);
        assert_eq!(
            found_refusals(&fixture),
            recorded_refusals(&fixture),
            "{}",
            shown(&fixture)
        );
    }
}

/// App and migration of each.
type Refusals = BTreeSet<(String, String)>;

fn recorded_refusals(fixture: &Path) -> Refusals {
    let refused: BTreeMap<String, Value> =
        serde_json::from_str(&read(&fixture.join("refused.json"))).expect("refused.json is JSON");
    let recorded = refused.iter().map(|(app, refusal)| {
        // What only the next `migrate` stops at is told where it comes from.
        let migration = text(&refusal["migration"]).replace("again", "0002_change");
        // What is raised when the operation is made stops the migration before.
        let migration = migration.replace("0001_initial", "0002_change");
        (app.clone(), migration)
    });
    recorded.collect()
}

fn found_refusals(fixture: &Path) -> Refusals {
    let output = forelock(fixture, &["check", ".", "--output-format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("the report is JSON");
    let findings = list(&report["findings"]).iter();
    let refusals = findings.filter(|finding| finding["rule"] == "django-refuses");
    refusals
        .map(|finding| (text(&finding["app"]).to_owned(), text(&finding["migration"]).to_owned()))
        .collect()
}

#[test]
fn migrations_stand_in_the_order_in_which_django_ran_them() {
    let mut failures = Vec::new();
    for fixture in fixtures_with_observations() {
        // A squash beside its originals was observed apart from them.
        let said: Vec<Value> = sql(&fixture)
            .into_iter()
            .filter(|migration| list(&migration["replaces"]).is_empty())
            .collect();
        let found: Vec<String> = said.iter().map(name).collect();
        let ran: Vec<String> = list(&observed(&fixture)["migrations"]).iter().map(name).collect();
        let expected: Vec<String> = ran.into_iter().filter(|name| found.contains(name)).collect();
        if expected != found {
            failures.push(format!(
                "{}:\n  Django   {expected:?}\n  forelock {found:?}",
                shown(&fixture)
            ));
        }
    }
    assert_none("the order of migrations differs from Django's", &failures);
}

#[test]
fn a_project_without_any_migration_is_said_and_exits_with_two() {
    let output = forelock(&root().join("fixtures/input/no-migrations"), &["check", "."]);
    assert_eq!(
        output.status.code(),
        Some(2),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Each observed migration with what forelock says of it.
fn observed_migrations(fixture: &Path, failures: &mut Vec<String>) -> Vec<(Value, Value)> {
    let said = sql(fixture);
    let mut pairs = Vec::new();
    for migration in list(&observed(fixture)["migrations"]) {
        match said.iter().find(|other| name(other) == name(migration)) {
            Some(found) => pairs.push((migration.clone(), found.clone())),
            None => failures.push(format!("{}: forelock knows no {}", shown(fixture), name(migration))),
        }
    }
    pairs
}

fn observed(fixture: &Path) -> Value {
    serde_json::from_str(&read(&fixture.join("observed.json"))).expect("observed.json is JSON")
}

fn name(migration: &Value) -> String {
    format!("{}.{}", text(&migration["app"]), text(&migration["migration"]))
}

// Marks.

/// `path:line` to the rules that are expected there.
type Places = BTreeMap<String, Vec<String>>;

fn expected_findings(fixture: &Path) -> Places {
    let mut places = Places::new();
    for file in python_files(fixture) {
        let path = file
            .strip_prefix(fixture)
            .expect("found below the fixture")
            .display()
            .to_string();
        for (number, line) in (1..).zip(read(&file).lines()) {
            if let Some((_, mark)) = line.split_once("# expect: ").or_else(|| line.split_once("-- expect: ")) {
                places
                    .entry(format!("{path}:{number}"))
                    .or_default()
                    .push(rule_of(mark));
            }
        }
    }
    let elsewhere = fs::read_to_string(fixture.join("expect.txt")).unwrap_or_default();
    for (place, rule) in elsewhere.lines().filter_map(|line| line.split_once(' ')) {
        places.entry(place.to_owned()).or_default().push(rule.to_owned());
    }
    places
}

fn findings(fixture: &Path) -> Places {
    let output = forelock(fixture, &["check", "--output-format", "json", "."]);
    let document = json(fixture, &output);
    let mut places = Places::new();
    for finding in list(&document["findings"]) {
        let place = format!("{}:{}", text(&finding["path"]), finding["range"]["start"]["line"]);
        let found = format!("{} {}", text(&finding["rule"]), text(&finding["severity"]));
        places.entry(place).or_default().push(found);
    }
    for rules in places.values_mut() {
        rules.sort();
    }
    places
}

/// The rule of a mark, and the severity where it names one.
fn rule_of(mark: &str) -> String {
    let mut words = mark.split_whitespace();
    let rule = words.next().unwrap_or_default();
    match words.next() {
        Some(severity @ ("error" | "warning" | "info")) => format!("{rule} {severity}"),
        Some(_) | None => rule.to_owned(),
    }
}

/// What was found, without the severities that no mark asks for.
fn as_marked(found: &[String], marks: &[String]) -> Vec<String> {
    let one = |found: &String| {
        if marks.contains(found) {
            found.clone()
        } else {
            first_word(found)
        }
    };
    found.iter().map(one).collect()
}

fn row_marks(line: &str) -> Vec<String> {
    let mark = line.split_once("# row: ").map_or("", |(_, mark)| mark);
    mark.split(',')
        .map(first_word)
        .filter(|rule| !rule.is_empty())
        .collect()
}

/// The rules of an operation's statements, in order, each once.
fn matched_rules(migration: &Value, operation: usize) -> Vec<String> {
    let mut rules: Vec<String> = Vec::new();
    let own = list(&migration["statements"])
        .iter()
        .filter(|statement| statement["operation"] == operation);
    for rule in own.flat_map(|statement| list(&statement["rules"])).map(text) {
        if !rules.iter().any(|known| known == rule) {
            rules.push(rule.to_owned());
        }
    }
    rules
}

/// The lines on which the class names of the top-level operations stand; fixtures are formatted as Django formats them.
fn operation_lines(source: &str, migration: &Value) -> Vec<(usize, String)> {
    let mut lines = source
        .lines()
        .enumerate()
        .skip_while(|(_, line)| !line.starts_with("    operations = ["));
    let mut found = Vec::new();
    for operation in list(&migration["operations"]) {
        let call = format!("{}(", text(&operation["class"]));
        let is_call = |line: &str| {
            let code = line.strip_prefix("        ").filter(|code| !code.starts_with(' '));
            code.is_some_and(|code| code.starts_with(&call) || code.contains(&format!(".{call}")))
        };
        if let Some((number, line)) = lines.find(|(_, line)| is_call(line)) {
            found.push((number + 1, line.to_owned()));
        }
    }
    found
}

fn mentions(source: &str, rule: &str) -> bool {
    source.lines().any(|line| {
        let expected = line
            .split_once("# expect: ")
            .is_some_and(|(_, mark)| first_word(mark) == rule);
        expected || row_marks(line).iter().any(|row| row == rule)
    })
}

fn first_word(text: &str) -> String {
    text.split_whitespace().next().unwrap_or_default().to_owned()
}

// Files.

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn fixtures() -> Vec<PathBuf> {
    ["rules", "advised", "silent", "history", "input", "projects"]
        .into_iter()
        .flat_map(folders_of)
        .collect()
}

fn fixtures_with_observations() -> Vec<PathBuf> {
    fixtures()
        .into_iter()
        .filter(|fixture| fixture.join("observed.json").is_file())
        .collect()
}

fn folders_of(kind: &str) -> Vec<PathBuf> {
    let folder = root().join("fixtures").join(kind);
    let entries = WalkDir::new(&folder).min_depth(1).max_depth(1).sort_by_file_name();
    let entries = entries.into_iter().map(|entry| entry.expect("fixtures/ can be read"));
    let folders: Vec<PathBuf> = entries
        .filter(|entry| entry.file_type().is_dir())
        .map(walkdir::DirEntry::into_path)
        .collect();
    assert!(!folders.is_empty(), "{} is empty", folder.display());
    folders
}

fn python_files(folder: &Path) -> Vec<PathBuf> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter();
    let files = entries.map(|entry| entry.expect("fixtures/ can be read").into_path());
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .collect()
}

/// Some fixtures are not UTF-8 on purpose.
fn read(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    String::from_utf8_lossy(&bytes).into_owned()
}

fn rules_with_rows() -> BTreeSet<String> {
    let entries = WalkDir::new(root().join("rules")).min_depth(1).into_iter();
    let pages = entries.map(|entry| entry.expect("rules/ can be read").into_path());
    let pages = pages.filter(|page| page.extension().is_some_and(|extension| extension == "md"));
    let with_rows = pages.filter(|page| read(page).contains("[[row]]"));
    with_rows
        .filter_map(|page| Some(page.file_stem()?.to_str()?.to_owned()))
        .collect()
}

// The program.

fn sql(fixture: &Path) -> Vec<Value> {
    let output = forelock(fixture, &["sql", "--project", ".", "--output-format", "json"]);
    json(fixture, &output).as_array().cloned().unwrap_or_default()
}

fn forelock(folder: &Path, arguments: &[&str]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forelock"));
    command
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("forelock runs")
}

fn json(fixture: &Path, output: &std::process::Output) -> Value {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.stdout.is_empty(), "{}: {errors}", shown(fixture));
    schema::document(&output.stdout)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn listed(rules: Option<&Vec<String>>) -> String {
    rules.map_or_else(|| "nothing".to_owned(), |rules| rules.join(", "))
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

fn assert_none(what: &str, failures: &[String]) {
    assert!(
        failures.is_empty(),
        "{}: {what}\n{}",
        failures.len(),
        failures.join("\n")
    );
}
