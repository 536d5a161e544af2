//! Foreign keys: how they are declared, named, and which of them point to a field.

use crate::migration::FieldKind;
use crate::models::{Model, ModelField};
use crate::statement::{
    AlterTableAction, ConstraintKind, DerivedName, ForeignKey, Name, Statement, TableConstraint, without_namespace,
};
use crate::versions::DjangoVersion;

use super::columns::alter;

/// How the name of a foreign key ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ForeignKeyNaming {
    /// `_fk_<table>_<column>`
    WithTarget,
    /// `_fk`, for keys that are made again because what they point to changes.
    Plain,
}

/// The foreign key of a field, named after its target.
pub(super) fn foreign_key(field: &ModelField<'_>) -> Option<ForeignKey> {
    named_foreign_key(&field.model, field, ForeignKeyNaming::WithTarget)
}

fn named_foreign_key(model: &Model<'_>, field: &ModelField<'_>, naming: ForeignKeyNaming) -> Option<ForeignKey> {
    let (to_table, to_column) = field.target()?.place();
    let column = field.column()?;
    let target = (without_namespace(&to_table), to_column.clone());
    let name = Name::Derived(Box::new(DerivedName {
        table: model.db_table(),
        columns: vec![column.clone()],
        suffix: "_fk".to_owned(),
        target: (naming == ForeignKeyNaming::WithTarget).then_some(target),
    }));
    Some(ForeignKey {
        name,
        columns: vec![column],
        to_table,
        to_columns: vec![to_column],
        on_delete: database_on_delete(field),
        deferrable: true,
    })
}

/// `ON DELETE ..` of Django 6.1's `DB_CASCADE`, `DB_SET_NULL` and `DB_SET_DEFAULT`.
fn database_on_delete(field: &ModelField<'_>) -> Option<String> {
    match field.field.relation()?.on_delete.as_deref()? {
        "DB_CASCADE" => Some("CASCADE".to_owned()),
        "DB_SET_NULL" => Some("SET NULL".to_owned()),
        "DB_SET_DEFAULT" => Some("SET DEFAULT".to_owned()),
        _ => None,
    }
}

/// `_create_fk_sql`
pub(super) fn add_foreign_key(
    model: &Model<'_>,
    field: &ModelField<'_>,
    naming: ForeignKeyNaming,
) -> Option<Statement> {
    let key = named_foreign_key(model, field, naming)?;
    let constraint = TableConstraint {
        name: Some(key.name.clone()),
        kind: ConstraintKind::ForeignKey(key),
        not_valid: false,
    };
    Some(alter(&model.db_table(), AlterTableAction::AddConstraint(constraint)))
}

/// The foreign keys that point to the field, and those that point to them where they are keys themselves: their columns have its type.
pub(crate) fn keys_to<'a>(field: &ModelField<'a>) -> Vec<ModelField<'a>> {
    related_fields(field, field)
        .into_iter()
        .map(|(field, _)| field)
        .collect()
}

/// `_related_non_m2m_objects`: the foreign keys to a field before and after it changes, and those to them in turn.
pub(super) fn related_fields<'a>(
    old_field: &ModelField<'a>,
    new_field: &ModelField<'a>,
) -> Vec<(ModelField<'a>, ModelField<'a>)> {
    let mut found = Vec::new();
    collect_related(old_field, new_field, 0, &mut found);
    found
}

fn collect_related<'a>(
    old_field: &ModelField<'a>,
    new_field: &ModelField<'a>,
    depth: u8,
    found: &mut Vec<(ModelField<'a>, ModelField<'a>)>,
) {
    const DEEPEST: u8 = 32;
    if depth > DEEPEST {
        return;
    }
    let pairs = relevant_relations(old_field)
        .into_iter()
        .zip(relevant_relations(new_field));
    for (old, new) in pairs {
        found.push((old.clone(), new.clone()));
        collect_related(&old, &new, depth + 1, found);
    }
}

/// The foreign keys that point to the field, in the order of their reverse names. See `_all_related_fields`.
fn relevant_relations<'a>(altered: &ModelField<'a>) -> Vec<ModelField<'a>> {
    let (view, key) = (altered.model.view, altered.model.key());
    let mut relations = if altered.field.primary_key {
        view.relations_to(key)
    } else {
        view.relations_by_name(key, &altered.name)
    };
    relations.retain(|field| is_relevant(field, altered));
    relations.sort_by_cached_key(reverse_name);
    relations
}

/// `_is_relevant_relation`
fn is_relevant(field: &ModelField<'_>, altered: &ModelField<'_>) -> bool {
    match &field.field.kind {
        FieldKind::ForeignKey(relation) | FieldKind::OneToOne(relation) => match &relation.to_field {
            None => altered.field.primary_key,
            Some(name) => **name == *altered.name || is_attname(field, altered, name),
        },
        FieldKind::Plain(_)
        | FieldKind::Array { .. }
        | FieldKind::Generated { .. }
        | FieldKind::ManyToMany(_)
        | FieldKind::CompositePrimaryKey(_)
        | FieldKind::Database { .. }
        | FieldKind::NoColumn
        | FieldKind::Unknown(_) => false,
    }
}

/// `to_field="author_id"`: Django 6.1 began to see that it is the column of `author`.
fn is_attname(field: &ModelField<'_>, altered: &ModelField<'_>, name: &str) -> bool {
    let attname = name.strip_suffix("_id");
    attname == Some(&*altered.name) && altered.field.relation().is_some() && field.django() >= DjangoVersion::new(6, 1)
}

/// `related_query_name()`: the model's name, where the field does not say otherwise.
fn reverse_name(field: &ModelField<'_>) -> String {
    let relation = field.field.relation();
    let declared = relation.and_then(|relation| relation.related_query_name.clone().or(relation.related_name.clone()));
    declared.unwrap_or_else(|| field.model.key().name.clone())
}
