//! `RenameModel`, and many-to-many tables that change with a name or a target.

use crate::models::{Model, ModelField, ModelKey};

use super::run::Run;

impl Run<'_> {
    /// `RenameModel.database_forwards`
    pub(super) fn rename_model(&mut self, old: &Model<'_>, new: &Model<'_>) {
        self.alter_db_table(&old.db_table(), &new.db_table());
        let (old_key, new_key) = (old.key(), new.key());
        for relation in related_objects(old) {
            let source = relation.model.key();
            let key = if source == old_key { &new_key } else { &source };
            self.alter_relation(&relation, new, key);
        }
        for field in old.local_many_to_many() {
            // Those to the model itself are among the related objects.
            if field.target_key().as_ref() == Some(old_key) || field.automatic_table().is_none() {
                continue;
            }
            if let Some(renamed) = new.field(&field.name) {
                self.alter_relation_table(&field, &renamed);
            }
        }
    }

    /// Alters a field that points to the renamed model.
    fn alter_relation(&mut self, relation: &ModelField<'_>, new: &Model<'_>, key: &ModelKey) {
        let Some(model) = new.view.model(key) else { return };
        let Some(field) = model.field(&relation.name) else {
            return;
        };
        self.alter_field(&model, relation, &field);
    }

    /// `_alter_many_to_many`: the automatic table's name, then its two columns.
    pub(super) fn alter_relation_table(&mut self, old: &ModelField<'_>, new: &ModelField<'_>) {
        let (old_table, new_table) = match (old.automatic_table(), new.automatic_table()) {
            (Some(old_table), Some(new_table)) => (old_table, new_table),
            (None, None) => return,
            (Some(_), None) | (None, Some(_)) => {
                let label = old.model.state.label();
                return self.refuse(format!(
                    "through= of a many-to-many field cannot be added or removed (`{label}.{}`)",
                    old.name
                ));
            }
        };
        self.alter_db_table(&old_table.db_table(), &new_table.db_table());
        // The column that points to the target comes first.
        for position in [1, 0] {
            if let (Some(old_key), Some(new_key)) = (table_key(&old_table, position), table_key(&new_table, position)) {
                self.alter_field(&new_table, &old_key, &new_key);
            }
        }
    }

    /// The automatic tables that are named after their model's table. See `AlterModelTable.database_forwards`.
    pub(super) fn rename_relation_tables(&mut self, old: &Model<'_>, new: &Model<'_>) {
        for (old_field, new_field) in old.local_many_to_many().iter().zip(new.local_many_to_many()) {
            if let (Some(old_table), Some(new_table)) = (old_field.automatic_table(), new_field.automatic_table()) {
                self.alter_db_table(&old_table.db_table(), &new_table.db_table());
            }
        }
    }
}

/// A column of an automatic table: 0 points to the model that has the field, 1 to its target.
fn table_key<'a>(table: &Model<'a>, position: usize) -> Option<ModelField<'a>> {
    let (name, field) = table.state.fields.get_index(position)?;
    Some(ModelField {
        model: table.clone(),
        name: name.clone(),
        field: field.clone(),
    })
}

/// `Options.related_objects`: hidden foreign keys are left out, many-to-many fields are not.
fn related_objects<'a>(model: &Model<'a>) -> Vec<ModelField<'a>> {
    let relations = model.view.relations_to(model.key());
    relations.into_iter().filter(|field| !is_hidden(field)).collect()
}

/// Keys in automatic tables are always hidden.
fn is_hidden(field: &ModelField<'_>) -> bool {
    field.field.relation().is_some() && (field.is_in_automatic_table() || field.has_hidden_reverse())
}
