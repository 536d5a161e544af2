//! Foreign keys: the column, its index, the constraint and its validation, each for itself.

use std::sync::Arc;

use crate::data_type::DataType;
use crate::migration::{Constraint, Field, FieldKind};
use crate::models::{Model, ModelField};
use crate::packages::Safer;
use crate::statement::{AlterTableAction, Column, names_digest, quote_name};
use crate::unknown::Sql;

use super::super::super::columns::alter;
use super::super::super::operations::bound;
use super::super::super::run::Run;

/// `MAX_POSTGRES_IDENTIFIER_LEN`
const LONGEST_NAME: usize = 63;

impl Run<'_> {
    /// `ForeignKeyManager.add_fk_field`
    pub(super) fn add_key_field(
        &mut self,
        model: &Model<'_>,
        model_name: &str,
        name: &str,
        field: &Arc<Field>,
        about: Safer,
    ) {
        if self.refuses_key(field, about) {
            return;
        }
        let bound = bound(model, name, field);
        let Some(target) = self.key_target(&bound) else {
            self.opaque(format!("what {name} points to is not known"));
            return;
        };
        let Some(table) = self.written_into(model) else {
            return;
        };
        let column = format!("{name}_id");
        self.leave_out_of_key(&bound, &column, about);
        self.add_key_column(&table, &column, &target);
        if about == Safer::OneToOne {
            let unique = Constraint::unique(&identifier(&[model_name, &column], "uniq"), name);
            self.safer_unique(model, &unique, false);
        } else if field.db_index {
            self.add_key_index(&table, model_name, &column);
        }
        self.add_key_constraint(&table, &column, &target);
    }

    /// What `ForeignKeyManager` and `SaferAddFieldOneToOne` say when they are made.
    fn refuses_key(&mut self, field: &Field, about: Safer) -> bool {
        let said = self.editor.outcome.refusals.len();
        if about == Safer::OneToOne && field.primary_key {
            self.refuse("the package adds no primary key");
        } else if field.unknown.iter().any(|(name, _)| name == "null") {
            self.partial("whether the column is nullable, without which the package stops");
        } else if !field.null {
            self.refuse("the package adds a foreign key only with null=True");
        } else if field.relation().is_none() && !matches!(field.kind, FieldKind::Unknown(_)) {
            self.refuse("the package adds a ForeignKey or a OneToOneField here, and no other field");
        }
        self.editor.outcome.refusals.len() > said
    }

    fn add_key_column(&mut self, table: &str, column: &str, target: &KeyTarget) {
        if self.connection.catalog().column(table, column).is_some() {
            return;
        }
        match target.data_type.known() {
            Some(data_type) => {
                let quoted = quote_name(column);
                self.alter_text(table, &format!("ADD COLUMN IF NOT EXISTS {quoted}\n{data_type} NULL"));
            }
            None => {
                let column = Column::plain(column.into(), DataType::of(target.data_type.clone()));
                self.execute(alter(&table.into(), AlterTableAction::AddColumn(Box::new(column))));
            }
        }
    }

    fn add_key_index(&mut self, table: &str, model_name: &str, column: &str) {
        let name = identifier(&[model_name, column], "idx");
        let sql = format!(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS {} ON {} ({});",
            quote_name(&name),
            quote_name(table),
            quote_name(column)
        );
        self.connection.clear_index(&name);
        self.without_lock_timeout(|run| run.execute_text(sql));
    }

    fn add_key_constraint(&mut self, table: &str, column: &str, target: &KeyTarget) {
        let constraint = identifier(&[table, column], "fk");
        if !self.has_constraint(table, &constraint) {
            let (key, column) = (quote_name(&constraint), quote_name(column));
            let (to_table, to_column) = (quote_name(&target.table), quote_name(&target.column));
            self.alter_text(
                table,
                &format!(
                    "ADD CONSTRAINT {key} FOREIGN KEY ({column})\nREFERENCES {to_table} ({to_column})\n\
                     DEFERRABLE INITIALLY DEFERRED\nNOT VALID"
                ),
            );
        }
        if self.is_not_valid(table, &constraint) {
            self.validate(table, &constraint);
        }
    }

    /// `drop_fk_field`, which takes the column to be called as Django calls it where nobody gives it a name.
    pub(super) fn drop_key_field(&mut self, model: &Model<'_>, name: &str) {
        let (Some(field), Some(table)) = (self.field(model, name), self.written_into(model)) else {
            return;
        };
        let column = format!("{name}_id");
        if self.connection.catalog().column(&table, &column).is_some() {
            self.alter_text(&table, &format!("DROP COLUMN {}", quote_name(&column)));
        } else {
            self.leave_column(&field, &column);
        }
    }

    /// `_get_target_field`: its column is taken to be `db_column` or the name, also where it is a foreign key itself.
    fn key_target(&self, field: &ModelField<'_>) -> Option<KeyTarget> {
        let crate::fields::Target::Field(target) = field.target()? else {
            return None;
        };
        Some(KeyTarget {
            table: target.model.db_table().known()?.to_owned(),
            column: target
                .field
                .db_column
                .clone()
                .unwrap_or_else(|| target.name.to_string()),
            data_type: target.db_type()?,
        })
    }
}

/// What a new foreign key points to.
struct KeyTarget {
    table: String,
    column: String,
    data_type: Sql,
}

/// `build_postgres_identifier`
fn identifier(parts: &[&str], suffix: &str) -> String {
    let name = format!("{}_{suffix}", parts.join("_"));
    if name.chars().count() <= LONGEST_NAME {
        return name;
    }
    let digest = names_digest([name.as_str()], 8);
    let kept: String = name.chars().take(LONGEST_NAME - (suffix.len() + 8 + 2)).collect();
    format!("{kept}_{digest}_{suffix}")
}
