//! Statements in order, as far as constants decide which of them run.

use ruff_python_ast::{self as ast, Expr, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::builtins::Arguments;
use super::evaluate::{Binding, Interpreter, Scope};
use super::operators::{self, truth};
use super::range;
use crate::source::Range;
use crate::value::{Function, Unknown, Value};

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
                let place = range(assign.value.range());
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
                    self.assign(&assign.target, value, range(expression.range()));
                }
            }
            Stmt::AugAssign(assign) => self.augmented(assign),
            Stmt::Expr(expression) => self.mutation(&expression.value),
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::If(conditional) => return self.branches(conditional),
            Stmt::Try(statement) => return self.attempt(statement),
            Stmt::With(with) => return self.execute(&with.body),
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
            Stmt::Delete(_)
            | Stmt::TypeAlias(_)
            | Stmt::Assert(_)
            | Stmt::Global(_)
            | Stmt::Nonlocal(_)
            | Stmt::Pass(_)
            | Stmt::IpyEscapeCommand(_) => {}
        }
        Flow::Next
    }

    pub(super) fn assign(&mut self, target: &'a Expr, value: Value, place: Range) {
        match target {
            Expr::Name(name) => self.bind(&name.id, value, place),
            Expr::Attribute(_) => {
                let Some(key) = self.place(target) else { return };
                match self.binding_mut(&key) {
                    Some(binding) => *binding = Binding { value, range: place },
                    None => self.bind(&key, value, place),
                }
            }
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                self.unpack(elts, value, place);
            }
            Expr::Subscript(subscript) => {
                let key = self.evaluate(&subscript.slice);
                let unknown = self.unknown(subscript.range, "is changed in a way that is not followed");
                if let Some(name) = self.place(&subscript.value) {
                    if let Some(binding) = self.binding_mut(&name) {
                        binding.set_item(key, value, unknown);
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
                }
            }
            _ => {}
        }
    }

    fn unpack(&mut self, targets: &'a [Expr], value: Value, place: Range) {
        match operators::items(value) {
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
    fn place(&mut self, expression: &'a Expr) -> Option<String> {
        match expression {
            Expr::Name(name) => Some(name.id.to_string()),
            Expr::Attribute(attribute) => {
                let owner = self.evaluate(&attribute.value);
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
        self.assign(&assign.target, value, range(assign.value.range()));
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
        let Expr::Attribute(attribute) = call.func.as_ref() else {
            return;
        };
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
        binding.value = mutated(
            std::mem::replace(&mut binding.value, Value::None),
            name,
            arguments,
            unknown,
        );
    }

    fn function(&mut self, function: &'a StmtFunctionDef) {
        let name = function.name.as_str();
        let top_level = self.scopes.len() == 1;
        if top_level && function.decorator_list.is_empty() && !function.is_async {
            self.functions.insert(name, function);
        }
        let path = match &self.class_name {
            Some(class) => self.local_path(&format!("{class}.{name}")),
            None => self.local_path(name),
        };
        let simple = function.decorator_list.is_empty() && !function.is_async;
        let returns = if simple {
            self.inline(function, &Arguments::default())
        } else {
            None
        };
        let returns = returns.filter(|value| value.unknown().is_none());
        let value = Value::Function(Box::new(Function { path, returns }));
        self.bind(name, value, range(function.name.range));
    }

    /// The value of a call of a local function, if its body is short and comes to a `return`.
    pub(super) fn inline(&mut self, function: &'a StmtFunctionDef, arguments: &Arguments) -> Option<Value> {
        if !self.may_call() || !function.body.iter().all(is_plain) {
            return None;
        }
        let scope = self.parameters(function, arguments)?;
        let outer = self.scopes.split_off(1);
        self.scopes.push(scope);
        self.depth += 10;
        let flow = self.execute(&function.body);
        self.depth -= 10;
        self.scopes.truncate(1);
        self.scopes.extend(outer);
        match flow {
            Flow::Return(value) => Some(value).filter(|value| !matches!(value, Value::Unknown(_))),
            Flow::Next | Flow::Break | Flow::Continue | Flow::Raise => None,
        }
    }

    /// Parameters bound to arguments; `None` where they do not fit.
    fn parameters(&mut self, function: &'a StmtFunctionDef, arguments: &Arguments) -> Option<Scope> {
        let parameters = &function.parameters;
        let mut scope = Scope::default();
        let place = range(function.range);
        let mut bind = |name: &str, value| scope.insert(name.to_owned(), Binding { value, range: place });
        let positional = || parameters.posonlyargs.iter().chain(&parameters.args);
        if arguments.args.len() > positional().count() && parameters.vararg.is_none() {
            return None;
        }
        let mut extra = arguments.kwargs.clone();
        for (at, parameter) in positional().chain(&parameters.kwonlyargs).enumerate() {
            let name = parameter.parameter.name.as_str();
            let by_position = (at < positional().count()).then(|| arguments.args.get(at)).flatten();
            let by_name = extra
                .iter()
                .position(|(key, _)| key == name)
                .map(|at| extra.swap_remove(at).1);
            let value = match (by_position, by_name) {
                (Some(value), _) => value.clone(),
                (None, Some(value)) => value,
                (None, None) => self.evaluate(parameter.default.as_deref()?),
            };
            bind(name, value);
        }
        if let Some(rest) = &parameters.vararg {
            let rest_args = arguments.args.iter().skip(positional().count()).cloned().collect();
            bind(rest.name.as_str(), Value::Tuple(rest_args));
        }
        match &parameters.kwarg {
            Some(rest) => {
                let items = extra.into_iter().map(|(key, value)| (Value::Str(key), value)).collect();
                bind(rest.name.as_str(), Value::Dict(items));
            }
            None if !extra.is_empty() => return None,
            None => {}
        }
        Some(scope)
    }

    fn branches(&mut self, conditional: &'a ast::StmtIf) -> Flow {
        let mut branches: Vec<&'a [Stmt]> = Vec::new();
        let clauses = conditional
            .elif_else_clauses
            .iter()
            .map(|clause| (clause.test.as_ref(), clause.body.as_slice()));
        let first = (Some(conditional.test.as_ref()), conditional.body.as_slice());
        for (test, body) in std::iter::once(first).chain(clauses) {
            match test.map(|test| truth(&self.evaluate(test))) {
                // Not this one, whatever the earlier ones were.
                Some(Some(false)) => {}
                None | Some(Some(true)) => {
                    branches.push(body);
                    return self.either(&branches, false, conditional);
                }
                Some(None) => branches.push(body),
            }
        }
        self.either(&branches, true, conditional)
    }

    /// One of several branches runs, perhaps none; what they bind differently is unknown afterwards.
    fn either(&mut self, branches: &[&'a [Stmt]], perhaps_none: bool, conditional: &'a ast::StmtIf) -> Flow {
        match branches {
            [] => return Flow::Next,
            [only] if !perhaps_none => return self.execute(only),
            [..] => {}
        }
        let before = self.scopes.clone();
        let mut after: Option<Vec<Scope>> = perhaps_none.then(|| before.clone());
        let mut returns = false;
        for branch in branches {
            self.scopes.clone_from(&before);
            // A branch that raises ends the migration: it leaves nothing behind.
            match self.execute(branch) {
                Flow::Next | Flow::Break | Flow::Continue => {
                    let ended = std::mem::take(&mut self.scopes);
                    after = Some(match after {
                        Some(other) => self.merge(other, &ended, conditional),
                        None => ended,
                    });
                }
                Flow::Return(_) => returns = true,
                Flow::Raise => {}
            }
        }
        self.scopes = after.unwrap_or(before);
        if returns {
            return Flow::Return(self.unknown(conditional.test.range(), "decides what is returned, and is not known"));
        }
        Flow::Next
    }

    fn merge(&self, mut one: Vec<Scope>, other: &[Scope], conditional: &ast::StmtIf) -> Vec<Scope> {
        let doubt = || self.unknown(conditional.test.range(), "decides, and is not known");
        for (scope, other) in one.iter_mut().zip(other) {
            for (name, binding) in scope.iter_mut() {
                match other.get(name) {
                    Some(other) if other.value == binding.value => {}
                    Some(other) => binding.value = merged(&binding.value, &other.value, doubt()),
                    None => binding.value = doubt(),
                }
            }
            for (name, binding) in other {
                if !scope.contains_key(name) {
                    // A class that only one branch defines is that class, where anybody uses it.
                    let value = if matches!(binding.value, Value::Name(_) | Value::Function(_)) {
                        binding.value.clone()
                    } else {
                        doubt()
                    };
                    scope.insert(
                        name.clone(),
                        Binding {
                            value,
                            range: binding.range,
                        },
                    );
                }
            }
        }
        one
    }

    /// The body of a `try` is taken to succeed; handlers only give the names that it did not bind.
    fn attempt(&mut self, statement: &'a ast::StmtTry) -> Flow {
        let before = self.scopes.last().cloned().unwrap_or_default();
        let flow = self.execute(&statement.body);
        let body = self.scopes.last_mut().map(|scope| std::mem::replace(scope, before));
        for ast::ExceptHandler::ExceptHandler(handler) in &statement.handlers {
            self.execute(&handler.body);
        }
        if let (Some(body), Some(scope)) = (body, self.scopes.last_mut()) {
            scope.extend(body);
        }
        if !matches!(flow, Flow::Next) {
            return flow;
        }
        match self.execute(&statement.orelse) {
            Flow::Next => self.execute(&statement.finalbody),
            flow => flow,
        }
    }

    /// A loop over a literal list, turn by turn.
    fn repeat(&mut self, repeated: &'a ast::StmtFor) -> Flow {
        let items = operators::items(self.evaluate(&repeated.iter));
        let Ok(items) = items else {
            self.forget(&[&repeated.body], repeated.range);
            return Flow::Next;
        };
        if items.len() > super::expressions::MAX_ITEMS || self.depth > 60 {
            self.forget(&[&repeated.body], repeated.range);
            return Flow::Next;
        }
        let place = range(repeated.target.range());
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
    fn forget(&mut self, bodies: &[&'a [Stmt]], place: ruff_text_size::TextRange) {
        let before = self.scopes.clone();
        for body in bodies {
            self.execute(body);
        }
        let unknown = self.unknown(place, "is not followed");
        for (scope, before) in self.scopes.iter_mut().zip(&before) {
            for (name, binding) in scope.iter_mut() {
                if before.get(name).is_none_or(|before| before.value != binding.value) {
                    let before = before.get(name).map(|binding| &binding.value);
                    binding.value = merged(before.unwrap_or(&Value::None), &binding.value, unknown.clone());
                }
            }
        }
    }
}

impl Binding {
    fn set_item(&mut self, key: Value, value: Value, unknown: Value) {
        match &mut self.value {
            Value::Dict(items) => super::expressions::set_item(items, key, value),
            _ => self.value = unknown,
        }
    }
}

/// Two lists keep what they begin with in common; the rest is one unknown item.
fn merged(one: &Value, other: &Value, doubt: Value) -> Value {
    let (Value::List(one), Value::List(other)) = (one, other) else {
        return doubt;
    };
    let common = one.iter().zip(other).take_while(|(one, other)| one == other);
    let mut items: Vec<Value> = common.map(|(one, _)| one.clone()).collect();
    items.push(doubt);
    Value::List(items)
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
                .map(|(key, value)| (Value::Str(key), value));
            for (key, value) in more.into_iter().chain(named) {
                super::expressions::set_item(&mut items, key, value);
            }
            Value::Dict(items)
        }
        (Value::Unknown(old), ..) => Value::Unknown(Unknown { ..old }),
        // A module's own object: `register.append(...)` says nothing about a value of ours.
        (value @ (Value::Name(_) | Value::Call(_) | Value::Setting(_)), ..) => value,
        (..) => unknown,
    }
}

/// Statements that a followed function may consist of.
fn is_plain(statement: &Stmt) -> bool {
    matches!(
        statement,
        Stmt::Assign(_)
            | Stmt::AnnAssign(_)
            | Stmt::AugAssign(_)
            | Stmt::Return(_)
            | Stmt::Expr(_)
            | Stmt::If(_)
            | Stmt::For(_)
            | Stmt::Pass(_)
            | Stmt::Import(_)
            | Stmt::ImportFrom(_)
    )
}
