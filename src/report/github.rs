//! Workflow commands of GitHub Actions: each finding becomes an annotation at its place in the pull request.
//!
//! See "Workflow commands for GitHub Actions" in GitHub's documentation, and `escapeData` and `escapeProperty` in
//! actions/toolkit, packages/core/src/command.ts.

use std::io::{self, Write};
use std::path::Path;

use super::{Style, neutral, shown_path, summary};
use crate::finding::{Analysis, Finding, Severity};

/// Writes one command per finding that this style shows, then the summary.
///
/// Paths are absolute: a step may run in a folder below the repository, and GitHub looks from the repository.
pub(super) fn write(analyses: &[Analysis], folder: &Path, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for finding in style.shown(analyses) {
        writeln!(out, "{}", command(finding, folder, style))?;
    }
    summary::write(analyses, style, out)
}

fn command(finding: &Finding, folder: &Path, style: &Style) -> String {
    let start = summary::start(&finding.place);
    let end = match &finding.place.source {
        Some(source) => source.position(finding.place.range.end),
        None => start,
    };
    let mut properties = vec![
        ("file", shown_path(&folder.join(&finding.place.path))),
        ("line", start.line.to_string()),
        ("endLine", end.line.to_string()),
    ];
    // GitHub takes columns for one line only.
    if start.line == end.line {
        properties.push(("col", start.column.to_string()));
        properties.push(("endColumn", end.column.to_string()));
    }
    properties.push(("title", format!("forelock: {}", finding.rule)));
    let properties: Vec<String> = properties
        .into_iter()
        .map(|(name, value)| format!("{name}={}", property(&neutral::one_line(&value, style.characters))))
        .collect();
    let text = message(finding);
    let message = neutral::lines(&text, style.characters);
    format!(
        "::{} {}::{}",
        level(finding.severity),
        properties.join(","),
        data(&message)
    )
}

fn message(finding: &Finding) -> String {
    let help = finding.help.text();
    let help = help.trim_end();
    if help.is_empty() {
        return finding.message.clone();
    }
    format!("{}\n\n{help}", finding.message)
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Silent => "notice",
    }
}

/// What comes after the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
