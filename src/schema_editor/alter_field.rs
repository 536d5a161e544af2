//! `AlterField` and `RenameField` of a column: `_alter_field` of django/db/backends/base/schema.py.

use crate::catalog::NameQuery;
use crate::migration::FieldKind;
use crate::models::{Model, ModelField};
use crate::statement::{
    AlterTableAction, ConstraintKind, DerivedName, Name, SqlExpression, Statement, TableConstraint,
};
use crate::unknown::{Identifier, Sql, known_names};
use crate::versions::DjangoVersion;

use super::alter_type::is_changing_type_of_indexed_text_column;
use super::columns::{alter, literal_default};
use super::compare::{Ignoring, may_be_renamed, should_be_altered};
use super::constraints::create_unique;
use super::defaults::effective_default;
use super::indexes::{field_index, spatial, spatial_index};
use super::meta_names::{constraint_names, index_names};
use super::prepare::Prepared;
use super::relations::{ForeignKeyNaming, add_foreign_key, related_fields};
use super::run::{Run, django};
use super::{equality, expressions};

/// A field before and after, with the column's type on both sides.
struct Change<'c, 'a> {
    /// The model whose table the statements name.
    model: &'c Model<'a>,
    old: &'c ModelField<'a>,
    new: &'c ModelField<'a>,
    old_type: Sql,
    new_type: Sql,
    old_column: Identifier,
    column: Identifier,
}

impl Run<'_> {
    /// `BaseDatabaseSchemaEditor.alter_field`
    pub(super) fn alter_field(&mut self, model: &Model<'_>, old: &ModelField<'_>, new: &ModelField<'_>) {
        if !should_be_altered(old, new, Ignoring::Nothing) {
            return;
        }
        match (old.field.many_to_many().is_some(), new.field.many_to_many().is_some()) {
            (true, true) => return self.alter_relation_table(old, new),
            (false, false) => {}
            (true, false) | (false, true) => {
                return self.refuse_field(old, "you cannot alter to or from M2M fields");
            }
        }
        if (old.is_generated() || new.is_generated()) && is_other_generated(old, new) {
            return self.refuse_generated(old, new);
        }
        let (Some(old_type), Some(new_type)) = (old.db_type(), new.db_type()) else {
            return self.refuse_field(old, "fields without a column cannot be altered");
        };
        let (Some(old_column), Some(column)) = (old.column(), new.column()) else {
            return;
        };
        // Whether the type changes depends on it, even where nothing is sent.
        let mut unknowns: Vec<_> = old_type.unknowns().iter().chain(new_type.unknowns()).collect();
        unknowns.dedup();
        for unknown in unknowns {
            self.partial(unknown.reason());
        }
        self.alter_column(&Change {
            model,
            old,
            new,
            old_type,
            new_type,
            old_column,
            column,
        });
    }

    /// Django raises an error here; nothing is sent.
    fn refuse_field(&mut self, field: &ModelField<'_>, reason: &str) {
        self.refuse(format!("{reason} (`{}.{}`)", field.model.state.label(), field.name));
    }

    /// A generated field that changes, as far as its expression is known.
    fn refuse_generated(&mut self, old: &ModelField<'_>, new: &ModelField<'_>) {
        let reason = "a GeneratedField cannot be altered, only removed and added again";
        let unknown = |field| {
            let generated = expressions::generated(field)?;
            generated
                .expression
                .sql
                .unknowns()
                .first()
                .map(|unknown| unknown.reason().to_owned())
        };
        match unknown(old).or_else(|| unknown(new)) {
            Some(unknown) => self.partial(format!("whether the generated field changes: {unknown}")),
            None => self.refuse_field(old, reason),
        }
    }

    /// `_alter_field` of the PostgreSQL schema editor.
    fn alter_column(&mut self, change: &Change<'_, '_>) {
        let dropped_own_key = self.drop_own_foreign_key(change);
        self.drop_unique(change);
        let is_target = self.drop_incoming_foreign_keys(change);
        self.drop_field_indexes(change);
        let (old_check, new_check) = checks(change);
        if old_check != new_check && old_check.is_some() {
            self.drop_checks(change);
        }
        self.rename_column(change);
        let needs_default = self.alter_definition(change);
        self.alter_keys(change, is_target);
        self.add_own_foreign_key(change, dropped_own_key);
        if is_target {
            self.add_incoming_foreign_keys(change);
        }
        if old_check != new_check && new_check.is_some() {
            self.add_check(change);
        }
        if needs_default {
            let column = change.column.clone();
            self.execute(change.alter(AlterTableAction::DropDefault { column }));
        }
        self.alter_like_index(change);
        self.alter_spatial_index(change);
        self.flush_deferred();
    }

    fn drop_own_foreign_key(&mut self, change: &Change<'_, '_>) -> bool {
        let has_key = has_constraint(change.old) && should_be_altered(change.old, change.new, Ignoring::Comment);
        if !has_key {
            return false;
        }
        let dropped = self.drop_foreign_keys(change.model, &change.old_column);
        let table = change.model.db_table();
        let is_whole = table
            .known()
            .is_some_and(|table| self.connection.catalog().is_whole(table));
        if dropped == 0 && !is_whole {
            self.partial("whether the column has its foreign key is not known: not all that happened to the table is");
        }
        dropped > 0
    }

    fn drop_unique(&mut self, change: &Change<'_, '_>) {
        let became_key = !change.old.field.primary_key && change.new.field.primary_key;
        if !change.old.field.unique() || change.new.field.unique() && !became_key {
            return;
        }
        let Some(columns) = self.looked_up(std::slice::from_ref(&change.old_column)) else {
            return;
        };
        let query = NameQuery {
            columns: Some(&columns),
            unique: Some(true),
            primary_key: Some(false),
            exclude: &constraint_names(change.model),
            ..NameQuery::default()
        };
        for name in self.constraint_names(change.model, query).unwrap_or_default() {
            self.drop_constraint(change.model, &name);
        }
    }

    /// Drops the foreign keys of others to this column where its type changes; true where that is so.
    fn drop_incoming_foreign_keys(&mut self, change: &Change<'_, '_>) -> bool {
        let (old, new) = (&change.old.field, &change.new.field);
        let stays_target = old.primary_key && new.primary_key || old.unique() && new.unique();
        let collation_changes = change.old.collation() != change.new.collation();
        if !stays_target || change.old_type == change.new_type && !collation_changes {
            return false;
        }
        for (_, relation) in related_fields(change.old, change.new) {
            if let Some(column) = relation.column() {
                self.drop_foreign_keys(&relation.model, &column);
            }
        }
        true
    }

    fn drop_field_indexes(&mut self, change: &Change<'_, '_>) {
        let (old, new) = (&change.old.field, &change.new.field);
        if !old.db_index || old.unique() || new.db_index && !new.unique() {
            return;
        }
        let Some(columns) = self.looked_up(std::slice::from_ref(&change.old_column)) else {
            return;
        };
        let exclude = index_names(change.model);
        let query = NameQuery {
            columns: Some(&columns),
            index: Some(true),
            plain_btree: true,
            exclude: &exclude,
            ..NameQuery::default()
        };
        let believed = constraint_names(change.model);
        for name in self.constraint_names(change.model, query).unwrap_or_default() {
            // A unique constraint with a condition is an index to Postgres, and Django asks for indexes.
            if believed.contains(&name)
                && let Identifier::Known(table) = change.model.db_table()
            {
                let names = vec![("table", table), ("constraint", name.clone())];
                self.remark("drop-index-of-constraint", names);
            }
            self.drop_index(change.model, Name::Given(name), false);
        }
    }

    fn drop_checks(&mut self, change: &Change<'_, '_>) {
        let Some(columns) = self.looked_up(std::slice::from_ref(&change.old_column)) else {
            return;
        };
        let query = NameQuery {
            columns: Some(&columns),
            check: Some(true),
            exclude: &constraint_names(change.model),
            ..NameQuery::default()
        };
        for name in self.constraint_names(change.model, query).unwrap_or_default() {
            self.drop_constraint(change.model, &name);
        }
    }

    fn rename_column(&mut self, change: &Change<'_, '_>) {
        let (from, to) = (change.old_column.clone(), change.column.clone());
        if from == to && !may_be_renamed(change.old, change.new) {
            return;
        }
        if let Some(unknown) = from.unknown().or_else(|| to.unknown()) {
            // Two names that are not known may be one.
            return self.partial(format!("whether the column is renamed: {}", unknown.reason()));
        }
        let table = change.model.db_table();
        self.execute(change.alter(AlterTableAction::RenameColumn {
            from: from.clone(),
            to: to.clone(),
        }));
        if let (Identifier::Known(from), Identifier::Known(to)) = (from, to) {
            self.change_deferred(|statement| statement.rename_column(&table, &from, &to));
        }
    }

    /// Type, defaults and nullability; true where a default was set that has to go again.
    fn alter_definition(&mut self, change: &Change<'_, '_>) -> bool {
        let (old, new) = (change.old, change.new);
        let mut actions = Vec::new();
        let mut afterwards = Vec::new();
        if changes_type(change)
            && let Some(type_change) = self.alter_column_type(change.model, old, new)
        {
            // Also where only the comment changes: Django sends the type again.
            actions.push(type_change.action);
            afterwards = type_change.afterwards;
        }
        actions.extend(database_default_action(change));
        let becomes_not_null = old.field.null && !new.field.null;
        let new_default = effective_default(new);
        let needs_default = becomes_not_null
            && new.field.db_default.is_none()
            && new_default != Prepared::None
            && equality::differ(&effective_default(old), &new_default);
        if needs_default && let Some(sql) = new_default.sql() {
            actions.push(AlterTableAction::SetDefault {
                column: change.column.clone(),
                default: literal_default(sql),
            });
        }
        let null_action = null_action(change);
        let has_default = new.field.default.is_some() || new.field.db_default.is_some();
        if becomes_not_null && has_default {
            self.alter_with_default(change, actions, null_action, &new_default);
        } else {
            actions.extend(null_action);
            self.alter_all(change, actions);
        }
        for statement in afterwards {
            self.execute(statement);
        }
        needs_default
    }

    /// The four-way default alteration: default, update of the rows without a value, NOT NULL.
    fn alter_with_default(
        &mut self,
        change: &Change<'_, '_>,
        actions: Vec<AlterTableAction>,
        null_action: Option<AlterTableAction>,
        new_default: &Prepared,
    ) {
        self.alter_all(change, actions);
        let value = match expressions::db_default(change.new) {
            Some(compiled) => compiled.default.sql,
            None => new_default.sql().unwrap_or_else(|| "NULL".into()),
        };
        self.execute_all(vec![
            Statement::UpdateNulls {
                table: change.model.db_table(),
                column: change.column.clone(),
                value,
            },
            Statement::SetConstraintsImmediate {
                constraint: None,
                namespace: None,
            },
        ]);
        self.alter_all(change, null_action.into_iter().collect());
    }

    /// Several actions in one `ALTER TABLE` (`supports_combined_alters`).
    fn alter_all(&mut self, change: &Change<'_, '_>, actions: Vec<AlterTableAction>) {
        if !actions.is_empty() {
            self.execute(Statement::AlterTable {
                if_exists: false,
                table: change.model.db_table(),
                actions,
            });
        }
    }

    /// Primary key, unique constraint and index of the column, and the columns that point to it.
    fn alter_keys(&mut self, change: &Change<'_, '_>, is_target: bool) {
        let (old, new) = (&change.old.field, &change.new.field);
        if old.primary_key && !new.primary_key {
            self.drop_primary_key(change.model);
        }
        if !new.primary_key && new.unique() && (!old.unique() || old.primary_key) {
            let statement = create_unique(&change.model.db_table(), vec![change.column.clone()]);
            self.execute(statement);
        }
        if (!old.db_index || old.unique()) && new.db_index && !new.unique() {
            self.execute(field_index(change.model, change.new, change.column.clone()));
        }
        let mut relations = Vec::new();
        if is_target {
            relations.extend(related_fields(change.old, change.new));
        }
        if !old.primary_key && new.primary_key {
            self.add_primary_key(change);
            relations.extend(related_fields(change.old, change.new));
        }
        for (old_relation, relation) in relations {
            self.alter_relation_type(&old_relation, &relation);
        }
    }

    fn alter_relation_type(&mut self, old_relation: &ModelField<'_>, relation: &ModelField<'_>) {
        if let Some(change) = self.alter_column_type(&relation.model, old_relation, relation) {
            self.execute(alter(&relation.model.db_table(), change.action));
            for statement in change.afterwards {
                self.execute(statement);
            }
        }
    }

    fn drop_primary_key(&mut self, model: &Model<'_>) {
        let query = NameQuery {
            primary_key: Some(true),
            ..NameQuery::default()
        };
        for name in self.constraint_names(model, query).unwrap_or_default() {
            self.drop_constraint(model, &name);
        }
    }

    fn add_primary_key(&mut self, change: &Change<'_, '_>) {
        let columns = vec![change.column.clone()];
        let name = Name::Derived(Box::new(DerivedName {
            table: change.model.db_table(),
            columns: columns.clone(),
            suffix: "_pk".to_owned(),
            target: None,
        }));
        let constraint = TableConstraint {
            name: Some(name),
            kind: ConstraintKind::PrimaryKey { columns },
            not_valid: false,
        };
        self.execute(change.alter(AlterTableAction::AddConstraint(constraint)));
    }

    fn add_own_foreign_key(&mut self, change: &Change<'_, '_>, dropped: bool) {
        let was_without = !has_constraint(change.old);
        if has_constraint(change.new)
            && (dropped || was_without)
            && let Some(statement) = add_foreign_key(change.model, change.new, ForeignKeyNaming::WithTarget)
        {
            self.execute(statement);
            if dropped && !self.connection.is_in_transaction() {
                self.note_key_missing(change.model, change.new);
            }
        }
    }

    /// Outside of a transaction others see the table without the key that is made again.
    fn note_key_missing(&mut self, model: &Model<'_>, field: &ModelField<'_>) {
        let column = field.column().map(|column| column.shown().into_owned());
        let names = vec![
            ("table", model.db_table().shown().into_owned()),
            ("column", column.unwrap_or_default()),
        ];
        self.remark("foreign-key-missing-meanwhile", names);
    }

    fn add_incoming_foreign_keys(&mut self, change: &Change<'_, '_>) {
        let mut relations = related_fields(change.old, change.new);
        if !change.old.field.primary_key && change.new.field.primary_key {
            relations.extend(related_fields(change.old, change.new));
        }
        for (_, relation) in relations {
            if has_constraint(&relation)
                && let Some(statement) = add_foreign_key(&relation.model, &relation, ForeignKeyNaming::Plain)
            {
                self.execute(statement);
            }
        }
    }

    fn add_check(&mut self, change: &Change<'_, '_>) {
        let columns = std::slice::from_ref(&change.column);
        let Some(sql) = change.new.db_check(&change.column) else {
            return;
        };
        // Unlike index names this one is fixed at once.
        let name = Name::derived(&change.model.db_table(), columns, "_check");
        let constraint = TableConstraint {
            name: Some(name),
            kind: ConstraintKind::Check(SqlExpression {
                sql,
                columns: known_names(columns).unwrap_or_default(),
            }),
            not_valid: false,
        };
        self.execute(change.alter(AlterTableAction::AddConstraint(constraint)));
    }

    /// `_alter_field` of django/contrib/gis/db/backends/postgis/schema.py
    fn alter_spatial_index(&mut self, change: &Change<'_, '_>) {
        let indexed = |field: &ModelField<'_>| spatial(field).filter(|spatial| spatial.indexed);
        match (indexed(change.old), indexed(change.new)) {
            (None, Some(spatial)) => self.execute(spatial_index(change.model, spatial, change.column.clone())),
            (Some(_), None) => {
                let columns = std::slice::from_ref(&change.old_column);
                let name = Name::derived(&change.model.db_table(), columns, "_id");
                self.drop_index(change.model, name, false);
            }
            (Some(_), Some(_)) | (None, None) => {}
        }
    }

    fn alter_like_index(&mut self, change: &Change<'_, '_>) {
        let (old, new) = (&change.old.field, &change.new.field);
        // Django 5.2 began to make the index anew where the type of an indexed text column changes.
        let is_new_type = django(change.model) >= DjangoVersion::new(5, 2)
            && is_changing_type_of_indexed_text_column(change.old, &change.old_type, &change.new_type);
        let is_added = !(old.db_index || old.unique()) && new.db_index || !old.unique() && new.unique();
        if (is_added || is_new_type)
            && let Some(statement) = self.like_index(change.model, change.new)
        {
            self.execute(statement);
        }
        if old.unique() && !new.db_index && !new.unique() {
            let name = Name::derived(
                &change.model.db_table(),
                std::slice::from_ref(&change.old_column),
                "_like",
            );
            self.drop_index(change.model, name, false);
        }
    }
}

impl Change<'_, '_> {
    fn alter(&self, action: AlterTableAction) -> Statement {
        alter(&self.model.db_table(), action)
    }
}

fn has_constraint(field: &ModelField<'_>) -> bool {
    field.field.relation().is_some_and(|relation| relation.db_constraint)
}

/// The column checks. Since Django 5.0 those of the internal type are compared (`_field_db_check`), without the column's name.
fn checks(change: &Change<'_, '_>) -> (Option<Sql>, Option<Sql>) {
    let ignores_name = django(change.model) >= DjangoVersion::new(5, 0);
    if ignores_name {
        let name = "__column_name__".into();
        return (
            change.old.check_of_internal_type(&name),
            change.new.check_of_internal_type(&name),
        );
    }
    (
        change.old.db_check(&change.old_column),
        change.new.db_check(&change.column),
    )
}

/// Whether `_alter_column_type_sql` is called: type, identity, collation or comment change.
fn changes_type(change: &Change<'_, '_>) -> bool {
    change.old_type != change.new_type
        || change.old.is_identity() != change.new.is_identity()
        || change.old.collation() != change.new.collation()
        || change.old.field.db_comment != change.new.field.db_comment
}

/// `_alter_column_database_default_sql`
fn database_default_action(change: &Change<'_, '_>) -> Option<AlterTableAction> {
    let column = change.column.clone();
    match (&change.old.field.db_default, &change.new.field.db_default) {
        (Some(old), Some(new)) if old == new => None,
        (_, Some(_)) => expressions::db_default(change.new).map(|compiled| AlterTableAction::SetDefault {
            column,
            default: compiled.default,
        }),
        (Some(_), None) => Some(AlterTableAction::DropDefault { column }),
        (None, None) => None,
    }
}

fn null_action(change: &Change<'_, '_>) -> Option<AlterTableAction> {
    let column = change.column.clone();
    match (change.old.field.null, change.new.field.null) {
        (true, false) => Some(AlterTableAction::SetNotNull { column }),
        (false, true) => Some(AlterTableAction::DropNotNull { column }),
        (true, true) | (false, false) => None,
    }
}

fn is_other_generated(old: &ModelField<'_>, new: &ModelField<'_>) -> bool {
    match (&old.field.kind, &new.field.kind) {
        (FieldKind::Generated { stored: old_stored, .. }, FieldKind::Generated { stored: new_stored, .. }) => {
            let sql = |field| expressions::generated(field).map(|generated| generated.expression.sql);
            old_stored != new_stored || sql(old) != sql(new)
        }
        _ => true,
    }
}
