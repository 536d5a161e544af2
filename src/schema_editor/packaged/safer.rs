//! django-pg-migration-tools: the operations of Django in steps that do not block, and again where one failed half way.
//!
//! What a step finds in the database decides whether it is taken; the names are those of its `operations.py`.

mod constraints;
mod keys;
mod left_out;

use crate::migration::{Index, Operation};
use crate::models::Model;
use crate::packages::{Safer, Uniqueness};
use crate::statement::{Name, Statement, names_digest, quote_literal, quote_name};
use crate::unknown::Identifier;

use super::super::Again;
use super::super::operations::{States, bound};
use super::super::run::Run;
use super::timeouts::shown_timeout;

/// An operation of the package.
#[derive(Clone, Copy)]
pub(super) struct SaferOperation<'o> {
    pub(super) about: Safer,
    pub(super) base: &'o Operation,
    pub(super) raise_if_exists: bool,
}

impl Run<'_> {
    pub(super) fn safer(&mut self, operation: SaferOperation<'_>, states: States<'_>) {
        if self.connection.is_in_transaction() {
            self.refuse("the package runs this in no transaction, and the migration is atomic");
            return;
        }
        match operation.base {
            Operation::AddIndex { model_name, index, .. } => {
                if let Some(model) = self.migrated(states.to, states.app, model_name) {
                    self.safer_create_index(&model, index, Demanded::Nothing);
                }
            }
            Operation::RemoveIndex { model_name, name, .. } => {
                if let Some(model) = self.migrated(states.from, states.app, model_name) {
                    self.safer_drop_index(&model, name);
                }
            }
            Operation::AddConstraint {
                model_name, constraint, ..
            } => {
                if let Some(model) = self.migrated(states.to, states.app, model_name) {
                    self.safer_add_constraint(&model, constraint, operation);
                }
            }
            Operation::RemoveConstraint { model_name, name } => {
                if let Some(model) = self.migrated(states.from, states.app, model_name) {
                    self.safer_remove_constraint(&model, name, operation.about);
                }
            }
            Operation::AlterField {
                model_name,
                name,
                field,
                ..
            } => {
                if let Some(model) = self.migrated(states.to, states.app, model_name)
                    && let Some(new) = self.field(&model, name)
                    && let Some(column) = new.column()
                    && let Some([column]) = self.looked_up(&[column]).as_deref()
                    && let Some(table) = self.written_into(&model)
                {
                    let old = self.model(states.from, states.app, model_name).field(name);
                    // A default that is not preserved is not in the state.
                    let given = bound(&model, name, field);
                    self.leave_out_of_not_null(old.as_ref(), &given, &table, column);
                    self.set_not_null(&table, column);
                }
            }
            Operation::AddField {
                model_name,
                name,
                field,
                ..
            } => {
                if let Some(model) = self.migrated(states.to, states.app, model_name) {
                    self.add_key_field(&model, model_name, name, field, operation.about);
                }
            }
            Operation::RemoveField { model_name, name } => {
                if let Some(model) = self.migrated(states.from, states.app, model_name) {
                    self.drop_key_field(&model, name);
                }
            }
            other => self.opaque(format!("{other:?} is none of its operations")),
        }
    }

    /// `safer_create_index`
    fn safer_create_index(&mut self, model: &Model<'_>, index: &Index, demanded: Demanded) {
        let Some(mut statement) = self.create_meta_index(model, index, true) else {
            return;
        };
        let is_known = statement.unknowns().is_empty();
        let is_distinct = demanded != Demanded::NotDistinct;
        if let Statement::CreateIndex(create) = &mut statement {
            // It looks for `CREATE INDEX CONCURRENTLY` in the text, to put IF NOT EXISTS behind it.
            if index.unique == Some(Uniqueness::Replaced) {
                self.editor.again = Again::Sends;
            } else {
                create.if_not_exists = true;
            }
            create.unique |= demanded != Demanded::Nothing;
            create.nulls_distinct = (!is_known && !is_distinct).then_some(false);
            // `_ensure_not_an_invalid_index`
            if let Some(name) = create.name.known() {
                self.connection.clear_index(&name);
            }
        }
        // The package writes it behind everything else, wherever Postgres wants it.
        let ending = if is_distinct { "" } else { " NULLS NOT DISTINCT" };
        self.without_lock_timeout(|run| run.execute_with(statement, ending));
    }

    /// `safer_drop_index`
    fn safer_drop_index(&mut self, model: &Model<'_>, name: &str) {
        self.without_lock_timeout(|run| run.drop_index(model, Name::Given(name.to_owned()), true));
    }

    /// An index may wait for as long as it takes.
    fn without_lock_timeout(&mut self, step: impl FnOnce(&mut Self)) {
        let before = shown_timeout(self.connection.setting("lock_timeout").as_deref().unwrap_or("0"));
        self.execute_text("SET lock_timeout = '0';");
        step(self);
        self.execute_text(format!("SET lock_timeout = {};", quote_literal(&before)));
    }

    /// `NullsManager.set_not_null`
    fn set_not_null(&mut self, table: &str, column: &str) {
        let digest = names_digest([table, column], 10);
        let (short_table, short_column): (String, String) =
            (table.chars().take(10).collect(), column.chars().take(10).collect());
        let name = format!("{short_table}_{short_column}_{digest}");
        let catalog = self.connection.catalog();
        let is_not_null = catalog.column(table, column).is_some_and(|column| column.not_null);
        let has_check = self.has_constraint(table, &name);
        if is_not_null && !has_check {
            return;
        }
        let (quoted, check) = (quote_name(column), quote_name(&name));
        if !has_check {
            self.alter_text(
                table,
                &format!("ADD CONSTRAINT {check}\nCHECK ({quoted} IS NOT NULL) NOT VALID"),
            );
        }
        if self.is_not_valid(table, &name) {
            self.validate(table, &name);
        }
        if !is_not_null {
            self.alter_text(table, &format!("ALTER COLUMN {quoted}\nSET NOT NULL"));
        }
        self.alter_text(table, &format!("DROP CONSTRAINT {check}"));
    }

    fn has_constraint(&self, table: &str, name: &str) -> bool {
        let table = self.connection.catalog().table(table);
        table.is_some_and(|table| table.constraints.contains_key(name))
    }

    fn is_not_valid(&self, table: &str, name: &str) -> bool {
        let table = self.connection.catalog().table(table);
        let constraint = table.and_then(|table| table.constraints.get(name));
        constraint.is_some_and(|constraint| !constraint.validated)
    }

    fn validate(&mut self, table: &str, name: &str) {
        self.alter_text(table, &format!("VALIDATE CONSTRAINT {}", quote_name(name)));
    }

    /// The table's name, which the package writes into SQL of its own; without it nothing can be said.
    fn written_into(&mut self, model: &Model<'_>) -> Option<String> {
        match model.db_table() {
            Identifier::Known(table) => Some(table),
            Identifier::Unknown(unknown) => {
                self.opaque(unknown.reason());
                None
            }
        }
    }

    /// Sends a statement with what the package writes behind it, if all of it is known; else the statement, as data.
    fn execute_with(&mut self, statement: Statement, ending: &str) {
        if statement.unknowns().is_empty() {
            self.execute_text(format!("{statement}{ending}"));
        } else {
            self.execute(statement);
        }
    }

    /// As the package writes it: on lines of its own.
    fn alter_text(&mut self, table: &str, action: &str) {
        self.execute_text(format!("\nALTER TABLE {}\n{action};\n", quote_name(table)));
    }
}

/// What an index is made to demand of its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Demanded {
    Nothing,
    Distinct,
    NotDistinct,
}
