//! Blocks and functions that run under timeouts: `apply_timeouts` of django-pg-migration-tools, `pglock.timeout`.

use std::rc::Rc;
use std::sync::Arc;

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::Runner;
use super::data::{Closure, Datum, Side};
use crate::python_work::{Action, Parameters, TextPiece};
use crate::value::{Call, Value};

const APPLY_TIMEOUTS: &str = "django_pg_migration_tools.timeouts.apply_timeouts";
/// Its name, and where it comes from.
const PGLOCK: [&str; 2] = ["pglock.timeout", "pglock.core.lock_timeout"];

/// What is set at the beginning, and how it is set back at the end.
#[derive(Clone)]
pub(super) enum Timeouts {
    /// `SET LOCAL`, or `SET SESSION` outside of a transaction, and back to what was there.
    Applied(Rc<Vec<(String, Value)>>),
    /// A `set_config` of the session, whatever is open; back to that of the block around, else to the role's.
    Configured(LockTimeout),
}

/// A `lock_timeout` as `pglock` sets it.
#[derive(Clone, Copy)]
pub(super) enum LockTimeout {
    Milliseconds(i128),
    /// Known only when the code runs.
    Unknown,
    /// Back to the role's.
    Default,
}

impl<'a> Runner<'a> {
    /// The timeouts that a context manager or decorator sets, if it is one of these.
    pub(super) fn timeouts(&mut self, context: &'a Expr) -> Option<Timeouts> {
        let call = context.as_call_expr()?;
        let callee = self.evaluate(&call.func);
        match callee.as_name()? {
            APPLY_TIMEOUTS => Some(Timeouts::Applied(Rc::new(self.applied(call)))),
            name if PGLOCK.contains(&name) => Some(Timeouts::Configured(self.lock_timeout(call))),
            _ => None,
        }
    }

    /// Sets what decorators set: the outermost first.
    pub(super) fn enter_limits(&mut self, closure: &Closure<'a>, side: Side, place: TextRange) {
        for limit in closure.limits.iter().rev().filter(|limit| limit.side == side) {
            self.limit(&limit.timeouts, place);
        }
    }

    pub(super) fn leave_limits(&mut self, closure: &Closure<'a>, side: Side, place: TextRange) {
        for limit in closure.limits.iter().filter(|limit| limit.side == side) {
            self.unlimit(&limit.timeouts, place);
        }
    }

    pub(super) fn limit(&mut self, timeouts: &Timeouts, place: TextRange) {
        match timeouts {
            Timeouts::Applied(given) => self.effect(Action::Limit(given.to_vec()), place),
            Timeouts::Configured(milliseconds) => {
                self.locks_limited.push(*milliseconds);
                self.configure(*milliseconds, place);
            }
        }
    }

    pub(super) fn unlimit(&mut self, timeouts: &Timeouts, place: TextRange) {
        match timeouts {
            Timeouts::Applied(_) => self.effect(Action::Unlimit, place),
            Timeouts::Configured(_) => {
                self.locks_limited.pop();
                let around = self.locks_limited.last().copied();
                self.configure(around.unwrap_or(LockTimeout::Default), place);
            }
        }
    }

    fn configure(&mut self, timeout: LockTimeout, place: TextRange) {
        let known = |text: &str| TextPiece::Known(text.into());
        let text = match timeout {
            LockTimeout::Default => vec![known("SELECT set_config('lock_timeout', NULL, false)")],
            LockTimeout::Milliseconds(value) => {
                vec![known(&format!("SELECT set_config('lock_timeout', '{value}', false)"))]
            }
            LockTimeout::Unknown => vec![
                known("SELECT set_config('lock_timeout', '"),
                TextPiece::Unknown("the timeout is known only when the code runs".to_owned()),
                known("', false)"),
            ],
        };
        let params = Parameters::None;
        self.effect(Action::Sql { text, params }, place);
    }

    /// `lock_timeout` and `statement_timeout` as they are given.
    fn applied(&mut self, call: &'a ast::ExprCall) -> Vec<(String, Value)> {
        let mut given = Vec::new();
        for name in ["lock_timeout", "statement_timeout"] {
            let mut keywords = call.arguments.keywords.iter();
            let is_named = |keyword: &&ast::Keyword| keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == name);
            if let Some(keyword) = keywords.find(is_named) {
                let duration = self.timedelta(&keyword.value);
                let value = duration.unwrap_or_else(|| {
                    let datum = self.evaluate(&keyword.value);
                    self.value_with_gaps(&datum)
                });
                given.push((name.to_owned(), value));
            }
        }
        given
    }

    fn lock_timeout(&mut self, call: &'a ast::ExprCall) -> LockTimeout {
        self.configured(call)
            .map_or(LockTimeout::Unknown, LockTimeout::Milliseconds)
    }

    /// `timeout(2)`, `timeout(timedelta(..))`, `timeout(seconds=2)`, in milliseconds; 0 for `timeout(None)`.
    fn configured(&mut self, call: &'a ast::ExprCall) -> Option<i128> {
        if let Some(first) = call.arguments.args.first() {
            if let Some(Value::Call(duration)) = self.timedelta(first) {
                return milliseconds(&duration.kwargs);
            }
            let datum = self.evaluate(first);
            return match self.plain_value(&datum)? {
                Value::None => Some(0),
                seconds => milliseconds(&[("seconds".to_owned(), seconds)]),
            };
        }
        let keywords = call.arguments.keywords.iter();
        let parts = keywords.filter(|keyword| keyword.arg.as_ref().is_some_and(|name| name.as_str() != "using"));
        let parts = parts.map(|keyword| {
            let datum = self.evaluate(&keyword.value);
            Some((keyword.arg.as_ref()?.to_string(), self.plain_value(&datum)?))
        });
        milliseconds(&parts.collect::<Option<Vec<_>>>()?)
    }

    /// `datetime.timedelta(..)` with the values of its arguments.
    fn timedelta(&mut self, expression: &'a Expr) -> Option<Value> {
        let call = expression.as_call_expr()?;
        if self.evaluate(&call.func).as_name() != Some("datetime.timedelta") {
            return None;
        }
        let mut value = |expression: &'a Expr| {
            let datum: Datum<'a> = self.evaluate(expression);
            self.plain_value(&datum)
        };
        let args = call.arguments.args.iter().map(&mut value).collect::<Option<_>>()?;
        let keywords = call.arguments.keywords.iter();
        let kwargs = keywords.map(|keyword| Some((keyword.arg.as_ref()?.to_string(), value(&keyword.value)?)));
        let kwargs = kwargs.collect::<Option<_>>()?;
        let place = self.place(call.range());
        Some(Value::Call(Arc::new(Call {
            path: "datetime.timedelta".to_owned(),
            args,
            kwargs,
            range: place,
            name_range: place,
            arg_ranges: Vec::new(),
        })))
    }
}

/// The whole milliseconds of the parts of a `timedelta`.
fn milliseconds(parts: &[(String, Value)]) -> Option<i128> {
    let of = |(name, value): &(String, Value)| {
        let unit: i128 = match name.as_str() {
            "milliseconds" => 1,
            "seconds" => 1000,
            "minutes" => 60_000,
            "hours" => 3_600_000,
            _ => return None,
        };
        match value {
            Value::Int(count) => count.checked_mul(unit),
            // Exact: a timeout has few digits.
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_precision_loss,
                reason = "below a day"
            )]
            Value::Float(count) if (0.0..86_400.0).contains(count) => Some((count * unit as f64) as i128),
            _ => None,
        }
    };
    parts
        .iter()
        .try_fold(0_i128, |sum, part| sum.checked_add(of(part)?))
        .filter(|_| !parts.is_empty())
}
