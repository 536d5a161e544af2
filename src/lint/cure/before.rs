//! What an operation finds before it runs, as far as its plan needs it.

use std::sync::Arc;

use crate::catalog::{Catalog, ConstraintKind, Index};
use crate::migration::{Field, Operation, OperationNode, SqlPiece, SqlText};
use crate::models::{Model, ModelField, ModelKey, View};
use crate::schema_editor::default_sql;
use crate::sql::only_statement;
use crate::statement::{AlterTableAction, Statement, quote_name};

use super::exchange::Exchange;
use super::partitioned::Partitions;
use super::pieces::{Own, Reversible};

/// The table of the operation's model, and the field that it changes or takes away.
#[derive(Clone, Debug, Default)]
pub(in crate::lint) struct Before {
    pub table: Option<String>,
    pub field: Option<FieldBefore>,
    /// The model, and its field, whose table or column SQL drops.
    pub(super) named: Option<(String, Option<String>)>,
    /// The plain indexes over the field's column, each with what follows CREATE INDEX.
    pub(super) indexes: Vec<(String, String)>,
    /// Foreign keys of the model's table.
    pub(super) keys: Vec<Reversible>,
    /// Unique constraints, checks and foreign keys of the table.
    pub(super) constraints: Vec<Own>,
    /// The tables that Django made for its many-to-many fields, with their foreign keys.
    pub(super) automatic: Vec<(String, Vec<Reversible>)>,
    /// Whether a many-to-many field of another model leads to it by a table that Django made.
    pub is_target_of_automatic: bool,
    /// What depends on what goes, and keeps Postgres from dropping it: `the view ..`.
    pub dependents: Vec<String>,
    /// How the altered field's column, and those that refer to it, can be exchanged for others of another type; why not.
    pub(super) exchanges: Option<Result<Vec<Exchange>, String>>,
    /// What the table is divided into.
    pub(super) partitions: Partitions,
}

/// A field as it was.
#[derive(Clone, Debug)]
pub(in crate::lint) struct FieldBefore {
    pub field: Arc<Field>,
    pub column: String,
    pub db_type: String,
    /// The constant that Django would fill the column with, as SQL.
    pub default: Option<String>,
    /// Whether the database itself has a default for it.
    pub has_database_default: bool,
    pub not_null: bool,
}

impl Before {
    /// Looks at what the operation is about; nothing for operations without a plan that needs it.
    pub(in crate::lint) fn of(app: &str, node: &OperationNode, models: View<'_>, catalog: &Catalog) -> Self {
        let (model, field) = match &node.operation {
            Operation::AlterField { model_name, name, .. } | Operation::RemoveField { model_name, name } => {
                (model_name, Some(name))
            }
            Operation::RenameField {
                model_name, old_name, ..
            } => (model_name, Some(old_name)),
            Operation::DeleteModel { name } | Operation::RenameModel { old_name: name, .. } => (name, None),
            Operation::AddField { model_name, .. }
            | Operation::AddIndex { model_name, .. }
            | Operation::RemoveIndex { model_name, .. }
            | Operation::AddConstraint { model_name, .. }
            | Operation::AlterUniqueTogether { name: model_name, .. }
            | Operation::AlterIndexTogether { name: model_name, .. } => (model_name, None),
            Operation::RunSql {
                sql: SqlText::Pieces(pieces),
                state_operations,
                ..
            } if state_operations.is_empty() => return Self::of_sql(app, pieces, models, catalog),
            _ => return Self::default(),
        };
        let Some(model) = models.model(&ModelKey::new(app, model)) else {
            return Self::default();
        };
        let bound = field.and_then(|name| model.field(name));
        let takes = matches!(
            node.operation,
            Operation::RemoveField { .. } | Operation::DeleteModel { .. }
        );
        let before = Self::of_model(&model, bound.as_ref(), takes, catalog);
        let exchanges = match (&node.operation, &bound) {
            (Operation::AlterField { .. }, Some(field)) => Some(Exchange::of(field, catalog)),
            _ => None,
        };
        Self { exchanges, ..before }
    }

    /// The model, or the field, whose table or column one statement of SQL drops.
    fn of_sql(app: &str, pieces: &[SqlPiece], models: View<'_>, catalog: &Catalog) -> Self {
        let dropped = || {
            let [SqlPiece { text: Some(text), .. }] = pieces else {
                return None;
            };
            match only_statement(text)? {
                Statement::DropTable { table, along, .. } if along.is_empty() => {
                    Some((table.known()?.to_owned(), None))
                }
                Statement::AlterTable { table, actions, .. } => match actions.as_slice() {
                    [AlterTableAction::DropColumn { column, .. }] => {
                        Some((table.known()?.to_owned(), Some(column.known()?.to_owned())))
                    }
                    _ => None,
                },
                _ => None,
            }
        };
        let Some((table, column)) = dropped() else {
            return Self::default();
        };
        let mut owners = models.models_of_table(&table);
        let Some(model) = owners.find(|model| model.key().app == app) else {
            return Self::default();
        };
        let is_it = |field: &ModelField<'_>| field.column().is_some_and(|own| own.known() == column.as_deref());
        let field = column
            .as_ref()
            .and_then(|_| model.local_fields().into_iter().find(is_it));
        if column.is_some() && field.is_none() {
            return Self::default();
        }
        let named = (
            model.state.identity.name.clone(),
            field.as_ref().map(|field| field.name.to_string()),
        );
        Self {
            named: Some(named),
            ..Self::of_model(&model, field.as_ref(), true, catalog)
        }
    }

    fn of_model(model: &Model<'_>, field: Option<&ModelField<'_>>, takes: bool, catalog: &Catalog) -> Self {
        let Some(table) = model.db_table().known().map(str::to_owned) else {
            return Self::default();
        };
        let field_before = field.and_then(|field| FieldBefore::of(&table, field, catalog));
        let (keys, automatic, dependents) = if takes {
            let column = field_before.as_ref().map(|field| field.column.as_str());
            let is_relation_alone = field.is_some() && column.is_none();
            let keys = if is_relation_alone {
                Vec::new()
            } else {
                keys_of(&table, column, catalog)
            };
            let relations = match field {
                Some(field) => vec![field.clone()],
                None => model.local_many_to_many(),
            };
            let tables = relations.iter().filter_map(ModelField::automatic_table);
            let tables = tables.filter_map(|through| through.db_table().known().map(str::to_owned));
            let automatic: Vec<_> = tables
                .map(|table| (table.clone(), keys_of(&table, None, catalog)))
                .collect();
            let dependents = if is_relation_alone {
                Vec::new()
            } else {
                dependents_of(&table, column, &automatic, catalog)
            };
            (keys, automatic, dependents)
        } else {
            Default::default()
        };
        Self {
            named: None,
            exchanges: None,
            constraints: constraints_of(&table, catalog),
            keys,
            automatic,
            dependents,
            indexes: indexes_of(&table, field_before.as_ref(), catalog),
            field: field_before,
            is_target_of_automatic: leads_by_automatic(model),
            partitions: Partitions::of(&table, catalog),
            table: Some(table),
        }
    }
}

impl FieldBefore {
    fn of(table: &str, field: &ModelField<'_>, catalog: &Catalog) -> Option<Self> {
        let column = field.column()?.known()?.to_owned();
        let known = catalog.column(table, &column);
        let default = default_sql(field).and_then(|sql| sql.known().map(str::to_owned));
        Some(Self {
            field: Arc::clone(&field.field),
            db_type: field.db_type()?.known()?.to_owned(),
            default,
            has_database_default: known.is_some_and(|column| column.default.is_some()),
            not_null: known.map_or(!field.field.null, |column| column.not_null),
            column,
        })
    }
}

/// The unique constraints, checks and foreign keys of a table.
fn constraints_of(table: &str, catalog: &Catalog) -> Vec<Own> {
    let Some(known) = catalog.table(table) else {
        return Vec::new();
    };
    let others = known.constraints.iter().filter_map(|(name, constraint)| {
        let (columns, demands) = match &constraint.kind {
            // A deferrable one, or one for which NULLs are equal, would come back as another.
            ConstraintKind::Unique(columns)
                if !constraint.deferrable && known.indexes.get(name).is_some_and(|index| index.is_plain) =>
            {
                let quoted: Vec<_> = columns.iter().map(|column| quote_name(column)).collect();
                let demands = format!("UNIQUE ({})", quoted.join(", "));
                (columns.clone(), demands)
            }
            ConstraintKind::Check(check) => (check.columns.clone(), format!("CHECK ({})", check.sql.known()?)),
            _ => return None,
        };
        let (own, quoted) = (quote_name(table), quote_name(name));
        Some(Own {
            name: name.clone(),
            columns,
            change: Reversible {
                sql: format!("ALTER TABLE {own} DROP CONSTRAINT IF EXISTS {quoted}"),
                reverse: format!("ALTER TABLE {own} ADD CONSTRAINT {quoted} {demands}"),
            },
            is_key: false,
        })
    });
    let keys = named_keys_of(table, None, catalog).into_iter();
    let keys = keys.map(|(name, change)| Own {
        name,
        columns: Vec::new(),
        change,
        is_key: true,
    });
    others.chain(keys).collect()
}

pub(super) fn deferrable(is_deferred: bool) -> &'static str {
    if is_deferred {
        " DEFERRABLE INITIALLY DEFERRED"
    } else {
        ""
    }
}

fn keys_of(table: &str, column: Option<&str>, catalog: &Catalog) -> Vec<Reversible> {
    let named = named_keys_of(table, column, catalog).into_iter();
    named.map(|(_, key)| key).collect()
}

/// The foreign keys of a table, or of one column of it: how each goes, and comes again.
fn named_keys_of(table: &str, column: Option<&str>, catalog: &Catalog) -> Vec<(String, Reversible)> {
    let Some(known) = catalog.table(table) else {
        return Vec::new();
    };
    let quoted = |names: &[String]| names.iter().map(|name| quote_name(name)).collect::<Vec<_>>().join(", ");
    let keys = known.constraints.iter().filter_map(|(name, constraint)| {
        let ConstraintKind::ForeignKey {
            columns,
            to_table,
            to_columns,
            acts_on_delete,
            ..
        } = &constraint.kind
        else {
            return None;
        };
        let is_wanted = column.is_none_or(|column| columns.iter().any(|own| own == column));
        if !is_wanted || *acts_on_delete {
            return None;
        }
        let (own, quoted_name) = (quote_name(table), quote_name(name));
        let reversible = Reversible {
            sql: format!("ALTER TABLE {own} DROP CONSTRAINT IF EXISTS {quoted_name}"),
            reverse: format!(
                "ALTER TABLE {own} ADD CONSTRAINT {quoted_name} FOREIGN KEY ({}) REFERENCES {} ({}){}",
                quoted(columns),
                quote_name(to_table),
                quoted(to_columns),
                deferrable(constraint.deferred),
            ),
        };
        Some((name.clone(), reversible))
    });
    keys.collect()
}

/// What Postgres does not drop along with a column or a table; the tables that go first are `automatic`.
fn dependents_of(
    table: &str,
    column: Option<&str>,
    automatic: &[(String, Vec<Reversible>)],
    catalog: &Catalog,
) -> Vec<String> {
    if let Some(column) = column {
        let along = catalog.along(table, column).into_iter();
        return along
            .filter(|one| !one.goes_unasked())
            .map(|one| one.to_string())
            .collect();
    }
    let goes_first = |child: &str| child == table || automatic.iter().any(|(through, _)| through == child);
    let keys = catalog.incoming_foreign_keys(table);
    let keys = keys
        .filter(|(child, ..)| !goes_first(child))
        .map(|(child, name, _)| format!("the foreign key `{name}` of `{child}`"));
    let views = catalog.dependent_views(table, None).into_iter();
    views.map(|name| format!("the view `{name}`")).chain(keys).collect()
}

/// The indexes over the field's column alone that are no part of a constraint: each with what follows CREATE INDEX.
fn indexes_of(table: &str, field: Option<&FieldBefore>, catalog: &Catalog) -> Vec<(String, String)> {
    let (Some(known), Some(field)) = (catalog.table(table), field) else {
        return Vec::new();
    };
    let is_plain = |index: &Index| {
        let is_over_it = matches!(index.items.as_slice(), [Some(column)] if *column == field.column);
        is_over_it && !index.unique && !index.partial && index.expressions.is_empty() && !index.has_parameters
    };
    let indexes = known.indexes.iter().filter(|(_, index)| is_plain(index));
    let create = |(name, index): (&String, &Index)| {
        let class = index
            .classes
            .first()
            .map(|class| format!(" {class}"))
            .unwrap_or_default();
        let method = match index.method.as_str() {
            "btree" => String::new(),
            method => format!(" USING {method}"),
        };
        let [quoted, table, column] = [name.as_str(), table, &field.column].map(quote_name);
        (name.clone(), format!("{quoted} ON {table}{method} ({column}{class})"))
    };
    indexes.map(create).collect()
}

/// Whether a table that Django made for a many-to-many field has a column named after the model.
fn leads_by_automatic(model: &Model<'_>) -> bool {
    let own = model.local_many_to_many();
    let of_others = model.view.relations_to(model.key());
    let mut fields = own.iter().chain(&of_others);
    fields.any(|field| field.field.many_to_many().is_some() && field.automatic_table().is_some())
}
