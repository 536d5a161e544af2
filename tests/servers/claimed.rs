//! What forelock says of the fixtures, for any version of the server.

use forelock::files::Files;
use forelock::finding::{Analysis, Harm, MatchedRow, MigrationReport, StatementReport};
use forelock::lint::{self, Aim};
use forelock::progress::Progress;
use forelock::project::{self, ConfigurationChoice, Request};
use forelock::rules::RuleTable;
use forelock::standing::Standing;
use forelock::versions::PostgresVersion;
use serde_json::Value;

use crate::recorded::{Fixture, text};

pub fn analyse(fixture: &Fixture, rules: &RuleTable, version: u64) -> Analysis {
    let number = u8::try_from(version).expect("a major version");
    let request = Request {
        working_folder: &fixture.path,
        paths: std::slice::from_ref(&fixture.path),
        configuration: ConfigurationChoice::Nearest,
        django: None,
        postgres: Some(PostgresVersion(number)),
        python: None,
        virtual_env: None,
        progress: &Progress::default(),
        files: &Files::on_disk(),
    };
    let loaded = project::load(&request, rules, &mut |_| ()).expect("the fixture can be loaded");
    let project = loaded.projects.first().expect("a fixture is one project");
    lint::analyse(project, rules, Aim::Statements, &Standing::default())
}

pub fn migration<'a>(analysis: &'a Analysis, observed: &Value) -> Option<&'a MigrationReport> {
    let is_it = |report: &&MigrationReport| {
        report.key.app == text(&observed["app"]) && report.key.name == text(&observed["migration"])
    };
    analysis.migrations.iter().find(is_it)
}

/// Rules about what happens when a timeout strikes: whether it does is not the statement's doing.
const IF_A_TIMEOUT_STRIKES: &[&str] = &[
    "create-index-concurrently-under-timeout",
    "validate-constraint-under-timeout",
];

/// Whether one of its rows says that the server refuses it.
pub fn fails(statement: &StatementReport, rules: &RuleTable) -> bool {
    statement.rows.iter().any(|matched| row_fails(matched, rules))
}

pub fn row_fails(matched: &MatchedRow, rules: &RuleTable) -> bool {
    let rule = rules.rule(&matched.rule).expect("a matched rule exists");
    let row = &rule.rows[matched.row];
    // Of a table that the migration itself made, and that has no rows, a row with locks says nothing.
    let is_bound = row.locks.is_empty() || row.even_when_new || !matched.claims.is_empty();
    is_bound && row.harm.contains(&Harm::Fails) && !IF_A_TIMEOUT_STRIKES.contains(&rule.name.as_str())
}
