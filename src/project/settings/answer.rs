//! What is known of one setting: it is absent, bound, falls back to a constant, or nobody can say.

use crate::python::fallback;
use crate::value::Value;

/// What is known of a setting.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::project) enum Answer {
    /// All that could bind it was read, and nothing does: Django's default holds.
    Absent,
    /// It is this.
    Bound(Value),
    /// It is computed, and falls back to this constant.
    Fallback(Value),
    /// Nobody can say, for this reason.
    Unknown(String),
}

impl Answer {
    /// What a value that a settings module binds says.
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Name(path) => Answer::Unknown(format!("it is `{path}`, which is not at hand")),
            Value::Setting(name) => Answer::Unknown(format!("it is `settings.{name}`")),
            Value::Unknown(_) | Value::Call(_) | Value::Operation(..) | Value::Function(_) => match fallback(value) {
                Some(constant) => Answer::Fallback(constant),
                None => Answer::Unknown(reason(value)),
            },
            Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Str(_)
            | Value::Bytes(_)
            | Value::List(_)
            | Value::Tuple(_)
            | Value::Set(_)
            | Value::Dict(_) => Answer::Bound(value.clone()),
        }
    }

    /// The value, be it a fallback.
    pub(super) fn value(&self) -> Option<&Value> {
        match self {
            Answer::Bound(value) | Answer::Fallback(value) => Some(value),
            Answer::Absent | Answer::Unknown(_) => None,
        }
    }

    /// The same where what it comes to makes sense; else it is not known.
    pub(super) fn filtered(self, makes_sense: impl Fn(&Value) -> bool) -> Self {
        match self.value() {
            Some(value) if !makes_sense(value) => Answer::Unknown("it is not what Django takes".to_owned()),
            Some(_) | None => self,
        }
    }
}

fn reason(value: &Value) -> String {
    match value {
        Value::Unknown(unknown) => unknown.reason.clone(),
        Value::Call(call) => format!("it is what `{}` returns", call.class_name()),
        _ => "it is computed".to_owned(),
    }
}
