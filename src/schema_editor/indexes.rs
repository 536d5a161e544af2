//! Indexes: those of fields, of `index_together`, and of `Meta.indexes`.

use crate::migration::{FieldKind, Index, Shape, Spatial};
use crate::models::{Model, ModelField};
use crate::packages::Uniqueness;
use crate::statement::{CreateIndex, DerivedName, IndexItem, Name, SqlExpression, Statement, index_name};
use crate::unknown::{Identifier, Sql, Unknown, quoted, sql};
use crate::value::Value;
use crate::versions::DjangoVersion;

use super::columns::field_tablespace;
use super::expressions;
use super::run::{Run, django};

impl Run<'_> {
    /// `_field_indexes_sql`: the plain index and the one for `LIKE`.
    pub(super) fn field_indexes(&self, model: &Model<'_>, field: &ModelField<'_>) -> Vec<Statement> {
        let mut statements = Vec::new();
        let Some(column) = field.column() else {
            return statements;
        };
        let spatial = spatial(field);
        let is_indexed = field.field.db_index && !field.field.unique();
        match spatial {
            Some(spatial) if spatial.indexed || is_indexed => statements.push(spatial_index(model, spatial, column)),
            None if is_indexed => statements.push(field_index(model, field, column)),
            Some(_) | None => {}
        }
        statements.extend(self.like_index(model, field));
        statements
    }

    /// `_create_like_index_sql`
    pub(super) fn like_index(&self, model: &Model<'_>, field: &ModelField<'_>) -> Option<Statement> {
        if !field.field.db_index && !field.field.unique() {
            return None;
        }
        let db_type = field.db_type()?;
        let db_type = db_type.shown();
        if db_type.contains('[') || self.has_nondeterministic_collation(field) {
            return None;
        }
        let operator_class = if db_type.starts_with("varchar") {
            "varchar_pattern_ops"
        } else if db_type.starts_with("text") {
            "text_pattern_ops"
        } else {
            return None;
        };
        let column = field.column()?;
        let mut index = plain_index(model, vec![column.clone()], "_like");
        index.items = vec![IndexItem::Column {
            name: column,
            operator_class: Some(operator_class.to_owned()),
            suffix: None,
        }];
        index.tablespace = tablespace(model, Some(field), None);
        Some(Statement::CreateIndex(index))
    }

    fn has_nondeterministic_collation(&self, field: &ModelField<'_>) -> bool {
        // Django 4.2 asks the field alone, later versions what a foreign key points to as well.
        let follows = field.field.relation().is_none() || django(&field.model) >= DjangoVersion::new(5, 0);
        let own = field.field.db_collation.clone();
        let collation = own.or_else(|| follows.then(|| field.collation()).flatten());
        collation.is_some_and(|collation| self.connection.catalog().is_nondeterministic(&collation))
    }

    /// `_create_index_sql(fields=.., suffix="_idx")` of `index_together`.
    pub(super) fn index_together(&self, model: &Model<'_>, columns: Vec<Identifier>) -> Statement {
        let mut index = plain_index(model, columns, "_idx");
        index.tablespace = tablespace(model, None, None);
        Statement::CreateIndex(index)
    }

    /// `Index.create_sql`; nothing where a field of it is not known.
    pub(super) fn create_meta_index(
        &mut self,
        model: &Model<'_>,
        index: &Index,
        concurrently: bool,
    ) -> Option<Statement> {
        for (name, reason) in &index.unknown {
            self.partial(format!("{name} of the index: {reason}"));
        }
        let names: Vec<String> = index.fields.iter().map(|field| field.name.clone()).collect();
        let columns = self.columns(model, &names)?;
        let include = self.columns(model, &index.include)?;
        let items = if index.expressions.is_empty() {
            column_items(index, &columns)
        } else {
            let expressions = index.expressions.iter();
            expressions
                .map(|expression| expressions::index_item(model, expression))
                .collect()
        };
        if let Some(Uniqueness::Lower | Uniqueness::Conditional) = index.unique {
            return Some(self.index_of_its_own(model, index, &columns, items));
        }
        let only = (names.len() == 1).then(|| model.field(&names[0])).flatten();
        Some(Statement::CreateIndex(CreateIndex {
            is_unnamed: false,
            name: self.index_name(model, index, &columns),
            table: model.db_table(),
            unique: index.unique.is_some(),
            concurrently,
            using: index.method.clone(),
            items,
            include,
            nulls_distinct: None,
            with: storage_parameters(index),
            tablespace: tablespace(model, only.as_ref(), index.db_tablespace.clone()),
            condition: index
                .condition
                .as_ref()
                .filter(|condition| !matches!(condition, Value::None))
                .map(|condition| expressions::condition(model, condition)),
            if_not_exists: false,
            only: false,
        }))
    }

    /// The statements of psqlextra's `CaseInsensitiveUniqueIndex` and `ConditionalUniqueIndex`.
    fn index_of_its_own(
        &mut self,
        model: &Model<'_>,
        index: &Index,
        columns: &[Identifier],
        items: Vec<IndexItem>,
    ) -> Statement {
        let lower = |column: &Identifier| {
            IndexItem::Expression(SqlExpression {
                sql: sql!("LOWER({})", quoted(column)),
                columns: column.known().map(str::to_owned).into_iter().collect(),
            })
        };
        let mut create = plain_index(model, columns.to_vec(), "");
        create.name = self.index_name(model, index, columns);
        create.unique = true;
        create.items = match index.unique {
            Some(Uniqueness::Lower) => columns.iter().map(lower).collect(),
            Some(Uniqueness::Conditional | Uniqueness::Replaced) | None => items,
        };
        if index.unique == Some(Uniqueness::Conditional) {
            let condition = index.condition.as_ref();
            create.condition = condition.map(|condition| SqlExpression {
                sql: match condition {
                    Value::Str(text) => Sql::from(text.to_string()),
                    other => Sql::from(Unknown::new(&super::prepare::reason(other))),
                },
                columns: Vec::new(),
            });
        }
        Statement::CreateIndex(create)
    }

    /// The index's name, or the one that Django makes for it.
    fn index_name(&mut self, model: &Model<'_>, index: &Index, columns: &[Identifier]) -> Name {
        if let Some(name) = &index.name {
            return Name::Given(name.clone());
        }
        if let Some((_, reason)) = index.unknown.iter().find(|(name, _)| name == "name") {
            self.partial("the index's name is not known");
            return Name::Unknown(Unknown::new(reason));
        }
        let table = model.db_table();
        if let Some(unknown) = columns.iter().chain([&table]).find_map(Identifier::unknown) {
            return Name::Unknown(unknown.derived(&format!("index of {}", table.shown())));
        }
        let fields = index.fields.iter().zip(columns);
        let ordered: Vec<String> = fields
            .map(|(field, column)| {
                if field.descending {
                    format!("-{}", column.shown())
                } else {
                    column.shown().into_owned()
                }
            })
            .collect();
        Name::Given(index_name(
            table.known().unwrap_or_default(),
            &ordered,
            index.method.as_deref().unwrap_or("idx"),
        ))
    }

    /// `_delete_index_sql`, executed; a deferred statement that would have created the index is dropped too.
    pub(super) fn drop_index(&mut self, model: &Model<'_>, name: Name, concurrently: bool) {
        let table = model.db_table();
        // Django 5.1 began to look at deferred statements here.
        if let Some(name) = name.known()
            && django(model) >= DjangoVersion::new(5, 1)
        {
            self.discard_deferred(|statement| statement.references_index(&table, &name));
        }
        self.execute(Statement::DropIndex {
            table: Some(table),
            name,
            concurrently,
            if_exists: true,
            cascade: false,
        });
    }
}

/// `_create_index_sql(fields=[field])`
pub(super) fn field_index(model: &Model<'_>, field: &ModelField<'_>, column: Identifier) -> Statement {
    let mut index = plain_index(model, vec![column], "");
    index.tablespace = tablespace(model, Some(field), None);
    Statement::CreateIndex(index)
}

/// What PostGIS makes of a field's column.
pub(super) fn spatial(field: &ModelField<'_>) -> Option<Spatial> {
    if let FieldKind::Database { spatial, .. } = field.field.kind {
        spatial
    } else {
        None
    }
}

/// `_create_spatial_index_sql` of django/contrib/gis/db/backends/postgis/schema.py
pub(super) fn spatial_index(model: &Model<'_>, spatial: Spatial, column: Identifier) -> Statement {
    let mut index = plain_index(model, vec![column.clone()], "_id");
    index.using = Some("GIST".to_owned());
    index.items = match spatial.shape {
        Shape::Raster => vec![IndexItem::Expression(SqlExpression {
            sql: sql!("ST_ConvexHull({})", quoted(&column)),
            columns: column.known().map(str::to_owned).into_iter().collect(),
        })],
        Shape::Geometry { dimensions } if dimensions > 2 => vec![IndexItem::Column {
            name: column,
            operator_class: Some("GIST_GEOMETRY_OPS_ND".to_owned()),
            suffix: None,
        }],
        Shape::Geometry { .. } | Shape::Geography { .. } => index.items,
    };
    Statement::CreateIndex(index)
}

fn plain_index(model: &Model<'_>, columns: Vec<Identifier>, suffix: &str) -> CreateIndex {
    let items = columns.iter().map(|column| IndexItem::Column {
        name: column.clone(),
        operator_class: None,
        suffix: None,
    });
    let items = items.collect();
    let name = Name::Derived(Box::new(DerivedName {
        table: model.db_table(),
        columns,
        suffix: suffix.to_owned(),
        target: None,
    }));
    CreateIndex::over(model.db_table(), name, items)
}

fn column_items(index: &Index, columns: &[Identifier]) -> Vec<IndexItem> {
    let fields = index.fields.iter().zip(columns).enumerate();
    fields
        .map(|(position, (field, column))| IndexItem::Column {
            name: column.clone(),
            operator_class: index.opclasses.get(position).cloned(),
            suffix: field.descending.then(|| "DESC".to_owned()),
        })
        .collect()
}

/// `_get_index_tablespace_sql`
fn tablespace(model: &Model<'_>, only: Option<&ModelField<'_>>, own: Option<String>) -> Option<String> {
    own.or_else(|| only.and_then(field_tablespace))
        .or_else(|| model.view.settings().default_index_tablespace.clone())
        .or_else(|| model.db_tablespace())
        .filter(|tablespace| !tablespace.is_empty())
}

/// `get_with_params`
fn storage_parameters(index: &Index) -> Option<Sql> {
    let mut printed = Vec::new();
    for (name, value) in &index.parameters {
        match value {
            Value::None => {}
            Value::Bool(on) => printed.push(sql!("{name} = {}", if *on { "on" } else { "off" })),
            Value::Int(number) => printed.push(sql!("{name} = {number}")),
            Value::List(bits) | Value::Tuple(bits) => {
                for (position, bit) in bits.iter().enumerate() {
                    if let Value::Int(bit) = bit {
                        let column = position + 1;
                        printed.push(sql!("col{column} = {bit}"));
                    }
                }
            }
            other => {
                let unknown = Unknown::new(&super::prepare::reason(other));
                printed.push(sql!("{name} = {}", Sql::from(unknown)));
            }
        }
    }
    (!printed.is_empty()).then(|| Sql::join(printed, ", "))
}

/// An identifier in an index item, for constraints that print theirs themselves.
pub(super) fn quoted_columns(columns: &[Identifier]) -> Sql {
    Sql::join(columns.iter().map(quoted), ", ")
}
