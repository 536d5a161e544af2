//! Statements of which perhaps one runs: `if`, `match`, `try`.

use ruff_python_ast::{self as ast, Stmt};

use super::caught::Catching;
use super::data::Datum;
use super::state::State;
use super::statements::Flow;
use super::{Found, Runner, What};
use crate::python_work::{Action, Certainty};

impl<'a> Runner<'a> {
    pub(super) fn branches(&mut self, conditional: &'a ast::StmtIf) -> Flow<'a> {
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

    pub(super) fn cases(&mut self, choice: &'a ast::StmtMatch) -> Flow<'a> {
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
        let is_mark = |found: &Found| matches!(found.what, What::Effect(Action::Begin | Action::End));
        if earlier.len() * own.len() > MOST_COMPARED || earlier.iter().chain(own).any(is_mark) {
            return;
        }
        let is_twin = |found: &Found| {
            let is_same = |other: &Found| other.place == found.place && other.what == found.what;
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
                    found.doubt_of_all = found.doubt_of_all.saturating_sub(1);
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

    /// What has been done from here on is done where nothing fails that a handler catches.
    fn attempted_from(&mut self, from: usize, attempt: &ast::StmtTry) {
        if !attempt.handlers.is_empty() {
            let attempted = self.effects.iter_mut().skip(from);
            attempted.for_each(|found| found.certainty = Certainty::Attempted);
        }
    }

    pub(super) fn attempt(&mut self, attempt: &'a ast::StmtTry) -> Flow<'a> {
        let before = self.snapshot();
        let from = self.effects.len();
        let flow = self.execute(&attempt.body);
        self.attempted_from(from, attempt);
        let attempted = from..self.effects.len();
        let mut catching = Catching::default();
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
            let flow = self.in_doubt(|runner| runner.execute(&handler.body));
            if !matches!(flow, Flow::Raise) {
                catching = catching.or(self.catching(handler));
            }
            match flow {
                Flow::Next => {
                    after.join(&self.state);
                }
                Flow::Raise => {}
                flow => left.push(flow),
            }
        }
        self.note_caught(attempted, catching, attempt);
        self.state.go_back(&after);
        let flow = match flow {
            // It runs only where nothing has failed.
            Flow::Next => {
                let from = self.effects.len();
                let flow = self.execute(&attempt.orelse);
                self.attempted_from(from, attempt);
                flow
            }
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
