//! Which fields of its model an expression or condition goes by, wherever they stand in it.

use crate::value::{Call, Value};

/// What a string is where an expression may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StringIs {
    /// The name of a field: an item of an index, an argument of a function. See `BaseExpression._parse_expressions`.
    FieldName,
    /// Itself: the right side of a lookup, the key of a document.
    Itself,
}

/// The names of fields in an expression or condition, without their lookups and transforms.
pub(crate) fn fields_named(value: &Value, string: StringIs) -> Vec<&str> {
    let mut names = Vec::new();
    gather(value, string, &mut names);
    names
}

fn gather<'v>(value: &'v Value, string: StringIs, names: &mut Vec<&'v str>) {
    match value {
        Value::Str(name) if string == StringIs::FieldName => names.extend(name.split("__").next()),
        Value::Call(call) => gather_call(call, names),
        // `F("a") + "x"`: the string is a value.
        Value::Operation(_, items) | Value::List(items) | Value::Tuple(items) | Value::Set(items) => {
            items.iter().for_each(|item| gather(item, StringIs::Itself, names));
        }
        Value::Str(_)
        | Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Bytes(_)
        | Value::Dict(_)
        | Value::Name(_)
        | Value::Setting(_)
        | Value::Function(_)
        | Value::Unknown(_) => {}
    }
}

fn gather_call<'v>(call: &'v Call, names: &mut Vec<&'v str>) {
    match call.class_name() {
        "Q" => gather_lookups(call, &[], names),
        "When" => gather_lookups(call, &["condition", "then"], names),
        "F" => gather_first(call, "name", names),
        "KT" => gather_first(call, "lookup", names),
        // SQL names columns, and the names of these stay.
        "Value" | "RawSQL" => {}
        _ => {
            for (at, argument) in call.args.iter().enumerate() {
                gather(argument, string_at(call, at), names);
            }
            for (keyword, argument) in &call.kwargs {
                gather(argument, string_of_keyword(call, keyword), names);
            }
        }
    }
}

/// `Q(condition, ("name__gt", 0), name__lt=9)`, and `When`, which takes lookups beside its own arguments.
fn gather_lookups<'v>(call: &'v Call, own: &[&str], names: &mut Vec<&'v str>) {
    let mut lookup = |name: &'v str, value: &'v Value| {
        names.extend(name.split("__").next());
        gather(value, StringIs::Itself, names);
    };
    for (name, value) in &call.kwargs {
        if !name.starts_with('_') && !own.contains(&name.as_str()) {
            lookup(name, value);
        }
    }
    for argument in &call.args {
        if let Value::Tuple(pair) = argument
            && let [Value::Str(name), value] = pair.as_slice()
        {
            lookup(name, value);
        }
    }
    let conditions = call.args.iter().filter(|argument| !matches!(argument, Value::Tuple(_)));
    conditions.for_each(|condition| gather(condition, StringIs::Itself, names));
    for (name, value) in &call.kwargs {
        match name.as_str() {
            "then" if own.contains(&"then") => gather(value, StringIs::FieldName, names),
            "condition" if own.contains(&"condition") => gather(value, StringIs::Itself, names),
            _ => {}
        }
    }
}

fn gather_first<'v>(call: &'v Call, keyword: &str, names: &mut Vec<&'v str>) {
    if let Some(name) = call.argument(0, keyword) {
        gather(name, StringIs::FieldName, names);
    }
}

/// What a string is at a place of a call.
fn string_at(call: &Call, at: usize) -> StringIs {
    let names_field = match call.class_name() {
        // `KeyTransform(key, document)`
        "KeyTransform" | "KeyTextTransform" | "TrigramWordSimilarity" | "TrigramWordDistance" => at == 1,
        "TrigramStrictWordSimilarity" | "TrigramStrictWordDistance" => at == 1,
        // Collation, operator class, part of a moment and type are no expressions.
        "Cast" | "Collate" | "ExpressionWrapper" | "OpClass" | "OrderBy" => at == 0,
        "TrigramSimilarity" | "TrigramDistance" | "SearchRank" => at == 0,
        "SearchQuery" | "SearchConfig" | "CombinedExpression" => false,
        name if name.starts_with("Extract") || name.starts_with("Trunc") => at == 0,
        // A lookup takes a bare value for a value: `GreaterThan(F("a"), 0)`.
        _ if call.path.contains(".lookups.") => false,
        _ => true,
    };
    if names_field {
        StringIs::FieldName
    } else {
        StringIs::Itself
    }
}

fn string_of_keyword(call: &Call, keyword: &str) -> StringIs {
    match (call.class_name(), keyword) {
        ("JSONObject", _) | (_, "expression" | "default") => StringIs::FieldName,
        _ => StringIs::Itself,
    }
}
