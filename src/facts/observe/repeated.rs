//! One value in all rows of a column that is unique, or becomes so.

use crate::catalog::{added_value, table_key};
use crate::sql;
use crate::statement::{AlterTableAction, Column, ConstraintKind, CreateIndex, IndexItem, Statement, Volatility};
use crate::unknown::{Identifier, known_names};

use super::{Aspect, Context, FactName, Observation};

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
                let about = |column| put_in(table, column, "every row that has none");
                column.map(about).into_iter().collect()
            }
            Statement::CreateIndex(index) if index.unique => self.made_unique_by(index).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn repeated_by(&self, table: &str, action: &AlterTableAction) -> Option<Observation> {
        match action {
            AlterTableAction::AddColumn(column) if is_repeated(column) => {
                Some(put_in(table, &column.name.shown(), "every row"))
            }
            AlterTableAction::AddConstraint(constraint) => match &constraint.kind {
                ConstraintKind::Unique { columns, .. } | ConstraintKind::PrimaryKey { columns } => {
                    self.made_unique(table, &known_names(columns)?)
                }
                ConstraintKind::Check(_) | ConstraintKind::ForeignKey(_) | ConstraintKind::Exclude { .. } => None,
            },
            _ => None,
        }
    }

    /// An index over columns alone, of which the condition leaves no row out.
    fn made_unique_by(&self, index: &CreateIndex) -> Option<Observation> {
        let table = table_key(&index.table);
        let columns = index.items.iter().map(|item| match item {
            IndexItem::Column {
                name: Identifier::Known(column),
                ..
            } => Some(column.clone()),
            IndexItem::Column { .. } | IndexItem::Expression(_) => None,
        });
        let columns = columns.collect::<Option<Vec<_>>>()?;
        let is_about_all = match &index.condition {
            None => true,
            Some(condition) => {
                let conditions = sql::conditions_in(condition.sql.known()?);
                let mut conditions = conditions.iter();
                conditions.all(|condition| self.catalog.holds_for_all(table, condition))
            }
        };
        self.made_unique(table, &columns).filter(|_| is_about_all)
    }

    fn made_unique(&self, table: &str, columns: &[String]) -> Option<Observation> {
        if self.catalog.is_new(table) {
            return None;
        }
        let values = columns.iter().map(|column| self.catalog.one_value(table, column));
        let values = values.collect::<Option<Vec<_>>>()?;
        let is_in_all = values.iter().all(|(_, in_all)| *in_all);
        // Rows of which the one has a value by itself, and the other was filled, may differ.
        if !is_in_all && columns.len() > 1 {
            return None;
        }
        let rows = if is_in_all {
            "every row"
        } else {
            "every row that had none"
        };
        let is_earlier = values.iter().any(|(since, _)| !self.catalog.is_recent(*since));
        let columns = columns.join("`, `");
        let (who, two) = if is_earlier {
            ("an earlier migration", "two rows still have it")
        } else {
            ("this migration", "that is two rows")
        };
        let how = format!("makes `{columns}` of `{table}` unique, after {who} has put one value into it in {rows}");
        let observation = Observation::new(Aspect::RepeatedValue, table)
            .fact(FactName::Age, if is_earlier { "existing" } else { "new" })
            .named("column", &columns);
        Some(observation.named("how", &how).named("two", two))
    }
}

fn is_repeated(column: &Column) -> bool {
    let is_one_value = match added_value(column) {
        Some(Volatility::Constant | Volatility::Stable) => true,
        Some(Volatility::Volatile | Volatility::Unknown) | None => false,
    };
    (column.unique || column.primary_key) && is_one_value
}

fn put_in(table: &str, column: &str, rows: &str) -> Observation {
    let how = format!("puts one value into the unique column `{column}` of `{table}` in {rows}");
    Observation::new(Aspect::RepeatedValue, table)
        .fact(FactName::Age, "new")
        .named("column", column)
        .named("how", &how)
        .named("two", "that is two rows")
}
