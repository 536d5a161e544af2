//! Statements that read and write rows.

use crate::row_work::{Assigned, Rows};
use crate::statement::{Command, InsertedRows, QueryReads, Statement};

use super::certain;
use super::conditions::{Joined, assigned, rows};
use super::conflict;
use super::cursor::{Cursor, Problem, Read};
use super::expression::{Mention, calls};
use super::functions::built_in;
use super::heads::{self, command};
use super::query;
use super::reading::Reading;
use super::session::set_by_functions;
use super::token::Token;

/// Functions of which a SELECT may be made for what they do; none of them touches a table's rows.
const HARMLESS: &[&str] = &[
    "pg_advisory_lock",
    "pg_advisory_xact_lock",
    "pg_advisory_unlock",
    "pg_advisory_unlock_all",
    "pg_get_serial_sequence",
    "pg_notify",
    "pg_sleep",
    "pg_terminate_backend",
    "pg_try_advisory_lock",
    "pg_try_advisory_xact_lock",
    "setseed",
];

/// `SELECT`, `VALUES`, `TABLE`
pub(super) fn select(cursor: &mut Cursor<'_>) -> Read<Vec<Statement>> {
    let start = cursor.at;
    let tokens = cursor.rest();
    let reads = query::reads(cursor, tokens);
    if let Some(table) = select_into(&cursor.over(&cursor.tokens[start..])) {
        return Ok(vec![command(
            cursor,
            Command::CreateTableAs {
                table,
                if_not_exists: false,
                reads,
            },
        )]);
    }
    if let Some(function) = unknown_call(tokens, cursor.reading) {
        return Err(Problem::Other(format!(
            "calls `{function}`, and what that does is not known"
        )));
    }
    let settings = set_by_functions(cursor, tokens)?.into_iter().map(Command::Session);
    let read = std::iter::once(Command::Select { reads }).chain(settings);
    Ok(read.map(|read| command(cursor, read)).collect())
}

/// `SELECT .. INTO table FROM ..`, at the top.
fn select_into(cursor: &Cursor<'_>) -> Option<String> {
    let mut cursor = cursor.clone();
    cursor.until(|token| token.is("into") || token.is("from") || token.is("where"));
    if !cursor.eat(&["into"]) {
        return None;
    }
    cursor.eat_one_of(&["temporary", "temp", "unlogged"]);
    cursor.eat(&["table"]);
    cursor.relation().ok()
}

/// A function that is neither Postgres's own nor harmless: it may do anything.
fn unknown_call<'a>(tokens: &'a [Token], reading: Reading<'_>) -> Option<&'a str> {
    let is_read_only = |name: &str| {
        reading.volatility(name) == Some(crate::statement::Volatility::Stable)
            || built_in(name).is_some()
            || !reading.bodies(name).is_empty()
            || HARMLESS.contains(&name)
            || (name.starts_with("pg_") && !name.starts_with("pg_drop"))
            || name.starts_with("st_")
    };
    calls(tokens).into_iter().find(|name| !is_read_only(name))
}

/// `UPDATE table SET ..`
pub(super) fn update(cursor: &mut Cursor<'_>) -> Read<Vec<Statement>> {
    cursor.expect("update")?;
    let table = cursor.table()?;
    let own = alias(cursor, "set");
    cursor.expect("set")?;
    let start = cursor.at;
    let assignments = cursor.until(|token| token.is("where") || token.is("from") || token.is("returning"));
    let assigned: Vec<(String, Assigned)> = Cursor::comma_separated(assignments)
        .into_iter()
        .flat_map(assigned)
        .collect();
    let (columns, mut values): (Vec<String>, Vec<Assigned>) = assigned.into_iter().unzip();
    let mut reads = query::reads(cursor, assignments);
    let mut joined = Joined::Nothing;
    if cursor.sees(&["from"]) {
        let tokens = cursor.until(|token| token.is("where") || token.is("returning"));
        joined = Joined::with(tokens);
        merge(&mut reads, query::reads(cursor, tokens));
    }
    // Only those get the value that the other table has a row for.
    if joined != Joined::Nothing {
        values.fill(Assigned::Own);
    }
    let (rows, inner) = condition(cursor, joined)?;
    merge(&mut reads, inner);
    reads.certain.extend(certain(cursor, start, &table, own.as_deref()));
    Ok(vec![command(
        cursor,
        Command::Update {
            table,
            columns,
            values,
            rows,
            reads,
        },
    )])
}

/// `DELETE FROM table ..`
pub(super) fn delete(cursor: &mut Cursor<'_>) -> Read<Vec<Statement>> {
    cursor.expect("delete")?;
    cursor.expect("from")?;
    let table = cursor.table()?;
    let own = alias(cursor, "using");
    let start = cursor.at;
    let mut reads = QueryReads::default();
    let mut joined = Joined::Nothing;
    if cursor.sees(&["using"]) {
        let tokens = cursor.until(|token| token.is("where") || token.is("returning"));
        joined = Joined::with(tokens);
        reads = query::reads(cursor, tokens);
    }
    let (rows, inner) = condition(cursor, joined)?;
    merge(&mut reads, inner);
    reads.certain.extend(certain(cursor, start, &table, own.as_deref()));
    Ok(vec![command(cursor, Command::Delete { table, rows, reads })])
}

/// The columns of the table itself that can be nothing else.
fn certain(cursor: &Cursor<'_>, start: usize, table: &str, alias: Option<&str>) -> Vec<(String, String)> {
    if cursor.reading.has_variables() {
        return Vec::new();
    }
    let tokens = &cursor.tokens[start..cursor.at];
    let is_alone = !["select", "from", "using", "returning"]
        .iter()
        .any(|word| tokens.iter().any(|token| token.is(word)));
    let is_own = |mention: &Mention<'_>| match mention.qualifier {
        Some(qualifier) => is_alone && qualifier == alias.unwrap_or(table),
        None => is_alone && Some(mention.name) != alias && mention.name != table,
    };
    let found = certain::in_tokens(tokens).into_iter().filter(is_own);
    found
        .map(|mention| (table.to_owned(), mention.name.to_owned()))
        .collect()
}

fn alias(cursor: &mut Cursor<'_>, next: &str) -> Option<String> {
    let is_alias = cursor.eat(&["as"])
        || cursor.peek().is_some_and(|token| {
            token.name().is_some() && ![next, "where", "returning"].iter().any(|word| token.is(word))
        });
    if !is_alias {
        return None;
    }
    let alias = cursor.name().ok();
    cursor.at += usize::from(alias.is_none());
    alias
}

/// `WHERE ..`, and what its subqueries read.
fn condition(cursor: &mut Cursor<'_>, joined: Joined) -> Read<(Rows, QueryReads)> {
    if !cursor.eat(&["where"]) {
        if !cursor.is_done() && !cursor.sees(&["returning"]) {
            return cursor.fail("WHERE");
        }
        cursor.rest();
        return Ok((Rows::All, QueryReads::default()));
    }
    let tokens = cursor.until(|token| token.is("returning"));
    if tokens.is_empty() {
        return cursor.fail("a condition");
    }
    let reads = query::reads(cursor, tokens);
    cursor.rest();
    Ok((rows(tokens, joined), reads))
}

/// `INSERT INTO table ..`
pub(super) fn insert(cursor: &mut Cursor<'_>) -> Read<Vec<Statement>> {
    cursor.expect("insert")?;
    cursor.expect("into")?;
    let table = cursor.relation()?;
    if cursor.eat(&["as"]) {
        cursor.name()?;
    }
    let mut columns = Vec::new();
    if cursor.sees_symbol("(")
        && !cursor
            .peek_at(1)
            .is_some_and(|token| token.is("select") || token.is("with"))
    {
        columns = listed_columns(cursor.brackets()?);
    }
    cursor.eat(&["overriding", "system", "value"]);
    cursor.eat(&["overriding", "user", "value"]);
    let is_source = ["values", "select", "with", "default", "table"]
        .iter()
        .any(|word| cursor.sees(&[word]));
    if !is_source && !cursor.sees_symbol("(") {
        return cursor.fail("VALUES or a query");
    }
    let tokens = cursor.rest();
    let mut reads = query::reads(cursor, tokens);
    let conflict = conflict::read(cursor, tokens);
    let rows = conflict::rows(cursor, tokens);
    if conflict.is_some() || tokens.iter().any(|token| token.is("returning")) {
        // There stand columns of the table that is written, and of `excluded`.
        reads.certain.clear();
    }
    Ok(vec![command(
        cursor,
        Command::Insert {
            table,
            columns,
            reads,
            rows,
            conflict,
        },
    )])
}

/// `(a, b)`; nothing where an item is more than a name, such as a part of an array.
fn listed_columns(inside: &[Token]) -> Vec<String> {
    let items = inside.split(|token| token.is_symbol(","));
    let columns: Option<Vec<String>> = items
        .map(|item| match item {
            [column] => column.name().map(str::to_owned),
            _ => None,
        })
        .collect();
    columns.unwrap_or_default()
}

/// `MERGE INTO table USING ..`: writes some rows, deletes some, adds some.
pub(super) fn merge_into(cursor: &mut Cursor<'_>) -> Read<Vec<Statement>> {
    cursor.expect("merge")?;
    cursor.expect("into")?;
    let table = cursor.table()?;
    let tokens = cursor.rest();
    let mut reads = query::reads(cursor, tokens);
    if let Some(at) = tokens.iter().position(|token| token.is("using")) {
        let mut source = cursor.over(&tokens[at + 1..]);
        reads.relations.extend(source.relation());
    }
    Ok(vec![command(
        cursor,
        Command::Update {
            table,
            columns: Vec::new(),
            values: Vec::new(),
            rows: Rows::unknown(),
            reads,
        },
    )])
}

/// `COPY table FROM ..`, `COPY (query) TO ..`
pub(super) fn copy(cursor: &mut Cursor<'_>) -> Read<Vec<Statement>> {
    cursor.expect("copy")?;
    if cursor.sees_symbol("(") {
        let inside = cursor.brackets()?;
        cursor.rest();
        let reads = query::reads(cursor, inside);
        return Ok(vec![command(cursor, Command::Select { reads })]);
    }
    let table = cursor.relation()?;
    let columns = if cursor.sees_symbol("(") {
        listed_columns(cursor.brackets()?)
    } else {
        Vec::new()
    };
    let is_from = cursor.eat(&["from"]);
    if !is_from {
        cursor.expect("to")?;
    }
    cursor.rest();
    let read = if is_from {
        Command::Insert {
            table,
            columns,
            reads: QueryReads::default(),
            rows: InsertedRows::Others,
            conflict: None,
        }
    } else {
        Command::Select {
            reads: QueryReads {
                relations: vec![table],
                ..QueryReads::default()
            },
        }
    };
    Ok(vec![command(cursor, read)])
}

/// `WITH name AS (..), .. statement`: what changes rows inside the brackets counts too.
pub(super) fn with(cursor: &mut Cursor<'_>, depth: usize) -> Read<Vec<Statement>> {
    let start = cursor.at;
    cursor.expect("with")?;
    cursor.eat(&["recursive"]);
    let mut statements = Vec::new();
    loop {
        cursor.name()?;
        if cursor.sees_symbol("(") {
            cursor.brackets()?;
        }
        cursor.expect("as")?;
        cursor.eat(&["not"]);
        cursor.eat(&["materialized"]);
        let inside = cursor.brackets()?;
        let changes = ["insert", "update", "delete", "merge"];
        if inside
            .first()
            .is_some_and(|first| changes.iter().any(|word| first.is(word)))
        {
            statements.extend(heads::read(cursor.text, inside, cursor.reading, depth + 1)?);
        }
        search_and_cycle(cursor)?;
        if !cursor.eat_symbol(",") {
            break;
        }
    }
    let whole = &cursor.tokens[start..];
    let main = match cursor.peek().and_then(Token::word) {
        Some("insert") => insert(cursor)?,
        Some("update") => update(cursor)?,
        Some("delete") => delete(cursor)?,
        Some("merge") => merge_into(cursor)?,
        _ => select(cursor)?,
    };
    // What the common tables read is read by the whole.
    let all = query::reads(cursor, whole);
    statements.extend(main.into_iter().map(|statement| reading(statement, &all)));
    Ok(statements)
}

/// `SEARCH .. SET column`, `CYCLE .. SET column [TO .. DEFAULT ..] USING column`
fn search_and_cycle(cursor: &mut Cursor<'_>) -> Read<()> {
    if cursor.eat(&["search"]) {
        cursor.until(|token| token.is("set"));
        cursor.expect("set")?;
        cursor.name()?;
    }
    if cursor.eat(&["cycle"]) {
        cursor.until(|token| token.is("using"));
        cursor.expect("using")?;
        cursor.name()?;
    }
    Ok(())
}

fn reading(mut statement: Statement, all: &QueryReads) -> Statement {
    if let Statement::Command { command, .. } = &mut statement {
        match command.as_mut() {
            Command::Select { reads } | Command::Insert { reads, .. } | Command::CreateTableAs { reads, .. } => {
                reads.clone_from(all);
            }
            Command::Update { reads, table, .. } | Command::Delete { reads, table, .. } => {
                reads.clone_from(all);
                reads.relations.retain(|relation| relation != table);
            }
            _ => {}
        }
    }
    statement
}

fn merge(into: &mut QueryReads, more: QueryReads) {
    into.relations.extend(more.relations);
    into.columns.extend(more.columns);
    into.stars.extend(more.stars);
    into.calls.extend(more.calls);
    into.certain.extend(more.certain);
}
