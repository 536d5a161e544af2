//! django-postgres-extra: partitioned tables, partitions and views. See psqlextra/backend/schema.py.

use crate::finding::Origin;
use crate::migration::operation::SqlPiece;
use crate::migration::{FieldKind, Operation, ViewKind};
use crate::models::Model;
use crate::statement::{ConstraintKind, CreateTable, Statement, TableConstraint, TableForm, quote_name};
use crate::unknown::Identifier;
use crate::value::Value;

use super::super::operations::States;
use super::super::run::Run;

impl Run<'_> {
    /// `create_partitioned_model`: the table of Django, with a key that holds what it is partitioned by.
    pub(super) fn partitioned_model(&mut self, base: &Operation, method: &str, key: &[String], states: States<'_>) {
        let Operation::CreateModel { name, .. } = base else {
            return;
        };
        let Some(model) = self.migrated(states.to, states.app, name) else {
            return;
        };
        let fields = model.local_fields();
        let mut create = self.table_of(&model, &fields);
        if create.tablespace.is_some() {
            self.partial("where psqlextra puts the tablespace of a partitioned table");
        }
        widen_key(&mut create, &model, key);
        create.form = TableForm::Partitioned;
        let quoted: Vec<String> = key.iter().map(|name| quote_name(name)).collect();
        let statement = Statement::CreateTable(create);
        if statement.unknowns().is_empty() {
            self.execute_text(format!("{statement} PARTITION BY {method} ({})", quoted.join(", ")));
        } else {
            self.execute(statement);
        }
        self.defer_model_indexes(&model, &fields);
    }

    /// `add_range_partition` and its kin.
    pub(super) fn add_partition(
        &mut self,
        (model_name, name): (&str, &str),
        bound: &str,
        values: &Value,
        states: States<'_>,
    ) {
        let Some(model) = self.migrated(states.to, states.app, model_name) else {
            return;
        };
        if let Some(table) = self.known_table(&model) {
            let (partition, quoted) = (partition_of(&table, name), quote_name(&table));
            self.execute_filled(
                format!("CREATE TABLE {partition} PARTITION OF {quoted} {bound}"),
                values.clone(),
            );
        }
    }

    pub(super) fn delete_partition(&mut self, model_name: &str, name: &str, states: States<'_>) {
        let Some(model) = self.migrated(states.from, states.app, model_name) else {
            return;
        };
        if let Some(table) = self.known_table(&model) {
            self.execute_text(format!("DROP TABLE {}", partition_of(&table, name)));
        }
    }

    /// `create_view_model`, `create_materialized_view_model`
    pub(super) fn view_model(&mut self, base: &Operation, kind: ViewKind, query: &SqlPiece, states: States<'_>) {
        let Operation::CreateModel { name, .. } = base else {
            return;
        };
        let Some(model) = self.migrated(states.to, states.app, name) else {
            return;
        };
        let (Some(table), Some((query, unknowns))) = (self.known_table(&model), self.with_parameters(query)) else {
            return;
        };
        if !unknowns.is_empty() {
            self.opaque("the query of the view is not known");
            return;
        }
        let table = quote_name(&table);
        let sql = match kind {
            ViewKind::Plain => format!("CREATE VIEW {table} AS ({query})"),
            ViewKind::Materialized => format!("CREATE MATERIALIZED VIEW {table} AS ({query}) WITH DATA"),
            ViewKind::MaterializedWithoutData => format!("CREATE MATERIALIZED VIEW {table} AS ({query}) WITH NO DATA"),
        };
        self.execute_filled(sql, Value::Tuple(Vec::new()));
    }

    /// `delete_view_model`, `delete_materialized_view_model`
    pub(super) fn delete_view_model(&mut self, base: &Operation, kind: ViewKind, states: States<'_>) {
        let Operation::DeleteModel { name } = base else { return };
        let Some(model) = self.migrated(states.from, states.app, name) else {
            return;
        };
        if let Some(table) = self.known_table(&model) {
            let table = quote_name(&table);
            self.execute_text(match kind {
                ViewKind::Plain => format!("DROP VIEW IF EXISTS {table}"),
                ViewKind::Materialized | ViewKind::MaterializedWithoutData => format!("DROP MATERIALIZED VIEW {table}"),
            });
        }
    }

    /// Sends a text with its placeholders filled in.
    fn execute_filled(&mut self, sql: String, values: Value) {
        let piece = SqlPiece {
            text: Some(sql.into()),
            params: Some(values),
        };
        if let Some((text, unknowns)) = self.with_parameters(&piece) {
            self.send_written(text, unknowns, Origin::Django);
        }
    }

    fn known_table(&mut self, model: &Model<'_>) -> Option<String> {
        match model.db_table() {
            Identifier::Known(table) => Some(table),
            Identifier::Unknown(unknown) => {
                self.opaque(unknown.reason());
                None
            }
        }
    }
}

/// The primary key leaves its column and is declared last, by the names of fields, unless the model has a composite one.
fn widen_key(create: &mut CreateTable, model: &Model<'_>, partitioned_by: &[String]) {
    let Some(key) = model.primary_key() else { return };
    if matches!(key.field.kind, FieldKind::CompositePrimaryKey(_)) {
        return;
    }
    for column in &mut create.columns {
        column.primary_key = false;
    }
    let own = Some(key.name.to_string()).filter(|name| !partitioned_by.contains(name));
    let columns = own
        .iter()
        .chain(partitioned_by)
        .map(|name| name.as_str().into())
        .collect();
    create.constraints.push(TableConstraint {
        name: None,
        kind: ConstraintKind::PrimaryKey { columns },
        not_valid: false,
    });
}

/// `create_partition_table_name`, quoted.
fn partition_of(table: &str, name: &str) -> String {
    quote_name(&format!("{}_{}", table.to_lowercase(), name.to_lowercase()))
}
