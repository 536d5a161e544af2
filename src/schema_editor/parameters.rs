//! Parameters of SQL: `%s` and `%(name)s`, filled in by psycopg on this side of the connection.

use crate::unknown::{PartForm, Sql, UnknownPart};
use crate::value::{Builder, Str, Value};

use super::prepare::generic;

/// Text of SQL, and the parts of it that are not known.
pub(super) type Written = (Str, Vec<UnknownPart>);

/// `compose_sql(sql, parameters)` with the parameters of which something is not known; nothing where the two do not fit together.
pub(super) fn fill_parameters((sql, parts): &Written, parameters: &Value) -> Option<Written> {
    let mut positions = parameters.as_items().unwrap_or_default().iter();
    let mut filled = Builder::default();
    let mut unknowns = Vec::new();
    let mut parts = parts.iter().peekable();
    let mut at = 0;
    loop {
        let percent = sql[at..].find('%').map(|percent| at + percent);
        // What is shown for an unknown part has no placeholders in it.
        if let Some(part) = parts.next_if(|part| percent.is_none_or(|percent| part.bytes.start < percent)) {
            filled.push_part(sql, at..part.bytes.start);
            let start = filled.length();
            filled.push_part(sql, part.bytes.clone());
            unknowns.push(UnknownPart {
                bytes: start..filled.length(),
                ..part.clone()
            });
            at = part.bytes.end;
            continue;
        }
        let Some(percent) = percent else { break };
        filled.push_part(sql, at..percent);
        at = percent + 1;
        let rest = &sql[at..];
        if rest.starts_with('%') {
            filled.push_part(sql, at..at + 1);
            at += 1;
        } else if rest.starts_with('s') {
            push(&mut filled, &literal(positions.next()?), &mut unknowns);
            at += 1;
        } else {
            let (name, _) = rest.strip_prefix('(')?.split_once(")s")?;
            push(&mut filled, &literal(named(parameters, name)?), &mut unknowns);
            at += name.len() + "()s".len();
        }
    }
    filled.push_part(sql, at..sql.len());
    Some((filled.finish(), unknowns))
}

fn push(filled: &mut Builder, literal: &Sql, unknowns: &mut Vec<UnknownPart>) {
    let start = filled.length();
    filled.push_text(literal.shown());
    // An array with something unknown in it is no more than a value that is not known.
    unknowns.extend(literal.unknowns().first().map(|unknown| UnknownPart {
        bytes: start..filled.length(),
        unknown: unknown.clone(),
        form: PartForm::Literal,
    }));
}

fn named<'v>(parameters: &'v Value, name: &str) -> Option<&'v Value> {
    let Value::Dict(items) = parameters else { return None };
    let (_, value) = items.iter().find(|(key, _)| key.as_str() == Some(name))?;
    Some(value)
}

fn literal(value: &Value) -> Sql {
    generic(value).sql().unwrap_or_else(|| "NULL".into())
}
