//! Operation classes that are not Django's: by what their methods do.

use std::sync::Arc;

use super::arguments::not_readable;
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
    /// That of Django's class, and something else.
    More,
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

    fn unknown(&self, call: &Call, base: Option<Box<Operation>>) -> Operation {
        let path = call.path.clone();
        let owner = self.owner_of(&path);
        Operation::Custom { path, owner, base }
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
            None => Ok(self.unknown(call, None)),
        }
    }

    /// An operation of a class that derives from one of Django's operations.
    fn derived_operation(&mut self, call: &Call, base: String, object: &mut Object<'_>) -> Read {
        if base == RUN_PYTHON {
            let operation = self.derived_code(call);
            return Ok(match self.state_forwards(call, object) {
                StateWork::Base | StateWork::Nothing => operation,
                StateWork::More | StateWork::Unknown => self.with_unknown_state(call, operation),
            });
        }
        let (constructed, doubt) = construct(call, base, object);
        let state = self.own_state_forwards(call, object);
        if state == StateWork::Unknown {
            return Ok(self.unknown(call, None));
        }
        let mut operation = self.operation(&constructed)?;
        if state == StateWork::More {
            let is_named = !object.changes_itself(STATE_FORWARDS) && !object.has_word(STATE_FORWARDS, "db_table");
            let doubt = "its `state_forwards` is not followed";
            if !is_named {
                operation = without_invented_table(operation, false, doubt);
            }
            self.gap_of(
                self.owner_of(&call.path),
                call.name_range,
                format!("`{}`: {doubt}", call.class_name()),
            );
            return Ok(self.unknown(call, Some(Box::new(operation))));
        }
        if let Some(doubt) = doubt.or_else(|| not_followed(object, &constructed)) {
            self.gap_of(
                self.owner_of(&call.path),
                call.name_range,
                format!("`{}`: {doubt}", call.class_name()),
            );
            let is_named = constructed.argument(2, "options").is_some();
            return Ok(match state {
                StateWork::Base => self.unknown(
                    call,
                    Some(Box::new(without_invented_table(operation, is_named, &doubt))),
                ),
                StateWork::Nothing | StateWork::More | StateWork::Unknown => self.unknown(call, None),
            });
        }
        match self.allowed(call, object) {
            Allowed::AsByDjango => {}
            Allowed::Never => operation = state_alone(self.step(call, operation)),
            Allowed::Unknown => {
                let base = (state == StateWork::Base).then(|| Box::new(operation));
                return Ok(self.unknown(call, base));
            }
        }
        let steps = match self.database_forwards(call, object) {
            Some(work) => steps(&work, OfBase::of(&operation)),
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
                        StateWork::Nothing | StateWork::More | StateWork::Unknown => Vec::new(),
                    },
                })
            }
            (Some(_) | None, StateWork::Base) => Ok(self.unknown(call, Some(Box::new(operation)))),
            (Some(_) | None, StateWork::Nothing | StateWork::More | StateWork::Unknown) => Ok(self.unknown(call, None)),
        }
    }

    /// `allow_migrate_model` of the class.
    fn allowed(&mut self, call: &Call, object: &mut Object<'_>) -> Allowed {
        const METHOD: &str = "allow_migrate_model";
        match object.call(METHOD, vec![Value::Str("default".into()), Value::None], &[]) {
            None => Allowed::AsByDjango,
            Some(value) if Object::is_base_result(&value, METHOD) => Allowed::AsByDjango,
            Some(Value::Bool(false)) => Allowed::Never,
            Some(value) => {
                self.gap(call.name_range, not_readable(METHOD, &value));
                Allowed::Unknown
            }
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
            return self.unknown(call, None);
        };
        if work.effects.iter().any(|effect| effect.action == Action::Base) {
            return self.unknown(call, None);
        }
        let operation = match steps(&work, OfBase::Once) {
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
            StateWork::Base | StateWork::More | StateWork::Unknown => self.with_unknown_state(call, operation),
        }
    }

    /// What it sends is known, what it does to the models is not.
    fn with_unknown_state(&mut self, call: &Call, operation: Operation) -> Operation {
        Operation::SeparateDatabaseAndState {
            database_operations: vec![self.step(call, self.unknown(call, None)), self.step(call, operation)],
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

    /// What the `state_forwards` of a class of the project does, where it also changes the operation itself.
    fn own_state_forwards(&self, call: &Call, object: &Object<'_>) -> StateWork {
        let work = self.state_forwards(call, object);
        match work {
            StateWork::Base if object.changes_itself(STATE_FORWARDS) => StateWork::More,
            StateWork::Unknown if object.calls_base(STATE_FORWARDS) => StateWork::More,
            work => work,
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

/// How often code may do what its base class does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OfBase {
    /// What is in the database then is there.
    Once,
    /// It is SQL.
    AnyNumber,
}

impl OfBase {
    fn of(base: &Operation) -> Self {
        if matches!(base, Operation::RunSql { .. }) {
            Self::AnyNumber
        } else {
            Self::Once
        }
    }
}

/// The steps of a `database_forwards` that calls that of its base class for certain, and more than once only where that is SQL.
fn steps(work: &PythonWork, of_base: OfBase) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    for effect in &work.effects {
        let is_certain = effect.certainty != Certainty::Doubtful;
        let is_once = matches!(effect.certainty, Certainty::Certain | Certainty::Attempted);
        let is_first = || !steps.iter().any(|step| matches!(step, Step::Base(_)));
        let sql = match &effect.action {
            Action::Base if is_once && (of_base == OfBase::AnyNumber || is_first()) => {
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

fn is_operation(path: &str) -> bool {
    path.starts_with("django.db.migrations.")
        || path.starts_with("django.contrib.postgres.operations.")
        || Packages::known().operation(path).is_some()
}

/// The call of the class below, with what the constructor makes of the arguments, and what of that was not followed.
fn construct(call: &Call, base: String, object: &mut Object<'_>) -> (Call, Option<String>) {
    let constructed = object.construct(call);
    let doubt = constructed.doubts.into_iter().next();
    let mut call = Call {
        path: base,
        ..call.clone()
    };
    if constructed.is_changed {
        call.args = constructed.args;
        call.kwargs = constructed.kwargs;
        call.arg_ranges = vec![call.range; call.args.len() + call.kwargs.len()];
    }
    set_later(&mut call, object);
    let doubt = doubt.or_else(|| {
        let changes = constructed.changes_arguments;
        changes.then(|| "its `__init__` changes what it gets".to_owned())
    });
    (call, doubt)
}

/// What a constructor set after that of Django's class, as if it had been an argument.
fn set_later(call: &mut Call, object: &mut Object<'_>) {
    for (position, name) in parameters(&call.path).iter().enumerate() {
        let property = object.call(name, Vec::new(), &[]);
        let Some(value) = property.or_else(|| object.set_attribute(name).cloned()) else {
            continue;
        };
        if let Some(given) = call.args.get_mut(position) {
            *given = value;
        } else if let Some((_, given)) = call.kwargs.iter_mut().find(|(given, _)| given == name) {
            *given = value;
        } else {
            call.kwargs.push(((*name).to_owned(), value));
            call.arg_ranges.push(call.range);
        }
    }
}

/// The parameters, by position, of which the operation keeps attributes of the same name.
fn parameters(path: &str) -> &'static [&'static str] {
    match path.rsplit('.').next().unwrap_or_default() {
        "RunSQL" => &["sql"],
        "AddField" | "AlterField" => &["model_name", "name", "field", "preserve_default"],
        "AddIndex" | "AddIndexConcurrently" => &["model_name", "index"],
        "AddConstraint" | "AddConstraintNotValid" => &["model_name", "constraint"],
        "RemoveField" | "RemoveIndex" | "RemoveIndexConcurrently" | "RemoveConstraint" => &["model_name", "name"],
        "CreateModel" => &["name", "fields", "options", "bases"],
        "DeleteModel" => &["name"],
        "AlterModelTable" => &["name", "table"],
        _ => &[],
    }
}

/// A method, beside `database_forwards` and `state_forwards`, that decides what the operation sends.
fn not_followed(object: &Object<'_>, constructed: &Call) -> Option<String> {
    let methods: &[&str] = match constructed.path.rsplit('.').next() {
        Some("RunSQL") => &["_run_sql"],
        Some("SeparateDatabaseAndState") => &["database_operations", "state_operations"],
        _ => &[],
    };
    let method = methods.iter().find(|method| object.defines(method))?;
    Some(format!("its `{method}` is not followed"))
}

/// A table has the name that Django gives it only where what is read says so.
fn without_invented_table(operation: Operation, is_named: bool, doubt: &str) -> Operation {
    match operation {
        Operation::CreateModel {
            name,
            fields,
            mut options,
            bases,
        } => {
            if !is_named || options.db_table.is_none() {
                let options = Arc::make_mut(&mut options);
                options.unknown.push(("db_table".to_owned(), doubt.to_owned()));
            }
            Operation::CreateModel {
                name,
                fields,
                options,
                bases,
            }
        }
        other => other,
    }
}

/// An operation that sends nothing: its class allows no database.
fn state_alone(step: OperationNode) -> Operation {
    Operation::SeparateDatabaseAndState {
        database_operations: Vec::new(),
        state_operations: vec![step],
    }
}

/// What `allow_migrate_model` of the class lets through to the database.
enum Allowed {
    AsByDjango,
    Never,
    Unknown,
}
