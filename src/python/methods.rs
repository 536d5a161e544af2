//! Methods of field and operation classes: what they do to keyword arguments, and what they return.

use ruff_python_ast::{self as ast, Expr, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::evaluate::{Binding, Interpreter, Scope};
use super::operators::truth;
use super::{Method, PARAMETER, Parameter, Step, range};
use crate::value::Value;

/// The methods that decide a field's column or an operation's statements. Of others only the name is kept.
pub const FOLLOWED: &[&str] = &[
    "__init__",
    "cast_db_type",
    "database_forwards",
    "db_parameters",
    "db_type",
    "deconstruct",
    "get_internal_type",
    "rel_db_type",
    "state_forwards",
];

/// The data of a method.
pub(super) fn method<'a>(interpreter: &mut Interpreter<'a>, function: &'a StmtFunctionDef) -> Method {
    let mut method = Method {
        name: function.name.to_string(),
        parameters: Vec::new(),
        steps: Vec::new(),
        returns: None,
    };
    if !FOLLOWED.contains(&method.name.as_str()) {
        return method;
    }
    let (parameters, scope) = parameters(interpreter, function);
    method.parameters = parameters;
    let outer = interpreter.scopes.split_off(1);
    interpreter.scopes.push(scope);
    interpreter.depth += 10;
    let keywords = function.parameters.kwarg.as_ref().map(|kwarg| kwarg.name.to_string());
    let rest = function
        .parameters
        .vararg
        .as_ref()
        .map(|vararg| vararg.name.to_string());
    let mut reading = Reading {
        interpreter,
        method: &mut method,
        keywords,
        rest,
    };
    reading.statements(&function.body);
    interpreter.depth -= 10;
    interpreter.scopes.truncate(1);
    interpreter.scopes.extend(outer);
    method
}

/// Named parameters without `self`, and a scope in which each stands for itself.
fn parameters<'a>(interpreter: &mut Interpreter<'a>, function: &'a StmtFunctionDef) -> (Vec<Parameter>, Scope) {
    let mut scope = Scope::default();
    let mut named = Vec::new();
    let place = range(function.range);
    let positional = function.parameters.posonlyargs.iter().chain(&function.parameters.args);
    let positional = positional.map(|parameter| (parameter, true));
    let keyword_only = function
        .parameters
        .kwonlyargs
        .iter()
        .map(|parameter| (parameter, false));
    for (at, (parameter, positional)) in positional.chain(keyword_only).enumerate() {
        let name = parameter.parameter.name.as_str();
        // Whatever the first parameter is called, it is `self`.
        let shown = if at == 0 { "self" } else { name };
        let value = Value::Name(format!("{PARAMETER}{shown}"));
        scope.insert(name.to_owned(), Binding { value, range: place });
        if at > 0 {
            let default = parameter
                .default
                .as_deref()
                .map(|default| interpreter.evaluate(default));
            named.push(Parameter {
                name: name.to_owned(),
                default,
                positional,
            });
        }
    }
    for rest in [&function.parameters.vararg, &function.parameters.kwarg]
        .into_iter()
        .flatten()
    {
        let value = Value::Name(format!("{PARAMETER}{}", rest.name));
        scope.insert(rest.name.to_string(), Binding { value, range: place });
    }
    (named, scope)
}

struct Reading<'i, 'a> {
    interpreter: &'i mut Interpreter<'a>,
    method: &'i mut Method,
    /// What `**kwargs` is called here; in `deconstruct` the fourth part of `super().deconstruct()`.
    keywords: Option<String>,
    /// What `*args` is called here.
    rest: Option<String>,
}

impl<'a> Reading<'_, 'a> {
    fn statements(&mut self, body: &'a [Stmt]) {
        for statement in body {
            match statement {
                Stmt::Expr(expression) => self.effect(&expression.value),
                Stmt::Assign(assign) => {
                    if let [target] = assign.targets.as_slice() {
                        self.assign(target, &assign.value);
                    }
                }
                Stmt::AnnAssign(assign) => {
                    if let Some(value) = &assign.value {
                        self.assign(&assign.target, value);
                    }
                }
                Stmt::Delete(delete) => delete.targets.iter().for_each(|target| self.delete(target)),
                Stmt::Return(statement) => {
                    self.returns(statement);
                    return;
                }
                Stmt::If(conditional) => self.conditional(conditional),
                Stmt::With(with) => self.statements(&with.body),
                Stmt::Import(import) => self.interpreter.import(import),
                Stmt::ImportFrom(import) => self.interpreter.import_from(import),
                Stmt::Pass(_) | Stmt::Assert(_) | Stmt::Raise(_) => {}
                _ => self.other(statement.range()),
            }
        }
    }

    fn other(&mut self, place: ruff_text_size::TextRange) {
        let Value::Unknown(unknown) = self.interpreter.unknown(place, "") else {
            return;
        };
        self.method.steps.push(Step::Other(unknown.source));
    }

    fn is_keywords(&self, expression: &Expr) -> bool {
        let Expr::Name(name) = expression else { return false };
        self.keywords.as_deref() == Some(name.id.as_str())
    }

    /// An expression on a line of its own.
    fn effect(&mut self, expression: &'a Expr) {
        let Expr::Call(call) = expression else { return };
        if self.super_call(call) || self.keyword_call(call) {
            return;
        }
        if self.mentions_keywords(call) {
            self.other(call.range());
        }
    }

    fn mentions_keywords(&self, call: &ast::ExprCall) -> bool {
        let passed = call
            .arguments
            .keywords
            .iter()
            .map(|keyword| &keyword.value)
            .chain(&call.arguments.args);
        passed.into_iter().any(|argument| self.is_keywords(argument))
    }

    /// `super().__init__(...)`, `super(Class, self).__init__(...)`, `Base.__init__(self, ...)`.
    fn super_call(&mut self, call: &'a ast::ExprCall) -> bool {
        let Expr::Attribute(attribute) = call.func.as_ref() else {
            return false;
        };
        let receiver = attribute.value.as_ref();
        let by_super = receiver.as_call_expr().is_some_and(|call| is_name(&call.func, "super"));
        let by_class = attribute.attr.as_str() == "__init__" && call.arguments.args.first().is_some_and(is_self);
        if !by_super && !by_class {
            return false;
        }
        let written = call.arguments.args.iter().skip(usize::from(!by_super));
        let mut args = Vec::new();
        let mut passes_args = false;
        for argument in written {
            match argument {
                Expr::Starred(starred) if self.rest.as_deref().is_some_and(|rest| is_name(&starred.value, rest)) => {
                    passes_args = true;
                }
                argument => args.push(self.interpreter.evaluate(argument)),
            }
        }
        let (kwargs, passes_kwargs) = self.passed_keywords(&call.arguments.keywords);
        let method = attribute.attr.to_string();
        self.method.steps.push(Step::Super {
            method,
            args,
            kwargs,
            passes_args,
            passes_kwargs,
        });
        true
    }

    fn passed_keywords(&mut self, keywords: &'a [ast::Keyword]) -> (Vec<(String, Value)>, bool) {
        let mut kwargs = Vec::new();
        let mut passes_kwargs = false;
        for keyword in keywords {
            match &keyword.arg {
                Some(name) => kwargs.push((name.to_string(), self.interpreter.evaluate(&keyword.value))),
                None if self.is_keywords(&keyword.value) => passes_kwargs = true,
                None => match self.interpreter.evaluate(&keyword.value) {
                    Value::Dict(items) => {
                        let named = items.into_iter();
                        kwargs.extend(named.filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value))));
                    }
                    _ => self.other(keyword.range()),
                },
            }
        }
        (kwargs, passes_kwargs)
    }

    /// `kwargs.setdefault(...)`, `kwargs.pop(...)`, `kwargs.update(...)`.
    fn keyword_call(&mut self, call: &'a ast::ExprCall) -> bool {
        let Expr::Attribute(attribute) = call.func.as_ref() else {
            return false;
        };
        if !self.is_keywords(&attribute.value) {
            return false;
        }
        let Ok(arguments) = self.interpreter.arguments(&call.arguments) else {
            self.other(call.range());
            return true;
        };
        let mut args = arguments.args.into_iter();
        match (attribute.attr.as_str(), args.next(), args.next()) {
            ("setdefault", Some(Value::Str(key)), value) => {
                self.method
                    .steps
                    .push(Step::SetDefault(key, value.unwrap_or(Value::None)));
            }
            ("pop", Some(Value::Str(key)), _) => self.method.steps.push(Step::Remove(key)),
            ("update", Some(Value::Dict(items)), None) => {
                let set = items
                    .into_iter()
                    .filter_map(|(key, value)| Some(Step::Set(key.as_str()?.to_owned(), value)));
                self.method.steps.extend(set);
            }
            ("update", None, None) => {
                let set = arguments.kwargs.into_iter().map(|(key, value)| Step::Set(key, value));
                self.method.steps.extend(set);
            }
            ("get", ..) => {}
            _ => self.other(call.range()),
        }
        true
    }

    fn assign(&mut self, target: &'a Expr, value: &'a Expr) {
        if let Expr::Call(call) = value {
            if self.super_call(call) {
                self.name_parts(target);
                return;
            }
            if let Some(popped) = self.popped(call) {
                self.interpreter.assign(target, popped, range(value.range()));
                return;
            }
        }
        match target {
            Expr::Subscript(subscript) if self.is_keywords(&subscript.value) => {
                let key = self.interpreter.evaluate(&subscript.slice);
                let Value::Str(key) = key else {
                    self.other(target.range());
                    return;
                };
                let step = match self.fallback(&key, value) {
                    Some(default) => Step::SetDefault(key, default),
                    None => Step::Set(key, self.interpreter.evaluate(value)),
                };
                self.method.steps.push(step);
            }
            target if self.is_keywords(target) => self.other(target.range()),
            target => {
                let bound = self.interpreter.evaluate(value);
                self.interpreter.assign(target, bound, range(value.range()));
            }
        }
    }

    /// `name, path, args, kwargs = super().deconstruct()`.
    fn name_parts(&mut self, target: &'a Expr) {
        let (Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. })) = target else {
            return;
        };
        if self.method.name != "deconstruct" {
            return;
        }
        for (part, target) in ["name", "path", "args", "kwargs"].into_iter().zip(elts) {
            let value = Value::Name(format!("{PARAMETER}{part}"));
            self.interpreter.assign(target, value, range(target.range()));
        }
        self.keywords = elts.get(3).and_then(Expr::as_name_expr).map(|name| name.id.to_string());
    }

    /// `kwargs.pop("key", default)` as a value: that is a keyword-only parameter.
    fn popped(&mut self, call: &'a ast::ExprCall) -> Option<Value> {
        let attribute = call.func.as_attribute_expr()?;
        if attribute.attr.as_str() != "pop" || !self.is_keywords(&attribute.value) {
            return None;
        }
        let mut args = self.interpreter.arguments(&call.arguments).ok()?.args.into_iter();
        let Some(Value::Str(name)) = args.next() else {
            return None;
        };
        let value = Value::Name(format!("{PARAMETER}{name}"));
        self.method.steps.push(Step::Remove(name.clone()));
        self.method.parameters.push(Parameter {
            name,
            default: args.next(),
            positional: false,
        });
        Some(value)
    }

    /// The default of `kwargs["key"] = kwargs.get("key", default)`.
    fn fallback(&mut self, key: &str, value: &'a Expr) -> Option<Value> {
        let call = value.as_call_expr()?;
        let attribute = call.func.as_attribute_expr()?;
        if !matches!(attribute.attr.as_str(), "get" | "pop") || !self.is_keywords(&attribute.value) {
            return None;
        }
        let mut args = self.interpreter.arguments(&call.arguments).ok()?.args.into_iter();
        match (args.next(), args.next()) {
            (Some(Value::Str(name)), Some(default)) if name == key => Some(default),
            _ => None,
        }
    }

    /// `del kwargs["key"]`.
    fn delete(&mut self, target: &'a Expr) {
        let Expr::Subscript(subscript) = target else { return };
        if !self.is_keywords(&subscript.value) {
            return;
        }
        match self.interpreter.evaluate(&subscript.slice) {
            Value::Str(key) => self.method.steps.push(Step::Remove(key)),
            _ => self.other(target.range()),
        }
    }

    fn conditional(&mut self, conditional: &'a ast::StmtIf) {
        if let Some(true) = truth(&self.interpreter.evaluate(&conditional.test)) {
            self.statements(&conditional.body);
            return;
        }
        let asked = self.asked_key(&conditional.test);
        let before = self.method.steps.len();
        self.statements(&conditional.body);
        let plain = conditional.elif_else_clauses.is_empty();
        for clause in &conditional.elif_else_clauses {
            self.statements(&clause.body);
        }
        let steps = self.method.steps.split_off(before);
        match (asked, steps.as_slice()) {
            (_, []) => {}
            (Some((key, false)), [Step::Set(set, value)]) if plain && key == *set => {
                self.method.steps.push(Step::SetDefault(key, value.clone()));
            }
            (Some((key, true)), [Step::Remove(removed)]) if plain && key == *removed => {
                self.method.steps.push(Step::Remove(key));
            }
            (Some(_) | None, [..]) => self.other(conditional.range()),
        }
    }

    /// The key of `"key" in kwargs` (true) or `"key" not in kwargs` (false).
    fn asked_key(&mut self, test: &'a Expr) -> Option<(String, bool)> {
        let comparison = test.as_compare_expr()?;
        let ([operator], [right]) = (comparison.ops.as_ref(), comparison.comparators.as_ref()) else {
            return None;
        };
        let right = match right {
            Expr::Call(call) => call
                .func
                .as_attribute_expr()
                .map(|attribute| attribute.value.as_ref())?,
            right => right,
        };
        if !self.is_keywords(right) {
            return None;
        }
        let Value::Str(key) = self.interpreter.evaluate(&comparison.left) else {
            return None;
        };
        match operator {
            ast::CmpOp::In => Some((key, true)),
            ast::CmpOp::NotIn => Some((key, false)),
            _ => None,
        }
    }

    fn returns(&mut self, statement: &'a ast::StmtReturn) {
        let Some(expression) = statement.value.as_deref() else {
            return;
        };
        if let Expr::Call(call) = expression
            && self.super_call(call)
        {
            return;
        }
        self.method.returns = Some(self.interpreter.evaluate(expression));
    }
}

fn is_name(expression: &Expr, name: &str) -> bool {
    expression
        .as_name_expr()
        .is_some_and(|expression| expression.id == name)
}

fn is_self(expression: &Expr) -> bool {
    is_name(expression, "self")
}
