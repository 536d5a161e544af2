//! Whether an altered field differs in anything that reaches the database.

use crate::migration::{Field, FieldKind, ManyToMany, Relation};
use crate::models::{ModelField, ModelKey, Related};
use crate::unknown::{Identifier, Unknown};
use crate::value::Value;
use crate::versions::DjangoVersion;

use super::equality::arguments_are_equal;
use super::expressions;

/// What a comparison leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ignoring {
    /// Nothing beyond `non_db_attrs`.
    Nothing,
    /// Also `db_comment`.
    Comment,
}

/// `_field_should_be_altered`
pub(super) fn should_be_altered(old: &ModelField<'_>, new: &ModelField<'_>, ignoring: Ignoring) -> bool {
    if !is_concrete(old) && !is_concrete(new) {
        return false;
    }
    compared_column(old) != compared_column(new)
        || may_be_renamed(old, new)
        || is_renamed_relation(old, new)
        || old.field.path != new.field.path
        || differs_in_keywords(old, new, ignoring)
        || !same_target(old, new)
        || !same_parts(&old.field, &new.field)
}

/// A column whose name nobody knows follows the field's in a way that nobody knows.
pub(super) fn may_be_renamed(old: &ModelField<'_>, new: &ModelField<'_>) -> bool {
    let is_unknown = |field: &ModelField<'_>| field.column().is_some_and(|column| column.unknown().is_some());
    old.name != new.name && is_unknown(old) && is_unknown(new)
}

fn is_concrete(field: &ModelField<'_>) -> bool {
    field.column().is_some() || field.field.many_to_many().is_some()
}

/// Since Django 6.0 the name of a many-to-many field is compared by itself.
fn is_renamed_relation(old: &ModelField<'_>, new: &ModelField<'_>) -> bool {
    let is_relation = |field: &ModelField<'_>| field.field.many_to_many().is_some();
    is_relation(old) && is_relation(new) && old.name != new.name
}

/// A many-to-many field has its name as its column until Django 6.0.
fn compared_column(field: &ModelField<'_>) -> Option<Identifier> {
    match field.column() {
        Some(column) => Some(column),
        None if field.field.many_to_many().is_some() && field.django() < DjangoVersion::new(6, 0) => {
            let column = field.field.db_column.as_deref().unwrap_or(&field.name);
            Some(column.into())
        }
        None => None,
    }
}

fn differs_in_keywords(old: &ModelField<'_>, new: &ModelField<'_>, ignoring: Ignoring) -> bool {
    let ignored = |name: &str| {
        name == "to_field"
            || name == "db_default" && same_database_default(old, new)
            || name == "db_comment" && ignoring == Ignoring::Comment
            || matches!(name, "expression" | "output_field" | "base_field")
    };
    let of = |field: &ModelField<'_>| -> Vec<(String, Value)> {
        let kept = field.field.compared.iter().filter(|(name, _)| !ignored(name));
        kept.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    let (old, new) = (of(old), of(new));
    let is_same = |((name, value), (other, new)): (&(String, Value), &(String, Value))| {
        name == other && arguments_are_equal(value, new)
    };
    old.len() != new.len() || !old.iter().zip(&new).all(is_same)
}

/// Database defaults of different spelling that are the same SQL count as equal.
fn same_database_default(old: &ModelField<'_>, new: &ModelField<'_>) -> bool {
    match (expressions::db_default(old), expressions::db_default(new)) {
        (Some(old), Some(new)) => old.default.sql == new.default.sql,
        _ => false,
    }
}

/// `to` and `to_field`, as `ForeignKey.deconstruct` gives them.
fn same_target(old: &ModelField<'_>, new: &ModelField<'_>) -> bool {
    match (&old.field.kind, &new.field.kind) {
        (
            FieldKind::ForeignKey(old_relation) | FieldKind::OneToOne(old_relation),
            FieldKind::ForeignKey(new_relation) | FieldKind::OneToOne(new_relation),
        ) => {
            explicit_to_field(old, old_relation) == explicit_to_field(new, new_relation)
                && (old.target_or_reason(&old_relation.to) == new.target_or_reason(&new_relation.to)
                    || same_table(old, old_relation, new, new_relation))
        }
        (FieldKind::ManyToMany(old_many), FieldKind::ManyToMany(new_many)) => {
            old.target_or_reason(&old_many.to) == new.target_or_reason(&new_many.to)
                && through_key(old, old_many) == through_key(new, new_many)
        }
        _ => true,
    }
}

/// Since Django 5.0 another model with the same table, such as a proxy, is the same target.
fn same_table(old: &ModelField<'_>, old_relation: &Relation, new: &ModelField<'_>, new_relation: &Relation) -> bool {
    let table =
        |field: &ModelField<'_>, relation: &Relation| match field.model.view.related(&relation.to, field.model.key()) {
            Related::Model(model) => Some(model.db_table()),
            Related::Missing(_) | Related::Unreadable(_) => None,
        };
    let old_table = table(old, old_relation);
    old.django() >= DjangoVersion::new(5, 0) && old_table.is_some() && old_table == table(new, new_relation)
}

/// `to_field`, unless it is the key of what it points to.
fn explicit_to_field(field: &ModelField<'_>, relation: &Relation) -> Option<String> {
    let to_field = relation.to_field.as_ref()?;
    let key = match field.model.view.related(&relation.to, field.model.key()) {
        Related::Model(model) => model.primary_key(),
        Related::Missing(_) | Related::Unreadable(_) => None,
    };
    match key {
        Some(key) if *key.name == **to_field => None,
        _ => Some(to_field.clone()),
    }
}

fn through_key(field: &ModelField<'_>, many_to_many: &ManyToMany) -> Option<Result<ModelKey, Unknown>> {
    let through = many_to_many.through.as_ref()?;
    Some(field.target_or_reason(through))
}

/// The elements of arrays and the parts of generated fields.
fn same_parts(old: &Field, new: &Field) -> bool {
    match (&old.kind, &new.kind) {
        (FieldKind::Array { base: old, .. }, FieldKind::Array { base: new, .. }) => {
            old.path == new.path && old.compared == new.compared && same_parts(old, new)
        }
        (
            FieldKind::Generated {
                expression: old_expression,
                output: old_output,
                ..
            },
            FieldKind::Generated {
                expression: new_expression,
                output: new_output,
                ..
            },
        ) => {
            old_expression == new_expression
                && old_output.path == new_output.path
                && old_output.compared == new_output.compared
        }
        _ => true,
    }
}
