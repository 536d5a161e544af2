//! What people read in a terminal.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

mod analyses;

use analyses::{analysis, check, drop_column_finding, finding_at, index_finding, lock, only, source};
use forelock::finding::{Analysis, Finding, Help, Place, Severity, Work};
use forelock::lock::LockMode;
use forelock::report::{Characters, CheckFormat, Color, Detail, Statistics, Style};
use forelock::source::Range;

fn terminal(analyses: &[Analysis], style: &Style) -> String {
    check(analyses, CheckFormat::Terminal, style)
}

fn one(finding: Finding) -> String {
    terminal(
        &[only(finding)],
        &Style {
            detail: Detail::Quiet,
            ..Style::default()
        },
    )
}

/// A finding without locks and advice, for tests of the excerpt.
fn bare(text: &str, needle: &str) -> Finding {
    Finding {
        locks: Vec::new(),
        help: Help::Text(String::new()),
        ..finding_at(&source("shop/migrations/0042_x.py", text), needle)
    }
}

#[test]
fn a_finding_shows_the_line_the_statement_who_waits_and_what_to_write() {
    insta::assert_snapshot!(terminal(&[analysis()], &Style::default()));
}

#[test]
fn several_locks_stand_below_each_other_and_other_rules_under_also() {
    insta::assert_snapshot!(one(drop_column_finding()));
}

#[test]
fn ascii_draws_with_what_every_log_can_show() {
    let style = Style {
        characters: Characters::Ascii,
        ..Style::default()
    };
    let report = terminal(&[analysis()], &style);
    assert!(report.is_ascii());
    insta::assert_snapshot!(report);
}

#[test]
fn colours_are_escape_sequences_and_nothing_else_changes() {
    let plain = terminal(&[analysis()], &Style::default());
    let colored = terminal(
        &[analysis()],
        &Style {
            color: Color::Ansi,
            ..Style::default()
        },
    );
    assert!(!plain.contains('\x1b'));
    assert!(colored.contains("\x1b[31;1merror[create-index-blocking-writes]"));
    assert_eq!(without_colors(&colored), plain);
}

#[test]
fn info_is_shown_with_v_only() {
    let info = Finding {
        severity: Severity::Info,
        ..index_finding()
    };
    let analyses = [Analysis {
        findings: vec![info],
        ..analysis()
    }];
    insta::assert_snapshot!(terminal(&analyses, &Style::default()), @"no findings in 2 migrations (5 operations, 4 statements, 2 not analysed: -v lists them).");
    let verbose = terminal(
        &analyses,
        &Style {
            detail: Detail::Verbose,
            ..Style::default()
        },
    );
    assert!(verbose.starts_with("info[create-index-blocking-writes]: "));
    assert!(verbose.contains("0044_refund.py:9:9: AddTrigger: pgtrigger.AddTrigger is not an operation of Django"));
    assert!(verbose.contains("1 info in 1 of 2 migrations"));
}

#[test]
fn statistics_count_by_rule_and_by_reason() {
    let style = Style {
        statistics: Statistics::Shown,
        detail: Detail::Quiet,
        ..Style::default()
    };
    let report = terminal(&[analysis()], &style);
    insta::assert_snapshot!(report.split_once("    ]\n").expect("the advice ends so").1);
}

#[test]
fn escape_sequences_of_a_migration_never_reach_the_terminal() {
    let mut finding = bare(
        "migrations.AddIndex(\"\x1b[2J\x1b]0;owned\x07\")\n",
        "migrations.AddIndex",
    );
    finding.message = "builds \x1b[31mred".to_owned();
    finding.statement = Some("CREATE INDEX \"\x1b[8m\u{202e}\"".to_owned());
    finding.help = Help::Text("write\r\n\n    code \x1b[1A".to_owned());
    finding.rule = "a\x1bb".to_owned();
    finding.locks = vec![lock("shop\x1b_order", LockMode::Share, Work::Scan)];
    finding.also = vec!["x\x1b".to_owned()];
    finding.place.path = "shop/\x1b[5m.py".into();
    let report = one(finding);
    assert!(!report.contains(|character: char| character.is_control() && character != '\n'));
    assert!(!report.contains('\u{202e}'));
    insta::assert_snapshot!(report);
}

#[test]
fn tabs_wide_characters_and_crlf_keep_the_label_below_its_name() {
    let text =
        "class Migration:\r\n\toperations = [\r\n\t\t'漢字 and café', migrations.AddIndex(\"order\"),\r\n\t]\r\n";
    insta::assert_snapshot!(one(bare(text, "migrations.AddIndex")));
}

#[test]
fn a_long_line_is_cut_around_the_label() {
    let text = format!(
        "operations = [{}, migrations.AddIndex(\"order\", {})]\n",
        "x, ".repeat(300),
        "y, ".repeat(300)
    );
    insta::assert_snapshot!(one(bare(&text, "migrations.AddIndex")));
}

#[test]
fn a_statement_of_two_thousand_characters_is_shortened() {
    let columns: Vec<String> = (0..100)
        .map(|number| format!("\"column_{number:03}\" integer"))
        .collect();
    let statement = format!("CREATE TABLE \"shop_order\" ({})", columns.join(", "));
    assert!(statement.len() > 2_000);
    let mut finding = bare("migrations.CreateModel(\n", "migrations.CreateModel");
    finding.statement = Some(statement);
    insta::assert_snapshot!(one(finding));
}

#[test]
fn a_narrow_terminal_wraps_prose_and_keeps_code() {
    let style = Style {
        width: 60,
        detail: Detail::Quiet,
        ..Style::default()
    };
    insta::assert_snapshot!(terminal(&[only(index_finding())], &style));
}

#[test]
fn an_empty_file_and_a_file_without_text_show_their_path() {
    let mut empty = finding_at(&source("shop/migrations/0001_empty.py", ""), "");
    empty.rule = "unreadable-migration".to_owned();
    empty.message = "the file is empty: Django fails with BadMigrationError".to_owned();
    (empty.migration, empty.operation, empty.statement, empty.help) = (None, None, None, Help::Text(String::new()));
    empty.locks.clear();
    let mut undecoded = empty.clone();
    undecoded.message = "the file is not UTF-8 at byte 17".to_owned();
    undecoded.statement = Some("SELECT 1".to_owned());
    undecoded.place = Place {
        path: "shop/migrations/0002_latin.py".into(),
        source: None,
        range: Range {
            start: 17,
            end: 18,
            ..Range::default()
        },
    };
    let analysis = Analysis {
        findings: vec![empty, undecoded],
        ..analysis()
    };
    insta::assert_snapshot!(terminal(&[analysis], &Style::default()));
}

#[test]
fn places_at_the_edges_of_a_text_are_shown() {
    let text = "first\nlast";
    for (start, end) in [(0, 0), (5, 6), (6, 10), (10, 10), (3, 9), (40, 50)] {
        let mut finding = bare(text, "first");
        finding.place.range = Range {
            start,
            end,
            ..finding.place.range
        };
        let report = one(finding);
        assert!(report.contains("CREATE INDEX"), "{start}..{end}:\n{report}");
    }
}

#[test]
fn a_finding_on_several_lines_labels_the_first() {
    let text = "RunSQL(\"\"\"ALTER TABLE a\n    ADD COLUMN b serial\"\"\")\n";
    insta::assert_snapshot!(one(bare(text, "ALTER TABLE a\n    ADD COLUMN b serial")));
}

#[test]
fn concise_is_one_line_per_finding() {
    let mut finding = drop_column_finding();
    finding.severity = Severity::Warning;
    let analyses = [Analysis {
        findings: vec![index_finding(), finding],
        ..analysis()
    }];
    insta::assert_snapshot!(check(&analyses, CheckFormat::Concise, &Style::default()));
}

#[test]
fn ten_thousand_findings_in_one_long_file_cost_no_more_than_their_number() {
    let text = "    migrations.AddIndex(\"order\", index),\n".repeat(50_000);
    let source = source("shop/migrations/0042_x.py", &text);
    let finding = finding_at(&source, "migrations.AddIndex");
    let (line, length) = (41, finding.place.range.end - finding.place.range.start);
    let findings = (0..10_000).map(|number| {
        let mut finding = finding.clone();
        let start = number * 5 * line + 4;
        finding.place.range = source.range(start, start + length);
        finding
    });
    let analysis = Analysis {
        findings: findings.collect(),
        ..Analysis::default()
    };
    let start = std::time::Instant::now();
    let report = terminal(&[analysis], &Style::default());
    // Quadratic work takes minutes here; the bound leaves room for a debug build on a busy machine.
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    assert!(report.contains("0042_x.py:49996:5]"));
}

fn without_colors(text: &str) -> String {
    let mut plain = String::new();
    let mut parts = text.split("\x1b[");
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        plain.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
    }
    plain
}
