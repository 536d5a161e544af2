//! django-pg-zero-downtime-migrations, releases 0.16 to 0.20: `DatabaseSchemaEditorMixin` of its
//! `backends/postgres/schema.py`, which stands between Django's schema editor and execution.

mod drops;
mod existing;
mod steps;
mod unsafe_operations;

use crate::backend::{Backend, ZeroDowntime};
use crate::finding::Origin;
use crate::project::Timeout;
use crate::statement::{
    AlterTableAction, Command, ConstraintKind, SessionChange, SettingScope, Statement, TableConstraint,
};

use super::Text;
use super::run::Run;

use existing::{Found, refusal_of_index_look_up};
pub(super) use steps::Guarded;
use steps::{Guard, Later, steps};

/// `ZERO_TIMEOUT`
const NO_TIMEOUT: &str = "0ms";

impl Run<'_> {
    /// The zero-downtime backend, where the project runs on it.
    pub(super) fn zero_downtime(&self) -> Option<ZeroDowntime> {
        match self.editor.backend.as_ref() {
            Backend::ZeroDowntime(backend) => Some(backend.clone()),
            Backend::Django | Backend::Unknown { .. } => None,
        }
    }

    /// `execute` of what Django's schema editor composes.
    pub(super) fn execute_steps(&mut self, backend: &ZeroDowntime, string: Vec<Statement>) {
        if let Some(engine) = &backend.derived {
            self.doubt_engine(engine);
        }
        self.refuse_unsafe_statements(&string);
        if !backend.keeps_deferrable() {
            self.note_lost_deferrals(&string);
        }
        let steps = steps(backend, self.editor.django, string);
        self.send_steps(steps.now);
        for later in steps.later {
            match later {
                // Django would defer it too if it stopped here; the history has it from another time.
                Later::Statement(statement) if self.editor.is_stopped => self.execute_steps(backend, vec![*statement]),
                Later::Fixed(steps) if self.editor.is_stopped => self.send_steps(steps),
                Later::Statement(statement) => self.defer(*statement),
                Later::Fixed(steps) => self.defer_fixed(steps),
            }
        }
    }

    /// Before 0.18 the constraint that takes over an index is never `DEFERRABLE`.
    fn note_lost_deferrals(&mut self, string: &[Statement]) {
        for statement in string {
            let Statement::AlterTable { table, actions, .. } = statement else {
                continue;
            };
            for action in actions {
                if let AlterTableAction::AddConstraint(TableConstraint {
                    name: Some(name),
                    kind: ConstraintKind::Unique {
                        deferrable: Some(_), ..
                    },
                    ..
                }) = action
                {
                    let names = vec![
                        ("table", table.shown().into_owned()),
                        ("constraint", name.shown().into_owned()),
                    ];
                    self.remark("unique-constraint-not-deferrable", names);
                }
            }
        }
    }

    pub(super) fn send_steps(&mut self, steps: Vec<Guarded>) {
        for step in steps {
            self.send_step(step);
        }
    }

    /// `_set_operation_timeout` around a statement, unless it is passed over.
    fn send_step(&mut self, step: Guarded) {
        let Some(backend) = self.zero_downtime() else {
            return;
        };
        if self.editor.is_stopped {
            step.statements
                .iter()
                .for_each(|statement| self.connection.assume(statement));
            return;
        }
        let mut refusal = None;
        if backend.idempotent_sql {
            refusal = refusal_of_index_look_up(&backend, &step.statements);
            match self.look_up(&backend, &step.statements) {
                Found::Missing => {}
                Found::Applied => return self.refuse_look_up(refusal, &[]),
                Found::Refused(reason) => return self.refuse_look_up(Some(reason), &step.statements),
            }
        }
        let timeouts = match step.guard {
            Guard::Timeouts => [
                ("statement_timeout", backend.statement_timeout),
                ("lock_timeout", backend.lock_timeout),
            ],
            Guard::NoStatementTimeout if backend.flexible_statement_timeout => {
                let none = Some(NO_TIMEOUT.to_owned());
                [("statement_timeout", none), ("lock_timeout", None)]
            }
            Guard::NoStatementTimeout | Guard::None => [("statement_timeout", None), ("lock_timeout", None)],
        };
        let before: Vec<(&str, String)> = timeouts
            .iter()
            .filter(|(_, value)| value.is_some())
            .map(|(name, _)| (*name, self.timeout_in_milliseconds(name)))
            .collect();
        for (name, value) in timeouts {
            if let Some(value) = value {
                self.set(name, value);
            }
        }
        self.send_composed(step.statements);
        for (name, value) in before {
            self.set(name, value);
        }
        self.refuse_look_up(refusal, &[]);
    }

    /// `SELECT setting || unit FROM pg_settings`
    fn timeout_in_milliseconds(&self, name: &str) -> String {
        let set = self.connection.setting(name);
        match set.as_deref().and_then(Timeout::parse) {
            Some(Timeout::Milliseconds(milliseconds)) => format!("{milliseconds}ms"),
            Some(Timeout::Never) | None => NO_TIMEOUT.to_owned(),
        }
    }

    fn set(&mut self, name: &str, value: String) {
        let statement = Statement::Command {
            text: format!("SET {name} TO '{value}'"),
            command: Box::new(Command::Session(SessionChange::Set {
                name: name.to_owned(),
                value: Ok(value),
                scope: SettingScope::Session,
            })),
        };
        let place = self.place();
        self.connection
            .send(Text::Composed(vec![statement]), Origin::Django, &place);
    }

    /// `_flush_deferred_sql`, at the end of each of the schema editor's methods.
    pub(super) fn flush_deferred(&mut self) {
        if self.zero_downtime().is_some_and(|backend| !backend.deferred_sql) {
            self.send_deferred();
        }
    }

    /// Whether Django runs the operation in a transaction of its own: `Migration.apply`, where the schema editor has none
    /// and the migration asks for one.
    pub(super) fn own_transaction(&self, atomic: Option<bool>) -> Option<bool> {
        let asks = self.editor.is_atomic && atomic != Some(false) && self.editor.operation.is_top();
        let has_transactions = self.editor.backend.has_transactions();
        if asks && !has_transactions { Some(true) } else { atomic }
    }
}
