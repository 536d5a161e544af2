//! What names change: a table, a column or an index, wherever the catalog mentions it.

use super::names::stored;
use super::{Catalog, ConstraintKind, Table};

impl Catalog {
    pub(super) fn rename_table(&mut self, from: &str, to: &str) {
        let (from, to) = (stored(from), stored(to));
        let Some(mut table) = self.tables.remove(from) else {
            return;
        };
        table.earlier_names.push(from.to_owned());
        self.note_gone(from, None);
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

    pub(super) fn rename_column(&mut self, table: &str, from: &str, to: &str) {
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

    pub(super) fn rename_index(&mut self, from: &str, to: &str) {
        let Some(table) = self.index_tables.remove(stored(from)) else {
            return;
        };
        self.note_gone(stored(from), Some(&table));
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
        for key in &mut self.nameless_keys {
            rename(&mut key.columns, from, to);
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
