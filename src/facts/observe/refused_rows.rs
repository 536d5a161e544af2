//! Checks that are NOT VALID, and old rows that break them: Postgres refuses each UPDATE of such a row.

use crate::catalog::table_key;
use crate::statement::{AlterTableAction, ConstraintKind, Statement, TableChange};

use super::alter_table::demands_not_null;
use super::{Aspect, Context, Observation};

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

    fn unfilled(&self, table: &str, action: &AlterTableAction) -> Option<String> {
        let is_unfilled = |column: &str| {
            let may_be_null = self
                .catalog
                .column(table, column)
                .is_some_and(|column| !column.not_null);
            may_be_null && self.catalog.is_unwritten(table, column)
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
