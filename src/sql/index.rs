//! `CREATE INDEX`.

use crate::catalog::object_name;
use crate::statement::{CreateIndex, IndexItem, Name, SqlExpression, Statement};

use crate::unknown::Identifier;

use super::cursor::{Cursor, Read};
use super::expression::expression;
use super::token::Token;

/// Everything behind `CREATE [UNIQUE] INDEX`.
pub(super) fn create(cursor: &mut Cursor<'_>, unique: bool) -> Read<Vec<Statement>> {
    let concurrently = cursor.eat(&["concurrently"]);
    let if_not_exists = cursor.if_not_exists();
    let given = if cursor.sees(&["on"]) {
        None
    } else {
        Some(Name::from(cursor.relation_identifier()?))
    };
    cursor.expect("on")?;
    let only = cursor.sees(&["only"]);
    let table = cursor.table_identifier()?;
    let using = if cursor.eat(&["using"]) {
        Some(cursor.name()?)
    } else {
        None
    };
    let inside = cursor.brackets()?;
    let items: Vec<IndexItem> = Cursor::comma_separated(inside)
        .into_iter()
        .map(|tokens| item(&mut cursor.over(tokens)))
        .collect::<Read<_>>()?;
    let include = if cursor.eat(&["include"]) {
        cursor.identifiers_in_brackets()?
    } else {
        Vec::new()
    };
    let nulls_distinct = super::constraint::nulls_distinct(cursor);
    let with = if cursor.eat(&["with"]) {
        let parameters = cursor.brackets()?;
        Some(cursor.sql(parameters))
    } else {
        None
    };
    let tablespace = if cursor.eat(&["tablespace"]) {
        Some(cursor.name()?)
    } else {
        None
    };
    let condition = if cursor.eat(&["where"]) {
        let tokens = cursor.rest();
        Some(expression(cursor, tokens))
    } else {
        None
    };
    cursor.expect_end()?;
    let is_unnamed = given.is_none();
    let name = given.unwrap_or_else(|| default_name(&table, &items));
    Ok(vec![Statement::CreateIndex(CreateIndex {
        name,
        is_unnamed,
        table,
        unique,
        concurrently,
        using,
        items,
        include,
        nulls_distinct,
        with,
        tablespace,
        condition,
        if_not_exists,
        only,
    })])
}

/// See `ChooseIndexName` in src/backend/commands/indexcmds.c.
fn default_name(table: &Identifier, items: &[IndexItem]) -> Name {
    let columns = items.iter().filter_map(|item| match item {
        IndexItem::Column { name, .. } => Some(name),
        IndexItem::Expression(_) => None,
    });
    if let Some(unknown) = columns.chain([table]).find_map(Identifier::unknown) {
        return Name::Unknown(unknown.derived("an index"));
    }
    let parts: Vec<&str> = items
        .iter()
        .map(|item| match item {
            IndexItem::Column { name, .. } => name.known().unwrap_or_default(),
            IndexItem::Expression(_) => "expr",
        })
        .collect();
    let table = table.known().unwrap_or_default();
    Name::Given(object_name(table, Some(&parts.join("_")), "idx", |_| false))
}

fn item(cursor: &mut Cursor<'_>) -> Read<IndexItem> {
    let start = cursor.at;
    let is_column = cursor.peek().is_some_and(Token::is_name)
        && !cursor
            .peek_at(1)
            .is_some_and(|token| token.is_symbol("(") || token.is_symbol("."));
    if is_column {
        let name = cursor.identifier()?;
        let behind = behind(cursor)?;
        if behind.is_collated {
            // Django has no other word for it either.
            return Ok(IndexItem::Expression(SqlExpression {
                sql: cursor.sql(&cursor.tokens[start..behind.end]),
                columns: name.known().map(str::to_owned).into_iter().collect(),
            }));
        }
        return Ok(IndexItem::Column {
            name,
            operator_class: behind.operator_class,
            suffix: behind.order,
        });
    }
    if cursor.sees_symbol("(") {
        cursor.brackets()?;
    } else {
        cursor.relation()?;
        cursor.brackets()?;
    }
    let tokens: &[Token] = &cursor.tokens[start..cursor.at];
    let read = expression(cursor, tokens);
    let behind = behind(cursor)?;
    Ok(IndexItem::Expression(SqlExpression {
        sql: cursor.sql(&cursor.tokens[start..behind.end]),
        ..read
    }))
}

/// What follows a column or an expression.
struct Behind {
    is_collated: bool,
    operator_class: Option<String>,
    order: Option<String>,
    /// The first token that is no part of the item.
    end: usize,
}

/// Collation and operator class, then order.
fn behind(cursor: &mut Cursor<'_>) -> Read<Behind> {
    let is_collated = cursor.eat(&["collate"]);
    if is_collated {
        cursor.relation()?;
    }
    let is_order = cursor.sees(&["asc"]) || cursor.sees(&["desc"]) || cursor.sees(&["nulls"]);
    let operator_class = if cursor.is_done() || is_order || cursor.sees(&["with"]) {
        None
    } else {
        let class = cursor.relation()?;
        if cursor.sees_symbol("(") {
            cursor.brackets()?;
        }
        Some(class)
    };
    let start = cursor.at;
    cursor.eat_one_of(&["asc", "desc"]);
    if cursor.eat(&["nulls"]) && cursor.eat_one_of(&["first", "last"]).is_none() {
        return cursor.fail("FIRST or LAST");
    }
    let order: &[Token] = &cursor.tokens[start..cursor.at];
    let order = (!order.is_empty()).then(|| cursor.source(order));
    let end = cursor.at;
    // `WITH operator` in an exclusion constraint.
    if cursor.eat(&["with"]) {
        cursor.rest();
    }
    cursor.expect_end()?;
    Ok(Behind {
        is_collated,
        operator_class,
        order,
        end,
    })
}
