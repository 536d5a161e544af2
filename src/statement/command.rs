//! The commands that only SQL of one's own sends: Django's schema editor has no word for them.

use crate::data_type::DataType;
use crate::lock::LockMode;
use crate::python_work::Certainty;
use crate::row_work::{Assigned, Rows};

use super::{AlterTableAction, DefaultValue, FunctionBody, Statement, TableChange, ViewQuery, Volatility};

/// A command that Django never sends.
#[derive(Clone, Debug)]
pub enum Command {
    /// `CREATE TABLE .. AS`, `SELECT INTO`
    CreateTableAs {
        /// The new table.
        table: String,
        /// `IF NOT EXISTS`
        if_not_exists: bool,
        /// What the query reads.
        reads: QueryReads,
    },
    /// `ALTER SEQUENCE`, but for `AS type` and nothing else
    AlterSequence {
        /// The sequence.
        sequence: String,
        /// What becomes of it.
        change: SequenceChange,
    },
    /// `CREATE VIEW`, `CREATE OR REPLACE VIEW`, `CREATE MATERIALIZED VIEW`
    CreateView {
        /// Its name.
        view: String,
        /// `MATERIALIZED`
        kind: ViewKind,
        /// `OR REPLACE`
        replaces: bool,
        /// `IF NOT EXISTS`
        if_not_exists: bool,
        /// What its query reads.
        reads: QueryReads,
        /// What it shows.
        query: ViewQuery,
    },
    /// `DROP VIEW`, `DROP MATERIALIZED VIEW`
    DropView {
        /// Its name.
        view: String,
        /// `MATERIALIZED`
        kind: ViewKind,
        /// `IF EXISTS`
        if_exists: bool,
        /// `CASCADE`
        cascade: bool,
        /// The other views of the same command.
        along: Vec<String>,
    },
    /// `ALTER VIEW`, `ALTER MATERIALIZED VIEW`
    AlterView {
        /// Its name.
        view: String,
        /// `MATERIALIZED`
        kind: ViewKind,
        /// `RENAME TO`
        new_name: Option<String>,
    },
    /// `REFRESH MATERIALIZED VIEW`
    RefreshView {
        /// Its name.
        view: String,
        /// `CONCURRENTLY`
        concurrently: bool,
        /// `WITH NO DATA`
        without_data: bool,
    },
    /// `CREATE TRIGGER`
    CreateTrigger {
        /// The table.
        table: String,
        /// Its name.
        name: String,
        /// `UPDATE OF` these columns, and those that `WHEN` reads
        columns: Vec<String>,
        /// Of these what can be nothing but columns.
        certain: Vec<String>,
        /// What it runs.
        function: Option<String>,
        /// `OR REPLACE`
        replaces: bool,
    },
    /// `DROP TRIGGER`
    DropTrigger {
        /// The table.
        table: String,
        /// Its name.
        name: String,
        /// `IF EXISTS`
        if_exists: bool,
    },
    /// `CREATE POLICY`
    CreatePolicy {
        /// The table.
        table: String,
        /// Its name.
        name: String,
        /// The columns that its expressions read.
        columns: Vec<String>,
        /// Of these what can be nothing but columns.
        certain: Vec<String>,
    },
    /// `DROP POLICY`
    DropPolicy {
        /// The table.
        table: String,
        /// Its name.
        name: String,
        /// `IF EXISTS`
        if_exists: bool,
    },
    /// A change of the catalog only: `ALTER TRIGGER`, `CREATE RULE`, `ALTER POLICY`, `CREATE STATISTICS`, ...
    ChangeTable {
        /// The table.
        table: String,
        /// The lock it takes for a moment.
        lock: LockMode,
    },
    /// `COMMENT ON TABLE`, `COMMENT ON COLUMN`
    Comment {
        /// The table.
        table: String,
        /// The column, if it is about one.
        column: Option<String>,
    },
    /// `TRUNCATE`
    Truncate {
        /// The tables.
        tables: Vec<String>,
        /// `CASCADE`
        cascade: bool,
    },
    /// `LOCK TABLE`
    LockTable {
        /// The tables.
        tables: Vec<String>,
        /// The mode.
        mode: LockMode,
    },
    /// `VACUUM`
    Vacuum {
        /// The tables; none for all.
        tables: Vec<String>,
        /// `FULL`
        full: bool,
    },
    /// `ANALYZE`
    Analyze {
        /// The tables; none for all.
        tables: Vec<String>,
    },
    /// `CLUSTER`
    Cluster {
        /// The table; none for all that were clustered before.
        table: Option<String>,
    },
    /// `REINDEX`
    Reindex {
        /// What is built anew.
        target: ReindexTarget,
        /// `CONCURRENTLY`
        concurrently: bool,
    },
    /// `ALTER INDEX .. SET TABLESPACE`
    MoveIndex {
        /// The index.
        index: String,
    },
    /// `ALTER INDEX .. ATTACH PARTITION`
    AttachIndex {
        /// The index of the partitioned table.
        index: String,
        /// The index of the partition.
        partition: String,
    },
    /// `ALTER INDEX` in any other form
    ChangeIndex {
        /// The index.
        index: String,
    },
    /// `CREATE TYPE`
    CreateType {
        /// Its name.
        name: String,
        /// The values of an enum.
        values: Option<Vec<String>>,
    },
    /// `ALTER TYPE .. ADD VALUE`
    AddEnumValue {
        /// The type.
        name: String,
        /// The value.
        value: String,
        /// `IF NOT EXISTS`
        if_not_exists: bool,
    },
    /// `ALTER TYPE .. RENAME VALUE`
    RenameEnumValue {
        /// The type.
        name: String,
        /// The value so far.
        value: String,
    },
    /// `REVOKE`, of what queries or calls need
    Revoke {
        /// The tables.
        tables: Vec<String>,
    },
    /// `DROP TYPE`, `DROP DOMAIN`
    DropType {
        /// Its name.
        name: String,
        /// `DOMAIN`, which drops nothing else
        is_domain: bool,
        /// `IF EXISTS`
        if_exists: bool,
        /// `CASCADE`
        cascade: bool,
    },
    /// `CREATE DOMAIN`
    CreateDomain {
        /// Its name.
        name: String,
        /// The type below it.
        base: DataType,
        /// `CHECK` or `NOT NULL`
        constrained: bool,
        /// `DEFAULT`
        default: Option<DefaultValue>,
    },
    /// `ALTER DOMAIN`
    AlterDomain {
        /// Its name.
        name: String,
        /// What becomes of it.
        change: DomainChange,
    },
    /// `CREATE FUNCTION`, `CREATE PROCEDURE`
    CreateFunction {
        /// Its name.
        name: String,
        /// `IMMUTABLE`, `STABLE`, `VOLATILE`; what the last of these also is where none is written
        volatility: Volatility,
        /// `RETURNS trigger`: no query calls it
        is_trigger: bool,
        /// What runs when it is called, where that can be read
        body: Option<FunctionBody>,
    },
    /// `DROP FUNCTION`, `DROP PROCEDURE`
    DropFunction {
        /// Its name.
        name: String,
        /// `IF EXISTS`
        if_exists: bool,
        /// `CASCADE`
        cascade: bool,
    },
    /// `DROP EXTENSION`, `DROP SCHEMA`, ..., whatever may be used by a table
    DropObject {
        /// `schema`, `extension`
        kind: String,
        /// Its name.
        name: String,
        /// `IF EXISTS`
        if_exists: bool,
        /// `CASCADE`
        cascade: bool,
    },
    /// A command that touches no table: `CREATE FUNCTION`, `GRANT`, `CREATE SCHEMA`, `COMMENT ON FUNCTION`, ...
    TouchNothing,
    /// A change of the whole server, which no transaction may hold: `CREATE DATABASE`, `ALTER SYSTEM`, `DROP TABLESPACE`, ...
    ChangeServer,
    /// `SET`, `RESET`
    Session(SessionChange),
    /// `BEGIN`, `COMMIT`, `ROLLBACK`
    Transaction(TransactionChange),
    /// A command that ends a transaction, or a part of one, in a body that may not
    RefusedInBody {
        /// Why, in words.
        reason: String,
    },
    /// `SET CONSTRAINTS .. DEFERRED`
    DeferConstraints,
    /// `UPDATE`
    Update {
        /// The table.
        table: String,
        /// The columns that are written.
        columns: Vec<String>,
        /// What each of them gets.
        values: Vec<Assigned>,
        /// Which rows.
        rows: Rows,
        /// The other relations that it reads.
        reads: QueryReads,
    },
    /// `DELETE`
    Delete {
        /// The table.
        table: String,
        /// Which rows.
        rows: Rows,
        /// The other relations that it reads.
        reads: QueryReads,
    },
    /// `INSERT`, `COPY .. FROM`
    Insert {
        /// The table.
        table: String,
        /// The columns that it lists; none where it lists none.
        columns: Vec<String>,
        /// What its query reads; nothing for `VALUES`
        reads: QueryReads,
        /// What its rows are.
        rows: InsertedRows,
        /// `ON CONFLICT`
        conflict: Option<Conflict>,
    },
    /// `SELECT`, `COPY .. TO`: reads only
    Select {
        /// What it reads.
        reads: QueryReads,
    },
    /// Several commands in one: a statement with `WITH x AS (DELETE ..)`, `DROP` of several things
    Several(Vec<Statement>),
    /// `DO`: statements that run one after the other
    Block(Vec<Inner>),
}

/// A statement within the body of another.
#[derive(Clone, Debug)]
pub struct Inner {
    /// What it does.
    pub statement: Statement,
    /// Its own text.
    pub text: String,
    /// Where that stands in the text that the body is part of, in bytes; missing where a string in the body gives it.
    pub place: Option<(usize, usize)>,
    /// Whether it is certain to run.
    pub certainty: Certainty,
}

impl Statement {
    /// Itself, or the statements that it is made of.
    #[must_use]
    pub fn parts(&self) -> Vec<&Statement> {
        match self {
            Statement::Command { command, .. } => match command.as_ref() {
                Command::Several(statements) => statements.iter().flat_map(Statement::parts).collect(),
                Command::Block(block) => block.iter().flat_map(|inner| inner.statement.parts()).collect(),
                _ => vec![self],
            },
            _ => vec![self],
        }
    }

    /// The statements of a `DO` block, which run one after the other.
    #[must_use]
    pub fn block(&self) -> Option<&[Inner]> {
        match self {
            Statement::Command { command, .. } => match command.as_ref() {
                Command::Block(block) => Some(block),
                _ => None,
            },
            _ => None,
        }
    }

    /// The same, taken out; itself where it is no block.
    ///
    /// # Errors
    /// The statement, where it is no block.
    #[allow(clippy::result_large_err, reason = "either way it is the statement")]
    pub fn into_block(self) -> Result<Vec<Inner>, Statement> {
        match self {
            Statement::Command { command, text } => match *command {
                Command::Block(block) => Ok(block),
                command => Err(Statement::Command {
                    command: Box::new(command),
                    text,
                }),
            },
            statement => Err(statement),
        }
    }

    /// Whether the database has other tables, columns or the like afterwards, not only other rows.
    #[must_use]
    pub fn changes_schema(&self) -> bool {
        match self {
            Statement::SetConstraintsImmediate { .. } | Statement::UpdateNulls { .. } | Statement::Unread { .. } => {
                false
            }
            Statement::Command { command, .. } => !matches!(
                **command,
                Command::Select { .. }
                    | Command::Insert { .. }
                    | Command::Update { .. }
                    | Command::Delete { .. }
                    | Command::Truncate { .. }
                    | Command::LockTable { .. }
                    | Command::Session(_)
                    | Command::Transaction(_)
                    | Command::RefusedInBody { .. }
                    | Command::DeferConstraints
                    | Command::TouchNothing
                    | Command::ChangeServer
            ),
            _ => true,
        }
    }

    /// Why it, or an action of it, was not understood.
    #[must_use]
    pub fn unread_reason(&self) -> Option<String> {
        match self {
            Statement::Unread { reason, .. } => Some(reason.clone()),
            Statement::AlterTable { actions, .. } => actions.iter().find_map(|action| match action {
                AlterTableAction::Change {
                    change: TableChange::Unread { reason },
                    ..
                } => Some(reason.clone()),
                _ => None,
            }),
            _ => None,
        }
    }
}

/// What a query reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueryReads {
    /// The tables and views, each once.
    pub relations: Vec<String>,
    /// Columns by name, with their relation where the query says which.
    pub columns: Vec<(Option<String>, String)>,
    /// `*`, with the relation where the query says which.
    pub stars: Vec<Option<String>>,
    /// Whether it asks for nothing but the smallest and largest values of columns: an index answers that without reading rows.
    pub asks_for_ends: bool,
    /// The functions that it calls, by their bare names.
    pub calls: Vec<String>,
    /// Columns of relations that can be nothing else.
    pub certain: Vec<(String, String)>,
}

impl QueryReads {
    /// Whether it reads the column of the table, as far as its text says.
    #[must_use]
    pub fn reads_column(&self, table: &str, column: &str) -> bool {
        let about = |relation: &Option<String>| relation.as_deref().is_none_or(|relation| relation == table);
        self.relations.iter().any(|relation| relation == table)
            && (self.stars.iter().any(about)
                || self
                    .columns
                    .iter()
                    .any(|(relation, name)| name == column && about(relation)))
    }
}

/// An ordinary view or one with rows of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewKind {
    /// A view.
    Plain,
    /// A materialized view.
    Materialized,
}

/// What an INSERT adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InsertedRows {
    /// `VALUES`
    Values {
        /// How many values each row has.
        widths: Vec<usize>,
        /// The places, counted from none, at which a row has NULL.
        nulls: Vec<usize>,
    },
    /// The rows of a query that leaves some out, by WHERE or LIMIT.
    Chosen,
    /// What another query gives, or a file.
    Others,
}

/// Which key `ON CONFLICT` is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// `(column, ..)`
    Columns {
        /// The columns.
        columns: Vec<String>,
        /// `WHERE`, behind them
        partial: bool,
    },
    /// `(lower(code))`, and whatever else is no column
    Expressions,
    /// `ON CONSTRAINT name`
    Constraint(String),
    /// `DO NOTHING` without any: all keys
    Any,
    /// `DO UPDATE` without any
    Missing,
}

/// What `ALTER SEQUENCE` does.
#[derive(Clone, Debug)]
pub enum SequenceChange {
    /// `OWNED BY table.column`, or nobody
    Owner(Option<(String, String)>),
    /// `RENAME TO`
    Rename(String),
    /// Anything else.
    Other,
}

/// What `REINDEX` builds anew.
#[derive(Clone, Debug)]
pub enum ReindexTarget {
    /// One index.
    Index(String),
    /// All indexes of a table.
    Table(String),
    /// All of a schema, the database, or the system catalogs.
    All,
}

/// What `ALTER DOMAIN` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DomainChange {
    /// `ADD CONSTRAINT`, `SET NOT NULL`, `VALIDATE CONSTRAINT`: all tables with the domain are read
    Check,
    /// `ADD CONSTRAINT .. NOT VALID`
    CheckLater,
    /// Anything else.
    Other,
}

/// `SET` and `RESET`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionChange {
    /// `SET name = value`
    Set {
        /// The setting's name in small letters; `timezone` for `TIME ZONE`.
        name: String,
        /// Its value without quotes, or why it is not known.
        value: Result<String, String>,
        /// `LOCAL`
        scope: SettingScope,
    },
    /// `RESET name`, `SET name TO DEFAULT`
    Reset(String),
    /// `RESET ALL`, `DISCARD ALL`
    ResetAll,
}

/// How long a setting lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingScope {
    /// Until the session ends.
    Session,
    /// Until the transaction ends.
    Transaction,
}

/// What becomes of the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionChange {
    /// `BEGIN`
    Begin,
    /// `COMMIT`, `ROLLBACK`
    End,
    /// `SAVEPOINT`, `RELEASE`, `ROLLBACK TO`
    Within,
    /// `COMMIT` or `ROLLBACK` of PL/pgSQL: it ends the transaction of its own call, and begins the next one
    EndInBody,
}
