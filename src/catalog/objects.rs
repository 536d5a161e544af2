//! What stands around tables: views, types, functions, partitions, triggers, policies.

use std::collections::{BTreeMap, BTreeSet};

use crate::data_type::{DataType, TypeParts};
use crate::statement::{DefaultValue, FunctionBody, QueryReads, ViewKind, Volatility};

use super::views::Shows;
use super::{Catalog, MigrationNumber, Moment, Table};

/// A view, plain or materialized.
#[derive(Clone, Debug)]
pub struct View {
    /// Plain or materialized.
    pub kind: ViewKind,
    /// What its query reads.
    pub reads: QueryReads,
    /// What it shows, and whether it takes writes.
    pub shows: Shows,
    /// The migration that created it.
    pub created_in: MigrationNumber,
    pub(super) since: Moment,
}

/// A type that a migration created.
#[derive(Clone, Debug)]
pub struct UserType {
    /// What it is.
    pub kind: TypeKind,
    /// The migration that created it.
    pub created_in: MigrationNumber,
    pub(super) since: Moment,
}

/// A function or procedure that a migration created.
#[derive(Clone, Debug)]
pub struct Function {
    /// How far it varies.
    pub volatility: Volatility,
    /// `RETURNS trigger`: no query calls it.
    pub is_trigger: bool,
    /// What it runs: one for each list of parameters.
    pub bodies: Vec<FunctionBody>,
    /// The migration that created it; of one that was replaced the first.
    pub created_in: MigrationNumber,
    pub(super) since: Moment,
}

/// What a type is.
#[derive(Clone, Debug)]
pub enum TypeKind {
    /// An enum.
    Enum,
    /// A domain.
    Domain {
        /// The type below it.
        base: DataType,
        /// Whether it has a check or is NOT NULL.
        constrained: bool,
        /// Its default.
        default: Option<DefaultValue>,
    },
    /// A composite, a range, a type of an extension.
    Other,
}

/// What a table is to other tables by inheritance, and what hangs on it.
#[derive(Clone, Debug, Default)]
pub struct Attachments {
    /// `PARTITION BY`
    pub partitioned: bool,
    /// The table that it is a partition of.
    pub partition_of: Option<String>,
    /// Its partitions and the tables that inherit from it.
    pub children: BTreeSet<String>,
    /// The partition for what fits no other.
    pub default_partition: Option<String>,
    /// Triggers by name.
    pub triggers: BTreeMap<String, Trigger>,
    /// Row level security policies, with the columns that they read.
    pub policies: BTreeMap<String, Vec<String>>,
}

/// A trigger.
#[derive(Clone, Debug, Default)]
pub struct Trigger {
    /// The columns of `UPDATE OF` and `WHEN`.
    pub columns: Vec<String>,
    /// What it runs.
    pub function: Option<String>,
}

impl Catalog {
    /// The tables that migrations created, by name.
    pub fn tables(&self) -> impl Iterator<Item = (&str, &Table)> {
        self.tables.iter().map(|(name, table)| (name.as_str(), table))
    }

    /// The views that migrations created, by name.
    pub fn views(&self) -> impl Iterator<Item = (&str, &View)> {
        self.views.iter().map(|(name, view)| (name.as_str(), view))
    }

    /// The functions that migrations created, by name.
    pub fn functions(&self) -> impl Iterator<Item = (&str, &Function)> {
        self.functions.iter().map(|(name, function)| (name.as_str(), function))
    }

    /// The view, if migrations created it.
    #[must_use]
    pub fn view(&self, name: &str) -> Option<&View> {
        self.views.get(name)
    }

    /// A type that migrations created.
    #[must_use]
    pub fn user_type(&self, name: &str) -> Option<&UserType> {
        self.types.get(name)
    }

    /// A function that migrations created.
    #[must_use]
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.get(name)
    }

    /// The function that a call with a bare name means, in whatever schema it is.
    #[must_use]
    pub fn declared(&self, name: &str) -> Option<&Function> {
        let in_schema = |known: &str| known.strip_suffix(name).is_some_and(|schema| schema.ends_with("\".\""));
        self.functions.get(name).or_else(|| {
            let mut others = self.functions.iter().filter(|(known, _)| in_schema(known));
            others.next().map(|(_, function)| function)
        })
    }

    /// The type below a domain, the type itself otherwise.
    #[must_use]
    pub fn base_type<'a>(&'a self, data_type: &'a DataType) -> &'a DataType {
        match data_type
            .name()
            .and_then(|name| self.types.get(name))
            .map(|found| &found.kind)
        {
            Some(TypeKind::Domain { base, .. }) if !data_type.parts().is_some_and(TypeParts::is_array) => base,
            _ => data_type,
        }
    }

    /// Whether values of the type are checked: a domain with a check or NOT NULL.
    #[must_use]
    pub fn is_constrained(&self, data_type: &DataType) -> bool {
        matches!(
            data_type
                .name()
                .and_then(|name| self.types.get(name))
                .map(|found| &found.kind),
            Some(TypeKind::Domain { constrained: true, .. })
        )
    }

    /// The views that read the table, or this column of it, and the views on these.
    #[must_use]
    pub fn dependent_views(&self, table: &str, column: Option<&str>) -> Vec<String> {
        let direct = self.views.iter().filter(|(_, view)| match column {
            Some(column) => view.reads.reads_column(table, column),
            None => view.reads.relations.iter().any(|relation| relation == table),
        });
        let mut found: Vec<String> = direct.map(|(name, _)| name.clone()).collect();
        found.sort();
        let mut next = 0;
        while let Some(above) = found.get(next).cloned() {
            next += 1;
            let mut more: Vec<String> = self
                .views
                .iter()
                .filter(|(name, view)| view.reads.relations.contains(&above) && !found.contains(name))
                .map(|(name, _)| name.clone())
                .collect();
            more.sort();
            found.extend(more);
        }
        found
    }

    /// The partitions of a table and the tables that inherit from it, and theirs.
    #[must_use]
    pub fn descendants(&self, table: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let mut open = vec![table.to_owned()];
        while let Some(parent) = open.pop() {
            let children = self
                .tables
                .get(&parent)
                .into_iter()
                .flat_map(|entry| &entry.attached.children);
            for child in children {
                if child != table && !found.contains(child) {
                    found.push(child.clone());
                    open.push(child.clone());
                }
            }
        }
        found.sort();
        found
    }

    /// Whether the table is partitioned: it has no rows of its own.
    #[must_use]
    pub fn is_partitioned(&self, table: &str) -> bool {
        self.tables.get(table).is_some_and(|entry| entry.attached.partitioned)
    }

    /// The columns with a default that takes its value from the sequence.
    #[must_use]
    pub fn sequence_users(&self, sequence: &str) -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = Vec::new();
        for (table, entry) in &self.tables {
            for (column, declared) in &entry.columns {
                let is_user = declared
                    .default
                    .as_ref()
                    .and_then(|default| default.sql.known())
                    .is_some_and(|default| takes_from(default, sequence));
                if is_user {
                    found.push((table.clone(), column.clone()));
                }
            }
        }
        if let Some((table, column)) = self.sequences.get(sequence).and_then(|known| known.owner.clone())
            && self
                .column(&table, &column)
                .is_some_and(|column| column.identity || column.data_type.is_serial())
        {
            found.push((table, column));
        }
        found.sort();
        found.dedup();
        found
    }

    /// The columns of this type.
    #[must_use]
    pub fn type_users(&self, name: &str) -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = self
            .tables
            .iter()
            .flat_map(|(table, entry)| {
                let columns = entry
                    .columns
                    .iter()
                    .filter(|(_, column)| column.data_type.name() == Some(name));
                columns.map(|(column, _)| (table.clone(), column.clone()))
            })
            .collect();
        found.sort();
        found
    }
}

/// `nextval('shop_number')`, with or without schema, quotes and cast.
fn takes_from(default: &str, sequence: &str) -> bool {
    let lower = default.to_ascii_lowercase();
    let Some(at) = lower.find("nextval") else { return false };
    let argument = default[at..].split('\'').nth(1).unwrap_or_default();
    let bare = argument.rsplit('.').next().unwrap_or(argument).trim_matches('"');
    bare.eq_ignore_ascii_case(sequence)
}
