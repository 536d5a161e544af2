//! One statement on one version of the server: what it did against what forelock says.

use std::collections::BTreeSet;

use forelock::finding::{HeldLock, RelationKind, StatementReport, Work};
use forelock::lock::{Command, LockMode};
use serde_json::Value;

use crate::recorded::{list, text};

/// How many claims were looked at, and those that are not true.
#[derive(Default)]
pub struct Verdict {
    pub claims: usize,
    pub contradictions: Vec<String>,
}

impl Verdict {
    pub fn add(&mut self, other: Verdict) {
        self.claims += other.claims;
        self.contradictions.extend(other.contradictions);
    }

    fn compare(&mut self, what: &str, postgres: &BTreeSet<String>, forelock: &BTreeSet<String>) {
        self.claims += 1;
        if postgres != forelock {
            self.contradictions
                .push(format!("{what}: Postgres {postgres:?}, forelock {forelock:?}"));
        }
    }

    fn claim(&mut self, holds: bool, what: impl FnOnce() -> String) {
        self.claims += 1;
        if !holds {
            self.contradictions.push(what());
        }
    }
}

/// A statement that the server ran.
pub fn ran(seen: &Value, claim: &StatementReport, parts: &Partitions) -> Verdict {
    let mut verdict = Verdict::default();
    locks(seen, claim, &mut verdict);
    let alone = |lock: &HeldLock| lock.mode;
    let waits = Waits::of(&seen["waits"], claim, &alone);
    waits.are_true(&mut verdict);
    waits.are_all(parts, &[], &mut verdict);
    if claim.work != Work::Unknown {
        work(seen, claim, &mut verdict);
        told(seen, claim, &mut verdict);
    }
    verdict
}

/// A statement that the server ran behind those that come before it in its transaction.
///
/// Of what is held on the `unused` tables nothing is said.
pub fn ran_amid(seen: &Value, claim: &StatementReport, parts: &Partitions, unused: &[&str]) -> Verdict {
    let mut verdict = Verdict::default();
    let holds = modes(&seen["holds"]);
    for lock in &claim.locks {
        let held = holds.iter().find(|(relation, _)| *relation == lock.relation);
        let held = held.map(|(_, mode)| *mode);
        let claimed = lock
            .held
            .as_ref()
            .map(|held| held.mode)
            .filter(|mode| *mode > LockMode::AccessShare);
        // A lock that no query waits for may go unsaid, and what a statement takes on indexes and sequences.
        let is_queried = [TABLES, VIEWS].concat().contains(&lock.kind);
        let is_said = is_queried && held >= Some(LockMode::Share);
        let is_same = held == claimed || (claimed.is_none() && !is_said);
        verdict.claim(is_same, || {
            format!("held on {}: Postgres {held:?}, forelock {claimed:?}", lock.relation)
        });
    }
    if holds.iter().any(|(_, mode)| mode.blocks_writes()) {
        let waits = Waits::of(&seen["waits_amid"], claim, &HeldLock::strongest);
        waits.are_true(&mut verdict);
        // What is held on other relations is said while something works that grows.
        if claim.work.grows() {
            waits.are_all(parts, unused, &mut verdict);
        }
    }
    verdict
}

/// A statement that the server refused, or did not.
pub fn failure(error: Option<&str>, is_claimed: bool) -> Verdict {
    let mut verdict = Verdict::default();
    verdict.claim(error.is_some() == is_claimed, || match error {
        Some(error) => format!("Postgres refuses it, forelock does not say so: {error}"),
        None => "forelock says that it fails, but Postgres runs it".to_owned(),
    });
    verdict
}

// Locks

const TABLES: &[RelationKind] = &[RelationKind::Table, RelationKind::Partitioned];
const VIEWS: &[RelationKind] = &[RelationKind::View, RelationKind::MaterializedView];

/// Of tables and views every lock that anybody waits for must be claimed; what is claimed must be true.
fn locks(seen: &Value, claim: &StatementReport, verdict: &mut Verdict) {
    let seen_on_tables = modes(&seen["locks"]);
    let claimed = claimed_modes(claim, &[TABLES, VIEWS].concat());
    let relations = worth_waiting_for(&seen_on_tables)
        .chain(&claimed)
        .collect::<BTreeSet<_>>();
    for (relation, mode) in relations {
        let lock = (relation.clone(), *mode);
        verdict.claim(seen_on_tables.contains(&lock) && claimed.contains(&lock), || {
            format!(
                "lock {mode} on {relation}: Postgres {}, forelock {}",
                yes(seen_on_tables.contains(&lock)),
                yes(claimed.contains(&lock))
            )
        });
    }
    for (kind, key) in [(RelationKind::Index, "indexes"), (RelationKind::Sequence, "sequences")] {
        let seen = modes(&seen[key]);
        for lock in claimed_modes(claim, &[kind]) {
            verdict.claim(seen.contains(&lock), || {
                format!("lock {} on {}: Postgres {seen:?}", lock.1, lock.0)
            });
        }
    }
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

fn modes(locks: &Value) -> BTreeSet<(String, LockMode)> {
    let modes = locks.as_object().into_iter().flatten();
    modes
        .filter_map(|(relation, mode)| Some((relation.clone(), LockMode::parse(text(mode))?)))
        .collect()
}

/// ACCESS SHARE is what every SELECT takes; nobody waits for it but a DROP.
fn worth_waiting_for(locks: &BTreeSet<(String, LockMode)>) -> impl Iterator<Item = &(String, LockMode)> {
    locks.iter().filter(|(_, mode)| *mode > LockMode::AccessShare)
}

fn claimed_modes(claim: &StatementReport, kinds: &[RelationKind]) -> BTreeSet<(String, LockMode)> {
    let locks = claim.locks.iter().filter(|lock| kinds.contains(&lock.kind));
    locks
        .filter_map(|lock| Some((lock.relation.clone(), lock.mode?)))
        .filter(|(_, mode)| *mode > LockMode::AccessShare)
        .collect()
}

// Who waits

/// Which commands of a second session waited, beside the modes of the claimed locks that say so.
struct Waits<'a> {
    seen: &'a Value,
    modes: Vec<(&'a HeldLock, LockMode)>,
}

impl<'a> Waits<'a> {
    fn of(seen: &'a Value, claim: &'a StatementReport, mode: &dyn Fn(&HeldLock) -> Option<LockMode>) -> Self {
        let modes = claim.locks.iter().filter_map(|lock| Some((lock, mode(lock)?)));
        Self {
            seen,
            modes: modes.collect(),
        }
    }

    /// Whom each claimed lock keeps waiting.
    fn are_true(&self, verdict: &mut Verdict) {
        for (lock, mode) in &self.modes {
            let commands = match lock.kind {
                RelationKind::Table | RelationKind::Partitioned => mode.blocks(),
                RelationKind::View | RelationKind::MaterializedView => {
                    let select = mode.blocks().into_iter();
                    select.filter(|command| *command == Command::Select).collect()
                }
                RelationKind::Index | RelationKind::Sequence => continue,
            };
            let waiting = waiting(&self.seen[&lock.relation]);
            let missing: Vec<_> = commands.iter().filter(|command| !waiting.contains(command)).collect();
            verdict.claim(missing.is_empty(), || {
                format!("{mode} on {} keeps {missing:?} waiting, but they go on", lock.relation)
            });
        }
    }

    /// Nobody waits without a lock that explains it, but for relations that nobody uses.
    fn are_all(&self, parts: &Partitions, unused: &[&str], verdict: &mut Verdict) {
        let seen = self.seen.as_object().into_iter().flatten();
        for (relation, commands) in seen.filter(|(relation, _)| !unused.contains(&relation.as_str())) {
            let unexplained: Vec<_> = waiting(commands)
                .into_iter()
                .filter(|command| !self.is_explained(relation, commands, *command, parts))
                .collect();
            verdict.claim(unexplained.is_empty(), || {
                format!("{unexplained:?} wait on {relation} for no lock that forelock names")
            });
        }
    }

    /// By a lock on the relation, or by one on what is opened on the way to it: an index, which every query opens; the sequence
    /// that numbers new rows; the table behind a view; the partition that a new row goes to; the parent that a partition's rows
    /// have to fit, and that is opened to plan a query of a partition with partitions of its own.
    fn is_explained(&self, relation: &str, commands: &Value, command: Command, parts: &Partitions) -> bool {
        self.modes.iter().any(|(lock, mode)| {
            let is_own = lock.relation == relation && mode.conflicts_with(command.lock());
            let closes_all = *mode == LockMode::AccessExclusive;
            is_own
                || match lock.kind {
                    RelationKind::Index => closes_all,
                    RelationKind::Sequence => command == Command::Insert && *mode >= LockMode::ShareRowExclusive,
                    RelationKind::Partitioned => {
                        let is_parent = parts.lies_in(relation, &lock.relation) && parts.has_parts(relation);
                        closes_all && (is_parent || command.lock() == LockMode::RowExclusive)
                    }
                    // Nothing else is tried on views.
                    RelationKind::Table if text(commands) == "select" => closes_all,
                    RelationKind::Table => {
                        closes_all && command == Command::Insert && parts.lies_in(&lock.relation, relation)
                    }
                    RelationKind::View | RelationKind::MaterializedView => false,
                }
        })
    }
}

/// Which tables a fixture makes partitions of which, by the text of its statements.
#[derive(Default)]
pub struct Partitions(BTreeSet<(String, String)>);

impl Partitions {
    pub fn of<'s>(statements: impl Iterator<Item = &'s str>) -> Self {
        Self(statements.filter_map(partition).collect())
    }

    fn lies_in(&self, table: &str, parent: &str) -> bool {
        let mut parents = self.0.iter().filter(|(part, _)| part == table);
        parents.any(|(_, direct)| direct == parent || self.lies_in(direct, parent))
    }

    fn has_parts(&self, table: &str) -> bool {
        self.0.iter().any(|(_, parent)| parent == table)
    }
}

/// The partition and its parent: `CREATE TABLE part PARTITION OF parent`, `ALTER TABLE parent ATTACH PARTITION part`.
fn partition(sql: &str) -> Option<(String, String)> {
    let words: Vec<&str> = sql.split_whitespace().map(|word| word.trim_matches('"')).collect();
    match words.as_slice() {
        ["CREATE", "TABLE", part, "PARTITION", "OF", parent, ..]
        | ["ALTER", "TABLE", parent, "ATTACH", "PARTITION", part, ..] => {
            Some(((*part).to_owned(), (*parent).to_owned()))
        }
        _ => None,
    }
}

/// `all`, `writes`, or names of commands.
fn waiting(commands: &Value) -> Vec<Command> {
    let named = |command: &Command| match text(commands) {
        "all" => true,
        "writes" => matches!(command, Command::Insert | Command::Update | Command::Delete),
        names => names.split(' ').any(|name| name == command.name()),
    };
    Command::ALL.into_iter().filter(named).collect()
}

// Work

fn work(seen: &Value, claim: &StatementReport, verdict: &mut Verdict) {
    let scans = names(&seen["scans"]);
    let (built, copied) = built_and_copied(seen);
    let rewrites: BTreeSet<String> = names(&seen["rewrites"]).union(&copied).cloned().collect();
    verdict.compare("scans", &scans, &claim.scans.iter().cloned().collect());
    verdict.compare("rewrites", &rewrites, &claim.rewrites.iter().cloned().collect());
    verdict.compare("builds", &built, &claim.builds.iter().cloned().collect());
    let heaviest = [
        (&rewrites, Work::Rewrite),
        (&built, Work::IndexBuild),
        (&scans, Work::Scan),
    ];
    let seen_work = heaviest
        .into_iter()
        .find(|(relations, _)| !relations.is_empty())
        .map_or(Work::None, |(_, work)| work);
    verdict.claim(seen_work == claim.work, || {
        format!("work: Postgres {}, forelock {}", seen_work.name(), claim.work.name())
    });
}

/// Indexes with a new file. The server says which ones it builds; the others are copied.
fn built_and_copied(seen: &Value) -> (BTreeSet<String>, BTreeSet<String>) {
    let is_built = |index: &String| {
        list(&seen["told"])
            .iter()
            .any(|message| built_index(text(message)) == Some(index))
    };
    names(&seen["builds"]).into_iter().partition(is_built)
}

/// REINDEX CONCURRENTLY gives the new index the old one's name in the end.
fn built_index(message: &str) -> Option<&str> {
    let index = message.strip_prefix("building index ")?.split(' ').next()?;
    Some(index.strip_suffix("_ccnew").unwrap_or(index))
}

fn names(value: &Value) -> BTreeSet<String> {
    list(value).iter().map(|item| text(item).to_owned()).collect()
}

/// What the server says of its own work at level DEBUG1 must be among what is claimed.
fn told(seen: &Value, claim: &StatementReport, verdict: &mut Verdict) {
    for message in list(&seen["told"]).iter().map(text) {
        let words: Vec<&str> = message.split(' ').collect();
        let has = |names: &[String], name: &str| names.iter().any(|known| known == name);
        let holds = match words.as_slice() {
            ["verifying", "table", table] => has(&claim.scans, table),
            ["rewriting", "table", table] => has(&claim.rewrites, table),
            ["building", "index", ..] => built_index(message).is_some_and(|index| has(&claim.builds, index)),
            ["validating", ..] => !claim.scans.is_empty(),
            ["existing", "constraints", "on", "column", column, ..] => {
                !has(&claim.scans, column.split('.').next().unwrap_or_default())
            }
            ["partition", "constraint", "for", "table", table, ..] => !has(&claim.scans, table),
            _ => false,
        };
        verdict.claim(holds, || format!("Postgres says `{message}`, forelock does not"));
    }
}
