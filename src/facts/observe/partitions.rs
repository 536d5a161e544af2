//! Partitioned tables and inheritance: who else is locked.

use crate::catalog::{ConstraintKind, object_name, table_key};
use crate::statement::{AlterTableAction, Command, Statement, TableChange, TableForm};

use super::{Aspect, Context, FactName, Observation, Role};

impl Context<'_> {
    /// What a new table does to the tables that it was made from.
    pub(super) fn table_form(&self, table: &str, form: &TableForm) -> Vec<Observation> {
        match form {
            TableForm::Plain | TableForm::Partitioned | TableForm::Temporary | TableForm::Copy { .. } => Vec::new(),
            TableForm::Child { parents } => parents
                .iter()
                .map(|parent| Observation::new(Aspect::CreateChild, table).role(Role::Parent, parent))
                .collect(),
            TableForm::Partition { parent, bounds, .. } => {
                let mut observations =
                    vec![Observation::new(Aspect::CreatePartition, table).role(Role::Parent, parent)];
                observations.extend(self.default_partition(table, parent, bounds));
                observations.extend(self.keys_of_created(table, parent));
                observations
            }
        }
    }

    /// Rows that fit the new partition must not lie in the one for all others.
    fn default_partition(&self, table: &str, parent: &str, bounds: &[String]) -> Option<Observation> {
        let default = self.catalog.table(parent)?.attached.default_partition.as_ref()?;
        let observation = Observation::new(Aspect::ScanDefaultPartition, table)
            .fact(FactName::Proof, self.bounds_proof(default, bounds))
            .named("parent", parent)
            .role(Role::DefaultPartition, default);
        (default != table).then_some(observation)
    }

    pub(super) fn drop_partition(&self, table: &str) -> Option<Observation> {
        let parent = self.catalog.table(table)?.attached.partition_of.as_ref()?;
        Some(self.leaving(Observation::new(Aspect::DropPartition, table), parent))
    }

    fn leaving(&self, observation: Observation, parent: &str) -> Observation {
        let default = self
            .catalog
            .table(parent)
            .and_then(|entry| entry.attached.default_partition.clone());
        let observation = observation.role(Role::Parent, parent);
        match default {
            Some(default) => observation.role(Role::DefaultPartition, &default),
            None => observation,
        }
    }

    pub(super) fn attach_partition(&self, parent: &str, partition: &str, bounds: &[String]) -> Vec<Observation> {
        let mut observations = vec![
            Observation::new(Aspect::AttachPartition, partition)
                .fact(FactName::Proof, self.bounds_proof(partition, bounds))
                .role(Role::Parent, parent),
        ];
        observations.extend(self.default_partition(partition, parent, bounds));
        observations.extend(self.keys_of_attached(parent, partition));
        observations
    }

    /// Whether a check proves that all rows lie within the bounds, or none does: one that has all their values, on columns that are
    /// never NULL. What it says of the values is not compared.
    fn bounds_proof(&self, partition: &str, bounds: &[String]) -> &'static str {
        let Some(entry) = self.catalog.table(partition) else {
            return "none";
        };
        let is_there = |column: &String| entry.columns.get(column).is_some_and(|column| column.not_null);
        let proofs = entry.constraints.values().filter(|constraint| match &constraint.kind {
            ConstraintKind::Check(check) => {
                let sql = check.sql.known().unwrap_or_default();
                let has_all = bounds.iter().all(|value| sql.contains(value.as_str()));
                let says_so = sql.to_ascii_lowercase().contains("is not null");
                has_all && !bounds.is_empty() && (says_so || check.columns.iter().all(is_there))
            }
            ConstraintKind::Unique(_)
            | ConstraintKind::PrimaryKey(_)
            | ConstraintKind::ForeignKey { .. }
            | ConstraintKind::Exclude(_) => false,
        });
        match proofs.map(|constraint| constraint.validated).max() {
            Some(true) => "validated",
            Some(false) => "not-validated",
            None => "none",
        }
    }

    pub(super) fn detach_partition(&self, parent: &str, partition: &str, concurrently: bool) -> Vec<Observation> {
        let building = if concurrently { "concurrently" } else { "blocking" };
        let era = if self.postgres.0 >= 14 { "since-14" } else { "before-14" };
        let observation = Observation::new(Aspect::DetachPartition, partition)
            .fact(FactName::Building, building)
            .fact(FactName::Transaction, self.inside())
            .fact(FactName::Era, era);
        if concurrently {
            return vec![observation.role(Role::Parent, parent)];
        }
        let mut observations = vec![self.leaving(observation, parent)];
        observations.extend(self.keys_of_detached(parent, partition));
        observations
    }

    /// A lock on a partitioned table is one on its partitions where the table is at the other end of a foreign key, or a
    /// partition itself.
    pub(super) fn spread_roles(&self, observations: &mut [Observation]) {
        for observation in observations {
            let aspect = observation.aspect;
            let spread: Vec<(Role, String)> = observation
                .roles
                .iter()
                .filter(|(role, name)| self.spreads(aspect, *role) && self.catalog.is_partitioned(name))
                .flat_map(|(role, name)| self.parts(aspect, *role, name))
                .collect();
            for entry in spread {
                if !observation.roles.contains(&entry) {
                    observation.roles.push(entry);
                }
            }
            if aspect == Aspect::DropReference && self.postgres.0 < 15 {
                let is_root = |role: Role, name: &str| role == Role::Partner && self.catalog.is_partitioned(name);
                observation.roles.retain(|(role, name)| !is_root(*role, name));
            }
        }
    }

    fn spreads(&self, aspect: Aspect, role: Role) -> bool {
        match role {
            Role::Partner | Role::Referenced => aspect != Aspect::MoveForeignKeys,
            Role::DefaultPartition => true,
            Role::Partition => false,
            Role::Table => match aspect {
                Aspect::DetachPartition => self.postgres.0 >= 14,
                Aspect::AttachPartition
                | Aspect::DropPartition
                | Aspect::DropIndex
                | Aspect::ExistingIndex
                | Aspect::Reindex => true,
                _ => false,
            },
            Role::Index | Role::Sequence | Role::View | Role::Parent => false,
        }
    }

    /// The partitions; only those with rows where no others are locked.
    fn parts(&self, aspect: Aspect, role: Role, table: &str) -> Vec<(Role, String)> {
        let has_rows_only = aspect == Aspect::Reindex || (role == Role::Partner && self.postgres.0 < 15);
        let descendants = self.catalog.descendants(table).into_iter();
        descendants
            .filter(|name| !has_rows_only || !self.catalog.is_partitioned(name))
            .map(|name| (role, name))
            .collect()
    }

    /// A change of a partitioned table, or of one that others inherit from, is a change of all of them.
    pub(super) fn spread_to_partitions(&self, statement: &Statement, observations: &mut [Observation]) {
        let Some(table) = spreading(statement) else { return };
        // What inherits has indexes and triggers of its own; partitions have their parent's.
        if is_of_partitions(statement) && !self.catalog.is_partitioned(table) {
            return;
        }
        let descendants = self.catalog.descendants(table);
        for observation in observations {
            let about = observation
                .roles
                .iter()
                .any(|(role, name)| *role == Role::Table && name == table);
            let is_about_all = about
                && !matches!(
                    observation.aspect,
                    Aspect::DependentsRefuse | Aspect::ExistingIndex | Aspect::AttachPartition
                );
            if is_about_all {
                let role = self.share_in(table, observation);
                let roles = role
                    .into_iter()
                    .flat_map(|role| descendants.iter().map(move |name| (role, name.clone())));
                observation.roles.extend(roles);
            }
        }
    }

    /// How those that belong to the table take part; `None` where they do not.
    fn share_in(&self, table: &str, observation: &mut Observation) -> Option<Role> {
        if !is_unique_key(observation) {
            return Some(Role::Table);
        }
        // What merely inherits has keys of its own.
        if !self.catalog.is_partitioned(table) {
            return None;
        }
        let columns = observation.names.iter().find(|(name, _)| *name == "column");
        let columns = columns.map(|(_, columns)| columns.replace(", ", "_"));
        let leaves = self.catalog.descendants(table).into_iter();
        let leaves = leaves.filter(|leaf| !self.catalog.is_partitioned(leaf));
        observation.builds = leaves
            .map(|leaf| object_name(&leaf, columns.as_deref(), "key", |_| false))
            .collect();
        // Version 18 locks them like their parent.
        Some(if self.postgres.0 < 18 {
            Role::Partition
        } else {
            Role::Table
        })
    }
}

/// Whether it is a unique constraint with an index of its own.
fn is_unique_key(observation: &Observation) -> bool {
    let facts = &observation.facts;
    observation.aspect == Aspect::AddKey
        && facts.contains(&(FactName::Key, "unique"))
        && facts.contains(&(FactName::Source, "built"))
}

/// Whether tables that merely inherit from the table are left alone.
fn is_of_partitions(statement: &Statement) -> bool {
    match statement {
        Statement::CreateIndex(_) => true,
        Statement::Command { command, .. } => {
            matches!(
                command.as_ref(),
                Command::CreateTrigger { .. } | Command::DropTrigger { .. }
            )
        }
        _ => false,
    }
}

/// The table whose partitions have to follow.
fn spreading(statement: &Statement) -> Option<&str> {
    match statement {
        Statement::AlterTable { table, actions, .. } => {
            let alone = actions.iter().all(|action| {
                matches!(
                    action,
                    AlterTableAction::Change {
                        change: TableChange::Catalog { .. }
                            | TableChange::SwitchTrigger { .. }
                            | TableChange::AttachPartition { .. }
                            | TableChange::DetachPartition { .. }
                            | TableChange::Inherit { .. }
                            | TableChange::Disinherit { .. }
                            | TableChange::Unread { .. },
                        ..
                    } | AlterTableAction::SetTablespace { .. }
                )
            });
            (!alone).then_some(table_key(table))
        }
        Statement::CreateIndex(create) => (!create.only).then_some(table_key(&create.table)),
        Statement::DropTable { table, .. } | Statement::UpdateNulls { table, .. } => Some(table_key(table)),
        Statement::Command { command, .. } => match command.as_ref() {
            Command::Update { table, .. } | Command::Delete { table, .. } => Some(table),
            Command::Truncate { tables, .. } if tables.len() == 1 => tables.first().map(String::as_str),
            Command::CreateTrigger { table, .. } | Command::DropTrigger { table, .. } => Some(table),
            _ => None,
        },
        _ => None,
    }
}
