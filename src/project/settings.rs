//! A project's settings, read without running them: what decides DDL, and which apps there are.

use std::path::Path;

use rustc_hash::FxHashMap;

use super::engine::{Engine, item};
use super::modules::Finder;
use super::session::{Parameters, Session};
use crate::files::Files;
use crate::migration::InternalType;
use crate::models::ModelSettings;
use crate::python::{Module, Modules, Resolved, SettingValues};
use crate::value::Value;
use crate::versions::{DjangoVersion, PostgresVersion};

/// `from .base import *` more often than this is a circle.
const MAX_MODULES: usize = 64;

/// What the settings module says, as far as it says it literally.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// The module's dotted path.
    pub(super) module: Option<String>,
    /// `INSTALLED_APPS`, its readable items.
    pub(super) installed_apps: Vec<String>,
    /// `MIGRATION_MODULES`: label and dotted path.
    pub(super) migration_modules: Vec<(String, String)>,
    swappable: FxHashMap<String, String>,
    default_auto_field: Option<String>,
    default_tablespace: Option<String>,
    default_index_tablespace: Option<String>,
    use_tz: Option<bool>,
    time_zone: Option<String>,
    database_time_zone: Option<String>,
    /// `DATABASES["default"]["ENGINE"]`
    pub(super) engine: Engine,
    parameters: Parameters,
    /// Everything that the module binds, for migrations that ask.
    values: FxHashMap<String, Value>,
}

/// The names of settings modules that a `manage.py`, `wsgi.py` or the like speaks of, in order.
pub(super) fn named_modules(file: &Path, finder: &Finder) -> Vec<String> {
    let bytes = finder.bytes(file).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let mentions = text.match_indices("DJANGO_SETTINGS_MODULE");
    mentions
        .filter_map(|(at, name)| string_behind(&text[at + name.len()..]))
        .collect()
}

/// The string in `", "shop.settings"` or `"] = "shop.settings"`, if it is a module's path.
fn string_behind(text: &str) -> Option<String> {
    let rest = text.trim_start_matches(['"', '\'']).trim_start();
    let rest = rest.strip_prefix([',', ']'])?.trim_start();
    let rest = rest.strip_prefix('=').unwrap_or(rest).trim_start();
    let quote = rest.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    let (module, _) = rest[1..].split_once(quote)?;
    let is_word = |part: &str| !part.is_empty() && part.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    module.split('.').all(is_word).then(|| module.to_owned())
}

/// Settings modules that lie where `django-admin startproject` puts them: `NAME/settings.py` beside manage.py.
pub(super) fn usual_modules(root: &Path, files: &Files) -> Vec<String> {
    let mut modules = Vec::new();
    for folder in files.paths(root) {
        let Some(name) = folder.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        // One that is there and no file is told by whoever reads it.
        let is_there = |name: &str| !matches!(files.kind(&folder.join(name)), Ok(None));
        if is_there("settings.py") || is_there("settings/__init__.py") {
            modules.push(format!("{name}.settings"));
        }
    }
    modules
}

impl Settings {
    /// Reads a settings module and all that it takes from others by `import *`.
    pub(super) fn read(module: &str, finder: &Finder) -> Option<Self> {
        let mut reader = Reader {
            finder,
            modules: Modules::new(finder.django),
            chain: Vec::new(),
        };
        reader.load(module);
        if reader.chain.is_empty() {
            return None;
        }
        Some(reader.settings(module))
    }

    /// What decides DDL, and what to say about it.
    pub(super) fn model_settings(
        &self,
        django: DjangoVersion,
        postgres: PostgresVersion,
        notes: &mut Vec<String>,
    ) -> ModelSettings {
        ModelSettings {
            django,
            postgres,
            default_auto_field: self.auto_field(django, notes),
            swappable: self.swappable(),
            default_tablespace: self.default_tablespace.clone(),
            default_index_tablespace: self.default_index_tablespace.clone(),
            use_tz: self.use_tz(django),
            time_zone: self.time_zone.clone(),
            is_routed: self.is_routed(),
        }
    }

    /// Whether `INSTALLED_APPS` has an app of this package, by its module or by a class of its `apps` module.
    pub(super) fn has_app(&self, package: &str) -> bool {
        let mut apps = self.installed_apps.iter();
        apps.any(|app| app.split('.').next() == Some(package))
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
        if self.module.is_none() {
            return SettingValues::default().with_apps(apps);
        }
        SettingValues::read(self.values.clone())
    }

    /// Swappable settings with Django's own default.
    pub(super) fn swappable(&self) -> FxHashMap<String, String> {
        let mut swappable = self.swappable.clone();
        swappable
            .entry("AUTH_USER_MODEL".to_owned())
            .or_insert_with(|| "auth.User".to_owned());
        swappable
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
    fn session_time_zone(&self, django: DjangoVersion) -> String {
        let zone = if self.use_tz(django) {
            &self.database_time_zone
        } else {
            &self.time_zone
        };
        zone.clone().unwrap_or_else(|| "UTC".to_owned())
    }

    /// `USE_TZ`, true by default from Django 5.0 on.
    fn use_tz(&self, django: DjangoVersion) -> bool {
        self.use_tz.unwrap_or(django >= DjangoVersion::new(5, 0))
    }

    /// `DEFAULT_AUTO_FIELD`, `AutoField` by default before Django 6.0.
    fn auto_field(&self, django: DjangoVersion, notes: &mut Vec<String>) -> InternalType {
        match self.default_auto_field.as_deref() {
            Some("django.db.models.BigAutoField" | "django.db.models.fields.BigAutoField") => InternalType::BigAuto,
            Some("django.db.models.SmallAutoField") => InternalType::SmallAuto,
            Some("django.db.models.AutoField" | "django.db.models.fields.AutoField") => InternalType::Auto,
            Some(other) => {
                notes.push(format!(
                    "DEFAULT_AUTO_FIELD is `{other}`; the keys of automatic many-to-many tables are taken to be bigint"
                ));
                InternalType::BigAuto
            }
            None if django >= DjangoVersion::new(6, 0) => InternalType::BigAuto,
            None => InternalType::Auto,
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

/// A settings module while it is being read.
struct Reader<'a> {
    finder: &'a Finder,
    modules: Modules,
    /// The module itself, then those it imports everything from, the nearest first.
    chain: Vec<String>,
}

impl Reader<'_> {
    /// Reads a module and those of its `import *`; the last of them wins in Python, so it comes first.
    fn load(&mut self, path: &str) {
        if self.chain.len() >= MAX_MODULES || self.chain.iter().any(|known| known == path) {
            return;
        }
        let Some(module) = self.finder.module(path, &self.modules) else {
            self.modules.insert_absent(path.to_owned());
            return;
        };
        self.chain.push(path.to_owned());
        let stars = module.star_imports.clone();
        self.modules.insert(module);
        for star in stars.iter().rev() {
            self.load(star);
        }
    }

    fn settings(&self, module: &str) -> Settings {
        let text = |name: &str| self.value(name).as_ref().and_then(Value::as_str).map(str::to_owned);
        let flag = |name: &str| self.value(name).as_ref().and_then(Value::as_bool);
        let databases = self.value("DATABASES");
        let database = databases.as_ref().and_then(|databases| item(databases, "default"));
        let option = |name: &str| {
            let value = item(database?, name)?;
            value.as_str().map(str::to_owned)
        };
        let options = database.and_then(|database| item(database, "OPTIONS"));
        let options = options.and_then(|options| item(options, "options"));
        let parameters = options.and_then(Value::as_str).map(Parameters::read);
        Settings {
            module: Some(module.to_owned()),
            installed_apps: self.installed_apps(),
            migration_modules: self.migration_modules(),
            swappable: self.swappable(),
            default_auto_field: text("DEFAULT_AUTO_FIELD"),
            default_tablespace: text("DEFAULT_TABLESPACE").filter(|name| !name.is_empty()),
            default_index_tablespace: text("DEFAULT_INDEX_TABLESPACE").filter(|name| !name.is_empty()),
            use_tz: flag("USE_TZ"),
            time_zone: text("TIME_ZONE"),
            database_time_zone: option("TIME_ZONE"),
            engine: Engine::read(databases.as_ref()),
            parameters: parameters.unwrap_or_default(),
            values: self.values(),
        }
    }

    /// The modules of the chain that were read, the nearest first.
    fn chain(&self) -> impl Iterator<Item = &Module> {
        self.chain.iter().filter_map(|path| self.modules.get(path))
    }

    /// A setting's value where the nearest module binds it.
    fn value(&self, name: &str) -> Option<Value> {
        let module = self.chain().find(|module| module.bindings.contains_key(name))?;
        let bound = module.bindings.get(name)?;
        match self.modules.resolve(module, bound, &mut Vec::new()).into_owned() {
            // `from .base import X` of a module that nothing was imported from by star.
            Value::Name(path) => self.elsewhere(&path),
            value => Some(value),
        }
    }

    fn elsewhere(&self, path: &str) -> Option<Value> {
        let (home, _) = path.rsplit_once('.')?;
        let mut modules = Modules::new(self.finder.django);
        modules.insert(self.finder.module(home, &modules)?);
        match modules.find(path)? {
            Resolved::Value(value) => Some(value.clone()),
            Resolved::Class(..) => None,
        }
    }

    /// Every setting, as far as it can be evaluated.
    fn values(&self) -> FxHashMap<String, Value> {
        let names = self.chain().flat_map(|module| module.bindings.keys());
        let names = names.filter(|name| name.chars().all(|letter| !letter.is_lowercase()));
        let mut values = FxHashMap::default();
        for name in names {
            if !values.contains_key(name) {
                // Set to something, whatever that is.
                let value = self.value(name).unwrap_or_else(|| Value::Name(name.clone()));
                values.insert(name.clone(), value);
            }
        }
        values
    }

    /// All strings in any `INSTALLED_APPS` of the chain: lists are added to, inserted into and built in parts.
    fn installed_apps(&self) -> Vec<String> {
        let mut apps = Vec::new();
        for module in self.chain() {
            if let Some(value) = module.bindings.get("INSTALLED_APPS") {
                let value = self.modules.resolve(module, value, &mut Vec::new());
                strings(&value, &mut apps);
            }
        }
        let mut seen = rustc_hash::FxHashSet::default();
        apps.retain(|app| seen.insert(app.clone()));
        apps
    }

    fn migration_modules(&self) -> Vec<(String, String)> {
        let Some(Value::Dict(items)) = self.value("MIGRATION_MODULES") else {
            return Vec::new();
        };
        let pair = |(label, module): (Value, Value)| Some((label.as_str()?.to_owned(), module.as_str()?.to_owned()));
        items.into_iter().filter_map(pair).collect()
    }

    /// Every setting called `..._MODEL` that is `"app.Model"`.
    fn swappable(&self) -> FxHashMap<String, String> {
        let names = self
            .chain()
            .flat_map(|module| module.bindings.keys())
            .filter(|name| name.ends_with("_MODEL"));
        let mut swappable = FxHashMap::default();
        for name in names {
            let value = self.value(name);
            if let Some(model) = value.as_ref().and_then(Value::as_str)
                && model.split('.').count() == 2
            {
                swappable.insert(name.clone(), model.to_owned());
            }
        }
        swappable
    }
}

fn strings(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Str(text) => into.push(text.to_string()),
        Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::Operation(_, items) => {
            for item in items {
                strings(item, into);
            }
        }
        Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Bytes(_)
        | Value::Dict(_)
        | Value::Name(_)
        | Value::Setting(_)
        | Value::Call(_)
        | Value::Function(_)
        | Value::Unknown(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::string_behind;

    #[test]
    fn a_settings_module_is_read_from_any_usual_spelling() {
        assert_eq!(
            string_behind("\", \"shop.settings\")").as_deref(),
            Some("shop.settings")
        );
        assert_eq!(
            string_behind("'] = 'shop.settings.local'\n").as_deref(),
            Some("shop.settings.local")
        );
        assert_eq!(
            string_behind("\",\n    \"shop.settings\",\n)").as_deref(),
            Some("shop.settings")
        );
        assert_eq!(string_behind("\", \"config.settings.\" + environment)"), None);
        assert_eq!(string_behind("\" is not set"), None);
    }
}
