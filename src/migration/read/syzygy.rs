//! django-syzygy: stages of migrations and of operations. See its plan.py.

use super::Reading;
use crate::migration::deploy::{Mark, Tool, When};
use crate::source::Range;
use crate::value::{Call, Value};

/// Operations that it runs after the deploy unless they say otherwise. See `get_operation_stage`.
const AFTER: [&str; 2] = ["django.db.migrations.RemoveField", "django.db.migrations.DeleteModel"];

/// Its own operations that run after the deploy.
const OWN_AFTER: [&str; 2] = ["PostAddField", "get_post_add_field_operation"];

/// What `stage` says.
pub(super) fn mark(value: &Value, range: Range) -> Option<Mark> {
    Some(Mark {
        tool: Tool::Syzygy,
        when: stage(value)?,
        range,
    })
}

/// `syzygy.Stage.PRE_DEPLOY`, wherever it is imported from.
pub(crate) fn stage(value: &Value) -> Option<When> {
    let path = match value {
        Value::Name(path) => path.strip_prefix("syzygy.")?,
        _ => return None,
    };
    match path.rsplit_once("Stage.")?.1 {
        "PRE_DEPLOY" => Some(When::BeforeDeploy),
        "POST_DEPLOY" => Some(When::AfterDeploy),
        _ => None,
    }
}

impl Reading<'_> {
    /// Takes note of the stage in which it runs an operation of the migration.
    pub(super) fn note_stage(&mut self, call: &Call) {
        let is_after = match self.stage_of(call) {
            Some(when) => when == When::AfterDeploy,
            None => false,
        };
        if is_after {
            self.stages.after = true;
        } else {
            self.stages.before = true;
        }
    }

    fn stage_of(&self, call: &Call) -> Option<When> {
        if let Some(said) = call.keyword("stage").and_then(stage) {
            return Some(said);
        }
        if let Some(own) = call.path.strip_prefix("syzygy.operations.") {
            return OWN_AFTER.contains(&own).then_some(When::AfterDeploy);
        }
        if call.path.starts_with("django.") {
            return AFTER.contains(&call.path.as_str()).then_some(When::AfterDeploy);
        }
        let object = self.object(&call.path, &|path| AFTER.contains(&path));
        let said = object.attribute("stage").and_then(stage);
        let is_after = object.base().is_some_and(|base| AFTER.contains(&base));
        said.or(is_after.then_some(When::AfterDeploy))
    }
}
