//! What partitions have from their parents: indexes, keys and foreign keys, made where they are missing.

use super::names::object_name;
use super::{Catalog, Constraint, ConstraintKind, Index};

/// An index that a partition has to get, with the key that stands on it.
#[derive(Clone, Debug)]
pub struct MissingIndex {
    /// The name that Postgres gives it (`ChooseIndexName` in src/backend/commands/indexcmds.c).
    pub name: String,
    /// Like the parent's.
    pub index: Index,
    kind: Option<ConstraintKind>,
}

impl Catalog {
    /// The indexes of the parent that the partition has not: they are built when it is attached.
    ///
    /// Source: PostgreSQL, `AttachPartitionEnsureIndexes`.
    #[must_use]
    pub fn missing_indexes(&self, partition: &str, parent: &str) -> Vec<MissingIndex> {
        let Some(parent) = self.tables.get(parent) else {
            return Vec::new();
        };
        let own = self.tables.get(partition);
        let is_there = |index: &Index| own.is_some_and(|own| own.indexes.values().any(|known| is_alike(known, index)));
        let mut missing: Vec<MissingIndex> = Vec::new();
        for (name, index) in parent.indexes.iter().filter(|(_, index)| !is_there(index)) {
            let kind = parent.constraints.get(name).map(|constraint| constraint.kind.clone());
            let taken =
                |name: &str| self.index_tables.contains_key(name) || missing.iter().any(|missing| missing.name == name);
            let name = derived_name(partition, index, kind.as_ref(), taken);
            missing.push(MissingIndex {
                name,
                index: index.clone(),
                kind,
            });
        }
        missing
    }

    /// The foreign keys of the parent that the partition has not, by name.
    ///
    /// Source: PostgreSQL, `CloneForeignKeyConstraints`.
    #[must_use]
    pub fn missing_foreign_keys(&self, partition: &str, parent: &str) -> Vec<(String, Constraint)> {
        let own = self.tables.get(partition);
        let is_there =
            |kind: &ConstraintKind| own.is_some_and(|own| own.constraints.values().any(|known| known.kind == *kind));
        let of_parent = self.tables.get(parent).into_iter().flat_map(|entry| &entry.constraints);
        of_parent
            .filter(|(_, constraint)| {
                matches!(constraint.kind, ConstraintKind::ForeignKey { .. }) && !is_there(&constraint.kind)
            })
            .map(|(name, constraint)| (name.clone(), constraint.clone()))
            .collect()
    }

    /// Whether the constraint is one that a partition has from the table that it is attached to.
    #[must_use]
    pub fn is_inherited(&self, partition: &str, kind: &ConstraintKind) -> bool {
        let parent = self
            .tables
            .get(partition)
            .and_then(|entry| entry.attached.partition_of.as_ref());
        let parent = parent.and_then(|parent| self.tables.get(parent));
        parent.is_some_and(|parent| parent.constraints.values().any(|known| known.kind == *kind))
    }

    /// Ties a table to the partitioned one that it becomes a part of.
    pub(super) fn attach_to(&mut self, partition: &str, parent: &str, is_default: bool) {
        for table in [vec![partition.to_owned()], self.descendants(partition)].concat() {
            self.inherit_indexes(&table, parent);
            self.inherit_foreign_keys(&table, parent);
        }
        if let Some(entry) = self.tables.get_mut(partition) {
            entry.attached.partition_of = Some(parent.to_owned());
        }
        if let Some(entry) = self.tables.get_mut(parent) {
            entry.attached.partitioned = true;
            entry.attached.children.insert(partition.to_owned());
            if is_default {
                entry.attached.default_partition = Some(partition.to_owned());
            }
        }
    }

    /// No table is the parent of this one any more.
    pub(super) fn forget_child(&mut self, name: &str) {
        for parent in self.tables.values_mut() {
            parent.attached.children.remove(name);
            if parent.attached.default_partition.as_deref() == Some(name) {
                parent.attached.default_partition = None;
            }
        }
    }

    pub(super) fn detach(&mut self, parent: &str, partition: &str) {
        if let Some(entry) = self.tables.get_mut(parent) {
            entry.attached.children.remove(partition);
            if entry.attached.default_partition.as_deref() == Some(partition) {
                entry.attached.default_partition = None;
            }
        }
        if let Some(entry) = self.tables.get_mut(partition) {
            entry.attached.partition_of = None;
        }
    }

    /// A foreign key of a partitioned table is one of each partition.
    pub(super) fn inherit_foreign_keys(&mut self, partition: &str, parent: &str) {
        for (name, constraint) in self.missing_foreign_keys(partition, parent) {
            if let ConstraintKind::ForeignKey { to_table, .. } = &constraint.kind
                && let Some(referenced) = self.tables.get_mut(to_table)
            {
                referenced.referenced_by.insert(partition.to_owned());
            }
            if let Some(entry) = self.tables.get_mut(partition) {
                entry.constraints.insert(name, constraint);
            }
        }
    }

    fn inherit_indexes(&mut self, partition: &str, parent: &str) {
        for missing in self.missing_indexes(partition, parent) {
            self.insert_index(partition, &missing.name, missing.index);
            if let Some(kind) = missing.kind {
                self.insert_constraint(partition, missing.name, kind, true);
            }
        }
    }
}

fn is_alike(one: &Index, other: &Index) -> bool {
    let is_plain = |index: &Index| !index.partial && index.items.iter().all(Option::is_some);
    let is_same = one.items == other.items && one.unique == other.unique && one.method == other.method;
    // What stands in expressions and predicates is not compared: the same columns, the same index.
    is_same && is_plain(one) == is_plain(other) && one.mentioned == other.mentioned
}

fn derived_name(table: &str, index: &Index, kind: Option<&ConstraintKind>, taken: impl Fn(&str) -> bool) -> String {
    let columns: Vec<&str> = index
        .items
        .iter()
        .map(|item| item.as_deref().unwrap_or("expr"))
        .collect();
    let columns = columns.join("_");
    match kind {
        Some(ConstraintKind::PrimaryKey(_)) => object_name(table, None, "pkey", taken),
        Some(_) => object_name(table, Some(&columns), "key", taken),
        None => object_name(table, Some(&columns), "idx", taken),
    }
}
