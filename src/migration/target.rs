//! What an operation is about: its model, and the field, index or constraint in it.

use super::{Constraint, Operation, Packaged};

impl Operation {
    /// The model and the field, index or constraint that an operation is about.
    #[must_use]
    pub fn target(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Operation::CreateModel { name, .. }
            | Operation::DeleteModel { name }
            | Operation::AlterModelTable { name, .. }
            | Operation::AlterModelTableComment { name, .. }
            | Operation::AlterUniqueTogether { name, .. }
            | Operation::AlterIndexTogether { name, .. }
            | Operation::AlterOrderWithRespectTo { name, .. }
            | Operation::AlterModelOptions { name, .. }
            | Operation::AlterModelManagers { name } => (Some(name), None),
            Operation::RenameModel { old_name, .. } => (Some(old_name), None),
            Operation::AddField { model_name, name, .. }
            | Operation::RemoveField { model_name, name }
            | Operation::AlterField { model_name, name, .. }
            | Operation::RemoveIndex { model_name, name, .. }
            | Operation::RemoveConstraint { model_name, name }
            | Operation::AlterConstraint { model_name, name, .. }
            | Operation::ValidateConstraint { model_name, name } => (Some(model_name), Some(name)),
            Operation::RenameField {
                model_name, new_name, ..
            }
            | Operation::RenameIndex {
                model_name, new_name, ..
            } => (Some(model_name), Some(new_name)),
            Operation::AddIndex { model_name, index, .. } => (Some(model_name), index.name.as_deref()),
            Operation::AddConstraint {
                model_name, constraint, ..
            } => (Some(model_name), Constraint::name(constraint)),
            Operation::CreateExtension { name }
            | Operation::CreateCollation { name, .. }
            | Operation::RemoveCollation { name } => (None, Some(name)),
            Operation::Packaged(packaged) => packaged.target(),
            Operation::SeparateDatabaseAndState { .. }
            | Operation::RunSql { .. }
            | Operation::RunPython { .. }
            | Operation::Custom { .. }
            | Operation::Unread { .. } => (None, None),
        }
    }
}

impl Packaged {
    /// The model and the trigger, column or partition that it is about.
    fn target(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Packaged::AddTrigger { model_name, trigger } => (Some(model_name), Some(&trigger.name)),
            Packaged::RemoveTrigger { model_name, name } | Packaged::AddDefaultValue { model_name, name, .. } => {
                (Some(model_name), Some(name))
            }
            Packaged::AddPartition { model_name, name, .. } | Packaged::DeletePartition { model_name, name } => {
                (Some(model_name), Some(name))
            }
            Packaged::Safer { base, .. }
            | Packaged::PartitionedModel { base, .. }
            | Packaged::ViewModel { base, .. }
            | Packaged::DeleteViewModel { base, .. }
            | Packaged::TwoPhaseRemoval { base, .. } => base.target(),
        }
    }
}
