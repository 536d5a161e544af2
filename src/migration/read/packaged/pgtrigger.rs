//! django-pgtrigger: its operations, and the triggers compiled into migrations.

use super::super::arguments::{Arguments, Reason, not_readable};
use crate::migration::packaged::{Packaged, Trigger};
use crate::value::{Call, Value};

/// Of `UpsertTriggerSql`; all by keyword.
#[rustfmt::skip]
const TRIGGER_PARAMETERS: &[&str] = &[
    "ignore_func_name", "pgid", "declare", "func", "table", "constraint", "when", "operation", "timing", "referencing", "level",
    "condition", "execute", "hash",
];

/// `UpsertTriggerSql.get_template` of pgtrigger/compiler.py, which promises never to change. The text is django-pgtrigger's;
/// django-pgtrigger.LICENSE is its licence.
const INSTALL_TRIGGER: &str = include_str!("../../../packages/django-pgtrigger.sql");

pub(super) fn add_trigger(call: &Call) -> Result<Packaged, Reason> {
    let arguments = Arguments::new(call, &["model_name", "trigger"])?;
    Ok(Packaged::AddTrigger {
        model_name: arguments.string("model_name")?,
        trigger: trigger(arguments.required("trigger")?)?,
    })
}

pub(super) fn remove_trigger(call: &Call) -> Result<Packaged, Reason> {
    let arguments = Arguments::new(call, &["model_name", "name"])?;
    Ok(Packaged::RemoveTrigger {
        model_name: arguments.string("model_name")?,
        name: arguments.string("name")?,
    })
}

/// `pgtrigger.compiler.Trigger(name=.., sql=..)`; what is compiled only when the migration runs is not read.
fn trigger(value: &Value) -> Result<Trigger, Reason> {
    let called = |value: &Value, class: &str| match value {
        Value::Call(call) if call.path == format!("pgtrigger.compiler.{class}") => Some(call.clone()),
        _ => None,
    };
    let compiled = called(value, "Trigger").ok_or_else(|| not_readable("trigger", value))?;
    let arguments = Arguments::new(&compiled, &["name", "sql"])?;
    let name = arguments.string("name")?;
    let value = arguments.required("sql")?;
    let sql = called(value, "UpsertTriggerSql").ok_or_else(|| not_readable("sql", value))?;
    let arguments = Arguments::new(&sql, TRIGGER_PARAMETERS)?;
    let (pgid, table) = (arguments.string("pgid")?, arguments.string("table")?);
    let part = |key: &str| -> Result<String, Reason> {
        match (key, arguments.optional_string(key)?) {
            ("table", Some(table)) => Ok(quoted(&table)),
            (_, Some(given)) => Ok(given),
            ("ignore_func_name", None) => Ok("\"public\"._pgtrigger_should_ignore".to_owned()),
            ("level", None) => Ok("ROW".to_owned()),
            ("execute", None) => Ok(format!("{pgid}()")),
            ("declare" | "constraint" | "timing" | "referencing" | "condition", None) => Ok(String::new()),
            // The digest of all the rest; every migration that a program wrote has it.
            (_, None) => Err(format!("the trigger needs `{key}`")),
        }
    };
    Ok(Trigger {
        name,
        install: filled(INSTALL_TRIGGER, part)?,
        watches: format!("{} {}", part("operation")?, part("condition")?),
        pgid,
        table,
    })
}

/// A template of Python's `str.format` with its fields filled in.
fn filled(template: &str, part: impl Fn(&str) -> Result<String, Reason>) -> Result<String, Reason> {
    let mut pieces = template.split('{');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (key, rest) = piece.split_once('}').unwrap_or((piece, ""));
        text.push_str(&part(key)?);
        text.push_str(rest);
    }
    Ok(text)
}

/// `pgtrigger.utils.quote`
fn quoted(label: &str) -> String {
    if label.starts_with('"') || label.ends_with('"') {
        label.to_owned()
    } else {
        format!("\"{label}\"")
    }
}
