//! What a project's settings are known to be, for the code that asks `django.conf.settings`.

use rustc_hash::FxHashMap;

use super::DjangoVersion;
use crate::value::Value;

/// The settings of a project as far as they were read.
#[derive(Debug, Default)]
pub struct SettingValues {
    /// The settings module's own; one that could not be evaluated is there too.
    values: FxHashMap<String, Value>,
    /// Flags that the environment may set, as they are where it says nothing.
    flags: FxHashMap<String, Value>,
    /// Whether a settings module was read at all.
    is_read: bool,
    /// The project's own apps: where no `INSTALLED_APPS` was read, they are taken to be in it.
    apps: Vec<String>,
}

/// What is known of one setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Setting<'s> {
    /// Its value.
    Known(&'s Value),
    /// Nobody sets it: code that asks for it with a default gets the default.
    Absent,
    /// It is set to something that is not evaluated.
    Unknown,
}

impl SettingValues {
    /// What a settings module binds.
    #[must_use]
    pub fn read(values: FxHashMap<String, Value>) -> Self {
        Self {
            values,
            is_read: true,
            ..Self::default()
        }
    }

    /// What is said of some settings, where no module was read.
    #[must_use]
    pub fn unread(values: FxHashMap<String, Value>) -> Self {
        Self {
            values,
            ..Self::default()
        }
    }

    /// With the dotted names of the project's own apps.
    #[must_use]
    pub fn with_apps(self, apps: Vec<String>) -> Self {
        Self { apps, ..self }
    }

    /// With flags that the environment may set, as they are where it says nothing.
    #[must_use]
    pub fn with_flags(self, flags: FxHashMap<String, Value>) -> Self {
        Self { flags, ..self }
    }

    /// Whether it is a flag that the environment may set.
    #[must_use]
    pub fn is_flag(&self, name: &str) -> bool {
        self.flags.contains_key(name)
    }

    /// What is known of the setting called `name`.
    ///
    /// Where no settings were read nobody is known to set anything, so that code gets its own defaults.
    #[must_use]
    pub fn get(&self, name: &str) -> Setting<'_> {
        match self.values.get(name) {
            Some(value) if is_known(value) => Setting::Known(value),
            Some(_) => self.flags.get(name).map_or(Setting::Unknown, Setting::Known),
            None if !self.is_read && name == "INSTALLED_APPS" => Setting::Unknown,
            None => Setting::Absent,
        }
    }

    /// Whether a settings module was read: else defaults are an assumption.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.is_read
    }

    /// Whether an app is installed, by its dotted name: `django.apps.apps.is_installed`.
    #[must_use]
    pub fn is_installed(&self, app: &str) -> Option<bool> {
        if !self.is_read {
            return self.apps.iter().any(|own| own == app).then_some(true);
        }
        let Some(Value::List(items) | Value::Tuple(items)) = self.values.get("INSTALLED_APPS") else {
            return None;
        };
        let names = |item: &Value| {
            let rest = item.as_str().and_then(|entry| entry.strip_prefix(app));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(".apps."))
        };
        match items.iter().any(names) {
            true => Some(true),
            false if items.iter().all(|item| item.as_str().is_some() || is_absent(item)) => Some(false),
            false => None,
        }
    }
}

/// Whether an item of a list is not there without an environment.
#[must_use]
pub fn is_absent(item: &Value) -> bool {
    let alternatives = item.unknown().and_then(|unknown| unknown.alternatives.as_ref());
    alternatives.is_some_and(|alternatives| alternatives.first() == Some(&Value::None))
}

/// Whether a value is one to work with: it need not be a constant all through.
fn is_known(value: &Value) -> bool {
    match value {
        Value::Unknown(_) | Value::Name(_) | Value::Call(_) | Value::Setting(_) | Value::Operation(..) => false,
        Value::Function(_)
        | Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Str(_)
        | Value::Bytes(_)
        | Value::List(_)
        | Value::Tuple(_)
        | Value::Set(_)
        | Value::Dict(_) => true,
    }
}

/// Django's own default of a setting that decides operations somewhere.
/// See django/conf/global_settings.py.
pub(super) fn global(name: &str, django: DjangoVersion) -> Option<Value> {
    let text = |text: &str| Some(Value::Str(text.into()));
    match name {
        "DEFAULT_AUTO_FIELD" if django >= DjangoVersion::new(6, 0) => text("django.db.models.BigAutoField"),
        "DEFAULT_AUTO_FIELD" => text("django.db.models.AutoField"),
        "DEBUG" => Some(Value::Bool(false)),
        "DEFAULT_INDEX_TABLESPACE" | "DEFAULT_TABLESPACE" | "MEDIA_ROOT" | "MEDIA_URL" | "SECRET_KEY" => text(""),
        "DEFAULT_FROM_EMAIL" => text("webmaster@localhost"),
        "LANGUAGE_CODE" => text("en-us"),
        "TIME_ZONE" => text("America/Chicago"),
        "USE_TZ" => Some(Value::Bool(django >= DjangoVersion::new(5, 0))),
        "USE_I18N" => Some(Value::Bool(true)),
        _ => None,
    }
}
