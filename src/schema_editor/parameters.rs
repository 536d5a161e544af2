//! Parameters of SQL: `%s` and `%(name)s`, filled in by psycopg on this side of the connection.

use crate::value::Value;

use super::prepare::generic;

/// `compose_sql(sql, parameters)`; nothing where the two do not fit together.
pub(super) fn fill_parameters(sql: &str, parameters: &Value) -> Option<String> {
    let mut positions = parameters.as_items().unwrap_or_default().iter();
    let mut filled = String::new();
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once('%') {
        filled.push_str(before);
        if let Some(after) = after.strip_prefix('%') {
            filled.push('%');
            rest = after;
        } else if let Some(after) = after.strip_prefix('s') {
            filled.push_str(&literal(positions.next()?));
            rest = after;
        } else {
            let (name, after) = after.strip_prefix('(')?.split_once(")s")?;
            filled.push_str(&literal(named(parameters, name)?));
            rest = after;
        }
    }
    filled.push_str(rest);
    Some(filled)
}

fn named<'v>(parameters: &'v Value, name: &str) -> Option<&'v Value> {
    let Value::Dict(items) = parameters else { return None };
    let (_, value) = items.iter().find(|(key, _)| key.as_str() == Some(name))?;
    Some(value)
}

fn literal(value: &Value) -> String {
    generic(value).sql().unwrap_or_else(|| "NULL".to_owned())
}
