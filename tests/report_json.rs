//! The documents that programs read, and the scripts of `forelock sql`.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

mod analyses;
mod schema;

use analyses::{analysis, check, drop_column_finding, index_finding, mixed_migration, only, source, statement};
use forelock::finding::{Analysis, MigrationReport, Place};
use forelock::report::{self, CheckFormat, Style, TextOrJson};
use forelock::source::Range;

fn json(analyses: &[Analysis]) -> String {
    let written = check(analyses, CheckFormat::Json, &Style::default());
    schema::document(written.as_bytes());
    written
}

fn sql(migrations: &[&MigrationReport], format: TextOrJson) -> String {
    let mut out = Vec::new();
    report::sql(migrations, format, &Style::default(), &mut out).expect("a vector takes everything");
    if format == TextOrJson::Json {
        schema::document(&out);
    }
    String::from_utf8(out).expect("reports are UTF-8")
}

#[test]
fn check_writes_the_members_of_the_contract_in_their_order() {
    insta::assert_snapshot!(json(&[analysis()]));
}

#[test]
fn without_findings_the_document_is_whole() {
    insta::assert_snapshot!(json(&[]), @r#"
    {
      "version": 1,
      "findings": [],
      "summary": {
        "migrations": 0,
        "operations": 0,
        "statements": 0,
        "not_analysed": 0,
        "errors": 0,
        "warnings": 0
      }
    }
    "#);
}

#[test]
fn what_is_not_there_is_null_and_a_file_without_text_begins_at_its_first_character() {
    let mut finding = index_finding();
    (
        finding.migration,
        finding.operation,
        finding.statement,
        finding.matrix_row,
    ) = (None, None, None, None);
    finding.place = Place {
        path: "shop/migrations/0002_latin.py".into(),
        source: None,
        range: Range {
            start: 9,
            end: 9,
            ..Range::default()
        },
    };
    let document = schema::document(json(&[only(finding)]).as_bytes());
    let finding = &document["findings"][0];
    for member in ["migration", "operation", "statement", "matrix_row"] {
        assert!(finding[member].is_null() && finding.get(member).is_some(), "{member}");
    }
    assert_eq!(finding["app"], "shop");
    assert_eq!(finding["range"]["start"], serde_json::json!({"line": 1, "column": 1}));
}

#[test]
fn columns_count_characters_and_the_end_is_exclusive() {
    let source = source("a/migrations/0001_x.py", "é = '漢'; migrations.AddIndex()\r\n");
    let finding = analyses::finding_at(&source, "migrations.AddIndex");
    let document = schema::document(json(&[only(finding)]).as_bytes());
    let range = serde_json::json!({"start": {"line": 1, "column": 10}, "end": {"line": 1, "column": 29}});
    assert_eq!(document["findings"][0]["range"], range);
}

#[test]
fn several_projects_are_one_document() {
    let other = Analysis {
        findings: vec![drop_column_finding()],
        ..Analysis::default()
    };
    let document = schema::document(json(&[analysis(), other]).as_bytes());
    assert_eq!(document["findings"].as_array().map(Vec::len), Some(2));
    assert_eq!(document["summary"]["errors"], 2);
    assert_eq!(document["summary"]["not_analysed"], 2);
}

#[test]
fn sql_writes_one_object_per_migration_with_every_operation_and_statement() {
    insta::assert_snapshot!(sql(&[&mixed_migration()], TextOrJson::Json));
}

#[test]
fn sql_of_nothing_is_an_empty_array() {
    assert_eq!(sql(&[], TextOrJson::Json), "[]\n");
}

#[test]
fn sql_as_text_is_a_script_with_the_locks_above_each_statement() {
    let analysis = analysis();
    let migrations: Vec<&MigrationReport> = analysis.migrations.iter().collect();
    insta::assert_snapshot!(sql(&migrations, TextOrJson::Text));
}

#[test]
fn no_text_of_a_migration_ends_a_comment_of_the_script() {
    let mut migration = mixed_migration();
    migration.operations[3].reasons = vec!["unknown\nDROP TABLE shop_order;".to_owned()];
    migration.operations[2].class = "Run\rDROP TABLE shop_order;".to_owned();
    migration.atomic = false;
    let script = sql(&[&migration], TextOrJson::Text);
    assert!(script.contains("-- not analysed: unknown DROP TABLE shop_order;"));
    assert!(script.lines().all(|line| !line.starts_with("DROP")));
    assert!(!script.contains("BEGIN;") && script.contains("not atomic"));
}

#[test]
fn a_statement_ends_with_one_semicolon() {
    let mut migration = analyses::index_migration();
    migration.statements = vec![
        statement(0, "SELECT 1;"),
        statement(0, "SELECT 2"),
        statement(0, "SELECT 3 -- three"),
    ];
    let script = sql(&[&migration], TextOrJson::Text);
    assert!(script.contains("SELECT 1;\nSELECT 2;\nSELECT 3 -- three\n;\n"));
}
