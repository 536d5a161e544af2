//! Attributes, by what they are asked of.

use std::rc::Rc;

use ruff_text_size::TextRange;

use super::Runner;
use super::data::{Cell, CellId, Datum};
use crate::python_work::{Handed, ModelName, Target};
use crate::value::Value;

/// Flags of Django by which it sends other statements: the settings that were read decide them.
const DJANGOS_FLAGS: &[&str] = &["USE_TZ", "USE_I18N", "USE_L10N"];

impl<'a> Runner<'a> {
    pub(super) fn attribute(&mut self, owner: &Datum<'a>, name: &str, place: TextRange) -> Datum<'a> {
        match owner {
            Datum::Constant(value) => match value.as_ref() {
                Value::Name(path) => self.attribute_of_name(&path.clone(), name, place),
                Value::Unknown(unknown) => Datum::unknown(&unknown.reason),
                _ => match self.part_of_member(owner, name) {
                    Some(part) => part,
                    None => Datum::Method(Rc::new((owner.clone(), name.to_owned()))),
                },
            },
            Datum::Class(home, class) if name == "__members__" => self.members_by_name(home, class),
            Datum::Class(home, class) => self.class_attribute(home, class, name, place),
            Datum::Object(id) => self.object_attribute(*id, name, place),
            Datum::Partial(_) if self.local_class(owner).is_some() => match self.local_class(owner) {
                Some(id) => self.object_attribute(id, name, place),
                None => owner.clone(),
            },
            Datum::Super(id, at) => match self.method_of(*id, name, *at) {
                Some(found) => self.bound_method(*id, found),
                None => Datum::Method(Rc::new((owner.clone(), name.to_owned()))),
            },
            Datum::Made(id) => self.made_attribute(*id, name, owner),
            Datum::Editor => self.editor_attribute(name),
            Datum::Connection => self.connection_attribute(name),
            Datum::Cursor => match name {
                "connection" | "db" | "cursor" => Datum::Connection,
                _ => Datum::Method(Rc::new((owner.clone(), name.to_owned()))),
            },
            Datum::Meta(target) => self.meta_attribute(&target.clone(), name),
            Datum::Model(target) => self.model_attribute(&target.clone(), name, owner),
            Datum::Row(id) => self.row_attribute(*id, name),
            Datum::Part(_) => Datum::Part(Rc::new((Target::Unknown, name.to_owned()))),
            Datum::Field(field) => self.field_attribute(&field.clone(), name),
            Datum::Pages(query) => match name {
                "object_list" => Datum::Query(Rc::clone(query)),
                "page_range" => self.open_list(vec![Datum::unknown("the number of a page is not known")]),
                "count" | "num_pages" => Datum::unknown("a number of rows is not known"),
                _ => Datum::Method(Rc::new((owner.clone(), name.to_owned()))),
            },
            Datum::Query(query) => match name {
                "object_list" => Datum::Query(Rc::clone(query)),
                "model" => Datum::Model(query.target.clone()),
                "through" => Datum::Model(Target::Unknown),
                _ => Datum::Method(Rc::new((owner.clone(), name.to_owned()))),
            },
            // `Order.items.through`
            Datum::Method(method) => match (&method.0, name) {
                (Datum::Model(Target::Model(model)), "through") => {
                    Datum::Model(Target::Through(model.clone(), method.1.clone()))
                }
                (Datum::Model(Target::Model(model)), "field") => {
                    Datum::Field(Rc::new((model.clone(), method.1.clone())))
                }
                (Datum::Apps, _) => Datum::Method(Rc::new((Datum::Apps, name.to_owned()))),
                (Datum::Editor | Datum::Connection | Datum::Cursor, _) => {
                    Datum::Method(Rc::new((method.0.clone(), format!("{}.{name}", method.1))))
                }
                _ => Datum::unknown("is known only when it runs"),
            },
            Datum::Either(several) => {
                let all: Vec<Datum<'a>> = several.iter().map(|one| self.attribute(one, name, place)).collect();
                let any = all.into_iter().reduce(Datum::or);
                any.unwrap_or_else(|| Datum::unknown("is known only when it runs"))
            }
            Datum::Unknown(_) => owner.clone(),
            Datum::Path(path) => self.path_attribute(&Rc::clone(path), name, owner),
            Datum::Text(_) => match self.part_of_member(owner, name) {
                Some(part) => part,
                // Of a member that came through the evaluator of values.
                None if name == "value" => owner.clone(),
                None => Datum::Method(Rc::new((owner.clone(), name.to_owned()))),
            },
            Datum::Opened(_)
            | Datum::List(_)
            | Datum::Dict(_)
            | Datum::Apps
            | Datum::Deferred
            | Datum::Function(_)
            | Datum::Partial(_)
            | Datum::Context(_)
            | Datum::Atomic => Datum::Method(Rc::new((owner.clone(), name.to_owned()))),
        }
    }

    fn attribute_of_name(&mut self, path: &str, name: &str, place: TextRange) -> Datum<'a> {
        if let Some((home, class, member)) = self.member_at(path)
            && let Some(part) = class.attribute(&format!("{member}.{name}"))
        {
            return self.of_value(&part.value, home);
        }
        let path = super::super::canonical(&format!("{path}.{name}")).into_owned();
        if let Some(setting) = path.strip_prefix("django.conf.settings.") {
            return self.setting(setting);
        }
        if let Some(value) = super::super::constants::value(&path, self.modules.django) {
            let start = self.start;
            return self.of_value(&value, start);
        }
        match super::names::special(&path) {
            // A class of the project may have the attribute.
            datum if datum.as_name().is_some() && super::super::resolve::is_followed(&path) => {
                let resolved = self.resolved_attribute(&path, place);
                resolved.or_else(|| self.manager_of(&path)).unwrap_or(datum)
            }
            datum => datum,
        }
    }

    /// The manager of a model whose module is not at hand: `shop.models.Order.objects`.
    fn manager_of(&self, path: &str) -> Option<Datum<'a>> {
        let (model, manager) = path.rsplit_once('.')?;
        let (home, name) = model.rsplit_once('.')?;
        let (package, _) = home.split_once(".models")?;
        let is_model = name.starts_with(|letter: char| letter.is_uppercase());
        (is_model && matches!(manager, "objects" | "_default_manager" | "_base_manager")).then(|| {
            let app = package.rsplit('.').next().unwrap_or(package).to_owned();
            let name = name.to_owned();
            Datum::Query(self.all_rows(&Target::Model(ModelName { app, name })))
        })
    }

    /// An attribute of a module, class or object elsewhere, if that module is at hand.
    fn resolved_attribute(&mut self, path: &str, _place: TextRange) -> Option<Datum<'a>> {
        let (owner, _) = path.rsplit_once('.')?;
        let is_module = self.modules.get(owner).is_some();
        let is_in_module = owner
            .rsplit_once('.')
            .is_some_and(|(home, _)| self.modules.get(home).is_some());
        if !is_module && !is_in_module {
            return None;
        }
        let datum = self.of_path(path);
        datum.as_name().is_none().then_some(datum)
    }

    /// A setting of the project. A flag decides nothing: the environment that the migration runs in may set it otherwise. Which
    /// operations there are it does decide, and is noted.
    pub(super) fn setting(&mut self, name: &str) -> Datum<'a> {
        let datum = self.setting_as_read(name);
        if let (Datum::Constant(_), Some(taken)) = (&datum, &mut self.flags_taken) {
            taken.extend(self.modules.settings.is_flag(name).then(|| name.to_owned()));
            return datum;
        }
        match &datum {
            Datum::Constant(value) if matches!(value.as_ref(), Value::Bool(_)) && !DJANGOS_FLAGS.contains(&name) => {
                Datum::unknown(&format!(
                    "`settings.{name}` may be set otherwise where the migration runs"
                ))
            }
            _ => datum,
        }
    }

    fn setting_as_read(&mut self, name: &str) -> Datum<'a> {
        let mut inner = super::super::evaluate::Interpreter::within(self.start, self.modules, Some(self.start));
        let value = inner.named(&format!("django.conf.settings.{name}"));
        let value = inner.settle(value);
        let start = self.start;
        match value {
            // Where the project lies: its files are looked for there, and not found where that is wrong.
            Value::Unknown(_) | Value::Setting(_) | Value::Call(_) if is_root(name) => Datum::Path("".into()),
            value => self.of_value(&value, start),
        }
    }

    fn made_attribute(&mut self, id: CellId, name: &str, owner: &Datum<'a>) -> Datum<'a> {
        let Some(Cell::Made { call, attributes }) = self.state.cell(id) else {
            return Datum::unknown("is not evaluated");
        };
        if let Some((_, datum)) = attributes.iter().find(|(own, _)| own == name) {
            return datum.clone();
        }
        match call.keyword(name).cloned() {
            Some(value) => {
                let start = self.start;
                self.of_value(&value, start)
            }
            None => Datum::Method(Rc::new((owner.clone(), name.to_owned()))),
        }
    }

    pub(super) fn set_attribute(&mut self, owner: &Datum<'a>, name: &str, datum: Datum<'a>, place: TextRange) {
        match owner {
            Datum::Object(id) | Datum::Row(id) | Datum::Made(id) => match self.state.cell_mut(*id) {
                Some(
                    Cell::Object { attributes, .. } | Cell::Made { attributes, .. } | Cell::Row { set: attributes, .. },
                ) => {
                    attributes.retain(|(own, _)| own != name);
                    attributes.push((name.to_owned(), datum));
                }
                Some(Cell::List { .. } | Cell::Dict { .. }) | None => {}
            },
            owner if owner.is_state() => {
                let reason = format!("`{}` changes the state", self.shown(place));
                self.unfollowed(reason, Some(Handed::Editor), place);
            }
            // Django looks at none that its class lacks: it is for an editor that the project has put in its place.
            Datum::Editor if !is_of_schema_editor(name) => {}
            Datum::Editor if name == "deferred_sql" => self.set_deferred(&datum, place),
            Datum::Editor | Datum::Connection => {
                let shown = self.shown(place);
                let handed = self.handed([owner]);
                self.unfollowed(format!("`{shown}` is set"), handed, place);
            }
            // `order.customer.name = ...`: what a save of it writes is not known anyway.
            _ => {}
        }
    }
}

/// Whether Django's schema editor has an attribute of this name: `BaseDatabaseSchemaEditor` and PostgreSQL's, as in
/// django/db/backends/base/schema.py.
fn is_of_schema_editor(name: &str) -> bool {
    const VERBS: [&str; 12] = [
        "add_", "alter_", "atomic", "collect", "create_", "delete_", "prepare_", "quote_", "remove_", "rename_",
        "skip_", "sql_",
    ];
    let is_one = matches!(
        name,
        "column_sql" | "connection" | "deferred_sql" | "effective_default" | "execute" | "table_sql" | "db_default_sql"
    );
    is_one || name.starts_with('_') || VERBS.iter().any(|verb| name.starts_with(verb))
}

/// Settings that by custom name the folder that the project lies in.
fn is_root(name: &str) -> bool {
    matches!(
        name,
        "BASE_DIR" | "BASE_PATH" | "PROJECT_DIR" | "PROJECT_PATH" | "PROJECT_ROOT" | "ROOT_DIR" | "SITE_ROOT"
    )
}

#[cfg(test)]
mod tests {
    use super::is_of_schema_editor;

    /// What conformance/callable.py lists of Django's own class.
    const CALLABLE: &str = include_str!("../../../tests/callable.json");

    #[test]
    fn all_that_djangos_schema_editor_has_is_known_to_be_its_own() {
        let listed: serde_json::Value = serde_json::from_str(CALLABLE).unwrap();
        let methods = listed["schema_editor"].as_array().unwrap();
        assert!(methods.len() > 50);
        for method in methods {
            let name = method.as_str().unwrap();
            assert!(is_of_schema_editor(name), "{name}");
        }
        assert!(!is_of_schema_editor("safe"));
    }
}
