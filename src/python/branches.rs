//! Statements that run perhaps, or more than once.

use std::sync::Arc;

use ruff_python_ast as ast;
use ruff_python_ast::Stmt;
use ruff_text_size::{Ranged, TextRange};

use super::evaluate::{Binding, Interpreter, Scope};
use super::execute::Flow;
use super::fallback::{fallback, flag};
use super::operators;
use crate::value::{Operator, Value};

impl<'a> Interpreter<'a> {
    pub(super) fn branches(&mut self, conditional: &'a ast::StmtIf) -> Flow {
        let mut branches: Vec<&'a [Stmt]> = Vec::new();
        let mut likely = None;
        let clauses = conditional
            .elif_else_clauses
            .iter()
            .map(|clause| (clause.test.as_ref(), clause.body.as_slice()));
        let first = (Some(conditional.test.as_ref()), conditional.body.as_slice());
        for (test, body) in std::iter::once(first).chain(clauses) {
            match test.map(|test| self.decides(test)) {
                // Not this one, whatever the earlier ones were.
                Some(Some(false)) => {}
                None | Some(Some(true)) => {
                    branches.push(body);
                    return self.either(&branches, false, likely, conditional);
                }
                Some(None) => {
                    if likely.is_none() && test.is_some_and(|test| self.falls_back_to_true(test)) {
                        likely = Some(branches.len());
                    }
                    branches.push(body);
                }
            }
        }
        self.either(&branches, true, likely, conditional)
    }

    /// Whether a test that is not decided holds where the environment says nothing.
    fn falls_back_to_true(&mut self, test: &'a ast::Expr) -> bool {
        let value = self.evaluate(test);
        let value = self.settle(value);
        fallback(&value).and_then(|value| flag(&value)) == Some(true)
    }

    /// One of several branches runs, perhaps none; what they bind differently is unknown afterwards.
    /// `likely` is the one that runs without an environment, where that is known.
    fn either(
        &mut self,
        branches: &[&'a [Stmt]],
        perhaps_none: bool,
        likely: Option<usize>,
        conditional: &'a ast::StmtIf,
    ) -> Flow {
        match branches {
            [] => return Flow::Next,
            [only] if !perhaps_none => return self.execute(only),
            [..] => {}
        }
        let before = self.scopes.clone();
        let mut after: Option<Vec<Scope>> = perhaps_none.then(|| before.clone());
        let mut returns = false;
        let order = |at: usize| match likely {
            Some(likely) if likely == at => Order::LastFirst,
            None if !perhaps_none => Order::LastFirst,
            Some(_) | None => Order::FirstFirst,
        };
        let about = self.about(&conditional.test);
        self.perhaps += 1;
        for (at, branch) in branches.iter().enumerate() {
            self.scopes.clone_from(&before);
            // A branch that raises ends the migration: it leaves nothing behind.
            match self.execute(branch) {
                Flow::Next | Flow::Break | Flow::Continue => {
                    let ended = std::mem::take(&mut self.scopes);
                    after = Some(match after {
                        Some(other) => self.merge(other, &ended, order(at), (conditional, about.as_ref())),
                        None => ended,
                    });
                }
                Flow::Return(_) => returns = true,
                Flow::Raise => {}
            }
        }
        self.perhaps -= 1;
        self.scopes = after.unwrap_or(before);
        if returns {
            return Flow::Return(self.unknown(conditional.test.range(), "decides what is returned, and is not known"));
        }
        Flow::Next
    }

    /// The setting, or the name of another module, that is asked for first in an expression that is not decided.
    pub(super) fn about(&mut self, expression: &'a ast::Expr) -> Option<Value> {
        let parts: Vec<&'a ast::Expr> = match expression {
            ast::Expr::Name(_) | ast::Expr::Attribute(_) => {
                let value = self.evaluate(expression);
                return Some(value).filter(is_elsewhere);
            }
            ast::Expr::Compare(compare) => std::iter::once(&*compare.left).chain(&compare.comparators).collect(),
            ast::Expr::BoolOp(operation) => operation.values.iter().collect(),
            ast::Expr::UnaryOp(operation) => vec![&operation.operand],
            ast::Expr::Call(call) => call.arguments.args.iter().collect(),
            _ => Vec::new(),
        };
        parts.into_iter().find_map(|part| self.about(part))
    }

    fn merge(
        &self,
        mut one: Vec<Scope>,
        other: &[Scope],
        order: Order,
        (conditional, about): (&ast::StmtIf, Option<&Value>),
    ) -> Vec<Scope> {
        let doubt = || {
            let unknown = self.unknown(conditional.test.range(), "decides, and is not known");
            unknown.hanging_on(about)
        };
        for (scope, other) in one.iter_mut().zip(other) {
            for (name, binding) in scope.iter_mut() {
                match other.get(name) {
                    Some(other) if Arc::ptr_eq(other, binding) || other.value == binding.value => {}
                    Some(other) => {
                        let value = merged(&binding.value, &other.value, order, &doubt());
                        *binding = Binding::shared(value, binding.range);
                    }
                    None => {
                        let value = doubt().with_alternatives(&[&binding.value]);
                        *binding = Binding::shared(value, binding.range);
                    }
                }
            }
            for (name, binding) in other {
                if !scope.contains_key(name) {
                    // A class that only one branch defines is that class, where anybody uses it.
                    let value = if matches!(binding.value, Value::Name(_) | Value::Function(_)) {
                        binding.value.clone()
                    } else {
                        doubt().with_alternatives(&[&binding.value])
                    };
                    scope.insert(Arc::clone(name), Binding::shared(value, binding.range));
                }
            }
        }
        one
    }

    /// The body of a `try` is taken to succeed; handlers only give the names that it did not bind.
    pub(super) fn attempt(&mut self, statement: &'a ast::StmtTry) -> Flow {
        let before = self.scopes.clone();
        self.perhaps += 1;
        let flow = self.execute(&statement.body);
        if let (Flow::Raise, [first, ..]) = (&flow, statement.handlers.as_slice()) {
            let ast::ExceptHandler::ExceptHandler(handler) = first;
            return match self.execute(&handler.body) {
                Flow::Next => self.execute(&statement.finalbody),
                flow => flow,
            };
        }
        let mut body = std::mem::replace(&mut self.scopes, before);
        for ast::ExceptHandler::ExceptHandler(handler) in &statement.handlers {
            self.execute(&handler.body);
        }
        self.perhaps -= 1;
        let handled = self.scopes.pop().unwrap_or_default();
        if let Some(scope) = body.last_mut() {
            for (name, binding) in handled {
                scope.entry(name).or_insert(binding);
            }
        }
        self.scopes = body;
        if !matches!(flow, Flow::Next) {
            return flow;
        }
        match self.execute(&statement.orelse) {
            Flow::Next => self.execute(&statement.finalbody),
            flow => flow,
        }
    }

    /// A loop over a literal list, turn by turn.
    pub(super) fn repeat(&mut self, repeated: &'a ast::StmtFor) -> Flow {
        let iterated = self.evaluate(&repeated.iter);
        let items = operators::items(self.settle(iterated));
        let Ok(items) = items else {
            self.forget(&[&repeated.body], repeated.range);
            return Flow::Next;
        };
        if items.len() > super::expressions::MAX_ITEMS || self.depth > 60 {
            self.forget(&[&repeated.body], repeated.range);
            return Flow::Next;
        }
        let place = self.place_of(repeated.target.range());
        self.depth += 20;
        let mut flow = Flow::Next;
        for item in items {
            if !self.may_go_on() {
                break;
            }
            self.assign(&repeated.target, item, place);
            flow = self.execute(&repeated.body);
            if matches!(flow, Flow::Break | Flow::Raise | Flow::Return(_)) {
                break;
            }
        }
        self.depth -= 20;
        match flow {
            Flow::Next | Flow::Continue => self.execute(&repeated.orelse),
            Flow::Break => Flow::Next,
            Flow::Raise | Flow::Return(_) => flow,
        }
    }

    /// Runs bodies of which nobody knows how often they run: all they change is unknown.
    pub(super) fn forget(&mut self, bodies: &[&'a [Stmt]], place: TextRange) {
        let before = self.scopes.clone();
        self.perhaps += 1;
        for body in bodies {
            self.execute(body);
        }
        self.perhaps -= 1;
        let unknown = self.unknown(place, "is not followed");
        for (scope, before) in self.scopes.iter_mut().zip(&before) {
            for (name, binding) in scope.iter_mut() {
                let before = before.get(name);
                let is_same = |before: &Arc<Binding>| Arc::ptr_eq(before, binding) || before.value == binding.value;
                if !before.is_some_and(is_same) {
                    let before = before.map_or(&Value::None, |binding| &binding.value);
                    let value = merged(before, &binding.value, Order::FirstFirst, &unknown);
                    *binding = Binding::shared(value, binding.range);
                }
            }
        }
    }
}

/// Whether a value is a setting, or a name of a module that is neither Django's nor Python's own.
fn is_elsewhere(value: &Value) -> bool {
    match value {
        Value::Setting(_) => true,
        Value::Name(path) => {
            let is_known = ["django.", "builtins.", "<", "os.", "sys."]
                .iter()
                .any(|known| path.starts_with(known));
            path.contains('.') && !is_known
        }
        _ => false,
    }
}

/// Which of two values is the one without an environment.
#[derive(Clone, Copy)]
enum Order {
    FirstFirst,
    LastFirst,
}

/// The items of a sum of lists; a summand that is no list is an item.
fn summands(value: &Value) -> Vec<Value> {
    match value {
        Value::List(items) => items.clone(),
        Value::Operation(Operator::Add, parts) => parts.iter().flat_map(summands).collect(),
        other => vec![other.clone()],
    }
}

/// What two lists begin with, and a doubt of the rest. Where there is no rest without an environment, its first alternative is None.
fn merged_items(one: &[Value], other: &[Value], order: Order, doubt: &Value) -> Vec<Value> {
    let common = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    let (first, last) = match order {
        Order::FirstFirst => (&one[common..], &other[common..]),
        Order::LastFirst => (&other[common..], &one[common..]),
    };
    let nothing = first.is_empty().then_some(&Value::None);
    let rest: Vec<&Value> = nothing.into_iter().chain(first).chain(last).collect();
    let mut items = one[..common].to_vec();
    items.push(doubt.clone().with_alternatives(&rest));
    items
}

/// What is the same in both stays: the beginning of lists, the items of tuples, the keys of dicts. All else is in doubt.
fn merged(one: &Value, other: &Value, order: Order, doubt: &Value) -> Value {
    match (one, other) {
        (one, other) if one == other => one.clone(),
        (Value::List(one), Value::List(other)) => Value::List(merged_items(one, other, order, doubt)),
        (Value::Tuple(one), Value::Tuple(other)) if one.len() == other.len() => {
            let items = one
                .iter()
                .zip(other)
                .map(|(one, other)| merged(one, other, order, doubt));
            Value::Tuple(items.collect())
        }
        (Value::Tuple(one), Value::Tuple(other)) => Value::Tuple(merged_items(one, other, order, doubt)),
        (Value::Dict(one), Value::Dict(other)) => {
            let in_other = |key: &Value| other.iter().find(|(name, _)| name == key).map(|(_, value)| value);
            let both = one.iter().map(|(key, value)| {
                let value = in_other(key).map_or_else(|| doubt.clone(), |other| merged(value, other, order, doubt));
                (key.clone(), value)
            });
            let new = other.iter().filter(|(key, _)| !one.iter().any(|(name, _)| name == key));
            Value::Dict(both.chain(new.map(|(key, _)| (key.clone(), doubt.clone()))).collect())
        }
        // `LIST + unknown` has at least what is in the list.
        (one @ Value::List(_), other @ Value::Operation(Operator::Add, _))
        | (one @ Value::Operation(Operator::Add, _), other @ Value::List(_)) => {
            let [one, other] = [one, other].map(|value| Value::List(summands(value)));
            merged(&one, &other, order, doubt)
        }
        (one, other) => doubt.clone().with_alternatives(&match order {
            Order::FirstFirst => [one, other],
            Order::LastFirst => [other, one],
        }),
    }
}
