//! What stands behind the columns of an INSERT: its rows, and the key that `ON CONFLICT` asks for.

use crate::statement::{Conflict, InsertedRows};

use super::cursor::Cursor;
use super::query;
use super::token::Token;

/// Reads it from what stands behind the columns of an INSERT.
pub(super) fn read<'a>(cursor: &Cursor<'a>, tokens: &'a [Token]) -> Option<Conflict> {
    let mut depth = 0i32;
    let at = tokens.windows(2).position(|pair| {
        depth += pair[0].nesting();
        depth == 0 && pair[0].is("on") && pair[1].is("conflict")
    })?;
    let mut cursor = cursor.over(&tokens[at + 2..]);
    if cursor.eat(&["on", "constraint"]) {
        return cursor.name().ok().map(Conflict::Constraint);
    }
    if cursor.sees_symbol("(") {
        let inside = cursor.brackets().ok()?;
        let partial = cursor.sees(&["where"]);
        return Some(columns(inside).map_or(Conflict::Expressions, |columns| Conflict::Columns { columns, partial }));
    }
    Some(if cursor.sees(&["do", "nothing"]) {
        Conflict::Any
    } else {
        Conflict::Missing
    })
}

/// The rows of `VALUES`, where that is all; of a query, whether it leaves some out.
pub(super) fn rows<'a>(cursor: &Cursor<'a>, tokens: &'a [Token]) -> InsertedRows {
    let mut cursor = cursor.over(tokens);
    let (mut widths, mut nulls) = (Vec::new(), Vec::new());
    if query::leaves_rows_out(tokens) {
        return InsertedRows::Chosen;
    }
    if !cursor.eat(&["values"]) {
        return InsertedRows::Others;
    }
    loop {
        let Ok(row) = cursor.brackets() else {
            return InsertedRows::Others;
        };
        let values = Cursor::comma_separated(row);
        let is_null = |value: &&[Token]| matches!(value, [null] if null.is("null"));
        // A part that is not known may be several values.
        let is_open = |value: &&[Token]| matches!(value, [value] if value.unknown_whole().is_some());
        if values.iter().any(is_open) {
            return InsertedRows::Others;
        }
        widths.push(values.len());
        nulls.extend(
            values
                .iter()
                .enumerate()
                .filter(|(_, value)| is_null(value))
                .map(|(at, _)| at),
        );
        if !cursor.eat_symbol(",") {
            return InsertedRows::Values { widths, nulls };
        }
    }
}

/// Columns and nothing else: a collation or an operator class asks for an index of its own.
fn columns(inside: &[Token]) -> Option<Vec<String>> {
    let items = Cursor::comma_separated(inside).into_iter();
    items
        .map(|item| match item {
            [column] => column.name().map(str::to_owned),
            _ => None,
        })
        .collect()
}
