//! How a statement prints: Django's spelling, character for character.
//!
//! See the `sql_*` templates of django/db/backends/base/schema.py and django/db/backends/postgresql/schema.py.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter, Write};

use crate::unknown::Identifier;

use super::{
    AlterTableAction, Column, ConstraintKind, CreateIndex, CreateTable, Deferrability, ForeignKey, IndexItem, Name,
    Statement, TableConstraint, Using,
};

/// `"name"`, unless it is quoted already. See `DatabaseOperations.quote_name` in django/db/backends/postgresql.
///
/// A name with a schema in it, `a"."b`, prints as Django prints it: `"a"."b"`.
#[must_use]
pub fn quote_name(name: &str) -> String {
    Quoted(name).to_string()
}

/// `'text'` as psycopg quotes a string: one with a backslash gets a leading space and an `E`, as `PQescapeLiteral` does.
#[must_use]
pub fn quote_literal(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    if text.contains('\\') {
        format!(" E'{}'", doubled.replace('\\', "\\\\"))
    } else {
        format!("'{doubled}'")
    }
}

/// Splits `schema"."table` into its two parts. See `split_identifier` in django/db/backends/utils.py.
#[must_use]
pub fn split_identifier(identifier: &str) -> (&str, &str) {
    if memchr::memchr(b'"', identifier.as_bytes()).is_none() {
        return ("", identifier);
    }
    let mut parts = identifier.split("\".\"");
    match (parts.next(), parts.next(), parts.next()) {
        (Some(namespace), Some(name), None) => (namespace.trim_matches('"'), name.trim_matches('"')),
        _ => ("", identifier.trim_matches('"')),
    }
}

struct Quoted<S>(S);

/// The name in quotes; what is not known of it stands there too.
fn quoted(identifier: &Identifier) -> Quoted<Cow<'_, str>> {
    Quoted(identifier.shown())
}

impl<S: AsRef<str>> Display for Quoted<S> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let name = self.0.as_ref();
        if name.starts_with('"') && name.ends_with('"') {
            formatter.write_str(name)
        } else {
            formatter.write_char('"')?;
            formatter.write_str(name)?;
            formatter.write_char('"')
        }
    }
}

/// `"a", "b"`
struct Columns<'a>(&'a [Identifier]);

impl Display for Columns<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        separated(formatter, self.0, |formatter, column| quoted(column).fmt(formatter))
    }
}

fn separated<T>(
    formatter: &mut Formatter<'_>,
    items: &[T],
    print: impl Fn(&mut Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            formatter.write_str(", ")?;
        }
        print(formatter, item)?;
    }
    Ok(())
}

impl Display for Name {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Name::Given(name) => Quoted(name).fmt(formatter),
            Name::Derived(_) | Name::Unknown(_) => Quoted(self.shown()).fmt(formatter),
        }
    }
}

impl Display for Statement {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Statement::CreateTable(create) => create.fmt(formatter),
            Statement::DropTable { table, cascade, .. } => {
                write!(formatter, "DROP TABLE {}{}", quoted(table), cascade_sql(*cascade))
            }
            Statement::RenameTable { from, to, .. } => {
                write!(formatter, "ALTER TABLE {} RENAME TO {}", quoted(from), quoted(to))
            }
            Statement::AlterTable { table, actions, .. } => {
                write!(formatter, "ALTER TABLE {} ", quoted(table))?;
                separated(formatter, actions, |formatter, action| action.fmt(formatter))
            }
            Statement::CreateIndex(create) => create.fmt(formatter),
            Statement::DropIndex {
                name,
                concurrently,
                if_exists,
                cascade,
                ..
            } => {
                let concurrently = if *concurrently { " CONCURRENTLY" } else { "" };
                let if_exists = if *if_exists { " IF EXISTS" } else { "" };
                write!(
                    formatter,
                    "DROP INDEX{concurrently}{if_exists} {name}{}",
                    cascade_sql(*cascade)
                )
            }
            Statement::RenameIndex { from, to, .. } => write!(formatter, "ALTER INDEX {from} RENAME TO {to}"),
            Statement::Comment { .. }
            | Statement::SetConstraintsImmediate { .. }
            | Statement::UpdateNulls { .. }
            | Statement::AlterSequenceType { .. }
            | Statement::CreateSequence { .. }
            | Statement::DropSequence { .. }
            | Statement::CreateExtension { .. }
            | Statement::CreateCollation { .. }
            | Statement::DropCollation { .. }
            | Statement::Command { .. }
            | Statement::Unread { .. } => self.fmt_other(formatter),
        }
    }
}

impl Statement {
    /// Prints the statements that are about neither a table's structure nor an index.
    fn fmt_other(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Statement::Comment { table, column, text } => fmt_comment(formatter, table, column.as_ref(), text),
            Statement::SetConstraintsImmediate { constraint, namespace } => {
                formatter.write_str("SET CONSTRAINTS ")?;
                if let Some(namespace) = namespace {
                    write!(formatter, "{}.", Quoted(namespace))?;
                }
                match constraint {
                    Some(name) => name.fmt(formatter)?,
                    None => formatter.write_str("ALL")?,
                }
                formatter.write_str(" IMMEDIATE")
            }
            Statement::UpdateNulls { table, column, value } => {
                let (table, column) = (quoted(table), quoted(column));
                write!(
                    formatter,
                    "UPDATE {table} SET {column} = {} WHERE {column} IS NULL",
                    value.shown()
                )
            }
            Statement::AlterSequenceType { sequence, data_type } => {
                write!(
                    formatter,
                    "ALTER SEQUENCE IF EXISTS {} AS {data_type}",
                    quoted(sequence)
                )
            }
            Statement::CreateSequence { sequence, .. } => write!(formatter, "CREATE SEQUENCE {}", quoted(sequence)),
            Statement::DropSequence {
                sequence,
                if_exists,
                cascade,
            } => {
                let if_exists = if *if_exists { "IF EXISTS " } else { "" };
                write!(
                    formatter,
                    "DROP SEQUENCE {if_exists}{}{}",
                    quoted(sequence),
                    cascade_sql(*cascade)
                )
            }
            Statement::CreateExtension { name } => {
                write!(formatter, "CREATE EXTENSION IF NOT EXISTS {}", Quoted(name))
            }
            Statement::CreateCollation {
                name,
                locale,
                provider,
                nondeterministic,
            } => {
                write!(
                    formatter,
                    "CREATE COLLATION {} (locale={}",
                    Quoted(name),
                    Quoted(locale)
                )?;
                if let Some(provider) = provider {
                    write!(formatter, ", provider={}", Quoted(provider))?;
                }
                formatter.write_str(if *nondeterministic {
                    ", deterministic=false)"
                } else {
                    ")"
                })
            }
            Statement::DropCollation { name } => write!(formatter, "DROP COLLATION {}", Quoted(name)),
            Statement::Command { text, .. } | Statement::Unread { text, .. } => formatter.write_str(text),
            Statement::CreateTable(_)
            | Statement::DropTable { .. }
            | Statement::RenameTable { .. }
            | Statement::AlterTable { .. }
            | Statement::CreateIndex(_)
            | Statement::DropIndex { .. }
            | Statement::RenameIndex { .. } => self.fmt(formatter),
        }
    }
}

fn fmt_comment(
    formatter: &mut Formatter<'_>,
    table: &Identifier,
    column: Option<&Identifier>,
    text: &str,
) -> fmt::Result {
    let text = quote_literal(text);
    match column {
        Some(column) => write!(
            formatter,
            "COMMENT ON COLUMN {}.{} IS {text}",
            quoted(table),
            quoted(column)
        ),
        None => write!(formatter, "COMMENT ON TABLE {} IS {text}", quoted(table)),
    }
}

fn cascade_sql(cascade: bool) -> &'static str {
    if cascade { " CASCADE" } else { "" }
}

impl Display for CreateTable {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "CREATE TABLE {} (", quoted(&self.table))?;
        separated(formatter, &self.columns, |formatter, column| column.fmt(formatter))?;
        for (index, constraint) in self.constraints.iter().enumerate() {
            if index > 0 || !self.columns.is_empty() {
                formatter.write_str(", ")?;
            }
            constraint.fmt(formatter)?;
        }
        formatter.write_char(')')?;
        match &self.tablespace {
            Some(tablespace) => write!(formatter, " TABLESPACE {}", Quoted(tablespace)),
            None => Ok(()),
        }
    }
}

/// See `BaseDatabaseSchemaEditor._iter_column_sql`; what `table_sql` and `add_field` append comes last.
impl Display for Column {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", quoted(&self.name), self.data_type)?;
        if let Some(collation) = &self.collation {
            write!(formatter, " COLLATE {}", Quoted(collation))?;
        }
        if let Some(default) = &self.default {
            write!(formatter, " DEFAULT {}", default.sql.shown())?;
        }
        match &self.generated {
            Some(generated) => {
                let stored = if generated.stored { "STORED" } else { "VIRTUAL" };
                write!(
                    formatter,
                    " GENERATED ALWAYS AS ({}) {stored}",
                    generated.expression.sql.shown()
                )?;
            }
            None => formatter.write_str(if self.not_null { " NOT NULL" } else { " NULL" })?,
        }
        if self.primary_key {
            formatter.write_str(" PRIMARY KEY")?;
        } else if self.unique {
            formatter.write_str(" UNIQUE")?;
        }
        if let Some(tablespace) = &self.index_tablespace {
            write!(formatter, " USING INDEX TABLESPACE {}", Quoted(tablespace))?;
        }
        if self.identity {
            formatter.write_str(" GENERATED BY DEFAULT AS IDENTITY")?;
        }
        if let Some(check) = &self.check {
            write!(formatter, " CHECK ({})", check.sql.shown())?;
        }
        match &self.references {
            Some(key) => fmt_inline_foreign_key(formatter, key),
            None => Ok(()),
        }
    }
}

/// No space before the parenthesis, unlike [`fmt_foreign_key`]: see `sql_create_column_inline_fk`.
fn fmt_inline_foreign_key(formatter: &mut Formatter<'_>, key: &ForeignKey) -> fmt::Result {
    write!(
        formatter,
        " CONSTRAINT {} REFERENCES {}({})",
        key.name,
        quoted(&key.to_table),
        Columns(&key.to_columns)
    )?;
    fmt_foreign_key_end(formatter, key)
}

fn fmt_foreign_key(formatter: &mut Formatter<'_>, key: &ForeignKey) -> fmt::Result {
    write!(
        formatter,
        "FOREIGN KEY ({}) REFERENCES {} ({})",
        Columns(&key.columns),
        quoted(&key.to_table),
        Columns(&key.to_columns)
    )?;
    fmt_foreign_key_end(formatter, key)
}

fn fmt_foreign_key_end(formatter: &mut Formatter<'_>, key: &ForeignKey) -> fmt::Result {
    if let Some(on_delete) = &key.on_delete {
        write!(formatter, " ON DELETE {on_delete}")?;
    }
    formatter.write_str(if key.deferrable {
        " DEFERRABLE INITIALLY DEFERRED"
    } else {
        ""
    })
}

impl Display for TableConstraint {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            write!(formatter, "CONSTRAINT {name} ")?;
        }
        match &self.kind {
            ConstraintKind::Check(expression) => write!(formatter, "CHECK ({})", expression.sql.shown())?,
            ConstraintKind::Unique {
                columns,
                deferrable,
                nulls_distinct,
            } => {
                let nulls = nulls_sql(*nulls_distinct);
                let deferrable = deferrable_sql(*deferrable);
                write!(formatter, "UNIQUE{nulls} ({}){deferrable}", Columns(columns))?;
            }
            ConstraintKind::PrimaryKey { columns } => write!(formatter, "PRIMARY KEY ({})", Columns(columns))?,
            ConstraintKind::ForeignKey(key) => fmt_foreign_key(formatter, key)?,
            ConstraintKind::Exclude { definition } => write!(formatter, "EXCLUDE {}", definition.sql.shown())?,
        }
        formatter.write_str(if self.not_valid { " NOT VALID" } else { "" })
    }
}

/// See `_deferrable_constraint_sql` in django/db/backends/base/schema.py.
pub(crate) fn deferrable_sql(deferrable: Option<Deferrability>) -> &'static str {
    match deferrable {
        Some(Deferrability::InitiallyDeferred) => " DEFERRABLE INITIALLY DEFERRED",
        Some(Deferrability::InitiallyImmediate) => " DEFERRABLE INITIALLY IMMEDIATE",
        None => "",
    }
}

fn nulls_sql(nulls_distinct: Option<bool>) -> &'static str {
    match nulls_distinct {
        Some(true) => " NULLS DISTINCT",
        Some(false) => " NULLS NOT DISTINCT",
        None => "",
    }
}

impl Display for AlterTableAction {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            AlterTableAction::AddColumn(column) => write!(formatter, "ADD COLUMN {column}"),
            AlterTableAction::DropColumn { column, cascade, .. } => {
                write!(formatter, "DROP COLUMN {}{}", quoted(column), cascade_sql(*cascade))
            }
            AlterTableAction::RenameColumn { from, to } => {
                write!(formatter, "RENAME COLUMN {} TO {}", quoted(from), quoted(to))
            }
            AlterTableAction::AlterType {
                column,
                data_type,
                collation,
                using,
            } => {
                let column = quoted(column);
                write!(formatter, "ALTER COLUMN {column} TYPE {data_type}")?;
                if let Some(collation) = collation {
                    write!(formatter, " COLLATE {}", Quoted(collation))?;
                }
                match using {
                    Some(Using::Cast) => write!(formatter, " USING {column}::{data_type}"),
                    Some(Using::Expression(expression)) => write!(formatter, " USING {}", expression.shown()),
                    None => Ok(()),
                }
            }
            AlterTableAction::SetDefault { column, default } => {
                write!(
                    formatter,
                    "ALTER COLUMN {} SET DEFAULT {}",
                    quoted(column),
                    default.sql.shown()
                )
            }
            AlterTableAction::DropDefault { column } => {
                write!(formatter, "ALTER COLUMN {} DROP DEFAULT", quoted(column))
            }
            AlterTableAction::SetNotNull { column } => {
                write!(formatter, "ALTER COLUMN {} SET NOT NULL", quoted(column))
            }
            AlterTableAction::DropNotNull { column } => {
                write!(formatter, "ALTER COLUMN {} DROP NOT NULL", quoted(column))
            }
            AlterTableAction::AddIdentity { column } => {
                write!(
                    formatter,
                    "ALTER COLUMN {} ADD GENERATED BY DEFAULT AS IDENTITY",
                    quoted(column)
                )
            }
            AlterTableAction::DropIdentity { column } => {
                write!(formatter, "ALTER COLUMN {} DROP IDENTITY IF EXISTS", quoted(column))
            }
            AlterTableAction::AddConstraint(constraint) => write!(formatter, "ADD {constraint}"),
            AlterTableAction::DropConstraint { name, cascade, .. } => {
                write!(formatter, "DROP CONSTRAINT {name}{}", cascade_sql(*cascade))
            }
            AlterTableAction::ValidateConstraint { name } => write!(formatter, "VALIDATE CONSTRAINT {name}"),
            AlterTableAction::SetTablespace { tablespace } => {
                write!(formatter, "SET TABLESPACE {}", Quoted(tablespace))
            }
            AlterTableAction::Change { text, .. } => formatter.write_str(text),
        }
    }
}

impl Display for CreateIndex {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let unique = if self.unique { "UNIQUE " } else { "" };
        let concurrently = if self.concurrently { "CONCURRENTLY " } else { "" };
        let if_not_exists = if self.if_not_exists { "IF NOT EXISTS " } else { "" };
        let only = if self.only { "ONLY " } else { "" };
        write!(
            formatter,
            "CREATE {unique}INDEX {concurrently}{if_not_exists}{} ON {only}{}",
            self.name,
            quoted(&self.table)
        )?;
        if let Some(using) = &self.using {
            write!(formatter, " USING {using}")?;
        }
        formatter.write_str(" (")?;
        separated(formatter, &self.items, |formatter, item| item.fmt(formatter))?;
        formatter.write_char(')')?;
        if !self.include.is_empty() {
            write!(formatter, " INCLUDE ({})", Columns(&self.include))?;
        }
        formatter.write_str(nulls_sql(self.nulls_distinct))?;
        if let Some(with) = &self.with {
            write!(formatter, " WITH ({})", with.shown())?;
        }
        if let Some(tablespace) = &self.tablespace {
            write!(formatter, " TABLESPACE {}", Quoted(tablespace))?;
        }
        match &self.condition {
            Some(condition) => write!(formatter, " WHERE {}", condition.sql.shown()),
            None => Ok(()),
        }
    }
}

impl Display for IndexItem {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            IndexItem::Column {
                name,
                operator_class,
                suffix,
            } => {
                quoted(name).fmt(formatter)?;
                for part in [operator_class, suffix].into_iter().flatten() {
                    write!(formatter, " {part}")?;
                }
                Ok(())
            }
            IndexItem::Expression(expression) => formatter.write_str(expression.sql.shown()),
        }
    }
}
