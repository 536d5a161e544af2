//! Lookups of documents, arrays and ranges.

use crate::migration::{Field, FieldKind, InternalType};
use crate::unknown::{Sql, SqlPart, sql};
use crate::value::Value;

use super::super::super::literals::Literal;
use super::super::super::prepare::{self, python_text};
use super::super::compile::{Compiler, is_expression};
use super::super::compiled::{Clause, Compiled, Shape};
use super::super::json_keys::as_text_key;
use super::super::outputs::{Class, class, plain, range_element};
use super::{Right, left_sql, range_of};

impl Compiler<'_, '_> {
    /// The lookups of `KeyTransform`: texts are compared as texts, all else as documents.
    pub(super) fn compare_key(&self, left: &Compiled, lookup: &str, right: Right<'_>) -> Option<Clause> {
        let as_text = matches!(
            lookup,
            "iexact" | "icontains" | "startswith" | "istartswith" | "endswith" | "iendswith" | "regex" | "iregex"
        );
        if as_text && !matches!(right, Right::Direct(Value::None)) {
            return self.pattern(&as_text_key(self, left)?, lookup, &right);
        }
        // `KeyTransformIExact`: Django 6.1 began to take None for JSON's null.
        let lookup = if lookup == "iexact" && left.is_json() && self.since(6, 1) {
            "exact"
        } else {
            lookup
        };
        let special = self.compare_document(left, lookup, &right);
        special.or_else(|| self.compare_plainly(left, lookup, right))
    }

    /// The lookups of `JSONField` and `HStoreField`.
    pub(super) fn compare_document(&self, left: &Compiled, lookup: &str, right: &Right<'_>) -> Option<Clause> {
        let operator = match lookup {
            "contains" => "@>",
            "contained_by" => "<@",
            "has_key" => "?",
            "has_keys" => "?&",
            "has_any_keys" => "?|",
            // A document can be compared with JSON's null.
            "exact" if left.is_json() && matches!(right, Right::Direct(Value::None)) => "=",
            _ => return None,
        };
        let right = match right {
            Right::Direct(value) if lookup == "has_key" => {
                Compiled::parameter(self.literal(Literal::Text(python_text(value)?)))
            }
            Right::Direct(value) if lookup.starts_with("has_") => {
                let keys = value.as_items()?.iter().map(python_text).collect::<Option<Vec<_>>>()?;
                Compiled::parameter(Literal::Array(keys.into_iter().map(Literal::Text).collect()).sql())
            }
            _ => self.compiled_right(left, right),
        };
        Some(operated(left, operator, &right, ""))
    }

    /// The lookups of `ArrayField`. See `ArrayRHSMixin`.
    pub(super) fn compare_array(&self, left: &Compiled, lookup: &str, right: &Right<'_>) -> Option<Clause> {
        let operator = match lookup {
            "exact" => "=",
            "contains" => "@>",
            "contained_by" => "<@",
            "overlap" => "&&",
            _ => return None,
        };
        let field = left.output.as_ref()?;
        let right = match right {
            Right::Direct(Value::None) => return None,
            Right::Direct(value) => match value.as_items() {
                Some(items) if items.iter().any(is_given) => self.array_constructor(field, items)?,
                _ => self.prepared(left, value),
            },
            Right::Expression(compiled) => self.wrapped(compiled.clone()),
        };
        let data_type = crate::fields::cast_type(field, self.django())?;
        Some(operated(left, operator, &right, &sql!("::{}", data_type)))
    }

    /// `(ARRAY['a', 'b'])`
    fn array_constructor(&self, field: &Field, items: &[Value]) -> Option<Compiled> {
        let FieldKind::Array { base, .. } = &field.kind else {
            return None;
        };
        let elements: Vec<Compiled> = items
            .iter()
            .map(|item| match item {
                item if is_expression(item) => self.compile(item),
                item => self.prepared_value(prepare::database_value(self.settings(), base, item)),
            })
            .collect();
        Some(Compiled::over(
            sql!("(ARRAY[{}])", Sql::join(&elements, ", ")),
            &elements,
        ))
    }

    /// The lookups of range fields.
    pub(super) fn compare_range(&self, left: &Compiled, lookup: &str, right: &Right<'_>) -> Option<Clause> {
        let operator = match lookup {
            "contains" => return self.range_contains(left, right),
            "contained_by" => "<@",
            "overlap" => "&&",
            "fully_lt" => "<<",
            "fully_gt" => ">>",
            "not_lt" => "&>",
            "not_gt" => "&<",
            "adjacent_to" => "-|-",
            _ => return None,
        };
        let right = self.compiled_right(left, right);
        Some(operated(left, operator, &right, ""))
    }

    /// `RangeContainedBy`: a number or moment in a range.
    pub(super) fn contained_by(&self, left: &Compiled, right: &Right<'_>) -> Option<Clause> {
        let range = range_of(left)?;
        let right = match right {
            Right::Direct(value) => self.prepared_value(prepare::range_value(value)),
            Right::Expression(compiled) => self.wrapped(compiled.clone()),
        };
        let cast = match &left.output.as_ref()?.kind {
            FieldKind::Plain(InternalType::Float) => "::numeric",
            FieldKind::Plain(
                InternalType::SmallInteger | InternalType::PositiveSmallInteger | InternalType::SmallAuto,
            ) => "::integer",
            _ => "",
        };
        let sql = sql!("{}{} <@ {}::{range}", left_sql(left), cast, right.sql);
        Some(Clause::lookup(sql, [left, &right]))
    }

    /// `RangeContains` and `DateTimeRangeContains`: an element is cast to the range's element type.
    fn range_contains(&self, left: &Compiled, right: &Right<'_>) -> Option<Clause> {
        let element = plain(range_element(left.output.as_ref()?)?);
        let is_of_moments = matches!(class(Some(&element)), Some(Class::Date | Class::DateTime));
        let data_type = crate::fields::cast_type(&element, self.django())?;
        match right {
            Right::Direct(value) if prepare::is_range(value) => {
                let right = self.prepared(left, value);
                Some(operated(left, "@>", &right, ""))
            }
            Right::Expression(compiled) if class(compiled.output.as_ref()) == Some(Class::Range) => {
                let right = self.wrapped(compiled.clone());
                Some(operated(left, "@>", &right, ""))
            }
            right => {
                let compiled = match right {
                    Right::Direct(value) => self.value(value, None),
                    Right::Expression(compiled) => compiled.clone(),
                };
                if is_of_moments {
                    let right = self.wrapped(compiled);
                    return Some(operated(left, "@>", &right, &sql!("::{}", data_type)));
                }
                Some(operated(left, "@>", &self.cast(&compiled, &element), ""))
            }
        }
    }
}

fn operated(left: &Compiled, operator: &str, right: &Compiled, cast: &(impl SqlPart + ?Sized)) -> Clause {
    let sql = sql!("{} {operator} {}{}", left_sql(left), right.sql, cast);
    match Clause::lookup(sql, [left, right]) {
        Clause::Sql(compiled) => Clause::Sql(Compiled {
            shape: Shape::Lookup,
            ..compiled
        }),
        clause => clause,
    }
}

/// Whether there is a value in it at any depth.
fn is_given(value: &Value) -> bool {
    match value.as_items() {
        Some(items) => items.iter().any(is_given),
        None => !matches!(value, Value::None),
    }
}
