//! django-add-default-value: a default in the database beside Django's.

use crate::models::Model;
use crate::statement::AlterTableAction;
use crate::unknown::{Identifier, Sql, Unknown};
use crate::value::Value;

use super::super::columns::{alter, literal_default};
use super::super::moments::Moment;
use super::super::prepare::{python_text, reason};
use super::super::run::Run;

impl Run<'_> {
    /// `AddDefaultValue.database_forwards` of django-add-default-value, which quotes nothing.
    pub(super) fn add_default_value(&mut self, model: &Model<'_>, name: &str, value: &Value) {
        let Some(column) = self.field(model, name).and_then(|field| field.column()) else {
            return;
        };
        let value = match value {
            value if is_now(value) => Ok("now()".to_owned()),
            value => formatted(value)
                .map(|text| format!("'{text}'"))
                .ok_or_else(|| Unknown::new(&reason(value))),
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
