//! `CREATE TABLE` in all its forms.

use crate::catalog::table_key;
use crate::statement::{Command, Copied, CreateTable, Statement, TableChange, TableForm};

use crate::unknown::Identifier;

use super::column;
use super::constraint::{self, Constraint};
use super::cursor::{Cursor, Problem, Read};
use super::heads::command;
use super::query;
use super::token::{Kind, Token};

/// Everything behind `CREATE .. TABLE`.
pub(super) fn read(cursor: &mut Cursor<'_>, temporary: bool) -> Read<Vec<Statement>> {
    let if_not_exists = cursor.if_not_exists();
    let table = cursor.relation_identifier()?;
    if cursor.sees(&["as"]) || is_query_behind_names(cursor) {
        let Identifier::Known(table) = table else {
            return Err(Problem::Other("its name is known only when the code runs".to_owned()));
        };
        return create_as(cursor, table, if_not_exists);
    }
    let mut create = CreateTable {
        table: table.clone(),
        columns: Vec::new(),
        constraints: Vec::new(),
        tablespace: None,
        form: if temporary {
            TableForm::Temporary
        } else {
            TableForm::Plain
        },
        if_not_exists,
        unread: Vec::new(),
    };
    if cursor.eat(&["partition", "of"]) {
        partition(cursor, &mut create)?;
    } else {
        if cursor.eat(&["of"]) {
            cursor.relation()?;
        }
        if cursor.sees_symbol("(") {
            elements(cursor, table_key(&table), &mut create)?;
        }
    }
    options(cursor, &mut create)?;
    Ok(vec![Statement::CreateTable(create)])
}

/// `(name, name) AS SELECT ..`, `WITH (..) AS ..`
fn is_query_behind_names(cursor: &Cursor<'_>) -> bool {
    let mut ahead = cursor.clone();
    if ahead.sees_symbol("(") && ahead.brackets().is_err() {
        return false;
    }
    while let Some(token) = ahead.peek() {
        if token.is("as") {
            return true;
        }
        if token.is("partition") || token.is("inherits") {
            return false;
        }
        if ahead.sees_symbol("(") {
            if ahead.brackets().is_err() {
                return false;
            }
        } else {
            ahead.at += 1;
        }
    }
    false
}

fn create_as(cursor: &mut Cursor<'_>, table: String, if_not_exists: bool) -> Read<Vec<Statement>> {
    while !cursor.eat(&["as"]) {
        if cursor.sees_symbol("(") {
            cursor.brackets()?;
        } else {
            cursor.at += 1;
        }
    }
    let tokens = cursor.rest();
    let reads = query::reads(cursor, tokens);
    let read = Command::CreateTableAs {
        table,
        if_not_exists,
        reads,
    };
    Ok(vec![command(cursor, read)])
}

/// What stands between the brackets: columns, constraints, `LIKE`.
fn elements(cursor: &mut Cursor<'_>, table: &str, create: &mut CreateTable) -> Read<()> {
    let inside = cursor.brackets()?;
    if inside.is_empty() {
        return Ok(());
    }
    for tokens in Cursor::comma_separated(inside) {
        let mut element = cursor.over(tokens);
        // Elements that are known only when the code runs.
        if let [token] = tokens
            && let Some(unknown) = token.unknown_whole()
        {
            create.unread.push(unknown.clone());
            continue;
        }
        if element.eat(&["like"]) {
            create.form = TableForm::Copy {
                of: element.relation()?,
                including: copied(&mut element)?,
            };
        } else if constraint::begins(&element) {
            match constraint::read(&mut element, table)? {
                Constraint::Table(constraint) => create.constraints.push(constraint),
                Constraint::Change(TableChange::AddNotNull { column, .. }) => {
                    let columns = create
                        .columns
                        .iter_mut()
                        .filter(|other| other.name.known() == Some(&column));
                    columns.for_each(|column| column.not_null = true);
                }
                Constraint::Change(_) => return element.fail("a table constraint"),
            }
        } else {
            let definition = column::definition(&mut element, table)?;
            create.columns.push(definition.column);
            create.constraints.extend(definition.more);
        }
        element.expect_end()?;
    }
    Ok(())
}

/// `INCLUDING ALL EXCLUDING INDEXES`
fn copied(cursor: &mut Cursor<'_>) -> Read<Copied> {
    let mut copied = Copied::default();
    while let Some(word) = cursor.eat_one_of(&["including", "excluding"]) {
        let is_included = word == "including";
        let option = cursor.name()?;
        let is_all = option == "all";
        for (name, value) in [
            ("defaults", &mut copied.defaults),
            ("identity", &mut copied.identity),
            ("generated", &mut copied.generated),
            ("constraints", &mut copied.checks),
            ("indexes", &mut copied.indexes),
        ] {
            if is_all || option == name {
                *value = is_included;
            }
        }
    }
    Ok(copied)
}

/// `PARTITION OF parent [(..)] FOR VALUES ..`
fn partition(cursor: &mut Cursor<'_>, create: &mut CreateTable) -> Read<()> {
    let parent = cursor.relation()?;
    if cursor.sees_symbol("(") {
        // Constraints beside those of the parent; its columns have no type here.
        cursor.brackets()?;
    }
    let is_default = cursor.eat(&["default"]);
    let mut bounds = Vec::new();
    if !is_default {
        cursor.expect("for")?;
        bounds = values(cursor.until(|token| token.is("partition") || token.is("using") || token.is("tablespace")));
    }
    create.form = TableForm::Partition {
        parent,
        is_default,
        partitioned: cursor.sees(&["partition"]),
        bounds,
    };
    Ok(())
}

/// The values that stand in the bounds of a partition.
pub(super) fn values(bounds: &[Token]) -> Vec<String> {
    let values = bounds.iter().filter_map(|token| match &token.kind {
        Kind::Text(value) | Kind::Number(value) => Some(value.clone()),
        Kind::Word(_) | Kind::Quoted(_) | Kind::Unknown(_) | Kind::UnknownName(..) | Kind::Symbol(_) => None,
    });
    values.collect()
}

fn options(cursor: &mut Cursor<'_>, create: &mut CreateTable) -> Read<()> {
    while !cursor.is_done() {
        if cursor.eat(&["inherits"]) {
            let inside = cursor.brackets()?;
            let parents = cursor.over(inside).list(Cursor::relation)?;
            create.form = TableForm::Child { parents };
        } else if cursor.eat(&["partition", "by"]) {
            cursor.name()?;
            cursor.brackets()?;
            if create.form == TableForm::Plain {
                create.form = TableForm::Partitioned;
            }
        } else if cursor.eat(&["tablespace"]) {
            create.tablespace = Some(cursor.name()?);
        } else if cursor.eat(&["using"]) {
            cursor.name()?;
        } else if cursor.eat(&["with"]) {
            cursor.brackets()?;
        } else if cursor.eat(&["on", "commit"]) {
            cursor.until(|token| token.is("tablespace"));
        } else if !cursor.eat(&["without", "oids"]) {
            return cursor.fail("the end of CREATE TABLE");
        }
    }
    Ok(())
}
