//! Where an operation stands among those of its migration.

use std::fmt;
use std::sync::Arc;

use super::{Operation, OperationNode};

/// The way from `Migration.operations` to an operation as it is written: `0`, or `0.database_operations.1` for one that
/// stands in another. What an operation does in several steps has the path of that operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationPath {
    /// The index of the top-level operation.
    index: usize,
    /// The steps below it; shared, because few operations have any.
    nested: Option<Arc<[Step]>>,
}

/// From an operation to one that it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Step {
    list: NestedList,
    index: usize,
}

/// The arguments that hold operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NestedList {
    /// Of `SeparateDatabaseAndState`.
    DatabaseOperations,
    /// Of `SeparateDatabaseAndState` and `RunSQL`.
    StateOperations,
}

impl NestedList {
    /// The argument's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            NestedList::DatabaseOperations => "database_operations",
            NestedList::StateOperations => "state_operations",
        }
    }

    fn of(self, operation: &Operation) -> &[OperationNode] {
        match (operation, self) {
            (
                Operation::SeparateDatabaseAndState {
                    database_operations, ..
                },
                NestedList::DatabaseOperations,
            ) => database_operations,
            (
                Operation::SeparateDatabaseAndState { state_operations, .. }
                | Operation::RunSql { state_operations, .. },
                NestedList::StateOperations,
            ) => state_operations,
            (_, _) => &[],
        }
    }
}

impl OperationPath {
    /// A top-level operation.
    #[must_use]
    pub fn top(index: usize) -> Self {
        Self { index, nested: None }
    }

    /// An operation that this one holds.
    #[must_use]
    pub fn within(&self, list: NestedList, index: usize) -> Self {
        let steps = self.steps().iter().copied().chain([Step { list, index }]);
        Self {
            index: self.index,
            nested: Some(steps.collect()),
        }
    }

    /// The index of the top-level operation.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// Whether it is an item of `Migration.operations` itself.
    #[must_use]
    pub fn is_top(&self) -> bool {
        self.nested.is_none()
    }

    fn steps(&self) -> &[Step] {
        self.nested.as_deref().unwrap_or_default()
    }

    /// The operations on the way, outermost first. Where the path leads nowhere it ends at the last that is there.
    #[must_use]
    pub fn nodes<'m>(&self, operations: &'m [OperationNode]) -> Vec<&'m OperationNode> {
        let mut nodes: Vec<&OperationNode> = operations.get(self.index).into_iter().collect();
        for step in self.steps() {
            let inner = nodes
                .last()
                .and_then(|node| step.list.of(&node.operation).get(step.index));
            match inner {
                // A step of an operation's own has no place of its own.
                Some(inner) if inner.path.steps().len() == nodes.len() => nodes.push(inner),
                Some(_) | None => break,
            }
        }
        nodes
    }

    /// The innermost operation that the path leads to.
    #[must_use]
    pub fn node<'m>(&self, operations: &'m [OperationNode]) -> Option<&'m OperationNode> {
        self.nodes(operations).pop()
    }
}

impl fmt::Display for OperationPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.index)?;
        for step in self.steps() {
            write!(formatter, ".{}.{}", step.list.name(), step.index)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{NestedList, OperationPath};

    #[test]
    fn a_path_names_the_lists_on_the_way() {
        let path = OperationPath::top(2).within(NestedList::DatabaseOperations, 0);
        assert_eq!(path.to_string(), "2.database_operations.0");
        let deeper = path.within(NestedList::StateOperations, 1);
        assert_eq!(deeper.to_string(), "2.database_operations.0.state_operations.1");
        assert_eq!(deeper.index(), 2);
    }
}
