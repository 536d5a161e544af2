//! The aspects of the commands that only SQL of one's own sends.

use crate::catalog::Presence;
use crate::lock::LockMode;
use crate::statement::{
    Command, DomainChange, Name, ReindexTarget, SequenceChange, SessionChange, SettingScope, TableChange,
    TransactionChange, ViewKind,
};

use super::running_code::rename_sequence;
use super::{Aspect, Context, FactName, Observation, Role, observe, unbound};

impl Context<'_> {
    pub(super) fn command(&self, command: &Command) -> Vec<Observation> {
        match command {
            Command::CreateTableAs { table, reads, .. } => {
                let mut observations = vec![Observation::new(Aspect::CreateTable, table)];
                observations.extend(self.read_rows(reads, None));
                observations
            }
            Command::AlterSequence {
                sequence,
                change: SequenceChange::Rename(to),
            } => vec![rename_sequence(sequence, to)],
            Command::AlterSequence { sequence, .. } => {
                vec![unbound(Aspect::AlterSequence).role(Role::Sequence, sequence)]
            }
            Command::CreateView { .. }
            | Command::DropView { .. }
            | Command::AlterView { .. }
            | Command::RefreshView { .. } => self.view(command),
            Command::CreateTrigger { table, .. } => vec![change_catalog(table, LockMode::ShareRowExclusive)],
            Command::DropTrigger { table, name, if_exists }
                if *if_exists && self.catalog.presence_of_trigger(table, name) == Presence::Missing =>
            {
                vec![unbound(Aspect::TouchNothing)]
            }
            Command::DropTrigger { table, .. } | Command::CreatePolicy { table, .. } => {
                vec![change_catalog(table, LockMode::AccessExclusive)]
            }
            Command::DropPolicy { table, name, .. } => {
                let lock = change_catalog(table, LockMode::AccessExclusive);
                let is_new = self.catalog.is_new(table);
                let opens = (!is_new).then(|| self.dropped_policy(table, name));
                std::iter::once(lock).chain(opens).collect()
            }
            Command::Comment { table, .. } => vec![change_catalog(table, LockMode::ShareUpdateExclusive)],
            Command::ChangeTable { table, lock } => vec![change_catalog(table, *lock)],
            Command::Truncate { tables, cascade } => self.truncate(tables, *cascade),
            Command::LockTable { tables, mode } => tables.iter().map(|table| self.lock_table(table, *mode)).collect(),
            Command::Vacuum { .. } | Command::Analyze { .. } | Command::Cluster { .. } => self.maintenance(command),
            Command::Reindex { target, concurrently } => vec![self.reindex(target, *concurrently)],
            Command::MoveIndex { index } => vec![self.about_index(Aspect::MoveIndex, index)],
            // The index of the parent takes a lock that no query waits for.
            Command::AttachIndex { index, partition } => {
                vec![
                    self.about_index(Aspect::AttachIndex, partition)
                        .named("parent_index", index),
                ]
            }
            Command::ChangeIndex { index } => vec![self.about_index(Aspect::ChangeIndex, index)],
            Command::RenameEnumValue { name, value } => self.rename_enum_value(name, value),
            Command::Revoke { tables } => self.revoke(tables),
            Command::DropFunction {
                name,
                if_exists,
                cascade,
            } => self.drop_function(name, *if_exists, *cascade),
            Command::DropType { name, cascade, .. } => self.drop_type(name, *cascade),
            Command::AlterDomain { name, change } => self.alter_domain(name, *change),
            Command::CreateType { .. }
            | Command::AddEnumValue { .. }
            | Command::CreateDomain { .. }
            | Command::CreateFunction { .. }
            | Command::TouchNothing
            | Command::DeferConstraints => vec![unbound(Aspect::TouchNothing)],
            Command::DropObject {
                kind, name, cascade, ..
            } => self.drop_object(kind, name, *cascade),
            Command::ChangeServer => vec![self.change_server()],
            Command::Session(change) => vec![self.session(change)],
            Command::Transaction(change) => vec![self.end_transaction(*change)],
            Command::RefusedInBody { reason } => vec![unbound(Aspect::RefusedInBody).named("reason", reason)],
            Command::Update { table, rows, reads, .. } => self.write_rows("updates", table, rows, reads),
            Command::Delete { table, rows, reads } => self.write_rows("deletes", table, rows, reads),
            Command::Insert { table, reads, .. } => self.insert_rows(table, reads),
            Command::Select { reads } => {
                let read = self.read_rows(reads, None);
                if read.is_empty() {
                    vec![unbound(Aspect::TouchNothing)]
                } else {
                    read
                }
            }
            Command::Several(statements) => statements
                .iter()
                .filter_map(|statement| observe(statement, self))
                .flatten()
                .collect(),
            Command::Block(block) => block
                .iter()
                .filter_map(|inner| observe(&inner.statement, self))
                .flatten()
                .collect(),
        }
    }

    fn view(&self, command: &Command) -> Vec<Observation> {
        let about = |aspect, view: &str| unbound(aspect).role(Role::View, view);
        match command {
            Command::CreateView {
                view,
                kind,
                replaces,
                reads,
                ..
            } => {
                let known = *replaces && self.catalog.view(view).is_some();
                let aspect = if known { Aspect::ChangeView } else { Aspect::CreateView };
                let mut observations = vec![about(aspect, view)];
                if *kind == ViewKind::Materialized {
                    observations.extend(self.read_rows(reads, None));
                }
                observations
            }
            Command::DropView {
                view, cascade, along, ..
            } => self.drop_view(view, *cascade, along),
            Command::RefreshView {
                view,
                without_data: true,
                ..
            }
            | Command::AlterView { view, .. } => vec![about(Aspect::ChangeView, view)],
            Command::RefreshView { view, concurrently, .. } => {
                let building = if *concurrently { "concurrently" } else { "blocking" };
                let mut observations = vec![about(Aspect::RefreshView, view).fact(FactName::Building, building)];
                let reads = self
                    .catalog
                    .view(view)
                    .map(|view| view.reads.clone())
                    .unwrap_or_default();
                observations.extend(self.read_rows(&reads, None));
                observations
            }
            _ => Vec::new(),
        }
    }

    fn truncate(&self, tables: &[String], cascade: bool) -> Vec<Observation> {
        let mut observations = Vec::new();
        for table in tables {
            observations.push(Observation::new(Aspect::Truncate, table));
            for (child, key, _) in self.catalog.incoming_foreign_keys(table) {
                if tables.iter().any(|other| other == child) {
                    continue;
                }
                observations.push(if cascade {
                    Observation::new(Aspect::TruncateReferenced, table).role(Role::Partner, child)
                } else {
                    Observation::new(Aspect::DependentsRefuse, table)
                        .named("dependent", format!("the foreign key `{key}` of `{child}`"))
                });
            }
        }
        observations
    }

    fn lock_table(&self, table: &str, mode: LockMode) -> Observation {
        let name = match mode {
            LockMode::AccessShare => "access-share",
            LockMode::RowShare => "row-share",
            LockMode::RowExclusive => "row-exclusive",
            LockMode::ShareUpdateExclusive => "share-update-exclusive",
            LockMode::Share => "share",
            LockMode::ShareRowExclusive => "share-row-exclusive",
            LockMode::Exclusive => "exclusive",
            LockMode::AccessExclusive => "access-exclusive",
        };
        Observation::new(Aspect::LockTable, table)
            .fact(FactName::Mode, name)
            .fact(FactName::Transaction, self.inside())
            .named("mode", mode.name())
    }

    fn maintenance(&self, command: &Command) -> Vec<Observation> {
        let rewrite = |table: &str, what: &str| {
            self.rewritten(table)
                .fact(
                    FactName::Transaction,
                    if what == "VACUUM FULL" {
                        self.inside()
                    } else {
                        "outside"
                    },
                )
                .named("command", what)
        };
        match command {
            Command::Vacuum { tables, full: true } => {
                tables.iter().map(|table| rewrite(table, "VACUUM FULL")).collect()
            }
            Command::Vacuum { tables, .. } if tables.is_empty() => {
                vec![unbound(Aspect::Vacuum).fact(FactName::Transaction, self.inside())]
            }
            Command::Vacuum { tables, .. } => {
                let vacuum = |table| Observation::new(Aspect::Vacuum, table).fact(FactName::Transaction, self.inside());
                tables.iter().map(|table| vacuum(table)).collect()
            }
            Command::Analyze { tables } if tables.is_empty() => vec![unbound(Aspect::Analyze)],
            Command::Analyze { tables } => tables
                .iter()
                .map(|table| Observation::new(Aspect::Analyze, table))
                .collect(),
            Command::Cluster { table: Some(table) } => vec![rewrite(table, "CLUSTER")],
            // Each table is a transaction of its own then.
            Command::Cluster { table: None } => vec![self.change_server()],
            _ => Vec::new(),
        }
    }

    /// The table is written anew with all its indexes.
    fn rewritten(&self, table: &str) -> Observation {
        let indexes = self
            .catalog
            .table(table)
            .into_iter()
            .flat_map(|entry| entry.indexes.keys().cloned());
        Observation::new(Aspect::RewriteTable, table).building(indexes)
    }

    fn reindex(&self, target: &ReindexTarget, concurrently: bool) -> Observation {
        let building = if concurrently { "concurrently" } else { "blocking" };
        let observation = match target {
            ReindexTarget::Index(index) => self.about_index(Aspect::Reindex, index).building([index.clone()]),
            ReindexTarget::Table(table) => {
                let known = self.catalog.table(table);
                let indexes: Vec<String> = known
                    .into_iter()
                    .flat_map(|entry| entry.indexes.keys().cloned())
                    .collect();
                let observation = Observation::new(Aspect::Reindex, table);
                indexes
                    .iter()
                    .fold(observation, |observation, index| observation.role(Role::Index, index))
                    .building(indexes)
            }
            ReindexTarget::All => unbound(Aspect::ReindexAll).named("table", "all tables"),
        };
        observation
            .fact(FactName::Building, building)
            .fact(FactName::Transaction, self.inside())
    }

    fn about_index(&self, aspect: Aspect, index: &str) -> Observation {
        let observation = match self.catalog.index_table(index) {
            Some(table) => Observation::new(aspect, table),
            None => unbound(aspect),
        };
        observation.role(Role::Index, index)
    }

    fn alter_domain(&self, name: &str, change: DomainChange) -> Vec<Observation> {
        let validation = match change {
            DomainChange::Other => return vec![unbound(Aspect::TouchNothing)],
            DomainChange::Check => "now",
            DomainChange::CheckLater => "not-valid",
        };
        let mut tables: Vec<String> = self
            .catalog
            .type_users(&name.to_lowercase())
            .into_iter()
            .map(|(table, _)| table)
            .collect();
        tables.dedup();
        let about = |observation: Observation| observation.fact(FactName::Validation, validation).named("domain", name);
        if tables.is_empty() && self.catalog.presence_of_type(name) == Presence::There {
            return vec![unbound(Aspect::TouchNothing)];
        }
        if tables.is_empty() {
            return vec![about(unbound(Aspect::AlterDomain))];
        }
        tables
            .iter()
            .map(|table| about(Observation::new(Aspect::AlterDomain, table)))
            .collect()
    }

    fn session(&self, change: &SessionChange) -> Observation {
        let SessionChange::Set { name, scope, .. } = change else {
            return unbound(Aspect::TouchNothing);
        };
        let scope = match scope {
            SettingScope::Session => "session",
            SettingScope::Transaction => "transaction",
        };
        unbound(Aspect::ChangeSetting)
            .fact(FactName::Scope, scope)
            .fact(FactName::Transaction, self.inside())
            .named("setting", name)
    }

    fn change_server(&self) -> Observation {
        unbound(Aspect::ChangeServer).fact(FactName::Transaction, self.inside())
    }

    fn end_transaction(&self, change: TransactionChange) -> Observation {
        match change {
            TransactionChange::Begin | TransactionChange::Within => unbound(Aspect::TouchNothing),
            TransactionChange::EndInBody => {
                // A body may end the transaction that was begun for it alone.
                let inside = if self.transaction.is_bodys() {
                    "outside"
                } else {
                    "inside"
                };
                unbound(Aspect::EndInBody).fact(FactName::Transaction, inside)
            }
            TransactionChange::End => {
                // What the migration has begun itself, it may end.
                let inside = if self.transaction.is_djangos() {
                    "inside"
                } else {
                    "outside"
                };
                unbound(Aspect::EndTransaction).fact(FactName::Transaction, inside)
            }
        }
    }

    pub(super) fn change_table(&self, table: &str, change: &TableChange) -> Vec<Observation> {
        let about = |aspect| Observation::new(aspect, table);
        match change {
            TableChange::AddKeyUsingIndex { name, primary, index } => {
                vec![self.add_key_using_index(table, name.as_ref(), *primary, index)]
            }
            TableChange::AddNotNull {
                name,
                column,
                not_valid,
            } => self.add_not_null(table, name.as_ref(), column, *not_valid),
            TableChange::SetExpression { column, .. } => {
                vec![
                    self.rewritten(table)
                        .fact(FactName::Transaction, "outside")
                        .named("command", "SET EXPRESSION")
                        .named("column", column),
                ]
            }
            TableChange::Rewrite => vec![
                self.rewritten(table)
                    .fact(FactName::Transaction, "outside")
                    .named("command", "ALTER TABLE"),
            ],
            TableChange::AttachPartition { partition, bounds, .. } => self.attach_partition(table, partition, bounds),
            TableChange::DetachPartition {
                partition,
                concurrently,
            } => self.detach_partition(table, partition, *concurrently),
            TableChange::Inherit { parent } => vec![about(Aspect::Inherit).role(Role::Parent, parent)],
            TableChange::Disinherit { .. } => vec![change_catalog(table, LockMode::AccessExclusive)],
            TableChange::AlterConstraint { name, enforced } => vec![self.alter_constraint(table, name, *enforced)],
            TableChange::RenameConstraint { .. } | TableChange::DropExpression { .. } => {
                vec![change_catalog(table, LockMode::AccessExclusive)]
            }
            TableChange::SetSchema { schema } => vec![self.set_schema(table, schema)],
            TableChange::ForceRowSecurity => self.force_row_security(table),
            TableChange::DisableRowSecurity => {
                let lock = change_catalog(table, LockMode::AccessExclusive);
                let is_new = self.catalog.is_new(table);
                let change = format!("disables row level security on `{table}`");
                let opens = (!is_new).then(|| about(Aspect::DisableRowSecurity).named("change", change));
                std::iter::once(lock).chain(opens).collect()
            }
            TableChange::SwitchTrigger { .. } => vec![change_catalog(table, LockMode::ShareRowExclusive)],
            TableChange::Catalog { lock } => vec![change_catalog(table, *lock)],
            TableChange::Unread { .. } => Vec::new(),
        }
    }

    fn add_key_using_index(&self, table: &str, name: Option<&Name>, primary: bool, index: &str) -> Observation {
        let known = self.catalog.table(table).and_then(|entry| entry.indexes.get(index));
        let known = known.filter(|_| self.catalog.trusts_index(index));
        let columns: Vec<String> = known
            .into_iter()
            .flat_map(|index| index.items.iter().flatten().cloned())
            .collect();
        let nullability = if primary {
            self.nullability(table, &columns)
        } else {
            "not-null"
        };
        Observation::new(Aspect::AddKey, table)
            .fact(FactName::Key, if primary { "primary" } else { "unique" })
            .fact(FactName::Nullability, nullability)
            .fact(FactName::Source, if known.is_some() { "attached" } else { "unknown" })
            .named(
                "constraint",
                name.map_or_else(|| index.to_owned(), |name| name.shown().into_owned()),
            )
            .named("column", columns.join(", "))
    }

    fn add_not_null(&self, table: &str, name: Option<&Name>, column: &str, not_valid: bool) -> Vec<Observation> {
        let about = |aspect| {
            Observation::new(aspect, table)
                .named("column", column)
                .named("constraint", name.map(Name::shown).unwrap_or_default())
        };
        vec![
            about(Aspect::AddNotNull)
                .fact(FactName::Validation, if not_valid { "not-valid" } else { "now" })
                .fact(FactName::Proof, self.not_null_proof(table, column, &[])),
        ]
    }

    fn alter_constraint(&self, table: &str, name: &str, enforced: Option<bool>) -> Observation {
        use crate::catalog::ConstraintKind;
        let enforcement = match enforced {
            None => "same",
            Some(true) => "on",
            Some(false) => "off",
        };
        let observation = Observation::new(Aspect::AlterConstraint, table)
            .fact(FactName::Enforcement, enforcement)
            .named("constraint", name);
        let constraint = self.catalog.table(table).and_then(|entry| entry.constraints.get(name));
        match constraint.map(|constraint| &constraint.kind) {
            Some(ConstraintKind::ForeignKey { to_table, .. }) if to_table != table => {
                observation.role(Role::Referenced, to_table)
            }
            _ => observation,
        }
    }
}

/// A change of the catalog only, under a lock for a moment.
pub(super) fn change_catalog(table: &str, lock: LockMode) -> Observation {
    let strength = match lock {
        LockMode::AccessShare
        | LockMode::RowShare
        | LockMode::RowExclusive
        | LockMode::ShareUpdateExclusive
        | LockMode::Share => "share-update-exclusive",
        LockMode::ShareRowExclusive => "share-row-exclusive",
        LockMode::Exclusive | LockMode::AccessExclusive => "access-exclusive",
    };
    Observation::new(Aspect::ChangeCatalog, table).fact(FactName::Strength, strength)
}
