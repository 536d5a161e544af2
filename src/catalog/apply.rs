//! What each statement does to the catalog.

use crate::statement::{
    self, AlterTableAction, ConstraintKind as Declared, CreateIndex, CreateTable, IndexItem, SqlExpression, Statement,
    TableConstraint,
};

use super::names::{stored, stored_all};
use super::{Catalog, Column, Constraint, ConstraintKind, Index, Sequence, Table, object_name};

impl Catalog {
    /// Applies a statement. What it names and the catalog does not know is left alone: the database of a real project
    /// may have it.
    pub fn apply(&mut self, statement: &Statement) {
        match statement {
            Statement::CreateTable(create) => self.create_table(create),
            Statement::DropTable { table, cascade } => {
                if *cascade {
                    self.drop_dependent_views(stored(table), None);
                }
                self.drop_table(table);
            }
            Statement::RenameTable { from, to } => self.rename_table(from, to),
            Statement::AlterTable { table, actions } => {
                for action in actions {
                    self.alter_table(stored(table), action);
                }
            }
            Statement::CreateIndex(create) => self.create_index(create),
            Statement::DropIndex { name, .. } => self.drop_index(stored(&name.resolve())),
            Statement::RenameIndex { from, to, .. } => self.rename_index(&from.resolve(), &to.resolve()),
            Statement::CreateSequence { sequence } => {
                let created = Sequence {
                    owner: None,
                    created_in: self.migration,
                };
                self.sequences.insert(sequence.clone(), created);
            }
            Statement::DropSequence { sequence, .. } => {
                self.sequences.remove(sequence);
            }
            Statement::CreateCollation {
                name, nondeterministic, ..
            } => {
                if *nondeterministic {
                    self.nondeterministic_collations.insert(name.clone());
                }
            }
            Statement::DropCollation { name } => {
                self.nondeterministic_collations.remove(name);
            }
            Statement::CreateExtension { name } => {
                self.extensions.insert(name.clone());
            }
            Statement::Command { command, .. } => self.apply_command(command),
            Statement::Comment { .. }
            | Statement::SetConstraintsImmediate { .. }
            | Statement::UpdateNulls { .. }
            | Statement::AlterSequenceType { .. }
            | Statement::Unread { .. } => {}
        }
    }

    fn create_table(&mut self, create: &CreateTable) {
        let name = stored(&create.table).to_owned();
        if create.if_not_exists && self.tables.contains_key(&name) {
            return;
        }
        let table = Table {
            created_in: self.migration,
            ..Table::default()
        };
        self.tables.insert(name.clone(), table);
        for column in &create.columns {
            self.add_column(&name, column);
        }
        for constraint in &create.constraints {
            self.add_constraint(&name, constraint);
        }
        self.attach(&name, &create.form);
    }

    pub(super) fn drop_table(&mut self, name: &str) {
        let name = stored(name);
        let Some(table) = self.tables.remove(name) else {
            return;
        };
        for index in table.indexes.keys() {
            self.index_tables.remove(index);
        }
        self.sequences
            .retain(|_, sequence| sequence.owner.as_ref().is_none_or(|(owner, _)| owner != name));
        for child in &table.referenced_by {
            if let Some(child) = self.tables.get_mut(child) {
                child.constraints.retain(|_, constraint| !constraint.references(name));
            }
        }
        for parent in self.tables.values_mut() {
            parent.attached.children.remove(name);
            if parent.attached.default_partition.as_deref() == Some(name) {
                parent.attached.default_partition = None;
            }
        }
        if table.attached.partitioned {
            for partition in &table.attached.children {
                self.drop_table(partition);
            }
        }
    }

    fn rename_table(&mut self, from: &str, to: &str) {
        let (from, to) = (stored(from), stored(to));
        let Some(table) = self.tables.remove(from) else { return };
        for index in table.indexes.keys() {
            self.index_tables.insert(index.clone(), to.to_owned());
        }
        for sequence in self.sequences.values_mut() {
            if let Some((owner, _)) = &mut sequence.owner
                && owner == from
            {
                to.clone_into(owner);
            }
        }
        self.rename_in_views(from, to);
        let parents: Vec<String> = table.foreign_key_targets().map(str::to_owned).collect();
        let children = table.referenced_by.clone();
        self.tables.insert(to.to_owned(), table);
        for parent in parents {
            let parent = if parent == from { to } else { &parent };
            if let Some(parent) = self.tables.get_mut(parent) {
                parent.referenced_by.insert(to.to_owned());
            }
        }
        for child in children {
            let child = if child == from { to } else { &child };
            if let Some(child) = self.tables.get_mut(child) {
                child.repoint_foreign_keys(from, to);
            }
        }
    }

    fn alter_table(&mut self, table: &str, action: &AlterTableAction) {
        match action {
            AlterTableAction::AddColumn(column) => self.add_column(table, column),
            AlterTableAction::DropColumn { column, cascade } => {
                let column = stored(column);
                if *cascade {
                    self.drop_dependent_views(table, Some(column));
                }
                self.drop_column(table, column);
            }
            AlterTableAction::RenameColumn { from, to } => self.rename_column(table, stored(from), stored(to)),
            AlterTableAction::AddConstraint(constraint) => self.add_constraint(table, constraint),
            AlterTableAction::DropConstraint { name, .. } => self.drop_constraint(table, stored(&name.resolve())),
            AlterTableAction::ValidateConstraint { name } => {
                let name = name.resolve();
                if let Some(constraint) = self
                    .tables
                    .get_mut(table)
                    .and_then(|table| table.constraints.get_mut(stored(&name)))
                {
                    constraint.validated = true;
                }
            }
            AlterTableAction::AddIdentity { column } => {
                self.own_sequence(table, column);
                self.change_column(table, column, |column| column.identity = true);
            }
            AlterTableAction::DropIdentity { column } => {
                if self.column(table, column).is_some_and(|column| column.identity) {
                    self.drop_owned_sequence(table, column);
                }
                self.change_column(table, column, |column| column.identity = false);
            }
            AlterTableAction::AlterType {
                column,
                data_type,
                collation,
                ..
            } => {
                self.change_column(table, column, |column| {
                    column.data_type = data_type.clone();
                    column.collation.clone_from(collation);
                });
            }
            AlterTableAction::SetDefault { column, default } => {
                self.change_column(table, column, |column| column.default = Some(default.clone()));
            }
            AlterTableAction::DropDefault { column } => {
                self.change_column(table, column, |column| column.default = None);
            }
            AlterTableAction::SetNotNull { column } => {
                self.change_column(table, column, |column| column.not_null = true);
            }
            AlterTableAction::DropNotNull { column } => {
                self.change_column(table, column, |column| column.not_null = false);
            }
            AlterTableAction::SetTablespace { .. } => {}
            AlterTableAction::Change { change, .. } => self.change_table(table, change),
        }
    }

    pub(super) fn change_column(&mut self, table: &str, column: &str, change: impl FnOnce(&mut Column)) {
        if let Some(column) = self
            .tables
            .get_mut(table)
            .and_then(|table| table.columns.get_mut(stored(column)))
        {
            change(column);
        }
    }

    pub(super) fn add_column(&mut self, table: &str, column: &statement::Column) {
        let Some(entry) = self.tables.get_mut(table) else {
            return;
        };
        let column_name = stored(&column.name);
        entry.columns.insert(column_name.to_owned(), Column::of(column));
        if column.identity || column.data_type.name.ends_with("serial") {
            self.own_sequence(table, column_name);
        }
        let own = vec![column_name.to_owned()];
        if column.primary_key {
            self.add_keyed(table, ConstraintKind::PrimaryKey(own), column.key_name.clone(), true);
        } else if column.unique {
            self.add_keyed(table, ConstraintKind::Unique(own), column.key_name.clone(), true);
        }
        if let Some(check) = &column.check {
            let derived = || self.constraint_name(table, Some(column_name), "check");
            let name = column.check_name.clone().unwrap_or_else(derived);
            self.insert_constraint(table, name, stored_check(check), true);
        }
        if let Some(key) = &column.references {
            let constraint = TableConstraint {
                name: Some(key.name.clone()),
                kind: Declared::ForeignKey(key.clone()),
                not_valid: false,
            };
            self.add_constraint(table, &constraint);
        }
    }

    pub(super) fn drop_column(&mut self, table: &str, column: &str) {
        self.drop_owned_sequence(table, column);
        let incoming: Vec<(String, String)> = self
            .incoming_foreign_keys(table)
            .filter(|(_, _, constraint)| {
                matches!(&constraint.kind, ConstraintKind::ForeignKey { to_columns, .. } if to_columns.iter().any(|to| to == column))
            })
            .map(|(child, name, _)| (child.to_owned(), name.to_owned()))
            .collect();
        for (child, name) in incoming {
            self.drop_constraint(&child, &name);
        }
        let Some(entry) = self.tables.get_mut(table) else {
            return;
        };
        entry.columns.shift_remove(column);
        entry
            .constraints
            .retain(|_, constraint| !constraint.columns().iter().any(|name| name == column));
        let index_tables = &mut self.index_tables;
        entry.indexes.retain(|name, index| {
            let kept = !index.mentions(column);
            if !kept {
                index_tables.remove(name);
            }
            kept
        });
    }

    fn rename_column(&mut self, table: &str, from: &str, to: &str) {
        let children: Vec<String> = self
            .incoming_foreign_keys(table)
            .map(|(child, _, _)| child.to_owned())
            .collect();
        for child in children {
            if let Some(child) = self.tables.get_mut(&child) {
                child.rename_referenced_column(table, from, to);
            }
        }
        for sequence in self.sequences.values_mut() {
            if let Some((owner, column)) = &mut sequence.owner
                && owner == table
                && column == from
            {
                to.clone_into(column);
            }
        }
        if let Some(entry) = self.tables.get_mut(table) {
            entry.rename_column(from, to);
        }
        self.rename_column_in_views(table, from, to);
    }

    fn add_constraint(&mut self, table: &str, constraint: &TableConstraint) {
        let name = constraint.name.as_ref().map(|name| stored(&name.resolve()).to_owned());
        match &constraint.kind {
            Declared::Check(expression) => {
                let column = (expression.columns.len() == 1).then(|| stored(&expression.columns[0]).to_owned());
                let name = name.unwrap_or_else(|| self.constraint_name(table, column.as_deref(), "check"));
                self.insert_constraint(table, name, stored_check(expression), !constraint.not_valid);
            }
            Declared::Unique { columns, .. } => {
                self.add_keyed(table, ConstraintKind::Unique(stored_all(columns)), name, true);
            }
            Declared::PrimaryKey { columns } => {
                for column in columns {
                    self.change_column(table, column, |column| column.not_null = true);
                }
                self.add_keyed(table, ConstraintKind::PrimaryKey(stored_all(columns)), name, true);
            }
            Declared::Exclude { definition } => {
                self.add_keyed(
                    table,
                    ConstraintKind::Exclude(stored_all(&definition.columns)),
                    name,
                    false,
                );
            }
            Declared::ForeignKey(key) => {
                let to_table = stored(&key.to_table).to_owned();
                if let Some(parent) = self.tables.get_mut(&to_table) {
                    parent.referenced_by.insert(table.to_owned());
                }
                let name = name.unwrap_or_else(|| stored(&key.name.resolve()).to_owned());
                let columns = stored_all(&key.columns);
                let to_columns = if key.to_columns.is_empty() {
                    self.primary_key(&to_table)
                } else {
                    stored_all(&key.to_columns)
                };
                let kind = ConstraintKind::ForeignKey {
                    columns,
                    to_table,
                    to_columns,
                };
                self.insert_constraint(table, name.clone(), kind, !constraint.not_valid);
                let inserted = self
                    .tables
                    .get_mut(table)
                    .and_then(|entry| entry.constraints.get_mut(&name));
                if let Some(inserted) = inserted {
                    inserted.deferred = key.deferrable;
                }
                if self.is_partitioned(table) {
                    for partition in self.descendants(table) {
                        self.inherit_foreign_keys(&partition, table);
                    }
                }
            }
        }
    }

    /// The columns of the primary key: what `REFERENCES table` without columns means.
    fn primary_key(&self, table: &str) -> Vec<String> {
        let constraints = self
            .tables
            .get(table)
            .into_iter()
            .flat_map(|entry| entry.constraints.values());
        let mut keys = constraints.filter_map(|constraint| match &constraint.kind {
            ConstraintKind::PrimaryKey(columns) => Some(columns.clone()),
            ConstraintKind::Check(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::ForeignKey { .. }
            | ConstraintKind::Exclude(_) => None,
        });
        keys.next().unwrap_or_default()
    }

    /// Adds a constraint that is kept by an index of the same name.
    pub(super) fn add_keyed(&mut self, table: &str, kind: ConstraintKind, name: Option<String>, unique: bool) {
        let (columns, label) = match &kind {
            ConstraintKind::PrimaryKey(columns) => (columns.clone(), "pkey"),
            ConstraintKind::Exclude(columns) => (columns.clone(), "excl"),
            ConstraintKind::Unique(columns) | ConstraintKind::ForeignKey { columns, .. } => (columns.clone(), "key"),
            ConstraintKind::Check(expression) => (expression.columns.clone(), "check"),
        };
        // See ChooseIndexName in src/backend/commands/indexcmds.c: a primary key is named without its columns.
        let parts = (label != "pkey").then(|| columns.join("_"));
        let name = name.unwrap_or_else(|| self.constraint_name(table, parts.as_deref(), label));
        let items = columns.into_iter().map(Some).collect();
        let method = if unique { "btree" } else { "gist" };
        let index = Index {
            unique,
            method: method.to_owned(),
            items,
            mentioned: Vec::new(),
            partial: false,
            has_parameters: false,
        };
        self.insert_index(table, &name, index);
        self.insert_constraint(table, name, kind, true);
    }

    pub(super) fn insert_constraint(&mut self, table: &str, name: String, kind: ConstraintKind, validated: bool) {
        if let Some(entry) = self.tables.get_mut(table) {
            let deferred = false;
            entry.constraints.insert(
                name,
                Constraint {
                    kind,
                    validated,
                    deferred,
                },
            );
        }
    }

    pub(super) fn drop_constraint(&mut self, table: &str, name: &str) {
        if self.is_partitioned(table) {
            for partition in self.descendants(table) {
                let entry = self.tables.get_mut(&partition);
                entry.and_then(|entry| entry.constraints.shift_remove(name));
            }
        }
        let Some(entry) = self.tables.get_mut(table) else {
            return;
        };
        if entry.constraints.shift_remove(name).is_some() && entry.indexes.shift_remove(name).is_some() {
            self.index_tables.remove(name);
        }
    }

    fn create_index(&mut self, create: &CreateIndex) {
        let name = stored(&create.name.resolve()).to_owned();
        if create.if_not_exists && self.index_tables.contains_key(&name) {
            return;
        }
        let mut items = Vec::new();
        let mut mentioned = Vec::new();
        for item in &create.items {
            match item {
                IndexItem::Column { name, .. } => items.push(Some(stored(name).to_owned())),
                IndexItem::Expression(expression) => {
                    items.push(None);
                    mentioned.extend(stored_all(&expression.columns));
                }
            }
        }
        // Django reads `indkey`, which holds the INCLUDE columns too.
        items.extend(stored_all(&create.include).into_iter().map(Some));
        if let Some(condition) = &create.condition {
            mentioned.extend(stored_all(&condition.columns));
        }
        let index = Index {
            unique: create.unique,
            method: create.using.clone().unwrap_or_else(|| "btree".to_owned()),
            items,
            mentioned,
            partial: create.condition.is_some(),
            has_parameters: create.with.is_some(),
        };
        self.insert_index(stored(&create.table), &name, index);
    }

    pub(super) fn insert_index(&mut self, table: &str, name: &str, index: Index) {
        if let Some(entry) = self.tables.get_mut(table) {
            entry.indexes.insert(name.to_owned(), index);
            self.index_tables.insert(name.to_owned(), table.to_owned());
        }
    }

    fn drop_index(&mut self, name: &str) {
        let Some(table) = self.index_tables.remove(name) else {
            return;
        };
        if let Some(entry) = self.tables.get_mut(&table) {
            entry.indexes.shift_remove(name);
        }
    }

    pub(super) fn rename_index(&mut self, from: &str, to: &str) {
        let Some(table) = self.index_tables.remove(stored(from)) else {
            return;
        };
        if let Some(entry) = self.tables.get_mut(&table) {
            if let Some(index) = entry.indexes.shift_remove(stored(from)) {
                entry.indexes.insert(stored(to).to_owned(), index);
            }
            if let Some(constraint) = entry.constraints.shift_remove(stored(from)) {
                entry.constraints.insert(stored(to).to_owned(), constraint);
            }
        }
        self.index_tables.insert(stored(to).to_owned(), table);
    }

    fn own_sequence(&mut self, table: &str, column: &str) {
        let name = object_name(table, Some(column), "seq", |name| {
            self.sequences.contains_key(name) || self.tables.contains_key(name) || self.index_tables.contains_key(name)
        });
        let owner = Some((table.to_owned(), column.to_owned()));
        self.sequences.insert(
            name,
            Sequence {
                owner,
                created_in: self.migration,
            },
        );
    }

    fn drop_owned_sequence(&mut self, table: &str, column: &str) {
        if let Some(name) = self.owned_sequence(table, column).map(str::to_owned) {
            self.sequences.remove(&name);
        }
    }

    /// The name that Postgres gives a constraint of this kind (`check`, `not_null`) on this column, or on the table.
    #[must_use]
    pub fn constraint_name(&self, table: &str, column: Option<&str>, label: &str) -> String {
        let constraints = self.tables.get(table).map(|table| &table.constraints);
        object_name(table, column, label, |name| {
            constraints.is_some_and(|constraints| constraints.contains_key(name))
                || self.index_tables.contains_key(name)
                || self.tables.contains_key(name)
        })
    }
}

fn stored_check(expression: &SqlExpression) -> ConstraintKind {
    ConstraintKind::Check(SqlExpression {
        sql: expression.sql.clone(),
        columns: stored_all(&expression.columns),
    })
}

impl Column {
    fn of(column: &statement::Column) -> Self {
        Self {
            data_type: column.data_type.clone(),
            collation: column.collation.clone(),
            not_null: column.not_null || column.primary_key,
            default: column.default.clone(),
            generated: column.generated.as_ref().map(|generated| generated.expression.clone()),
            identity: column.identity,
        }
    }
}

impl Table {
    fn foreign_key_targets(&self) -> impl Iterator<Item = &str> {
        self.constraints
            .values()
            .filter_map(|constraint| match &constraint.kind {
                ConstraintKind::ForeignKey { to_table, .. } => Some(to_table.as_str()),
                ConstraintKind::Check(_)
                | ConstraintKind::Unique(_)
                | ConstraintKind::PrimaryKey(_)
                | ConstraintKind::Exclude(_) => None,
            })
    }

    fn repoint_foreign_keys(&mut self, from: &str, to: &str) {
        for constraint in self.constraints.values_mut() {
            if let ConstraintKind::ForeignKey { to_table, .. } = &mut constraint.kind
                && to_table == from
            {
                to.clone_into(to_table);
            }
        }
    }

    fn rename_referenced_column(&mut self, table: &str, from: &str, to: &str) {
        for constraint in self.constraints.values_mut() {
            if let ConstraintKind::ForeignKey {
                to_table, to_columns, ..
            } = &mut constraint.kind
                && to_table == table
            {
                rename(to_columns, from, to);
            }
        }
    }

    fn rename_column(&mut self, from: &str, to: &str) {
        // Postgres lets nobody take a name that is in use: where it looks so, a column went without our knowledge.
        if from != to && self.columns.contains_key(from) {
            self.columns.shift_remove(to);
        }
        if let Some((index, _, column)) = self.columns.shift_remove_full(from) {
            self.columns.shift_insert(index, to.to_owned(), column);
        }
        for constraint in self.constraints.values_mut() {
            match &mut constraint.kind {
                ConstraintKind::Check(expression) => rename(&mut expression.columns, from, to),
                ConstraintKind::Unique(columns)
                | ConstraintKind::PrimaryKey(columns)
                | ConstraintKind::Exclude(columns)
                | ConstraintKind::ForeignKey { columns, .. } => rename(columns, from, to),
            }
        }
        for index in self.indexes.values_mut() {
            rename(&mut index.mentioned, from, to);
            for item in index.items.iter_mut().flatten() {
                if item == from {
                    to.clone_into(item);
                }
            }
        }
    }
}

fn rename(names: &mut [String], from: &str, to: &str) {
    for name in names.iter_mut().filter(|name| *name == from) {
        to.clone_into(name);
    }
}

impl Index {
    /// Whether the column is in it, as an item, in an expression or in the predicate.
    #[must_use]
    pub fn mentions(&self, column: &str) -> bool {
        self.items
            .iter()
            .flatten()
            .chain(&self.mentioned)
            .any(|name| name == column)
    }
}
