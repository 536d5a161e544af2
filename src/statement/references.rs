//! Which tables, columns and indexes a deferred statement mentions, and what a rename does to it.
//!
//! Follows `Statement` and its parts in `django/db/backends/ddl_references.py`: conditions and checks are plain text
//! there, so a rename does not reach them, and neither does it here.

use crate::unknown::Identifier;

use super::print::{quote_name, split_identifier};
use super::{AlterTableAction, ConstraintKind, CreateIndex, DerivedName, ForeignKey, IndexItem, Name, Statement};

impl Statement {
    /// Whether it is about the table, or a foreign key to it. See `Statement.references_table`.
    #[must_use]
    pub fn references_table(&self, table: &Identifier) -> bool {
        match self.target_table() {
            Some(own) if own == table => true,
            _ => self.foreign_keys().any(|key| key.to_table == *table),
        }
    }

    /// Whether it mentions the column. See `Statement.references_column`.
    #[must_use]
    pub fn references_column(&self, table: &Identifier, column: &str) -> bool {
        let own = self.target_table() == Some(table) && self.own_columns().contains(&column);
        own || self
            .foreign_keys()
            .any(|key| key.to_table == *table && key.to_columns.iter().any(|name| name.known() == Some(column)))
    }

    /// Whether it creates the index. Asking settles the name of an index that was still to be derived, as printing the
    /// name does in Django (`create_index_name` in `_create_index_sql`).
    pub fn references_index(&mut self, table: &Identifier, index: &str) -> bool {
        match self {
            Statement::CreateIndex(create) if create.table == *table => {
                create.name.settle();
                create.name.known().is_some_and(|name| name == index)
            }
            Statement::AlterTable { table: own, actions, .. } if own == table => actions.iter().any(
                |action| matches!(action, AlterTableAction::AddConstraint(constraint) if constraint.name.as_ref().and_then(Name::known).is_some_and(|name| name == index)),
            ),
            _ => false,
        }
    }

    /// Whether it creates an index or a unique constraint over just these columns.
    pub fn is_over(&self, table: &Identifier, columns: &[Identifier]) -> bool {
        match self {
            Statement::CreateIndex(create) if create.table == *table => {
                let names = create.items.iter().map(|item| match item {
                    IndexItem::Column { name, .. } => Some(name),
                    IndexItem::Expression(_) => None,
                });
                names.eq(columns.iter().map(Some))
            }
            Statement::AlterTable {
                table: own, actions, ..
            } if own == table => actions.iter().any(|action| {
                matches!(action, AlterTableAction::AddConstraint(constraint)
                    if matches!(&constraint.kind, ConstraintKind::Unique { columns: own, .. } if own == columns))
            }),
            _ => false,
        }
    }

    /// See `Statement.rename_table_references`.
    pub fn rename_table(&mut self, from: &Identifier, to: &Identifier) {
        match self {
            Statement::CreateIndex(create) => {
                create.table.replace(from, to);
                create.name.rename_table(from, to);
            }
            Statement::AlterTable { table, actions, .. } => {
                table.replace(from, to);
                for action in actions {
                    if let AlterTableAction::AddConstraint(constraint) = action {
                        if let Some(name) = &mut constraint.name {
                            name.rename_table(from, to);
                        }
                        if let ConstraintKind::ForeignKey(key) = &mut constraint.kind {
                            key.to_table.replace(from, to);
                            key.name.rename_table(from, to);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    /// See `Statement.rename_column_references`.
    pub fn rename_column(&mut self, table: &Identifier, from: &str, to: &str) {
        match self {
            Statement::CreateIndex(create) => create.rename_column(table, from, to),
            Statement::AlterTable {
                table: own, actions, ..
            } => {
                for action in actions {
                    if let AlterTableAction::AddConstraint(constraint) = action {
                        if let Some(name) = &mut constraint.name {
                            name.rename_column(table, from, to);
                        }
                        rename_in_constraint(own, &mut constraint.kind, table, from, to);
                    }
                }
            }
            _ => {}
        }
    }

    /// The table that a deferrable statement is about.
    pub fn target_table(&self) -> Option<&Identifier> {
        match self {
            Statement::CreateIndex(create) => Some(&create.table),
            Statement::AlterTable { table, .. } => Some(table),
            _ => None,
        }
    }

    fn constraints(&self) -> impl Iterator<Item = &ConstraintKind> {
        let actions = match self {
            Statement::AlterTable { actions, .. } => actions.as_slice(),
            _ => &[],
        };
        actions.iter().filter_map(|action| match action {
            AlterTableAction::AddConstraint(constraint) => Some(&constraint.kind),
            _ => None,
        })
    }

    fn foreign_keys(&self) -> impl Iterator<Item = &ForeignKey> {
        self.constraints().filter_map(|kind| match kind {
            ConstraintKind::ForeignKey(key) => Some(key),
            ConstraintKind::Check(_)
            | ConstraintKind::Unique { .. }
            | ConstraintKind::PrimaryKey { .. }
            | ConstraintKind::Exclude { .. } => None,
        })
    }

    /// The columns of its own table that Django tracks in it.
    fn own_columns(&self) -> Vec<&str> {
        let mut columns = Vec::new();
        if let Statement::CreateIndex(create) = self {
            for item in &create.items {
                match item {
                    IndexItem::Column { name, .. } => columns.extend(name.known()),
                    IndexItem::Expression(expression) => columns.extend(expression.columns.iter().map(String::as_str)),
                }
            }
            columns.extend(create.include.iter().filter_map(Identifier::known));
        }
        for kind in self.constraints() {
            match kind {
                ConstraintKind::Unique { columns: own, .. } | ConstraintKind::PrimaryKey { columns: own } => {
                    columns.extend(own.iter().filter_map(Identifier::known));
                }
                ConstraintKind::ForeignKey(key) => columns.extend(key.columns.iter().filter_map(Identifier::known)),
                ConstraintKind::Exclude { definition } => columns.extend(definition.columns.iter().map(String::as_str)),
                ConstraintKind::Check(_) => {}
            }
        }
        columns
    }
}

impl CreateIndex {
    pub(crate) fn rename_column(&mut self, table: &Identifier, from: &str, to: &str) {
        self.name.rename_column(table, from, to);
        if self.table != *table {
            return;
        }
        for item in &mut self.items {
            match item {
                IndexItem::Column { name, .. } => name.rename(from, to),
                IndexItem::Expression(expression) => {
                    if expression.columns.iter().any(|column| column == from) {
                        expression.sql = expression.sql.replace(&quote_name(from), &quote_name(to));
                    }
                    rename_texts(&mut expression.columns, from, to);
                }
            }
        }
        rename_all(&mut self.include, from, to);
    }
}

fn rename_in_constraint(own: &Identifier, kind: &mut ConstraintKind, table: &Identifier, from: &str, to: &str) {
    match kind {
        ConstraintKind::Unique { columns, .. } | ConstraintKind::PrimaryKey { columns } => {
            if own == table {
                rename_all(columns, from, to);
            }
        }
        ConstraintKind::ForeignKey(key) => {
            if own == table {
                rename_all(&mut key.columns, from, to);
            }
            if key.to_table == *table {
                rename_all(&mut key.to_columns, from, to);
            }
            key.name.rename_column(table, from, to);
        }
        ConstraintKind::Exclude { definition } => {
            if own == table && definition.columns.iter().any(|column| column == from) {
                definition.sql = definition.sql.replace(&quote_name(from), &quote_name(to));
                rename_texts(&mut definition.columns, from, to);
            }
        }
        ConstraintKind::Check(_) => {}
    }
}

impl Name {
    fn rename_table(&mut self, from: &Identifier, to: &Identifier) {
        if let Name::Derived(derived) = self {
            let DerivedName { table, target, .. } = &mut **derived;
            table.replace(from, to);
            if let Some((target, _)) = target {
                target.replace(from, to);
            }
        }
    }

    fn rename_column(&mut self, table: &Identifier, from: &str, to: &str) {
        if let Name::Derived(derived) = self {
            if derived.table == *table {
                rename_all(&mut derived.columns, from, to);
            }
            if let Some((target, column)) = &mut derived.target
                && *target == without_namespace(table)
            {
                column.rename(from, to);
            }
        }
    }
}

/// The name of a table as it stands in the name of a foreign key to it.
pub(crate) fn without_namespace(table: &Identifier) -> Identifier {
    match table {
        Identifier::Known(name) => Identifier::Known(split_identifier(name).1.to_owned()),
        Identifier::Unknown(_) => table.clone(),
    }
}

fn rename_one(name: &mut String, from: &str, to: &str) {
    if name == from {
        to.clone_into(name);
    }
}

fn rename_all(names: &mut [Identifier], from: &str, to: &str) {
    for name in names {
        name.rename(from, to);
    }
}

fn rename_texts(names: &mut [String], from: &str, to: &str) {
    for name in names {
        rename_one(name, from, to);
    }
}
