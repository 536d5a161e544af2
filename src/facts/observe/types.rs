//! The aspects of `ALTER COLUMN .. TYPE`: rows, indexes, checks and foreign keys on the column.

use crate::catalog::{ConstraintKind, Table};
use crate::data_type::DataType;
use crate::facts::{TypeChange, type_change};
use crate::statement::Using;

use super::{Aspect, Context, FactName, Observation, Role};

impl Context<'_> {
    pub(super) fn alter_type(
        &self,
        table: &str,
        column: &str,
        to: &DataType,
        collation: Option<&str>,
        using: Option<&Using>,
    ) -> Vec<Observation> {
        let about = |aspect| {
            Observation::new(aspect, table)
                .named("column", column)
                .named("type", to.to_string())
        };
        let Some((entry, before)) = self
            .catalog
            .table(table)
            .and_then(|t| Some((t, t.columns.get(column)?)))
        else {
            return vec![about(Aspect::AlterType).fact(FactName::Change, TypeChange::Unknown.fact())];
        };
        let collation_changes = before.collation.as_deref() != collation;
        let (old_base, new_base) = (self.catalog.base_type(&before.data_type), self.catalog.base_type(to));
        let change = type_change(
            old_base,
            new_base,
            using,
            collation_changes,
            self.time_zone,
            self.postgres,
        );
        let changes_domain = before.data_type != *to && (*old_base != before.data_type || new_base != to);
        let change = match change {
            // Each value is checked, and the table written for it (`ATColumnChangeRequiresRewrite` in tablecmds.c).
            TypeChange::Same
            | TypeChange::Kept
            | TypeChange::IndexesRebuilt
            | TypeChange::Rewrite
            | TypeChange::Unknown
                if changes_domain && self.catalog.is_constrained(to) =>
            {
                TypeChange::Rewrite
            }
            TypeChange::Same if changes_domain => TypeChange::Kept,
            other => other,
        };
        let builds = rebuilt_indexes(entry, column, change);
        // An index that a free change would keep is rebuilt all the same where an expression or predicate has the column.
        let change = match (change, builds.is_empty()) {
            (TypeChange::Same | TypeChange::Kept, false) => TypeChange::IndexesRebuilt,
            (TypeChange::IndexesRebuilt, true) => TypeChange::Kept,
            (other, _) => other,
        };
        let mut observations = vec![
            about(Aspect::AlterType)
                .fact(FactName::Change, change.fact())
                .named("old_type", before.data_type.to_string())
                .building(builds),
        ];
        if has_valid_check(entry, column) && change != TypeChange::Rewrite {
            observations.push(about(Aspect::AlterTypeCheck));
        }
        observations.extend(
            self.type_dependents(table, column)
                .filter(|_| change != TypeChange::Same),
        );
        let revalidated = if change == TypeChange::Rewrite { "yes" } else { "no" };
        observations.extend(self.partners(table, Some(column)).iter().map(|partner| {
            about(Aspect::AlterTypeReference)
                .fact(FactName::Cascade, revalidated)
                .role(Role::Partner, partner)
        }));
        observations
    }
}

/// Indexes that are built anew: all of the table's on a rewrite, those on the column where its sort order may change,
/// and in any case partial and expression indexes that mention it.
fn rebuilt_indexes(table: &Table, column: &str, change: TypeChange) -> Vec<String> {
    let wanted = |index: &crate::catalog::Index| match change {
        TypeChange::Rewrite => true,
        TypeChange::IndexesRebuilt => index.mentions(column),
        TypeChange::Same | TypeChange::Kept => {
            let in_expression = index.mentioned.iter().any(|name| name == column);
            in_expression || (index.partial && index.mentions(column))
        }
        TypeChange::Error | TypeChange::Unknown => false,
    };
    table
        .indexes
        .iter()
        .filter(|(_, index)| wanted(index))
        .map(|(name, _)| name.clone())
        .collect()
}

fn has_valid_check(table: &Table, column: &str) -> bool {
    table.constraints.values().any(|constraint| {
        constraint.validated
            && matches!(&constraint.kind, ConstraintKind::Check(check) if check.columns.iter().any(|name| name == column))
    })
}
