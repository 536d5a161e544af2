//! Plain functions: defined, and called where their bodies come to a value.

use ruff_python_ast::{Expr, Stmt, StmtFunctionDef};

use super::calls::Arguments;
use super::evaluate::{Binding, Interpreter, Scope};
use super::execute::Flow;
use super::{Method, Module, Modules};
use crate::source::Range;
use crate::value::{Function, Value};

impl<'a> Interpreter<'a> {
    pub(super) fn function(&mut self, function: &'a StmtFunctionDef) {
        let name = function.name.as_str();
        if self.scopes.len() == 1 && function.decorator_list.is_empty() && !function.is_async {
            self.functions.insert(name, function);
        }
        let path = match &self.class_name {
            Some(class) => self.local_path(&format!("{class}.{name}")),
            None => self.local_path(name),
        };
        let value = Value::Function(Box::new(Function { path, returns: None }));
        self.bind(name, value, self.place_of(function.name.range));
    }

    /// A function as a default: Django calls it when the migration runs, without arguments.
    pub(super) fn as_default(&mut self, function: Function) -> Value {
        let Some((definition, home)) = self.definition(&function.path).filter(|_| function.returns.is_none()) else {
            return Value::Function(Box::new(function));
        };
        let returns = self.call_definition(definition, home, &Arguments::default());
        let returns = returns.filter(|value| value.unknown().is_none());
        Value::Function(Box::new(Function { returns, ..function }))
    }

    /// What a call of a function comes to, if its body can be followed.
    pub(super) fn call_function(&mut self, function: &Function, arguments: &Arguments) -> Option<Value> {
        match (self.definition(&function.path), &function.returns) {
            (Some((definition, home)), _) => self.call_definition(definition, home, arguments),
            (None, Some(returns)) if arguments.args.is_empty() && arguments.kwargs.is_empty() => Some(returns.clone()),
            (None, _) => None,
        }
    }

    /// The definition of a function, and its module where that is another one.
    fn definition(&self, path: &str) -> Option<(&'a StmtFunctionDef, Option<&'a Module>)> {
        let name = path
            .strip_prefix(self.origin.path)
            .and_then(|name| name.strip_prefix('.'));
        if let (Some(name), None) = (name, self.home)
            && let Some(function) = self.functions.get(name)
        {
            return Some((function, None));
        }
        let (home, name) = path.rsplit_once('.')?;
        let home = match self.start.filter(|start| start.path == home) {
            Some(start) => start,
            None => self.modules.get(home)?,
        };
        Some((home.function(name)?, Some(home)))
    }

    fn call_definition(
        &mut self,
        function: &'a StmtFunctionDef,
        home: Option<&'a Module>,
        arguments: &Arguments,
    ) -> Option<Value> {
        if !self.may_call() || !function.body.iter().all(is_plain) {
            return None;
        }
        let Some(home) = home else {
            return self.inline(function, arguments);
        };
        let mut inner = self.inner(home);
        inner.scopes.push(Scope::default());
        let value = inner.inline(function, arguments);
        inner.doubts.clear();
        self.take_back(inner);
        value
    }

    /// Runs a function whose module's names are at hand.
    fn inline(&mut self, function: &'a StmtFunctionDef, arguments: &Arguments) -> Option<Value> {
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
    pub(super) fn parameters(&mut self, function: &'a StmtFunctionDef, arguments: &Arguments) -> Option<Scope> {
        let parameters = &function.parameters;
        let mut scope = Scope::default();
        let place = self.place_of(function.range);
        let mut bind = |name: &str, value| scope.insert(name.into(), Binding::shared(value, place));
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
                .map(|at| extra.remove(at).1);
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
                let items = extra
                    .into_iter()
                    .map(|(key, value)| (Value::Str(key.into()), value))
                    .collect();
                bind(rest.name.as_str(), Value::Dict(items));
            }
            None if !extra.is_empty() => return None,
            None => {}
        }
        Some(scope)
    }
}

impl Module {
    /// The definition of a plain function of this module.
    pub(super) fn function(&self, name: &str) -> Option<&StmtFunctionDef> {
        let place = self.functions.get(name)?;
        self.syntax.as_ref()?.function(*place)
    }
}

impl Modules {
    /// What a call of a function of one of the modules comes to.
    pub(super) fn call_function(
        &self,
        start: &Module,
        function: &Function,
        arguments: &Arguments,
        asked: &mut Vec<String>,
    ) -> Option<Value> {
        let mut interpreter = Interpreter::within(start, self, Some(start));
        let value = interpreter.call_function(function, arguments);
        asked.append(&mut interpreter.asked);
        value
    }

    /// As [`Interpreter::as_default`].
    pub(super) fn as_default(&self, start: &Module, function: Function) -> Value {
        Interpreter::within(start, self, Some(start)).as_default(function)
    }
}

/// Whether it is the part of a property that sets or deletes: `@name.setter`.
pub(super) fn is_setter(function: &StmtFunctionDef) -> bool {
    let mut decorators = function.decorator_list.iter();
    decorators.any(|decorator| match &decorator.expression {
        Expr::Attribute(attribute) => matches!(attribute.attr.as_str(), "setter" | "deleter"),
        _ => false,
    })
}

/// The data of a method.
pub(super) fn method(function: &StmtFunctionDef, place: Range) -> Method {
    let decorated = |names: &[&str]| {
        let mut decorators = function.decorator_list.iter();
        decorators.any(|decorator| match &decorator.expression {
            Expr::Name(name) => names.contains(&name.id.as_str()),
            Expr::Attribute(attribute) => names.contains(&attribute.attr.as_str()),
            _ => false,
        })
    };
    Method {
        name: function.name.to_string(),
        is_property: decorated(&["property", "cached_property"]),
        is_static: decorated(&["staticmethod"]),
        place,
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
            | Stmt::Try(_)
            | Stmt::Raise(_)
            | Stmt::Assert(_)
    )
}
