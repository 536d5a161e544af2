//! Which comment speaks for which finding: lines, and the operations on them.

use crate::finding::Finding;
use crate::migration::{Migration, Operation, OperationNode};
use crate::source::{Range, SourceFile};

/// The comment's own line behind code; else the first line below that is not a comment alone.
pub(super) fn spoken_for(source: &SourceFile, comment: Range) -> u32 {
    let line = source.position(comment.start).line;
    let before = source.range(source.line_range(line).start, comment.start);
    if !source.slice(before).trim().is_empty() {
        return line;
    }
    let below = (line + 1..=source.line_count()).find(|line| {
        let text = source.slice(source.line_range(*line));
        !text.trim_start().starts_with('#')
    });
    below.unwrap_or(line)
}

/// Lines at which a comment covers a finding: inclusive pairs.
pub(super) struct Lines(Vec<(u32, u32)>);

impl Lines {
    /// All lines of the operation for a finding about the operation. A finding with a place of its own inside,
    /// a statement of `RunSQL`, is covered on its lines or on the operation's first line: an excuse for one
    /// statement is none for the next.
    pub(super) fn of(finding: &Finding, migration: &Migration) -> Self {
        let source = &migration.source;
        let place = lines_of(source, finding.place.range);
        let path = finding.operation.as_ref().map_or("", |operation| &operation.path);
        let nodes = nodes(path, &migration.operations);
        let mut lines: Vec<(u32, u32)> = nodes
            .iter()
            .map(|node| lines_of(source, node.range.beginning()))
            .collect();
        lines.push(place);
        if let Some(innermost) = nodes.last()
            && place == lines_of(source, innermost.name_range)
        {
            lines.push(lines_of(source, innermost.range));
        }
        Self(lines)
    }

    pub(super) fn include(&self, line: u32) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&line))
    }
}

fn lines_of(source: &SourceFile, range: Range) -> (u32, u32) {
    let last = range.end.saturating_sub(1).max(range.start);
    (source.position(range.start).line, source.position(last).line)
}

/// The operations on the way to `0.database_operations.1`, outermost first.
fn nodes<'a>(path: &str, operations: &'a [OperationNode]) -> Vec<&'a OperationNode> {
    let mut nodes = Vec::new();
    let mut operations = operations;
    for part in path.split('.') {
        if let Ok(index) = part.parse::<usize>() {
            let Some(node) = operations.get(index) else {
                break;
            };
            nodes.push(node);
        } else if let Some(node) = nodes.last() {
            operations = nested(node, part);
        }
    }
    nodes
}

fn nested<'a>(node: &'a OperationNode, list: &str) -> &'a [OperationNode] {
    match (&node.operation, list) {
        (
            Operation::SeparateDatabaseAndState {
                database_operations, ..
            },
            "database_operations",
        ) => database_operations,
        (
            Operation::SeparateDatabaseAndState { state_operations, .. } | Operation::RunSql { state_operations, .. },
            "state_operations",
        ) => state_operations,
        (_, _) => &[],
    }
}
