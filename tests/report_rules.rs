//! What `forelock explain` and `forelock rules` print.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

use forelock::finding::Harm;
use forelock::lock::LockMode;
use forelock::pages;
use forelock::report::{Style, TextOrJson, explain, rules_table};
use forelock::rules::RuleTable;
use forelock::rules::evidence::Evidence;

const PAGE: &str = "# Builds an index while writes wait

```toml
kind = \"statement\"
severity = \"error\"
message = \"builds the index `{index}` on `{table}`\"

[help]
default = \"build it concurrently\"

[[row]]
aspect = \"create-index\"
when = { building = \"blocking\" }
locks = { table = \"SHARE\" }
work = { table = \"index-build\" }
matrix = 29
```

## What happens
CREATE INDEX takes SHARE: reads go on, every insert, update and delete waits until the whole table has been
read and sorted.

## What to do instead
1. Make the migration not atomic.
2. Build the index concurrently; if it fails half way, an invalid index stays behind, which must be dropped before
   the next try:

```python
atomic = False

operations = [AddIndexConcurrently(..)]
```
";

fn table() -> RuleTable {
    RuleTable::read(&[("create-index-blocking-writes", PAGE)]).expect("the page is well-formed")
}

const EVIDENCE: &str = r#"{"servers": ["15.17", "18.3"], "rows": [
    {"rule": "create-index-blocking-writes", "row": 0, "on": [15], "statements": 4, "fixture": "rules/create-index-blocking-writes",
     "sql": "CREATE INDEX \"status_idx\" ON \"shop_order\" (\"status\")",
     "seen": ["shop_order: SHARE; read whole; insert, update, delete wait"]}
]}"#;

fn evidence() -> Evidence {
    serde_json::from_str(EVIDENCE).expect("evidence")
}

fn explained(name: &str) -> String {
    let table = table();
    let topic = explain::topic(name, &table).expect("a rule or a lock mode");
    let mut out = Vec::new();
    explain::write(topic, &evidence(), &Style::default(), &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("UTF-8")
}

fn rules(format: TextOrJson) -> String {
    let mut out = Vec::new();
    rules_table::write(&table(), &evidence(), format, &Style::default(), &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn a_page_is_shown_with_its_rows_as_a_table() {
    insta::assert_snapshot!(explained("create-index-blocking-writes"));
}

#[test]
fn a_lock_mode_is_explained_with_its_queue() {
    insta::assert_snapshot!(explained("access-exclusive"));
}

#[test]
fn everything_that_has_a_name_can_be_explained() {
    let table = RuleTable::embedded().expect("the pages of rules/ are well-formed");
    let rules = table.rules.iter().map(|rule| rule.name.as_str());
    let rows = (1..=32).map(|number| format!("row-{number}"));
    let names = rules
        .chain(LockMode::ALL.map(LockMode::name))
        .chain(Harm::ALL.map(Harm::name));
    let names = names.chain(pages::all().map(|page| page.name)).chain(["pages"]);
    for name in names.map(str::to_owned).chain(rows) {
        let topic = explain::topic(&name, &table).expect(&name);
        let mut out = Vec::new();
        explain::write(topic, &evidence(), &Style::default(), &mut out).expect("a vector takes everything");
        let page = String::from_utf8(out).expect("UTF-8");
        assert!(
            !page.contains("```") && !page.contains("[[row]]") && !page.contains("<!--"),
            "{page}"
        );
        assert!(!page.contains("\n\n\n"), "{page}");
    }
}

#[test]
fn what_pages_point_at_can_be_explained() {
    let table = RuleTable::embedded().expect("the pages of rules/ are well-formed");
    for page in pages::all().chain(Harm::ALL.iter().filter_map(|harm| pages::of_harm(harm.name()))) {
        let pointed = page.text.split('`').skip(1).step_by(2).filter_map(named);
        for name in pointed {
            let topic = explain::topic(name, &table);
            assert!(topic.is_ok(), "{} points at `{name}`: {topic:?}", page.name);
        }
    }
}

/// The name of a page or a rule in what stands between backticks: rules are lower case with hyphens.
fn named(code: &str) -> Option<&str> {
    let code = code
        .strip_prefix("forelock explain ")
        .map(|name| name.trim_matches('"'))
        .or_else(|| {
            let is_rule = code.contains('-') && code.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-');
            (is_rule && !code.starts_with('-')).then_some(code)
        });
    code.filter(|name| *name != "NAME")
}

#[test]
fn a_package_an_operation_a_harm_and_a_row_have_their_page() {
    assert!(
        explained("django-pg-zero-downtime-migrations").starts_with("django-pg-zero-downtime-migrations: a backend")
    );
    assert!(explained("AddIndex").contains("writes wait until the whole table has been read"));
    assert!(explained("FOR UPDATE").starts_with("Row locks"));
    insta::assert_snapshot!(explained("lock_timeout"));
    insta::assert_snapshot!(explained("blocks-writes"));
    insta::assert_snapshot!(explained("row 29"));
}

#[test]
fn an_unknown_name_suggests_the_one_that_was_meant() {
    let table = table();
    let unknown = explain::topic("create-index-blocking-write", &table).expect_err("no such rule");
    assert_eq!(
        unknown.to_string(),
        "there is nothing called `create-index-blocking-write` to explain, did you mean `create-index-blocking-writes`?; \
         `forelock rules` lists the rules, `forelock explain pages` what else there is"
    );
    let unknown = explain::topic("SHARE ROW EXCLUSIV", &table).expect_err("no such mode");
    assert_eq!(unknown.suggestion.as_deref(), Some("SHARE ROW EXCLUSIVE"));
}

#[test]
fn the_rules_are_a_table_for_people_and_a_list_for_programs() {
    insta::assert_snapshot!(rules(TextOrJson::Text));
    insta::assert_snapshot!(rules(TextOrJson::Json));
}
