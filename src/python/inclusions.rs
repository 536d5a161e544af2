//! Names that a module gets from elsewhere: `import *`, and code that is handed the module's own namespace.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::evaluate::{Interpreter, Scope};
use crate::source::Range;
use crate::value::Value;

/// Something that gives a module names which its own statements do not bind.
#[derive(Debug)]
pub struct Inclusion {
    /// Where they come from.
    pub origin: Origin,
    /// Whether the module goes on without it: it stands in a `try` or behind a condition.
    pub is_optional: bool,
    /// Names that the module bound before, and not again: this has the last word on them.
    overridden: Vec<String>,
}

/// Where names come from.
#[derive(Debug)]
pub enum Origin {
    /// `from m import *`, by the module's dotted path.
    Star(String),
    /// `exec(open("base.py").read())`, split-settings' `include("base.py")`, `globals().update(...)`, and whatever else is
    /// called with the namespace; by the call.
    Code(Value),
}

impl Inclusion {
    /// Whether it comes after all that the module itself binds to the name.
    #[must_use]
    pub fn overrides(&self, name: &str) -> bool {
        self.overridden.iter().any(|overridden| overridden == name)
    }
}

/// An inclusion while its module is being read.
pub(super) struct Included {
    origin: Origin,
    is_optional: bool,
    place: Range,
}

/// The inclusions of a module, now that all it binds is known.
pub(super) fn finished(inclusions: Vec<Included>, names: &Scope) -> Vec<Inclusion> {
    let finish = |included: Included| {
        let before = names.iter().filter(|(name, binding)| {
            is_setting(name) && binding.range.file == included.place.file && binding.range.end <= included.place.start
        });
        Inclusion {
            overridden: before.map(|(name, _)| name.to_string()).collect(),
            origin: included.origin,
            is_optional: included.is_optional,
        }
    };
    inclusions.into_iter().map(finish).collect()
}

fn is_setting(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase()) && !name.contains(|letter: char| letter.is_lowercase())
}

impl<'a> Interpreter<'a> {
    /// Notes `from m import *`.
    pub(super) fn include_star(&mut self, module: &str, place: Range) {
        self.included(Origin::Star(module.to_owned()), place);
    }

    /// Notes a call that writes into the module's namespace.
    pub(super) fn inclusion(&mut self, expression: &'a Expr) {
        let Expr::Call(call) = expression else { return };
        if self.is_module_level() && self.writes_namespace(call) {
            let place = self.place_of(call.range());
            match self.evaluate(expression) {
                Value::Call(call) if call.path == ".update" => match call.args.get(1) {
                    Some(Value::Dict(items)) => self.bind_items(items, place),
                    // django-environ's `vars().update(env.email_url("EMAIL_URL"))` has settings of mail alone.
                    Some(Value::Call(of_mail)) if matches!(of_mail.path.as_str(), ".email_url" | ".email") => {}
                    Some(_) | None => self.included(Origin::Code(Value::Call(call)), place),
                },
                value => self.included(Origin::Code(value), place),
            }
        }
    }

    /// `globals().update({"NAME": value})`.
    fn bind_items(&mut self, items: &[(Value, Value)], place: Range) {
        for (name, value) in items {
            if let Value::Str(name) = name {
                self.bind(name, value.clone(), place);
            }
        }
    }

    /// `globals()["NAME"] = value`.
    pub(super) fn include_item(&mut self, subscript: &'a ast::ExprSubscript, value: Value, place: Range) {
        match self.evaluate(&subscript.slice) {
            Value::Str(name) if self.is_module_level() => self.bind(&name, value, place),
            _ => {
                let unknown = self.unknown(subscript.range, "may be any name");
                self.included(Origin::Code(unknown), place);
            }
        }
    }

    fn included(&mut self, origin: Origin, place: Range) {
        if self.is_module_level() {
            let is_optional = self.perhaps > 0;
            self.inclusions.push(Included {
                origin,
                is_optional,
                place,
            });
        }
    }

    fn is_module_level(&self) -> bool {
        self.home.is_none() && self.scopes.len() == 1
    }

    /// Whether a call gets the namespace of the module, or is one that always writes there.
    fn writes_namespace(&self, call: &'a ast::ExprCall) -> bool {
        let arguments = call.arguments.args.iter();
        let named = call.arguments.keywords.iter().map(|keyword| &keyword.value);
        if arguments.chain(named).any(is_namespace) {
            return true;
        }
        match call.func.as_ref() {
            Expr::Name(name) => matches!(name.id.as_str(), "exec" | "execfile" | "include"),
            Expr::Attribute(attribute) => match attribute.attr.as_str() {
                "update" => is_namespace(&attribute.value),
                // split_settings.tools.include
                "include" => matches!(attribute.value.as_ref(), Expr::Name(_) | Expr::Attribute(_)),
                _ => false,
            },
            _ => false,
        }
    }
}

/// `globals()`, `locals()`, `vars()`, `__name__`, `sys.modules[__name__]`.
pub(super) fn is_namespace(expression: &Expr) -> bool {
    match expression {
        Expr::Name(name) => name.id.as_str() == "__name__",
        Expr::Call(call) => {
            let name = call.func.as_name_expr().map(|name| name.id.as_str());
            call.arguments.is_empty() && matches!(name, Some("globals" | "locals" | "vars"))
        }
        Expr::Subscript(subscript) => {
            let modules = subscript.value.as_attribute_expr();
            modules.is_some_and(|modules| modules.attr.as_str() == "modules") && is_namespace(&subscript.slice)
        }
        Expr::Attribute(attribute) => attribute.attr.as_str() == "__dict__" && is_namespace(&attribute.value),
        _ => false,
    }
}
