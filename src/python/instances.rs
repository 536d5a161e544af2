//! Objects that code of the project constructs, by the call that does: asked for attributes, their methods called.

use std::sync::Arc;

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::Resolved;
use super::calls::Arguments;
use super::evaluate::Interpreter;
use super::lineage::{Lineage, Receiver};
use super::methods;
use super::resolve::{Look, is_followed};
use crate::value::{Call, Value};

impl<'a> Interpreter<'a> {
    /// An attribute of an object given by the call that constructs it: `AppSettings("ACCOUNT_").UNIQUE_EMAIL`.
    pub(super) fn attribute_of_object(&mut self, call: &Call, name: &str) -> Option<Value> {
        self.with_object(call, |object| Some(object.self_attribute(name)))
    }

    /// What a method of such an object returns.
    pub(super) fn method_of_object(&mut self, call: &Call, method: &str, arguments: Arguments) -> Option<Value> {
        self.with_object(call, |object| {
            let receiver = object.receiver.as_ref()?;
            let mut classes = receiver.classes.iter();
            classes
                .any(|(_, class)| class.method(method).is_some())
                .then(|| object.own_method(method, arguments, 0))
        })
    }

    /// A method of an object that another module binds, as far as that was read: `shop.sql.maker.get_operations`. Nearly every
    /// call of something imported comes by here, so it asks for no module.
    pub(super) fn method_by_path(&mut self, path: &str, arguments: &Arguments) -> Option<Value> {
        let (owner, method) = path.rsplit_once('.')?;
        if !is_followed(owner) {
            return None;
        }
        match self.modules.look(self.start, owner) {
            Look::Found(Resolved::Value(Value::Call(call))) => self.method_of_object(call, method, arguments.clone()),
            Look::Found(_) | Look::Missing(_) | Look::Nothing(_) => None,
        }
    }

    /// Constructs the object and asks it; nothing where something on the way was not followed.
    fn with_object(&mut self, call: &Call, ask: impl FnOnce(&mut Self) -> Option<Value>) -> Option<Value> {
        let lineage = Lineage::of(self.modules, self.start, &call.path, &|_| false);
        self.asked.extend(lineage.asked);
        let (home, _) = *lineage.classes.first().filter(|_| self.may_call())?;
        let mut inner = self.inner(home);
        inner.receiver = Some(Receiver {
            classes: lineage.classes.into(),
            at: 0,
            base: Arc::default(),
        });
        let arguments = Arguments {
            args: call.args.clone(),
            kwargs: call.kwargs.clone(),
            ranges: Vec::new(),
        };
        inner.own_method("__init__", arguments, 0);
        let value = ask(&mut inner);
        let is_followed = inner.doubts.is_empty();
        inner.doubts.clear();
        self.take_back(inner);
        value.filter(|value| {
            let is_open = matches!(value, Value::Name(path) if path.starts_with('<')) || value.unknown().is_some();
            is_followed && !is_open
        })
    }

    /// `maker.add(..)` on a line of its own: the object is no longer what its constructor made, where the method changes it.
    pub(super) fn changed_by_call(&mut self, call: &'a ast::ExprCall) {
        let Some(attribute) = call.func.as_attribute_expr() else {
            return;
        };
        let Some((name, made)) = self.object_behind(&attribute.value) else {
            return;
        };
        let lineage = Lineage::of(self.modules, self.start, &made.path, &|_| false);
        let mut classes = lineage.classes.iter();
        let method = classes.find_map(|(module, class)| Some((*module, class.method(attribute.attr.as_str())?)));
        let is_changed = match method {
            Some((module, method)) => methods::may_change_itself(module, method),
            None => self.is_made_here(&made) || !attribute.value.is_name_expr(),
        };
        if is_changed {
            self.lose(&name, call.range());
        }
    }

    /// `maker.operations = ..`: what its constructor made of it is no longer so.
    pub(super) fn changed_by_assignment(&mut self, target: &'a Expr) {
        if let Some((name, made)) = self.object_behind(target) {
            let lineage = Lineage::of(self.modules, self.start, &made.path, &|_| false);
            if self.is_made_here(&made) || !lineage.classes.is_empty() || made.path.starts_with("django.db.") {
                self.lose(&name, target.range());
            }
        }
    }

    /// Whether its class is one of the module that is still being read.
    fn is_made_here(&self, made: &Call) -> bool {
        self.local_class(&Value::Name(made.path.clone())).is_some()
    }

    fn lose(&mut self, name: &str, range: TextRange) {
        let unknown = self.unknown(range, "changes an object in a way that is not followed");
        if let Some(binding) = self.binding_mut(name) {
            binding.value = unknown;
        }
    }

    /// The name that an expression begins with, and the call that made the object behind it.
    fn object_behind(&mut self, expression: &'a Expr) -> Option<(String, Arc<Call>)> {
        match expression {
            Expr::Attribute(attribute) => self.object_behind(&attribute.value),
            Expr::Subscript(subscript) => self.object_behind(&subscript.value),
            Expr::Name(name) => match &self.binding_mut(&name.id)?.value {
                Value::Call(made) => Some((name.id.to_string(), Arc::clone(made))),
                _ => None,
            },
            _ => None,
        }
    }
}
