//! What is told of a rewriting beside its files.

use crate::migration::MigrationKey;
use crate::plan::{Content, Step};

/// What a later release does.
pub(super) fn later(step: &Step, key: &MigrationKey) -> String {
    let what = match &step.content {
        Content::Field { name, field } => format!("in the model, `{name} = {field}`"),
        _ => step.does.clone(),
    };
    format!("release {} after {key}: {what}", step.release)
}
