//! The plan for an operation: from what it is, what it finds, and all that it sends.

mod added;
mod altered;
mod batched;
mod before;
mod exchange;
mod exchanged;
mod indexed;
mod partitioned;
mod pieces;
mod removed;
mod renamed;
mod retyped;
mod rows;
mod swapped;

use crate::finding::Help;
use crate::migration::{Operation, OperationNode, SqlText};
use crate::plan::{Content, Plan, PlannedMigration, PlannedOperation, Step, apart};
use crate::python::{TopLevel, WrittenCall, dedented, names_in};
use crate::source::SourceFile;
use crate::statement::{AlterTableAction, Statement};
use crate::versions::DjangoVersion;

pub(super) use before::Before;
use partitioned::Partitions;
use pieces::{Known, Piece, Reversible};

/// What is said beside the build of a unique index.
const DUPLICATES: &str = "Duplicates make the build fail: look for them first.";

/// What is said of an alteration that is not taken apart.
const TWO_IN_ONE: &str = "it does more at once than can be taken apart here: make two operations of it, one for this and one for the rest, \
     each in a migration of its own, and the steps for this one are printed";

/// An operation with everything that it does.
pub(super) struct Cure<'a> {
    /// The label of its app.
    pub app: &'a str,
    /// The operation.
    pub node: &'a OperationNode,
    /// The file that it stands in.
    pub source: &'a SourceFile,
    /// The names of that file.
    pub module: &'a TopLevel<'a>,
    /// What it finds.
    pub before: &'a Before,
    /// The table whose rows its code goes through, or writes.
    pub rows_of: Option<&'a str>,
    /// What it sends, deferred statements among them, in the order in which they run.
    pub statements: Vec<&'a Statement>,
    /// Whether a validated check proves that its column holds no NULL.
    pub is_proven: bool,
    /// Whether it gives a column another type that rewrites the table.
    pub rewrites: bool,
    /// Whether its change of a type neither reads the table nor builds an index.
    pub is_type_free: bool,
    /// Django's version.
    pub django: DjangoVersion,
    /// The timeout that steps set which take a lock for a moment; none where sessions have one.
    pub lock_timeout: Option<&'a str>,
    /// The text that a place in another file holds.
    pub text_at: &'a dyn Fn(crate::source::Range) -> Option<(&'a SourceFile, &'a str)>,
}

impl<'a> Cure<'a> {
    /// The plan, or why there is none; `None` where the rule's page knows better.
    pub(super) fn help(&self) -> Option<Help> {
        if self.rewrites {
            return Some(self.exchanged());
        }
        match self.words() {
            Some(words) => Some(Help::Text(words.to_owned())),
            None => self.plan().map(Help::Plan).or_else(|| self.two_in_one()),
        }
    }

    /// Another column in the place of the one that is to have another type.
    fn exchanged(&self) -> Help {
        let is_key = matches!(&self.node.operation, Operation::AlterField { field, .. } if field.primary_key);
        let plan = match self.exchanged_field() {
            Ok(plan) => self
                .completed(plan)
                .ok_or("what it names means nothing outside of its file".to_owned()),
            Err(why) => Err(why),
        };
        match plan {
            Ok(plan) => Help::Plan(plan),
            Err(why) => Help::Text(exchanged::by_hand(&why, is_key)),
        }
    }

    /// Of an alteration that does something of which no step is known: steps for the rest alone would leave that out.
    fn two_in_one(&self) -> Option<Help> {
        let is_altered = matches!(
            self.node.operation,
            Operation::AlterField { .. } | Operation::AlterUniqueTogether { .. } | Operation::AlterIndexTogether { .. }
        );
        // Of a column that is renamed by it, the rule's page has more to say.
        let is_renamed = self.statements.iter().any(|statement| renames(statement));
        let is_taken_apart = !is_altered || is_renamed || self.pieces_as_sent().is_some();
        (!is_taken_apart && !self.rewrites).then(|| Help::Text(TWO_IN_ONE.to_owned()))
    }

    /// Why there is no plan on a partitioned table.
    fn words(&self) -> Option<&'static str> {
        if self.before.partitions == Partitions::None {
            return None;
        }
        partitioned::apart(self.pieces_as_sent()?, &self.before.partitions).err()
    }

    fn plan(&self) -> Option<Plan> {
        self.completed(self.plan_of_operation()?)
    }

    /// The plan with what its migrations import and define; `None` where that is not known.
    fn completed(&self, mut plan: Plan) -> Option<Plan> {
        // What a function of the module puts together means nothing outside of it.
        if !self.module.gives_meaning_to(&self.written()) {
            return None;
        }
        plan.table.clone_from(&self.before.table);
        plan.partitions = self.before.partitions.names();
        for step in &mut plan.steps {
            if let Content::Migration(migration) = &mut step.content {
                self.complete(migration);
            }
        }
        Some(if self.goes_by_partition() {
            plan.noting(partitioned::OTHER_PARTITIONS)
        } else {
            plan
        })
    }

    /// What it sends, in pieces.
    fn pieces_as_sent(&self) -> Option<Vec<Piece>> {
        match &self.node.operation {
            Operation::AddField { .. } => self.pieces_beside(),
            _ => pieces::pieces(&self.statements, &self.known()),
        }
    }

    fn known(&self) -> Known<'_> {
        let old = self.before.field.as_ref().filter(|_| self.is_type_free);
        Known {
            constraints: &self.before.constraints,
            free_type: old.map(|field| field.db_type.as_str()),
        }
    }

    /// The same, as it is done on the table: index by index of its partitions.
    fn pieces(&self) -> Option<Vec<Piece>> {
        partitioned::apart(self.pieces_as_sent()?, &self.before.partitions).ok()
    }

    fn goes_by_partition(&self) -> bool {
        if self.before.partitions == Partitions::None {
            return false;
        }
        let pieces = self.pieces().unwrap_or_default();
        pieces.iter().any(|piece| matches!(piece, Piece::Hollow { .. }))
    }

    fn plan_of_operation(&self) -> Option<Plan> {
        match &self.node.operation {
            Operation::AddField { .. } => self.added_field(),
            Operation::AlterField { .. } => self.altered_field(),
            Operation::RemoveField { .. } => self.removed_field(),
            Operation::DeleteModel { .. } => self.deleted_model(),
            Operation::RunSql { .. } => self.dropped_by_sql(),
            Operation::RunPython { .. } => self.in_batches(),
            Operation::RenameField { .. } => self.renamed_field(),
            Operation::RenameModel { .. } => self.renamed_model(),
            Operation::AddIndex {
                concurrently: false, ..
            } => self.added_index(),
            Operation::RemoveIndex {
                concurrently: false, ..
            } => self.removed_index(),
            Operation::AddConstraint { not_valid: false, .. } => self.added_constraint(),
            Operation::AlterUniqueTogether { .. } | Operation::AlterIndexTogether { .. } => self.altered_together(),
            _ => None,
        }
    }

    /// The operation as it is written.
    fn written(&self) -> String {
        super::advice::source_of(self.node, self.source)
    }

    /// The operation as it is written, in a step of its own.
    fn as_it_is(&self) -> PlannedOperation {
        let sql = match &self.node.operation {
            Operation::RunSql {
                sql: SqlText::Pieces(pieces),
                ..
            } => pieces
                .iter()
                .filter_map(|piece| piece.text.as_ref().map(ToString::to_string))
                .collect(),
            _ => self.statements.iter().map(ToString::to_string).collect(),
        };
        PlannedOperation::sending(self.written(), sql, None)
    }

    /// An argument of the operation as it is written.
    fn argument(&self, name: &str) -> Option<String> {
        let range = self.node.argument_range(name)?;
        Some(dedented(self.source.slice(range))).filter(|text| !text.is_empty())
    }

    /// Its field, as it is written.
    fn field(&self) -> Option<WrittenCall> {
        WrittenCall::read(&self.argument("field")?)
    }

    /// The model that it is about, as it is written.
    fn model(&self) -> &'a str {
        self.node.operation.target().0.unwrap_or_default()
    }

    /// `migrations.AddField(model_name=.., name=.., field=..)` and its kin.
    fn operation_on_field(&self, class: &str, name: &str, field: &str) -> String {
        format!(
            "migrations.{class}(\n    model_name=\"{}\",\n    name=\"{name}\",\n    field={},\n)",
            self.model(),
            crate::python::indented(field, 4)
        )
    }

    /// Operations of a step in one transaction that takes strong locks, for a moment.
    fn briefly(&self, operations: Vec<PlannedOperation>) -> PlannedMigration {
        PlannedMigration {
            lock_timeout: self.lock_timeout.map(str::to_owned),
            ..PlannedMigration::atomic(operations)
        }
    }

    /// Gives a migration of the plan what its operations name, for it stands in a file of its own.
    fn complete(&self, migration: &mut PlannedMigration) {
        let (imports, functions) = (migration.imports.join("\n"), migration.functions.join("\n"));
        let (imported, defined) = (TopLevel::of(&imports), TopLevel::of(&functions));
        let mut lines = migration.imports.clone();
        let mut definitions: Vec<String> = Vec::new();
        for operation in &migration.operations {
            for name in names_in(&operation.code) {
                if imported.binds(&name) || defined.binds(&name) {
                    continue;
                }
                let mut needed = self.module.needed_by(&name);
                if needed.imports.is_empty() && matches!(name.as_str(), "migrations" | "models") {
                    needed.imports.push(format!("from django.db import {name}"));
                }
                lines.extend(needed.imports);
                definitions.extend(
                    needed
                        .definitions
                        .into_iter()
                        .filter(|own| !definitions.contains(own))
                        .collect::<Vec<_>>(),
                );
            }
        }
        lines.push("from django.db import migrations".to_owned());
        definitions.extend(std::mem::take(&mut migration.functions));
        migration.imports = crate::python::merged_imports(lines);
        migration.functions = definitions;
    }

    /// The imports that an expression needs, as the operation's own file has them; `None` where one of its names is no import.
    fn imports(&self, expression: &str) -> Option<Vec<String>> {
        self.module.imports_of(&names_in(expression))
    }

    /// The steps that come to what the pieces come to, and to the operation in the state of the models at their end.
    fn composed(&self, pieces: &[Piece], state: Option<&str>) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let brief: Vec<PlannedOperation> = pieces.iter().filter_map(of_brief).map(Reversible::operation).collect();
        if !brief.is_empty() {
            steps.push(step("changes the column, a moment", self.briefly(brief)));
        }
        let (mut proofs, mut attaches) = (Vec::new(), Vec::new());
        // What locks the table at the end, if anything: nothing is read after it in the same transaction.
        let mut locks: Option<&'static str> = None;
        for piece in pieces {
            match piece {
                Piece::Brief(_) | Piece::Unbuild { .. } | Piece::Fill | Piece::NotNull { .. } => {}
                Piece::Hollow { make, name } => {
                    let migration = self.briefly(vec![make.operation()]);
                    steps.push(step(
                        format!("makes {name} without those of the partitions, a moment"),
                        migration,
                    ));
                }
                Piece::Build(build) => {
                    let migration = PlannedMigration::autocommit(vec![build.operation()]);
                    steps.push(step(format!("builds {}", build.name), migration));
                }
                Piece::Attach(attach) => {
                    locks = Some("attaches it, a moment");
                    attaches.push(attach.operation());
                }
                Piece::Detach(detach) => {
                    locks = locks.or(Some("drops the constraint, a moment"));
                    attaches.push(detach.operation());
                }
                Piece::Prove { add, validate, .. } => {
                    steps.push(step(
                        "holds for new rows, a moment",
                        self.briefly(vec![add.operation()]),
                    ));
                    proofs.push(crate::plan::run_sql(std::slice::from_ref(validate), Some(&[])));
                }
            }
        }
        let at_the_end = [proofs, attaches].concat();
        match state {
            Some(state) => {
                self.finish(&mut steps, at_the_end, locks, state);
            }
            None if at_the_end.is_empty() => {}
            None => steps.push(self.ending(at_the_end, locks)),
        }
        for piece in pieces {
            if let Piece::Unbuild { name } = piece {
                let drop = format!(
                    "DROP INDEX CONCURRENTLY IF EXISTS {}",
                    crate::statement::quote_name(name)
                );
                let operation = crate::plan::run_sql(&[drop], Some(self.built_again(name).as_slice()));
                steps.push(step(
                    format!("drops {name}"),
                    PlannedMigration::autocommit(vec![operation]),
                ));
            }
        }
        steps
    }

    /// How an index of the altered field comes again that its plan drops.
    fn built_again(&self, name: &str) -> Option<String> {
        let mut known = self.before.indexes.iter();
        known
            .find(|(own, _)| own == name)
            .map(|(_, create)| format!("CREATE INDEX CONCURRENTLY {create}"))
    }

    /// Puts the operation into the state: with the last build where nothing else is left to do.
    fn finish(&self, steps: &mut Vec<Step>, at_the_end: Vec<PlannedOperation>, locks: Option<&str>, state: &str) {
        let state = [state.to_owned()];
        if at_the_end.is_empty()
            && let Some(Step {
                content: Content::Migration(last),
                ..
            }) = steps.last_mut()
        {
            last.operations = vec![apart(std::mem::take(&mut last.operations), &state)];
            return;
        }
        if at_the_end.is_empty() {
            let operation = apart(Vec::new(), &state);
            steps.push(step("tells the state alone", PlannedMigration::atomic(vec![operation])));
            return;
        }
        steps.push(self.ending(vec![apart(at_the_end, &state)], locks));
    }

    /// Proves what is left to be proved, and attaches and detaches the rest, which `locks` for a moment.
    fn ending(&self, operations: Vec<PlannedOperation>, locks: Option<&str>) -> Step {
        match locks {
            Some(does) => step(does, self.briefly(operations)),
            None => step(
                "reads the old rows while nobody waits",
                PlannedMigration::atomic(operations),
            ),
        }
    }
}

fn renames(statement: &Statement) -> bool {
    let Statement::AlterTable { actions, .. } = statement else {
        return false;
    };
    let is_rename = |action: &AlterTableAction| matches!(action, AlterTableAction::RenameColumn { .. });
    actions.iter().any(is_rename)
}

fn of_brief(piece: &Piece) -> Option<&Reversible> {
    match piece {
        Piece::Brief(change) => Some(change),
        _ => None,
    }
}

/// An operation that is to send nothing. Of a foreign key Django would make the constraint again, whatever changes.
fn in_state(operation: &str, is_key: bool) -> PlannedOperation {
    if is_key {
        apart(Vec::new(), &[operation.to_owned()])
    } else {
        PlannedOperation::of_state(operation)
    }
}

/// A step of the first release that is a migration.
fn step(does: impl Into<String>, migration: PlannedMigration) -> Step {
    Step {
        release: 1,
        does: does.into(),
        content: Content::Migration(migration),
    }
}

/// Names have at most so many bytes.
const LONGEST_NAME: usize = 63;

/// A name as long as PostgreSQL allows.
fn short_name(name: &str) -> String {
    let mut end = name.len().min(LONGEST_NAME);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name[..end].to_owned()
}

/// A name beside another one, and other than it, however long that is.
fn new_name(name: &str) -> String {
    const SUFFIX: &str = "_new";
    let mut end = name.len().min(LONGEST_NAME - SUFFIX.len());
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{SUFFIX}", &name[..end])
}

/// The line of the model.
fn model_line(name: &str, field: &str) -> Step {
    Step {
        release: 1,
        does: "the model".to_owned(),
        content: Content::Field {
            name: name.to_owned(),
            field: field.to_owned(),
        },
    }
}

/// The step as one of another release.
fn of_release(release: u8, mut step: Step) -> Step {
    step.release = release;
    step
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_NAME, new_name};

    #[test]
    fn the_name_of_what_takes_a_place_is_another_one_however_long_the_first_is() {
        let longest = "i".repeat(LONGEST_NAME);
        assert_eq!(new_name("total"), "total_new");
        assert_ne!(new_name(&longest), longest);
        assert_eq!(new_name(&longest).len(), LONGEST_NAME);
    }
}
