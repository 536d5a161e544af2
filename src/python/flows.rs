//! Which names of a module flow into the operations of its migration.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Stmt};
use rustc_hash::FxHashSet;

/// The class that Django looks for.
pub(super) const MIGRATION: &str = "Migration";

/// What Django asks the class for.
const ATTRIBUTES: [&str; 6] = [
    "atomic",
    "dependencies",
    "initial",
    "operations",
    "replaces",
    "run_before",
];

/// Names of lists, and of what they hold.
#[derive(Default)]
pub(super) struct Flowing<'a> {
    pub names: FxHashSet<&'a str>,
    /// Those that are one object with another name.
    pub aliased: FxHashSet<&'a str>,
    /// Objects that are asked for operations: any of their methods may give them more.
    objects: FxHashSet<&'a str>,
}

/// The names that are the operations, or a part of them. A name of a constant is none: nothing changes it.
pub(super) fn into_operations<'a>(body: &'a [Stmt], import: &dyn Fn(&str) -> Option<String>) -> Flowing<'a> {
    let class = class_called(body, MIGRATION).unwrap_or_default();
    let mut variables = FxHashSet::default();
    bound(body, &mut variables);
    bound(class, &mut variables);
    variables.retain(|name| !ATTRIBUTES.contains(name) && !is_constant(name, body));
    let mut flowing = Flowing::default();
    flowing.names.insert("operations");
    // Nearly all migrations: no list but the class's own.
    if variables.is_empty() {
        return flowing;
    }
    for statement in class {
        if let Some(value) = value_of(statement, "operations") {
            flow(value, import, &mut flowing.names);
            asked_objects(value, &mut flowing.objects);
        }
    }
    for value in body.iter().filter_map(|statement| value_of(statement, MIGRATION)) {
        attributes_of_type(value, import, &mut flowing);
    }
    flowing.objects.retain(|name| variables.contains(name));
    flowing
        .names
        .retain(|name| *name == "operations" || variables.contains(name));
    flowing.names.extend(&flowing.objects);
    flowing.follow(&[body, class]);
    flowing
}

/// The body of the class with a name, or of the class that the name is given to: `Migration = Other`.
fn class_called<'a>(body: &'a [Stmt], name: &str) -> Option<&'a [Stmt]> {
    let mut classes = body.iter().rev().filter_map(Stmt::as_class_def_stmt);
    let class = classes.find(|class| class.name.as_str() == name);
    class.map(|class| class.body.as_slice()).or_else(|| {
        let other = body.iter().rev().find_map(|statement| value_of(statement, name))?;
        let other = other.as_name_expr().filter(|other| other.id != *name)?;
        let mut classes = body.iter().rev().filter_map(Stmt::as_class_def_stmt);
        let class = classes.find(|class| class.name.as_str() == other.id.as_str());
        class.map(|class| class.body.as_slice())
    })
}

/// What flows into `type("Migration", bases, {"operations": ..})`, and the dict itself where it has a name.
fn attributes_of_type<'a>(value: &'a Expr, import: &dyn Fn(&str) -> Option<String>, flowing: &mut Flowing<'a>) {
    let Some(call) = value.as_call_expr() else { return };
    match call.arguments.args.get(2) {
        Some(Expr::Dict(attributes)) => {
            for item in &attributes.items {
                flow(&item.value, import, &mut flowing.names);
                asked_objects(&item.value, &mut flowing.objects);
            }
        }
        Some(attributes) => flow(attributes, import, &mut flowing.names),
        None => {}
    }
}

impl<'a> Flowing<'a> {
    /// Adds what flows into names that flow, and other names of them.
    fn follow(&mut self, bodies: &[&'a [Stmt]]) {
        // Each turn follows one assignment more; more than these nobody writes.
        for _ in 0..4 {
            let before = self.names.len();
            for statement in bodies.iter().flat_map(|body| body.iter()) {
                let Stmt::Assign(assign) = statement else { continue };
                let targets = assign.targets.iter().filter_map(Expr::as_name_expr);
                let targets: Vec<&'a str> = targets.map(|target| target.id.as_str()).collect();
                if let Expr::Name(source) = assign.value.as_ref() {
                    let source = source.id.as_str();
                    let is_one = targets
                        .iter()
                        .any(|target| self.names.contains(target) || self.names.contains(source));
                    // The class takes its list once, which is what is looked at afterwards.
                    let targets = targets.iter().filter(|target| **target != "operations");
                    for target in targets.filter(|_| is_one) {
                        self.names.extend([*target, source]);
                        self.aliased.extend([*target, source]);
                    }
                } else if targets.iter().any(|target| self.names.contains(target)) {
                    let mut more = FxHashSet::default();
                    flow(&assign.value, &|_| None, &mut more);
                    self.names.extend(more);
                }
            }
            if self.names.len() == before {
                return;
            }
        }
    }

    /// Whether a function changes one of the names that it has in sight.
    pub(super) fn changed_in(&self, function: &'a ast::StmtFunctionDef, mutators: &[&str]) -> bool {
        let mut own: FxHashSet<&str> = parameters(function).collect();
        bound(&function.body, &mut own);
        for statement in &function.body {
            if let Stmt::Global(global) = statement {
                global.names.iter().for_each(|name| _ = own.remove(name.as_str()));
            }
        }
        let names = self.names.iter().copied().chain([MIGRATION]);
        let names: FxHashSet<&str> = names.filter(|name| !own.contains(name)).collect();
        let objects: FxHashSet<&str> = self
            .objects
            .iter()
            .copied()
            .filter(|name| !own.contains(name))
            .collect();
        is_changed(&function.body, &names, mutators) || asks_one(&function.body, &objects)
    }

    /// Whether statements change one of the names.
    pub(super) fn changed_by(&self, body: &'a [Stmt], mutators: &[&str]) -> bool {
        let names: FxHashSet<&str> = self.names.iter().copied().chain([MIGRATION]).collect();
        is_changed(body, &names, mutators)
    }
}

/// Whether statements call a method of one of the objects.
fn asks_one(body: &[Stmt], objects: &FxHashSet<&str>) -> bool {
    struct Search<'s> {
        objects: &'s FxHashSet<&'s str>,
        found: bool,
    }
    impl<'v> Visitor<'v> for Search<'_> {
        fn visit_expr(&mut self, expression: &'v Expr) {
            let method = expression.as_call_expr().and_then(|call| call.func.as_attribute_expr());
            let owner = method.and_then(|method| method.value.as_name_expr());
            self.found |= owner.is_some_and(|owner| self.objects.contains(owner.id.as_str()));
            visitor::walk_expr(self, expression);
        }
    }
    let mut search = Search { objects, found: false };
    if !objects.is_empty() {
        search.visit_body(body);
    }
    search.found
}

/// Whether a function leaves its arguments as they are: it changes none, and hands none on.
pub(super) fn keeps_arguments(function: &ast::StmtFunctionDef, mutators: &[&str]) -> bool {
    let names: FxHashSet<&str> = parameters(function).collect();
    !is_changed(&function.body, &names, mutators)
}

fn parameters(function: &ast::StmtFunctionDef) -> impl Iterator<Item = &str> {
    function.parameters.iter().map(|parameter| parameter.name().as_str())
}

/// Whether statements change an object that one of the names stands for, or hand it to code that may.
fn is_changed(body: &[Stmt], names: &FxHashSet<&str>, mutators: &[&str]) -> bool {
    struct Search<'s> {
        names: &'s FxHashSet<&'s str>,
        mutators: &'s [&'s str],
        found: bool,
    }
    impl Search<'_> {
        fn is_one(&self, expression: &Expr) -> bool {
            match expression {
                Expr::Name(name) => self.names.contains(name.id.as_str()),
                Expr::Attribute(ast::ExprAttribute { value, .. })
                | Expr::Subscript(ast::ExprSubscript { value, .. })
                | Expr::Starred(ast::ExprStarred { value, .. }) => self.is_one(value),
                _ => false,
            }
        }
    }
    impl<'v> Visitor<'v> for Search<'_> {
        fn visit_stmt(&mut self, statement: &'v Stmt) {
            let targets: &[Expr] = match statement {
                Stmt::Assign(assign) => &assign.targets,
                Stmt::AugAssign(assign) => std::slice::from_ref(assign.target.as_ref()),
                Stmt::Delete(delete) => &delete.targets,
                Stmt::Global(global) => {
                    self.found |= global.names.iter().any(|name| self.names.contains(name.as_str()));
                    &[]
                }
                _ => &[],
            };
            let is_augmented = statement.is_aug_assign_stmt();
            self.found |= targets
                .iter()
                .any(|target| (is_augmented || !target.is_name_expr()) && self.is_one(target));
            visitor::walk_stmt(self, statement);
        }

        fn visit_expr(&mut self, expression: &'v Expr) {
            match expression {
                Expr::Attribute(attribute) if self.mutators.contains(&attribute.attr.as_str()) => {
                    self.found |= self.is_one(&attribute.value);
                }
                Expr::Call(call) => {
                    let is_setting = call.func.as_name_expr().is_some_and(|name| name.id == "setattr");
                    self.found |= is_setting && call.arguments.args.first().is_some_and(|owner| self.is_one(owner));
                }
                _ => {}
            }
            visitor::walk_expr(self, expression);
        }
    }
    let mut search = Search {
        names,
        mutators,
        found: false,
    };
    search.visit_body(body);
    search.found
}

/// What an expression is made of as it is: a list that is named, the items of a list, what is added to it.
fn flow<'a>(expression: &'a Expr, import: &dyn Fn(&str) -> Option<String>, names: &mut FxHashSet<&'a str>) {
    match expression {
        Expr::Name(name) => {
            names.insert(name.id.as_str());
        }
        Expr::List(ast::ExprList { elts, .. }) | Expr::Tuple(ast::ExprTuple { elts, .. }) => {
            elts.iter().for_each(|item| flow(item, import, names));
        }
        Expr::Starred(starred) => flow(&starred.value, import, names),
        Expr::BinOp(operation) => {
            flow(&operation.left, import, names);
            flow(&operation.right, import, names);
        }
        Expr::If(choice) => {
            flow(&choice.body, import, names);
            flow(&choice.orelse, import, names);
        }
        Expr::Call(call) if holds(&call.func, import) => {
            let keywords = call.arguments.keywords.iter().map(|keyword| &keyword.value);
            let arguments = call.arguments.args.iter().chain(keywords);
            arguments.for_each(|argument| flow(argument, import, names));
        }
        _ => {}
    }
}

/// The names of objects in `builder.operations()` and `builder.steps`, where that is the list or a part of it.
fn asked_objects<'a>(expression: &'a Expr, names: &mut FxHashSet<&'a str>) {
    match expression {
        Expr::List(ast::ExprList { elts, .. }) | Expr::Tuple(ast::ExprTuple { elts, .. }) => {
            elts.iter().for_each(|item| asked_objects(item, names));
        }
        Expr::Starred(starred) => asked_objects(&starred.value, names),
        Expr::BinOp(operation) => {
            asked_objects(&operation.left, names);
            asked_objects(&operation.right, names);
        }
        Expr::Call(call) => {
            if let Expr::Attribute(attribute) = call.func.as_ref() {
                asked_objects(attribute.value.as_ref(), names);
                names.extend(attribute.value.as_name_expr().map(|name| name.id.as_str()));
            }
        }
        Expr::Attribute(attribute) => names.extend(attribute.value.as_name_expr().map(|name| name.id.as_str())),
        _ => {}
    }
}

/// Whether what is called keeps its arguments: a class of Django, or a list.
fn holds(callee: &Expr, import: &dyn Fn(&str) -> Option<String>) -> bool {
    match callee {
        Expr::Name(name) if matches!(name.id.as_str(), "list" | "tuple" | "sorted") => true,
        Expr::Name(name) => import(&name.id).is_some_and(|path| path.starts_with("django.")),
        Expr::Attribute(attribute) => holds(&attribute.value, import),
        _ => false,
    }
}

/// The names that statements bind, those in blocks included.
pub(super) fn bound<'a>(body: &'a [Stmt], names: &mut FxHashSet<&'a str>) {
    for statement in body {
        match statement {
            Stmt::Assign(assign) => assign.targets.iter().for_each(|target| targets(target, names)),
            Stmt::AnnAssign(assign) => targets(&assign.target, names),
            Stmt::AugAssign(assign) => targets(&assign.target, names),
            Stmt::For(repeated) => {
                targets(&repeated.target, names);
                bound(&repeated.body, names);
            }
            Stmt::While(repeated) => bound(&repeated.body, names),
            Stmt::With(with) => bound(&with.body, names),
            Stmt::If(conditional) => {
                bound(&conditional.body, names);
                conditional
                    .elif_else_clauses
                    .iter()
                    .for_each(|clause| bound(&clause.body, names));
            }
            Stmt::Try(attempt) => {
                for body in [&attempt.body, &attempt.orelse, &attempt.finalbody] {
                    bound(body, names);
                }
                for ast::ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    bound(&handler.body, names);
                }
            }
            _ => {}
        }
    }
}

fn targets<'a>(target: &'a Expr, names: &mut FxHashSet<&'a str>) {
    match target {
        Expr::Name(name) => {
            names.insert(name.id.as_str());
        }
        Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
            elts.iter().for_each(|target| targets(target, names));
        }
        Expr::Starred(starred) => targets(&starred.value, names),
        _ => {}
    }
}

/// Whether all that a name is bound to is a text or a number.
fn is_constant(name: &str, body: &[Stmt]) -> bool {
    let mut values = body.iter().filter_map(|statement| value_of(statement, name)).peekable();
    values.peek().is_some() && values.all(Expr::is_literal_expr)
}

/// What a statement binds a name to.
fn value_of<'a>(statement: &'a Stmt, wanted: &str) -> Option<&'a Expr> {
    let is_it = |target: &Expr| target.as_name_expr().is_some_and(|name| name.id == *wanted);
    match statement {
        Stmt::Assign(assign) if assign.targets.iter().any(is_it) => Some(&assign.value),
        Stmt::AnnAssign(assign) if is_it(&assign.target) => assign.value.as_deref(),
        _ => None,
    }
}
