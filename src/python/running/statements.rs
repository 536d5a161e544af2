//! Statements, one after the other: assignments, and the bodies of `with`.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::Runner;
use super::data::{Cell, Datum, FrameId};
use super::state::Frame;
use crate::python_work::{Action, Handed};

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
                if let Datum::Deferred = owner {
                    if is_whole(&subscript.slice) {
                        self.set_deferred(&datum, subscript.range);
                    } else {
                        self.deferred("[]", &datum, subscript.range);
                    }
                    return;
                }
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
            if let Datum::Deferred = owner {
                let method = if is_whole(&subscript.slice) { "clear" } else { "del" };
                return self.deferred(method, &Datum::none(), subscript.range);
            }
            if let Datum::Dict(id) = owner
                && let Some(Cell::Dict { items, .. }) = self.state.cell_mut(id)
            {
                items.retain(|(own, _)| !own.is_same(&key));
            }
        }
    }

    /// Enters the blocks one after the other, then runs the body.
    fn with(&mut self, items: &'a [ast::WithItem], body: &'a [Stmt]) -> Flow<'a> {
        let Some((item, rest)) = items.split_first() else {
            return self.execute(body);
        };
        if let Some(timeouts) = self.timeouts(&item.context_expr) {
            let place = item.context_expr.range();
            self.limit(&timeouts, place);
            let flow = self.with(rest, body);
            self.unlimit(&timeouts, place);
            return flow;
        }
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

/// `[:]`
fn is_whole(slice: &Expr) -> bool {
    matches!(slice, Expr::Slice(slice) if slice.lower.is_none() && slice.upper.is_none() && slice.step.is_none())
}
