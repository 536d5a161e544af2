//! What is said of settings that decide DDL and are no constants: once for each, with what hangs on it and how to say it.

use std::collections::BTreeSet;

use super::settings::{Answer, Settings};
use crate::migration::{Field, FieldKind, InternalType, Migration, ModelRef, Operation, OperationNode, Ownership};
use crate::value::Value;

/// Of which setting the users' model is.
const USER: &str = "AUTH_USER_MODEL";

/// One note for each setting that some operation depends on, and that is not known for certain. `inferred` is the model of
/// users that the migrations show.
pub(super) fn notes(settings: &Settings, migrations: &[Migration], inferred: Option<&str>) -> Vec<String> {
    let own = migrations
        .iter()
        .filter(|migration| migration.ownership == Ownership::Project);
    let operations: Vec<&OperationNode> = own.flat_map(|migration| &migration.operations).collect();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for field in operations.iter().flat_map(|node| fields(&node.operation)) {
        names.extend(swappables(field).map(str::to_owned));
    }
    names.extend(["DEFAULT_AUTO_FIELD", "USE_TZ", "TIME_ZONE"].map(str::to_owned));
    let mut notes = Vec::new();
    for name in names {
        let depends = |node: &&&OperationNode| depends(&node.operation, &name);
        let count = operations.iter().filter(depends).count();
        if count > 0 {
            notes.extend(note(settings, &name, count, inferred));
        }
    }
    notes
}

fn note(settings: &Settings, name: &str, count: usize, inferred: Option<&str>) -> Option<String> {
    let is_model = name.ends_with("_MODEL");
    let answer = if is_model {
        settings.swapped(name)
    } else {
        settings.answer(name)
    };
    let module = settings.module.as_deref().unwrap_or("the settings");
    let depend = match count {
        1 => "1 operation depends on it".to_owned(),
        _ => format!("{count} operations depend on it"),
    };
    let inferred = inferred.filter(|_| name == USER);
    match answer {
        Answer::Absent | Answer::Bound(_) => None,
        Answer::Fallback(value) => {
            let value = shown(&value);
            let key = key(name, &value);
            Some(format!(
                "{name} is not a constant in {module}; {value} is taken, which the code falls back to ({depend}): {key} says it"
            ))
        }
        Answer::Unknown(why) => Some(match inferred {
            Some(model) => format!(
                "{name} is not known: {why}; `{model}` is taken, the one model of users among the migrations ({depend}): {} says \
                 it",
                key(name, &format!("\"{model}\""))
            ),
            None => format!("{name} is not known: {why} ({depend}): {}", remedy(settings, name)),
        }),
    }
}

/// What is said of a flag that decides which operations there are, and that the environment may set.
pub(super) fn flag(settings: &Settings, name: &str) -> Option<String> {
    let Answer::Fallback(value) = settings.answer(name) else {
        return None;
    };
    let (module, value) = (settings.module.as_deref()?, shown(&value));
    let key = key(name, &value);
    Some(format!(
        "{name} is not a constant in {module}, and decides what migrations do; {value} is taken, which the code falls back to: {key} says it"
    ))
}

fn shown(value: &Value) -> String {
    match value {
        Value::Str(text) => format!("\"{text}\""),
        Value::Bool(true) => "true".to_owned(),
        Value::Bool(false) => "false".to_owned(),
        Value::Int(number) => number.to_string(),
        _ => "nothing".to_owned(),
    }
}

/// The line of configuration that says a setting.
fn key(name: &str, value: &str) -> String {
    if name == USER {
        format!("`user-model = {value}`")
    } else {
        format!("`settings.{name} = {value}`")
    }
}

fn remedy(settings: &Settings, name: &str) -> String {
    let example = match name {
        "DEFAULT_AUTO_FIELD" => "\"django.db.models.BigAutoField\"",
        "USE_TZ" => "true",
        "TIME_ZONE" => "\"UTC\"",
        _ => "\"app.Model\"",
    };
    let line = key(name, example);
    match settings.module {
        None => format!("name the settings with `settings-module`, or say {line}"),
        Some(_) => format!("say {line}"),
    }
}

/// The fields that an operation gives to models, nested operations included.
fn fields(operation: &Operation) -> Vec<&Field> {
    match operation {
        Operation::CreateModel { fields, .. } => fields.iter().map(|(_, field)| field.as_ref()).collect(),
        Operation::AddField { field, .. } | Operation::AlterField { field, .. } => vec![field.as_ref()],
        Operation::SeparateDatabaseAndState {
            database_operations,
            state_operations,
        } => {
            let nested = database_operations.iter().chain(state_operations);
            nested.flat_map(|node| fields(&node.operation)).collect()
        }
        Operation::RunSql { state_operations, .. } => state_operations
            .iter()
            .flat_map(|node| fields(&node.operation))
            .collect(),
        _ => Vec::new(),
    }
}

/// The settings that a field's references name.
fn swappables(field: &Field) -> impl Iterator<Item = &str> {
    let many = field.many_to_many();
    let references = [
        field.relation().map(|relation| &relation.to),
        many.map(|many| &many.to),
        many.and_then(|many| many.through.as_ref()),
    ];
    references
        .into_iter()
        .flatten()
        .filter_map(|reference| match reference {
            ModelRef::Setting(name) => Some(name.as_str()),
            ModelRef::Named { .. } | ModelRef::SelfReference | ModelRef::Unknown(_) => None,
        })
}

fn depends(operation: &Operation, setting: &str) -> bool {
    fields(operation).into_iter().any(|field| match setting {
        "DEFAULT_AUTO_FIELD" => field.many_to_many().is_some_and(|many| many.through.is_none()),
        "USE_TZ" | "TIME_ZONE" => is_moment(field),
        name => swappables(field).any(|swappable| swappable == name),
    })
}

/// Whether its default is a moment, to which a time zone may have to be added.
fn is_moment(field: &Field) -> bool {
    let is_date_time = matches!(field.kind, FieldKind::Plain(InternalType::DateTime));
    let default = field.default.iter().chain(&field.db_default);
    let is_written = |value: &Value| match value {
        Value::Str(_) => true,
        Value::Call(call) => call.path.starts_with("datetime."),
        _ => false,
    };
    is_date_time && default.into_iter().any(is_written)
}

/// The one model of the project that is a model of users: it says that the setting can replace it, or has what
/// `AbstractBaseUser` gives. `None` where there is none, or several.
pub(super) fn user_model(migrations: &[Migration]) -> Option<String> {
    let mut declared = BTreeSet::new();
    let mut alike = BTreeSet::new();
    let own = migrations
        .iter()
        .filter(|migration| migration.ownership == Ownership::Project);
    let own: Vec<&Migration> = own.filter(|migration| migration.replaces.is_empty()).collect();
    let operations = || {
        own.iter().flat_map(|migration| {
            migration
                .operations
                .iter()
                .map(|node| (migration.key.app.as_str(), &node.operation))
        })
    };
    for (app, operation) in operations() {
        if let Operation::CreateModel {
            name, fields, options, ..
        } = operation
        {
            let has = |wanted: &str| fields.iter().any(|(name, _)| name == wanted);
            if options.swappable.as_deref() == Some(USER) {
                declared.insert((app, name.as_str()));
            }
            if has("password") && has("last_login") {
                alike.insert((app, name.as_str()));
            }
        }
    }
    let models = if declared.is_empty() { alike } else { declared };
    let mut models = models.into_iter();
    let (Some((app, mut name)), None) = (models.next(), models.next()) else {
        return None;
    };
    for (own_app, operation) in operations() {
        match operation {
            Operation::RenameModel { old_name, new_name } if own_app == app && old_name.eq_ignore_ascii_case(name) => {
                name = new_name;
            }
            Operation::DeleteModel { name: deleted } if own_app == app && deleted.eq_ignore_ascii_case(name) => {
                return None;
            }
            _ => {}
        }
    }
    Some(format!("{app}.{name}"))
}
