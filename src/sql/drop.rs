//! `DROP`: one statement for each name.

use crate::lock::LockMode;
use crate::statement::{Command, Statement, ViewKind};

use crate::unknown::Identifier;

use super::cursor::{Cursor, Problem, Read};
use super::heads::command;
use super::token::Token;

/// Everything behind `DROP`.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Read<Vec<Statement>> {
    if cursor.eat(&["materialized", "view"]) {
        return views(cursor, ViewKind::Materialized);
    }
    let kind = cursor.name()?;
    match kind.as_str() {
        "table" => tables(cursor),
        "index" => indexes(cursor),
        "sequence" => each(cursor, Cursor::relation, |sequence, cascade, if_exists| {
            Statement::DropSequence {
                sequence: sequence.into(),
                if_exists,
                cascade,
            }
        }),
        "view" => views(cursor, ViewKind::Plain),
        "type" | "domain" => {
            let all = cursor.clone();
            let is_domain = kind == "domain";
            each(cursor, Cursor::relation, |name, cascade, if_exists| {
                command(
                    &all,
                    Command::DropType {
                        name,
                        is_domain,
                        if_exists,
                        cascade,
                    },
                )
            })
        }
        "collation" => each(cursor, Cursor::relation, |name, _, _| Statement::DropCollation { name }),
        "trigger" | "policy" | "rule" => on_table(cursor, &kind),
        "event" => Ok(nothing(cursor)),
        "database" | "tablespace" | "subscription" => {
            cursor.rest();
            Ok(vec![command(cursor, Command::ChangeServer)])
        }
        "function" | "procedure" | "routine" => functions(cursor),
        "aggregate" | "extension" | "cast" | "operator" | "text" | "schema" | "owned" | "language" | "statistics"
        | "publication" | "role" | "user" | "group" | "server" | "foreign" | "conversion" | "transform" | "access" => {
            object(cursor, kind)
        }
        other => Err(Problem::Head(format!("DROP {}", other.to_uppercase()))),
    }
}

/// A table, of whose name something is known at least: whether it is in use hangs on nothing else.
fn dropped_table(cursor: &mut Cursor<'_>) -> Read<Identifier> {
    match cursor.peek().and_then(Token::unknown_whole) {
        Some(unknown) => Err(Problem::Other(format!(
            "the table that it drops is not known: {}",
            unknown.reason()
        ))),
        None => cursor.relation_identifier(),
    }
}

fn nothing(cursor: &mut Cursor<'_>) -> Vec<Statement> {
    cursor.rest();
    vec![command(cursor, Command::TouchNothing)]
}

/// `[IF EXISTS] name, name [CASCADE]`
fn each<'a, N>(
    cursor: &mut Cursor<'a>,
    name: fn(&mut Cursor<'a>) -> Read<N>,
    statement: impl Fn(N, bool, bool) -> Statement,
) -> Read<Vec<Statement>> {
    let if_exists = cursor.if_exists();
    let names = cursor.list(name)?;
    let cascade = cursor.cascade();
    cursor.expect_end()?;
    Ok(names
        .into_iter()
        .map(|name| statement(name, cascade, if_exists))
        .collect())
}

fn indexes(cursor: &mut Cursor<'_>) -> Read<Vec<Statement>> {
    let concurrently = cursor.eat(&["concurrently"]);
    each(cursor, Cursor::relation_identifier, |name, cascade, if_exists| {
        Statement::DropIndex {
            table: None,
            name: name.into(),
            concurrently,
            if_exists,
            cascade,
        }
    })
}

fn views(cursor: &mut Cursor<'_>, kind: ViewKind) -> Read<Vec<Statement>> {
    let if_exists = cursor.if_exists();
    let names = cursor.list(Cursor::relation)?;
    let cascade = cursor.cascade();
    cursor.expect_end()?;
    let dropped = |view: &String| Command::DropView {
        view: view.clone(),
        kind,
        if_exists,
        cascade,
        along: names.iter().filter(|name| *name != view).cloned().collect(),
    };
    Ok(names.iter().map(|view| command(cursor, dropped(view))).collect())
}

fn tables(cursor: &mut Cursor<'_>) -> Read<Vec<Statement>> {
    let if_exists = cursor.if_exists();
    let names = cursor.list(dropped_table)?;
    let cascade = cursor.cascade();
    cursor.expect_end()?;
    let others = |table: &Identifier| {
        let others = names.iter().filter(|name| *name != table);
        others.filter_map(|name| name.known().map(str::to_owned)).collect()
    };
    let dropped = |table: &Identifier| Statement::DropTable {
        table: table.clone(),
        if_exists,
        cascade,
        along: others(table),
    };
    Ok(names.iter().map(dropped).collect())
}

/// `name ON table`
fn on_table(cursor: &mut Cursor<'_>, kind: &str) -> Read<Vec<Statement>> {
    let if_exists = cursor.if_exists();
    let name = cursor.name()?;
    cursor.expect("on")?;
    let table = cursor.relation()?;
    cursor.cascade();
    cursor.expect_end()?;
    let read = match kind {
        "trigger" => Command::DropTrigger { table, name, if_exists },
        "policy" => Command::DropPolicy { table, name, if_exists },
        _ => Command::ChangeTable {
            table,
            lock: LockMode::AccessExclusive,
        },
    };
    Ok(vec![command(cursor, read)])
}

/// `[IF EXISTS] name [(arguments)], ..`
fn functions(cursor: &mut Cursor<'_>) -> Read<Vec<Statement>> {
    let if_exists = cursor.if_exists();
    let names = cursor.list(|cursor| {
        let name = cursor.relation()?;
        if cursor.sees_symbol("(") {
            cursor.brackets()?;
        }
        Ok(name)
    })?;
    let cascade = cursor.cascade();
    cursor.expect_end()?;
    let dropped = |name| Command::DropFunction {
        name,
        if_exists,
        cascade,
    };
    Ok(names.into_iter().map(|name| command(cursor, dropped(name))).collect())
}

/// What is no relation: it touches a table only with CASCADE.
fn object(cursor: &mut Cursor<'_>, kind: String) -> Read<Vec<Statement>> {
    let if_exists = cursor.if_exists();
    let tokens = cursor.rest();
    let cascade = tokens.last().is_some_and(|token| token.is("cascade"));
    let name = tokens.iter().find_map(Token::name).unwrap_or_default().to_owned();
    Ok(vec![command(
        cursor,
        Command::DropObject {
            kind,
            name,
            if_exists,
            cascade,
        },
    )])
}
