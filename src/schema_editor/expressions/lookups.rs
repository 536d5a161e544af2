//! Lookups: `name__gte=value`, and `GreaterThan(..)`. See django/db/models/lookups.py.

mod containers;
mod patterns;
mod years;

use crate::migration::{FieldKind, InternalType};
use crate::unknown::{Sql, sql};
use crate::value::{Call, Value};

use super::super::prepare;
use super::compile::{Compiler, column, is_expression};
use super::compiled::{Clause, Compiled, Shape};
use super::outputs::{Class, class, integer_range};

/// A lookup, compiled.
pub(super) struct CompiledLookup {
    pub(super) clause: Clause,
    /// Columns that can be null, which its negation has to leave out.
    pub(super) nullable: Vec<Compiled>,
}

/// The right side of a lookup.
enum Right<'v> {
    /// Something with `as_sql`.
    Expression(Compiled),
    /// A Python value.
    Direct(&'v Value),
}

impl Compiler<'_, '_> {
    /// `Query.build_filter` for `name=value` of a `Q`.
    pub(super) fn lookup(&self, name: &str, value: &Value) -> CompiledLookup {
        let mut parts = name.split("__");
        let first = parts.next().unwrap_or_default();
        let Some(field) = self.field(first) else {
            let compiled = self.missing(first);
            return CompiledLookup {
                clause: Clause::Sql(compiled),
                nullable: Vec::new(),
            };
        };
        let left = column(&field);
        let right = self.right(value);
        let mut nullable = Vec::new();
        let is_null_test = name.ends_with("__isnull") || matches!(value, Value::None);
        if !is_null_test {
            nullable.extend(nullable_column(&left));
            if let Right::Expression(right) = &right {
                nullable.extend(nullable_column(right));
            }
        }
        let names: Vec<&str> = parts.collect();
        let clause = self.build_lookup(left, &names, right);
        CompiledLookup {
            clause: clause.unwrap_or_else(|| Clause::unknown(&format!("the lookup {name}"))),
            nullable,
        }
    }

    fn right<'v>(&self, value: &'v Value) -> Right<'v> {
        if is_expression(value) {
            Right::Expression(self.compile(value))
        } else {
            Right::Direct(value)
        }
    }

    /// `Query.build_lookup`: transforms, then a lookup, or an exact one on a last transform.
    fn build_lookup(&self, mut left: Compiled, names: &[&str], right: Right<'_>) -> Option<Clause> {
        let (last, transforms) = names
            .split_last()
            .map_or(("exact", [].as_slice()), |(last, rest)| (*last, rest));
        for name in transforms {
            left = self.transform(left, name)?;
        }
        if has_lookup(&left, last) {
            return self.compare(&left, last, right);
        }
        let left = self.transform(left, last)?;
        self.compare(&left, "exact", right)
    }

    /// A class of django.db.models.lookups as an expression.
    pub(super) fn lookup_class(&self, call: &Call) -> Option<Clause> {
        let name = match call.class_name() {
            "Exact" => "exact",
            "IExact" => "iexact",
            "GreaterThan" => "gt",
            "GreaterThanOrEqual" => "gte",
            "LessThan" => "lt",
            "LessThanOrEqual" => "lte",
            "In" => "in",
            "Contains" => "contains",
            "IContains" => "icontains",
            "StartsWith" => "startswith",
            "IStartsWith" => "istartswith",
            "EndsWith" => "endswith",
            "IEndsWith" => "iendswith",
            "Range" => "range",
            "IsNull" => "isnull",
            "Regex" => "regex",
            "IRegex" => "iregex",
            _ => return None,
        };
        if !call.path.starts_with("django.db.models") {
            return None;
        }
        let (left, right) = (call.argument(0, "lhs")?, call.argument(1, "rhs")?);
        // Before its fields are looked up, most left sides have no type by which a plain value could be prepared.
        let is_typed = left.as_call().is_some_and(Self::has_output_of_its_own);
        let left = self.of_left_side().operand(left);
        let right = match self.right(right) {
            Right::Direct(value) if operator(name).is_some() && !is_typed => Right::Expression(self.value(value, None)),
            right => right,
        };
        let left = Compiled {
            // The class is what it is, whatever its left side has registered.
            shape: match left.shape {
                Shape::Key { .. } | Shape::Year { .. } => Shape::Other,
                shape => shape,
            },
            ..left
        };
        let clause = self.compare_plainly(&left, name, right);
        Some(clause.unwrap_or_else(|| Clause::unknown(&format!("the lookup {}", call.class_name()))))
    }

    /// The lookup that the left side has registered under this name.
    fn compare(&self, left: &Compiled, lookup: &str, right: Right<'_>) -> Option<Clause> {
        let right = self.bilateral(left, right);
        if matches!(left.shape, Shape::Key { .. }) {
            return self.compare_key(left, lookup, right);
        }
        if let (Shape::Year { .. }, Right::Direct(Value::Int(year))) = (&left.shape, &right)
            && let Some(clause) = self.compare_year(left, lookup, *year)
        {
            return Some(clause);
        }
        let special = match class(left.output.as_ref()) {
            _ if lookup == "contained_by" && range_of(left).is_some() => self.contained_by(left, &right),
            Some(Class::Json | Class::HStore) => self.compare_document(left, lookup, &right),
            Some(Class::Array) => self.compare_array(left, lookup, &right),
            Some(Class::Range) => self.compare_range(left, lookup, &right),
            Some(Class::SearchVector) if lookup == "exact" => Some(self.compare_search(left, &right)),
            Some(Class::Text) => self.compare_text(left, lookup, &right),
            _ => None,
        };
        special.or_else(|| self.compare_plainly(left, lookup, right))
    }

    /// A `bilateral` transform goes over the right side too.
    fn bilateral<'v>(&self, left: &Compiled, right: Right<'v>) -> Right<'v> {
        if left.bilateral.is_empty() {
            return right;
        }
        let mut value = match right {
            Right::Direct(value) => self.value(value, left.output.clone()),
            Right::Expression(compiled) => compiled,
        };
        for function in &left.bilateral {
            value = Compiled::over(sql!("{function}({})", value.sql), [&value]).with_output(left.output.clone());
        }
        Right::Expression(value)
    }

    /// The lookups that every field has.
    fn compare_plainly(&self, left: &Compiled, lookup: &str, right: Right<'_>) -> Option<Clause> {
        match (lookup, &right) {
            ("exact" | "iexact", Right::Direct(Value::None)) | ("isnull", Right::Direct(Value::Bool(true))) => {
                Some(null_test(left, "IS NULL"))
            }
            ("isnull", Right::Direct(Value::Bool(false))) => Some(null_test(left, "IS NOT NULL")),
            ("isnull", _) => None,
            ("exact", Right::Direct(value)) if class(left.output.as_ref()) == Some(Class::Boolean) => {
                let not = if prepare::boolean(value)? { "" } else { "NOT " };
                Some(Clause::lookup(sql!("{not}{}", left_sql(left)), [left]))
            }
            ("in", Right::Direct(value)) => self.is_in(left, value),
            ("range", Right::Direct(value)) => {
                let [low, high] = value.as_items()? else { return None };
                let (low, high) = (self.item(left, low), self.item(left, high));
                let sql = sql!("{} BETWEEN {} AND {}", left_sql(left), low.sql, high.sql);
                Some(Clause::lookup(sql, [left, &low, &high]))
            }
            _ => match operator(lookup) {
                Some(operator) => Some(self.compare_by(left, lookup, operator, right)),
                None => self.pattern(left, lookup, &right),
            },
        }
    }

    fn compare_by(&self, left: &Compiled, lookup: &str, operator: &str, right: Right<'_>) -> Clause {
        let right = match right {
            Right::Direct(value) => {
                if let Some(clause) = self.overflow(left, lookup, value) {
                    return clause;
                }
                self.prepared(left, &rounded(left, lookup, value))
            }
            Right::Expression(compiled) => self.wrapped(compiled),
        };
        let sql = sql!("{} {operator} {}", left_sql(left), right.sql);
        Clause::lookup(sql, [left, &right])
    }

    /// A number that the column cannot hold. See `IntegerFieldOverflow`, which came with Django 5.0.
    fn overflow(&self, left: &Compiled, lookup: &str, value: &Value) -> Option<Clause> {
        let Shape::Column { is_relation: false, .. } = left.shape else {
            return None;
        };
        let (Value::Int(number), Some(field)) = (value, &left.output) else {
            return None;
        };
        let (smallest, largest) = integer_range(field)?;
        if !self.since(5, 0) || (smallest..=largest).contains(number) {
            return None;
        }
        let is_below = *number < smallest;
        let always = match lookup {
            "gt" | "gte" => is_below,
            "lt" | "lte" => !is_below,
            _ => false,
        };
        Some(if always { Clause::Always } else { Clause::Never })
    }

    /// A value as the left side's field prepares it.
    fn prepared(&self, left: &Compiled, value: &Value) -> Compiled {
        self.prepared_value(match &left.output {
            Some(field) => prepare::database_value(self.settings(), field, value),
            None => prepare::generic(value),
        })
    }

    /// `Lookup.process_rhs`: an expression stands in parentheses; a `Value` since Django 5.1 no longer.
    fn wrapped(&self, compiled: Compiled) -> Compiled {
        let is_bare = compiled.is_value() && self.since(5, 1);
        if is_bare || compiled.sql.shown().starts_with('(') {
            return compiled;
        }
        Compiled {
            sql: sql!("({})", compiled.sql),
            ..compiled
        }
    }

    /// One of several values of a lookup, without parentheses.
    fn item(&self, left: &Compiled, value: &Value) -> Compiled {
        if is_expression(value) {
            self.compile(value)
        } else {
            self.prepared(left, value)
        }
    }

    /// `In`: each value once, nulls left out.
    fn is_in(&self, left: &Compiled, value: &Value) -> Option<Clause> {
        let mut rights: Vec<Compiled> = Vec::new();
        for item in value.as_items()? {
            if matches!(item, Value::None) {
                continue;
            }
            let right = self.item(left, item);
            if !rights.iter().any(|seen| seen.sql == right.sql) {
                rights.push(right);
            }
        }
        if rights.is_empty() {
            return Some(Clause::Never);
        }
        let sql = sql!("{} IN ({})", left_sql(left), Sql::join(&rights, ", "));
        Some(Clause::lookup(sql, std::iter::once(left).chain(&rights)))
    }

    /// A right side of any kind, compiled.
    fn compiled_right(&self, left: &Compiled, right: &Right<'_>) -> Compiled {
        match right {
            Right::Direct(value) => self.prepared(left, value),
            Right::Expression(compiled) => self.wrapped(compiled.clone()),
        }
    }
}

/// `BuiltinLookup.process_lhs`: a lookup on a lookup stands in parentheses.
fn left_sql(left: &Compiled) -> Sql {
    if matches!(left.shape, Shape::Lookup) {
        sql!("({})", left.sql)
    } else {
        left.sql.clone()
    }
}

fn null_test(left: &Compiled, test: &str) -> Clause {
    Clause::lookup(sql!("{} {test}", left_sql(left)), [left])
}

fn nullable_column(compiled: &Compiled) -> Option<Compiled> {
    match compiled.shape {
        Shape::Column { is_nullable: true, .. } => Some(compiled.clone()),
        _ => None,
    }
}

fn operator(lookup: &str) -> Option<&'static str> {
    match lookup {
        "exact" => Some("="),
        "gt" => Some(">"),
        "gte" => Some(">="),
        "lt" => Some("<"),
        "lte" => Some("<="),
        _ => None,
    }
}

/// `IntegerFieldFloatRounding`
fn rounded(left: &Compiled, lookup: &str, value: &Value) -> Value {
    let is_integer = matches!(
        class(left.output.as_ref()),
        Some(Class::Integer | Class::PositiveInteger)
    );
    match value {
        Value::Float(number) if is_integer && matches!(lookup, "gte" | "lt") => Value::Float(number.ceil()),
        _ => value.clone(),
    }
}

/// Whether `get_lookup(name)` finds something.
fn has_lookup(left: &Compiled, name: &str) -> bool {
    const OF_ALL: [&str; 17] = [
        "exact",
        "iexact",
        "gt",
        "gte",
        "lt",
        "lte",
        "in",
        "contains",
        "icontains",
        "startswith",
        "istartswith",
        "endswith",
        "iendswith",
        "range",
        "isnull",
        "regex",
        "iregex",
    ];
    const OF_DOCUMENTS: [&str; 4] = ["contained_by", "has_key", "has_keys", "has_any_keys"];
    const OF_RANGES: [&str; 7] = [
        "contained_by",
        "overlap",
        "fully_lt",
        "fully_gt",
        "not_lt",
        "not_gt",
        "adjacent_to",
    ];
    const OF_NUMBERS: &str = "contained_by";
    const OF_TEXTS: [&str; 4] = [
        "search",
        "trigram_similar",
        "trigram_word_similar",
        "trigram_strict_word_similar",
    ];
    match class(left.output.as_ref()) {
        Some(Class::Json | Class::HStore) => OF_ALL.contains(&name) || OF_DOCUMENTS.contains(&name),
        Some(Class::Array) => OF_ALL.contains(&name) || matches!(name, "contained_by" | "overlap"),
        // `startswith` and `endswith` are transforms here.
        Some(Class::Range) => {
            OF_RANGES.contains(&name) || OF_ALL.contains(&name) && !matches!(name, "startswith" | "endswith")
        }
        Some(Class::Text) => OF_ALL.contains(&name) || OF_TEXTS.contains(&name),
        _ => OF_ALL.contains(&name) || name == OF_NUMBERS && range_of(left).is_some(),
    }
}

/// The range type whose elements the left side is one of. See `RangeContainedBy`.
fn range_of(left: &Compiled) -> Option<&'static str> {
    let FieldKind::Plain(internal_type) = &left.output.as_ref()?.kind else {
        return None;
    };
    match internal_type {
        InternalType::BigInteger | InternalType::PositiveBigInteger | InternalType::BigAuto => Some("int8range"),
        InternalType::Integer
        | InternalType::PositiveInteger
        | InternalType::SmallInteger
        | InternalType::PositiveSmallInteger
        | InternalType::Auto
        | InternalType::SmallAuto => Some("int4range"),
        InternalType::Float | InternalType::Decimal => Some("numrange"),
        InternalType::Date => Some("daterange"),
        InternalType::DateTime => Some("tstzrange"),
        _ => None,
    }
}

impl Compiled {
    fn is_json(&self) -> bool {
        self.is_internal(InternalType::Json) || matches!(self.shape, Shape::Key { .. })
    }
}
