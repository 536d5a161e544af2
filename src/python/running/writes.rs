//! What querysets and managers write, and what relations of objects do.

use std::rc::Rc;

use ruff_python_ast::Expr;
use ruff_text_size::TextRange;

use super::Runner;
use super::data::{Cell, Datum, Given, Query};
use super::steps::written_value;
use super::text::has_symbols;
use crate::python_work::{Change, Target, WrittenField, WrittenValue};
use crate::row_work::{Constant, Reach};
use crate::value::Value;

/// Functions of Python's and Django's that give one value, whatever the rows are.
const MADE_ONCE: &[&str] = &[
    "get_random_string",
    "now",
    "today",
    "token_hex",
    "token_urlsafe",
    "utcnow",
    "uuid1",
    "uuid4",
];

impl<'a> Runner<'a> {
    /// A method of a queryset or manager that writes.
    pub(super) fn write(&mut self, query: &Rc<Query>, name: &str, given: &Given<'a>, place: TextRange) -> Datum<'a> {
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
                    let written = written.map(|defaults| named(self.keys_of(&defaults)));
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
                let is_kept = |name| given.keyword(name).is_some();
                if is_kept("update_conflicts") {
                    let written = given.keyword("update_fields").cloned();
                    let written = written.and_then(|fields| self.texts(&fields)).map(named);
                    self.row_effect(&few, Change::Update { fields: written }, place);
                }
                let change = if is_kept("update_conflicts") || is_kept("ignore_conflicts") {
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
                let names = written.and_then(|fields| self.texts(&fields));
                let stepwise = self.stepwise_in(&objects);
                let mut fields = names.map(named);
                for field in fields
                    .iter_mut()
                    .flatten()
                    .filter(|field| stepwise.contains(&field.name))
                {
                    field.value = WrittenValue::Stepwise;
                }
                self.row_effect(&query, Change::Update { fields }, place);
                Datum::unknown("a number of rows is not known")
            }
            "update" | "_update" => {
                let fields = (!given.is_open).then(|| self.written_fields(given, place));
                self.row_effect(query, Change::Update { fields }, place);
                Datum::unknown("a number of rows is not known")
            }
            "remove" | "clear" if !is_relation => Datum::none(),
            "remove" | "clear" => {
                self.row_effect(query, Change::Unlink, place);
                Datum::none()
            }
            "delete" | "_raw_delete" => {
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
                        of: Some(rows.of.as_ref().unwrap_or(&rows.target).clone()),
                        ..few.clone()
                    },
                );
                self.row_effect(&query, Change::Link, place);
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
            query.of = Some(rows.of.as_ref().unwrap_or(&rows.target).clone());
        }
        let items = self.state.items(objects).map(|(items, _)| items);
        let mut fields: Vec<String> = Vec::new();
        for item in items.iter().flatten() {
            if let Datum::Row(id) = item
                && let Some(Cell::Row { set, query: own, .. }) = self.state.cell(*id)
            {
                fields.extend(set.iter().map(|(name, _)| name.clone()));
                if let Some(own) = own {
                    if own.whole > query.whole {
                        query.of = Some(own.target.clone());
                    }
                    query.reach = query.reach.max(own.reach);
                    query.whole = query.whole.max(own.whole);
                }
            }
        }
        fields.sort();
        fields.dedup();
        (query, items.map(|_| fields))
    }

    /// The fields of these objects whose new values hang on the ones before.
    fn stepwise_in(&self, objects: &Datum<'a>) -> Vec<String> {
        let items = self.state.items(objects).map(|(items, _)| items).unwrap_or_default();
        let stepwise = items.iter().filter_map(|item| match item {
            Datum::Row(id) => match self.state.cell(*id) {
                Some(Cell::Row { stepwise, .. }) => Some(stepwise.clone()),
                _ => None,
            },
            _ => None,
        });
        stepwise.flatten().collect()
    }

    /// The keys of a dict, as far as they are text.
    fn keys_of(&mut self, datum: &Datum<'a>) -> Vec<String> {
        let items = self.state.items(datum).map(|(items, _)| items).unwrap_or_default();
        items.iter().filter_map(|key| self.known_text(key)).collect()
    }

    pub(super) fn texts(&mut self, datum: &Datum<'a>) -> Option<Vec<String>> {
        let (items, is_open) = self.state.items(datum)?;
        let texts: Option<Vec<String>> = items.iter().map(|item| self.known_text(item)).collect();
        texts.filter(|_| !is_open)
    }

    /// A call on something that is not known, by a name that only objects and querysets have.
    pub(super) fn unknown_write(&mut self, name: &str, given: &Given<'a>, place: TextRange) -> bool {
        let query = Query::all_of(Target::Unknown, Reach::Few);
        let change = match name {
            "save" if given.args.is_empty() => Change::Update { fields: None },
            "bulk_update" => Change::Update { fields: None },
            "delete" if given.args.is_empty() && given.kwargs.is_empty() => Change::Delete,
            "update" if given.args.is_empty() && !given.kwargs.is_empty() => Change::Update {
                fields: Some(self.written_fields(given, place)),
            },
            "bulk_create" | "get_or_create" | "update_or_create" => Change::Upsert { fields: names(given) },
            "create" if !given.kwargs.is_empty() => Change::Insert { fields: names(given) },
            _ => return false,
        };
        self.row_effect(&query, change, place);
        true
    }

    /// The keyword arguments of `update(..)` as fields with what is written into them.
    fn written_fields(&mut self, given: &Given<'a>, place: TextRange) -> Vec<WrittenField> {
        let place = self.place(place);
        let syntax = self.home().syntax.as_ref();
        let call = syntax.and_then(|syntax| syntax.expression(place));
        let expression = |name: &str| {
            let call = call.and_then(Expr::as_call_expr)?;
            let mut keywords = call.arguments.keywords.iter();
            let found = keywords.find(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == name))?;
            Some(&found.value)
        };
        let fields = given.kwargs.iter().map(|(name, datum)| WrittenField {
            name: name.clone(),
            value: match expression(name).map(|expression| (written_value(name, None, expression), expression)) {
                Some((WrittenValue::Other, expression)) => match one_value(datum) {
                    // Each turn of a loop makes another.
                    WrittenValue::Other if self.loops.is_empty() && is_made_once(expression) => WrittenValue::One(None),
                    value => value,
                },
                Some((value, _)) => value,
                None => one_value(datum),
            },
        });
        fields.collect()
    }
}

/// What a datum writes into all rows.
pub(super) fn one_value(datum: &Datum<'_>) -> WrittenValue {
    let constant = match datum {
        Datum::Text(text) if !has_symbols(text) => Constant::Text(text.to_string()),
        Datum::Constant(value) => match value.as_ref() {
            Value::None => return WrittenValue::Null,
            Value::Bool(value) => Constant::Bool(*value),
            Value::Int(number) => Constant::Number(number.to_string()),
            _ => return WrittenValue::Other,
        },
        _ => return WrittenValue::Other,
    };
    WrittenValue::One(Some(constant))
}

/// Whether Python makes the value, once for all rows of the statement.
fn is_made_once(expression: &Expr) -> bool {
    let Expr::Call(call) = expression else { return false };
    let name = match call.func.as_ref() {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    MADE_ONCE.contains(&name)
}

fn names(given: &Given<'_>) -> Vec<String> {
    given.kwargs.iter().map(|(name, _)| name.clone()).collect()
}

/// Fields of which it is not known what is written into them.
pub(super) fn named(names: Vec<String>) -> Vec<WrittenField> {
    let other = |name| WrittenField {
        name,
        value: WrittenValue::Other,
    };
    names.into_iter().map(other).collect()
}
