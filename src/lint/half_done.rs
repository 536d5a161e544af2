//! What a migration without a transaction leaves when it fails half way, and what becomes of the next run of it.

mod changes;
mod second_run;

use crate::finding::Origin;
use crate::migration::{Migration, Operation, OperationPath};
use crate::schema_editor::Again;
use crate::statement::Statement;
use crate::transaction::Likelihood;

use super::database::Database;
use super::remarks::is_harmless_again;
use super::sent::{HitAt, Sent};
use changes::{Change, Wanted, changes};
use second_run::{Outcome, Step, after};

/// What the statements of a migration without a transaction do that a second run may stop at.
#[derive(Debug, Default)]
pub(super) struct Committed {
    changes: Vec<(HitAt, Change)>,
    /// Statements that do not commit alone: each stands in a transaction with the next one.
    held: Vec<HitAt>,
}

/// What becomes of a migration that is run again after it has failed half way.
pub(super) enum Retry {
    /// It does all of it again as if nothing had been, as far as its statements go.
    Harmless,
    /// Not all of them are known.
    Unknown,
    /// It stops, or does something twice.
    Harmful {
        /// The operation where it stops first, or which it does twice.
        operation: OperationPath,
        /// What becomes of it, in words.
        words: String,
    },
}

/// Places after which a run may fail, with what becomes of the next one: the first and the last of them.
struct Span {
    first: usize,
    last: usize,
    outcome: Outcome,
}

/// How many of them a message names.
const TOLD: usize = 3;

impl Database<'_> {
    /// Remembers what a statement does, in a migration without a transaction.
    pub(super) fn note_committed(&mut self, statement: &Statement) {
        let is_sent_again = self.again == Again::Sends;
        if self.is_atomic || !is_sent_again || self.backend.passes_over_what_is_there() {
            return;
        }
        let certain = self.likelihood == Likelihood::Certain;
        for change in changes(statement) {
            let change = if certain { change } else { Change::Anything };
            self.committed.changes.push((self.running, change));
        }
        if self.transaction.open {
            self.committed.held.push(self.running);
        }
    }

    /// A transaction ends: what the last statement did is committed with it.
    pub(super) fn note_commit(&mut self) {
        let HitAt { string, statement, .. } = self.running;
        self.committed
            .held
            .retain(|held| (held.string, held.statement) != (string, statement));
    }

    /// What the next run does if this one fails half way.
    pub(super) fn retry(&mut self, migration: &Migration) -> Retry {
        let committed = std::mem::take(&mut self.committed);
        let sent: Vec<(HitAt, &Sent<'_>)> = self.numbered().collect();
        let number = |at: HitAt| {
            let is_it = |(known, _): &(HitAt, &Sent<'_>)| (known.string, known.statement) == (at.string, at.statement);
            sent.iter().position(is_it).map(|index| index + 1)
        };
        let Some(last) = self.last_that_can_fail(&sent) else {
            return Retry::Harmless;
        };
        let mut steps: Vec<Step> = Vec::new();
        for (at, change) in committed.changes {
            let Some(number) = number(at) else { continue };
            let change = settled(change, sent[number - 1].1, migration);
            match steps.last_mut() {
                Some(step) if step.number == number => step.changes.push(change),
                _ => steps.push(Step {
                    number,
                    changes: vec![change],
                }),
            }
        }
        let held: Vec<usize> = committed.held.into_iter().filter_map(number).collect();
        let points = (1..last).filter(|done| !held.contains(done));
        let spans = spans(&steps, points);
        let place = spans.iter().find_map(|span| span.outcome.place());
        let place = place.map(|number| (number, words(&spans, sent.len(), last)));
        let place = place.or_else(|| invalid_index(&steps, &sent).filter(|_| !migration.atomic));
        match place.and_then(|(number, words)| Some((sent.get(number - 1)?.1.operation.clone(), words))) {
            Some((operation, words)) => Retry::Harmful { operation, words },
            None if steps.iter().any(Step::may_do_anything) => Retry::Unknown,
            None => Retry::Harmless,
        }
    }

    fn numbered(&self) -> impl Iterator<Item = (HitAt, &Sent<'_>)> {
        self.log.iter().enumerate().flat_map(|(string, executed)| {
            let sent = executed.statements.iter().enumerate();
            sent.map(move |(statement, sent)| {
                let at = HitAt {
                    string,
                    statement,
                    ..HitAt::default()
                };
                (at, sent)
            })
        })
    }

    /// The number of the last statement that does work; code of Python counts as one after the statement before it.
    fn last_that_can_fail(&self, sent: &[(HitAt, &Sent<'_>)]) -> Option<usize> {
        let is_work = |sent: &Sent<'_>| sent.hits().any(|hit| !is_harmless_again(&hit.rule.name));
        let statement = sent.iter().rposition(|(_, sent)| is_work(sent)).map(|index| index + 1);
        let python = self.python_at.map(|strings| {
            let before = sent.iter().filter(|(at, _)| at.string < strings);
            before.count() + 1
        });
        statement.max(python)
    }
}

/// Whether Django sends it again where the name is gone: of what `AlterField` and the like drop, it asks the database for the name.
fn settled(change: Change, sent: &Sent<'_>, migration: &Migration) -> Change {
    let Change::Take {
        object,
        wanted: Wanted::UnlessLookedUp,
    } = change
    else {
        return change;
    };
    let node = sent.operation.node(&migration.operations);
    let wanted = match node.map(|node| &node.operation) {
        // It has the name from the migration, or stops where it finds none.
        Some(
            Operation::RemoveConstraint { .. }
            | Operation::AlterUniqueTogether { .. }
            | Operation::AlterIndexTogether { .. },
        ) => Wanted::Strictly,
        _ if sent.origin == Origin::Django => Wanted::IfPossible,
        _ => Wanted::Strictly,
    };
    Change::Take { object, wanted }
}

fn spans(steps: &[Step], points: impl Iterator<Item = usize>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut known: Option<(usize, Outcome)> = None;
    for done in points {
        // Only statements that change something make a difference.
        let changed = steps.iter().take_while(|step| step.number <= done).count();
        let outcome = match &known {
            Some((of, outcome)) if *of == changed => outcome.clone(),
            _ => after(steps, done),
        };
        known = Some((changed, outcome.clone()));
        match spans.last_mut() {
            Some(span) if span.outcome == outcome => span.last = done,
            _ => spans.push(Span {
                first: done,
                last: done,
                outcome,
            }),
        }
    }
    spans.retain(|span| span.outcome.place().is_some());
    spans
}

/// An index whose concurrent build fails is there all the same.
fn invalid_index(steps: &[Step], sent: &[(HitAt, &Sent<'_>)]) -> Option<(usize, String)> {
    let is_concurrent = |sent: &Sent<'_>| sent.hits().any(|hit| hit.rule.name == "create-index-concurrently");
    let mut builds = steps.iter().filter(|step| is_concurrent(sent[step.number - 1].1));
    let number = builds.find_map(|step| {
        let (stop, _) = after(steps, step.number).stop?;
        (stop == step.number).then_some(stop)
    })?;
    let count = sent.len();
    let which = if count == 1 {
        String::new()
    } else {
        format!(" of statement {number} of {count}")
    };
    let words = format!("if the build{which} fails, it leaves an invalid index, and the next run stops at it");
    Some((number, words))
}

impl Step {
    fn may_do_anything(&self) -> bool {
        let mut changes = self.changes.iter();
        changes.any(|change| matches!(change, Change::Anything))
    }
}

impl Outcome {
    /// The statement that it is about; none where nothing stops the run, and nothing is done twice.
    fn place(&self) -> Option<usize> {
        let stop = self.stop.as_ref().map(|(number, _)| *number);
        stop.or_else(|| self.added_again.first().map(|(number, _)| *number))
    }
}

/// `if it fails after statement 2 of 4 or a later one, the next run stops at statement 2: the column .. is there already`
fn words(spans: &[Span], count: usize, last: usize) -> String {
    let told = spans.iter().take(TOLD).enumerate().map(|(index, span)| {
        let of = if index == 0 {
            format!(" of {count}")
        } else {
            String::new()
        };
        let (first, end) = (span.first, span.last);
        let when = if count == 1 {
            "its statement".to_owned()
        } else if first == end {
            format!("statement {first}{of}")
        } else if end + 1 >= last {
            format!("statement {first}{of} or a later one")
        } else {
            format!("statements {first} to {end}{of}")
        };
        let run = outcome(&span.outcome, count);
        if index == 0 {
            format!("if it fails after {when}, the next run {run}")
        } else {
            format!("after {when}, it {run}")
        }
    });
    let mut words = told.collect::<Vec<_>>().join("; ");
    if spans.len() > TOLD {
        words.push_str("; and so on");
    }
    words
}

fn outcome(outcome: &Outcome, count: usize) -> String {
    let again = outcome.added_again.iter();
    let again: Vec<String> = again
        .map(|(number, table)| format!("the rows that statement {number} inserts into `{table}`"))
        .collect();
    let again = (!again.is_empty()).then(|| format!("adds {} again", again.join(" and ")));
    let stop = outcome.stop.as_ref();
    let stop = stop.map(|(number, reason)| {
        if count == 1 {
            format!("stops at it, because {reason}")
        } else {
            format!("stops at statement {number}, because {reason}")
        }
    });
    again.into_iter().chain(stop).collect::<Vec<_>>().join(" and ")
}
