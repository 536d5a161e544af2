//! A migration as data: what a file declares, with the place of everything that can be wrong.

pub mod deploy;
pub mod field;
pub mod internal_type;
pub mod operation;
mod owner;
pub mod packaged;
mod path;
pub mod read;
mod schema_call;
mod target;
mod unread;

use std::sync::Arc;

use crate::python_work::Caught;
use crate::source::{Range, SourceFile};
pub use field::{Field, FieldKind, ManyToMany, ModelRef, OwnColumn, Pattern, Relation, Returned, Shape, Spatial};
pub use internal_type::InternalType;
pub use operation::{Base, Constraint, Index, ModelOptions, Operation, SqlPiece, SqlText};
pub use owner::Owner;
pub use packaged::{Packaged, RemovalPhase, Trigger, ViewKind};
pub use path::{NestedList, OperationPath};
pub use schema_call::{GivenField, SchemaCall};

/// A migration's identity: app label and file name without `.py`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MigrationKey {
    /// The app label, as Django knows it.
    pub app: String,
    /// The module name: `0001_initial`. In `dependencies` also `__first__` and `__latest__`.
    pub name: String,
}

impl MigrationKey {
    /// A key from its two parts.
    pub fn new(app: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            app: app.into(),
            name: name.into(),
        }
    }
}

impl std::fmt::Display for MigrationKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}", self.app, self.name)
    }
}

/// One entry of `dependencies` or `run_before`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dependency {
    /// `("shop", "0001_initial")`, also `__first__` and `__latest__`.
    Migration(MigrationKey),
    /// `migrations.swappable_dependency(settings.AUTH_USER_MODEL)`, by the setting's name.
    Swappable(String),
}

/// Where a migration's file belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// The project's own: judged and printed.
    Project,
    /// From an installed package: replayed, neither judged nor printed.
    Package,
}

/// One migration file, read.
#[derive(Debug)]
pub struct Migration {
    /// App label and name.
    pub key: MigrationKey,
    /// The app whose models its operations act on: its own, but for one whose `__init__` hands another label to Django.
    pub acts_on: String,
    /// The text and its path.
    pub source: Arc<SourceFile>,
    /// The project's own, or a package's.
    pub ownership: Ownership,
    /// `atomic`, true unless the class says otherwise.
    pub atomic: bool,
    /// `initial`: makemigrations writes it into the migrations that found an app.
    pub initial: bool,
    /// The class statement's name (`Migration`), where findings about the whole file point.
    pub class_range: Range,
    /// `dependencies`.
    pub dependencies: Vec<Dependency>,
    /// Whether there may be more of them: a base class or an item of the list could not be read.
    pub has_unread_dependencies: bool,
    /// `run_before`.
    pub run_before: Vec<Dependency>,
    /// What it says of the moment at which it runs, beside the deploy of its release.
    pub mark: Option<deploy::Mark>,
    /// The stages of its operations.
    pub stages: deploy::Stages,
    /// `replaces`.
    pub replaces: Vec<MigrationKey>,
    /// `operations`, in order.
    pub operations: Vec<OperationNode>,
    /// What could not be read, outside of single operations too.
    pub gaps: Vec<Gap>,
    /// Comments with their ranges, `#` included, in order.
    pub comments: Vec<Range>,
}

/// An operation and its place in the file.
#[derive(Clone, Debug)]
pub struct OperationNode {
    /// What it is.
    pub operation: Operation,
    /// Where it stands among the others. A step that the reading made of an operation has the operation's path.
    pub path: OperationPath,
    /// The class as written in the file, last part only: `AddIndex`, or a project's own subclass.
    pub class: String,
    /// The whole call, or what brings it into the migration, where it is written in another file.
    pub range: Range,
    /// The class name in the call, the place that a finding points at.
    pub name_range: Range,
    /// The class name in the call, where that stands in another file.
    pub elsewhere: Option<Range>,
    /// Which errors of the database the code around it catches, and goes on.
    pub caught: Caught,
    /// Named parts of the call that advice quotes: `field`, `index`, `constraint`, by the text's range.
    pub argument_ranges: Vec<(&'static str, Range)>,
}

/// Where it stands, and how it is written, makes no difference.
impl PartialEq for OperationNode {
    fn eq(&self, other: &Self) -> bool {
        self.operation == other.operation && self.caught == other.caught
    }
}

impl OperationNode {
    /// The range of the argument called `name`, if the call has one.
    #[must_use]
    pub fn argument_range(&self, name: &str) -> Option<Range> {
        self.argument_ranges
            .iter()
            .find(|(argument, _)| *argument == name)
            .map(|(_, range)| *range)
    }
}

/// Something that could not be read, resolved or understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// Where it stands in the migration file.
    pub range: Range,
    /// Where it is written, if that is another file.
    pub elsewhere: Option<Range>,
    /// The operation that it is part of, where it does not stand at that operation.
    pub operation: Option<OperationPath>,
    /// Why, in words that name the next step where there is one.
    pub reason: String,
    /// Whose it is.
    pub owner: Owner,
}
