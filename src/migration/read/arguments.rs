//! Arguments of a call by the names of Django's parameters.

use crate::source::Range;
use crate::value::{Call, Value};

/// Why something cannot be read, in words.
pub(super) type Reason = String;

/// A call's arguments, checked against the parameters of what it calls.
pub(super) struct Arguments<'v> {
    pub(super) call: &'v Call,
    parameters: &'static [&'static str],
}

impl<'v> Arguments<'v> {
    /// Fails where Python would: too many arguments, or one that the class does not take.
    pub(super) fn new(call: &'v Call, parameters: &'static [&'static str]) -> Result<Self, Reason> {
        if call.args.len() > parameters.len() {
            return Err(format!(
                "`{}` takes {} arguments, not {}",
                call.class_name(),
                parameters.len(),
                call.args.len()
            ));
        }
        match call
            .kwargs
            .iter()
            .find(|(name, _)| !parameters.contains(&name.as_str()))
        {
            Some((name, _)) => Err(format!("`{}` takes no argument `{name}`", call.class_name())),
            None => Ok(Self { call, parameters }),
        }
    }

    /// The argument, if it was given.
    pub(super) fn get(&self, name: &str) -> Option<&'v Value> {
        self.call.argument(self.position(name), name)
    }

    /// Where the argument stands.
    pub(super) fn range(&self, name: &str) -> Range {
        self.call
            .argument_range(self.position(name), name)
            .unwrap_or(self.call.range)
    }

    fn position(&self, name: &str) -> usize {
        self.parameters
            .iter()
            .position(|parameter| *parameter == name)
            .unwrap_or(usize::MAX)
    }

    pub(super) fn required(&self, name: &str) -> Result<&'v Value, Reason> {
        self.get(name)
            .ok_or_else(|| format!("`{}` needs `{name}`", self.call.class_name()))
    }

    pub(super) fn string(&self, name: &str) -> Result<String, Reason> {
        let value = self.required(name)?;
        value
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| not_readable(name, value))
    }

    /// A string, or `None` where it is missing or Python's `None`.
    pub(super) fn optional_string(&self, name: &str) -> Result<Option<String>, Reason> {
        match self.get(name) {
            None | Some(Value::None) => Ok(None),
            Some(Value::Str(text)) => Ok(Some(text.to_string())),
            Some(value) => Err(not_readable(name, value)),
        }
    }

    pub(super) fn boolean(&self, name: &str, default: bool) -> Result<bool, Reason> {
        Ok(self.optional_boolean(name)?.unwrap_or(default))
    }

    pub(super) fn optional_boolean(&self, name: &str) -> Result<Option<bool>, Reason> {
        match self.get(name) {
            None | Some(Value::None) => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(value) => Err(not_readable(name, value)),
        }
    }
}

/// "`name` is not readable", with the reason that the value itself carries.
pub(super) fn not_readable(name: &str, value: &Value) -> Reason {
    match value.unknown() {
        Some(unknown) => format!("`{name}` is not readable: {}", unknown.reason),
        None => format!("`{name}` is not readable: it is {}", described(value)),
    }
}

/// What a value is, for a sentence.
pub(super) fn described(value: &Value) -> String {
    match value {
        Value::None => "None".to_owned(),
        Value::Bool(_) => "a boolean".to_owned(),
        Value::Int(_) | Value::Float(_) => "a number".to_owned(),
        Value::Str(_) => "a string".to_owned(),
        Value::Bytes(_) => "bytes".to_owned(),
        Value::List(_) => "a list".to_owned(),
        Value::Tuple(_) => "a tuple".to_owned(),
        Value::Set(_) => "a set".to_owned(),
        Value::Dict(_) => "a dict".to_owned(),
        Value::Name(path) => format!("`{path}`, whose value is not known"),
        Value::Setting(name) => format!("the setting `{name}`"),
        Value::Call(call) if call.path.starts_with('.') => format!("the result of `{}()`", &call.path[1..]),
        Value::Call(call) => format!("the result of `{}()`", call.path),
        Value::Function(function) => format!("the function `{}`", function.path),
        Value::Operation(..) => "an expression that constants do not settle".to_owned(),
        Value::Unknown(unknown) => unknown.reason.clone(),
    }
}

/// A list of strings.
pub(super) fn strings(name: &str, value: &Value) -> Result<Vec<String>, Reason> {
    let items = value.as_items().ok_or_else(|| not_readable(name, value))?;
    let strings = items.iter().map(|item| item.as_str().map(str::to_owned));
    strings.collect::<Option<_>>().ok_or_else(|| not_readable(name, value))
}

/// `unique_together`: one list of names, or a list of such lists. See `normalize_together` in django/db/models/options.py.
pub(super) fn together(name: &str, value: &Value) -> Result<Vec<Vec<String>>, Reason> {
    if crate::python::truth(value) == Some(false) {
        return Ok(Vec::new());
    }
    let items = value.as_items().ok_or_else(|| not_readable(name, value))?;
    if items.first().is_some_and(|first| first.as_str().is_some()) {
        return Ok(vec![strings(name, value)?]);
    }
    items.iter().map(|item| strings(name, item)).collect()
}
