//! What Django's schema editor sends for an operation: django/db/backends/base/schema.py and postgresql/schema.py.

mod alter_field;
mod alter_type;
mod columns;
mod compare;
mod constraints;
mod decimals;
mod defaults;
mod equality;
mod expressions;
mod indexes;
mod json;
mod literals;
mod meta_names;
mod moments;
mod operations;
mod packaged;
mod parameters;
mod placeholders;
mod prepare;
mod python;
mod refusals;
mod relations;
mod renames;
mod row_work;
mod rows;
mod run;
mod tables;
mod zero_downtime;
mod zones;

use crate::backend::Backend;
use crate::catalog::{Catalog, Cause, Scope};
use crate::finding::Origin;
use crate::migration::{OperationNode, OperationPath};
use crate::models::{Models, View};
use crate::row_work::{RowChange, RowWork};
use crate::source::Range;
use crate::statement::Statement;
use crate::transaction::Likelihood;
use crate::unknown::UnknownPart;
use crate::value::Str;
use crate::versions::{DjangoVersion, PostgresVersion, VersionSource};

use std::sync::Arc;

use rustc_hash::FxHashSet;

pub(crate) use columns::comment_text;
pub(crate) use defaults::default_sql;
pub(crate) use expressions::{StringIs, fields_named};
pub(crate) use relations::keys_to;
use run::Run;
use zero_downtime::Guarded;

/// Where the schema editor sends its statements, and what it asks the database.
///
/// A statement takes effect in the catalog before `execute` returns, as it does in a real run.
pub trait Connection {
    /// Sends one string to the server, whole: `cursor.execute`.
    fn send(&mut self, text: Text, origin: Origin, place: &Place);
    /// Runs code of Python: `RunPython`.
    fn run_python(&mut self, code: &PythonCode, place: &Place);
    /// What code of Python does to the rows of one table.
    fn change_rows(&mut self, change: &RowChange);
    /// Says how likely what follows is to run.
    fn suppose(&mut self, likelihood: Likelihood);
    /// `SELECT .. FOR UPDATE`, which Django refuses outside of a transaction.
    fn select_for_update(&mut self, place: &Place);
    /// Code catches an error of what it does next, in a transaction that is aborted by it.
    fn catch_error(&mut self, place: &Place);
    /// Something is to be said that no statement shows by itself: the rule, and the names for its words.
    fn remark(&mut self, rule: &'static str, names: Vec<(&'static str, String)>, place: &Place);
    /// An index of this name that is invalid is dropped.
    fn clear_index(&mut self, name: &str);
    /// Begins a transaction: `transaction.atomic()` where none is open.
    fn begin(&mut self);
    /// Ends it.
    fn end(&mut self);
    /// Takes a statement for one that has been sent at some time: Django stops before it, and the history goes on.
    fn assume(&mut self, statement: &Statement);
    /// A setting of the session, as it was set.
    fn setting(&self, name: &str) -> Option<String>;
    /// Whether a transaction is open.
    fn is_in_transaction(&self) -> bool;
    /// The database as it stands.
    fn catalog(&self) -> &Catalog;
    /// Says that something runs that was not read, or that may not run: what this puts in doubt.
    fn doubt(&mut self, scope: &Scope, cause: Cause);
}

/// One string on its way to the server.
#[derive(Clone, Debug)]
pub enum Text {
    /// Django composes it of statements, with `; ` between them.
    Composed(Vec<Statement>),
    /// It is written somewhere, and knows where.
    Written {
        /// The text.
        text: Str,
        /// What is not known of it, in order.
        unknowns: Vec<UnknownPart>,
    },
}

/// What sends a string, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The innermost operation, as it is written.
    pub operation: OperationPath,
    /// At once, or at the end of the migration.
    pub moment: Moment,
    /// What it does where the migration runs again.
    pub again: Again,
}

/// What sends a string does in a second run of a migration that failed half way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Again {
    /// It sends it again.
    #[default]
    Sends,
    /// It looks whether that is done, and sends what is left to do.
    LooksFirst,
    /// It sends it again, and goes on where the database says that this is done.
    GoesOn,
}

/// When the schema editor sends a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// While the operation runs.
    AtOnce,
    /// After all operations: `deferred_sql`.
    AtTheEnd,
}

impl Place {
    /// An operation that sends something while it runs.
    #[must_use]
    pub fn at_once(operation: OperationPath, again: Again) -> Self {
        Self {
            operation,
            moment: Moment::AtOnce,
            again,
        }
    }
}

/// Code that a `RunPython` runs.
#[derive(Clone, Debug)]
pub struct PythonCode {
    /// `atomic` as given to the operation.
    pub atomic: Option<bool>,
    /// How it goes through rows.
    pub rows: RowWork,
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
    pub doubts: Vec<Doubt>,
    /// Those of the reasons that are values which are known only when the migration runs: what they do is known.
    pub values: Vec<String>,
    /// Why Django stops, whatever the rows are.
    pub refusals: Vec<Refusal>,
    /// What reaches the state alone, though the operation is given it.
    pub left_out: Vec<LeftOut>,
}

/// Where Django raises an exception, for certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The innermost operation.
    pub operation: OperationPath,
    /// Who raises it.
    pub by: RefusedBy,
    /// What is wrong with it, in words.
    pub reason: String,
}

/// Who raises an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusedBy {
    /// Django, or what it is built of.
    Django,
    /// The schema editor of the project's backend.
    Backend,
}

/// An argument of a package's operation that it takes into the state, and leaves out of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The innermost operation.
    pub operation: OperationPath,
    /// Its name, or what else is given.
    pub argument: String,
    /// What comes of it, in words.
    pub consequence: String,
}

/// Why something of an operation's DDL is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The innermost operation that it is about.
    pub operation: OperationPath,
    /// Where the code stands that it is about, where that is not the operation itself.
    pub place: Option<Range>,
    /// How much it takes away.
    pub confidence: Confidence,
    /// In words.
    pub reason: String,
}

impl Outcome {
    /// Adds a doubt, once.
    pub fn add(&mut self, doubt: Doubt) {
        self.confidence = self.confidence.max(doubt.confidence);
        if !self.doubts.contains(&doubt) {
            self.doubts.push(doubt);
        }
    }

    /// The reasons for doubt, each once.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        let mut reasons: Vec<String> = Vec::new();
        for doubt in &self.doubts {
            if !reasons.contains(&doubt.reason) {
                reasons.push(doubt.reason.clone());
            }
        }
        for refusal in &self.refusals {
            let who = match refusal.by {
                RefusedBy::Django => "Django",
                RefusedBy::Backend => "the backend",
            };
            reasons.push(format!("{who} stops here: {}", refusal.reason));
        }
        reasons
    }
}

/// What code is about that names no table: those of its app.
pub(crate) fn scope_of_app(view: View<'_>, app: &str) -> Scope {
    let tables = view.tables_of(app);
    if tables.is_empty() {
        Scope::Everything
    } else {
        Scope::Tables(tables)
    }
}

/// A statement that waits for the end of the migration.
#[derive(Clone, Debug)]
struct Deferred {
    operation: OperationPath,
    waiting: Waiting,
    /// Why nobody knows whether it is sent, where code has changed what waits.
    doubt: Option<String>,
}

/// A string of `deferred_sql`.
#[derive(Clone, Debug)]
enum Waiting {
    /// A statement of Django's: it changes with what it names, or goes with it.
    Composed(Box<Statement>),
    /// Strings that a backend composed when it put them off.
    Fixed(Vec<Guarded>),
    /// A text that code has put there.
    Written(Str),
}

/// Django's schema editor for one migration after the other.
#[derive(Debug)]
pub struct SchemaEditor {
    postgres: PostgresVersion,
    postgres_source: VersionSource,
    deferred: Vec<Deferred>,
    django: DjangoVersion,
    backend: Arc<Backend>,
    /// Whether the migration asks for a transaction.
    is_atomic: bool,
    /// Whether the backend has refused the operation that runs.
    is_stopped: bool,
    moment: Moment,
    /// The innermost operation that runs.
    operation: OperationPath,
    /// Where the code stands that runs, where that is not the operation itself.
    code: Option<Range>,
    /// What the operation does in a second run.
    again: Again,
    outcome: Outcome,
    /// Whether the operation sends something unknown, of which it is not said what it is about.
    is_unscoped: bool,
    /// Apps of whose migrations something could not be read: what they declare is not known whole.
    unread_apps: FxHashSet<String>,
}

impl SchemaEditor {
    /// An editor that speaks to this version of Postgres, through this backend.
    #[must_use]
    pub fn new(
        django: DjangoVersion,
        postgres: PostgresVersion,
        postgres_source: VersionSource,
        backend: Arc<Backend>,
    ) -> Self {
        Self {
            postgres,
            postgres_source,
            deferred: Vec::new(),
            django,
            backend,
            is_atomic: true,
            is_stopped: false,
            moment: Moment::AtOnce,
            operation: OperationPath::default(),
            code: None,
            again: Again::default(),
            outcome: Outcome::default(),
            is_unscoped: false,
            unread_apps: FxHashSet::default(),
        }
    }

    /// Says that something of the app's migrations could not be read: it may have declared anything.
    pub fn distrust(&mut self, app: &str) {
        self.unread_apps.insert(app.to_owned());
    }

    /// What an operation of the migration that has run leaves behind for Django to stop at from then on.
    #[must_use]
    pub fn left_behind(&self, app: &str, operations: &[OperationNode], models: &Models) -> Vec<Refusal> {
        if self.unread_apps.contains(app) {
            return Vec::new();
        }
        refusals::left_behind(app, operations, models)
    }

    /// Begins a migration that asks for a transaction, or does not.
    pub fn begin(&mut self, is_atomic: bool) {
        self.is_atomic = is_atomic;
    }

    /// Runs a top-level operation of the app's migration: changes the models and sends the statements.
    /// See `Migration.apply` in django/db/migrations/migration.py.
    pub fn run(
        &mut self,
        app: &str,
        node: &OperationNode,
        models: &mut Models,
        connection: &mut dyn Connection,
    ) -> Outcome {
        self.outcome = Outcome::default();
        self.is_stopped = false;
        models.forget();
        Run {
            editor: self,
            connection,
        }
        .node(app, node, models);
        if std::mem::take(&mut self.is_unscoped) {
            connection.doubt(&scope_of_app(models.now(), app), Cause::Unread);
        }
        std::mem::take(&mut self.outcome)
    }

    /// Ends the migration: sends the statements that were put off, in the order in which they were.
    /// See `BaseDatabaseSchemaEditor.__exit__`. Answers what was refused and is doubtful there.
    pub fn finish(&mut self, connection: &mut dyn Connection) -> Outcome {
        self.outcome = Outcome::default();
        self.is_stopped = false;
        self.moment = Moment::AtTheEnd;
        Run {
            editor: self,
            connection,
        }
        .send_deferred();
        self.moment = Moment::AtOnce;
        std::mem::take(&mut self.outcome)
    }
}
