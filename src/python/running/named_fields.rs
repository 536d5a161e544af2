//! Names of models and fields that code asks for: Django looks them up at once, whether there are rows or not.

use std::rc::Rc;

use ruff_text_size::TextRange;

use super::data::{Datum, Given, Query};
use super::rows::without_async;
use super::{Found, Runner, What};
use crate::python_work::{CalledFor, Caught, Certainty, Filter, NamedFields, Target};

impl<'a> Runner<'a> {
    /// A method of a queryset, and the names that it is called with.
    pub(super) fn call_on_query(
        &mut self,
        query: &Rc<Query>,
        name: &str,
        given: Given<'a>,
        place: TextRange,
    ) -> Datum<'a> {
        let method = without_async(name);
        self.call_names_of(query, method, &given, place);
        let adds_names = adds_names(method, &given);
        let before = query.filters.len();
        let datum = self.query_method(query, name, given, place);
        let Datum::Query(result) = datum else { return datum };
        if matches!(method, "filter" | "exclude") {
            let more = result.filters.get(before..).unwrap_or_default();
            let names = more.iter().flat_map(lookups).collect();
            self.call_names_unless_more(query, names, CalledFor::Queries, place);
        }
        if !adds_names || result.has_more_names {
            return Datum::Query(result);
        }
        Datum::Query(Rc::new(Query {
            has_more_names: true,
            ..result.as_ref().clone()
        }))
    }

    fn call_names_of(&mut self, query: &Query, method: &str, given: &Given<'a>, place: TextRange) {
        let keywords = || given.kwargs.iter().map(|(name, _)| name.clone());
        let (names, purpose): (Vec<String>, _) = match method {
            "get" => (keywords().collect(), CalledFor::Queries),
            "order_by" | "values" | "values_list" | "dates" | "datetimes" => {
                let texts = given.args.iter().filter_map(|arg| self.known_text(arg));
                let first = if method.starts_with("date") { 1 } else { usize::MAX };
                (texts.take(first).collect(), CalledFor::Queries)
            }
            "get_or_create" | "update_or_create" => {
                let is_lookup = |name: &String| name != "defaults" && name != "create_defaults";
                (keywords().filter(is_lookup).collect(), CalledFor::Queries)
            }
            "update" => (keywords().collect(), CalledFor::Updates),
            "create" => (keywords().collect(), CalledFor::Objects),
            _ => return,
        };
        self.call_names_unless_more(query, names, purpose, place);
    }

    fn call_names_unless_more(&mut self, query: &Query, names: Vec<String>, purpose: CalledFor, place: TextRange) {
        if !names.is_empty() && (!query.has_more_names || purpose != CalledFor::Queries) {
            self.call_names(&query.target, names, purpose, place);
        }
    }

    /// Notes that Django looks up a model of the history, and fields of it by the first part of these names.
    pub(super) fn call_names(&mut self, target: &Target, names: Vec<String>, purpose: CalledFor, place: TextRange) {
        let Target::Model(model) = target else { return };
        let mut imported = self.model_classes.iter().map(|(model, ..)| model);
        if self.models_of_today.contains(model) || imported.any(|imported| imported == model) {
            return;
        }
        let fields = names.iter().map(|name| {
            let name = name.trim_start_matches(['-', '+']);
            name.split("__").next().unwrap_or(name).to_owned()
        });
        // `?` is any order, and what begins with `_` is not a name that a filter would begin with.
        let fields: Vec<String> = fields.filter(|name| !name.is_empty() && name != "?").collect();
        let turns = self.loops.iter().filter(|turns| !turns.runs_once);
        let place = if place == TextRange::default() {
            self.at
        } else {
            self.place(place)
        };
        let named = NamedFields {
            model: model.clone(),
            fields,
            purpose,
            wants_rows: turns.clone().any(|turns| turns.of.is_some()),
            place: place.into(),
        };
        let endless = turns.filter(|turns| turns.of.is_none()).count();
        if self.is_exhausted || self.effects.len() >= super::MAX_EFFECTS {
            return;
        }
        self.effects.push(Found {
            place,
            what: What::Names(named),
            certainty: Certainty::Certain,
            caught: Caught::Nothing,
            at: self.at,
            doubt: self.doubt + endless,
            doubt_of_all: self.doubt + endless,
        });
    }
}

/// The lookups of a condition and of those that it is one of.
fn lookups(filter: &Filter) -> Vec<String> {
    let mut lookups: Vec<String> = filter.or.iter().flat_map(lookups).collect();
    if !filter.lookup.is_empty() {
        lookups.push(filter.lookup.clone());
    }
    lookups
}

/// Whether a method gives the rows names that the model does not have, or may do so.
fn adds_names(method: &str, given: &Given<'_>) -> bool {
    match method {
        "values" | "values_list" => {
            let is_text = |datum: &Datum<'_>| matches!(datum, Datum::Text(_));
            given.kwargs.iter().any(|(name, _)| name != "flat" && name != "named") || !given.args.iter().all(is_text)
        }
        "all" | "filter" | "exclude" | "order_by" | "iterator" | "using" | "distinct" | "reverse"
        | "select_related" | "prefetch_related" | "select_for_update" | "only" | "defer" | "none" | "update"
        | "create" | "first" | "last" | "get" | "count" | "exists" | "delete" | "in_bulk" => false,
        _ => true,
    }
}
