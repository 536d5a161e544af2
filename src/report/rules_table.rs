//! The rule table: what `forelock rules` prints.

use std::io::{self, Write};

use serde::Serialize;
use textwrap::core::display_width;

use super::{Style, TextOrJson, url};
use crate::rules::{Rule, RuleTable};

/// One rule.
#[derive(Debug, Serialize)]
struct RuleDocument<'a> {
    name: &'a str,
    severity: &'static str,
    harm: Vec<&'static str>,
    matrix_rows: &'a [u8],
    title: &'a str,
    url: String,
}

/// Writes all rules in the order of their names.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(table: &RuleTable, format: TextOrJson, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    match format {
        TextOrJson::Text => write_text(table, style, out),
        TextOrJson::Json => {
            let rules: Vec<RuleDocument<'_>> = table.rules.iter().map(document).collect();
            serde_json::to_writer_pretty(&mut *out, &rules)?;
            writeln!(out)
        }
    }
}

fn document(rule: &Rule) -> RuleDocument<'_> {
    RuleDocument {
        name: &rule.name,
        severity: rule.severity.name(),
        harm: rule.harm.iter().map(|harm| harm.name()).collect(),
        matrix_rows: &rule.matrix_rows,
        title: &rule.title,
        url: url(&rule.name),
    }
}

fn write_text(table: &RuleTable, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let headings = ["rule", "severity", "matrix", "harm", "title"].map(str::to_owned);
    let mut rows = vec![headings];
    rows.extend(table.rules.iter().map(row));
    let widths = widths(&rows);
    for (index, row) in rows.iter().enumerate() {
        let line = match index {
            0 => style.bold(&aligned(row, &widths).join("  ")),
            _ => {
                let [name, severity, rest @ ..] = aligned(row, &widths);
                let severity = style.paint(&severity, super::severity_color(table.rules[index - 1].severity));
                format!("{name}  {severity}  {}", rest.join("  "))
            }
        };
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn row(rule: &Rule) -> [String; 5] {
    let matrix: Vec<String> = rule.matrix_rows.iter().map(ToString::to_string).collect();
    let harm: Vec<&str> = rule.harm.iter().map(|harm| harm.name()).collect();
    [
        rule.name.clone(),
        rule.severity.name().to_owned(),
        matrix.join(", "),
        harm.join(", "),
        rule.title.clone(),
    ]
}

fn widths(rows: &[[String; 5]]) -> [usize; 5] {
    let mut widths = [0; 5];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = display_width(cell).max(*width);
        }
    }
    widths
}

fn aligned(row: &[String; 5], widths: &[usize; 5]) -> [String; 5] {
    std::array::from_fn(|column| {
        let cell = &row[column];
        format!("{cell}{}", " ".repeat(widths[column] - display_width(cell)))
    })
}
