//! Transforms by name: `name__lower`, `tags__len`, `data__key`. See `register_lookup` all over Django.

use std::sync::Arc;

use crate::migration::{Field, FieldKind, InternalType};
use crate::unknown::{Sql, sql};

use super::compile::Compiler;
use super::compiled::{Compiled, Shape};
use super::json_keys::{Gives, hstore_key, json_key};
use super::outputs::{Class, class, plain, range_element};

/// Functions that a project can register under their `lookup_name`.
const REGISTERED: [(&str, &str); 17] = [
    ("abs", "Abs"),
    ("ceil", "Ceil"),
    ("chr", "Chr"),
    ("floor", "Floor"),
    ("length", "Length"),
    ("lower", "Lower"),
    ("ltrim", "LTrim"),
    ("md5", "MD5"),
    ("ord", "Ord"),
    ("reverse", "Reverse"),
    ("round", "Round"),
    ("rtrim", "RTrim"),
    ("sha256", "SHA256"),
    ("sign", "Sign"),
    ("trim", "Trim"),
    ("unaccent", "Unaccent"),
    ("upper", "Upper"),
];

impl Compiler<'_, '_> {
    /// `lhs.get_transform(name)(lhs)`
    pub(super) fn transform(&self, left: Compiled, name: &str) -> Option<Compiled> {
        if matches!(left.shape, Shape::Key { .. }) {
            return Some(json_key(self, left, name.to_owned(), Gives::Document));
        }
        match class(left.output.as_ref())? {
            Class::Json => Some(json_key(self, left, name.to_owned(), Gives::Document)),
            Class::HStore => Some(match name {
                "keys" => array_of_text("akeys", &left),
                "values" => array_of_text("avals", &left),
                key => hstore_key(self, &left, key),
            }),
            Class::Array => self.array_transform(&left, name),
            Class::Range => range_transform(&left, name),
            Class::Date | Class::DateTime | Class::Time => self.moment_transform(left, name),
            Class::Text
            | Class::PositiveInteger
            | Class::Integer
            | Class::Decimal
            | Class::Float
            | Class::Boolean
            | Class::Duration
            | Class::Uuid
            | Class::Address
            | Class::SearchVector
            | Class::SearchQuery
            | Class::Other => {
                let (_, function) = REGISTERED.iter().find(|(registered, _)| *registered == name)?;
                self.transform_function(function, &left)
            }
        }
    }

    /// The transforms of `ArrayField`: length, index, slice.
    fn array_transform(&self, left: &Compiled, name: &str) -> Option<Compiled> {
        if name == "len" {
            let sql = sql!(
                "CASE WHEN {0} IS NULL THEN NULL ELSE coalesce(array_length({0}, 1), 0) END",
                left.sql
            );
            return Some(Compiled::over(sql, [left]).of_type(InternalType::Integer));
        }
        if let Ok(index) = name.parse::<u32>() {
            let element = element_of(left.output.as_ref()?)?;
            let position = index + 1;
            let sql = sql!("{}[{position}]", subscripted(&left.sql));
            return Some(parameterized(sql, left).with_output(Some(element)));
        }
        let (start, end) = name.split_once('_')?;
        let (start, end): (u32, u32) = (start.parse().ok()?, end.parse().ok()?);
        // Django 5.1 began to put everything in parentheses here.
        let array = if self.since(5, 1) {
            sql!("({})", left.sql)
        } else {
            subscripted(&left.sql)
        };
        let first = start + 1;
        let sql = sql!("{}[{first}:{end}]", array);
        Some(parameterized(sql, left).with_output(left.output.clone()))
    }
}

/// Indexes of indexes stand beside each other, all else in parentheses.
fn subscripted(sql: &Sql) -> Sql {
    if sql.shown().ends_with(']') {
        sql.clone()
    } else {
        sql!("({})", sql)
    }
}

fn parameterized(sql: Sql, left: &Compiled) -> Compiled {
    Compiled {
        is_parameterized: true,
        ..Compiled::over(sql, [left])
    }
}

fn element_of(field: &Arc<Field>) -> Option<Arc<Field>> {
    match &field.kind {
        FieldKind::Array { base, .. } => Some(Arc::new(Field::clone(base))),
        _ => None,
    }
}

fn array_of_text(function: &str, left: &Compiled) -> Compiled {
    let text = Field::clone(&plain(InternalType::Text));
    let kind = FieldKind::Array {
        base: Box::new(text),
        size: None,
    };
    let output = Some(Arc::new(Field::of_kind(kind)));
    Compiled::over(sql!("{function}({})", left.sql), [left]).with_output(output)
}

/// The transforms of `RangeField`.
fn range_transform(left: &Compiled, name: &str) -> Option<Compiled> {
    let element = range_element(left.output.as_ref()?)?;
    let (function, output) = match name {
        "startswith" => ("lower", element),
        "endswith" => ("upper", element),
        "isempty" => ("isempty", InternalType::Boolean),
        "lower_inc" => ("LOWER_INC", InternalType::Boolean),
        "lower_inf" => ("LOWER_INF", InternalType::Boolean),
        "upper_inc" => ("UPPER_INC", InternalType::Boolean),
        "upper_inf" => ("UPPER_INF", InternalType::Boolean),
        _ => return None,
    };
    Some(Compiled::over(sql!("{function}({})", left.sql), [left]).of_type(output))
}
