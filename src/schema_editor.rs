//! What Django's schema editor sends for an operation: django/db/backends/base/schema.py and postgresql/schema.py.

mod alter_field;
mod alter_type;
mod columns;
mod compare;
mod constraints;
mod decimals;
mod defaults;
mod expressions;
mod indexes;
mod json;
mod literals;
mod meta_names;
mod moments;
mod operations;
mod packaged;
mod parameters;
mod prepare;
mod relations;
mod renames;
mod run;
mod tables;

use crate::catalog::Catalog;
use crate::migration::{OperationNode, SqlText};
use crate::models::Models;
use crate::row_work::RowWork;
use crate::statement::{Execution, Statement};
use crate::versions::PostgresVersion;

use run::Run;

/// Where the schema editor sends its statements, and what it asks the database.
///
/// A statement takes effect in the catalog before `execute` returns, as it does in a real run.
pub trait Connection {
    /// Runs one string of statements, now.
    fn execute(&mut self, execution: Execution);
    /// Runs a deferred string at the end of the migration; `operation` is the index of the operation that deferred it.
    fn execute_deferred(&mut self, operation: usize, execution: Execution);
    /// Runs the text of a `RunSQL`.
    fn run_sql(&mut self, sql: &SqlText);
    /// Runs one string now that Django did not compose of statements that are known.
    fn execute_text(&mut self, sql: &str);
    /// Runs code of Python: `RunPython`.
    fn run_python(&mut self, code: &PythonCode);
    /// A setting of the session, as it was set.
    fn setting(&self, name: &str) -> Option<String>;
    /// Whether a transaction is open.
    fn is_in_transaction(&self) -> bool;
    /// The database as it stands.
    fn catalog(&self) -> &Catalog;
}

/// Code that a `RunPython` runs.
#[derive(Clone, Debug)]
pub struct PythonCode {
    /// `atomic` as given to the operation.
    pub atomic: Option<bool>,
    /// What it does to rows.
    pub rows: RowWork,
    /// The table of these rows, where the code names its model.
    pub table: Option<String>,
}

/// How sure we are of the DDL of an operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Character for character what Django sends.
    #[default]
    Exact,
    /// Something in it is shown as `<unknown: reason>`.
    Partial,
    /// We do not know what it sends.
    Opaque,
}

impl Confidence {
    /// As JSON sees it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Confidence::Exact => "exact",
            Confidence::Partial => "partial",
            Confidence::Opaque => "opaque",
        }
    }
}

/// What can be said about the statements of one operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How sure we are of them.
    pub confidence: Confidence,
    /// Why we are not, each once.
    pub reasons: Vec<String>,
    /// Those of the reasons that are values which are known only when the migration runs: what they do is known.
    pub values: Vec<String>,
}

/// A statement that waits for the end of the migration.
#[derive(Clone, Debug)]
struct Deferred {
    operation: usize,
    statement: Statement,
}

/// Django's schema editor for one migration after the other.
#[derive(Debug)]
pub struct SchemaEditor {
    postgres: PostgresVersion,
    deferred: Vec<Deferred>,
    /// The operation that runs, by its index in the migration.
    operation: usize,
    outcome: Outcome,
}

impl SchemaEditor {
    /// An editor that speaks to this version of Postgres.
    #[must_use]
    pub fn new(postgres: PostgresVersion) -> Self {
        Self {
            postgres,
            deferred: Vec::new(),
            operation: 0,
            outcome: Outcome::default(),
        }
    }

    /// Runs a top-level operation of the app's migration: changes the models and sends the statements.
    /// See `Migration.apply` in django/db/migrations/migration.py.
    pub fn run(
        &mut self,
        index: usize,
        app: &str,
        node: &OperationNode,
        models: &mut Models,
        connection: &mut dyn Connection,
    ) -> Outcome {
        self.operation = index;
        self.outcome = Outcome::default();
        models.forget();
        Run {
            editor: self,
            connection,
        }
        .operation(app, &node.operation, models);
        std::mem::take(&mut self.outcome)
    }

    /// Ends the migration: sends the statements that were put off, in the order in which they were.
    /// See `BaseDatabaseSchemaEditor.__exit__`.
    pub fn finish(&mut self, connection: &mut dyn Connection) {
        for Deferred { operation, statement } in std::mem::take(&mut self.deferred) {
            connection.execute_deferred(operation, statement.into());
        }
    }
}
