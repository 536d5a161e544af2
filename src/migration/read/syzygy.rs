//! django-syzygy: stages of migrations and of operations. See its plan.py.

use std::sync::Arc;

use super::Reading;
use super::operations::Read;
use crate::migration::Operation;
use crate::migration::deploy::{Mark, Tool, When};
use crate::source::Range;
use crate::value::{Call, Str, Unknown, Value};
use crate::versions::DjangoVersion;

/// Operations that it runs after the deploy unless they say otherwise. See `get_operation_stage`.
const AFTER: [&str; 2] = ["django.db.migrations.RemoveField", "django.db.migrations.DeleteModel"];

/// Its own operations that run after the deploy.
const OWN_AFTER: [&str; 2] = ["PostAddField", "get_post_add_field_operation"];

/// What `stage` says.
pub(super) fn mark(value: &Value, range: Range) -> Option<Mark> {
    Some(Mark {
        tool: Tool::Syzygy,
        when: stage(value)?,
        range,
    })
}

/// `syzygy.Stage.PRE_DEPLOY`, wherever it is imported from.
pub(crate) fn stage(value: &Value) -> Option<When> {
    let path = match value {
        Value::Name(path) => path.strip_prefix("syzygy.")?,
        _ => return None,
    };
    match path.rsplit_once("Stage.")?.1 {
        "PRE_DEPLOY" => Some(When::BeforeDeploy),
        "POST_DEPLOY" => Some(When::AfterDeploy),
        _ => None,
    }
}

impl Reading<'_> {
    /// Takes note of the stage in which it runs an operation of the migration.
    pub(super) fn note_stage(&mut self, call: &Call) {
        let is_after = match self.stage_of(call) {
            Some(when) => when == When::AfterDeploy,
            None => false,
        };
        if is_after {
            self.stages.after = true;
        } else {
            self.stages.before = true;
        }
    }

    fn stage_of(&self, call: &Call) -> Option<When> {
        if let Some(said) = call.keyword("stage").and_then(stage) {
            return Some(said);
        }
        if let Some(own) = call.path.strip_prefix("syzygy.operations.") {
            return OWN_AFTER.contains(&own).then_some(When::AfterDeploy);
        }
        if call.path.starts_with("django.") {
            return AFTER.contains(&call.path.as_str()).then_some(When::AfterDeploy);
        }
        let object = self.object(&call.path, &|path| AFTER.contains(&path));
        let said = object.attribute("stage").and_then(stage);
        let is_after = object.base().is_some_and(|base| AFTER.contains(&base));
        said.or(is_after.then_some(When::AfterDeploy))
    }
}

/// Operations of Django with a stage: the class, and its parameters.
const STAGED: [(&str, &[&str]); 3] = [
    (
        "AlterField",
        &["model_name", "name", "field", "stage", "preserve_default"],
    ),
    ("RenameField", &["model_name", "old_name", "new_name", "stage"]),
    ("RenameModel", &["old_name", "new_name", "stage"]),
];

/// What becomes of the column's default before and after it comes, and before it goes.
#[derive(Clone, Copy)]
enum Change {
    /// The column comes with its default in the database.
    Come,
    /// It loses that.
    Settle,
    /// It gets one, or may be NULL.
    MakeReady,
}

impl Reading<'_> {
    /// An operation of syzygy/operations.py; `None` if it is none of them.
    pub(super) fn syzygy_operation(&mut self, call: &Call, class: &str) -> Option<Read> {
        if let Some((name, parameters)) = STAGED.iter().find(|(name, _)| *name == class) {
            let call = without_stage(call, name, parameters);
            return Some(self.operation(&call));
        }
        let change = match class {
            "AddField" | "get_pre_add_field_operation" => Change::Come,
            "PostAddField" | "get_post_add_field_operation" => Change::Settle,
            "PreRemoveField" | "get_pre_remove_field_operation" => Change::MakeReady,
            _ => return None,
        };
        Some(self.changed_default(call, change))
    }

    fn changed_default(&mut self, call: &Call, change: Change) -> Read {
        // From Django 5.0 on the models know it: `db_default`. Before, the database alone does.
        let is_known = self.modules.django >= DjangoVersion::new(5, 0);
        let with_default = with_database_default(call);
        let (add, alter) = ("AddField", "AlterField");
        Ok(match (change, is_known) {
            (Change::Come, true) => self.plain(add, with_default.as_ref().unwrap_or(call))?,
            (Change::Settle, true) => self.plain(alter, call)?,
            (Change::MakeReady, true) => self.plain(alter, &with_default.unwrap_or_else(|| nullable(call)))?,
            (Change::Come, false) => {
                let in_database = self.plain(add, with_default.as_ref().unwrap_or(call))?;
                let in_state = self.plain(add, call)?;
                self.apart(call, vec![in_database], vec![in_state])
            }
            (Change::Settle, false) => {
                let before = self.plain(alter, with_default.as_ref().unwrap_or(call))?;
                let before = self.apart(call, Vec::new(), vec![before]);
                let after = self.plain(alter, call)?;
                self.apart(call, vec![before, after], Vec::new())
            }
            (Change::MakeReady, false) => {
                let in_database = self.plain(alter, &with_default.unwrap_or_else(|| nullable(call)))?;
                self.apart(call, vec![in_database], Vec::new())
            }
        })
    }

    /// What Django's class does with these arguments.
    fn plain(&mut self, class: &str, call: &Call) -> Read {
        self.operation(&Call {
            path: format!("django.db.migrations.{class}"),
            ..call.clone()
        })
    }

    fn apart(&self, call: &Call, database: Vec<Operation>, state: Vec<Operation>) -> Operation {
        let nodes = |operations: Vec<Operation>| {
            operations
                .into_iter()
                .map(|operation| self.step(call, operation))
                .collect()
        };
        Operation::SeparateDatabaseAndState {
            database_operations: nodes(database),
            state_operations: nodes(state),
        }
    }
}

/// The call of Django's class, which knows no stage.
fn without_stage(call: &Call, class: &str, parameters: &'static [&'static str]) -> Call {
    let named = parameters.iter().zip(&call.args);
    let named = named.map(|(name, value)| ((*name).to_owned(), value.clone()));
    let all = named
        .chain(call.kwargs.iter().cloned())
        .zip(call.arg_ranges.iter().copied());
    let (kwargs, arg_ranges) = all.filter(|((name, _), _)| name != "stage").unzip();
    Call {
        path: format!("django.db.migrations.{class}"),
        args: Vec::new(),
        kwargs,
        arg_ranges,
        ..call.clone()
    }
}

/// The call with a field whose column may be NULL.
fn nullable(call: &Call) -> Call {
    with_field(call, "null", Value::Bool(true))
}

/// The call with a field that has its default in the database, if it has one.
fn with_database_default(call: &Call) -> Option<Call> {
    let field = call.argument(2, "field")?.as_call()?;
    let default = field.keyword("default")?;
    Some(with_field(call, "db_default", called(default, field.range)))
}

/// The call with another value for an argument of its field.
fn with_field(call: &Call, argument: &str, value: Value) -> Call {
    let mut call = call.clone();
    let of_kwargs = call.kwargs.iter_mut().find(|(name, _)| name == "field");
    let given = call.args.get_mut(2).or(of_kwargs.map(|(_, value)| value));
    if let Some(Value::Call(field)) = given {
        let field = Arc::make_mut(field);
        match field.kwargs.iter_mut().find(|(name, _)| name == argument) {
            Some((_, old)) => *old = value,
            None => {
                field.kwargs.push((argument.to_owned(), value));
                field.arg_ranges.push(field.range);
            }
        }
    }
    call
}

/// A default as it stands in the database. See `_get_field_default`, which calls it when the migration runs.
fn called(default: &Value, range: Range) -> Value {
    let unknown = || {
        Value::Unknown(Unknown {
            reason: "what its default returns is known only when the migration runs".to_owned(),
            source: format!("{default:?}"),
            range,
            alternatives: None,
        })
    };
    match default {
        Value::Name(path) => match path.as_str() {
            "builtins.dict" => Value::Dict(Vec::new()),
            "builtins.list" => Value::List(Vec::new()),
            "builtins.str" => Value::Str(Str::default()),
            "builtins.bool" => Value::Bool(false),
            "builtins.int" => Value::Int(0),
            _ => unknown(),
        },
        Value::Function(function) => function.returns.clone().unwrap_or_else(unknown),
        value => value.clone(),
    }
}
