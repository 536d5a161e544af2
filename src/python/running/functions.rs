//! Functions: defined, decorated, entered and left.

use std::rc::Rc;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Decorator, Expr, Parameters, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::data::{CallLimit, Cell, Closure, Datum, Definition, FrameId, Given, Side};
use super::statements::Flow;
use super::{MAX_DEPTH, Runner, What};
use crate::python_work::{Action, Handed};
use crate::row_work::Reach;

/// Calls of functions within each other: deeper is not followed.
const MAX_CALLS: usize = 64;

impl<'a> Runner<'a> {
    /// A function inside of another.
    pub(super) fn define(&mut self, function: &'a StmtFunctionDef) {
        let closure = Closure {
            definition: Definition::Function(function),
            home: self.home(),
            outer: Some(self.frame),
            receiver: None,
            first: None,
            is_atomic: false,
            is_context: false,
            limits: Vec::new(),
        };
        let datum = self.decorated(closure, &function.decorator_list);
        self.bind(function.name.as_str(), datum);
    }

    /// A function as its decorators leave it, the innermost first.
    pub(super) fn decorated(&mut self, mut closure: Closure<'a>, decorators: &'a [Decorator]) -> Datum<'a> {
        let mut outer = Vec::new();
        for decorator in decorators.iter().rev() {
            if outer.is_empty()
                && let Some(timeouts) = self.timeouts(&decorator.expression)
            {
                let side = if closure.is_atomic { Side::Outside } else { Side::Inside };
                closure.limits.push(CallLimit { timeouts, side });
                continue;
            }
            let datum = self.evaluate(&decorator.expression);
            let name = datum.as_name().unwrap_or_default().to_owned();
            match (&datum, name.as_str()) {
                (Datum::Atomic, _) if outer.is_empty() => closure.is_atomic = true,
                (_, "contextlib.contextmanager") if outer.is_empty() => closure.is_context = true,
                (_, "builtins.staticmethod" | "builtins.classmethod" | "builtins.property") => {}
                (_, "functools.lru_cache" | "functools.cache" | "functools.cached_property") => {}
                (_, "django.utils.functional.cached_property") => {}
                (Datum::Made(_), _) => {}
                _ => outer.push((datum, decorator)),
            }
        }
        let mut datum = Datum::Function(Rc::new(closure));
        for (decorator, written) in outer {
            datum = self.apply(&decorator, datum, written);
        }
        datum
    }

    fn apply(&mut self, decorator: &Datum<'a>, function: Datum<'a>, written: &'a Decorator) -> Datum<'a> {
        match decorator {
            Datum::Function(_) | Datum::Object(_) | Datum::Partial(_) | Datum::Class(..) => {}
            // One of another package: what it does is taken to be around the function, not instead of it.
            _ if decorator.as_name().is_some() => {
                let path = decorator.as_name().unwrap_or_default().to_owned();
                let resolved = self.of_path(&path);
                if resolved.as_name().is_some() {
                    return function;
                }
                return self.apply(&resolved, function, written);
            }
            _ => return function,
        }
        let given = Given {
            args: vec![function],
            ..Given::default()
        };
        self.call_datum(decorator, given, Some(written.expression.range()))
    }

    pub(super) fn call_function(&mut self, closure: &Rc<Closure<'a>>, given: Given<'a>, place: TextRange) -> Datum<'a> {
        if closure.is_context {
            return Datum::Context(Rc::new((Rc::clone(closure), given)));
        }
        self.run_function(closure, given, place)
    }

    pub(super) fn run_function(
        &mut self,
        closure: &Rc<Closure<'a>>,
        mut given: Given<'a>,
        place: TextRange,
    ) -> Datum<'a> {
        if let Some(first) = &closure.first {
            given.args.insert(0, first.clone());
        }
        if let Some(datum) = self.remembered(closure, &given) {
            return datum;
        }
        if self.is_recursive(closure) {
            self.cuts += 1;
            return Datum::unknown("a function that calls itself is not known");
        }
        if self.calls.len() >= MAX_CALLS || self.depth + 2 >= MAX_DEPTH {
            self.cuts += 1;
            let handed = self.handed(given.all());
            let reason = format!("`{}` is called too deep inside other calls", self.shown(place));
            return self.unfollowed(reason, handed, place);
        }
        let parameters = match closure.definition {
            Definition::Function(function) => Some(function.parameters.as_ref()),
            Definition::Lambda(lambda) => lambda.parameters.as_deref(),
        };
        let before = self.before_call();
        let frame = self.new_frame(closure.home, closure.outer);
        if let Some(frame) = self.state.frame_mut(frame) {
            frame.receiver = closure.receiver;
        }
        let caller = std::mem::replace(&mut self.frame, frame);
        if let Some(parameters) = parameters {
            self.bind_parameters(parameters, &given);
        }
        let datum = self.run_body(closure, place);
        self.frame = caller;
        self.remember(closure, &given, &before, &datum);
        datum
    }

    fn run_body(&mut self, closure: &Rc<Closure<'a>>, place: TextRange) -> Datum<'a> {
        let (doubt, from) = (self.doubt, self.effects.len());
        let returns = std::mem::take(&mut self.returns);
        let is_generator = matches!(closure.definition, Definition::Function(function) if yields(function));
        let yielded = std::mem::replace(&mut self.yields, is_generator.then(Vec::new));
        self.note_words(closure);
        self.calls.push(Running {
            definition: closure.definition,
            outer: closure.outer,
            calls_itself: false,
        });
        let around = self.loops_before_atomic;
        self.enter_limits(closure, Side::Outside, place);
        if closure.is_atomic {
            self.loops_before_atomic = around.or(Some(self.loops.len()));
            self.effect(Action::Begin, place);
        }
        self.enter_limits(closure, Side::Inside, place);
        let last = match closure.definition {
            Definition::Function(function) => match self.execute(&function.body) {
                Flow::Return(datum) => Some(datum),
                Flow::Next | Flow::Break | Flow::Continue => Some(Datum::none()),
                Flow::Raise => None,
            },
            Definition::Lambda(lambda) => Some(self.evaluate(&lambda.body)),
        };
        self.leave_limits(closure, Side::Inside, place);
        if closure.is_atomic {
            self.effect(Action::End, place);
            self.loops_before_atomic = around;
        }
        self.leave_limits(closure, Side::Outside, place);
        if self.calls.pop().is_some_and(|running| running.calls_itself) {
            self.widen(from);
        }
        self.doubt = doubt;
        let own_returns = std::mem::replace(&mut self.returns, returns);
        let items = std::mem::replace(&mut self.yields, yielded);
        if let Some(items) = items {
            return self.open_list(items);
        }
        let all = own_returns.into_iter().chain(last);
        all.reduce(Datum::or)
            .unwrap_or_else(|| Datum::unknown("the code ends with an error"))
    }

    fn is_recursive(&mut self, closure: &Closure<'a>) -> bool {
        let same = |running: &&mut Running<'a>| {
            running.outer == closure.outer
                && match (closure.definition, running.definition) {
                    (Definition::Function(one), Definition::Function(other)) => std::ptr::eq(one, other),
                    (Definition::Lambda(one), Definition::Lambda(other)) => std::ptr::eq(one, other),
                    (Definition::Function(_), Definition::Lambda(_))
                    | (Definition::Lambda(_), Definition::Function(_)) => false,
                }
        };
        let running = self.calls.iter_mut().find(same);
        running.map(|running| running.calls_itself = true).is_some()
    }

    /// A function that calls itself goes on until nothing is left: all rows.
    fn widen(&mut self, from: usize) {
        for found in self.effects.iter_mut().skip(from) {
            if let What::Effect(Action::Rows(rows)) = &mut found.what {
                rows.reach = Reach::All;
                rows.batch = Reach::All;
            }
        }
    }

    fn bind_parameters(&mut self, parameters: &'a Parameters, given: &Given<'a>) {
        let positional: Vec<_> = parameters.posonlyargs.iter().chain(&parameters.args).collect();
        let mut extra = given.kwargs.clone();
        for (at, parameter) in positional.iter().copied().chain(&parameters.kwonlyargs).enumerate() {
            let name = parameter.parameter.name.as_str();
            let by_position = if at < positional.len() {
                given.args.get(at)
            } else {
                None
            };
            let by_name = extra.iter().position(|(key, _)| key == name);
            let datum = match (by_position, by_name, &parameter.default) {
                (Some(datum), ..) => datum.clone(),
                (None, Some(key), _) => extra.remove(key).1,
                (None, None, Some(default)) if !given.is_open => self.evaluate(default),
                (None, None, _) => Datum::unknown(&format!("the argument `{name}` is not known")),
            };
            self.bind_here(name, datum);
        }
        if let Some(rest) = &parameters.vararg {
            let items = given.args.iter().skip(positional.len()).cloned().collect();
            let list = if given.is_open {
                self.open_list(items)
            } else {
                self.state.list(items)
            };
            self.bind_here(rest.name.as_str(), list);
        }
        if let Some(rest) = &parameters.kwarg {
            let items = extra
                .into_iter()
                .map(|(key, datum)| (Datum::text(&key), datum))
                .collect();
            let is_open = given.is_open;
            let dict = Datum::Dict(self.state.keep(Cell::Dict { items, is_open }));
            self.bind_here(rest.name.as_str(), dict);
        }
    }

    fn bind_here(&mut self, name: &str, datum: Datum<'a>) {
        let frame = self.frame;
        self.state.bind(frame, name, datum);
    }

    /// Functions handed to code that is not at hand may be called by it.
    pub(super) fn call_back(&mut self, given: &Given<'a>) {
        let callbacks: Vec<Datum<'a>> = given
            .all()
            .filter(|datum| matches!(datum, Datum::Function(_) | Datum::Partial(_)))
            .cloned()
            .collect();
        for callback in callbacks {
            let open = Given {
                is_open: true,
                ..Given::default()
            };
            self.in_doubt(|runner| runner.call_datum(&callback, open, None));
        }
    }

    /// What something can reach that is called without being followed.
    pub(super) fn handed_to(&self, given: &Given<'a>) -> Option<Handed> {
        self.handed(given.all())
    }
}

/// A function that runs.
pub(super) struct Running<'a> {
    definition: Definition<'a>,
    outer: Option<FrameId>,
    calls_itself: bool,
}

/// Whether a function is a generator.
fn yields(function: &StmtFunctionDef) -> bool {
    struct Search(bool);
    impl<'v> Visitor<'v> for Search {
        fn visit_stmt(&mut self, statement: &'v ruff_python_ast::Stmt) {
            if !matches!(
                statement,
                ruff_python_ast::Stmt::FunctionDef(_) | ruff_python_ast::Stmt::ClassDef(_)
            ) {
                visitor::walk_stmt(self, statement);
            }
        }
        fn visit_expr(&mut self, expression: &'v Expr) {
            self.0 |= matches!(expression, Expr::Yield(_) | Expr::YieldFrom(_));
            if !matches!(expression, Expr::Lambda(_)) {
                visitor::walk_expr(self, expression);
            }
        }
    }
    let mut search = Search(false);
    search.visit_body(&function.body);
    search.0
}
