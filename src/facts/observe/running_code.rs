//! What running code names or needs, and is taken away without anybody waiting.

use crate::catalog::ConstraintKind;
use crate::lock::LockMode;
use crate::standing::GivenUp;

use super::command::change_catalog;
use super::{Aspect, Context, Observation, Role, unbound};

impl Context<'_> {
    /// Whether hand-written SQL took the table from its model, and gave it a name that no model has ever had.
    pub(super) fn has_no_model(&self, table: &str) -> bool {
        let mut earlier = self.catalog.earlier_names(table).iter();
        self.usage.has_no_model(table) && earlier.any(|name| !self.usage.has_no_model(name))
    }

    /// `, DROP CONSTRAINT "name"` for each foreign key of the table, or of its column.
    pub(super) fn drop_keys(&self, table: &str, column: Option<&str>) -> String {
        let constraints = self
            .catalog
            .table(table)
            .into_iter()
            .flat_map(|entry| &entry.constraints);
        let keys = constraints.filter(|(_, constraint)| {
            let is_meant = column.is_none_or(|column| constraint.columns().iter().any(|own| own == column));
            is_meant && matches!(constraint.kind, ConstraintKind::ForeignKey { .. })
        });
        let drops = keys.map(|(name, _)| format!(r#", DROP CONSTRAINT "{name}""#));
        drops.collect()
    }

    /// How the argument begins that takes a model out of the state and, in the database, its foreign keys away.
    pub(super) fn without_keys(&self, table: &str) -> String {
        let drops = self.drop_keys(table, None);
        let Some(drops) = drops.strip_prefix(", ") else {
            return "state_operations=".to_owned();
        };
        format!(
            "database_operations=[\n    migrations.RunSQL('ALTER TABLE \"{table}\" {drops}'),\n],\nstate_operations="
        )
    }

    /// Of the table, its rows or a right to them.
    fn taken_from(&self, table: &str, change: &str, effect: &str) -> Option<Observation> {
        let is_used = self.usage.table_given_up(table).is_none_or(GivenUp::is_used);
        let observation = Observation::new(Aspect::TakeFromRunningCode, table);
        is_used.then(|| said(observation, change, effect))
    }

    pub(super) fn set_schema(&self, table: &str, schema: &str) -> Observation {
        let columns = self
            .catalog
            .table(table)
            .into_iter()
            .flat_map(|entry| entry.columns.keys());
        let sequences = columns.filter_map(|column| self.catalog.owned_sequence(table, column));
        let observation = sequences.fold(Observation::new(Aspect::SetSchema, table), |observation, sequence| {
            observation.role(Role::Sequence, sequence)
        });
        let change = format!("moves `{table}` to the schema `{schema}`");
        said(observation, &change, "no longer finds it")
    }

    pub(super) fn force_row_security(&self, table: &str) -> Vec<Observation> {
        let change = format!("forces row level security on `{table}` upon its owner, too");
        let effect = "no longer sees, and can no longer write, rows that no policy opens to it";
        let taken = self.taken_from(table, &change, effect);
        let lock = change_catalog(table, LockMode::AccessExclusive);
        std::iter::once(lock).chain(taken).collect()
    }

    pub(super) fn revoke(&self, tables: &[String]) -> Vec<Observation> {
        let effect = "is refused (`permission denied`), where it connects as such a role";
        let taken = tables.iter().filter_map(|table| {
            let change = format!("takes rights on `{table}` away");
            self.taken_from(table, &change, effect)
        });
        or_nothing(taken.collect())
    }

    pub(super) fn rename_enum_value(&self, name: &str, value: &str) -> Vec<Observation> {
        let type_name = name.to_lowercase();
        let known = self.catalog.user_type(&type_name);
        let users = self.catalog.type_users(&type_name);
        let is_used = users.iter().any(|(table, _)| !self.catalog.is_unused(table));
        let is_old = known.is_none_or(|known| !self.catalog.is_recent(known.created_in) && is_used);
        let change = format!("renames the value `{value}` of the type `{name}`");
        let effect = "fails where it writes or looks for the old one (`invalid input value for enum`)";
        let taken = is_old.then(|| said(unbound(Aspect::TakeFromRunningCode), &change, effect));
        or_nothing(taken.into_iter().collect())
    }

    pub(super) fn drop_function(&self, name: &str, if_exists: bool, cascade: bool) -> Vec<Observation> {
        if !cascade && let Some(dependent) = self.function_dependent(name) {
            return vec![unbound(Aspect::DependentsRefuse).named("dependent", dependent)];
        }
        let is_called = match self.catalog.function(name) {
            Some(known) => !known.is_trigger && !self.catalog.is_recent(known.created_in),
            None => !if_exists,
        };
        let change = format!("drops the function `{name}`");
        let effect = "fails where it calls it";
        let taken = unbound(Aspect::TakeFromRunningCode).named("function", name);
        let taken = is_called.then(|| said(taken, &change, effect));
        // CASCADE drops the triggers that run it.
        let triggers = self.triggers_of(name).into_iter();
        let locks = triggers.map(|(table, _)| change_catalog(&table, LockMode::AccessExclusive));
        or_nothing(taken.into_iter().chain(locks).collect())
    }
}

pub(super) fn rename_sequence(sequence: &str, to: &str) -> Observation {
    let change = format!("renames the sequence `{sequence}` to `{to}`");
    let observation = unbound(Aspect::RenameSequence).role(Role::Sequence, sequence);
    said(observation, &change, "fails where it asks for the old name")
}

fn said(observation: Observation, change: &str, effect: &str) -> Observation {
    observation.named("change", change).named("effect", effect)
}

fn or_nothing(observations: Vec<Observation>) -> Vec<Observation> {
    if observations.is_empty() {
        vec![unbound(Aspect::TouchNothing)]
    } else {
        observations
    }
}
