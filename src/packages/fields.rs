//! Field classes that are not Django's, described by data: what they derive from, or their column type.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::Packages;
use crate::value::Value;

/// Descriptions of field classes by their dotted path: those of packages, and those of the configuration, which take
/// precedence.
#[derive(Clone, Debug, Default)]
pub struct CustomFields {
    configured: FxHashMap<String, CustomField>,
}

/// One field class. Without `db_type` and `no_column` it has the column of its base.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CustomField {
    /// The class that it derives from, Django's or one described here.
    pub base: Option<String>,
    /// Its column type; `{max_length}` and the like stand for arguments.
    pub db_type: Option<String>,
    /// What a foreign key to it has, where that differs.
    pub rel_db_type: Option<String>,
    /// What `get_internal_type()` returns, where it is not the class name.
    pub internal_type: Option<String>,
    /// Whether an empty string can be stored; true for Django's `Field`.
    pub empty_strings_allowed: Option<bool>,
    /// The field has no column.
    #[serde(default)]
    pub no_column: bool,
    /// Keyword arguments that its constructor adds where they are missing.
    #[serde(default)]
    pub defaults: BTreeMap<String, Scalar>,
    /// Keyword arguments that its constructor sets, whatever was given.
    #[serde(default)]
    pub always: BTreeMap<String, Scalar>,
    /// Parameters by position, where they differ from those of the base.
    pub positional: Option<Vec<String>>,
    /// The argument that `max_length` is taken from.
    pub max_length_from: Option<String>,
    /// The argument that is a field itself, whose arguments are those of the whole.
    pub wraps: Option<String>,
    /// Which values it turns into something of its own on the way to the database, so that such a default is not known.
    pub own_values: Option<OwnValues>,
    /// It stores `None` as JSON's null, so that rows get that where there is no default.
    #[serde(default)]
    pub none_is_json_null: bool,
    /// What of its DDL is not described here, as a sentence; the field is then uncertain.
    pub doubt: Option<String>,
    /// Other paths that the same class has or had.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// A function that is called with a field and returns it, changed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldFunction {
    /// Its first parameter, which takes the field.
    pub field: String,
    /// Keyword arguments that the field has afterwards, whatever it had.
    #[serde(default)]
    pub always: BTreeMap<String, Scalar>,
    /// Other paths of the function.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// Values that a class converts in its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnValues {
    /// All but `None`.
    All,
    /// Lists and dicts.
    Collections,
    /// All but `None` and empty lists.
    Filled,
}

impl OwnValues {
    /// Whether it converts this one.
    #[must_use]
    pub fn has(self, value: &Value) -> bool {
        let items = match value {
            Value::Dict(items) => Some(items.len()),
            value => value.as_items().map(<[Value]>::len),
        };
        match self {
            OwnValues::All => *value != Value::None,
            OwnValues::Collections => items.is_some(),
            OwnValues::Filled => !matches!(value, Value::None | Value::List(_)) || items.is_some_and(|items| items > 0),
        }
    }
}

/// A plain value in the data.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// `true`
    Bool(bool),
    /// `20`
    Int(i64),
    /// `"text"`
    Text(String),
}

impl CustomFields {
    /// Those of packages, and these.
    #[must_use]
    pub fn with(fields: impl IntoIterator<Item = (String, CustomField)>) -> Self {
        let mut configured = FxHashMap::default();
        describe(&mut configured, fields);
        Self { configured }
    }

    /// The description of a class.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&CustomField> {
        self.configured.get(path).or_else(|| Packages::known().field(path))
    }
}

/// Adds descriptions, each by all of its paths.
pub(super) fn describe(
    by_path: &mut FxHashMap<String, CustomField>,
    fields: impl IntoIterator<Item = (String, CustomField)>,
) {
    for (path, field) in fields {
        for alias in &field.aliases {
            let base = Some(path.clone());
            by_path.insert(
                alias.clone(),
                CustomField {
                    base,
                    ..CustomField::default()
                },
            );
        }
        by_path.insert(path, field);
    }
}

impl Scalar {
    /// The value of Python that it stands for.
    #[must_use]
    pub fn value(&self) -> Value {
        match self {
            Scalar::Bool(value) => Value::Bool(*value),
            Scalar::Int(value) => Value::Int(i128::from(*value)),
            Scalar::Text(text) => Value::Str(text.as_str().into()),
        }
    }
}

/// `vector({dimensions})` with the field's own arguments; a part in brackets with one that is missing goes.
#[must_use]
pub fn with_arguments<'v>(db_type: &str, argument: impl Fn(&str) -> Option<&'v Value>) -> String {
    let Some((before, rest)) = db_type.split_once('{') else {
        return db_type.to_owned();
    };
    let Some((name, after)) = rest.split_once('}') else {
        return db_type.to_owned();
    };
    match argument(name) {
        Some(Value::Int(int)) => format!("{before}{int}{after}"),
        Some(Value::Str(text)) => format!("{before}{text}{after}"),
        _ => before.trim_end_matches('(').to_owned(),
    }
}
