//! Which backend `DATABASES` names, as far as it can be read, and what is to be said of that.

mod lineage;

use std::sync::Arc;

use crate::backend::{Backend, ZeroDowntime};
use crate::python::{default_of, fallback as constant_of, flag};
use crate::value::{Call, Operator, Value};
use crate::versions::DjangoVersion;

pub(super) use lineage::{Lineage, lineage};

/// The distribution of the zero-downtime backend.
pub(super) const ZERO_DOWNTIME: &str = "django-pg-zero-downtime-migrations";

/// How its settings begin.
const PREFIX: &str = "ZERO_DOWNTIME_MIGRATIONS_";

/// How they go on.
const SETTINGS: [&str; 8] = [
    "LOCK_TIMEOUT",
    "STATEMENT_TIMEOUT",
    "FLEXIBLE_STATEMENT_TIMEOUT",
    "RAISE_FOR_UNSAFE",
    "DEFERRED_SQL",
    "IDEMPOTENT_SQL",
    "KEEP_DEFAULT",
    "EXPLICIT_CONSTRAINTS_DROP",
];

/// What `DATABASES["default"]["ENGINE"]` is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Engine {
    /// Nothing names one.
    #[default]
    Absent,
    /// It is a string.
    Named(String),
    /// It is asked of the environment, with this in case that has none.
    Fallback(String),
    /// It is something that is not evaluated.
    Unread,
}

/// What an engine does with the DDL of Django's PostgreSQL schema editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// It sends it as it is.
    Plain,
    ZeroDowntime,
    /// It belongs to another database.
    OtherDatabase,
    Unknown,
}

/// Engines that leave the DDL to Django's own, by what their dotted paths begin with: none of them has a schema editor that
/// changes what the tables of plain models get. Read in django-prometheus 2.5, django-db-geventpool 4.0,
/// django-db-connection-pool 1.2, django-tenants 4.0, django-tenant-schemas 2.0, django-iam-dbauth 0.2 and django-postgres-extra 3.0.
const PLAIN: [&str; 9] = [
    "django.db.backends.postgresql",
    "django.contrib.gis.db.backends.postgis",
    "django_prometheus.db.backends.postg",
    "django_db_geventpool.backends.postg",
    "dj_db_conn_pool.backends.postg",
    "django_tenants.postgresql_backend",
    "tenant_schemas.postgresql_backend",
    "django_iam_dbauth.aws.postgresql",
    "psqlextra.backend",
];

const OTHER_DATABASES: [&str; 9] = [
    "sqlite",
    "spatialite",
    "mysql",
    "mariadb",
    "oracle",
    "mssql",
    "sql_server",
    "snowflake",
    "dummy",
];

impl Engine {
    /// Reads `DATABASES`.
    pub(super) fn read(databases: Option<&Value>) -> Self {
        let Some(databases) = databases else {
            return Engine::Absent;
        };
        match (databases, item(databases, "default")) {
            (_, Some(database)) => Engine::of_database(database),
            (Value::Dict(_), None) => Engine::Absent,
            (_, None) => Engine::Unread,
        }
    }

    fn of_database(database: &Value) -> Self {
        if let Some(engine) = item(database, "ENGINE") {
            return Engine::of_value(engine);
        }
        match database {
            Value::Dict(_) => Engine::Absent,
            Value::Call(call) => Engine::of_url(call),
            Value::Operation(Operator::Or, parts) => {
                let call = parts.iter().rev().find_map(|part| match part {
                    Value::Call(call) => Some(call),
                    _ => None,
                });
                call.map_or(Engine::Unread, |call| Engine::of_url(call))
            }
            _ => Engine::Unread,
        }
    }

    /// The engine that the settings name, if it is one of another database.
    pub(super) fn other_database(&self) -> Option<&str> {
        match self {
            Engine::Named(engine) if kind(engine) == Kind::OtherDatabase => Some(engine),
            Engine::Named(_) | Engine::Fallback(_) | Engine::Absent | Engine::Unread => None,
        }
    }

    fn of_value(value: &Value) -> Self {
        match value {
            Value::Str(name) => Engine::Named(name.to_string()),
            value => match fallback(value) {
                Some(name) => Engine::Fallback(name),
                None => Engine::Unread,
            },
        }
    }

    /// `dj_database_url.parse(.., engine="..")`, `env.db(default="postgres://..")` and kin.
    fn of_url(call: &Call) -> Self {
        if let Some((_, engine)) = call.kwargs.iter().find(|(name, _)| name == "engine") {
            return Engine::of_value(engine);
        }
        let url = default_of(call).or_else(|| call.args.first()).and_then(fallback);
        let engine = url
            .as_deref()
            .and_then(|url| url.split_once("://"))
            .map(|(scheme, _)| match scheme {
                "postgres" | "postgresql" | "psql" | "pgsql" => "django.db.backends.postgresql".to_owned(),
                "postgis" => "django.contrib.gis.db.backends.postgis".to_owned(),
                other => other.to_owned(),
            });
        engine.map_or(Engine::Unread, Engine::Fallback)
    }
}

/// The text that code falls back to.
fn fallback(value: &Value) -> Option<String> {
    constant_of(value)?.as_str().map(str::to_owned)
}

/// The value of a key of a dictionary, or of what has been added to one.
pub(super) fn item<'v>(dict: &'v Value, key: &str) -> Option<&'v Value> {
    match dict {
        Value::Dict(items) => {
            let found = items.iter().rev().find(|(name, _)| name.as_str() == Some(key));
            found.map(|(_, value)| value)
        }
        Value::Operation(Operator::Or, parts) => parts.iter().rev().find_map(|part| item(part, key)),
        _ => None,
    }
}

/// Whether forelock knows what the engine does.
fn is_known(engine: &str) -> bool {
    kind(engine) != Kind::Unknown
}

fn kind(engine: &str) -> Kind {
    if engine == "zero-downtime"
        || engine.starts_with("django_zero_downtime_migrations.backends.")
        || engine.starts_with("django_zero_downtime_migrations_postgres_backend")
    {
        Kind::ZeroDowntime
    } else if OTHER_DATABASES.iter().any(|other| engine.contains(other)) {
        Kind::OtherDatabase
    } else if engine == "django" || PLAIN.iter().any(|known| engine.starts_with(known)) {
        Kind::Plain
    } else {
        Kind::Unknown
    }
}

/// What decides about the backend beside its name.
pub(super) struct Asked<'a> {
    /// `backend` of the configuration.
    pub(super) configured: Option<&'a str>,
    /// What the settings name.
    pub(super) engine: &'a Engine,
    /// The settings module, as shown to people.
    pub(super) module: &'a str,
    /// The value of a setting.
    pub(super) setting: &'a dyn Fn(&str) -> Option<Value>,
    /// The names of the settings that begin so.
    pub(super) settings_like: &'a dyn Fn(&str) -> Vec<String>,
    /// The release of a distribution, where the project pins it.
    pub(super) release: &'a dyn Fn(&str) -> Option<DjangoVersion>,
    /// What an engine of the project's own derives from.
    pub(super) lineage: &'a dyn Fn(&str) -> Option<Lineage>,
}

impl Asked<'_> {
    /// The backend, and what is to be said of it.
    pub(super) fn choose(&self) -> (Arc<Backend>, Option<String>) {
        let (engine, by) = match (self.configured, self.engine) {
            (Some(engine), _) => (engine, "the configuration"),
            (None, Engine::Named(engine)) => (engine.as_str(), self.module),
            (None, Engine::Fallback(engine)) if kind(engine) == Kind::OtherDatabase => {
                let note = format!(
                    "{} falls back to the database engine {engine} where the environment names none; PostgreSQL and Django's own \
                     backend are assumed",
                    self.module
                );
                return (Arc::default(), Some(note));
            }
            (None, Engine::Fallback(engine)) => (engine.as_str(), self.module),
            (None, Engine::Absent) => return (Arc::default(), None),
            (None, Engine::Unread) => {
                let note = format!(
                    "the database engine in {} cannot be read; Django's own backend for PostgreSQL is assumed: `backend` says \
                     which one it is",
                    self.module
                );
                return (Arc::default(), Some(note));
            }
        };
        match kind(engine) {
            Kind::Plain | Kind::OtherDatabase => (Arc::default(), None),
            Kind::ZeroDowntime => self.zero_downtime(engine, by, None),
            Kind::Unknown => self.derived(engine, by),
        }
    }

    /// An engine that is not known by its name.
    fn derived(&self, engine: &str, by: &str) -> (Arc<Backend>, Option<String>) {
        match (self.lineage)(engine) {
            Some(Lineage::Of(base)) if kind(&base) == Kind::ZeroDowntime => self.zero_downtime(engine, by, None),
            Some(Lineage::Of(_)) => (Arc::default(), None),
            Some(Lineage::ZeroDowntime) => self.zero_downtime(engine, by, Some(engine)),
            None => {
                let note = format!(
                    "forelock does not know the database engine {engine} ({by}): DDL is shown as Django's own backend for \
                     PostgreSQL sends it, and called partial; if it leaves DDL alone, set `backend = \"django\"`"
                );
                let engine = engine.to_owned();
                (Arc::new(Backend::Unknown { engine }), Some(note))
            }
        }
    }

    /// `derived` has a schema editor of its own, which may do otherwise.
    fn zero_downtime(&self, engine: &str, by: &str, derived: Option<&str>) -> (Arc<Backend>, Option<String>) {
        let found = (self.release)(ZERO_DOWNTIME).filter(|version| version.major == 0);
        let nearest = found.map_or(ZeroDowntime::NEWEST, |version| {
            version.minor.clamp(ZeroDowntime::OLDEST, ZeroDowntime::NEWEST)
        });
        let release = match found {
            Some(version) if version.minor == nearest => format!("{version}"),
            Some(version) => format!("{version}, which forelock does not know and takes for 0.{nearest}"),
            None => format!("0.{nearest}, which is assumed: nothing pins it"),
        };
        let (settings, unread) = self.settings(nearest);
        let backend = ZeroDowntime {
            derived: derived.map(str::to_owned),
            // What an editor of the project's own lets pass is its own affair.
            raise_for_unsafe: settings.raise_for_unsafe && derived.is_none(),
            ..settings
        };
        let own = match derived {
            Some(_) => {
                "; its schema editor is its own and derives from that one: what it does otherwise is not known, and DDL is called partial"
            }
            None => "",
        };
        let without_effect = self.without_effect();
        let unread = match unread.as_slice() {
            [] => String::new(),
            names => format!(
                "; {} cannot be read, and the package's default is assumed",
                names.join(", ")
            ),
        };
        let note = format!(
            "{by} names the engine {engine}: DDL is what {ZERO_DOWNTIME} sends, release {release}{own}{unread}{without_effect}"
        );
        (Arc::new(Backend::ZeroDowntime(backend)), Some(note))
    }

    /// Settings that look like the package's, and that it never asks for: its documents name one of them.
    fn without_effect(&self) -> String {
        let is_asked = |name: &String| {
            let known = name.strip_prefix(PREFIX);
            known.is_some_and(|name| SETTINGS.contains(&name))
        };
        let mut others = (self.settings_like)("ZERO_DOWNTIME_");
        others.retain(|name| !is_asked(name));
        match others.as_slice() {
            [] => String::new(),
            names => format!("; it does not ask for {}, which has no effect", names.join(", ")),
        }
    }

    /// The package's settings, and the names of those that are set to what is not evaluated.
    fn settings(&self, release: u8) -> (ZeroDowntime, Vec<String>) {
        let mut unread = Vec::new();
        let value = |name: &str| {
            let name = format!("{PREFIX}{name}");
            (self.setting)(&name).map(|value| (name, value))
        };
        let mut timeout = |given: Option<(String, Value)>| match given? {
            (_, Value::None) => None,
            (_, Value::Int(milliseconds)) => Some(milliseconds.to_string()),
            (name, value) => {
                let read = fallback(&value);
                if read.is_none() {
                    unread.push(name);
                }
                read
            }
        };
        let statement_timeout = timeout(value("STATEMENT_TIMEOUT"));
        let lock_timeout = timeout(value("LOCK_TIMEOUT"));
        let mut flag = |name: &str, default: bool| match value(name) {
            None => default,
            Some((name, value)) => flag(&value).unwrap_or_else(|| {
                unread.push(name);
                default
            }),
        };
        let default = ZeroDowntime::default();
        let settings = ZeroDowntime {
            derived: None,
            release,
            statement_timeout,
            lock_timeout,
            flexible_statement_timeout: flag("FLEXIBLE_STATEMENT_TIMEOUT", default.flexible_statement_timeout),
            raise_for_unsafe: flag("RAISE_FOR_UNSAFE", default.raise_for_unsafe),
            deferred_sql: flag("DEFERRED_SQL", default.deferred_sql),
            idempotent_sql: flag("IDEMPOTENT_SQL", default.idempotent_sql),
            keep_default: flag("KEEP_DEFAULT", default.keep_default),
            explicit_constraints_drop: flag("EXPLICIT_CONSTRAINTS_DROP", default.explicit_constraints_drop),
        };
        (settings, unread)
    }
}
