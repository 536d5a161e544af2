//! What the schema editor tells the database that is being replayed.

use super::database::Database;
use super::run_sql::Written;
use crate::catalog::{Catalog, Cause, OnConflict, Scope};
use crate::finding::Origin;
use crate::row_work::{Assigned, RowChange};
use crate::schema_editor::{self, Connection, PythonCode};
use crate::statement::{InsertedRows, Statement};
use crate::transaction::Likelihood;

impl Connection for Database<'_> {
    fn send(&mut self, text: schema_editor::Text, origin: Origin, place: &schema_editor::Place) {
        self.again = place.again;
        match text {
            schema_editor::Text::Composed(statements) => self.run_composed(statements, origin, place),
            schema_editor::Text::Written { text, unknowns } => self.run_written(&text, &unknowns, origin, place),
        }
    }

    fn run_python(&mut self, code: &PythonCode, place: &schema_editor::Place) {
        self.judge_python(code, &place.operation);
    }

    fn change_rows(&mut self, change: &RowChange) {
        match change {
            RowChange::Inserted { table } => {
                self.defer_checks(table, Written::NewRows);
                self.catalog.note_contents(table, &InsertedRows::Others);
                self.catalog.insert_rows(table, OnConflict::Keeps);
            }
            RowChange::Written { table, columns, rows } => {
                let filled = columns.iter().filter(|(_, value)| *value != Assigned::Null);
                let filled: Vec<&str> = filled.map(|(column, _)| column.as_str()).collect();
                self.defer_checks(table, Written::Columns(&filled, rows));
                let columns = columns.iter().map(|(column, value)| (column.as_str(), value));
                self.catalog.write_columns(table, columns, rows);
            }
            RowChange::Deleted { table } => {
                self.defer_checks(table, Written::NoRows);
                self.catalog.delete_rows(table);
            }
            RowChange::Named { table, column } | RowChange::LookedFor { table, column } => {
                self.catalog.call_filled(table, column);
            }
        }
    }

    fn suppose(&mut self, likelihood: Likelihood) {
        self.likelihood = likelihood;
    }

    fn select_for_update(&mut self, place: &schema_editor::Place) {
        self.say_once("select-for-update-outside-transaction", &place.operation);
    }

    fn catch_error(&mut self, place: &schema_editor::Place) {
        self.say_once("error-caught-in-transaction", &place.operation);
    }

    fn remark(&mut self, rule: &'static str, names: Vec<(&'static str, String)>, place: &schema_editor::Place) {
        Database::remark(self, rule, place.operation.clone(), names, None, Vec::new());
    }

    fn clear_index(&mut self, name: &str) {
        self.transaction.drop_index(name);
    }

    fn begin(&mut self) {
        self.transaction.open();
    }

    fn end(&mut self) {
        self.transaction.end(false);
        self.note_commit();
        self.end_crowd();
    }

    fn assume(&mut self, statement: &Statement) {
        self.catalog.apply(statement);
    }

    fn setting(&self, name: &str) -> Option<String> {
        self.transaction.setting(name).map(str::to_owned)
    }

    fn is_in_transaction(&self) -> bool {
        self.transaction.open
    }

    fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    fn doubt(&mut self, scope: &Scope, cause: Cause) {
        self.catalog.doubt(scope, cause);
    }
}
