//! Statements that read and write rows.

use crate::catalog::ConstraintKind;
use crate::row_work::{Condition, Constant, Rows};
use crate::statement::QueryReads;

use super::{Aspect, Context, FactName, Observation};

impl Context<'_> {
    pub(super) fn write_rows(&self, verb: &str, table: &str, rows: &Rows, reads: &QueryReads) -> Vec<Observation> {
        let rows = match rows {
            Rows::All => "all",
            Rows::Where(conditions) if conditions.iter().all(|asked| self.catalog.holds_for_all(table, asked)) => "all",
            Rows::Where(conditions) if self.names_few(table, conditions) => "few",
            Rows::Where(_) => "some",
        };
        let mut observations = vec![
            Observation::new(Aspect::WriteRows, table)
                .fact(FactName::Rows, rows)
                .fact(FactName::Held, self.held(table))
                .named("verb", verb),
        ];
        observations.extend(self.read_rows(reads, Some(table)));
        observations
    }

    pub(super) fn insert_rows(&self, table: &str, reads: &QueryReads) -> Vec<Observation> {
        let mut observations = vec![Observation::new(Aspect::InsertRows, table)];
        observations.extend(self.read_rows(reads, None));
        observations
    }

    /// Whether the columns that must equal constants are a key.
    fn names_few(&self, table: &str, conditions: &[Condition]) -> bool {
        let equals = |column: &String| {
            conditions.iter().any(|condition| match condition {
                Condition::Is(_, Constant::Null) | Condition::IsNot(..) | Condition::Other => false,
                Condition::Is(equal, _) | Condition::IsOneOf(equal) => equal == column,
            })
        };
        let constraints = self
            .catalog
            .table(table)
            .into_iter()
            .flat_map(|entry| entry.constraints.values());
        let mut keys = constraints.filter_map(|constraint| match &constraint.kind {
            ConstraintKind::PrimaryKey(columns) | ConstraintKind::Unique(columns) => Some(columns),
            ConstraintKind::Check(_) | ConstraintKind::ForeignKey { .. } | ConstraintKind::Exclude(_) => None,
        });
        keys.any(|columns| columns.iter().all(equals))
    }

    /// The tables that a query reads, each one aspect: ACCESS SHARE, which only a drop waits for.
    pub(super) fn read_rows(&self, reads: &QueryReads, but: Option<&str>) -> Vec<Observation> {
        let mut relations: Vec<&str> = reads.relations.iter().map(String::as_str).collect();
        relations.sort_unstable();
        relations.dedup();
        relations
            .into_iter()
            .filter(|relation| Some(*relation) != but && !relation.contains("pg_catalog") && !is_system(relation))
            .filter(|relation| !(reads.asks_for_ends && self.indexes_answer(relation, reads)))
            .map(|relation| Observation::new(Aspect::ReadRows, relation).fact(FactName::Held, self.held(relation)))
            .collect()
    }

    /// Whether each column of the table that the query mentions is the first of an index in its order.
    fn indexes_answer(&self, table: &str, reads: &QueryReads) -> bool {
        let Some(table) = self.catalog.table(table) else {
            return false;
        };
        let leads = |column: &String| {
            let of_index = table.indexes.values().any(|index| {
                index.method == "btree" && !index.partial && index.items.first() == Some(&Some(column.clone()))
            });
            of_index
                || table.constraints.values().any(|constraint| match &constraint.kind {
                    ConstraintKind::PrimaryKey(columns) | ConstraintKind::Unique(columns) => {
                        columns.first() == Some(column)
                    }
                    ConstraintKind::Check(_) | ConstraintKind::ForeignKey { .. } | ConstraintKind::Exclude(_) => false,
                })
        };
        let mut columns = reads.columns.iter().map(|(_, column)| column);
        columns.all(|column| !table.columns.contains_key(column) || leads(column))
    }
}

fn is_system(relation: &str) -> bool {
    relation.starts_with("information_schema") || relation.starts_with("pg_")
}
