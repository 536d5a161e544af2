//! What operations of well-known packages send.

mod safer;

use crate::finding::Origin;
use crate::migration::{Packaged, Trigger};
use crate::models::Model;
use crate::statement::AlterTableAction;
use crate::unknown::{Identifier, Sql, Unknown};
use crate::value::{Str, Value};

use super::columns::{alter, literal_default};
use super::moments::Moment;
use super::operations::States;
use super::prepare::python_text;
use super::run::Run;

impl Run<'_> {
    /// Sends what the operation sends; the state has changed already.
    pub(super) fn packaged(&mut self, operation: &Packaged, states: States<'_>) {
        match operation {
            Packaged::AddTrigger { model_name, trigger } => {
                if self.migrated(states.to, states.app, model_name).is_some() {
                    self.execute_text(trigger.install.clone());
                }
            }
            Packaged::RemoveTrigger { model_name, name } => {
                if self.migrated(states.to, states.app, model_name).is_some() {
                    let old = self.model(states.from, states.app, model_name);
                    match trigger(&old, name) {
                        Some(trigger) => self.execute_text(trigger.uninstall()),
                        None => self.opaque(format!("no migration at hand adds a trigger {name}")),
                    }
                }
            }
            Packaged::AddDefaultValue {
                model_name,
                name,
                value,
            } => {
                if let Some(model) = self.migrated(states.to, states.app, model_name) {
                    self.add_default_value(&model, name, value);
                }
            }
            Packaged::Safer(base) => self.safer(base, states),
        }
    }

    /// `AddDefaultValue.database_forwards` of django-add-default-value, which quotes nothing.
    fn add_default_value(&mut self, model: &Model<'_>, name: &str, value: &Value) {
        let Some(column) = self.field(model, name).and_then(|field| field.column()) else {
            return;
        };
        let value = match value {
            value if is_now(value) => Ok("now()".to_owned()),
            value => formatted(value)
                .map(|text| format!("'{text}'"))
                .ok_or_else(|| Unknown::new(&super::prepare::reason(value))),
        };
        match (model.db_table(), column, value) {
            (Identifier::Known(table), Identifier::Known(column), Ok(value)) => {
                let sql = format!("ALTER TABLE \"{table}\" ALTER COLUMN \"{column}\" SET DEFAULT {value};");
                // Sent with an empty list of parameters: of two percent signs one is left.
                self.execute_text(sql.replace("%%", "%"));
            }
            (table, column, value) => {
                let value = value.map_or_else(Sql::from, Sql::from);
                let default = literal_default(value);
                self.execute(alter(&table, AlterTableAction::SetDefault { column, default }));
            }
        }
    }

    /// Says that pgtrigger takes away triggers that the change of a type meets, and puts them back.
    pub(super) fn note_triggers(&mut self, model: &Model<'_>, column: &str) {
        let quoted = crate::statement::quote_name(column);
        let triggers = model.state.options.triggers.iter();
        for trigger in triggers.filter(|trigger| trigger.watches.contains(&quoted)) {
            self.partial(format!(
                "pgtrigger drops the trigger {} first, and makes it again",
                trigger.pgid
            ));
        }
    }

    /// Sends a string that is not made of statements of ours. All of it is known: a statement of which something is not is
    /// composed, so that nobody takes for SQL what is shown for it.
    pub(super) fn execute_text(&mut self, sql: impl Into<Str>) {
        self.send_written(sql.into(), Vec::new(), Origin::Django);
    }
}

fn trigger<'m>(model: &'m Model<'_>, name: &str) -> Option<&'m Trigger> {
    model.state.options.triggers.iter().find(|trigger| trigger.name == name)
}

/// `NOW` and `TODAY` of the package, whether or not it is at hand.
fn is_now(value: &Value) -> bool {
    match value {
        Value::Str(text) => text == "__NOW__" || text == "__TODAY__",
        Value::Name(path) => path
            .strip_prefix("django_add_default_value.")
            .is_some_and(|path| matches!(path.rsplit('.').next(), Some("NOW" | "TODAY"))),
        _ => false,
    }
}

/// `"{}".format(value)`, of dates `isoformat()`.
fn formatted(value: &Value) -> Option<String> {
    match value {
        Value::Call(call) => match Moment::from_call(call)? {
            Moment::Date(date) => Some(date),
            Moment::DateTime { date, time, offset } => Some(format!("{date}T{time}{}", offset.unwrap_or_default())),
            Moment::Time(_) | Moment::Duration(_) => None,
        },
        value => python_text(value),
    }
}
