//! Changes of a column's type: `_alter_column_type_sql` of django/db/backends/postgresql/schema.py.

use crate::data_type::DataType;
use crate::migration::Shape;
use crate::models::{Model, ModelField};
use crate::statement::{AlterTableAction, Name, Statement, Using};

use crate::unknown::{Identifier, Sql, quoted, sql};

use super::columns::{alter, comment_text};
use super::indexes::spatial;
use super::run::Run;

/// An action for `ALTER TABLE`, and what comes after it.
pub(super) struct TypeChange {
    pub(super) action: AlterTableAction,
    pub(super) afterwards: Vec<Statement>,
}

impl Run<'_> {
    /// Sends what has to come first, and gives the change itself.
    pub(super) fn alter_column_type(
        &mut self,
        model: &Model<'_>,
        old: &ModelField<'_>,
        new: &ModelField<'_>,
    ) -> Option<TypeChange> {
        let (old_type, new_type) = (old.db_type()?, new.db_type()?);
        let (old_column, column) = (old.column()?, new.column()?);
        self.refuse_unsafe_type(&old_type, &new_type);
        if is_changing_type_of_indexed_text_column(old, &old_type, &new_type) {
            let name = Name::derived(&model.db_table(), &[old_column], "_like");
            self.drop_index(model, name, false);
        }
        let mut change = TypeChange {
            action: AlterTableAction::AlterType {
                column: column.clone(),
                data_type: DataType::of(new_type.clone()),
                collation: new.collation().filter(|collation| !collation.is_empty()),
                using: using(old, new, &column, &new_type),
            },
            afterwards: Vec::new(),
        };
        self.alter_identity(model, old, new, &column, &mut change);
        Some(change)
    }

    /// Identity comes, goes, or changes its type.
    fn alter_identity(
        &mut self,
        model: &Model<'_>,
        old: &ModelField<'_>,
        new: &ModelField<'_>,
        column: &Identifier,
        change: &mut TypeChange,
    ) {
        let table = model.db_table();
        let owned = column.clone();
        match (old.is_identity(), new.is_identity()) {
            (false, true) => {
                if let AlterTableAction::AlterType { collation, .. } = &mut change.action {
                    *collation = None;
                }
                let action = AlterTableAction::AddIdentity { column: owned };
                change.afterwards = vec![alter(&table, action)];
            }
            (true, false) => {
                self.execute(alter(&table, AlterTableAction::DropIdentity { column: owned }));
                // Sequences of serial columns stay, those of identity columns are gone by now.
                let left = self.owned_sequence(&table, column);
                change.afterwards = left
                    .map(|sequence| Statement::DropSequence {
                        sequence,
                        if_exists: true,
                        cascade: true,
                    })
                    .into_iter()
                    .collect();
            }
            (true, true) if old.internal_type() != new.internal_type() => {
                let data_type = DataType::parse(identity_type(&new.internal_type()));
                let owned_sequence = self.owned_sequence(&table, column);
                change.afterwards = owned_sequence
                    .map(|sequence| Statement::AlterSequenceType { sequence, data_type })
                    .into_iter()
                    .collect();
            }
            (true, true) | (false, false) => change.afterwards = comment_change(model, old, new),
        }
    }
}

impl Run<'_> {
    /// `_get_sequence_name`: what the catalog has; of a table whose name is not known the sequence is not known either.
    fn owned_sequence(&self, table: &Identifier, column: &Identifier) -> Option<Identifier> {
        match (table, column) {
            (Identifier::Known(table), Identifier::Known(column)) => {
                let found = self.connection.catalog().owned_sequence(table, column);
                found.map(Identifier::from)
            }
            (Identifier::Unknown(table), column) => {
                let called = format!("the sequence of `{}`", column.shown());
                Some(Identifier::Unknown(table.derived(&called)))
            }
            (Identifier::Known(_), Identifier::Unknown(_)) => None,
        }
    }
}

/// `COMMENT ON COLUMN` for a changed comment. PostgreSQL does not take it together with the type.
fn comment_change(model: &Model<'_>, old: &ModelField<'_>, new: &ModelField<'_>) -> Vec<Statement> {
    if old.field.db_comment == new.field.db_comment {
        return Vec::new();
    }
    vec![Statement::Comment {
        table: model.db_table(),
        column: new.column(),
        text: comment_text(new.django(), new.field.db_comment.as_deref().unwrap_or_default()),
    }]
}

fn identity_type(internal_type: &str) -> &'static str {
    match internal_type {
        "BigAutoField" => "bigint",
        "SmallAutoField" => "smallint",
        _ => "integer",
    }
}

fn using(old: &ModelField<'_>, new: &ModelField<'_>, column: &Identifier, new_type: &Sql) -> Option<Using> {
    let (Some(from), Some(to)) = (spatial(old), spatial(new)) else {
        return needs_using(old, new).then_some(Using::Cast);
    };
    // PostGIS has columns of its own ways: see `_alter_column_type_sql` of its schema editor.
    let function = match (dimensions(from.shape), dimensions(to.shape)) {
        (Some(2), Some(3)) => "ST_Force3D",
        (Some(3), Some(2)) => "ST_Force2D",
        _ => return None,
    };
    Some(Using::Expression(sql!("{function}({})::{}", quoted(column), new_type)))
}

fn dimensions(shape: Shape) -> Option<i64> {
    match shape {
        Shape::Geometry { dimensions } | Shape::Geography { dimensions } => Some(dimensions),
        Shape::Raster => None,
    }
}

/// `_using_sql`: the type changes beyond its parameters.
fn needs_using(old: &ModelField<'_>, new: &ModelField<'_>) -> bool {
    // Django 5.2 began to leave it out for generated columns.
    if new.is_generated() && new.django() >= crate::versions::DjangoVersion::new(5, 2) {
        return false;
    }
    match (old.base_data_type_template(), new.base_data_type_template()) {
        (Some(old), Some(new)) => old != new,
        _ => old.data_type_template() != new.data_type_template(),
    }
}

/// `_is_changing_type_of_indexed_text_column`
pub(super) fn is_changing_type_of_indexed_text_column(old: &ModelField<'_>, old_type: &Sql, new_type: &Sql) -> bool {
    let is_indexed = old.field.db_index || old.field.unique();
    is_indexed
        && ["varchar", "text", "citext"]
            .into_iter()
            .any(|text| old_type.shown().starts_with(text) && !new_type.shown().starts_with(text))
}
