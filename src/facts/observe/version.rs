//! What older servers do not understand. See the release notes of PostgreSQL 13 to 18; each is observed in `fixtures/`.

use crate::catalog::table_key;
use crate::statement::{
    AlterTableAction, Column, ConstraintKind, DefaultValue, Statement, TableChange, TableConstraint,
};

use super::{Aspect, Context, Observation, unbound};

/// Something that a statement uses, and the first version that has it.
type Feature = (&'static str, u8);

impl Context<'_> {
    /// The server refuses the whole statement, whatever else it would do.
    pub(super) fn not_in_version(&self, statement: &Statement) -> Option<Observation> {
        let (feature, version) = self
            .features(statement)
            .find(|(_, version)| self.postgres.0 < *version)?;
        let observation = match table(statement) {
            Some(table) => Observation::new(Aspect::NotInVersion, table),
            None => unbound(Aspect::NotInVersion),
        };
        Some(
            observation
                .named("feature", feature)
                .named("version", version.to_string()),
        )
    }

    fn features<'a>(&'a self, statement: &'a Statement) -> Box<dyn Iterator<Item = Feature> + 'a> {
        match statement {
            Statement::CreateTable(create) => Box::new(
                create
                    .columns
                    .iter()
                    .flat_map(|column| self.of_column(column))
                    .chain(create.constraints.iter().filter_map(of_constraint)),
            ),
            Statement::AlterTable { actions, .. } => Box::new(actions.iter().flat_map(|action| self.of_action(action))),
            Statement::CreateIndex(create) => Box::new(of_nulls(create.nulls_distinct).into_iter()),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn of_action(&self, action: &AlterTableAction) -> Vec<Feature> {
        match action {
            AlterTableAction::AddColumn(column) => self.of_column(column).collect(),
            AlterTableAction::SetDefault { default, .. } => self.of_default(default).into_iter().collect(),
            AlterTableAction::AddConstraint(constraint) => of_constraint(constraint).into_iter().collect(),
            AlterTableAction::Change { change, .. } => of_change(change).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn of_column(&self, column: &Column) -> impl Iterator<Item = Feature> {
        let is_virtual = column.generated.as_ref().is_some_and(|generated| !generated.stored);
        let generated = is_virtual.then_some(("GENERATED ALWAYS AS .. VIRTUAL", 18));
        let default = column.default.as_ref().and_then(|default| self.of_default(default));
        generated.into_iter().chain(default)
    }

    /// Functions that Django's own expressions call. pgcrypto had the first one before Postgres did.
    fn of_default(&self, default: &DefaultValue) -> Option<Feature> {
        let sql = default.sql.known().unwrap_or_default().to_ascii_lowercase();
        if sql.contains("gen_random_uuid(") && !self.catalog.has_extension("pgcrypto") {
            return Some(("gen_random_uuid()", 13));
        }
        sql.contains("uuidv7(").then_some(("uuidv7()", 18))
    }
}

fn of_constraint(constraint: &TableConstraint) -> Option<Feature> {
    match &constraint.kind {
        ConstraintKind::Unique { nulls_distinct, .. } => of_nulls(*nulls_distinct),
        ConstraintKind::Check(_)
        | ConstraintKind::PrimaryKey { .. }
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude { .. } => None,
    }
}

fn of_nulls(nulls_distinct: Option<bool>) -> Option<Feature> {
    nulls_distinct.map(|distinct| {
        let feature = if distinct {
            "NULLS DISTINCT"
        } else {
            "NULLS NOT DISTINCT"
        };
        (feature, 15)
    })
}

fn of_change(change: &TableChange) -> Option<Feature> {
    Some(match change {
        TableChange::AddNotNull { .. } => ("ADD CONSTRAINT .. NOT NULL", 18),
        TableChange::AlterConstraint { enforced: Some(_), .. } => ("ALTER CONSTRAINT .. ENFORCED", 18),
        TableChange::SetExpression { .. } => ("SET EXPRESSION", 17),
        TableChange::DropExpression { .. } => ("DROP EXPRESSION", 13),
        TableChange::DetachPartition { concurrently: true, .. } => ("DETACH PARTITION .. CONCURRENTLY", 14),
        TableChange::AddKeyUsingIndex { .. }
        | TableChange::RenameConstraint { .. }
        | TableChange::Rewrite
        | TableChange::AttachPartition { .. }
        | TableChange::DetachPartition { .. }
        | TableChange::Inherit { .. }
        | TableChange::Disinherit { .. }
        | TableChange::AlterConstraint { .. }
        | TableChange::SetSchema { .. }
        | TableChange::ForceRowSecurity
        | TableChange::DisableRowSecurity
        | TableChange::SwitchTrigger { .. }
        | TableChange::Catalog { .. }
        | TableChange::Unread { .. } => return None,
    })
}

fn table(statement: &Statement) -> Option<&str> {
    match statement {
        Statement::CreateTable(create) => Some(table_key(&create.table)),
        Statement::AlterTable { table, .. } => Some(table_key(table)),
        Statement::CreateIndex(create) => Some(table_key(&create.table)),
        _ => None,
    }
}
