//! Parameters of SQL: `%s` and `%(name)s`, filled in by psycopg on this side of the connection.

use crate::unknown::{Sql, UnknownPart};
use crate::value::{Builder, Str, Value};

use super::prepare::generic;

/// `compose_sql(sql, parameters)` with the parameters of which something is not known; nothing where the two do not fit together.
pub(super) fn fill_parameters(sql: &Str, parameters: &Value) -> Option<(Str, Vec<UnknownPart>)> {
    let mut positions = parameters.as_items().unwrap_or_default().iter();
    let mut filled = Builder::default();
    let mut unknowns = Vec::new();
    let mut at = 0;
    while let Some(percent) = sql[at..].find('%') {
        filled.push_part(sql, at..at + percent);
        at += percent + 1;
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
