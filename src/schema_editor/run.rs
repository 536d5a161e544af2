//! One operation on its way to the database.

use std::sync::Arc;

use crate::backend::Backend;
use crate::catalog::{Cause, NameQuery, Scope};
use crate::finding::Origin as Sender;
use crate::models::{Model, ModelField, ModelKey, ModelState, Origin, View};
use crate::statement::{IndexItem, Statement};
use crate::transaction::Likelihood;
use crate::unknown::{Identifier, UnknownPart, known_names, shown_names};
use crate::value::Str;
use crate::versions::DjangoVersion;

use super::zero_downtime::Guarded;
use super::{Confidence, Connection, Deferred, Doubt, Place, SchemaEditor, Text, Waiting};

/// The editor while it runs an operation, with the database that it speaks to.
pub(super) struct Run<'r> {
    pub(super) editor: &'r mut SchemaEditor,
    pub(super) connection: &'r mut dyn Connection,
}

impl Run<'_> {
    /// `BaseDatabaseSchemaEditor.execute`
    pub(super) fn execute(&mut self, statement: Statement) {
        self.execute_all(vec![statement]);
    }

    /// Several statements in one string, as the project's backend has them.
    pub(super) fn execute_all(&mut self, statements: Vec<Statement>) {
        statements.iter().for_each(|statement| self.note_unknowns(statement));
        let backend = Arc::clone(&self.editor.backend);
        match backend.as_ref() {
            Backend::Django => self.send_composed(statements),
            Backend::Unknown { engine } => {
                self.doubt_engine(engine);
                self.send_composed(statements);
            }
            Backend::ZeroDowntime(backend) => self.execute_steps(backend, statements),
        }
    }

    pub(super) fn send_composed(&mut self, statements: Vec<Statement>) {
        self.send(Text::Composed(statements), Sender::Django);
    }

    /// Whatever an engine does that is not known, its DDL is not Django's for certain: that is told once, in a note.
    pub(super) fn doubt_engine(&mut self, engine: &str) {
        let outcome = &mut self.editor.outcome;
        outcome.confidence = outcome.confidence.max(Confidence::Partial);
        let reason = format!("what the engine `{engine}` makes of it");
        if !outcome.values.contains(&reason) {
            outcome.values.push(reason);
        }
    }

    /// Sends a string that is not made of statements of ours.
    pub(super) fn send_written(&mut self, text: Str, unknowns: Vec<UnknownPart>, origin: Sender) {
        self.send(Text::Written { text, unknowns }, origin);
    }

    fn send(&mut self, text: Text, origin: Sender) {
        let place = self.place();
        self.connection.send(text, origin, &place);
    }

    /// Says something of the operation that runs.
    pub(super) fn remark(&mut self, rule: &'static str, names: Vec<(&'static str, String)>) {
        let place = self.place();
        self.connection.remark(rule, names, &place);
    }

    /// What sends something now.
    pub(super) fn place(&self) -> Place {
        Place {
            operation: self.editor.operation.clone(),
            moment: self.editor.moment,
            again: self.editor.again,
        }
    }

    /// `self.deferred_sql.append(..)`
    pub(super) fn defer(&mut self, statement: Statement) {
        self.note_unknowns(&statement);
        let operation = self.editor.operation.clone();
        let waiting = Waiting::Composed(Box::new(statement));
        self.editor.deferred.push(Deferred {
            operation,
            waiting,
            doubt: None,
        });
    }

    /// Puts off a text that code has written.
    pub(super) fn defer_written(&mut self, text: Str) {
        let operation = self.editor.operation.clone();
        let waiting = Waiting::Written(text);
        self.editor.deferred.push(Deferred {
            operation,
            waiting,
            doubt: None,
        });
    }

    /// Puts off what is composed by then.
    pub(super) fn defer_fixed(&mut self, steps: Vec<Guarded>) {
        let operation = self.editor.operation.clone();
        let waiting = Waiting::Fixed(steps);
        self.editor.deferred.push(Deferred {
            operation,
            waiting,
            doubt: None,
        });
    }

    /// Sends what was put off, in the order in which it was: `for sql in self.deferred_sql: self.execute(sql)`.
    pub(super) fn send_deferred(&mut self) {
        let outer = self.editor.operation.clone();
        let is_stopped = self.editor.is_stopped;
        for Deferred {
            operation,
            waiting,
            doubt,
        } in std::mem::take(&mut self.editor.deferred)
        {
            self.editor.operation = operation;
            if let Some(reason) = doubt {
                self.doubt_sent(&waiting, reason);
            }
            // What is refused at one of them stops the others too; they are told as if it had not.
            self.editor.is_stopped = is_stopped;
            match waiting {
                Waiting::Composed(statement) => {
                    self.refuse_placeholder(&statement);
                    self.execute_all(vec![*statement]);
                }
                Waiting::Fixed(steps) => self.send_steps(steps),
                Waiting::Written(text) => self.send_written(text, Vec::new(), Sender::RunPython),
            }
            self.connection.suppose(Likelihood::Certain);
        }
        self.editor.operation = outer;
        self.editor.is_stopped = is_stopped;
    }

    /// Whether this is sent, nobody knows.
    fn doubt_sent(&mut self, waiting: &Waiting, reason: String) {
        let table = match waiting {
            Waiting::Composed(statement) => statement.target_table().and_then(|table| table.known()),
            Waiting::Fixed(_) | Waiting::Written(_) => None,
        };
        let scope = table.map_or(Scope::Everything, |table| Scope::Tables(vec![table.to_owned()]));
        self.partial(reason);
        self.connection.doubt(&scope, Cause::Undecided);
        self.connection.suppose(Likelihood::Possible);
    }

    /// Code has changed what waits, and it is not known how.
    pub(super) fn doubt_deferred(&mut self, reason: &str) {
        for deferred in &mut self.editor.deferred {
            deferred.doubt.get_or_insert_with(|| reason.to_owned());
        }
    }

    /// Defers an index whose texts have their percent signs doubled, as Django before 5.0 does: it also ran deferred
    /// statements as if they had parameters, and that makes one of two again.
    pub(super) fn defer_index(&mut self, model: &Model<'_>, statement: Statement) {
        let statement = match statement {
            Statement::CreateIndex(mut index) if django(model) < DjangoVersion::new(5, 0) => {
                let expressions = index.items.iter_mut().filter_map(|item| match item {
                    IndexItem::Expression(expression) => Some(expression),
                    IndexItem::Column { .. } => None,
                });
                for expression in expressions.chain(&mut index.condition) {
                    expression.sql = expression.sql.replace("%%", "%");
                }
                Statement::CreateIndex(index)
            }
            statement => statement,
        };
        self.defer(statement);
    }

    /// Drops the deferred statements for which `drop` is true.
    pub(super) fn discard_deferred(&mut self, mut drop: impl FnMut(&mut Statement) -> bool) {
        self.editor.deferred.retain_mut(|deferred| match &mut deferred.waiting {
            Waiting::Composed(statement) => !drop(statement),
            Waiting::Fixed(_) | Waiting::Written(_) => true,
        });
    }

    /// Changes every deferred statement.
    pub(super) fn change_deferred(&mut self, mut change: impl FnMut(&mut Statement)) {
        for deferred in &mut self.editor.deferred {
            if let Waiting::Composed(statement) = &mut deferred.waiting {
                change(statement);
            }
        }
    }

    pub(super) fn note_unknowns(&mut self, statement: &Statement) {
        for value in statement.unknown_values() {
            let values = &mut self.editor.outcome.values;
            if !values.iter().any(|known| known == value.reason()) {
                values.push(value.reason().to_owned());
            }
        }
        for unknown in statement.unknowns() {
            if unknown.is_refused() {
                self.refuse(unknown.reason());
            } else {
                self.partial(unknown.reason());
            }
        }
    }

    /// Something in the statements, or whether there is one, is not known.
    pub(super) fn partial(&mut self, reason: impl Into<String>) {
        self.note(Confidence::Partial, reason.into());
    }

    /// It is not known what the operation sends.
    pub(super) fn opaque(&mut self, reason: impl Into<String>) {
        self.editor.is_unscoped = true;
        self.note(Confidence::Opaque, reason.into());
    }

    /// It is not known what the operation sends, but what that is about.
    pub(super) fn opaque_about(&mut self, scope: &Scope, reason: impl Into<String>) {
        self.connection.doubt(scope, Cause::Unread);
        self.note(Confidence::Opaque, reason.into());
    }

    fn note(&mut self, confidence: Confidence, reason: String) {
        let doubt = Doubt {
            operation: self.editor.operation.clone(),
            place: self.editor.code,
            confidence,
            reason,
        };
        self.editor.outcome.add(doubt);
    }

    /// `_constraint_names`
    ///
    /// `None`, and said, where the table has no name by which the database could be asked: what Postgres or Django named
    /// after it is not known then.
    pub(super) fn constraint_names(&mut self, model: &Model<'_>, query: NameQuery<'_>) -> Option<Vec<String>> {
        match model.db_table() {
            Identifier::Known(table) => Some(self.connection.catalog().constraint_names(&table, query)),
            Identifier::Unknown(unknown) => {
                self.partial(format!("what is on the table: {}", unknown.reason()));
                None
            }
        }
    }

    /// The model that an operation names. One that nothing at hand declares is taken to be what its name says.
    pub(super) fn model<'a>(&mut self, view: View<'a>, app: &str, name: &str) -> Model<'a> {
        let found = view.model(&ModelKey::new(app, name));
        let is_declared = found
            .as_ref()
            .is_some_and(|model| model.state.origin != Origin::Assumed);
        if !is_declared && self.is_whole_app(view, app) {
            self.refuse(format!("there is no model {app}.{name}"));
        } else if !is_declared {
            self.partial(format!("no migration at hand declares {app}.{name}"));
        }
        found.unwrap_or_else(|| Model {
            view,
            state: ModelState::assumed(app, name).into(),
        })
    }

    /// The field that an operation names; without it nothing can be said about the operation.
    pub(super) fn field<'a>(&mut self, model: &Model<'a>, name: &str) -> Option<ModelField<'a>> {
        let found = model.field(name);
        if found.is_none() && self.is_whole(model) {
            self.refuse(format!("{} has no field `{name}`", model.state.label()));
        } else if found.is_none() {
            self.opaque(format!("{} has no field {name} that is known", model.state.label()));
        }
        found
    }

    /// The columns by which the database is asked for what is on them; `None`, and said, if one is not known.
    pub(super) fn looked_up(&mut self, columns: &[Identifier]) -> Option<Vec<String>> {
        let known = known_names(columns);
        if known.is_none() {
            self.partial(format!("what is on the column {}", shown_names(columns)));
        }
        known
    }

    /// The columns of these fields; `None` if one is not known.
    pub(super) fn columns(&mut self, model: &Model<'_>, names: &[String]) -> Option<Vec<Identifier>> {
        names
            .iter()
            .map(|name| self.field(model, name).and_then(|field| field.column()))
            .collect()
    }
}

/// Django's version in this state.
pub(super) fn django(model: &Model<'_>) -> DjangoVersion {
    model.view.settings().django
}
