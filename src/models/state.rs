//! One model of the state.

use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::migration::{Base, Field, ModelOptions};

use super::view::default_table;

/// A map in the order of insertion.
type FxIndexMap<K, V> = IndexMap<K, V, FxBuildHasher>;

/// A model's identity: app label, and name in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelKey {
    /// The app label.
    pub app: String,
    /// The name in lower case: models compare without case.
    pub name: String,
}

impl ModelKey {
    /// The key of a model by its label and its name in any case.
    #[must_use]
    pub fn new(app: &str, name: &str) -> Self {
        Self {
            app: app.to_owned(),
            name: name.to_lowercase(),
        }
    }

    /// Whether it is the key of the model with this label and this name in any case.
    #[must_use]
    pub fn is(&self, app: &str, name: &str) -> bool {
        self.app == app
            && if name.is_ascii() {
                self.name.eq_ignore_ascii_case(name)
            } else {
                self.name == name.to_lowercase()
            }
    }

    /// Reads `shop.Order`.
    #[must_use]
    pub fn parse(label: &str) -> Option<Self> {
        label.split_once('.').map(|(app, name)| Self::new(app, name))
    }
}

impl fmt::Display for ModelKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.app, self.name)
    }
}

/// Where our knowledge of a model comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A `CreateModel`.
    Migrations,
    /// A many-to-many field without `through`.
    Automatic,
    /// Data: table and key are right, other fields are not listed.
    Data,
    /// Nothing but an operation that names it.
    Assumed,
}

/// A model as migrations declare it. See `ModelState` in django/db/migrations/state.py.
#[derive(Clone, Debug)]
pub struct ModelState {
    /// What it is called.
    pub identity: Arc<Identity>,
    /// Its fields, in order.
    pub fields: FxIndexMap<Arc<str>, Arc<Field>>,
    /// Its options.
    pub options: Arc<ModelOptions>,
    /// Its bases.
    pub bases: Arc<[Base]>,
    /// Where it comes from.
    pub origin: Origin,
}

/// What a model is called, and what follows from that alone.
#[derive(Debug)]
pub struct Identity {
    /// The app label.
    pub app: String,
    /// The name as written.
    pub name: String,
    /// Its key.
    pub key: ModelKey,
    /// Its table, unless its options name another.
    pub default_table: String,
}

impl Identity {
    /// The identity of a model with this label and name.
    #[must_use]
    pub fn new(app: &str, name: &str) -> Arc<Self> {
        let key = ModelKey::new(app, name);
        Arc::new(Self {
            app: app.to_owned(),
            name: name.to_owned(),
            default_table: default_table(&key),
            key,
        })
    }
}

impl ModelState {
    /// A model of which only the name is known.
    #[must_use]
    pub fn assumed(app: &str, name: &str) -> Self {
        Self {
            identity: Identity::new(app, name),
            fields: FxIndexMap::default(),
            options: Arc::default(),
            bases: Arc::new([]),
            origin: Origin::Assumed,
        }
    }

    /// Its key.
    #[must_use]
    pub fn key(&self) -> &ModelKey {
        &self.identity.key
    }

    /// `app.Name`, for people.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}.{}", self.identity.app, self.identity.name)
    }

    /// Its options, to be changed.
    pub fn options_mut(&mut self) -> &mut ModelOptions {
        Arc::make_mut(&mut self.options)
    }
}
