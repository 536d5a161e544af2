//! Statements in order, as far as constants decide which of them run.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::calls::Arguments;
use super::evaluate::{Binding, Interpreter};
use super::{objects, operators};
use crate::source::Range;
use crate::value::{Operator, Unknown, Value};

/// How a list of statements ends.
pub(super) enum Flow {
    /// After its last statement.
    Next,
    /// With this value.
    Return(Value),
    /// At a `break`.
    Break,
    /// At a `continue`.
    Continue,
    /// At a `raise`.
    Raise,
}

impl<'a> Interpreter<'a> {
    pub(super) fn execute(&mut self, body: &'a [Stmt]) -> Flow {
        for statement in body {
            match self.statement(statement) {
                Flow::Next => {}
                flow => return flow,
            }
        }
        Flow::Next
    }

    fn statement(&mut self, statement: &'a Stmt) -> Flow {
        match statement {
            Stmt::Assign(assign) => {
                let value = self.evaluate(&assign.value);
                let place = self.place_of(assign.value.range());
                if let [targets @ .., last] = assign.targets.as_slice() {
                    targets
                        .iter()
                        .for_each(|target| self.assign(target, value.clone(), place));
                    self.assign(last, value, place);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(expression) = &assign.value {
                    let value = self.evaluate(expression);
                    self.assign(&assign.target, value, self.place_of(expression.range()));
                }
            }
            Stmt::AugAssign(assign) => self.augmented(assign),
            Stmt::Expr(expression) => {
                self.inclusion(&expression.value);
                self.mutation(&expression.value);
            }
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::If(conditional) => return self.branches(conditional),
            Stmt::Try(statement) => return self.attempt(statement),
            Stmt::With(with) => return self.with(with),
            Stmt::For(repeated) => return self.repeat(repeated),
            Stmt::While(repeated) => self.forget(&[&repeated.body], repeated.range),
            Stmt::Match(choice) => {
                let bodies: Vec<&'a [Stmt]> = choice.cases.iter().map(|case| case.body.as_slice()).collect();
                self.forget(&bodies, choice.range);
            }
            Stmt::Return(statement) => {
                let value = statement
                    .value
                    .as_ref()
                    .map_or(Value::None, |value| self.evaluate(value));
                return Flow::Return(value);
            }
            Stmt::Break(_) => return Flow::Break,
            Stmt::Continue(_) => return Flow::Continue,
            Stmt::Raise(_) => return Flow::Raise,
            Stmt::Delete(delete) => delete.targets.iter().for_each(|target| self.delete(target)),
            Stmt::TypeAlias(_)
            | Stmt::Assert(_)
            | Stmt::Global(_)
            | Stmt::Nonlocal(_)
            | Stmt::Pass(_)
            | Stmt::IpyEscapeCommand(_) => {}
        }
        Flow::Next
    }

    fn with(&mut self, with: &'a ast::StmtWith) -> Flow {
        for item in &with.items {
            let value = self.evaluate(&item.context_expr);
            if let Some(target) = &item.optional_vars {
                self.assign(target, value, self.place_of(item.range));
            }
        }
        self.execute(&with.body)
    }

    pub(super) fn assign(&mut self, target: &'a Expr, value: Value, place: Range) {
        match target {
            Expr::Name(name) => {
                let is_itself = matches!(&value, Value::Name(path) if *path == self.local_path(&name.id));
                let is_class = name.id == super::flows::MIGRATION && self.is_of_module();
                if is_class && !is_itself {
                    self.assigned_class(&name.id, &value, place);
                }
                self.bind(&name.id, value, place);
            }
            Expr::Attribute(_) => {
                let Some(key) = self.place(target) else {
                    self.changed_by_assignment(target);
                    self.unplaced(target);
                    return;
                };
                match self.binding_mut(&key) {
                    Some(binding) => *binding = Binding { value, range: place },
                    None => self.bind(&key, value, place),
                }
            }
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                self.unpack(elts, value, place);
            }
            Expr::Subscript(subscript) if super::inclusions::is_namespace(&subscript.value) => {
                self.include_item(subscript, value, place);
            }
            Expr::Subscript(subscript) => {
                let key = self.evaluate(&subscript.slice);
                let unknown = self.unknown(subscript.range, "is changed in a way that is not followed");
                if let Some(name) = self.place(&subscript.value) {
                    match self.binding_mut(&name) {
                        Some(binding) => binding.set_item(key, value, unknown),
                        None => self.unplaced(target),
                    }
                } else if subscript.value.is_subscript_expr() {
                    // `DATABASES["default"]["OPTIONS"] = ...` changes the inner value, and with it the outer one.
                    let inner = self.evaluate(&subscript.value);
                    let mut inner = Binding {
                        value: inner,
                        range: place,
                    };
                    inner.set_item(key, value, unknown);
                    self.assign(&subscript.value, inner.value, place);
                } else {
                    self.unplaced(target);
                }
            }
            _ => {}
        }
    }

    /// Whether what is bound now is bound in the migration's module itself.
    pub(super) fn is_of_module(&self) -> bool {
        self.scopes.len() == 1 && self.home.is_none()
    }

    /// `del values["key"]`.
    fn delete(&mut self, target: &'a Expr) {
        let Expr::Subscript(subscript) = target else { return };
        let key = self.evaluate(&subscript.slice);
        let Some(name) = self.place(&subscript.value) else {
            return;
        };
        let unknown = self.unknown(subscript.range, "is changed in a way that is not followed");
        let Some(binding) = self.binding_mut(&name) else { return };
        match &mut binding.value {
            Value::Dict(items) if operators::is_constant(&key) => items.retain(|(name, _)| *name != key),
            value => *value = unknown,
        }
    }

    fn unpack(&mut self, targets: &'a [Expr], value: Value, place: Range) {
        match operators::items(self.settle(value)) {
            Ok(items) if items.len() == targets.len() && !targets.iter().any(Expr::is_starred_expr) => {
                for (target, item) in targets.iter().zip(items) {
                    self.assign(target, item, place);
                }
            }
            Ok(_) | Err(_) => {
                for target in targets {
                    let unknown = self.unknown(target.range(), "is unpacked in a way that is not followed");
                    self.assign(target, unknown, place);
                }
            }
        }
    }

    /// The key of the binding that an expression names: `operations`, `Migration.operations`.
    pub(super) fn place(&mut self, expression: &'a Expr) -> Option<String> {
        match expression {
            Expr::Name(name) => Some(name.id.to_string()),
            Expr::Attribute(attribute) => {
                let owner = self.evaluate(&attribute.value);
                if matches!(&owner, Value::Name(path) if path == objects::SELF) {
                    return Some(format!("{}.{}", objects::SELF, attribute.attr.as_str()));
                }
                let class = self.local_class(&owner)?;
                Some(format!("{class}.{}", attribute.attr.as_str()))
            }
            _ => None,
        }
    }

    fn augmented(&mut self, assign: &'a ast::StmtAugAssign) {
        let right = self.evaluate(&assign.value);
        let left = self.evaluate_taking(&assign.target);
        let value = match operators::operator(assign.op) {
            Some(operator) => match (left, right) {
                // `list += tuple` extends, where `list + tuple` is an error.
                (Value::List(mut left), Value::Tuple(right)) => {
                    left.extend(right);
                    Value::List(left)
                }
                (left, right) => operators::binary(operator, left, right),
            },
            None => self.unknown(assign.range, "is not evaluated"),
        };
        self.assign(&assign.target, value, self.place_of(assign.value.range()));
    }

    /// The value of a target about to be assigned: moved out, so that a long list is not copied.
    fn evaluate_taking(&mut self, target: &'a Expr) -> Value {
        if let Some(key) = self.place(target)
            && let Some(binding) = self.binding_mut(&key)
        {
            return std::mem::replace(&mut binding.value, Value::None);
        }
        self.evaluate(target)
    }

    /// `name.append(x)` and other calls that change a value in place.
    fn mutation(&mut self, expression: &'a Expr) {
        let Expr::Call(call) = expression else { return };
        if self.super_call(call).is_some() {
            return;
        }
        let Expr::Attribute(attribute) = call.func.as_ref() else {
            self.effect(expression);
            return;
        };
        self.changed_by_call(call);
        let name = attribute.attr.as_str();
        let follows = [
            "append",
            "extend",
            "insert",
            "update",
            "setdefault",
            "remove",
            "pop",
            "clear",
            "sort",
            "reverse",
        ];
        if !follows.contains(&name) {
            self.effect(expression);
            return;
        }
        let Some(key) = self.place(&attribute.value) else {
            return;
        };
        let arguments = self.arguments(&call.arguments);
        let unknown = self.unknown(call.range(), "is not followed");
        let Some(binding) = self.binding_mut(&key) else { return };
        let Ok(arguments) = arguments else {
            binding.value = unknown;
            return;
        };
        let value = std::mem::replace(&mut binding.value, Value::None);
        binding.value = mutated(value, name, arguments, unknown);
    }

    /// `values.pop("key", default)` and `values.setdefault("key", default)` as values, if this is one of them.
    pub(super) fn taken(&mut self, call: &'a ast::ExprCall) -> Option<Value> {
        let attribute = call.func.as_attribute_expr()?;
        let method = attribute.attr.as_str();
        if !matches!(method, "pop" | "setdefault") {
            return None;
        }
        let place = self.place(&attribute.value)?;
        if !matches!(self.binding_mut(&place)?.value, Value::Dict(_)) {
            return None;
        }
        let mut args = self.arguments(&call.arguments).ok()?.args.into_iter();
        let key = args.next().filter(operators::is_constant)?;
        let otherwise = args.next().unwrap_or(Value::None);
        let Value::Dict(items) = &mut self.binding_mut(&place)?.value else {
            return None;
        };
        let found = items.iter().position(|(name, _)| *name == key);
        Some(match (found, method) {
            (Some(at), "pop") => items.remove(at).1,
            (Some(at), _) => items[at].1.clone(),
            (None, "setdefault") => {
                items.push((key, otherwise.clone()));
                otherwise
            }
            (None, _) => otherwise,
        })
    }
}

impl Binding {
    fn set_item(&mut self, key: Value, value: Value, unknown: Value) {
        match &mut self.value {
            Value::Dict(items) => super::expressions::set_item(items, key, value),
            // Whatever the call returns, it has this item from now on: `call() | {key: value}`.
            Value::Call(_) | Value::Operation(Operator::Or, _) => {
                let before = std::mem::replace(&mut self.value, Value::None);
                self.value = Value::Operation(Operator::Or, vec![before, Value::Dict(vec![(key, value)])]);
            }
            _ => self.value = unknown,
        }
    }
}

fn mutated(value: Value, method: &str, arguments: Arguments, unknown: Value) -> Value {
    let mut args = arguments.args.into_iter();
    match (value, method, args.next(), args.next()) {
        (Value::List(mut items), "append", Some(item), None) => {
            items.push(item);
            Value::List(items)
        }
        (Value::List(mut items), "extend", Some(more), None) => {
            match operators::items(more) {
                Ok(more) => items.extend(more),
                Err(Value::Unknown(unknown)) => items.push(Value::Unknown(unknown)),
                Err(_) => items.push(unknown),
            }
            Value::List(items)
        }
        (Value::List(mut items), "insert", Some(Value::Int(at)), Some(item)) => {
            let at = usize::try_from(at).unwrap_or(0).min(items.len());
            items.insert(at, item);
            Value::List(items)
        }
        (Value::Dict(mut items), "update", more, None) => {
            let more = match more {
                None => Vec::new(),
                Some(Value::Dict(more)) => more,
                Some(_) => return unknown,
            };
            let named = arguments
                .kwargs
                .into_iter()
                .map(|(key, value)| (Value::Str(key.into()), value));
            for (key, value) in more.into_iter().chain(named) {
                super::expressions::set_item(&mut items, key, value);
            }
            Value::Dict(items)
        }
        (Value::Dict(mut items), "setdefault", Some(key), value) if operators::is_constant(&key) => {
            if !items.iter().any(|(name, _)| *name == key) {
                items.push((key, value.unwrap_or(Value::None)));
            }
            Value::Dict(items)
        }
        (Value::Dict(mut items), "pop", Some(key), _) if operators::is_constant(&key) => {
            items.retain(|(name, _)| *name != key);
            Value::Dict(items)
        }
        (Value::Dict(_), "clear", None, None) => Value::Dict(Vec::new()),
        (Value::List(_), "clear", None, None) => Value::List(Vec::new()),
        (Value::List(mut items), "remove", Some(item), None) if operators::is_constant(&item) => {
            if let Some(at) = items.iter().position(|other| *other == item) {
                items.remove(at);
            }
            Value::List(items)
        }
        (Value::List(mut items), "reverse", None, None) => {
            items.reverse();
            Value::List(items)
        }
        (Value::List(mut items), "pop", None, None) => {
            items.pop();
            Value::List(items)
        }
        (Value::Unknown(old), ..) => Value::Unknown(Unknown { ..old }),
        // A module's own object: `register.append(...)` says nothing about a value of ours.
        (value @ (Value::Name(_) | Value::Call(_) | Value::Setting(_)), ..) => value,
        (..) => unknown,
    }
}
