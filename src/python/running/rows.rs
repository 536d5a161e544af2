//! Querysets and managers: which rows.

use std::rc::Rc;

use ruff_text_size::TextRange;

use super::Runner;
use super::data::{Cell, Datum, Given, Query};
use crate::python_work::{Action, Change, Filter, Handed, Parameters, RowEffect, Target};
use crate::row_work::Reach;
use crate::value::{Operator, Value};

/// Methods of a queryset that leave its rows as they are.
const SAME: &[&str] = &[
    "alias",
    "all",
    "annotate",
    "as_manager",
    "db_manager",
    "defer",
    "distinct",
    "extra",
    "get_queryset",
    "iterator",
    "only",
    "order_by",
    "prefetch_related",
    "reverse",
    "select_related",
    "using",
];

/// Methods of a queryset that ask and change nothing.
const ASKING: &[&str] = &[
    "aggregate",
    "contains",
    "count",
    "exists",
    "explain",
    "resolve_expression",
    "query",
];

/// Methods of a queryset that give one object.
const ONE: &[&str] = &["earliest", "first", "get", "last", "latest"];

impl<'a> Runner<'a> {
    /// Notes what happens to the rows of a queryset.
    pub(super) fn row_effect(&mut self, query: &Query, change: Change, place: TextRange) {
        self.effect_on(query, query, change, place);
    }

    /// Notes what happens to one of these rows.
    pub(super) fn object_effect(&mut self, query: &Query, change: Change, place: TextRange) {
        let one = Query::all_of(query.target.clone(), Reach::Few);
        self.effect_on(query, &one, change, place);
    }

    /// `once` are the rows of a single statement.
    fn effect_on(&mut self, query: &Query, once: &Query, change: Change, place: TextRange) {
        let (reach, of) = self.reach(query, 0);
        let from = self.loops_before_atomic.unwrap_or(self.loops.len());
        let mut imported = self.model_classes.iter().map(|(model, ..)| model);
        let is_imported = matches!(&query.target, Target::Model(model) if imported.any(|known| known == model));
        let effect = RowEffect {
            is_imported,
            target: query.target.clone(),
            change,
            reach,
            batch: self.reach(once, from).0,
            of,
            filters: query.filters.clone(),
            locks: query.locks,
        };
        self.effect(Action::Rows(effect), place);
    }

    /// How far work on these rows reaches in the loops from this one on, and whose rows make it reach so far.
    fn reach(&self, query: &Query, from: usize) -> (Reach, Option<Target>) {
        let loops = self.loops.get(from..).unwrap_or_default();
        let is_endless = loops.iter().any(|turns| turns.is_endless);
        let mut widest = (Reach::Unknown, None);
        for turns in loops {
            let reach = if is_endless { turns.whole } else { turns.reach };
            if reach > widest.0 {
                widest = (reach, turns.of.clone());
            }
        }
        let own = if is_endless { query.whole } else { query.reach };
        if own > widest.0 {
            widest = (own, query.of.clone());
        }
        widest
    }

    /// The rows that the loops around go through; `None` outside of loops.
    pub(super) fn rows_around(&self) -> Option<Rc<Query>> {
        if self.loops.is_empty() {
            return None;
        }
        let none = Query::all_of(Target::Unknown, Reach::Few);
        let (reach, of) = self.reach(&none, 0);
        let around = Query::all_of(Target::Unknown, reach);
        Some(Rc::new(Query { of, ..around }))
    }

    /// The rows that a list has an item for each of.
    pub(super) fn rows_of(&self, datum: &Datum<'a>) -> Option<Rc<Query>> {
        match datum {
            Datum::Query(query) => Some(Rc::clone(query)),
            Datum::List(id) => match self.state.cell(*id) {
                Some(Cell::List { rows, .. }) => rows.clone(),
                _ => None,
            },
            _ => None,
        }
    }

    /// One of these rows.
    pub(super) fn row_of(&mut self, query: &Rc<Query>) -> Datum<'a> {
        Datum::Row(self.state.keep(Cell::Row {
            target: query.target.clone(),
            query: Some(Rc::clone(query)),
            set: Vec::new(),
            stepwise: Vec::new(),
        }))
    }

    /// `Order(status="new")`
    pub(super) fn new_row(&mut self, target: Target, given: &Given<'a>) -> Datum<'a> {
        let mut set = given.kwargs.clone();
        if given.is_open {
            set.push(("*".to_owned(), Datum::unknown("is known only when it runs")));
        }
        Datum::Row(self.state.keep(Cell::Row {
            target,
            query: None,
            set,
            stepwise: Vec::new(),
        }))
    }

    pub(super) fn query_method(
        &mut self,
        query: &Rc<Query>,
        name: &str,
        given: Given<'a>,
        place: TextRange,
    ) -> Datum<'a> {
        let name = without_async(name);
        let changed = |change: &dyn Fn(&mut Query)| {
            let mut changed = query.as_ref().clone();
            change(&mut changed);
            Datum::Query(Rc::new(changed))
        };
        match name {
            name if SAME.contains(&name) => Datum::Query(Rc::clone(query)),
            name if ASKING.contains(&name) => self.asked_of(query, name, place),
            name if ONE.contains(&name) => self.one_of(query, &given, place),
            "none" => changed(&|query| (query.reach, query.whole) = (Reach::Few, Reach::Few)),
            "values" | "values_list" | "dates" | "datetimes" => changed(&|query| query.is_values = true),
            "in_bulk" => Datum::Query(Rc::clone(query)),
            "select_for_update" => changed(&|query| query.locks = true),
            "filter" | "exclude" => self.filtered(query, name, &given),
            "complex_filter" | "union" | "intersection" | "difference" => changed(&narrow),
            "raw" => {
                self.sql(given.args.first(), place, Parameters::None, given.get(1, "params"));
                Datum::unknown("what rows hold is known only when it runs")
            }
            "create" | "get_or_create" | "update_or_create" | "bulk_create" | "bulk_update" | "update"
            | "_raw_delete" | "_update" | "delete" | "add" | "set" | "remove" | "clear" | "_insert" => {
                self.write(query, name, &given, place)
            }
            // A method that the project's own manager has: some rows, for all that is known.
            _ => {
                self.call_back(&given);
                let handed = self.handed_to(&given);
                let reason = format!("`{}` is not followed", self.shown(place));
                if name.starts_with("get_") || name.starts_with('_') || handed.is_some() {
                    self.unfollowed(reason, handed.max(Some(Handed::Queryset)), place);
                }
                changed(&narrow)
            }
        }
    }

    /// Whether there are rows, or how many: whoever asks for those without a value may want to be sure that there are none.
    fn asked_of(&mut self, query: &Rc<Query>, name: &str, place: TextRange) -> Datum<'a> {
        if matches!(name, "exists" | "count" | "contains") && (!query.filters.is_empty() || query.locks) {
            let asked = Query {
                reach: Reach::Few,
                whole: Reach::Few,
                // Django counts without a lock.
                locks: query.locks && name == "exists",
                ..query.as_ref().clone()
            };
            self.row_effect(&asked, Change::Ask, place);
        }
        Datum::unknown("what rows hold is known only when it runs")
    }

    fn one_of(&mut self, query: &Rc<Query>, given: &Given<'a>, place: TextRange) -> Datum<'a> {
        let filtered = self.filtered(query, "filter", given);
        let Datum::Query(filtered) = filtered else {
            return filtered;
        };
        let one = Query {
            reach: Reach::Few,
            ..filtered.as_ref().clone()
        };
        if query.is_values {
            return Datum::Part(Rc::new((query.target.clone(), "values".to_owned())));
        }
        if query.locks {
            self.row_effect(&one, Change::Read, place);
        }
        self.row_of(&Rc::new(one))
    }

    fn filtered(&mut self, query: &Rc<Query>, name: &str, given: &Given<'a>) -> Datum<'a> {
        let mut filtered = query.as_ref().clone();
        // `filter(**lookups)` filters too, whatever is in there.
        if !given.args.is_empty() || !given.kwargs.is_empty() || given.is_open {
            let find = |is_it: fn(&str) -> bool| given.kwargs.iter().find(|(lookup, _)| is_it(lookup)).cloned();
            let (reach, whole) = match (find(is_key), find(is_key_range)) {
                (Some((_, datum)), _) if name == "filter" => self.reach_of_keys(&datum),
                // One range after the other comes to all rows.
                (None, Some((lookup, _))) if name == "filter" && given.args.is_empty() && given.kwargs.len() == 1 => {
                    let is_batch = lookup.ends_with("__range");
                    (if is_batch { Reach::Few } else { Reach::Some }, Reach::All)
                }
                _ => (Reach::Some, Reach::Some),
            };
            filtered.reach = filtered.reach.min(reach);
            filtered.whole = filtered.whole.min(whole);
        }
        let excludes = name == "exclude";
        for (lookup, datum) in &given.kwargs {
            let value = self.value_with_gaps(datum);
            filtered.filters.push(Filter {
                lookup: lookup.clone(),
                value,
                excludes,
                or: Vec::new(),
            });
        }
        for datum in &given.args {
            let value = self.value_with_gaps(datum);
            filtered.filters.extend(conditions(&value, excludes));
        }
        if given.is_open {
            filtered.filters.push(Filter::unknown());
        }
        Datum::Query(Rc::new(filtered))
    }

    /// How many rows these keys name.
    fn reach_of_keys(&mut self, datum: &Datum<'a>) -> (Reach, Reach) {
        if let Some(rows) = self.rows_of(datum) {
            return (rows.reach, rows.whole);
        }
        if self.plain_value(datum).is_some() {
            return (Reach::Few, Reach::Few);
        }
        (Reach::Few, Reach::Some)
    }
}

/// Some of the rows, by a condition that is not read.
fn narrow(query: &mut Query) {
    (query.reach, query.whole) = (query.reach.min(Reach::Some), query.whole.min(Reach::Some));
    query.filters.push(Filter::unknown());
}

/// The conditions of `Q(status="new")`; of a combination of such nothing is said.
fn conditions(value: &Value, excludes: bool) -> Vec<Filter> {
    match value {
        Value::Call(call) if call.class_name() == "Q" && call.args.is_empty() => {
            let filters = call.kwargs.iter().map(|(lookup, value)| Filter {
                lookup: lookup.clone(),
                value: value.clone(),
                excludes,
                or: Vec::new(),
            });
            filters.collect()
        }
        Value::Operation(Operator::And, parts) if !excludes => {
            parts.iter().flat_map(|part| conditions(part, excludes)).collect()
        }
        Value::Operation(Operator::Or, parts) if !excludes => {
            let mut arms: Vec<Filter> = parts.iter().map(|part| one_of(conditions(part, excludes))).collect();
            let first = arms.pop().unwrap_or_else(Filter::unknown);
            vec![Filter {
                or: [first.or, arms].concat(),
                ..Filter {
                    or: Vec::new(),
                    ..first
                }
            }]
        }
        _ => vec![Filter::unknown()],
    }
}

/// Of several conditions that must all hold nothing is said as one.
fn one_of(conditions: Vec<Filter>) -> Filter {
    match <[Filter; 1]>::try_from(conditions) {
        Ok([only]) => only,
        Err(_) => Filter::unknown(),
    }
}

pub(super) fn is_key(lookup: &str) -> bool {
    matches!(lookup, "pk" | "id" | "pk__in" | "id__in")
}

fn is_key_range(lookup: &str) -> bool {
    let bound = lookup.strip_prefix("pk__").or_else(|| lookup.strip_prefix("id__"));
    matches!(bound, Some("gt" | "gte" | "lt" | "lte" | "range"))
}

/// `acreate` and the like do what their namesakes do.
pub(super) fn without_async(name: &str) -> &str {
    match name.strip_prefix('a') {
        Some(sync) if is_query_method(sync) && !is_query_method(name) => sync,
        _ => name,
    }
}

/// Methods of querysets with a twin whose name begins with `a`.
fn is_query_method(name: &str) -> bool {
    SAME.contains(&name)
        || ASKING.contains(&name)
        || ONE.contains(&name)
        || matches!(
            name,
            "add"
                | "bulk_create"
                | "bulk_update"
                | "clear"
                | "create"
                | "delete"
                | "get_or_create"
                | "in_bulk"
                | "remove"
                | "set"
                | "update"
                | "update_or_create"
        )
}
