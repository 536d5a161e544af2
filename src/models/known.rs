//! Models of packages whose migrations are not at hand: table and key, as data.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::migration::{Field, FieldKind, InternalType, ModelOptions};
use crate::source::Range;

use super::state::{Identity, ModelKey, ModelState, Origin};

/// A model that other models point to.
#[derive(Clone, Debug)]
pub struct KnownModel {
    /// The app label.
    pub app: String,
    /// The model's name.
    pub name: String,
    /// Its table.
    pub table: String,
    /// Its primary key.
    pub key: KnownKey,
    /// The setting that can replace it.
    pub swappable: Option<String>,
}

/// A primary key.
#[derive(Clone, Debug)]
pub struct KnownKey {
    /// The field's name.
    pub name: String,
    /// Its kind.
    pub kind: FieldKind,
    /// Its length, where it has one.
    pub max_length: Option<i64>,
}

/// django.contrib's models: app, name, table, key, key type, length, setting.
/// See the first migrations in django/contrib/*/migrations.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    InternalType,
    Option<i64>,
);

const CONTRIB: [Row; 11] = [
    ("admin", "LogEntry", "django_admin_log", "id", InternalType::Auto, None),
    ("auth", "Group", "auth_group", "id", InternalType::Auto, None),
    ("auth", "Permission", "auth_permission", "id", InternalType::Auto, None),
    ("auth", "User", "auth_user", "id", InternalType::Auto, None),
    (
        "contenttypes",
        "ContentType",
        "django_content_type",
        "id",
        InternalType::Auto,
        None,
    ),
    (
        "flatpages",
        "FlatPage",
        "django_flatpage",
        "id",
        InternalType::Auto,
        None,
    ),
    (
        "redirects",
        "Redirect",
        "django_redirect",
        "id",
        InternalType::Auto,
        None,
    ),
    (
        "sessions",
        "Session",
        "django_session",
        "session_key",
        InternalType::Char,
        Some(40),
    ),
    ("sites", "Site", "django_site", "id", InternalType::Auto, None),
    (
        "gis",
        "PostGISGeometryColumns",
        "geometry_columns",
        "f_table_catalog",
        InternalType::Char,
        Some(256),
    ),
    (
        "gis",
        "PostGISSpatialRefSys",
        "spatial_ref_sys",
        "srid",
        InternalType::Integer,
        None,
    ),
];

impl KnownModel {
    /// django.contrib's models: their migrations are not part of any project.
    #[must_use]
    pub fn contrib() -> Vec<Self> {
        CONTRIB
            .iter()
            .map(|&(app, name, table, key, internal_type, max_length)| Self {
                app: app.to_owned(),
                name: name.to_owned(),
                table: table.to_owned(),
                key: KnownKey {
                    name: key.to_owned(),
                    kind: FieldKind::Plain(internal_type),
                    max_length,
                },
                swappable: (name == "User").then(|| "AUTH_USER_MODEL".to_owned()),
            })
            .collect()
    }

    pub(super) fn key(&self) -> ModelKey {
        ModelKey::new(&self.app, &self.name)
    }

    pub(super) fn state(&self) -> ModelState {
        let mut field = Field::of_kind(self.key.kind.clone());
        field.primary_key = true;
        field.max_length = self.key.max_length;
        let options = ModelOptions {
            db_table: Some(self.table.clone()),
            swappable: self.swappable.clone(),
            ..ModelOptions::default()
        };
        ModelState {
            identity: Identity::new(&self.app, &self.name),
            fields: IndexMap::from_iter([(Arc::from(self.key.name.as_str()), Arc::new(field))]),
            options: Arc::new(options),
            bases: Arc::new([]),
            origin: Origin::Data,
        }
    }
}

impl Field {
    /// A field of this kind with no options, as Django makes them itself.
    #[must_use]
    pub fn of_kind(kind: FieldKind) -> Self {
        let db_index = matches!(kind, FieldKind::ForeignKey(_) | FieldKind::OneToOne(_));
        Self {
            path: String::new(),
            kind,
            null: false,
            blank: false,
            primary_key: false,
            explicit_unique: false,
            db_index,
            default: None,
            db_default: None,
            db_column: None,
            db_comment: None,
            db_collation: None,
            db_tablespace: None,
            max_length: None,
            max_digits: None,
            decimal_places: None,
            auto_now: false,
            compared: BTreeMap::new(),
            own_values: Vec::new(),
            unknown: Vec::new(),
            range: Range::default(),
        }
    }
}
