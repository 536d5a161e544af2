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

/// What was seen of a row: the parts of it that were seen, each with the versions.
#[derive(Default)]
pub struct Seen {
    pub parts: BTreeMap<&'static str, BTreeSet<u64>>,
}

pub type SeenRows = BTreeMap<RowKey, Seen>;

/// Notes what one statement on one version shows of the rows that it matches.
pub fn note(
    rows: &mut SeenRows,
    rules: &RuleTable,
    matched: &[MatchedRow],
    seen: &Value,
    error: Option<&str>,
    version: u64,
) {
    for row in matched {
        let entry = rows.entry((row.rule.clone(), row.row)).or_default();
        if error.is_some() && claimed::row_fails(row, rules) {
            entry.parts.entry(FAILS).or_default().insert(version);
        }
        if error.is_some() {
            continue;
        }
        for claim in row.claims.iter().filter(|claim| is_seen(claim, seen)) {
            entry.parts.entry(claim.role.name()).or_default().insert(version);
        }
    }
}

/// The part of a row that says that the server refuses the statement.
pub const FAILS: &str = "fails";

/// The parts of a row that have to be seen; a failure stands for all.
pub fn unseen<'a>(row: &'a Row, seen: Option<&Seen>) -> Vec<&'a str> {
    let has = |part: &str| seen.is_some_and(|seen| seen.parts.contains_key(part));
    if has(FAILS) {
        return Vec::new();
    }
    let roles = row.locks.iter().map(|(role, _)| role.name());
    roles.filter(|role| !has(role)).collect()
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
