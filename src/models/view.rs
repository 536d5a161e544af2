//! Questions to the state, as it stands or as it stood: tables, fields, keys, relations.

use std::sync::Arc;

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use crate::migration::{Base, Field, FieldKind, InternalType, ModelRef, Relation};
use crate::statement::truncate_name;
use crate::unknown::{Identifier, Unknown};

use super::state::{ModelKey, ModelState, Origin};
use super::{ModelSettings, Models};

/// The state at one point.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    models: &'a Models,
    /// Where in the journal it looks back to; `None` is now.
    since: Option<usize>,
}

/// A model in a state. See `Options` in django/db/models/options.py.
#[derive(Clone, Debug)]
pub struct Model<'a> {
    /// The state that it is looked up in.
    pub view: View<'a>,
    /// Its declaration.
    pub state: Arc<ModelState>,
}

/// A field bound to its model in a state.
#[derive(Clone, Debug)]
pub struct ModelField<'a> {
    /// The model that declares it.
    pub model: Model<'a>,
    /// Its name.
    pub name: Arc<str>,
    /// Its declaration.
    pub field: Arc<Field>,
}

/// What a reference to a model leads to.
#[derive(Clone, Debug)]
pub enum Related<'a> {
    /// A model of the state, or a known one.
    Model(Model<'a>),
    /// A model that nothing at hand declares.
    Missing(ModelKey),
    /// The reference itself could not be read, and why.
    Unreadable(String),
}

impl<'a> View<'a> {
    pub(super) fn new(models: &'a Models, since: Option<usize>) -> Self {
        Self { models, since }
    }

    /// The project's settings.
    #[must_use]
    pub fn settings(self) -> &'a ModelSettings {
        self.models.settings()
    }

    /// The model, if it is declared or known, or that of an automatic table.
    #[must_use]
    pub fn model(self, key: &ModelKey) -> Option<Model<'a>> {
        match self.state(key) {
            Some(state) => Some(Model {
                view: self,
                state: Arc::clone(state),
            }),
            None => self.automatic_model(key),
        }
    }

    /// `order_items`: what Django makes for the many-to-many field `items` of `Order`. Proxies, keys and children may name it.
    fn automatic_model(self, key: &ModelKey) -> Option<Model<'a>> {
        key.name.match_indices('_').find_map(|(at, _)| {
            let state = Arc::clone(self.state(&ModelKey::new(&key.app, &key.name[..at]))?);
            let wanted = &key.name[at + 1..];
            let mut fields = state.fields.iter();
            let (name, field) =
                fields.find(|(name, field)| field.many_to_many().is_some() && name.to_lowercase() == wanted)?;
            let (name, field) = (Arc::clone(name), Arc::clone(field));
            let owner = Model { view: self, state };
            owner.bind(&name, &field).automatic_table()
        })
    }

    fn state(self, key: &ModelKey) -> Option<&'a Arc<ModelState>> {
        let changes = self
            .since
            .and_then(|since| self.models.journal.get(since..))
            .unwrap_or_default();
        // The oldest change since then holds what was there before.
        match changes.iter().find(|(changed, _)| changed == key) {
            Some((_, before)) => before.as_ref().or_else(|| self.models.known.get(key)),
            None => self.models.get(key),
        }
    }

    /// The table of a model, by its app label and its name in any case.
    #[must_use]
    pub fn table_of(self, app: &str, name: &str) -> Option<Identifier> {
        Some(self.model(&ModelKey::new(app, name))?.db_table())
    }

    /// The models that have the table, if Django makes it: more than one while a model moves to another app.
    pub fn models_of_table(self, table: &str) -> impl Iterator<Item = Model<'a>> {
        let models = self.models.models.keys().filter_map(move |key| self.model(key));
        models.filter(move |model| model.can_migrate() && model.db_table().known() == Some(table))
    }

    /// Whether the table is the automatic one of some many-to-many field.
    #[must_use]
    pub fn has_automatic_table(self, table: &str) -> bool {
        let mut models = self.models.models.keys().filter_map(|key| self.model(key));
        models.any(|model| {
            let fields = model.local_many_to_many();
            let mut automatic = fields.iter().filter_map(ModelField::automatic_table);
            automatic.any(|through| through.db_table().known() == Some(table))
        })
    }

    /// The table and column of a model's field.
    #[must_use]
    pub fn column_of(self, app: &str, model: &str, field: &str) -> Option<(Identifier, String)> {
        let model = self.model(&ModelKey::new(app, model))?;
        let column = model.field(field)?.column()?;
        Some((model.db_table(), column.known()?.to_owned()))
    }

    /// The tables and columns of fields whose columns have names of their own, of the fields that are `wanted`.
    #[must_use]
    pub fn columns_by_other_names(self, wanted: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        let mut columns = Vec::new();
        for model in self.models.models.keys().filter_map(|key| self.model(key)) {
            let fields = model.state.fields.iter();
            let named = fields.filter(|(name, field)| field.db_column.is_some() && wanted(name));
            let own = named.filter_map(|(_, field)| field.db_column.clone());
            let own: Vec<String> = own.collect();
            if let (false, Identifier::Known(table)) = (own.is_empty(), model.db_table()) {
                columns.extend(own.into_iter().map(|column| (table.clone(), column)));
            }
        }
        columns
    }

    /// The key that a reference in `owner` means. See `resolve_relation` in django/db/migrations/utils.py.
    ///
    /// # Errors
    /// The reason, where the reference cannot be read.
    pub fn key_of(self, reference: &ModelRef, owner: &ModelKey) -> Result<ModelKey, String> {
        match reference {
            ModelRef::Named { app, name } => Ok(ModelKey::new(app, name)),
            ModelRef::SelfReference => Ok(owner.clone()),
            ModelRef::Setting(setting) => self
                .replacement(setting)
                .ok_or_else(|| format!("settings.{setting} is not known")),
            ModelRef::Unknown(reason) => Err(reason.clone()),
        }
    }

    /// The model that a swappable setting names.
    fn replacement(self, setting: &str) -> Option<ModelKey> {
        let settings = self.settings();
        if let Some(named) = settings.swappable.get(setting) {
            return ModelKey::parse(named);
        }
        if settings.has_unread_swappables || settings.unknown_swappables.contains(setting) {
            return None;
        }
        self.models.swappable.get(setting).cloned()
    }

    /// The model that a reference in `owner` means.
    #[must_use]
    pub fn related(self, reference: &ModelRef, owner: &ModelKey) -> Related<'a> {
        match self.key_of(reference, owner) {
            Ok(key) => match self.model(&key) {
                Some(model) => Related::Model(model),
                None => Related::Missing(key),
            },
            Err(reason) => Related::Unreadable(reason),
        }
    }

    /// The table of a model that nothing at hand declares: what Django would call it, unless what declares it is not read.
    #[must_use]
    pub fn undeclared_table(self, key: &ModelKey) -> Identifier {
        if !self.models.unread.contains(&key.app) {
            return default_table(key).into();
        }
        let label = format!("{}.{}", key.app, key.name);
        let reason = format!("the table of {label}, which no operation that is read declares");
        Identifier::Unknown(Unknown::called(&format!("the table of {label}"), &reason))
    }

    /// The relational fields that point to the model or to a proxy of it, many-to-many fields and the keys of automatic
    /// tables included. See `Options._relation_tree`.
    #[must_use]
    pub fn relations_to(self, key: &ModelKey) -> Vec<ModelField<'a>> {
        let (targets, sources) = self.targets_and_sources(key);
        let mut found = Vec::new();
        for source in &sources {
            let Some(model) = self.model(source) else { continue };
            let points_here = |field: &Field| {
                let reference = field.reference();
                reference.is_some_and(|reference| self.means_one_of(reference, source, &targets))
            };
            found.extend(model.local_fields_where(points_here));
            for field in model.local_many_to_many() {
                let is_target = points_here(&field.field);
                // One key of the automatic table points back, the other where the field does.
                if (is_target || targets.contains(source))
                    && let Some(through) = field.automatic_table()
                {
                    let own = through.key();
                    let points_here = |field: &Field| {
                        let reference = field.reference();
                        reference.is_some_and(|reference| self.means_one_of(reference, own, &targets))
                    };
                    found.extend(through.local_fields_where(points_here));
                }
                found.extend(is_target.then_some(field));
            }
        }
        found
    }

    /// The models that have the model among their bases: children and proxies.
    #[must_use]
    pub fn inheriting(self, key: &ModelKey) -> Vec<Model<'a>> {
        let sources = self.models.referencing(key).filter(|source| *source != key);
        let models = sources.filter_map(|source| self.model(source));
        models
            .filter(|model| {
                let means_it = |base: &Base| match base {
                    Base::Model(reference) => self.key_of(reference, model.key()).as_ref() == Ok(key),
                    Base::Class(_) => false,
                };
                model.state.bases.iter().any(means_it)
            })
            .collect()
    }

    /// Whether migrations at hand declare models of the app.
    #[must_use]
    pub fn declares(self, app: &str) -> bool {
        let mut models = self.models.models.iter();
        models.any(|(key, state)| key.app == app && state.origin == Origin::Migrations)
    }

    /// The tables of the app's models, those of many-to-many fields included, as far as their names are known.
    #[must_use]
    pub fn tables_of(self, app: &str) -> Vec<String> {
        let keys = self.models.models.keys().filter(|key| key.app == app);
        let models = keys.filter_map(|key| self.model(key)).filter(Model::can_migrate);
        let mut tables = Vec::new();
        for model in models {
            let automatic = model.local_many_to_many();
            let automatic = automatic.iter().filter_map(ModelField::automatic_table);
            tables.extend(automatic.filter_map(|through| through.db_table().known().map(str::to_owned)));
            tables.extend(model.db_table().known().map(str::to_owned));
        }
        tables.sort();
        tables.dedup();
        tables
    }

    /// Whether a reference in `owner` means one of these models.
    fn means_one_of(self, reference: &ModelRef, owner: &ModelKey, targets: &[ModelKey]) -> bool {
        match reference {
            ModelRef::Named { app, name } => targets.iter().any(|target| target.is(app, name)),
            ModelRef::SelfReference => targets.contains(owner),
            ModelRef::Setting(_) | ModelRef::Unknown(_) => {
                self.key_of(reference, owner).is_ok_and(|key| targets.contains(&key))
            }
        }
    }

    /// Those of [`View::relations_to`] whose `to_field` is this one. A key that names no field points to the primary
    /// key; those of automatic tables name none.
    #[must_use]
    pub fn relations_by_name(self, key: &ModelKey, to_field: &str) -> Vec<ModelField<'a>> {
        let (targets, sources) = self.targets_and_sources(key);
        let points_here = |source: &ModelKey, relation: &Relation| {
            relation.to_field.as_deref() == Some(to_field) && self.means_one_of(&relation.to, source, &targets)
        };
        let models = sources.iter().filter_map(|source| Some((source, self.model(source)?)));
        let keys = models.flat_map(|(source, model)| {
            model.local_fields_where(|field| field.relation().is_some_and(|relation| points_here(source, relation)))
        });
        keys.collect()
    }

    /// The model with its proxies, and the models that may point to any of these.
    fn targets_and_sources(self, key: &ModelKey) -> (Vec<ModelKey>, IndexSet<ModelKey, FxBuildHasher>) {
        let mut targets = vec![key.clone()];
        let mut sources = IndexSet::from_iter([key.clone()]);
        let mut position = 0;
        while let Some(target) = targets.get(position).cloned() {
            position += 1;
            for source in self.models.referencing(&target) {
                let is_proxy = self
                    .model(source)
                    .is_some_and(|model| model.state.options.proxy && model.concrete().key() == key);
                if is_proxy && !targets.contains(source) {
                    targets.push(source.clone());
                }
                if !sources.contains(source) {
                    sources.insert(source.clone());
                }
            }
        }
        (targets, sources)
    }
}

impl<'a> Model<'a> {
    /// Its key.
    #[must_use]
    pub fn key(&self) -> &ModelKey {
        self.state.key()
    }

    /// The model behind a proxy, or itself. See `Options.concrete_model`.
    #[must_use]
    pub fn concrete(&self) -> Model<'a> {
        let mut model = self.clone();
        // A proxy of itself, through whatever accident, must not loop.
        for _ in 0..16 {
            if !model.state.options.proxy {
                break;
            }
            match model.parents().into_iter().next() {
                Some(parent) => model = parent,
                None => break,
            }
        }
        model
    }

    /// The models among its bases.
    #[must_use]
    pub fn parents(&self) -> Vec<Model<'a>> {
        let key = self.key();
        let mut parents = Vec::new();
        for base in self.state.bases.iter() {
            if let Base::Model(reference) = base
                && let Related::Model(parent) = self.view.related(reference, key)
                && parent.key() != key
            {
                parents.push(parent);
            }
        }
        parents
    }

    /// `Options.swapped`: another model stands in for it.
    #[must_use]
    pub fn is_swapped(&self) -> bool {
        let Some(setting) = &self.state.options.swappable else {
            return false;
        };
        self.view
            .replacement(setting)
            .is_some_and(|replacement| replacement != *self.key())
    }

    /// Whether it is the model of users: packages point to it.
    #[must_use]
    pub fn is_user(&self) -> bool {
        let user = self.view.replacement("AUTH_USER_MODEL");
        user.is_some_and(|user| user == *self.key())
    }

    /// `Options.can_migrate`: whether operations on it reach the database.
    #[must_use]
    pub fn can_migrate(&self) -> bool {
        let options = &self.state.options;
        !options.proxy && !options.unmanaged && !options.abstract_model && !self.is_swapped()
    }

    /// Its table. See `Options.contribute_to_class`.
    #[must_use]
    pub fn db_table(&self) -> Identifier {
        let model = self.concrete();
        let declared = model.state.options.db_table.clone();
        declared.unwrap_or_else(|| match model.state.origin {
            Origin::Assumed => self.view.undeclared_table(model.key()),
            _ => Identifier::Known(model.state.identity.default_table.clone()),
        })
    }

    /// `db_tablespace`, else the setting.
    #[must_use]
    pub fn db_tablespace(&self) -> Option<String> {
        let own = self.state.options.db_tablespace.clone();
        own.or_else(|| self.view.settings().default_tablespace.clone())
    }

    fn bind(&self, name: &Arc<str>, field: &Arc<Field>) -> ModelField<'a> {
        ModelField {
            model: self.clone(),
            name: Arc::clone(name),
            field: Arc::clone(field),
        }
    }

    fn bind_new(&self, name: &str, field: Field) -> ModelField<'a> {
        self.bind(&Arc::from(name), &Arc::new(field))
    }

    /// Its columns' fields, in the order in which Django creates them: automatic ones first.
    /// See `Options.add_field` and the creation counters of `Field`.
    #[must_use]
    pub fn local_fields(&self) -> Vec<ModelField<'a>> {
        self.local_fields_where(|_| true)
    }

    /// Those of its columns' fields that are `wanted`.
    fn local_fields_where(&self, wanted: impl Fn(&Field) -> bool) -> Vec<ModelField<'a>> {
        if self.state.options.proxy {
            return Vec::new();
        }
        let is_wanted = |field: &ModelField<'a>| wanted(&field.field);
        let mut automatic: Vec<_> = self.implicit_key().into_iter().filter(is_wanted).collect();
        let mut declared = Vec::new();
        for (name, field) in &self.state.fields {
            if field.many_to_many().is_some() || matches!(field.kind, FieldKind::NoColumn) || !wanted(field) {
                continue;
            }
            if field.compared.contains_key("auto_created") {
                automatic.push(self.bind(name, field));
            } else {
                declared.push(self.bind(name, field));
            }
        }
        automatic.reverse();
        automatic.extend(declared);
        automatic.extend(self.added_fields().into_iter().filter(is_wanted));
        automatic.extend(self.order_field().filter(is_wanted));
        automatic
    }

    /// Fields that others add to the model beside them in `contribute_to_class`. They are made last.
    fn added_fields(&self) -> Vec<ModelField<'a>> {
        let declared = self.state.fields.iter();
        let adding = declared.filter_map(|(name, field)| Some((name, field.own.as_ref()?)));
        let added = adding.flat_map(|(name, own)| own.adds.iter().map(|(pattern, field)| (pattern.with(name), field)));
        let new = added.filter(|(name, _)| !self.state.fields.contains_key(name.as_str()));
        new.map(|(name, field)| self.bind(&Arc::from(name.as_str()), field))
            .collect()
    }

    /// Its many-to-many fields.
    #[must_use]
    pub fn local_many_to_many(&self) -> Vec<ModelField<'a>> {
        let fields = self.state.fields.iter();
        fields
            .filter(|(_, field)| field.many_to_many().is_some())
            .map(|(name, field)| self.bind(name, field))
            .collect()
    }

    /// The field called `name`, or with this attribute name (`owner_id`), its own or inherited. See `Options.get_field`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<ModelField<'a>> {
        if let Some((name, field)) = self.state.fields.get_key_value(name) {
            return Some(self.bind(name, field));
        }
        if let Some(stem) = name.strip_suffix("_id")
            && let Some((name, field)) = self.state.fields.get_key_value(stem)
            && field.relation().is_some()
        {
            return Some(self.bind(name, field));
        }
        let implicit = self
            .implicit_key()
            .into_iter()
            .chain(self.order_field())
            .chain(self.added_fields());
        for field in implicit {
            if &*field.name == name || field.field.relation().is_some() && name == format!("{}_id", field.name) {
                return Some(field);
            }
        }
        self.parents().into_iter().find_map(|parent| parent.field(name))
    }

    /// `Options.pk`; nothing for a model whose fields are not known.
    #[must_use]
    pub fn primary_key(&self) -> Option<ModelField<'a>> {
        let model = self.concrete();
        let declared = model.state.fields.iter();
        let composite = |field: &Field| matches!(field.kind, FieldKind::CompositePrimaryKey(_));
        if let Some((name, field)) = declared.clone().find(|(_, field)| composite(field)) {
            return Some(model.bind(name, field));
        }
        if let Some((name, field)) = declared.clone().find(|(_, field)| field.primary_key) {
            return Some(model.bind(name, field));
        }
        if let Some(link) = model.parent_links().into_iter().next() {
            return Some(link);
        }
        model.implicit_key().into_iter().next()
    }

    /// The one-to-one fields to its parents, declared or made by Django.
    fn parent_links(&self) -> Vec<ModelField<'a>> {
        if self.state.options.proxy {
            return Vec::new();
        }
        let own_key = self.key();
        let link_to = |parent: &Model<'a>| {
            let concrete = parent.concrete();
            let key = concrete.key();
            let declared = self.state.fields.iter().find(|(name, field)| {
                let FieldKind::OneToOne(relation) = &field.kind else {
                    return false;
                };
                let links = relation.parent_link || name.strip_suffix("_ptr") == Some(key.name.as_str());
                links && self.view.key_of(&relation.to, own_key).is_ok_and(|to| to == *key)
            });
            match declared {
                Some((name, field)) => self.bind(name, field),
                None => self.bind_new(&format!("{}_ptr", key.name), parent_link(&parent.state)),
            }
        };
        self.parents().iter().map(link_to).collect()
    }

    /// The key fields that Django adds where none is declared. See `ModelBase.__new__` and `Options._prepare`.
    fn implicit_key(&self) -> Vec<ModelField<'a>> {
        let links = self.parent_links();
        if !links.is_empty() {
            let is_declared = |link: &ModelField<'a>| self.state.fields.contains_key(&link.name);
            return links.into_iter().filter(|link| !is_declared(link)).collect();
        }
        let has_key = |field: &Arc<Field>| field.primary_key || matches!(field.kind, FieldKind::CompositePrimaryKey(_));
        let is_complete =
            matches!(self.state.origin, Origin::Migrations | Origin::Automatic) && !self.state.options.proxy;
        // A field called `id` that could not be read is the key, most likely.
        if !is_complete || self.state.fields.contains_key("id") || self.state.fields.values().any(has_key) {
            return Vec::new();
        }
        let kind = match self.view.settings().default_auto_field {
            Some(class) => FieldKind::Plain(class),
            None => FieldKind::Unknown("settings.DEFAULT_AUTO_FIELD is not known".to_owned()),
        };
        let mut field = Field::of_kind(kind);
        field.primary_key = true;
        vec![self.bind_new("id", field)]
    }

    /// `_order` of `order_with_respect_to`. See `OrderWrt` in django/db/models/fields/proxy.py.
    fn order_field(&self) -> Option<ModelField<'a>> {
        self.state.options.order_with_respect_to.as_ref()?;
        Some(self.bind_new("_order", Field::of_kind(FieldKind::Plain(InternalType::Integer))))
    }
}

/// The table that Django gives a model. See `Options.contribute_to_class`.
#[must_use]
pub(crate) fn default_table(key: &ModelKey) -> String {
    truncate_name(&format!("{}_{}", key.app, key.name))
}

fn parent_link(parent: &ModelState) -> Field {
    let to = ModelRef::Named {
        app: parent.identity.app.clone(),
        name: parent.identity.name.clone(),
    };
    let mut field = Field::of_kind(FieldKind::OneToOne(Relation {
        to,
        to_field: None,
        db_constraint: true,
        on_delete: Some("CASCADE".to_owned()),
        parent_link: true,
        related_name: None,
        related_query_name: None,
    }));
    field.primary_key = true;
    field
}
