//! Lookups: `name__gte=value`. See django/db/models/lookups.py.

use crate::migration::{FieldKind, InternalType};
use crate::models::ModelField;
use crate::statement::{quote_literal, unknown};
use crate::value::Value;

use super::super::prepare::python_text;
use super::compile::{Compiled, Compiler, column};
use super::where_tree::Clause;

/// A lookup, compiled.
pub(super) struct CompiledLookup {
    pub(super) clause: Clause,
    /// The column that it is about.
    pub(super) column: Compiled,
    /// Whether the column can be null.
    pub(super) is_nullable: bool,
    /// Whether its negation has to leave out nulls: all but `isnull=True`, and comparisons with nothing.
    pub(super) can_miss_nulls: bool,
}

impl Compiler<'_, '_> {
    /// `Query.build_lookup` for `name=value` of a `Q`.
    pub(super) fn lookup(&self, name: &str, value: &Value) -> CompiledLookup {
        let mut parts = name.split("__");
        let first = parts.next().unwrap_or_default();
        let found = if first == "pk" {
            self.model.primary_key()
        } else {
            self.model.field(first)
        };
        let Some(field) = found else {
            let reason = format!("{} has no field {first} that is known", self.model.state.label());
            return unread(&reason);
        };
        let rest: Vec<&str> = parts.collect();
        let lhs = column(&field);
        let is_null_test = rest == ["isnull"] || matches!(value, Value::None);
        let clause = match rest.as_slice() {
            [] => self.compare(&lhs, &field, "exact", value),
            [lookup] => self.compare(&lhs, &field, lookup, value),
            _ => None,
        };
        let clause = clause.unwrap_or_else(|| Clause::Sql(Compiled::unknown(&format!("the lookup {name}"))));
        CompiledLookup {
            clause,
            column: lhs,
            is_nullable: field.field.null,
            can_miss_nulls: !is_null_test,
        }
    }

    fn compare(&self, lhs: &Compiled, field: &ModelField<'_>, lookup: &str, value: &Value) -> Option<Clause> {
        let left = &lhs.sql;
        match (lookup, value) {
            ("exact" | "iexact", Value::None) | ("isnull", Value::Bool(true)) => {
                return Some(sql(format!("{left} IS NULL"), [lhs]));
            }
            ("isnull", Value::Bool(false)) => return Some(sql(format!("{left} IS NOT NULL"), [lhs])),
            ("exact", Value::Bool(wanted)) if lhs.is_condition => {
                let not = if *wanted { "" } else { "NOT " };
                return Some(sql(format!("{not}{left}"), [lhs]));
            }
            ("in", _) => return self.is_in(lhs, field, value),
            ("range", _) => {
                let [low, high] = value.as_items()? else { return None };
                let (low, high) = (self.right(field, low), self.right(field, high));
                let text = format!("{left} BETWEEN {} AND {}", low.sql, high.sql);
                return Some(sql(text, [lhs, &low, &high]));
            }
            _ => {}
        }
        if let Some(operator) = operator(lookup) {
            let right = self.right(field, value);
            return Some(sql(format!("{left} {operator} {}", right.sql), [lhs, &right]));
        }
        self.pattern(lhs, field, lookup, value)
    }

    /// The right side of a comparison: an expression in parentheses, or a literal as the field takes it.
    fn right(&self, field: &ModelField<'_>, value: &Value) -> Compiled {
        match value {
            Value::Call(call) if is_expression(&call.path) => {
                let compiled = self.compile(value);
                if compiled.is_value || compiled.sql.starts_with('(') {
                    return compiled;
                }
                Compiled {
                    sql: format!("({})", compiled.sql),
                    ..compiled
                }
            }
            Value::Operation(..) => self.compile(value),
            _ => self.literal(value, Some(field)),
        }
    }

    fn is_in(&self, lhs: &Compiled, field: &ModelField<'_>, value: &Value) -> Option<Clause> {
        let mut rights: Vec<Compiled> = Vec::new();
        for item in value.as_items()? {
            if matches!(item, Value::None) {
                continue;
            }
            let right = self.right(field, item);
            if !rights.iter().any(|seen| seen.sql == right.sql) {
                rights.push(right);
            }
        }
        if rights.is_empty() {
            return Some(Clause::Never);
        }
        let texts: Vec<&str> = rights.iter().map(|right| right.sql.as_str()).collect();
        let text = format!("{} IN ({})", lhs.sql, texts.join(", "));
        Some(sql(text, std::iter::once(lhs).chain(&rights)))
    }

    /// `LIKE` and regular expressions. See `lookup_cast` in django/db/backends/postgresql/operations.py.
    fn pattern(&self, lhs: &Compiled, field: &ModelField<'_>, lookup: &str, value: &Value) -> Option<Clause> {
        let is_address = matches!(
            field.field.kind,
            FieldKind::Plain(InternalType::IPAddress | InternalType::GenericIPAddress)
        );
        let cast = if is_address {
            format!("HOST({})", lhs.sql)
        } else {
            format!("{}::text", lhs.sql)
        };
        let text = python_text(value)?;
        let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let upper = format!("UPPER({cast})");
        let pattern = match lookup {
            "contains" => format!("{cast} LIKE {}", quote_literal(&format!("%{escaped}%"))),
            "startswith" => format!("{cast} LIKE {}", quote_literal(&format!("{escaped}%"))),
            "endswith" => format!("{cast} LIKE {}", quote_literal(&format!("%{escaped}"))),
            "icontains" => format!("{upper} LIKE UPPER({})", quote_literal(&format!("%{escaped}%"))),
            "istartswith" => format!("{upper} LIKE UPPER({})", quote_literal(&format!("{escaped}%"))),
            "iendswith" => format!("{upper} LIKE UPPER({})", quote_literal(&format!("%{escaped}"))),
            "iexact" => format!("{upper} = UPPER({})", quote_literal(&text)),
            "regex" => format!("{cast} ~ {}", quote_literal(&text)),
            "iregex" => format!("{cast} ~* {}", quote_literal(&text)),
            _ => return None,
        };
        Some(sql(pattern, [lhs]))
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

fn is_expression(path: &str) -> bool {
    path.starts_with("django.db.models") || path.starts_with("django.contrib.postgres")
}

fn sql<'c>(text: String, parts: impl IntoIterator<Item = &'c Compiled>) -> Clause {
    Clause::Sql(Compiled {
        is_condition: true,
        ..Compiled::over(text, parts)
    })
}

fn unread(reason: &str) -> CompiledLookup {
    CompiledLookup {
        clause: Clause::Sql(Compiled::new(unknown(reason))),
        column: Compiled::unknown(reason),
        is_nullable: false,
        can_miss_nulls: false,
    }
}
