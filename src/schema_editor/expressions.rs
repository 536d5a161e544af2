//! Expressions of the ORM as Django's PostgreSQL compiler writes them into DDL.
//!
//! Columns stand without their table (`Query(model, alias_cols=False)`), values are literals. What is not compiled is
//! shown as `<unknown: reason>` where it stands.

mod cases;
mod compile;
mod compiled;
mod functions;
mod index_items;
mod json_functions;
mod json_keys;
mod lookups;
mod named_fields;
mod outputs;
mod search;
mod template;
mod temporal;
mod transforms;
mod where_tree;

pub(crate) use named_fields::{StringIs, fields_named};
pub(super) use where_tree::fields_looked_up;

use crate::migration::FieldKind;
use crate::models::{Model, ModelField};
use crate::statement::{DefaultValue, IndexItem, SqlExpression};
use crate::unknown::sql;
use crate::value::Value;

use compile::Compiler;

/// A database default.
pub(super) struct CompiledDefault {
    pub(super) default: DefaultValue,
    pub(super) is_parameterized: bool,
}

/// A generated column's expression.
pub(super) struct CompiledGenerated {
    pub(super) expression: SqlExpression,
    pub(super) is_parameterized: bool,
    pub(super) is_stored: bool,
}

/// `db_default_sql`: values stand bare, everything else in parentheses.
pub(super) fn db_default(field: &ModelField<'_>) -> Option<CompiledDefault> {
    let declared = field.field.db_default.as_ref()?;
    let compiler = Compiler::new(&field.model);
    let compiled = compiler.database_default(field, declared);
    let volatility = compiled.volatility;
    let is_parameterized = compiled.is_parameterized;
    let sql = if compiled.is_value() {
        compiled.sql
    } else {
        sql!("({})", compiled.sql)
    };
    Some(CompiledDefault {
        default: DefaultValue { sql, volatility },
        is_parameterized,
    })
}

/// `GeneratedField.generated_sql`
pub(super) fn generated(field: &ModelField<'_>) -> Option<CompiledGenerated> {
    let FieldKind::Generated { expression, stored, .. } = &field.field.kind else {
        return None;
    };
    let compiled = Compiler::new(&field.model).compile(expression);
    Some(CompiledGenerated {
        is_parameterized: compiled.is_parameterized,
        is_stored: *stored,
        expression: compiled.into_expression(),
    })
}

/// The condition of a check, index or constraint. See `Query.build_where`.
pub(super) fn condition(model: &Model<'_>, condition: &Value) -> SqlExpression {
    Compiler::new(model).condition(condition).into_expression()
}

/// An item of an index, with its parentheses, collation and order. See `IndexExpression`.
pub(super) fn index_item(model: &Model<'_>, expression: &Value) -> IndexItem {
    Compiler::new(model).index_item(expression)
}

/// The same as SQL, for an exclusion constraint. See `ExclusionConstraintExpression`.
pub(super) fn exclusion_item(model: &Model<'_>, expression: &Value) -> SqlExpression {
    Compiler::new(model).index_item_sql(expression).into_expression()
}
