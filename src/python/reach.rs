//! What may change the operations of a migration and is not followed.
//!
//! A module's statements are evaluated one by one, as far as they are understood ([`super::execute`]). Whatever else gets hold of
//! the list of operations, of another name of it, or of the class `Migration` may change what Django runs, and so may code
//! that changes Django's classes or sends SQL while the module is imported.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::FxHashSet;

use super::evaluate::shortened;
use super::flows::{self, MIGRATION};

/// Methods that change a list where it stands.
const MUTATORS: [&str; 8] = [
    "append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse",
];

/// Functions that only look at what they get.
const LOOKING: [&str; 21] = [
    "all",
    "any",
    "bool",
    "dict",
    "enumerate",
    "filter",
    "frozenset",
    "id",
    "isinstance",
    "iter",
    "len",
    "list",
    "map",
    "print",
    "repr",
    "reversed",
    "set",
    "sorted",
    "str",
    "tuple",
    "type",
];

/// Types whose methods get the object as an argument: `list.append(operations, ..)`.
const TYPES: [&str; 3] = ["list", "object", "type"];

/// Code that was not followed, and what it may do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unfollowed {
    pub range: TextRange,
    pub reason: String,
}

/// Finds it in the statements of a module. `import` says what a name of the module stands for.
pub(super) fn unfollowed(body: &[Stmt], text: &str, import: &dyn Fn(&str) -> Option<String>) -> Vec<Unfollowed> {
    let mut reach = Reach {
        text,
        import,
        flowing: flows::into_operations(body, import),
        functions: functions(body),
        is_class_made: false,
        found: Vec::new(),
    };
    reach.visit_body(body);
    reach.found
}

fn functions(body: &[Stmt]) -> Vec<&ast::StmtFunctionDef> {
    body.iter().filter_map(Stmt::as_function_def_stmt).collect()
}

struct Reach<'a> {
    text: &'a str,
    import: &'a dyn Fn(&str) -> Option<String>,
    flowing: flows::Flowing<'a>,
    functions: Vec<&'a ast::StmtFunctionDef>,
    /// Whether the class has its list of operations: what changes afterwards under another name is not followed.
    is_class_made: bool,
    found: Vec<Unfollowed>,
}

impl<'a> Reach<'a> {
    fn tell(&mut self, range: TextRange, what: &str) {
        let text = self.text.get(usize::from(range.start())..usize::from(range.end()));
        let reason = format!("`{}` {what}", shortened(text.unwrap_or_default()));
        if !self.found.iter().any(|found| found.range == range) {
            self.found.push(Unfollowed { range, reason });
        }
    }

    fn may_change(&mut self, range: TextRange) {
        self.tell(range, "may change the operations, and is not followed");
    }

    /// Whether an expression is the class, or something of what flows into its operations.
    fn is_tracked(&self, expression: &Expr) -> bool {
        root(expression).is_some_and(|name| name == MIGRATION || self.flowing.names.contains(name))
    }

    /// The same for the thing itself, which a call gets whole.
    fn is_handed(&self, expression: &Expr) -> bool {
        match expression {
            Expr::Name(name) => name.id == MIGRATION || self.flowing.names.contains(name.id.as_str()),
            Expr::Attribute(attribute) => attribute.attr.as_str() == "operations" && self.is_tracked(&attribute.value),
            Expr::Starred(starred) => self.is_handed(&starred.value),
            _ => false,
        }
    }

    fn path(&self, expression: &Expr) -> Option<String> {
        match expression {
            Expr::Name(name) => (self.import)(&name.id),
            Expr::Attribute(attribute) => Some(format!("{}.{}", self.path(&attribute.value)?, attribute.attr)),
            _ => None,
        }
    }

    /// A call that changes a list which the evaluation knows by this very name.
    fn is_followed(&self, call: &ast::ExprCall) -> bool {
        let Expr::Attribute(attribute) = call.func.as_ref() else {
            return false;
        };
        let is_of_class = matches!(attribute.value.as_ref(), Expr::Attribute(_)) && self.is_tracked(&attribute.value);
        match attribute.value.as_ref() {
            Expr::Name(name) => {
                let is_own = !self.flowing.aliased.contains(name.id.as_str()) && !self.is_class_made;
                let is_type = TYPES.contains(&name.id.as_str());
                is_own && !is_type
            }
            _ => is_of_class,
        }
    }

    fn call(&mut self, call: &'a ast::ExprCall) {
        let arguments = || {
            call.arguments
                .args
                .iter()
                .chain(call.arguments.keywords.iter().map(|keyword| &keyword.value))
        };
        let name = call.func.as_name_expr().map(|name| name.id.as_str());
        match name {
            Some("exec" | "eval" | "globals" | "locals" | "vars") => return self.may_change(call.range()),
            Some("setattr" | "delattr") => {
                if let Some(owner) = call.arguments.args.first() {
                    self.changed(owner, call.range());
                }
                return;
            }
            Some(_) | None => {}
        }
        let function = name.and_then(|name| self.function(name));
        if self.asks_database(call) || function.is_some_and(|function| self.reaches_database(function)) {
            return self.tell(
                call.range(),
                "runs while the module is imported: what it sends is not followed",
            );
        }
        let handed = arguments().any(|argument| self.is_handed(argument));
        if handed && !self.only_looks(call, name) {
            return self.may_change(call.range());
        }
        // A function of the module that has them in sight without being given them.
        if let Some(function) = function
            && self.flowing.changed_in(function, &MUTATORS)
        {
            self.may_change(call.range());
        }
    }

    /// A call of something of the connection: `connection.cursor()`.
    fn asks_database(&self, call: &ast::ExprCall) -> bool {
        self.path(root_expression(&call.func))
            .is_some_and(|path| is_connection(&path))
    }

    /// Whether a function of the module asks the database, or calls another one that does.
    fn reaches_database(&self, function: &'a ast::StmtFunctionDef) -> bool {
        let mut open = vec![function];
        let mut seen: FxHashSet<&str> = FxHashSet::default();
        while let Some(function) = open.pop() {
            if !seen.insert(function.name.as_str()) {
                continue;
            }
            let mut calls = Calls::default();
            calls.visit_body(&function.body);
            if calls.found.iter().any(|call| self.asks_database(call)) {
                return true;
            }
            let names = calls.found.iter().filter_map(|call| call.func.as_name_expr());
            open.extend(names.filter_map(|name| self.function(&name.id)));
        }
        false
    }

    fn function(&self, name: &str) -> Option<&'a ast::StmtFunctionDef> {
        let mut functions = self.functions.iter();
        functions.find(|function| function.name.as_str() == name).copied()
    }

    /// Whether a call leaves as it is what it gets.
    fn only_looks(&self, call: &ast::ExprCall, name: Option<&str>) -> bool {
        if let Some(path) = self.path(&call.func) {
            let name = path.rsplit('.').next().unwrap_or_default();
            return path.starts_with("django.") || path.starts_with("itertools.") || starts_as_class(name);
        }
        match name {
            Some(name)
                if self
                    .function(name)
                    .is_some_and(|function| flows::keeps_arguments(function, &MUTATORS)) =>
            {
                true
            }
            Some(name) if self.function(name).is_none() => LOOKING.contains(&name) || starts_as_class(name),
            Some(_) => false,
            None => {
                // `", ".join(names)`, `ops.extend(more)`: a method of something else.
                let method = call.func.as_attribute_expr();
                method.is_some_and(|method| {
                    let owner = method.value.as_name_expr().map(|owner| owner.id.as_str());
                    owner.is_none_or(|owner| !TYPES.contains(&owner))
                })
            }
        }
    }

    /// Something is set on an object.
    fn changed(&mut self, owner: &'a Expr, range: TextRange) {
        if self.is_tracked(owner) {
            self.may_change(range);
        } else if self
            .path(root_expression(owner))
            .is_some_and(|path| path.starts_with("django."))
        {
            self.tell(range, "changes Django itself, and is not followed");
        }
    }

    fn target(&mut self, target: &'a Expr) {
        match target {
            Expr::Attribute(attribute) => match attribute.value.as_ref() {
                // `Migration.operations = ..` is followed, and so is another name of the class.
                Expr::Name(name)
                    if !self.flowing.names.contains(name.id.as_str()) && self.path(&attribute.value).is_none() => {}
                owner => self.changed(owner, target.range()),
            },
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                elts.iter().for_each(|target| self.target(target));
            }
            _ => {}
        }
    }

    /// A handler runs only where its block fails: what it does to the operations may have happened, or not.
    fn handler(&mut self, handler: &'a ast::ExceptHandlerExceptHandler) {
        let mut names = FxHashSet::default();
        flows::bound(&handler.body, &mut names);
        let binds = names.iter().any(|name| self.flowing.names.contains(name));
        if binds || self.flowing.changed_by(&handler.body, &MUTATORS) {
            self.may_change(handler.range());
        }
    }
}

impl<'a> Visitor<'a> for Reach<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            // What a function does counts where it is called.
            Stmt::FunctionDef(_) | Stmt::Import(_) | Stmt::ImportFrom(_) => return,
            Stmt::ClassDef(class) if class.name.as_str() == MIGRATION => {
                self.visit_body(&class.body);
                self.is_class_made = true;
                return;
            }
            Stmt::ClassDef(_) => return,
            Stmt::Expr(expression) => {
                if let Expr::Call(call) = expression.value.as_ref()
                    && self.is_followed(call)
                {
                    call.arguments
                        .args
                        .iter()
                        .for_each(|argument| self.visit_expr(argument));
                    return;
                }
            }
            Stmt::Assign(assign) => {
                assign.targets.iter().for_each(|target| self.target(target));
                let is_class = |target: &Expr| target.as_name_expr().is_some_and(|name| name.id == MIGRATION);
                if assign.targets.iter().any(is_class) {
                    visitor::walk_stmt(self, statement);
                    self.is_class_made = true;
                    return;
                }
            }
            Stmt::AnnAssign(assign) => self.target(&assign.target),
            Stmt::Try(attempt) => {
                for ast::ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    self.handler(handler);
                }
            }
            _ => {}
        }
        visitor::walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(call) => self.call(call),
            // `add = operations.append`; what is called is told as a call.
            Expr::Attribute(attribute) => {
                let is_changing = MUTATORS.contains(&attribute.attr.as_str()) || attribute.attr.as_str() == "__dict__";
                if is_changing && self.is_tracked(&attribute.value) {
                    self.may_change(expression.range());
                }
            }
            Expr::Lambda(_) => return,
            _ => {}
        }
        visitor::walk_expr(self, expression);
    }
}

/// The calls in the body of a function; what functions within it do, it may only return.
#[derive(Default)]
struct Calls<'a> {
    found: Vec<&'a ast::ExprCall>,
}

impl<'a> Visitor<'a> for Calls<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if !statement.is_function_def_stmt() {
            visitor::walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        self.found.extend(expression.as_call_expr());
        if !expression.is_lambda_expr() {
            visitor::walk_expr(self, expression);
        }
    }
}

/// The name that a chain of attributes, items and calls begins with.
fn root(expression: &Expr) -> Option<&str> {
    root_expression(expression).as_name_expr().map(|name| name.id.as_str())
}

fn root_expression(expression: &Expr) -> &Expr {
    match expression {
        Expr::Attribute(attribute) => match attribute.value.as_ref() {
            // `db.connection`: the path of a module.
            Expr::Name(_) if attribute.attr.as_str() == "connection" || attribute.attr.as_str() == "connections" => {
                expression
            }
            inner => root_expression(inner),
        },
        Expr::Subscript(subscript) => root_expression(&subscript.value),
        Expr::Call(call) => root_expression(&call.func),
        expression => expression,
    }
}

fn is_connection(path: &str) -> bool {
    path == "django.db.connection" || path == "django.db.connections"
}

/// What is called like a class makes an object of what it gets.
fn starts_as_class(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}
