//! Functions of Python that are always there.

use std::rc::Rc;

use ruff_text_size::TextRange;

use super::Runner;
use super::data::{Cell, Datum, Given, Query};
use super::loops::Iterated;
use super::text::has_symbols;
use crate::python_work::{Change, Handed};
use crate::value::Value;

impl<'a> Runner<'a> {
    pub(super) fn passed_on(&mut self, given: &Given<'a>, place: TextRange) -> Option<Datum<'a>> {
        let mut items = Vec::new();
        let mut rows = None;
        let mut is_open = given.is_open;
        for datum in &given.args {
            match datum {
                Datum::Query(query) => {
                    rows = super::state::wider(rows, Some(Rc::clone(query)));
                    items.push(self.row_of(query));
                }
                // A size, a flag.
                Datum::Constant(_) | Datum::Text(_) => {}
                datum => {
                    rows = super::state::wider(rows, self.rows_of(datum));
                    match self.iterate(datum, place) {
                        Iterated::Items(more) => items.extend(more),
                        Iterated::Any { items: more, .. } => {
                            items.extend(more);
                            is_open = true;
                        }
                    }
                }
            }
        }
        let is_plain = |datum: &Datum<'a>| matches!(datum, Datum::Constant(_) | Datum::Text(_));
        match given.args.as_slice() {
            [Datum::Query(query), rest @ ..] if rest.iter().all(is_plain) => Some(Datum::Query(Rc::clone(query))),
            _ => Some(Datum::List(self.state.keep(Cell::List {
                items,
                is_open: is_open || rows.is_some(),
                rows,
            }))),
        }
    }

    #[allow(clippy::too_many_lines, reason = "one arm for each builtin")]
    pub(super) fn builtin(&mut self, name: &str, given: &Given<'a>, place: TextRange) -> Option<Datum<'a>> {
        if goes_through(name)
            && let Some(at) = given.args.iter().position(|datum| self.enumeration(datum).is_some())
        {
            let members = self.members_of(&given.args[at]).unwrap_or_default();
            let mut given = given.clone();
            given.args[at] = self.state.list(members);
            return self.builtin(name, &given, place);
        }
        let first = given.args.first().cloned();
        let unknown = || Datum::unknown("is known only when it runs");
        let datum = match (name, given.args.as_slice()) {
            ("getattr", [owner, attribute, rest @ ..]) => match self.known_text(attribute) {
                Some(attribute) => {
                    let datum = self.attribute(owner, &attribute, place);
                    match (&datum, rest.first()) {
                        (Datum::Unknown(_), Some(otherwise)) => datum.or(otherwise.clone()),
                        _ => datum,
                    }
                }
                None => match self.handed([owner]) {
                    Some(handed) if handed >= Handed::Cursor => {
                        let reason = format!("`{}` is not followed", self.shown(place));
                        self.unfollowed(reason, Some(handed), place)
                    }
                    _ => self.part_of(owner),
                },
            },
            ("setattr", [owner, attribute, value]) => {
                self.set_any(owner, attribute, value.clone(), place);
                Datum::none()
            }
            ("hasattr" | "callable" | "isinstance" | "issubclass" | "any" | "all" | "sum" | "min" | "max", args) => {
                // Going through rows reads them.
                for datum in args {
                    if let Datum::Query(query) = datum {
                        self.row_effect(&query.clone(), Change::Read, place);
                    }
                }
                match (name, args) {
                    ("hasattr", [Datum::Constant(value), attribute]) => {
                        let attribute = self.known_text(attribute);
                        match (value.as_ref(), attribute) {
                            (Value::Name(path), Some(attribute)) if path == "django.conf.settings" => {
                                let setting = self.modules.settings.get(&attribute);
                                Datum::constant(Value::Bool(setting != super::super::Setting::Absent))
                            }
                            _ => unknown(),
                        }
                    }
                    _ => unknown(),
                }
            }
            ("len", [Datum::List(_) | Datum::Dict(_)]) => match self.state.items(&first?) {
                Some((items, false)) => Datum::constant(Value::Int(i128::try_from(items.len()).ok()?)),
                _ => unknown(),
            },
            ("len", [Datum::Text(text)]) if !has_symbols(text) => {
                Datum::constant(Value::Int(i128::try_from(text.chars().count()).ok()?))
            }
            ("len" | "bool", [Datum::Query(query)]) => {
                self.row_effect(&query.clone(), Change::Read, place);
                unknown()
            }
            ("len", _) => unknown(),
            ("str", [datum]) => Datum::Text(self.shown_text(datum)),
            ("str", []) => Datum::text(""),
            ("int", [Datum::Constant(value)]) if matches!(value.as_ref(), Value::Int(_)) => first?,
            ("repr", [Datum::Text(text)]) if !text.contains(['\'', '\\', '\n']) => Datum::text(&format!("'{text}'")),
            ("range" | "xrange", args) => self.range(args),
            ("dict", args) => self.new_dict(args.first(), given),
            ("list" | "tuple" | "set" | "frozenset", []) => self.state.list(Vec::new()),
            ("list" | "tuple" | "set" | "frozenset" | "sorted", [Datum::Query(query)]) => {
                self.row_effect(&query.clone(), Change::Read, place);
                Datum::Query(Rc::new(Query {
                    is_fetched: true,
                    ..query.as_ref().clone()
                }))
            }
            ("enumerate" | "zip", args) => self.paired(name, args, place),
            ("list" | "tuple" | "set" | "frozenset" | "sorted" | "reversed" | "iter", [first, ..]) => {
                return self.passed_on(
                    &Given {
                        args: vec![first.clone()],
                        ..Given::default()
                    },
                    place,
                );
            }
            ("next", [datum, ..]) => self.part_of(datum),
            ("map" | "filter", [function, rest @ ..]) => {
                let function = function.clone();
                let rest = rest.to_vec();
                self.mapped(name, &function, &rest, place)
            }
            (
                "print" | "repr" | "id" | "hash" | "format" | "open" | "input" | "bool" | "float" | "abs" | "round",
                _,
            ) => {
                self.call_back(given);
                unknown()
            }
            ("type", [Datum::Row(id)]) => match self.state.cell(*id) {
                Some(Cell::Row { target, .. }) => Datum::Model(target.clone()),
                _ => unknown(),
            },
            ("type", [_]) => unknown(),
            ("super", _) => unknown(),
            ("vars" | "locals" | "globals" | "dir", _) => unknown(),
            ("exec" | "eval" | "compile" | "__import__", _) => {
                let reason = format!("`{name}()` is not followed");
                self.unfollowed(reason, self.handed_to(given).max(Some(Handed::Cursor)), place)
            }
            ("staticmethod" | "classmethod" | "property", [function]) => function.clone(),
            (name, _) if name.ends_with("Error") || name.ends_with("Exception") || name.ends_with("Warning") => {
                unknown()
            }
            ("int" | "object" | "bytes", _) => unknown(),
            _ => return None,
        };
        Some(datum)
    }

    fn range(&mut self, args: &[Datum<'a>]) -> Datum<'a> {
        let mut numbers = Vec::new();
        for datum in args {
            match datum {
                Datum::Constant(value) => match value.as_ref() {
                    Value::Int(int) => numbers.push(*int),
                    _ => return self.open_list(vec![Datum::unknown("a number is known only when it runs")]),
                },
                _ => return self.open_list(vec![Datum::unknown("a number is known only when it runs")]),
            }
        }
        let (from, to, step) = match numbers.as_slice() {
            [to] => (0, *to, 1),
            [from, to] => (*from, *to, 1),
            [from, to, step] if *step > 0 => (*from, *to, *step),
            _ => return self.open_list(vec![Datum::unknown("a number is known only when it runs")]),
        };
        let length = to.saturating_sub(from) / step;
        if length > 2_000 {
            return self.open_list(vec![Datum::unknown("a number is known only when it runs")]);
        }
        let mut items = Vec::new();
        let mut at = from;
        while at < to {
            items.push(Datum::constant(Value::Int(at)));
            at = at.saturating_add(step);
        }
        self.state.list(items)
    }

    pub(super) fn new_dict(&mut self, first: Option<&Datum<'a>>, given: &Given<'a>) -> Datum<'a> {
        let pairs = first.map_or(Some((Vec::new(), false)), |first| self.pairs_of(first));
        let (mut items, is_open) = pairs.unwrap_or((Vec::new(), true));
        let is_open = is_open || given.is_open;
        items.extend(
            given
                .kwargs
                .iter()
                .map(|(key, value)| (Datum::text(key), value.clone())),
        );
        Datum::Dict(self.state.keep(Cell::Dict { items, is_open }))
    }

    fn paired(&mut self, name: &str, args: &[Datum<'a>], place: TextRange) -> Datum<'a> {
        let mut columns: Vec<Vec<Datum<'a>>> = Vec::new();
        let (mut is_open, mut rows) = (false, None);
        let args = if name == "enumerate" {
            args.get(..1).unwrap_or(args)
        } else {
            args
        };
        for datum in args {
            match self.iterate(datum, place) {
                Iterated::Items(items) => columns.push(items),
                Iterated::Any { items, rows: own, .. } => {
                    is_open = true;
                    rows = super::state::wider(rows, own);
                    columns.push(items);
                }
            }
        }
        let length = columns.iter().map(Vec::len).min().unwrap_or(0);
        let mut items = Vec::new();
        for at in 0..length {
            let mut pair: Vec<Datum<'a>> = columns.iter().filter_map(|column| column.get(at).cloned()).collect();
            if name == "enumerate" {
                let number = if is_open {
                    Datum::unknown("a number is known only when it runs")
                } else {
                    Datum::constant(Value::Int(i128::try_from(at).unwrap_or(0)))
                };
                pair.insert(0, number);
            }
            items.push(self.state.list(pair));
        }
        Datum::List(self.state.keep(Cell::List { items, is_open, rows }))
    }

    /// `map(function, items)`: a call for each.
    fn mapped(&mut self, name: &str, function: &Datum<'a>, rest: &[Datum<'a>], place: TextRange) -> Datum<'a> {
        let Some(list) = rest.first() else { return Datum::none() };
        let (items, turns, rows) = match self.iterate(list, place) {
            Iterated::Items(items) => (items, None, None),
            Iterated::Any { items, turns, rows } => (items, Some(turns), rows),
        };
        let is_repeated = turns.is_some();
        self.loops_begun += 1;
        self.loops.extend(turns);
        let mut results = Vec::new();
        for item in items {
            let given = Given {
                args: vec![item.clone()],
                is_open: rest.len() > 1,
                ..Given::default()
            };
            let result = self.call_datum(function, given, Some(place));
            results.push(if name == "map" { result } else { item });
        }
        if is_repeated {
            self.loops.pop();
        }
        Datum::List(self.state.keep(Cell::List {
            items: results,
            is_open: is_repeated || name == "filter",
            rows,
        }))
    }
}

/// Builtins that go through the members of an enumeration that they get.
fn goes_through(name: &str) -> bool {
    matches!(
        name,
        "enumerate" | "filter" | "frozenset" | "iter" | "len" | "list" | "map" | "reversed" | "set" | "tuple" | "zip"
    )
}
