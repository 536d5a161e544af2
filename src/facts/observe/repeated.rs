//! One value in all rows of a column that is unique, or becomes so.

use crate::catalog::{added_value, table_key};
use crate::statement::{AlterTableAction, Column, ConstraintKind, IndexItem, Statement, Volatility};
use crate::unknown::Identifier;

use super::{Aspect, Context, Observation};

impl Context<'_> {
    /// Postgres refuses it as soon as there are two rows; a table of the running migration has none.
    pub(super) fn repeated_values(&self, statement: &Statement) -> Vec<Observation> {
        match statement {
            Statement::AlterTable { table, actions, .. } if !self.catalog.is_new(table_key(table)) => {
                let table = table_key(table);
                let repeated = actions.iter().filter_map(|action| self.repeated_by(table, action));
                repeated.collect()
            }
            Statement::UpdateNulls { table, column, .. } => {
                let table = table_key(table);
                let repeats =
                    |column: &&str| self.catalog.is_unique(table, column) && self.catalog.is_unwritten(table, column);
                let column = column.known().filter(repeats);
                let about = |column| repeated(table, column, "every row that has none");
                column.map(about).into_iter().collect()
            }
            Statement::CreateIndex(index) if index.unique && index.condition.is_none() => match &index.items[..] {
                [
                    IndexItem::Column {
                        name: Identifier::Known(column),
                        ..
                    },
                ] => self.made_unique(table_key(&index.table), column).into_iter().collect(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn repeated_by(&self, table: &str, action: &AlterTableAction) -> Option<Observation> {
        match action {
            AlterTableAction::AddColumn(column) if is_repeated(column) => {
                Some(repeated(table, &column.name.shown(), "every row"))
            }
            AlterTableAction::AddConstraint(constraint) => match &constraint.kind {
                ConstraintKind::Unique { columns, .. } | ConstraintKind::PrimaryKey { columns } => match &columns[..] {
                    [Identifier::Known(column)] => self.made_unique(table, column),
                    _ => None,
                },
                ConstraintKind::Check(_) | ConstraintKind::ForeignKey(_) | ConstraintKind::Exclude { .. } => None,
            },
            _ => None,
        }
    }

    fn made_unique(&self, table: &str, column: &str) -> Option<Observation> {
        let is_repeated = self.catalog.has_one_value(table, column);
        is_repeated.then(|| repeated(table, column, "every row that had none"))
    }
}

fn is_repeated(column: &Column) -> bool {
    let is_one_value = match added_value(column) {
        Some(Volatility::Constant | Volatility::Stable) => true,
        Some(Volatility::Volatile | Volatility::Unknown) | None => false,
    };
    (column.unique || column.primary_key) && is_one_value
}

fn repeated(table: &str, column: &str, rows: &str) -> Observation {
    Observation::new(Aspect::RepeatedValue, table)
        .named("column", column)
        .named("rows", rows)
}
