//! `options` of `CreateModel`.

use super::Reading;
use super::arguments::{Reason, not_readable, together};
use crate::migration::operation::ModelOptions;
use crate::python::truth;
use crate::unknown::Identifier;
use crate::value::Value;

impl Reading<'_> {
    /// The options of a model; what cannot be read stands in their `unknown`.
    pub(super) fn options(&self, value: Option<&Value>) -> Result<ModelOptions, Reason> {
        let mut options = ModelOptions::default();
        let items = match value {
            None | Some(Value::None) => return Ok(options),
            Some(Value::Dict(items)) => items,
            Some(value) => return Err(not_readable("options", value)),
        };
        for (name, value) in items {
            let Some(name) = name.as_str() else {
                return Err(not_readable("options", name));
            };
            if let Err(reason) = self.option(&mut options, name, value) {
                options.unknown.push((name.to_owned(), reason));
            }
        }
        Ok(options)
    }

    fn option(&self, options: &mut ModelOptions, name: &str, value: &Value) -> Result<(), Reason> {
        match name {
            "db_table" => options.db_table = string(name, value)?.map(Identifier::Known),
            "db_table_comment" => options.db_table_comment = string(name, value)?,
            "db_tablespace" => options.db_tablespace = string(name, value)?,
            "managed" => options.unmanaged = !boolean(name, value)?,
            "proxy" => options.proxy = boolean(name, value)?,
            "abstract" => options.abstract_model = boolean(name, value)?,
            "swappable" => options.swappable = string(name, value)?,
            "unique_together" => options.unique_together = together(name, value)?,
            "index_together" => options.index_together = together(name, value)?,
            "order_with_respect_to" => options.order_with_respect_to = string(name, value)?,
            "indexes" => {
                let items = value.as_items().ok_or_else(|| not_readable(name, value))?;
                for item in items {
                    options.indexes.push(self.index(item)?);
                }
            }
            "constraints" => {
                let items = value.as_items().ok_or_else(|| not_readable(name, value))?;
                options.constraints = items.iter().map(|item| self.constraint(item)).collect();
            }
            "required_db_vendor" => match value {
                Value::None => {}
                // A model of another vendor has no table here. See `Options.can_migrate`.
                Value::Str(vendor) => options.unmanaged |= vendor != "postgresql",
                value => return Err(not_readable(name, value)),
            },
            // `ordering`, `permissions` and so on, and options that packages add: none prints SQL.
            _ => {}
        }
        Ok(())
    }
}

fn string(name: &str, value: &Value) -> Result<Option<String>, Reason> {
    match value {
        Value::None => Ok(None),
        Value::Str(text) if text.is_empty() => Ok(None),
        Value::Str(text) => Ok(Some(text.to_string())),
        value => Err(not_readable(name, value)),
    }
}

fn boolean(name: &str, value: &Value) -> Result<bool, Reason> {
    truth(value).ok_or_else(|| not_readable(name, value))
}
