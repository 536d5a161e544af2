//! The model that Django makes for a many-to-many field without `through`.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::fields::unknown_parameter;
use crate::migration::{Field, FieldKind, ModelOptions, ModelRef, Relation};
use crate::statement::truncate_name;
use crate::unknown::Identifier;
use crate::value::Value;

use super::state::{Identity, ModelKey, ModelState, Origin};
use super::view::{Model, ModelField};

impl<'a> ModelField<'a> {
    /// The key of the model that a relation points to.
    #[must_use]
    pub fn target_key(&self) -> Option<ModelKey> {
        self.model.view.key_of(self.field.reference()?, self.model.key()).ok()
    }

    /// The automatic table of a many-to-many field, as a model.
    /// See `create_many_to_many_intermediary_model` in django/db/models/fields/related.py.
    #[must_use]
    pub fn automatic_table(&self) -> Option<Model<'a>> {
        let many_to_many = self.field.many_to_many()?;
        if many_to_many.through.is_some() || self.model.is_swapped() {
            return None;
        }
        let own = self.model.key();
        let mut unread = None;
        let (from_name, to_name, to) = match self.model.view.key_of(&many_to_many.to, own) {
            Ok(target) => {
                let (from, to) = if own.name == target.name {
                    (format!("from_{}", own.name), format!("to_{}", target.name))
                } else {
                    (own.name.clone(), target.name.clone())
                };
                let ModelKey { app, name } = target;
                (from, to, ModelRef::Named { app, name })
            }
            Err(reason) => {
                unread = Some(reason);
                (own.name.clone(), "to".to_owned(), many_to_many.to.clone())
            }
        };
        let own_reference = ModelRef::Named {
            app: own.app.clone(),
            name: own.name.clone(),
        };
        let mut key_to_target = self.table_key(to);
        // The column is called after the model.
        key_to_target
            .unknown
            .extend(unread.map(|reason| ("db_column".to_owned(), reason)));
        let fields = IndexMap::from_iter([
            (Arc::from(from_name.as_str()), Arc::new(self.table_key(own_reference))),
            (Arc::from(to_name.as_str()), Arc::new(key_to_target)),
        ]);
        let options = ModelOptions {
            db_table: Some(self.automatic_table_name()),
            db_tablespace: self.model.state.options.db_tablespace.clone(),
            unique_together: vec![vec![from_name, to_name]],
            ..ModelOptions::default()
        };
        let state = ModelState {
            identity: Identity::new(
                &self.model.state.identity.app,
                &format!("{}_{}", self.model.state.identity.name, self.name),
            ),
            fields,
            options: Arc::new(options),
            bases: Arc::new([]),
            origin: Origin::Automatic,
        };
        Some(Model {
            view: self.model.view,
            state: Arc::new(state),
        })
    }

    /// One of the two keys of the automatic table.
    fn table_key(&self, to: ModelRef) -> Field {
        let db_constraint = self
            .field
            .many_to_many()
            .is_none_or(|many_to_many| many_to_many.db_constraint);
        let mut field = Field::of_kind(FieldKind::ForeignKey(Relation {
            to,
            to_field: None,
            db_constraint,
            on_delete: Some("CASCADE".to_owned()),
            parent_link: false,
            related_name: Some(format!("{}_{}+", self.model.state.identity.name, self.name)),
            related_query_name: None,
        }));
        "django.db.models.ForeignKey".clone_into(&mut field.path);
        if !db_constraint {
            field.compared.insert("db_constraint".to_owned(), Value::Bool(false));
        }
        field.db_tablespace.clone_from(&self.field.db_tablespace);
        field
    }

    /// `ManyToManyField._get_m2m_db_table`.
    fn automatic_table_name(&self) -> Identifier {
        if let Some((_, reason)) = self.field.unknown.iter().find(|(name, _)| name == "db_table") {
            let unknown = unknown_parameter(&self.field, "db_table", reason);
            // A class may call it after the field.
            return Identifier::Unknown(match self.field.own {
                Some(_) => unknown.derived(&format!("the table of `{}`", self.name)),
                None => unknown,
            });
        }
        match (self.automatic_table_of_django(), &self.field.own) {
            (Identifier::Known(table), Some(own)) => own
                .table
                .as_ref()
                .map_or_else(|| table.clone(), |own| own.with(&table))
                .into(),
            (table, Some(_) | None) => table,
        }
    }

    fn automatic_table_of_django(&self) -> Identifier {
        let declared = self.field.many_to_many().and_then(|field| field.db_table.clone());
        let declared = declared.filter(|table| !table.is_empty()).map(Identifier::Known);
        declared.unwrap_or_else(|| match self.model.db_table() {
            Identifier::Known(table) => {
                let stripped = table.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                truncate_name(&format!("{}_{}", stripped.unwrap_or(&table), self.name)).into()
            }
            Identifier::Unknown(table) => Identifier::Unknown(table.derived(&format!("the table of `{}`", self.name))),
        })
    }

    /// Whether it is a key in an automatic table.
    #[must_use]
    pub fn is_in_automatic_table(&self) -> bool {
        self.model.state.origin == Origin::Automatic
    }

    /// Whether its reverse side has no name: `related_name` ends in `+`.
    #[must_use]
    pub fn has_hidden_reverse(&self) -> bool {
        self.field
            .relation()
            .and_then(|relation| relation.related_name.as_deref())
            .is_some_and(|name| name.ends_with('+'))
    }
}
