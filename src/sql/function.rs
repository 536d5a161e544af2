//! `CREATE FUNCTION`, `CREATE PROCEDURE`: what is declared, and the body, which runs when it is called.

use crate::statement::{BodyLanguage, Command, FunctionBody, FunctionKind, Parameter, Takes, Volatility};

use super::cursor::{Cursor, Read};
use super::token::{Kind, Token};

/// From `FUNCTION` or `PROCEDURE` on.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Read<Command> {
    let is_aggregate = cursor.sees(&["aggregate"]);
    let kind = if cursor.sees(&["procedure"]) {
        FunctionKind::Procedure
    } else {
        FunctionKind::Function
    };
    cursor.at += 1;
    let name = cursor.relation()?;
    let parameters = if cursor.sees_symbol("(") {
        parameters(cursor)?
    } else {
        Vec::new()
    };
    let rest = cursor.rest();
    let is_trigger = rest
        .windows(2)
        .any(|pair| pair[0].is("returns") && (pair[1].is("trigger") || pair[1].is("event_trigger")));
    let mut volatility = Volatility::Volatile;
    for token in rest {
        match token.word() {
            Some("immutable" | "stable") => volatility = Volatility::Stable,
            Some("volatile") => volatility = Volatility::Volatile,
            _ => {}
        }
    }
    let language = language(rest);
    // A function in SQL may be inlined, and what is left of it then may be a constant.
    if language == Some(BodyLanguage::Sql) && volatility == Volatility::Volatile {
        volatility = Volatility::Unknown;
    }
    let text = if is_aggregate || is_trigger {
        None
    } else {
        body(cursor, rest)
    };
    let body = language.zip(text).map(|(language, text)| FunctionBody {
        kind,
        language,
        text: text.into(),
        parameters,
        has_settings: rest.iter().any(|token| token.is("set")) && !is_standard(rest),
    });
    Ok(Command::CreateFunction {
        name,
        volatility,
        is_trigger,
        body,
    })
}

/// `LANGUAGE name`; a body without quotes is one in SQL.
fn language(rest: &[Token]) -> Option<BodyLanguage> {
    let named = rest.windows(2).find(|pair| pair[0].is("language"));
    let name = named.and_then(|pair| match &pair[1].kind {
        Kind::Text(name) | Kind::Word(name) | Kind::Quoted(name) => Some(name.to_ascii_lowercase()),
        Kind::Number(_) | Kind::Unknown(_) | Kind::UnknownName(..) | Kind::Symbol(_) => None,
    });
    match name.as_deref() {
        Some("plpgsql") => Some(BodyLanguage::PlPgSql),
        Some("sql") => Some(BodyLanguage::Sql),
        Some(_) => None,
        None => is_standard(rest).then_some(BodyLanguage::Sql),
    }
}

/// Whether the body is written without quotes: `BEGIN ATOMIC .. END`, `RETURN expression`.
fn is_standard(rest: &[Token]) -> bool {
    rest.windows(2).any(|pair| pair[0].is("begin") && pair[1].is("atomic"))
        || rest.iter().any(|token| token.is("return"))
}

/// The text of the body.
fn body(cursor: &Cursor<'_>, rest: &[Token]) -> Option<String> {
    let quoted = rest.windows(2).find_map(|pair| match &pair[1].kind {
        Kind::Text(text) if pair[0].is("as") => Some(text.clone()),
        _ => None,
    });
    if quoted.is_some() {
        return quoted;
    }
    if let Some(at) = rest.iter().position(|token| token.is("atomic")) {
        let end = rest.iter().rposition(|token| token.is("end"))?;
        return rest.get(at + 1..end).map(|inside| cursor.source(inside));
    }
    let at = rest.iter().position(|token| token.is("return"))?;
    Some(format!("SELECT {}", cursor.source(&rest[at + 1..])))
}

/// `([IN | VARIADIC] [name] type [{DEFAULT | =} value], OUT ..)`
fn parameters(cursor: &mut Cursor<'_>) -> Read<Vec<Parameter>> {
    let inside = cursor.brackets()?;
    let declared = Cursor::comma_separated(inside).into_iter();
    Ok(declared.filter_map(|tokens| parameter(cursor, tokens)).collect())
}

fn parameter(cursor: &Cursor<'_>, tokens: &[Token]) -> Option<Parameter> {
    let (mut tokens, mut takes) = (tokens, Takes::One);
    let is_mode = |token: &Token| token.is("in") || token.is("inout") || token.is("out") || token.is("variadic");
    while let [mode, rest @ ..] = tokens
        && is_mode(mode)
    {
        if mode.is("out") {
            return None;
        }
        if mode.is("variadic") {
            takes = Takes::Any;
        }
        tokens = rest;
    }
    let default = tokens
        .iter()
        .position(|token| token.is("default") || token.is_symbol("=") || token.is_symbol(":="));
    let mut value = None;
    if let Some(at) = default {
        takes = Takes::AtMostOne;
        value = Some(cursor.source(&tokens[at + 1..]));
        tokens = &tokens[..at];
    }
    let is_named = matches!(tokens, [name, next, ..]
        if name.name().is_some() && next.name().is_some() && !next.is("precision") && !next.is("varying"));
    let (name, data_type) = if is_named {
        (tokens.first()?.name().map(str::to_owned), &tokens[1..])
    } else {
        (None, tokens)
    };
    if data_type.is_empty() {
        return None;
    }
    Some(Parameter {
        name,
        data_type: cursor.source(data_type).to_lowercase(),
        takes,
        default: value,
    })
}
