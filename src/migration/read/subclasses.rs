//! Operation classes that are not Django's: by what their methods do.

use std::sync::Arc;

use super::arguments::Reason;
use super::operations::Read;
use super::{ClassOf, Reading};
use crate::migration::operation::{Operation, SqlPiece, SqlText};
use crate::migration::{OperationNode, SchemaCall};
use crate::python::Object;
use crate::python_work::{Action, Certainty, Handed, Parameters, PythonWork, TextPiece};
use crate::value::{Builder, Call, Value};

/// The parameters of the methods by which an operation changes the state and the database.
const STATE_FORWARDS: (&str, &[&str]) = ("state_forwards", &["app_label", "state"]);
const DATABASE_FORWARDS: &str = "database_forwards";

impl Reading<'_> {
    /// An operation of a class of the project or of a package.
    pub(super) fn custom_operation(&mut self, call: &Call) -> Read {
        let mut object = self.object(&call.path, &is_operation);
        let read = match object.base().map(str::to_owned) {
            None => Ok(unknown(call, None)),
            Some(base) if base.ends_with(".Operation") => Ok(self.own_operation(call, &mut object)),
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
        let Some(work) = self.database_forwards(call, object) else {
            return Ok(operation);
        };
        match steps(&work) {
            Some(steps) => match steps.as_slice() {
                [Step::Base] => Ok(operation),
                steps => Ok(Operation::SeparateDatabaseAndState {
                    database_operations: self.nodes_of(call, Some(&operation), steps),
                    state_operations: vec![self.step(call, operation)],
                }),
            },
            None => Ok(unknown(call, Some(Box::new(operation)))),
        }
    }

    /// An operation that derives from the bare `Operation`: its code alone says what it does.
    fn own_operation(&mut self, call: &Call, object: &mut Object<'_>) -> Operation {
        object.construct(call);
        if !leaves_the_state_alone(object) {
            return unknown(call, None);
        }
        let Some(work) = self.database_forwards(call, object) else {
            return unknown(call, None);
        };
        if work.effects.iter().any(|effect| effect.action == Action::Base) {
            return unknown(call, None);
        }
        match steps(&work) {
            Some(steps) if !steps.is_empty() && steps.iter().all(|step| matches!(step, Step::Sql(_))) => {
                run_sql(steps.iter().filter_map(sql_of))
            }
            Some(_) | None => {
                let calls = self.schema_calls(&work);
                run_python(call, &work, calls)
            }
        }
    }

    /// What the `database_forwards` of a class that was read does, if one has it.
    fn database_forwards(&self, call: &Call, object: &Object<'_>) -> Option<PythonWork> {
        if !object.defines(DATABASE_FORWARDS) {
            return None;
        }
        let mut asked = self.asked.borrow_mut();
        let work = self.modules.run_operation(self.module, call, self.app, &mut asked);
        // Its class is read, so what is missing is how the object is made.
        let unknown = || PythonWork::unfollowed(format!("`{}` is not followed", call.class_name()), call.range);
        Some(work.unwrap_or_else(unknown))
    }

    /// As if a migration had listed the steps one by one.
    fn nodes_of(&self, call: &Call, base: Option<&Operation>, steps: &[Step]) -> Vec<OperationNode> {
        let steps = steps.iter().filter_map(|step| match step {
            Step::Base => base.cloned(),
            Step::Sql(piece) => Some(run_sql(std::iter::once(piece.clone()))),
            Step::Code(work) => Some(run_python(call, work, Vec::new())),
        });
        steps.map(|operation| self.step(call, operation)).collect()
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
}

/// What `database_forwards` does: its base class's part, SQL of its own, or code that works on rows.
enum Step {
    Base,
    Sql(SqlPiece),
    Code(PythonWork),
}

/// The steps of a `database_forwards` that calls that of its base class at most once, executes texts that are known, and
/// works on rows; `None` where it may do anything else.
fn steps(work: &PythonWork) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    for effect in &work.effects {
        let is_certain = effect.certainty == Certainty::Certain;
        match &effect.action {
            Action::Base if is_certain && !steps.iter().any(|step| matches!(step, Step::Base)) => {
                steps.push(Step::Base);
            }
            Action::Sql { text, params } if is_certain => steps.push(Step::Sql(piece(text, params)?)),
            Action::Unfollowed { handed, .. } if *handed >= Handed::Cursor => return None,
            Action::Base | Action::Sql { .. } | Action::Editor(_) | Action::Command { .. } => return None,
            Action::Rows(_) | Action::Begin | Action::End | Action::Unfollowed { .. } => match steps.last_mut() {
                Some(Step::Code(work)) => work.effects.push(effect.clone()),
                Some(Step::Base | Step::Sql(_)) | None => steps.push(Step::Code(PythonWork {
                    effects: vec![effect.clone()],
                })),
            },
        }
    }
    Some(steps)
}

/// The string that goes to the server, if all of it is known.
fn piece(pieces: &[TextPiece], params: &Parameters) -> Option<SqlPiece> {
    let mut text = Builder::default();
    for piece in pieces {
        match piece {
            TextPiece::Known(known) => text.push(known),
            TextPiece::Table(_) | TextPiece::Column(..) | TextPiece::Unknown(_) => return None,
        }
    }
    let text = text.finish();
    let params = match params {
        Parameters::None => None,
        // Nothing to fill in, and no percent sign to be halved.
        Parameters::Given(Value::Tuple(items)) if items.is_empty() && !text.contains('%') => None,
        Parameters::Given(params) => Some(params.clone()),
        Parameters::Many(_) => return None,
    };
    Some(SqlPiece {
        text: Some(text),
        params,
    })
}

fn sql_of(step: &Step) -> Option<SqlPiece> {
    match step {
        Step::Sql(piece) => Some(piece.clone()),
        Step::Base | Step::Code(_) => None,
    }
}

fn run_sql(pieces: impl Iterator<Item = SqlPiece>) -> Operation {
    Operation::RunSql {
        sql: SqlText::Pieces(pieces.collect()),
        reverse_sql: None,
        state_operations: Vec::new(),
    }
}

/// Code that runs as that of RunPython does.
fn run_python(call: &Call, work: &PythonWork, calls: Vec<SchemaCall>) -> Operation {
    Operation::RunPython {
        code: Value::Name(format!("{}.{DATABASE_FORWARDS}", call.path)),
        atomic: None,
        rows: work.rows(),
        calls,
        work: Arc::new(work.clone()),
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

fn leaves_the_state_alone(object: &mut Object<'_>) -> bool {
    let (method, parameters) = STATE_FORWARDS;
    let is_known = |value: Value| value.unknown().is_none();
    object.call(method, placeholders(parameters), &[]).is_some_and(is_known) && object.effects().iter().all(is_harmless)
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

/// Whether a call can change neither database nor state: it gets nothing of what the method got.
fn is_harmless(effect: &Value) -> bool {
    match effect {
        Value::Call(call) => {
            let values = call.args.iter().chain(call.kwargs.iter().map(|(_, value)| value));
            !call.path.starts_with('<') && values.into_iter().all(is_harmless)
        }
        Value::Name(path) => !path.starts_with('<'),
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
