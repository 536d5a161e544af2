//! Objects of classes that were read: constructed, asked for attributes, their methods run.

use std::sync::Arc;

use ruff_python_ast as ast;
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use super::calls::Arguments;
use super::evaluate::{Binding, Interpreter, Scope};
use super::execute::Flow;
use super::lineage::{Lineage, Receiver};
use super::resolve::IRRELEVANT;
use super::{Class, Method, Module, Modules, operators};
use crate::source::Range;
use crate::value::{Call, Value};

/// How `self` appears among values; its attributes are `<self>.attribute`.
pub(super) const SELF: &str = "<self>";
/// What a method of the class that is not followed returned is `<base>.method`; its arguments stand there too.
const BASE: &str = "<base>";

/// Among what methods return: the class that needs no reading calls `to_python` in its `get_prep_value`.
pub const CALLS_TO_PYTHON: &str = "<to_python>";

/// Calls on lines of their own that were not followed.
const EFFECTS: &str = "<effects>";

/// What `Field.__init__` of Django sets: what a subclass set before is lost.
#[rustfmt::skip]
const SET_BY_DJANGO: &[&str] = &[
    "blank", "choices", "db_column", "db_comment", "db_default", "db_index", "db_tablespace", "decimal_places",
    "default", "editable", "max_digits", "max_length", "null", "primary_key", "unique", "validators", "verbose_name",
];

/// An object of a class that derives, through classes that were read, from one that needs no reading.
pub struct Object<'m> {
    modules: &'m Modules,
    start: &'m Module,
    lineage: Lineage<'m>,
    attributes: Scope,
    asked: Vec<String>,
}

/// What reaches the class that needs no reading.
#[derive(Debug)]
pub struct Constructed {
    /// Positional arguments.
    pub args: Vec<Value>,
    /// Keyword arguments.
    pub kwargs: Vec<(String, Value)>,
    /// What was not followed on the way.
    pub doubts: Vec<String>,
    /// Whether any constructor was run.
    pub is_changed: bool,
    /// Whether a constructor changed an attribute of something that is not the object.
    pub changes_arguments: bool,
}

impl<'m> Object<'m> {
    /// An object of the class with this path, seen from the module that everything began with.
    /// `is_known` names the classes that need no reading.
    #[must_use]
    pub fn new(modules: &'m Modules, start: &'m Module, path: &str, is_known: &dyn Fn(&str) -> bool) -> Self {
        let mut lineage = Lineage::of(modules, Some(start), path, is_known);
        Self {
            modules,
            start,
            asked: std::mem::take(&mut lineage.asked),
            lineage,
            attributes: Scope::default(),
        }
    }

    /// The class that needs no reading, if one was reached.
    #[must_use]
    pub fn base(&self) -> Option<&str> {
        self.lineage.base.as_deref()
    }

    /// Base classes that were not found.
    #[must_use]
    pub fn missing(&self) -> &[String] {
        &self.lineage.missing
    }

    /// The path of the class in the module that defines it.
    #[must_use]
    pub fn path(&self) -> Option<String> {
        let (module, class) = self.lineage.classes.first()?;
        Some(format!("{}.{}", module.path, class.name))
    }

    /// Whether one of the classes that were read defines this method.
    #[must_use]
    pub fn defines(&self, method: &str) -> bool {
        self.lineage
            .classes
            .iter()
            .any(|(_, class)| class.method(method).is_some())
    }

    /// An attribute of the object or of its classes, as it is known now.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        self.set_attribute(name).or_else(|| self.class_attribute(name))
    }

    /// An attribute of the classes that were read.
    #[must_use]
    pub fn class_attribute(&self, name: &str) -> Option<&Value> {
        let mut classes = self.lineage.classes.iter();
        let attribute = classes.find_map(|(_, class)| class.attribute(name))?;
        Some(&attribute.value)
    }

    /// An attribute that a constructor set after that of Django.
    #[must_use]
    pub fn set_attribute(&self, name: &str) -> Option<&Value> {
        let mut attributes = self.attributes.iter();
        let (_, binding) = attributes.find(|(key, _)| own_name(key) == Some(name))?;
        Some(&binding.value)
    }

    /// Sets an attribute.
    pub fn set(&mut self, name: &str, value: Value) {
        let range = Range::default();
        self.attributes
            .insert(format!("{SELF}.{name}").into(), Binding::shared(value, range));
    }

    /// Runs the constructors on a call, down to that of the class that needs no reading.
    pub fn construct(&mut self, call: &Call) -> Constructed {
        let arguments = Arguments {
            args: call.args.clone(),
            kwargs: call.kwargs.clone(),
            ranges: Vec::new(),
        };
        self.attributes.shift_remove(EFFECTS);
        if !self.defines("__init__") {
            return Constructed {
                args: arguments.args,
                kwargs: arguments.kwargs,
                doubts: Vec::new(),
                is_changed: false,
                changes_arguments: false,
            };
        }
        let (_, mut doubts) = self.run("__init__", arguments, &[]);
        let changes_arguments = self.effects().iter().any(|effect| effect.unknown().is_some());
        self.attributes.shift_remove(EFFECTS);
        let passed = self.passed("__init__");
        let (args, kwargs) = match passed {
            Some((args, kwargs)) => (args, kwargs),
            None => {
                doubts.push("`__init__` of its base class is not certain to be called".to_owned());
                (call.args.clone(), call.kwargs.clone())
            }
        };
        Constructed {
            args,
            kwargs,
            doubts,
            is_changed: true,
            changes_arguments,
        }
    }

    /// What a method returns; `None` if no class that was read defines it. `returns` says what methods of the class
    /// that needs no reading return; what others of them return is [`Object::is_base_result`].
    pub fn call(&mut self, method: &str, args: Vec<Value>, returns: &[(&'static str, Value)]) -> Option<Value> {
        if !self.defines(method) {
            return None;
        }
        let arguments = Arguments {
            args,
            ..Arguments::default()
        };
        let (value, doubts) = self.run(method, arguments, returns);
        match doubts.into_iter().next() {
            Some(doubt) => Some(Value::Unknown(crate::value::Unknown {
                reason: doubt.clone(),
                source: doubt,
                range: Range::default(),
                alternatives: None,
                about: None,
            })),
            None => Some(value),
        }
    }

    /// What a method that was run handed to that of the class that needs no reading.
    #[must_use]
    #[allow(
        clippy::type_complexity,
        reason = "positional and keyword arguments, as everywhere here"
    )]
    pub fn passed(&self, method: &str) -> Option<(Vec<Value>, Vec<(String, Value)>)> {
        let binding = self.attributes.get(format!("{BASE}.{method}").as_str())?;
        let Value::Tuple(parts) = &binding.value else {
            return None;
        };
        let [Value::List(args), Value::Dict(kwargs)] = parts.as_slice() else {
            return None;
        };
        let kwargs = kwargs
            .iter()
            .map(|(name, value)| Some((name.as_str()?.to_owned(), value.clone())));
        Some((args.clone(), kwargs.collect::<Option<_>>()?))
    }

    /// Whether a value is what the same method of the class that needs no reading returned.
    #[must_use]
    pub fn is_base_result(value: &Value, method: &str) -> bool {
        matches!(value, Value::Name(path) if path.strip_prefix(BASE).and_then(|path| path.strip_prefix('.')) == Some(method))
    }

    /// Calls on lines of their own, in methods run by [`Object::call`] since the last [`Object::construct`], that were
    /// not followed; something else than a call where nobody knows how often they ran.
    #[must_use]
    pub fn effects(&self) -> &[Value] {
        match self.attributes.get(EFFECTS).map(|binding| &binding.value) {
            Some(Value::List(effects)) => effects,
            Some(value) => std::slice::from_ref(value),
            None => &[],
        }
    }

    /// Calls that were not followed until now count no longer.
    pub fn forget_effects(&mut self) {
        self.attributes.shift_remove(EFFECTS);
    }

    /// Its classes, nearest first.
    pub(super) fn classes(&self) -> &[(&'m Module, &'m Class)] {
        &self.lineage.classes
    }

    /// Modules that have to be read before all can be said.
    #[must_use]
    pub fn asked(&self) -> &[String] {
        &self.asked
    }

    fn run(&mut self, method: &str, arguments: Arguments, returns: &[(&'static str, Value)]) -> (Value, Vec<String>) {
        let mut interpreter = Interpreter::within(self.start, self.modules, Some(self.start));
        interpreter.scopes = vec![std::mem::take(&mut self.attributes)];
        interpreter.receiver = Some(Receiver {
            classes: self.lineage.classes.as_slice().into(),
            at: 0,
            base: Arc::new(returns.iter().cloned().collect::<FxHashMap<_, _>>()),
        });
        let value = interpreter.own_method(method, arguments, 0);
        self.attributes = interpreter.scopes.swap_remove(0);
        self.asked.append(&mut interpreter.asked);
        (value, interpreter.doubts)
    }
}

/// The name of an attribute of `self`.
fn own_name(key: &str) -> Option<&str> {
    key.strip_prefix(SELF)?.strip_prefix('.')
}

impl<'a> Interpreter<'a> {
    /// A call on a line of its own: while a method runs it is kept, as nobody knows what it does.
    pub(super) fn effect(&mut self, expression: &'a ast::Expr) {
        if self.receiver.is_none() {
            return;
        }
        let value = self.evaluate(expression);
        let is_followed =
            operators::is_constant(&value) || matches!(&value, Value::Name(path) if path.starts_with(BASE));
        if is_followed {
            return;
        }
        self.keep_effect(value);
    }

    /// An assignment to an attribute of something that is not at hand.
    pub(super) fn unplaced(&mut self, target: &'a ast::Expr) {
        if self.receiver.is_some() {
            let unknown = self.unknown(target.range(), "is changed in a way that is not followed");
            self.keep_effect(unknown);
        }
    }

    fn keep_effect(&mut self, value: Value) {
        match self.binding_mut(EFFECTS) {
            Some(Binding {
                value: Value::List(effects),
                ..
            }) => effects.push(value),
            Some(_) => {}
            None => self.bind(EFFECTS, Value::List(vec![value]), Range::default()),
        }
    }

    /// `super().method(...)`, `super(Class, self).method(...)` and `Base.method(self, ...)`, if this is one of them.
    pub(super) fn super_call(&mut self, call: &'a ast::ExprCall) -> Option<Value> {
        let receiver = self.receiver.as_ref()?;
        let attribute = call.func.as_attribute_expr()?;
        let method = attribute.attr.as_str();
        let by_super = attribute.value.as_call_expr();
        let by_super = by_super
            .and_then(|call| call.func.as_name_expr())
            .is_some_and(|name| name.id == "super");
        if by_super {
            let next = receiver.at + 1;
            return Some(match self.arguments(&call.arguments) {
                Ok(arguments) => self.own_method(method, arguments, next),
                Err(unknown) => self.unfollowed(unknown),
            });
        }
        let first = call.arguments.args.first()?.as_name_expr()?;
        let receiver_name = self.scopes.last()?.get(first.id.as_str()).map(|binding| &binding.value);
        if !matches!(receiver_name, Some(Value::Name(path)) if path == SELF) {
            return None;
        }
        let Value::Name(class) = self.evaluate(&attribute.value) else {
            return None;
        };
        let mut arguments = match self.arguments(&call.arguments) {
            Ok(arguments) => arguments,
            Err(unknown) => return Some(self.unfollowed(unknown)),
        };
        arguments.args.remove(0);
        let receiver = self.receiver.as_ref()?;
        let is_named = |(module, own): &(&Module, &Class)| {
            class.strip_prefix(&module.path).and_then(|name| name.strip_prefix('.')) == Some(&own.name)
        };
        let at = receiver
            .classes
            .iter()
            .position(is_named)
            .unwrap_or(receiver.classes.len());
        Some(self.own_method(method, arguments, at))
    }

    fn unfollowed(&mut self, value: Value) -> Value {
        if let Value::Unknown(unknown) = &value {
            self.doubts.push(unknown.reason.clone());
        }
        value
    }

    /// Runs the method of the first class from `from` on that has it, else that of the class below them all.
    pub(super) fn own_method(&mut self, method: &str, arguments: Arguments, from: usize) -> Value {
        let Some(receiver) = self.receiver.clone() else {
            return Value::Name(format!("{SELF}.{method}"));
        };
        let rest = receiver.classes.iter().enumerate().skip(from);
        let mut found = rest.filter_map(|(at, (module, class))| Some((at, *module, class.method(method)?)));
        match found.next() {
            Some((at, module, method)) => {
                let receiver = Receiver { at, ..receiver };
                self.run_method(module, method, receiver, arguments)
            }
            None => self.base_method(method, arguments, &receiver),
        }
    }

    fn run_method(
        &mut self,
        module: &'a Module,
        method: &Method,
        receiver: Receiver<'a>,
        mut arguments: Arguments,
    ) -> Value {
        let function = module.syntax.as_ref().and_then(|syntax| syntax.function(method.place));
        let Some(function) = function.filter(|_| self.may_call()) else {
            self.doubts.push(format!("`{}` is not followed", method.name));
            return Value::Name(format!("{SELF}.{}", method.name));
        };
        let mut inner = self.inner(module);
        if !method.is_static {
            arguments.args.insert(0, Value::Name(SELF.to_owned()));
        }
        inner.receiver = Some(receiver);
        inner.scopes = vec![std::mem::take(&mut self.scopes[0])];
        let value = match inner.parameters(function, &arguments) {
            Some(scope) => {
                inner.scopes.push(scope);
                let flow = inner.execute(&function.body);
                inner.scopes.truncate(1);
                match flow {
                    Flow::Return(value) => value,
                    Flow::Raise => {
                        inner.doubts.push(format!("`{}` raises an error", method.name));
                        Value::None
                    }
                    Flow::Next | Flow::Break | Flow::Continue => Value::None,
                }
            }
            None => {
                inner
                    .doubts
                    .push(format!("`{}` gets arguments that it does not take", method.name));
                Value::None
            }
        };
        self.scopes[0] = inner.scopes.swap_remove(0);
        self.take_back(inner);
        value
    }

    /// What is not followed: its arguments are kept.
    fn base_method(&mut self, method: &str, mut arguments: Arguments, receiver: &Receiver<'a>) -> Value {
        let range = Range::default();
        if method == "__init__" {
            for (name, value) in &mut arguments.kwargs {
                if !IRRELEVANT.contains(&name.as_str()) {
                    let named = std::mem::replace(value, Value::None);
                    *value = self.settle(named);
                }
            }
        }
        let scope = &mut self.scopes[0];
        if method == "__init__" {
            scope.retain(|key, _| !own_name(key).is_some_and(|name| SET_BY_DJANGO.contains(&name)));
            for (name, value) in &arguments.kwargs {
                let value = value.clone();
                scope.insert(format!("{SELF}.{name}").into(), Binding::shared(value, range));
            }
        }
        let given = arguments.args.first().cloned();
        let scope = &mut self.scopes[0];
        let kwargs = arguments.kwargs.into_iter();
        let kwargs = kwargs.map(|(name, value)| (Value::Str(name.into()), value)).collect();
        let value = Value::Tuple(vec![Value::List(arguments.args), Value::Dict(kwargs)]);
        scope.insert(format!("{BASE}.{method}").into(), Binding::shared(value, range));
        // Django's conversions are those of the class that is not followed: whoever asks applies them to the result.
        match (method, given) {
            ("get_prep_value", Some(given)) if receiver.base.contains_key(CALLS_TO_PYTHON) => {
                let arguments = Arguments {
                    args: vec![given],
                    ..Arguments::default()
                };
                return self.own_method("to_python", arguments, 0);
            }
            ("get_prep_value" | "get_db_prep_value" | "get_db_prep_save" | "to_python", Some(given)) => return given,
            _ => {}
        }
        match receiver.base.get(method) {
            Some(value) => value.clone(),
            None => Value::Name(format!("{BASE}.{method}")),
        }
    }

    /// `self.name`: as set, else of a class, else a property's value, else the name.
    pub(super) fn self_attribute(&mut self, name: &str) -> Value {
        let key = format!("{SELF}.{name}");
        if let Some(binding) = self.scopes.first().and_then(|scope| scope.get(key.as_str())) {
            return binding.value.clone();
        }
        let Some(receiver) = self.receiver.clone() else {
            return Value::Name(key);
        };
        for (at, (module, class)) in receiver.classes.iter().enumerate() {
            if let Some(attribute) = class.attribute(name) {
                return attribute.value.clone();
            }
            if let Some(method) = class.method(name) {
                if !method.is_property {
                    break;
                }
                let receiver = Receiver { at, ..receiver.clone() };
                return self.run_method(module, method, receiver, Arguments::default());
            }
        }
        Value::Name(key)
    }
}
