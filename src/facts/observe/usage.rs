//! Whether running code still uses what a statement takes away: whether the models had it, and which release gave it up.

use crate::facts::{FactName, Observation};
use crate::phase::Deploy;
use crate::standing::{GivenUp, Stand};

use super::Context;

/// The rule that tells of a drop whose first half has landed and is not deployed.
const NOT_DEPLOYED: &str = "first-half-not-deployed";

/// Whether something is in use.
#[derive(Clone, Copy)]
pub(super) enum InUse<'a> {
    /// The running release uses it.
    Yes,
    /// The models gave it up, in a migration that the running release may or may not have.
    GivenUp(&'a GivenUp),
    /// Hand-written SQL took the table from its model by a rename.
    Lost,
    /// No release that runs has known it.
    Never,
    /// The release that used it is gone when the migration runs.
    Over(Deploy),
}

impl InUse<'_> {
    /// The value of the fact.
    pub(super) fn value(self) -> &'static str {
        match self {
            InUse::Yes => "used",
            InUse::Lost | InUse::Never | InUse::Over(_) => "unused",
            InUse::GivenUp(given_up) if given_up.is_used() => "used",
            InUse::GivenUp(_) => "unused",
        }
    }

    /// What stands in for it where it is renamed, before the end of its transaction is known.
    pub(super) fn stand_in(self) -> &'static str {
        match self {
            InUse::Yes | InUse::GivenUp(_) => "none",
            InUse::Lost | InUse::Never | InUse::Over(_) => "not-needed",
        }
    }

    /// Says of an observation of a drop what became of the thing before.
    pub(super) fn tell(self, observation: Observation) -> Observation {
        let observation = observation.fact(FactName::Use, self.value());
        let given_up = match self {
            InUse::GivenUp(given_up) => given_up,
            InUse::Lost => return unused(observation, "no model has any more"),
            InUse::Over(deploy) => {
                let observation = observation.named("given_up", deploy.nobody_misses());
                return observation
                    .named("release", deploy.before_drop())
                    .named("one_release", "");
            }
            InUse::Yes | InUse::Never => return unused(observation, "no release that runs has used"),
        };
        let (by, words) = (&given_up.by, &given_up.words);
        let observation = observation.named("first_half", by).named("release", words);
        let observation = observation.named("given_up", format!("{by} took out of the state"));
        match given_up.stand {
            Stand::Unknown | Stand::Deployed => observation.named("one_release", ""),
            Stand::Landed => {
                let observation = observation.named("did", "took it out of the state");
                observation.named("one_release", "").told_as(NOT_DEPLOYED)
            }
            Stand::New => {
                let clause = format!("; {by}, which takes it out of the state, is of the same release");
                observation.named("one_release", clause)
            }
        }
    }
}

/// The drop of a view that stands in for a renamed table: code that knows the old name alone goes on through it.
pub(super) fn drops_stand_in(observation: Observation, view: &str, by: &GivenUp) -> Observation {
    let lacks = match by.stand {
        Stand::Unknown | Stand::Deployed => return observation,
        Stand::Landed => by.words.clone(),
        Stand::New => "is of the same release".to_owned(),
    };
    let observation = observation.named("dropped", format!("the view `{view}`"));
    let observation = observation.named("did", "put it in the place of the old name");
    observation
        .named("first_half", &by.by)
        .named("release", lacks)
        .told_as(NOT_DEPLOYED)
}

fn unused(observation: Observation, why: &str) -> Observation {
    let observation = observation.named("given_up", why);
    observation.named("release", "nothing").named("one_release", "")
}

impl Context<'_> {
    pub(super) fn use_of_table(&self, table: &str) -> InUse<'_> {
        if self.catalog.is_new(table) {
            return InUse::Never;
        }
        if self.has_no_model(table) {
            return InUse::Lost;
        }
        let deploy = self.usage.deploy();
        if !deploy.phase.meets_old_code() {
            return InUse::Over(deploy);
        }
        self.usage.table_given_up(table).map_or(InUse::Yes, InUse::GivenUp)
    }

    pub(super) fn use_of_column(&self, table: &str, column: &str) -> InUse<'_> {
        let known = self.catalog.column(table, column);
        let is_recent = known.is_some_and(|known| self.catalog.is_recent(known.created_in));
        if self.catalog.is_new(table) || self.transaction.added_column(table, column) || is_recent {
            return InUse::Never;
        }
        if self.has_no_model(table) {
            return InUse::Lost;
        }
        let deploy = self.usage.deploy();
        if !deploy.phase.meets_old_code() {
            return InUse::Over(deploy);
        }
        let given_up = self.usage.column_given_up(table, column);
        given_up.map_or(InUse::Yes, InUse::GivenUp)
    }
}
