//! `ALTER`, but for tables.

use crate::data_type::DataType;
use crate::lock::LockMode;
use crate::statement::{Command, DomainChange, SequenceChange, Statement, ViewKind};

use crate::unknown::Identifier;

use super::alter_table;
use super::column::data_type;
use super::cursor::{Cursor, Problem, Read, catalog_name};
use super::heads::command;

/// Everything behind `ALTER`.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Read<Vec<Statement>> {
    if cursor.eat(&["table"]) || cursor.eat(&["foreign", "table"]) {
        return alter_table::read(cursor);
    }
    if cursor.eat(&["index"]) {
        return index(cursor);
    }
    if cursor.eat(&["sequence"]) {
        return sequence(cursor);
    }
    if cursor.eat(&["materialized", "view"]) {
        return view(cursor, ViewKind::Materialized);
    }
    if cursor.eat(&["view"]) {
        return view(cursor, ViewKind::Plain);
    }
    let kind = cursor.name()?;
    let read = match kind.as_str() {
        "type" => alter_type(cursor)?,
        "domain" => domain(cursor)?,
        "trigger" | "policy" | "rule" => on_table(cursor)?,
        "function" | "procedure" | "routine" | "aggregate" | "extension" | "cast" | "operator" | "text" | "schema"
        | "language" | "statistics" | "publication" | "subscription" | "role" | "user" | "group" | "server"
        | "foreign" | "conversion" | "default" | "event" | "collation" | "database" | "large" | "tablespace" => {
            cursor.rest();
            Command::TouchNothing
        }
        "system" => {
            cursor.rest();
            Command::ChangeServer
        }
        other => return Err(Problem::Head(format!("ALTER {}", other.to_uppercase()))),
    };
    Ok(vec![command(cursor, read)])
}

fn index(cursor: &mut Cursor<'_>) -> Read<Vec<Statement>> {
    let if_exists = cursor.if_exists();
    let index = cursor.relation_identifier()?;
    if cursor.eat(&["rename", "to"]) {
        let to = cursor.object()?;
        cursor.expect_end()?;
        return Ok(vec![Statement::RenameIndex {
            table: None,
            from: index.into(),
            to,
            if_exists,
        }]);
    }
    let Identifier::Known(index) = index else {
        return Err(Problem::Other("its index is known only when the code runs".to_owned()));
    };
    let read = if cursor.eat(&["set", "tablespace"]) {
        Command::MoveIndex { index }
    } else if cursor.eat(&["attach", "partition"]) {
        let partition = cursor.relation()?;
        Command::AttachIndex { index, partition }
    } else {
        Command::ChangeIndex { index }
    };
    cursor.rest();
    Ok(vec![command(cursor, read)])
}

fn sequence(cursor: &mut Cursor<'_>) -> Read<Vec<Statement>> {
    cursor.if_exists();
    let sequence = cursor.relation()?;
    if cursor.eat(&["as"]) {
        let data_type: DataType = data_type(cursor)?;
        cursor.rest();
        return Ok(vec![Statement::AlterSequenceType {
            sequence: sequence.into(),
            data_type,
        }]);
    }
    let change = if cursor.eat(&["owned", "by"]) {
        SequenceChange::Owner(owner(cursor)?)
    } else if cursor.eat(&["rename", "to"]) {
        SequenceChange::Rename(cursor.name()?)
    } else {
        SequenceChange::Other
    };
    cursor.rest();
    Ok(vec![command(cursor, Command::AlterSequence { sequence, change })])
}

/// `table.column` or `NONE`
pub(super) fn owner(cursor: &mut Cursor<'_>) -> Read<Option<(String, String)>> {
    if cursor.eat(&["none"]) {
        return Ok(None);
    }
    let mut parts = vec![cursor.name()?];
    while cursor.eat_symbol(".") {
        parts.push(cursor.name()?);
    }
    let column = parts.pop().unwrap_or_default();
    Ok(Some((catalog_name(&parts), column)))
}

fn view(cursor: &mut Cursor<'_>, kind: ViewKind) -> Read<Vec<Statement>> {
    cursor.if_exists();
    let view = cursor.relation()?;
    let new_name = if cursor.eat(&["rename", "to"]) {
        Some(cursor.name()?)
    } else {
        None
    };
    cursor.rest();
    Ok(vec![command(cursor, Command::AlterView { view, kind, new_name })])
}

fn alter_type(cursor: &mut Cursor<'_>) -> Read<Command> {
    let name = cursor.relation()?;
    if cursor.eat(&["rename", "value"]) {
        let value = cursor.string()?;
        cursor.expect("to")?;
        cursor.string()?;
        cursor.expect_end()?;
        return Ok(Command::RenameEnumValue { name, value });
    }
    if !cursor.eat(&["add", "value"]) {
        let is_attribute = cursor.sees(&["alter", "attribute"]) || cursor.sees(&["add", "attribute"]);
        if is_attribute {
            return Err(Problem::Other(
                "a change of a composite type is not analysed".to_owned(),
            ));
        }
        cursor.rest();
        return Ok(Command::TouchNothing);
    }
    let if_not_exists = cursor.if_not_exists();
    let value = cursor.string()?;
    if cursor.eat_one_of(&["before", "after"]).is_some() {
        cursor.string()?;
    }
    cursor.expect_end()?;
    Ok(Command::AddEnumValue {
        name,
        value,
        if_not_exists,
    })
}

fn domain(cursor: &mut Cursor<'_>) -> Read<Command> {
    let name = cursor.relation()?;
    let checks = cursor.sees(&["add"]) || cursor.sees(&["set", "not", "null"]) || cursor.sees(&["validate"]);
    let tokens = cursor.rest();
    let is_not_valid = tokens.windows(2).any(|pair| pair[0].is("not") && pair[1].is("valid"));
    let change = match (checks, is_not_valid) {
        (true, false) => DomainChange::Check,
        (true, true) => DomainChange::CheckLater,
        (false, _) => DomainChange::Other,
    };
    Ok(Command::AlterDomain { name, change })
}

/// `ALTER TRIGGER name ON table RENAME TO ..` and its kin
fn on_table(cursor: &mut Cursor<'_>) -> Read<Command> {
    cursor.name()?;
    cursor.expect("on")?;
    let table = cursor.relation()?;
    cursor.rest();
    Ok(Command::ChangeTable {
        table,
        lock: LockMode::AccessExclusive,
    })
}
