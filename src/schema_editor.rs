//! What Django's schema editor sends for an operation: django/db/backends/base/schema.py and postgresql/schema.py.

use crate::catalog::Catalog;
use crate::statement::Execution;

/// Where the schema editor sends its statements, and what it asks the database.
///
/// A statement takes effect in the catalog before `execute` returns, as it does in a real run.
pub trait Connection {
    /// Runs one string of statements, now.
    fn execute(&mut self, execution: Execution);
    /// Runs a deferred string at the end of the migration; `operation` is the index of the operation that deferred it.
    fn execute_deferred(&mut self, operation: usize, execution: Execution);
    /// The database as it stands.
    fn catalog(&self) -> &Catalog;
}

/// How sure we are of the DDL of an operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Character for character what Django sends.
    #[default]
    Exact,
    /// Something in it is shown as `<unknown: reason>`.
    Partial,
    /// We do not know what it sends.
    Opaque,
}

impl Confidence {
    /// As JSON sees it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Confidence::Exact => "exact",
            Confidence::Partial => "partial",
            Confidence::Opaque => "opaque",
        }
    }
}
