//! Who waits for a lock, for how long, and what goes on: in words.

use crate::finding::{Finding, HeldLock, RelationKind, Work};
use crate::lock::{Command, LockMode};

/// What locks are held for, as far as a finding is about it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lasting {
    /// A statement's work.
    Statement,
    /// The work of code of Python.
    Code(Work),
    /// Whatever the transaction does.
    Transaction,
}

impl Lasting {
    /// How long the locks of a finding last.
    pub(super) fn of(finding: &Finding) -> Self {
        match (&finding.statement, finding.work) {
            (Some(_), _) => Lasting::Statement,
            (None, Work::None) => Lasting::Transaction,
            (None, work) => Lasting::Code(work),
        }
    }
}

/// `insert, update, delete wait until the whole table has been read; select goes on`.
///
/// `all` are the locks that are said together: a lock is held while a statement works on another relation, too.
pub(super) fn sentence(lock: &HeldLock, all: &[HeldLock], lasting: Lasting) -> String {
    let Some(mode) = lock.strongest() else {
        return String::new();
    };
    let busy = all.iter().max_by_key(|other| other.work);
    let (work, table) = match busy.filter(|busy| busy.work > lock.work) {
        Some(busy) => (busy.work, format!("the whole of {}", busy.relation)),
        None => (lock.work, whole(lock.kind).to_owned()),
    };
    let waiting = lock.blocks();
    if waiting.is_empty() {
        return goes_on(mode, work, &table);
    }
    let until = match lasting {
        Lasting::Statement => until(mode, work, &table),
        Lasting::Code(Work::Unknown) => "for as long as this takes, which nobody knows".to_owned(),
        Lasting::Code(_) => "until this code has gone through the rows".to_owned(),
        Lasting::Transaction => "until the transaction ends".to_owned(),
    };
    let mut words = format!("{} {until}", who(&waiting));
    if !waiting.contains(&Command::Select) {
        words.push_str("; select goes on");
    }
    words
}

/// The mode that the statement takes, and the one that its transaction holds already where that is stronger.
pub(super) fn modes(lock: &HeldLock) -> String {
    match (lock.mode, lock.held_stronger()) {
        (Some(mode), Some(held)) => format!("{mode}, and {} from before", held.mode),
        (None, Some(held)) => format!("{} from before", held.mode),
        (Some(mode), None) => mode.to_string(),
        (None, None) => String::new(),
    }
}

/// The relation as a lock line names it: `shop_order`, `shop_order_idx (index)`.
pub(super) fn relation(lock: &HeldLock) -> String {
    match lock.kind {
        RelationKind::Table => lock.relation.clone(),
        RelationKind::Partitioned => format!("{} (partitioned)", lock.relation),
        RelationKind::View => format!("{} (view)", lock.relation),
        RelationKind::MaterializedView => format!("{} (materialized view)", lock.relation),
        RelationKind::Index => format!("{} (index)", lock.relation),
        RelationKind::Sequence => format!("{} (sequence)", lock.relation),
    }
}

/// What the commands that wait have in common.
pub(super) fn who(waiting: &[Command]) -> String {
    if waiting.len() == Command::ALL.len() {
        return "every query waits".to_owned();
    }
    let names: Vec<&str> = waiting.iter().map(|command| spoken(*command)).collect();
    format!("{} wait", names.join(", "))
}

/// The command as people write it.
pub(super) fn spoken(command: Command) -> &'static str {
    match command {
        Command::Select => "select",
        Command::SelectForUpdate => "select for update",
        Command::Insert => "insert",
        Command::Update => "update",
        Command::Delete => "delete",
    }
}

fn whole(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::Table | RelationKind::Partitioned => "the whole table",
        RelationKind::View | RelationKind::MaterializedView => "the whole view",
        RelationKind::Index => "the whole index",
        RelationKind::Sequence => "the sequence",
    }
}

fn until(mode: LockMode, work: Work, table: &str) -> String {
    match work {
        // The queue is explained by `forelock explain "ACCESS EXCLUSIVE"`.
        Work::None if mode == LockMode::AccessExclusive => "for a moment, longer behind a slow one".to_owned(),
        Work::None => "for a moment".to_owned(),
        Work::Scan => format!("until {table} has been read"),
        Work::IndexBuild => format!("until {table} is indexed"),
        Work::Rewrite => format!("until {table} has been written anew"),
        Work::Unknown => "for as long as this takes, which nobody knows".to_owned(),
    }
}

fn goes_on(mode: LockMode, work: Work, table: &str) -> String {
    let queries = if mode.conflicts_with(LockMode::ShareUpdateExclusive) {
        "queries go on, other schema changes wait"
    } else if mode == LockMode::RowExclusive && work.grows() {
        // Work in this mode is UPDATE's and DELETE's, which lock the rows.
        "queries go on, but writes of the same rows wait,"
    } else {
        "queries go on"
    };
    match work {
        Work::None | Work::Unknown => queries.to_owned(),
        Work::Scan => format!("{queries} while {table} is read"),
        Work::IndexBuild => format!("{queries} while {table} is indexed"),
        Work::Rewrite => format!("{queries} while {table} is written anew"),
    }
}
