//! What queries and expressions read, where it is not there.

use crate::sql;
use crate::statement::{QueryReads, SqlExpression};
use crate::unknown::{Identifier, Sql};

use super::{Context, Observation};

impl Context<'_> {
    /// The relations of a query, and the columns that can be nothing else.
    pub(super) fn refused_reads(&self, reads: &QueryReads) -> Vec<Observation> {
        let relations = reads.relations.iter();
        let refused = relations.flat_map(|relation| self.needs_table(&relation.as_str().into(), false));
        let mut refused: Vec<Observation> = refused.collect();
        for (table, column) in &reads.certain {
            refused.extend(self.needs_column(&table.as_str().into(), &column.as_str().into()));
        }
        refused.truncate(1);
        refused
    }

    /// The columns of an expression over one table.
    pub(super) fn needs_columns_of(
        &self,
        table: &Identifier,
        expression: &SqlExpression,
        is_added: impl Fn(&str) -> bool,
    ) -> Vec<Observation> {
        let is_missing = |name: &str| !is_added(name) && !self.needs_column(table, &name.into()).is_empty();
        // Most have no such column, and need not be read again.
        if !expression.columns.iter().any(|name| is_missing(name)) {
            return Vec::new();
        }
        self.needs_columns_in(table, &expression.sql, is_added)
    }

    /// The same of SQL alone.
    pub(super) fn needs_columns_in(
        &self,
        table: &Identifier,
        expression: &Sql,
        is_added: impl Fn(&str) -> bool,
    ) -> Vec<Observation> {
        let is_missing = |name: &str| !is_added(name) && !self.needs_column(table, &name.into()).is_empty();
        let certain = sql::certain_columns(expression.known().unwrap_or_default()).into_iter();
        let own = certain.filter(|(qualifier, _)| qualifier.as_deref().is_none_or(|name| table.known() == Some(name)));
        let mut missing = own.filter(|(_, name)| is_missing(name));
        let refused = missing
            .next()
            .map(|(_, name)| self.needs_column(table, &name.as_str().into()));
        refused.unwrap_or_default()
    }
}
