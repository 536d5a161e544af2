//! Dotted names whose values are known: Python's own, and constants of Django.

use super::DjangoVersion;
use crate::value::Value;

/// Whether a bare name is one of Python's builtins.
#[rustfmt::skip]
pub(super) fn is_builtin(name: &str) -> bool {
    matches!(
        name,
        "abs" | "all" | "any" | "ascii" | "bin" | "bool" | "bytearray" | "bytes" | "callable" | "chr" | "classmethod"
        | "complex" | "dict" | "dir" | "divmod" | "enumerate" | "filter" | "float" | "format" | "frozenset"
        | "getattr" | "globals" | "hasattr" | "hash" | "hex" | "id" | "input" | "int" | "isinstance" | "issubclass"
        | "iter" | "len" | "list" | "locals" | "map" | "max" | "min" | "next" | "object" | "open" | "ord" | "pow"
        | "print" | "property" | "range" | "repr" | "reversed" | "round" | "set" | "setattr" | "slice" | "sorted"
        | "compile" | "delattr" | "eval" | "exec" | "staticmethod" | "str" | "sum" | "super" | "tuple" | "type" | "vars" | "zip" | "__import__"
        // Python 2
        | "basestring" | "long" | "unicode" | "xrange" | "unichr"
    ) || name.ends_with("Error") || name.ends_with("Exception") || name.ends_with("Warning")
}

/// `Field.non_db_attrs` of Django 4.2 to 6.0; later versions have `on_delete` for relations alone.
#[rustfmt::skip]
pub const NON_DB_ATTRS: [&str; 12] = [
    "blank", "choices", "db_column", "editable", "error_messages", "help_text", "limit_choices_to", "on_delete",
    "related_name", "related_query_name", "validators", "verbose_name",
];

/// The value behind a dotted path, where it is a constant that everybody has.
pub(super) fn value(path: &str, django: DjangoVersion) -> Option<Value> {
    if let Some(name) = path.strip_prefix("django.contrib.postgres.fields.RangeOperators.") {
        return range_operator(name).map(text);
    }
    // django-oauth-toolkit hands its swappable settings through an object of its own.
    if let Some(name) = path.strip_prefix("oauth2_provider.settings.oauth2_settings.") {
        return name
            .ends_with("_MODEL")
            .then(|| Value::Setting(format!("OAUTH2_PROVIDER_{name}")));
    }
    if path.starts_with("django.") && path.ends_with(".non_db_attrs") {
        return non_db_attrs(path, django);
    }
    // What `database_forwards` gets is a schema editor of that same connection.
    if let Some(rest) = path.strip_prefix("<schema_editor>.connection.") {
        return value(&format!("django.db.connection.{rest}"), django);
    }
    match path {
        "django.VERSION" => Some(version(django.major, django.minor)),
        // Django 5.2 runs on 3.10 to 3.14; migrations ask only whether it is Python 3.
        "sys.version_info" => Some(version(3, 12)),
        "six.PY2" | "django.utils.six.PY2" | "typing.TYPE_CHECKING" => Some(Value::Bool(false)),
        "six.PY3" | "django.utils.six.PY3" => Some(Value::Bool(true)),
        // One PostgreSQL database is assumed.
        "django.db.connection.vendor" | "django.db.backends.postgresql.vendor" => Some(text("postgresql")),
        "django.db.connection.features.can_rollback_ddl"
        | "django.db.connection.features.has_native_uuid_field"
        // psycopg 2 and 3 compose SQL in the same way.
        | "django.db.backends.postgresql.psycopg_any.is_psycopg3"
        | "django.db.connection.features.supports_json_field" => Some(Value::Bool(true)),
        "django.db.connection.display_name" => Some(text("PostgreSQL")),
        "django.db.connection.alias" | "django.db.DEFAULT_DB_ALIAS" => Some(text("default")),
        "django.db.models.constants.LOOKUP_SEP" => Some(text("__")),
        "django.db.migrations.RunSQL.noop" => Some(text("")),
        _ => None,
    }
}

/// Since Django 6.1 what a foreign key has is a property, and that of its class no tuple.
fn non_db_attrs(path: &str, django: DjangoVersion) -> Option<Value> {
    let is_new = django >= DjangoVersion::new(6, 1);
    if is_new
        && ["ForeignKey.non_db_attrs", "OneToOneField.non_db_attrs"]
            .iter()
            .any(|of_key| path.ends_with(of_key))
    {
        return None;
    }
    let names = NON_DB_ATTRS.iter().filter(|name| !is_new || **name != "on_delete");
    Some(Value::Tuple(names.map(|name| text(name)).collect()))
}

fn version(major: u8, minor: u8) -> Value {
    let number = |part: u8| Value::Int(i128::from(part));
    Value::Tuple(vec![number(major), number(minor), number(0), text("final"), number(0)])
}

fn text(text: &str) -> Value {
    Value::Str(text.into())
}

/// See `RangeOperators` in django/contrib/postgres/fields/ranges.py.
fn range_operator(name: &str) -> Option<&'static str> {
    Some(match name {
        "EQUAL" => "=",
        "NOT_EQUAL" => "<>",
        "CONTAINS" => "@>",
        "CONTAINED_BY" => "<@",
        "OVERLAPS" => "&&",
        "FULLY_LT" => "<<",
        "FULLY_GT" => ">>",
        "NOT_LT" => "&>",
        "NOT_GT" => "&<",
        "ADJACENT_TO" => "-|-",
        _ => return None,
    })
}
