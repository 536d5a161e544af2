//! What goes with a column that is dropped.

use std::fmt;

use super::{Catalog, Constraint, Index, Table};

/// Something that goes with a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Along {
    /// A trigger that names it in `UPDATE OF` or `WHEN`.
    Trigger(String),
    /// A row level security policy that reads it.
    Policy(String),
    /// A constraint over it and others, or one of another table that points to it, with that table.
    Constraint {
        /// Where it is, if that is another table.
        table: Option<String>,
        /// Its name.
        name: String,
    },
    /// An index over it and others.
    Index(String),
    /// A column that is computed from it.
    Column(String),
    /// A view that reads it, or reads one that does.
    View(String),
    /// A sequence that was given to it.
    Sequence(String),
}

impl fmt::Display for Along {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Along::Trigger(name) => write!(formatter, "the trigger `{name}`"),
            Along::Policy(name) => write!(formatter, "the policy `{name}`"),
            Along::Constraint { table: None, name } => write!(formatter, "the constraint `{name}`"),
            Along::Constraint {
                table: Some(table),
                name,
            } => write!(formatter, "the foreign key `{name}` of `{table}`"),
            Along::Index(name) => write!(formatter, "the index `{name}`"),
            Along::Column(name) => write!(formatter, "the generated column `{name}`"),
            Along::View(name) => write!(formatter, "the view `{name}`"),
            Along::Sequence(name) => write!(formatter, "the sequence `{name}`"),
        }
    }
}

impl Along {
    /// Whether Postgres drops the column without CASCADE all the same.
    #[must_use]
    pub fn goes_unasked(&self) -> bool {
        match self {
            Along::Constraint { table, .. } => table.is_none(),
            Along::Index(_) | Along::Sequence(_) => true,
            Along::Trigger(_) | Along::Policy(_) | Along::Column(_) | Along::View(_) => false,
        }
    }
}

impl Catalog {
    /// What CASCADE takes along with a column, but for what is about that column alone.
    #[must_use]
    pub fn along(&self, table: &str, column: &str) -> Vec<Along> {
        let Some(entry) = self.table(table) else {
            return Vec::new();
        };
        let mut along: Vec<Along> = entry.triggers_over(column).into_iter().map(Along::Trigger).collect();
        along.extend(entry.policies_over(column).into_iter().map(Along::Policy));
        along.extend(self.views_along(table, column));
        for name in entry.generated_from(column) {
            along.extend(self.views_along(table, &name));
            along.push(Along::Column(name));
        }
        along.extend(self.keys_to(table, column));
        let constraints = entry.constraints.iter();
        let wide = constraints.filter(|(_, constraint)| constraint.is_over_others(column));
        along.extend(wide.map(|(name, _)| Along::Constraint {
            table: None,
            name: name.clone(),
        }));
        let indexes = entry.indexes.iter();
        let wide = indexes
            .filter(|(name, index)| !entry.constraints.contains_key(*name) && index.is_over_others(column))
            .map(|(name, _)| Along::Index(name.clone()));
        along.extend(wide);
        let makes_its_own = |column: &super::Column| column.identity || column.data_type.is_serial();
        if !self.column(table, column).is_some_and(makes_its_own)
            && let Some(sequence) = self.owned_sequence(table, column)
        {
            along.push(Along::Sequence(sequence.to_owned()));
        }
        along.dedup();
        along
    }

    fn views_along(&self, table: &str, column: &str) -> impl Iterator<Item = Along> {
        self.dependent_views(table, Some(column)).into_iter().map(Along::View)
    }

    /// The foreign keys of other tables that point to the column.
    fn keys_to(&self, table: &str, column: &str) -> Vec<Along> {
        let incoming = self.incoming_foreign_keys(table);
        let keys = incoming.filter(|(child, _, constraint)| *child != table && constraint.points_to_column(column));
        keys.map(|(child, name, _)| Along::Constraint {
            table: Some(child.to_owned()),
            name: name.to_owned(),
        })
        .collect()
    }

    /// Drops what hangs on a column beside constraints and indexes.
    pub(super) fn drop_attached(&mut self, table: &str, column: &str) {
        let generated = self.table(table).map(|entry| entry.generated_from(column));
        for name in generated.unwrap_or_default() {
            self.drop_column(table, &name);
        }
        if let Some(entry) = self.tables.get_mut(table) {
            for name in entry.triggers_over(column) {
                entry.attached.triggers.remove(&name);
            }
            for name in entry.policies_over(column) {
                entry.attached.policies.remove(&name);
            }
        }
    }
}

impl Table {
    /// The triggers that name the column.
    #[must_use]
    pub fn triggers_over(&self, column: &str) -> Vec<String> {
        let named = self.attached.triggers.iter();
        let over = named.filter(|(_, trigger)| trigger.columns.iter().any(|name| name == column));
        over.map(|(name, _)| name.clone()).collect()
    }

    /// The policies that read the column.
    #[must_use]
    pub fn policies_over(&self, column: &str) -> Vec<String> {
        let named = self.attached.policies.iter();
        let over = named.filter(|(_, columns)| columns.iter().any(|name| name == column));
        over.map(|(name, _)| name.clone()).collect()
    }

    /// The columns that are computed from the column.
    #[must_use]
    pub fn generated_from(&self, column: &str) -> Vec<String> {
        let computed = self.columns.iter().filter(|(name, other)| {
            let reads = other.generated.as_ref().map(|expression| &expression.columns);
            *name != column && reads.is_some_and(|columns| columns.iter().any(|name| name == column))
        });
        computed.map(|(name, _)| name.clone()).collect()
    }
}

impl Constraint {
    fn is_over_others(&self, column: &str) -> bool {
        let columns = self.columns();
        columns.iter().any(|name| name == column) && columns.iter().any(|name| name != column)
    }

    fn points_to_column(&self, column: &str) -> bool {
        match &self.kind {
            super::ConstraintKind::ForeignKey { to_columns, .. } => to_columns.iter().any(|name| name == column),
            super::ConstraintKind::Check(_)
            | super::ConstraintKind::Unique(_)
            | super::ConstraintKind::PrimaryKey(_)
            | super::ConstraintKind::Exclude(_) => false,
        }
    }
}

impl Index {
    fn is_over_others(&self, column: &str) -> bool {
        let mut names = self.items.iter().flatten().chain(&self.mentioned);
        self.mentions(column) && names.any(|name| name != column)
    }
}
