//! django-pg-migration-tools: the operations of Django in steps that do not block, and again where one failed half way.
//!
//! What a step finds in the database decides whether it is taken; the names are those of its `operations.py`.

use std::sync::Arc;

use crate::data_type::DataType;
use crate::migration::operation::Deferrable;
use crate::migration::{Constraint, Field, Index, Operation};
use crate::models::{Model, ModelField};
use crate::statement::{AlterTableAction, Column, Name, Statement, names_digest, quote_literal, quote_name};
use crate::unknown::{Identifier, Sql};
use crate::value::Value;

use super::super::columns::alter;
use super::super::operations::{States, bound, not_valid};
use super::super::run::Run;

/// `MAX_POSTGRES_IDENTIFIER_LEN`
const LONGEST_NAME: usize = 63;

impl Run<'_> {
    pub(super) fn safer(&mut self, base: &Operation, states: States<'_>) {
        if self.connection.is_in_transaction() {
            self.refuse("the package runs this in no transaction, and the migration is atomic");
            return;
        }
        match base {
            Operation::AddIndex { model_name, index, .. } => {
                if let Some(model) = self.migrated(states.to, states.app, model_name) {
                    self.safer_create_index(&model, index, Uniqueness::None);
                }
            }
            Operation::RemoveIndex { model_name, name, .. } => {
                if let Some(model) = self.migrated(states.from, states.app, model_name) {
                    self.without_lock_timeout(|run| run.drop_index(&model, Name::Given(name.clone()), true));
                }
            }
            Operation::AddConstraint {
                model_name, constraint, ..
            } => {
                if let Some(model) = self.migrated(states.to, states.app, model_name) {
                    self.safer_add_constraint(&model, constraint);
                }
            }
            Operation::RemoveConstraint { model_name, name } => {
                if let Some(model) = self.migrated(states.from, states.app, model_name) {
                    self.safer_remove_constraint(&model, name);
                }
            }
            Operation::AlterField { model_name, name, .. } => {
                if let Some(model) = self.migrated(states.to, states.app, model_name)
                    && let Some(column) = self.field(&model, name).and_then(|field| field.column())
                    && let Some([column]) = self.looked_up(&[column]).as_deref()
                    && let Some(table) = self.written_into(&model)
                {
                    self.set_not_null(&table, column);
                }
            }
            Operation::AddField {
                model_name,
                name,
                field,
                ..
            } => {
                if let Some(model) = self.migrated(states.to, states.app, model_name) {
                    self.add_key(&model, model_name, name, field);
                }
            }
            Operation::RemoveField { model_name, name } => {
                if let Some(model) = self.migrated(states.from, states.app, model_name)
                    && let Some(table) = self.written_into(&model)
                {
                    let column = format!("{name}_id");
                    if self.connection.catalog().column(&table, &column).is_some() {
                        self.alter_text(&table, &format!("DROP COLUMN {}", quote_name(&column)));
                    }
                }
            }
            other => self.opaque(format!("{other:?} is none of its operations")),
        }
    }

    /// `safer_create_index`
    fn safer_create_index(&mut self, model: &Model<'_>, index: &Index, uniqueness: Uniqueness) {
        let Some(mut statement) = self.create_meta_index(model, index, true) else {
            return;
        };
        let is_known = statement.unknowns().is_empty();
        let is_distinct = uniqueness != Uniqueness::NotDistinct;
        if let Statement::CreateIndex(create) = &mut statement {
            create.if_not_exists = true;
            create.unique = uniqueness != Uniqueness::None;
            create.nulls_distinct = (!is_known && !is_distinct).then_some(false);
        }
        // The package writes it behind everything else, wherever Postgres wants it.
        let ending = if is_distinct { "" } else { " NULLS NOT DISTINCT" };
        self.without_lock_timeout(|run| run.execute_with(statement, ending));
    }

    /// An index may wait for as long as it takes.
    fn without_lock_timeout(&mut self, step: impl FnOnce(&mut Self)) {
        let before = shown_timeout(self.connection.setting("lock_timeout").as_deref().unwrap_or("0"));
        self.execute_text("SET lock_timeout = '0';");
        step(self);
        self.execute_text(format!("SET lock_timeout = {};", quote_literal(&before)));
    }

    fn safer_add_constraint(&mut self, model: &Model<'_>, constraint: &Constraint) {
        match constraint {
            Constraint::Unique { .. } => self.safer_unique(model, constraint),
            Constraint::Check { name, .. } => {
                let Some(table) = self.written_into(model) else {
                    return;
                };
                if !self.has_constraint(&table, name)
                    && let Some(statement) = self.create_constraint(model, constraint)
                {
                    self.execute_with(not_valid(statement), ";");
                    self.validate(&table, name);
                } else if self.is_not_valid(&table, name) {
                    self.validate(&table, name);
                }
            }
            Constraint::Exclusion { .. } => self.opaque("it takes no exclusion constraint"),
            Constraint::Unknown { reason, .. } => self.opaque(reason.clone()),
        }
    }

    /// `create_unique_constraint`: an index first, then the constraint over it, unless the index is all there is to it.
    fn safer_unique(&mut self, model: &Model<'_>, constraint: &Constraint) {
        let Constraint::Unique {
            name,
            fields,
            expressions,
            condition,
            deferrable,
            include,
            opclasses,
            nulls_distinct,
        } = constraint
        else {
            return;
        };
        let uniqueness = match nulls_distinct {
            Some(false) => Uniqueness::NotDistinct,
            Some(true) | None => Uniqueness::Distinct,
        };
        let condition = condition.clone().filter(|condition| *condition != Value::None);
        let is_index = condition.is_some() || !expressions.is_empty();
        let index = Index {
            name: Some(name.clone()),
            expressions: expressions.clone(),
            opclasses: opclasses.clone(),
            condition,
            ..Index::over(fields)
        };
        if is_index {
            self.safer_create_index(model, &index, uniqueness);
            return;
        }
        let Some(table) = self.written_into(model) else {
            return;
        };
        if self.has_constraint(&table, name) {
            self.partial(format!("it may stop here: there is a constraint {name} already"));
            return;
        }
        if !include.is_empty() || !opclasses.is_empty() {
            self.partial("it takes the SQL of a constraint apart, and this one is an index to Django");
        }
        self.safer_create_index(model, &index, uniqueness);
        let quoted = quote_name(name);
        let deferred = match deferrable {
            Some(Deferrable::Deferred) => " DEFERRABLE INITIALLY DEFERRED",
            Some(Deferrable::Immediate) | None => "",
        };
        let table = quote_name(&table);
        self.execute_text(format!(
            "ALTER TABLE {table} ADD CONSTRAINT {quoted} UNIQUE USING INDEX {quoted}{deferred}"
        ));
    }

    fn safer_remove_constraint(&mut self, model: &Model<'_>, name: &str) {
        let declared = model.state.options.constraints.iter();
        let Some(constraint) = declared.clone().find(|constraint| constraint.name() == Some(name)) else {
            self.opaque(format!("no migration at hand declares a constraint {name}"));
            return;
        };
        let is_index = matches!(constraint, Constraint::Unique { expressions, condition, .. }
            if !expressions.is_empty() || condition.as_ref().is_some_and(|condition| *condition != Value::None));
        if is_index {
            self.without_lock_timeout(|run| run.drop_index(model, Name::Given(name.to_owned()), true));
        } else if let Some(table) = self.written_into(model)
            && self.has_constraint(&table, name)
        {
            self.remove_constraint(model, constraint, name);
        }
    }

    /// `NullsManager.set_not_null`
    fn set_not_null(&mut self, table: &str, column: &str) {
        let digest = names_digest([table, column], 10);
        let (short_table, short_column): (String, String) =
            (table.chars().take(10).collect(), column.chars().take(10).collect());
        let name = format!("{short_table}_{short_column}_{digest}");
        let catalog = self.connection.catalog();
        let is_not_null = catalog.column(table, column).is_some_and(|column| column.not_null);
        let has_check = self.has_constraint(table, &name);
        if is_not_null && !has_check {
            return;
        }
        let (quoted, check) = (quote_name(column), quote_name(&name));
        if !has_check {
            self.alter_text(
                table,
                &format!("ADD CONSTRAINT {check}\nCHECK ({quoted} IS NOT NULL) NOT VALID"),
            );
        }
        if self.is_not_valid(table, &name) {
            self.validate(table, &name);
        }
        if !is_not_null {
            self.alter_text(table, &format!("ALTER COLUMN {quoted}\nSET NOT NULL"));
        }
        self.alter_text(table, &format!("DROP CONSTRAINT {check}"));
    }

    /// `ForeignKeyManager.add_fk_field`
    fn add_key(&mut self, model: &Model<'_>, model_name: &str, name: &str, field: &Arc<Field>) {
        let bound = bound(model, name, field);
        let (Some(target), false) = (self.key_target(&bound), field.many_to_many().is_some()) else {
            self.opaque(format!("what {name} points to is not known"));
            return;
        };
        if !field.null {
            self.refuse_column_that_is_not_null(field);
            return;
        }
        let Some(table) = self.written_into(model) else {
            return;
        };
        let column = format!("{name}_id");
        let constraint = identifier(&[&table, &column], "fk");
        let quoted = quote_name(&column);
        if self.connection.catalog().column(&table, &column).is_none() {
            match target.data_type.known() {
                Some(data_type) => {
                    self.alter_text(&table, &format!("ADD COLUMN IF NOT EXISTS {quoted}\n{data_type} NULL"));
                }
                None => {
                    let column = Column::plain(column.as_str().into(), DataType::of(target.data_type.clone()));
                    self.execute(alter(
                        &table.as_str().into(),
                        AlterTableAction::AddColumn(Box::new(column)),
                    ));
                }
            }
        }
        if field.unique() {
            let unique = Constraint::unique(&identifier(&[model_name, &column], "uniq"), name);
            if !unique.name().is_some_and(|name| self.has_constraint(&table, name)) {
                self.safer_unique(model, &unique);
            }
        } else if field.db_index {
            let index = quote_name(&identifier(&[model_name, &column], "idx"));
            let sql = format!(
                "CREATE INDEX CONCURRENTLY IF NOT EXISTS {index} ON {} ({quoted});",
                quote_name(&table)
            );
            self.without_lock_timeout(|run| run.execute_text(sql));
        }
        if !self.has_constraint(&table, &constraint) {
            let key = quote_name(&constraint);
            let (to_table, to_column) = (quote_name(&target.table), quote_name(&target.column));
            self.alter_text(
                &table,
                &format!(
                    "ADD CONSTRAINT {key} FOREIGN KEY ({quoted})\nREFERENCES {to_table} ({to_column})\n\
                     DEFERRABLE INITIALLY DEFERRED\nNOT VALID"
                ),
            );
        }
        if self.is_not_valid(&table, &constraint) {
            self.validate(&table, &constraint);
        }
    }

    /// It adds the column without a value, as `ForeignKeyManager` says when it is made.
    fn refuse_column_that_is_not_null(&mut self, field: &Field) {
        if field.unknown.iter().any(|(name, _)| name == "null") {
            self.partial("whether the column is nullable, without which the package stops");
        } else {
            self.refuse("the package adds a foreign key only with null=True");
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

    fn has_constraint(&self, table: &str, name: &str) -> bool {
        let table = self.connection.catalog().table(table);
        table.is_some_and(|table| table.constraints.contains_key(name))
    }

    fn is_not_valid(&self, table: &str, name: &str) -> bool {
        let table = self.connection.catalog().table(table);
        let constraint = table.and_then(|table| table.constraints.get(name));
        constraint.is_some_and(|constraint| !constraint.validated)
    }

    fn validate(&mut self, table: &str, name: &str) {
        self.alter_text(table, &format!("VALIDATE CONSTRAINT {}", quote_name(name)));
    }

    /// The table's name, which the package writes into SQL of its own; without it nothing can be said.
    fn written_into(&mut self, model: &Model<'_>) -> Option<String> {
        match model.db_table() {
            Identifier::Known(table) => Some(table),
            Identifier::Unknown(unknown) => {
                self.opaque(unknown.reason());
                None
            }
        }
    }

    /// Sends a statement with what the package writes behind it, if all of it is known; else the statement, as data.
    fn execute_with(&mut self, statement: Statement, ending: &str) {
        if statement.unknowns().is_empty() {
            self.execute_text(format!("{statement}{ending}"));
        } else {
            self.execute(statement);
        }
    }

    /// As the package writes it: on lines of its own.
    fn alter_text(&mut self, table: &str, action: &str) {
        self.execute_text(format!("\nALTER TABLE {}\n{action};\n", quote_name(table)));
    }
}

/// What an index demands of its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Uniqueness {
    None,
    Distinct,
    NotDistinct,
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

/// A timeout as `SHOW` prints it: in the largest unit without a remainder.
fn shown_timeout(value: &str) -> String {
    let value = value.trim().trim_matches('\'');
    let digits = value.len()
        - value
            .trim_start_matches(|character: char| character.is_ascii_digit())
            .len();
    let (number, unit) = value.split_at(digits);
    let factor = match unit.trim() {
        "" | "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return value.to_owned(),
    };
    let Some(milliseconds) = number.parse::<u64>().ok().map(|number| number * factor) else {
        return value.to_owned();
    };
    if milliseconds == 0 {
        return "0".to_owned();
    }
    let units = [
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("min", 60_000),
        ("s", 1_000),
        ("ms", 1),
    ];
    let fitting = units.into_iter().find(|(_, factor)| milliseconds % factor == 0);
    fitting.map_or_else(
        || value.to_owned(),
        |(unit, factor)| format!("{}{unit}", milliseconds / factor),
    )
}
