//! What a string of SQL does: its statements one after the other, each at its own place.

use crate::catalog::{Catalog, ConstraintKind};
use crate::finding::{Origin, Severity};
use crate::python::Layout;
use crate::row_work::{Assigned, Condition, Constant, Rows};
use crate::schema_editor::Place;
use crate::sql::{self, Functions};
use crate::statement::{
    Command, FunctionBody, Name, Object, SessionChange, SettingScope, Statement, TransactionChange, Volatility,
};
use crate::transaction::Likelihood;
use crate::unknown::UnknownPart;
use crate::value::Str;

use super::database::{Database, Telling};
use super::sent::{Executed, HitAt, Sent, Text};

impl Functions for Catalog {
    fn volatility(&self, name: &str) -> Option<Volatility> {
        self.declared(name).map(|function| function.volatility)
    }

    fn bodies(&self, name: &str) -> &[FunctionBody] {
        self.declared(name).map_or(&[], |function| &function.bodies)
    }

    fn exists(&self, object: &Object<'_>) -> bool {
        self.has(object)
    }
}

/// `SELECT setval(..)`
fn sets_sequence(statement: &Statement) -> bool {
    match statement {
        Statement::Command { command, .. } => match command.as_ref() {
            Command::Select { reads } => reads.calls.iter().any(|function| function == "setval"),
            _ => false,
        },
        _ => false,
    }
}

/// What is said of an identity that counts from 1 over the rows that exist holds no more where the same migration sets its
/// sequence: the text names the table, or the sequence that has its name from it.
fn forgive_identities<'s, 'r: 's>(statements: impl Iterator<Item = &'s mut Sent<'r>>, text: &str) {
    for part in statements.flat_map(|sent| &mut sent.parts) {
        for hit in &mut part.verdict.hits {
            let is_named = || hit.relation.as_deref().is_some_and(|table| text.contains(table));
            if hit.rule.name == "add-identity" && is_named() {
                hit.severity = Severity::Silent;
            }
        }
    }
}

impl Database<'_> {
    /// Sends one string to the server, whole, that is not made of statements that are known.
    pub(super) fn run_written(&mut self, text: &Str, unknowns: &[UnknownPart], origin: Origin, place: &Place) {
        let sources = self.sources;
        let layout = match self.telling {
            Telling::Nothing => Layout::default(),
            Telling::Findings | Telling::Statements => {
                Layout::of(text, |range| sources.get(range.file).map(|source| &**source))
            }
        };
        let pieces = sql::split_around(text, unknowns);
        // Several statements in one string are one transaction, even where nobody began one.
        let is_implicit = pieces.len() > 1 && !self.transaction.open;
        if is_implicit {
            self.transaction.open();
        }
        let mut statements = Vec::new();
        for (index, piece) in pieces.iter().enumerate() {
            self.running = HitAt {
                string: self.log.len(),
                statement: index,
                ..HitAt::default()
            };
            let read = piece.read(&self.catalog);
            let parts = self.run_parts(&read, &place.operation, &|start, end| layout.place(start, end));
            statements.push(Sent {
                text: Text::Written(piece.sql().to_owned()),
                operation: place.operation.clone(),
                origin,
                range: layout.place(piece.start, piece.end),
                parts,
            });
            if read.iter().any(sets_sequence) {
                let earlier = self.log.iter_mut().flat_map(|string| &mut string.statements);
                forgive_identities(earlier.chain(&mut statements), piece.sql());
            }
        }
        if is_implicit {
            self.end_transaction(false);
        }
        self.log.push(Executed {
            place: place.clone(),
            written: Some(text.to_string()),
            statements,
        });
    }

    /// What a statement means for those that follow in its transaction or session.
    pub(super) fn remember_command(&mut self, statement: &Statement) {
        match statement {
            Statement::SetConstraintsImmediate { constraint, .. } => match constraint.as_ref().map(Name::known) {
                None => self.transaction.check_now(None),
                Some(Some(key)) => self.transaction.check_now(Some(&key)),
                // One of those that are not known by name, either.
                Some(None) => {}
            },
            Statement::UpdateNulls { table, column, .. } => {
                if let (Some(table), Some(column)) = (table.known(), column.known()) {
                    let rows = Rows::Where(vec![Condition::Is(column.to_owned(), Constant::Null)]);
                    self.defer_checks(table, Written::Columns(&[column], &rows));
                }
            }
            Statement::Command { command, .. } => match command.as_ref() {
                Command::Session(change) => self.remember_setting(change),
                Command::Transaction(change) => self.remember_transaction(*change),
                Command::DeferConstraints => self.transaction.check_later(),
                Command::AddEnumValue { name, value, .. } => {
                    let is_new = self
                        .catalog
                        .user_type(&name.to_lowercase())
                        .is_some_and(|found| found.created_in == self.catalog.current_migration());
                    // The values of a type that the same transaction has made may be used from 17 on.
                    if !is_new || self.postgres.0 < 17 {
                        self.transaction.add_enum_value(value);
                    }
                }
                Command::Update {
                    table,
                    columns,
                    values,
                    rows,
                    ..
                } => {
                    let written = columns.iter().zip(values);
                    let filled = written.filter(|(_, value)| **value != Assigned::Null);
                    let filled: Vec<&str> = filled.map(|(column, _)| column.as_str()).collect();
                    self.defer_checks(table, Written::Columns(&filled, rows));
                }
                Command::Insert { table, .. } => self.defer_checks(table, Written::NewRows),
                Command::Delete { table, .. } => self.defer_checks(table, Written::NoRows),
                _ => {}
            },
            _ => {}
        }
    }

    fn remember_setting(&mut self, change: &SessionChange) {
        if let SessionChange::Set {
            name,
            scope: SettingScope::Session,
            ..
        } = change
        {
            self.set_by.retain(|(known, _)| known != name);
            self.set_by.push((name.clone(), self.running));
        }
        self.transaction.change_setting(change);
    }

    fn remember_transaction(&mut self, change: TransactionChange) {
        match change {
            TransactionChange::Begin => self.transaction.open(),
            // Django's connection begins the next one by itself.
            TransactionChange::End => self.end_transaction(self.transaction.is_djangos()),
            // Where the body may not end it, the migration ends.
            TransactionChange::EndInBody => {
                if self.transaction.is_bodys() {
                    self.end_transaction(true);
                }
            }
            TransactionChange::Within => {}
        }
    }

    /// Remembers that rows wait for the check of a deferred foreign key.
    pub(super) fn defer_checks(&mut self, table: &str, written: Written<'_>) {
        let mut keys: Vec<(String, Likelihood)> = self.keys_to_check(table, written);
        if let Written::Columns(_, rows) = written {
            let rows = self.catalog.narrowed(table, rows);
            if let Some(likelihood) = self.transaction.has_made(table, &rows) {
                let filled = self.filled_keys(table).into_iter();
                keys.extend(filled.map(|key| (key, likelihood)));
            }
            self.transaction.make_rows(table, &rows, self.likelihood);
        }
        for (key, likelihood) in keys {
            self.transaction
                .defer_check(table, &key, likelihood.max(self.likelihood));
        }
    }

    /// The deferred foreign keys that are checked again because of what is written.
    fn keys_to_check(&self, table: &str, written: Written<'_>) -> Vec<(String, Likelihood)> {
        let own = self
            .catalog
            .table(table)
            .into_iter()
            .flat_map(|entry| &entry.constraints);
        let own = own.filter(|(_, constraint)| match written {
            Written::NewRows => constraint.deferred,
            Written::NoRows => false,
            Written::Columns(written, _) => {
                let is_written = |column: &String| written.contains(&column.as_str());
                constraint.deferred && constraint.columns().iter().any(is_written)
            }
        });
        let incoming = self.catalog.incoming_foreign_keys(table).filter(|(_, _, constraint)| {
            let ConstraintKind::ForeignKey { to_columns, .. } = &constraint.kind else {
                return false;
            };
            constraint.deferred
                && match written {
                    Written::NewRows => false,
                    Written::NoRows => true,
                    Written::Columns(written, _) => to_columns.iter().any(|column| written.contains(&column.as_str())),
                }
        });
        own.map(|(name, _)| name.clone())
            .chain(incoming.map(|(_, name, _)| name.to_owned()))
            .map(|key| (key, Likelihood::Certain))
            .collect()
    }

    /// The deferred foreign keys of a table that rows have a value in.
    fn filled_keys(&self, table: &str) -> Vec<String> {
        let entry = self.catalog.table(table);
        let constraints = entry.into_iter().flat_map(|entry| &entry.constraints);
        let keys = constraints.filter(|(_, constraint)| match &constraint.kind {
            ConstraintKind::ForeignKey { columns, .. } => {
                let is_empty = |column: &String| self.catalog.is_all_null(table, column);
                constraint.deferred && !columns.iter().any(is_empty)
            }
            ConstraintKind::Check(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::PrimaryKey(_)
            | ConstraintKind::Exclude(_) => false,
        });
        keys.map(|(name, _)| name.clone()).collect()
    }
}

/// What a statement writes, as far as foreign keys care.
#[derive(Clone, Copy)]
pub(super) enum Written<'a> {
    NewRows,
    NoRows,
    /// These columns get a value in these rows.
    Columns(&'a [&'a str], &'a Rows),
}
