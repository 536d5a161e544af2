//! What to look at while a step of a plan runs on a database in use.
//!
//! The facts are those of PostgreSQL's documentation: "Building Indexes Concurrently", "Explicit Locking", "Progress
//! Reporting" and "Handling Query Conflicts" (hot standby); tests/watch.rs holds the locks against those of the rules.

mod sentences;

use rustc_hash::FxHashMap;

use crate::lock::LockMode;
use crate::sql::only_statement;
use crate::statement::{AlterTableAction, Command, ConstraintKind, Statement};

use super::{Content, Plan, PlannedMigration, Sends, Step};
use sentences::Scene;

/// What a step does to a database in use, how it is watched, stopped and taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// What it sends; empty for Python that works through the ORM.
    pub statements: Vec<String>,
    /// The relations that were there before, each with the strongest mode in which it is locked.
    pub locks: Vec<Locked>,
    /// What the server does.
    pub work: String,
    /// A query that shows how far it is, or whom it waits for.
    pub look_at: String,
    /// What makes it wait, and who waits behind it.
    pub stalls: String,
    /// How it is stopped.
    pub stop: String,
    /// What is there after it was stopped, and what the next run does.
    pub left: String,
    /// What going back sends; `None` where there is no way back.
    pub back: Option<Vec<String>>,
    /// What it means for replicas and subscribers.
    pub replicas: String,
}

/// A relation and the mode in which it is locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locked {
    /// Its name in the database.
    pub relation: String,
    /// The mode.
    pub mode: LockMode,
}

/// What a step is busy with, the longest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Busy {
    /// An index.
    Building,
    /// An index, while its table is in use.
    Dropping,
    Proving,
    Updating,
    Reading,
    /// For the planner.
    Sampling,
    Moment,
    /// With a statement of which nothing is known.
    Unread,
}

/// What the statements of a plan tell of each other.
#[derive(Default)]
struct Known {
    /// The table that the foreign key of this name points to.
    keys: FxHashMap<String, String>,
    /// The table of the index of this name.
    indexes: FxHashMap<String, String>,
}

impl Plan {
    /// What to look at while the step runs; `None` where it sends nothing.
    #[must_use]
    pub fn watch(&self, step: &Step) -> Option<Watch> {
        match &step.content {
            Content::Field { .. } | Content::Meta { .. } | Content::Code(_) => None,
            Content::Command { table, .. } => Some(Watch::by_hand(table)),
            Content::Migration(migration) => self.watch_migration(migration),
        }
    }

    fn watch_migration(&self, migration: &PlannedMigration) -> Option<Watch> {
        let known = self.known();
        let mut statements = Vec::new();
        let mut locks = Vec::new();
        let mut busy = Vec::new();
        let mut back = Some(Vec::new());
        for operation in &migration.operations {
            match &operation.sends {
                Sends::Nothing => {}
                Sends::Statements { forwards, back: own } => {
                    for sql in forwards {
                        let statement = only_statement(sql);
                        busy.push(statement.as_ref().map_or(Busy::Unread, Busy::of));
                        let locked = statement.map(|statement| self.locked(&statement, &known));
                        locks.extend(locked.unwrap_or_default());
                        statements.push(sql.clone());
                    }
                    back = back.zip(own.clone()).map(|(later, own)| [own, later].concat());
                }
                Sends::Updates { table } => {
                    busy.push(Busy::Updating);
                    locks.push(Locked::new(table, LockMode::RowExclusive));
                }
                Sends::Reads { table } => {
                    busy.push(Busy::Reading);
                    locks.push(Locked::new(table, LockMode::AccessShare));
                }
            }
        }
        if busy.is_empty() {
            return None;
        }
        let locks = strongest(&locks);
        let scene = Scene::new(&busy, &locks, migration.lock_timeout.as_deref());
        Some(scene.watch(statements, back))
    }

    fn known(&self) -> Known {
        let mut known = Known::default();
        for step in &self.steps {
            let Content::Migration(migration) = &step.content else {
                continue;
            };
            for operation in &migration.operations {
                if let Sends::Statements { forwards, back } = &operation.sends {
                    let all = forwards.iter().chain(back.iter().flatten());
                    all.filter_map(|sql| only_statement(sql))
                        .for_each(|statement| known.note(&statement));
                }
            }
        }
        known
    }

    /// What a statement locks beside what it makes.
    fn locked(&self, statement: &Statement, known: &Known) -> Vec<Locked> {
        match statement {
            Statement::CreateIndex(create) => {
                let mode = if create.concurrently {
                    LockMode::ShareUpdateExclusive
                } else {
                    LockMode::Share
                };
                create
                    .table
                    .known()
                    .map(|table| Locked::new(table, mode))
                    .into_iter()
                    .collect()
            }
            Statement::DropIndex { name, concurrently, .. } => {
                let mode = if *concurrently {
                    LockMode::ShareUpdateExclusive
                } else {
                    LockMode::AccessExclusive
                };
                let known = name.known().and_then(|name| known.indexes.get(name.as_ref()));
                let table = known.or(self.table.as_ref());
                table.map(|table| Locked::new(table, mode)).into_iter().collect()
            }
            Statement::DropTable { table, .. } => {
                let Some(table) = table.known() else { return Vec::new() };
                self.with_partitions(table, vec![Locked::new(table, LockMode::AccessExclusive)])
            }
            Statement::AlterTable { table, actions, .. } => {
                let Some(table) = table.known() else { return Vec::new() };
                let locked = actions.iter().flat_map(|action| of_action(table, action, known));
                self.with_partitions(table, locked.collect())
            }
            Statement::Command { command, .. } => match command.as_ref() {
                Command::Analyze { tables } => tables
                    .iter()
                    .map(|table| Locked::new(table, LockMode::ShareUpdateExclusive))
                    .collect(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// The partitions are locked as the table is.
    fn with_partitions(&self, table: &str, mut locked: Vec<Locked>) -> Vec<Locked> {
        if self.table.as_deref() == Some(table)
            && let Some(mode) = locked.iter().find(|lock| lock.relation == table).map(|lock| lock.mode)
        {
            locked.extend(self.partitions.iter().map(|partition| Locked::new(partition, mode)));
        }
        locked
    }
}

impl Known {
    fn note(&mut self, statement: &Statement) {
        if let Statement::CreateIndex(create) = statement
            && let (Some(name), Some(table)) = (create.name.known(), create.table.known())
        {
            self.indexes.insert(name.into_owned(), table.to_owned());
        }
        let Statement::AlterTable { actions, .. } = statement else {
            return;
        };
        for action in actions {
            if let AlterTableAction::AddConstraint(constraint) = action
                && let ConstraintKind::ForeignKey(key) = &constraint.kind
                && let (Some(name), Some(to)) = (key.name.known(), key.to_table.known())
            {
                self.keys.insert(name.into_owned(), to.to_owned());
            }
        }
    }
}

impl Watch {
    /// That of a command which is run by hand and updates rows of a table.
    fn by_hand(table: &str) -> Self {
        let locks = vec![Locked::new(table, LockMode::RowExclusive)];
        Scene::new(&[Busy::Updating], &locks, None).watch(Vec::new(), Some(Vec::new()))
    }
}

impl Locked {
    fn new(relation: &str, mode: LockMode) -> Self {
        Self {
            relation: relation.to_owned(),
            mode,
        }
    }
}

fn of_action(table: &str, action: &AlterTableAction, known: &Known) -> Vec<Locked> {
    let other = |name: &crate::statement::Name| name.known().and_then(|name| known.keys.get(name.as_ref()));
    let (mode, also) = match action {
        AlterTableAction::AddConstraint(constraint) => match &constraint.kind {
            ConstraintKind::ForeignKey(key) => (
                LockMode::ShareRowExclusive,
                key.to_table.known().map(|to| (to, LockMode::ShareRowExclusive)),
            ),
            _ => (LockMode::AccessExclusive, None),
        },
        AlterTableAction::AddColumn(column) => {
            let to = column.references.as_ref().and_then(|key| key.to_table.known());
            (
                LockMode::AccessExclusive,
                to.map(|to| (to, LockMode::ShareRowExclusive)),
            )
        }
        AlterTableAction::ValidateConstraint { name } => (
            LockMode::ShareUpdateExclusive,
            other(name).map(|to| (to.as_str(), LockMode::RowShare)),
        ),
        AlterTableAction::DropConstraint { name, .. } => (
            LockMode::AccessExclusive,
            other(name).map(|to| (to.as_str(), LockMode::AccessExclusive)),
        ),
        _ => (LockMode::AccessExclusive, None),
    };
    let also = also.filter(|(to, _)| *to != table);
    let also = also.map(|(to, mode)| Locked::new(to, mode));
    [Locked::new(table, mode)].into_iter().chain(also).collect()
}

/// Each relation with the strongest of its modes.
fn strongest(locks: &[Locked]) -> Vec<Locked> {
    let mut strongest: Vec<Locked> = Vec::new();
    for lock in locks {
        match strongest.iter_mut().find(|known| known.relation == lock.relation) {
            Some(known) => known.mode = known.mode.max(lock.mode),
            None => strongest.push(lock.clone()),
        }
    }
    strongest
}

impl Busy {
    fn of(statement: &Statement) -> Self {
        match statement {
            Statement::CreateIndex(create) if create.concurrently => Busy::Building,
            Statement::DropIndex { .. } => Busy::Dropping,
            Statement::AlterTable { actions, .. }
                if actions
                    .iter()
                    .any(|action| matches!(action, AlterTableAction::ValidateConstraint { .. })) =>
            {
                Busy::Proving
            }
            Statement::Command { command, .. } if matches!(command.as_ref(), Command::Analyze { .. }) => Busy::Sampling,
            _ => Busy::Moment,
        }
    }
}
