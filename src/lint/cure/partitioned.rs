//! Indexes of partitioned tables: PostgreSQL builds none of them concurrently, so each partition gets its own first.
//!
//! Source: PostgreSQL documentation, "Building Indexes Concurrently" and "Partition Maintenance".

use crate::catalog::{Catalog, object_name};
use crate::statement::{CreateIndex, IndexItem, Name, Statement, quote_name};
use crate::unknown::Identifier;

use super::pieces::{Build, Piece, Reversible};

/// What a table is divided into.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::lint) enum Partitions {
    /// The table has rows of its own.
    #[default]
    None,
    /// It is partitioned, by all that the history knows into these.
    Known(Vec<Part>),
    /// It is partitioned, and into what is not known, or partitions are partitioned themselves.
    Unknown,
}

/// A partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::lint) struct Part {
    name: String,
    /// The names of its indexes.
    indexes: Vec<String>,
}

impl Partitions {
    /// The names of those that are known.
    pub(super) fn names(&self) -> Vec<String> {
        match self {
            Partitions::Known(parts) => parts.iter().map(|part| part.name.clone()).collect(),
            Partitions::None | Partitions::Unknown => Vec::new(),
        }
    }

    pub(super) fn of(table: &str, catalog: &Catalog) -> Self {
        if !catalog.is_partitioned(table) {
            return Partitions::None;
        }
        let parts = catalog.descendants(table);
        if parts.is_empty() || parts.iter().any(|part| catalog.is_partitioned(part)) {
            return Partitions::Unknown;
        }
        let parts = parts.into_iter().map(|name| {
            let known = catalog.table(&name);
            let indexes = known.into_iter().flat_map(|known| known.indexes.keys().cloned());
            Part {
                indexes: indexes.collect(),
                name,
            }
        });
        Partitions::Known(parts.collect())
    }
}

/// What is said where a constraint needs an index, or a foreign key, on every partition.
pub(super) const PER_PARTITION: &str = "no migration of Django's does it without holding up queries: on a partitioned table PostgreSQL \
     neither attaches an index to a constraint nor, before version 18, adds a foreign key as NOT VALID. Add it to each partition by SQL \
     first, where both are possible, and to the partitioned table last: it takes those that are there, which takes a moment";

/// What is said where an index has to be built, and the partitions are not known.
pub(super) const UNKNOWN_PARTITIONS: &str = "PostgreSQL builds no index of a partitioned table concurrently, and no migration says what its \
     partitions are: create the index ON ONLY the partitioned table, build one like it concurrently on each partition, and attach each \
     with ALTER INDEX .. ATTACH PARTITION";

/// What is said where an index is dropped.
pub(super) const DROPPED_AT_ONCE: &str = "PostgreSQL drops no index of a partitioned table concurrently: keep the operation in a migration of \
     its own that begins with SET LOCAL lock_timeout, so that it gives up rather than hold up queries, and run it again";

/// What is said beside a plan that goes by the partitions of the history.
pub(super) const OTHER_PARTITIONS: &str = "Partitions that no migration made get an index and are attached likewise: until all have one, \
     queries do not use the index of the whole. Those made behind the first step get theirs by themselves.";

/// The pieces on a partitioned table; words where there is no plan.
pub(super) fn apart(pieces: Vec<Piece>, partitions: &Partitions) -> Result<Vec<Piece>, &'static str> {
    let parts = match partitions {
        Partitions::None => return Ok(pieces),
        Partitions::Known(parts) => Some(parts),
        Partitions::Unknown => None,
    };
    let is_constraint = |piece: &Piece| matches!(piece, Piece::Attach(_));
    if pieces.iter().any(is_constraint) {
        return Err(PER_PARTITION);
    }
    let mut apart = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Build(build) => {
                let parts = parts.ok_or(UNKNOWN_PARTITIONS)?;
                apart.extend(build_of_parts(&build, parts).ok_or(UNKNOWN_PARTITIONS)?);
            }
            Piece::Unbuild { .. } => return Err(DROPPED_AT_ONCE),
            Piece::Prove { is_key: true, .. } => return Err(PER_PARTITION),
            piece => apart.push(piece),
        }
    }
    Ok(apart)
}

/// A hollow index, one for each partition, and what puts them together.
fn build_of_parts(build: &Build, parts: &[Part]) -> Option<Vec<Piece>> {
    let name = quote_name(&build.name);
    let hollow = CreateIndex {
        concurrently: false,
        only: true,
        ..build.statement.as_ref().clone()
    };
    let make = Reversible {
        sql: Statement::CreateIndex(hollow).to_string(),
        reverse: format!("DROP INDEX IF EXISTS {name}"),
    };
    let mut pieces = vec![Piece::Hollow {
        make,
        name: build.name.clone(),
    }];
    for part in parts {
        let own = name_on(part, &build.statement);
        let create = CreateIndex {
            name: Name::Given(own.clone()),
            table: Identifier::Known(part.name.clone()),
            only: false,
            ..build.statement.as_ref().clone()
        };
        pieces.push(Piece::Build(Build::of(&create)?.of_partition()));
        pieces.push(Piece::Attach(Reversible {
            sql: format!("ALTER INDEX {name} ATTACH PARTITION {}", quote_name(&own)),
            reverse: String::new(),
        }));
    }
    Some(pieces)
}

/// The name that PostgreSQL gives an index of a partition by itself (`ChooseIndexName` in src/backend/commands/indexcmds.c), so that
/// the schema is the same in the end.
fn name_on(part: &Part, index: &CreateIndex) -> String {
    let keys = index.items.iter().map(|item| match item {
        IndexItem::Column { name, .. } => name.shown(),
        IndexItem::Expression(_) => "expr".into(),
    });
    let columns: Vec<_> = keys.chain(index.include.iter().map(Identifier::shown)).collect();
    let is_taken = |name: &str| part.indexes.iter().any(|known| known == name);
    object_name(&part.name, Some(&columns.join("_")), "idx", is_taken)
}
