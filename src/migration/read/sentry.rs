//! The flags of Sentry's `CheckedMigration`, which self-hosted forks and other projects have taken over.
//!
//! `is_post_deployment` is "safe to run the migration after your code has deployed", and is run by hand then. Its forerunner
//! `is_dangerous` says only that it is run by hand: its comment tells to mark columns added to busy tables so, as well as backfills.

use crate::migration::deploy::{Mark, Tool, When};
use crate::source::Range;

/// What the flags say that are true; `flag` tells where one stands.
pub(super) fn mark(flag: impl Fn(&str) -> Option<Range>) -> Option<Mark> {
    let after = flag("is_post_deployment").map(|range| (When::AfterDeploy, range));
    let (when, range) = after.or_else(|| flag("is_dangerous").map(|range| (When::ByHand, range)))?;
    Some(Mark {
        tool: Tool::Sentry,
        when,
        range,
    })
}
