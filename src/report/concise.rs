//! One line per finding: for editors, for grep and for logs.

use std::io::{self, Write};

use super::{Style, neutral, shown_path, summary};
use crate::finding::{Analysis, Finding};

/// Writes `path:line:column: error[rule] message` for each finding that this style shows, then the summary.
pub(super) fn write(analyses: &[Analysis], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for finding in style.shown(analyses) {
        write_finding(finding, style, out)?;
    }
    summary::write(analyses, style, out)
}

fn write_finding(finding: &Finding, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let path = shown_path(&finding.place.path);
    let position = summary::start(&finding.place);
    let kind = format!("{}[{}]", finding.severity.name(), finding.rule);
    writeln!(
        out,
        "{}:{}:{}: {} {}",
        neutral::one_line(&path, style.characters),
        position.line,
        position.column,
        style.severity(&neutral::one_line(&kind, style.characters), finding.severity),
        neutral::one_line(&finding.message, style.characters),
    )
}
