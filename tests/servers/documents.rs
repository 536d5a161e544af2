//! The counts in conformance/SERVERS.md and the evidence that the program shows: both are written from what was compared.
//!
//! Rewritten by `conformance/servers`, or by `FORELOCK_BLESS=1 cargo test --test servers`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use forelock::rules::RuleTable;
use serde_json::json;

use crate::rows::SeenRows;

/// What was run and compared on one version.
#[derive(Clone, Copy, Default)]
pub struct Counts {
    pub statements: usize,
    pub refused: usize,
    pub claims: usize,
    pub contradictions: usize,
}

impl Counts {
    pub fn with(self, other: &Counts) -> Counts {
        Counts {
            statements: self.statements + other.statements,
            refused: self.refused + other.refused,
            claims: self.claims + other.claims,
            contradictions: self.contradictions + other.contradictions,
        }
    }

    fn row(&self, name: &str) -> String {
        format!(
            "| {name} | {} | {} | {} | {} |\n",
            self.statements, self.refused, self.claims, self.contradictions
        )
    }
}

/// By major version: of the fixtures, and of the changes of types.
pub type Table = BTreeMap<u64, Counts>;

pub fn servers(releases: &[String], fixtures: usize, of_fixtures: &Table, of_types: &Table) -> String {
    let tables = [
        ("Statements of the fixtures", of_fixtures),
        ("Changes of a column's type", of_types),
    ];
    let all = tables
        .iter()
        .flat_map(|(_, table)| table.values())
        .fold(Counts::default(), Counts::with);
    let mut text = format!(
        "# Measured on servers\n\n\
         **{} statements, each on {} versions of PostgreSQL: {} claims compared, {} contradictions.**\n\n\
         What forelock claims, compared with what servers did: the statements of {fixtures} fixtures, safe ones too, and every\n\
         change of a column's type, without USING and with it. A claim is a lock on a relation, who waits for it, what is read,\n\
         written anew or built, or whether the server refuses the statement. `conformance/servers` measures all of it anew and\n\
         rewrites this page; `cargo test --test servers` compares with what was recorded.\n",
        all.statements / releases.len(),
        releases.len(),
        all.claims,
        all.contradictions
    );
    for (title, table) in tables {
        write!(text, "\n## {title}\n\n").expect("text");
        text.push_str("| PostgreSQL | statements | refused | claims | contradictions |\n|---|--:|--:|--:|--:|\n");
        for (release, counts) in releases.iter().zip(table.values()) {
            text.push_str(&counts.row(release));
        }
        text.push_str(&table.values().fold(Counts::default(), Counts::with).row("all"));
    }
    text
}

/// One line a row of the rule table.
pub fn evidence(releases: &[String], rules: &RuleTable, rows: &SeenRows) -> String {
    let mut lines = Vec::new();
    for rule in &rules.rules {
        for index in 0..rule.rows.len() {
            let Some(seen) = rows.get(&(rule.name.clone(), index)) else {
                continue;
            };
            let Some(example) = &seen.example else { continue };
            let line = json!({
                "rule": rule.name, "row": index, "on": seen.versions, "statements": seen.statements,
                "fixture": example.fixture, "sql": example.sql, "seen": example.seen,
            });
            lines.push(format!("  {line}"));
        }
    }
    format!(
        "{{\n \"servers\": {},\n \"rows\": [\n{}\n ]\n}}\n",
        json!(releases),
        lines.join(",\n")
    )
}

/// Compares a file with what it must hold, or writes it.
pub fn settle(path: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("FORELOCK_BLESS").is_some() {
        fs::write(path, expected).expect("the file can be written");
        return;
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "{} is not what was measured; rewrite it: FORELOCK_BLESS=1 cargo test --test servers",
        path.display()
    );
}
