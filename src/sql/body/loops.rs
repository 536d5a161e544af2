//! Loops: turn by turn where they go over constants, else one turn that stands for all.

use crate::python_work::Certainty;
use crate::sql::query;
use crate::sql::token::Token;

use super::branches::Flow;
use super::course::{Course, Ending};
use super::folding::Folding;
use super::sends::reads_tables;
use super::structure::{Leaving, Over, Step, Tokens};
use super::text::Value;

impl<'a> Course<'a> {
    pub(super) fn repeat(&mut self, over: &Over<'a>, steps: &[Step<'a>]) -> Flow {
        let turns = self.turns(over);
        if let Some(turns) = turns {
            return self.unroll(turns, steps);
        }
        let (certainty, ending) = (self.certainty, self.ending);
        match over {
            Over::Nothing => {}
            Over::While(condition) => self.evaluate(condition),
            Over::Range { bounds, .. } => self.evaluate(bounds),
            Over::Array { value, .. } => self.evaluate(value),
            Over::Query { query, .. } => self.sql(query),
            Over::Execute { text, whole, .. } => self.execute(text, whole),
            Over::Cursor { cursor, .. } => self.open(cursor),
        }
        if !matches!(over, Over::Nothing) {
            self.certainty = Certainty::Doubtful;
        }
        if let Over::Query { query, .. } = over
            && ending == Ending::Possible
            && query.first().is_some_and(changes_rows)
        {
            self.ending =
                Ending::Refused("PL/pgSQL allows no COMMIT or ROLLBACK in a loop over rows that its query changes");
        }
        let mut set = over.variables();
        steps.iter().for_each(|step| step.set_variables(&mut set));
        set.iter().for_each(|variable| self.variables.forget(variable));
        let outer = self.of_all_rows.len();
        if let Over::Query { variables, query } = over
            && takes_all_rows(query)
            && reads_tables(&query::reads(&self.cursor, query))
        {
            self.of_all_rows.extend(variables);
        }
        let flow = self.steps(steps);
        self.of_all_rows.truncate(outer);
        set.iter().for_each(|variable| self.variables.forget(variable));
        (self.certainty, self.ending) = (certainty, ending);
        match flow {
            Flow::Leaves(leaving) | Flow::MayLeave(leaving) if leaving <= Leaving::Loop => Flow::GoesOn,
            Flow::Leaves(_) if matches!(over, Over::Nothing) => flow,
            flow => flow.perhaps(),
        }
    }

    /// The variables of each turn, where the loop goes over constants.
    pub(super) fn turns(&self, over: &Over<'a>) -> Option<Vec<Vec<(String, Value)>>> {
        let folding = self.folding();
        match over {
            Over::Range { variable, bounds } => {
                let range = range(&folding, bounds)?;
                let turn = |number: i64| vec![((*variable).to_owned(), Value::text(number.to_string()))];
                Some(range.into_iter().map(turn).collect())
            }
            Over::Array { variables, value } => match folding.value(value) {
                Value::List(items) => {
                    let variable = variables.first()?;
                    let turn = |item: &Value| vec![((*variable).to_owned(), item.clone())];
                    Some(items.iter().map(turn).collect())
                }
                Value::Text(_) | Value::Null | Value::Unknown => None,
            },
            Over::Query { variables, query } => {
                let rows = folding.rows(&self.cursor, query)?;
                let turn = |row: &Vec<Value>| named(variables, &rows.columns, row);
                Some(rows.rows.iter().map(turn).collect())
            }
            Over::Nothing | Over::While(_) | Over::Execute { .. } | Over::Cursor { .. } => None,
        }
    }

    pub(super) fn unroll(&mut self, turns: Vec<Vec<(String, Value)>>, steps: &[Step<'a>]) -> Flow {
        let (certainty, is_repeated) = (self.certainty, self.is_repeated);
        self.is_repeated = true;
        let mut whole = Flow::GoesOn;
        for turn in turns {
            if self.is_exhausted || !self.cursor.reading.take_statement() {
                self.exhaust();
                break;
            }
            for (name, value) in turn {
                self.variables.set(&name, value);
            }
            match self.steps(steps) {
                Flow::GoesOn => {}
                Flow::Leaves(Leaving::Turn) => {}
                Flow::MayLeave(Leaving::Turn) => self.certainty = certainty,
                Flow::Leaves(Leaving::Loop) => break,
                Flow::MayLeave(Leaving::Loop) => {}
                Flow::Leaves(leaving) => {
                    whole = whole.then(leaving);
                    break;
                }
                Flow::MayLeave(leaving) => whole = whole.or(Flow::MayLeave(leaving)),
            }
        }
        (self.certainty, self.is_repeated) = (certainty, is_repeated);
        whole
    }
}

/// `SELECT .. FROM table`, and no word that leaves rows out.
fn takes_all_rows(query: Tokens<'_>) -> bool {
    const FEWER: &[&str] = &[
        "where", "limit", "fetch", "group", "having", "join", "distinct", "offset",
    ];
    query.first().is_some_and(|first| first.is("select"))
        && query.iter().filter(|token| token.is("from")).count() == 1
        && !query.iter().any(|token| FEWER.iter().any(|word| token.is(word)))
}

fn changes_rows(first: &Token) -> bool {
    ["insert", "update", "delete", "merge"]
        .iter()
        .any(|word| first.is(word))
}

/// The variables of one turn: each a column, or all of them the fields of a record.
fn named(variables: &[&str], columns: &[String], row: &[Value]) -> Vec<(String, Value)> {
    let mut named: Vec<(String, Value)> = match variables {
        [record] => {
            let fields = columns.iter().zip(row);
            fields
                .map(|(column, value)| (format!("{record}.{column}"), value.clone()))
                .collect()
        }
        several => several
            .iter()
            .zip(row)
            .map(|(variable, value)| ((*variable).to_owned(), value.clone()))
            .collect(),
    };
    // Where the variable is no record, it is the only column.
    if let ([variable], [value]) = (variables, row) {
        named.push(((*variable).to_owned(), value.clone()));
    }
    named
}

/// `1 .. 12`, `REVERSE 12 .. 1`, without `BY`.
fn range(folding: &Folding<'_>, bounds: Tokens<'_>) -> Option<Vec<i64>> {
    const LONGEST: i64 = 1_000;
    let is_reversed = bounds.first()?.is("reverse");
    let bounds = &bounds[usize::from(is_reversed)..];
    if bounds.iter().any(|token| token.is("by")) {
        return None;
    }
    let at = bounds
        .windows(2)
        .position(|pair| super::clauses::is_between(&pair[0], &pair[1]))?;
    let number = |tokens: Tokens<'_>| match tokens {
        [
            Token {
                kind: crate::sql::token::Kind::Number(number),
                ..
            },
        ] => number.trim_matches('.').parse::<i64>().ok(),
        tokens => folding.value(tokens).constant()?.trim_matches('.').parse().ok(),
    };
    let is_dot = |token: &Token| token.is_symbol(".");
    let from = &bounds[..at + usize::from(!is_dot(&bounds[at]))];
    let to = &bounds[at + 1 + usize::from(is_dot(&bounds[at + 1]))..];
    let (from, to) = (number(from)?, number(to)?);
    let (low, high) = if is_reversed { (to, from) } else { (from, to) };
    if high.checked_sub(low)? > LONGEST {
        return None;
    }
    let mut numbers: Vec<i64> = (low..=high).collect();
    if is_reversed {
        numbers.reverse();
    }
    Some(numbers)
}
