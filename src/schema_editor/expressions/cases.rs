//! `Case` and `When`, and operators between expressions.

use std::sync::Arc;

use crate::migration::InternalType;
use crate::statement::Volatility;
use crate::unknown::{Sql, sql};
use crate::value::{Call, Operator, Value};
use crate::versions::DjangoVersion;

use super::compile::Compiler;
use super::compiled::{Clause, Compiled, Shape};
use super::outputs::{Class, class, combined, declared};
use super::where_tree;

impl Compiler<'_, '_> {
    /// `Case(*cases, default=None, output_field=None)`
    pub(super) fn case(&self, call: &Call) -> Option<Compiled> {
        let mut cases = Vec::new();
        let mut default = match call.keyword("default") {
            Some(value) => self.argument(value),
            None => self.value(&Value::None, None),
        };
        let mut results = Vec::new();
        for value in &call.args {
            let when = value.as_call().filter(|call| call.class_name() == "When")?;
            let result = self.argument(result_of(when)?);
            match self.when_condition(when)? {
                Clause::Sql(condition) => {
                    let sql = sql!("WHEN {} THEN {}", condition.sql, result.sql);
                    cases.push(Compiled::over(sql, [&condition, &result]));
                    results.push(result);
                }
                Clause::Never => results.push(result),
                Clause::Always => {
                    default = result;
                    break;
                }
            }
        }
        let declared = call.keyword("output_field").and_then(declared);
        let output = declared.or_else(|| {
            results
                .iter()
                .chain([&default])
                .find_map(|result| result.output.clone())
        });
        if cases.is_empty() {
            return Some(self.only_default(default, call.args.is_empty()));
        }
        let sql = sql!("CASE {} ELSE {} END", Sql::join(&cases, " "), default.sql);
        Some(
            Compiled::over(sql, cases.iter().chain([&default]))
                .with_output(output)
                .unified(),
        )
    }

    /// A `Case` of which nothing but the default is left. Django 6.0 began to cast a value here, unless there was no case
    /// to begin with.
    fn only_default(&self, default: Compiled, was_empty: bool) -> Compiled {
        let compiled = match &default.output {
            Some(output) if default.is_value() && !was_empty && self.since(6, 0) => {
                self.cast(&default, &output.clone())
            }
            _ => default,
        };
        Compiled {
            shape: Shape::Other,
            ..compiled
        }
    }

    /// `When(condition=None, then=None, **lookups)`
    fn when_condition(&self, when: &Call) -> Option<Clause> {
        let condition = when.args.first().or_else(|| when.keyword("condition"));
        let lookups: Vec<_> = when
            .kwargs
            .iter()
            .filter(|(name, _)| name != "condition" && name != "then")
            .cloned()
            .collect();
        if lookups.is_empty() {
            return condition.map(|condition| self.clause(condition));
        }
        let q = Call {
            path: "django.db.models.Q".to_owned(),
            args: condition.cloned().into_iter().collect(),
            kwargs: lookups,
            range: when.range,
            name_range: when.name_range,
            arg_ranges: Vec::new(),
        };
        Some(self.clause(&Value::Call(Arc::new(q))))
    }

    /// `F("a") + 1` and the like. See `Combinable`.
    pub(super) fn arithmetic(&self, operator: Operator, items: &[Value]) -> Compiled {
        if operator == Operator::Invert && items.iter().all(where_tree::is_search_query) {
            return self.inverted_query(&items[0]);
        }
        let connector = match operator {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply | Operator::Negate => "*",
            Operator::Divide => "/",
            Operator::Modulo => "%",
            Operator::Power => "^",
            Operator::And => "&&",
            Operator::Or => "||",
            Operator::Xor | Operator::Invert => return Compiled::unknown("an expression with an operator"),
        };
        if matches!(operator, Operator::And | Operator::Or) && !items.iter().all(where_tree::is_search_query) {
            return Compiled::unknown("an expression with an operator");
        }
        let mut operands = items.iter().map(|item| self.operand(item));
        let Some(first) = operands.next() else {
            return Compiled::unknown("an expression with an operator");
        };
        if operator == Operator::Negate {
            return combine(&first, connector, &self.value(&Value::Int(-1), None));
        }
        operands.fold(first, |left, right| combine(&left, connector, &right))
    }

    /// `F("a").bitand(1)`
    pub(super) fn bit_operation(&self, call: &Call) -> Option<Compiled> {
        let connector = match call.path.as_str() {
            ".bitand" => "&",
            ".bitor" => "|",
            ".bitxor" => "#",
            ".bitleftshift" => "<<",
            ".bitrightshift" => ">>",
            _ => return None,
        };
        let [left, right] = call.args.as_slice() else {
            return None;
        };
        Some(combine(&self.compile(left), connector, &self.operand(right)))
    }

    /// `~SearchQuery(..)`
    fn inverted_query(&self, query: &Value) -> Compiled {
        let query = self.compile(query);
        let sql = match query.sql.strip("!!(", ")") {
            Some(inner) => inner,
            None => sql!("!!({})", query.sql),
        };
        Compiled { sql, ..query }
    }

    /// Whether this version is that one or later.
    pub(super) fn since(&self, major: u8, minor: u8) -> bool {
        self.django() >= DjangoVersion::new(major, minor)
    }
}

fn result_of(when: &Call) -> Option<&Value> {
    when.argument(1, "then")
}

/// `CombinedExpression`, `DurationExpression` and `TemporalSubtraction`.
pub(super) fn combine(left: &Compiled, connector: &str, right: &Compiled) -> Compiled {
    let (left_class, right_class) = (class(left.output.as_ref()), class(right.output.as_ref()));
    let is_search = left_class == Some(Class::SearchVector) && connector == "+";
    let connector = if is_search { "||" } else { connector };
    let is_date = |side: &Compiled| side.is_internal(InternalType::Date);
    let sql = if connector == "-" && is_date(left) && is_date(right) {
        sql!("(interval '1 day' * ({} - {}))", left.sql, right.sql)
    } else {
        sql!("({} {connector} {})", left.sql, right.sql)
    };
    let volatility = match (left_class, right_class) {
        // Adding days to a moment depends on the session's time zone.
        (Some(Class::DateTime), Some(Class::Duration)) => Volatility::Stable,
        _ => Volatility::Constant,
    };
    Compiled::over(sql, [left, right])
        .with_output(combined(left_class, connector, right_class))
        .varying(volatility)
}
