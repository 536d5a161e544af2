//! Objects of models: their attributes, and what saving and deleting them does.

use std::rc::Rc;

use ruff_text_size::TextRange;

use super::Runner;
use super::data::{Cell, CellId, Datum, Given, Query};
use super::rows::{is_key, without_async};
use super::writes::{named, one_value};
use crate::python_work::{CalledFor, Change, Handed, Target, WrittenField, WrittenValue};
use crate::row_work::Reach;

impl<'a> Runner<'a> {
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
        let Some(Cell::Row {
            target,
            query,
            set,
            stepwise,
        }) = self.state.cell(id).cloned()
        else {
            return Datum::unknown("is not evaluated");
        };
        let is_new = query.is_none();
        let query = query.unwrap_or_else(|| Rc::new(Query::all_of(target.clone(), Reach::Few)));
        match name {
            "save" | "asave" | "save_base" => {
                let only = given.keyword("update_fields").cloned();
                let only = only.map(|fields| self.texts(&fields));
                if let Some(Some(fields)) = &only {
                    self.call_names(&target, fields.clone(), CalledFor::Saves, place);
                }
                let own = set.iter().filter(|(name, _)| name != "*");
                let names: Vec<String> = own.map(|(name, _)| name.clone()).collect();
                let written = self.set_on(&target, &set, &stepwise);
                // With the key of a row that is there, it writes that one.
                if is_new && set.iter().any(|(name, _)| is_key(name) || name == "*") {
                    let is_whole = !set.iter().any(|(name, _)| name == "*");
                    let fields = is_whole.then(|| named(names.clone()));
                    self.object_effect(&query, Change::Update { fields }, place);
                }
                let change = match (is_new, only) {
                    (true, _) => Change::Insert { fields: names },
                    (false, Some(None)) => Change::Update { fields: None },
                    (false, Some(Some(only))) => {
                        let is_set = |name: &String| set.iter().any(|(own, _)| own == name);
                        let mut fields: Vec<WrittenField> = written;
                        fields.retain(|field| only.contains(&field.name));
                        fields.extend(named(only.into_iter().filter(|name| !is_set(name)).collect()));
                        Change::Update { fields: Some(fields) }
                    }
                    (false, None) if set.iter().any(|(name, _)| name == "*") => Change::Update { fields: None },
                    // A new key makes a new row.
                    (false, None) if set.iter().any(|(name, _)| is_key(name)) => Change::Insert { fields: names },
                    (false, None) => Change::Update { fields: Some(written) },
                };
                self.object_effect(&query, change, place);
                Datum::none()
            }
            "delete" | "adelete" => {
                self.object_effect(&query, Change::Delete, place);
                Datum::none()
            }
            "refresh_from_db" | "arefresh_from_db" => {
                if let Some(Cell::Row { set, stepwise, .. }) = self.state.cell_mut(id) {
                    set.clear();
                    stepwise.clear();
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
                    if let Some(method) = self.method_of_model(&target, name, &Datum::Row(id)) {
                        return self.call_datum(&method, given, Some(place));
                    }
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
            Target::Relation(..) | Target::Through(..) | Target::Unknown => Target::Unknown,
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
                let only = given.keyword("update_fields").cloned();
                let fields = only.and_then(|fields| self.texts(&fields)).map(named);
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

    /// A setting made by `setattr` with a name that is not known.
    pub(super) fn set_any(&mut self, owner: &Datum<'a>, name: &Datum<'a>, datum: Datum<'a>, place: TextRange) {
        let name = self.known_text(name).unwrap_or_else(|| "*".to_owned());
        self.set_attribute(owner, &name, datum, place);
    }

    /// What a save writes into the fields that were set on an object.
    fn set_on(&self, target: &Target, set: &[(String, Datum<'a>)], stepwise: &[String]) -> Vec<WrittenField> {
        let fields = set.iter().map(|(name, datum)| WrittenField {
            name: name.clone(),
            value: match datum {
                _ if stepwise.contains(name) => WrittenValue::Stepwise,
                Datum::Part(part) if part.0 == *target && part.1 == *name => WrittenValue::Same,
                datum => one_value(datum),
            },
        });
        fields.collect()
    }
}
