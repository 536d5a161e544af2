//! Keys that do not fit: what `REFERENCES` and `ON CONFLICT` ask for, and no unique key answers.

use crate::catalog::{Catalog, ConstraintKind as Known, Presence, Table};
use crate::data_type::{DataType, TypeParts};
use crate::sql;
use crate::statement::{
    AlterTableAction, Column, Conflict, ConstraintKind, CreateTable, ForeignKey, TableConstraint, TableForm,
};
use crate::unknown::{Identifier, known_names};

use super::existence::{known_here, missing, refused_by_definition, taken};
use super::{Aspect, Context, Observation, unbound};

/// What there is for a key on some columns.
enum Match {
    Unique,
    /// A constraint of this name, which is of no use.
    Deferrable(String),
    None,
}

impl Context<'_> {
    /// The keys of a new table, and the columns that its constraints list.
    pub(super) fn refused_definition(&self, create: &CreateTable) -> Vec<Observation> {
        let mut refused = Vec::new();
        if is_complete(create) {
            refused.extend(twice(create));
            refused.extend(
                create
                    .constraints
                    .iter()
                    .flat_map(|constraint| absent(create, constraint)),
            );
            refused.extend(absent_in_expressions(create));
        }
        refused.extend(self.refused_form(create));
        let defaults = create.columns.iter().filter_map(|column| column.default.as_ref());
        refused.extend(defaults.filter_map(|default| self.refused_default(default)));
        let own = |name: &str| create.columns.iter().find(|column| column.name.known() == Some(name));
        for key in keys_of(create) {
            refused.extend(if key.to_table == create.table {
                refused_self_reference(create, key)
            } else {
                self.refused_reference(key, &|name| own(name).map(|column| &column.data_type))
            });
        }
        refused
    }

    /// The key of a constraint or column that a table gets.
    pub(super) fn refused_key(
        &self,
        table: &Identifier,
        key: &ForeignKey,
        actions: &[AlterTableAction],
    ) -> Vec<Observation> {
        let added = |name: &str| {
            actions.iter().find_map(|action| match action {
                AlterTableAction::AddColumn(column) if column.name.known() == Some(name) => Some(&column.data_type),
                _ => None,
            })
        };
        let kept = |name: &str| {
            let table = known_here(table)?;
            let is_there = self.catalog.presence_of_column(table, &name.into()) == Presence::There;
            self.catalog.column(table, name).filter(|_| is_there)
        };
        // A key that the same command adds to the table is not in the catalog yet.
        if key.to_table == *table && actions.len() > 1 {
            return Vec::new();
        }
        self.refused_reference(key, &|name| {
            added(name).or_else(|| kept(name).map(|column| &column.data_type))
        })
    }

    /// The table and the columns that a foreign key points to, and the key that it needs there.
    fn refused_reference<'t>(
        &'t self,
        key: &ForeignKey,
        data_type: &dyn Fn(&str) -> Option<&'t DataType>,
    ) -> Vec<Observation> {
        let mut refused = self.needs_table(&key.to_table, false);
        let columns = key.to_columns.iter();
        refused.extend(columns.flat_map(|column| self.needs_column(&key.to_table, column)));
        if !refused.is_empty() {
            return refused;
        }
        let Some(table) = known_here(&key.to_table) else {
            return refused;
        };
        if self.catalog.view(table).is_some() && self.catalog.is_taken(table) {
            let reason = format!("`{table}` is a view, and a foreign key points to a table");
            return vec![refused_by_definition(&reason)];
        }
        let (Some(entry), Some(listed)) = (self.with_all_keys(table), known_names(&key.to_columns)) else {
            return refused;
        };
        let target = if listed.is_empty() {
            primary_key(entry)
        } else {
            Some(listed)
        };
        let Some(target) = target else {
            return vec![key_missing(&format!("`{table}` has no primary key"))];
        };
        if target.len() != key.columns.len() {
            let reason = format!(
                "the foreign key has {} and points to {}",
                counted(key.columns.len()),
                counted(target.len())
            );
            return vec![refused_by_definition(&reason)];
        }
        if let Some(refused) = lacks_key(entry, table, &target) {
            return vec![refused];
        }
        let pairs = key.columns.iter().zip(&target);
        let unlike = pairs.filter_map(|(column, to)| {
            let (from, to) = (data_type(column.known()?)?, &entry.columns.get(to.as_str())?.data_type);
            self.cannot_compare(from, to)
        });
        unlike.take(1).collect()
    }

    /// Columns of types that no operator compares.
    fn cannot_compare(&self, from: &DataType, to: &DataType) -> Option<Observation> {
        let kinds = (Kind::of(self.catalog, from)?, Kind::of(self.catalog, to)?);
        let reason = format!("a foreign key cannot compare {from} with {to}");
        (!kinds.0.points_to(kinds.1)).then(|| refused_by_definition(&reason))
    }

    /// What `ON CONFLICT` asks for.
    pub(super) fn refused_conflict(&self, table: &str, conflict: &Conflict) -> Vec<Observation> {
        if *conflict == Conflict::Missing {
            return vec![refused_by_definition(
                "ON CONFLICT DO UPDATE has to name its columns or constraint",
            )];
        }
        let identifier = Identifier::from(table);
        let Some(entry) = known_here(&identifier).and_then(|table| self.with_all_keys(table)) else {
            return Vec::new();
        };
        match conflict {
            Conflict::Columns { columns, partial } => {
                let missing: Vec<Observation> = columns
                    .iter()
                    .flat_map(|column| self.needs_column(&identifier, &column.as_str().into()))
                    .collect();
                if !missing.is_empty() || *partial && has_partial(entry) {
                    return missing;
                }
                lacks_key(entry, table, columns).into_iter().collect()
            }
            Conflict::Constraint(name) => match entry.constraints.get(name) {
                Some(constraint) if constraint.deferrable => vec![key_missing(&deferrable(table, name))],
                Some(constraint) => match &constraint.kind {
                    Known::Check(_) | Known::ForeignKey { .. } => {
                        let reason = format!("the constraint `{name}` of `{table}` has no index");
                        vec![refused_by_definition(&reason)]
                    }
                    Known::Unique(_) | Known::PrimaryKey(_) | Known::Exclude(_) => Vec::new(),
                },
                None => self.needs_constraint(&identifier, Some(name)),
            },
            Conflict::Any => {
                let mut constraints = entry.constraints.iter();
                let found = constraints.find(|(_, constraint)| constraint.deferrable);
                found
                    .map(|(name, _)| key_missing(&deferrable(table, name)))
                    .into_iter()
                    .collect()
            }
            Conflict::Expressions => {
                let is_candidate =
                    |index: &crate::catalog::Index| index.unique && index.items.iter().any(Option::is_none);
                let reason = format!("no unique index of `{table}` has such an expression");
                missing_unless(entry.indexes.values().any(is_candidate), &reason)
            }
            Conflict::Missing => Vec::new(),
        }
    }

    /// A second primary key.
    pub(super) fn refused_second_key(
        &self,
        table: &Identifier,
        kind: &ConstraintKind,
        drops: impl Fn(&str) -> bool,
    ) -> Option<Observation> {
        let entry = known_here(table).filter(|table| self.catalog.is_whole(table))?;
        let mut constraints = self.catalog.table(entry)?.constraints.iter();
        let (name, _) = constraints.find(|(_, known)| matches!(known.kind, Known::PrimaryKey(_)))?;
        let is_second = matches!(kind, ConstraintKind::PrimaryKey { .. }) && !drops(name);
        let reason = format!("`{entry}` has a primary key already, `{name}`");
        is_second.then(|| refused_by_definition(&reason))
    }

    /// A table of which all keys are known.
    fn with_all_keys(&self, table: &str) -> Option<&Table> {
        let entry = self.catalog.table(table).filter(|_| self.catalog.is_whole(table))?;
        entry.attached.partition_of.is_none().then_some(entry)
    }
}

/// Whether a new table has these columns and constraints and no others.
fn is_complete(create: &CreateTable) -> bool {
    matches!(
        create.form,
        TableForm::Plain | TableForm::Partitioned | TableForm::Temporary
    ) && create.unread.is_empty()
        && create.columns.iter().all(|column| column.name.known().is_some())
}

fn keys_of(create: &CreateTable) -> impl Iterator<Item = &ForeignKey> {
    let inline = create.columns.iter().filter_map(|column| column.references.as_ref());
    let constraints = create
        .constraints
        .iter()
        .filter_map(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey(key) => Some(key),
            ConstraintKind::Check(_)
            | ConstraintKind::Unique { .. }
            | ConstraintKind::PrimaryKey { .. }
            | ConstraintKind::Exclude { .. } => None,
        });
    inline.chain(constraints)
}

/// What a new table may have but once.
fn twice(create: &CreateTable) -> Vec<Observation> {
    let mut refused = Vec::new();
    for (at, column) in create.columns.iter().enumerate() {
        if create.columns[..at].iter().any(|before| before.name == column.name) {
            refused.push(taken(&format!(
                "the column `{}` of the same table",
                column.name.shown()
            )));
        }
    }
    let inline = create.columns.iter().filter(|column| column.primary_key).count();
    let is_primary = |constraint: &&TableConstraint| matches!(constraint.kind, ConstraintKind::PrimaryKey { .. });
    if inline + create.constraints.iter().filter(is_primary).count() > 1 {
        let reason = format!("`{}` would have two primary keys", create.table.shown());
        refused.push(refused_by_definition(&reason));
    }
    refused
}

/// Columns that a constraint of a new table lists, and that the table lacks.
fn absent(create: &CreateTable, constraint: &TableConstraint) -> Vec<Observation> {
    let listed = match &constraint.kind {
        ConstraintKind::Unique { columns, .. } | ConstraintKind::PrimaryKey { columns } => columns,
        ConstraintKind::ForeignKey(key) => &key.columns,
        ConstraintKind::Check(_) | ConstraintKind::Exclude { .. } => return Vec::new(),
    };
    let is_absent = |name: &&Identifier| !create.columns.iter().any(|column| column.name == **name);
    let absent = listed.iter().filter(is_absent);
    let about = |name: &Identifier| missing(true, &format!("column `{}` in the new table", name.shown()));
    absent.flat_map(about).collect()
}

/// The same in checks and generated columns.
fn absent_in_expressions(create: &CreateTable) -> Vec<Observation> {
    let has = |name: &str| create.columns.iter().any(|column| column.name.known() == Some(name));
    let inline = create.columns.iter().flat_map(|column| {
        let generated = column.generated.as_ref().map(|generated| &generated.expression);
        column.check.iter().chain(generated)
    });
    let checks = create
        .constraints
        .iter()
        .filter_map(|constraint| match &constraint.kind {
            ConstraintKind::Check(check) => Some(check),
            ConstraintKind::Unique { .. }
            | ConstraintKind::PrimaryKey { .. }
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude { .. } => None,
        });
    let mut refused = Vec::new();
    for expression in inline.chain(checks) {
        if expression.columns.iter().all(|name| has(name)) {
            continue;
        }
        let certain = sql::certain_columns(expression.sql.known().unwrap_or_default()).into_iter();
        let own = certain.filter(|(qualifier, name)| qualifier.is_none() && !has(name));
        refused.extend(own.flat_map(|(_, name)| missing(true, &format!("column `{name}` in the new table"))));
    }
    refused.truncate(1);
    refused
}

/// A key of a new table to itself.
fn refused_self_reference(create: &CreateTable, key: &ForeignKey) -> Vec<Observation> {
    let inline = create
        .columns
        .iter()
        .filter(|column| column.unique || column.primary_key);
    let inline = inline.map(|column: &Column| std::slice::from_ref(&column.name));
    let listed = create
        .constraints
        .iter()
        .filter_map(|constraint| match &constraint.kind {
            ConstraintKind::Unique { columns, .. } | ConstraintKind::PrimaryKey { columns } => Some(columns.as_slice()),
            ConstraintKind::Check(_) | ConstraintKind::ForeignKey(_) | ConstraintKind::Exclude { .. } => None,
        });
    let has_all = |columns: &[Identifier]| {
        columns.len() == key.to_columns.len() && columns.iter().all(|column| key.to_columns.contains(column))
    };
    let mut keys = inline.chain(listed);
    if !is_complete(create) || key.to_columns.is_empty() || keys.any(has_all) {
        return Vec::new();
    }
    let columns = known_names(&key.to_columns).unwrap_or_default();
    vec![key_missing(&no_key(&create.table.shown(), &columns))]
}

/// Why no key can be had on these columns, in whatever order.
fn lacks_key(entry: &Table, table: &str, columns: &[String]) -> Option<Observation> {
    match unique_over(entry, columns) {
        Match::Unique => None,
        Match::Deferrable(name) => Some(key_missing(&deferrable(table, &name))),
        Match::None => Some(key_missing(&no_key(table, columns))),
    }
}

fn unique_over(entry: &Table, columns: &[String]) -> Match {
    let mut found = Match::None;
    for (name, index) in entry.indexes.iter().filter(|(_, index)| index.unique && !index.partial) {
        let keys = index.items.iter().take(index.keys);
        let Some(keys) = keys.map(Option::as_ref).collect::<Option<Vec<_>>>() else {
            continue;
        };
        // One without columns has some that are not known.
        let is_it = keys.len() == columns.len() && keys.iter().all(|key| columns.contains(key)) || keys.is_empty();
        match entry.constraints.get(name) {
            _ if !is_it => {}
            Some(constraint) if constraint.deferrable => found = Match::Deferrable(name.clone()),
            Some(_) | None => return Match::Unique,
        }
    }
    found
}

fn has_partial(entry: &Table) -> bool {
    entry.indexes.values().any(|index| index.unique && index.partial)
}

fn primary_key(entry: &Table) -> Option<Vec<String>> {
    entry
        .constraints
        .values()
        .find_map(|constraint| match &constraint.kind {
            Known::PrimaryKey(columns) => Some(columns.clone()),
            Known::Check(_) | Known::Unique(_) | Known::ForeignKey { .. } | Known::Exclude(_) => None,
        })
}

fn counted(columns: usize) -> String {
    if columns == 1 {
        "one column".to_owned()
    } else {
        format!("{columns} columns")
    }
}

fn no_key(table: &str, columns: &[String]) -> String {
    let columns: Vec<String> = columns.iter().map(|column| format!("`{column}`")).collect();
    format!(
        "no unique constraint or index of `{table}`, without a condition, is over {} and nothing else",
        columns.join(", ")
    )
}

fn deferrable(table: &str, name: &str) -> String {
    format!("the unique constraint `{name}` of `{table}` is deferrable")
}

fn missing_unless(is_there: bool, reason: &str) -> Vec<Observation> {
    if is_there {
        Vec::new()
    } else {
        vec![key_missing(reason)]
    }
}

fn key_missing(reason: &str) -> Observation {
    unbound(Aspect::KeyMissing).named("reason", reason)
}

/// Types that compare with one another in a foreign key, as every pair of them was tried on PostgreSQL 15.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Integer,
    Numeric,
    Float,
    Text,
    Uuid,
    Bool,
    Moment,
    Bytes,
}

impl Kind {
    fn of(catalog: &Catalog, data_type: &DataType) -> Option<Self> {
        let parts = catalog
            .base_type(data_type)
            .parts()
            .filter(|parts: &&TypeParts| !parts.is_array())?;
        match parts.name.as_str() {
            "int2" | "int4" | "int8" | "serial" | "bigserial" | "smallserial" => Some(Self::Integer),
            "numeric" => Some(Self::Numeric),
            "float4" | "float8" => Some(Self::Float),
            "text" | "varchar" | "bpchar" => Some(Self::Text),
            "uuid" => Some(Self::Uuid),
            "bool" => Some(Self::Bool),
            "date" | "timestamp" | "timestamptz" => Some(Self::Moment),
            "bytea" => Some(Self::Bytes),
            _ => None,
        }
    }

    fn points_to(self, to: Self) -> bool {
        match self {
            Self::Integer => matches!(to, Self::Integer | Self::Numeric | Self::Float),
            Self::Numeric => matches!(to, Self::Numeric | Self::Float),
            Self::Float | Self::Text | Self::Uuid | Self::Bool | Self::Moment | Self::Bytes => self == to,
        }
    }
}
