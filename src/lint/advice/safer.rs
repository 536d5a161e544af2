//! Which operation of django-pg-migration-tools does what one of Django's is to do, in steps that block nobody.

use crate::migration::operation::Deferrable;
use crate::migration::{Constraint, Operation};
use crate::rules::Rule;
use crate::value::Value;

/// The rule's advice for a project that depends on the package: where one of its operations does the same, and all of it.
/// `is_alone` says whether the operation sends the statement that the advice is about, and no other.
pub(in crate::lint) fn help<'r>(rule: &'r Rule, operation: &Operation, is_alone: bool) -> Option<&'r str> {
    let key = match operation {
        Operation::AddIndex { index, .. } if index.unique.is_none() => "safer AddIndex",
        Operation::RemoveIndex { .. } => "safer RemoveIndex",
        Operation::AddConstraint { constraint, .. } if is_alone => match constraint {
            Constraint::Unique { .. } if is_made_whole(constraint) => "safer AddConstraint, unique",
            Constraint::Check { .. } => "safer AddConstraint, check",
            Constraint::Unique { .. } | Constraint::Exclusion { .. } | Constraint::Unknown { .. } => return None,
        },
        Operation::AlterField { .. } if is_alone => "safer AlterField",
        _ => return None,
    };
    rule.help.get(key).map(String::as_str)
}

/// Whether `SaferAddUniqueConstraint` makes all that the constraint says: see `rules/argument-left-to-state.md`.
fn is_made_whole(constraint: &Constraint) -> bool {
    let Constraint::Unique {
        expressions,
        condition,
        deferrable,
        include,
        opclasses,
        nulls_distinct,
        ..
    } = constraint
    else {
        return false;
    };
    let has_condition = condition.as_ref().is_some_and(|condition| *condition != Value::None);
    let is_index = has_condition || !expressions.is_empty();
    include.is_empty()
        && (opclasses.is_empty() || is_index)
        && *deferrable != Some(Deferrable::Immediate)
        && !(has_condition && *nulls_distinct == Some(false))
}
