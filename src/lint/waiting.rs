//! Who waits while a statement works, and for which locks: the part of a message that its locks decide.

use crate::finding::{HeldLock, Related, RelatedKind, RelationKind};
use crate::lock::LockMode;
use crate::migration::{Migration, OperationPath};

use super::input::place;

/// ``every query on `a` and inserts, updates and deletes on `b` wait: this transaction holds ACCESS EXCLUSIVE on `a` since ..``
///
/// `named` is the relation that the message has named before, `operation` the one that sends the statement.
pub(super) fn clause(
    locks: &[HeldLock],
    named: Option<&str>,
    operation: &OperationPath,
    migration: &Migration,
) -> String {
    let waited_for = |lock: &&HeldLock| is_queried(lock) && lock.strongest().is_some_and(LockMode::blocks_writes);
    let waited_for: Vec<&HeldLock> = locks.iter().filter(waited_for).collect();
    let only = match waited_for.as_slice() {
        [lock] => Some(lock.relation.as_str()),
        _ => None,
    };
    let waiting = who(&waited_for, only.filter(|only| named == Some(only)));
    let held = held(&waited_for, only, operation, migration);
    if held.is_empty() {
        return waiting;
    }
    format!("{waiting}: this transaction holds {}", held.join(", "))
}

/// The operations that have taken what is held.
pub(super) fn related(locks: &[HeldLock], operation: &OperationPath, migration: &Migration) -> Vec<Related> {
    let mut found: Vec<Related> = Vec::new();
    for lock in locks.iter().filter(|lock| is_queried(lock)) {
        let Some(held) = lock.held_stronger().filter(|held| held.mode.blocks_writes()) else {
            continue;
        };
        let Some(node) = held
            .since
            .node(&migration.operations)
            .filter(|_| held.since != *operation)
        else {
            continue;
        };
        found.push(Related {
            kind: RelatedKind::LockTaken,
            place: place(migration, node.name_range),
            message: format!("this takes {} on `{}`", held.mode, lock.relation),
        });
    }
    found
}

/// A mode, and the operation that took it.
type Since<'a> = (LockMode, &'a OperationPath);

/// What queries name: they wait for an index or a sequence on the way to its table.
fn is_queried(lock: &HeldLock) -> bool {
    match lock.kind {
        RelationKind::Table | RelationKind::Partitioned | RelationKind::MaterializedView | RelationKind::View => true,
        RelationKind::Index | RelationKind::Sequence => false,
    }
}

/// `it` is the relation that needs no name any more.
fn who(locks: &[&HeldLock], it: Option<&str>) -> String {
    let all_of = |names: &[&str]| all_of(names, it);
    let names = |is_meant: &dyn Fn(LockMode) -> bool| -> Vec<&str> {
        let meant = locks.iter().filter(|lock| lock.strongest().is_some_and(is_meant));
        meant.map(|lock| lock.relation.as_str()).collect()
    };
    let closed = names(&LockMode::blocks_reads);
    let read_only = names(&|mode| mode.blocks_writes() && !mode.blocks_reads());
    match (closed.as_slice(), read_only.as_slice()) {
        ([], []) => "nobody waits".to_owned(),
        (closed, []) => format!("every query on {} waits", all_of(closed)),
        ([], read_only) => format!("inserts, updates and deletes on {} wait", all_of(read_only)),
        (closed, read_only) => format!(
            "every query on {} and inserts, updates and deletes on {} wait",
            all_of(closed),
            all_of(read_only)
        ),
    }
}

/// ``ACCESS EXCLUSIVE on `a` since line 12 (AddField)``: what is held already, where the statement itself takes less.
fn held(locks: &[&HeldLock], it: Option<&str>, operation: &OperationPath, migration: &Migration) -> Vec<String> {
    let mut groups: Vec<(Since<'_>, Vec<&str>)> = Vec::new();
    for lock in locks {
        let Some(held) = lock.held_stronger().filter(|held| held.mode.blocks_writes()) else {
            continue;
        };
        let key = (held.mode, &held.since);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, names)) => names.push(&lock.relation),
            None => groups.push((key, vec![&lock.relation])),
        }
    }
    let told = groups.into_iter().map(|((mode, since), names)| {
        let names = all_of(&names, it);
        match since.node(&migration.operations) {
            Some(node) if since != operation => {
                let line = migration.source.position(node.name_range.start).line;
                format!("{mode} on {names} since line {line} ({})", node.class)
            }
            _ => format!("{mode} on {names} already"),
        }
    });
    told.collect()
}

/// `` `a`, `b` and `c` ``
fn all_of(names: &[&str], it: Option<&str>) -> String {
    const SHOWN: usize = 4;
    if it.is_some() {
        return "it".to_owned();
    }
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, first)) if !first.is_empty() && quoted.len() <= SHOWN => format!("{} and {last}", first.join(", ")),
        Some(_) if quoted.len() > SHOWN => {
            format!(
                "{} and {} more",
                quoted[..SHOWN - 1].join(", "),
                quoted.len() + 1 - SHOWN
            )
        }
        _ => quoted.concat(),
    }
}
