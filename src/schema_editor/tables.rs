//! Tables: `CreateModel`, `DeleteModel`, table names, comments, and what is unique or indexed together.

use std::collections::BTreeSet;

use crate::catalog::NameQuery;
use crate::migration::FieldKind;
use crate::models::{Model, ModelField};
use crate::statement::{AlterTableAction, ConstraintKind, CreateTable, Name, Statement, TableConstraint, TableForm};
use crate::unknown::Identifier;
use crate::versions::DjangoVersion;

use super::columns::{Rows, alter, column_definition, comment_text};
use super::constraints::create_unique;
use super::meta_names;
use super::relations::{ForeignKeyNaming, add_foreign_key};
use super::run::{Run, django};

impl Run<'_> {
    /// `BaseDatabaseSchemaEditor.create_model`.
    pub(super) fn create_model(&mut self, model: &Model<'_>) {
        let fields = model.local_fields();
        self.create_table(model, &fields);
        let table = model.db_table();
        if let Some(comment) = model
            .state
            .options
            .db_table_comment
            .clone()
            .filter(|text| !text.is_empty())
        {
            self.comment_on_table(&table, comment_text(django(model), &comment));
        }
        for field in &fields {
            if let Some(column) = field.column() {
                self.comment_on_column(&table, field, &column);
            }
        }
        self.defer_model_indexes(model, &fields);
        for field in model.local_many_to_many() {
            if let Some(through) = field.automatic_table() {
                self.create_model(&through);
            }
        }
        self.flush_deferred();
    }

    fn create_table(&mut self, model: &Model<'_>, fields: &[ModelField<'_>]) {
        let create = self.table_of(model, fields);
        self.execute(Statement::CreateTable(create));
    }

    /// `BaseDatabaseSchemaEditor.table_sql`
    pub(super) fn table_of(&mut self, model: &Model<'_>, fields: &[ModelField<'_>]) -> CreateTable {
        for together in &model.state.options.unique_together {
            if let Some(columns) = self.columns(model, together) {
                let statement = create_unique(&model.db_table(), columns);
                self.defer(statement);
            }
        }
        let mut columns = Vec::new();
        let mut is_parameterized = false;
        for field in fields {
            let Some(definition) = column_definition(field, Rows::None) else {
                continue;
            };
            is_parameterized |= definition.is_parameterized;
            columns.push(definition.column);
            if field.field.relation().is_some_and(|relation| relation.db_constraint)
                && let Some(statement) = add_foreign_key(model, field, ForeignKeyNaming::WithTarget)
            {
                self.defer(statement);
            }
        }
        let mut constraints = Vec::new();
        for constraint in meta_names::constraints(model).iter() {
            // Constraints are plain text to Django, which it does not mix with parameters. Before 5.0 there were none.
            if is_parameterized {
                if let Some(statement) = self.create_constraint(model, constraint) {
                    self.defer(statement);
                }
            } else {
                constraints.extend(self.inline_constraint(model, constraint));
            }
        }
        constraints.extend(composite_primary_key(model));
        CreateTable {
            table: model.db_table(),
            columns,
            constraints,
            tablespace: model.db_tablespace().filter(|tablespace| !tablespace.is_empty()),
            form: TableForm::Plain,
            if_not_exists: false,
            unread: Vec::new(),
        }
    }

    /// `_model_indexes_sql`
    pub(super) fn defer_model_indexes(&mut self, model: &Model<'_>, fields: &[ModelField<'_>]) {
        for field in fields {
            for statement in self.field_indexes(model, field) {
                self.defer(statement);
            }
        }
        // Django 5.1 moved `index_together` out of here, see `create_model_together`.
        if django(model) < DjangoVersion::new(5, 1) {
            for together in &model.state.options.index_together {
                if let Some(columns) = self.columns(model, together) {
                    let statement = self.index_together(model, columns);
                    self.defer(statement);
                }
            }
        }
        for index in meta_names::indexes(model).iter() {
            if let Some(statement) = self.create_meta_index(model, index, false) {
                self.defer_index(model, statement);
            }
        }
    }

    /// `BaseDatabaseSchemaEditor.delete_model`.
    pub(super) fn delete_model(&mut self, model: &Model<'_>) {
        self.drop_keys_of_table(model);
        for field in model.local_many_to_many() {
            if let Some(through) = field.automatic_table() {
                self.delete_model(&through);
            }
        }
        let table = model.db_table();
        self.execute(Statement::DropTable {
            if_exists: false,
            table: table.clone(),
            cascade: true,
            along: Vec::new(),
        });
        self.discard_deferred(|statement| statement.references_table(&table));
        self.flush_deferred();
    }

    /// `BaseDatabaseSchemaEditor.alter_db_table`.
    pub(super) fn alter_db_table(&mut self, from: &Identifier, to: &Identifier) {
        if from == to {
            return;
        }
        self.execute(Statement::RenameTable {
            if_exists: false,
            from: from.clone(),
            to: to.clone(),
        });
        self.change_deferred(|statement| statement.rename_table(from, to));
        self.flush_deferred();
    }

    pub(super) fn comment_on_table(&mut self, table: &Identifier, text: String) {
        self.execute(Statement::Comment {
            table: table.clone(),
            column: None,
            text,
        });
        self.flush_deferred();
    }

    /// `BaseDatabaseSchemaEditor.alter_unique_together`.
    pub(super) fn alter_unique_together(&mut self, model: &Model<'_>, old: &[Vec<String>], new: &[Vec<String>]) {
        for together in difference(old, new) {
            self.delete_composed(model, together, Composed::Unique);
        }
        for together in difference(new, old) {
            if let Some(columns) = self.columns(model, together) {
                let statement = create_unique(&model.db_table(), columns);
                self.execute(statement);
            }
        }
    }

    /// `BaseDatabaseSchemaEditor.alter_index_together`.
    pub(super) fn alter_index_together(&mut self, model: &Model<'_>, old: &[Vec<String>], new: &[Vec<String>]) {
        for together in difference(old, new) {
            self.delete_composed(model, together, Composed::Index);
        }
        for together in difference(new, old) {
            if let Some(columns) = self.columns(model, together) {
                let statement = self.index_together(model, columns);
                self.execute(statement);
            }
        }
    }

    /// `_delete_composed_index`: Django fails where it does not find exactly one.
    fn delete_composed(&mut self, model: &Model<'_>, together: &[String], what: Composed) {
        let Some(columns) = self.columns(model, together) else {
            return;
        };
        if what == Composed::Unique && self.discard_deferred_unique(model, &columns) {
            return;
        }
        let own_name = Name::derived(&model.db_table(), &columns, "_uniq");
        let Some(columns) = self.looked_up(&columns) else {
            return;
        };
        let mut exclude = meta_names::constraint_names(model);
        exclude.extend(meta_names::index_names(model));
        let query = NameQuery {
            columns: Some(&columns),
            unique: Some(what == Composed::Unique),
            primary_key: (what == Composed::Unique).then_some(false),
            index: (what == Composed::Index).then_some(true),
            exclude: &exclude,
            ..NameQuery::default()
        };
        let Some(mut names) = self.constraint_names(model, query) else {
            return;
        };
        if what == Composed::Unique {
            let own_name = own_name.known();
            let is_own = |name: &String| own_name.as_deref() == Some(name);
            if names.iter().any(is_own) {
                names.retain(is_own);
            }
        }
        let [name] = names.as_slice() else {
            return self.refuse_count("constraints", names.len(), model, &columns);
        };
        match what {
            Composed::Unique => self.drop_constraint(model, name),
            Composed::Index => self.drop_index(model, Name::Given(name.clone()), false),
        }
    }

    /// Since Django 6.1 a constraint that is still to be created at the end of the migration is not created instead.
    fn discard_deferred_unique(&mut self, model: &Model<'_>, columns: &[Identifier]) -> bool {
        if django(model) < DjangoVersion::new(6, 1) {
            return false;
        }
        let table = model.db_table();
        let mut found = false;
        self.discard_deferred(|statement| {
            let is_it = !found && statement.is_over(&table, columns);
            found |= is_it;
            is_it
        });
        found
    }

    /// `_delete_constraint_sql`, executed.
    pub(super) fn drop_constraint(&mut self, model: &Model<'_>, name: &str) {
        let name = Name::Given(name.to_owned());
        self.execute(alter(
            &model.db_table(),
            AlterTableAction::DropConstraint {
                name,
                if_exists: false,
                cascade: false,
            },
        ));
    }
}

/// What `_delete_composed_index` deletes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Composed {
    Unique,
    Index,
}

/// The groups of `these` that are not among `others`, each once, in order.
fn difference<'a>(these: &'a [Vec<String>], others: &[Vec<String>]) -> Vec<&'a Vec<String>> {
    let mut seen = BTreeSet::new();
    let groups = these.iter();
    groups
        .filter(|&group| !others.contains(group) && seen.insert(group))
        .collect()
}

/// `_pk_constraint_sql` of a model with a `CompositePrimaryKey`.
fn composite_primary_key(model: &Model<'_>) -> Option<TableConstraint> {
    let key = model.primary_key()?;
    let FieldKind::CompositePrimaryKey(parts) = &key.field.kind else {
        return None;
    };
    let columns = parts
        .iter()
        .map(|part| {
            model
                .field(part)
                .and_then(|field| field.column())
                .unwrap_or_else(|| part.as_str().into())
        })
        .collect();
    Some(TableConstraint {
        name: None,
        kind: ConstraintKind::PrimaryKey { columns },
        not_valid: false,
    })
}
