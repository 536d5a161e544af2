//! Django's schema editor: what it is told to do.

use std::rc::Rc;

use ruff_text_size::TextRange;

use super::Runner;
use super::data::{Cell, Datum, Given};
use crate::python_work::{Action, EditorArgument, EditorCall, Handed, Named, Parameters, Target};
use crate::value::Value;

/// What an argument of the schema editor is.
#[derive(Clone, Copy)]
enum Kind {
    Model,
    /// A model of which Django asks nothing for its SQL.
    AnyModel,
    Field,
    Text,
    Value,
}

/// Methods that change the schema, and their parameters in Django's order.
/// See django/db/backends/base/schema.py and django/db/backends/postgresql/schema.py of Django 5.2.
const METHODS: &[(&str, &[(&str, Kind)])] = &[
    ("create_model", &[("model", Kind::Model)]),
    ("delete_model", &[("model", Kind::Model)]),
    (
        "add_index",
        &[
            ("model", Kind::Model),
            ("index", Kind::Value),
            ("concurrently", Kind::Value),
        ],
    ),
    (
        "remove_index",
        &[
            ("model", Kind::Model),
            ("index", Kind::Value),
            ("concurrently", Kind::Value),
        ],
    ),
    (
        "rename_index",
        &[
            ("model", Kind::Model),
            ("old_index", Kind::Value),
            ("new_index", Kind::Value),
        ],
    ),
    ("add_constraint", &[("model", Kind::Model), ("constraint", Kind::Value)]),
    (
        "remove_constraint",
        &[("model", Kind::Model), ("constraint", Kind::Value)],
    ),
    (
        "alter_unique_together",
        &[
            ("model", Kind::Model),
            ("old_unique_together", Kind::Value),
            ("new_unique_together", Kind::Value),
        ],
    ),
    (
        "alter_index_together",
        &[
            ("model", Kind::Model),
            ("old_index_together", Kind::Value),
            ("new_index_together", Kind::Value),
        ],
    ),
    (
        "alter_db_table",
        &[
            ("model", Kind::AnyModel),
            ("old_db_table", Kind::Text),
            ("new_db_table", Kind::Text),
        ],
    ),
    (
        "alter_db_table_comment",
        &[
            ("model", Kind::Model),
            ("old_db_table_comment", Kind::Text),
            ("new_db_table_comment", Kind::Text),
        ],
    ),
    (
        "alter_db_tablespace",
        &[
            ("model", Kind::Model),
            ("old_db_tablespace", Kind::Text),
            ("new_db_tablespace", Kind::Text),
        ],
    ),
    ("add_field", &[("model", Kind::Model), ("field", Kind::Field)]),
    ("remove_field", &[("model", Kind::Model), ("field", Kind::Field)]),
    (
        "alter_field",
        &[
            ("model", Kind::Model),
            ("old_field", Kind::Field),
            ("new_field", Kind::Field),
            ("strict", Kind::Value),
        ],
    ),
];

/// Methods that send nothing.
const ASKING: &[&str] = &[
    "column_sql",
    "db_default_sql",
    "effective_default",
    "prepare_default",
    "quote_value",
    "skip_default",
    "skip_default_on_alter",
];

/// Methods that look as if they only made a text: the one drops an index on the way, the other puts foreign keys off.
const NOT_ONLY_TEXT: &[&str] = &["_alter_column_type_sql", "table_sql"];

impl<'a> Runner<'a> {
    pub(super) fn editor_attribute(&mut self, name: &str) -> Datum<'a> {
        match name {
            "connection" => Datum::Connection,
            "deferred_sql" => Datum::Deferred,
            // `sqlmigrate` alone collects.
            "collect_sql" => Datum::constant(Value::Bool(false)),
            "atomic_migration" | "atomic" => Datum::unknown("is known only when it runs"),
            name if name.starts_with("sql_") => match super::editor_texts::text(name) {
                Some(text) => Datum::text(text),
                None => Datum::Text(self.unknown_text("a text of the schema editor is not known")),
            },
            _ => Datum::Method(Rc::new((Datum::Editor, name.to_owned()))),
        }
    }

    pub(super) fn editor_method(&mut self, name: &str, given: Given<'a>, place: TextRange) -> Datum<'a> {
        if name == "execute" {
            // Without parameters Django passes an empty tuple, so `%%` is a percent sign.
            let params = Parameters::Given(Value::Tuple(Vec::new()));
            self.sql(given.get(0, "sql"), place, params, given.get(1, "params"));
            return Datum::none();
        }
        if name == "quote_name" {
            let named = given.get(0, "name").cloned().unwrap_or_else(Datum::none);
            return self.quoted(&named);
        }
        if matches!(name, "__enter__") {
            return Datum::Editor;
        }
        let is_text = name.starts_with('_') && name.ends_with("_sql") && !NOT_ONLY_TEXT.contains(&name);
        if ASKING.contains(&name) || is_text || name == "__exit__" {
            return Datum::Text(self.unknown_text("a text of the schema editor is not known"));
        }
        let Some((method, parameters)) = METHODS.iter().find(|(method, _)| *method == name) else {
            let reason = format!("`{}` is not followed", self.shown(place));
            return self.unfollowed(reason, Some(Handed::Editor), place);
        };
        match self.editor_arguments(parameters, &given) {
            // The field of one state becomes that of another, which are not told apart.
            Ok(arguments) if name == "alter_field" && matches!(&arguments[..], [_, from, to, ..] if from == to) => {
                let reason = format!("`schema_editor.{name}` gets the field of two states of the model");
                self.unfollowed(reason, Some(Handed::Editor), place)
            }
            Ok(arguments) => {
                let call = EditorCall {
                    method: (*method).to_owned(),
                    arguments,
                };
                self.effect(Action::Editor(call), place);
                Datum::none()
            }
            Err(why) => {
                let reason = format!("`schema_editor.{name}` gets {why}");
                let about = match given.get(0, "model") {
                    Some(Datum::Model(Target::Model(model))) => vec![Named::Model(model.clone())],
                    Some(_) | None => Vec::new(),
                };
                let unknown = Datum::unknown(&reason);
                let handed = Handed::Editor;
                self.effect(Action::Unfollowed { reason, handed, about }, place);
                unknown
            }
        }
    }

    fn editor_arguments(
        &mut self,
        parameters: &[(&str, Kind)],
        given: &Given<'a>,
    ) -> Result<Vec<EditorArgument>, String> {
        let mut arguments = Vec::new();
        if given.is_open {
            return Err("arguments that are not known".to_owned());
        }
        for (at, (name, kind)) in parameters.iter().enumerate() {
            match given.get(at, name).cloned() {
                Some(datum) => arguments.push(self.editor_argument(name, *kind, &datum)?),
                // Only what has a default is missing.
                None if matches!(*name, "concurrently" | "strict") => {}
                None => return Err(format!("no `{name}`")),
            }
        }
        Ok(arguments)
    }

    fn editor_argument(&mut self, name: &str, kind: Kind, datum: &Datum<'a>) -> Result<EditorArgument, String> {
        let unknown = || format!("a `{name}` that is known only when it runs");
        match (kind, datum) {
            (Kind::Model, Datum::Model(Target::Model(model))) => Ok(EditorArgument::Model(model.clone())),
            (Kind::Model, Datum::Row(id)) => match self.state.cell(*id) {
                Some(Cell::Row {
                    target: Target::Model(model),
                    ..
                }) => Ok(EditorArgument::Model(model.clone())),
                _ => Err(unknown()),
            },
            (Kind::Model, Datum::Class(home, class)) => match self.model_class(home, class) {
                Some(Target::Model(model)) => Ok(EditorArgument::Model(model)),
                _ => Err(unknown()),
            },
            (Kind::Model, Datum::Constant(_)) => {
                let path = datum.as_name().ok_or_else(unknown)?.to_owned();
                match self.of_path(&path) {
                    Datum::Class(home, class) => self.editor_argument(name, kind, &Datum::Class(home, class)),
                    _ => Err(unknown()),
                }
            }
            (Kind::AnyModel, datum) => Ok(self
                .editor_argument(name, Kind::Model, datum)
                .unwrap_or(EditorArgument::Value(Value::None))),
            (Kind::Field, Datum::Field(field)) => Ok(EditorArgument::FieldOf(field.0.clone(), field.1.clone())),
            (Kind::Field, Datum::Made(id)) => {
                let Some(Cell::Made { call, attributes }) = self.state.cell(*id).cloned() else {
                    return Err(unknown());
                };
                let mut named = None;
                for (attribute, datum) in &attributes {
                    match attribute.as_str() {
                        "name" | "column" | "attname" => named = self.known_text(datum).or(named),
                        "model" => {}
                        other => return Err(format!("a field whose `{other}` is set after it is made")),
                    }
                }
                if let Some(reason) = call
                    .args
                    .iter()
                    .chain(call.kwargs.iter().map(|(_, value)| value))
                    .find_map(|value| value.unknown().map(|unknown| unknown.reason.clone()))
                {
                    return Err(format!("a field that is not known: {reason}"));
                }
                let name = named.or_else(|| call.keyword("db_column")?.as_str().map(str::to_owned));
                let name = name.ok_or_else(|| "a field without a name".to_owned())?;
                Ok(EditorArgument::Field {
                    value: Value::Call(std::sync::Arc::new(call)),
                    name,
                })
            }
            (Kind::Text, Datum::Text(text)) => Ok(EditorArgument::Text(self.pieces(text))),
            (Kind::Value, datum) => {
                let value = self.plain_value(datum).ok_or_else(unknown)?;
                match value.unknown() {
                    Some(gap) => Err(format!("a `{name}` that is not known: {}", gap.reason)),
                    None => Ok(EditorArgument::Value(value)),
                }
            }
            (Kind::Model | Kind::Field | Kind::Text, _) => Err(unknown()),
        }
    }

    /// `schema_editor.deferred_sql = [..]`, and the same of all its items.
    pub(super) fn set_deferred(&mut self, datum: &Datum<'a>, place: TextRange) {
        if matches!(self.state.items(datum), Some((items, false)) if items.is_empty()) {
            self.deferred("clear", datum, place);
        } else {
            self.deferred("=", datum, place);
        }
    }

    /// What is done with `schema_editor.deferred_sql`.
    pub(super) fn deferred(&mut self, name: &str, datum: &Datum<'a>, place: TextRange) {
        let texts: Option<Vec<Datum<'a>>> = match (name, datum) {
            ("append", text) => Some(vec![text.clone()]),
            ("extend", list) => self.state.items(list).map(|(items, _)| items),
            ("clear", _) => {
                let call = EditorCall {
                    method: "deferred_sql.clear".to_owned(),
                    arguments: Vec::new(),
                };
                return self.effect(Action::Editor(call), place);
            }
            _ => None,
        };
        for datum in texts.iter().flatten() {
            if let Datum::Text(text) = datum {
                let call = EditorCall {
                    method: "deferred_sql.append".to_owned(),
                    arguments: vec![EditorArgument::Text(self.pieces(text))],
                };
                self.effect(Action::Editor(call), place);
                continue;
            }
            let reason = "a statement that is put off is known only when it runs".to_owned();
            self.unfollowed(reason, Some(Handed::Editor), place);
        }
        if texts.is_none() {
            let reason = format!("`{}` is not followed", self.shown(place));
            let call = EditorCall {
                method: "deferred_sql".to_owned(),
                arguments: vec![EditorArgument::Value(Value::Str(reason.into()))],
            };
            self.effect(Action::Editor(call), place);
        }
    }
}
