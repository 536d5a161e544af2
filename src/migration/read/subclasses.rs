//! Operation classes of projects that derive from Django's.

use super::Reading;
use super::arguments::Reason;
use crate::python::Object;
use crate::value::{Call, Value};

/// The methods by which an operation changes the state and the database.
const EFFECTS: [&str; 2] = ["state_forwards", "database_forwards"];

impl Reading<'_> {
    /// The call as Django's own class would get it. `None` where the class prints statements of its own, changes the
    /// state in its own way, or was not found.
    pub(super) fn call_of_base(&self, call: &Call) -> Option<Result<Call, Reason>> {
        let mut object = self.object(&call.path, &is_operation);
        let base = object.base().map(str::to_owned);
        let outcome = base.filter(|base| !base.ends_with(".Operation")).and_then(|base| {
            let constructed = construct(call, base, &mut object);
            EFFECTS
                .iter()
                .all(|method| is_plain(method, &mut object))
                .then_some(constructed)
        });
        self.done_with(&object);
        outcome
    }
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
    if !constructed.is_changed {
        return Ok(Call {
            path: base,
            ..call.clone()
        });
    }
    Ok(Call {
        path: base,
        arg_ranges: vec![call.range; constructed.args.len() + constructed.kwargs.len()],
        args: constructed.args,
        kwargs: constructed.kwargs,
        ..call.clone()
    })
}

/// Whether a method does nothing but call that of Django's class with the arguments that it got.
fn is_plain(method: &str, object: &mut Object<'_>) -> bool {
    if !object.defines(method) {
        return true;
    }
    let names: &[&str] = match method {
        "state_forwards" => &["app_label", "state"],
        _ => &["app_label", "schema_editor", "from_state", "to_state"],
    };
    let args: Vec<Value> = names.iter().map(|name| Value::Name(format!("<{name}>"))).collect();
    if object
        .call(method, args.clone(), &[])
        .is_none_or(|value| value.unknown().is_some())
    {
        return false;
    }
    let is_quiet = object.effects().iter().all(is_harmless);
    is_quiet
        && object
            .passed(method)
            .is_some_and(|(passed, kwargs)| passed == args && kwargs.is_empty())
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
