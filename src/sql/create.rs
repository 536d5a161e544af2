//! `CREATE`, but for tables and indexes.

use crate::lock::LockMode;
use crate::statement::{Command, SequenceChange, Statement, ViewKind};

use super::column::{self, data_type};
use super::cursor::{Cursor, Problem, Read};
use super::expression::{expression, mentions};
use super::heads::command;
use super::token::{Kind, Token};
use super::view_query::view_query;
use super::{certain, create_table, function, index, query};

/// Everything behind `CREATE`.
pub(super) fn read(cursor: &mut Cursor<'_>, depth: usize) -> Read<Vec<Statement>> {
    let replaces = cursor.eat(&["or", "replace"]);
    cursor.eat_one_of(&["global", "local"]);
    let temporary = cursor.eat_one_of(&["temporary", "temp"]).is_some();
    cursor.eat(&["unlogged"]);
    if cursor.eat(&["table"]) {
        return create_table::read(cursor, temporary);
    }
    let unique = cursor.eat(&["unique"]);
    if cursor.eat(&["index"]) {
        return index::create(cursor, unique);
    }
    if cursor.eat(&["sequence"]) {
        return sequence(cursor, temporary);
    }
    cursor.eat(&["recursive"]);
    if cursor.eat(&["materialized", "view"]) {
        return view(cursor, ViewKind::Materialized, replaces);
    }
    if cursor.eat(&["view"]) {
        return view(cursor, ViewKind::Plain, replaces);
    }
    let read = match cursor.peek().and_then(|token| token.word()).unwrap_or_default() {
        "trigger" | "constraint" => trigger(cursor, replaces)?,
        "event" => nothing(cursor),
        "rule" => rule(cursor)?,
        "policy" => policy(cursor)?,
        "type" => create_type(cursor)?,
        "domain" => domain(cursor)?,
        "function" | "procedure" | "aggregate" => function::read(cursor)?,
        "extension" => return extension(cursor),
        "collation" => collation(cursor)?,
        "statistics" => statistics(cursor)?,
        "schema" => return schema(cursor, depth),
        "publication" => publication(cursor)?,
        "cast" | "transform" | "operator" | "text" | "role" | "user" | "group" | "conversion" | "language"
        | "trusted" | "procedural" | "default" | "server" | "foreign" | "access" => nothing(cursor),
        "database" | "tablespace" => {
            cursor.rest();
            Command::ChangeServer
        }
        "subscription" => subscription(cursor),
        other => return Err(Problem::Head(format!("CREATE {}", other.to_uppercase()))),
    };
    Ok(vec![command(cursor, read)])
}

/// A subscription that makes its slot on the other server, as it does unless it is told not to.
fn subscription(cursor: &mut Cursor<'_>) -> Command {
    const WITHOUT_SLOT: &[&str] = &["create_slot", "connect"];
    let tokens = cursor.rest();
    let is_off = |value: &Token| value.is("false") || value.is("off");
    let makes_slot = !tokens
        .windows(3)
        .any(|option| WITHOUT_SLOT.iter().any(|name| option[0].is(name)) && is_off(&option[2]));
    if makes_slot {
        Command::ChangeServer
    } else {
        Command::TouchNothing
    }
}

fn nothing(cursor: &mut Cursor<'_>) -> Command {
    cursor.rest();
    Command::TouchNothing
}

fn sequence(cursor: &mut Cursor<'_>, temporary: bool) -> Read<Vec<Statement>> {
    let if_not_exists = cursor.if_not_exists();
    let sequence = cursor.relation()?;
    if temporary {
        cursor.rest();
        return Ok(vec![command(cursor, Command::TouchNothing)]);
    }
    let mut statements = vec![Statement::CreateSequence {
        sequence: sequence.as_str().into(),
        if_not_exists,
    }];
    while !cursor.is_done() {
        if cursor.eat(&["owned", "by"]) {
            let owner = super::alter::owner(cursor)?;
            let change = SequenceChange::Owner(owner);
            statements.push(command(
                cursor,
                Command::AlterSequence {
                    sequence: sequence.clone(),
                    change,
                },
            ));
        } else {
            cursor.at += 1;
        }
    }
    Ok(statements)
}

fn view(cursor: &mut Cursor<'_>, kind: ViewKind, replaces: bool) -> Read<Vec<Statement>> {
    let if_not_exists = cursor.if_not_exists();
    let view = cursor.relation()?;
    // Where one of them is not known, those of the query count; the loop below goes past the brackets.
    let names = cursor.clone().names_in_brackets().unwrap_or_default();
    while !cursor.eat(&["as"]) {
        if cursor.is_done() {
            return cursor.fail("AS");
        }
        if cursor.sees_symbol("(") {
            cursor.brackets()?;
        } else {
            cursor.at += 1;
        }
    }
    let tokens = cursor.rest();
    if tokens.is_empty() {
        return cursor.fail("a query");
    }
    let reads = query::reads(cursor, tokens);
    let query = view_query(cursor, tokens, names);
    let read = Command::CreateView {
        view,
        kind,
        replaces,
        if_not_exists,
        reads,
        query,
    };
    Ok(vec![command(cursor, read)])
}

/// `CREATE [CONSTRAINT] TRIGGER name BEFORE UPDATE OF a, b ON table .. WHEN (..) EXECUTE ..`
fn trigger(cursor: &mut Cursor<'_>, replaces: bool) -> Read<Command> {
    cursor.eat(&["constraint"]);
    cursor.expect("trigger")?;
    let name = cursor.name()?;
    let (mut columns, mut certain) = (Vec::new(), Vec::new());
    while !cursor.eat(&["on"]) {
        if cursor.is_done() {
            return cursor.fail("ON");
        }
        if cursor.eat(&["update", "of"]) {
            columns = cursor.list(Cursor::name)?;
            certain.clone_from(&columns);
        } else {
            cursor.at += 1;
        }
    }
    let table = cursor.relation()?;
    cursor.until(|token| token.is("when") || token.is("execute"));
    if cursor.eat(&["when"]) {
        let condition = cursor.brackets()?;
        columns.extend(mentions(condition).into_iter().map(|mention| mention.name.to_owned()));
        let of_row = certain::in_tokens(condition).into_iter();
        let of_row = of_row.filter(|mention| matches!(mention.qualifier, Some("old" | "new")));
        certain.extend(of_row.map(|mention| mention.name.to_owned()));
    }
    cursor.expect("execute")?;
    cursor.eat_one_of(&["function", "procedure"]);
    let function = cursor.relation().ok();
    cursor.rest();
    Ok(Command::CreateTrigger {
        table,
        name,
        columns,
        certain,
        function,
        replaces,
    })
}

fn rule(cursor: &mut Cursor<'_>) -> Read<Command> {
    cursor.at += 1;
    cursor.name()?;
    cursor.until(|token| token.is("to"));
    cursor.expect("to")?;
    let table = cursor.relation()?;
    cursor.rest();
    let lock = LockMode::AccessExclusive;
    Ok(Command::ChangeTable { table, lock })
}

fn policy(cursor: &mut Cursor<'_>) -> Read<Command> {
    cursor.at += 1;
    let name = cursor.name()?;
    cursor.expect("on")?;
    let table = cursor.relation()?;
    let (mut columns, mut certain) = (Vec::new(), Vec::new());
    while !cursor.is_done() {
        if cursor.sees_symbol("(") {
            let inside = cursor.brackets()?;
            columns.extend(expression(cursor, inside).columns);
            let own = certain::columns(&cursor.source(inside)).into_iter();
            certain.extend(own.filter(|(qualifier, _)| qualifier.is_none()).map(|(_, name)| name));
        } else {
            cursor.at += 1;
        }
    }
    Ok(Command::CreatePolicy {
        table,
        name,
        columns,
        certain,
    })
}

fn create_type(cursor: &mut Cursor<'_>) -> Read<Command> {
    cursor.at += 1;
    let name = cursor.relation()?;
    if !cursor.eat(&["as", "enum"]) {
        cursor.rest();
        return Ok(Command::CreateType { name, values: None });
    }
    let inside = cursor.brackets()?;
    let values = inside.iter().filter_map(|token| match &token.kind {
        Kind::Text(value) => Some(value.clone()),
        _ => None,
    });
    let values = Some(values.collect());
    cursor.expect_end()?;
    Ok(Command::CreateType { name, values })
}

fn domain(cursor: &mut Cursor<'_>) -> Read<Command> {
    cursor.at += 1;
    let name = cursor.relation()?;
    cursor.eat(&["as"]);
    let base = data_type(cursor)?;
    let (mut constrained, mut default) = (false, None);
    while !cursor.is_done() {
        if cursor.eat(&["default"]) {
            default = Some(column::default(cursor));
        } else if cursor.eat(&["not", "null"]) {
            constrained = true;
        } else if cursor.eat(&["check"]) {
            cursor.brackets()?;
            constrained = true;
        } else if cursor.eat(&["constraint"]) || cursor.eat(&["collate"]) {
            cursor.relation()?;
        } else if !cursor.eat(&["null"]) {
            return cursor.fail("a constraint of the domain");
        }
    }
    Ok(Command::CreateDomain {
        name,
        base,
        constrained,
        default,
    })
}

fn extension(cursor: &mut Cursor<'_>) -> Read<Vec<Statement>> {
    cursor.at += 1;
    cursor.if_not_exists();
    let name = cursor.name()?;
    cursor.rest();
    Ok(vec![Statement::CreateExtension { name }])
}

/// Whether it is deterministic is all that counts.
fn collation(cursor: &mut Cursor<'_>) -> Read<Command> {
    cursor.at += 1;
    cursor.if_not_exists();
    cursor.relation()?;
    cursor.rest();
    Ok(Command::TouchNothing)
}

fn statistics(cursor: &mut Cursor<'_>) -> Read<Command> {
    cursor.until(|token| token.is("from"));
    cursor.expect("from")?;
    let table = cursor.relation()?;
    cursor.expect_end()?;
    let lock = LockMode::ShareUpdateExclusive;
    Ok(Command::ChangeTable { table, lock })
}

/// `CREATE SCHEMA name CREATE TABLE .. GRANT ..`
fn schema(cursor: &mut Cursor<'_>, depth: usize) -> Read<Vec<Statement>> {
    cursor.at += 1;
    cursor.if_not_exists();
    let begins = |token: &Token| token.is("create") || token.is("grant");
    cursor.until(begins);
    let mut statements = vec![command(cursor, Command::TouchNothing)];
    while !cursor.is_done() {
        let start = cursor.at;
        cursor.at += 1;
        cursor.until(begins);
        let element = &cursor.tokens[start..cursor.at];
        statements.extend(super::heads::read(cursor.text, element, cursor.reading, depth + 1)?);
    }
    Ok(statements)
}

fn publication(cursor: &mut Cursor<'_>) -> Read<Command> {
    cursor.until(|token| token.is("for"));
    if !cursor.eat(&["for", "table"]) {
        cursor.rest();
        return Ok(Command::TouchNothing);
    }
    let tables = cursor.list(|cursor| {
        let table = cursor.table()?;
        cursor.until(|token| token.is_symbol(",") || token.is("with"));
        Ok(table)
    })?;
    cursor.rest();
    let lock = LockMode::ShareUpdateExclusive;
    Ok(super::heads::each_table(cursor, tables, lock))
}
