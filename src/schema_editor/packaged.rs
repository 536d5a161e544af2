//! What operations of well-known packages send.

mod default_value;
mod pgtrigger;
mod psqlextra;
mod safer;
mod timeouts;
mod two_phases;

use crate::finding::Origin;
use crate::migration::Packaged;
use crate::value::Str;

use safer::SaferOperation;

use super::Again;
use super::operations::States;
use super::run::Run;

impl Run<'_> {
    /// Sends what the operation sends; the state has changed already.
    pub(super) fn packaged(&mut self, operation: &Packaged, states: States<'_>) {
        match operation {
            Packaged::AddTrigger { model_name, trigger } => self.add_trigger(model_name, trigger, states),
            Packaged::RemoveTrigger { model_name, name } => self.remove_trigger(model_name, name, states),
            Packaged::AddDefaultValue {
                model_name,
                name,
                value,
            } => {
                if let Some(model) = self.migrated(states.to, states.app, model_name) {
                    self.add_default_value(&model, name, value);
                }
            }
            Packaged::PartitionedModel { base, method, key } => self.partitioned_model(base, method, key, states),
            Packaged::AddPartition {
                model_name,
                name,
                bound,
                values,
            } => self.add_partition((model_name, name), bound, values, states),
            Packaged::DeletePartition { model_name, name } => self.delete_partition(model_name, name, states),
            Packaged::ViewModel { base, kind, query } => self.view_model(base, *kind, query, states),
            Packaged::DeleteViewModel { base, kind } => self.delete_view_model(base, *kind, states),
            Packaged::Safer {
                about,
                base,
                raise_if_exists,
            } => {
                let operation = SaferOperation {
                    about: *about,
                    base,
                    raise_if_exists: *raise_if_exists,
                };
                self.editor.again = Again::LooksFirst;
                self.safer(operation, states);
                self.editor.again = Again::Sends;
            }
            // It runs before the state changes: `operation` has it.
            Packaged::TwoPhaseRemoval { .. } => {}
        }
    }

    /// Sends a string that is not made of statements of ours. All of it is known: a statement of which something is not is
    /// composed, so that nobody takes for SQL what is shown for it.
    pub(super) fn execute_text(&mut self, sql: impl Into<Str>) {
        self.send_written(sql.into(), Vec::new(), Origin::Django);
    }
}
