//! What a project's field classes say of their column by overriding methods and properties of Django's: its name, check,
//! collation, default and the like. What is overridden and not followed is a doubt of the field.

use std::sync::Arc;

use super::arguments::not_readable;
use super::custom_classes::CONNECTION;
use super::field_classes::{ClassKind, FieldClass};
use crate::fields::type_without_arguments;
use crate::migration::field::{Field, FieldKind, OwnColumn, Pattern, Returned};
use crate::python::{NON_DB_ATTRS, Object};
use crate::value::{Call, Str, Value};

/// Stand for the field's name, or that of its column, while methods are run: two, to see where it stands in what they return.
const PROBES: [&str; 2] = ["probe_q7x", "other_z9k"];

/// What stands for a part of `db_parameters` that Django's class decides.
const OF_DJANGO: &str = "<django.db.models.Field>";

/// Methods that decide the column and are not followed. `_check` and the like only complain.
#[rustfmt::skip]
const NOT_FOLLOWED: &[&str] = &[
    "__new__", "__getattribute__", "_db_default_expression", "_get_default", "_get_m2m_attr", "_get_m2m_reverse_attr", "base_field",
    "cast_db_type", "clone", "concrete", "db_collation", "db_comment", "db_constraint", "db_default", "db_persist", "db_tablespace",
    "db_type_parameters", "decimal_places", "expression", "foreign_related_fields", "generated_sql", "has_db_default", "is_relation",
    "many_to_many", "max_digits", "output_field", "referenced_fields", "related_fields", "remote_field", "resolve_related_fields", "size",
    "target_field",
];

/// Attributes of which a property with a setter decides, whatever a constructor sets.
const PROPERTIES: &[&str] = &["blank", "db_index", "max_length", "null", "primary_key", "unique"];

/// Reads what the classes of `object` say into `field`, which Django's class has made. `made` reads a field that is added beside it.
pub(super) fn read(field: &mut Field, object: &mut Object<'_>, made: &dyn Fn(&Value) -> Field) {
    let mut own = OwnColumn::default();
    properties(field, &mut own, object);
    own.name = column_name(field, object);
    own.table = automatic_table(field, object);
    own.check = check(field, object);
    own.identity = identity(field, object);
    parameters(field, &mut own, object);
    own.rel_db_type = rel_db_type(object);
    own.empty_strings_allowed = object.class_attribute("empty_strings_allowed").and_then(Value::as_bool);
    default(field, object);
    contribution(field, &mut own, object, made);
    for method in NOT_FOLLOWED.iter().filter(|method| object.defines(method)) {
        doubt(field, "class", &format!("its `{method}` is not followed"));
    }
    field.own = Some(Box::new(own));
}

/// `non_db_attrs`: the keyword arguments that are not compared, besides those of Django.
pub(super) fn non_db_attrs(field: &mut Field, object: &Object<'_>) -> Vec<String> {
    const NAME: &str = "non_db_attrs";
    let names = match object.set_attribute(NAME).or_else(|| object.class_attribute(NAME)) {
        Some(value) => texts(value),
        None if object.defines(NAME) => None,
        None => return Vec::new(),
    };
    let is_relation = field.relation().is_some();
    let of_django = |names: &Vec<String>| {
        let mut own = NON_DB_ATTRS.iter().filter(|name| is_relation || **name != "on_delete");
        own.all(|own| names.iter().any(|name| name == own))
    };
    names.filter(of_django).unwrap_or_else(|| {
        doubt(field, "class", "its `non_db_attrs` is not followed");
        Vec::new()
    })
}

/// The items, if all of them are known.
fn texts(value: &Value) -> Option<Vec<String>> {
    let items = value.as_items()?.iter();
    items.map(|item| item.as_str().map(str::to_owned)).collect()
}

fn doubt(field: &mut Field, name: &str, reason: &str) {
    if !field.unknown.iter().any(|(other, _)| other == name) {
        field
            .unknown
            .push((name.to_owned(), format!("`{}`: {reason}", field.path)));
    }
}

fn properties(field: &mut Field, own: &mut OwnColumn, object: &mut Object<'_>) {
    if let Some(unique) = object.class_attribute("unique").and_then(Value::as_bool) {
        own.unique = Some(unique);
    }
    for name in PROPERTIES {
        let Some(value) = object.call(name, Vec::new(), &[]) else {
            continue;
        };
        match (*name, &value) {
            ("unique", Value::Bool(unique)) => own.unique = Some(*unique),
            ("blank", Value::Bool(blank)) => field.blank = *blank,
            ("db_index", Value::Bool(db_index)) => field.db_index = *db_index,
            ("null", Value::Bool(null)) => field.null = *null,
            ("primary_key", Value::Bool(primary_key)) => field.primary_key = *primary_key,
            ("max_length", Value::Int(length)) => field.max_length = i64::try_from(*length).ok(),
            ("max_length", Value::None) => field.max_length = None,
            (name, value) => doubt(field, name, &not_readable(name, value)),
        }
    }
}

/// `set_attributes_from_name`, `get_attname_column` and `get_attname`: the column, if one of them decides it.
fn column_name(field: &mut Field, object: &mut Object<'_>) -> Option<Pattern> {
    const METHODS: [&str; 5] = [
        "column",
        "contribute_to_class",
        "get_attname",
        "get_attname_column",
        "set_attributes_from_name",
    ];
    if !METHODS.iter().any(|method| object.defines(method)) {
        return None;
    }
    let columns = PROBES.map(|name| column_for(name, field, object));
    let pattern = match &columns {
        [Value::Str(column), Value::Str(other)] => Pattern::of([(column, PROBES[0]), (other, PROBES[1])]),
        [Value::None, _] => {
            field.kind = FieldKind::NoColumn;
            return None;
        }
        _ => None,
    };
    if pattern.is_none() {
        let reason = match &columns[0] {
            Value::Str(_) => "how its column is called after its name is not followed".to_owned(),
            column => not_readable("column", column),
        };
        doubt(field, "db_column", &reason);
    }
    let is_as_in_django = pattern
        .as_ref()
        .is_some_and(|pattern| pattern.with("name") == field.column("name"));
    pattern.filter(|_| !is_as_in_django)
}

/// The column of a field of this name, as the methods are called one by another.
fn column_for(name: &str, field: &Field, object: &mut Object<'_>) -> Value {
    let text = |text: &str| Value::Str(Str::from(text));
    let of_django = if field.relation().is_some() {
        format!("{name}_id")
    } else {
        name.to_owned()
    };
    object.set("name", text(name));
    let attname = object.call("get_attname", Vec::new(), &[("get_attname", text(&of_django))]);
    let attname = attname.unwrap_or_else(|| text(&of_django));
    let column = field.db_column.as_deref().map_or_else(|| attname.clone(), text);
    object.set("attname", attname.clone());
    object.set("column", column.clone());
    let pair = Value::Tuple(vec![attname.clone(), column.clone()]);
    let of_django = [("get_attname", attname), ("get_attname_column", pair)];
    let mut column = match object.call("get_attname_column", Vec::new(), &of_django) {
        Some(Value::Tuple(parts)) if parts.len() == 2 => parts.into_iter().nth(1).unwrap_or(Value::None),
        Some(other) => other,
        None => column,
    };
    // What each of these sets after Django's own has set it.
    for (method, args) in [
        ("set_attributes_from_name", vec![text(name)]),
        ("contribute_to_class", vec![Value::Name(MODEL.to_owned()), text(name)]),
    ] {
        object.set("column", column.clone());
        object.call(method, args, &[]);
        column = object.set_attribute("column").cloned().unwrap_or(column);
    }
    if object.defines("column") {
        column = object.call("column", Vec::new(), &[]).unwrap_or(column);
    }
    column
}

/// `contribute_to_class`: what it changes of the field, whether there is a field at all, and which fields it adds beside it.
fn contribution(field: &mut Field, own: &mut OwnColumn, object: &mut Object<'_>, made: &dyn Fn(&Value) -> Field) {
    let added = PROBES.map(|name| {
        object.forget_effects();
        object.set("name", Value::Str(name.into()));
        let args = vec![Value::Name(MODEL.to_owned()), Value::Str(name.into())];
        let returned = object.call("contribute_to_class", args, &[])?;
        Some((returned, object.effects().to_vec()))
    });
    let [Some((returned, effects)), Some((_, other))] = added else {
        return;
    };
    if returned.unknown().is_some() {
        if object.adds_no_column() {
            return;
        }
        doubt(field, "class", &not_readable("contribute_to_class", &returned));
        return;
    }
    match object.passed("contribute_to_class") {
        None if effects.is_empty() => field.kind = FieldKind::NoColumn,
        Some((args, kwargs)) if !is_private(&args, &kwargs) => {}
        None | Some(_) => doubt(field, "class", "its `contribute_to_class` is not followed"),
    }
    for (name, value) in [("null", &mut field.null), ("db_index", &mut field.db_index)] {
        if let Some(set) = object.set_attribute(name).and_then(Value::as_bool) {
            *value = set;
        }
    }
    for (effect, other) in effects.iter().zip(&other) {
        match added_field(effect, other, made) {
            Added::Field(name, added) => own.adds.push((name, Arc::new(*added))),
            Added::Nothing => {}
            Added::Unknown if object.adds_no_column() => {}
            Added::Unknown => doubt(field, "class", "what its `contribute_to_class` adds is not followed"),
        }
    }
}

/// `super().contribute_to_class(cls, name, private_only=True)`: the model has no such column.
fn is_private(args: &[Value], kwargs: &[(String, Value)]) -> bool {
    let named = kwargs
        .iter()
        .find(|(name, _)| matches!(name.as_str(), "private_only" | "virtual_only"));
    let given = args.get(2).or(named.map(|(_, value)| value));
    given.is_some_and(|value| *value != Value::Bool(false))
}

/// What a line of `contribute_to_class` adds to the model.
enum Added {
    Field(Pattern, Box<Field>),
    Nothing,
    Unknown,
}

fn added_field(effect: &Value, other: &Value, made: &dyn Fn(&Value) -> Field) -> Added {
    let (Value::Call(call), Value::Call(other)) = (effect, other) else {
        // A line that ran nobody knows how often, or changed what is not at hand.
        return Added::Unknown;
    };
    let (added, name, other_name) = match call.path.as_str() {
        "<model>.add_to_class" => (
            call.argument(1, "value"),
            call.argument(0, "name"),
            other.argument(0, "name"),
        ),
        ".contribute_to_class" => (call.args.first(), call.argument(2, "name"), other.argument(2, "name")),
        path if path.ends_with("add_to_class") || path.ends_with("contribute_to_class") => return Added::Unknown,
        path if path.contains("._meta.add_field") => return Added::Unknown,
        path if !path.starts_with("builtins.") && call.args.contains(&Value::Name(MODEL.to_owned())) => {
            return Added::Unknown;
        }
        _ => return Added::Nothing,
    };
    let (Some(added @ Value::Call(_)), Some(Value::Str(name)), Some(Value::Str(other_name))) =
        (added, name, other_name)
    else {
        return Added::Unknown;
    };
    match Pattern::of([(name, PROBES[0]), (other_name, PROBES[1])]) {
        Some(name) => Added::Field(name, Box::new(made(added))),
        None => Added::Unknown,
    }
}

/// `_get_m2m_db_table`: the automatic table, by the name that Django would give it.
fn automatic_table(field: &mut Field, object: &mut Object<'_>) -> Option<Pattern> {
    const METHOD: &str = "_get_m2m_db_table";
    field.many_to_many().filter(|_| object.defines(METHOD))?;
    let tables = PROBES.map(|table| {
        let options = vec![Value::Name(OPTIONS.to_owned())];
        let of_django = [(METHOD, Value::Str(table.into()))];
        object.call(METHOD, options, &of_django).unwrap_or(Value::None)
    });
    let pattern = match &tables {
        [Value::Str(table), Value::Str(other)] => Pattern::of([(table, PROBES[0]), (other, PROBES[1])]),
        _ => None,
    };
    if pattern.is_none() {
        doubt(field, "db_table", &not_readable(METHOD, &tables[0]));
    }
    pattern
}

/// What `_get_m2m_db_table` gets as the options of the model.
const OPTIONS: &str = "<model>._meta";

/// What a field gets as the model that it is added to.
const MODEL: &str = "<model>";

/// `db_check`
fn check(field: &mut Field, object: &mut Object<'_>) -> Option<Returned<Pattern>> {
    if !object.defines("db_check") {
        return None;
    }
    let values = PROBES.map(|column| {
        object.set("column", Value::Str(column.into()));
        let column_alone = Value::Dict(vec![(Value::Str("column".into()), Value::Str(column.into()))]);
        let of_django = [
            ("db_check", of_django(field, column)),
            ("db_type_parameters", column_alone),
        ];
        object
            .call("db_check", vec![connection()], &of_django)
            .unwrap_or(Value::None)
    });
    pattern_of_check(field, &values)
}

/// What `db_check` of Django's class returns.
fn of_django(field: &Field, column: &str) -> Value {
    match &field.kind {
        FieldKind::Plain(internal_type) if internal_type.is_positive() => {
            Value::Str(format!("\"{column}\" >= 0").into())
        }
        _ => Value::None,
    }
}

fn pattern_of_check(field: &mut Field, values: &[Value; 2]) -> Option<Returned<Pattern>> {
    match values {
        [Value::None, Value::None] => return Some(Returned::None),
        [Value::Str(check), Value::Str(other)] => {
            if let Some(pattern) = Pattern::of([(check, PROBES[0]), (other, PROBES[1])]) {
                return Some(Returned::Value(pattern));
            }
        }
        _ => {}
    }
    doubt(field, "check", &not_readable("db_check", &values[0]));
    None
}

/// `db_type_suffix`
fn identity(field: &mut Field, object: &mut Object<'_>) -> Option<bool> {
    const IDENTITY: &str = "GENERATED BY DEFAULT AS IDENTITY";
    let is_automatic = matches!(&field.kind, FieldKind::Plain(internal_type) if internal_type.is_automatic());
    let of_django = if is_automatic {
        Value::Str(IDENTITY.into())
    } else {
        Value::None
    };
    match object.call("db_type_suffix", vec![connection()], &[("db_type_suffix", of_django)])? {
        Value::None => Some(false),
        Value::Str(suffix) if suffix.is_empty() => Some(false),
        Value::Str(suffix) if &*suffix == IDENTITY => Some(true),
        value => {
            doubt(field, "class", &not_readable("db_type_suffix", &value));
            None
        }
    }
}

/// `db_parameters`, and `db_type` of a foreign key.
fn parameters(field: &mut Field, own: &mut OwnColumn, object: &mut Object<'_>) {
    let is_relation = field.relation().is_some();
    if is_relation && let Some(value) = object.call("db_type", vec![connection()], &[]) {
        match value {
            Value::Str(db_type) => own.db_type = Some(db_type.to_string()),
            value if Object::is_base_result(&value, "db_type") => {}
            value => doubt(field, "class", &not_readable("db_type", &value)),
        }
    }
    if !object.defines("db_parameters") {
        return;
    }
    let asked = PROBES.map(|column| {
        object.set("column", Value::Str(column.into()));
        let of_django = ("db_parameters", parameters_of_django());
        object
            .call("db_parameters", vec![connection()], &[of_django])
            .unwrap_or(Value::None)
    });
    let [Value::Dict(items), Value::Dict(other)] = &asked else {
        doubt(field, "class", &not_readable("db_parameters", &asked[0]));
        return;
    };
    let db_type = item(items, "type");
    if !is_of_django(&db_type) && (is_relation || field.db_index || field.unique()) {
        // The column has this type, and its indexes are those for what `db_type` says.
        doubt(
            field,
            "class",
            "its `db_parameters` gives another type than its `db_type`",
        );
    }
    let checks = [item(items, "check"), item(other, "check")];
    if checks[0].as_str() != Some(OF_DJANGO) {
        own.check = pattern_of_check(field, &checks);
    }
    match item(items, "collation") {
        Value::Str(collation) if &*collation == OF_DJANGO => {}
        Value::Str(collation) => own.collation = Some(Returned::Value(collation.to_string())),
        Value::None => own.collation = Some(Returned::None),
        value => doubt(field, "class", &not_readable("db_parameters", &value)),
    }
}

/// Whether a type is that which Django's class gives.
pub(super) fn is_of_django(db_type: &Value) -> bool {
    db_type.as_str() == Some(OF_DJANGO)
}

/// What `super().db_parameters` returns.
pub(super) fn parameters_of_django() -> Value {
    let names = ["type", "check", "collation"];
    Value::Dict(
        names
            .map(|name| (Value::Str(name.into()), Value::Str(OF_DJANGO.into())))
            .to_vec(),
    )
}

fn item(items: &[(Value, Value)], name: &str) -> Value {
    let found = items.iter().find(|(key, _)| key.as_str() == Some(name));
    found.map_or(Value::None, |(_, value)| value.clone())
}

/// `rel_db_type`
fn rel_db_type(object: &mut Object<'_>) -> Option<Result<String, String>> {
    match object.call("rel_db_type", vec![connection()], &[])? {
        Value::Str(db_type) => Some(Ok(db_type.to_string())),
        value if Object::is_base_result(&value, "rel_db_type") => None,
        Value::Call(call) if type_of_call(&call).is_some() => type_of_call(&call).map(|db_type| Ok(db_type.to_owned())),
        value => Some(Err(not_readable("rel_db_type", &value))),
    }
}

/// `models.IntegerField().db_type(connection)`
pub(super) fn type_of_call(call: &Call) -> Option<&'static str> {
    let (".db_type" | ".rel_db_type", Some(Value::Call(field))) = (call.path.as_str(), call.args.first()) else {
        return None;
    };
    match FieldClass::of(&field.path)?.kind {
        ClassKind::Plain(internal_type) => type_without_arguments(internal_type),
        _ => None,
    }
}

/// `has_default` and `get_default`
fn default(field: &mut Field, object: &mut Object<'_>) {
    if object.defines("default") {
        field.default = object.call("default", Vec::new(), &[]);
    }
    let has_default = field.default.is_some();
    match object.call("has_default", Vec::new(), &[("has_default", Value::Bool(has_default))]) {
        None | Some(Value::Bool(true)) => {}
        Some(Value::Bool(false)) => {
            field.default = None;
            return;
        }
        Some(value) => doubt(field, "default", &not_readable("has_default", &value)),
    }
    if !has_default && !object.defines("has_default") {
        return;
    }
    let of_django = field.default.clone().unwrap_or(Value::None);
    if let Some(value) = object.call("get_default", Vec::new(), &[("get_default", of_django)]) {
        field.default = Some(value);
    }
}

fn connection() -> Value {
    Value::Name(CONNECTION.to_owned())
}
