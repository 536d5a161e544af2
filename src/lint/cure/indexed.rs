//! Indexes and constraints of a model.

use crate::migration::{Constraint, Operation};
use crate::plan::{Declared, Plan, PlannedMigration, PlannedOperation};
use crate::python::WrittenCall;
use crate::statement::{CreateIndex, Statement, quote_name};

use super::partitioned::Partitions;
use super::{Cure, Piece, step};

const CONCURRENT: &str = "from django.contrib.postgres.operations import AddIndexConcurrently";
const CONCURRENT_REMOVAL: &str = "from django.contrib.postgres.operations import RemoveIndexConcurrently";
const NOT_VALID: &str = "from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint";

/// Index classes of Django: what they send takes `CONCURRENTLY`, which those of packages and projects may leave out.
const WITH_CONCURRENTLY: [&str; 8] = [
    "Index",
    "BTreeIndex",
    "GinIndex",
    "GistIndex",
    "BrinIndex",
    "BloomIndex",
    "HashIndex",
    "SpGistIndex",
];

impl Cure<'_> {
    /// `AddIndexConcurrently`: one build a migration.
    pub(super) fn added_index(&self) -> Option<Plan> {
        let Operation::AddIndex { index, .. } = &self.node.operation else {
            return None;
        };
        let name = index.name.as_deref()?;
        let source = WrittenCall::read(&self.argument("index")?);
        let is_partitioned = self.before.partitions != Partitions::None;
        if is_partitioned || source.is_none_or(|source| !WITH_CONCURRENTLY.contains(&source.class_name())) {
            let pieces = self.pieces()?;
            let steps = self.composed(&pieces, Some(&self.written()));
            let summary = if is_partitioned {
                "build it concurrently on each partition, and attach these to an index of the partitioned table"
            } else {
                "build it concurrently, in a migration of its own that is not atomic"
            };
            return Some(Plan::new(summary, steps));
        }
        let operation = format!(
            "AddIndexConcurrently(\n    model_name=\"{}\",\n    index={},\n)",
            self.model(),
            crate::python::indented(&self.argument("index")?, 4)
        );
        let drop = format!("DROP INDEX CONCURRENTLY IF EXISTS {}", quote_name(name));
        let operation = PlannedOperation::sending(operation, self.built_concurrently(), Some(vec![drop]));
        let mut migration = PlannedMigration::autocommit(vec![operation]);
        migration.imports.push(CONCURRENT.to_owned());
        let plan = Plan::new(
            "build it concurrently, in a migration of its own that is not atomic",
            vec![step(format!("builds {name}"), migration)],
        );
        Some(plan.declaring(Declared::LeavesIndex, clean_up(name)))
    }

    /// The statements that build its index, concurrently.
    fn built_concurrently(&self) -> Vec<String> {
        let builds = self.statements.iter().filter_map(|statement| match statement {
            Statement::CreateIndex(create) => Some(Statement::CreateIndex(CreateIndex {
                concurrently: true,
                ..create.clone()
            })),
            _ => None,
        });
        builds.map(|statement| statement.to_string()).collect()
    }

    /// `RemoveIndexConcurrently`.
    pub(super) fn removed_index(&self) -> Option<Plan> {
        let Operation::RemoveIndex { name, .. } = &self.node.operation else {
            return None;
        };
        let operation = format!(
            "RemoveIndexConcurrently(\n    model_name=\"{}\",\n    name=\"{name}\",\n)",
            self.model()
        );
        let drop = format!("DROP INDEX CONCURRENTLY IF EXISTS {}", quote_name(name));
        // The catalog does not keep all of an index: the order of its columns is the state's.
        let back = format!("CREATE INDEX CONCURRENTLY {} (as the state has it)", quote_name(name));
        let operation = PlannedOperation::sending(operation, vec![drop], Some(vec![back]));
        let mut migration = PlannedMigration::autocommit(vec![operation]);
        migration.imports.push(CONCURRENT_REMOVAL.to_owned());
        Some(Plan::new(
            "drop it concurrently, in a migration of its own that is not atomic",
            vec![step(format!("drops {name}"), migration)],
        ))
    }

    /// A check is proved afterwards; the index of a unique constraint is built before.
    pub(super) fn added_constraint(&self) -> Option<Plan> {
        let Operation::AddConstraint { constraint, .. } = &self.node.operation else {
            return None;
        };
        match constraint {
            Constraint::Check { name, .. } => self.added_check(name),
            Constraint::Unique { .. } => {
                let pieces = self.pieces()?;
                let summary = match pieces.as_slice() {
                    [Piece::Build(_), Piece::Attach(_)] => {
                        "build the unique index concurrently, and attach it in the next migration"
                    }
                    [Piece::Build(_)] => {
                        "build the unique index concurrently: Django's own form of this constraint is the bare index"
                    }
                    _ => return None,
                };
                let steps = self.composed(&pieces, Some(&self.written()));
                Some(Plan::new(summary, steps).noting(super::DUPLICATES))
            }
            Constraint::Exclusion { .. } | Constraint::Unknown { .. } => None,
        }
    }

    fn added_check(&self, name: &str) -> Option<Plan> {
        let model = self.model();
        let add = format!(
            "AddConstraintNotValid(\n    model_name=\"{model}\",\n    constraint={},\n)",
            crate::python::indented(&self.argument("constraint")?, 4)
        );
        let validate = format!("ValidateConstraint(model_name=\"{model}\", name=\"{name}\")");
        let pieces = self.pieces()?;
        let [
            Piece::Prove {
                add: proven,
                validate: proof,
                is_key: false,
            },
        ] = pieces.as_slice()
        else {
            return None;
        };
        let add = PlannedOperation::sending(add, vec![proven.sql.clone()], Some(vec![proven.reverse.clone()]));
        let validate = PlannedOperation::sending(validate, vec![proof.clone()], Some(Vec::new()));
        let mut first = self.briefly(vec![add]);
        first.imports.push(NOT_VALID.to_owned());
        let mut second = PlannedMigration::atomic(vec![validate]);
        second.imports.push(NOT_VALID.to_owned());
        let steps = vec![
            step("holds for new rows, a moment", first),
            step("reads the old rows while nobody waits", second),
        ];
        let plan = Plan::new("add it as NOT VALID, and validate it in the next migration", steps);
        Some(plan.noting("Rows that break it are mended before it is added: it refuses every update of such a row."))
    }

    /// `unique_together`, `index_together`: what comes is built before, what goes is left to the database.
    pub(super) fn altered_together(&self) -> Option<Plan> {
        let pieces = self.pieces()?;
        if !pieces.iter().any(|piece| matches!(piece, Piece::Build(_))) {
            return None;
        }
        let steps = self.composed(&pieces, Some(&self.written()));
        let plan = Plan::new("build the indexes concurrently, one a migration", steps);
        Some(plan.noting("Duplicates make the build of a unique index fail: look for them first."))
    }
}

/// What to do after a build that failed.
fn clean_up(name: &str) -> String {
    format!(
        "A build that fails leaves an invalid index: DROP INDEX CONCURRENTLY IF EXISTS {}; before the next try.",
        quote_name(name)
    )
}
