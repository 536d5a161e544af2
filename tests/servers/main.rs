//! Every claim about a statement is what real servers do, from PostgreSQL 12 to 18.
//!
//! `conformance/servers` has run the statements of all fixtures on each version and recorded what it saw in `observed.json`:
//! locks (pg_locks), new files of tables and indexes, rows read (pg_stat), what the server says of its work (DEBUG1), and
//! which commands of a second session had to wait. Here forelock is asked about the same statements.
#![allow(clippy::expect_used, clippy::panic, reason = "what fails in a test fails the test")]

mod claimed;
mod compare;
mod recorded;
mod rows;
mod types;

use std::sync::OnceLock;

use forelock::rules::RuleTable;
use rayon::prelude::*;

use compare::Verdict;
use recorded::{Fixture, VERSIONS, fixtures, on, statements, text};
use rows::SeenRows;

/// What all fixtures show on all versions.
#[derive(Default)]
struct Measured {
    verdict: Verdict,
    rows: SeenRows,
    statements: usize,
}

fn measured() -> &'static Measured {
    static MEASURED: OnceLock<Measured> = OnceLock::new();
    MEASURED.get_or_init(|| {
        let rules = RuleTable::embedded().expect("the rules can be read");
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

#[test]
fn no_claim_about_any_statement_contradicts_any_version_of_the_server() {
    let contradictions = &measured().verdict.contradictions;
    assert!(
        contradictions.is_empty(),
        "{}\n{}",
        contradictions.len(),
        contradictions.join("\n")
    );
}

#[test]
fn every_change_of_a_type_does_what_the_server_did() {
    let (_, verdict) = types::compared();
    let contradictions = &verdict.contradictions;
    assert!(
        contradictions.is_empty(),
        "{}\n{}",
        contradictions.len(),
        contradictions.join("\n")
    );
}

#[test]
fn every_fixture_was_observed_on_every_version() {
    for fixture in fixtures() {
        let majors: Vec<u64> = fixture
            .servers()
            .filter_map(|release| release.split('.').next()?.parse().ok())
            .collect();
        assert_eq!(majors, VERSIONS, "run: conformance/servers {}", fixture.name);
    }
}

#[test]
fn every_row_that_claims_a_lock_or_work_was_seen_at_it() {
    let rules = RuleTable::embedded().expect("the rules can be read");
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

impl Measured {
    fn with(mut self, other: Measured) -> Measured {
        self.verdict.claims += other.verdict.claims;
        self.verdict.contradictions.extend(other.verdict.contradictions);
        self.statements += other.statements;
        for (row, seen) in other.rows {
            let known = self.rows.entry(row).or_default();
            for (part, versions) in seen.parts {
                known.parts.entry(part).or_default().extend(versions);
            }
        }
        self
    }
}

/// All statements of a fixture on one version.
fn compared(fixture: &Fixture, rules: &RuleTable, version: u64) -> Measured {
    let analysis = claimed::analyse(fixture, rules, version);
    let mut measured = Measured::default();
    let all = &mut measured.verdict;
    for observed in fixture.migrations() {
        let place = format!("{} {} on {version}", fixture.name, text(&observed["migration"]));
        let Some(report) = claimed::migration(&analysis, observed) else {
            all.contradictions.push(format!("{place}: not known to forelock"));
            continue;
        };
        let seen = statements(observed);
        if seen.len() != report.statements.len() {
            all.contradictions.push(format!(
                "{place}: {} statements ran, {} are claimed",
                seen.len(),
                report.statements.len()
            ));
            continue;
        }
        let whole = &on(observed, version)["fails"];
        for (statement, claim) in seen.iter().zip(&report.statements) {
            let truth = on(statement.seen, version);
            let error = truth["error"].as_str().or_else(|| {
                let is_refused = whole["operation"] == statement.operation;
                is_refused
                    .then(|| text(&whole["error"]))
                    .filter(|_| claimed::fails(claim, rules))
            });
            measured.statements += 1;
            rows::note(&mut measured.rows, rules, &claim.rows, truth, error, version);
            let mut verdict = compare::failure(error, claimed::fails(claim, rules));
            if error.is_none() && claim.not_analysed.is_none() {
                let ran = compare::ran(truth, claim);
                verdict.claims += ran.claims;
                verdict.contradictions.extend(ran.contradictions);
            }
            all.claims += verdict.claims;
            all.contradictions.extend(
                verdict
                    .contradictions
                    .iter()
                    .map(|what| format!("{place}: {}\n    {what}", claim.sql)),
            );
        }
    }
    measured
}
