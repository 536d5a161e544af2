//! TOML to a configuration, strictly: every key is known, every value has its type, every name exists.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::{ConfigError, Configuration, FailOn, Pattern, PlannedTimeout};
use crate::migration::read::missing_in_django;
use crate::models::{KnownKey, KnownModel, ModelKey, default_table};
use crate::packages::CustomField;
use crate::project::Timeout;
use crate::rules::RuleTable;
use crate::selection::Selector;
use crate::source::SourceFile;
use crate::suggestion::nearest;
use crate::value::Value;
use crate::versions::{DjangoVersion, PostgresVersion};

/// All keys, as they are written.
const KEYS: [&str; 21] = [
    "select",
    "ignore",
    "extend-select",
    "per-file-ignores",
    "exclude",
    "fail-on",
    "postgres-version",
    "django-version",
    "settings-module",
    "settings",
    "user-model",
    "backend",
    "python",
    "deploy",
    "deployed",
    "stats",
    "hot-tables",
    "lock-timeout",
    "role-lock-timeout",
    "fields",
    "models",
];

pub(super) type Key<'a> = Spanned<Cow<'a, str>>;
pub(super) type Node<'a> = Spanned<DeValue<'a>>;

/// A whole forelock.toml.
pub(super) fn forelock_toml(path: &Path, text: &str, rules: &RuleTable) -> Result<Configuration, ConfigError> {
    let reader = Reader::new(path, text, rules);
    let table = reader.parse(text)?;
    reader.configuration(table.get_ref())
}

/// The `[tool.forelock]` of a pyproject.toml, if it has one.
pub(super) fn pyproject(path: &Path, text: &str, rules: &RuleTable) -> Result<Option<Configuration>, ConfigError> {
    let reader = Reader::new(path, text, rules);
    let table = reader.parse(text)?;
    let Some(tool) = table.get_ref().get("tool").and_then(|tool| tool.get_ref().as_table()) else {
        return Ok(None);
    };
    let Some(ours) = tool.get("forelock") else {
        return Ok(None);
    };
    reader.configuration(reader.table("tool.forelock", ours)?).map(Some)
}

pub(super) struct Reader<'a> {
    source: Arc<SourceFile>,
    rules: &'a RuleTable,
}

impl<'a> Reader<'a> {
    fn new(path: &Path, text: &str, rules: &'a RuleTable) -> Self {
        let source = SourceFile::new(path.to_owned(), text.to_owned());
        Self { source, rules }
    }

    fn parse<'t>(&self, text: &'t str) -> Result<Spanned<DeTable<'t>>, ConfigError> {
        DeTable::parse(text).map_err(|error| {
            let message = error.message().lines().collect::<Vec<_>>().join("; ");
            self.error(error.span().unwrap_or(0..0), message)
        })
    }

    pub(super) fn error(&self, span: ops::Range<usize>, message: impl Into<String>) -> ConfigError {
        let position = self.source.position(u32::try_from(span.start).unwrap_or(u32::MAX));
        ConfigError::Invalid {
            path: self.source.path.clone(),
            line: position.line,
            column: position.column,
            message: message.into(),
        }
    }

    fn folder(&self) -> &Path {
        self.source.path.parent().unwrap_or(Path::new(""))
    }

    fn configuration(&self, table: &DeTable<'_>) -> Result<Configuration, ConfigError> {
        let mut configuration = Configuration {
            path: Some(self.source.path.clone()),
            ..Configuration::default()
        };
        for (key, value) in table {
            self.set(&mut configuration, key, value)?;
        }
        Ok(configuration)
    }

    fn set(&self, to: &mut Configuration, key: &Key<'_>, value: &Node<'_>) -> Result<(), ConfigError> {
        let name = key.get_ref().as_ref();
        match name {
            "select" => to.selection.select = self.selectors(name, value)?,
            "extend-select" => to.selection.extend = self.selectors(name, value)?,
            "ignore" => to.selection.ignore = self.selectors(name, value)?,
            "per-file-ignores" => to.per_file_ignores = self.per_file_ignores(name, value)?,
            "exclude" => to.exclude = self.patterns(name, value)?,
            "fail-on" => to.fail_on = self.fail_on(name, value)?,
            "postgres-version" => to.postgres_version = Some(self.postgres_version(name, value)?),
            "django-version" => to.django_version = Some(self.django_version(name, value)?),
            "settings-module" => to.settings_module = Some(self.string(name, value)?.to_owned()),
            "settings" => to.settings.extend(self.entries(name, value, Self::setting)?),
            "user-model" => {
                let model = self.user_model(name, value)?;
                to.settings.insert("AUTH_USER_MODEL".to_owned(), model);
            }
            "backend" => to.backend = Some(self.string(name, value)?.to_owned()),
            "python" => to.python = Some(self.path(name, value)?),
            "deploy" => to.deploy = self.deploy(name, value)?,
            "deployed" => to.deployed = Some(self.string(name, value)?.to_owned()),
            "stats" => {
                let files = self.strings(name, value)?;
                to.stats = files.map(|(file, _)| self.folder().join(file)).collect();
            }
            "lock-timeout" => to.lock_timeout = self.planned_timeout(name, value)?,
            "role-lock-timeout" => to.role_lock_timeout = Some(self.timeout(name, value)?),
            "hot-tables" => to.hot_tables = self.strings(name, value)?.map(|(text, _)| text.to_owned()).collect(),
            "fields" => to.fields = self.entries(name, value, Self::field)?,
            "models" => to.models = self.models(name, value)?,
            _ => return Err(self.unknown_key(key, &KEYS)),
        }
        Ok(())
    }

    pub(super) fn unknown_key(&self, key: &Key<'_>, known: &[&str]) -> ConfigError {
        let name = key.get_ref();
        let message = match nearest(name, known.iter().copied()) {
            _ if name == "tool" => {
                "unknown key `tool`; the keys stand without `[tool.forelock]` in a file of forelock's own".to_owned()
            }
            Some(near) => format!("unknown key `{name}`; did you mean `{near}`?"),
            None => format!("unknown key `{name}`; the keys are {}", known.join(", ")),
        };
        self.error(key.span(), message)
    }

    pub(super) fn wrong_type(&self, key: &str, value: &Node<'_>, wanted: &str) -> ConfigError {
        let found = value.get_ref().type_str();
        self.error(
            value.span(),
            format!("`{key}` takes {wanted}, not a value of type {found}"),
        )
    }

    pub(super) fn string<'v>(&self, key: &str, value: &'v Node<'_>) -> Result<&'v str, ConfigError> {
        value
            .get_ref()
            .as_str()
            .ok_or_else(|| self.wrong_type(key, value, "a string"))
    }

    fn strings<'v>(
        &self,
        key: &str,
        value: &'v Node<'_>,
    ) -> Result<impl Iterator<Item = (&'v str, ops::Range<usize>)>, ConfigError> {
        let wanted = "a list of strings";
        let array = value
            .get_ref()
            .as_array()
            .ok_or_else(|| self.wrong_type(key, value, wanted))?;
        let mut strings = Vec::with_capacity(array.len());
        for item in array {
            let text = item
                .get_ref()
                .as_str()
                .ok_or_else(|| self.wrong_type(key, item, wanted))?;
            strings.push((text, item.span()));
        }
        Ok(strings.into_iter())
    }

    pub(super) fn table<'v, 't>(&self, key: &str, value: &'v Node<'t>) -> Result<&'v DeTable<'t>, ConfigError> {
        value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.wrong_type(key, value, "a table"))
    }

    fn selectors(&self, key: &str, value: &Node<'_>) -> Result<Vec<Selector>, ConfigError> {
        let names = self.strings(key, value)?;
        let selectors = names.map(|(name, span)| {
            Selector::parse(name, self.rules).map_err(|unknown| self.error(span, unknown.to_string()))
        });
        selectors.collect()
    }

    pub(super) fn pattern(&self, text: &str, span: ops::Range<usize>) -> Result<Pattern, ConfigError> {
        Pattern::new(text, self.folder()).map_err(|error| self.error(span, error.to_string()))
    }

    fn patterns(&self, key: &str, value: &Node<'_>) -> Result<Vec<Pattern>, ConfigError> {
        self.strings(key, value)?
            .map(|(text, span)| self.pattern(text, span))
            .collect()
    }

    fn per_file_ignores(&self, key: &str, value: &Node<'_>) -> Result<Vec<(Pattern, Vec<Selector>)>, ConfigError> {
        let entries = self.table(key, value)?.iter().map(|(glob, names)| {
            let pattern = self.pattern(glob.get_ref(), glob.span())?;
            Ok((pattern, self.selectors(glob.get_ref(), names)?))
        });
        entries.collect()
    }

    fn fail_on(&self, key: &str, value: &Node<'_>) -> Result<FailOn, ConfigError> {
        let names: Vec<&str> = match value.get_ref().as_str() {
            Some(name) => vec![name],
            None => self.strings(key, value)?.map(|(name, _)| name).collect(),
        };
        FailOn::parse(names).map_err(|name| {
            let known = FailOn::NAMES.join(", ");
            self.error(value.span(), format!("`{key}` takes {known}, not `{name}`"))
        })
    }

    /// The text of a version, which may also be written as a number: `16`, `5.2`.
    fn version<'v>(&self, key: &str, value: &'v Node<'_>) -> Result<&'v str, ConfigError> {
        let node = value.get_ref();
        let text = node.as_str();
        let text = text.or_else(|| node.as_integer().map(toml::de::DeInteger::as_str));
        let text = text.or_else(|| node.as_float().map(toml::de::DeFloat::as_str));
        text.ok_or_else(|| self.wrong_type(key, value, "a version"))
    }

    fn postgres_version(&self, key: &str, value: &Node<'_>) -> Result<PostgresVersion, ConfigError> {
        let text = self.version(key, value)?;
        PostgresVersion::known(text).map_err(|message| self.error(value.span(), message))
    }

    fn django_version(&self, key: &str, value: &Node<'_>) -> Result<DjangoVersion, ConfigError> {
        let text = self.version(key, value)?;
        DjangoVersion::known(text).map_err(|message| self.error(value.span(), message))
    }

    /// A time, or `false`.
    fn planned_timeout(&self, key: &str, value: &Node<'_>) -> Result<PlannedTimeout, ConfigError> {
        if value.get_ref().as_bool() == Some(false) {
            return Ok(PlannedTimeout::None);
        }
        self.timeout(key, value)?;
        Ok(PlannedTimeout::Of(self.string(key, value)?.to_owned()))
    }

    fn timeout(&self, key: &str, value: &Node<'_>) -> Result<Timeout, ConfigError> {
        let text = self.string(key, value)?;
        Timeout::parse(text).ok_or_else(|| {
            let message = format!("`{key}` takes a time such as \"5s\" or \"500ms\", not `{text}`");
            self.error(value.span(), message)
        })
    }

    fn path(&self, key: &str, value: &Node<'_>) -> Result<PathBuf, ConfigError> {
        Ok(self.folder().join(self.string(key, value)?))
    }

    pub(super) fn entries<T>(
        &self,
        key: &str,
        value: &Node<'_>,
        read: impl Fn(&Self, &str, &Node<'_>) -> Result<T, ConfigError>,
    ) -> Result<BTreeMap<String, T>, ConfigError> {
        let entries = self.table(key, value)?.iter().map(|(name, value)| {
            let name = name.get_ref();
            Ok((name.clone().into_owned(), read(self, name, value)?))
        });
        entries.collect()
    }

    /// A setting of Django's: text, a flag, a number, or a list or table of them.
    fn setting(&self, name: &str, value: &Node<'_>) -> Result<Value, ConfigError> {
        Ok(match value.get_ref() {
            DeValue::String(text) => Value::Str(text.clone().into_owned().into()),
            DeValue::Boolean(flag) => Value::Bool(*flag),
            DeValue::Integer(number) => number
                .as_str()
                .parse()
                .map(Value::Int)
                .map_err(|_| self.wrong_type(name, value, "a decimal number"))?,
            DeValue::Array(items) => {
                let items = items.iter().map(|item| self.setting(name, item));
                Value::List(items.collect::<Result<_, _>>()?)
            }
            DeValue::Table(items) => {
                let items = items.iter().map(|(key, item)| {
                    let key = Value::Str(key.get_ref().clone().into_owned().into());
                    Ok((key, self.setting(name, item)?))
                });
                Value::Dict(items.collect::<Result<_, ConfigError>>()?)
            }
            DeValue::Float(_) | DeValue::Datetime(_) => {
                return Err(self.wrong_type(name, value, "a string, a flag, a number or a list"));
            }
        })
    }

    fn user_model(&self, key: &str, value: &Node<'_>) -> Result<Value, ConfigError> {
        let model = self.string(key, value)?;
        if model.split('.').count() != 2 {
            return Err(self.error(value.span(), format!("`{model}` is no model: write `app.Model`")));
        }
        Ok(Value::Str(model.to_owned().into()))
    }

    fn field(&self, class: &str, value: &Node<'_>) -> Result<CustomField, ConfigError> {
        self.of_django(class, value)?;
        match value.get_ref() {
            DeValue::Boolean(false) => Ok(CustomField {
                no_column: true,
                ..CustomField::default()
            }),
            DeValue::String(db_type) => Ok(CustomField {
                db_type: Some(db_type.clone().into_owned()),
                ..CustomField::default()
            }),
            DeValue::Table(_) => {
                let field = CustomField::deserialize(ValueDeserializer::from(value.clone()));
                let field = field.map_err(|error| self.error(error.span().unwrap_or(value.span()), error.message()))?;
                let says_nothing = field.base.is_none() && field.db_type.is_none() && !field.no_column;
                let message = format!("`{class}` needs `base`, `db-type` or `no-column = true`");
                if says_nothing {
                    return Err(self.error(value.span(), message));
                }
                if let Some(base) = &field.base {
                    self.of_django(base, value)?;
                }
                Ok(field)
            }
            DeValue::Boolean(true)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => Err(self.wrong_type(class, value, "a column type, `false` (no column) or a table")),
        }
    }

    /// Refuses a class that is said to be Django's and is none of its field classes.
    fn of_django(&self, path: &str, value: &Node<'_>) -> Result<(), ConfigError> {
        match missing_in_django(path) {
            None => Ok(()),
            Some(near) => {
                let meant = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                Err(self.error(value.span(), format!("Django has no field class `{path}`{meant}")))
            }
        }
    }

    fn models(&self, key: &str, value: &Node<'_>) -> Result<Vec<KnownModel>, ConfigError> {
        let models = self.table(key, value)?.iter();
        models.map(|(name, value)| self.model(name, value)).collect()
    }

    fn model(&self, path: &Key<'_>, value: &Node<'_>) -> Result<KnownModel, ConfigError> {
        let (model, place) = (path.get_ref(), value.span());
        let Some((app, name)) = model.split_once('.') else {
            return Err(self.error(path.span(), format!("`{model}` is no model: write `app.Model`")));
        };
        let [table, key_type, key] = match value.get_ref() {
            DeValue::String(key_type) => [None, Some(key_type.clone().into_owned()), None],
            DeValue::Table(table) => self.texts(table, ["table", "key-type", "key"])?,
            _ => return Err(self.wrong_type(model, value, "the type of its key or a table")),
        };
        let Some(key_type) = key_type else {
            return Err(self.error(place, format!("`{model}` needs `key-type`, such as \"bigint\"")));
        };
        Ok(KnownModel {
            app: app.to_owned(),
            name: name.to_owned(),
            table: table.unwrap_or_else(|| default_table(&ModelKey::new(app, name))),
            key: KnownKey::of_type(key.unwrap_or_else(|| "id".to_owned()), key_type),
            swappable: None,
        })
    }

    /// The strings of a small table, in the order of `known`.
    fn texts<const N: usize>(&self, table: &DeTable<'_>, known: [&str; N]) -> Result<[Option<String>; N], ConfigError> {
        let mut texts = [const { None }; N];
        for (key, value) in table {
            let Some(at) = known.iter().position(|name| name == key.get_ref()) else {
                return Err(self.unknown_key(key, &known));
            };
            texts[at] = Some(self.string(key.get_ref(), value)?.to_owned());
        }
        Ok(texts)
    }
}
