//! The database that the schema editor talks to: each statement is observed, judged and applied.

use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::backend::Backend;
use crate::catalog::{Catalog, Cause, Scope, table_key};
use crate::facts::observe::{Context, Usage, observe};
use crate::finding::{Origin, Pending, Place};
use crate::migration::{Migration, OperationPath, Ownership};
use crate::models::View;
use crate::phase::Deploy;
use crate::project::{Session, Timeout};
use crate::python_work::Certainty;
use crate::row_work::Rows;
use crate::rules::RuleTable;
use crate::schema_editor::{self, Again};
use crate::source::{Range, Sources};
use crate::sql;
use crate::standing::GivenUp;
use crate::statement::{AlterTableAction, Command, SessionChange, Statement};
use crate::transaction::{Likelihood, Transaction};
use crate::unknown::{Identifier, Unknown};
use crate::versions::PostgresVersion;

use super::births::Births;
use super::builds::Build;
use super::crowd::Crowd;
use super::half_done::Committed;
use super::input;
use super::judge::{Hit, Surroundings, Verdict, judge};
use super::late::Late;
use super::pending::pending;
use super::released::{Released, Releasing};
use super::remarks::Remark;
use super::sent::{Executed, HitAt, Part, Sent, Text};
use super::taken::Taken;
use super::untimed::Untimed;

/// Postgres, as far as it is known, with a log of what the running migration has done to it.
pub(super) struct Database<'a> {
    pub catalog: Catalog,
    pub(super) rules: &'a RuleTable,
    session: Session,
    pub(super) backend: Arc<Backend>,
    pub(super) postgres: PostgresVersion,
    pub(super) transaction: Transaction,
    new_indexes: FxHashSet<String>,
    births: Births,
    /// Tables and columns that the models gave up in an earlier migration.
    released: Released,
    /// What the running migration makes the models give up, or take back: so when it has ended.
    releasing: Releasing,
    /// Whether the running statements are Django's own.
    is_composed: bool,
    /// Names that the running migration has taken from tables.
    renamed: Vec<String>,
    /// How much anybody wants to know of what the running migration does.
    pub(super) telling: Telling,
    /// The texts of the files that SQL is written in.
    pub(super) sources: &'a Sources,
    /// The statement that runs, by its string in the log and its place there.
    pub(super) running: HitAt,
    /// Indexes that are built concurrently, and that a second run would find there.
    pub(super) builds: Vec<Build>,
    /// Settings of the session with the statement that set each last.
    pub(super) set_by: Vec<(String, HitAt)>,
    pub log: Vec<Executed<'a>>,
    /// Tables on which a moment's lock already hurts.
    pub(super) hot_tables: Vec<String>,
    /// Tables that the open transaction holds together.
    pub(super) crowd: Crowd,
    /// Its first lock without a timeout.
    pub(super) untimed: Option<Untimed>,
    /// What the running migration does that the new release waits for.
    pub(super) late: Late,
    /// What the open transaction has taken from running code.
    taken: Taken,
    /// The operations whose code of Python has changed rows, or what is out of sight.
    pub(super) changed_by_python: Vec<OperationPath>,
    /// How many strings had been sent when it ran last.
    pub(super) python_at: Option<usize>,
    /// Whether Django runs the migration in one transaction.
    pub(super) is_atomic: bool,
    /// What its statements do, where it does not.
    pub(super) committed: Committed,
    /// What sends the string that runs does where the migration runs again.
    pub(super) again: Again,
    /// How likely what runs now is to run.
    pub(super) likelihood: Likelihood,
    pub remarks: Vec<Remark<'a>>,
    /// Where each migration that ran stands, if it is the project's own; the first has number 1.
    pub(super) ran: Vec<Option<Place>>,
}

/// How much of what a migration does will be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Telling {
    Nothing,
    /// What its statements mean, but not each of them.
    Findings,
    Statements,
}

impl<'a> Database<'a> {
    pub(super) fn new(
        rules: &'a RuleTable,
        session: &Session,
        backend: &Arc<Backend>,
        postgres: PostgresVersion,
        hot_tables: &[String],
        sources: &'a Sources,
    ) -> Self {
        Self {
            catalog: Catalog::default(),
            rules,
            session: session.clone(),
            backend: Arc::clone(backend),
            postgres,
            transaction: Transaction::default(),
            new_indexes: FxHashSet::default(),
            births: Births::default(),
            released: Released::default(),
            releasing: Vec::new(),
            is_composed: false,
            renamed: Vec::new(),
            telling: Telling::Nothing,
            sources,
            running: HitAt::default(),
            builds: Vec::new(),
            set_by: Vec::new(),
            log: Vec::new(),
            hot_tables: hot_tables.to_vec(),
            crowd: Crowd::default(),
            untimed: None,
            late: Late::default(),
            taken: Taken::default(),
            changed_by_python: Vec::new(),
            python_at: None,
            is_atomic: true,
            committed: Committed::default(),
            again: Again::Sends,
            likelihood: Likelihood::Certain,
            remarks: Vec::new(),
            ran: Vec::new(),
        }
    }

    /// Begins a migration. What nobody is told about takes its effect, and is not judged.
    pub(super) fn begin(&mut self, migration: &Migration, telling: Telling, deploy: Deploy) {
        self.released.deploy = deploy;
        self.telling = telling;
        let number = self.catalog.begin_migration();
        let is_own = migration.ownership == Ownership::Project;
        self.ran
            .push(is_own.then(|| input::place(migration, migration.class_range)));
        self.catalog.call_siblings(self.births.before(migration, number));
        self.is_atomic = migration.atomic && self.backend.has_transactions();
        self.transaction = Transaction::begin(self.is_atomic).configured(configured(&self.session));
        self.set_by.clear();
        self.builds.clear();
        self.new_indexes.clear();
        self.released.settle(&mut self.releasing);
        self.log.clear();
        self.crowd = Crowd::default();
        self.untimed = None;
        self.late = Late::default();
        self.taken = Taken::default();
        self.changed_by_python.clear();
        self.python_at = None;
        self.committed = Committed::default();
        self.remarks.clear();
    }

    /// When the running migration runs.
    pub(super) fn deploy(&self) -> Deploy {
        self.released.deploy
    }

    /// Whether something terminates those who keep a migration waiting.
    pub(super) fn ends_blockers(&self) -> bool {
        self.session.ends_blockers
    }

    /// Which earlier migration took a column out of the state.
    pub(super) fn column_given_up(&self, table: &str, column: &str) -> Option<&GivenUp> {
        self.released.column_given_up(table, column)
    }

    /// The tables called hot that the history does not leave behind.
    pub(super) fn unknown_hot_tables(&self) -> Vec<String> {
        let is_unknown = |table: &&String| self.catalog.table(table).is_none();
        self.hot_tables.iter().filter(is_unknown).cloned().collect()
    }

    /// Remembers that the models give up a table, or a column of it, in the running migration.
    pub(super) fn release(&mut self, table: String, column: Option<String>, given_up: GivenUp) {
        self.releasing.push((table, column, Some(given_up)));
    }

    /// Remembers that the models have a table, or a column of it, again.
    pub(super) fn take_back(&mut self, table: String, column: Option<String>) {
        self.releasing.push((table, column, None));
    }

    /// Remembers the views that the migration leaves in the place of tables that it has renamed.
    pub(super) fn release_stand_ins(&mut self, given_up: impl FnOnce() -> GivenUp) {
        let now = self.catalog.current_migration();
        let mut names = std::mem::take(&mut self.renamed);
        names.retain(|name| self.catalog.view(name).is_some_and(|view| view.created_in == now));
        if !names.is_empty() {
            let given_up = given_up();
            let stand_ins = names.into_iter().map(|name| (name, given_up.clone()));
            self.released.stand_ins.extend(stand_ins);
        }
    }

    /// The history has ended: what is left to do of changes that take more than one release.
    pub(super) fn pending(&mut self, models: View<'_>) -> Vec<Pending> {
        self.released.settle(&mut self.releasing);
        let (columns, tables) = (self.released.columns.iter(), self.released.tables.iter());
        pending(columns, tables, models, &self.catalog)
    }

    /// Remembers that models have these tables.
    pub(super) fn name_tables(&mut self, tables: Vec<String>) {
        self.released.named.extend(tables);
    }

    /// Runs statements of Django's own.
    pub(super) fn run_composed(&mut self, statements: Vec<Statement>, origin: Origin, place: &schema_editor::Place) {
        self.is_composed = true;
        let mut sent = Vec::with_capacity(statements.len());
        for (index, mut statement) in statements.into_iter().enumerate() {
            statement.settle_names();
            self.running = HitAt {
                string: self.log.len(),
                statement: index,
                ..HitAt::default()
            };
            let parts = self.run_parts(std::slice::from_ref(&statement), &place.operation, &|_, _| None);
            sent.push(Sent {
                text: Text::Printed(statement),
                operation: place.operation.clone(),
                origin,
                range: None,
                parts,
            });
        }
        self.is_composed = false;
        self.log.push(Executed {
            place: place.clone(),
            written: None,
            statements: sent,
        });
    }

    /// Runs what one statement of SQL comes to: itself, or each of the several things that it does. `written` says where
    /// a part of its text stands.
    pub(super) fn run_parts(
        &mut self,
        statements: &[Statement],
        operation: &OperationPath,
        written: &dyn Fn(usize, usize) -> Option<Range>,
    ) -> Vec<Part<'a>> {
        let mut parts = Vec::new();
        let mut whole = Part::default();
        let around = self.likelihood;
        for statement in statements {
            let Some(block) = statement.block() else {
                self.run_part(statement, operation, &mut whole);
                continue;
            };
            self.transaction.open_for_body();
            for inner in block {
                self.running.part = parts.len();
                let place = inner.place.and_then(|(start, end)| written(start, end));
                let mut part = Part {
                    inner: Some((inner.text.clone(), place)),
                    ..Part::default()
                };
                let is_doubtful = inner.certainty == Certainty::Doubtful;
                let scope = is_doubtful.then(|| Scope::Tables(self.catalog.tables_in(&inner.text)));
                if let Some(scope) = &scope {
                    self.catalog.doubt(scope, Cause::Undecided);
                    self.likelihood = Likelihood::Possible;
                }
                self.run_part(&inner.statement, operation, &mut part);
                if let Some(scope) = &scope {
                    self.catalog.doubt(scope, Cause::Undecided);
                    self.likelihood = around;
                }
                parts.push(part);
            }
            if self.transaction.close_of_body() {
                self.tell_transaction();
            }
        }
        if parts.is_empty() {
            parts.push(whole);
        }
        parts
    }

    fn run_part(&mut self, statement: &Statement, operation: &OperationPath, part: &mut Part<'a>) {
        for statement in statement.parts() {
            if part.unread.is_none() {
                part.unread = statement.unread_reason().or_else(|| self.unknown_setting(statement));
            }
            let calls_unknown = self.unknown_call(statement);
            let known = part.verdict.hits.len();
            if self.telling != Telling::Nothing {
                self.judge_statement(statement, operation, &mut part.verdict);
            }
            let is_refused = |hit: &Hit<'_>| hit.rule.name == "refused-by-dependents";
            if part.verdict.hits[known..].iter().any(is_refused) {
                // It changes nothing; where the migration has run all the same, something was not as it is known to be.
                let scope = self.catalog.scope_of(&statement.to_string());
                self.catalog.doubt(&scope, Cause::Undecided);
            } else {
                if self.transaction.open {
                    let first = HitAt {
                        hit: known,
                        ..self.running
                    };
                    self.taken
                        .note(&part.verdict.hits, first, &self.catalog, &self.released);
                }
                if self.telling != Telling::Nothing {
                    self.note_late(statement, operation);
                }
                self.remember(statement);
                for table in &part.verdict.rewrites {
                    self.transaction.make_rows(table, &Rows::All, self.likelihood);
                }
            }
            let calls_unknown = calls_unknown.map(|scope| (scope, Cause::Unread));
            for (scope, cause) in calls_unknown.into_iter().chain(doubted(statement)) {
                self.catalog.doubt(&scope, cause);
            }
        }
    }

    /// Why a setting's value is not known, unless it is one that the migration has set before: then it is set back.
    fn unknown_setting(&self, statement: &Statement) -> Option<String> {
        let Statement::Command { command, .. } = statement else {
            return None;
        };
        match command.as_ref() {
            Command::Session(SessionChange::Set {
                name,
                value: Err(reason),
                ..
            }) if !self.transaction.has_set(name) => Some(reason.clone()),
            _ => None,
        }
    }

    /// What a query is about that calls a function which nothing at hand makes: an extension's may change tables.
    fn unknown_call(&self, statement: &Statement) -> Option<Scope> {
        let Statement::Command { text, command } = statement else {
            return None;
        };
        let Command::Select { .. } = command.as_ref() else {
            return None;
        };
        let is_known = |name: &str| {
            name.starts_with("pg_") || sql::built_in(name).is_some() || self.catalog.function(name).is_some()
        };
        let mut calls = sql::calls(text).into_iter();
        calls.any(|name| !is_known(&name)).then(|| self.catalog.scope_of(text))
    }

    fn judge_statement(&mut self, statement: &Statement, operation: &OperationPath, verdict: &mut Verdict<'a>) {
        let time_zone = self.transaction.setting("timezone");
        let time_zone = time_zone.or(self.session.time_zone.as_deref());
        let context = Context {
            catalog: &self.catalog,
            transaction: &self.transaction,
            time_zone,
            usage: &self.released,
            postgres: self.postgres,
        };
        let Some(observations) = observe(statement, &context) else {
            return;
        };
        let around = Surroundings {
            catalog: &self.catalog,
            transaction: &self.transaction,
            new_indexes: &self.new_indexes,
            hot_tables: &self.hot_tables,
            keeps_rows: self.telling == Telling::Statements,
        };
        judge(observations, self.rules, &around, verdict);
        self.note_untimed(&verdict.locks, operation);
        for lock in &verdict.locks {
            let in_use = !self.catalog.is_unused(&lock.relation);
            self.transaction.hold(lock, in_use, operation);
        }
        if self.transaction.open {
            let hot_tables = &self.hot_tables;
            let is_hot = |table: &str| hot_tables.iter().any(|hot| hot == table);
            self.crowd.take(&self.transaction, operation, &is_hot);
        }
    }

    /// Ends the migration: says what all of it comes to, and what it leaves behind.
    pub(super) fn finish(&mut self, migration: &Migration, models: View<'_>) {
        self.tell_transaction();
        self.taken.tell(self.rules, &mut self.log);
        self.judge_half_done(migration);
        self.judge_builds();

        let left: Vec<String> = self
            .transaction
            .left_settings()
            .into_iter()
            .map(str::to_owned)
            .collect();
        for setting in left {
            let by = self.set_by.iter().find(|(name, _)| *name == setting);
            let verdict = by.and_then(|(_, by)| by.verdict(&mut self.log));
            let Some(verdict) = verdict else {
                continue;
            };
            let names = vec![("setting", setting)];
            let hit = Hit::of_rule(self.rules, "setting-left-behind", names);
            verdict.hits.extend(hit);
        }
        self.judge_untimed(migration);
        self.judge_late(models);
        self.released.hand_made.settle(models);
        self.weigh();
    }

    /// A transaction ends, before the migration does; another may begin.
    pub(super) fn end_transaction(&mut self, open_after: bool) {
        self.transaction.end(open_after);
        self.tell_transaction();
    }

    /// A transaction has ended: what all of it comes to.
    fn tell_transaction(&mut self) {
        self.note_commit();
        self.end_crowd();
        self.taken.end(&self.catalog);
    }

    fn note_hand_made(&mut self, table: &Identifier, column: &str) {
        if !self.is_composed {
            self.released.hand_made.note(table_key(table), column);
        }
    }

    fn remember(&mut self, statement: &Statement) {
        match statement {
            // What is held on a table that loses its known name is told by the one that it had.
            Statement::RenameTable { from, to, .. } => {
                if let (Some(from), Some(to)) = (from.known(), to.known()) {
                    self.transaction.rename(from, to);
                    self.renamed.push(from.to_owned());
                }
            }
            Statement::DropIndex {
                name, if_exists: true, ..
            } => {
                if let Some(name) = name.known() {
                    self.transaction.drop_index(&name);
                }
            }
            Statement::CreateIndex(create) => {
                self.note_build(create);
                self.new_indexes.extend(create.name.known().map(Cow::into_owned));
            }
            Statement::AlterTable { table, actions, .. } => {
                for action in actions {
                    match action {
                        AlterTableAction::AddColumn(column) => {
                            if let Some(name) = column.name.known() {
                                self.transaction.add_column(table_key(table), name);
                                // Another one of that name.
                                self.released
                                    .columns
                                    .remove(&(table_key(table).to_owned(), name.to_owned()));
                                self.note_hand_made(table, name);
                            }
                        }
                        AlterTableAction::RenameColumn { to, .. } => {
                            if let Some(name) = to.known() {
                                self.note_hand_made(table, name);
                            }
                        }
                        AlterTableAction::SetDefault { column, .. } => {
                            if let Some(name) = column.known() {
                                self.transaction.note_default(table_key(table), name);
                            }
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        self.remember_command(statement);
        self.taken.follow(statement);
        self.note_committed(statement);
        self.catalog.apply(statement);
    }
}

/// What is in doubt after a statement that makes or takes something by a name that code puts together.
///
/// What it takes may have been a proof; what it makes may be anything that is thought not to be there.
fn doubted(statement: &Statement) -> Option<(Scope, Cause)> {
    let is_pattern = |unknown: &Unknown| unknown.as_pattern().is_some();
    if !statement.unknowns().iter().any(is_pattern) {
        return None;
    }
    let scope = match statement.table() {
        Some(Identifier::Known(table)) => Scope::Tables(vec![table.clone()]),
        Some(Identifier::Unknown(_)) | None => Scope::Everything,
    };
    let takes = |action: &AlterTableAction| match action {
        AlterTableAction::DropConstraint { name, .. } => name.unknown().is_some(),
        AlterTableAction::DropColumn { column, .. } | AlterTableAction::RenameColumn { from: column, .. } => {
            column.unknown().is_some()
        }
        _ => false,
    };
    let cause = match (statement, &scope) {
        (Statement::AlterTable { actions, .. }, Scope::Tables(_)) if actions.iter().any(takes) => Cause::Unread,
        _ => Cause::Undecided,
    };
    Some((scope, cause))
}

/// The timeouts that the project sets for every session.
fn configured(session: &Session) -> FxHashMap<String, String> {
    let timeouts = [
        ("lock_timeout", session.lock_timeout),
        ("statement_timeout", session.statement_timeout),
    ];
    let value = |timeout| match timeout {
        Timeout::Milliseconds(milliseconds) => format!("{milliseconds}ms"),
        Timeout::Never => "0".to_owned(),
    };
    timeouts
        .into_iter()
        .filter_map(|(name, timeout)| Some((name.to_owned(), value(timeout?))))
        .collect()
}
