//! A table that is made like another.
//!
//! Source: PostgreSQL documentation, CREATE TABLE, `LIKE source_table`; src/backend/parser/parse_utilcmd.c
//! (`transformTableLikeClause`, `generateClonedIndexStmt`).

use crate::statement::Copied;

use super::names::{object_name, stored};
use super::{Catalog, Column, Constraint, ConstraintKind, Index};

impl Catalog {
    pub(super) fn copy(&mut self, table: &str, of: &str, including: Copied) {
        let Some(source) = self.tables.get(stored(of)).cloned() else {
            return;
        };
        let columns = source.columns.iter();
        let columns: Vec<(String, Column)> = columns
            .map(|(name, column)| (name.clone(), self.copied_column(column, including)))
            .collect();
        let checks = source
            .constraints
            .iter()
            .filter(|(_, constraint)| including.checks && matches!(constraint.kind, ConstraintKind::Check(_)));
        let now = self.now();
        let checks = checks.map(|(name, check)| {
            let check = Constraint {
                since: now,
                ..check.clone()
            };
            (name.clone(), check)
        });
        if let Some(entry) = self.tables.get_mut(table) {
            let own = std::mem::take(&mut entry.columns);
            entry.columns = columns.into_iter().chain(own).collect();
            entry.constraints.extend(checks);
        }
        if including.indexes {
            for (name, index) in &source.indexes {
                self.copy_index(table, index, source.constraints.get(name));
            }
        }
    }

    fn copied_column(&self, column: &Column, including: Copied) -> Column {
        Column {
            default: column.default.clone().filter(|_| including.defaults),
            generated: column.generated.clone().filter(|_| including.generated),
            identity: column.identity && including.identity,
            created_in: self.migration,
            since: self.now(),
            ..column.clone()
        }
    }

    /// An index gets a name of its own, and the constraint that it is of comes with it.
    fn copy_index(&mut self, table: &str, index: &Index, constraint: Option<&Constraint>) {
        let (is_key, label) = match constraint.map(|constraint| &constraint.kind) {
            Some(ConstraintKind::PrimaryKey(_)) => (true, "pkey"),
            Some(ConstraintKind::Unique(_)) => (false, "key"),
            Some(ConstraintKind::Exclude(_)) => (false, "excl"),
            Some(ConstraintKind::Check(_) | ConstraintKind::ForeignKey { .. }) | None => (false, "idx"),
        };
        let items = index.items.iter().map(|item| item.as_deref().unwrap_or("expr"));
        let columns = items.collect::<Vec<_>>().join("_");
        let columns = Some(&*columns).filter(|_| !is_key);
        let name = object_name(table, columns, label, |name| self.has_relation(name));
        let since = self.now();
        let copied = Index { since, ..index.clone() };
        self.insert_index(table, &name, copied);
        if let Some(entry) = self.tables.get_mut(table)
            && let Some(constraint) = constraint
        {
            let constraint = Constraint {
                since,
                ..constraint.clone()
            };
            entry.constraints.insert(name, constraint);
        }
    }
}
