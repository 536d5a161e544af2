//! The registry of models, models, and what their options say.

use std::rc::Rc;

use ruff_text_size::TextRange;

use super::Runner;
use super::data::{Datum, Given, Query};
use crate::python_work::{CalledFor, Handed, ModelName, Target, TextPiece};
use crate::row_work::Reach;
use crate::value::Value;

/// Tables of Django's own that stay small.
const SMALL: &[(&str, &str)] = &[
    ("auth", "group"),
    ("auth", "permission"),
    ("contenttypes", "contenttype"),
    ("sites", "site"),
];

impl<'a> Runner<'a> {
    pub(super) fn apps_method(&mut self, name: &str, given: &Given<'a>, place: TextRange) -> Datum<'a> {
        match name {
            "get_model" | "get_registered_model" => {
                let target = self.got_model(given);
                self.call_names(&target, Vec::new(), CalledFor::Queries, place);
                Datum::Model(target)
            }
            "get_app_config" => Datum::Method(Rc::new((Datum::Apps, "config".to_owned()))),
            "get_models" | "get_app_configs" | "values" | "items" => {
                self.open_list(vec![Datum::Model(Target::Unknown)])
            }
            "get" | "config" => Datum::Model(Target::Unknown),
            "is_installed" | "clear_cache" | "lazy_model_operation" | "get_containing_app_config" => {
                Datum::unknown("is known only when it runs")
            }
            _ => {
                let reason = format!("`{}` is not followed", self.shown(place));
                let handed = self.handed(given.all());
                self.unfollowed(reason, handed, place)
            }
        }
    }

    /// `apps.get_model("shop", "Order")` or `apps.get_model("shop.Order")`
    fn got_model(&mut self, given: &Given<'a>) -> Target {
        let app = given.get(0, "app_label").cloned();
        let name = given.get(1, "model_name").cloned();
        match (app.and_then(|app| self.known_text(&app)), name) {
            (Some(app), Some(name)) => match self.known_text(&name) {
                Some(name) => Target::Model(ModelName { app, name }),
                None => Target::Unknown,
            },
            (Some(label), None) => match label.split_once('.') {
                Some((app, name)) => Target::Model(ModelName {
                    app: app.to_owned(),
                    name: name.to_owned(),
                }),
                None => Target::Unknown,
            },
            (None, _) => Target::Unknown,
        }
    }

    /// A text all of which is known.
    pub(super) fn known_text(&mut self, datum: &Datum<'a>) -> Option<String> {
        match datum {
            Datum::Text(text) if !super::text::has_symbols(text) => Some(text.to_string()),
            Datum::Constant(value) => match value.as_ref() {
                Value::Setting(name) if name == "AUTH_USER_MODEL" => self.user_model(),
                _ => None,
            },
            _ => None,
        }
    }

    fn user_model(&mut self) -> Option<String> {
        let mut inner = super::super::evaluate::Interpreter::within(self.start, self.modules, Some(self.start));
        match inner.settle(Value::Setting("AUTH_USER_MODEL".to_owned())) {
            Value::Str(label) => Some(label.into_text()),
            _ => None,
        }
    }

    /// `get_user_model()`
    pub(super) fn user(&mut self) -> Datum<'a> {
        let label = self.user_model();
        let model = label.as_deref().and_then(|label| label.split_once('.'));
        Datum::Model(model.map_or(Target::Unknown, |(app, name)| {
            Target::Model(ModelName {
                app: app.to_owned(),
                name: name.to_owned(),
            })
        }))
    }

    /// All rows of a model.
    pub(super) fn all_rows(&self, target: &Target) -> Rc<Query> {
        let is_small = match target {
            Target::Model(model) => SMALL.contains(&(model.app.as_str(), model.name.to_lowercase().as_str())),
            Target::Relation(..) | Target::Through(..) | Target::Unknown => false,
        };
        let reach = if is_small { Reach::Few } else { Reach::All };
        Rc::new(Query::all_of(target.clone(), reach))
    }

    pub(super) fn model_attribute(&mut self, target: &Target, name: &str, owner: &Datum<'a>) -> Datum<'a> {
        match name {
            "_meta" => Datum::Meta(target.clone()),
            "objects" | "_default_manager" | "_base_manager" => Datum::Query(self.all_rows(target)),
            "DoesNotExist" | "MultipleObjectsReturned" => Datum::name("builtins.Exception"),
            "__name__" => match target {
                Target::Model(model) => Datum::text(&model.name.clone()),
                Target::Relation(..) | Target::Through(..) | Target::Unknown => {
                    Datum::Text(self.unknown_text("a model is not known"))
                }
            },
            name if name.ends_with("objects") => Datum::Query(Rc::new(Query {
                has_more_names: true,
                ..self.all_rows(target).as_ref().clone()
            })),
            name if name.starts_with(|letter: char| letter.is_uppercase()) => {
                Datum::unknown("is known only when it runs")
            }
            _ => Datum::Method(Rc::new((owner.clone(), name.to_owned()))),
        }
    }

    /// A method of a model's class.
    pub(super) fn model_method(
        &mut self,
        target: &Target,
        name: &str,
        given: Given<'a>,
        place: TextRange,
    ) -> Datum<'a> {
        match name {
            "DoesNotExist" | "MultipleObjectsReturned" | "__str__" => Datum::unknown("is known only when it runs"),
            // `Order.save(order)`
            "save" | "delete" => match given.args.first().cloned() {
                Some(row @ Datum::Row(_)) => {
                    let given = Given {
                        args: Vec::new(),
                        ..given
                    };
                    self.call_method(&row, name, given, place)
                }
                _ => {
                    let reason = format!("`{}` is not followed", self.shown(place));
                    self.unfollowed(reason, Some(Handed::Queryset), place)
                }
            },
            _ => {
                let owner = Datum::Model(target.clone());
                if let Some(method) = self.method_of_model(target, name, &owner) {
                    return self.call_datum(&method, given, Some(place));
                }
                self.call_back(&given);
                let reason = format!("`{}` is not followed", self.shown(place));
                let handed = self.handed_to(&given).max(Some(Handed::Apps));
                self.unfollowed(reason, handed, place)
            }
        }
    }

    pub(super) fn meta_attribute(&mut self, target: &Target, name: &str) -> Datum<'a> {
        let Target::Model(model) = target else {
            return match (name, target) {
                ("db_table", _) => Datum::Text(self.unknown_text("the table of a model that is not known")),
                _ => Datum::unknown("a model is not known"),
            };
        };
        let text = |text: String| Datum::text(&text);
        match name {
            "db_table" => Datum::Text(self.symbol(TextPiece::Table(model.clone()))),
            "app_label" => text(model.app.clone()),
            "object_name" => text(model.name.clone()),
            "model_name" => text(model.name.to_lowercase()),
            "label" => text(format!("{}.{}", model.app, model.name)),
            "label_lower" => text(format!("{}.{}", model.app, model.name.to_lowercase())),
            "pk" | "auto_field" => Datum::Field(Rc::new((model.clone(), "pk".to_owned()))),
            "managed" => Datum::constant(Value::Bool(true)),
            "proxy" | "abstract" | "swapped" => Datum::constant(Value::Bool(false)),
            "fields" | "local_fields" | "concrete_fields" | "many_to_many" | "local_many_to_many"
            | "related_objects" | "indexes" | "constraints" => {
                self.open_list(vec![Datum::unknown("a field of the model is not known")])
            }
            "apps" => Datum::Apps,
            _ => Datum::unknown("an option of a model is not known"),
        }
    }

    pub(super) fn meta_method(&mut self, target: &Target, name: &str, given: &Given<'a>) -> Datum<'a> {
        let field = given.get(0, "field_name").cloned();
        match (name, target, field.and_then(|field| self.known_text(&field))) {
            ("get_field" | "get_field_by_name", Target::Model(model), Some(field)) => {
                Datum::Field(Rc::new((model.clone(), field)))
            }
            ("get_fields", ..) => self.open_list(vec![Datum::unknown("a field of the model is not known")]),
            _ => Datum::unknown("a field of a model is not known"),
        }
    }

    /// What is asked of a field of a model.
    pub(super) fn field_attribute(&mut self, field: &(ModelName, String), name: &str) -> Datum<'a> {
        let (model, field_name) = field;
        match name {
            "column" | "db_column" | "attname" => {
                Datum::Text(self.symbol(TextPiece::Column(model.clone(), field_name.clone())))
            }
            "name" => Datum::text(field_name),
            "model" => Datum::Model(Target::Model(model.clone())),
            "through" => Datum::Model(Target::Through(model.clone(), field_name.clone())),
            "remote_field" | "rel" | "field" | "clone" => Datum::Field(Rc::new(field.clone())),
            "m2m_db_table" => Datum::Text(self.unknown_text("the table of a many-to-many field")),
            _ => Datum::unknown("what is asked of a field is not known"),
        }
    }
}
