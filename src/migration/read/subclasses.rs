//! Operation classes that are not Django's: by what their methods do.

use std::sync::Arc;

use super::arguments::Reason;
use super::operations::Read;
use super::{ClassOf, Reading};
use crate::migration::operation::{Operation, SqlPiece, SqlText};
use crate::migration::{OperationNode, SchemaCall};
use crate::packages::Packages;
use crate::python::Object;
use crate::python_work::{Action, Caught, Certainty, Parameters, PythonWork, TextPiece};
use crate::value::{Builder, Call, Value};

const STATE_FORWARDS: &str = "state_forwards";
const DATABASE_FORWARDS: &str = "database_forwards";
const RUN_PYTHON: &str = "django.db.migrations.RunPython";

/// What `state_forwards` does to the state of the models.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StateWork {
    /// What that of Django's class does.
    Base,
    Nothing,
    Unknown,
}

impl Reading<'_> {
    /// An operation of a class of the project or of a package.
    pub(super) fn custom_operation(&mut self, call: &Call) -> Read {
        let mut object = self.object(&call.path, &is_operation);
        let read = match object.base().map(str::to_owned) {
            None => self.made_operation(call),
            Some(base) if base.ends_with(".Operation") => Ok(self.own_operation(call, &mut object)),
            Some(base) => {
                self.current.class = ClassOf::Project;
                self.derived_operation(call, base, &mut object)
            }
        };
        self.done_with(&object);
        read
    }

    /// An operation that a function of the project returns.
    fn made_operation(&mut self, call: &Call) -> Read {
        let made = self
            .modules
            .made_operation(self.module, call, &mut self.asked.borrow_mut());
        if let Some(made) = &made {
            self.current.made = Some(made.call.class_name().to_owned());
        }
        match made {
            Some(made) => match made.work {
                Some(work) => Ok(Operation::RunPython {
                    code: made.call.argument(0, "code").cloned().unwrap_or(Value::None),
                    atomic: made.call.argument(2, "atomic").and_then(Value::as_bool),
                    calls: self.schema_calls(&work),
                    work: Arc::new(work),
                }),
                None => self.operation(&made.call),
            },
            None => Ok(unknown(call, None)),
        }
    }

    /// An operation of a class that derives from one of Django's operations.
    fn derived_operation(&mut self, call: &Call, base: String, object: &mut Object<'_>) -> Read {
        if base == RUN_PYTHON {
            let operation = self.derived_code(call);
            return Ok(match self.state_forwards(call, object) {
                StateWork::Base | StateWork::Nothing => operation,
                StateWork::Unknown => self.with_unknown_state(call, operation),
            });
        }
        let constructed = construct(call, base, object);
        let state = self.state_forwards(call, object);
        if state == StateWork::Unknown {
            return Ok(unknown(call, None));
        }
        let operation = self.operation(&constructed?)?;
        let steps = match self.database_forwards(call, object) {
            Some(work) => steps(&work),
            None => Some(vec![Step::Base(Caught::Nothing)]),
        };
        match (steps, state) {
            (Some(steps), StateWork::Base) if matches!(steps.as_slice(), [Step::Base(Caught::Nothing)]) => {
                Ok(operation)
            }
            (Some(steps), state) if is_told_by_one_state(&steps, &operation) => {
                Ok(Operation::SeparateDatabaseAndState {
                    database_operations: self.nodes_of(call, &operation, &steps),
                    state_operations: match state {
                        StateWork::Base => vec![self.step(call, operation)],
                        StateWork::Nothing | StateWork::Unknown => Vec::new(),
                    },
                })
            }
            (Some(_) | None, StateWork::Base) => Ok(unknown(call, Some(Box::new(operation)))),
            (Some(_) | None, StateWork::Nothing | StateWork::Unknown) => Ok(unknown(call, None)),
        }
    }

    /// The code of a class that derives from `RunPython`, whatever its constructor makes of its arguments.
    fn derived_code(&mut self, call: &Call) -> Operation {
        let ran = self
            .modules
            .run_constructed(self.module, call, &mut self.asked.borrow_mut());
        let (work, atomic) = ran.unwrap_or_else(|| {
            let reason = format!("`{}` is not followed", call.class_name());
            (PythonWork::unfollowed(reason, call.range), Value::None)
        });
        Operation::RunPython {
            code: Value::Name(call.path.clone()),
            atomic: atomic.as_bool(),
            calls: self.schema_calls(&work),
            work: Arc::new(work),
        }
    }

    /// An operation that derives from the bare `Operation`: its code alone says what it does.
    fn own_operation(&mut self, call: &Call, object: &mut Object<'_>) -> Operation {
        object.construct(call);
        let state = if object.defines(STATE_FORWARDS) {
            self.state_forwards(call, object)
        } else {
            StateWork::Unknown
        };
        let Some(work) = self.database_forwards(call, object) else {
            return unknown(call, None);
        };
        if work.effects.iter().any(|effect| effect.action == Action::Base) {
            return unknown(call, None);
        }
        let operation = match steps(&work) {
            Some(steps) if !steps.is_empty() && steps.iter().all(|step| matches!(step, Step::Sql(_))) => {
                run_sql(steps.iter().filter_map(sql_of))
            }
            Some(_) | None => {
                let calls = self.schema_calls(&work);
                run_python(call, &work, calls)
            }
        };
        match state {
            StateWork::Nothing => operation,
            StateWork::Base | StateWork::Unknown => self.with_unknown_state(call, operation),
        }
    }

    /// What it sends is known, what it does to the models is not.
    fn with_unknown_state(&mut self, call: &Call, operation: Operation) -> Operation {
        Operation::SeparateDatabaseAndState {
            database_operations: vec![self.step(call, operation), self.step(call, unknown(call, None))],
            state_operations: Vec::new(),
        }
    }

    /// What the `state_forwards` of a class does; that of Django's class where no class that was read has its own.
    fn state_forwards(&self, call: &Call, object: &Object<'_>) -> StateWork {
        if !object.defines(STATE_FORWARDS) {
            return StateWork::Base;
        }
        let mut asked = self.asked.borrow_mut();
        let work = self
            .modules
            .run_state_forwards(self.module, call, &self.app, &mut asked);
        match work.as_ref().map(|work| work.effects.as_slice()) {
            Some([]) => StateWork::Nothing,
            Some([effect]) if effect.action == Action::Base && effect.certainty == Certainty::Certain => {
                StateWork::Base
            }
            Some([..]) | None => StateWork::Unknown,
        }
    }

    /// What the `database_forwards` of a class that was read does, if one has it.
    fn database_forwards(&self, call: &Call, object: &Object<'_>) -> Option<PythonWork> {
        if !object.defines(DATABASE_FORWARDS) {
            return None;
        }
        let mut asked = self.asked.borrow_mut();
        let work = self.modules.run_operation(self.module, call, &self.app, &mut asked);
        // Its class is read, so what is missing is how the object is made.
        let unknown = || PythonWork::unfollowed(format!("`{}` is not followed", call.class_name()), call.range);
        Some(work.unwrap_or_else(unknown))
    }

    /// As if a migration had listed the steps one by one.
    fn nodes_of(&mut self, call: &Call, base: &Operation, steps: &[Step]) -> Vec<OperationNode> {
        let mut nodes = Vec::new();
        if !steps.iter().any(|step| matches!(step, Step::Base(_))) && adds(base) {
            // The code asks for the state that the operation leads to.
            let state = Operation::SeparateDatabaseAndState {
                database_operations: Vec::new(),
                state_operations: vec![self.step(call, base.clone())],
            };
            nodes.push(self.step(call, state));
        }
        for step in steps {
            let mut caught = Caught::Nothing;
            let operation = match step {
                Step::Base(errors) => {
                    caught = *errors;
                    base.clone()
                }
                Step::Sql(piece) => run_sql(std::iter::once(piece.clone())),
                Step::Code(work) => {
                    let calls = self.schema_calls(work);
                    run_python(call, work, calls)
                }
            };
            nodes.push(OperationNode {
                caught,
                ..self.step(call, operation)
            });
        }
        nodes
    }

    /// A part of what the operation that is being read does; it has that operation's place.
    pub(super) fn step(&self, call: &Call, operation: Operation) -> OperationNode {
        let (range, _) = self.site(call.range, self.current.range);
        OperationNode {
            operation,
            path: self.current.path.clone(),
            class: call.class_name().to_owned(),
            range,
            name_range: self.current.range,
            elsewhere: None,
            caught: Caught::Nothing,
            argument_ranges: Vec::new(),
        }
    }
}

/// What `database_forwards` does: its base class's part, SQL of its own, or code that works on rows.
enum Step {
    /// With the errors that the code around it catches.
    Base(Caught),
    Sql(SqlPiece),
    Code(PythonWork),
}

/// The steps of a `database_forwards` that calls that of its base class at most once, and for certain.
fn steps(work: &PythonWork) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    for effect in &work.effects {
        let is_certain = effect.certainty != Certainty::Doubtful;
        let sql = match &effect.action {
            Action::Base if is_certain && !steps.iter().any(|step| matches!(step, Step::Base(_))) => {
                steps.push(Step::Base(effect.caught));
                continue;
            }
            Action::Base => return None,
            Action::Sql { text, params } if is_certain => piece(text, params),
            Action::Sql { .. }
            | Action::Editor(_)
            | Action::Command { .. }
            | Action::Rows(_)
            | Action::Begin
            | Action::Limit(_)
            | Action::Unlimit
            | Action::End
            | Action::Unfollowed { .. } => None,
        };
        match (sql, steps.last_mut()) {
            (Some(piece), _) => steps.push(Step::Sql(piece)),
            (None, Some(Step::Code(work))) => work.effects.push(effect.clone()),
            (None, Some(Step::Base(_) | Step::Sql(_)) | None) => steps.push(Step::Code(PythonWork {
                effects: vec![effect.clone()],
                words: work.words.clone(),
                ..PythonWork::default()
            })),
        }
    }
    Some(steps)
}

/// Whether the models that the schema editor gets are those of one state: the code is not told which of the two it asks.
fn is_told_by_one_state(steps: &[Step], base: &Operation) -> bool {
    let tells_editor = |step: &Step| match step {
        Step::Code(work) => {
            let mut effects = work.effects.iter();
            effects.any(|effect| matches!(effect.action, Action::Editor(_)))
        }
        Step::Base(_) | Step::Sql(_) => false,
    };
    let base_at = steps.iter().position(|step| matches!(step, Step::Base(_)));
    match (base_at, steps.iter().position(tells_editor)) {
        (_, None) => true,
        (Some(base_at), Some(editor)) => editor > base_at && adds(base),
        (None, Some(_)) => adds(base) || removes(base),
    }
}

/// Whether what an operation is about is in the state after it.
fn adds(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::CreateModel { .. }
            | Operation::AddField { .. }
            | Operation::AddIndex { .. }
            | Operation::AddConstraint { .. }
    )
}

/// Whether what an operation is about is in the state before it.
fn removes(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::DeleteModel { .. }
            | Operation::RemoveField { .. }
            | Operation::RemoveIndex { .. }
            | Operation::RemoveConstraint { .. }
    )
}

/// The string that goes to the server, if all of it is known.
fn piece(pieces: &[TextPiece], params: &Parameters) -> Option<SqlPiece> {
    let mut text = Builder::default();
    for piece in pieces {
        match piece {
            TextPiece::Known(known) => text.push(known),
            TextPiece::Table(_) | TextPiece::Column(..) | TextPiece::Value { .. } | TextPiece::Unknown(_) => {
                return None;
            }
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
        Step::Base(_) | Step::Code(_) => None,
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
        calls,
        work: Arc::new(work.clone()),
    }
}

fn unknown(call: &Call, base: Option<Box<Operation>>) -> Operation {
    let path = call.path.clone();
    Operation::Custom { path, base }
}

fn is_operation(path: &str) -> bool {
    path.starts_with("django.db.migrations.")
        || path.starts_with("django.contrib.postgres.operations.")
        || Packages::known().operation(path).is_some()
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
        call.arg_ranges = vec![call.range; call.args.len() + call.kwargs.len()];
    }
    Ok(call)
}
