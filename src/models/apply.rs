//! What each operation does to the state: `state_forwards` of django/db/migrations/operations.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::migration::{Field, FieldKind, Index, ModelOptions, ModelRef, Operation, Packaged};
use crate::unknown::{Identifier, Unknown};
use crate::value::Value;
use crate::versions::DjangoVersion;

use super::state::{Identity, ModelKey, ModelState, Origin};
use super::{Models, Removed};

/// Since this version a primary key can be composite.
const COMPOSITE_KEYS: DjangoVersion = DjangoVersion::new(5, 2);

impl Models {
    /// Applies an operation of the app's migration to the state. What it names and the state does not know is assumed.
    #[allow(clippy::too_many_lines, reason = "one arm for each operation, each a call")]
    pub fn apply(&mut self, app: &str, operation: &Operation) {
        match operation {
            Operation::CreateModel { .. } => self.create_model(app, operation),
            Operation::DeleteModel { name } => self.take(&ModelKey::new(app, name)),
            Operation::RenameModel { old_name, new_name } => self.rename_model(app, old_name, new_name),
            Operation::AlterModelTable { name, table } => {
                self.change(&ModelKey::new(app, name), name, |model| alter_table(model, table));
            }
            Operation::AlterModelTableComment { name, table_comment } => {
                self.change_options(app, name, |options| options.db_table_comment.clone_from(table_comment));
            }
            Operation::AlterUniqueTogether { name, unique_together } => {
                self.change_options(app, name, |options| options.unique_together.clone_from(unique_together));
            }
            Operation::AlterIndexTogether { name, index_together } => {
                self.change_options(app, name, |options| options.index_together.clone_from(index_together));
            }
            Operation::AlterOrderWithRespectTo {
                name,
                order_with_respect_to,
            } => self.change_options(app, name, |options| {
                options.order_with_respect_to.clone_from(order_with_respect_to);
            }),
            Operation::AlterModelOptions { name, options: new } => {
                self.change_options(app, name, |options| alter_options(options, new));
            }
            Operation::AddField {
                model_name,
                name,
                field,
                preserve_default,
            }
            | Operation::AlterField {
                model_name,
                name,
                field,
                preserve_default,
            } => self.set_field(app, model_name, name, field, *preserve_default),
            Operation::RemoveField { model_name, name } => {
                self.change(&ModelKey::new(app, model_name), model_name, |model| {
                    model.fields.shift_remove(name.as_str());
                });
            }
            Operation::RenameField {
                model_name,
                old_name,
                new_name,
            } => self.rename_field(app, model_name, old_name, new_name),
            Operation::AddIndex { model_name, index, .. } => {
                self.change_options(app, model_name, |options| options.indexes.push(index.clone()));
            }
            Operation::RemoveIndex { model_name, name, .. } => {
                self.change_options(app, model_name, |options| {
                    options.indexes.retain(|index| index.name.as_ref() != Some(name));
                });
            }
            Operation::RenameIndex { model_name, .. } => {
                self.change_options(app, model_name, |options| rename_index(options, operation));
            }
            Operation::AddConstraint {
                model_name, constraint, ..
            } => {
                self.change_options(app, model_name, |options| options.constraints.push(constraint.clone()));
            }
            Operation::RemoveConstraint { model_name, name } => self.change_options(app, model_name, |options| {
                options.constraints.retain(|constraint| constraint.name() != Some(name));
            }),
            Operation::AlterConstraint {
                model_name,
                name,
                constraint,
            } => self.change_options(app, model_name, |options| {
                let all = options.constraints.iter_mut();
                for old in all.filter(|old| old.name() == Some(name)) {
                    *old = constraint.clone();
                }
            }),
            Operation::SeparateDatabaseAndState { state_operations, .. }
            | Operation::RunSql { state_operations, .. } => {
                for nested in state_operations {
                    self.apply(app, &nested.operation);
                }
            }
            Operation::Packaged(packaged) => self.apply_packaged(app, packaged),
            Operation::Custom { base: Some(base), .. } => self.apply(app, base),
            Operation::AlterModelManagers { name } => {
                self.change_options(app, name, |options| options.own_managers = true);
            }
            Operation::ValidateConstraint { .. }
            | Operation::RunPython { .. }
            | Operation::CreateExtension { .. }
            | Operation::CreateCollation { .. }
            | Operation::RemoveCollation { .. } => {}
            Operation::Custom { base: None, .. } | Operation::Unread { .. } => {
                self.unread.insert(app.to_owned());
            }
        }
    }

    fn apply_packaged(&mut self, app: &str, operation: &Packaged) {
        match operation {
            Packaged::AddTrigger { model_name, trigger } => {
                self.change_options(app, model_name, |options| options.triggers.push(trigger.clone()));
            }
            Packaged::RemoveTrigger { model_name, name } => {
                self.change_options(app, model_name, |options| {
                    options.triggers.retain(|trigger| trigger.name != *name);
                });
            }
            Packaged::PartitionedModel { base, key, .. } => {
                self.apply(app, base);
                if self.settings.django >= COMPOSITE_KEYS {
                    self.make_key_composite(app, base, key);
                }
            }
            Packaged::Safer { base, .. }
            | Packaged::ViewModel { base, .. }
            | Packaged::DeleteViewModel { base, .. } => self.apply(app, base),
            Packaged::AddDefaultValue { .. }
            | Packaged::AddPartition { .. }
            | Packaged::DeletePartition { .. }
            | Packaged::TwoPhaseRemoval { .. } => {}
        }
    }

    /// Remembers the model as it is, before an operation takes it or a field of it away for good.
    pub fn set_aside(&mut self, app: &str, removal: &Operation) {
        if let Some(key) = Removed::by(app, removal)
            && let Some(model) = self.get(&key.model).cloned()
        {
            self.set_aside.insert(key, model);
        }
    }

    /// Puts back what such an operation has taken away. False if nothing of it was set aside.
    pub fn bring_back(&mut self, app: &str, removal: &Operation) -> bool {
        let Some(key) = Removed::by(app, removal) else {
            return false;
        };
        let Some(was) = self.set_aside.remove(&key) else {
            return false;
        };
        match &key.field {
            None => self.put(key.model.clone(), ModelState::clone(&was)),
            Some(name) => {
                let Some(field) = was.fields.get(name.as_str()).cloned() else {
                    return false;
                };
                self.change(&key.model, &was.identity.name, |model| {
                    model.fields.insert(Arc::from(name.as_str()), field);
                });
            }
        }
        self.note_references(&key.model);
        true
    }

    /// What `PostgresPartitionedModelMeta` of psqlextra makes of a model whose key is not composite: one of the key and of
    /// what the table is partitioned by.
    fn make_key_composite(&mut self, app: &str, created: &Operation, partitioned_by: &[String]) {
        let Operation::CreateModel { name, fields, .. } = created else {
            return;
        };
        let is_composite = |(_, field): &(String, Arc<Field>)| matches!(field.kind, FieldKind::CompositePrimaryKey(_));
        let key = fields.iter().find(|(_, field)| field.primary_key);
        let Some((key, _)) = key.filter(|_| !fields.iter().any(is_composite)) else {
            return;
        };
        let parts: BTreeSet<String> = partitioned_by.iter().chain([key]).cloned().collect();
        if parts.len() == 1 {
            return;
        }
        self.change(&ModelKey::new(app, name), name, |model| {
            for (_, field) in model.fields.iter_mut().filter(|(_, field)| field.primary_key) {
                Arc::make_mut(field).primary_key = false;
            }
            let mut composite = Field::of_kind(FieldKind::CompositePrimaryKey(parts.into_iter().collect()));
            composite.primary_key = true;
            model.fields.insert(Arc::from("pk"), Arc::new(composite));
        });
    }

    fn change_options(&mut self, app: &str, name: &str, change: impl FnOnce(&mut ModelOptions)) {
        self.change(&ModelKey::new(app, name), name, |model| change(model.options_mut()));
    }

    fn create_model(&mut self, app: &str, operation: &Operation) {
        let Operation::CreateModel {
            name,
            fields,
            options,
            bases,
        } = operation
        else {
            return;
        };
        let fields = fields
            .iter()
            .map(|(name, field)| (Arc::from(name.as_str()), Arc::clone(field)))
            .collect();
        let key = ModelKey::new(app, name);
        let identity = Identity::new(app, name);
        let state = ModelState {
            options: with_table(options, &identity),
            identity,
            fields,
            bases: bases.clone().into(),
            origin: Origin::Migrations,
        };
        self.put(key.clone(), state);
        self.note_references(&key);
    }

    fn set_field(&mut self, app: &str, model_name: &str, name: &str, field: &Arc<Field>, preserve_default: bool) {
        let key = ModelKey::new(app, model_name);
        let mut field = Arc::clone(field);
        if !preserve_default && (field.default.is_some() || field.compared.contains_key("default")) {
            let field = Arc::make_mut(&mut field);
            field.default = None;
            field.compared.remove("default");
        }
        self.note_field(&key, &field);
        if matches!(field.kind, FieldKind::ManyToMany(_)) {
            self.named.push(key.clone());
        }
        self.change(&key, model_name, |model| {
            model.fields.insert(Arc::from(name), field);
        });
    }

    /// `ProjectState.rename_model`. Bases follow too, where Django would fail to render the children.
    fn rename_model(&mut self, app: &str, old_name: &str, new_name: &str) {
        let (old, new) = (ModelKey::new(app, old_name), ModelKey::new(app, new_name));
        let mut state = match self.get(&old) {
            Some(state) => ModelState::clone(state),
            None => ModelState::assumed(app, old_name),
        };
        state.identity = Identity::new(app, new_name);
        self.take(&old);
        self.put(new.clone(), state);
        let to = ModelRef::Named {
            app: app.to_owned(),
            name: new_name.to_owned(),
        };
        let mut sources: Vec<ModelKey> = self.referencing(&old).cloned().collect();
        sources.push(new.clone());
        for source in sources {
            self.repoint(&source, &old, &to);
        }
        self.note_references(&new);
    }

    /// Makes every reference of the model to `old` one to `new`.
    fn repoint(&mut self, source: &ModelKey, old: &ModelKey, new: &ModelRef) {
        let Some(state) = self.get(source) else { return };
        let mut changed = ModelState::clone(state);
        let mut is_changed = false;
        for field in changed.fields.values_mut() {
            let view = self.now();
            let means_old = |reference: &ModelRef| {
                *reference != ModelRef::SelfReference && view.key_of(reference, source).is_ok_and(|key| key == *old)
            };
            let points_there = references(field).into_iter().any(&means_old);
            if points_there {
                is_changed = true;
                for reference in references_mut(Arc::make_mut(field)) {
                    if means_old(reference) {
                        reference.clone_from(new);
                    }
                }
            }
        }
        let bases = changed.bases.iter().map(|base| match base {
            crate::migration::Base::Model(reference) if self.now().key_of(reference, source).as_ref() == Ok(old) => {
                is_changed = true;
                crate::migration::Base::Model(new.clone())
            }
            other => other.clone(),
        });
        let bases: Vec<_> = bases.collect();
        changed.bases = bases.into();
        if is_changed {
            self.put(source.clone(), changed);
            self.note_references(source);
        }
    }

    /// `ProjectState.rename_field`.
    fn rename_field(&mut self, app: &str, model_name: &str, old_name: &str, new_name: &str) {
        let key = ModelKey::new(app, model_name);
        // A many-to-many table is called by its field.
        self.named.push(key.clone());
        self.change(&key, model_name, |model| {
            if let Some(field) = model.fields.shift_remove(old_name) {
                model.fields.insert(Arc::from(new_name), field);
            }
            rename_key_parts(model, old_name, new_name);
            let options = model.options_mut();
            let together = options.unique_together.iter_mut().chain(&mut options.index_together);
            for name in together.flatten().filter(|name| *name == old_name) {
                new_name.clone_into(name);
            }
        });
        let sources: Vec<ModelKey> = self.referencing(&key).cloned().collect();
        for source in sources {
            self.rename_to_field(&source, &key, old_name, new_name);
        }
    }

    /// Makes the foreign keys of the model to `target`'s field follow its new name.
    fn rename_to_field(&mut self, source: &ModelKey, target: &ModelKey, old_name: &str, new_name: &str) {
        let Some(state) = self.get(source) else { return };
        let view = self.now();
        let points_there = |field: &Field| {
            field.relation().is_some_and(|relation| {
                relation.to_field.as_deref() == Some(old_name)
                    && view.key_of(&relation.to, source).is_ok_and(|key| key == *target)
            })
        };
        let names: Vec<Arc<str>> = state
            .fields
            .iter()
            .filter(|(_, field)| points_there(field))
            .map(|(name, _)| Arc::clone(name))
            .collect();
        if names.is_empty() {
            return;
        }
        let mut changed = ModelState::clone(state);
        for name in names {
            if let Some(field) = changed.fields.get_mut(&name)
                && let Some(relation) = Arc::make_mut(field).relation_mut()
            {
                relation.to_field = Some(new_name.to_owned());
            }
        }
        self.put(source.clone(), changed);
    }
}

/// The references to models in a relational field: `to` and `through`.
fn references(field: &Field) -> Vec<&ModelRef> {
    match &field.kind {
        FieldKind::ForeignKey(relation) | FieldKind::OneToOne(relation) => vec![&relation.to],
        FieldKind::ManyToMany(many_to_many) => std::iter::once(&many_to_many.to).chain(&many_to_many.through).collect(),
        FieldKind::Plain(_)
        | FieldKind::Array { .. }
        | FieldKind::Generated { .. }
        | FieldKind::CompositePrimaryKey(_)
        | FieldKind::Database { .. }
        | FieldKind::NoColumn
        | FieldKind::Unknown(_) => Vec::new(),
    }
}

fn references_mut(field: &mut Field) -> Vec<&mut ModelRef> {
    match &mut field.kind {
        FieldKind::ForeignKey(relation) | FieldKind::OneToOne(relation) => vec![&mut relation.to],
        FieldKind::ManyToMany(many_to_many) => std::iter::once(&mut many_to_many.to)
            .chain(&mut many_to_many.through)
            .collect(),
        FieldKind::Plain(_)
        | FieldKind::Array { .. }
        | FieldKind::Generated { .. }
        | FieldKind::CompositePrimaryKey(_)
        | FieldKind::Database { .. }
        | FieldKind::NoColumn
        | FieldKind::Unknown(_) => Vec::new(),
    }
}

/// Makes a composite primary key follow a field's new name.
fn rename_key_parts(model: &mut ModelState, old_name: &str, new_name: &str) {
    for field in model.fields.values_mut() {
        let FieldKind::CompositePrimaryKey(parts) = &field.kind else {
            continue;
        };
        if parts.iter().any(|part| part == old_name)
            && let FieldKind::CompositePrimaryKey(parts) = &mut Arc::make_mut(field).kind
        {
            for part in parts.iter_mut().filter(|part| *part == old_name) {
                new_name.clone_into(part);
            }
        }
    }
}

/// `alter_model_options` with `ALTER_OPTION_KEYS`: of those only `managed` decides DDL; what is not named falls back.
fn alter_options(options: &mut ModelOptions, new: &[(String, Value)]) {
    options.unmanaged = false;
    for (name, value) in new {
        let text = value.as_str().map(str::to_owned);
        match name.as_str() {
            "managed" => options.unmanaged = value.as_bool() == Some(false),
            "proxy" => options.proxy = value.as_bool() == Some(true),
            "db_table" => options.db_table = text.filter(|table| !table.is_empty()).map(Identifier::Known),
            "db_table_comment" => options.db_table_comment = text,
            "db_tablespace" => options.db_tablespace = text,
            "order_with_respect_to" => options.order_with_respect_to = text,
            _ => {}
        }
    }
}

/// The options with a table whose name is not known, where it cannot be read.
fn with_table(options: &Arc<ModelOptions>, identity: &Identity) -> Arc<ModelOptions> {
    let mut options = Arc::clone(options);
    if let Some((_, reason)) = options.unknown.iter().find(|(option, _)| option == "db_table") {
        let table = unknown_table(identity, reason);
        Arc::make_mut(&mut options).db_table = Some(table);
    }
    options
}

/// `AlterModelTable.state_forwards`.
fn alter_table(model: &mut ModelState, table: &Result<Option<String>, String>) {
    let identity = Arc::clone(&model.identity);
    let options = model.options_mut();
    options.unknown.retain(|(option, _)| option != "db_table");
    options.db_table = match table {
        Ok(table) => table.clone().map(Identifier::Known),
        Err(reason) => {
            options.unknown.push(("db_table".to_owned(), reason.clone()));
            Some(unknown_table(&identity, reason))
        }
    };
}

fn unknown_table(identity: &Identity, reason: &str) -> Identifier {
    let label = format!("{}.{}", identity.app, identity.name);
    let called = format!("the table of {label}");
    Identifier::Unknown(Unknown::called(&called, &format!("db_table of {label}: {reason}")))
}

/// `RenameIndex.state_forwards`.
fn rename_index(options: &mut ModelOptions, operation: &Operation) {
    let Operation::RenameIndex {
        new_name,
        old_name,
        old_fields,
        ..
    } = operation
    else {
        return;
    };
    if let Some(fields) = old_fields {
        options.index_together.retain(|together| together != fields);
        options.indexes.push(plain_index(new_name, fields));
    } else {
        let renamed = options.indexes.iter_mut().filter(|index| index.name == *old_name);
        for index in renamed {
            index.name = Some(new_name.clone());
        }
    }
}

fn plain_index(name: &str, fields: &[String]) -> Index {
    Index {
        name: Some(name.to_owned()),
        ..Index::over(fields)
    }
}
