//! Comments that excuse a finding, and what becomes of those that excuse nothing.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

mod analyses;

use std::sync::Arc;

use analyses::{finding_at, range, source};
use forelock::finding::{Finding, Harm};
use forelock::migration::{Migration, MigrationKey, Operation, OperationNode, Ownership};
use forelock::rules::RuleTable;
use forelock::source::{Range, SourceFile};
use forelock::suppress;

const RULE: &str = "create-index-blocking-writes";

fn table() -> RuleTable {
    RuleTable::embedded().expect("the pages of rules/ are well-formed")
}

/// A migration over this text; each `AddIndex(..)` in it is an operation, each `#` outside of strings a comment.
fn migration(name: &str, text: &str) -> Migration {
    let source = source(&format!("shop/migrations/{name}.py"), text);
    Migration {
        key: MigrationKey::new("shop", name),
        ownership: Ownership::Project,
        atomic: true,
        initial: false,
        class_range: Range::default(),
        dependencies: Vec::new(),
        run_before: Vec::new(),
        replaces: Vec::new(),
        operations: calls(&source),
        gaps: Vec::new(),
        comments: comments(&source),
        source,
    }
}

fn offset(value: usize) -> u32 {
    u32::try_from(value).expect("a small text")
}

fn calls(source: &Arc<SourceFile>) -> Vec<OperationNode> {
    let starts = source.text.match_indices("AddIndex(");
    let nodes = starts.map(|(start, name)| {
        let length = source.text[start..].find(')').expect("the call ends") + 1;
        OperationNode {
            operation: Operation::DeleteModel {
                name: "Order".to_owned(),
            },
            class: "AddIndex".to_owned(),
            range: source.range(offset(start), offset(start + length)),
            name_range: source.range(offset(start), offset(start + name.len() - 1)),
            argument_ranges: Vec::new(),
        }
    });
    nodes.collect()
}

fn comments(source: &Arc<SourceFile>) -> Vec<Range> {
    let lines = (1..=source.line_count()).map(|line| source.line_range(line));
    let comments = lines.filter_map(|line| {
        let text = source.slice(line).trim_end();
        let start = text.find('#')?;
        Some(source.range(line.start + offset(start), line.start + offset(text.len())))
    });
    comments.collect()
}

/// One finding per operation, each at its name.
fn findings(migration: &Migration) -> Vec<Finding> {
    let nodes = migration.operations.iter().enumerate();
    let findings = nodes.map(|(index, node)| {
        let mut finding = finding_at(&migration.source, "");
        finding.place.range = node.name_range;
        finding.migration = Some(migration.key.clone());
        if let Some(place) = &mut finding.operation {
            (place.index, place.path) = (index, index.to_string());
        }
        finding
    });
    findings.collect()
}

/// What is left, as `line rule: message`.
fn left(migrations: &[Migration]) -> Vec<String> {
    let all = migrations.iter().flat_map(findings).collect();
    said(&suppress::apply(all, migrations, &table()))
}

fn said(findings: &[Finding]) -> Vec<String> {
    let said = findings.iter().map(|finding| {
        let source = finding.place.source.as_ref().expect("a text");
        let line = source.position(finding.place.range.start).line;
        match finding.rule.as_str() {
            RULE => format!("{line} {RULE}"),
            rule => format!("{line} {} {rule}: {}", finding.severity, finding.message),
        }
    });
    said.collect()
}

fn left_of(text: &str) -> Vec<String> {
    left(&[migration("0001_x", text)])
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
    assert_eq!(
        left_of("AddIndex(\n  'order',  # forelock: ignore[create-index-blocking-writes] ten rows\n)\n"),
        nothing
    );
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
    assert_eq!(
        left_of(
            "AddIndex()  # forelock: ignore[drop-column-in-use, blocks-writes] ten rows\nx  # forelock: ignore no\n"
        ),
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
    let text = "AddIndex(\n  'A',  # forelock: ignore[create-index-blocking-writes] ten rows\n  'B',\n)\n";
    let migration = migration("0001_x", text);
    let at = |needle: &str| {
        let mut finding = finding_at(&migration.source, needle);
        finding.place.range = range(&migration.source, needle);
        finding
    };
    let findings = vec![at("'A'"), at("'B'")];
    let left = suppress::apply(findings, [&migration], &table());
    assert_eq!(said(&left), ["3 create-index-blocking-writes"]);
}

#[test]
fn an_excuse_for_one_rule_leaves_what_else_the_operation_does() {
    let text = "# forelock: ignore[create-index-blocking-writes] ten rows\nAddIndex()\n";
    let migration = migration("0001_x", text);
    let mut index = findings(&migration).remove(0);
    let other = Finding {
        rule: "drop-column-in-use".to_owned(),
        harm: vec![Harm::BreaksRunningCode],
        message: "drops it".to_owned(),
        ..index.clone()
    };
    index.apart = vec![index.clone(), other];
    index.also = vec!["drop-column-in-use".to_owned()];
    let left = suppress::apply(vec![index], [&migration], &table());
    assert_eq!(said(&left), ["2 error drop-column-in-use: drops it"]);
    assert_eq!(left[0].harm, [Harm::BreaksRunningCode]);
    assert!(left[0].also.is_empty());
}

#[test]
fn reports_about_comments_stand_where_the_history_puts_them() {
    let first = migration("0001_x", "AddIndex()\n# forelock: ignore[drop-column-in-use] no\n");
    let second = migration("0002_y", "# forelock: ignore[drop-column-in-use] no\n\nAddIndex()\n");
    let left = left(&[first, second]);
    let lines: Vec<&str> = left
        .iter()
        .filter_map(|line| {
            line.split_once(':')
                .map_or(Some(line.as_str()), |(start, _)| Some(start))
        })
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
    let original = migration("0001_x", "AddIndex()\n");
    let mut squash = migration("0001_squashed", "# forelock: ignore[drop-column-in-use] copied\n");
    squash.replaces = vec![original.key.clone()];
    assert_eq!(left(&[original, squash]), ["1 create-index-blocking-writes"]);
}
