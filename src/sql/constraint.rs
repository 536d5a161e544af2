//! Table constraints, and what may stand behind one.

use crate::catalog::{NAMELESS, object_name};
use crate::statement::{
    ConstraintKind, Deferrability, ForeignKey, Name, SqlExpression, TableChange, TableConstraint, deferrable_sql,
};

use crate::unknown::{Identifier, Unknown};

use super::cursor::{Cursor, Read};
use super::expression::expression;
use super::token::Token;

/// What stands behind a constraint.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Attributes {
    pub deferrable: Option<Deferrability>,
    pub not_valid: bool,
    pub enforced: Option<bool>,
}

impl Attributes {
    /// None, one or several of them.
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Read<Self> {
        let mut attributes = Self::default();
        while attributes.one(cursor)? {}
        Ok(attributes)
    }

    /// At least one.
    pub(super) fn read_some(cursor: &mut Cursor<'_>) -> Read<Self> {
        let mut attributes = Self::default();
        if !attributes.one(cursor)? {
            return cursor.fail("a column constraint");
        }
        Ok(attributes)
    }

    fn one(&mut self, cursor: &mut Cursor<'_>) -> Read<bool> {
        if cursor.eat(&["not", "deferrable"]) {
            self.deferrable = None;
        } else if cursor.eat(&["deferrable"]) {
            self.deferrable = self.deferrable.or(Some(Deferrability::InitiallyImmediate));
        } else if cursor.eat(&["initially"]) {
            match cursor.eat_one_of(&["deferred", "immediate"]) {
                Some("deferred") => self.deferrable = Some(Deferrability::InitiallyDeferred),
                Some(_) => {}
                None => return cursor.fail("DEFERRED or IMMEDIATE"),
            }
        } else if cursor.eat(&["not", "valid"]) {
            self.not_valid = true;
        } else if cursor.eat(&["not", "enforced"]) {
            self.enforced = Some(false);
        } else if cursor.eat(&["enforced"]) {
            self.enforced = Some(true);
        } else {
            return Ok(cursor.eat(&["no", "inherit"]));
        }
        Ok(true)
    }

    /// Whether no row is checked now.
    pub(super) fn is_not_valid(self) -> bool {
        self.not_valid || self.enforced == Some(false)
    }
}

/// A table constraint, or what Django has no word for.
pub(super) enum Constraint {
    Table(TableConstraint),
    Change(TableChange),
}

/// Whether a table constraint begins here, and not a column.
pub(super) fn begins(cursor: &Cursor<'_>) -> bool {
    let second = |word: &str| cursor.peek_at(1).is_some_and(|token| token.is(word));
    let bracket = || cursor.peek_at(1).is_some_and(|token| token.is_symbol("("));
    cursor.sees(&["constraint"])
        || (cursor.sees(&["check"]) && bracket())
        || (cursor.sees(&["unique"]) && (bracket() || second("using") || second("nulls")))
        || cursor.sees(&["primary", "key"])
        || cursor.sees(&["foreign", "key"])
        || (cursor.sees(&["exclude"]) && (bracket() || second("using")))
        || cursor.sees(&["not", "null"])
}

/// `[CONSTRAINT name] CHECK (..)` and its kin.
pub(super) fn read(cursor: &mut Cursor<'_>, table: &str) -> Read<Constraint> {
    let name = if cursor.eat(&["constraint"]) {
        Some(cursor.object()?)
    } else {
        None
    };
    if cursor.eat(&["check"]) {
        let inside = cursor.brackets()?;
        let kind = ConstraintKind::Check(expression(cursor, inside));
        return finish(cursor, name, |_| kind);
    }
    if cursor.eat(&["not", "null"]) {
        let column = cursor.name()?;
        let not_valid = Attributes::read(cursor)?.is_not_valid();
        return Ok(Constraint::Change(TableChange::AddNotNull {
            name,
            column,
            not_valid,
        }));
    }
    if cursor.eat(&["foreign", "key"]) {
        let columns = cursor.identifiers_in_brackets()?;
        cursor.expect("references")?;
        let (key, attributes) = references(cursor, table, name, columns)?;
        return Ok(Constraint::Table(TableConstraint {
            name: Some(key.name.clone()),
            kind: ConstraintKind::ForeignKey(key),
            not_valid: attributes.is_not_valid(),
        }));
    }
    if cursor.eat(&["exclude"]) {
        let mut definition = exclusion(cursor)?;
        return finish(cursor, name, |attributes| {
            definition.sql.push(deferrable_sql(attributes.deferrable));
            ConstraintKind::Exclude { definition }
        });
    }
    key(cursor, name)
}

fn finish(
    cursor: &mut Cursor<'_>,
    name: Option<Name>,
    kind: impl FnOnce(&Attributes) -> ConstraintKind,
) -> Read<Constraint> {
    let attributes = Attributes::read(cursor)?;
    Ok(Constraint::Table(TableConstraint {
        name,
        kind: kind(&attributes),
        not_valid: attributes.is_not_valid(),
    }))
}

/// `UNIQUE (..)`, `PRIMARY KEY (..)`, with `USING INDEX` instead of the columns.
fn key(cursor: &mut Cursor<'_>, name: Option<Name>) -> Read<Constraint> {
    let primary = cursor.eat(&["primary", "key"]);
    if !primary && !cursor.eat(&["unique"]) {
        return cursor.fail("a constraint");
    }
    let nulls_distinct = nulls_distinct(cursor);
    if cursor.eat(&["using", "index"]) {
        let index = cursor.name()?;
        Attributes::read(cursor)?;
        return Ok(Constraint::Change(TableChange::AddKeyUsingIndex {
            name,
            primary,
            index,
        }));
    }
    let inside = cursor.brackets()?;
    let columns = Cursor::comma_separated(inside)
        .into_iter()
        .map(|tokens| cursor.over(tokens).identifier())
        .collect::<Read<_>>()?;
    index_parameters(cursor)?;
    finish(cursor, name, |attributes| {
        if primary {
            ConstraintKind::PrimaryKey { columns }
        } else {
            ConstraintKind::Unique {
                columns,
                deferrable: attributes.deferrable,
                nulls_distinct,
            }
        }
    })
}

/// `NULLS [NOT] DISTINCT`
pub(super) fn nulls_distinct(cursor: &mut Cursor<'_>) -> Option<bool> {
    if cursor.eat(&["nulls", "not", "distinct"]) {
        Some(false)
    } else {
        cursor.eat(&["nulls", "distinct"]).then_some(true)
    }
}

/// `INCLUDE (..) WITH (..) USING INDEX TABLESPACE ..`: the tablespace.
pub(super) fn index_parameters(cursor: &mut Cursor<'_>) -> Read<Option<String>> {
    if cursor.eat(&["include"]) {
        cursor.brackets()?;
    }
    if cursor.eat(&["with"]) {
        cursor.brackets()?;
    }
    let is_placed = cursor.eat(&["using", "index", "tablespace"]);
    is_placed.then(|| cursor.name()).transpose()
}

/// Everything behind `EXCLUDE`.
fn exclusion(cursor: &mut Cursor<'_>) -> Read<SqlExpression> {
    let start = cursor.at;
    if cursor.eat(&["using"]) {
        cursor.name()?;
    }
    let inside = cursor.brackets()?;
    index_parameters(cursor)?;
    if cursor.eat(&["where"]) {
        cursor.brackets()?;
    }
    let definition = &cursor.tokens[start..cursor.at];
    Ok(SqlExpression {
        columns: expression(cursor, inside).columns,
        sql: cursor.sql(definition),
    })
}

/// What follows `REFERENCES`.
pub(super) fn references(
    cursor: &mut Cursor<'_>,
    table: &str,
    name: Option<Name>,
    columns: Vec<Identifier>,
) -> Read<(ForeignKey, Attributes)> {
    let to_table = cursor.relation_identifier()?;
    let to_columns = if cursor.sees_symbol("(") {
        cursor.names_in_brackets()?
    } else {
        Vec::new()
    };
    if cursor.eat(&["match"]) {
        cursor.name()?;
    }
    let mut on_delete = None;
    while cursor.eat(&["on"]) {
        let is_delete = cursor.eat(&["delete"]);
        if !is_delete {
            cursor.expect("update")?;
        }
        let action = action(cursor)?;
        if is_delete {
            on_delete = Some(action);
        }
    }
    let attributes = Attributes::read(cursor)?;
    let joined: Vec<&str> = columns.iter().filter_map(Identifier::known).collect();
    let joined = joined.join("_");
    let derived = || match columns.iter().find_map(Identifier::unknown) {
        Some(unknown) => Name::Unknown(unknown.derived("a foreign key")),
        // `table_key` of a table whose name is not known.
        None if table == NAMELESS => Name::Unknown(Unknown::new("its table is known only when the code runs")),
        None => Name::Given(object_name(table, Some(&joined), "fkey", |_| false)),
    };
    let key = ForeignKey {
        name: name.unwrap_or_else(derived),
        columns,
        to_table,
        to_columns: to_columns.into_iter().map(Identifier::Known).collect(),
        on_delete,
        deferrable: attributes.deferrable == Some(Deferrability::InitiallyDeferred),
    };
    Ok((key, attributes))
}

fn action(cursor: &mut Cursor<'_>) -> Read<String> {
    let start = cursor.at;
    if cursor.eat(&["set"]) {
        cursor.name()?;
        if cursor.sees_symbol("(") {
            cursor.brackets()?;
        }
    } else if cursor.eat(&["no"]) {
        cursor.expect("action")?;
    } else {
        cursor.name()?;
    }
    let tokens: &[Token] = &cursor.tokens[start..cursor.at];
    Ok(cursor.source(tokens).to_uppercase())
}
