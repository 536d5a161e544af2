//! django-pgtrigger: triggers that its operations install and uninstall.

use crate::migration::Trigger;
use crate::models::Model;

use super::super::operations::States;
use super::super::run::Run;

impl Run<'_> {
    pub(super) fn add_trigger(&mut self, model_name: &str, trigger: &Trigger, states: States<'_>) {
        if self.has_own_table(states, model_name) {
            self.execute_text(trigger.install.clone());
        }
    }

    pub(super) fn remove_trigger(&mut self, model_name: &str, name: &str, states: States<'_>) {
        if self.has_own_table(states, model_name) {
            let old = self.model(states.from, states.app, model_name);
            match trigger(&old, name) {
                Some(trigger) => self.execute_text(trigger.uninstall()),
                None => self.opaque(format!("no migration at hand adds a trigger {name}")),
            }
        }
    }

    /// Whether it goes ahead: it asks whether the model behind a proxy is migrated, where Django's operations ask for the proxy.
    /// See `allow_migrate_model_trigger`.
    fn has_own_table(&mut self, states: States<'_>, model_name: &str) -> bool {
        let model = self.model(states.to, states.app, model_name);
        if model.state.options.proxy {
            model.concrete().can_migrate()
        } else {
            self.migrated(states.to, states.app, model_name).is_some()
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
