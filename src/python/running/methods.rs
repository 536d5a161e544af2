//! Methods, by what they are called on.

use std::rc::Rc;

use ruff_text_size::TextRange;

use super::Runner;
use super::constructed::{MIGRATION, RUN_PYTHON};
use super::data::{Cell, CellId, Datum, Given};
use crate::python_work::{Action, Handed, Target};
use crate::value::Value;

impl<'a> Runner<'a> {
    pub(super) fn call_method(
        &mut self,
        owner: &Datum<'a>,
        name: &str,
        given: Given<'a>,
        place: TextRange,
    ) -> Datum<'a> {
        match owner {
            Datum::Text(text) => self.text_method(&Rc::clone(text), name, &given),
            Datum::List(_) => match self.list_method(owner, name, &given) {
                Some(datum) => datum,
                None => self.part_of(owner),
            },
            Datum::Dict(_) => match self.dict_method(owner, name, &given) {
                Some(datum) => datum,
                None => self.part_of(owner),
            },
            Datum::Constant(_) | Datum::Class(..) => {
                let callee = self.attribute(owner, name, place);
                match &callee {
                    // Of a class that is a model.
                    Datum::Method(method) if matches!(method.0, Datum::Model(_)) => {
                        self.call_datum(&callee, given, Some(place))
                    }
                    Datum::Method(_) => self.not_followed(&callee, given, place),
                    _ => self.call_datum(&callee, given, Some(place)),
                }
            }
            Datum::Object(id) => self.object_method(*id, name, given, place),
            Datum::Super(id, at) => match self.method_of(*id, name, *at) {
                Some(found) => {
                    let bound = self.bound_method(*id, found);
                    self.call_datum(&bound, given, Some(place))
                }
                None => self.base_method(*id, name, given, place),
            },
            Datum::Made(id) => self.made_method(*id, name, &given, place),
            Datum::Apps => self.apps_method(name, &given, place),
            Datum::Editor => self.editor_method(name, given, place),
            Datum::Deferred => {
                let datum = given.args.first().cloned().unwrap_or_else(Datum::none);
                self.deferred(name, &datum, place);
                Datum::none()
            }
            Datum::Connection => self.connection_method(name, given, place),
            Datum::Cursor => self.cursor_method(name, given, place),
            Datum::Meta(target) => self.meta_method(&target.clone(), name, &given),
            Datum::Model(target) => self.model_method(&target.clone(), name, given, place),
            Datum::Query(query) => self.call_on_query(&Rc::clone(query), name, given, place),
            Datum::Row(id) => self.row_method(*id, name, given, place),
            Datum::Part(part) => self.part_method(&part.clone(), name, given, place),
            Datum::Pages(query) => match name {
                "page" | "get_page" => Datum::Query(Rc::new(super::data::Query {
                    reach: crate::row_work::Reach::Few,
                    ..query.as_ref().clone()
                })),
                _ => Datum::unknown("is known only when it runs"),
            },
            Datum::Path(path) => self.path_method(&Rc::clone(path), name, &given),
            Datum::Opened(path) => self.file_method(&Rc::clone(path), name),
            Datum::Field(field) => self.field_attribute(&field.clone(), name),
            Datum::Method(method) => self.method_of_method(&method.clone(), name, given, place),
            Datum::Either(several) => {
                let results: Vec<Datum<'a>> = several
                    .iter()
                    .filter(|one| !matches!(one, Datum::Constant(value) if **value == Value::None))
                    .map(|one| self.in_doubt(|runner| runner.call_method(one, name, given.clone(), place)))
                    .collect();
                let any = results.into_iter().reduce(Datum::or);
                any.unwrap_or_else(|| Datum::unknown("is known only when it runs"))
            }
            Datum::Unknown(_) => self.unknown_method(owner, name, given, place),
            Datum::Partial(_) if self.local_class(owner).is_some() => {
                let callee = self.attribute(owner, name, place);
                self.call_datum(&callee, given, Some(place))
            }
            Datum::Function(_) | Datum::Partial(_) | Datum::Context(_) | Datum::Atomic => {
                Datum::unknown("is known only when it runs")
            }
        }
    }

    fn object_method(&mut self, id: CellId, name: &str, given: Given<'a>, place: TextRange) -> Datum<'a> {
        if let Some(found) = self.method_of(id, name, 0) {
            let bound = self.bound_method(id, found);
            return self.call_datum(&bound, given, Some(place));
        }
        if matches!(name, "__enter__" | "__iter__") {
            return Datum::Object(id);
        }
        if name == "__exit__" {
            return Datum::none();
        }
        match self.object_attribute(id, name, place) {
            Datum::Method(_) => self.base_method(id, name, given, place),
            callee => self.call_datum(&callee, given, Some(place)),
        }
    }

    /// A method that only a class of Django below those that were read has.
    pub(super) fn base_method(&mut self, id: CellId, name: &str, given: Given<'a>, place: TextRange) -> Datum<'a> {
        let base = match self.state.cell(id) {
            Some(Cell::Object { base, .. }) => base.clone(),
            _ => None,
        };
        let base = base.as_deref().unwrap_or_default();
        if name == "__init__" {
            self.set_by_django(id, Some(base), given, place);
            return Datum::none();
        }
        if let Some(datum) = self.library_method(id, base, name, &given, place) {
            return datum;
        }
        match name {
            super::DATABASE_FORWARDS if base == RUN_PYTHON => return self.run_code_of(id),
            "apply" if base == MIGRATION && self.handed_to(&given) == Some(Handed::Editor) => {
                self.effect(Action::Base, place);
                return Datum::name("<to_state>");
            }
            super::DATABASE_FORWARDS if self.passes_on(&given) => {
                self.effect(Action::Base, place);
                return Datum::none();
            }
            super::STATE_FORWARDS if given.all().count() == 2 && given.all().any(Datum::is_state) => {
                self.effect(Action::Base, place);
                return Datum::none();
            }
            // `Operation.allow_migrate_model`
            "allow_migrate_model" => return Datum::constant(Value::Bool(true)),
            _ => {}
        }
        self.call_back(&given);
        let handed = self.handed_to(&given);
        self.unfollowed(format!("`{}` is not followed", self.shown(place)), handed, place)
    }

    /// Whether `database_forwards` of Django's class gets what the operation's own got.
    fn passes_on(&self, given: &Given<'a>) -> bool {
        let mut parameters = super::PARAMETERS.iter().enumerate();
        let is_passed = parameters.all(|(at, name)| {
            let own = self.forwards.args.get(at);
            matches!((own, given.get(at, name)), (Some(own), Some(passed)) if own.is_same(passed))
        });
        is_passed && given.all().count() == super::PARAMETERS.len()
    }

    /// A method of something that is not known: a name that only the ORM or a cursor has says what it may be.
    fn unknown_method(&mut self, owner: &Datum<'a>, name: &str, given: Given<'a>, place: TextRange) -> Datum<'a> {
        let shown = self.shown(place);
        match name {
            "execute" | "executemany" | "executescript" | "copy_expert" | "callproc" => {
                self.call_back(&given);
                return self.unfollowed(format!("`{shown}` is not followed"), Some(Handed::Cursor), place);
            }
            "cursor" => return Datum::Cursor,
            _ => {}
        }
        if self.unknown_write(name, &given, place) {
            return owner.clone();
        }
        self.call_back(&given);
        let handed = self.handed_to(&given).filter(|_| !is_of_containers(name));
        match handed {
            Some(handed) => self.unfollowed(format!("`{shown}` is not followed"), Some(handed), place),
            None => owner.clone(),
        }
    }

    fn method_of_method(
        &mut self,
        method: &Rc<(Datum<'a>, String)>,
        name: &str,
        given: Given<'a>,
        place: TextRange,
    ) -> Datum<'a> {
        match &method.0 {
            // A manager under a name of its own.
            Datum::Model(target) => {
                let query = Rc::new(super::data::Query {
                    has_more_names: true,
                    ..self.all_rows(target).as_ref().clone()
                });
                self.query_method(&query, name, given, place)
            }
            Datum::Connection => self.part_of_connection(&method.1, name, given, place),
            Datum::Editor => self.editor_method(&format!("{}.{name}", method.1), given, place),
            Datum::Apps => {
                let datum = self.apps_method(name, &given, place);
                if let Datum::Model(Target::Model(model)) = &datum {
                    self.models_of_today.push(model.clone());
                }
                datum
            }
            _ => Datum::unknown("is known only when it runs"),
        }
    }

    fn made_method(&mut self, id: CellId, name: &str, given: &Given<'a>, place: TextRange) -> Datum<'a> {
        let set = |runner: &mut Self, datum: Option<&Datum<'a>>| {
            if let Some(datum) = datum.cloned() {
                runner.set_attribute(&Datum::Made(id), "name", datum, place);
            }
        };
        match name {
            "set_attributes_from_name" => set(self, given.args.first()),
            "contribute_to_class" => set(self, given.get(1, "name")),
            "clone" => return Datum::Made(id),
            _ => {}
        }
        Datum::unknown("is known only when it runs")
    }
}

/// Methods of lists, sets and dicts: what they get they keep.
fn is_of_containers(name: &str) -> bool {
    matches!(
        name,
        "append"
            | "add"
            | "extend"
            | "update"
            | "insert"
            | "get"
            | "setdefault"
            | "pop"
            | "remove"
            | "index"
            | "count"
            | "info"
            | "debug"
            | "warning"
            | "error"
            | "exception"
            | "write"
            | "format"
            | "join"
    )
}
