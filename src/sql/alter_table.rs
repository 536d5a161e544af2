//! `ALTER TABLE`, action by action: one that is not understood is not analysed, alone.

use crate::lock::LockMode;
use crate::statement::{AlterTableAction, Statement, TableChange, Using};

use crate::catalog::table_key;
use crate::unknown::Identifier;

use super::column::{self, data_type};
use super::constraint::{self, Constraint};
use super::cursor::{Cursor, Problem, Read};
use super::expression::expression;
use super::token::Token;

/// Everything behind `ALTER TABLE`.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Read<Vec<Statement>> {
    if cursor.sees(&["all", "in", "tablespace"]) {
        return Err(Problem::Other(
            "which tables lie in a tablespace is not known".to_owned(),
        ));
    }
    let if_exists = cursor.if_exists();
    let table = cursor.table_identifier()?;
    if cursor.sees(&["rename"]) && !cursor.sees(&["rename", "constraint"]) {
        return Ok(vec![rename(cursor, table, if_exists)?]);
    }
    if cursor.eat(&["set", "schema"]) {
        let schema = cursor.name()?;
        return Ok(vec![set_schema(cursor, table, if_exists, schema)]);
    }
    let mut actions = Vec::new();
    for tokens in Cursor::comma_separated(cursor.rest()) {
        let mut part = cursor.over(tokens);
        let outcome = action(&mut part, table_key(&table)).and_then(|read| part.expect_end().map(|()| read));
        actions.extend(outcome.unwrap_or_else(|problem| {
            vec![AlterTableAction::Change {
                text: cursor.source(tokens),
                change: TableChange::Unread {
                    reason: problem.to_string(),
                },
            }]
        }));
    }
    Ok(vec![Statement::AlterTable {
        table,
        if_exists,
        actions,
    }])
}

fn set_schema(cursor: &Cursor<'_>, table: Identifier, if_exists: bool, schema: String) -> Statement {
    let action = AlterTableAction::Change {
        text: cursor.source(&cursor.tokens[..cursor.at]),
        change: TableChange::SetSchema { schema },
    };
    Statement::AlterTable {
        table,
        if_exists,
        actions: vec![action],
    }
}

/// `RENAME TO`, `RENAME [COLUMN] .. TO`
fn rename(cursor: &mut Cursor<'_>, table: Identifier, if_exists: bool) -> Read<Statement> {
    cursor.expect("rename")?;
    if cursor.eat(&["to"]) {
        let to = cursor.identifier()?;
        cursor.expect_end()?;
        return Ok(Statement::RenameTable {
            from: table,
            to,
            if_exists,
        });
    }
    cursor.eat(&["column"]);
    let from = cursor.identifier()?;
    cursor.expect("to")?;
    let to = cursor.identifier()?;
    cursor.expect_end()?;
    Ok(Statement::AlterTable {
        table,
        if_exists,
        actions: vec![AlterTableAction::RenameColumn { from, to }],
    })
}

fn action(cursor: &mut Cursor<'_>, table: &str) -> Read<Vec<AlterTableAction>> {
    if cursor.eat(&["add"]) {
        return add(cursor, table);
    }
    if cursor.eat(&["drop"]) {
        return Ok(vec![drop(cursor)?]);
    }
    if cursor.sees(&["alter", "constraint"]) {
        return alter_constraint(cursor);
    }
    if cursor.eat(&["alter"]) {
        cursor.eat(&["column"]);
        return Ok(vec![alter_column(cursor)?]);
    }
    if cursor.eat(&["validate", "constraint"]) {
        let name = cursor.object()?;
        return Ok(vec![AlterTableAction::ValidateConstraint { name }]);
    }
    if cursor.eat(&["set", "tablespace"]) {
        let tablespace = cursor.name()?;
        cursor.eat(&["nowait"]);
        return Ok(vec![AlterTableAction::SetTablespace { tablespace }]);
    }
    let text = cursor.source(cursor.tokens);
    let change = change(cursor)?;
    Ok(vec![AlterTableAction::Change { text, change }])
}

fn add(cursor: &mut Cursor<'_>, table: &str) -> Read<Vec<AlterTableAction>> {
    if constraint::begins(cursor) {
        return Ok(vec![match constraint::read(cursor, table)? {
            Constraint::Table(constraint) => AlterTableAction::AddConstraint(constraint),
            Constraint::Change(change) => AlterTableAction::Change {
                text: cursor.source(cursor.tokens),
                change,
            },
        }]);
    }
    cursor.eat(&["column"]);
    let if_not_exists = cursor.if_not_exists();
    let mut definition = column::definition(cursor, table)?;
    definition.column.if_not_exists = if_not_exists;
    let mut actions = vec![AlterTableAction::AddColumn(Box::new(definition.column))];
    actions.extend(definition.more.into_iter().map(AlterTableAction::AddConstraint));
    Ok(actions)
}

fn drop(cursor: &mut Cursor<'_>) -> Read<AlterTableAction> {
    let is_constraint = cursor.eat(&["constraint"]);
    if !is_constraint {
        cursor.eat(&["column"]);
    }
    let if_exists = cursor.if_exists();
    if is_constraint {
        let name = cursor.object()?;
        let cascade = cursor.cascade();
        return Ok(AlterTableAction::DropConstraint {
            name,
            if_exists,
            cascade,
        });
    }
    let column = cursor.identifier()?;
    let cascade = cursor.cascade();
    Ok(AlterTableAction::DropColumn {
        column,
        if_exists,
        cascade,
    })
}

fn alter_constraint(cursor: &mut Cursor<'_>) -> Read<Vec<AlterTableAction>> {
    let text = cursor.source(cursor.tokens);
    cursor.at += 2;
    let name = cursor.name()?;
    let attributes = constraint::Attributes::read(cursor)?;
    let change = TableChange::AlterConstraint {
        name,
        enforced: attributes.enforced,
    };
    Ok(vec![AlterTableAction::Change { text, change }])
}

fn alter_column(cursor: &mut Cursor<'_>) -> Read<AlterTableAction> {
    let name = cursor.identifier()?;
    if cursor.eat(&["type"]) || cursor.eat(&["set", "data", "type"]) {
        return alter_type(cursor, name);
    }
    if cursor.eat(&["set", "not", "null"]) {
        return Ok(AlterTableAction::SetNotNull { column: name });
    }
    if cursor.eat(&["drop", "not", "null"]) {
        return Ok(AlterTableAction::DropNotNull { column: name });
    }
    if cursor.eat(&["set", "default"]) {
        let tokens = cursor.rest();
        let default = column::default(&mut cursor.over(tokens));
        let sql = cursor.source(tokens);
        // `SET DEFAULT NULL` is `DROP DEFAULT` by another name.
        if sql.eq_ignore_ascii_case("null") {
            return Ok(AlterTableAction::DropDefault { column: name });
        }
        return Ok(AlterTableAction::SetDefault { column: name, default });
    }
    if cursor.eat(&["drop", "default"]) {
        return Ok(AlterTableAction::DropDefault { column: name });
    }
    if cursor.sees(&["add", "generated"]) {
        cursor.rest();
        return Ok(AlterTableAction::AddIdentity { column: name });
    }
    if cursor.eat(&["drop", "identity"]) {
        cursor.if_exists();
        return Ok(AlterTableAction::DropIdentity { column: name });
    }
    let text = cursor.source(cursor.tokens);
    let Identifier::Known(column) = name else {
        return Err(Problem::Other("its column is known only when the code runs".to_owned()));
    };
    let change = alter_column_further(cursor, column)?;
    Ok(AlterTableAction::Change { text, change })
}

fn alter_column_further(cursor: &mut Cursor<'_>, column: String) -> Read<TableChange> {
    let catalog = |lock| Ok(TableChange::Catalog { lock });
    if cursor.eat(&["set", "expression", "as"]) {
        let inside = cursor.brackets()?;
        let expression = expression(cursor, inside);
        return Ok(TableChange::SetExpression { column, expression });
    }
    if cursor.eat(&["options"]) {
        cursor.brackets()?;
        return catalog(LockMode::AccessExclusive);
    }
    if cursor.eat(&["drop", "expression"]) {
        cursor.if_exists();
        return Ok(TableChange::DropExpression { column });
    }
    if cursor.eat(&["set", "statistics"]) || cursor.eat(&["reset"]) {
        cursor.rest();
        return catalog(LockMode::ShareUpdateExclusive);
    }
    if cursor.sees(&["set"]) && cursor.peek_at(1).is_some_and(|token| token.is_symbol("(")) {
        cursor.rest();
        return catalog(LockMode::ShareUpdateExclusive);
    }
    let is_identity = cursor.sees(&["set", "generated"])
        || cursor.sees(&["restart"])
        || [
            "increment",
            "minvalue",
            "maxvalue",
            "start",
            "cache",
            "cycle",
            "no",
            "sequence",
        ]
        .iter()
        .any(|word| cursor.sees(&["set", word]));
    if is_identity || cursor.sees(&["set", "storage"]) || cursor.sees(&["set", "compression"]) {
        cursor.rest();
        return catalog(LockMode::AccessExclusive);
    }
    cursor.fail("a change of the column")
}

fn alter_type(cursor: &mut Cursor<'_>, column: Identifier) -> Read<AlterTableAction> {
    let data_type = data_type(cursor)?;
    let collation = if cursor.eat(&["collate"]) {
        Some(cursor.relation()?)
    } else {
        None
    };
    let using = if cursor.eat(&["using"]) {
        let tokens = cursor.rest();
        Some(using(cursor, tokens, column.known().unwrap_or_default()))
    } else {
        None
    };
    Ok(AlterTableAction::AlterType {
        column,
        data_type,
        collation,
        using,
    })
}

/// `column::type` and `CAST(column AS type)` ask for what happens anyway; so does the column alone.
fn using(cursor: &Cursor<'_>, tokens: &[Token], column: &str) -> Using {
    let mut tokens = tokens;
    while let [open, inside @ .., close] = tokens {
        let closes_first = cursor
            .over_tokens(tokens)
            .brackets()
            .is_ok_and(|content| content.len() == inside.len());
        if !(open.is_symbol("(") && close.is_symbol(")") && closes_first) {
            break;
        }
        tokens = inside;
    }
    let is_column = |token: &Token| token.name() == Some(column);
    let is_cast = match tokens {
        [only] => is_column(only),
        [first, cast, rest @ ..] if is_column(first) && cast.is_symbol("::") => {
            let mut rest = cursor.over_tokens(rest);
            data_type(&mut rest).is_ok() && rest.is_done()
        }
        [cast, open, first, as_word, ..] => {
            cast.is("cast") && open.is_symbol("(") && is_column(first) && as_word.is("as")
        }
        _ => false,
    };
    if is_cast {
        Using::Cast
    } else {
        Using::Expression(cursor.sql(tokens))
    }
}

/// The actions that are about the table as a whole.
fn change(cursor: &mut Cursor<'_>) -> Read<TableChange> {
    let catalog = |lock| Ok(TableChange::Catalog { lock });
    if cursor.eat(&["rename", "constraint"]) {
        let from = cursor.name()?;
        cursor.expect("to")?;
        let to = cursor.name()?;
        return Ok(TableChange::RenameConstraint { from, to });
    }
    if cursor.eat(&["attach", "partition"]) {
        let partition = cursor.relation()?;
        let is_default = cursor.sees(&["default"]);
        return Ok(TableChange::AttachPartition {
            partition,
            is_default,
            bounds: super::create_table::values(cursor.rest()),
        });
    }
    if cursor.eat(&["detach", "partition"]) {
        let partition = cursor.relation()?;
        let concurrently = cursor.eat(&["concurrently"]) || cursor.eat(&["finalize"]);
        return Ok(TableChange::DetachPartition {
            partition,
            concurrently,
        });
    }
    if cursor.eat(&["inherit"]) {
        return Ok(TableChange::Inherit {
            parent: cursor.relation()?,
        });
    }
    if cursor.eat(&["no", "inherit"]) {
        return Ok(TableChange::Disinherit {
            parent: cursor.relation()?,
        });
    }
    if cursor.sees(&["disable", "row"]) || cursor.sees(&["no", "force", "row"]) {
        cursor.rest();
        return Ok(TableChange::DisableRowSecurity);
    }
    if cursor.eat_one_of(&["enable", "disable"]).is_some() {
        if let Some(name) = switched_trigger(cursor) {
            return Ok(TableChange::SwitchTrigger { name });
        }
        let is_trigger = cursor.sees(&["trigger"])
            || (cursor.peek_at(1).is_some_and(|token| token.is("trigger")) && !cursor.sees(&["row"]));
        cursor.rest();
        return catalog(if is_trigger {
            LockMode::ShareRowExclusive
        } else {
            LockMode::AccessExclusive
        });
    }
    if cursor.eat(&["set"]) {
        if cursor.eat_one_of(&["logged", "unlogged"]).is_some() {
            return Ok(TableChange::Rewrite);
        }
        if cursor.eat(&["access", "method"]) {
            cursor.name()?;
            return Ok(TableChange::Rewrite);
        }
        if cursor.sees_symbol("(") {
            return catalog(parameters_lock(cursor.brackets()?));
        }
        if cursor.eat(&["without"]) {
            cursor.name()?;
            return catalog(LockMode::ShareUpdateExclusive);
        }
        return cursor.fail("something to set");
    }
    if cursor.eat(&["reset"]) {
        return catalog(parameters_lock(cursor.brackets()?));
    }
    if cursor.eat(&["cluster", "on"]) {
        cursor.name()?;
        return catalog(LockMode::ShareUpdateExclusive);
    }
    if cursor.eat(&["force", "row", "level", "security"]) {
        return Ok(TableChange::ForceRowSecurity);
    }
    let is_known = cursor.sees(&["owner", "to"])
        || cursor.sees(&["replica", "identity"])
        || cursor.sees(&["no", "force"])
        || cursor.sees(&["of"])
        || cursor.sees(&["not", "of"])
        || cursor.sees(&["options"]);
    if is_known {
        cursor.rest();
        return catalog(LockMode::AccessExclusive);
    }
    cursor.fail("an action of ALTER TABLE")
}

/// Storage parameters are set under SHARE UPDATE EXCLUSIVE, but for one.
fn parameters_lock(parameters: &[Token]) -> LockMode {
    if parameters.iter().any(|token| token.is("user_catalog_table")) {
        LockMode::AccessExclusive
    } else {
        LockMode::ShareUpdateExclusive
    }
}

impl<'a> Cursor<'a> {
    fn over_tokens<'t>(&self, tokens: &'t [Token]) -> Cursor<'t>
    where
        'a: 't,
    {
        Cursor {
            text: self.text,
            tokens,
            at: 0,
            reading: self.reading,
        }
    }
}

/// The name in `ENABLE [ALWAYS | REPLICA] TRIGGER name`; none of `ALL`, `USER`, and the triggers of a foreign key.
fn switched_trigger(cursor: &mut Cursor<'_>) -> Option<String> {
    let mut ahead = cursor.clone();
    ahead.eat_one_of(&["always", "replica"]);
    if !ahead.eat(&["trigger"]) || ahead.sees(&["all"]) || ahead.sees(&["user"]) {
        return None;
    }
    let name = ahead.name().ok()?;
    if name.starts_with("RI_ConstraintTrigger_") {
        return None;
    }
    *cursor = ahead;
    Some(name)
}
