//! Field constructor calls to [`Field`]s: through the project's own classes down to one of Django's.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::arguments::described;
use super::field_classes::{ClassKind, FieldClass, LeftOut, MaxLength};
use super::{Reading, setting_name};
use crate::migration::Owner;
use crate::migration::field::{Field, FieldKind, ManyToMany, ModelRef, Relation, Shape, Spatial};
use crate::packages::Packages;
use crate::python::truth;
use crate::source::Range;
use crate::value::{Call, Str, Value};

/// Arrays in arrays deeper than this are not read.
const MAX_DEPTH: usize = 16;

/// `Field.non_db_attrs`, and what never reaches `deconstruct()` or is compared by name: see
/// `_field_should_be_altered` in django/db/backends/base/schema.py.
#[rustfmt::skip]
const NOT_COMPARED: &[&str] = &[
    "blank", "choices", "db_column", "editable", "error_messages", "help_text", "limit_choices_to",
    "name", "on_delete", "rel", "related_name", "related_query_name", "swappable", "symmetrical", "to", "validators",
    "verbose_name",
];

/// Keyword arguments of `Field.__init__`, with the default that `deconstruct()` leaves out.
#[rustfmt::skip]
const COMMON: &[(&str, LeftOut)] = &[
    ("primary_key", LeftOut::IfFalse), ("max_length", LeftOut::IfNone), ("unique", LeftOut::IfFalse),
    ("null", LeftOut::IfFalse), ("db_index", LeftOut::IfFalse), ("default", LeftOut::Never),
    ("auto_created", LeftOut::IfFalse),
    ("serialize", LeftOut::IfTrue), ("unique_for_date", LeftOut::IfNone), ("unique_for_month", LeftOut::IfNone),
    ("unique_for_year", LeftOut::IfNone), ("db_tablespace", LeftOut::IfNone), ("db_comment", LeftOut::IfNone),
    ("db_default", LeftOut::Never),
];

/// WGS 84, what GeoDjango takes coordinates to be where nobody says.
const DEFAULT_SRID: i128 = 4326;

const NOT_PROVIDED: &str = "django.db.models.NOT_PROVIDED";

/// Keyword arguments by name, those of positions included.
pub(super) type Named<'v> = Vec<(&'v str, &'v Value)>;

/// Of what a class of Django lacks the migration is the owner.
fn owner(field: &Field) -> Owner {
    if field.path.is_empty() || field.path.starts_with("django.") {
        Owner::Migration
    } else {
        Owner::FieldClass(field.path.clone())
    }
}

impl Reading<'_> {
    /// A field. `around` is where to point if the value has no place of its own.
    pub(super) fn field(&mut self, value: &Value, around: Range) -> Field {
        let field = self.field_at(value, around, 0);
        if let FieldKind::Unknown(reason) = &field.kind {
            self.gap_of(owner(&field), field.range.0, reason.clone());
        }
        for (name, reason) in &field.unknown {
            let of_value = field.compared.get(name).map(|value| self.owner_of_value(value));
            let owner = of_value
                .filter(|owner| *owner != Owner::Migration)
                .unwrap_or_else(|| owner(&field));
            self.gap_of(owner, field.range.0, unread_argument(name, reason));
        }
        field
    }

    pub(super) fn field_at(&self, value: &Value, around: Range, depth: usize) -> Field {
        match value {
            Value::Call(call) if depth < MAX_DEPTH => self.call_field(call, depth),
            value => unknown_field(
                "",
                format!("the field is not readable: it is {}", described(value)),
                around,
            ),
        }
    }

    fn call_field(&self, call: &Call, depth: usize) -> Field {
        if let Some(field) = returned_field(call) {
            return self.call_field(&field, depth + 1);
        }
        match FieldClass::of(&call.path) {
            Some(class) => {
                let named = by_name(&call.args, &call.kwargs, class);
                self.build(class, &call.path, named, call.range, depth)
            }
            None => self.custom_field(call, depth),
        }
    }

    /// The field that a class of Django makes of these arguments.
    #[allow(clippy::needless_pass_by_value, reason = "the arguments become the field")]
    pub(super) fn build(&self, class: FieldClass, path: &str, named: Named<'_>, range: Range, depth: usize) -> Field {
        let mut field = blank(path, range);
        let mut reading = Attributes {
            field: &mut field,
            named: &named,
        };
        reading.read(class);
        field.compared = deconstructed_where(class, &named, is_compared);
        field.kind = self.kind(class, &named, &mut field, depth);
        field
    }

    fn kind(&self, class: FieldClass, named: &Named<'_>, field: &mut Field, depth: usize) -> FieldKind {
        match class.kind {
            ClassKind::Plain(internal_type) => {
                // The model has a clone of the field, and `AutoFieldMixin.deconstruct` always says so.
                field.primary_key |= internal_type.is_automatic();
                FieldKind::Plain(internal_type)
            }
            ClassKind::NullBoolean => {
                field.null = true;
                FieldKind::Plain(crate::migration::InternalType::Boolean)
            }
            ClassKind::Array => {
                let base = self.inner(named, "base_field", field, depth);
                let size = integer(named, "size", field);
                FieldKind::Array {
                    base: Box::new(base),
                    size,
                }
            }
            ClassKind::Generated => {
                let output = self.inner(named, "output_field", field, depth);
                let expression = get(named, "expression").cloned().unwrap_or(Value::None);
                let stored = boolean(named, "db_persist", true, field);
                FieldKind::Generated {
                    expression,
                    output: Box::new(output),
                    stored,
                }
            }
            ClassKind::ForeignKey => FieldKind::ForeignKey(self.relation(named, field)),
            ClassKind::OneToOne => FieldKind::OneToOne(self.relation(named, field)),
            ClassKind::ManyToMany => FieldKind::ManyToMany(self.many_to_many(named, field)),
            ClassKind::CompositePrimaryKey => {
                field.primary_key = true;
                let names = named.iter().filter(|(name, _)| name.is_empty());
                FieldKind::CompositePrimaryKey(
                    names
                        .filter_map(|(_, value)| value.as_str().map(str::to_owned))
                        .collect(),
                )
            }
            ClassKind::Spatial(geometry) => spatial(geometry, named, field),
            ClassKind::NoColumn => FieldKind::NoColumn,
            ClassKind::Abstract => FieldKind::Unknown(format!(
                "`{}` does not say its column type; say it under [tool.forelock.fields]",
                field.path
            )),
        }
    }

    /// The field given as an argument of another: `base_field`, `output_field`.
    fn inner(&self, named: &Named<'_>, name: &str, field: &mut Field, depth: usize) -> Field {
        let Some(value) = get(named, name) else {
            return unknown_field("", format!("`{name}` is missing"), field.range.0);
        };
        let inner = self.field_at(value, field.range.0, depth + 1);
        // Compared by what the inner field itself compares.
        let kwargs = inner
            .compared
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let call = Call {
            path: inner.path.clone(),
            args: Vec::new(),
            kwargs,
            range: inner.range.0,
            name_range: inner.range.0,
            arg_ranges: Vec::new(),
        };
        field.compared.insert(name.to_owned(), Value::Call(Arc::new(call)));
        if let FieldKind::Unknown(reason) = &inner.kind {
            field.unknown.push((name.to_owned(), reason.clone()));
        }
        field.unknown.extend(
            inner
                .unknown
                .iter()
                .map(|(inner, reason)| (format!("{name}.{inner}"), reason.clone())),
        );
        inner
    }

    fn relation(&self, named: &Named<'_>, field: &mut Field) -> Relation {
        Relation {
            to: get(named, "to").map_or_else(
                || ModelRef::Unknown("`to` is missing".to_owned()),
                |to| self.model_ref(to),
            ),
            to_field: text(named, "to_field", field),
            db_constraint: boolean(named, "db_constraint", true, field),
            on_delete: get(named, "on_delete").and_then(on_delete),
            parent_link: boolean(named, "parent_link", false, field),
            related_name: get(named, "related_name").and_then(Value::as_str).map(str::to_owned),
            related_query_name: get(named, "related_query_name")
                .and_then(Value::as_str)
                .map(str::to_owned),
        }
    }

    fn many_to_many(&self, named: &Named<'_>, field: &mut Field) -> ManyToMany {
        let through = get(named, "through").filter(|value| **value != Value::None);
        ManyToMany {
            to: get(named, "to").map_or_else(
                || ModelRef::Unknown("`to` is missing".to_owned()),
                |to| self.model_ref(to),
            ),
            through: through.map(|through| self.model_ref(through)),
            db_table: text(named, "db_table", field),
            db_constraint: boolean(named, "db_constraint", true, field),
            related_name: get(named, "related_name").and_then(Value::as_str).map(str::to_owned),
        }
    }

    /// How a value names a model.
    pub(super) fn model_ref(&self, value: &Value) -> ModelRef {
        if let Some(name) = setting_name(value) {
            return ModelRef::Setting(name);
        }
        match value {
            Value::Str(text) if text == "self" => ModelRef::SelfReference,
            Value::Str(text) => match text.split_once('.') {
                Some((app, name)) => ModelRef::Named {
                    app: app.to_owned(),
                    name: name.to_owned(),
                },
                None => ModelRef::Named {
                    app: self.app.clone(),
                    name: text.to_string(),
                },
            },
            Value::Name(path) => named_class(path),
            value => ModelRef::Unknown(format!("the model is not readable: it is {}", described(value))),
        }
    }
}

/// The column of a GeoDjango field: `geo_db_type` of django/contrib/gis/db/backends/postgis/operations.py.
fn spatial(geometry: &str, named: &Named<'_>, field: &mut Field) -> FieldKind {
    let srid = integer(named, "srid", field).map_or(DEFAULT_SRID, i128::from);
    let dimensions = integer(named, "dim", field).unwrap_or(2);
    let geography = boolean(named, "geography", false, field);
    let (shape, db_type) = if geometry == "RASTER" {
        (Shape::Raster, "raster".to_owned())
    } else {
        let z = if dimensions == 3 { "Z" } else { "" };
        let (shape, name) = if geography {
            (Shape::Geography { dimensions }, "geography")
        } else {
            (Shape::Geometry { dimensions }, "geometry")
        };
        (shape, format!("{name}({geometry}{z},{srid})"))
    };
    FieldKind::Database {
        db_type,
        rel_db_type: None,
        internal_type: field.path.rsplit('.').next().unwrap_or_default().to_owned(),
        empty_strings_allowed: false,
        spatial: Some(Spatial {
            indexed: boolean(named, "spatial_index", true, field),
            shape,
        }),
    }
}

/// A model class given as such: `shop.models.Order` belongs to the app in front of `models`.
fn named_class(path: &str) -> ModelRef {
    let mut parts = path.split('.');
    let app = parts.by_ref().take_while(|part| *part != "models").last();
    match (app, path.rsplit('.').next()) {
        (Some(app), Some(name)) if path.contains(".models.") => ModelRef::Named {
            app: app.to_owned(),
            name: name.to_owned(),
        },
        _ => ModelRef::Unknown(format!(
            "`{path}` is a class whose app is not known; write it as \"app.Model\""
        )),
    }
}

/// `CASCADE` of `django.db.models.CASCADE`, `SET` of `models.SET(...)`.
fn on_delete(value: &Value) -> Option<String> {
    let path = match value {
        Value::Name(path) => path,
        Value::Call(call) => &call.path,
        Value::Function(function) => &function.path,
        _ => return None,
    };
    path.rsplit('.').next().map(str::to_owned)
}

/// Positions to names. A field with free positional arguments (CompositePrimaryKey) keeps them without a name.
pub(super) fn by_name<'v>(args: &'v [Value], kwargs: &'v [(String, Value)], class: FieldClass) -> Named<'v> {
    let mut named = Vec::with_capacity(args.len() + kwargs.len());
    for (at, value) in args.iter().enumerate() {
        named.push((class.positional.get(at).copied().unwrap_or_default(), value));
    }
    named.extend(kwargs.iter().map(|(name, value)| (name.as_str(), value)));
    named
}

pub(super) fn get<'n>(named: &'n Named<'_>, name: &str) -> Option<&'n Value> {
    named.iter().find(|(other, _)| *other == name).map(|(_, value)| *value)
}

fn constant_or_note<T>(name: &str, value: &Value, field: &mut Field, read: impl Fn(&Value) -> Option<T>) -> Option<T> {
    let result = read(value);
    if result.is_none() {
        field
            .unknown
            .push((name.to_owned(), super::arguments::not_readable(name, value)));
    }
    result
}

fn boolean(named: &Named<'_>, name: &str, default: bool, field: &mut Field) -> bool {
    let Some(value) = get(named, name) else { return default };
    constant_or_note(name, value, field, truth).unwrap_or(default)
}

fn integer(named: &Named<'_>, name: &str, field: &mut Field) -> Option<i64> {
    let value = get(named, name).filter(|value| **value != Value::None)?;
    constant_or_note(name, value, field, |value| match value {
        Value::Int(int) => i64::try_from(*int).ok(),
        // Django prints it as it is.
        Value::Str(digits) => digits.parse().ok(),
        _ => None,
    })
}

fn text(named: &Named<'_>, name: &str, field: &mut Field) -> Option<String> {
    let value = get(named, name).filter(|value| **value != Value::None)?;
    constant_or_note(name, value, field, |value| value.as_str().map(str::to_owned))
}

struct Attributes<'f, 'n, 'v> {
    field: &'f mut Field,
    named: &'n Named<'v>,
}

impl Attributes<'_, '_, '_> {
    fn read(&mut self, class: FieldClass) {
        let (named, field) = (self.named, &mut *self.field);
        field.null = boolean(named, "null", false, field);
        field.blank = boolean(named, "blank", false, field);
        field.primary_key = boolean(named, "primary_key", false, field);
        field.explicit_unique = boolean(named, "unique", false, field);
        field.db_index = boolean(named, "db_index", class.indexed, field);
        field.db_column = text(named, "db_column", field);
        field.db_comment = text(named, "db_comment", field);
        field.db_collation = text(named, "db_collation", field);
        field.db_tablespace = text(named, "db_tablespace", field);
        field.max_digits = integer(named, "max_digits", field);
        field.decimal_places = integer(named, "decimal_places", field);
        field.auto_now = boolean(named, "auto_now", false, field) | boolean(named, "auto_now_add", false, field);
        field.default = get(named, "default").filter(|value| is_provided(value)).cloned();
        if field.null || field.default.is_some() {
            // It decides nothing but whether there is an implicit default.
            field.unknown.retain(|(name, _)| name != "blank");
        }
        field.db_default = get(named, "db_default").filter(|value| is_provided(value)).cloned();
        field.max_length = match class.max_length {
            MaxLength::Given => integer(named, "max_length", field),
            MaxLength::Default(length) | MaxLength::Kept(length) if get(named, "max_length").is_none() => Some(length),
            MaxLength::Default(_) | MaxLength::Kept(_) => integer(named, "max_length", field),
            MaxLength::Fixed(length) => Some(length),
        };
    }
}

pub(super) fn is_provided(value: &Value) -> bool {
    !matches!(value, Value::Name(path) if path == NOT_PROVIDED)
}

/// Whether a keyword argument is compared.
pub(super) fn is_compared(name: &str) -> bool {
    !NOT_COMPARED.contains(&name)
}

/// The keyword arguments that `deconstruct()` returns.
pub(super) fn deconstructed(class: FieldClass, named: &Named<'_>) -> BTreeMap<String, Value> {
    deconstructed_where(class, named, |_| true)
}

/// Those of the keyword arguments that `deconstruct()` returns that are `wanted`.
fn deconstructed_where(class: FieldClass, named: &Named<'_>, wanted: impl Fn(&str) -> bool) -> BTreeMap<String, Value> {
    let mut kwargs = BTreeMap::new();
    for (name, value) in named {
        if !wanted(name) || !is_provided(value) {
            continue;
        }
        let rule = class
            .own
            .iter()
            .chain(COMMON)
            .find(|(other, _)| other == name)
            .map(|(_, rule)| *rule);
        if !is_left_out(rule.unwrap_or(LeftOut::Never), value) {
            kwargs.insert((*name).to_owned(), (*value).clone());
        }
    }
    adjust(class, named, &mut kwargs);
    kwargs
}

/// What single classes do in their own `deconstruct()`.
fn adjust(class: FieldClass, named: &Named<'_>, compared: &mut BTreeMap<String, Value>) {
    match class.max_length {
        MaxLength::Given => {}
        MaxLength::Default(length) if compared.get("max_length") == Some(&Value::Int(i128::from(length))) => {
            compared.remove("max_length");
        }
        MaxLength::Default(_) => {}
        MaxLength::Kept(length) => {
            compared
                .entry("max_length".to_owned())
                .or_insert(Value::Int(i128::from(length)));
        }
        MaxLength::Fixed(_) => {
            compared.remove("max_length");
        }
    }
    if class.indexed {
        // SlugField and ForeignKey say only that they are not indexed.
        match get(named, "db_index").map(truth) {
            Some(Some(false)) => compared.insert("db_index".to_owned(), Value::Bool(false)),
            Some(Some(true) | None) | None => compared.remove("db_index"),
        };
    }
    if class.own.iter().any(|(name, _)| *name == "upload_to") {
        compared
            .entry("upload_to".to_owned())
            .or_insert_with(|| Value::Str(Str::default()));
    }
    match class.kind {
        ClassKind::OneToOne => {
            compared.remove("unique");
        }
        ClassKind::NullBoolean => {
            compared.remove("null");
        }
        ClassKind::Plain(
            crate::migration::InternalType::Auto
            | crate::migration::InternalType::BigAuto
            | crate::migration::InternalType::SmallAuto,
        )
        | ClassKind::CompositePrimaryKey => {
            compared.insert("primary_key".to_owned(), Value::Bool(true));
        }
        ClassKind::Array => {
            compared.entry("size".to_owned()).or_insert(Value::None);
        }
        ClassKind::Spatial(_) => {
            compared.entry("srid".to_owned()).or_insert(Value::Int(DEFAULT_SRID));
        }
        ClassKind::Plain(_)
        | ClassKind::Generated
        | ClassKind::ForeignKey
        | ClassKind::ManyToMany
        | ClassKind::NoColumn
        | ClassKind::Abstract => {}
    }
    if class.kind == ClassKind::CompositePrimaryKey {
        let names = named
            .iter()
            .filter(|(name, _)| name.is_empty())
            .map(|(_, value)| (*value).clone());
        compared.insert("fields".to_owned(), Value::Tuple(names.collect()));
        compared.remove("");
    }
}

fn is_left_out(rule: LeftOut, value: &Value) -> bool {
    match rule {
        LeftOut::Never => false,
        LeftOut::IfFalsy => truth(value) == Some(false),
        LeftOut::IfNone => *value == Value::None,
        LeftOut::IfFalse => *value == Value::Bool(false),
        LeftOut::IfTrue => *value == Value::Bool(true),
        LeftOut::IfEmpty => value.as_str() == Some(""),
        LeftOut::IfText(text) => value.as_str() == Some(text),
        LeftOut::IfInt(int) => *value == Value::Int(int),
    }
}

/// A field of which nothing is known.
/// The reason names the argument by itself, without the field within the field that it may belong to.
fn unread_argument(name: &str, reason: &str) -> String {
    let own = name.rsplit('.').next().unwrap_or(name);
    match reason.strip_prefix(&format!("`{own}` is ")) {
        Some(what) => format!("`{name}` of the field is {what}"),
        None => format!("`{name}` of the field: {reason}"),
    }
}

pub(super) fn unknown_field(path: &str, reason: String, range: Range) -> Field {
    Field {
        kind: FieldKind::Unknown(reason),
        ..blank(path, range)
    }
}

fn blank(path: &str, range: Range) -> Field {
    Field {
        path: path.to_owned(),
        kind: FieldKind::NoColumn,
        null: false,
        blank: false,
        primary_key: false,
        explicit_unique: false,
        db_index: false,
        default: None,
        db_default: None,
        db_column: None,
        db_comment: None,
        db_collation: None,
        db_tablespace: None,
        max_length: None,
        max_digits: None,
        decimal_places: None,
        auto_now: false,
        compared: BTreeMap::new(),
        own_values: Vec::new(),
        own: None,
        unknown: Vec::new(),
        range: range.into(),
    }
}

/// The field that a function of a package returns, which is called with one.
fn returned_field(call: &Call) -> Option<Call> {
    let function = Packages::known().field_function(&call.path)?;
    let field = call.argument(0, &function.field)?.as_call()?.clone();
    let always = function.always.iter();
    Some(always.fold(field, |field, (name, value)| field.with_keyword(name, value.value())))
}
