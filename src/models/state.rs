//! One model of the state.

use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::migration::{Base, Field, ModelOptions};

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
    /// The app label.
    pub app: String,
    /// The name as written.
    pub name: String,
    /// Its fields, in order.
    pub fields: IndexMap<Arc<str>, Arc<Field>>,
    /// Its options.
    pub options: Arc<ModelOptions>,
    /// Its bases.
    pub bases: Arc<[Base]>,
    /// Where it comes from.
    pub origin: Origin,
}

impl ModelState {
    /// A model of which only the name is known.
    #[must_use]
    pub fn assumed(app: &str, name: &str) -> Self {
        Self {
            app: app.to_owned(),
            name: name.to_owned(),
            fields: IndexMap::new(),
            options: Arc::default(),
            bases: Arc::new([]),
            origin: Origin::Assumed,
        }
    }

    /// Its key.
    #[must_use]
    pub fn key(&self) -> ModelKey {
        ModelKey::new(&self.app, &self.name)
    }

    /// `app.Name`, for people.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}.{}", self.app, self.name)
    }

    /// Its options, to be changed.
    pub fn options_mut(&mut self) -> &mut ModelOptions {
        Arc::make_mut(&mut self.options)
    }
}
