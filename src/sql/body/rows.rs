//! Queries whose rows stand in them: `VALUES ('a'), ('b')`, `SELECT unnest(ARRAY['a', 'b'])`.

use crate::sql::cursor::Cursor;
use crate::sql::token::Token;

use super::folding::{Folding, is_one_bracket, without_cast};
use super::structure::Tokens;
use super::text::{MOST_ITEMS, Value};

/// Rows that are known, with the names of their columns.
pub(super) struct Rows {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Value>>,
}

impl Folding<'_> {
    /// The rows of a query; `None` if they come from tables.
    pub(super) fn rows(&self, cursor: &Cursor<'_>, query: Tokens<'_>) -> Option<Rows> {
        let query = without_brackets(query);
        let [first, rest @ ..] = query else { return None };
        if first.is("values") {
            return self.values(rest, Vec::new());
        }
        if !first.is("select") {
            return None;
        }
        let mut after = cursor.over(rest);
        let selected = after.until(|token| token.is("from") || token.is("where") || token.is("order"));
        if !after.eat(&["from"]) {
            return if after.is_done() { self.unnested(selected) } else { None };
        }
        let source = after.until(|token| token.is("where") || token.is("order") || token.is_symbol(","));
        // A condition or an order leaves fewer rows, or others first: no more than these are gone through.
        self.source(cursor, selected, source)
    }

    /// `SELECT unnest(ARRAY[..]) [AS name]`
    fn unnested(&self, selected: Tokens<'_>) -> Option<Rows> {
        let [unnest, rest @ ..] = selected else { return None };
        let end = bracket(rest)?;
        if !unnest.is("unnest") {
            return None;
        }
        let column = match &rest[end..] {
            [] => "unnest",
            [name] => name.name()?,
            [as_, name] if as_.is("as") => name.name()?,
            _ => return None,
        };
        self.items(&rest[1..end - 1], column)
    }

    fn items(&self, array: Tokens<'_>, column: &str) -> Option<Rows> {
        let Value::List(items) = self.value(array) else {
            return None;
        };
        Some(Rows {
            columns: vec![column.to_owned()],
            rows: items.iter().map(|item| vec![item.clone()]).collect(),
        })
    }

    /// `(VALUES ..) AS t (a, b)`, `unnest(ARRAY[..]) AS t`
    fn source(&self, cursor: &Cursor<'_>, selected: Tokens<'_>, source: Tokens<'_>) -> Option<Rows> {
        let is_unnest = source.first()?.is("unnest");
        let list = if is_unnest { &source[1..] } else { source };
        let end = bracket(list)?;
        let mut alias = cursor.over(&list[end..]);
        alias.eat(&["as"]);
        let name = alias.name().ok();
        let columns = alias.names_in_brackets().unwrap_or_default();
        if !alias.is_done() {
            return None;
        }
        let inside = &list[1..end - 1];
        let rows = if is_unnest {
            let column = columns.first().cloned().or(name)?;
            self.items(inside, &column)?
        } else {
            let [values, rest @ ..] = inside else { return None };
            if !values.is("values") {
                return None;
            }
            self.values(rest, columns)?
        };
        chosen(rows, selected)
    }

    fn values(&self, tokens: Tokens<'_>, columns: Vec<String>) -> Option<Rows> {
        let rows = Cursor::comma_separated(tokens);
        if rows.len() > MOST_ITEMS {
            return None;
        }
        let row = |row: &Tokens<'_>| {
            let fields = is_one_bracket(row).then(|| Cursor::comma_separated(&row[1..row.len() - 1]))?;
            Some(fields.into_iter().map(|field| self.value(field)).collect::<Vec<_>>())
        };
        let rows = rows.iter().map(row).collect::<Option<Vec<_>>>()?;
        let width = rows.first().map_or(0, Vec::len);
        let named = columns.into_iter().map(Some).chain(std::iter::repeat(None));
        let columns = named
            .take(width)
            .enumerate()
            .map(|(at, name)| name.unwrap_or_else(|| format!("column{}", at + 1)));
        Some(Rows {
            columns: columns.collect(),
            rows,
        })
    }
}

/// The columns behind SELECT: all, or some by their names.
fn chosen(rows: Rows, selected: Tokens<'_>) -> Option<Rows> {
    if matches!(selected, [star] if star.is_symbol("*")) {
        return Some(rows);
    }
    let mut picked = Vec::new();
    for column in Cursor::comma_separated(selected) {
        let (source, name) = match without_cast(column) {
            [name] => (name.name()?, name.name()?),
            [_, dot, name] if dot.is_symbol(".") => (name.name()?, name.name()?),
            [source, as_, name] if as_.is("as") => (source.name()?, name.name()?),
            _ => return None,
        };
        let at = rows.columns.iter().position(|known| known == source)?;
        picked.push((at, name.to_owned()));
    }
    let pick = |row: &Vec<Value>| {
        let fields = picked.iter().map(|(at, _)| row.get(*at).cloned());
        fields.map(|field| field.unwrap_or(Value::Unknown)).collect()
    };
    Some(Rows {
        rows: rows.rows.iter().map(pick).collect(),
        columns: picked.into_iter().map(|(_, name)| name).collect(),
    })
}

fn without_brackets(tokens: Tokens<'_>) -> Tokens<'_> {
    let mut tokens = tokens;
    while is_one_bracket(tokens) && tokens[0].is_symbol("(") {
        tokens = &tokens[1..tokens.len() - 1];
    }
    tokens
}

/// Behind which token the bracket that opens here closes.
fn bracket(tokens: Tokens<'_>) -> Option<usize> {
    if !tokens.first().is_some_and(|token| token.is_symbol("(")) {
        return None;
    }
    let mut depth = 0i32;
    let end = tokens.iter().position(|token: &Token| {
        depth += token.nesting();
        depth == 0
    })?;
    Some(end + 1)
}
