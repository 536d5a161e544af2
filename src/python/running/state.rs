//! The names and objects of running code, and how two courses of it become one again.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::super::Module;
use super::data::{Cell, CellId, Datum, FrameId, Query};
use super::local_classes::TUPLE;
use crate::python_work::Target;

/// Lists are compared item by item up to this many pairs.
const MAX_COMPARED: usize = 10_000;

/// The names of one call of a function.
#[derive(Clone)]
pub(super) struct Frame<'a> {
    pub(super) home: &'a Module,
    pub(super) names: FxHashMap<String, Datum<'a>>,
    pub(super) outer: Option<FrameId>,
    /// The object whose method runs, and which of its classes has the method.
    pub(super) receiver: Option<(CellId, usize)>,
    /// Names that the function binds outside of itself: `nonlocal`.
    pub(super) outward: Vec<String>,
}

/// All that branches may change. Shared until they do.
///
/// The state that runs only ever grows: another takes its place by `go_back` alone, which keeps what was made since. So no
/// two branches give out the same place, and what one of them returned is there after it.
#[derive(Clone, Default)]
pub(super) struct State<'a> {
    frames: Vec<Rc<Frame<'a>>>,
    cells: Vec<Rc<Cell<'a>>>,
}

impl<'a> State<'a> {
    pub(super) fn keep(&mut self, cell: Cell<'a>) -> CellId {
        self.cells.push(Rc::new(cell));
        self.cells.len() - 1
    }

    pub(super) fn list(&mut self, items: Vec<Datum<'a>>) -> Datum<'a> {
        Datum::List(self.keep(Cell::List {
            items,
            is_open: false,
            rows: None,
        }))
    }

    pub(super) fn dict(&mut self, items: Vec<(Datum<'a>, Datum<'a>)>) -> Datum<'a> {
        Datum::Dict(self.keep(Cell::Dict { items, is_open: false }))
    }

    pub(super) fn cell(&self, id: CellId) -> Option<&Cell<'a>> {
        self.cells.get(id).map(Rc::as_ref)
    }

    pub(super) fn cell_mut(&mut self, id: CellId) -> Option<&mut Cell<'a>> {
        self.cells.get_mut(id).map(Rc::make_mut)
    }

    pub(super) fn open(&mut self, frame: Frame<'a>) -> FrameId {
        self.frames.push(Rc::new(frame));
        self.frames.len() - 1
    }

    pub(super) fn frame(&self, id: FrameId) -> Option<&Frame<'a>> {
        self.frames.get(id).map(Rc::as_ref)
    }

    pub(super) fn frame_mut(&mut self, id: FrameId) -> Option<&mut Frame<'a>> {
        self.frames.get_mut(id).map(Rc::make_mut)
    }

    /// Binds a name in this frame.
    pub(super) fn bind(&mut self, frame: FrameId, name: &str, datum: Datum<'a>) {
        if let Some(frame) = self.frame_mut(frame) {
            frame.names.insert(name.to_owned(), datum);
        }
    }

    /// How many things a copy of it holds.
    pub(super) fn len(&self) -> usize {
        self.cells.len() + self.frames.len()
    }

    /// Finds a name, from a frame outwards.
    pub(super) fn lookup(&self, mut frame: FrameId, name: &str) -> Option<&Datum<'a>> {
        loop {
            let at = self.frames.get(frame)?;
            if let Some(bound) = at.names.get(name) {
                return Some(bound);
            }
            frame = at.outer?;
        }
    }

    /// The frame that a name is bound in, from one outwards.
    pub(super) fn owner(&self, mut frame: FrameId, name: &str) -> Option<FrameId> {
        loop {
            let at = self.frames.get(frame)?;
            if at.names.contains_key(name) {
                return Some(frame);
            }
            frame = at.outer?;
        }
    }

    /// The items of a list or dict, and whether there may be any number like them.
    pub(super) fn items(&self, datum: &Datum<'a>) -> Option<(Vec<Datum<'a>>, bool)> {
        match datum {
            Datum::List(id) => match self.cell(*id) {
                Some(Cell::List { items, is_open, .. }) => Some((items.clone(), *is_open)),
                Some(Cell::Dict { .. } | Cell::Object { .. } | Cell::Made { .. } | Cell::Row { .. }) | None => None,
            },
            Datum::Dict(id) => match self.cell(*id) {
                Some(Cell::Dict { items, is_open }) => {
                    Some((items.iter().map(|(key, _)| key.clone()).collect(), *is_open))
                }
                Some(Cell::List { .. } | Cell::Object { .. } | Cell::Made { .. } | Cell::Row { .. }) | None => None,
            },
            Datum::Object(id) => match self.cell(*id) {
                Some(Cell::Object { base, attributes, .. }) if base.as_deref() == Some(TUPLE) => {
                    Some((attributes.iter().map(|(_, item)| item.clone()).collect(), false))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Goes back to an earlier state, and gives the one that was. Objects made since keep their places.
    pub(super) fn go_back(&mut self, before: &State<'a>) -> State<'a> {
        let mut again = before.clone();
        let cells = self.cells.iter().skip(before.cells.len());
        again.cells.extend(cells.cloned());
        let frames = self.frames.iter().skip(before.frames.len());
        again.frames.extend(frames.cloned());
        std::mem::replace(self, again)
    }

    /// The state after one course or another; says whether anything differs.
    pub(super) fn join(&mut self, other: &State<'a>) -> bool {
        let mut differs = false;
        for (frame, other) in self.frames.iter_mut().zip(&other.frames) {
            if !Rc::ptr_eq(frame, other) {
                differs |= join_frames(Rc::make_mut(frame), other);
            }
        }
        for (cell, other) in self.cells.iter_mut().zip(&other.cells) {
            if !Rc::ptr_eq(cell, other) {
                differs |= join_cells(Rc::make_mut(cell), other);
            }
        }
        // Objects that only the other course made are kept: names may lead to them.
        let known = (self.cells.len(), self.frames.len());
        self.cells.extend(other.cells.iter().skip(known.0).cloned());
        self.frames.extend(other.frames.iter().skip(known.1).cloned());
        differs
    }
}

fn join_frames<'a>(frame: &mut Frame<'a>, other: &Frame<'a>) -> bool {
    let mut differs = false;
    for (name, bound) in &other.names {
        match frame.names.get_mut(name) {
            Some(own) if own.is_same(bound) => {}
            Some(own) => {
                *own = own.clone().or(bound.clone());
                differs = true;
            }
            // Where it is used it is bound.
            None => {
                frame.names.insert(name.clone(), bound.clone());
                differs = true;
            }
        }
    }
    differs
}

fn join_cells<'a>(cell: &mut Cell<'a>, other: &Cell<'a>) -> bool {
    match (cell, other) {
        (
            Cell::List { items, is_open, rows },
            Cell::List {
                items: others,
                is_open: other_open,
                rows: other_rows,
            },
        ) => {
            let is_same =
                items.len() == others.len() && items.iter().zip(others).all(|(one, other)| one.is_same(other));
            if is_same && *is_open == *other_open {
                return false;
            }
            let is_long = items.len() * others.len() > MAX_COMPARED;
            // Long lists have the same beginning, as both courses began with it.
            let others = others.iter().skip(if is_long { items.len() } else { 0 });
            let more: Vec<Datum<'a>> = others
                .filter(|other| is_long || !items.iter().any(|item| item.is_same(other)))
                .cloned()
                .collect();
            items.extend(more);
            *is_open = true;
            *rows = wider(rows.take(), other_rows.clone());
            true
        }
        (
            Cell::Dict { items, is_open },
            Cell::Dict {
                items: others,
                is_open: other_open,
            },
        ) => {
            let mut differs = *is_open != *other_open;
            for (key, value) in others {
                match items.iter_mut().find(|(own, _)| own.is_same(key)) {
                    Some((_, own)) if own.is_same(value) => {}
                    Some((_, own)) => {
                        *own = own.clone().or(value.clone());
                        differs = true;
                    }
                    None => {
                        items.push((key.clone(), value.clone()));
                        *is_open = true;
                        differs = true;
                    }
                }
            }
            *is_open |= *other_open;
            differs
        }
        (Cell::Object { attributes, .. }, Cell::Object { attributes: others, .. })
        | (Cell::Made { attributes, .. }, Cell::Made { attributes: others, .. }) => join_attributes(attributes, others),
        (
            Cell::Row {
                target, set, stepwise, ..
            },
            Cell::Row {
                set: others,
                stepwise: more,
                ..
            },
        ) => {
            stepwise.extend(more.iter().cloned());
            stepwise.sort();
            stepwise.dedup();
            join_fields(target, set, others)
        }
        _ => false,
    }
}

/// A field that only one course has set may as well hold what the database has.
fn join_fields<'a>(target: &Target, set: &mut Vec<(String, Datum<'a>)>, others: &[(String, Datum<'a>)]) -> bool {
    let stored = |name: &str| Datum::Part(Rc::new((target.clone(), name.to_owned())));
    let is_in = |set: &[(String, Datum<'a>)], name: &str| set.iter().any(|(own, _)| own == name);
    let mut differs = false;
    for (name, own) in set.iter_mut().filter(|(name, _)| !is_in(others, name)) {
        let joined = own.clone().or(stored(name));
        differs |=
            !matches!((&joined, &*own), (Datum::Either(joined), Datum::Either(own)) if joined.len() == own.len());
        *own = joined;
    }
    let mut more: Vec<(String, Datum<'a>)> = others.to_vec();
    for (name, datum) in more.iter_mut().filter(|(name, _)| !is_in(set, name)) {
        *datum = datum.clone().or(stored(name));
    }
    join_attributes(set, &more) || differs
}

fn join_attributes<'a>(attributes: &mut Vec<(String, Datum<'a>)>, others: &[(String, Datum<'a>)]) -> bool {
    let mut differs = false;
    for (name, value) in others {
        match attributes.iter_mut().find(|(own, _)| own == name) {
            Some((_, own)) if own.is_same(value) => {}
            Some((_, own)) => {
                *own = own.clone().or(value.clone());
                differs = true;
            }
            None => {
                attributes.push((name.clone(), value.clone()));
                differs = true;
            }
        }
    }
    differs
}

pub(super) fn wider(one: Option<Rc<Query>>, other: Option<Rc<Query>>) -> Option<Rc<Query>> {
    match (one, other) {
        (Some(one), Some(other)) if other.whole > one.whole => Some(other),
        (Some(one), _) => Some(one),
        (None, other) => other,
    }
}
