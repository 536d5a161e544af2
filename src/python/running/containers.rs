//! Lists and dicts.

use std::rc::Rc;

use ruff_text_size::TextRange;

use super::Runner;
use super::data::{Cell, Datum, Given};

impl<'a> Runner<'a> {
    pub(super) fn set_item(&mut self, owner: &Datum<'a>, key: Datum<'a>, datum: Datum<'a>) {
        match owner {
            Datum::Dict(id) => {
                if let Some(Cell::Dict { items, is_open }) = self.state.cell_mut(*id) {
                    let is_known = matches!(key, Datum::Text(_) | Datum::Constant(_));
                    *is_open |= !is_known;
                    items.retain(|(own, _)| !own.is_same(&key));
                    items.push((key, datum));
                }
            }
            Datum::List(id) => {
                if let Some(Cell::List { items, is_open, .. }) = self.state.cell_mut(*id) {
                    items.push(datum);
                    *is_open = true;
                }
            }
            _ => {}
        }
    }

    /// `left += right` of lists.
    pub(super) fn extend(&mut self, left: &Datum<'a>, right: &Datum<'a>, place: TextRange) -> bool {
        match left {
            Datum::List(_) => {
                let given = Given {
                    args: vec![right.clone()],
                    ..Given::default()
                };
                self.list_method(left, "extend", &given).is_some()
            }
            Datum::Deferred => {
                self.deferred("extend", right, place);
                true
            }
            _ => false,
        }
    }

    pub(super) fn list_method(&mut self, owner: &Datum<'a>, name: &str, given: &Given<'a>) -> Option<Datum<'a>> {
        let Datum::List(id) = owner else { return None };
        let more = match name {
            "extend" => given.args.first().map(|list| match list {
                Datum::Query(query) => (vec![self.row_of(query)], true, Some(Rc::clone(query))),
                list => {
                    let rows = self.rows_of(list);
                    let items = self.state.items(list).or_else(|| Some((self.unpacked(list)?, false)));
                    let (items, is_open) = items.unwrap_or_else(|| (vec![self.part_of(list)], true));
                    (items, is_open, rows)
                }
            }),
            _ => None,
        };
        // Filled turn by turn of a loop over rows: it has an item for each of them.
        let around = self.rows_around();
        let Some(Cell::List { items, is_open, rows }) = self.state.cell_mut(*id) else {
            return None;
        };
        match (name, given.args.as_slice()) {
            ("append" | "add", [item]) => {
                if !items.iter().any(|own| own.is_same(item)) || around.is_none() {
                    items.push(item.clone());
                }
                if let Some(around) = around {
                    *is_open = true;
                    *rows = super::state::wider(rows.take(), Some(around));
                }
            }
            ("insert", [_, item]) => items.insert(0, item.clone()),
            ("extend" | "update", [_]) => {
                let (more, open, more_rows) = more?;
                items.extend(more);
                *is_open |= open;
                *rows = super::state::wider(rows.take(), more_rows);
            }
            ("clear", []) => {
                items.clear();
                *is_open = false;
                *rows = None;
            }
            ("reverse", []) => items.reverse(),
            ("sort", _) => {}
            ("remove" | "discard", _) => *is_open = true,
            ("pop", []) if !*is_open => return items.pop(),
            ("pop" | "popleft", _) => {
                *is_open = true;
                return None;
            }
            ("copy", []) => {
                let copy = self.state.cell(*id).cloned()?;
                return Some(Datum::List(self.state.keep(copy)));
            }
            _ => return Some(Datum::unknown("is known only when it runs")),
        }
        Some(Datum::none())
    }

    /// What `dict()` makes of something, and whether there may be more.
    pub(super) fn pairs_of(&self, datum: &Datum<'a>) -> Option<(Vec<(Datum<'a>, Datum<'a>)>, bool)> {
        if let Datum::Dict(id) = datum {
            return match self.state.cell(*id) {
                Some(Cell::Dict { items, is_open }) => Some((items.clone(), *is_open)),
                _ => None,
            };
        }
        let (items, is_open) = self.state.items(datum)?;
        let pairs = items.iter().map(|item| match self.state.items(item)?.0.as_slice() {
            [key, value] => Some((key.clone(), value.clone())),
            _ => None,
        });
        Some((pairs.collect::<Option<Vec<_>>>()?, is_open))
    }

    /// A dict may hold more than is known.
    pub(super) fn open_dict(&mut self, owner: &Datum<'a>) {
        if let Datum::Dict(id) = owner
            && let Some(Cell::Dict { is_open, .. }) = self.state.cell_mut(*id)
        {
            *is_open = true;
        }
    }

    /// A dict that makes what is asked for: `defaultdict`, `Counter`.
    pub(super) fn open_dict_of_its_own(&mut self) -> Datum<'a> {
        let dict = self.state.dict(Vec::new());
        self.open_dict(&dict);
        dict
    }

    pub(super) fn dict_method(&mut self, owner: &Datum<'a>, name: &str, given: &Given<'a>) -> Option<Datum<'a>> {
        let Datum::Dict(id) = owner else { return None };
        let Some(Cell::Dict { items, is_open }) = self.state.cell(*id).cloned() else {
            return None;
        };
        let list = |runner: &mut Self, items: Vec<Datum<'a>>| {
            Datum::List(runner.state.keep(Cell::List {
                items,
                is_open,
                rows: None,
            }))
        };
        match (name, given.args.as_slice()) {
            ("items" | "iteritems", []) => {
                let mut pairs = Vec::with_capacity(items.len());
                for (key, value) in items {
                    pairs.push(self.state.list(vec![key, value]));
                }
                Some(list(self, pairs))
            }
            ("keys", []) => Some(list(self, items.into_iter().map(|(key, _)| key).collect())),
            ("values" | "itervalues", []) => Some(list(self, items.into_iter().map(|(_, value)| value).collect())),
            ("get" | "pop" | "setdefault", [key, rest @ ..]) => {
                let found = items.iter().find(|(own, _)| own.is_same(key));
                match found {
                    Some((_, value)) => Some(value.clone()),
                    None if is_open || matches!(key, Datum::Unknown(_) | Datum::Part(_)) => {
                        let found = self.item(owner, key);
                        let otherwise = rest.first().filter(|_| name == "setdefault");
                        let Some(otherwise) = otherwise else { return Some(found) };
                        self.set_item(owner, key.clone(), otherwise.clone());
                        Some(otherwise.clone().or(found))
                    }
                    None => {
                        let datum = rest.first().cloned().unwrap_or_else(Datum::none);
                        if name == "setdefault" {
                            self.set_item(owner, key.clone(), datum.clone());
                        }
                        Some(datum)
                    }
                }
            }
            ("update", more) => {
                let mut is_whole = !given.is_open;
                match more.first().map(|more| self.pairs_of(more)) {
                    Some(Some((pairs, is_open))) => {
                        is_whole &= !is_open;
                        pairs
                            .into_iter()
                            .for_each(|(key, value)| self.set_item(owner, key, value));
                    }
                    Some(None) => is_whole = false,
                    None => {}
                }
                if !is_whole {
                    self.open_dict(owner);
                }
                for (key, value) in &given.kwargs {
                    self.set_item(owner, Datum::text(key), value.clone());
                }
                Some(Datum::none())
            }
            ("copy", []) => Some(self.state.dict(items)),
            _ => None,
        }
    }
}
