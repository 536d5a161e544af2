//! One DDL command as data, and how it prints: Django's spelling, character for character.
//!
//! Names that Django derives from tables and columns are kept as [`Name::Derived`] and computed when the statement is
//! printed, because Django edits deferred statements after renames. See
//! `django/db/backends/ddl_references.py`.

mod command;
mod function;
mod names;
mod object;
mod print;
mod references;
mod table_change;
mod unknowns;
mod view_query;

use crate::data_type::DataType;
use crate::unknown::{Identifier, Sql, Unknown};

pub use command::{
    Command, Conflict, DomainChange, Inner, InsertedRows, QueryReads, ReindexTarget, SequenceChange, SessionChange,
    SettingScope, TransactionChange, ViewKind,
};
pub use function::{BodyLanguage, FunctionBody, FunctionKind, Parameter, Takes};
pub use names::{create_index_name, index_name, names_digest, truncate_name};
pub use object::Object;
pub(crate) use print::deferrable_sql;
pub use print::{quote_literal, quote_name, split_identifier};
pub(crate) use references::without_namespace;
pub use table_change::{Copied, TableChange, TableForm};
pub use view_query::{ViewItem, ViewQuery};

/// One command to Postgres.
#[derive(Clone, Debug)]
pub enum Statement {
    /// `CREATE TABLE`
    CreateTable(CreateTable),
    /// `DROP TABLE`
    DropTable {
        /// The tables.
        table: Identifier,
        /// `IF EXISTS`
        if_exists: bool,
        /// `CASCADE`
        cascade: bool,
        /// The other tables of the same command.
        along: Vec<String>,
    },
    /// `ALTER TABLE .. RENAME TO`
    RenameTable {
        /// The name so far.
        from: Identifier,
        /// The new name.
        to: Identifier,
        /// `IF EXISTS`
        if_exists: bool,
    },
    /// `ALTER TABLE` with its actions
    AlterTable {
        /// The table.
        table: Identifier,
        /// `IF EXISTS`
        if_exists: bool,
        /// What is done to it, in order.
        actions: Vec<AlterTableAction>,
    },
    /// `CREATE INDEX`
    CreateIndex(CreateIndex),
    /// `DROP INDEX`
    DropIndex {
        /// The table, as Django knows it; not printed.
        table: Option<Identifier>,
        /// The index.
        name: Name,
        /// `CONCURRENTLY`
        concurrently: bool,
        /// `IF EXISTS`
        if_exists: bool,
        /// `CASCADE`
        cascade: bool,
    },
    /// `ALTER INDEX .. RENAME TO`
    RenameIndex {
        /// The table, as Django knows it; not printed.
        table: Option<Identifier>,
        /// The name so far.
        from: Name,
        /// The new name.
        to: Name,
        /// `IF EXISTS`
        if_exists: bool,
    },
    /// `COMMENT ON TABLE`, `COMMENT ON COLUMN`
    Comment {
        /// The table.
        table: Identifier,
        /// The column, if it is about one.
        column: Option<Identifier>,
        /// The text.
        text: String,
    },
    /// `SET CONSTRAINTS .. IMMEDIATE`
    SetConstraintsImmediate {
        /// The constraint, or all.
        constraint: Option<Name>,
        /// The schema before its name, for tables with a quoted schema in `db_table`.
        namespace: Option<String>,
    },
    /// `UPDATE table SET column = value WHERE column IS NULL`, the only UPDATE that Django's schema editor sends
    UpdateNulls {
        /// The table.
        table: Identifier,
        /// The column.
        column: Identifier,
        /// The new value as SQL.
        value: Sql,
    },
    /// `ALTER SEQUENCE IF EXISTS .. AS type`
    AlterSequenceType {
        /// The sequence.
        sequence: Identifier,
        /// The new type.
        data_type: DataType,
    },
    /// `CREATE SEQUENCE`
    CreateSequence {
        /// The sequence.
        sequence: Identifier,
        /// `IF NOT EXISTS`
        if_not_exists: bool,
    },
    /// `DROP SEQUENCE`
    DropSequence {
        /// The sequence.
        sequence: Identifier,
        /// `IF EXISTS`
        if_exists: bool,
        /// `CASCADE`
        cascade: bool,
    },
    /// `CREATE EXTENSION IF NOT EXISTS`
    CreateExtension {
        /// Its name.
        name: String,
    },
    /// `CREATE COLLATION`
    CreateCollation {
        /// Its name.
        name: String,
        /// `locale = ..`
        locale: String,
        /// `provider = ..`, where it is not `libc`
        provider: Option<String>,
        /// `deterministic = false`
        nondeterministic: bool,
    },
    /// `DROP COLLATION`
    DropCollation {
        /// Its name.
        name: String,
    },
    /// A command that Django never sends; printed as it was written.
    Command {
        /// Its text.
        text: String,
        /// What it is.
        command: Box<Command>,
    },
    /// A statement that is known as text only.
    Unread {
        /// Its text.
        text: String,
        /// Why it was not understood.
        reason: String,
    },
}

/// A name of an index or constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// A fixed name.
    Given(String),
    /// A name that Django derives when it prints the statement.
    Derived(Box<DerivedName>),
    /// A name that is not known, or is derived from what is not.
    Unknown(Unknown),
}

/// `BaseDatabaseSchemaEditor._create_index_name` and what it is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DerivedName {
    /// The table.
    pub table: Identifier,
    /// The columns.
    pub columns: Vec<Identifier>,
    /// `_uniq`, `_like`, `_idx`, `_check`, `_pk`, nothing; for a foreign key what stands before the target.
    pub suffix: String,
    /// A foreign key's target, `_fk_<to_table>_<to_column>`.
    pub target: Option<(Identifier, Identifier)>,
}

/// `CREATE TABLE`.
#[derive(Clone, Debug)]
pub struct CreateTable {
    /// Its name.
    pub table: Identifier,
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// The table constraints, in order.
    pub constraints: Vec<TableConstraint>,
    /// `TABLESPACE`
    pub tablespace: Option<String>,
    /// `PARTITION BY`, `PARTITION OF`, `INHERITS`, ...; Django has none of these.
    pub form: TableForm,
    /// `IF NOT EXISTS`
    pub if_not_exists: bool,
    /// Elements of which nothing is known.
    pub unread: Vec<Unknown>,
}

/// A column definition in `CREATE TABLE` or `ADD COLUMN`.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name.
    pub name: Identifier,
    /// Its type.
    pub data_type: DataType,
    /// `COLLATE`
    pub collation: Option<String>,
    /// `DEFAULT`
    pub default: Option<DefaultValue>,
    /// `GENERATED ALWAYS AS (..) STORED`
    pub generated: Option<Generated>,
    /// `NOT NULL`
    pub not_null: bool,
    /// `PRIMARY KEY`
    pub primary_key: bool,
    /// `UNIQUE`
    pub unique: bool,
    /// `USING INDEX TABLESPACE`
    pub index_tablespace: Option<String>,
    /// `GENERATED BY DEFAULT AS IDENTITY`
    pub identity: bool,
    /// `CHECK (..)`
    pub check: Option<SqlExpression>,
    /// `CONSTRAINT .. REFERENCES ..`
    pub references: Option<ForeignKey>,
    /// The name of the unique constraint or primary key, where `CONSTRAINT` gives one.
    pub key_name: Option<String>,
    /// The name of the check, where `CONSTRAINT` gives one.
    pub check_name: Option<String>,
    /// `ADD COLUMN IF NOT EXISTS`
    pub if_not_exists: bool,
}

impl Column {
    /// A column with nothing more to it than its type.
    #[must_use]
    pub fn plain(name: Identifier, data_type: DataType) -> Self {
        Self {
            name,
            data_type,
            collation: None,
            default: None,
            generated: None,
            not_null: false,
            primary_key: false,
            unique: false,
            index_tablespace: None,
            identity: false,
            check: None,
            references: None,
            key_name: None,
            check_name: None,
            if_not_exists: false,
        }
    }
}

/// A `DEFAULT` and how far it varies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultValue {
    /// The SQL.
    pub sql: Sql,
    /// How far the expression varies.
    pub volatility: Volatility,
}

/// How far an expression varies, as Postgres classifies functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Volatility {
    /// A literal or an immutable expression.
    Constant,
    /// The same within a statement: `now()`.
    Stable,
    /// Anew for each row: `gen_random_uuid()`, `clock_timestamp()`.
    Volatile,
    /// Not known.
    Unknown,
}

/// A generated column's expression.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The expression.
    pub expression: SqlExpression,
    /// `STORED`, else `VIRTUAL`.
    pub stored: bool,
}

/// SQL of an expression with the columns it reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlExpression {
    /// The SQL.
    pub sql: Sql,
    /// The columns of its own table that occur in it.
    pub columns: Vec<String>,
}

/// A foreign key.
#[derive(Clone, Debug)]
pub struct ForeignKey {
    /// The constraint's name.
    pub name: Name,
    /// The referencing columns.
    pub columns: Vec<Identifier>,
    /// The referenced table.
    pub to_table: Identifier,
    /// The referenced columns.
    pub to_columns: Vec<Identifier>,
    /// `ON DELETE ..` (Django 6.1's database-level `on_delete`).
    pub on_delete: Option<String>,
    /// `DEFERRABLE INITIALLY DEFERRED`
    pub deferrable: bool,
}

impl ForeignKey {
    /// Whether Postgres itself deletes or empties what points to a row that is deleted.
    #[must_use]
    pub fn acts_on_delete(&self) -> bool {
        let action = self.on_delete.as_deref().unwrap_or("NO ACTION");
        !action.eq_ignore_ascii_case("NO ACTION") && !action.eq_ignore_ascii_case("RESTRICT")
    }
}

/// A table constraint with its name.
#[derive(Clone, Debug)]
pub struct TableConstraint {
    /// `CONSTRAINT name`, where it has one.
    pub name: Option<Name>,
    /// What it is.
    pub kind: ConstraintKind,
    /// `NOT VALID`
    pub not_valid: bool,
}

/// What a table constraint demands.
#[derive(Clone, Debug)]
pub enum ConstraintKind {
    /// `CHECK (..)`
    Check(SqlExpression),
    /// `UNIQUE (..)`
    Unique {
        /// The columns.
        columns: Vec<Identifier>,
        /// ` DEFERRABLE INITIALLY ..`
        deferrable: Option<Deferrability>,
        /// ` NULLS NOT DISTINCT` (false) or ` NULLS DISTINCT` (true)
        nulls_distinct: Option<bool>,
    },
    /// `PRIMARY KEY (..)`
    PrimaryKey {
        /// The columns.
        columns: Vec<Identifier>,
    },
    /// `FOREIGN KEY (..) REFERENCES ..`; its name is the constraint's.
    ForeignKey(ForeignKey),
    /// `EXCLUDE USING ..`
    Exclude {
        /// Everything after `EXCLUDE`, as Django prints it.
        definition: SqlExpression,
    },
}

/// When a deferrable constraint is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deferrability {
    /// `DEFERRABLE INITIALLY DEFERRED`
    InitiallyDeferred,
    /// `DEFERRABLE INITIALLY IMMEDIATE`
    InitiallyImmediate,
}

/// One action of `ALTER TABLE`.
#[derive(Clone, Debug)]
pub enum AlterTableAction {
    /// `ADD COLUMN`
    AddColumn(Box<Column>),
    /// `DROP COLUMN`
    DropColumn {
        /// The column.
        column: Identifier,
        /// `IF EXISTS`
        if_exists: bool,
        /// `CASCADE`
        cascade: bool,
    },
    /// `RENAME COLUMN`
    RenameColumn {
        /// The name so far.
        from: Identifier,
        /// The new name.
        to: Identifier,
    },
    /// `ALTER COLUMN .. TYPE`
    AlterType {
        /// The column.
        column: Identifier,
        /// The new type.
        data_type: DataType,
        /// `COLLATE`
        collation: Option<String>,
        /// `USING`
        using: Option<Using>,
    },
    /// `ALTER COLUMN .. SET DEFAULT`
    SetDefault {
        /// The column.
        column: Identifier,
        /// The default.
        default: DefaultValue,
    },
    /// `ALTER COLUMN .. DROP DEFAULT`
    DropDefault {
        /// The column.
        column: Identifier,
    },
    /// `ALTER COLUMN .. SET NOT NULL`
    SetNotNull {
        /// The column.
        column: Identifier,
    },
    /// `ALTER COLUMN .. DROP NOT NULL`
    DropNotNull {
        /// The column.
        column: Identifier,
    },
    /// `ALTER COLUMN .. ADD GENERATED BY DEFAULT AS IDENTITY`
    AddIdentity {
        /// The column.
        column: Identifier,
    },
    /// `ALTER COLUMN .. DROP IDENTITY IF EXISTS`
    DropIdentity {
        /// The column.
        column: Identifier,
    },
    /// `ADD CONSTRAINT`
    AddConstraint(TableConstraint),
    /// `DROP CONSTRAINT`
    DropConstraint {
        /// Its name.
        name: Name,
        /// `IF EXISTS`
        if_exists: bool,
        /// `CASCADE`
        cascade: bool,
    },
    /// `VALIDATE CONSTRAINT`
    ValidateConstraint {
        /// Its name.
        name: Name,
    },
    /// `SET TABLESPACE`
    SetTablespace {
        /// The tablespace.
        tablespace: String,
    },
    /// An action that Django never sends; printed as it was written.
    Change {
        /// Its text.
        text: String,
        /// What it is.
        change: TableChange,
    },
}

/// The expression after `USING` in a type change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Using {
    /// `"c"::type`: a plain cast, the same as no USING at all where the cast is an assignment cast.
    Cast,
    /// Anything else: every row is computed anew.
    Expression(Sql),
}

/// `CREATE INDEX`.
#[derive(Clone, Debug)]
pub struct CreateIndex {
    /// Its name.
    pub name: Name,
    /// Whether the statement gives no name: Postgres makes it, and sees to it that it is free.
    pub is_unnamed: bool,
    /// The table.
    pub table: Identifier,
    /// `UNIQUE`
    pub unique: bool,
    /// `CONCURRENTLY`
    pub concurrently: bool,
    /// ` USING gin`; empty for a plain index.
    pub using: Option<String>,
    /// Columns or expressions, in order.
    pub items: Vec<IndexItem>,
    /// `INCLUDE (..)`
    pub include: Vec<Identifier>,
    /// ` NULLS NOT DISTINCT` (false) or ` NULLS DISTINCT` (true)
    pub nulls_distinct: Option<bool>,
    /// `WITH (..)`, as printed, without the keyword
    pub with: Option<Sql>,
    /// `TABLESPACE`
    pub tablespace: Option<String>,
    /// `WHERE ..`
    pub condition: Option<SqlExpression>,
    /// `IF NOT EXISTS`
    pub if_not_exists: bool,
    /// `ON ONLY`: without the partitions
    pub only: bool,
}

impl CreateIndex {
    /// An index over these items, with nothing more to it.
    #[must_use]
    pub fn over(table: Identifier, name: Name, items: Vec<IndexItem>) -> Self {
        Self {
            name,
            is_unnamed: false,
            table,
            unique: false,
            concurrently: false,
            using: None,
            items,
            include: Vec::new(),
            nulls_distinct: None,
            with: None,
            tablespace: None,
            condition: None,
            if_not_exists: false,
            only: false,
        }
    }
}

/// One item of an index.
#[derive(Clone, Debug)]
pub enum IndexItem {
    /// A column with what follows it: operator class, then order.
    Column {
        /// Its name.
        name: Identifier,
        /// `varchar_pattern_ops`
        operator_class: Option<String>,
        /// `DESC`, with whatever else Django's `col_suffixes` carry
        suffix: Option<String>,
    },
    /// An expression as printed, with its parentheses, operator class and order.
    Expression(SqlExpression),
}
