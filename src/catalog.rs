//! What Postgres has: tables, columns, indexes, constraints, sequences, and the names of all of them.
//!
//! Every statement, Django's or `RunSQL`'s, is applied here. The catalog decides what a statement costs, and it answers
//! where Django asks the database for a name (`_constraint_names` in django/db/backends/base/schema.py).

mod along;
mod apply;
mod command;
mod constraints;
mod contents;
mod copies;
mod doubt;
mod existence;
mod filling;
mod nameless;
mod names;
mod objects;
mod partitions;
mod presence;
mod renames;
mod views;

use std::collections::BTreeSet;

use indexmap::IndexMap;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::data_type::DataType;
use crate::statement::{DefaultValue, SqlExpression};
use crate::unknown::{Sql, Unknown};

pub use along::Along;
pub use contents::Contents;
pub(crate) use doubt::Moment;
pub use doubt::{Cause, Scope};
use doubt::{Doubts, Gone, LastDoubts};
pub(crate) use filling::{Claim, Filling};
pub use filling::{OnConflict, added_value};
pub use nameless::NAMELESS;
pub(crate) use nameless::table_key;
pub use names::object_name;
use names::{compared, stored};
pub use objects::{Attachments, Function, Trigger, TypeKind, UserType, View};
pub use partitions::MissingIndex;
pub use presence::{Presence, RelationKind};
pub use views::{ShownColumns, Shows, lost_column, not_replaceable};

/// Counts the migrations in the order in which they run, so that a relation can say which one created it.
pub type MigrationNumber = u32;

/// The whole database, as far as migrations declare it.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// Migrations that no database in use has run.
    unreleased: FxHashSet<MigrationNumber>,
    /// Migrations that are one birth with the running one.
    siblings: Vec<MigrationNumber>,
    tables: FxHashMap<String, Table>,
    /// Tables whose name is not known.
    nameless: Vec<(Unknown, Table)>,
    /// Which table an index belongs to.
    index_tables: FxHashMap<String, String>,
    /// Sequences by name, with the column that owns them.
    sequences: FxHashMap<String, Sequence>,
    nondeterministic_collations: FxHashSet<String>,
    extensions: FxHashSet<String>,
    views: FxHashMap<String, View>,
    types: FxHashMap<String, UserType>,
    functions: FxHashMap<String, Function>,
    migration: MigrationNumber,
    doubts: Doubts,
    /// Relations that were there, and that the history took away.
    gone: FxHashMap<String, Gone>,
    /// Apps whose tables are there without migrations at hand: how the names of their relations begin.
    foreign_labels: Vec<String>,
    /// Apps whose migrations make all of their tables: how the names of these begin.
    own_labels: Vec<String>,
    /// Whether there may be more in the database than the history knows.
    is_open: bool,
}

/// A table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Its columns, in order.
    pub columns: IndexMap<String, Column>,
    /// Its constraints by name, oldest first.
    pub constraints: IndexMap<String, Constraint>,
    /// Its indexes by name, oldest first; those of primary key, unique and exclusion constraints included.
    pub indexes: IndexMap<String, Index>,
    /// Foreign keys to what is not known.
    pub(crate) nameless_keys: Vec<NamelessKey>,
    /// Tables that have, or had, a foreign key to this one.
    pub referenced_by: BTreeSet<String>,
    /// Partitions, triggers, policies.
    pub attached: Attachments,
    /// The migration that created it.
    pub created_in: MigrationNumber,
    /// Which rows of others it has got.
    contents: Contents,
    /// What it was called before it was renamed.
    earlier_names: Vec<String>,
    /// Whether its CREATE TABLE is known with all its columns.
    is_declared: bool,
    since: Moment,
    doubts: LastDoubts,
}

/// A foreign key to a table that is not known, and with a name that is derived from that.
#[derive(Clone, Debug)]
pub(crate) struct NamelessKey {
    name: Unknown,
    columns: Vec<String>,
}

/// A table's column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its type.
    pub data_type: DataType,
    /// Its collation, where it is not the type's own.
    pub collation: Option<String>,
    /// `NOT NULL`, also by a primary key.
    pub not_null: bool,
    /// `DEFAULT`
    pub default: Option<DefaultValue>,
    /// The expression of a generated column.
    pub generated: Option<SqlExpression>,
    /// Whether it is an identity column.
    pub identity: bool,
    /// The migration that made it.
    pub created_in: MigrationNumber,
    /// What the history has put into the rows that were there.
    pub(crate) filling: Filling,
    /// When it did so last.
    written: Moment,
    since: Moment,
}

/// A table's constraint.
#[derive(Clone, Debug)]
pub struct Constraint {
    /// What it demands.
    pub kind: ConstraintKind,
    /// False after `NOT VALID`, until it is validated.
    pub validated: bool,
    /// Whether a foreign key is checked at the end of a transaction, unless it asks for it earlier.
    pub deferred: bool,
    /// Whether a unique constraint can be deferred: then no key and no `ON CONFLICT` can refer to it.
    pub deferrable: bool,
    since: Moment,
}

/// What a constraint demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConstraintKind {
    /// A check.
    Check(SqlExpression),
    /// A unique constraint over these columns.
    Unique(Vec<String>),
    /// The primary key.
    PrimaryKey(Vec<String>),
    /// A foreign key.
    ForeignKey {
        /// The referencing columns.
        columns: Vec<String>,
        /// The referenced table; [`NAMELESS`] where its name is not known.
        to_table: String,
        /// The referenced columns.
        to_columns: Vec<String>,
        /// Whether Postgres itself deletes or empties what points to a row that is deleted.
        acts_on_delete: bool,
    },
    /// An exclusion constraint, with the columns in it.
    Exclude(Vec<String>),
}

/// An index.
#[derive(Clone, Debug)]
pub struct Index {
    /// `UNIQUE`
    pub unique: bool,
    /// `btree`, `gin`, ...
    pub method: String,
    /// Its items: a column, or `None` for an expression.
    pub items: Vec<Option<String>>,
    /// How many of them are keys; those behind are of `INCLUDE`.
    pub keys: usize,
    /// Its expressions and its predicate as SQL.
    pub expressions: Vec<Sql>,
    /// The operator classes that it names.
    pub classes: Vec<String>,
    /// Columns in expressions and in the predicate.
    pub mentioned: Vec<String>,
    /// Whether it has a `WHERE`.
    pub partial: bool,
    /// Whether it has storage parameters (`WITH (..)`); Django then calls it by its method, not by `idx`.
    pub has_parameters: bool,
    /// What follows each key: `DESC`; empty where nothing follows any.
    pub orders: Vec<Option<String>>,
    /// Whether its columns, their operator classes and orders say all of it, but for expressions and predicate: no `INCLUDE`.
    pub is_plain: bool,
    since: Moment,
}

/// A sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sequence {
    /// The table and column that own it.
    pub owner: Option<(String, String)>,
    /// The migration that created it.
    pub created_in: MigrationNumber,
    since: Moment,
}

/// Which constraints `_constraint_names` is asked for. `None` means "does not matter", as in Django.
#[derive(Clone, Copy, Debug, Default)]
pub struct NameQuery<'a> {
    /// Exactly these columns, in order.
    pub columns: Option<&'a [String]>,
    /// Unique, primary keys included.
    pub unique: Option<bool>,
    /// The primary key.
    pub primary_key: Option<bool>,
    /// An index that is no constraint.
    pub index: Option<bool>,
    /// A foreign key. Only `Some(true)` asks for anything, as in Django.
    pub foreign_key: Option<bool>,
    /// A check.
    pub check: Option<bool>,
    /// Only plain btree indexes, the kind that `db_index` makes (`type_=Index.suffix`).
    pub plain_btree: bool,
    /// Names to leave out.
    pub exclude: &'a [String],
}

impl Catalog {
    /// Says that the statements that follow belong to the next migration.
    pub fn begin_migration(&mut self) -> MigrationNumber {
        self.migration += 1;
        self.siblings.clear();
        self.migration
    }

    /// Says that what these migrations created has no users yet, though it was there before the running one.
    pub fn call_siblings(&mut self, migrations: Vec<MigrationNumber>) {
        self.siblings = migrations;
    }

    /// Says that no database in use has run the running migration: what it creates stays new in those that follow.
    pub fn call_unreleased(&mut self) {
        self.unreleased.insert(self.migration);
    }

    /// Whether the running migration, or an unreleased one before it, is the one with this number.
    #[must_use]
    pub fn is_recent(&self, created_in: MigrationNumber) -> bool {
        created_in == self.migration || self.unreleased.contains(&created_in)
    }

    /// The number of the migration that runs.
    #[must_use]
    pub fn current_migration(&self) -> MigrationNumber {
        self.migration
    }

    /// The table, if migrations created it.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(stored(name))
    }

    /// The column, if it is known.
    #[must_use]
    pub fn column(&self, table: &str, column: &str) -> Option<&Column> {
        self.table(table)?.columns.get(stored(column))
    }

    /// Whether nobody uses the table yet: it is new, or a sibling of the running migration created it.
    #[must_use]
    pub fn is_unused(&self, table: &str) -> bool {
        self.is_new(table)
            || self
                .table(table)
                .is_some_and(|table| self.siblings.contains(&table.created_in) && self.trusts_table(table))
    }

    /// Whether the running migration created the table, or one that was not released before. Where something ran since that
    /// was not read, it may be another one by now.
    #[must_use]
    pub fn is_new(&self, table: &str) -> bool {
        self.table(table)
            .is_some_and(|table| self.is_recent(table.created_in) && self.trusts_table(table))
    }

    /// The table that an index belongs to.
    #[must_use]
    pub fn index_table(&self, index: &str) -> Option<&str> {
        self.index_tables.get(stored(index)).map(String::as_str)
    }

    /// A sequence, if it is known.
    #[must_use]
    pub fn sequence(&self, name: &str) -> Option<&Sequence> {
        self.sequences.get(name)
    }

    /// The sequence that the column owns: an identity or serial column's.
    /// See `DatabaseSchemaEditor._get_sequence_name` in django/db/backends/postgresql/schema.py.
    #[must_use]
    pub fn owned_sequence(&self, table: &str, column: &str) -> Option<&str> {
        let (table, column) = (compared(table), compared(column));
        self.sequences
            .iter()
            .find(|(_, sequence)| {
                sequence
                    .owner
                    .as_ref()
                    .is_some_and(|(owner, owned)| owner == table && owned == column)
            })
            .map(|(name, _)| name.as_str())
    }

    /// Whether a collation was created with `deterministic = false`; all others are deterministic, or unknown.
    #[must_use]
    pub fn is_nondeterministic(&self, collation: &str) -> bool {
        self.nondeterministic_collations.contains(collation)
    }

    /// Whether a migration created the extension.
    #[must_use]
    pub fn has_extension(&self, name: &str) -> bool {
        self.extensions.contains(name)
    }

    /// The foreign keys of other tables, and of the table itself, that point to it: table, constraint name, constraint.
    pub fn incoming_foreign_keys<'a>(
        &'a self,
        table: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str, &'a Constraint)> + 'a {
        let table = stored(table);
        self.tables
            .get(table)
            .into_iter()
            .flat_map(|referenced| &referenced.referenced_by)
            .flat_map(move |child| {
                self.tables
                    .get(child)
                    .into_iter()
                    .flat_map(|child| &child.constraints)
                    .filter(move |(_, constraint)| constraint.references(table))
                    .map(move |(name, constraint)| (child.as_str(), name.as_str(), constraint))
            })
    }

    /// `BaseDatabaseSchemaEditor._constraint_names`: constraints first, then the indexes that are no constraint, each
    /// by name (Postgres reads `pg_constraint` by its index on table, type and name).
    #[must_use]
    pub fn constraint_names(&self, table: &str, query: NameQuery<'_>) -> Vec<String> {
        let Some(table) = self.tables.get(compared(table)) else {
            return Vec::new();
        };
        let mut constraints: Vec<_> = table
            .constraints
            .iter()
            .filter(|(_, constraint)| query.wants_constraint(constraint))
            .collect();
        constraints.sort_by_key(|(name, constraint)| (constraint.catalog_letter(), name.as_str()));
        let mut indexes: Vec<_> = table
            .indexes
            .iter()
            .filter(|(name, index)| !table.constraints.contains_key(*name) && query.wants_index(name, index))
            .collect();
        indexes.sort_by_key(|(name, _)| name.as_str());
        let names = constraints
            .into_iter()
            .map(|(name, _)| name)
            .chain(indexes.into_iter().map(|(name, _)| name));
        names.filter(|name| !query.exclude.contains(name)).cloned().collect()
    }
}

impl Column {
    /// Whether an INSERT may leave it out.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        let fills_itself = self.identity || self.generated.is_some() || self.data_type.is_serial();
        !self.not_null || self.default.is_some() || fills_itself
    }
}

impl Constraint {
    /// Its own columns, in order; a check's as they occur.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        match &self.kind {
            ConstraintKind::Check(expression) => &expression.columns,
            ConstraintKind::Unique(columns)
            | ConstraintKind::PrimaryKey(columns)
            | ConstraintKind::Exclude(columns)
            | ConstraintKind::ForeignKey { columns, .. } => columns,
        }
    }

    /// Whether it is a foreign key to this table.
    #[must_use]
    pub fn references(&self, table: &str) -> bool {
        matches!(&self.kind, ConstraintKind::ForeignKey { to_table, .. } if to_table == table)
    }

    /// `pg_constraint.contype`.
    fn catalog_letter(&self) -> char {
        match self.kind {
            ConstraintKind::Check(_) => 'c',
            ConstraintKind::ForeignKey { .. } => 'f',
            ConstraintKind::PrimaryKey(_) => 'p',
            ConstraintKind::Unique(_) => 'u',
            ConstraintKind::Exclude(_) => 'x',
        }
    }
}

impl NameQuery<'_> {
    fn wants_constraint(&self, constraint: &Constraint) -> bool {
        let is_primary_key = matches!(constraint.kind, ConstraintKind::PrimaryKey(_));
        let is_unique = is_primary_key || matches!(constraint.kind, ConstraintKind::Unique(_));
        let is_check = matches!(constraint.kind, ConstraintKind::Check(_));
        let is_foreign_key = matches!(constraint.kind, ConstraintKind::ForeignKey { .. });
        self.columns.is_none_or(|columns| columns == constraint.columns())
            && self.unique.is_none_or(|wanted| wanted == is_unique)
            && self.primary_key.is_none_or(|wanted| wanted == is_primary_key)
            && self.index.is_none_or(|wanted| !wanted)
            && self.check.is_none_or(|wanted| wanted == is_check)
            && self.foreign_key.is_none_or(|_| is_foreign_key)
            && !self.plain_btree
    }

    fn wants_index(&self, name: &str, index: &Index) -> bool {
        let columns_match = self.columns.is_none_or(|wanted| {
            wanted.len() == index.items.len() && wanted.iter().zip(&index.items).all(|(a, b)| Some(a) == b.as_ref())
        });
        let is_plain = index.method == "btree" && !name.ends_with("_btree") && !index.has_parameters;
        columns_match
            && self.unique.is_none_or(|wanted| wanted == index.unique)
            && self.primary_key.is_none_or(|wanted| !wanted)
            && self.index.is_none_or(|wanted| wanted)
            && self.check.is_none_or(|wanted| !wanted)
            && self.foreign_key.is_none()
            && (!self.plain_btree || is_plain)
    }
}
