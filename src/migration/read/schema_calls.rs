//! What code of Python tells Django's schema editor: its arguments to fields, indexes and constraints.

use std::sync::Arc;

use super::Reading;
use super::arguments::{Reason, together};
use crate::migration::operation::Index;
use crate::migration::schema_call::{GivenField, SchemaCall};
use crate::python_work::{Action, EditorArgument, EditorCall, ModelName, PythonWork};
use crate::source::Range;
use crate::value::Value;

impl Reading<'_> {
    /// The calls of the schema editor in what code does, in order.
    pub(super) fn schema_calls(&mut self, work: &PythonWork) -> Vec<SchemaCall> {
        let mut calls = Vec::new();
        for effect in &work.effects {
            if let Action::Editor(call) = &effect.action {
                let read = self.schema_call(call, effect.at.0);
                calls.push(read.unwrap_or_else(|reason| SchemaCall::Unread {
                    reason: format!("`schema_editor.{}`: {reason}", call.method),
                }));
            }
        }
        calls
    }

    fn schema_call(&mut self, call: &EditorCall, at: Range) -> Result<SchemaCall, Reason> {
        use EditorArgument::{Model, Text, Value as Given};
        let call = match (call.method.as_str(), call.arguments.as_slice()) {
            ("create_model", [Model(model)]) => SchemaCall::CreateModel { model: model.clone() },
            ("delete_model", [Model(model)]) => SchemaCall::DeleteModel { model: model.clone() },
            ("alter_db_table", [_, Text(old), Text(new)]) => SchemaCall::AlterDbTable {
                old: old.clone(),
                new: new.clone(),
            },
            ("alter_unique_together", [Model(model), Given(old), Given(new)]) => SchemaCall::AlterUniqueTogether {
                model: model.clone(),
                old: together("old_unique_together", old)?,
                new: together("new_unique_together", new)?,
            },
            ("alter_index_together", [Model(model), Given(old), Given(new)]) => SchemaCall::AlterIndexTogether {
                model: model.clone(),
                old: together("old_index_together", old)?,
                new: together("new_index_together", new)?,
            },
            ("add_field", [Model(model), field]) => SchemaCall::AddField {
                model: model.clone(),
                field: self.given_field(field, model, at)?,
            },
            ("remove_field", [Model(model), field]) => SchemaCall::RemoveField {
                model: model.clone(),
                field: self.given_field(field, model, at)?,
            },
            ("alter_field", [Model(model), old, new, ..]) => SchemaCall::AlterField {
                model: model.clone(),
                old: self.given_field(old, model, at)?,
                new: self.given_field(new, model, at)?,
            },
            ("add_index", [Model(model), Given(index), rest @ ..]) => SchemaCall::AddIndex {
                model: model.clone(),
                index: self.given_index(index)?,
                concurrently: concurrently(rest),
            },
            ("remove_index", [Model(model), Given(index), rest @ ..]) => SchemaCall::RemoveIndex {
                model: model.clone(),
                index: self.given_index(index)?,
                concurrently: concurrently(rest),
            },
            ("rename_index", [Model(model), Given(old), Given(new)]) => SchemaCall::RenameIndex {
                model: model.clone(),
                old: self.given_index(old)?,
                new: self.given_index(new)?,
            },
            ("add_constraint", [Model(model), Given(constraint)]) => SchemaCall::AddConstraint {
                model: model.clone(),
                constraint: Box::new(self.constraint(constraint)),
            },
            ("remove_constraint", [Model(model), Given(constraint)]) => SchemaCall::RemoveConstraint {
                model: model.clone(),
                constraint: Box::new(self.constraint(constraint)),
            },
            ("deferred_sql.append", [Text(text)]) => SchemaCall::Defer { text: text.clone() },
            ("deferred_sql.clear", []) => SchemaCall::ForgetDeferred,
            ("deferred_sql", [Given(Value::Str(reason))]) => SchemaCall::ChangeDeferred {
                reason: reason.to_string(),
            },
            _ => return Err("it is not followed".to_owned()),
        };
        Ok(call)
    }

    fn given_field(&mut self, argument: &EditorArgument, model: &ModelName, at: Range) -> Result<GivenField, Reason> {
        match argument {
            EditorArgument::FieldOf(owner, name) if owner == model => Ok(GivenField::Declared(name.clone())),
            EditorArgument::FieldOf(..) => Err("the field is one of another model".to_owned()),
            EditorArgument::Field { value, name } => {
                Ok(GivenField::Made(name.clone(), Arc::new(self.field(value, at))))
            }
            EditorArgument::Model(_) | EditorArgument::Text(_) | EditorArgument::Value(_) => {
                Err("the field is not readable".to_owned())
            }
        }
    }

    fn given_index(&self, value: &Value) -> Result<Box<Index>, Reason> {
        self.index(value).map(Box::new)
    }
}

fn concurrently(rest: &[EditorArgument]) -> bool {
    matches!(rest, [EditorArgument::Value(Value::Bool(true))])
}
