//! What code that asks the environment comes to where the environment says nothing.

use crate::value::{Call, Value};

/// The constant that code falls back to where the environment says nothing.
pub(crate) fn fallback(value: &Value) -> Option<Value> {
    match value {
        Value::Str(_) | Value::Bool(_) | Value::Int(_) | Value::None => Some(value.clone()),
        Value::Call(call) => cast(call, default_of(call).and_then(fallback)?),
        Value::Unknown(unknown) => unknown.alternatives.as_ref()?.iter().find_map(fallback),
        Value::Float(_)
        | Value::Bytes(_)
        | Value::List(_)
        | Value::Tuple(_)
        | Value::Set(_)
        | Value::Dict(_)
        | Value::Name(_)
        | Value::Setting(_)
        | Value::Function(_)
        | Value::Operation(..) => None,
    }
}

/// What a call makes of its default. Python takes every text but the empty one for true; casts of packages read words.
fn cast(call: &Call, default: Value) -> Option<Value> {
    let path = call.path.as_str();
    let is_bool = |value: &Value| matches!(value, Value::Name(path) if path == "builtins.bool");
    let casts = call.kwargs.iter().any(|(name, value)| name == "cast" && is_bool(value));
    let is_decouple = |value: &Value| matches!(value, Value::Call(made) if made.path.starts_with("decouple."));
    let reads_words = path.ends_with("strtobool")
        || path.starts_with("configurations.values.Boolean")
        || casts && (path.starts_with("decouple.") || call.args.first().is_some_and(is_decouple));
    let flag = match &default {
        Value::Str(text) if reads_words => word(text)?,
        value if path == "builtins.bool" => flag(value)?,
        _ => return Some(default),
    };
    Some(Value::Bool(flag))
}

/// A flag by the words that environments have for it.
fn word(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "1" | "yes" | "on" | "y" | "t" => Some(true),
        "false" | "0" | "no" | "off" | "n" | "f" | "" => Some(false),
        _ => None,
    }
}

/// The value that a call falls back to where the environment says nothing: `os.environ.get("X", "..")`, `env("X", default="..")`,
/// and of `env = environ.Env(X=(str, ".."))` what it says itself.
pub(crate) fn default_of(call: &Call) -> Option<&Value> {
    let given = call.kwargs.iter().find(|(name, _)| name == "default");
    if let Some((_, value)) = given {
        return Some(value);
    }
    let path = call.path.as_str();
    match path {
        // `getattr(local_settings, "X", "..")`
        "builtins.getattr" => return call.args.get(2),
        // `str(os.environ.get("X", ".."))`
        "builtins.str" | "builtins.bool" | "builtins.int" => return call.args.first(),
        _ if path.ends_with("strtobool") => return call.args.first(),
        // django-configurations: `values.Value("..")`
        _ if path.starts_with("configurations.values.") => return call.args.first(),
        _ => {}
    }
    // A method has its object first.
    let names = usize::from(path.starts_with('.'));
    let second = call.args.get(names + 1);
    second.or_else(|| scheme_of(call.args.first()?, call.args.get(names)?.as_str()?))
}

/// The default in the scheme of django-environ: `Env(NAME=(cast, default))`.
fn scheme_of<'v>(environment: &'v Value, name: &str) -> Option<&'v Value> {
    let Value::Call(call) = environment else {
        return None;
    };
    match call.kwargs.iter().find(|(declared, _)| declared == name) {
        Some((_, Value::Tuple(scheme))) => scheme.get(1),
        _ => None,
    }
}

/// A flag as Python takes it: `"False"` is true.
pub(crate) fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Int(number) => Some(*number != 0),
        Value::None => Some(false),
        Value::Call(_) => flag(&fallback(value)?),
        Value::Str(text) => Some(!text.is_empty()),
        _ => None,
    }
}
