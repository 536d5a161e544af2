//! Models of packages whose migrations are not at hand: table and key, as data.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::migration::{Field, FieldKind, InternalType, ModelOptions};
use crate::packages::Packages;
use crate::source::Place;

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

impl KnownModel {
    /// The models of django.contrib and of well-known packages.
    pub fn of_packages() -> impl Iterator<Item = Self> {
        Packages::known()
            .models()
            .filter_map(|(label, what)| Self::parse(label, what))
    }

    fn parse(label: &str, what: &str) -> Option<Self> {
        let (app, name) = label.split_once('.')?;
        let mut words = what.split_ascii_whitespace().map(str::to_owned);
        let (table, column, key_type) = (words.next()?, words.next()?, words.next()?);
        Some(Self {
            app: app.to_owned(),
            name: name.to_owned(),
            table,
            key: KnownKey::of_type(column, key_type),
            swappable: words.next(),
        })
    }

    pub(super) fn key(&self) -> ModelKey {
        ModelKey::new(&self.app, &self.name)
    }

    pub(super) fn state(&self) -> ModelState {
        let mut field = Field::of_kind(self.key.kind.clone());
        field.primary_key = true;
        field.max_length = self.key.max_length;
        let options = ModelOptions {
            db_table: Some(self.table.as_str().into()),
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

impl KnownKey {
    /// A key whose column has this type.
    #[must_use]
    pub fn of_type(name: String, db_type: String) -> Self {
        let length = db_type.strip_prefix("varchar(").and_then(|rest| rest.strip_suffix(')'));
        let max_length = length.and_then(|digits| digits.parse().ok());
        let kind = match db_type.as_str() {
            "smallint" => FieldKind::Plain(InternalType::SmallAuto),
            "integer" => FieldKind::Plain(InternalType::Auto),
            "bigint" => FieldKind::Plain(InternalType::BigAuto),
            "uuid" => FieldKind::Plain(InternalType::Uuid),
            _ if max_length.is_some() => FieldKind::Plain(InternalType::Char),
            _ => FieldKind::Database {
                db_type,
                rel_db_type: None,
                internal_type: String::new(),
                empty_strings_allowed: false,
                spatial: None,
            },
        };
        Self { name, kind, max_length }
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
            own: None,
            unknown: Vec::new(),
            range: Place::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::KnownModel;
    use crate::packages::Packages;

    #[test]
    fn every_model_of_a_package_can_be_read() {
        for (label, what) in Packages::known().models() {
            assert!(KnownModel::parse(label, what).is_some(), "{label} = {what}");
        }
    }
}
