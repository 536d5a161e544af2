//! Parameters that psycopg refuses to fill in, before anything is sent.
//!
//! Told is what psycopg 3 and psycopg2 both refuse, as seen with 3.3 and 2.9.

use crate::value::Value;

use super::parameters::Written;

const PERCENT: &str = "a percent sign in SQL with parameters is taken for a placeholder; write `%%`";

/// Why a text and its parameters do not fit together; nothing where they may.
pub(super) fn misfit((sql, unknowns): &Written, parameters: &Value) -> Option<String> {
    if !unknowns.is_empty() {
        return None;
    }
    let (mut positions, mut names) = (0, Vec::new());
    let mut rest: &str = sql;
    while let Some(at) = rest.find('%') {
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('%') {
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix('s') {
            positions += 1;
            rest = behind;
        } else if rest.starts_with(['b', 't']) {
            // psycopg 3 has these too.
            return None;
        } else if let Some((name, behind)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(")s")) {
            names.push(name);
            rest = behind;
        } else {
            return Some(PERCENT.to_owned());
        }
    }
    match parameters {
        Value::List(given) | Value::Tuple(given) => of_positions(positions, &names, given.len()),
        Value::Dict(given) => of_names(positions, &names, given),
        _ => None,
    }
}

fn of_positions(positions: usize, names: &[&str], given: usize) -> Option<String> {
    if !names.is_empty() {
        return Some("its placeholders have names, and its parameters none".to_owned());
    }
    // psycopg2 passes over parameters where there is no placeholder at all.
    let is_passed_over = positions == 0;
    (positions != given && !is_passed_over)
        .then(|| format!("the SQL has {positions} placeholders, and gets {given} parameters"))
}

fn of_names(positions: usize, names: &[&str], given: &[(Value, Value)]) -> Option<String> {
    if positions > 0 {
        return Some("its placeholders have no names, and its parameters have".to_owned());
    }
    let keys: Option<Vec<&str>> = given.iter().map(|(key, _)| key.as_str()).collect();
    let keys = keys?;
    let missing = names.iter().find(|name| !keys.contains(name))?;
    Some(format!(
        "the SQL asks for the parameter `{missing}`, which it does not get"
    ))
}
