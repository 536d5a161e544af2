//! django-pgtrigger: triggers that its operations install and uninstall.

use crate::migration::Trigger;
use crate::models::Model;

use super::super::operations::States;
use super::super::run::Run;

impl Run<'_> {
    pub(super) fn add_trigger(&mut self, model_name: &str, trigger: &Trigger, states: States<'_>) {
        if self.migrated(states.to, states.app, model_name).is_some() {
            self.execute_text(trigger.install.clone());
        }
    }

    pub(super) fn remove_trigger(&mut self, model_name: &str, name: &str, states: States<'_>) {
        if self.migrated(states.to, states.app, model_name).is_some() {
            let old = self.model(states.from, states.app, model_name);
            match trigger(&old, name) {
                Some(trigger) => self.execute_text(trigger.uninstall()),
                None => self.opaque(format!("no migration at hand adds a trigger {name}")),
            }
        }
    }

    /// Says that pgtrigger takes away triggers that the change of a type meets, and puts them back.
    pub(in super::super) fn note_triggers(&mut self, model: &Model<'_>, column: &str) {
        let quoted = crate::statement::quote_name(column);
        let triggers = model.state.options.triggers.iter();
        for trigger in triggers.filter(|trigger| trigger.watches.contains(&quoted)) {
            self.partial(format!(
                "pgtrigger drops the trigger {} first, and makes it again",
                trigger.pgid
            ));
        }
    }
}

fn trigger<'m>(model: &'m Model<'_>, name: &str) -> Option<&'m Trigger> {
    model.state.options.triggers.iter().find(|trigger| trigger.name == name)
}
