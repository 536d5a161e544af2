//! django-green-migration: before a deploy its `green_migrate` rewrites `RemoveField` in the files of migrations that have not run.
//!
//! It looks at lines: one that ends with `migrations.RemoveField(`, with the model and the field on the next two. What it makes of
//! that is an `AlterField` to a text of 254 characters that may be NULL, in files that nobody commits: the models of the release
//! lack the field, and databases keep the column. See its green_migrate.py.

use std::sync::Arc;

use super::Reading;
use super::operations::Read;
use crate::migration::Operation;
use crate::value::{Call, Value};

/// A comment at the beginning of a line that makes it leave a file alone.
const IGNORE: &str = "# gm: ignore";

impl Reading<'_> {
    /// What `RemoveField` does after the rewriting; `None` where it stays what it is.
    pub(super) fn rewritten_removal(&mut self, call: &Call) -> Option<Read> {
        if !self.rewrites_removals || !self.is_rewritten(call) {
            return None;
        }
        let model_name = call.argument(0, "model_name")?.clone();
        let name = call.argument(1, "name")?.clone();
        let altered = Call {
            path: "django.db.migrations.AlterField".to_owned(),
            args: Vec::new(),
            kwargs: vec![
                ("model_name".to_owned(), model_name),
                ("name".to_owned(), name),
                ("field".to_owned(), text_of_254(call)),
            ],
            arg_ranges: vec![call.range; 3],
            ..call.clone()
        };
        Some(self.apart_in_database(call, &altered))
    }

    fn apart_in_database(&mut self, call: &Call, altered: &Call) -> Read {
        let (altered, removed) = (self.operation(altered)?, removal(call)?);
        Ok(Operation::SeparateDatabaseAndState {
            database_operations: vec![self.step(call, altered)],
            state_operations: vec![self.step(call, removed)],
        })
    }

    fn is_rewritten(&self, call: &Call) -> bool {
        let source = &self.module.source;
        if call.range.file != source.id {
            return false;
        }
        let mut comments = self.module.comments.iter();
        let is_ignore = |range: &&crate::source::Range| {
            source.slice(**range).starts_with(IGNORE) && source.position(range.start).column == 1
        };
        let text = source.slice(call.range);
        let is_on_lines = text
            .strip_prefix("migrations.RemoveField(")
            .is_some_and(|rest| rest.starts_with(['\n', '\r']));
        is_on_lines && comments.find(is_ignore).is_none()
    }
}

fn removal(call: &Call) -> Result<Operation, String> {
    let text = |position: usize, name: &str| {
        let value = call.argument(position, name).and_then(Value::as_str);
        value
            .map(str::to_owned)
            .ok_or_else(|| format!("`{name}` is not readable"))
    };
    Ok(Operation::RemoveField {
        model_name: text(0, "model_name")?,
        name: text(1, "name")?,
    })
}

/// `models.CharField(blank=True, null=True, max_length=254)`
fn text_of_254(call: &Call) -> Value {
    let argument = |name: &str, value: Value| (name.to_owned(), value);
    Value::Call(Arc::new(Call {
        path: "django.db.models.CharField".to_owned(),
        args: Vec::new(),
        kwargs: vec![
            argument("blank", Value::Bool(true)),
            argument("null", Value::Bool(true)),
            argument("max_length", Value::Int(254)),
        ],
        arg_ranges: vec![call.range; 3],
        ..call.clone()
    }))
}
