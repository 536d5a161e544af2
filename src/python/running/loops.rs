//! Loops and comprehensions: turn by turn where the items are known, else once for all of them.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Comprehension, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::data::{Cell, Datum, Query};
use super::statements::Flow;
use super::{Runner, Turns};
use crate::python_work::Change;
use crate::row_work::Reach;

/// A `while` whose condition constants decide runs no more often than this.
const MAX_TURNS: usize = 500;

/// What a loop goes through.
pub(super) enum Iterated<'a> {
    /// These, one after the other.
    Items(Vec<Datum<'a>>),
    /// Any number of things, each one of these.
    Any {
        items: Vec<Datum<'a>>,
        turns: Turns,
        rows: Option<Rc<Query>>,
    },
}

impl Turns {
    pub(super) const ENDLESS: Self = Self {
        reach: Reach::Few,
        whole: Reach::Few,
        is_endless: true,
        runs_once: false,
        of: None,
        doubt: 0,
    };
}

impl<'a> Runner<'a> {
    /// What going through something gives. Rows are read by it.
    pub(super) fn iterate(&mut self, datum: &Datum<'a>, place: TextRange) -> Iterated<'a> {
        match datum {
            Datum::List(id) => {
                let Some(Cell::List { items, is_open, rows }) = self.state.cell(*id) else {
                    return Iterated::Items(Vec::new());
                };
                let (items, rows) = (items.clone(), rows.clone());
                match (is_open, rows) {
                    (false, None) => Iterated::Items(items),
                    (_, None) => any(items, Turns::ENDLESS),
                    (_, Some(rows)) => Iterated::Any {
                        items: or_unknown(items),
                        turns: Turns {
                            is_endless: true,
                            ..turns_of(&rows)
                        },
                        rows: Some(rows),
                    },
                }
            }
            Datum::Dict(_) => match self.state.items(datum) {
                Some((items, false)) => Iterated::Items(items),
                Some((items, true)) => any(items, Turns::ENDLESS),
                None => any(vec![self.part_of(datum)], Turns::ENDLESS),
            },
            Datum::Query(query) => {
                if !query.is_fetched {
                    self.row_effect(query, Change::Read, place);
                }
                let item = if query.is_values {
                    Datum::Part(Rc::new((query.target.clone(), "values".to_owned())))
                } else {
                    self.row_of(query)
                };
                Iterated::Any {
                    items: vec![item],
                    turns: turns_of(query),
                    rows: Some(Rc::clone(query)),
                }
            }
            Datum::Opened(path) => match self.lines(&Rc::clone(path)) {
                Some(lines) => Iterated::Items(lines),
                None => any(vec![self.part_of(datum)], Turns::ENDLESS),
            },
            Datum::Pages(query) => {
                let page = Query {
                    reach: Reach::Few,
                    ..query.as_ref().clone()
                };
                any(vec![Datum::Query(Rc::new(page))], Turns::ENDLESS)
            }
            Datum::Either(several) => {
                let mut items = Vec::new();
                let mut turns = Turns::ENDLESS;
                for one in several.iter() {
                    match self.iterate(one, place) {
                        Iterated::Items(more) => items.extend(more),
                        Iterated::Any {
                            items: more,
                            turns: other,
                            ..
                        } => {
                            items.extend(more);
                            turns.reach = turns.reach.max(other.reach);
                            turns.whole = turns.whole.max(other.whole);
                            turns.of = turns.of.or(other.of);
                        }
                    }
                }
                any(items, turns)
            }
            Datum::Class(..) => match self.members_of(datum) {
                Some(members) => Iterated::Items(members),
                None => any(vec![self.part_of(datum)], Turns::ENDLESS),
            },
            Datum::Constant(_) => match self.unpacked(datum).or_else(|| self.members_of(datum)) {
                Some(items) => Iterated::Items(items),
                None => any(vec![self.part_of(datum)], Turns::ENDLESS),
            },
            Datum::Object(_) => {
                let items = self.call_method(datum, "__iter__", super::Given::default(), place);
                match items {
                    Datum::Object(_) => any(vec![self.part_of(datum)], Turns::ENDLESS),
                    items => self.iterate(&items, place),
                }
            }
            datum => any(vec![self.part_of(datum)], Turns::ENDLESS),
        }
    }

    pub(super) fn repeat(&mut self, repeated: &'a ast::StmtFor) -> Flow<'a> {
        let iterated = self.evaluate(&repeated.iter);
        let target = repeated.target.as_ref();
        let doubt = self.doubt;
        let returned = self.returns.len();
        let flow = match self.iterate(&iterated, repeated.iter.range()) {
            Iterated::Items(items) => {
                let mut flow = Flow::Next;
                for item in items {
                    if !self.may_go_on() {
                        break;
                    }
                    self.assign(target, item);
                    flow = self.execute(&repeated.body);
                    if matches!(flow, Flow::Break | Flow::Return(_) | Flow::Raise) {
                        break;
                    }
                }
                flow
            }
            Iterated::Any { items, turns, .. } => {
                self.turns(turns, |runner| {
                    for item in &items {
                        runner.assign(target, item.clone());
                        if let Flow::Return(datum) = runner.execute(&repeated.body) {
                            runner.returns.push(datum);
                        }
                    }
                });
                Flow::Next
            }
        };
        self.leave_loop(doubt, returned);
        match flow {
            Flow::Next | Flow::Continue => self.execute(&repeated.orelse),
            Flow::Break => Flow::Next,
            Flow::Return(_) | Flow::Raise => flow,
        }
    }

    /// What was in doubt by a `break` is certain again; not by a `return`.
    fn leave_loop(&mut self, doubt: usize, returned: usize) {
        self.doubt = doubt + usize::from(self.returns.len() > returned);
    }

    pub(super) fn repeat_while(&mut self, repeated: &'a ast::StmtWhile) -> Flow<'a> {
        let doubt = self.doubt;
        let returned = self.returns.len();
        let is_forever = match repeated.test.as_ref() {
            Expr::BooleanLiteral(literal) => literal.value,
            Expr::NumberLiteral(_) => true,
            _ => false,
        };
        let mut flow = Flow::Next;
        for _ in 0..MAX_TURNS {
            let from = self.effects.len();
            let before = self.snapshot();
            let decided = if is_forever { None } else { self.decides(&repeated.test) };
            match decided {
                Some(false) => break,
                Some(true) => {
                    flow = self.execute(&repeated.body);
                    if matches!(flow, Flow::Break | Flow::Return(_) | Flow::Raise) || !self.may_go_on() {
                        break;
                    }
                }
                None => {
                    // The condition is asked again in each turn.
                    self.effects.truncate(from);
                    self.state.go_back(&before);
                    let turns = Turns {
                        // `while True`
                        runs_once: is_forever,
                        ..Turns::ENDLESS
                    };
                    self.turns(turns, |runner| {
                        runner.evaluate(&repeated.test);
                        if let Flow::Return(datum) = runner.execute(&repeated.body) {
                            runner.returns.push(datum);
                        }
                    });
                    flow = Flow::Next;
                    break;
                }
            }
        }
        self.leave_loop(doubt, returned);
        match flow {
            Flow::Next | Flow::Continue => self.execute(&repeated.orelse),
            Flow::Break => Flow::Next,
            Flow::Return(_) | Flow::Raise => flow,
        }
    }

    /// Runs the body of a loop whose number of turns is not known: once, and again where a turn finds other things than the
    /// first did.
    fn turns(&mut self, turns: Turns, mut body: impl FnMut(&mut Self)) {
        let (from, returned, doubt) = (self.effects.len(), self.returns.len(), self.doubt);
        let yielded = self.yields.as_ref().map(Vec::len);
        let mut before = self.snapshot();
        self.loops_begun += 1;
        self.loops.push(Turns { doubt, ..turns });
        body(self);
        let after = self.state.go_back(&before);
        if before.join(&after) {
            self.effects.truncate(from);
            self.returns.truncate(returned);
            if let (Some(yields), Some(yielded)) = (&mut self.yields, yielded) {
                yields.truncate(yielded);
            }
            self.doubt = doubt;
            self.state.go_back(&before);
            body(self);
            let again = self.state.go_back(&before);
            before.join(&again);
        }
        self.state.go_back(&before);
        self.loops.pop();
    }

    /// A list with an item for each turn of the generators.
    pub(super) fn comprehension(&mut self, element: &'a Expr, generators: &'a [Comprehension]) -> Datum<'a> {
        let mut made = Made::default();
        self.comprehend(generators, &mut made, &mut |runner, made| {
            let item = runner.evaluate(element);
            made.items.push(item);
        });
        Datum::List(self.state.keep(Cell::List {
            items: made.items,
            is_open: made.is_open,
            rows: made.rows,
        }))
    }

    pub(super) fn dict_comprehension(&mut self, comprehension: &'a ast::ExprDictComp) -> Datum<'a> {
        let mut made = Made::default();
        let mut items = Vec::new();
        self.comprehend(&comprehension.generators, &mut made, &mut |runner, _| {
            let key = match &comprehension.key {
                Some(key) => runner.evaluate(key),
                None => Datum::unknown("cannot be unpacked"),
            };
            items.push((key, runner.evaluate(&comprehension.value)));
        });
        Datum::Dict(self.state.keep(Cell::Dict {
            items,
            is_open: made.is_open,
        }))
    }

    fn comprehend(
        &mut self,
        generators: &'a [Comprehension],
        made: &mut Made<'a>,
        produce: &mut dyn FnMut(&mut Self, &mut Made<'a>),
    ) {
        let Some((generator, rest)) = generators.split_first() else {
            produce(self, made);
            return;
        };
        let datum = self.evaluate(&generator.iter);
        let (items, turns) = match self.iterate(&datum, generator.iter.range()) {
            Iterated::Items(items) => (items, None),
            Iterated::Any { items, turns, rows } => {
                made.is_open = true;
                made.rows = super::state::wider(made.rows.take(), rows);
                (items, Some(turns))
            }
        };
        let is_repeated = turns.is_some();
        self.loops_begun += 1;
        let doubt = self.doubt;
        self.loops.extend(turns.map(|turns| Turns { doubt, ..turns }));
        for item in items {
            if !self.may_go_on() {
                break;
            }
            self.assign(&generator.target, item);
            let mut conditions = generator.ifs.iter().map(|condition| self.decides(condition));
            let holds = conditions.try_fold(true, |certain, holds| match holds {
                Some(true) => Some(certain),
                Some(false) => None,
                None => Some(false),
            });
            match holds {
                None => {}
                Some(true) => self.comprehend(rest, made, produce),
                Some(false) => {
                    made.is_open = true;
                    self.in_doubt(|runner| runner.comprehend(rest, made, produce));
                }
            }
        }
        if is_repeated {
            self.loops.pop();
        }
    }
}

/// What a comprehension comes to.
#[derive(Default)]
struct Made<'a> {
    items: Vec<Datum<'a>>,
    is_open: bool,
    rows: Option<Rc<Query>>,
}

fn any(items: Vec<Datum<'_>>, turns: Turns) -> Iterated<'_> {
    Iterated::Any {
        items: or_unknown(items),
        turns,
        rows: None,
    }
}

/// Of any number of things of which none is known, each turn gets one.
fn or_unknown(items: Vec<Datum<'_>>) -> Vec<Datum<'_>> {
    if items.is_empty() {
        vec![Datum::unknown("is known only when it runs")]
    } else {
        items
    }
}

fn turns_of(query: &Query) -> Turns {
    Turns {
        reach: query.reach,
        whole: query.whole,
        is_endless: false,
        runs_once: false,
        of: Some(query.of.as_ref().unwrap_or(&query.target).clone()),
        doubt: 0,
    }
}
