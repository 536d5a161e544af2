//! Column types and column definitions.

use crate::data_type::DataType;
use crate::statement::{Column, ConstraintKind, DefaultValue, ForeignKey, Generated, Name, TableConstraint};

use super::constraint::{self, Attributes};
use super::cursor::{Cursor, Read};
use super::expression::{expression, volatility};
use super::token::Token;

/// A column definition, and the constraints in it that a [`Column`] has no place for.
pub(super) struct Definition {
    pub column: Column,
    pub more: Vec<TableConstraint>,
}

/// Words that end a type or a default, because a column constraint begins.
const CONSTRAINT_WORDS: &[&str] = &[
    "constraint",
    "not",
    "null",
    "check",
    "default",
    "generated",
    "unique",
    "primary",
    "references",
    "collate",
    "storage",
    "compression",
    "options",
    "deferrable",
    "initially",
    "enforced",
    "using",
    "with",
];

/// Reads a type; its schema falls away where it needs no writing.
pub(super) fn data_type(cursor: &mut Cursor<'_>) -> Read<DataType> {
    cursor.eat(&["setof"]);
    let start = cursor.at;
    let mut name_start = start;
    let first = cursor.name()?;
    let mut schema = first.clone();
    while cursor.eat_symbol(".") {
        if matches!(schema.as_str(), "public" | "pg_catalog") {
            name_start = cursor.at;
        }
        schema = cursor.name()?;
    }
    match first.as_str() {
        "double" => cursor.expect("precision")?,
        "character" | "char" | "bit" | "nchar" => {
            cursor.eat(&["varying"]);
        }
        "national" => {
            cursor.name()?;
            cursor.eat(&["varying"]);
        }
        "interval" => interval_fields(cursor),
        _ => {}
    }
    if cursor.sees_symbol("(") {
        cursor.brackets()?;
    }
    if matches!(first.as_str(), "timestamp" | "time") && (cursor.sees(&["with", "time"]) || cursor.sees(&["without"])) {
        cursor.at += 1;
        cursor.expect("time")?;
        cursor.expect("zone")?;
    }
    cursor.eat(&["array"]);
    while cursor.eat_symbol("[") {
        while !cursor.is_done() && !cursor.eat_symbol("]") {
            cursor.at += 1;
        }
    }
    Ok(DataType::of(cursor.sql(&cursor.tokens[name_start..cursor.at])))
}

/// `day to second(3)`
fn interval_fields(cursor: &mut Cursor<'_>) {
    const FIELDS: &[&str] = &["year", "month", "day", "hour", "minute", "second"];
    if cursor.eat_one_of(FIELDS).is_some() && cursor.eat(&["to"]) {
        cursor.eat_one_of(FIELDS);
    }
}

/// `name type constraint ..`
pub(super) fn definition(cursor: &mut Cursor<'_>, table: &str) -> Read<Definition> {
    let name = cursor.identifier()?;
    let data_type = data_type(cursor)?;
    let mut definition = Definition {
        column: Column::plain(name, data_type),
        more: Vec::new(),
    };
    while !cursor.is_done() && !cursor.sees_symbol(",") {
        definition.constraint(cursor, table)?;
    }
    Ok(definition)
}

impl Definition {
    fn constraint(&mut self, cursor: &mut Cursor<'_>, table: &str) -> Read<()> {
        let name = if cursor.eat(&["constraint"]) {
            Some(cursor.name()?)
        } else {
            None
        };
        let column = &mut self.column;
        if cursor.eat(&["not", "null"]) {
            column.not_null = true;
            Attributes::read(cursor)?;
        } else if cursor.eat(&["null"]) {
        } else if cursor.eat(&["default"]) {
            column.default = Some(default(cursor));
        } else if cursor.eat(&["collate"]) {
            column.collation = Some(cursor.relation()?);
        } else if cursor.eat(&["storage"]) || cursor.eat(&["compression"]) {
            cursor.name()?;
        } else if cursor.eat(&["generated"]) {
            self.generated(cursor)?;
        } else if cursor.eat(&["primary", "key"]) {
            column.primary_key = true;
            column.key_name = name;
            column.index_tablespace = constraint::index_parameters(cursor)?;
            Attributes::read(cursor)?;
        } else if cursor.eat(&["unique"]) {
            column.unique = true;
            column.key_name = name;
            constraint::nulls_distinct(cursor);
            column.index_tablespace = constraint::index_parameters(cursor)?;
            Attributes::read(cursor)?;
        } else if cursor.eat(&["check"]) {
            self.check(cursor, name)?;
        } else if cursor.eat(&["references"]) {
            let columns = vec![column.name.clone()];
            let (key, attributes) = constraint::references(cursor, table, name.map(Name::Given), columns)?;
            self.references(key, attributes);
        } else if cursor.eat(&["options"]) {
            // Of a foreign table.
            cursor.brackets()?;
        } else {
            Attributes::read_some(cursor)?;
        }
        Ok(())
    }

    fn generated(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        if !cursor.eat(&["by", "default"]) {
            cursor.expect("always")?;
        }
        cursor.expect("as")?;
        if cursor.eat(&["identity"]) {
            self.column.identity = true;
            self.column.not_null = true;
            if cursor.sees_symbol("(") {
                cursor.brackets()?;
            }
            return Ok(());
        }
        let inside = cursor.brackets()?;
        self.column.generated = Some(Generated {
            expression: expression(cursor, inside),
            stored: cursor.eat(&["stored"]),
        });
        cursor.eat(&["virtual"]);
        Ok(())
    }

    fn check(&mut self, cursor: &mut Cursor<'_>, name: Option<String>) -> Read<()> {
        let inside = cursor.brackets()?;
        let check = expression(cursor, inside);
        let attributes = Attributes::read(cursor)?;
        if self.column.check.is_none() && attributes.enforced != Some(false) {
            self.column.check = Some(check);
            self.column.check_name = name;
        } else {
            self.more.push(TableConstraint {
                name: name.map(Name::Given),
                kind: ConstraintKind::Check(check),
                not_valid: attributes.is_not_valid(),
            });
        }
        Ok(())
    }

    fn references(&mut self, key: ForeignKey, attributes: Attributes) {
        if self.column.references.is_none() && !attributes.is_not_valid() {
            self.column.references = Some(key);
        } else {
            self.more.push(TableConstraint {
                name: Some(key.name.clone()),
                kind: ConstraintKind::ForeignKey(key),
                not_valid: attributes.is_not_valid(),
            });
        }
    }
}

/// The expression behind `DEFAULT`: up to the next column constraint.
pub(super) fn default(cursor: &mut Cursor<'_>) -> DefaultValue {
    let mut cases = 0usize;
    let mut is_first = true;
    let tokens = cursor.until(|token| {
        let first = std::mem::replace(&mut is_first, false);
        cases += usize::from(token.is("case"));
        if token.is("end") {
            cases = cases.saturating_sub(1);
        }
        !first && cases == 0 && ends_default(token)
    });
    DefaultValue {
        sql: cursor.sql(tokens),
        volatility: volatility(tokens, cursor.reading),
    }
}

fn ends_default(token: &Token) -> bool {
    token.is_symbol(",")
        || token
            .word()
            .is_some_and(|word| CONSTRAINT_WORDS.contains(&word) && word != "with")
}
