//! What code of Python does to rows: through models and relations to the tables that it writes.

use crate::catalog::Cause;
use crate::migration::FieldKind;
use crate::models::{Model, ModelField, ModelKey, View};
use crate::python_work::{Certainty, Change, Filter, ModelName, RowEffect, Target, WrittenField, WrittenValue};
use crate::row_work::{Assigned, Condition, Constant, Reach, RowChange, Rows};
use crate::unknown::Identifier;
use crate::value::Value;

use super::operations::States;
use super::python::scope_of;
use super::run::Run;

impl Run<'_> {
    /// Tells the database which rows an effect writes.
    pub(super) fn change_rows(&mut self, rows: &RowEffect, certainty: Certainty, states: States<'_>) {
        let view = states.to;
        if self.finds_no_rows(rows, view) {
            return;
        }
        for change in changes(rows, &chosen(rows, certainty, view), view) {
            match change {
                Ok(change) => self.connection.change_rows(&change),
                Err(Unread { table }) => {
                    let scope = scope_of(table.into_iter().collect(), states);
                    self.connection.doubt(&scope, Cause::Rows);
                }
            }
        }
    }

    /// Whether there are no rows to go through, or to write: nobody has used the table yet.
    fn finds_no_rows(&self, rows: &RowEffect, view: View<'_>) -> bool {
        let is_unused = |target: &Target| match table_of(target, view) {
            Some(Identifier::Known(table)) => self.connection.catalog().is_unused(&table),
            Some(Identifier::Unknown(_)) | None => false,
        };
        let is_about_old = match rows.change {
            Change::Update { .. } | Change::Delete | Change::Unlink => true,
            Change::Read | Change::Ask | Change::Insert { .. } | Change::Upsert { .. } | Change::Link => false,
        };
        rows.of.as_ref().is_some_and(is_unused) || (is_about_old && is_unused(&rows.target))
    }
}

/// The table whose rows these are, where a model says it.
pub(super) fn table_of(target: &Target, view: View<'_>) -> Option<Identifier> {
    match target {
        Target::Model(name) => Some(model_of(name, view)?.db_table()),
        Target::Through(name, field) => Some(through(&model_of(name, view)?.field(field)?)?.db_table()),
        Target::Relation(name, field) => match relation(&model_of(name, view)?, field)? {
            Relation::Forward(model) => Some(model.db_table()),
            Relation::Reverse(field) => Some(field.model.db_table()),
            Relation::Many { to, .. } => Some(to.db_table()),
        },
        Target::Unknown => None,
    }
}

pub(super) fn model_of<'a>(name: &ModelName, view: View<'a>) -> Option<Model<'a>> {
    view.model(&ModelKey::new(&name.app, &name.name))
}

/// Rows are written, and it is not known which, or what of them; nor of which table, where none is given.
struct Unread {
    table: Option<String>,
}

type Changed = Result<RowChange, Unread>;

/// Which of its rows an effect is about.
fn chosen(rows: &RowEffect, certainty: Certainty, view: View<'_>) -> Rows {
    let is_decided = match certainty {
        Certainty::Certain | Certainty::Attempted => true,
        Certainty::PerRow | Certainty::Doubtful => false,
    };
    // What a loop over other rows comes to is not told by the conditions in a turn.
    let is_own = rows.of.as_ref().is_none_or(|of| *of == rows.target);
    if !is_decided || !is_own {
        return Rows::unknown();
    }
    match rows.reach {
        Reach::All => Rows::All,
        Reach::Some | Reach::Few if !rows.filters.is_empty() => {
            let conditions = conditions(rows, view);
            // Each turn of a loop names others.
            let are_others = rows.reach != rows.batch
                && conditions
                    .iter()
                    .any(|condition| matches!(condition, Condition::IsOneOf(_)));
            if are_others {
                Rows::unknown()
            } else {
                Rows::Where(conditions)
            }
        }
        Reach::Unknown | Reach::Few | Reach::Some => Rows::unknown(),
    }
}

/// What the filters of an effect ask of its rows.
fn conditions(rows: &RowEffect, view: View<'_>) -> Vec<Condition> {
    let model = match &rows.target {
        Target::Model(name) => model_of(name, view),
        Target::Relation(..) | Target::Through(..) | Target::Unknown => None,
    };
    let condition = |filter: &Filter| {
        let model = model.as_ref().filter(|_| filter.or.is_empty());
        model.map_or(Condition::Other, |model| condition(filter, model))
    };
    rows.filters.iter().map(condition).collect()
}

/// What one keyword of `filter()` or `exclude()` asks of a column.
pub(super) fn condition(filter: &Filter, model: &Model<'_>) -> Condition {
    let (name, lookup) = filter.lookup.split_once("__").unwrap_or((&filter.lookup, "exact"));
    let field = match name {
        "pk" => model.primary_key(),
        name => model.field(name),
    };
    // What has no column, such as a many-to-many field, leaves out whoever has none of it.
    let field = field.filter(|field| field.field.many_to_many().is_none());
    let Some(Identifier::Known(column)) = field.and_then(|field| field.column()) else {
        return Condition::Other;
    };
    match (lookup, constant(&filter.value), &filter.value) {
        ("isnull", _, Value::Bool(is_null)) if *is_null != filter.excludes => Condition::Is(column, Constant::Null),
        ("isnull", _, Value::Bool(_)) => Condition::IsNot(column, Constant::Null),
        ("exact" | "iexact", Some(value), _) if filter.excludes => Condition::IsNot(column, value),
        ("exact" | "iexact", Some(value), _) => Condition::Is(column, value),
        // What is known only when it runs may be another value in each turn of a loop.
        ("in", _, Value::List(values) | Value::Tuple(values))
            if !filter.excludes && values.iter().all(|value| constant(value).is_some()) =>
        {
            Condition::IsOneOf(column)
        }
        _ => Condition::Other,
    }
}

/// A value as SQL has it.
fn constant(value: &Value) -> Option<Constant> {
    match value {
        Value::None => Some(Constant::Null),
        Value::Bool(value) => Some(Constant::Bool(*value)),
        Value::Int(number) => Some(Constant::Number(number.to_string())),
        Value::Str(text) => Some(Constant::Text(text.to_string())),
        _ => None,
    }
}

fn changes(rows: &RowEffect, chosen: &Rows, view: View<'_>) -> Vec<Changed> {
    match &rows.change {
        Change::Read => return Vec::new(),
        Change::Ask => return looked_for(rows, view).into_iter().map(Ok).collect(),
        Change::Insert { .. }
        | Change::Update { .. }
        | Change::Delete
        | Change::Upsert { .. }
        | Change::Link
        | Change::Unlink => {}
    }
    let found = match &rows.target {
        Target::Model(name) => model_of(name, view).map(|model| changes_of(&model, &rows.change, chosen)),
        Target::Through(name, field) => model_of(name, view)
            .and_then(|model| through(&model.field(field)?))
            .map(|through| changes_of(&through, &rows.change, chosen)),
        Target::Relation(name, field) => model_of(name, view)
            .and_then(|model| relation(&model, field))
            .map(|relation| changes_along(&relation, &rows.change)),
        Target::Unknown => None,
    };
    found.unwrap_or_else(|| vec![Err(Unread { table: None })])
}

/// The columns without a value by which rows are asked for.
fn looked_for(rows: &RowEffect, view: View<'_>) -> Vec<RowChange> {
    let Target::Model(name) = &rows.target else {
        return Vec::new();
    };
    let Some(model) = model_of(name, view) else {
        return Vec::new();
    };
    let looks_for_null = |filter: &&Filter| match (filter.lookup.rsplit_once("__"), &filter.value) {
        (None | Some((_, "exact")), Value::None) => !filter.excludes && !filter.lookup.is_empty(),
        (Some((_, "isnull")), Value::Bool(is_null)) => *is_null != filter.excludes,
        _ => false,
    };
    let filters = rows.filters.iter().filter(looks_for_null);
    let columns = filters.filter_map(|filter| {
        let field = model.field(filter.lookup.split("__").next()?)?;
        let table = field.model.db_table().known()?.to_owned();
        let column = field.column()?.known()?.to_owned();
        Some(RowChange::LookedFor { table, column })
    });
    columns.collect()
}

/// What a relation of a model leads to, by the name of a field or of its reverse side.
enum Relation<'a> {
    /// `order.customer`
    Forward(Model<'a>),
    /// `customer.order_set`: the key that points here.
    Reverse(ModelField<'a>),
    /// `order.tags`, `tag.order_set`
    Many { to: Model<'a>, through: Option<Model<'a>> },
}

fn relation<'a>(model: &Model<'a>, name: &str) -> Option<Relation<'a>> {
    if let Some(field) = model.field(name) {
        let to = model.view.model(&field.target_key()?)?;
        return Some(match field.field.many_to_many() {
            Some(_) => Relation::Many {
                to,
                through: through(&field),
            },
            None => Relation::Forward(to),
        });
    }
    let mut related = model.view.relations_to(model.key()).into_iter();
    let field = related.find(|field| accessor(field).as_deref() == Some(name))?;
    Some(match field.field.many_to_many() {
        Some(_) => Relation::Many {
            through: through(&field),
            to: field.model,
        },
        None => Relation::Reverse(field),
    })
}

/// The name of a relation's reverse side. See `ForeignObjectRel.get_accessor_name`.
pub(super) fn accessor(field: &ModelField<'_>) -> Option<String> {
    let named = match field.field.many_to_many() {
        Some(many_to_many) => many_to_many.related_name.as_deref(),
        None => field.field.relation()?.related_name.as_deref(),
    };
    match named {
        Some(name) => Some(name.to_owned()),
        None if matches!(field.field.kind, FieldKind::OneToOne(_)) => Some(field.model.key().name.clone()),
        None => Some(format!("{}_set", field.model.key().name)),
    }
}

/// The model of the table behind a many-to-many field.
fn through<'a>(field: &ModelField<'a>) -> Option<Model<'a>> {
    let many_to_many = field.field.many_to_many()?;
    let Some(through) = &many_to_many.through else {
        return field.automatic_table();
    };
    let view = field.model.view;
    view.model(&view.key_of(through, field.model.key()).ok()?)
}

fn changes_along(relation: &Relation<'_>, change: &Change) -> Vec<Changed> {
    match (relation, change) {
        // NULL waits for no check.
        (Relation::Reverse(_), Change::Unlink) => Vec::new(),
        (Relation::Reverse(field), Change::Link) => {
            let written = WrittenField {
                name: field.name.to_string(),
                value: WrittenValue::Other,
            };
            written_in(&field.model, &[written], &Rows::unknown())
        }
        (Relation::Many { through, .. }, Change::Link | Change::Unlink) => match through {
            Some(through) if *change == Change::Link => inserted_in(through),
            Some(through) => deleted_from(through),
            None => vec![Err(Unread { table: None })],
        },
        (Relation::Many { to, through }, Change::Insert { .. } | Change::Upsert { .. }) => {
            let unread = || vec![Err(Unread { table: None })];
            let links = through.as_ref().map_or_else(unread, inserted_in);
            inserted_in(to).into_iter().chain(links).collect()
        }
        (Relation::Forward(model), _) => changes_of(model, change, &Rows::unknown()),
        (Relation::Reverse(field), _) => changes_of(&field.model, change, &Rows::unknown()),
        (Relation::Many { to, .. }, _) => changes_of(to, change, &Rows::unknown()),
    }
}

fn changes_of(model: &Model<'_>, change: &Change, rows: &Rows) -> Vec<Changed> {
    match change {
        Change::Read | Change::Ask => Vec::new(),
        Change::Insert { .. } | Change::Upsert { .. } => inserted_in(model),
        Change::Update { fields: Some(fields) } => written_in(model, fields, rows),
        Change::Update { fields: None } | Change::Link | Change::Unlink => {
            let tables = lineage(model)
                .into_iter()
                .map(|model| model.db_table().known().map(str::to_owned));
            tables.map(|table| Err(Unread { table })).collect()
        }
        Change::Delete => deleted_from(model),
    }
}

/// A row of a child has one in the table of each parent.
fn inserted_in(model: &Model<'_>) -> Vec<Changed> {
    let inserted = |model: &Model<'_>| match model.db_table() {
        Identifier::Known(table) => Ok(RowChange::Inserted { table }),
        Identifier::Unknown(_) => Err(Unread { table: None }),
    };
    lineage(model).iter().map(inserted).collect()
}

/// The model behind it and its parents.
fn lineage<'a>(model: &Model<'a>) -> Vec<Model<'a>> {
    let mut lineage = vec![model.concrete()];
    let mut position = 0;
    while let Some(model) = lineage.get(position).cloned() {
        position += 1;
        for parent in model.parents() {
            let parent = parent.concrete();
            if !lineage.iter().any(|known| known.key() == parent.key()) {
                lineage.push(parent);
            }
        }
    }
    lineage
}

fn written_in(model: &Model<'_>, fields: &[WrittenField], rows: &Rows) -> Vec<Changed> {
    let mut changes = Vec::new();
    let mut written: Vec<(String, Vec<(String, Assigned)>)> = Vec::new();
    for field in fields {
        let declared = match field.name.as_str() {
            "pk" => model.primary_key(),
            name => model.field(name),
        };
        // An attribute that is no field is written nowhere.
        let Some(declared) = declared else { continue };
        let (Identifier::Known(table), Some(Identifier::Known(column))) =
            (declared.model.db_table(), declared.column())
        else {
            let table = declared.model.db_table().known().map(str::to_owned);
            changes.push(Err(Unread { table }));
            continue;
        };
        let value = match &field.value {
            // The row is written all the same.
            WrittenValue::Same => None,
            WrittenValue::Null => Some(Assigned::Null),
            WrittenValue::One(value) => Some(Assigned::One(value.clone())),
            WrittenValue::Stepwise | WrittenValue::Other => Some(Assigned::Own),
        };
        let at = written
            .iter()
            .position(|(known, _)| *known == table)
            .unwrap_or_else(|| {
                written.push((table, Vec::new()));
                written.len() - 1
            });
        written[at].1.extend(value.map(|value| (column, value)));
    }
    let written = written.into_iter().map(|(table, columns)| {
        let rows = rows.clone();
        Ok(RowChange::Written { table, columns, rows })
    });
    changes.extend(written);
    changes
}

fn is_parent_link(field: &ModelField<'_>) -> bool {
    match &field.field.kind {
        FieldKind::OneToOne(relation) => relation.parent_link || field.name.ends_with("_ptr"),
        _ => false,
    }
}

/// The rows of a model go, with its parents', and with those that Django's `Collector` finds to depend on them.
fn deleted_from(model: &Model<'_>) -> Vec<Changed> {
    let mut changes = Vec::new();
    let mut models = lineage(model);
    let parents = 1..models.len();
    let mut position = 0;
    while let Some(model) = models.get(position).cloned() {
        // A row of a parent that goes with its child is of no other child.
        let is_parent = parents.contains(&position);
        position += 1;
        changes.push(match model.db_table() {
            Identifier::Known(table) => Ok(RowChange::Deleted { table }),
            Identifier::Unknown(_) => Err(Unread { table: None }),
        });
        for field in model.view.relations_to(model.key()) {
            let cascades = field.field.relation().is_some_and(|relation| {
                let on_delete = relation.on_delete.as_deref();
                on_delete.is_some_and(|on_delete| on_delete.ends_with("CASCADE") && !on_delete.starts_with("DB_"))
            });
            let source = field.model.concrete();
            if cascades
                && !(is_parent && is_parent_link(&field))
                && !models.iter().any(|known| known.key() == source.key())
            {
                models.push(source);
            }
        }
    }
    changes
}
