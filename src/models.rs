//! What Django believes: models, their fields and options, as migrations build them.
//!
//! One state is changed in place, operation by operation. A journal keeps what an operation replaced, so that the state
//! before it can still be asked (`from_state` in Django) and `database_operations` can be taken back, without ever
//! copying the state.

mod apply;
mod known;
mod state;
mod through;
mod view;

use std::sync::Arc;

use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::migration::{Base, Field, FieldKind, InternalType, ModelRef, Operation};
use crate::versions::{DjangoVersion, PostgresVersion};

pub use known::{KnownKey, KnownModel};
pub use state::{ModelKey, ModelState, Origin};
pub(crate) use view::default_table;
pub use view::{Model, ModelField, Related, View};

/// What the project's settings say that decides DDL.
#[derive(Clone, Debug)]
pub struct ModelSettings {
    /// Django's version.
    pub django: DjangoVersion,
    /// The version of Postgres: some functions have another name there.
    pub postgres: PostgresVersion,
    /// `DEFAULT_AUTO_FIELD`: the key of automatic many-to-many tables; `None` where nobody knows it.
    pub default_auto_field: Option<InternalType>,
    /// Swappable settings: `AUTH_USER_MODEL` -> `shop.User`.
    pub swappable: FxHashMap<String, String>,
    /// Those that are set to something that is not known.
    pub unknown_swappables: FxHashSet<String>,
    /// Whether a setting that is among neither may be set all the same: the settings were not read as a whole.
    pub has_unread_swappables: bool,
    /// `DEFAULT_TABLESPACE`
    pub default_tablespace: Option<String>,
    /// `DEFAULT_INDEX_TABLESPACE`
    pub default_index_tablespace: Option<String>,
    /// `USE_TZ`: whether moments have a time zone; `None` where nobody knows it.
    pub use_tz: Option<bool>,
    /// `TIME_ZONE`, where it is known: the zone of moments that are written without one.
    pub time_zone: Option<String>,
    /// `DATABASE_ROUTERS`: whether some operations may run on another database than others.
    pub is_routed: bool,
}

/// All models as they stand after the operations so far. See `ProjectState` in django/db/migrations/state.py.
#[derive(Debug)]
pub struct Models {
    settings: Arc<ModelSettings>,
    #[allow(clippy::struct_field_names, reason = "the models of the models' state")]
    models: FxHashMap<ModelKey, Arc<ModelState>>,
    /// Models that no migration at hand created, by data.
    known: FxHashMap<ModelKey, Arc<ModelState>>,
    /// Which models have, or had, a field that points to a model, in the order in which they came to.
    referenced_by: FxHashMap<ModelKey, IndexSet<ModelKey, FxBuildHasher>>,
    /// Which model a setting can replace: `AUTH_USER_MODEL` -> `auth.user`.
    swappable: FxHashMap<String, ModelKey>,
    /// Models that have a table of another name than before, or a many-to-many table more.
    named: Vec<ModelKey>,
    /// Models as they were before an operation took them or a field away that a later one drops. Outlives the journal.
    set_aside: FxHashMap<Removed, Arc<ModelState>>,
    /// Apps of which an operation is not read that may have declared a model, with a table of any name.
    unread: FxHashSet<String>,
    /// What was there before each change since the last `forget`.
    journal: Vec<(ModelKey, Option<Arc<ModelState>>)>,
}

/// What an operation takes away: a model, or one field of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Removed {
    model: ModelKey,
    field: Option<String>,
}

impl Removed {
    fn by(app: &str, operation: &Operation) -> Option<Self> {
        let (model, field) = match operation {
            Operation::DeleteModel { name } => (name, None),
            Operation::RemoveField { model_name, name } => (model_name, Some(name.clone())),
            _ => return None,
        };
        let model = ModelKey::new(app, model);
        Some(Self { model, field })
    }
}

/// A point in the journal to look or go back to.
#[derive(Clone, Copy, Debug)]
pub struct Mark(usize);

impl Models {
    /// An empty project. `known` are models whose migrations are not at hand; of two with one name the later counts.
    #[must_use]
    pub fn new(settings: ModelSettings, known: impl IntoIterator<Item = KnownModel>) -> Self {
        let known: FxHashMap<ModelKey, Arc<ModelState>> = known
            .into_iter()
            .map(|model| (model.key(), Arc::new(model.state())))
            .collect();
        let swappable = known.iter().filter_map(|(key, state)| {
            let setting = state.options.swappable.clone()?;
            Some((setting, key.clone()))
        });
        let swappable = swappable.collect();
        Self {
            settings: Arc::new(settings),
            models: FxHashMap::default(),
            known,
            referenced_by: FxHashMap::default(),
            swappable,
            named: Vec::new(),
            set_aside: FxHashMap::default(),
            unread: FxHashSet::default(),
            journal: Vec::new(),
        }
    }

    /// The settings that it was built with.
    #[must_use]
    pub fn settings(&self) -> &ModelSettings {
        &self.settings
    }

    /// The state as it stands.
    #[must_use]
    pub fn now(&self) -> View<'_> {
        View::new(self, None)
    }

    /// The state as it stood at `mark`.
    #[must_use]
    pub fn before(&self, mark: Mark) -> View<'_> {
        View::new(self, Some(mark.0))
    }

    /// Begins a new journal: nothing before this point can be asked or taken back any more.
    pub fn forget(&mut self) -> Mark {
        self.journal.clear();
        Mark(0)
    }

    /// This point, to look or go back to.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark(self.journal.len())
    }

    /// Takes back everything since `mark`.
    pub fn roll_back(&mut self, mark: Mark) {
        while self.journal.len() > mark.0
            && let Some((key, state)) = self.journal.pop()
        {
            match state {
                Some(state) => self.models.insert(key, state),
                None => self.models.remove(&key),
            };
        }
    }

    /// A model of the state, or a known one.
    fn get(&self, key: &ModelKey) -> Option<&Arc<ModelState>> {
        self.models.get(key).or_else(|| self.known.get(key))
    }

    fn put(&mut self, key: ModelKey, state: ModelState) {
        if let Some(setting) = &state.options.swappable {
            self.swappable.insert(setting.clone(), key.clone());
        }
        let state = Arc::new(state);
        let previous = self.models.insert(key.clone(), Arc::clone(&state));
        let has_same_table = previous.as_ref().is_some_and(|previous| {
            Arc::ptr_eq(&previous.identity, &state.identity) && previous.options.db_table == state.options.db_table
        });
        if !has_same_table {
            self.named.push(key.clone());
        }
        self.journal.push((key, previous));
    }

    /// The tables that models have come to name since this was asked last, as far as their names are known.
    pub fn newly_named(&mut self) -> Vec<String> {
        let mut tables = Vec::new();
        for key in std::mem::take(&mut self.named) {
            let Some(model) = self.now().model(&key) else { continue };
            let automatic = model.local_many_to_many();
            let automatic = automatic.iter().filter_map(ModelField::automatic_table);
            tables.extend(automatic.filter_map(|through| through.db_table().known().map(str::to_owned)));
            tables.extend(model.db_table().known().map(str::to_owned));
        }
        tables
    }

    fn take(&mut self, key: &ModelKey) {
        if let Some(previous) = self.models.remove(key) {
            self.journal.push((key.clone(), Some(previous)));
        }
    }

    /// Changes a model; one that is unknown so far is assumed to exist.
    fn change(&mut self, key: &ModelKey, name: &str, change: impl FnOnce(&mut ModelState)) {
        let mut state = match self.get(key) {
            Some(state) => ModelState::clone(state),
            None => ModelState::assumed(&key.app, name),
        };
        change(&mut state);
        self.put(key.clone(), state);
    }

    /// Remembers whom the model points to.
    fn note_references(&mut self, key: &ModelKey) {
        let Some(state) = self.get(key).cloned() else { return };
        for field in state.fields.values() {
            self.note_field(key, field);
        }
        for base in state.bases.iter() {
            if let Base::Model(model) = base {
                self.note_target(key, model);
            }
        }
    }

    fn note_field(&mut self, key: &ModelKey, field: &Field) {
        match &field.kind {
            FieldKind::ForeignKey(relation) | FieldKind::OneToOne(relation) => self.note_target(key, &relation.to),
            FieldKind::ManyToMany(many_to_many) => {
                self.note_target(key, &many_to_many.to);
                if let Some(through) = &many_to_many.through {
                    self.note_target(key, through);
                }
            }
            FieldKind::Plain(_)
            | FieldKind::Array { .. }
            | FieldKind::Generated { .. }
            | FieldKind::CompositePrimaryKey(_)
            | FieldKind::Database { .. }
            | FieldKind::NoColumn
            | FieldKind::Unknown(_) => {}
        }
    }

    fn note_target(&mut self, key: &ModelKey, target: &ModelRef) {
        if let Ok(target) = self.now().key_of(target, key) {
            self.referenced_by.entry(target).or_default().insert(key.clone());
        }
    }

    /// The models that may point to `key`; each has to be looked at, as fields come and go.
    fn referencing(&self, key: &ModelKey) -> impl Iterator<Item = &ModelKey> {
        self.referenced_by.get(key).into_iter().flatten()
    }
}
