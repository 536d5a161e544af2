//! `LIKE`, regular expressions, and similarity.

use crate::unknown::{Sql, sql};

use super::super::super::literals::Literal;
use super::super::super::prepare::python_text;
use super::super::compile::Compiler;
use super::super::compiled::{Clause, Compiled, Shape};
use super::super::outputs::{Class, class};
use super::{Right, left_sql};

impl Compiler<'_, '_> {
    /// `PatternLookup`, `IExact` and `Regex`.
    pub(super) fn pattern(&self, left: &Compiled, lookup: &str, right: &Right<'_>) -> Option<Clause> {
        let (is_insensitive, kind) = match lookup {
            "contains" | "startswith" | "endswith" | "regex" => (false, lookup),
            "icontains" | "istartswith" | "iendswith" | "iexact" => (true, &lookup[1..]),
            "iregex" => (false, lookup),
            _ => return None,
        };
        let cast = lookup_cast(left);
        let cast = if is_insensitive { sql!("UPPER({})", cast) } else { cast };
        let right = match right {
            Right::Direct(value) => {
                Compiled::parameter(self.literal(Literal::Text(direct(kind, &python_text(value)?))))
            }
            Right::Expression(compiled) => self.expression(kind, is_insensitive, compiled),
        };
        let operator = match kind {
            "exact" => "=",
            "regex" => "~",
            "iregex" => "~*",
            _ => "LIKE",
        };
        let is_ready = matches!(kind, "contains" | "startswith" | "endswith") && right.sql.shown().contains("REPLACE(");
        let value = if is_insensitive && !is_ready {
            sql!("UPPER({})", right.sql)
        } else {
            right.sql.clone()
        };
        Some(Clause::lookup(sql!("{} {operator} {}", cast, value), [left, &right]))
    }

    /// The right side where it is an expression: `pattern_ops` escapes it in the database.
    fn expression(&self, kind: &str, is_insensitive: bool, right: &Compiled) -> Compiled {
        let wrapped = self.wrapped(right.clone());
        if !matches!(kind, "contains" | "startswith" | "endswith") {
            return wrapped;
        }
        let escaped = sql!(
            r"REPLACE(REPLACE(REPLACE({}, E'\\', E'\\\\'), E'%', E'\\%'), E'_', E'\\_')",
            wrapped.sql
        );
        let escaped = if is_insensitive {
            sql!("UPPER({})", escaped)
        } else {
            escaped
        };
        let sql = match kind {
            "contains" => sql!("'%' || {} || '%'", escaped),
            "startswith" => sql!("{} || '%'", escaped),
            _ => sql!("'%' || {}", escaped),
        };
        Compiled::over(sql, [&wrapped])
    }

    /// What django.contrib.postgres registers for texts.
    pub(super) fn compare_text(&self, left: &Compiled, lookup: &str, right: &Right<'_>) -> Option<Clause> {
        let operator = match lookup {
            "trigram_similar" => "%",
            "trigram_word_similar" => "%>",
            "trigram_strict_word_similar" => "%>>",
            "search" => return Some(self.compare_search(left, right)),
            _ => return None,
        };
        let right = self.compiled_right(left, right);
        Some(Clause::lookup(
            sql!("{} {operator} {}", left_sql(left), right.sql),
            [left, &right],
        ))
    }

    /// `SearchVectorExact`
    pub(super) fn compare_search(&self, left: &Compiled, right: &Right<'_>) -> Clause {
        let right = match right {
            Right::Direct(value) => self.value(value, None),
            Right::Expression(compiled) => compiled.clone(),
        };
        let (vector, query) = self.search_sides(left, right);
        let query = self.wrapped(query);
        Clause::lookup(sql!("{} @@ {}", vector.sql, query.sql), [&vector, &query])
    }
}

/// A Python value with what `LIKE` needs.
fn direct(kind: &str, text: &str) -> String {
    let escaped = || text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    match kind {
        "contains" => format!("%{}%", escaped()),
        "startswith" => format!("{}%", escaped()),
        "endswith" => format!("%{}", escaped()),
        _ => text.to_owned(),
    }
}

/// `lookup_cast` in django/db/backends/postgresql/operations.py.
fn lookup_cast(left: &Compiled) -> Sql {
    let is_relation = matches!(left.shape, Shape::Column { is_relation: true, .. });
    if class(left.output.as_ref()) == Some(Class::Address) && !is_relation {
        sql!("HOST({})", left_sql(left))
    } else {
        sql!("{}::text", left_sql(left))
    }
}
