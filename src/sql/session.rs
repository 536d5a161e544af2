//! Settings and transactions.

use crate::statement::{Command, SessionChange, SettingScope, Statement, TransactionChange};

use super::cursor::{Cursor, Problem, Read};
use super::expression::call_sites;
use super::heads::command;
use super::token::{Kind, Token};

/// `SET [LOCAL | SESSION] name {TO | =} value`
pub(super) fn set(cursor: &mut Cursor<'_>) -> Read<Vec<Statement>> {
    cursor.expect("set")?;
    if cursor.eat(&["constraints"]) {
        return constraints(cursor);
    }
    let scope = if cursor.eat(&["local"]) {
        SettingScope::Transaction
    } else {
        cursor.eat(&["session"]);
        SettingScope::Session
    };
    cursor.eat(&["session"]);
    let sets_no_parameter = ["characteristics", "transaction", "authorization", "xml"]
        .iter()
        .any(|word| cursor.sees(&[word]));
    if sets_no_parameter {
        cursor.rest();
        return Ok(vec![command(cursor, Command::TouchNothing)]);
    }
    let name = if cursor.eat(&["time", "zone"]) {
        "timezone".to_owned()
    } else {
        let name = setting(cursor)?;
        if !cursor.eat_symbol("=") && !cursor.eat(&["to"]) && name != "role" && name != "names" {
            return cursor.fail("TO or =");
        }
        name
    };
    let tokens = cursor.rest();
    if tokens.is_empty() {
        return cursor.fail("a value");
    }
    let change = if tokens.len() == 1 && tokens[0].is("default") {
        SessionChange::Reset(name)
    } else {
        let value = value(cursor, tokens);
        SessionChange::Set { name, value, scope }
    };
    Ok(vec![command(cursor, Command::Session(change))])
}

fn setting(cursor: &mut Cursor<'_>) -> Read<String> {
    let mut name = cursor.name()?.to_lowercase();
    while cursor.eat_symbol(".") {
        name = format!("{name}.{}", cursor.name()?.to_lowercase());
    }
    Ok(name)
}

fn value(cursor: &Cursor<'_>, tokens: &[Token]) -> Result<String, String> {
    if let Some(unknown) = tokens.iter().find_map(Token::unknown) {
        return Err(format!("the value of a setting is not known: {}", unknown.reason()));
    }
    Ok(match tokens {
        [
            Token {
                kind: Kind::Text(text) | Kind::Word(text) | Kind::Quoted(text) | Kind::Number(text) | Kind::Symbol(text),
                ..
            },
        ] => text.clone(),
        several => cursor.source(several),
    })
}

/// `set_config('name', 'value', is_local)`, anywhere in a query.
pub(super) fn set_by_functions(cursor: &Cursor<'_>, tokens: &[Token]) -> Read<Vec<SessionChange>> {
    let calls = call_sites(tokens).filter(|(_, name)| *name == "set_config");
    let unknown = || Problem::Other("calls `set_config`, and of which setting is not known".to_owned());
    let changes = calls.map(|(at, _)| {
        let mut call = cursor.over(&tokens[at + 1..]);
        let [name, new, is_local] = *Cursor::comma_separated(call.brackets()?) else {
            return Err(unknown());
        };
        let name = match name {
            [
                Token {
                    kind: Kind::Text(name), ..
                },
            ] => name.to_lowercase(),
            _ => return Err(unknown()),
        };
        // `set_config` of NULL sets it back to its default.
        if let [null] = new
            && null.is("null")
        {
            return Ok(SessionChange::Reset(name));
        }
        let scope = if is_local.iter().any(|token| token.is("true")) {
            SettingScope::Transaction
        } else {
            SettingScope::Session
        };
        let value = match new {
            [
                Token {
                    kind: Kind::Text(_) | Kind::Unknown(_),
                    ..
                },
            ] => value(cursor, new),
            _ => Err(format!("the value of a setting is computed: {}", cursor.source(new))),
        };
        Ok(SessionChange::Set { name, value, scope })
    });
    changes.collect()
}

/// `RESET name`, `RESET ALL`
pub(super) fn reset(cursor: &mut Cursor<'_>) -> Read<Vec<Statement>> {
    cursor.expect("reset")?;
    let change = if cursor.eat(&["all"]) {
        SessionChange::ResetAll
    } else if cursor.eat(&["time", "zone"]) {
        SessionChange::Reset("timezone".to_owned())
    } else {
        SessionChange::Reset(setting(cursor)?)
    };
    cursor.rest();
    Ok(vec![command(cursor, Command::Session(change))])
}

/// `SET CONSTRAINTS {ALL | name, ..} {IMMEDIATE | DEFERRED}`
fn constraints(cursor: &mut Cursor<'_>) -> Read<Vec<Statement>> {
    let names = if cursor.eat(&["all"]) {
        Vec::new()
    } else {
        cursor.list(Cursor::relation)?
    };
    if cursor.eat(&["deferred"]) {
        cursor.expect_end()?;
        return Ok(vec![command(cursor, Command::DeferConstraints)]);
    }
    cursor.expect("immediate")?;
    cursor.expect_end()?;
    if names.is_empty() {
        return Ok(vec![Statement::SetConstraintsImmediate {
            constraint: None,
            namespace: None,
        }]);
    }
    let each = names.into_iter().map(|name| Statement::SetConstraintsImmediate {
        constraint: Some(crate::statement::Name::Given(name)),
        namespace: None,
    });
    Ok(each.collect())
}

/// `BEGIN`, `COMMIT`, ...
pub(super) fn transaction(cursor: &mut Cursor<'_>) -> Vec<Statement> {
    let is_rollback_to = cursor.sees(&["rollback"]) && cursor.tokens.iter().any(|token| token.is("to"));
    let change = match cursor.peek().and_then(Token::word) {
        Some("begin" | "start") => TransactionChange::Begin,
        Some("savepoint" | "release") => TransactionChange::Within,
        _ if is_rollback_to => TransactionChange::Within,
        _ => TransactionChange::End,
    };
    cursor.rest();
    vec![command(cursor, Command::Transaction(change))]
}
