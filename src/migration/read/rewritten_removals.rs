//! Removals of fields that a tool rewrites before they run, as `src/packages` describes it.

use std::sync::Arc;

use super::Reading;
use super::operations::Read;
use crate::migration::Operation;
use crate::packages::RewrittenRemovals;
use crate::value::{Call, Value};

impl Reading<'_> {
    /// What `RemoveField` does after the rewriting; `None` where it stays what it is.
    pub(super) fn rewritten_removal(&mut self, call: &Call) -> Option<Read> {
        let tool = self.rewritten_removals.filter(|tool| self.is_rewritten(call, tool))?;
        let model_name = call.argument(0, "model_name")?.clone();
        let name = call.argument(1, "name")?.clone();
        let kwargs = [
            ("model_name", model_name),
            ("name", name),
            ("field", field_of(tool, call)),
        ];
        let altered = call_of("django.db.migrations.AlterField", kwargs, call);
        Some(self.apart_in_database(call, &altered))
    }

    fn apart_in_database(&mut self, call: &Call, altered: &Call) -> Read {
        let (altered, removed) = (self.operation(altered)?, removal(call)?);
        Ok(Operation::SeparateDatabaseAndState {
            database_operations: vec![self.step(call, altered)],
            state_operations: vec![self.step(call, removed)],
        })
    }

    fn is_rewritten(&self, call: &Call, tool: &RewrittenRemovals) -> bool {
        let source = &self.module.source;
        if call.range.file != source.id {
            return false;
        }
        let mut comments = self.module.comments.iter();
        let is_ignore = |range: &&crate::source::Range| {
            source.slice(**range).starts_with(&tool.ignored_by) && source.position(range.start).column == 1
        };
        let text = source.slice(call.range);
        let is_on_lines = text
            .strip_prefix(&tool.begins)
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

fn field_of(tool: &RewrittenRemovals, call: &Call) -> Value {
    let arguments = tool
        .arguments
        .iter()
        .map(|(name, value)| (name.as_str(), value.value()));
    Value::Call(Arc::new(call_of(&tool.field, arguments, call)))
}

/// A call that stands where `place` does.
fn call_of<'n>(path: &str, arguments: impl IntoIterator<Item = (&'n str, Value)>, place: &Call) -> Call {
    let named = arguments.into_iter().map(|(name, value)| (name.to_owned(), value));
    let kwargs: Vec<_> = named.collect();
    Call {
        path: path.to_owned(),
        args: Vec::new(),
        arg_ranges: vec![place.range; kwargs.len()],
        kwargs,
        ..place.clone()
    }
}
