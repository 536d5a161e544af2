//! What each statement does to the catalog.

use crate::statement::{
    self, AlterTableAction, ConstraintKind as Declared, CreateTable, Statement, TableConstraint, TableForm,
    split_identifier,
};
use crate::unknown::Identifier;

use super::constraints::stored_check;
use super::names::stored;
use super::{
    Catalog, Cause, Column, ConstraintKind, Contents, Filling, MigrationNumber, Moment, NAMELESS, Presence, Sequence,
    Table, object_name, table_key,
};

impl Catalog {
    /// Applies a statement. What it names and the catalog does not know is left alone: the database of a real project
    /// may have it.
    pub fn apply(&mut self, statement: &Statement) {
        match statement {
            Statement::RenameTable { .. } => self.apply_nameless(statement),
            statement if statement.nameless_table().is_some() => self.apply_nameless(statement),
            statement => self.apply_named(statement),
        }
    }

    /// Applies a statement about what has a name, or a seat in place of one.
    pub(super) fn apply_named(&mut self, statement: &Statement) {
        match statement {
            Statement::CreateTable(create) => self.create_table(create),
            Statement::DropTable { table, cascade, .. } => {
                if *cascade {
                    self.drop_dependent_views(stored(table_key(table)), None);
                }
                self.drop_table(table_key(table));
            }
            Statement::AlterTable { table, actions, .. } => {
                self.note_foreign(table);
                for action in actions {
                    self.alter_table(stored(table_key(table)), action);
                }
            }
            Statement::CreateIndex(create) => self.create_index(create),
            Statement::DropIndex { name, .. } => {
                if let Some(name) = name.known() {
                    self.drop_index(stored(&name));
                }
            }
            Statement::RenameIndex { from, to, .. } => {
                if let (Some(from), Some(to)) = (from.known(), to.known()) {
                    self.rename_index(&from, &to);
                }
            }
            Statement::CreateSequence { sequence, .. } => {
                let created = Sequence {
                    owner: None,
                    created_in: self.migration,
                    since: self.now(),
                };
                if let Some(name) = sequence.known() {
                    self.sequences.entry(name.to_owned()).or_insert(created);
                }
            }
            Statement::DropSequence { sequence, .. } => {
                if let Some(name) = sequence.known() {
                    self.sequences.remove(name);
                    self.note_gone(name, None);
                }
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
            Statement::RenameTable { .. }
            | Statement::Comment { .. }
            | Statement::SetConstraintsImmediate { .. }
            | Statement::AlterSequenceType { .. } => {}
            Statement::UpdateNulls { table, column, value } => {
                self.fill_nulls(stored(table_key(table)), column, value.known());
            }
            Statement::Unread { text, .. } => {
                self.doubt(&self.scope_of(text), Cause::Unread);
            }
        }
    }

    fn create_table(&mut self, create: &CreateTable) {
        let name = stored(table_key(&create.table)).to_owned();
        if create.if_not_exists && self.tables.contains_key(&name) || self.is_taken(&name) {
            return;
        }
        let table = Table {
            created_in: self.migration,
            // One that may have been there before has the columns that it had.
            is_declared: !create.if_not_exists && self.has_parents(&create.form) && !is_elsewhere(&create.table),
            since: self.now(),
            contents: Contents::of_new(&create.form),
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
        self.note_gone(name, None);
        for index in table.indexes.keys() {
            self.index_tables.remove(index);
            self.note_gone(index, None);
        }
        self.sequences
            .retain(|_, sequence| sequence.owner.as_ref().is_none_or(|(owner, _)| owner != name));
        for child in &table.referenced_by {
            if let Some(child) = self.tables.get_mut(child) {
                child.constraints.retain(|_, constraint| !constraint.references(name));
            }
        }
        self.forget_child(name);
        if table.attached.partitioned {
            for partition in &table.attached.children {
                self.drop_table(partition);
            }
        }
    }

    fn alter_table(&mut self, table: &str, action: &AlterTableAction) {
        if let Some(inherited) = inherited(action) {
            for child in self.descendants(table) {
                self.alter_one_table(&child, &inherited);
            }
        }
        self.alter_one_table(table, action);
    }

    fn alter_one_table(&mut self, table: &str, action: &AlterTableAction) {
        match action {
            AlterTableAction::AddColumn(column) => {
                self.add_column(table, column);
                self.fill_added(table, column);
            }
            AlterTableAction::DropColumn { column, cascade, .. } => {
                let Some(column) = column.known().map(stored) else {
                    return;
                };
                if *cascade {
                    self.drop_dependent_views(table, Some(column));
                }
                self.drop_column(table, column);
            }
            AlterTableAction::RenameColumn { from, to } => match (from.known(), to.known()) {
                (Some(from), Some(to)) => self.rename_column(table, stored(from), stored(to)),
                // It is there no longer by this name.
                (Some(from), None) => self.drop_column(table, stored(from)),
                (None, _) => {}
            },
            AlterTableAction::AddConstraint(constraint) => self.add_constraint(table, constraint),
            AlterTableAction::DropConstraint { name, .. } => match (name.known(), name.unknown()) {
                (Some(name), _) => self.drop_constraint(table, stored(&name)),
                (None, Some(unknown)) => self.drop_nameless(table, &unknown),
                (None, None) => {}
            },
            AlterTableAction::ValidateConstraint { name } => {
                if let Some(name) = name.known()
                    && let Some(entry) = self.tables.get_mut(table)
                    && let Some(constraint) = entry.constraints.get_mut(stored(&name))
                {
                    constraint.validated = true;
                }
            }
            AlterTableAction::AddIdentity { column } => {
                if let Some(name) = column.known() {
                    self.own_sequence(table, name);
                }
                self.change_column(table, column, |column| column.identity = true);
            }
            AlterTableAction::DropIdentity { column } => {
                if let Some(name) = column.known()
                    && self.column(table, name).is_some_and(|column| column.identity)
                {
                    self.drop_owned_sequence(table, name);
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

    pub(super) fn change_column(&mut self, table: &str, column: &Identifier, change: impl FnOnce(&mut Column)) {
        if let Some(column) = column.known() {
            self.change_known_column(table, column, change);
        }
    }

    pub(super) fn change_known_column(&mut self, table: &str, column: &str, change: impl FnOnce(&mut Column)) {
        if let Some(column) = self
            .tables
            .get_mut(table)
            .and_then(|table| table.columns.get_mut(stored(column)))
        {
            change(column);
        }
    }

    pub(super) fn add_column(&mut self, table: &str, column: &statement::Column) {
        let (migration, since) = (self.migration, self.now());
        if self.presence_of_column(table, &column.name) == Presence::There
            || column.if_not_exists
                && column
                    .name
                    .known()
                    .is_some_and(|name| self.column(table, name).is_some())
        {
            return;
        }
        let Some(entry) = self.tables.get_mut(table) else {
            return;
        };
        // A column without a name that is known cannot be looked up, nor can what is on it.
        let Some(column_name) = column.name.known().map(stored) else {
            return;
        };
        entry
            .columns
            .insert(column_name.to_owned(), Column::of(column, migration, since));
        if column.identity || column.data_type.is_serial() {
            self.own_sequence(table, column_name);
        }
        let own = vec![column_name.to_owned()];
        if column.primary_key {
            self.add_keyed(table, ConstraintKind::PrimaryKey(own), column.key_name.clone(), true);
        } else if column.unique {
            self.add_keyed(table, ConstraintKind::Unique(own), column.key_name.clone(), true);
        }
        if let Some(check) = &column.check
            && (table != NAMELESS || column.check_name.is_some())
        {
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
        self.drop_attached(table, column);
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
            .nameless_keys
            .retain(|key| !key.columns.iter().any(|name| name == column));
        entry
            .constraints
            .retain(|_, constraint| !constraint.columns().iter().any(|name| name == column));
        let taken: Vec<String> = entry
            .indexes
            .iter()
            .filter(|(_, index)| index.mentions(column))
            .map(|(name, _)| name.clone())
            .collect();
        taken.iter().for_each(|index| self.drop_index(index));
    }

    fn own_sequence(&mut self, table: &str, column: &str) {
        let name = object_name(table, Some(column), "seq", |name| {
            self.sequences.contains_key(name) || self.tables.contains_key(name) || self.index_tables.contains_key(name)
        });
        let owner = Some((table.to_owned(), column.to_owned()));
        let sequence = Sequence {
            owner,
            created_in: self.migration,
            since: self.now(),
        };
        self.sequences.insert(name, sequence);
    }

    fn drop_owned_sequence(&mut self, table: &str, column: &str) {
        if let Some(name) = self.owned_sequence(table, column).map(str::to_owned) {
            self.sequences.remove(&name);
            self.note_gone(&name, Some(table));
        }
    }

    /// Whether what a table takes its columns from is known with all of its own.
    fn has_parents(&self, form: &TableForm) -> bool {
        match form {
            TableForm::Plain | TableForm::Partitioned => true,
            TableForm::Temporary => false,
            TableForm::Partition { parent, .. } | TableForm::Copy { of: parent, .. } => self.is_whole(parent),
            TableForm::Child { parents } => parents.iter().all(|parent| self.is_whole(parent)),
        }
    }
}

/// Whether the name is one in another schema, which the catalog does not tell from the same name in the usual one.
pub(super) fn is_elsewhere(name: &Identifier) -> bool {
    name.known().is_some_and(|name| !split_identifier(name).0.is_empty())
}

impl Column {
    fn of(column: &statement::Column, created_in: MigrationNumber, since: Moment) -> Self {
        Self {
            data_type: column.data_type.clone(),
            collation: column.collation.clone(),
            not_null: column.not_null || column.primary_key,
            default: column.default.clone(),
            generated: column.generated.as_ref().map(|generated| generated.expression.clone()),
            identity: column.identity,
            created_in,
            filling: Filling::Unwritten,
            written: since,
            since,
        }
    }
}

/// What an action does to the tables that inherit from its table, partitions among them: columns are the same there, while
/// indexes and constraints come on their own ways.
fn inherited(action: &AlterTableAction) -> Option<AlterTableAction> {
    match action {
        AlterTableAction::AddColumn(column) => {
            let bare = statement::Column {
                primary_key: false,
                unique: false,
                check: None,
                references: None,
                identity: false,
                ..column.as_ref().clone()
            };
            Some(AlterTableAction::AddColumn(Box::new(bare)))
        }
        AlterTableAction::DropColumn { .. }
        | AlterTableAction::RenameColumn { .. }
        | AlterTableAction::AlterType { .. }
        | AlterTableAction::SetDefault { .. }
        | AlterTableAction::DropDefault { .. }
        | AlterTableAction::SetNotNull { .. }
        | AlterTableAction::DropNotNull { .. } => Some(action.clone()),
        AlterTableAction::AddIdentity { .. }
        | AlterTableAction::DropIdentity { .. }
        | AlterTableAction::AddConstraint(_)
        | AlterTableAction::DropConstraint { .. }
        | AlterTableAction::ValidateConstraint { .. }
        | AlterTableAction::SetTablespace { .. }
        | AlterTableAction::Change { .. } => None,
    }
}
