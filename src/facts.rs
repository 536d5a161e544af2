//! The vocabulary of rows: closed questions about one aspect of a statement, and their answers.
//!
//! An aspect is one thing that a statement does (`ADD COLUMN .. UNIQUE REFERENCES ..` has four). It declares the facts
//! it reads; rows in rules/ answer every combination of these exactly once, and a test walks them all.

mod aspects;
pub mod observe;
mod type_change;

pub use aspects::{ASPECTS, Aspect, AspectDeclaration, FactDeclaration, FactName};
pub use type_change::{TypeChange, type_change};

use crate::catalog::NAMELESS;

/// A relation's part in an aspect; rows speak of roles, observations bind them to relations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The table that the statement is about.
    Table,
    /// The table that a foreign key points to.
    Referenced,
    /// The tables at the other end of foreign keys that are dropped or made again.
    Partner,
    /// An index that is dropped or renamed.
    Index,
    /// A sequence.
    Sequence,
    /// A view, plain or materialized.
    View,
    /// The table that a partition or an inheriting table belongs to.
    Parent,
    /// The partition for all rows that fit no other.
    DefaultPartition,
    /// Each partition, where it is locked otherwise than the partitioned table.
    Partition,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 9] = [
        Role::Table,
        Role::Referenced,
        Role::Partner,
        Role::Index,
        Role::Sequence,
        Role::View,
        Role::Parent,
        Role::DefaultPartition,
        Role::Partition,
    ];

    /// As rows spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Role::Table => "table",
            Role::Referenced => "referenced",
            Role::Partner => "partner",
            Role::Index => "index",
            Role::Sequence => "sequence",
            Role::View => "view",
            Role::Parent => "parent",
            Role::DefaultPartition => "default",
            Role::Partition => "partition",
        }
    }

    /// The role with this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Role::ALL.into_iter().find(|role| role.name() == text)
    }
}

/// The name under which an observation says which of its names is none.
pub const UNNAMED: &str = "unnamed";

/// One aspect of one statement, its facts answered and its roles bound.
#[derive(Clone, Debug)]
pub struct Observation {
    /// Which aspect.
    pub aspect: Aspect,
    /// The facts that the aspect declares, answered.
    pub facts: Vec<(FactName, &'static str)>,
    /// The relations in each role; an unbound role's locks fall away.
    pub roles: Vec<(Role, String)>,
    /// Indexes that are built, if the row says that an index is built or the table rewritten.
    pub builds: Vec<String>,
    /// Names for the message: `column`, `constraint`, `type`, ...
    pub names: Vec<(&'static str, String)>,
    /// The rule that tells it, where that is not the one of the row: it has nothing to say of locks.
    pub told_as: Option<&'static str>,
}

impl Observation {
    /// An observation about a table.
    #[must_use]
    pub fn new(aspect: Aspect, table: &str) -> Self {
        let observation = Self {
            aspect,
            facts: Vec::new(),
            roles: Vec::new(),
            builds: Vec::new(),
            names: Vec::new(),
            told_as: None,
        };
        observation.role(Role::Table, table)
    }

    /// Says which rule tells it, in place of that of the row that it matches.
    #[must_use]
    pub fn told_as(mut self, rule: &'static str) -> Self {
        self.told_as = Some(rule);
        self
    }

    /// Answers a fact.
    #[must_use]
    pub fn fact(mut self, name: FactName, value: &'static str) -> Self {
        self.facts.push((name, value));
        self
    }

    /// Binds a role; not to a relation whose name is not known.
    #[must_use]
    pub fn role(mut self, role: Role, relation: &str) -> Self {
        if relation == NAMELESS {
            return self.unnamed(role.name(), "a table, whose name is not known");
        }
        self.names.push((role.name(), relation.to_owned()));
        self.roles.push((role, relation.to_owned()));
        self
    }

    /// Says for the message what has no name that is known: no advice can be written with it.
    #[must_use]
    pub fn unnamed(self, name: &'static str, called: impl Into<String>) -> Self {
        self.named(name, called).named(UNNAMED, name)
    }

    /// Gives a name to the message.
    #[must_use]
    pub fn named(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.names.push((name, value.into()));
        self
    }

    /// Says which indexes are built.
    #[must_use]
    pub fn building(mut self, indexes: impl IntoIterator<Item = String>) -> Self {
        self.builds.extend(indexes);
        self
    }
}
