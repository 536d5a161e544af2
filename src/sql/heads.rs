//! The first words of a statement, and who reads the rest.

use crate::lock::LockMode;
use crate::statement::{Command, ReindexTarget, Statement, TransactionChange};

use super::cursor::{Cursor, Problem, Read};
use super::reading::Reading;
use super::token::{Kind, Token};
use super::{alter, body, create, drop, holes, rows, session};

/// Blocks within blocks within `WITH` deeper than this are not followed.
const DEEPEST: usize = 8;

/// The statements that the tokens of one SQL statement make.
pub(super) fn read(text: &str, tokens: &[Token], reading: Reading<'_>, depth: usize) -> Read<Vec<Statement>> {
    if depth > DEEPEST {
        return Err(Problem::Other("is nested too deep".to_owned()));
    }
    let depth_at_end: i32 = tokens.iter().map(Token::nesting).sum();
    if depth_at_end != 0 {
        return Err(Problem::Other("its brackets do not match".to_owned()));
    }
    if let Some(unknown) = holes::open_part(tokens).and_then(Token::unknown) {
        return Err(Problem::Other(unknown.reason().to_owned()));
    }
    let mut cursor = Cursor::new(text, tokens, reading);
    let Some(head) = cursor.peek() else {
        return Ok(Vec::new());
    };
    let Some(word) = head.word() else {
        if head.is_symbol("(") {
            return rows::select(&mut cursor);
        }
        return cursor.fail("a statement");
    };
    match word {
        "create" => {
            cursor.at += 1;
            create::read(&mut cursor, depth)
        }
        "alter" => {
            cursor.at += 1;
            alter::read(&mut cursor)
        }
        "drop" => {
            cursor.at += 1;
            drop::read(&mut cursor)
        }
        "select" | "values" | "table" => rows::select(&mut cursor),
        "with" => rows::with(&mut cursor, depth),
        "insert" => rows::insert(&mut cursor),
        "update" => rows::update(&mut cursor),
        "delete" => rows::delete(&mut cursor),
        "merge" => rows::merge_into(&mut cursor),
        "copy" => rows::copy(&mut cursor),
        "set" => session::set(&mut cursor),
        "reset" => session::reset(&mut cursor),
        "begin" | "start" | "commit" | "end" | "rollback" | "abort" | "savepoint" | "release" => {
            Ok(session::transaction(&mut cursor))
        }
        "do" => body::read(&mut cursor, depth),
        _ => maintenance(&mut cursor, word).map(|read| read.map(|read| vec![command(&cursor, read)]))?,
    }
}

/// What keeps a database in shape, and what touches no table.
fn maintenance(cursor: &mut Cursor<'_>, word: &str) -> Read<Read<Command>> {
    cursor.at += 1;
    Ok(match word {
        "comment" => comment(cursor),
        "truncate" => truncate(cursor),
        "lock" => lock(cursor),
        "vacuum" => vacuum(cursor),
        "analyze" | "analyse" => analyze(cursor),
        "cluster" => cluster(cursor),
        "reindex" => reindex(cursor),
        "refresh" => refresh(cursor),
        "discard" => {
            cursor.rest();
            Ok(Command::Session(crate::statement::SessionChange::ResetAll))
        }
        "prepare" if cursor.sees(&["transaction"]) => Ok(Command::Transaction(TransactionChange::End)),
        "revoke" => revoke(cursor),
        "grant" | "notify" | "listen" | "unlisten" | "show" | "explain" | "checkpoint" | "load" | "security"
        | "reassign" | "deallocate" | "declare" | "close" | "fetch" | "move" | "import" => {
            cursor.rest();
            Ok(Command::TouchNothing)
        }
        "call" | "execute" | "prepare" => Err(Problem::Other(format!(
            "what {} runs is not known",
            word.to_uppercase()
        ))),
        other => Err(Problem::Head(other.to_uppercase())),
    })
}

/// A command with the text of the whole statement.
pub(super) fn command(cursor: &Cursor<'_>, read: Command) -> Statement {
    Statement::Command {
        text: cursor.source(cursor.tokens),
        command: Box::new(read),
    }
}

/// The same change of several tables.
pub(super) fn each_table(cursor: &Cursor<'_>, tables: Vec<String>, lock: LockMode) -> Command {
    let changes = tables
        .into_iter()
        .map(|table| command(cursor, Command::ChangeTable { table, lock }));
    Command::Several(changes.collect())
}

fn comment(cursor: &mut Cursor<'_>) -> Read<Command> {
    cursor.expect("on")?;
    let is_column = cursor.eat(&["column"]);
    if !is_column && !cursor.eat(&["table"]) {
        let what = cursor.rest();
        let is_whole = what.iter().any(|token| token.is("is"));
        return if is_whole {
            Ok(Command::TouchNothing)
        } else {
            cursor.fail("IS")
        };
    }
    let mut parts = vec![cursor.name()?];
    while cursor.eat_symbol(".") {
        parts.push(cursor.name()?);
    }
    let column = if is_column { parts.pop() } else { None };
    cursor.expect("is")?;
    cursor.rest();
    Ok(Command::Comment {
        table: super::cursor::catalog_name(&parts),
        column,
    })
}

/// `REVOKE privileges ON [TABLE] a, b FROM role`; of whatever else it is about nothing is said.
fn revoke(cursor: &mut Cursor<'_>) -> Read<Command> {
    const OF_QUERIES: &[&str] = &["all", "select", "insert", "update", "delete"];
    let privileges = cursor.until(|token| token.is("on"));
    let takes_queries = privileges
        .iter()
        .any(|token| OF_QUERIES.iter().any(|word| token.is(word)));
    let only_grants = privileges.first().is_some_and(|token| token.is("grant"));
    cursor.eat(&["on"]);
    let is_table = cursor.eat(&["table"])
        || !cursor
            .peek_at(1)
            .is_some_and(|token| token.name().is_some() && !token.is("from"));
    if !is_table || only_grants || !takes_queries {
        cursor.rest();
        return Ok(Command::TouchNothing);
    }
    let tables = cursor.list(Cursor::relation)?;
    cursor.rest();
    Ok(Command::Revoke { tables })
}

fn truncate(cursor: &mut Cursor<'_>) -> Read<Command> {
    cursor.eat(&["table"]);
    let tables = cursor.list(Cursor::table)?;
    if !cursor.eat(&["restart", "identity"]) {
        cursor.eat(&["continue", "identity"]);
    }
    let cascade = cursor.cascade();
    cursor.expect_end()?;
    Ok(Command::Truncate { tables, cascade })
}

fn lock(cursor: &mut Cursor<'_>) -> Read<Command> {
    cursor.eat(&["table"]);
    let tables = cursor.list(Cursor::table)?;
    let mode = if cursor.eat(&["in"]) {
        let words = cursor.until(|token| token.is("mode"));
        let name = cursor.source(words);
        cursor.expect("mode")?;
        LockMode::parse(&name).ok_or_else(|| Problem::Other(format!("there is no lock mode {name}")))?
    } else {
        LockMode::AccessExclusive
    };
    cursor.eat(&["nowait"]);
    cursor.expect_end()?;
    Ok(Command::LockTable { tables, mode })
}

/// `VACUUM (FULL, ANALYZE) a, b`, `VACUUM FULL a`
fn vacuum(cursor: &mut Cursor<'_>) -> Read<Command> {
    let mut full = false;
    if cursor.sees_symbol("(") {
        let options = cursor.brackets()?;
        let option = options.iter().position(|token| token.is("full"));
        full = option.is_some_and(|at| {
            !options.get(at + 1).is_some_and(|value| {
                value.is("false") || value.is("off") || matches!(&value.kind, Kind::Number(number) if number == "0")
            })
        });
    }
    while let Some(option) = cursor.eat_one_of(&["full", "freeze", "verbose", "analyze", "analyse"]) {
        full |= option == "full";
    }
    let tables = tables_with_columns(cursor)?;
    Ok(Command::Vacuum { tables, full })
}

fn analyze(cursor: &mut Cursor<'_>) -> Read<Command> {
    if cursor.sees_symbol("(") {
        cursor.brackets()?;
    }
    cursor.eat(&["verbose"]);
    let tables = tables_with_columns(cursor)?;
    Ok(Command::Analyze { tables })
}

fn tables_with_columns(cursor: &mut Cursor<'_>) -> Read<Vec<String>> {
    if cursor.is_done() {
        return Ok(Vec::new());
    }
    let tables = cursor.list(|cursor| {
        let table = cursor.table()?;
        if cursor.sees_symbol("(") {
            cursor.brackets()?;
        }
        Ok(table)
    })?;
    cursor.expect_end()?;
    Ok(tables)
}

fn cluster(cursor: &mut Cursor<'_>) -> Read<Command> {
    if cursor.sees_symbol("(") {
        cursor.brackets()?;
    }
    cursor.eat(&["verbose"]);
    let table = if cursor.is_done() {
        None
    } else {
        Some(cursor.relation()?)
    };
    // `CLUSTER index ON table`, as it was written before 8.3.
    let table = if cursor.eat(&["on"]) {
        Some(cursor.relation()?)
    } else {
        table
    };
    cursor.rest();
    Ok(Command::Cluster { table })
}

fn reindex(cursor: &mut Cursor<'_>) -> Read<Command> {
    let mut concurrently = false;
    if cursor.sees_symbol("(") {
        concurrently = cursor.brackets()?.iter().any(|token| token.is("concurrently"));
    }
    let kind = cursor.eat_one_of(&["index", "table", "schema", "database", "system"]);
    concurrently |= cursor.eat(&["concurrently"]);
    let target = match kind {
        Some("index") => ReindexTarget::Index(cursor.relation()?),
        Some("table") => ReindexTarget::Table(cursor.relation()?),
        Some(_) => {
            cursor.rest();
            ReindexTarget::All
        }
        None => return cursor.fail("INDEX or TABLE"),
    };
    cursor.expect_end()?;
    Ok(Command::Reindex { target, concurrently })
}

fn refresh(cursor: &mut Cursor<'_>) -> Read<Command> {
    cursor.expect("materialized")?;
    cursor.expect("view")?;
    let concurrently = cursor.eat(&["concurrently"]);
    let view = cursor.relation()?;
    let without_data = cursor.eat(&["with", "no", "data"]);
    cursor.eat(&["with", "data"]);
    cursor.expect_end()?;
    Ok(Command::RefreshView {
        view,
        concurrently,
        without_data,
    })
}
