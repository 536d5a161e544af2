//! Columns: their definitions, `AddField` and `RemoveField`.

use crate::catalog::NameQuery;
use crate::data_type::DataType;
use crate::models::{Model, ModelField};
use crate::statement::{
    AlterTableAction, Column, DefaultValue, ForeignKey, Generated, Name, SqlExpression, Statement, Volatility,
    split_identifier,
};
use crate::unknown::{Identifier, Sql};
use crate::versions::DjangoVersion;

use super::defaults::effective_default;
use super::expressions;
use super::relations::foreign_key;
use super::run::{Run, django};

/// Whether a column is defined for rows that exist already, which need a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rows {
    /// `CREATE TABLE`: Python defaults do not reach the database.
    None,
    /// `ADD COLUMN`: `include_default=True`.
    Existing,
}

/// A column definition, and whether Django sends part of it as a parameter.
pub(super) struct Definition {
    pub(super) column: Column,
    pub(super) is_parameterized: bool,
}

/// `column_sql`, and what `table_sql` and `add_field` append; nothing for a field without a column.
pub(super) fn column_definition(field: &ModelField<'_>, rows: Rows) -> Option<Definition> {
    let data_type = field.db_type()?;
    let name = field.column()?;
    let declared = &field.field;
    let mut is_parameterized = false;
    let default = match expressions::db_default(field) {
        Some(compiled) => {
            is_parameterized = compiled.is_parameterized;
            Some(compiled.default)
        }
        None if rows == Rows::Existing => python_default(field),
        None => None,
    };
    let generated = expressions::generated(field).map(|compiled| {
        is_parameterized |= compiled.is_parameterized;
        Generated {
            expression: compiled.expression,
            stored: compiled.is_stored,
        }
    });
    let check = field.db_check(&name).map(|sql| SqlExpression {
        sql,
        columns: name.known().map(str::to_owned).into_iter().collect(),
    });
    let column = Column {
        if_not_exists: false,
        data_type: DataType::of(data_type),
        collation: field.collation().filter(|collation| !collation.is_empty()),
        default,
        not_null: !declared.null && generated.is_none(),
        generated,
        primary_key: declared.primary_key,
        unique: declared.unique() && !declared.primary_key,
        index_tablespace: declared.unique().then(|| inline_tablespace(field)).flatten(),
        identity: field.is_identity(),
        check,
        references: None,
        key_name: None,
        check_name: None,
        name,
    };
    Some(Definition {
        column,
        is_parameterized,
    })
}

/// The literal default that `ADD COLUMN` carries.
fn python_default(field: &ModelField<'_>) -> Option<DefaultValue> {
    effective_default(field).sql().map(literal_default)
}

/// A default that is a literal once it is sent, however it came about.
pub(super) fn literal_default(sql: Sql) -> DefaultValue {
    DefaultValue {
        sql,
        volatility: Volatility::Constant,
    }
}

fn inline_tablespace(field: &ModelField<'_>) -> Option<String> {
    field_tablespace(field).or_else(|| field.model.db_tablespace())
}

/// `Field.db_tablespace`
pub(super) fn field_tablespace(field: &ModelField<'_>) -> Option<String> {
    let own = field.field.db_tablespace.clone();
    own.or_else(|| field.model.view.settings().default_index_tablespace.clone())
}

impl Run<'_> {
    /// `BaseDatabaseSchemaEditor.add_field`; `model` is the model before, `field` the field after.
    pub(super) fn add_field(&mut self, model: &Model<'_>, field: &ModelField<'_>) {
        self.add_column(model, field);
        self.flush_deferred();
    }

    fn add_column(&mut self, model: &Model<'_>, field: &ModelField<'_>) {
        if field.field.many_to_many().is_some() {
            if let Some(through) = field.automatic_table() {
                self.create_model(&through);
            }
            return;
        }
        let Some(Definition { mut column, .. }) = column_definition(field, Rows::Existing) else {
            return;
        };
        self.refuse_unsafe_column(field);
        let table = model.db_table();
        let key = inline_foreign_key(field);
        let name = column.name.clone();
        column.references.clone_from(&key);
        let mut statements = vec![alter(&table, AlterTableAction::AddColumn(Box::new(column)))];
        if let Some(ForeignKey { name, .. }) = key {
            statements.push(immediate(&table, name));
        }
        self.execute_all(statements);
        if field.field.db_default.is_none() && effective_default(field).sql().is_some() {
            self.execute(alter(&table, AlterTableAction::DropDefault { column: name.clone() }));
        }
        self.comment_on_column(&table, field, &name);
        for statement in self.field_indexes(model, field) {
            self.defer(statement);
        }
    }

    /// `COMMENT ON COLUMN`, where the field has a comment.
    pub(super) fn comment_on_column(&mut self, table: &Identifier, field: &ModelField<'_>, column: &Identifier) {
        if let Some(text) = field.field.db_comment.as_deref().filter(|text| !text.is_empty()) {
            self.refuse_percent(Some(text), field.django());
            let text = comment_text(field.django(), text);
            self.execute(Statement::Comment {
                table: table.clone(),
                column: Some(column.clone()),
                text,
            });
        }
    }

    /// `BaseDatabaseSchemaEditor.remove_field`.
    pub(super) fn remove_field(&mut self, model: &Model<'_>, field: &ModelField<'_>) {
        self.drop_what_names_column(model, field);
        self.remove_column(model, field);
        self.flush_deferred();
    }

    fn remove_column(&mut self, model: &Model<'_>, field: &ModelField<'_>) {
        if field.field.many_to_many().is_some() {
            if let Some(through) = field.automatic_table() {
                self.delete_model(&through);
            }
            return;
        }
        let (Some(column), Some(_)) = (field.column(), field.db_type()) else {
            return;
        };
        let table = model.db_table();
        if field.field.relation().is_some() {
            self.drop_foreign_keys(model, &column);
        }
        let action = AlterTableAction::DropColumn {
            if_exists: false,
            column: column.clone(),
            // Django 6.0 leaves out CASCADE.
            cascade: django(model) < DjangoVersion::new(6, 0),
        };
        self.execute(alter(&table, action));
        if let Identifier::Known(column) = column {
            self.discard_deferred(|statement| statement.references_column(&table, &column));
        }
    }

    /// Drops the foreign keys on a column, by the names that the catalog has; returns how many there were.
    pub(super) fn drop_foreign_keys(&mut self, model: &Model<'_>, column: &Identifier) -> usize {
        let Some(columns) = self.looked_up(std::slice::from_ref(column)) else {
            return 0;
        };
        let query = NameQuery {
            columns: Some(&columns),
            foreign_key: Some(true),
            ..NameQuery::default()
        };
        let names = self.constraint_names(model, query).unwrap_or_default();
        let names = names.into_iter().map(Name::Given);
        let table = model.db_table();
        let nameless = self.connection.catalog().nameless_foreign_keys(&table, &columns);
        let names: Vec<Name> = names.chain(nameless.into_iter().map(Name::Unknown)).collect();
        let count = names.len();
        for name in names {
            self.delete_foreign_key(model, name);
        }
        count
    }

    /// `_delete_fk_sql`
    pub(super) fn delete_foreign_key(&mut self, model: &Model<'_>, name: Name) {
        let set = Statement::SetConstraintsImmediate {
            constraint: Some(name.clone()),
            namespace: None,
        };
        let drop = AlterTableAction::DropConstraint {
            name,
            if_exists: false,
            cascade: false,
        };
        self.execute_all(vec![set, alter(&model.db_table(), drop)]);
    }
}

/// The foreign key that `ADD COLUMN` carries. See `sql_create_column_inline_fk`.
fn inline_foreign_key(field: &ModelField<'_>) -> Option<ForeignKey> {
    let relation = field.field.relation()?;
    relation.db_constraint.then(|| foreign_key(field))?
}

fn immediate(table: &Identifier, name: Name) -> Statement {
    let (namespace, _) = split_identifier(table.known().unwrap_or_default());
    Statement::SetConstraintsImmediate {
        constraint: Some(name),
        namespace: (!namespace.is_empty()).then(|| namespace.to_owned()),
    }
}

/// A comment as it arrives: Django hands it over as SQL with no parameters, in which `%%` is one percent sign.
/// Django 4.2 doubled them before. (From 5.0 on it stops at a single one.)
pub(crate) fn comment_text(django: DjangoVersion, text: &str) -> String {
    if django < DjangoVersion::new(5, 0) {
        text.to_owned()
    } else {
        text.replace("%%", "%")
    }
}

/// `ALTER TABLE` with one action.
pub(super) fn alter(table: &Identifier, action: AlterTableAction) -> Statement {
    Statement::AlterTable {
        if_exists: false,
        table: table.clone(),
        actions: vec![action],
    }
}
