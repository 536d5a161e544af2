//! Every claim about a statement is what real servers do, from PostgreSQL 12 to 18.
//!
//! `conformance/servers` has run the statements of all fixtures on each version and recorded what it saw in `observed.json`:
//! locks (pg_locks), new files of tables and indexes, rows read (pg_stat), what the server says of its work (DEBUG1), and
//! which commands of a second session had to wait. Here forelock is asked about the same statements.
#![allow(clippy::expect_used, clippy::panic, reason = "what fails in a test fails the test")]

mod claimed;
mod compare;
mod documents;
mod recorded;
mod rows;
mod types;

use std::sync::OnceLock;

use forelock::finding::StatementReport;
use forelock::rules::RuleTable;
use forelock::schema_editor::Confidence;
use rayon::prelude::*;
use serde_json::Value;

use compare::Partitions;
use documents::Table;
use recorded::{Fixture, VERSIONS, fixtures, on, statements, text};
use rows::{Run, SeenRows};

#[test]
fn no_claim_about_any_statement_contradicts_any_version_of_the_server() {
    let contradictions = &measured().contradictions;
    assert!(
        contradictions.is_empty(),
        "{}\n{}",
        contradictions.len(),
        contradictions.join("\n")
    );
}

#[test]
fn every_change_of_a_type_does_what_the_server_did() {
    let contradictions = types::compared().contradictions;
    assert!(
        contradictions.is_empty(),
        "{}\n{}",
        contradictions.len(),
        contradictions.join("\n")
    );
}

#[test]
fn everything_was_observed_on_every_version() {
    for fixture in fixtures() {
        let majors = recorded::majors(fixture.servers());
        assert_eq!(majors, VERSIONS, "run: conformance/servers {}", fixture.name);
    }
    assert_eq!(recorded::majors(types::releases().iter().map(String::as_str)), VERSIONS);
}

#[test]
fn every_row_that_claims_a_lock_or_work_was_seen_at_it() {
    let rules = rules();
    let mut failures = Vec::new();
    for rule in &rules.rules {
        for (index, row) in rule.rows.iter().enumerate() {
            let unseen = rows::unseen(row, measured().rows.get(&(rule.name.clone(), index)));
            if !unseen.is_empty() {
                failures.push(format!("{} row {}: {}", rule.name, index + 1, unseen.join(", ")));
            }
        }
    }
    assert!(failures.is_empty(), "{}\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn the_counts_in_the_documentation_are_those_of_this_comparison() {
    let page = documents::servers(
        &types::releases(),
        fixtures().len(),
        &measured().counts,
        &types::compared().counts,
    );
    documents::settle("conformance/SERVERS.md", &page);
}

#[test]
fn the_evidence_that_is_shown_is_what_was_observed() {
    let evidence = documents::evidence(&types::releases(), &rules(), &measured().rows);
    documents::settle("src/rules/evidence.json", &evidence);
}

/// What all fixtures show on all versions.
#[derive(Default)]
struct Measured {
    contradictions: Vec<String>,
    counts: Table,
    rows: SeenRows,
}

fn rules() -> RuleTable {
    RuleTable::embedded().expect("the rules can be read")
}

fn measured() -> &'static Measured {
    static MEASURED: OnceLock<Measured> = OnceLock::new();
    MEASURED.get_or_init(|| {
        let rules = rules();
        let fixtures = fixtures();
        let runs: Vec<(&Fixture, u64)> = fixtures
            .iter()
            .flat_map(|fixture| VERSIONS.map(|version| (fixture, version)))
            .collect();
        let parts: Vec<Measured> = runs
            .par_iter()
            .map(|(fixture, version)| compared(fixture, &rules, *version))
            .collect();
        parts.into_iter().fold(Measured::default(), Measured::with)
    })
}

impl Measured {
    fn with(mut self, other: Measured) -> Measured {
        self.contradictions.extend(other.contradictions);
        for (version, counts) in other.counts {
            let known = self.counts.entry(version).or_default();
            *known = known.with(&counts);
        }
        for (row, seen) in other.rows {
            self.rows.entry(row).or_default().with(seen);
        }
        self
    }
}

/// All statements of a fixture on one version.
fn compared(fixture: &Fixture, rules: &RuleTable, version: u64) -> Measured {
    let analysis = claimed::analyse(fixture, rules, version);
    let mut measured = Measured::default();
    let texts = fixture.migrations().iter().flat_map(statements);
    let parts = Partitions::of(texts.map(|statement| text(&statement.seen["sql"])));
    for observed in fixture.migrations() {
        let place = format!("{} {} on {version}", fixture.name, text(&observed["migration"]));
        let report = claimed::migration(&analysis, observed);
        // Of code that is said not to be followed, or to go through rows, another number of statements was seen; of what is
        // partial, perhaps too.
        let all = statements(observed);
        let claims = report.map_or(&[][..], |report| &report.statements);
        let is_counted_alike = |index: usize| {
            let ran = all
                .iter()
                .filter(|statement| usize::try_from(statement.operation).ok() == Some(index));
            ran.count() == claims.iter().filter(|claim| claim.operation == index).count()
        };
        let is_followed = |index: usize| {
            let operation = report.and_then(|report| report.operations.get(index));
            let is_exact = operation.is_none_or(|operation| operation.confidence == Confidence::Exact);
            is_exact || (observed["operations"][index]["class"] != "RunPython" && is_counted_alike(index))
        };
        let mut seen = statements(observed);
        seen.retain(|statement| is_followed(usize::try_from(statement.operation).expect("an index")));
        let claimed = report.map_or(&[][..], |report| &report.statements);
        let claimed: Vec<_> = claimed.iter().filter(|claim| is_followed(claim.operation)).collect();
        if seen.len() != claimed.len() {
            let said = format!("{place}: {} statements ran, {} are claimed", seen.len(), claimed.len());
            measured.contradictions.push(said);
            continue;
        }
        let refused = &on(observed, version)["fails"];
        // What a statement holds that nobody could read is not known to those that come after it.
        let first_unread = claimed.iter().position(|claim| claim.not_analysed.is_some());
        for (index, (statement, claim)) in seen.iter().zip(claimed).enumerate() {
            let truth = on(statement.seen, version);
            let run = Run {
                fixture: &fixture.name,
                sql: &claim.sql,
                version,
                seen: truth,
                error: error(truth, refused, statement.operation, claim, rules),
                is_default: std::ptr::eq(truth, statement.seen),
                was_seen_amid: first_unread.is_none_or(|unread| index <= unread)
                    && statement.was_seen_amid(observed, version),
            };
            measured.note(&place, &run, claim, rules, &parts);
        }
    }
    measured
}

/// Tables that existed before a migration, and that nobody uses yet: another part of the app's birth has created them.
const UNUSED: &[(&str, &[&str])] = &[("history/initial-in-two", &["books_book"])];

fn unused_in(fixture: &str) -> &'static [&'static str] {
    let found = UNUSED.iter().find(|(name, _)| *name == fixture);
    found.map_or(&[], |(_, tables)| tables)
}

/// The server's own error; or that of the whole migration, where forelock says that this statement fails.
fn error<'a>(
    truth: &'a Value,
    refused: &'a Value,
    operation: u64,
    claim: &StatementReport,
    rules: &RuleTable,
) -> Option<&'a str> {
    let of_migration = refused["error"].as_str().filter(|_| refused["operation"] == operation);
    let of_migration = of_migration.filter(|_| claimed::fails(claim, rules));
    truth["error"].as_str().or(of_migration)
}

impl Measured {
    fn note(&mut self, place: &str, run: &Run<'_>, claim: &StatementReport, rules: &RuleTable, parts: &Partitions) {
        rows::note(&mut self.rows, rules, &claim.rows, run);
        let mut verdict = compare::failure(run.error, claimed::fails(claim, rules));
        if run.error.is_none() && claim.not_analysed.is_none() {
            verdict.add(compare::ran(run.seen, claim, parts));
            if run.was_seen_amid {
                verdict.add(compare::ran_amid(run.seen, claim, parts, unused_in(run.fixture)));
            }
        }
        let counts = self.counts.entry(run.version).or_default();
        counts.statements += 1;
        counts.refused += usize::from(run.error.is_some());
        counts.claims += verdict.claims;
        counts.contradictions += verdict.contradictions.len();
        let said = verdict.contradictions.iter();
        self.contradictions
            .extend(said.map(|what| format!("{place}: {}\n    {what}", run.sql)));
    }
}
