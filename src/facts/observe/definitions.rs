//! What Postgres refuses because of what tables and columns are: partitions, defaults, values.

use crate::catalog::Presence;
use crate::sql;
use crate::statement::{CreateTable, DefaultValue, InsertedRows, TableForm};
use crate::unknown::Identifier;

use super::existence::{known_here, refused_by_definition};
use super::{Context, Observation};

impl Context<'_> {
    /// The tables that a new one is made from.
    pub(super) fn refused_form(&self, create: &CreateTable) -> Vec<Observation> {
        match &create.form {
            TableForm::Plain | TableForm::Partitioned | TableForm::Temporary => Vec::new(),
            TableForm::Copy { of, .. } => self.needs_table(&of.as_str().into(), false),
            TableForm::Partition { parent, .. } => self.needs_partitioned(parent),
            TableForm::Child { parents } => {
                let refused = parents.iter().flat_map(|parent| {
                    let missing = self.needs_table(&parent.as_str().into(), false);
                    let reason = format!("`{parent}` is partitioned, and nothing inherits from such a table");
                    let is_partitioned = self.catalog.is_whole(parent) && self.catalog.is_partitioned(parent);
                    missing
                        .into_iter()
                        .chain(is_partitioned.then(|| refused_by_definition(&reason)))
                });
                refused.collect()
            }
        }
    }

    /// A table that partitions can belong to.
    pub(super) fn needs_partitioned(&self, table: &str) -> Vec<Observation> {
        let identifier = Identifier::from(table);
        let missing = self.needs_table(&identifier, false);
        let is_whole = known_here(&identifier).is_some_and(|table| self.catalog.is_whole(table));
        if is_whole && missing.is_empty() && !self.catalog.is_partitioned(table) {
            return vec![refused_by_definition(&format!("`{table}` is not partitioned"))];
        }
        missing
    }

    /// A partition of this table, and of no other.
    pub(super) fn needs_partition(&self, table: &Identifier, partition: &str) -> Vec<Observation> {
        let missing = self.needs_table(&partition.into(), false);
        let Some(table) = known_here(table).filter(|_| missing.is_empty()) else {
            return missing;
        };
        let entry = self
            .catalog
            .table(partition)
            .filter(|_| self.catalog.is_whole(partition));
        if entry.is_some_and(|entry| entry.attached.partition_of.is_none()) {
            return vec![refused_by_definition(&format!(
                "`{partition}` is not a partition of `{table}`"
            ))];
        }
        missing
    }

    /// A default has no row to read from.
    pub(super) fn refused_default(&self, default: &DefaultValue) -> Option<Observation> {
        let columns = sql::certain_columns(default.sql.known()?);
        let (_, column) = columns.iter().find(|(qualifier, _)| qualifier.is_none())?;
        let reason = format!("a DEFAULT cannot read a column, and `{column}` without quotes is the name of one");
        Some(refused_by_definition(&reason))
    }

    /// Columns that Postgres calculates itself.
    pub(super) fn refused_generated(&self, table: &str, columns: &[String]) -> Option<Observation> {
        let table = known_here(&Identifier::from(table))?.to_owned();
        let is_generated = |name: &&String| {
            let is_there = self.catalog.presence_of_column(&table, &name.as_str().into()) == Presence::There;
            let column = self.catalog.column(&table, name).filter(|_| is_there);
            column.is_some_and(|column| column.generated.is_some())
        };
        let column = columns.iter().find(is_generated)?;
        let reason = format!("`{column}` of `{table}` is generated, and takes no value but DEFAULT");
        Some(refused_by_definition(&reason))
    }

    /// Rows that do not fit their table.
    pub(super) fn refused_rows(&self, table: &str, columns: &[String], rows: &InsertedRows) -> Option<Observation> {
        let InsertedRows::Values { widths, nulls } = rows else {
            return None;
        };
        let twice = |at: usize| columns[..at].contains(&columns[at]);
        if let Some(at) = (0..columns.len()).find(|at| twice(*at)) {
            return Some(refused_by_definition(&format!("`{}` gets two values", columns[at])));
        }
        if !columns.is_empty() && widths.iter().any(|width| *width != columns.len()) {
            let reason = format!(
                "the INSERT lists {} columns, and has another number of values",
                columns.len()
            );
            return Some(refused_by_definition(&reason));
        }
        let entry = known_here(&Identifier::from(table)).and_then(|table| self.catalog.table(table));
        let entry = entry.filter(|entry| {
            // A trigger may fill what is missing.
            self.catalog.is_whole(table) && entry.attached.triggers.is_empty() && !columns.is_empty()
        })?;
        let wants_value = |name: &str, is_given: bool| {
            let is_null = columns
                .iter()
                .position(|column| column == name)
                .is_some_and(|at| nulls.contains(&at));
            let column = entry.columns.get(name);
            column.is_some_and(|column| {
                let fills_itself = column.default.is_some()
                    || column.identity
                    || column.generated.is_some()
                    || column.data_type.is_serial()
                    || column.data_type.parts().is_none()
                    || column
                        .data_type
                        .name()
                        .is_some_and(|name| self.catalog.user_type(name).is_some());
                column.not_null && (is_null || !is_given && !fills_itself)
            })
        };
        let names = entry.columns.keys();
        let mut empty = names.filter(|name| wants_value(name, columns.contains(name)));
        let column = empty.next()?;
        let reason = format!("`{column}` of `{table}` is NOT NULL, and gets no value");
        Some(refused_by_definition(&reason))
    }
}
