//! Names to what they stand for: of the function, the functions around it, the module, and other modules.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::super::resolve::{Look, is_followed};
use super::super::{Module, Resolved, canonical, constants, operators};
use super::Runner;
use super::data::{Closure, Datum, Definition};
use super::standard_library::is_of_python;
use crate::value::Value;

/// A name re-exported through more modules than this is left alone.
const MAX_HOPS: usize = 32;

impl<'a> Runner<'a> {
    pub(super) fn name(&mut self, name: &str) -> Datum<'a> {
        let datum = match self.state.lookup(self.frame, name) {
            Some(bound) => bound.clone(),
            None => self.global(self.home(), name),
        };
        self.constant_of(datum)
    }

    /// The constant of another module that a name stands for; else the name.
    fn constant_of(&mut self, datum: Datum<'a>) -> Datum<'a> {
        match datum.as_name() {
            Some(path) if is_followed(path) && !is_of_python(path) => {}
            Some(_) | None => return datum,
        }
        let path = datum.as_name().unwrap_or_default().to_owned();
        match self.of_path(&path) {
            found @ (Datum::Text(_) | Datum::List(_) | Datum::Dict(_) | Datum::Path(_) | Datum::Made(_)) => found,
            Datum::Constant(value) if !matches!(*value, Value::Name(_) | Value::Unknown(_)) => Datum::Constant(value),
            _ => datum,
        }
    }

    /// What a name of a module is bound to at its end.
    pub(super) fn global(&mut self, home: &'a Module, name: &str) -> Datum<'a> {
        let key = (home.path.as_str(), name.to_owned());
        match self.globals.get(&key) {
            Some(Some(datum)) => return datum.clone(),
            Some(None) => return Datum::unknown("is defined by itself"),
            None => {}
        }
        self.globals.insert(key.clone(), None);
        let datum = self.bound_in(home, name);
        // Lists and objects may be changed by who has them: each use has its own.
        match datum {
            Datum::List(_) | Datum::Dict(_) | Datum::Object(_) | Datum::Made(_) => self.globals.remove(&key),
            _ => self.globals.insert(key, Some(datum.clone())),
        };
        datum
    }

    fn bound_in(&mut self, home: &'a Module, name: &str) -> Datum<'a> {
        match home.bindings.get(name) {
            Some(Value::Function(function)) => match self.definition(home, name) {
                Some(definition) => self.closure_in(home, definition),
                None if function.path == "<lambda>" || function.path.starts_with(home.path.as_str()) => {
                    self.assigned(home, name, None)
                }
                None => self.of_path(&function.path),
            },
            Some(Value::Name(path)) => match own_class(home, path) {
                Some(class) => Datum::Class(home, class),
                None => special(path),
            },
            // A flag may be one of the settings, which decides nothing.
            Some(value) if operators::is_constant(value) && !matches!(value, Value::Bool(_)) => {
                self.of_value(value, home)
            }
            Some(value) => self.assigned(home, name, Some(value)),
            None if home.class(name).is_some() => match home.class(name) {
                Some(class) => Datum::Class(home, class),
                None => Datum::unknown("is not bound"),
            },
            None if constants::is_builtin(name) => Datum::name(format!("builtins.{name}")),
            None if name == "__file__" => super::files::of_module(home),
            None if name == "__name__" => Datum::text(&home.path),
            None if name == "__package__" => Datum::text(package(home)),
            None if self.is_of_migration(home, name) => self.of_migration(home, name),
            None if home.star_imports.is_empty() => Datum::unknown(&format!("`{name}` is not bound in this module")),
            None => match home.star_imports.as_slice() {
                [star] => special(&canonical(&format!("{star}.{name}"))),
                stars => match self.modules.exporter(stars, name) {
                    Ok(Some(star)) => special(&canonical(&format!("{star}.{name}"))),
                    Ok(None) => Datum::unknown(&format!("`{name}` may come from any of several `import *`")),
                    Err(unread) => {
                        self.asked.extend(unread);
                        Datum::unknown(&format!("`{name}` may come from any of several `import *`"))
                    }
                },
            },
        }
    }

    /// Whether the class of the migration binds the name, which its operations see.
    fn is_of_migration(&self, home: &'a Module, name: &str) -> bool {
        std::ptr::eq(home, self.start) && migration_body(home).is_some_and(|body| assigned(body, name).is_some())
    }

    fn of_migration(&mut self, home: &'a Module, name: &str) -> Datum<'a> {
        match migration_body(home).and_then(|body| assigned(body, name)) {
            Some(written) => self.at_module(home, |runner| runner.bound_by(written)),
            None => Datum::unknown(&format!("`{name}` is not bound in this module")),
        }
    }

    /// The expression that a module binds a name to, run; else the value that is known of it.
    fn assigned(&mut self, home: &'a Module, name: &str, value: Option<&'a Value>) -> Datum<'a> {
        let written = home
            .syntax
            .as_ref()
            .and_then(|syntax| assigned(syntax.statements(), name));
        match (written, value) {
            // A statement further down made of it what is not followed.
            (Some((written, _)), Some(Value::Unknown(unknown)))
                if unknown.range.file == home.source.id && unknown.range.start >= u32::from(written.range().end()) =>
            {
                Datum::unknown(&unknown.reason)
            }
            (Some(written), _) => self.at_module(home, |runner| runner.bound_by(written)),
            (None, Some(value)) => self.of_value(value, home),
            (None, None) => Datum::unknown(&format!("`{name}` is not followed")),
        }
    }

    /// What an assignment binds a name to.
    fn bound_by(&mut self, (expression, at): Assigned<'a>) -> Datum<'a> {
        let datum = self.evaluate(expression);
        let Some(at) = at else { return datum };
        match self.state.items(&datum) {
            Some((items, false)) => match items.get(at) {
                Some(item) => item.clone(),
                None => Datum::unknown("is unpacked in a way that is not followed"),
            },
            Some((_, true)) | None => self.part_of(&datum),
        }
    }

    /// Evaluates among the names of a module.
    fn at_module<T>(&mut self, home: &'a Module, run: impl FnOnce(&mut Self) -> T) -> T {
        let frame = self.new_frame(home, None);
        let own = std::mem::replace(&mut self.frame, frame);
        let result = run(self);
        self.frame = own;
        result
    }

    /// The definition of a function at the top of a module.
    pub(super) fn definition(&self, home: &'a Module, name: &str) -> Option<&'a StmtFunctionDef> {
        last_definition(home.syntax.as_ref()?.statements(), name)
    }

    /// A function of a module, decorated.
    pub(super) fn closure_in(&mut self, home: &'a Module, definition: &'a StmtFunctionDef) -> Datum<'a> {
        let plain = Closure {
            definition: Definition::Function(definition),
            home,
            outer: None,
            receiver: None,
            first: None,
            is_atomic: false,
            is_context: false,
            limits: Vec::new(),
        };
        self.at_module(home, |runner| runner.decorated(plain, &definition.decorator_list))
    }

    /// What a dotted path leads to, through any number of modules.
    pub(super) fn of_path(&mut self, path: &str) -> Datum<'a> {
        let mut path = canonical(path).into_owned();
        for _ in 0..MAX_HOPS {
            let next = match self.one_hop(&path) {
                Ok(datum) => return datum,
                Err(next) => canonical(&next).into_owned(),
            };
            if next == path {
                break;
            }
            path = next;
        }
        Datum::name(path)
    }

    /// What its module says of a path; another path where it is imported from elsewhere.
    fn one_hop(&mut self, path: &str) -> Result<Datum<'a>, String> {
        if !is_followed(path) || is_of_python(path) {
            return Ok(special(path));
        }
        let mut split = path.len();
        while let Some(dot) = path[..split].rfind('.') {
            let home = if self.start.path == path[..dot] {
                Some(self.start)
            } else {
                self.modules.get(&path[..dot])
            };
            let Some(home) = home else {
                split = dot;
                continue;
            };
            let mut parts = path[dot + 1..].split('.');
            let first = parts.next().unwrap_or_default();
            let rest: Vec<&str> = parts.collect();
            if !home.bindings.contains_key(first) && home.class(first).is_none() && home.star_imports.is_empty() {
                // A module of the package, perhaps.
                break;
            }
            let datum = self.global(home, first);
            let datum = match datum.as_name() {
                Some(next) => {
                    let next = rest.iter().fold(next.to_owned(), |path, part| format!("{path}.{part}"));
                    return Err(next);
                }
                None => datum,
            };
            let place = TextRange::default();
            return Ok(rest
                .iter()
                .fold(datum, |datum, part| self.attribute(&datum, part, place)));
        }
        match self.modules.look(Some(self.start), path) {
            Look::Missing(module) => self.asked.push(module),
            Look::Found(Resolved::Class(home, class)) => return Ok(Datum::Class(home, class)),
            Look::Found(Resolved::Value(value)) => return Ok(self.of_value(value, self.start)),
            Look::Nothing(end) if end != path => return Err(end),
            Look::Nothing(_) => {}
        }
        Ok(special(path))
    }

    pub(super) fn import(&mut self, import: &'a ast::StmtImport) {
        for alias in &import.names {
            let path = alias.name.as_str();
            let top = path.split('.').next().unwrap_or(path);
            let (name, bound) = alias.asname.as_ref().map_or((top, top), |name| (name.as_str(), path));
            self.bind(name, special(bound));
        }
    }

    pub(super) fn import_from(&mut self, import: &'a ast::StmtImportFrom) {
        let home = self.home();
        let named = import.module.as_ref().map(ast::Identifier::as_str);
        let module = absolute(home, import.level, named);
        for alias in &import.names {
            let path = format!("{module}.{}", alias.name);
            let name = alias.asname.as_ref().unwrap_or(&alias.name);
            self.bind(name.as_str(), special(&canonical(&path)));
        }
    }
}

/// What `database_forwards` gets as its states, asked for their models.
const FROM_STATE_APPS: &str = "<from_state>.apps";
const TO_STATE_APPS: &str = "<to_state>.apps";

/// What some paths of Django stand for.
pub(super) fn special<'a>(path: &str) -> Datum<'a> {
    match path {
        "django.db.connection" | "django.db.transaction.connection" => Datum::Connection,
        // The models of today, not those of the history.
        "django.apps.apps" => Datum::Method(Rc::new((Datum::Apps, "today".to_owned()))),
        "django.db.transaction.atomic" => Datum::Atomic,
        FROM_STATE_APPS | TO_STATE_APPS => Datum::Apps,
        path => Datum::name(path),
    }
}

/// The package that a module lies in.
fn package(home: &Module) -> &str {
    match home.path.rsplit_once('.') {
        Some((package, _)) if !home.is_package => package,
        Some(_) | None => &home.path,
    }
}

/// The absolute path of `from <dots><module>`.
fn absolute(home: &Module, level: u32, module: Option<&str>) -> String {
    if level == 0 {
        return module.unwrap_or_default().to_owned();
    }
    let mut package = home.path.as_str();
    for _ in 0..(level - u32::from(home.is_package)).min(64) {
        package = package.rsplit_once('.').map_or("", |(parent, _)| parent);
    }
    match (package, module) {
        ("", module) => module.unwrap_or_default().to_owned(),
        (package, None) => package.to_owned(),
        (package, Some(module)) => format!("{package}.{module}"),
    }
}

/// The class of a module that a path leads to.
fn own_class<'a>(home: &'a Module, path: &str) -> Option<&'a super::super::Class> {
    home.class(path.strip_prefix(home.path.as_str())?.strip_prefix('.')?)
}

fn last_definition<'a>(body: &'a [Stmt], name: &str) -> Option<&'a StmtFunctionDef> {
    body.iter().rev().find_map(|statement| match statement {
        Stmt::FunctionDef(function) if function.name.as_str() == name => Some(function),
        Stmt::If(conditional) => {
            let mut clauses = conditional.elif_else_clauses.iter();
            last_definition(&conditional.body, name)
                .or_else(|| clauses.find_map(|clause| last_definition(&clause.body, name)))
        }
        Stmt::Try(attempt) => last_definition(&attempt.body, name),
        Stmt::With(with) => last_definition(&with.body, name),
        _ => None,
    })
}

/// An expression, and which of its items a name is bound to.
type Assigned<'a> = (&'a Expr, Option<usize>);

/// The statements of `class Migration`.
fn migration_body(home: &Module) -> Option<&[Stmt]> {
    let statements = home.syntax.as_ref()?.statements();
    statements.iter().rev().find_map(|statement| match statement {
        Stmt::ClassDef(class) if class.name.as_str() == "Migration" => Some(class.body.as_slice()),
        _ => None,
    })
}

/// The last expression at the top of a module that a name is bound to.
fn assigned<'a>(body: &'a [Stmt], name: &str) -> Option<Assigned<'a>> {
    let is_bound = |target: &Expr| matches!(target, Expr::Name(bound) if bound.id == name);
    body.iter().rev().find_map(|statement| match statement {
        Stmt::Assign(assign) => assign.targets.iter().find_map(|target| match target {
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                let at = elts.iter().position(is_bound)?;
                let is_plain = !elts.iter().any(Expr::is_starred_expr);
                is_plain.then_some((assign.value.as_ref(), Some(at)))
            }
            target => is_bound(target).then_some((assign.value.as_ref(), None)),
        }),
        Stmt::AnnAssign(assign) if is_bound(&assign.target) => Some((assign.value.as_deref()?, None)),
        Stmt::Try(attempt) => assigned(&attempt.body, name),
        Stmt::If(conditional) => assigned(&conditional.body, name),
        // Files, which are what they are within their block.
        Stmt::With(with) => assigned(&with.body, name).or_else(|| {
            let mut items = with.items.iter();
            let item = items.find(|item| item.optional_vars.as_deref().is_some_and(is_bound))?;
            Some((&item.context_expr, None))
        }),
        _ => None,
    })
}

impl Datum<'_> {
    /// The dotted path, if it is a name of something elsewhere.
    pub(super) fn as_name(&self) -> Option<&str> {
        match self {
            Datum::Constant(value) => match value.as_ref() {
                Value::Name(path) => Some(path),
                _ => None,
            },
            _ => None,
        }
    }
}
