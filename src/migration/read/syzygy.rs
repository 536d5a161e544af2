//! django-syzygy: stages of operations, and operations around the default of a field. See its plan.py and operations.py.

use std::sync::Arc;

use super::Reading;
use super::operations::Read;
use crate::migration::Operation;
use crate::packages::{DefaultChange, Packages, When};
use crate::source::Range;
use crate::value::{Call, Str, Unknown, Value};
use crate::versions::DjangoVersion;

/// Operations that it runs after the deploy unless they say otherwise. See `get_operation_stage`.
const AFTER: [&str; 2] = ["django.db.migrations.RemoveField", "django.db.migrations.DeleteModel"];

/// The attribute and the parameter that hold a stage.
const STAGE: &str = "stage";

fn stage(value: &Value) -> Option<When> {
    Packages::known().moment(STAGE, value)
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
        if let Some(said) = call.keyword(STAGE).and_then(stage) {
            return Some(said);
        }
        if let Some(known) = Packages::known().operation(&call.path) {
            let is_removal = known.base.as_ref().is_some_and(|base| AFTER.contains(&base.as_str()));
            return (known.after_deploy || is_removal).then_some(When::AfterDeploy);
        }
        if call.path.starts_with("django.") {
            return AFTER.contains(&call.path.as_str()).then_some(When::AfterDeploy);
        }
        let object = self.object(&call.path, &|path| AFTER.contains(&path));
        let said = object.attribute(STAGE).and_then(stage);
        let is_after = object.base().is_some_and(|base| AFTER.contains(&base));
        said.or(is_after.then_some(When::AfterDeploy))
    }
}

impl Reading<'_> {
    /// An operation of syzygy/operations.py that keeps a default in the database for a while.
    pub(super) fn changed_default(&mut self, call: &Call, change: DefaultChange) -> Read {
        // From Django 5.0 on the models know it: `db_default`. Before, the database alone does.
        let is_known = self.modules.django >= DjangoVersion::new(5, 0);
        let with_default = with_database_default(call);
        let (add, alter) = ("AddField", "AlterField");
        Ok(match (change, is_known) {
            (DefaultChange::Come, true) => self.plain(add, with_default.as_ref().unwrap_or(call))?,
            (DefaultChange::Settle, true) => self.plain(alter, call)?,
            (DefaultChange::MakeReady, true) => self.plain(alter, &with_default.unwrap_or_else(|| nullable(call)))?,
            (DefaultChange::Come, false) => {
                let in_database = self.plain(add, with_default.as_ref().unwrap_or(call))?;
                let in_state = self.plain(add, call)?;
                self.apart(call, vec![in_database], vec![in_state])
            }
            (DefaultChange::Settle, false) => {
                let before = self.plain(alter, with_default.as_ref().unwrap_or(call))?;
                let before = self.apart(call, Vec::new(), vec![before]);
                let after = self.plain(alter, call)?;
                self.apart(call, vec![before, after], Vec::new())
            }
            (DefaultChange::MakeReady, false) => {
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
        *field = Arc::new(Call::clone(field).with_keyword(argument, value));
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
            about: None,
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
