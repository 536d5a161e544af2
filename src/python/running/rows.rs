//! Querysets, managers and objects of models: which rows, and what happens to them.

use std::rc::Rc;

use ruff_text_size::TextRange;

use super::Runner;
use super::data::{Cell, CellId, Datum, Given, Query};
use crate::python_work::{Action, Change, Filter, Handed, Parameters, RowEffect, Target};
use crate::row_work::Reach;

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
        let effect = RowEffect {
            target: query.target.clone(),
            change,
            reach: self.reach(query, 0),
            batch: self.reach(query, self.loops_before_atomic),
            filters: query.filters.clone(),
            locks: query.locks,
        };
        self.effect(Action::Rows(effect), place);
    }

    /// How far work on these rows reaches in the loops from this one on.
    fn reach(&self, query: &Query, from: usize) -> Reach {
        let loops = self.loops.get(from..).unwrap_or_default();
        let is_endless = loops.iter().any(|turns| turns.is_endless);
        let own = if is_endless { query.whole } else { query.reach };
        let turns = loops
            .iter()
            .map(|turns| if is_endless { turns.whole } else { turns.reach });
        turns.fold(own, Reach::max)
    }

    /// The rows that the loops around go through; `None` outside of loops.
    pub(super) fn rows_around(&self) -> Option<Rc<Query>> {
        if self.loops.is_empty() {
            return None;
        }
        let none = Query::all_of(Target::Unknown, Reach::Few);
        let reach = self.reach(&none, 0);
        Some(Rc::new(Query::all_of(Target::Unknown, reach)))
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
        }))
    }

    /// `Order(status="new")`
    pub(super) fn new_row(&mut self, target: Target, given: &Given<'a>) -> Datum<'a> {
        Datum::Row(self.state.keep(Cell::Row {
            target,
            query: None,
            set: given.kwargs.clone(),
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
            name if ASKING.contains(&name) => Datum::unknown("what rows hold is known only when it runs"),
            name if ONE.contains(&name) => self.one_of(query, &given),
            "none" => changed(&|query| (query.reach, query.whole) = (Reach::Few, Reach::Few)),
            "values" | "values_list" | "dates" | "datetimes" => changed(&|query| query.is_values = true),
            "in_bulk" => Datum::Query(Rc::clone(query)),
            "select_for_update" => changed(&|query| query.locks = true),
            "filter" | "exclude" => self.filtered(query, name, &given),
            "complex_filter" | "union" | "intersection" | "difference" => changed(&|query| {
                (query.reach, query.whole) = (query.reach.min(Reach::Some), query.whole.min(Reach::Some));
            }),
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
                changed(&|query| {
                    (query.reach, query.whole) = (query.reach.min(Reach::Some), query.whole.min(Reach::Some));
                })
            }
        }
    }

    fn one_of(&mut self, query: &Rc<Query>, given: &Given<'a>) -> Datum<'a> {
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
            self.row_effect(&one, Change::Read, TextRange::default());
        }
        self.row_of(&Rc::new(one))
    }

    fn filtered(&mut self, query: &Rc<Query>, name: &str, given: &Given<'a>) -> Datum<'a> {
        let mut filtered = query.as_ref().clone();
        // `filter(**lookups)` filters too, whatever is in there.
        if !given.args.is_empty() || !given.kwargs.is_empty() || given.is_open {
            let key = given.kwargs.iter().find(|(lookup, _)| is_key(lookup)).cloned();
            let (reach, whole) = match key.filter(|_| name == "filter") {
                Some((_, datum)) => self.reach_of_keys(&datum),
                None => (Reach::Some, Reach::Some),
            };
            filtered.reach = filtered.reach.min(reach);
            filtered.whole = filtered.whole.min(whole);
        }
        for (lookup, datum) in &given.kwargs {
            let value = self.value_with_gaps(datum);
            filtered.filters.push(Filter {
                lookup: lookup.clone(),
                value,
                excludes: name == "exclude",
            });
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

    /// A method of a queryset or manager that writes.
    fn write(&mut self, query: &Rc<Query>, name: &str, given: &Given<'a>, place: TextRange) -> Datum<'a> {
        let few = Query {
            reach: Reach::Few,
            whole: Reach::Few,
            filters: Vec::new(),
            ..query.as_ref().clone()
        };
        let is_relation = matches!(query.target, Target::Relation(..));
        match name {
            "create" | "_insert" => {
                let fields = names(given);
                self.row_effect(&few, Change::Insert { fields }, place);
                self.row_of(&Rc::new(few))
            }
            "get_or_create" | "update_or_create" => {
                let mut fields: Vec<String> = names(given);
                fields.retain(|name| name != "defaults" && name != "create_defaults");
                for argument in ["defaults", "create_defaults"] {
                    if let Some(defaults) = given.keyword(argument).or_else(|| given.args.first()).cloned() {
                        fields.extend(self.keys_of(&defaults));
                    }
                }
                fields.dedup();
                if name == "update_or_create" {
                    let written = given.keyword("defaults").cloned();
                    let written = written.map(|defaults| self.keys_of(&defaults));
                    self.row_effect(&few, Change::Update { fields: written }, place);
                }
                self.row_effect(&few, Change::Upsert { fields }, place);
                let row = self.row_of(&Rc::new(few));
                self.state.list(vec![row, Datum::unknown("is known only when it runs")])
            }
            "bulk_create" => {
                let objects = given.get(0, "objs").cloned().unwrap_or_else(Datum::none);
                let (query, fields) = self.gathered(&few, &objects);
                let fields = fields.unwrap_or_default();
                let updates = given.keyword("update_conflicts").is_some();
                let change = if updates {
                    Change::Upsert { fields }
                } else {
                    Change::Insert { fields }
                };
                self.row_effect(&query, change, place);
                objects
            }
            "bulk_update" => {
                let objects = given.get(0, "objs").cloned().unwrap_or_else(Datum::none);
                let (query, _) = self.gathered(&few, &objects);
                let written = given.get(1, "fields").cloned();
                let fields = written.and_then(|fields| self.texts(&fields));
                self.row_effect(&query, Change::Update { fields }, place);
                Datum::unknown("a number of rows is not known")
            }
            "update" | "_update" => {
                let fields = (!given.is_open).then(|| names(given));
                self.row_effect(query, Change::Update { fields }, place);
                Datum::unknown("a number of rows is not known")
            }
            "remove" | "clear" if !is_relation => Datum::none(),
            "delete" | "_raw_delete" | "remove" | "clear" => {
                self.row_effect(query, Change::Delete, place);
                Datum::unknown("a number of rows is not known")
            }
            // `add` and `set` of a relation
            _ => {
                let rows = given
                    .args
                    .iter()
                    .filter_map(|arg| self.rows_of(arg))
                    .collect::<Vec<_>>();
                let widest = rows.into_iter().max_by_key(|rows| rows.whole);
                let query = widest.map_or_else(
                    || few.clone(),
                    |rows| Query {
                        reach: rows.reach,
                        whole: rows.whole,
                        ..few.clone()
                    },
                );
                self.row_effect(&query, Change::Upsert { fields: Vec::new() }, place);
                Datum::none()
            }
        }
    }

    /// The rows that a list of objects stands for, and the fields that were set on them.
    fn gathered(&mut self, few: &Query, objects: &Datum<'a>) -> (Query, Option<Vec<String>>) {
        let rows = self.rows_of(objects);
        let mut query = few.clone();
        if let Some(rows) = rows {
            (query.reach, query.whole) = (rows.reach, rows.whole);
        }
        let items = self.state.items(objects).map(|(items, _)| items);
        let mut fields: Vec<String> = Vec::new();
        for item in items.iter().flatten() {
            if let Datum::Row(id) = item
                && let Some(Cell::Row { set, query: own, .. }) = self.state.cell(*id)
            {
                fields.extend(set.iter().map(|(name, _)| name.clone()));
                if let Some(own) = own {
                    query.reach = query.reach.max(own.reach);
                    query.whole = query.whole.max(own.whole);
                }
            }
        }
        fields.sort();
        fields.dedup();
        (query, items.map(|_| fields))
    }

    /// The keys of a dict, as far as they are text.
    fn keys_of(&mut self, datum: &Datum<'a>) -> Vec<String> {
        let items = self.state.items(datum).map(|(items, _)| items).unwrap_or_default();
        items.iter().filter_map(|key| self.known_text(key)).collect()
    }

    fn texts(&mut self, datum: &Datum<'a>) -> Option<Vec<String>> {
        let (items, is_open) = self.state.items(datum)?;
        let texts: Option<Vec<String>> = items.iter().map(|item| self.known_text(item)).collect();
        texts.filter(|_| !is_open)
    }

    pub(super) fn row_attribute(&mut self, id: CellId, name: &str) -> Datum<'a> {
        let Some(Cell::Row { target, set, .. }) = self.state.cell(id).cloned() else {
            return Datum::unknown("is not evaluated");
        };
        if let Some((_, datum)) = set.iter().find(|(own, _)| own == name) {
            return datum.clone();
        }
        match name {
            "_meta" => Datum::Meta(target),
            "__class__" => Datum::Model(target),
            _ => Datum::Part(Rc::new((target, name.to_owned()))),
        }
    }

    pub(super) fn row_method(&mut self, id: CellId, name: &str, given: Given<'a>, place: TextRange) -> Datum<'a> {
        let Some(Cell::Row { target, query, set }) = self.state.cell(id).cloned() else {
            return Datum::unknown("is not evaluated");
        };
        let is_new = query.is_none();
        let query = query.unwrap_or_else(|| Rc::new(Query::all_of(target.clone(), Reach::Few)));
        match name {
            "save" | "asave" | "save_base" => {
                let named = given.keyword("update_fields").cloned();
                let named = named.map(|fields| self.texts(&fields));
                let fields: Vec<String> = set.iter().map(|(name, _)| name.clone()).collect();
                let change = match (is_new, named) {
                    (true, _) => Change::Insert { fields },
                    (false, Some(named)) => Change::Update { fields: named },
                    (false, None) if fields.iter().any(|name| name == "*") => Change::Update { fields: None },
                    // A new key makes a new row.
                    (false, None) if fields.iter().any(|name| is_key(name)) => Change::Upsert { fields },
                    (false, None) => Change::Update { fields: Some(fields) },
                };
                self.row_effect(&query, change, place);
                Datum::none()
            }
            "delete" | "adelete" => {
                self.row_effect(&query, Change::Delete, place);
                Datum::none()
            }
            "refresh_from_db" | "arefresh_from_db" => {
                if let Some(Cell::Row { set, .. }) = self.state.cell_mut(id) {
                    set.clear();
                }
                Datum::none()
            }
            "full_clean"
            | "clean"
            | "clean_fields"
            | "get_deferred_fields"
            | "serializable_value"
            | "validate_unique"
            | "validate_constraints"
            | "prepare_database_save"
            | "date_error_message"
            | "unique_error_message"
            | "get_constraints"
            | "from_db"
            | "check"
            | "add_to_class"
            | "__str__" => Datum::unknown("is known only when it runs"),
            _ if name.starts_with("get_") && name.ends_with("_display") => Datum::unknown("is known only when it runs"),
            _ => match set.iter().find(|(own, _)| own == name) {
                Some((_, callee)) => self.call_datum(&callee.clone(), given, Some(place)),
                None => {
                    self.call_back(&given);
                    let reason = format!("`{}` is not followed", self.shown(place));
                    self.unfollowed(reason, self.handed_to(&given).max(Some(Handed::Queryset)), place)
                }
            },
        }
    }

    /// A method of an attribute of an object: of a related object, of a manager, or of a value.
    pub(super) fn part_method(
        &mut self,
        part: &Rc<(Target, String)>,
        name: &str,
        given: Given<'a>,
        place: TextRange,
    ) -> Datum<'a> {
        let name = without_async(name);
        let target = match &part.0 {
            Target::Model(model) => Target::Relation(model.clone(), part.1.clone()),
            Target::Relation(..) | Target::Unknown => Target::Unknown,
        };
        let query = Query::all_of(target, Reach::Few);
        let is_relation_write = matches!(
            name,
            "create"
                | "get_or_create"
                | "update_or_create"
                | "bulk_create"
                | "bulk_update"
                | "add"
                | "set"
                | "remove"
                | "clear"
        );
        match name {
            "save" | "asave" => {
                let named = given.keyword("update_fields").cloned();
                let fields = named.and_then(|fields| self.texts(&fields));
                self.row_effect(&query, Change::Update { fields }, place);
                Datum::none()
            }
            "delete" | "adelete" if given.args.is_empty() => {
                self.row_effect(&query, Change::Delete, place);
                Datum::none()
            }
            // Of a dict it gets one.
            "update" if given.args.is_empty() => self.write(&Rc::new(query), name, &given, place),
            "raw" => self.query_method(&Rc::new(query), name, given, place),
            "_add_items" | "_remove_items" | "_raw_delete" | "_update" | "_insert" => {
                let reason = format!("`{}` is not followed", self.shown(place));
                self.unfollowed(reason, Some(Handed::Queryset), place)
            }
            _ if is_relation_write => self.write(&Rc::new(query), name, &given, place),
            "filter" | "exclude" | "all" | "select_related" | "prefetch_related" | "order_by" | "values_list"
            | "values" | "iterator" | "only" | "defer" | "select_for_update" | "first" | "last" | "using"
            | "get_queryset" => self.query_method(&Rc::new(query), name, given, place),
            "execute" => self.unfollowed(
                format!("`{}` is not followed", self.shown(place)),
                Some(Handed::Cursor),
                place,
            ),
            _ => {
                self.call_back(&given);
                let handed = self.handed_to(&given).filter(|handed| *handed >= Handed::Cursor);
                match handed {
                    Some(handed) => {
                        let reason = format!("`{}` is not followed", self.shown(place));
                        self.unfollowed(reason, Some(handed), place)
                    }
                    None => Datum::Part(Rc::new((Target::Unknown, name.to_owned()))),
                }
            }
        }
    }

    /// A call on something that is not known, by a name that only objects and querysets have.
    pub(super) fn unknown_write(&mut self, name: &str, given: &Given<'a>, place: TextRange) -> bool {
        let query = Query::all_of(Target::Unknown, Reach::Few);
        let change = match name {
            "save" if given.args.is_empty() => Change::Update { fields: None },
            "bulk_update" => Change::Update { fields: None },
            "delete" if given.args.is_empty() && given.kwargs.is_empty() => Change::Delete,
            "update" if given.args.is_empty() && !given.kwargs.is_empty() => Change::Update {
                fields: Some(names(given)),
            },
            "bulk_create" | "get_or_create" | "update_or_create" => Change::Upsert { fields: names(given) },
            "create" if !given.kwargs.is_empty() => Change::Insert { fields: names(given) },
            _ => return false,
        };
        self.row_effect(&query, change, place);
        true
    }

    /// A setting made by `setattr` with a name that is not known.
    pub(super) fn set_any(&mut self, owner: &Datum<'a>, name: &Datum<'a>, datum: Datum<'a>, place: TextRange) {
        let name = self.known_text(name).unwrap_or_else(|| "*".to_owned());
        self.set_attribute(owner, &name, datum, place);
    }
}

fn names(given: &Given<'_>) -> Vec<String> {
    given.kwargs.iter().map(|(name, _)| name.clone()).collect()
}

fn is_key(lookup: &str) -> bool {
    matches!(lookup, "pk" | "id" | "pk__in" | "id__in" | "pk__range" | "id__range")
}

/// `acreate` and the like do what their namesakes do.
fn without_async(name: &str) -> &str {
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
