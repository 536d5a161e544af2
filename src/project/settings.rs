//! A project's settings, read without running them: what decides DDL, and which apps there are.

mod answer;
mod classes;
mod named;
mod reader;
mod search;

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::engine::{Engine, item};
use super::modules::Finder;
use super::session::{Parameters, Session};
use crate::migration::InternalType;
use crate::models::ModelSettings;
use crate::python::{SettingValues, flag};
use crate::value::Value;
use crate::versions::{DjangoVersion, PostgresVersion};
pub(super) use answer::Answer;
pub(super) use named::{NamedModule, named_modules, usual_modules};
use reader::{Gap, Reader};
pub(super) use search::best_of;

/// What the settings module says, and how far that is known.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// The module's dotted path.
    pub(super) module: Option<String>,
    /// What to say about the choice of the module, where it is a guess.
    pub(super) chosen: Option<String>,
    /// `INSTALLED_APPS`, its readable items.
    pub(super) installed_apps: Vec<String>,
    /// `MIGRATION_MODULES`: label and dotted path.
    pub(super) migration_modules: Vec<(String, String)>,
    database_time_zone: Option<String>,
    /// `DATABASES["default"]["ENGINE"]`
    pub(super) engine: Engine,
    parameters: Parameters,
    /// Everything that the module binds, for migrations that ask.
    values: FxHashMap<String, Value>,
    /// What may bind any setting, and was not read.
    gaps: Vec<Gap>,
    /// What the configuration says of settings.
    told: BTreeMap<String, Value>,
}

impl Settings {
    /// Reads a settings module and all that it takes from others; `class` is the one that its settings are, if they are one.
    pub(super) fn read(module: &str, class: Option<&str>, finder: &Finder) -> Option<Self> {
        let reader = Reader::read(module, class, finder)?;
        let databases = reader.value("DATABASES");
        let database = databases.as_ref().and_then(|databases| item(databases, "default"));
        let option = |name: &str| item(database?, name)?.as_str().map(str::to_owned);
        let options = database.and_then(|database| item(database, "OPTIONS"));
        let options = options.and_then(|options| item(options, "options"));
        let parameters = options.and_then(Value::as_str).map(Parameters::read);
        Some(Settings {
            module: Some(module.to_owned()),
            chosen: None,
            installed_apps: installed_apps(&reader),
            migration_modules: migration_modules(&reader),
            database_time_zone: option("TIME_ZONE"),
            engine: Engine::read(databases.as_ref()),
            parameters: parameters.unwrap_or_default(),
            values: reader.values(),
            gaps: reader.gaps,
            told: BTreeMap::new(),
        })
    }

    /// With what the configuration says of settings, which counts more than the module.
    pub(super) fn told(mut self, told: BTreeMap<String, Value>) -> Self {
        if let Some(modules) = told.get("MIGRATION_MODULES") {
            self.migration_modules = pairs(modules);
        }
        Self { told, ..self }
    }

    /// What is known of a setting.
    pub(super) fn answer(&self, name: &str) -> Answer {
        if let Some(value) = self.told.get(name) {
            return Answer::Bound(value.clone());
        }
        if let Some(value) = self.values.get(name) {
            return Answer::of(value);
        }
        let gap = self.gaps.iter().find(|gap| gap.may_bind(name));
        match (&self.module, gap) {
            (None, _) => Answer::Unknown("no settings were found".to_owned()),
            (Some(_), Some(gap)) => Answer::Unknown(gap.description.clone()),
            (Some(_), None) => Answer::Absent,
        }
    }

    /// What decides DDL. `swappable` is [`Settings::swappable`], with what else is known by then.
    pub(super) fn model_settings(
        &self,
        django: DjangoVersion,
        postgres: PostgresVersion,
        swappable: FxHashMap<String, String>,
        notes: &mut Vec<String>,
    ) -> ModelSettings {
        let text = |name: &str| match self.values.get(name) {
            Some(Value::Str(text)) if !text.is_empty() => Some(text.to_string()),
            Some(_) | None => None,
        };
        ModelSettings {
            django,
            postgres,
            default_auto_field: self.auto_field(django, notes),
            unknown_swappables: self.unknown_swappables(&swappable),
            has_unread_swappables: self.module.is_none() || self.gaps.iter().any(|gap| gap.may_bind("_MODEL")),
            swappable,
            default_tablespace: text("DEFAULT_TABLESPACE"),
            default_index_tablespace: text("DEFAULT_INDEX_TABLESPACE"),
            use_tz: self.use_tz(django),
            time_zone: self.time_zone(),
            is_routed: self.is_routed(),
        }
    }

    /// Whether `INSTALLED_APPS` has an app of this package, by its module or by a class of its `apps` module.
    pub(super) fn has_app(&self, package: &str) -> bool {
        let mut apps = self.installed_apps.iter();
        apps.any(|app| app.split('.').next() == Some(package))
    }

    /// Whether all of `MIGRATION_MODULES` is known, so that no other folder has migrations.
    pub(super) fn names_migration_modules(&self) -> bool {
        match self.answer("MIGRATION_MODULES") {
            Answer::Bound(Value::Dict(items)) => {
                let is_read = |(label, module): &(Value, Value)| {
                    label.as_str().is_some() && (module.as_str().is_some() || *module == Value::None)
                };
                items.iter().all(is_read)
            }
            Answer::Absent | Answer::Bound(_) | Answer::Fallback(_) | Answer::Unknown(_) => false,
        }
    }

    /// A setting's value, as far as it can be evaluated.
    pub(super) fn setting(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    fn is_routed(&self) -> bool {
        match self.values.get("DATABASE_ROUTERS") {
            None => false,
            Some(Value::List(routers) | Value::Tuple(routers)) => !routers.is_empty(),
            Some(_) => true,
        }
    }

    /// What `django.conf.settings` gives to migrations. `apps` are the project's own, by their dotted names.
    pub(super) fn values(&self, apps: Vec<String>) -> SettingValues {
        let mut values = self.values.clone();
        values.extend(self.told.iter().map(|(name, value)| (name.clone(), value.clone())));
        if self.module.is_none() {
            return SettingValues::unread(values).with_apps(apps);
        }
        let flag = |name: &String| match self.answer(name) {
            Answer::Fallback(value @ Value::Bool(_)) => Some((name.clone(), value)),
            Answer::Fallback(_) | Answer::Bound(_) | Answer::Unknown(_) | Answer::Absent => None,
        };
        let flags = values.keys().filter_map(flag).collect();
        SettingValues::read(values).with_flags(flags)
    }

    /// Settings that name a model and are known, with Django's own default.
    pub(super) fn swappable(&self) -> FxHashMap<String, String> {
        let names = self.values.keys().chain(self.told.keys());
        let names = names.filter(|name| name.ends_with("_MODEL"));
        let model = |name: &String| {
            let value = self.swapped(name);
            Some((name.clone(), value.value()?.as_str()?.to_owned()))
        };
        let mut swappable: FxHashMap<_, _> = names.filter_map(model).collect();
        if self.answer("AUTH_USER_MODEL") == Answer::Absent {
            swappable.insert("AUTH_USER_MODEL".to_owned(), "auth.User".to_owned());
        }
        swappable
    }

    /// What is known of a setting that names a model.
    pub(super) fn swapped(&self, name: &str) -> Answer {
        let is_model = |value: &Value| value.as_str().is_some_and(|model| model.split('.').count() == 2);
        self.answer(name).filtered(is_model)
    }

    /// Those that are set to something which is not known.
    fn unknown_swappables(&self, known: &FxHashMap<String, String>) -> FxHashSet<String> {
        let names = self.values.keys().filter(|name| name.ends_with("_MODEL"));
        let user = (!known.contains_key("AUTH_USER_MODEL")).then(|| "AUTH_USER_MODEL".to_owned());
        let unknown = names.filter(|name| !known.contains_key(*name)).cloned();
        unknown.chain(user).collect()
    }

    /// What Django's sessions begin with.
    pub(super) fn session(&self, django: DjangoVersion) -> Session {
        Session {
            time_zone: self.session_time_zone(django),
            lock_timeout: self.parameters.timeout("lock_timeout"),
            statement_timeout: self.parameters.timeout("statement_timeout"),
            ends_blockers: false,
        }
    }

    /// The `TimeZone` of Django's connections. See `timezone_name` in django/db/backends/base/base.py.
    fn session_time_zone(&self, django: DjangoVersion) -> Option<String> {
        if self.use_tz(django)? {
            Some(self.database_time_zone.clone().unwrap_or_else(|| "UTC".to_owned()))
        } else {
            self.time_zone()
        }
    }

    /// `TIME_ZONE`
    fn time_zone(&self) -> Option<String> {
        match self.answer("TIME_ZONE") {
            // See django/conf/global_settings.py.
            Answer::Absent => Some("America/Chicago".to_owned()),
            Answer::Bound(value) | Answer::Fallback(value) => value.as_str().map(str::to_owned),
            Answer::Unknown(_) => None,
        }
    }

    /// `USE_TZ`, true by default from Django 5.0 on.
    fn use_tz(&self, django: DjangoVersion) -> Option<bool> {
        match self.answer("USE_TZ") {
            Answer::Absent => Some(django >= DjangoVersion::new(5, 0)),
            Answer::Bound(value) | Answer::Fallback(value) => flag(&value),
            Answer::Unknown(_) => None,
        }
    }

    /// `DEFAULT_AUTO_FIELD`, `AutoField` by default before Django 6.0.
    fn auto_field(&self, django: DjangoVersion, notes: &mut Vec<String>) -> Option<InternalType> {
        let value = match self.answer("DEFAULT_AUTO_FIELD") {
            Answer::Absent if django >= DjangoVersion::new(6, 0) => return Some(InternalType::BigAuto),
            Answer::Absent => return Some(InternalType::Auto),
            Answer::Unknown(_) => return None,
            Answer::Bound(value) | Answer::Fallback(value) => value,
        };
        match value.as_str()? {
            "django.db.models.BigAutoField" | "django.db.models.fields.BigAutoField" => Some(InternalType::BigAuto),
            "django.db.models.SmallAutoField" => Some(InternalType::SmallAuto),
            "django.db.models.AutoField" | "django.db.models.fields.AutoField" => Some(InternalType::Auto),
            other => {
                notes.push(format!(
                    "DEFAULT_AUTO_FIELD is `{other}`; the keys of automatic many-to-many tables are taken to be bigint"
                ));
                Some(InternalType::BigAuto)
            }
        }
    }

    /// The names of the settings that begin so, in order.
    pub(super) fn names_like(&self, prefix: &str) -> Vec<String> {
        let mut names: Vec<String> = self
            .values
            .keys()
            .filter(|name| name.starts_with(prefix))
            .cloned()
            .collect();
        names.sort();
        names
    }
}

/// All strings in any `INSTALLED_APPS` of the modules.
fn installed_apps(reader: &Reader<'_>) -> Vec<String> {
    let mut apps = Vec::new();
    for value in reader.all("INSTALLED_APPS") {
        strings(&value, &mut apps);
    }
    let mut seen = FxHashSet::default();
    apps.retain(|app| seen.insert(app.clone()));
    apps
}

fn migration_modules(reader: &Reader<'_>) -> Vec<(String, String)> {
    let modules = reader.value("MIGRATION_MODULES");
    modules.as_ref().map(pairs).unwrap_or_default()
}

/// The texts of a dictionary.
fn pairs(modules: &Value) -> Vec<(String, String)> {
    let Value::Dict(items) = modules else {
        return Vec::new();
    };
    let pair = |(label, module): &(Value, Value)| Some((label.as_str()?.to_owned(), module.as_str()?.to_owned()));
    items.iter().filter_map(pair).collect()
}

fn strings(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Str(text) => into.push(text.to_string()),
        Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::Operation(_, items) => {
            for item in items {
                strings(item, into);
            }
        }
        // Some app that is there perhaps.
        Value::Unknown(unknown) => unknown
            .alternatives
            .iter()
            .flat_map(|all| all.iter())
            .for_each(|one| strings(one, into)),
        Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Bytes(_)
        | Value::Dict(_)
        | Value::Name(_)
        | Value::Setting(_)
        | Value::Call(_)
        | Value::Function(_) => {}
    }
}
