//! Operators, and what they decide.

use std::rc::Rc;

use ruff_python_ast::{self as ast, CmpOp, Expr, UnaryOp};
use ruff_text_size::TextRange;

use super::super::operators;
use super::Runner;
use super::data::{Cell, Datum};
use crate::value::Value;

impl<'a> Runner<'a> {
    /// `a + b + c` leans to the left; a loop over that spine keeps long sums off the stack.
    pub(super) fn binary(&mut self, operation: &'a ast::ExprBinOp) -> Datum<'a> {
        let mut spine = vec![operation];
        let mut left = operation.left.as_ref();
        while let Expr::BinOp(inner) = left {
            spine.push(inner);
            left = inner.left.as_ref();
        }
        let mut datum = self.evaluate(left);
        for operation in spine.into_iter().rev() {
            let right = self.evaluate(&operation.right);
            datum = self.operation(operation.op, datum, right, operation.range);
        }
        datum
    }

    pub(super) fn operation(
        &mut self,
        operator: ast::Operator,
        left: Datum<'a>,
        right: Datum<'a>,
        place: TextRange,
    ) -> Datum<'a> {
        match (operator, &left, &right) {
            (ast::Operator::Mod, Datum::Text(format), _) => {
                let format = Rc::clone(format);
                return self.percent(&format, &right);
            }
            (ast::Operator::Div, Datum::Path(path), _) => {
                let path = Rc::clone(path);
                return self.joined_path(&path, std::slice::from_ref(&right));
            }
            (ast::Operator::Add, Datum::Path(path), Datum::Text(more)) if !super::text::has_symbols(more) => {
                return Datum::Path(super::files::normal(&format!("{path}{}", more.as_ref())));
            }
            (ast::Operator::Add, Datum::Text(_), _) | (ast::Operator::Add, _, Datum::Text(_)) => {
                let (left, right) = (self.shown_text(&left), self.shown_text(&right));
                return self.concatenated(&[&left, &right]);
            }
            (ast::Operator::Mult, Datum::Text(text), Datum::Constant(times)) => {
                if let Value::Int(times) = times.as_ref() {
                    let times = usize::try_from((*times).max(0)).unwrap_or(usize::MAX);
                    if !self.may_make(text.len().saturating_mul(times)) {
                        return Datum::unknown("is too long");
                    }
                    return Datum::Text(Rc::new(text.repeat(times).into()));
                }
            }
            (ast::Operator::BitOr | ast::Operator::BitAnd, Datum::Query(one), Datum::Query(other)) => {
                let wider = if one.whole >= other.whole { one } else { other };
                return Datum::Query(Rc::clone(wider));
            }
            (ast::Operator::Add, Datum::List(_), _) | (ast::Operator::Add, _, Datum::List(_)) => {
                return self.added_lists(&left, &right);
            }
            _ => {}
        }
        let values = self.plain_value(&left).zip(self.plain_value(&right));
        let known = values.zip(operators::operator(operator));
        match known {
            Some(((one, other), operator)) => {
                let start = self.start;
                let value = operators::binary(operator, one, other);
                self.of_value(&value, start)
            }
            None => {
                let reason = format!("`{}` is not evaluated", self.shown(place));
                Datum::unknown(&reason)
            }
        }
    }

    fn added_lists(&mut self, left: &Datum<'a>, right: &Datum<'a>) -> Datum<'a> {
        let mut items = Vec::new();
        let mut is_open = false;
        for datum in [left, right] {
            match self.state.items(datum).or_else(|| Some((self.unpacked(datum)?, false))) {
                Some((more, open)) => {
                    items.extend(more);
                    is_open |= open;
                }
                None => {
                    items.push(self.part_of(datum));
                    is_open = true;
                }
            }
        }
        Datum::List(self.state.keep(Cell::List {
            items,
            is_open,
            rows: None,
        }))
    }

    pub(super) fn unary(&mut self, operation: &'a ast::ExprUnaryOp) -> Datum<'a> {
        let datum = self.evaluate(&operation.operand);
        match (operation.op, self.plain_value(&datum)) {
            (UnaryOp::Not, _) => match self.truth(&datum) {
                Some(truth) => Datum::constant(Value::Bool(!truth)),
                None => Datum::unknown("is not decided by constants"),
            },
            (UnaryOp::UAdd, _) => datum,
            (UnaryOp::USub, Some(Value::Int(int))) if int != i128::MIN => Datum::constant(Value::Int(-int)),
            (UnaryOp::USub, Some(Value::Float(float))) => Datum::constant(Value::Float(-float)),
            (UnaryOp::Invert, Some(value)) => {
                Datum::constant(Value::Operation(crate::value::Operator::Invert, vec![value]))
            }
            _ => Datum::unknown("is not evaluated"),
        }
    }

    pub(super) fn boolean(&mut self, operation: &'a ast::ExprBoolOp) -> Datum<'a> {
        let stops_at = operation.op == ast::BoolOp::Or;
        let doubt = self.doubt;
        let mut given: Option<Datum<'a>> = None;
        for expression in &operation.values {
            let datum = self.evaluate(expression);
            match self.truth(&datum) {
                Some(truth) if truth == stops_at => {
                    self.doubt = doubt;
                    return match given {
                        // `unknown or True` is true, whatever comes before.
                        Some(_) => Datum::constant(Value::Bool(truth)),
                        None => datum,
                    };
                }
                Some(_) if given.is_none() => {
                    if std::ptr::eq(expression, operation.values.last().unwrap_or(expression)) {
                        return datum;
                    }
                }
                Some(_) => given = given.map(|given| given.or(datum)),
                None => {
                    given = Some(match given {
                        Some(given) => given.or(datum),
                        None => datum,
                    });
                    self.doubt += 1;
                }
            }
        }
        self.doubt = doubt;
        given.unwrap_or_else(|| Datum::constant(Value::Bool(!stops_at)))
    }

    /// Whether an expression is true, where that is certain.
    pub(super) fn decides(&mut self, expression: &'a Expr) -> Option<bool> {
        let datum = self.evaluate(expression);
        self.truth(&datum)
    }

    pub(super) fn comparison(&mut self, comparison: &'a ast::ExprCompare) -> Datum<'a> {
        let mut left = self.evaluate(&comparison.left);
        let mut is_certain = true;
        for (operator, right) in comparison.ops.iter().zip(&comparison.comparators) {
            let right = self.evaluate(right);
            match self.compare(*operator, &left, &right) {
                Some(true) => left = right,
                Some(false) => return Datum::constant(Value::Bool(false)),
                None => {
                    is_certain = false;
                    left = right;
                }
            }
        }
        if is_certain {
            return Datum::constant(Value::Bool(true));
        }
        let reason = format!("`{}` is not decided by constants", self.shown(comparison.range));
        Datum::unknown(&reason)
    }

    pub(super) fn compare(&mut self, operator: CmpOp, left: &Datum<'a>, right: &Datum<'a>) -> Option<bool> {
        let is_none = |datum: &Datum<'a>| matches!(datum, Datum::Constant(value) if **value == Value::None);
        // What leads to the database is not None.
        let is_some = |datum: &Datum<'a>| {
            datum.handed_itself().is_some() || matches!(datum, Datum::Function(_) | Datum::Object(_) | Datum::Class(..))
        };
        if (is_none(left) && is_some(right)) || (is_some(left) && is_none(right)) {
            return match operator {
                CmpOp::Is | CmpOp::Eq => Some(false),
                CmpOp::IsNot | CmpOp::NotEq => Some(true),
                _ => None,
            };
        }
        if let (Some(one), Some(other)) = (left.as_name(), right.as_name())
            && self.member_at(one).is_some()
            && self.member_at(other).is_some()
        {
            return match operator {
                CmpOp::Is | CmpOp::Eq => Some(one == other),
                CmpOp::IsNot | CmpOp::NotEq => Some(one != other),
                _ => None,
            };
        }
        if matches!(left, Datum::Query(_) | Datum::Part(_)) || matches!(right, Datum::Query(_) | Datum::Part(_)) {
            return None;
        }
        match (self.plain_value(left), self.plain_value(right)) {
            (Some(left), Some(right)) => operators::compare(operator, &left, &right),
            (Some(known), None) | (None, Some(known)) => with_other_engine(operator, &known),
            (None, None) => None,
        }
    }
}

/// Where something is compared with the engine of another database, it is the engine of this one, which is PostgreSQL's.
fn with_other_engine(operator: CmpOp, known: &Value) -> Option<bool> {
    let is_other = |value: &Value| value.as_str().is_some_and(|text| OTHER_ENGINES.contains(&text));
    let are_others = |value: &Value| value.as_items().is_some_and(|items| items.iter().all(is_other));
    match operator {
        CmpOp::Eq | CmpOp::Is => is_other(known).then_some(false),
        CmpOp::NotEq | CmpOp::IsNot => is_other(known).then_some(true),
        CmpOp::In => are_others(known).then_some(false),
        CmpOp::NotIn => are_others(known).then_some(true),
        CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE => None,
    }
}

/// `DATABASES["default"]["ENGINE"]` of other databases: Django's own, and those of well-known packages.
const OTHER_ENGINES: &[&str] = &[
    "django.contrib.gis.db.backends.mysql",
    "django.contrib.gis.db.backends.oracle",
    "django.contrib.gis.db.backends.spatialite",
    "django.db.backends.mysql",
    "django.db.backends.oracle",
    "django.db.backends.sqlite3",
    "mssql",
    "mysql.connector.django",
    "sql_server.pyodbc",
];
