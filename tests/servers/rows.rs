//! Which rows of the rule table were seen at work: each lock and each work that a row claims, and each failure.

use std::collections::{BTreeMap, BTreeSet};

use forelock::finding::{Claim, MatchedRow, Work};
use forelock::lock::LockMode;
use forelock::rules::{Row, RuleTable};
use serde_json::Value;

use crate::claimed;
use crate::recorded::{list, text};

/// A row: its rule's name, and its place there.
pub type RowKey = (String, usize);

/// What was seen of the rows.
pub type SeenRows = BTreeMap<RowKey, Seen>;

/// What was seen of a row.
#[derive(Default)]
pub struct Seen {
    /// The roles on which its lock and work were seen.
    pub roles: BTreeSet<&'static str>,
    /// The versions that did all that it says.
    pub versions: BTreeSet<u64>,
    /// How many statements showed it, on each version anew.
    pub statements: usize,
    /// The one that is shown.
    pub example: Option<Example>,
}

/// A statement and what it did.
pub struct Example {
    pub fixture: String,
    pub sql: String,
    pub seen: Vec<String>,
    rank: (bool, usize, bool),
}

/// One statement on one version of the server.
pub struct Run<'a> {
    pub fixture: &'a str,
    pub sql: &'a str,
    pub version: u64,
    pub seen: &'a Value,
    pub error: Option<&'a str>,
    /// Whether the version is the one that is shown where all do the same.
    pub is_default: bool,
    /// Whether it was seen amid the other statements of its transaction, too.
    pub was_seen_amid: bool,
}

/// Notes what a statement shows of the rows that it matches.
pub fn note(rows: &mut SeenRows, rules: &RuleTable, matched: &[MatchedRow], run: &Run<'_>) {
    for row in matched {
        let rule = rules.rule(&row.rule).expect("a matched rule exists");
        let entry = rows.entry((row.rule.clone(), row.row)).or_default();
        let is_seen = match run.error {
            Some(_) => claimed::row_fails(row, rules),
            None => {
                let seen: Vec<&Claim> = row.claims.iter().filter(|claim| is_seen(claim, run.seen)).collect();
                entry.roles.extend(seen.iter().map(|claim| claim.role.name()));
                let has_claims = !row.claims.is_empty() || rule.rows[row.row].locks.is_empty();
                has_claims && seen.len() == row.claims.len()
            }
        };
        if is_seen {
            entry.versions.insert(run.version);
            entry.statements += 1;
            entry.offer(example(row, run));
        }
    }
}

impl Seen {
    fn offer(&mut self, example: Example) {
        if self.example.as_ref().is_none_or(|known| example.rank > known.rank) {
            self.example = Some(example);
        }
    }

    pub fn with(&mut self, other: Seen) {
        self.roles.extend(other.roles);
        self.versions.extend(other.versions);
        self.statements += other.statements;
        if let Some(example) = other.example {
            self.offer(example);
        }
    }
}

/// The rule's own fixture shows it best; then what binds most of its roles.
fn example(row: &MatchedRow, run: &Run<'_>) -> Example {
    let is_own = run.fixture.ends_with(&format!("/{}", row.rule));
    Example {
        fixture: run.fixture.to_owned(),
        sql: run.sql.to_owned(),
        seen: in_words(row, run),
        rank: (is_own, row.claims.len(), run.is_default),
    }
}

fn in_words(row: &MatchedRow, run: &Run<'_>) -> Vec<String> {
    if let Some(error) = run.error {
        return vec![format!("refused: {error}")];
    }
    let relations: BTreeSet<&str> = row.claims.iter().map(|claim| claim.relation.as_str()).collect();
    relations
        .into_iter()
        .map(|relation| of_relation(relation, run.seen))
        .collect()
}

/// `shop_order: SHARE; read whole; writes wait`
fn of_relation(relation: &str, seen: &Value) -> String {
    let mode = ["locks", "indexes", "sequences"]
        .map(|key| text(&seen[key][relation]))
        .concat();
    let has = |key: &str| list(&seen[key]).iter().any(|name| *name == *relation);
    let mut words = vec![mode];
    words.extend(has("rewrites").then(|| "written anew".to_owned()));
    words.extend((has("scans") && !has("rewrites")).then(|| "read whole".to_owned()));
    let waits = text(&seen["waits"][relation]);
    words.push(match waits {
        "" => "nobody waits".to_owned(),
        "all" => "everybody waits".to_owned(),
        "writes" => "insert, update, delete wait".to_owned(),
        commands => format!("{} wait", commands.replace(' ', ", ")),
    });
    format!("{relation}: {}", words.join("; "))
}

/// The roles of a row whose lock and work nobody has seen; a failure that was seen stands for all.
pub fn unseen<'a>(row: &'a Row, seen: Option<&Seen>) -> Vec<&'a str> {
    let roles = row.locks.iter().map(|(role, _)| role.name());
    match seen {
        Some(seen) if !seen.versions.is_empty() && seen.roles.is_empty() => Vec::new(),
        Some(seen) => roles.filter(|role| !seen.roles.contains(role)).collect(),
        None => roles.collect(),
    }
}

fn is_seen(claim: &Claim, seen: &Value) -> bool {
    let modes = ["locks", "indexes", "sequences"].map(|key| text(&seen[key][&claim.relation]));
    let has_lock = modes.iter().any(|mode| LockMode::parse(mode) == Some(claim.mode));
    let has = |key: &str| list(&seen[key]).iter().any(|name| *name == *claim.relation);
    let has_work = claim.work.iter().all(|work| match work {
        Work::None | Work::Unknown => true,
        Work::Scan => has("scans"),
        Work::IndexBuild => has("scans") && !list(&seen["builds"]).is_empty(),
        Work::Rewrite => has("rewrites") || has("builds"),
    });
    has_lock && has_work
}
