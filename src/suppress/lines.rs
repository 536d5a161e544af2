//! Which comment speaks for which finding: lines, and the operations on them.

use super::Site;
use crate::migration::Migration;
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
    /// The first lines of all operations on the way to the hit's own, and those of its own place: a literal, or, for a hit
    /// without one, all of the operation. An excuse for one statement of `RunSQL` is none for the next.
    pub(super) fn of(site: &Site<'_>, migration: &Migration) -> Self {
        let source = &migration.source;
        let path = site.operation;
        let nodes = path.map_or_else(Vec::new, |path| path.nodes(&migration.operations));
        let first_lines = nodes.iter().map(|node| lines_of(source, node.range.beginning()));
        let mut lines: Vec<(u32, u32)> = first_lines.collect();
        let own = site.written.or(nodes.last().map(|node| node.range));
        lines.extend(own.map(|range| lines_of(source, range)));
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
