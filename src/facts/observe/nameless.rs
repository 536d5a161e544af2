//! Statements about a table whose name is not known.

use crate::catalog::NAMELESS;
use crate::facts::{Observation, Role, UNNAMED};
use crate::statement::Statement;
use crate::unknown::{Identifier, Unknown};

use super::{Context, name_for_people, observe_seated};

/// All aspects of a statement, answered from what is known of the table itself. It is called what it is; no lock on it is told
/// that has no pattern for its name, and as long as it is new, nothing is but the locks on others.
pub(super) fn observe(statement: &Statement, table: &Unknown, context: &Context<'_>) -> Option<Vec<Observation>> {
    let catalog = &context.catalog.with_seated(table);
    let mut observations = observe_seated(statement, &Context { catalog, ..*context })?;
    // Two names that are not known may be one.
    let is_nothing = match statement {
        Statement::CreateTable(_) => true,
        Statement::RenameTable { to, .. } => to.known().is_none(),
        _ => false,
    };
    if is_nothing || catalog.is_unused(NAMELESS) {
        observations.retain(|observation| !observation.roles.is_empty());
    }
    let called = name_for_people(&Identifier::Unknown(table.clone()));
    for observation in &mut observations {
        let names = observation.names.iter_mut();
        names
            .filter(|(name, _)| *name == Role::Table.name())
            .for_each(|(_, value)| value.clone_from(&called));
    }
    if let Some(pattern) = table.as_pattern() {
        let is_unnamed =
            |observation: &&mut Observation| observation.names.contains(&(UNNAMED, Role::Table.name().to_owned()));
        for observation in observations.iter_mut().filter(is_unnamed) {
            observation.roles.push((Role::Table, pattern.to_owned()));
        }
    }
    Some(observations)
}
