//! What attaching and detaching a partition does to indexes and foreign keys, and so to the tables at their other ends.

use crate::catalog::ConstraintKind;

use super::{Aspect, Context, FactName, Observation, Role};

impl Context<'_> {
    /// Keys and indexes that the parent has and the partition has not are made; keys that both have become one; and who
    /// refers to the parent refers to the partition from now on.
    pub(super) fn keys_of_attached(&self, parent: &str, partition: &str) -> Vec<Observation> {
        let referring = if self.postgres.0 >= 15 {
            self.referring(parent)
        } else {
            Vec::new()
        };
        let moved = self.moved_keys(partition, &referring, &self.shared_keys(parent, partition));
        let missing = self.missing_keys(parent, partition);
        let built = self.missing_indexes(parent, partition);
        moved.into_iter().chain(missing).chain(built).collect()
    }

    /// A new partition has the foreign keys of the parent.
    pub(super) fn keys_of_created(&self, partition: &str, parent: &str) -> Option<Observation> {
        let entry = self.catalog.table(parent);
        let keys = entry.into_iter().flat_map(|entry| entry.constraints.values());
        let referenced: Vec<String> = keys.filter_map(|key| target(&key.kind)).collect();
        self.moved_keys(partition, &referenced, &[])
    }

    /// The partition's foreign keys get triggers of their own, and who refers to the parent no longer refers to it.
    pub(super) fn keys_of_detached(&self, parent: &str, partition: &str) -> Option<Observation> {
        let entry = self.catalog.table(partition);
        let keys = entry.into_iter().flat_map(|entry| entry.constraints.values());
        let referenced: Vec<String> = keys.filter_map(|key| target(&key.kind)).collect();
        let mut partners = self.referring(parent);
        if self.postgres.0 < 14 {
            // The partition itself is locked in SHARE UPDATE EXCLUSIVE alone.
            partners.extend(self.catalog.descendants(partition));
        }
        self.moved_keys(partition, &referenced, &partners)
    }

    fn moved_keys(&self, partition: &str, referenced: &[String], partners: &[String]) -> Option<Observation> {
        let observation = Observation::new(Aspect::MoveForeignKeys, partition);
        let of_role = |role: Role, tables: &[String]| -> Vec<(Role, String)> {
            tables.iter().map(|table| (role, table.clone())).collect()
        };
        let others = [of_role(Role::Referenced, referenced), of_role(Role::Partner, partners)].concat();
        let is_alone = others.is_empty();
        let observation = others
            .iter()
            .fold(observation, |observation, (role, table)| observation.role(*role, table));
        (!is_alone).then_some(observation)
    }

    /// The tables outside of a partitioned one that refer to it, without partitions of their own.
    fn referring(&self, parent: &str) -> Vec<String> {
        let family = self.catalog.descendants(parent);
        let incoming = self.catalog.incoming_foreign_keys(parent);
        let referring = incoming.filter(|(child, _, key)| {
            *child != parent && !family.iter().any(|own| own == child) && !self.catalog.is_inherited(child, &key.kind)
        });
        referring.map(|(child, ..)| child.to_owned()).collect()
    }

    /// The tables that both refer to: the triggers of the partition's own keys are dropped.
    fn shared_keys(&self, parent: &str, partition: &str) -> Vec<String> {
        let missing = self.catalog.missing_foreign_keys(partition, parent);
        let entry = self.catalog.table(parent);
        let keys = entry.into_iter().flat_map(|entry| &entry.constraints);
        let shared = keys.filter(|(name, _)| missing.iter().all(|(missing, _)| missing != *name));
        shared.filter_map(|(_, key)| target(&key.kind)).collect()
    }

    /// Foreign keys of the parent are added to the partition, and validated there.
    fn missing_keys(&self, parent: &str, partition: &str) -> Vec<Observation> {
        let missing = self.catalog.missing_foreign_keys(partition, parent).into_iter();
        let added = missing.filter_map(|(name, constraint)| {
            let ConstraintKind::ForeignKey { columns, to_table, .. } = constraint.kind else {
                return None;
            };
            let observation = Observation::new(Aspect::AddForeignKey, partition)
                .fact(FactName::Validation, "now")
                .fact(FactName::Age, self.age(partition))
                .named("constraint", name)
                .named("column", columns.join(", "));
            Some(observation.role(Role::Referenced, &to_table))
        });
        added.collect()
    }

    /// Indexes of the parent are built on the partition, or on its partitions.
    fn missing_indexes(&self, parent: &str, partition: &str) -> Vec<Observation> {
        let family = self
            .catalog
            .descendants(partition)
            .into_iter()
            .chain([partition.to_owned()]);
        let leaves = family.filter(|table| !self.catalog.is_partitioned(table));
        leaves.flat_map(|leaf| self.built_on_leaf(parent, &leaf)).collect()
    }

    fn built_on_leaf(&self, parent: &str, leaf: &str) -> Vec<Observation> {
        let missing = self.catalog.missing_indexes(leaf, parent).into_iter();
        let built = missing.map(|missing| {
            Observation::new(Aspect::CreateIndex, leaf)
                .fact(FactName::Building, "blocking")
                .fact(FactName::Transaction, self.inside())
                .fact(FactName::Timeout, "none")
                .named("index", missing.name.clone())
                .building([missing.name])
        });
        built.collect()
    }
}

/// The table that a foreign key points to.
fn target(kind: &ConstraintKind) -> Option<String> {
    match kind {
        ConstraintKind::ForeignKey { to_table, .. } => Some(to_table.clone()),
        ConstraintKind::Check(_)
        | ConstraintKind::Unique(_)
        | ConstraintKind::PrimaryKey(_)
        | ConstraintKind::Exclude(_) => None,
    }
}
