//! Operation classes that are not Django's: by what their methods do.

use super::arguments::Reason;
use super::operations::Read;
use super::{ClassOf, Reading};
use crate::migration::OperationNode;
use crate::migration::operation::{Operation, SqlPiece, SqlText};
use crate::python::Object;
use crate::row_work::RowWork;
use crate::value::{Call, Str, Value};

/// The parameters of the methods by which an operation changes the state and the database.
const STATE_FORWARDS: (&str, &[&str]) = ("state_forwards", &["app_label", "state"]);
const DATABASE_FORWARDS: (&str, &[&str]) = (
    "database_forwards",
    &["app_label", "schema_editor", "from_state", "to_state"],
);
/// What `database_forwards` may ask of the schema editor without sending anything.
const ASKED_OF_CONNECTION: [&str; 2] = ["connection.alias", "connection.vendor"];

impl Reading<'_> {
    /// An operation of a class of the project or of a package.
    pub(super) fn custom_operation(&mut self, call: &Call) -> Read {
        let mut object = self.object(&call.path, &is_operation);
        let read = match object.base().map(str::to_owned) {
            None => Ok(unknown(call, None)),
            Some(base) if base.ends_with(".Operation") => Ok(own_operation(call, &mut object)),
            Some(base) => {
                self.current.class = ClassOf::Project;
                self.derived_operation(call, base, &mut object)
            }
        };
        self.done_with(&object);
        read
    }

    /// An operation of a class that derives from one of Django's operations.
    fn derived_operation(&mut self, call: &Call, base: String, object: &mut Object<'_>) -> Read {
        let constructed = construct(call, base, object);
        if !calls_base_alone(STATE_FORWARDS, object) {
            return Ok(unknown(call, None));
        }
        let operation = self.operation(&constructed?)?;
        if calls_base_alone(DATABASE_FORWARDS, object) && hands_schema_editor_on(object) {
            return Ok(operation);
        }
        if sends_nothing(object) {
            return Ok(Operation::SeparateDatabaseAndState {
                database_operations: Vec::new(),
                state_operations: vec![self.step(call, operation)],
            });
        }
        if let Some(steps) = steps(call, object) {
            return Ok(self.in_steps(call, &operation, steps));
        }
        Ok(unknown(call, Some(Box::new(operation))))
    }

    /// A part of what the operation that is being read does; it has that operation's place.
    fn step(&self, call: &Call, operation: Operation) -> OperationNode {
        let (range, _) = self.site(call.range, self.current.range);
        OperationNode {
            operation,
            path: self.current.path.clone(),
            class: call.class_name().to_owned(),
            range,
            name_range: self.current.range,
            elsewhere: None,
            argument_ranges: Vec::new(),
        }
    }

    /// As if a migration had listed the steps one by one.
    fn in_steps(&self, call: &Call, operation: &Operation, steps: Vec<Step>) -> Operation {
        let step = |step| match step {
            Step::Base => operation.clone(),
            Step::Sql(text) => Operation::RunSql {
                sql: SqlText::Pieces(vec![SqlPiece {
                    text: Some(text),
                    params: None,
                }]),
                reverse_sql: None,
                state_operations: Vec::new(),
            },
        };
        let steps = steps.into_iter().map(step);
        Operation::SeparateDatabaseAndState {
            database_operations: steps.map(|operation| self.step(call, operation)).collect(),
            state_operations: vec![self.step(call, operation.clone())],
        }
    }
}

/// Whether `database_forwards` neither touches the schema editor nor hands it on.
fn sends_nothing(object: &Object<'_>) -> bool {
    let asked = object.uses(DATABASE_FORWARDS.0, 1);
    object.defines(DATABASE_FORWARDS.0) && asked.iter().all(|asked| ASKED_OF_CONNECTION.contains(&asked.as_str()))
}

/// What `database_forwards` does: its base class's part, or SQL of its own.
enum Step {
    Base,
    Sql(Str),
}

/// The steps of a `database_forwards` that calls that of its base class once, and executes strings before or after.
fn steps(call: &Call, object: &mut Object<'_>) -> Option<Vec<Step>> {
    let (method, parameters) = DATABASE_FORWARDS;
    // What was done so far is forgotten.
    object.construct(call);
    let given = placeholders(parameters);
    let returned = object.call(method, given.clone(), &[])?;
    if returned.unknown().is_some() || !passes_on(object, method, parameters, &given) {
        return None;
    }
    let mut steps = Vec::new();
    for effect in object.effects() {
        if Object::is_base_result(effect, method) {
            steps.push(Step::Base);
        } else if let Some(sql) = executed(effect) {
            steps.push(Step::Sql(sql.clone()));
        } else if !is_harmless(effect) {
            return None;
        }
    }
    let is_once = steps.iter().filter(|step| matches!(step, Step::Base)).count() == 1;
    is_once.then_some(steps)
}

/// The string of `schema_editor.execute("..")`.
fn executed(effect: &Value) -> Option<&Str> {
    match effect {
        Value::Call(call) if call.path == "<schema_editor>.execute" && call.kwargs.is_empty() => {
            match call.args.as_slice() {
                [Value::Str(text)] => Some(text),
                [..] => None,
            }
        }
        _ => None,
    }
}

fn unknown(call: &Call, base: Option<Box<Operation>>) -> Operation {
    let path = call.path.clone();
    Operation::Custom { path, base }
}

fn is_operation(path: &str) -> bool {
    path.starts_with("django.db.migrations.") || path.starts_with("django.contrib.postgres.operations.")
}

fn construct(call: &Call, base: String, object: &mut Object<'_>) -> Result<Call, Reason> {
    let constructed = object.construct(call);
    if let Some(doubt) = constructed.doubts.first() {
        return Err(format!(
            "`{}` does what forelock does not follow: {doubt}",
            call.class_name()
        ));
    }
    let mut call = Call {
        path: base,
        ..call.clone()
    };
    if constructed.is_changed {
        call.args = constructed.args;
        call.kwargs = constructed.kwargs;
        if let (Some(atomic), "RunPython") = (object.set_attribute("atomic"), call.class_name()) {
            call.kwargs.retain(|(name, _)| name != "atomic");
            call.kwargs.push(("atomic".to_owned(), atomic.clone()));
        }
        call.arg_ranges = vec![call.range; call.args.len() + call.kwargs.len()];
    }
    Ok(call)
}

/// An operation that derives from the bare `Operation`: its code alone says what it does.
fn own_operation(call: &Call, object: &mut Object<'_>) -> Operation {
    object.construct(call);
    if !leaves_the_state_alone(object) || !object.defines(DATABASE_FORWARDS.0) {
        return unknown(call, None);
    }
    let asked = object.uses(DATABASE_FORWARDS.0, 1);
    if asked.iter().all(|asked| ASKED_OF_CONNECTION.contains(&asked.as_str())) {
        // Code that works on the rows, as that of RunPython does.
        let code = Value::Name(format!("{}.{}", call.path, DATABASE_FORWARDS.0));
        return Operation::RunPython {
            code,
            atomic: None,
            rows: RowWork::default(),
        };
    }
    match executed_sql(object) {
        Some(pieces) => Operation::RunSql {
            sql: SqlText::Pieces(pieces),
            reverse_sql: None,
            state_operations: Vec::new(),
        },
        None => unknown(call, None),
    }
}

fn leaves_the_state_alone(object: &mut Object<'_>) -> bool {
    let (method, parameters) = STATE_FORWARDS;
    let is_known = |value: Value| value.unknown().is_none();
    object.call(method, placeholders(parameters), &[]).is_some_and(is_known) && object.effects().iter().all(is_harmless)
}

/// The strings that `database_forwards` executes, if that is all that it does.
fn executed_sql(object: &mut Object<'_>) -> Option<Vec<SqlPiece>> {
    let (method, parameters) = DATABASE_FORWARDS;
    let returned = object.call(method, placeholders(parameters), &[])?;
    if returned.unknown().is_some() {
        return None;
    }
    let harmful = object.effects().iter().filter(|effect| !is_harmless(effect));
    let pieces = harmful.map(|effect| {
        let text = executed(effect)?.clone();
        Some(SqlPiece {
            text: Some(text),
            params: None,
        })
    });
    pieces.collect()
}

fn placeholders(parameters: &[&str]) -> Vec<Value> {
    let placeholder = |name: &&str| Value::Name(format!("<{name}>"));
    parameters.iter().map(placeholder).collect()
}

/// Whether a method does nothing but call that of Django's class with the arguments that it got.
fn calls_base_alone((method, parameters): (&str, &[&str]), object: &mut Object<'_>) -> bool {
    if !object.defines(method) {
        return true;
    }
    let given = placeholders(parameters);
    let returned = object.call(method, given.clone(), &[]);
    if returned.is_none_or(|value| value.unknown().is_some()) || !object.effects().iter().all(is_harmless) {
        return false;
    }
    passes_on(object, method, parameters, &given)
}

/// Whether the method of Django's class got the arguments that this one got.
fn passes_on(object: &Object<'_>, method: &str, parameters: &[&str], given: &[Value]) -> bool {
    let Some((args, kwargs)) = object.passed(method) else {
        return false;
    };
    let by_name = |name: &&str| {
        kwargs
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.clone())
    };
    let named = parameters.iter().skip(args.len()).map(by_name);
    let passed: Option<Vec<Value>> = args.iter().cloned().map(Some).chain(named).collect();
    passed.is_some_and(|passed| passed == given)
}

/// Whether `database_forwards` does nothing with the schema editor but hand it on once.
fn hands_schema_editor_on(object: &Object<'_>) -> bool {
    let uses = object.uses(DATABASE_FORWARDS.0, 1);
    let (handed_on, asked): (Vec<&String>, Vec<&String>) = uses.iter().partition(|used| used.is_empty());
    handed_on.len() < 2 && asked.iter().all(|asked| ASKED_OF_CONNECTION.contains(&asked.as_str()))
}

/// Whether a call can change neither database nor state: it gets nothing of what the method got.
fn is_harmless(effect: &Value) -> bool {
    match effect {
        Value::Call(call) => {
            let values = call.args.iter().chain(call.kwargs.iter().map(|(_, value)| value));
            !call.path.starts_with('<') && values.into_iter().all(is_harmless)
        }
        // What Django's own method returned is nothing.
        Value::Name(path) => !path.starts_with('<') || Object::is_base_result(effect, DATABASE_FORWARDS.0),
        Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::Operation(_, items) => {
            items.iter().all(is_harmless)
        }
        Value::Dict(items) => items.iter().all(|(_, value)| is_harmless(value)),
        Value::Unknown(_) => false,
        Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Str(_)
        | Value::Bytes(_)
        | Value::Setting(_)
        | Value::Function(_) => true,
    }
}
