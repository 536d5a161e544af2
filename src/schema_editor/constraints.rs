//! Constraints of `Meta.constraints`, and unique constraints over fields.

use crate::migration::Constraint;
use crate::migration::operation::Deferrable;
use crate::models::Model;
use crate::statement::{
    AlterTableAction, ConstraintKind, CreateIndex, Deferrability, DerivedName, IndexItem, Name, SqlExpression,
    Statement, TableConstraint, deferrable_sql,
};
use crate::unknown::{Identifier, Sql, Unknown, sql};
use crate::value::Value;
use crate::versions::VersionSource;

use super::columns::alter;
use super::expressions;
use super::indexes::quoted_columns;
use super::run::Run;

/// The oldest Postgres with `NULLS NOT DISTINCT` (`supports_nulls_distinct_unique_constraints`).
const NULLS_DISTINCT: u8 = 15;

impl Run<'_> {
    /// `constraint_sql`: what stands in `CREATE TABLE`. A unique constraint that has to be an index is put off instead.
    pub(super) fn inline_constraint(&mut self, model: &Model<'_>, constraint: &Constraint) -> Option<TableConstraint> {
        match constraint {
            Constraint::Unique { .. } if is_index(constraint) => {
                if let Some(statement) = self.create_constraint(model, constraint) {
                    self.defer_index(model, statement);
                }
                None
            }
            Constraint::Unique { .. } | Constraint::Check { .. } | Constraint::Exclusion { .. } => {
                self.table_constraint(model, constraint)
            }
            Constraint::Unknown { .. } => self.unknown_constraint(constraint),
        }
    }

    /// `create_sql`
    pub(super) fn create_constraint(&mut self, model: &Model<'_>, constraint: &Constraint) -> Option<Statement> {
        if self.is_unsupported(constraint) {
            return None;
        }
        if is_unique_index(constraint) {
            return self.unique_index(model, constraint);
        }
        let constraint = self.table_constraint(model, constraint)?;
        Some(alter(&model.db_table(), AlterTableAction::AddConstraint(constraint)))
    }

    /// `remove_sql`, executed.
    pub(super) fn remove_constraint(&mut self, model: &Model<'_>, constraint: &Constraint, name: &str) {
        if self.is_unsupported(constraint) {
            return;
        }
        let name = name.to_owned();
        if is_unique_index(constraint) {
            self.execute(Statement::DropIndex {
                table: Some(model.db_table()),
                name: Name::Given(name),
                concurrently: false,
                if_exists: true,
                cascade: false,
            });
        } else {
            self.drop_constraint(model, &name);
        }
    }

    /// `_unique_supported`. Where nobody has said which server it is, that decides in silence whether anything is sent.
    fn is_unsupported(&mut self, constraint: &Constraint) -> bool {
        let asks = matches!(
            constraint,
            Constraint::Unique {
                nulls_distinct: Some(_),
                ..
            }
        );
        let postgres = self.editor.postgres;
        let is_unsupported = asks && postgres.0 < NULLS_DISTINCT;
        if is_unsupported && self.editor.postgres_source == VersionSource::Assumed {
            self.opaque(format!(
                "PostgreSQL {postgres} is assumed, where Django sends nothing for `nulls_distinct`; from {NULLS_DISTINCT} on it \
                 does: set `postgres-version`"
            ));
        }
        is_unsupported
    }

    fn table_constraint(&mut self, model: &Model<'_>, constraint: &Constraint) -> Option<TableConstraint> {
        let (name, kind) = match constraint {
            Constraint::Check { name, condition } => {
                (name, ConstraintKind::Check(expressions::condition(model, condition)))
            }
            Constraint::Unique {
                name,
                fields,
                deferrable,
                nulls_distinct,
                ..
            } => (
                name,
                ConstraintKind::Unique {
                    columns: self.columns(model, fields)?,
                    deferrable: deferrable.map(deferrability),
                    nulls_distinct: *nulls_distinct,
                },
            ),
            Constraint::Exclusion { name, .. } => (
                name,
                ConstraintKind::Exclude {
                    definition: self.exclusion(model, constraint)?,
                },
            ),
            Constraint::Unknown { .. } => return self.unknown_constraint(constraint),
        };
        Some(TableConstraint {
            name: Some(Name::Given(name.clone())),
            kind,
            not_valid: false,
        })
    }

    fn unknown_constraint(&mut self, constraint: &Constraint) -> Option<TableConstraint> {
        if let Constraint::Unknown { name, reason } = constraint {
            let name = name.as_deref().unwrap_or("a constraint");
            self.partial(format!("{name}: {reason}"));
        }
        None
    }

    /// `_create_unique_sql` with a condition, expressions, operator classes or included columns.
    fn unique_index(&mut self, model: &Model<'_>, constraint: &Constraint) -> Option<Statement> {
        let Constraint::Unique {
            name,
            fields,
            expressions,
            condition,
            include,
            opclasses,
            nulls_distinct,
            ..
        } = constraint
        else {
            return None;
        };
        let columns = self.columns(model, fields)?;
        let include = self.columns(model, include)?;
        let items = if columns.is_empty() {
            let items = expressions.iter();
            items
                .map(|expression| expressions::index_item(model, expression))
                .collect()
        } else {
            let items = columns.into_iter().enumerate();
            items
                .map(|(position, name)| IndexItem::Column {
                    name,
                    operator_class: opclasses.get(position).cloned(),
                    suffix: None,
                })
                .collect()
        };
        Some(Statement::CreateIndex(CreateIndex {
            unique: true,
            include,
            nulls_distinct: *nulls_distinct,
            condition: given(condition.as_ref()).map(|condition| expressions::condition(model, condition)),
            ..CreateIndex::over(model.db_table(), Name::Given(name.clone()), items)
        }))
    }

    /// What follows `EXCLUDE`. See `ExclusionConstraint.constraint_sql` in django/contrib/postgres/constraints.py.
    fn exclusion(&mut self, model: &Model<'_>, constraint: &Constraint) -> Option<SqlExpression> {
        let Constraint::Exclusion {
            expressions,
            index_type,
            condition,
            deferrable,
            include,
            ..
        } = constraint
        else {
            return None;
        };
        let mut columns = Vec::new();
        let mut items = Vec::new();
        for (expression, operator) in expressions {
            let item = expressions::exclusion_item(model, expression);
            let operator = match operator {
                Value::Str(operator) => Sql::from(&**operator),
                other => range_operator(other),
            };
            items.push(sql!("{} WITH {}", item.sql, operator));
            columns.extend(item.columns);
        }
        let mut sql = sql!("USING {index_type} ({})", Sql::join(items, ", "));
        let include = self.columns(model, include)?;
        if !include.is_empty() {
            sql.push(&sql!(" INCLUDE ({})", quoted_columns(&include)));
        }
        if let Some(condition) = given(condition.as_ref()) {
            let condition = expressions::condition(model, condition);
            sql.push(&sql!(" WHERE ({})", condition.sql));
            columns.extend(condition.columns);
        }
        sql.push(deferrable_sql(deferrable.map(deferrability)));
        Some(SqlExpression { sql, columns })
    }
}

/// `_create_unique_sql(model, fields)`
pub(super) fn create_unique(table: &Identifier, columns: Vec<Identifier>) -> Statement {
    let name = Name::Derived(Box::new(DerivedName {
        table: table.clone(),
        columns: columns.clone(),
        suffix: "_uniq".to_owned(),
        target: None,
    }));
    let kind = ConstraintKind::Unique {
        columns,
        deferrable: None,
        nulls_distinct: None,
    };
    let constraint = TableConstraint {
        name: Some(name),
        kind,
        not_valid: false,
    };
    alter(table, AlterTableAction::AddConstraint(constraint))
}

/// Whether it becomes a unique index instead of a constraint when it is created or dropped by itself.
fn is_unique_index(constraint: &Constraint) -> bool {
    match constraint {
        Constraint::Unique {
            expressions,
            condition,
            include,
            opclasses,
            ..
        } => {
            given(condition.as_ref()).is_some()
                || !include.is_empty()
                || !opclasses.is_empty()
                || !expressions.is_empty()
        }
        Constraint::Check { .. } | Constraint::Exclusion { .. } | Constraint::Unknown { .. } => false,
    }
}

/// Whether `CREATE TABLE` leaves it to a statement of its own.
fn is_index(constraint: &Constraint) -> bool {
    let asks_nulls = matches!(
        constraint,
        Constraint::Unique {
            nulls_distinct: Some(_),
            ..
        }
    );
    asks_nulls || is_unique_index(constraint)
}

/// `RangeOperators` of django/contrib/postgres/fields/ranges.py.
fn range_operator(value: &Value) -> Sql {
    let name = match value {
        Value::Name(path) => path.rsplit('.').next().unwrap_or_default(),
        _ => "",
    };
    let operator = match name {
        "EQUAL" => "=",
        "NOT_EQUAL" => "<>",
        "CONTAINS" => "@>",
        "CONTAINED_BY" => "<@",
        "OVERLAPS" => "&&",
        "FULLY_LT" => "<<",
        "FULLY_GT" => ">>",
        "NOT_LT" => "&>",
        "NOT_GT" => "&<",
        "ADJACENT_TO" => "-|-",
        _ => return Unknown::new(&super::prepare::reason(value)).into(),
    };
    operator.into()
}

fn deferrability(deferrable: Deferrable) -> Deferrability {
    match deferrable {
        Deferrable::Deferred => Deferrability::InitiallyDeferred,
        Deferrable::Immediate => Deferrability::InitiallyImmediate,
    }
}

fn given(condition: Option<&Value>) -> Option<&Value> {
    condition.filter(|condition| !matches!(condition, Value::None))
}
