//! Whether a name is there: what Postgres refuses to make twice, and what it does not find.

use crate::statement::ViewKind;
use crate::unknown::Identifier;

use super::apply::is_elsewhere;
use super::names::stored;
use super::{Catalog, NAMELESS};

/// Whether something is there, as far as the history knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is.
    There,
    /// It is not.
    Missing,
    /// It may be.
    Unknown,
}

/// What shares a schema's room for names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    /// A table.
    Table,
    /// An index.
    Index,
    /// A view, plain or materialized.
    View(ViewKind),
    /// A sequence.
    Sequence,
}

impl RelationKind {
    /// As Postgres calls it, behind "is".
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            RelationKind::Table => "a table",
            RelationKind::Index => "an index",
            RelationKind::View(ViewKind::Plain) => "a view",
            RelationKind::View(ViewKind::Materialized) => "a materialized view",
            RelationKind::Sequence => "a sequence",
        }
    }
}

impl Catalog {
    /// Whether the catalog has a table, view, index or sequence of this name: they share one room for names.
    pub(super) fn has_relation(&self, name: &str) -> bool {
        self.tables.contains_key(name)
            || self.index_tables.contains_key(name)
            || self.sequences.contains_key(name)
            || self.views.contains_key(name)
    }

    /// Whether there is a table, view, index or sequence of this name for certain.
    #[must_use]
    pub fn is_taken(&self, name: &str) -> bool {
        self.relation(name).is_some()
    }

    /// What has this name for certain, in words.
    #[must_use]
    pub fn relation(&self, name: &str) -> Option<String> {
        let name = stored(name);
        Some(match self.kind_of(name)? {
            RelationKind::Table => format!("the table `{name}`"),
            RelationKind::Index => format!("the index `{name}` of `{}`", self.index_tables.get(name)?),
            RelationKind::View(_) => format!("the view `{name}`"),
            RelationKind::Sequence => format!("the sequence `{name}`"),
        })
    }

    /// The kind of what has this name for certain.
    #[must_use]
    pub fn kind_of(&self, name: &str) -> Option<RelationKind> {
        let name = stored(name);
        if name == NAMELESS {
            return None;
        }
        if let Some(table) = self.tables.get(name) {
            let is_there = table.is_declared && self.is_certain(table, table.since);
            return is_there.then_some(RelationKind::Table);
        }
        if let Some(owner) = self.index_tables.get(name) {
            let table = self.tables.get(owner)?;
            let index = table.indexes.get(name)?;
            let is_there = owner != NAMELESS && self.is_certain(table, index.since);
            return is_there.then_some(RelationKind::Index);
        }
        if let Some(view) = self.views.get(name) {
            return self.is_undoubted(view.since).then_some(RelationKind::View(view.kind));
        }
        let sequence = self.sequences.get(name)?;
        self.is_undoubted(sequence.since).then_some(RelationKind::Sequence)
    }

    /// Whether a table, view, index or sequence of this name is missing for certain: it went, or it never was.
    #[must_use]
    pub fn lacks_relation(&self, name: &str) -> bool {
        let is_foreign = || self.foreign_labels.iter().any(|label| name.starts_with(label.as_str()));
        self.is_gone(name) || self.is_closed() && !self.has_relation(stored(name)) && !is_foreign()
    }

    /// Whether the table has the column.
    #[must_use]
    pub fn presence_of_column(&self, table: &str, column: &Identifier) -> Presence {
        let Some(column) = column.known().map(stored) else {
            return Presence::Unknown;
        };
        let Some(entry) = self.table(table) else {
            return Presence::Unknown;
        };
        match entry.columns.get(column) {
            Some(known) if known.data_type.parts().is_some() && self.is_certain(entry, known.since) => Presence::There,
            Some(_) => Presence::Unknown,
            None if self.is_whole(table) && !is_system(column) => Presence::Missing,
            None => Presence::Unknown,
        }
    }

    /// Whether the table has the constraint.
    #[must_use]
    pub fn presence_of_constraint(&self, table: &str, name: &str) -> Presence {
        let name = stored(name);
        let Some(entry) = self.table(table) else {
            return Presence::Unknown;
        };
        match entry.constraints.get(name) {
            Some(known) if self.is_certain(entry, known.since) => Presence::There,
            Some(_) => Presence::Unknown,
            // A key whose name is not known may be it; so may one that Postgres has named.
            None if !entry.nameless_keys.is_empty() || is_made_up(name) => Presence::Unknown,
            None if self.is_whole(table) => Presence::Missing,
            None => Presence::Unknown,
        }
    }

    /// Whether the table has the index.
    #[must_use]
    pub fn presence_of_index(&self, table: Option<&str>, name: &str) -> Presence {
        let name = stored(name);
        if self.index_tables.contains_key(name) {
            let is_there = self.is_taken(name);
            return if is_there { Presence::There } else { Presence::Unknown };
        }
        // Django knows the table; one of another table is found all the same.
        let is_missing = self.lacks_relation(name) || table.is_some_and(|table| self.is_whole(table));
        if is_missing && !self.has_relation(name) {
            Presence::Missing
        } else {
            Presence::Unknown
        }
    }

    /// Whether the table has the trigger.
    #[must_use]
    pub fn presence_of_trigger(&self, table: &str, name: &str) -> Presence {
        self.presence_on(table, |entry| entry.attached.triggers.contains_key(name))
    }

    /// Whether the table has the policy.
    #[must_use]
    pub fn presence_of_policy(&self, table: &str, name: &str) -> Presence {
        self.presence_on(table, |entry| entry.attached.policies.contains_key(name))
    }

    fn presence_on(&self, table: &str, has: impl Fn(&super::Table) -> bool) -> Presence {
        match self.table(table).filter(|_| self.is_whole(table)) {
            Some(entry) if has(entry) => Presence::There,
            Some(_) => Presence::Missing,
            None => Presence::Unknown,
        }
    }

    /// Whether there is a type of this name.
    #[must_use]
    pub fn presence_of_type(&self, name: &str) -> Presence {
        let name = &*name.to_lowercase();
        match self.types.get(name) {
            Some(known) if self.is_undoubted(known.since) => Presence::There,
            Some(_) => Presence::Unknown,
            // A table is a type too, and extensions bring some.
            None if self.is_closed() && self.extensions.is_empty() && !self.has_relation(name) => Presence::Missing,
            None => Presence::Unknown,
        }
    }

    /// Whether there is a function of this name.
    #[must_use]
    pub fn presence_of_function(&self, name: &str) -> Presence {
        match self.functions.get(name) {
            Some(known) if self.is_undoubted(known.since) => Presence::There,
            Some(_) => Presence::Unknown,
            // Extensions bring some.
            None if self.is_closed() && self.extensions.is_empty() && self.declared(name).is_none() => {
                Presence::Missing
            }
            None => Presence::Unknown,
        }
    }

    /// Whether a table is missing for certain: the history took it away, or it is called as only the history's own tables are.
    #[must_use]
    pub fn lacks_table(&self, table: &Identifier) -> bool {
        let Some(table) = table.known().filter(|_| !is_elsewhere(table)) else {
            return false;
        };
        let is_own = || self.own_labels.iter().any(|label| table.starts_with(label.as_str()));
        let is_like_own = || is_own() || self.spelled_otherwise(table).is_some();
        self.is_gone(table) || self.lacks_relation(table) && is_like_own()
    }

    /// The table or view that differs from a name in small and capital letters alone.
    #[must_use]
    pub fn spelled_otherwise(&self, name: &str) -> Option<&str> {
        let names = self.tables.keys().chain(self.views.keys());
        let mut others = names.filter(|other| *other != name && other.eq_ignore_ascii_case(name));
        others.next().map(String::as_str)
    }
}

/// Every table has these.
fn is_system(column: &str) -> bool {
    matches!(column, "ctid" | "xmin" | "xmax" | "cmin" | "cmax" | "tableoid")
}

/// Names that Postgres gives where we do not follow it: `NOT NULL` since 18, and what is excluded by expressions.
fn is_made_up(name: &str) -> bool {
    let stem = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
    stem.ends_with("_not_null") || stem.ends_with("_excl")
}
