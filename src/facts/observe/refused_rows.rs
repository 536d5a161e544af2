//! Old rows that have no value where one is demanded from now on: a check that is NOT VALID makes Postgres refuse each
//! UPDATE of such a row, all else is refused at once.

use crate::catalog::table_key;
use crate::statement::{AlterTableAction, ConstraintKind, Statement, TableChange};
use crate::unknown::Identifier;

use super::alter_table::demands_not_null;
use super::{Aspect, Context, FactName, Observation};

impl Context<'_> {
    /// The columns that a new check wants to be filled, and that the history has left as they were.
    pub(super) fn refused_old_rows(&self, statement: &Statement) -> Vec<Observation> {
        let Statement::AlterTable { table, actions, .. } = statement else {
            return Vec::new();
        };
        let table = table_key(table);
        let refused = actions.iter().filter_map(|action| self.unfilled(table, action));
        let about = |column: String| Observation::new(Aspect::RefuseOldRows, table).named("column", column);
        refused.map(about).collect()
    }

    /// The columns that must not be NULL any more, though the history has left them so.
    pub(super) fn refused_nulls(&self, statement: &Statement) -> Vec<Observation> {
        let Statement::AlterTable { table, actions, .. } = statement else {
            return Vec::new();
        };
        let table = table_key(table);
        let refused = actions.iter().flat_map(|action| self.left_null(table, action));
        refused.collect()
    }

    fn left_null(&self, table: &str, action: &AlterTableAction) -> Vec<Observation> {
        let demanded: Vec<&str> = match action {
            AlterTableAction::SetNotNull { column } => column.known().into_iter().collect(),
            AlterTableAction::AddConstraint(constraint) if !constraint.not_valid => match &constraint.kind {
                ConstraintKind::Check(check) => {
                    let mut demanded: Vec<&str> = check.columns.iter().map(String::as_str).collect();
                    demanded.retain(|column| demands_not_null(check, column));
                    demanded
                }
                ConstraintKind::PrimaryKey { columns } => columns.iter().filter_map(Identifier::known).collect(),
                ConstraintKind::Unique { .. } | ConstraintKind::ForeignKey(_) | ConstraintKind::Exclude { .. } => {
                    Vec::new()
                }
            },
            AlterTableAction::Change {
                change:
                    TableChange::AddNotNull {
                        column,
                        not_valid: false,
                        ..
                    },
                ..
            } => vec![column],
            _ => Vec::new(),
        };
        let is_left =
            |column: &&str| self.catalog.was_added_null(table, column) && self.catalog.is_unfilled(table, column);
        let left = demanded.into_iter().filter(is_left);
        left.map(|column| self.refuses_nulls(table, column)).collect()
    }

    fn refuses_nulls(&self, table: &str, column: &str) -> Observation {
        let added = self.catalog.column(table, column);
        let is_recent = added.is_some_and(|column| self.catalog.is_recent(column.created_in));
        let (filling, left) = match (self.catalog.is_unwritten(table, column), is_recent) {
            (true, true) => (
                "none",
                "nothing in the history has filled it in the rows that were there when it was added",
            ),
            (true, false) => (
                "none",
                "no migration has filled it in the rows that were there when an earlier one added it",
            ),
            (false, _) => (
                "partly",
                "the history has filled it in some rows only, those for which a condition holds",
            ),
        };
        Observation::new(Aspect::RefuseNulls, table)
            .fact(FactName::Filling, filling)
            .fact(FactName::Age, if is_recent { "new" } else { "existing" })
            .named("column", column)
            .named("left", left)
    }

    fn unfilled(&self, table: &str, action: &AlterTableAction) -> Option<String> {
        let is_unfilled = |column: &str| {
            let may_be_null = self
                .catalog
                .column(table, column)
                .is_some_and(|column| !column.not_null);
            may_be_null && self.catalog.is_unfilled(table, column)
        };
        match action {
            AlterTableAction::AddConstraint(constraint) if constraint.not_valid => match &constraint.kind {
                ConstraintKind::Check(check) => {
                    let mut demanded = check.columns.iter().filter(|column| demands_not_null(check, column));
                    demanded.find(|column| is_unfilled(column)).cloned()
                }
                ConstraintKind::Unique { .. }
                | ConstraintKind::PrimaryKey { .. }
                | ConstraintKind::ForeignKey(_)
                | ConstraintKind::Exclude { .. } => None,
            },
            AlterTableAction::Change {
                change:
                    TableChange::AddNotNull {
                        column,
                        not_valid: true,
                        ..
                    },
                ..
            } => is_unfilled(column).then(|| column.clone()),
            _ => None,
        }
    }
}
