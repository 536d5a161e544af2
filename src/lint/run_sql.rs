//! What a string of SQL does: its statements one after the other, each at its own place.

use crate::catalog::{Catalog, ConstraintKind};
use crate::finding::Origin;
use crate::migration::SqlPiece;
use crate::sql::{self, Functions};
use crate::statement::{Command, SessionChange, SettingScope, Statement, TransactionChange, Volatility};

use super::database::Database;
use super::place::Places;
use super::sent::{Executed, Sent, Text};

impl Functions for Catalog {
    fn volatility(&self, name: &str) -> Option<Volatility> {
        self.function(name)
    }
}

impl Database<'_> {
    /// Sends one string to the server, whole.
    pub(super) fn run_text(&mut self, piece: &SqlPiece, text: &str, origin: Origin, taken: &mut u32) {
        let source = self.source.clone();
        let places = source.map(|source| Places::find(&source, piece.range, text, taken));
        self.send_text(text, origin, places.as_ref());
    }

    /// The same, of a string whose statements have these places.
    pub(super) fn send_text(&mut self, text: &str, origin: Origin, places: Option<&Places>) {
        let pieces = sql::split(text);
        // Several statements in one string are one transaction, even where nobody began one.
        let is_implicit = pieces.len() > 1 && !self.transaction.open;
        if is_implicit {
            self.transaction.open();
        }
        let mut statements = Vec::new();
        for piece in &pieces {
            self.place = places.map(|places| places.range(piece.start, piece.end));
            let read = piece.read(&self.catalog);
            let (verdict, unread) = self.run_parts(&read);
            statements.push(Sent {
                text: Text::Written(piece.sql().to_owned()),
                operation: self.operation,
                origin,
                range: self.place,
                unread,
                verdict,
            });
        }
        self.place = None;
        if is_implicit {
            self.transaction.end(false);
            self.end_crowd();
        }
        self.log.push(Executed {
            operation: self.operation,
            deferred: false,
            written: Some(text.to_owned()),
            statements,
        });
    }

    /// What a statement means for those that follow in its transaction or session.
    pub(super) fn remember_command(&mut self, statement: &Statement) {
        match statement {
            Statement::SetConstraintsImmediate { constraint, .. } => self.transaction.check_now(constraint.is_none()),
            Statement::UpdateNulls { table, column, .. } => {
                self.defer_checks(table, Written::Columns(std::slice::from_ref(column)));
            }
            Statement::Command { command, .. } => match command.as_ref() {
                Command::Session(change) => self.remember_setting(change),
                Command::Transaction(change) => self.remember_transaction(*change),
                Command::DeferConstraints => self.transaction.check_later(),
                Command::AddEnumValue { name, value } => {
                    let is_new = self
                        .catalog
                        .user_type(&name.to_lowercase())
                        .is_some_and(|found| found.created_in == self.catalog.current_migration());
                    if !is_new {
                        self.transaction.add_enum_value(value);
                    }
                }
                Command::Update { table, columns, .. } => self.defer_checks(table, Written::Columns(columns)),
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
            self.set_by.push((name.clone(), self.log.len()));
        }
        self.transaction.change_setting(change);
    }

    fn remember_transaction(&mut self, change: TransactionChange) {
        match change {
            TransactionChange::Begin => self.transaction.open(),
            // Django's connection begins the next one by itself.
            TransactionChange::End => {
                self.transaction.end(self.transaction.is_djangos());
                self.end_crowd();
            }
            TransactionChange::Within => {}
        }
    }

    /// Remembers that rows wait for the check of a deferred foreign key.
    fn defer_checks(&mut self, table: &str, written: Written<'_>) {
        let own = self
            .catalog
            .table(table)
            .into_iter()
            .flat_map(|entry| entry.constraints.values());
        let touches_own = own
            .filter(|constraint| constraint.deferred)
            .any(|constraint| match written {
                Written::NewRows => true,
                Written::NoRows => false,
                Written::Columns(written) => constraint.columns().iter().any(|column| written.contains(column)),
            });
        let touches_key = self.catalog.incoming_foreign_keys(table).any(|(_, _, constraint)| {
            let ConstraintKind::ForeignKey { to_columns, .. } = &constraint.kind else {
                return false;
            };
            constraint.deferred
                && match written {
                    Written::NewRows => false,
                    Written::NoRows => true,
                    Written::Columns(written) => to_columns.iter().any(|column| written.contains(column)),
                }
        });
        if touches_own || touches_key {
            self.transaction.defer_checks(table);
        }
    }
}

/// What a statement writes, as far as foreign keys care.
#[derive(Clone, Copy)]
enum Written<'a> {
    NewRows,
    NoRows,
    Columns(&'a [String]),
}
