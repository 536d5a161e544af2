//! What functions came to that ran before with the same arguments: they are not run again, but what they did is done again.

use std::rc::Rc;

use super::data::{Closure, Datum, Definition, Given};
use super::{Found, Runner, What};
use crate::python_work::{Action, TextPiece};
use crate::source::Range;

/// A call that has run.
pub(super) struct Remembered<'a> {
    given: Given<'a>,
    result: Datum<'a>,
    effects: Vec<Found>,
    /// The call in the first module that led to it.
    at: Range,
    doubt: usize,
}

/// What the call of a function is measured against when it has run.
pub(super) struct Before {
    effects: usize,
    symbols: usize,
    cuts: usize,
    waiting: usize,
    doubt: usize,
}

impl<'a> Runner<'a> {
    pub(super) fn before_call(&self) -> Before {
        Before {
            effects: self.effects.len(),
            symbols: self.symbols.len(),
            cuts: self.cuts,
            waiting: self.waiting.len(),
            doubt: self.doubt,
        }
    }

    /// What the same call came to before; what it did is noted once more.
    pub(super) fn remembered(&mut self, closure: &Closure<'a>, given: &Given<'a>) -> Option<Datum<'a>> {
        let known = self.memory.get(&key_of(closure)?)?;
        let is_it = |known: &&Rc<Remembered<'a>>| {
            is_same(&known.given, given) && (known.effects.is_empty() || self.is_outside_of_loops())
        };
        let known = Rc::clone(known.iter().find(is_it)?);
        for found in &known.effects {
            if !self.may_go_on() || !self.may_make(size(found)) {
                break;
            }
            if self.effects.len() >= super::MAX_EFFECTS {
                self.exhaust();
                break;
            }
            let moved = |place: Range| if place == known.at { self.at } else { place };
            self.effects.push(Found {
                at: moved(found.at),
                place: moved(found.place),
                doubt: self.doubt + found.doubt - known.doubt,
                ..found.clone()
            });
        }
        Some(known.result.clone())
    }

    /// Remembers a call that hangs on nothing but its arguments and leaves nothing behind but its result and its effects.
    pub(super) fn remember(&mut self, closure: &Closure<'a>, given: &Given<'a>, before: &Before, result: &Datum<'a>) {
        /// A function with more calls than these is called with something else each time.
        const MOST_CALLS: usize = 16;
        let Some(key) = key_of(closure) else { return };
        let is_cut = self.is_exhausted || self.cuts > before.cuts || self.waiting.len() != before.waiting;
        let is_of_this_call = |piece: &TextPiece| matches!(piece, TextPiece::Value { .. });
        let effects = self.effects.get(before.effects..).unwrap_or_default();
        if is_cut
            || given.is_open
            || !given.all().all(is_plain)
            || !is_plain(result)
            || self.symbols[before.symbols..].iter().any(is_of_this_call)
            || !(effects.is_empty() || self.is_outside_of_loops())
        {
            return;
        }
        let call = Rc::new(Remembered {
            given: given.clone(),
            result: result.clone(),
            effects: effects.to_vec(),
            at: self.at,
            doubt: before.doubt,
        });
        let calls = self.memory.entry(key).or_default();
        if calls.len() < MOST_CALLS {
            calls.push(call);
        }
    }

    /// How far work reaches hangs on the loops around it, and on what is one transaction.
    fn is_outside_of_loops(&self) -> bool {
        self.loops.is_empty() && self.loops_before_atomic.is_none()
    }
}

/// A function at the top of a module sees nothing but its arguments and constants.
fn key_of(closure: &Closure<'_>) -> Option<usize> {
    let sees_more = closure.outer.is_some() || closure.receiver.is_some() || closure.first.is_some();
    match closure.definition {
        Definition::Function(function) if !sees_more && !closure.is_atomic => {
            Some(std::ptr::from_ref(function) as usize)
        }
        Definition::Function(_) | Definition::Lambda(_) => None,
    }
}

fn is_same(one: &Given<'_>, other: &Given<'_>) -> bool {
    let is_named_alike = |((name, one), (other_name, other)): (&(String, Datum<'_>), &(String, Datum<'_>))| {
        name == other_name && one.is_same(other)
    };
    !other.is_open
        && one.args.len() == other.args.len()
        && one.kwargs.len() == other.kwargs.len()
        && one.args.iter().zip(&other.args).all(|(one, other)| one.is_same(other))
        && one.kwargs.iter().zip(&other.kwargs).all(is_named_alike)
}

/// Whether something cannot be changed in place.
fn is_plain(datum: &Datum<'_>) -> bool {
    match datum {
        Datum::Text(_)
        | Datum::Constant(_)
        | Datum::Class(..)
        | Datum::Apps
        | Datum::Editor
        | Datum::Deferred
        | Datum::Connection
        | Datum::Cursor
        | Datum::Atomic
        | Datum::Meta(_)
        | Datum::Model(_)
        | Datum::Path(_)
        | Datum::Field(_)
        | Datum::Unknown(_) => true,
        Datum::List(_)
        | Datum::Dict(_)
        | Datum::Function(_)
        | Datum::Partial(_)
        | Datum::Context(_)
        | Datum::Method(_)
        | Datum::Object(_)
        | Datum::Super(..)
        | Datum::Made(_)
        | Datum::Query(_)
        | Datum::Row(_)
        | Datum::Part(_)
        | Datum::Pages(_)
        | Datum::Opened(_) => false,
        Datum::Either(several) => several.iter().all(is_plain),
    }
}

/// How many bytes of text an effect has.
fn size(found: &Found) -> usize {
    match &found.what {
        What::Effect(Action::Sql { text, .. }) => text
            .iter()
            .map(|piece| match piece {
                TextPiece::Known(text) => text.len(),
                TextPiece::Table(_) | TextPiece::Column(..) | TextPiece::Value { .. } | TextPiece::Unknown(_) => 64,
            })
            .sum(),
        What::Effect(_) | What::Names(_) => 64,
    }
}
