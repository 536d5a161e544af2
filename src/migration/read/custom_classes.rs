//! Fields whose class is not Django's: found in the project's modules, or described by data.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::arguments::not_readable;
use super::field_classes::{ClassKind, FieldClass, internal_type};
use super::fields::{by_name, deconstructed, is_compared, is_provided, unknown_field};
use super::{Reading, own_column};
use crate::fields::type_without_arguments;
use crate::migration::field::{Field, FieldKind};
use crate::packages::{CustomField, with_arguments};
use crate::python::{CALLS_TO_PYTHON, Constructed, Object, canonical, truth};
use crate::source::Range;
use crate::value::{Call, JSON_NULL, Str, Unknown, Value};

/// The methods that turn a value into what is sent to the database, in the order of their work.
/// See `Field.get_db_prep_save`.
const VALUES: &[&str] = &["get_db_prep_save", "get_db_prep_value", "get_prep_value"];

/// What a method gets as `connection`.
pub(super) const CONNECTION: &str = "django.db.connection";

/// What stands between a project's own classes and Django's.
struct Described<'a> {
    /// The class of Django below.
    class: FieldClass,
    /// Classes described by data, nearest first.
    chain: Vec<&'a CustomField>,
}

impl Reading<'_> {
    pub(super) fn custom_field(&self, call: &Call, depth: usize) -> Field {
        if let Some(field) = self.wrapped_field(call, depth) {
            return field;
        }
        let mut object = self.object(&call.path, &|path| self.is_field(path));
        let field = self.object_field(call, depth, &mut object);
        self.done_with(&object);
        field
    }

    /// A field that is given as an argument: it has another column, and is else as it is.
    fn wrapped_field(&self, call: &Call, depth: usize) -> Option<Field> {
        let described = self.described(&call.path)?;
        let [first, ..] = described.chain.as_slice() else {
            return None;
        };
        let positional = first.positional.as_deref().unwrap_or_default();
        let wraps = first.wraps.as_ref()?;
        let position = positional.iter().position(|name| name == wraps).unwrap_or(usize::MAX);
        let mut field = self.field_at(call.argument(position, wraps)?, call.range, depth + 1);
        let inner = Value::Name(field.path.clone());
        field.compared.insert(wraps.clone(), inner);
        field.path.clone_from(&call.path);
        field.kind = described.kind(&field)?;
        field.range = call.range.into();
        let given = [
            Some(Value::None),
            Some(Value::Str(Str::default())),
            field.default.clone(),
        ];
        let made = |value: Value| {
            let made = if value == Value::None {
                Value::None
            } else {
                not_followed(&value)
            };
            (value, made)
        };
        field.own_values = given.into_iter().flatten().map(made).collect();
        Some(field)
    }

    fn is_field(&self, path: &str) -> bool {
        FieldClass::of(path).is_some() || path == "django.db.models.Field" || self.fields.get(path).is_some()
    }

    fn object_field(&self, call: &Call, depth: usize, object: &mut Object<'_>) -> Field {
        let Some(described) = object.base().and_then(|base| self.described(base)) else {
            let missing = object.missing().first().map_or(call.path.as_str(), String::as_str);
            let unknown = unknown_field(&call.path, not_known(&call.path, missing), call.range);
            return with_what_it_says(unknown, call);
        };
        let (mut field, kwargs) = self.constructed(call, depth, object, &described);
        match deconstruct(&field, kwargs, call, object) {
            Some(deconstructed) => {
                // The model's field is a clone of the migration's: see `ModelState.render` and `Field.clone`.
                let (clone, kwargs) = self.constructed(&deconstructed, depth, object, &described);
                let compared = deconstruct(&clone, kwargs, call, object).unwrap_or(deconstructed);
                field = clone;
                field.compared = compared_arguments(&compared);
                field.path = compared.path;
            }
            // Not followed: fields constructed alike are alike.
            None => field.compared.extend(compared_arguments(call)),
        }
        if matches!(field.kind, FieldKind::Plain(_) | FieldKind::Unknown(_))
            && let Some(kind) = own_type(&field, object, described.class).or_else(|| described.column(&field))
        {
            field.kind = kind;
        }
        for name in own_column::non_db_attrs(&mut field, object) {
            field.compared.remove(&name);
        }
        own_column::read(&mut field, object, &|added| self.field_at(added, call.range, depth + 1));
        field.own_values = own_values(&field, object, &described);
        if let (Some(missing), FieldKind::Plain(_)) = (object.missing().first(), &field.kind) {
            field.unknown.push(("class".to_owned(), not_known(&call.path, missing)));
        }
        field
    }

    /// The field that the constructors make, and the keyword arguments that Django's class would deconstruct it to.
    fn constructed(
        &self,
        call: &Call,
        depth: usize,
        object: &mut Object<'_>,
        described: &Described<'_>,
    ) -> (Field, BTreeMap<String, Value>) {
        let mut constructed = object.construct(call);
        let given = constructed.kwargs.clone();
        described.pass(&mut constructed);
        let class = described.class;
        // A name of the project's for a class of somebody else is no class of its own.
        let path = object.path().or_else(|| object.base().map(str::to_owned));
        let path = path.unwrap_or_else(|| call.path.clone());
        let named = || by_name(&constructed.args, &constructed.kwargs, class);
        let mut field = self.build(class, &path, named(), call.range, depth);
        attributes_set_later(&mut field, &|name| set_later(object, &given, name));
        attributes_of_django(&field, object);
        let doubts = constructed.doubts.iter().map(|doubt| format!("`{path}`: {doubt}"));
        let data_doubts = described.chain.iter().filter_map(|described| described.doubt.clone());
        let doubts = doubts.chain(data_doubts).map(|doubt| ("class".to_owned(), doubt));
        field.unknown.extend(doubts);
        let kwargs = deconstructed(class, &named());
        (field, kwargs)
    }

    /// The class of Django that a known class is or is described to derive from.
    fn described(&self, path: &str) -> Option<Described<'_>> {
        let mut chain = Vec::new();
        let mut path = path;
        for _ in 0..super::MAX_BASES {
            if let Some(described) = self.fields.get(path) {
                chain.push(described);
                match &described.base {
                    Some(base) => path = base,
                    None => {
                        let class = FieldClass::ANY;
                        return Some(Described { class, chain });
                    }
                }
                continue;
            }
            let class = if path == "django.db.models.Field" {
                FieldClass::ANY
            } else {
                FieldClass::of(path)?
            };
            return Some(Described { class, chain });
        }
        None
    }
}

/// The call that `deconstruct` returns, where it was followed.
fn deconstruct(field: &Field, kwargs: BTreeMap<String, Value>, call: &Call, object: &mut Object<'_>) -> Option<Call> {
    let of_call = |path: &str, args: Vec<Value>, kwargs: Vec<(String, Value)>| Call {
        path: path.to_owned(),
        args,
        kwargs,
        range: call.range,
        name_range: call.name_range,
        arg_ranges: Vec::new(),
    };
    if !object.defines("deconstruct") {
        return Some(of_call(&field.path, Vec::new(), kwargs.into_iter().collect()));
    }
    let kwargs = kwargs
        .into_iter()
        .map(|(name, value)| (Value::Str(name.into()), value))
        .collect();
    let path = Value::Str(field.path.as_str().into());
    let of_django = Value::Tuple(vec![Value::None, path, Value::List(Vec::new()), Value::Dict(kwargs)]);
    let Value::Tuple(parts) = object.call("deconstruct", Vec::new(), &[("deconstruct", of_django)])? else {
        return None;
    };
    let [
        _,
        Value::Str(path),
        Value::List(args) | Value::Tuple(args),
        Value::Dict(kwargs),
    ] = parts.as_slice()
    else {
        return None;
    };
    let kwargs = kwargs
        .iter()
        .map(|(name, value)| Some((name.as_str()?.to_owned(), value.clone())));
    Some(of_call(&canonical(path), args.clone(), kwargs.collect::<Option<_>>()?))
}

fn compared_arguments(call: &Call) -> BTreeMap<String, Value> {
    let kwargs = call.kwargs.iter().filter(|(name, _)| is_compared(name));
    let mut kwargs: BTreeMap<String, Value> = kwargs.cloned().collect();
    if !call.args.is_empty() {
        kwargs.insert("*".to_owned(), Value::Tuple(call.args.clone()));
    }
    kwargs
}

/// What a constructor set after it had called that of Django's class, which sets what it is given.
fn set_later<'o>(object: &'o Object<'_>, given: &[(String, Value)], name: &str) -> Option<&'o Value> {
    let given = given.iter().find(|(other, _)| other == name);
    let set = object.set_attribute(name)?;
    given.is_none_or(|(_, value)| value != set).then_some(set)
}

/// The value of an attribute that a constructor set later.
type SetLater<'s, 'o> = &'s dyn Fn(&str) -> Option<&'o Value>;

fn attributes_set_later(field: &mut Field, set: SetLater<'_, '_>) {
    flag(field, set, "null", |field| &mut field.null);
    flag(field, set, "blank", |field| &mut field.blank);
    flag(field, set, "db_index", |field| &mut field.db_index);
    flag(field, set, "primary_key", |field| &mut field.primary_key);
    flag(field, set, "_unique", |field| &mut field.explicit_unique);
    number(field, set, "max_length", |field| &mut field.max_length);
    number(field, set, "max_digits", |field| &mut field.max_digits);
    number(field, set, "decimal_places", |field| &mut field.decimal_places);
    text(field, set, "db_column", |field| &mut field.db_column);
    text(field, set, "db_collation", |field| &mut field.db_collation);
    text(field, set, "db_comment", |field| &mut field.db_comment);
    text(field, set, "db_tablespace", |field| &mut field.db_tablespace);
    for (name, place) in [("default", &mut field.default), ("db_default", &mut field.db_default)] {
        if let Some(value) = set(name) {
            *place = Some(value.clone()).filter(is_provided);
        }
    }
}

fn flag(field: &mut Field, set: SetLater<'_, '_>, name: &str, place: impl Fn(&mut Field) -> &mut bool) {
    match set(name).map(|value| (value, truth(value))) {
        Some((_, Some(flag))) => *place(field) = flag,
        Some((value, None)) => note_unread(field, name, value),
        None => {}
    }
}

fn number(field: &mut Field, set: SetLater<'_, '_>, name: &str, place: impl Fn(&mut Field) -> &mut Option<i64>) {
    match set(name) {
        Some(Value::Int(number)) => *place(field) = i64::try_from(*number).ok(),
        Some(Value::None) => *place(field) = None,
        Some(value) => note_unread(field, name, value),
        None => {}
    }
}

fn text(field: &mut Field, set: SetLater<'_, '_>, name: &str, place: impl Fn(&mut Field) -> &mut Option<String>) {
    match set(name) {
        Some(Value::Str(text)) => *place(field) = Some(text.to_string()),
        Some(Value::None) => *place(field) = None,
        Some(value) => note_unread(field, name, value),
        None => {}
    }
}

fn note_unread(field: &mut Field, name: &str, value: &Value) {
    if !field.unknown.iter().any(|(other, _)| other == name) {
        field.unknown.push((name.to_owned(), not_readable(name, value)));
    }
}

/// What methods of the project's classes may ask of `self`.
fn attributes_of_django(field: &Field, object: &mut Object<'_>) {
    let number = |number: Option<i64>| number.map_or(Value::None, |number| Value::Int(i128::from(number)));
    let text = |text: &Option<String>| text.as_deref().map_or(Value::None, |text| Value::Str(text.into()));
    object.set("db_column", text(&field.db_column));
    object.set("max_length", number(field.max_length));
    object.set("max_digits", number(field.max_digits));
    object.set("decimal_places", number(field.decimal_places));
    object.set("null", Value::Bool(field.null));
    object.set("blank", Value::Bool(field.blank));
    object.set("unique", Value::Bool(field.unique()));
    object.set("primary_key", Value::Bool(field.primary_key));
    object.set("db_index", Value::Bool(field.db_index));
    if let Some(default) = &field.default {
        object.set("default", default.clone());
    }
}

/// What the classes make of `None`, `''` and the default before Django converts it.
fn own_values(field: &Field, object: &mut Object<'_>, described: &Described<'_>) -> Vec<(Value, Value)> {
    let converts = |value: &Value| {
        described
            .chain
            .iter()
            .any(|described| described.own_values.is_some_and(|own| own.has(value)))
    };
    let is_described = described.chain.iter().any(|described| described.own_values.is_some());
    let stores_null = described.chain.iter().any(|described| described.none_is_json_null);
    let calls_to_python = object.defines("to_python") && calls_to_python(field);
    let default = field.default.as_ref().and_then(called);
    let given = [Some(Value::None), Some(Value::Str(Str::default())), default.clone()];
    let given = given.into_iter().flatten();
    if !is_described && !calls_to_python && !VALUES.iter().any(|method| object.defines(method)) {
        // Lists are in doubt unless every class down to Django's is known, and converts nothing.
        let is_known = object.missing().is_empty() && (object.base().is_some() || !described.chain.is_empty());
        let has_items = default.is_some_and(|default| match &default {
            Value::Dict(items) => !items.is_empty(),
            default => default.as_items().is_some_and(|items| !items.is_empty()),
        });
        let kept = given.filter(|_| is_known && has_items);
        return kept.map(|value| (value.clone(), value)).collect();
    }
    let made = given.map(|value| {
        let made = if converts(&value) {
            not_followed(&value)
        } else if stores_null && value == Value::None {
            json_null()
        } else {
            own_value(value.clone(), object, calls_to_python)
        };
        (value, made)
    });
    made.collect()
}

/// The value of a default, called where it can be called.
fn called(default: &Value) -> Option<Value> {
    match default {
        Value::Name(path) => match path.as_str() {
            "builtins.dict" | "collections.OrderedDict" => Some(Value::Dict(Vec::new())),
            "builtins.list" | "builtins.tuple" => Some(Value::List(Vec::new())),
            "builtins.str" => Some(Value::Str(Str::default())),
            _ => None,
        },
        Value::Function(function) => function.returns.clone(),
        value => Some(value.clone()),
    }
}

/// Whether `get_prep_value` of Django's class calls `to_python`.
fn calls_to_python(field: &Field) -> bool {
    use crate::migration::InternalType as T;
    let FieldKind::Plain(internal_type) = &field.kind else {
        return false;
    };
    matches!(
        internal_type,
        T::Boolean | T::Char | T::Date | T::DateTime | T::Decimal | T::Slug | T::Text | T::Time | T::Uuid
    )
}

fn own_value(value: Value, object: &mut Object<'_>, calls_to_python: bool) -> Value {
    let mut value = value;
    let by_python = [(CALLS_TO_PYTHON, Value::Bool(true))];
    let returns = if calls_to_python { &by_python[..] } else { &[] };
    let methods = VALUES.iter().chain(&["to_python"]);
    let is_called = |method: &&&str| match **method {
        "get_prep_value" | "to_python" if calls_to_python => {
            (**method == "get_prep_value") == object.defines("get_prep_value")
        }
        "to_python" => false,
        _ => true,
    };
    let methods: Vec<&str> = methods.filter(is_called).copied().collect();
    for method in methods {
        let args = match method {
            "get_prep_value" | "to_python" => vec![value.clone()],
            _ => vec![value.clone(), Value::Name(CONNECTION.to_owned())],
        };
        value = match object.call(method, args, returns) {
            None => value,
            Some(made) if made.unknown().is_some() || matches!(made, Value::Call(_) | Value::Name(_)) => {
                return not_followed(&value);
            }
            Some(made) => made,
        };
    }
    value
}

/// `JSONNull()`
fn json_null() -> Value {
    Value::Call(Arc::new(Call {
        path: JSON_NULL.to_owned(),
        args: Vec::new(),
        kwargs: Vec::new(),
        range: Range::default(),
        name_range: Range::default(),
        arg_ranges: Vec::new(),
    }))
}

fn not_followed(value: &Value) -> Value {
    Value::Unknown(Unknown {
        reason: "the class turns it into something of its own".to_owned(),
        source: format!("{value:?}"),
        range: Range::default(),
        alternatives: None,
        about: None,
    })
}

/// What the arguments mean that every field takes, whatever else the class does.
fn with_what_it_says(mut field: Field, call: &Call) -> Field {
    for (name, value) in &call.kwargs {
        let is_true = value.as_bool() == Some(true);
        match name.as_str() {
            "null" => field.null = is_true,
            "blank" => field.blank = is_true,
            "unique" => field.explicit_unique = is_true,
            "primary_key" => field.primary_key = is_true,
            "db_index" => field.db_index = is_true,
            "db_column" => field.db_column = value.as_str().map(str::to_owned),
            "default" => field.default = Some(value.clone()),
            _ => {}
        }
    }
    field
}

fn not_known(path: &str, missing: &str) -> String {
    let class = if path == missing {
        format!("`{path}` is not a field class that forelock knows")
    } else {
        format!("`{path}` derives from `{missing}`, which forelock does not know")
    };
    format!("{class}; say what it derives from under [tool.forelock.fields]")
}

/// What `db_type`, `db_parameters` or `get_internal_type` of the project's classes say.
fn own_type(field: &Field, object: &mut Object<'_>, base: FieldClass) -> Option<FieldKind> {
    let connection = || vec![Value::Name(CONNECTION.to_owned())];
    if let Some(value) = object.call("db_type", connection(), &[]) {
        return database_kind(field, object, base, &value);
    }
    let of_django = ("db_parameters", own_column::parameters_of_django());
    if let Some(Value::Dict(items)) = object.call("db_parameters", connection(), &[of_django]) {
        let db_type = items.iter().find(|(name, _)| name.as_str() == Some("type"))?;
        if !own_column::is_of_django(&db_type.1) {
            return database_kind(field, object, base, &db_type.1);
        }
    }
    match object.call("get_internal_type", Vec::new(), &[])? {
        // A name that Django does not know means no column.
        Value::Str(name) => Some(internal_type(&name).map_or(FieldKind::NoColumn, FieldKind::Plain)),
        value if Object::is_base_result(&value, "get_internal_type") => None,
        value => Some(FieldKind::Unknown(format!(
            "`{}`: {}; say its db_type under [tool.forelock.fields]",
            field.path,
            not_readable("get_internal_type", &value)
        ))),
    }
}

fn database_kind(field: &Field, object: &mut Object<'_>, base: FieldClass, db_type: &Value) -> Option<FieldKind> {
    match db_type {
        value if Object::is_base_result(value, "db_type") => None,
        Value::Call(call) if own_column::type_of_call(call).is_some() => {
            let db_type = own_column::type_of_call(call).unwrap_or_default();
            database_kind(field, object, base, &Value::Str(db_type.into()))
        }
        Value::None => Some(FieldKind::NoColumn),
        Value::Str(db_type) => {
            // Django's `Field` returns the name of the class, its own classes a constant each.
            let inherited = match base.kind {
                ClassKind::Plain(internal_type) => internal_type.name().to_owned(),
                _ => field.path.rsplit('.').next().unwrap_or_default().to_owned(),
            };
            Some(FieldKind::Database {
                db_type: db_type.to_string(),
                rel_db_type: returned_text(object.call("rel_db_type", vec![Value::Name(CONNECTION.to_owned())], &[]))
                    .or_else(|| rel_db_type_of_django(base).map(str::to_owned)),
                internal_type: returned_text(object.call("get_internal_type", Vec::new(), &[])).unwrap_or(inherited),
                empty_strings_allowed: object
                    .attribute("empty_strings_allowed")
                    .and_then(Value::as_bool)
                    .unwrap_or(true),
                spatial: None,
            })
        }
        value => Some(FieldKind::Unknown(format!(
            "`{}`: {}; say it under [tool.forelock.fields]",
            field.path,
            not_readable("db_type", value)
        ))),
    }
}

/// `rel_db_type` of `AutoFieldMixin` and its kin, which do not ask for their own type.
fn rel_db_type_of_django(base: FieldClass) -> Option<&'static str> {
    match base.kind {
        ClassKind::Plain(internal_type) if internal_type.is_automatic() => type_without_arguments(internal_type),
        _ => None,
    }
}

fn returned_text(value: Option<Value>) -> Option<String> {
    match value? {
        Value::Str(text) => Some(text.into_text()),
        _ => None,
    }
}

impl Described<'_> {
    /// What a field of the class is to the database, its arguments aside.
    fn kind(&self, field: &Field) -> Option<FieldKind> {
        self.column(field).or(match self.class.kind {
            ClassKind::Plain(internal_type) => Some(FieldKind::Plain(internal_type)),
            _ => None,
        })
    }

    /// What the class of Django gets.
    fn pass(&self, constructed: &mut Constructed) {
        for described in &self.chain {
            pass(described, constructed);
        }
    }

    /// The column type, where one of the descriptions says it.
    fn column(&self, field: &Field) -> Option<FieldKind> {
        self.chain.iter().find_map(|described| described_kind(described, field))
    }
}

fn pass(described: &CustomField, constructed: &mut Constructed) {
    let kwargs = &mut constructed.kwargs;
    if let Some(positional) = &described.positional {
        for (name, value) in positional.iter().zip(std::mem::take(&mut constructed.args)) {
            kwargs.push((name.clone(), value));
        }
    }
    let mut set = |name: &str, value: Value| match kwargs.iter_mut().find(|(other, _)| other == name) {
        Some((_, old)) => *old = value,
        None => kwargs.push((name.to_owned(), value)),
    };
    for (name, value) in &described.always {
        set(name, value.value());
    }
    if let Some(length) = &described.max_length_from
        && let Some(at) = kwargs.iter().position(|(name, _)| name == length)
    {
        kwargs[at].0 = "max_length".to_owned();
    }
    for (name, value) in &described.defaults {
        if !kwargs.iter().any(|(other, _)| other == name) {
            kwargs.push((name.clone(), value.value()));
        }
    }
}

fn described_kind(described: &CustomField, field: &Field) -> Option<FieldKind> {
    if described.no_column {
        return Some(FieldKind::NoColumn);
    }
    let name = field.path.rsplit('.').next().unwrap_or_default();
    match &described.db_type {
        Some(db_type) => Some(FieldKind::Database {
            db_type: with_arguments(db_type, |argument| field.compared.get(argument)),
            rel_db_type: described.rel_db_type.clone(),
            internal_type: described.internal_type.clone().unwrap_or_else(|| name.to_owned()),
            empty_strings_allowed: described.empty_strings_allowed.unwrap_or(true),
            spatial: None,
        }),
        None => internal_type(described.internal_type.as_deref()?).map(FieldKind::Plain),
    }
}

#[cfg(test)]
mod tests {
    use super::FieldClass;
    use crate::packages::Packages;

    #[test]
    fn fields_of_packages_lead_to_a_column_or_to_none() {
        for (path, field) in Packages::known().fields() {
            let mut field = field;
            for _ in 0..8 {
                let Some(base) = field.base.as_deref() else { break };
                if FieldClass::of(base).is_some() {
                    break;
                }
                let known = Packages::known().field(base);
                field = known.unwrap_or_else(|| panic!("{path}: base {base} is not known"));
            }
            let says_something = field.base.is_some() || field.db_type.is_some() || field.no_column;
            assert!(says_something, "{path} says nothing");
        }
    }
}
