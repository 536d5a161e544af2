//! What stays in the database when models give it up, and what they have that is not there.

use crate::catalog::{Catalog, ConstraintKind, Presence};
use crate::migration::Operation;
use crate::models::{Model, ModelField, ModelKey, View};
use crate::unknown::Identifier;

use super::Said;

/// Whether a field of the model has the column.
pub(in crate::lint) fn has_column(model: &Model<'_>, column: &str) -> bool {
    let mut fields = model.local_fields().into_iter();
    fields.any(|field| field.column().is_some_and(|other| other.known() == Some(column)))
}

/// A column that every row wants a value for, and that no insert of the new release gives one.
pub(super) fn required_column(
    models: View<'_>,
    catalog: &Catalog,
    (model, field): (&ModelKey, &str),
    (table, column): (&str, &str),
) -> Option<Said> {
    let model = models.model(model)?;
    let is_wanted = !catalog.column(table, column)?.is_optional() && !has_column(&model, column);
    let presence = catalog.presence_of_column(table, &Identifier::Known(column.to_owned()));
    is_wanted.then(|| Said {
        names: vec![
            ("field", field.to_owned()),
            ("of", model.state.label()),
            ("table", table.to_owned()),
            ("column", column.to_owned()),
        ],
        is_certain: presence == Presence::There,
    })
}

/// The foreign keys of a table, or of its column, to tables of models, whose rows the new release deletes without looking here.
pub(super) fn keys_left(table: &str, column: Option<&str>, models: View<'_>, catalog: &Catalog) -> Option<Said> {
    let constraints = catalog.table(table).into_iter().flat_map(|entry| &entry.constraints);
    let keys = constraints.filter_map(|(name, constraint)| {
        let ConstraintKind::ForeignKey {
            columns,
            to_table,
            acts_on_delete: false,
            ..
        } = &constraint.kind
        else {
            return None;
        };
        let is_meant = column.is_none_or(|column| columns.iter().any(|own| own == column));
        let to = models.models_of_table(to_table).next().filter(|_| is_meant)?;
        Some((name.as_str(), format!("`{}`", to.state.label())))
    });
    let keys: Vec<(&str, String)> = keys.collect();
    let is_there = |(name, _): &(&str, String)| catalog.presence_of_constraint(table, name) == Presence::There;
    let is_certain = keys.iter().any(is_there);
    let mut targets: Vec<&str> = keys.iter().map(|(_, to)| to.as_str()).collect();
    targets.dedup();
    let names: Vec<&str> = keys.iter().map(|(name, _)| *name).collect();
    let what = match column {
        Some(column) => format!("`{column}` of `{table}`"),
        None => format!("`{table}`"),
    };
    (!keys.is_empty()).then(|| Said {
        names: vec![
            ("what", what),
            (
                "keys",
                if keys.len() == 1 { "foreign key" } else { "foreign keys" }.to_owned(),
            ),
            ("to_models", targets.join(" or a ")),
            ("table", table.to_owned()),
            ("drops", drops_of(&names)),
        ],
        is_certain,
    })
}

/// The actions of an ALTER TABLE that drops constraints.
pub(in crate::lint) fn drops_of(names: &[&str]) -> String {
    let drops = names.iter().map(|name| format!(r#"DROP CONSTRAINT "{name}""#));
    drops.collect::<Vec<_>>().join(", ")
}

/// A table or column that the models have, and that is not in the database.
pub(super) fn missing(models: View<'_>, catalog: &Catalog, model: &ModelKey, field: Option<&str>) -> Option<Said> {
    let model = models.model(model).filter(Model::can_migrate)?;
    let Some(field) = field else {
        let many_to_many = model.local_many_to_many();
        return missing_table(&model, model.state.label(), catalog)
            .or_else(|| many_to_many.iter().find_map(|field| missing_through(field, catalog)));
    };
    let field = model.field(field)?;
    if field.field.many_to_many().is_some() {
        return missing_through(&field, catalog);
    }
    missing_column(&field, format!("{}.{}", model.state.label(), field.name), catalog)
}

fn missing_table(model: &Model<'_>, what: String, catalog: &Catalog) -> Option<Said> {
    let table = model.db_table();
    let table = table.known()?;
    let is_missing = catalog.view(table).is_none() && catalog.lacks_relation(table);
    is_missing.then(|| Said {
        names: vec![("what", what), ("made", format!("the table `{table}`"))],
        is_certain: true,
    })
}

/// The table of a many-to-many field, or a column of it: these have the names of the models.
fn missing_through(field: &ModelField<'_>, catalog: &Catalog) -> Option<Said> {
    let through = field.automatic_table()?;
    let what = format!("{}.{}", field.model.state.label(), field.name);
    let columns = through.local_fields().into_iter();
    missing_table(&through, what.clone(), catalog).or_else(|| {
        columns
            .into_iter()
            .find_map(|column| missing_column(&column, what.clone(), catalog))
    })
}

fn missing_column(field: &ModelField<'_>, what: String, catalog: &Catalog) -> Option<Said> {
    let (table, column) = (field.model.db_table(), field.column()?);
    let (table, shown) = (table.known()?, column.known()?);
    if catalog.table(table)?.columns.contains_key(shown) {
        return None;
    }
    Some(Said {
        names: vec![("what", what), ("made", format!("the column `{shown}` of `{table}`"))],
        is_certain: catalog.presence_of_column(table, &column) == Presence::Missing,
    })
}

/// The tables, and columns of tables, that the models no longer name after an operation on the state alone.
pub(in crate::lint) fn given_up_by(
    app: &str,
    operation: &Operation,
    models: View<'_>,
) -> Vec<(String, Option<String>)> {
    let (Operation::RemoveField { model_name: name, .. } | Operation::DeleteModel { name }) = operation else {
        return Vec::new();
    };
    let Some(model) = models.model(&ModelKey::new(app, name)) else {
        return Vec::new();
    };
    let own = model.db_table().known().map(str::to_owned);
    let (relations, own) = match operation {
        Operation::RemoveField { name, .. } => {
            let Some(field) = model.field(name) else {
                return Vec::new();
            };
            let column = field.column().and_then(|column| column.known().map(str::to_owned));
            let own = own.zip(column).map(|(table, column)| (table, Some(column)));
            (vec![field], own)
        }
        _ => (model.local_many_to_many(), own.map(|table| (table, None))),
    };
    let automatic = relations.iter().filter_map(ModelField::automatic_table);
    let automatic = automatic.filter_map(|through| Some((through.db_table().known()?.to_owned(), None)));
    own.into_iter().chain(automatic).collect()
}
