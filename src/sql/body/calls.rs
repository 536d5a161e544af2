//! Functions and procedures that the same history creates: what they send is sent where they are called.

use crate::python_work::Certainty;
use crate::sql::cursor::{Cursor, Read};
use crate::sql::expression::call_sites;
use crate::sql::reading::{Reading, Refused};
use crate::sql::{heads, token};
use crate::statement::{BodyLanguage, FunctionBody, FunctionKind, Inner, Statement};

use super::course::{Course, Ending, Place};
use super::folding::{Folding, is_one_bracket};
use super::reader;
use super::structure::{Block, Step, Tokens};
use super::text::{Value, Variables};

/// Why no function may commit.
pub(super) const IN_FUNCTION: &str = "a function runs within the statement that calls it";

/// A statement with its own text, where that is not the text that was read.
pub(super) type Told = (Statement, Option<String>);

/// Statements that call functions.
const CALLERS: &[&str] = &[
    "call", "create", "delete", "insert", "merge", "select", "update", "values", "with",
];

/// Reads one statement, and follows the functions that it calls.
pub(super) fn read(cursor: &Cursor<'_>, folding: &Folding<'_>, depth: usize, ending: Ending) -> Read<Vec<Told>> {
    let tokens = cursor.tokens;
    let Some(first) = tokens.first() else {
        return Ok(Vec::new());
    };
    let is_call = first.is("call");
    let own = if is_call && calls_known(cursor.reading, tokens) {
        Vec::new()
    } else {
        heads::read(cursor.text, tokens, cursor.reading, depth)?
    };
    let mut told = Vec::new();
    for statement in own {
        match statement.into_block() {
            Ok(block) => told.extend(block.into_iter().map(|inner| (inner.statement, Some(inner.text)))),
            Err(statement) => told.push((statement, None)),
        }
    }
    let ending = match ending {
        Ending::Possible if !is_call => Ending::Refused(IN_FUNCTION),
        ending => ending,
    };
    let inner = sent(folding, cursor, tokens, ending);
    told.extend(inner.into_iter().map(|inner| (inner.statement, Some(inner.text))));
    Ok(told)
}

/// The same at the top of a string: a block, where functions are known.
pub(super) fn read_whole(cursor: &Cursor<'_>, depth: usize) -> Read<Vec<Statement>> {
    let tokens = cursor.tokens;
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
        return Ok(Vec::new());
    };
    if !CALLERS.iter().any(|word| first.is(word)) && !first.is_symbol("(") || !calls_known(cursor.reading, tokens) {
        return heads::read(cursor.text, tokens, cursor.reading, depth);
    }
    let place = Some((first.start, last.end));
    let variables = Variables::default();
    let folding = Folding {
        variables: &variables,
        reading: cursor.reading,
    };
    let told = read(cursor, &folding, depth, Ending::Possible)?;
    if told.iter().all(|(_, text)| text.is_none()) {
        return Ok(told.into_iter().map(|(statement, _)| statement).collect());
    }
    let inner = told.into_iter().map(|(statement, text)| Inner {
        statement,
        text: text.unwrap_or_else(|| cursor.source(tokens)),
        place,
        certainty: Certainty::Certain,
    });
    Ok(vec![heads::command(
        cursor,
        crate::statement::Command::Block(inner.collect()),
    )])
}

fn calls_known(reading: Reading<'_>, tokens: Tokens<'_>) -> bool {
    call_sites(tokens).any(|(_, name)| !reading.bodies(name).is_empty())
}

/// Whether `CALL` runs a procedure that is known.
pub(super) fn bodies<'a>(reading: Reading<'a>, name: &str) -> &'a [FunctionBody] {
    reading.bodies(name)
}

/// What the functions send that some tokens call, in the order in which they stand there.
pub(super) fn sent(folding: &Folding<'_>, cursor: &Cursor<'_>, tokens: Tokens<'_>, ending: Ending) -> Vec<Inner> {
    let mut found = Vec::new();
    for (index, name) in call_sites(tokens) {
        let bodies = cursor.reading.bodies(name);
        if bodies.is_empty() {
            continue;
        }
        let arguments = arguments(folding, &tokens[index + 1..]);
        let fits = |body: &&FunctionBody| body.takes(arguments.len());
        let mut fitting: Vec<&FunctionBody> = bodies.iter().filter(fits).collect();
        if fitting.is_empty() {
            fitting = bodies.iter().collect();
        }
        for body in fitting {
            found.extend(of_function(cursor.reading, name, body, &arguments, ending));
        }
    }
    found
}

/// An argument and the name that it is given for, if it is.
type Argument = (Option<String>, Value);

fn arguments(folding: &Folding<'_>, tokens: Tokens<'_>) -> Vec<Argument> {
    let mut depth = 0i32;
    let end = tokens.iter().position(|token| {
        depth += token.nesting();
        depth == 0
    });
    let Some(end) = end.filter(|end| is_one_bracket(&tokens[..=*end])) else {
        return Vec::new();
    };
    let arguments = Cursor::comma_separated(&tokens[1..end]);
    let argument = |argument: Tokens<'_>| match argument {
        [name, arrow, value @ ..] if arrow.is_symbol("=>") || arrow.is_symbol(":=") => {
            (name.name().map(str::to_owned), folding.value(value).handed_over())
        }
        value => (None, folding.value(value).handed_over()),
    };
    let arguments = arguments.into_iter().filter(|tokens| !tokens.is_empty());
    arguments.map(argument).collect()
}

fn of_function(
    reading: Reading<'_>,
    name: &str,
    body: &FunctionBody,
    arguments: &[Argument],
    ending: Ending,
) -> Vec<Inner> {
    let running = match reading.call(name) {
        Ok(running) => running,
        Err(Refused::CallsItself) => return vec![gap(name, "it calls itself")],
        Err(Refused::TooDeep) => return vec![gap(name, "it is called too deep within others")],
    };
    if !reading.take_statement() || !reading.take_bytes(body.text.len()) {
        return vec![gap(name, "more is called than is followed")];
    }
    let reading = reading.within(&running);
    let (tokens, problem) = token::tokens(&body.text);
    let cursor = Cursor::new(&body.text, &tokens, reading);
    let structure = match body.language {
        BodyLanguage::PlPgSql => reader::read(cursor.clone()),
        BodyLanguage::Sql => statements(&tokens),
    };
    let ending = match (body.kind, ending) {
        (FunctionKind::Function, _) => Ending::Refused(IN_FUNCTION),
        (FunctionKind::Procedure, Ending::Possible) if body.has_settings => {
            Ending::Refused("a procedure with SET in its declaration runs within its call")
        }
        (FunctionKind::Procedure, ending) => ending,
    };
    let variables = parameters(reading, body, arguments);
    let course = Course::new(cursor, Place::Of(None), ending, variables, 0);
    let mut found = course.of_body(&structure);
    if let Some(problem) = problem {
        found.push(gap(name, &problem));
    }
    for inner in &mut found {
        if let Statement::Unread { reason, .. } = &mut inner.statement
            && !reason.starts_with("calls `")
        {
            *reason = format!("calls `{name}`: {reason}");
        }
    }
    found
}

fn gap(name: &str, reason: &str) -> Inner {
    Inner {
        statement: Statement::Unread {
            text: String::new(),
            reason: format!("calls `{name}`: {reason}"),
        },
        text: String::new(),
        place: None,
        certainty: Certainty::Certain,
    }
}

/// The parameters as variables, by name: what is given, else what they are by default.
fn parameters(reading: Reading<'_>, body: &FunctionBody, arguments: &[Argument]) -> Variables {
    let mut variables = Variables::default();
    for parameter in &body.parameters {
        if let (Some(name), Some(default)) = (&parameter.name, &parameter.default) {
            variables.set(name, by_default(reading, default));
        }
    }
    for (at, (name, value)) in arguments.iter().enumerate() {
        let declared = body.parameters.get(at).and_then(|parameter| parameter.name.as_ref());
        if let Some(name) = name.as_ref().or(declared) {
            variables.set(name, value.clone());
        }
    }
    variables
}

fn by_default(reading: Reading<'_>, default: &str) -> Value {
    let variables = Variables::default();
    let folding = Folding {
        variables: &variables,
        reading,
    };
    let (tokens, _) = token::tokens(default);
    folding.value(&tokens).handed_over()
}

/// A body in SQL: statements, one after the other.
fn statements(tokens: Tokens<'_>) -> Block<'_> {
    let mut depth = 0i32;
    let statements = tokens.split(|token| {
        depth += token.nesting();
        depth <= 0 && token.is_symbol(";")
    });
    let statements = statements.filter(|statement| !statement.is_empty());
    Block {
        steps: statements.map(Step::Sql).collect(),
        ..Block::default()
    }
}
