//! Removals: out of the state in one release, out of the database in the next.

use crate::migration::Operation;
use crate::plan::{Declared, Plan, PlannedMigration, PlannedOperation, Step, apart, run_sql};
use crate::statement::quote_name;

use super::before::FieldBefore;
use super::pieces::Reversible;
use super::{Cure, of_release, step};

/// What is said of a table that is dropped.
const NO_WAY_BACK: &str = "The second release has no way back: the rows are gone.";

impl Cure<'_> {
    pub(super) fn removed_field(&self) -> Option<Plan> {
        let Operation::RemoveField { name, .. } = &self.node.operation else {
            return None;
        };
        let Some(field) = &self.before.field else {
            return self.removed_many_to_many(name);
        };
        let table = self.before.table.as_deref()?;
        if field.field.primary_key {
            return None;
        }
        let lifted = lifted(table, field);
        let database: Vec<PlannedOperation> = lifted
            .iter()
            .chain(&self.before.keys)
            .map(Reversible::operation)
            .collect();
        let summary = format!(
            "take `{name}` out of the models now, and drop its column with the next release, when no running code names it any more"
        );
        let (quoted, column) = (quote_name(table), quote_name(&field.column));
        let drop = run_sql(
            &[format!("ALTER TABLE {quoted} DROP COLUMN IF EXISTS {column}")],
            Some(&self.added_again(&quoted, &column, field)),
        );
        let steps = vec![
            step(
                format!("`{name}` leaves the models"),
                self.out_of_state(database, &self.written()),
            ),
            of_release(2, step("drops the column, a moment", self.briefly(vec![drop]))),
        ];
        Some(self.with_dependents(with_reading(Plan::new(summary, steps), name, field)))
    }

    /// The column as it may come back: without the values, which are gone.
    fn added_again(&self, table: &str, column: &str, field: &FieldBefore) -> Vec<String> {
        let filled = lasting_default(field).map(|default| format!(" DEFAULT {default} NOT NULL"));
        let filled = filled.unwrap_or_default();
        let add = format!("ALTER TABLE {table} ADD COLUMN {column} {}{filled}", field.db_type);
        let indexes = self
            .before
            .indexes
            .iter()
            .map(|(_, create)| format!("CREATE INDEX {create}"));
        // Its foreign key comes with the way back of the first release.
        let own = self
            .before
            .constraints
            .iter()
            .filter(|own| !own.is_key && own.columns == [field.column.clone()]);
        let constraints = own.map(|own| own.change.reverse.clone());
        [add].into_iter().chain(indexes).chain(constraints).collect()
    }

    /// SQL that drops a table or column of a model: that leaves the models first.
    pub(super) fn dropped_by_sql(&self) -> Option<Plan> {
        let (model, field) = self.before.named.as_ref()?;
        let table = self.before.table.as_deref()?;
        let (name, state) = match field {
            Some(field) => {
                let state = format!(
                    "migrations.RemoveField(model_name=\"{}\", name=\"{field}\")",
                    model.to_lowercase()
                );
                (field, state)
            }
            None => (model, format!("migrations.DeleteModel(name=\"{model}\")")),
        };
        let mut steps = match &self.before.field {
            Some(field) if field.field.primary_key => return None,
            Some(field) => {
                let lifted = lifted(table, field);
                let database: Vec<PlannedOperation> = lifted
                    .iter()
                    .chain(&self.before.keys)
                    .map(Reversible::operation)
                    .collect();
                vec![step(
                    format!("`{name}` leaves the models"),
                    self.out_of_state(database, &state),
                )]
            }
            None => self.out_of_models(name, &self.all_keys(), &state),
        };
        steps.push(of_release(
            2,
            step("the drop, a moment", self.briefly(vec![self.as_it_is()])),
        ));
        let summary = format!(
            "take `{name}` out of the models now, and leave this drop to the next release, when no running code names it any more"
        );
        Some(self.with_dependents(Plan::new(summary, steps)))
    }

    /// Out of the state; a lock is taken only where the database changes, too.
    fn out_of_state(&self, database: Vec<PlannedOperation>, state: &str) -> PlannedMigration {
        let is_state_alone = database.is_empty();
        let operations = vec![apart(database, &[state.to_owned()])];
        if is_state_alone {
            PlannedMigration::atomic(operations)
        } else {
            self.briefly(operations)
        }
    }

    fn removed_many_to_many(&self, name: &str) -> Option<Plan> {
        let [(table, keys)] = self.before.automatic.as_slice() else {
            return None;
        };
        let summary = format!(
            "take `{name}` out of the models now, and drop its table with the next release, when no running code names it any more"
        );
        let mut steps = self.out_of_models(name, keys, &self.written());
        steps.push(of_release(2, step("drops the table", self.dropped(&[table]))));
        Some(Plan::new(summary, steps).declaring(Declared::NoWayBack, NO_WAY_BACK))
    }

    pub(super) fn deleted_model(&self) -> Option<Plan> {
        let Operation::DeleteModel { name } = &self.node.operation else {
            return None;
        };
        let table = self.before.table.as_deref()?;
        let summary = format!(
            "take `{name}` out of the models now, and drop its table with the next release, when no running code names it any more"
        );
        let mut steps = self.out_of_models(name, &self.all_keys(), &self.written());
        let automatic = self.before.automatic.iter().map(|(table, _)| table.as_str());
        let tables: Vec<&str> = automatic.chain([table]).collect();
        steps.push(of_release(2, step("drops the table", self.dropped(&tables))));
        Some(self.with_dependents(Plan::new(summary, steps).declaring(Declared::NoWayBack, NO_WAY_BACK)))
    }

    /// The foreign keys of the model's table and of those that Django made for it.
    fn all_keys(&self) -> Vec<Reversible> {
        let of_automatic = self.before.automatic.iter().flat_map(|(_, keys)| keys);
        self.before.keys.iter().chain(of_automatic).cloned().collect()
    }

    /// Each foreign key goes by itself: it locks two tables, for a moment.
    fn out_of_models(&self, name: &str, keys: &[Reversible], state: &str) -> Vec<Step> {
        let (last, first) = keys
            .split_last()
            .map_or((None, keys), |(last, first)| (Some(last), first));
        let drops = first
            .iter()
            .map(|key| step("drops a foreign key, a moment", self.briefly(vec![key.operation()])));
        let mut steps: Vec<Step> = drops.collect();
        let last: Vec<PlannedOperation> = last.map(Reversible::operation).into_iter().collect();
        steps.push(step(
            format!("`{name}` leaves the models"),
            self.out_of_state(last, state),
        ));
        steps
    }

    fn dropped(&self, tables: &[impl AsRef<str>]) -> PlannedMigration {
        let drop = |table: &str| run_sql(&[format!("DROP TABLE IF EXISTS {}", quote_name(table))], None);
        self.briefly(tables.iter().map(|table| drop(table.as_ref())).collect())
    }

    fn with_dependents(&self, plan: Plan) -> Plan {
        let dependents = &self.before.dependents;
        if dependents.is_empty() {
            return plan;
        }
        plan.declaring(
            Declared::DependentsFirst,
            format!(
                "Postgres refuses the drop while {} needs it: what depends on it goes, or does without it, in a migration before.",
                dependents.join(", ")
            ),
        )
    }
}

/// The constant that the database gives to rows of the new release, and to all rows of a column that comes back.
fn lasting_default(field: &FieldBefore) -> Option<&str> {
    let is_given = field.not_null && !field.has_database_default && !field.field.unique();
    field.default.as_deref().filter(|_| is_given)
}

/// What lets the new release insert rows without the column.
fn lifted(table: &str, field: &FieldBefore) -> Option<Reversible> {
    if !field.not_null || field.has_database_default {
        return None;
    }
    let start = format!(
        "ALTER TABLE {} ALTER COLUMN {}",
        quote_name(table),
        quote_name(&field.column)
    );
    let (change, back) = match lasting_default(field) {
        Some(default) => (format!("SET DEFAULT {default}"), "DROP DEFAULT"),
        None => ("DROP NOT NULL".to_owned(), "SET NOT NULL"),
    };
    Some(Reversible {
        sql: format!("{start} {change}"),
        reverse: format!("{start} {back}"),
    })
}

fn with_reading(plan: Plan, name: &str, field: &FieldBefore) -> Plan {
    let is_nulled = field.not_null && !field.has_database_default && (field.default.is_none() || field.field.unique());
    if !is_nulled {
        return plan;
    }
    plan.declaring(
        Declared::ReadsNone,
        format!(
            "Rows of the new release have NULL in `{name}`: the running release reads None there until it is gone, and going back reads the whole table."
        ),
    )
}
