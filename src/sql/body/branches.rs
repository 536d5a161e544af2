//! Branches of which one runs, and what may follow behind them.

use crate::python_work::Certainty;
use crate::sql::cursor::Cursor;

use super::course::Course;
use super::guards::Decided;
use super::structure::{Arm, Condition, Leaving, Step, Tokens};
use super::text::{Value, Variables};

/// How the run of some statements ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// What follows runs.
    GoesOn,
    /// A condition decides whether what follows runs.
    MayLeave(Leaving),
    /// What follows does not run.
    Leaves(Leaving),
}

impl<'a> Course<'a> {
    pub(super) fn branches(&mut self, arms: &[Arm<'a>], otherwise: Option<&[Step<'a>]>) -> Flow {
        let certainty = self.certainty;
        let before = self.variables.clone();
        let mut merged: Option<(Variables, Flow)> = None;
        let mut is_covered = false;
        for arm in arms {
            let decided = self.condition(&arm.condition);
            if decided == Decided::Fails {
                continue;
            }
            is_covered = decided == Decided::Holds;
            if !is_covered {
                self.certainty = Certainty::Doubtful;
            }
            merged = Some(self.branch(&arm.steps, &before, merged));
            if is_covered {
                break;
            }
        }
        if !is_covered {
            merged = Some(self.branch(otherwise.unwrap_or_default(), &before, merged));
        }
        self.certainty = certainty;
        let Some((variables, flow)) = merged else {
            return Flow::GoesOn;
        };
        self.variables = variables;
        flow
    }

    /// Runs one of several branches, and says what is true after any of them.
    pub(super) fn branch(
        &mut self,
        steps: &[Step<'a>],
        before: &Variables,
        others: Option<(Variables, Flow)>,
    ) -> (Variables, Flow) {
        let certainty = self.certainty;
        self.variables = before.clone();
        let flow = self.steps(steps);
        self.certainty = certainty;
        let mut variables = std::mem::take(&mut self.variables);
        self.variables = before.clone();
        match others {
            None => (variables, flow),
            // Where everything is rolled back nothing follows.
            Some((_, Flow::Leaves(Leaving::Everything))) => (variables, flow),
            Some(others) if flow == Flow::Leaves(Leaving::Everything) => others,
            Some((known, other)) => {
                variables.keep_common(&known);
                (variables, other.or(flow))
            }
        }
    }

    pub(super) fn condition(&mut self, condition: &Condition<'a>) -> Decided {
        match condition {
            Condition::Holds(tokens) => {
                self.evaluate(tokens);
                self.folding().decide(tokens)
            }
            Condition::Equals(operand, values) => {
                self.evaluate(operand);
                self.evaluate(values);
                self.matches(operand, values)
            }
        }
    }

    /// Whether a value is one of several.
    pub(super) fn matches(&self, operand: Tokens<'a>, values: Tokens<'a>) -> Decided {
        let folding = self.folding();
        let operand = folding.value(operand);
        let values = Cursor::comma_separated(values);
        let values: Vec<Value> = values.into_iter().map(|value| folding.value(value)).collect();
        let constants: Option<Vec<&str>> = values.iter().map(Value::constant).collect();
        match (operand.constant(), constants) {
            (Some(operand), Some(constants)) if constants.contains(&operand) => Decided::Holds,
            (Some(_), Some(_)) => Decided::Fails,
            _ => Decided::Unknown,
        }
    }
}

impl Flow {
    /// Either of the two happens.
    pub(super) fn or(self, other: Flow) -> Flow {
        match (self, other) {
            (Flow::GoesOn, Flow::GoesOn) => Flow::GoesOn,
            (Flow::Leaves(one), Flow::Leaves(other)) => Flow::Leaves(one.min(other)),
            // An error ends the migration: whatever follows had none.
            (Flow::Leaves(Leaving::Everything), flow) | (flow, Flow::Leaves(Leaving::Everything)) => flow,
            (Flow::GoesOn, Flow::Leaves(leaving) | Flow::MayLeave(leaving))
            | (Flow::Leaves(leaving) | Flow::MayLeave(leaving), Flow::GoesOn) => Flow::MayLeave(leaving),
            (Flow::Leaves(one) | Flow::MayLeave(one), Flow::Leaves(other) | Flow::MayLeave(other)) => {
                Flow::MayLeave(one.max(other))
            }
        }
    }

    /// It happens, or what was so far.
    pub(super) fn then(self, leaving: Leaving) -> Flow {
        match self {
            Flow::GoesOn | Flow::Leaves(_) => Flow::Leaves(leaving),
            Flow::MayLeave(other) => Flow::Leaves(other.min(leaving)),
        }
    }

    /// It happens, or not.
    pub(super) fn perhaps(self) -> Flow {
        match self {
            Flow::Leaves(Leaving::Everything) | Flow::GoesOn => Flow::GoesOn,
            Flow::MayLeave(leaving) | Flow::Leaves(leaving) => Flow::MayLeave(leaving),
        }
    }
}
