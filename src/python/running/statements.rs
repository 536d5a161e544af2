//! Statements, one after the other, and those of which perhaps one runs.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::data::{Cell, Datum, FrameId};
use super::state::{Frame, State};
use super::{Found, Runner};
use crate::python_work::{Action, Certainty, Handed};

/// How a list of statements ends for certain.
pub(super) enum Flow<'a> {
    Next,
    Return(Datum<'a>),
    Break,
    Continue,
    Raise,
}

/// The body of a `with`, and where it stands.
pub(super) struct Body<'a> {
    target: Option<&'a Expr>,
    statements: &'a [Stmt],
    frame: FrameId,
}

impl<'a> Runner<'a> {
    pub(super) fn execute(&mut self, body: &'a [Stmt]) -> Flow<'a> {
        for statement in body {
            if !self.may_go_on() {
                return Flow::Next;
            }
            match self.statement(statement) {
                Flow::Next => {}
                flow => return flow,
            }
        }
        Flow::Next
    }

    fn statement(&mut self, statement: &'a Stmt) -> Flow<'a> {
        match statement {
            Stmt::Assign(assign) => self.assignment(&assign.targets, &assign.value),
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assignment(std::slice::from_ref(&*assign.target), value);
                }
            }
            Stmt::AugAssign(assign) => self.augmented(assign),
            Stmt::Expr(expression) => {
                self.evaluate(&expression.value);
            }
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::FunctionDef(function) => self.define(function),
            Stmt::ClassDef(class) => self.define_class(class),
            Stmt::If(conditional) => return self.branches(conditional),
            Stmt::Try(attempt) => return self.attempt(attempt),
            Stmt::With(with) => return self.with(&with.items, &with.body),
            Stmt::For(repeated) => return self.repeat(repeated),
            Stmt::While(repeated) => return self.repeat_while(repeated),
            Stmt::Match(choice) => return self.cases(choice),
            Stmt::Return(statement) => {
                let value = statement.value.as_ref();
                return Flow::Return(value.map_or_else(Datum::none, |value| self.evaluate(value)));
            }
            Stmt::Raise(raise) => {
                if let Some(exception) = &raise.exc {
                    self.evaluate(exception);
                }
                return Flow::Raise;
            }
            Stmt::Assert(assert) => {
                self.evaluate(&assert.test);
            }
            Stmt::Break(_) => return Flow::Break,
            Stmt::Continue(_) => return Flow::Continue,
            Stmt::Delete(delete) => delete.targets.iter().for_each(|target| self.remove(target)),
            Stmt::Nonlocal(ast::StmtNonlocal { names, .. }) => {
                if let Some(frame) = self.state.frame_mut(self.frame) {
                    frame.outward.extend(names.iter().map(|name| name.to_string()));
                }
            }
            Stmt::TypeAlias(_) | Stmt::Global(_) | Stmt::Pass(_) | Stmt::IpyEscapeCommand(_) => {}
        }
        Flow::Next
    }

    fn assignment(&mut self, targets: &'a [Expr], value: &'a Expr) {
        let datum = self.evaluate(value);
        for target in targets {
            self.assign(target, datum.clone());
            self.note_step(target, Some(value));
        }
    }

    pub(super) fn bind(&mut self, name: &str, datum: Datum<'a>) {
        let is_outward = |frame: &&Frame<'a>| frame.outward.iter().any(|outward| outward == name);
        let outer = self.state.frame(self.frame).filter(is_outward);
        let owner = outer
            .and_then(|frame| self.state.owner(frame.outer?, name))
            .unwrap_or(self.frame);
        self.state.bind(owner, name, datum);
    }

    pub(super) fn assign(&mut self, target: &'a Expr, datum: Datum<'a>) {
        match target {
            Expr::Name(name) => self.bind(&name.id, datum),
            Expr::Attribute(attribute) => {
                let owner = self.evaluate(&attribute.value);
                self.set_attribute(&owner, attribute.attr.as_str(), datum, attribute.range);
            }
            Expr::Subscript(subscript) => {
                let owner = self.evaluate(&subscript.value);
                let key = self.evaluate(&subscript.slice);
                if owner.is_state() {
                    let reason = format!("`{}` changes the state", self.shown(subscript.range));
                    self.unfollowed(reason, Some(Handed::Editor), subscript.range);
                }
                self.set_item(&owner, key, datum);
            }
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                self.unpack(elts, &datum);
            }
            Expr::Starred(starred) => self.assign(&starred.value, datum),
            _ => {}
        }
    }

    fn unpack(&mut self, targets: &'a [Expr], datum: &Datum<'a>) {
        let items = self.state.items(datum);
        let is_plain = !targets.iter().any(Expr::is_starred_expr);
        if let (Some((items, false)), false) = (&items, is_plain)
            && self.unpack_rest(targets, items)
        {
            return;
        }
        for (at, target) in targets.iter().enumerate() {
            let item = match &items {
                Some((items, false)) if is_plain && items.len() == targets.len() => {
                    items.get(at).cloned().unwrap_or_else(Datum::none)
                }
                Some((items, _)) => items
                    .iter()
                    .cloned()
                    .reduce(Datum::or)
                    .unwrap_or_else(|| Datum::unknown("is unpacked in a way that is not followed")),
                None => self.part_of(datum),
            };
            self.assign(target, item);
        }
    }

    /// `first, *rest = items`
    fn unpack_rest(&mut self, targets: &'a [Expr], items: &[Datum<'a>]) -> bool {
        let Some(star) = targets.iter().position(Expr::is_starred_expr) else {
            return false;
        };
        let after = targets.len() - star - 1;
        let Some(end) = items.len().checked_sub(after).filter(|end| *end >= star) else {
            return false;
        };
        for (at, target) in targets.iter().enumerate() {
            let item = match at.cmp(&star) {
                std::cmp::Ordering::Less => items[at].clone(),
                std::cmp::Ordering::Equal => self.state.list(items[star..end].to_vec()),
                std::cmp::Ordering::Greater => items[end + at - star - 1].clone(),
            };
            self.assign(target, item);
        }
        true
    }

    fn augmented(&mut self, assign: &'a ast::StmtAugAssign) {
        let right = self.evaluate(&assign.value);
        let left = self.evaluate(&assign.target);
        let is_extended = matches!(assign.op, ast::Operator::Add) && self.extend(&left, &right, assign.range);
        if !is_extended {
            let datum = self.operation(assign.op, left, right, assign.range);
            self.assign(&assign.target, datum);
            self.note_step(&assign.target, None);
        }
    }

    fn remove(&mut self, target: &'a Expr) {
        if let Expr::Subscript(subscript) = target {
            let owner = self.evaluate(&subscript.value);
            let key = self.evaluate(&subscript.slice);
            if let Datum::Dict(id) = owner
                && let Some(Cell::Dict { items, .. }) = self.state.cell_mut(id)
            {
                items.retain(|(own, _)| !own.is_same(&key));
            }
        }
    }

    fn branches(&mut self, conditional: &'a ast::StmtIf) -> Flow<'a> {
        let mut branches: Vec<&'a [Stmt]> = Vec::new();
        let first = (Some(conditional.test.as_ref()), conditional.body.as_slice());
        let clauses = conditional.elif_else_clauses.iter();
        let clauses = clauses.map(|clause| (clause.test.as_ref(), clause.body.as_slice()));
        for (test, body) in std::iter::once(first).chain(clauses) {
            match test.map(|test| self.decides(test)) {
                Some(Some(false)) => {}
                None | Some(Some(true)) => {
                    branches.push(body);
                    return self.either(&branches, false);
                }
                Some(None) => branches.push(body),
            }
        }
        self.either(&branches, true)
    }

    fn cases(&mut self, choice: &'a ast::StmtMatch) -> Flow<'a> {
        let subject = self.evaluate(&choice.subject);
        let mut bodies: Vec<&'a [Stmt]> = Vec::new();
        for case in &choice.cases {
            let mut fits = self.fits(&case.pattern, &subject);
            if let Some(guard) = case.guard.as_deref().filter(|_| fits != Some(false)) {
                fits = match (self.decides(guard), fits) {
                    (Some(false), _) => Some(false),
                    (Some(true), fits) => fits,
                    (None, _) => None,
                };
            }
            match fits {
                Some(false) => {}
                Some(true) => {
                    bodies.push(&case.body);
                    return self.either(&bodies, false);
                }
                None => bodies.push(&case.body),
            }
        }
        self.either(&bodies, true)
    }

    /// Whether a pattern fits, where that is certain; what it names is bound.
    fn fits(&mut self, pattern: &'a ast::Pattern, subject: &Datum<'a>) -> Option<bool> {
        match pattern {
            ast::Pattern::MatchValue(value) => {
                let value = self.evaluate(&value.value);
                self.compare(ast::CmpOp::Eq, subject, &value)
            }
            ast::Pattern::MatchAs(ast::PatternMatchAs { pattern, name, .. }) => {
                let fits = pattern
                    .as_deref()
                    .map_or(Some(true), |pattern| self.fits(pattern, subject));
                if let Some(name) = name {
                    self.bind(name.as_str(), subject.clone());
                }
                fits
            }
            ast::Pattern::MatchOr(several) => {
                let fits: Vec<Option<bool>> = several.patterns.iter().map(|one| self.fits(one, subject)).collect();
                if fits.contains(&Some(true)) {
                    return Some(true);
                }
                fits.iter().all(|fits| *fits == Some(false)).then_some(false)
            }
            ast::Pattern::MatchSequence(ast::PatternMatchSequence { patterns, .. }) => {
                for pattern in patterns {
                    let part = self.part_of(subject);
                    self.fits(pattern, &part);
                }
                None
            }
            ast::Pattern::MatchStar(ast::PatternMatchStar { name, .. }) => {
                if let Some(name) = name {
                    let part = self.part_of(subject);
                    self.bind(name.as_str(), part);
                }
                None
            }
            ast::Pattern::MatchSingleton(_) | ast::Pattern::MatchMapping(_) | ast::Pattern::MatchClass(_) => None,
        }
    }

    /// One of several bodies runs, perhaps none: all do, in doubt.
    pub(super) fn either(&mut self, bodies: &[&'a [Stmt]], perhaps_none: bool) -> Flow<'a> {
        match bodies {
            [] => return Flow::Next,
            [only] if !perhaps_none => return self.execute(only),
            [..] => {}
        }
        let before = self.snapshot();
        let mut ends = Ends::default();
        let first = self.effects.len();
        for body in bodies {
            let from = self.effects.len();
            let flow = self.in_doubt(|runner| runner.execute(body));
            self.forget_twins(first, from);
            let to = self.effects.len();
            let after = self.state.go_back(&before);
            ends.add(flow, after, from..to);
        }
        if perhaps_none {
            ends.add(Flow::Next, before, 0..0);
        }
        self.go_on_after(ends)
    }

    /// What another branch does as well, by the same code, happens once: a job that runs at once or in a queue.
    fn forget_twins(&mut self, first: usize, from: usize) {
        const MOST_COMPARED: usize = 10_000;
        let (earlier, own) = self.effects.split_at(from);
        let earlier = &earlier[first..];
        // In a transaction of its own it is something else.
        let is_mark = |found: &Found| matches!(found.effect.action, Action::Begin | Action::End);
        if earlier.len() * own.len() > MOST_COMPARED || earlier.iter().chain(own).any(is_mark) {
            return;
        }
        let is_twin = |found: &Found| {
            let is_same =
                |other: &Found| other.effect.place == found.effect.place && other.effect.action == found.effect.action;
            earlier.iter().any(is_same)
        };
        let twins: Vec<bool> = own.iter().map(is_twin).collect();
        let mut twins = twins.iter();
        let mut at = 0;
        self.effects.retain(|_| {
            at += 1;
            at <= from || !twins.next().copied().unwrap_or(false)
        });
    }

    /// Goes on after branches: where some of them left the function or loop, what follows is in doubt.
    fn go_on_after(&mut self, ends: Ends<'a>) -> Flow<'a> {
        let Ends { all, .. } = ends;
        let is_raise = |flow: &Flow<'_>| matches!(flow, Flow::Raise);
        let staying = all.iter().filter(|(flow, ..)| !is_raise(flow)).count();
        let mut next: Option<State<'a>> = None;
        let mut last = Flow::Raise;
        let mut left = false;
        // What runs after the loop finds what was bound before a `break`.
        let mut leaving: Vec<State<'a>> = Vec::new();
        for (flow, after, effects) in all {
            if staying == 1 && !is_raise(&flow) {
                // All others raise and end the migration: this one runs for certain.
                for found in self.effects.get_mut(effects).into_iter().flatten() {
                    found.doubt = found.doubt.saturating_sub(1);
                }
                self.state.go_back(&after);
                return flow;
            }
            match flow {
                Flow::Next => {
                    next = Some(match next.take() {
                        Some(mut state) => {
                            state.join(&after);
                            state
                        }
                        None => after,
                    });
                }
                Flow::Return(datum) => {
                    self.returns.push(datum.clone());
                    left = true;
                    last = Flow::Return(datum);
                }
                Flow::Break | Flow::Continue => {
                    left = true;
                    last = flow;
                    leaving.push(after);
                }
                Flow::Raise => {}
            }
        }
        let goes_on = next.is_some();
        let joined = next.into_iter().chain(leaving).reduce(|mut state, other| {
            state.join(&other);
            state
        });
        if let Some(state) = joined {
            self.state.go_back(&state);
        }
        if !goes_on {
            return last;
        }
        // Until the function or loop ends, which counts this doubt off.
        self.doubt += usize::from(left);
        Flow::Next
    }

    fn attempt(&mut self, attempt: &'a ast::StmtTry) -> Flow<'a> {
        let before = self.snapshot();
        let from = self.effects.len();
        let flow = self.execute(&attempt.body);
        if !attempt.handlers.is_empty() {
            let attempted = self.effects.iter_mut().skip(from);
            attempted.for_each(|found| found.effect.certainty = Certainty::Attempted);
        }
        let mut after = self.snapshot();
        if !attempt.handlers.is_empty() {
            self.state.join(&before);
        }
        let failed = self.state.clone();
        let mut left = Vec::new();
        for ast::ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
            self.state.go_back(&failed);
            if let Some(name) = &handler.name {
                self.bind(name.as_str(), Datum::unknown("an exception is not known"));
            }
            match self.in_doubt(|runner| runner.execute(&handler.body)) {
                Flow::Next => {
                    after.join(&self.state);
                }
                Flow::Raise => {}
                flow => left.push(flow),
            }
        }
        self.state.go_back(&after);
        let flow = match flow {
            Flow::Next => self.execute(&attempt.orelse),
            // What raises here is caught by a handler.
            Flow::Raise if !attempt.handlers.is_empty() => Flow::Next,
            flow => flow,
        };
        for flow in left {
            if let Flow::Return(datum) = flow {
                self.returns.push(datum);
            }
            self.doubt += 1;
        }
        match self.execute(&attempt.finalbody) {
            Flow::Next => flow,
            last => last,
        }
    }

    /// Enters the blocks one after the other, then runs the body.
    fn with(&mut self, items: &'a [ast::WithItem], body: &'a [Stmt]) -> Flow<'a> {
        let Some((item, rest)) = items.split_first() else {
            return self.execute(body);
        };
        let datum = self.evaluate(&item.context_expr);
        let target = item.optional_vars.as_deref();
        match &datum {
            Datum::Atomic => {
                let around = self.loops_before_atomic;
                self.loops_before_atomic = around.or(Some(self.loops.len()));
                self.effect(Action::Begin, item.context_expr.range());
                let flow = self.with(rest, body);
                self.effect(Action::End, item.context_expr.range());
                self.loops_before_atomic = around;
                return flow;
            }
            // Its body runs around ours.
            Datum::Context(context) if rest.is_empty() => {
                let depth = self.waiting.len();
                self.waiting.push(Body {
                    target,
                    statements: body,
                    frame: self.frame,
                });
                self.run_function(&context.0, context.1.clone(), item.range());
                if self.waiting.len() > depth {
                    // It was not seen to yield.
                    self.waiting.truncate(depth);
                    return self.execute(body);
                }
                return Flow::Next;
            }
            Datum::Object(_) => {
                let entered = self.call_method(&datum, "__enter__", super::Given::default(), item.range());
                if let Some(target) = target {
                    self.assign(target, entered);
                }
                let flow = self.with(rest, body);
                let none = super::Given {
                    args: vec![Datum::none(); 3],
                    ..super::Given::default()
                };
                self.call_method(&datum, "__exit__", none, item.range());
                return flow;
            }
            _ => {}
        }
        if let Some(target) = target {
            self.assign(target, datum);
        }
        self.with(rest, body)
    }

    /// Runs the body that waits for a `yield`, if there is one.
    pub(super) fn run_waiting(&mut self, yielded: Datum<'a>) -> bool {
        let Some(Body {
            target,
            statements,
            frame,
        }) = self.waiting.pop()
        else {
            return false;
        };
        let own = std::mem::replace(&mut self.frame, frame);
        if let Some(target) = target {
            self.assign(target, yielded);
        }
        if let Flow::Return(datum) = self.execute(statements) {
            self.returns.push(datum);
        }
        self.frame = own;
        true
    }
}

/// How branches ended: the flow, the state, and which effects are theirs.
#[derive(Default)]
struct Ends<'a> {
    all: Vec<(Flow<'a>, State<'a>, std::ops::Range<usize>)>,
}

impl<'a> Ends<'a> {
    fn add(&mut self, flow: Flow<'a>, state: State<'a>, effects: std::ops::Range<usize>) {
        self.all.push((flow, state, effects));
    }
}
