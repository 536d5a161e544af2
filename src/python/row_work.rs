//! What the functions of `RunPython` do to rows: loops over querysets, `update()` and `delete()`, by their code alone.
//!
//! A queryset is followed through the names that it is bound to. A slice or a key makes it a batch; what its rows are used
//! for is not asked.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Comprehension, Expr, ExprCall, Stmt, StmtFunctionDef};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Module, Modules};
use crate::row_work::{Reach, RowWork};

/// Functions that call each other deeper than this are not followed.
const MAX_CALLS: usize = 6;

/// Tables of Django's own that stay small.
const SMALL: &[(&str, &str)] = &[
    ("auth", "group"),
    ("auth", "permission"),
    ("contenttypes", "contenttype"),
    ("sites", "site"),
];

/// Methods of a queryset that give a value, no rows to go through.
const SINGLE: &[&str] = &[
    "aggregate",
    "bulk_create",
    "contains",
    "count",
    "create",
    "earliest",
    "exists",
    "explain",
    "first",
    "get",
    "get_or_create",
    "last",
    "latest",
    "none",
    "update_or_create",
];

/// Methods of a queryset that leave its rows as they are.
const SAME: &[&str] = &[
    "alias",
    "all",
    "annotate",
    "db_manager",
    "defer",
    "extra",
    "get_queryset",
    "in_bulk",
    "iterator",
    "only",
    "order_by",
    "prefetch_related",
    "reverse",
    "select_for_update",
    "select_related",
    "using",
    "values",
    "values_list",
];

/// Methods that change one object, or objects that were gathered before. Nobody waits for rows that are new.
const WRITING: &[&str] = &["bulk_update", "delete", "save", "update", "update_or_create"];

/// Functions that hand their first argument's items on.
const PASSING: &[&str] = &[
    "enumerate",
    "iter",
    "list",
    "reversed",
    "set",
    "sorted",
    "tqdm",
    "tuple",
];

type Functions<'a> = FxHashMap<&'a str, &'a StmtFunctionDef>;

/// What each function of a module does.
pub(super) fn of_module(body: &[Stmt]) -> FxHashMap<String, RowWork> {
    let functions = functions(body);
    let work =
        |(name, function): (&&str, &&StmtFunctionDef)| ((*name).to_owned(), of_function(function, &functions, 0));
    functions.iter().map(work).collect()
}

fn functions(body: &[Stmt]) -> Functions<'_> {
    let definitions = body.iter().filter_map(|statement| match statement {
        Stmt::FunctionDef(function) => Some((function.name.as_str(), function)),
        _ => None,
    });
    definitions.collect()
}

fn of_function<'a>(function: &'a StmtFunctionDef, functions: &'a Functions<'a>, calls: usize) -> RowWork {
    let mut reader = Reader {
        functions,
        calls,
        models: FxHashMap::default(),
        queries: FxHashMap::default(),
        made: FxHashSet::default(),
        work: RowWork::none(),
    };
    reader.visit_body(&function.body);
    reader.work
}

impl Modules {
    /// What the function with this dotted path does, whether the migration itself or another module defines it.
    #[must_use]
    pub fn row_work(&self, start: &Module, path: &str) -> RowWork {
        let Some((home, name)) = path.rsplit_once('.') else {
            return RowWork::default();
        };
        if home == start.path {
            return start.row_work.get(name).cloned().unwrap_or_default();
        }
        let module = self.get(home);
        let syntax = module.and_then(|module| module.syntax.as_ref());
        let work = syntax.map(|syntax| of_module(syntax.statements()));
        work.and_then(|mut work| work.remove(name)).unwrap_or_default()
    }
}

/// A set of rows.
#[derive(Clone, Debug)]
struct Query {
    reach: Reach,
    model: Option<(String, String)>,
}

struct Reader<'a> {
    functions: &'a Functions<'a>,
    calls: usize,
    /// Names bound to `apps.get_model(..)`.
    models: FxHashMap<&'a str, (String, String)>,
    /// Names bound to querysets.
    queries: FxHashMap<&'a str, Query>,
    /// Names bound to objects that the function itself made.
    made: FxHashSet<&'a str>,
    work: RowWork,
}

impl<'a> Visitor<'a> for Reader<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(assignment) => {
                if let [Expr::Name(name)] = assignment.targets.as_slice() {
                    self.bind(name.id.as_str(), &assignment.value);
                }
            }
            Stmt::For(repeated) => self.go_through(&repeated.iter),
            _ => {}
        }
        visitor::walk_stmt(self, statement);
    }

    fn visit_comprehension(&mut self, comprehension: &'a Comprehension) {
        self.go_through(&comprehension.iter);
        visitor::walk_comprehension(self, comprehension);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(call) => self.call(call),
            Expr::Named(named) => {
                if let Expr::Name(name) = named.target.as_ref() {
                    self.bind(name.id.as_str(), &named.value);
                }
            }
            _ => {}
        }
        visitor::walk_expr(self, expression);
    }
}

impl<'a> Reader<'a> {
    fn bind(&mut self, name: &'a str, value: &'a Expr) {
        if self.makes_object(value) {
            self.made.insert(name);
        } else {
            self.made.remove(name);
        }
        if let Some(model) = got_model(value) {
            self.models.insert(name, model);
        } else if let Some(query) = self.query(value) {
            self.queries.insert(name, query);
        } else {
            self.queries.remove(name);
        }
    }

    fn go_through(&mut self, iterated: &'a Expr) {
        if let Some(query) = self.query(iterated) {
            self.note(query, false);
        }
    }

    fn note(&mut self, query: Query, writes: bool) {
        self.work.add(RowWork {
            reach: query.reach,
            model: query.model,
            writes,
        });
    }

    fn call(&mut self, call: &'a ExprCall) {
        match call.func.as_ref() {
            Expr::Attribute(method) => {
                let name = method.attr.as_str();
                if matches!(name, "update" | "delete")
                    && let Some(query) = self.query(&method.value)
                {
                    self.note(query, true);
                }
                let is_dictionary = name == "update" && self.query(&method.value).is_none();
                let is_new = self.is_made(&method.value);
                self.work.writes |= WRITING.contains(&name) && !is_dictionary && !is_new;
            }
            Expr::Name(name) if self.calls < MAX_CALLS => {
                if let Some(function) = self.functions.get(name.id.as_str()) {
                    self.work.add(of_function(function, self.functions, self.calls + 1));
                }
            }
            _ => {}
        }
    }

    /// `Order(number=1)`, of a class that `apps.get_model` gave.
    fn makes_object(&self, value: &Expr) -> bool {
        let Expr::Call(call) = value else { return false };
        match call.func.as_ref() {
            Expr::Name(class) => self.models.contains_key(class.id.as_str()),
            class => got_model(class).is_some(),
        }
    }

    fn is_made(&self, object: &Expr) -> bool {
        match object {
            Expr::Name(name) => self.made.contains(name.id.as_str()),
            object => self.makes_object(object),
        }
    }

    /// The rows that an expression stands for, if it is a queryset.
    fn query(&self, expression: &'a Expr) -> Option<Query> {
        match expression {
            Expr::Name(name) => self.queries.get(name.id.as_str()).cloned(),
            Expr::Named(named) => self.query(&named.value),
            Expr::Attribute(attribute) => is_manager(attribute.attr.as_str()).then(|| self.all_of(&attribute.value))?,
            Expr::Subscript(slice) => self.query(&slice.value).map(|query| sliced(query, &slice.slice)),
            Expr::Call(call) => self.called(call),
            _ => None,
        }
    }

    fn called(&self, call: &'a ExprCall) -> Option<Query> {
        match call.func.as_ref() {
            Expr::Attribute(method) => {
                let query = self.query(&method.value)?;
                method_of(query, method.attr.as_str(), call)
            }
            Expr::Name(name) if PASSING.contains(&name.id.as_str()) => self.query(call.arguments.args.first()?),
            _ => None,
        }
    }

    /// All rows of a model: `Order.objects`, `apps.get_model("shop", "Order").objects`. Not those of a related manager.
    fn all_of(&self, owner: &'a Expr) -> Option<Query> {
        let model = match owner {
            Expr::Name(name) => self.models.get(name.id.as_str()).cloned(),
            owner => Some(got_model(owner)?),
        };
        let is_small = model
            .as_ref()
            .is_some_and(|(app, name)| SMALL.contains(&(app.as_str(), name.to_lowercase().as_str())));
        let reach = if is_small { Reach::Few } else { Reach::All };
        Some(Query { reach, model })
    }
}

fn method_of(query: Query, method: &str, call: &ExprCall) -> Option<Query> {
    if SINGLE.contains(&method) {
        return None;
    }
    if SAME.contains(&method) {
        return Some(query);
    }
    let names_keys = call.arguments.keywords.iter().any(|keyword| {
        let name = keyword.arg.as_ref().map_or("", |name| name.as_str());
        matches!(name, "pk" | "id" | "pk__in" | "id__in" | "pk__range" | "id__range")
    });
    let reach = if method == "filter" && names_keys {
        Reach::Few
    } else {
        query.reach.min(Reach::Some)
    };
    Some(Query { reach, ..query })
}

/// `[:1000]` is a batch; `[1000:]` is not.
fn sliced(query: Query, slice: &Expr) -> Query {
    let is_open = matches!(slice, Expr::Slice(slice) if slice.upper.is_none());
    let reach = if is_open { query.reach } else { Reach::Few };
    Query { reach, ..query }
}

fn is_manager(attribute: &str) -> bool {
    matches!(
        attribute,
        "objects" | "_default_manager" | "_base_manager" | "all_objects"
    )
}

/// `apps.get_model("shop", "Order")` or `apps.get_model("shop.Order")`
fn got_model(expression: &Expr) -> Option<(String, String)> {
    let Expr::Call(call) = expression else { return None };
    let Expr::Attribute(method) = call.func.as_ref() else {
        return None;
    };
    if method.attr.as_str() != "get_model" {
        return None;
    }
    let keyword = |name: &str| call.arguments.find_keyword(name).map(|keyword| &keyword.value);
    let app = call.arguments.args.first().or_else(|| keyword("app_label"));
    let model = call.arguments.args.get(1).or_else(|| keyword("model_name"));
    match (app.and_then(literal), model.and_then(literal)) {
        (Some(app), Some(model)) => Some((app.to_owned(), model.to_owned())),
        (Some(label), None) => label
            .split_once('.')
            .map(|(app, model)| (app.to_owned(), model.to_owned())),
        (None, _) => None,
    }
}

fn literal(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::StringLiteral(literal) => Some(literal.value.to_str()),
        _ => None,
    }
}
