//! What the text of a method shows of it where running it does not decide.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Stmt, StmtFunctionDef};

use super::{Method, Module, Object};

impl Object<'_> {
    /// The definitions of a method, of each class that has it.
    fn definitions(&self, method: &str) -> impl Iterator<Item = &StmtFunctionDef> {
        self.classes().iter().filter_map(move |(module, class)| {
            let place = class.method(method)?.place;
            module.syntax.as_ref()?.function(place)
        })
    }

    /// Whether a method assigns to an attribute of `self`.
    #[must_use]
    pub fn changes_itself(&self, method: &str) -> bool {
        self.definitions(method).any(|function| Seen::of(function).sets_itself)
    }

    /// Whether a method calls the one of its base class.
    #[must_use]
    pub fn calls_base(&self, method: &'static str) -> bool {
        self.definitions(method).any(|function| {
            let mut seen = Seen::named(function);
            seen.method = method;
            seen.visit_body(&function.body);
            seen.calls_base
        })
    }

    /// Whether a method has the word, as a name, an attribute, a keyword or a text.
    #[must_use]
    pub fn has_word(&self, method: &str, word: &'static str) -> bool {
        self.definitions(method).any(|function| {
            let mut seen = Seen::named(function);
            seen.wanted = Some(word);
            seen.visit_body(&function.body);
            seen.has_wanted
        })
    }

    /// Whether a `contribute_to_class` calls Django's and leaves the model's columns alone beside: most bind descriptors,
    /// methods and signals.
    #[must_use]
    pub fn adds_no_column(&self) -> bool {
        let mut definitions = self.definitions("contribute_to_class");
        definitions.all(|function| {
            let mut seen = Seen::named(function);
            seen.method = "contribute_to_class";
            seen.visit_body(&function.body);
            seen.calls_base && !seen.hands_model_on && !seen.touches_columns
        })
    }
}

/// Whether a method may change its object: it assigns to an attribute, or asks one for a method, or hands itself on.
pub(super) fn may_change_itself(module: &Module, method: &Method) -> bool {
    let syntax = module.syntax.as_ref();
    let Some(function) = syntax.and_then(|syntax| syntax.function(method.place)) else {
        return true;
    };
    let seen = Seen::of(function);
    seen.sets_itself || seen.calls_itself
}

/// What was seen in a method.
#[derive(Default)]
struct Seen<'a> {
    /// The names of its first two parameters: the object, and the model where it gets one.
    own: &'a str,
    model: &'a str,
    /// The method, whose call of its base's is looked for.
    method: &'static str,
    wanted: Option<&'static str>,
    has_wanted: bool,
    sets_itself: bool,
    calls_itself: bool,
    calls_base: bool,
    hands_model_on: bool,
    touches_columns: bool,
}

impl<'a> Seen<'a> {
    fn of(function: &'a StmtFunctionDef) -> Self {
        let mut seen = Self::named(function);
        seen.visit_body(&function.body);
        seen
    }

    fn named(function: &'a StmtFunctionDef) -> Self {
        let mut parameters = function.parameters.iter().map(|parameter| parameter.name().as_str());
        Self {
            own: parameters.next().unwrap_or_default(),
            model: parameters.next().unwrap_or_default(),
            ..Self::default()
        }
    }

    fn is_own(&self, expression: &Expr) -> bool {
        expression
            .as_name_expr()
            .is_some_and(|name| name.id.as_str() == self.own)
    }

    /// `self`, or something of it.
    fn is_of_own(&self, expression: &Expr) -> bool {
        match expression {
            Expr::Attribute(attribute) => self.is_of_own(&attribute.value),
            Expr::Subscript(subscript) => self.is_of_own(&subscript.value),
            _ => self.is_own(expression),
        }
    }

    fn is_model(&self, expression: &Expr) -> bool {
        expression
            .as_name_expr()
            .is_some_and(|name| name.id.as_str() == self.model)
    }

    fn target(&mut self, target: &Expr) {
        match target {
            Expr::Attribute(attribute) => {
                self.sets_itself |= self.is_own(&attribute.value);
                self.touches_columns |= is_of_meta(&attribute.value);
            }
            Expr::Subscript(subscript) => {
                self.touches_columns |= is_of_meta(&subscript.value);
                self.calls_itself |= self.is_of_own(&subscript.value);
            }
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                elts.iter().for_each(|target| self.target(target));
            }
            _ => {}
        }
    }

    fn call(&mut self, function: &Expr, first: Option<&Expr>) {
        let (name, is_of_base) = match function {
            Expr::Attribute(attribute) => (attribute.attr.as_str(), is_super(&attribute.value)),
            Expr::Name(name) => (name.id.as_str(), false),
            _ => ("", false),
        };
        let owner = function.as_attribute_expr().map(|attribute| attribute.value.as_ref());
        self.calls_itself |=
            owner.is_some_and(|owner| self.is_of_own(owner)) || first.is_some_and(|first| self.is_of_own(first));
        self.touches_columns |= owner.is_some_and(is_of_meta) && !matches!(name, "get_field" | "get_fields");
        match name {
            name if is_of_base && name == self.method => self.calls_base = true,
            "add_to_class" | "contribute_to_class" => self.hands_model_on = true,
            "getattr" | "setattr" | "hasattr" | "issubclass" | "super" => {}
            _ => self.hands_model_on |= first.is_some_and(|first| self.is_model(first)),
        }
    }

    fn word(&mut self, word: &str) {
        self.has_wanted |= self.wanted == Some(word);
    }
}

/// `cls._meta`, or something of it.
fn is_of_meta(expression: &Expr) -> bool {
    match expression {
        Expr::Attribute(attribute) => attribute.attr.as_str() == "_meta" || is_of_meta(&attribute.value),
        Expr::Subscript(subscript) => is_of_meta(&subscript.value),
        _ => false,
    }
}

/// `super()`, with arguments or without.
fn is_super(expression: &Expr) -> bool {
    let call = expression.as_call_expr();
    let name = call.and_then(|call| call.func.as_name_expr());
    name.is_some_and(|name| name.id.as_str() == "super")
}

impl<'a> Visitor<'a> for Seen<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(assign) => assign.targets.iter().for_each(|target| self.target(target)),
            Stmt::AnnAssign(assign) => self.target(&assign.target),
            Stmt::AugAssign(assign) => self.target(&assign.target),
            _ => {}
        }
        visitor::walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(call) => {
                self.call(&call.func, call.arguments.args.first());
                for keyword in &call.arguments.keywords {
                    if let Some(name) = &keyword.arg {
                        self.word(name.as_str());
                    }
                }
            }
            Expr::Attribute(attribute) => {
                let name = attribute.attr.as_str();
                self.word(name);
                let is_column = matches!(name, "column" | "null") || name.starts_with("db_");
                self.touches_columns |= is_column && self.is_own(&attribute.value);
            }
            Expr::Name(name) => self.word(name.id.as_str()),
            Expr::StringLiteral(text) => self.word(text.value.to_str()),
            _ => {}
        }
        visitor::walk_expr(self, expression);
    }
}
