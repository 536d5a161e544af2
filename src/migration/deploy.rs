//! What a migration says itself of the moment at which it runs, beside the deploy of its release. Plain data.

use crate::packages::{Tool, When};
use crate::source::Range;

/// An attribute of the migration's class that a tool reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What reads it.
    pub tool: Tool,
    /// What it says.
    pub when: When,
    /// Where it stands.
    pub range: Range,
}

/// In which stages the operations of a migration want to run, as django-syzygy derives it from each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stages {
    /// One of them before the deploy.
    pub before: bool,
    /// One of them after it.
    pub after: bool,
}
