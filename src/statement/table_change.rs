//! What `ALTER TABLE` and `CREATE TABLE` can say that Django never does.

use crate::lock::LockMode;

use super::{Name, SqlExpression};

/// An action of `ALTER TABLE` that Django never sends.
#[derive(Clone, Debug)]
pub enum TableChange {
    /// `ADD CONSTRAINT .. PRIMARY KEY USING INDEX`, `UNIQUE USING INDEX`
    AddKeyUsingIndex {
        /// The constraint's name; the index has it afterwards.
        name: Option<Name>,
        /// `PRIMARY KEY`, else `UNIQUE`
        primary: bool,
        /// The index.
        index: String,
    },
    /// `ADD CONSTRAINT .. NOT NULL column` (PostgreSQL 18)
    AddNotNull {
        /// The constraint's name.
        name: Option<Name>,
        /// The column.
        column: String,
        /// `NOT VALID`
        not_valid: bool,
    },
    /// `RENAME CONSTRAINT`
    RenameConstraint {
        /// The name so far.
        from: String,
        /// The new name.
        to: String,
    },
    /// `ALTER COLUMN .. SET EXPRESSION AS` (PostgreSQL 17)
    SetExpression {
        /// The column.
        column: String,
        /// The expression.
        expression: SqlExpression,
    },
    /// `ALTER COLUMN .. DROP EXPRESSION`
    DropExpression {
        /// The column.
        column: String,
    },
    /// `ENABLE TRIGGER`, `DISABLE TRIGGER`, of one that has a name of its own
    SwitchTrigger {
        /// The trigger.
        name: String,
    },
    /// `SET LOGGED`, `SET UNLOGGED`, `SET ACCESS METHOD`
    Rewrite,
    /// `ATTACH PARTITION`
    AttachPartition {
        /// The partition.
        partition: String,
        /// `DEFAULT`
        is_default: bool,
        /// The values in its bounds, as written.
        bounds: Vec<String>,
    },
    /// `DETACH PARTITION`
    DetachPartition {
        /// The partition.
        partition: String,
        /// `CONCURRENTLY`
        concurrently: bool,
    },
    /// `INHERIT`
    Inherit {
        /// The parent.
        parent: String,
    },
    /// `NO INHERIT`
    Disinherit {
        /// The parent.
        parent: String,
    },
    /// `ALTER CONSTRAINT`
    AlterConstraint {
        /// Its name.
        name: String,
        /// `ENFORCED`, which checks all rows, or `NOT ENFORCED` (PostgreSQL 18)
        enforced: Option<bool>,
    },
    /// `SET SCHEMA`
    SetSchema {
        /// The new schema.
        schema: String,
    },
    /// `FORCE ROW LEVEL SECURITY`
    ForceRowSecurity,
    /// `DISABLE ROW LEVEL SECURITY`, `NO FORCE ROW LEVEL SECURITY`
    DisableRowSecurity,
    /// A change of the catalog only: `SET STATISTICS`, `OWNER TO`, `ENABLE ROW LEVEL SECURITY`, ...
    Catalog {
        /// The lock it takes for a moment.
        lock: LockMode,
    },
    /// An action that was not understood.
    Unread {
        /// Why.
        reason: String,
    },
}

/// The options of `LIKE`: `INCLUDING DEFAULTS`, ...
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "Postgres's options, each by itself")]
pub struct Copied {
    /// `DEFAULTS`
    pub defaults: bool,
    /// `IDENTITY`
    pub identity: bool,
    /// `GENERATED`
    pub generated: bool,
    /// `CONSTRAINTS`: the checks
    pub checks: bool,
    /// `INDEXES`, with primary key and unique constraints
    pub indexes: bool,
}

/// What a table is beside a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TableForm {
    /// Nothing.
    #[default]
    Plain,
    /// `PARTITION BY`
    Partitioned,
    /// `PARTITION OF`
    Partition {
        /// The partitioned table.
        parent: String,
        /// `DEFAULT`
        is_default: bool,
        /// `PARTITION BY` again
        partitioned: bool,
        /// The values in its bounds, as written.
        bounds: Vec<String>,
    },
    /// `INHERITS`
    Child {
        /// The tables that it inherits from.
        parents: Vec<String>,
    },
    /// `LIKE`
    Copy {
        /// The table that it is made like.
        of: String,
        /// What comes along besides names, types and NOT NULL.
        including: Copied,
    },
    /// `TEMPORARY`: nobody else can see it
    Temporary,
}
