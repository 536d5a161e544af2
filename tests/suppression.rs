//! Comments that excuse a finding, and what becomes of those that excuse nothing.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

mod scratch;

use scratch::Scratch;
use serde_json::Value;

/// What stands before the operations in each migration.
const HEAD: &str = "\
from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = [(\"shop\", \"0001_initial\")]
    operations = [
";

/// A project whose second migration does these operations, a line each; every `AddIndex()` builds an index.
fn project(operations: &str) -> Scratch {
    let scratch = Scratch::new().file("manage.py", "").app("shop");
    scratch.file("shop/migrations/0002_x.py", migration(operations))
}

fn migration(operations: &str) -> String {
    let mut number = 0;
    let mut lines = String::new();
    for line in operations.split_inclusive('\n') {
        number += 1;
        let index = format!("models.Index(fields=[\"status\"], name=\"shop_{number}\")");
        let call = format!("migrations.AddIndex(\"order\", {index}),");
        lines += &line.replace("AddIndex()", &call);
    }
    format!("{HEAD}{lines}    ]\n")
}

/// The findings of a run with these options as `line rule` or `line severity rule: message`; lines count from the operations.
fn said(scratch: &Scratch, options: &str) -> Vec<String> {
    let document = scratch.run(&format!("check --output-format json {options}")).json();
    let findings = document["findings"].as_array().expect("findings").iter();
    let said = findings.map(|finding| {
        let line = finding["range"]["start"]["line"].as_u64().expect("a line") - 4;
        let word = |name: &str| finding[name].as_str().expect("a string");
        match word("rule") {
            "create-index-blocking-writes" => format!("{line} create-index-blocking-writes"),
            rule => format!("{line} {} {rule}: {}", word("severity"), word("message")),
        }
    });
    said.collect()
}

fn left_of(operations: &str) -> Vec<String> {
    said(&project(operations), "")
}

#[test]
fn a_comment_behind_the_operation_or_above_it_excuses_it() {
    let nothing: [&str; 0] = [];
    assert_eq!(
        left_of("AddIndex()  # forelock: ignore[create-index-blocking-writes] ten rows\n"),
        nothing
    );
    assert_eq!(
        left_of("# forelock: ignore[create-index-blocking-writes] ten rows\nAddIndex()\n"),
        nothing
    );
    let on_several_lines = "migrations.AddIndex(\n  'order',  # forelock: ignore[create-index-blocking-writes] ten rows\n  \
         models.Index(fields=['status'], name='x'),\n),\n";
    assert_eq!(left_of(on_several_lines), nothing);
}

#[test]
fn more_comments_may_stand_between() {
    let text =
        "# forelock: ignore[create-index-blocking-writes] ten rows\n# The index of the list page.\n\tAddIndex()\n";
    assert!(left_of(text).is_empty());
}

#[test]
fn an_excuse_for_one_operation_is_none_for_the_next() {
    let text = "AddIndex()  # forelock: ignore[create-index-blocking-writes] ten rows\nAddIndex()\n";
    assert_eq!(left_of(text), ["2 create-index-blocking-writes"]);
}

#[test]
fn an_empty_line_between_breaks_the_tie() {
    let text = "# forelock: ignore[create-index-blocking-writes] ten rows\n\nAddIndex()\n";
    let left = left_of(text);
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn a_file_is_excused_from_anywhere_in_it() {
    let text = "AddIndex()\nAddIndex()\n# forelock: ignore-file[create-index-blocking-writes] ten rows\n";
    assert!(left_of(text).is_empty());
}

#[test]
fn the_name_of_a_harm_works_where_a_rules_name_does() {
    assert!(left_of("AddIndex()  # forelock: ignore[blocks-writes] ten rows\n").is_empty());
}

#[test]
fn a_comment_that_excuses_nothing_is_reported() {
    let text = "AddIndex()  # forelock: ignore[drop-column-in-use, blocks-writes] ten rows\n# forelock: ignore no\n# the end\n";
    assert_eq!(
        left_of(text),
        [
            "1 warning unused-suppression: suppresses nothing: there is no finding of rule `drop-column-in-use` here",
            "2 warning unused-suppression: suppresses nothing: there is no finding at all here",
        ]
    );
}

#[test]
fn an_unknown_name_is_reported_with_the_one_that_was_meant() {
    assert_eq!(
        left_of("AddIndex()  # forelock: ignore[drop-column-in-us] ten rows\n"),
        [
            "1 create-index-blocking-writes",
            "1 warning unused-suppression: suppresses nothing: there is no rule called `drop-column-in-us`, did you mean `drop-column-in-use`?",
        ]
    );
}

#[test]
fn a_misspelt_comment_is_reported() {
    let left = left_of("AddIndex()  # forelock: ingore[drop-column-in-use]\n");
    assert_eq!(left[0], "1 create-index-blocking-writes");
    assert!(left[1].contains("says neither `ignore` nor `ignore-file`"));
}

#[test]
fn a_missing_reason_excuses_and_is_worth_an_info() {
    assert_eq!(
        left_of("AddIndex()  # forelock: ignore\n"),
        ["1 info suppression-without-reason: suppresses a finding without saying why"]
    );
}

#[test]
fn comments_for_other_tools_mean_nothing() {
    assert_eq!(
        left_of("AddIndex()  # noqa: E501\n"),
        ["1 create-index-blocking-writes"]
    );
}

#[test]
fn an_excuse_for_one_statement_of_a_runsql_is_none_for_the_next() {
    let text = "migrations.RunSQL([\n  'CREATE INDEX a ON shop_order (status)',  # forelock: ignore[create-index-blocking-writes] ten rows\n  \
         'CREATE INDEX b ON shop_order (status)',\n]),\n";
    assert_eq!(left_of(text), ["3 create-index-blocking-writes"]);
}

#[test]
fn an_excuse_for_one_statement_of_a_do_block_is_none_for_the_next() {
    let text = "migrations.RunSQL('''\nDO $$ BEGIN\n  CREATE INDEX a ON shop_order (status);\n  \
         CREATE INDEX b ON shop_order (id);\nEND $$'''),\n";
    assert_eq!(
        left_of(text),
        ["3 create-index-blocking-writes", "4 create-index-blocking-writes"]
    );
}

#[test]
fn a_comment_counts_at_the_literal_of_the_sql_and_at_its_operation() {
    let with = |at_literal: &str, at_operation: &str| {
        let text = format!(
            "from django.db import migrations\n\nSQL = 'CREATE INDEX a ON shop_order (status)'{at_literal}\n\n\
             class Migration(migrations.Migration):\n    dependencies = [('shop', '0001_initial')]\n    \
             operations = [\n        migrations.RunSQL(SQL),{at_operation}\n    ]\n"
        );
        let scratch = Scratch::new().file("manage.py", "").app("shop");
        let scratch = scratch.file("shop/migrations/0002_x.py", text);
        let document = scratch.run("check --output-format json").json();
        let findings = document["findings"].as_array().expect("findings").clone();
        findings
            .iter()
            .map(|finding| finding["range"]["start"]["line"].clone())
            .collect::<Vec<Value>>()
    };
    let excuse = "  # forelock: ignore[create-index-blocking-writes] ten rows";
    assert_eq!(with("", ""), [3]);
    assert_eq!(with(excuse, ""), [0; 0]);
    assert_eq!(with("", excuse), [0; 0]);
}

#[test]
fn an_excuse_for_one_nested_operation_is_none_for_its_sibling() {
    let text = "migrations.SeparateDatabaseAndState(database_operations=[\n  \
         AddIndex()  # forelock: ignore[create-index-blocking-writes] ten rows\n  AddIndex()\n]),\n";
    assert_eq!(left_of(text), ["3 create-index-blocking-writes"]);
    let all = "migrations.SeparateDatabaseAndState(  # forelock: ignore[create-index-blocking-writes] ten rows\n  \
         database_operations=[\n  AddIndex()\n  AddIndex()\n]),\n";
    assert!(left_of(all).is_empty());
}

#[test]
fn an_excuse_for_one_rule_leaves_what_else_the_operation_does() {
    let operation = "migrations.AddField('order', 'slug', models.SlugField(default='x')),\n";
    let before = said(&project(operation), "");
    let [only] = before.as_slice() else {
        panic!("one finding: {before:?}");
    };
    let mut words = only.split_whitespace().map(|word| word.trim_end_matches(':'));
    let rule = words.find(|word| word.contains('-')).expect("a rule");
    let left = left_of(&format!("# forelock: ignore[{rule}] ten rows\n{operation}"));
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(!left[0].contains(rule), "{left:?}");
}

#[test]
fn reports_about_comments_stand_where_the_history_puts_them() {
    let first = "AddIndex()\n# forelock: ignore[drop-column-in-use] no\n# the end\n";
    let second = "# forelock: ignore[drop-column-in-use] no\n\nAddIndex()\n";
    let second = migration(second)
        .replace("0001_initial", "0002_x")
        .replace("shop_", "other_");
    let scratch = project(first).file("shop/migrations/0003_y.py", second);
    let left = said(&scratch, "");
    let lines: Vec<&str> = left
        .iter()
        .map(|line| line.split_once(':').map_or(line.as_str(), |(start, _)| start))
        .collect();
    assert_eq!(
        lines,
        [
            "1 create-index-blocking-writes",
            "2 warning unused-suppression",
            "1 warning unused-suppression",
            "3 create-index-blocking-writes",
        ]
    );
}

#[test]
fn a_squash_beside_its_originals_has_nothing_to_suppress() {
    let squash = migration("# forelock: ignore[drop-column-in-use] copied\n# the end\n").replacen(
        "    dependencies = [(\"shop\", \"0001_initial\")]\n",
        "    replaces = [(\"shop\", \"0001_initial\"), (\"shop\", \"0002_x\")]\n",
        1,
    );
    let scratch = project("AddIndex()\n").file("shop/migrations/0001_squashed_0002_x.py", squash);
    assert_eq!(said(&scratch, ""), ["1 create-index-blocking-writes"]);
}
