//! Values that a decision hangs on: names of other modules, settings and calls are looked up as far as they were read.

use ruff_python_ast::{self as ast, Expr};

use super::calls::Arguments;
use super::evaluate::Interpreter;
use super::operators::{self, truth};
use super::resolve::{Look, is_followed};
use super::{Resolved, Setting};
use crate::value::{Call, Function, Value};

/// A chain of names that lead to names is no longer than this.
const MAX_HOPS: usize = 16;

impl<'a> Interpreter<'a> {
    /// Whether an expression is true, where that is certain.
    pub(super) fn decides(&mut self, expression: &'a Expr) -> Option<bool> {
        let value = self.evaluate(expression);
        match truth(&value) {
            Some(truth) => Some(truth),
            None => truth(&self.settle(value)),
        }
    }

    /// What a value comes to. Modules that would have to be read first are asked for.
    pub(super) fn settle(&mut self, value: Value) -> Value {
        let mut value = value;
        for _ in 0..MAX_HOPS {
            value = match value {
                Value::Name(path) => match self.settled_name(&path) {
                    Some(next) => next,
                    None => return Value::Name(path),
                },
                Value::Call(call) => match self.settled_call(&call) {
                    Some(next) => next,
                    None => return Value::Call(call),
                },
                Value::Setting(name) => {
                    return match self.modules.settings.get(&name) {
                        Setting::Known(value) if name != "DATABASES" => value.clone(),
                        Setting::Absent if name == "AUTH_USER_MODEL" => {
                            self.assume(&name);
                            Value::Str("auth.User".into())
                        }
                        Setting::Known(_) | Setting::Unknown | Setting::Absent => Value::Setting(name),
                    };
                }
                Value::Operation(operator, mut items) => {
                    let (Some(right), Some(left), true) = (items.pop(), items.pop(), items.is_empty()) else {
                        return Value::Operation(operator, items);
                    };
                    let (left, right) = (self.settle(left), self.settle(right));
                    return operators::binary(operator, left, right);
                }
                value => return value,
            };
        }
        value
    }

    fn settled_name(&mut self, path: &str) -> Option<Value> {
        if !is_followed(path) {
            return None;
        }
        if self.is_own(path) {
            return self.own_member(path);
        }
        match self.modules.look(self.start, path) {
            Look::Found(Resolved::Value(value)) => self.may_copy(value).then(|| value.clone()),
            Look::Found(Resolved::Class(..)) => None,
            Look::Missing(module) => {
                self.asked.push(module);
                None
            }
            Look::Nothing(end) => self.computed_attribute(&end),
        }
    }

    /// What a path of another module leads to; a module that would have to be read first is asked for.
    pub(super) fn look(&mut self, path: &str) -> Option<Resolved<'a>> {
        if !is_followed(path) || self.is_own(path) {
            return None;
        }
        match self.modules.look(self.start, path) {
            Look::Found(found) => Some(found),
            Look::Missing(module) => {
                self.asked.push(module);
                None
            }
            Look::Nothing(_) => None,
        }
    }

    /// Whether a path leads to this very module while it is being read.
    fn is_own(&self, path: &str) -> bool {
        let name = path
            .strip_prefix(self.origin.path)
            .and_then(|name| name.strip_prefix('.'));
        let first = name.and_then(|name| name.split('.').next());
        first.is_some_and(|first| self.home.is_none() && self.scopes[0].contains_key(first))
    }

    /// An attribute that a module's own `__getattr__` gives (PEP 562), or of an object that the module binds.
    fn computed_attribute(&mut self, path: &str) -> Option<Value> {
        let (owner, name) = path.rsplit_once('.')?;
        if let Some(module) = self.modules.get(owner) {
            module.function("__getattr__")?;
            let function = Function {
                path: format!("{owner}.__getattr__"),
                returns: None,
            };
            let arguments = Arguments {
                args: vec![Value::Str(name.into())],
                ..Arguments::default()
            };
            return self.call_function(&function, &arguments);
        }
        match self.modules.look(self.start, owner) {
            Look::Found(Resolved::Value(Value::Call(call))) => self.attribute_of_object(call, name),
            Look::Found(_) | Look::Missing(_) | Look::Nothing(_) => None,
        }
    }

    fn settled_call(&mut self, call: &Call) -> Option<Value> {
        if !is_followed(&call.path) || self.is_own(&call.path) {
            return None;
        }
        let arguments = Arguments {
            args: call.args.clone(),
            kwargs: call.kwargs.clone(),
            ranges: Vec::new(),
        };
        let function = match self.modules.look(self.start, &call.path) {
            Look::Found(Resolved::Value(Value::Function(function))) => function,
            Look::Missing(module) => {
                self.asked.push(module);
                return None;
            }
            Look::Found(_) | Look::Nothing(_) => return self.method_by_path(&call.path, &arguments),
        };
        self.call_function(function, &arguments)
    }

    /// `get_user_model()._meta.app_label` and the like.
    pub(super) fn option_of_user_model(&mut self, attribute: &'a ast::ExprAttribute) -> Option<Value> {
        let Expr::Attribute(meta) = attribute.value.as_ref() else {
            return None;
        };
        if meta.attr.as_str() != "_meta" {
            return None;
        }
        match self.evaluate(&meta.value) {
            Value::Call(call) if call.path == "django.contrib.auth.get_user_model" => {}
            _ => return None,
        }
        let Value::Str(label) = self.settle(Value::Setting("AUTH_USER_MODEL".to_owned())) else {
            return None;
        };
        let (app, model) = label.split_once('.')?;
        let option = match attribute.attr.as_str() {
            "app_label" => app.to_owned(),
            "object_name" => model.to_owned(),
            "model_name" => model.to_lowercase(),
            "label" => label.to_string(),
            "label_lower" => format!("{app}.{}", model.to_lowercase()),
            _ => return None,
        };
        Some(Value::Str(option.into()))
    }

    /// `getattr(object, name)`.
    pub(super) fn get_attribute(&mut self, object: &Value, name: &str, otherwise: Option<&Value>) -> Option<Value> {
        match object {
            Value::Name(path) if path == "django.conf.settings" => self.get_setting(name, otherwise),
            Value::Name(path) if path == super::objects::SELF => match self.self_attribute(name) {
                Value::Name(path) if path.starts_with('<') => None,
                value => Some(value),
            },
            Value::Name(path) if is_followed(path) => {
                let value = self.settle(Value::Name(format!("{path}.{name}")));
                (!matches!(value, Value::Name(_))).then_some(value)
            }
            Value::Call(call) => self.attribute_of_object(call, name),
            _ => None,
        }
    }

    fn get_setting(&mut self, name: &str, otherwise: Option<&Value>) -> Option<Value> {
        let value = self.named(&format!("django.conf.settings.{name}"));
        let is_absent = self.modules.settings.get(name) == Setting::Absent;
        match (value, otherwise) {
            (Value::Setting(name), Some(otherwise)) if is_absent && name != "AUTH_USER_MODEL" => {
                self.assume(&name);
                Some(otherwise.clone())
            }
            (value, _) => Some(value),
        }
    }
}
