//! What an `AlterField` that rewrites tables sends, as far as it is about the types of columns.

use crate::statement::{AlterTableAction, ConstraintKind, CreateIndex, ForeignKey, Statement, Using};

use super::exchange::{Beside, Exchange};
use super::pieces::{Change, left};

const MORE: &str = "the operation changes more than the type: change that in an operation of its own, before it";

const OTHER_ROWS: &str = "the column loses a constraint, or refers to another table afterwards, where no value can be taken over: add a field \
     of its own for it, fill it, and remove this one in a later release";

/// The types of all columns that the operation changes, and what it does beside.
#[derive(Default)]
pub(super) struct Retyped {
    types: Vec<(String, String, NewType)>,
    /// Indexes that it makes over the field's own column.
    pub made: Vec<CreateIndex>,
    /// Those that it drops.
    pub dropped: Vec<String>,
    /// The field's own column, where it may be NULL from now on.
    pub drops_not_null: bool,
    /// Foreign keys that it drops.
    unmade: Vec<String>,
    /// Those that it makes again: of which table and column, and under which name.
    remade: Vec<(String, String, String)>,
}

/// The type that a column gets.
#[derive(Clone, Default)]
pub(super) struct NewType {
    pub data_type: String,
    /// Whether the values are cast explicitly.
    is_cast: bool,
}

impl NewType {
    pub(super) fn value(&self, of: &str) -> String {
        if self.is_cast {
            format!("{of}::{}", self.data_type)
        } else {
            of.to_owned()
        }
    }
}

impl Retyped {
    /// Reads the statements, or says what is in the way.
    pub(super) fn read(statements: &[&Statement], exchanges: &[Exchange]) -> Result<Self, &'static str> {
        let mut retyped = Self::default();
        for change in left(statements) {
            retyped.note(change, exchanges)?;
        }
        retyped.check(exchanges)?;
        Ok(retyped)
    }

    /// The type of a column; all have one.
    pub(super) fn type_of(&self, table: &str, column: &str) -> NewType {
        let mut types = self.types.iter();
        let found = types.find(|(of, name, _)| of == table && name == column);
        found.map(|(.., new)| new.clone()).unwrap_or_default()
    }

    /// Whether a column is NOT NULL afterwards.
    pub(super) fn stays_required(&self, table: &str, column: &Beside) -> bool {
        let is_own = self
            .types
            .first()
            .is_some_and(|(of, name, _)| of == table && *name == column.name);
        column.not_null && !(is_own && self.drops_not_null)
    }

    /// The name of the foreign key of a column afterwards.
    pub(super) fn key_of(&self, table: &str, column: &str) -> Option<&str> {
        let mut remade = self.remade.iter();
        let found = remade.find(|(of, name, _)| of == table && name == column);
        found.map(|(.., name)| name.as_str())
    }

    fn check(&self, exchanges: &[Exchange]) -> Result<(), &'static str> {
        let is_typed = |exchange: &Exchange| {
            let mut columns = exchange.columns.iter();
            columns.all(|column| !self.type_of(&exchange.table, &column.name).data_type.is_empty())
        };
        let own = exchanges.first();
        let is_over_it = |name: &String| own.is_some_and(|own| own.indexes.iter().any(|index| index.name == *name));
        if !exchanges.iter().all(is_typed) || !self.dropped.iter().all(is_over_it) {
            return Err(MORE);
        }
        let constraints = exchanges
            .iter()
            .flat_map(|exchange| exchange.constraints.iter().map(move |one| (exchange, one)));
        for (exchange, constraint) in constraints {
            let comes_again = constraint
                .key
                .as_ref()
                .is_some_and(|column| self.key_of(&exchange.table, column).is_some());
            if self.unmade.contains(&constraint.name) != comes_again {
                return Err(OTHER_ROWS);
            }
        }
        Ok(())
    }

    fn note(&mut self, change: Change<'_>, exchanges: &[Exchange]) -> Result<(), &'static str> {
        match change {
            Change::Action(table, action) => self.note_action(table.known().ok_or(MORE)?, action, exchanges),
            Change::Statement(Statement::CreateIndex(create)) => {
                self.made.push(create.clone());
                Ok(())
            }
            Change::Statement(Statement::DropIndex { name, .. }) => {
                self.dropped.push(name.known().ok_or(MORE)?.into_owned());
                Ok(())
            }
            // That of an identity has the type of its column, that of a serial column gets it as that moves.
            Change::Statement(Statement::AlterSequenceType { .. }) => Ok(()),
            Change::Statement(_) => Err(MORE),
        }
    }

    fn note_action(
        &mut self,
        table: &str,
        action: &AlterTableAction,
        exchanges: &[Exchange],
    ) -> Result<(), &'static str> {
        let exchange = exchanges.iter().find(|exchange| exchange.table == table).ok_or(MORE)?;
        let is_over = |name: &str| exchange.columns.iter().any(|column| column.name == name);
        match action {
            AlterTableAction::AlterType {
                column,
                data_type,
                collation: None,
                using,
            } => {
                let column = column.known().filter(|name| is_over(name)).ok_or(MORE)?;
                let new = NewType {
                    is_cast: match using {
                        None => false,
                        Some(Using::Cast) => true,
                        Some(Using::Expression(_)) => return Err(MORE),
                    },
                    data_type: data_type.text().known().ok_or(MORE)?.to_owned(),
                };
                self.types.push((table.to_owned(), column.to_owned(), new));
            }
            AlterTableAction::DropNotNull { column } if is_own(table, column.known().ok_or(MORE)?, exchanges) => {
                self.drops_not_null = true;
            }
            AlterTableAction::DropConstraint { name, .. } => {
                let name = name.known().ok_or(MORE)?;
                let mut constraints = exchange.constraints.iter();
                let known = constraints.find(|constraint| constraint.name == name).ok_or(MORE)?;
                self.unmade.push(known.name.clone());
            }
            AlterTableAction::AddConstraint(added) => match &added.kind {
                ConstraintKind::ForeignKey(key) => self.note_key(table, key, exchanges)?,
                ConstraintKind::Check(_)
                | ConstraintKind::Unique { .. }
                | ConstraintKind::PrimaryKey { .. }
                | ConstraintKind::Exclude { .. } => return Err(MORE),
            },
            _ => return Err(MORE),
        }
        Ok(())
    }

    /// One that points where the one before did, which is one to a column that is exchanged.
    fn note_key(&mut self, table: &str, key: &ForeignKey, exchanges: &[Exchange]) -> Result<(), &'static str> {
        let ([column], [to_column]) = (key.columns.as_slice(), key.to_columns.as_slice()) else {
            return Err(MORE);
        };
        let mut targets = exchanges.iter().filter(|one| key.to_table.known() == Some(&one.table));
        let is_kept = targets.any(|one| one.columns.iter().any(|own| to_column.known() == Some(&own.name)));
        let name = key.name.known().filter(|_| is_kept).ok_or(OTHER_ROWS)?;
        let column = column.known().ok_or(MORE)?;
        self.remade
            .push((table.to_owned(), column.to_owned(), name.into_owned()));
        Ok(())
    }
}

fn is_own(table: &str, column: &str, exchanges: &[Exchange]) -> bool {
    let own = exchanges.first().filter(|own| own.table == table);
    own.and_then(|own| own.columns.first())
        .is_some_and(|own| own.name == column)
}
