//! A body while it runs: its statements in their order, with the variables that are known at each.

use crate::python_work::Certainty;
use crate::sql::cursor::Cursor;
use crate::statement::Inner;

use super::branches::Flow;
use super::folding::Folding;
use super::guards::Decided;
use super::structure::{Block, Declared, Leaving, Step, Tokens};
use super::text::{Value, Variables};

/// Where a body stands.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// It begins at this byte of the text that people see.
    At(usize),
    /// All of it is told at the statement that leads to it, if that has a place.
    Of(Option<(usize, usize)>),
}

/// Whether a body may end the transaction that it runs in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Where nobody else has begun it.
    Possible,
    /// Never, for this reason.
    Refused(&'static str),
}

/// A body while it runs.
pub(super) struct Course<'a> {
    pub(super) cursor: Cursor<'a>,
    pub(super) place: Place,
    pub(super) depth: usize,
    pub(super) ending: Ending,
    pub(super) certainty: Certainty,
    pub(super) variables: Variables,
    /// The records of loops that go over all rows of a query.
    pub(super) of_all_rows: Vec<&'a str>,
    /// The queries of cursors.
    pub(super) cursors: Vec<(&'a str, Tokens<'a>)>,
    pub(super) found: Vec<Inner>,
    /// Whether the same text may be gone through often: in a function, or in a loop that is unrolled.
    pub(super) is_repeated: bool,
    pub(super) is_exhausted: bool,
}

impl<'a> Course<'a> {
    pub(super) fn new(cursor: Cursor<'a>, place: Place, ending: Ending, variables: Variables, depth: usize) -> Self {
        Self {
            cursor,
            place,
            depth,
            ending,
            certainty: Certainty::Certain,
            variables,
            of_all_rows: Vec::new(),
            cursors: Vec::new(),
            found: Vec::new(),
            is_repeated: matches!(place, Place::Of(None)),
            is_exhausted: false,
        }
    }

    /// What the body sends.
    pub(super) fn of_body(mut self, body: &Block<'a>) -> Vec<Inner> {
        self.block(body);
        self.found
    }

    pub(super) fn folding(&self) -> Folding<'_> {
        Folding {
            variables: &self.variables,
            reading: self.cursor.reading,
        }
    }

    pub(super) fn block(&mut self, block: &Block<'a>) -> Flow {
        for declaration in &block.declarations {
            match declaration.value {
                Declared::Nothing => self.variables.set(declaration.name, Value::Null),
                Declared::Value(value) => self.assign(declaration.name, value),
                Declared::Cursor(query) => self.cursors.push((declaration.name, query)),
            }
        }
        if block.handlers.is_empty() {
            return self.steps(&block.steps);
        }
        // What fails here is caught, and with it all that the block has done: whatever it does is done or not.
        let (certainty, ending) = (self.certainty, self.ending);
        self.certainty = Certainty::Doubtful;
        if ending == Ending::Possible {
            self.ending = Ending::Refused("PL/pgSQL allows no COMMIT or ROLLBACK in a block with an EXCEPTION clause");
        }
        let before = self.variables.clone();
        let flow = self.steps(&block.steps);
        self.ending = ending;
        let mut leaves = flow;
        self.variables.keep_common(&before);
        for handler in &block.handlers {
            let before = self.variables.clone();
            self.certainty = Certainty::Doubtful;
            leaves = leaves.or(self.steps(handler));
            self.variables.keep_common(&before);
        }
        self.certainty = certainty;
        leaves.perhaps()
    }

    /// Runs statements. Behind one that may leave, the others are in doubt, also for those who called this.
    pub(super) fn steps(&mut self, steps: &[Step<'a>]) -> Flow {
        let mut flow = Flow::GoesOn;
        for step in steps {
            match self.step(step) {
                Flow::GoesOn => {}
                Flow::MayLeave(leaving) => {
                    self.certainty = Certainty::Doubtful;
                    flow = flow.or(Flow::MayLeave(leaving));
                }
                Flow::Leaves(leaving) => return flow.then(leaving),
            }
        }
        flow
    }

    pub(super) fn step(&mut self, step: &Step<'a>) -> Flow {
        match step {
            Step::Block(block) => return self.block(block),
            Step::If { arms, otherwise } => return self.branches(arms, otherwise.as_deref()),
            Step::Loop { over, steps } => return self.repeat(over, steps),
            Step::Assign {
                variable,
                is_whole: true,
                value,
            } => self.assign(variable, value),
            Step::Assign { variable, value, .. } => {
                self.evaluate(value);
                self.variables.forget(variable);
            }
            Step::Evaluate(tokens) => self.evaluate(tokens),
            Step::Sql(tokens) => self.sql(tokens),
            Step::Query { query, whole } => self.query(query, whole),
            Step::Open(cursor) => self.open(cursor),
            Step::Execute { text, whole } => self.execute(text, whole),
            Step::EndTransaction(tokens) => self.end_transaction(tokens),
            Step::Leave { leaves, when } => return self.leave(*leaves, *when),
            Step::Forget(variables) => variables.iter().for_each(|variable| self.variables.forget(variable)),
            Step::Unread { tokens, reason } => self.unread(tokens, reason),
        }
        Flow::GoesOn
    }

    pub(super) fn leave(&mut self, leaves: Leaving, when: Option<Tokens<'a>>) -> Flow {
        let Some(condition) = when else {
            return Flow::Leaves(leaves);
        };
        self.evaluate(condition);
        match self.folding().decide(condition) {
            Decided::Holds => Flow::Leaves(leaves),
            Decided::Fails => Flow::GoesOn,
            Decided::Unknown => Flow::MayLeave(leaves),
        }
    }

    pub(super) fn assign(&mut self, variable: &str, value: Tokens<'a>) {
        self.evaluate(value);
        let value = self.folding().value(value);
        self.variables.forget(variable);
        self.variables.set(variable, value);
    }
}
