//! The rule table: what `forelock rules` prints.

use std::io::{self, Write};

use serde::Serialize;

use super::matrix::{self, MatrixDocument};
use super::table::Table;
use super::{Style, TextOrJson, severity_color, url};
use crate::finding::{Harm, Severity};
use crate::rules::evidence::{Evidence, ranges};
use crate::rules::{Row, Rule, RuleTable};

/// Everything that `forelock rules` says.
#[derive(Debug, Serialize)]
struct Document<'a> {
    rules: Vec<RuleDocument<'a>>,
    matrix: Vec<MatrixDocument>,
}

/// One rule.
#[derive(Debug, Serialize)]
struct RuleDocument<'a> {
    name: &'a str,
    severity: &'static str,
    harm: Vec<&'static str>,
    matrix_rows: &'a [u8],
    observed: Observed,
    title: &'a str,
    url: String,
}

/// What servers showed of it.
#[derive(Debug, Serialize)]
struct Observed {
    /// The major versions.
    postgres: Vec<u8>,
    /// How many statements, on each version anew.
    statements: usize,
}

/// Writes all rules in the order of their names, and the matrix that they answer.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(
    table: &RuleTable,
    evidence: &Evidence,
    format: TextOrJson,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        TextOrJson::Text => write_text(table, evidence, style, out),
        TextOrJson::Json => {
            let document = Document {
                rules: table.rules.iter().map(|rule| document(rule, evidence)).collect(),
                matrix: matrix::documents(table),
            };
            serde_json::to_writer_pretty(&mut *out, &document)?;
            writeln!(out)
        }
    }
}

fn document<'a>(rule: &'a Rule, evidence: &Evidence) -> RuleDocument<'a> {
    RuleDocument {
        name: &rule.name,
        severity: rule.severity.name(),
        harm: harm(rule),
        matrix_rows: &rule.matrix_rows,
        observed: Observed {
            postgres: evidence.versions(&rule.name),
            statements: evidence.of_rule(&rule.name).map(|row| row.statements).sum(),
        },
        title: &rule.title,
        url: url(&rule.name),
    }
}

fn write_text(table: &RuleTable, evidence: &Evidence, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Table::new(["rule", "severity", "matrix", "harm", "seen on", "title"]);
    for rule in &table.rules {
        text.add(row(rule, evidence, style));
    }
    for line in text.lines(style) {
        writeln!(out, "{line}")?;
    }
    matrix::write(table, style, out)
}

fn row(rule: &Rule, evidence: &Evidence, style: &Style) -> [String; 6] {
    let matrix: Vec<String> = rule.matrix_rows.iter().map(ToString::to_string).collect();
    [
        rule.name.clone(),
        style.paint(rule.severity.name(), severity_color(rule.severity)),
        matrix.join(", "),
        harm(rule).join(", "),
        ranges(&evidence.versions(&rule.name)),
        rule.title.clone(),
    ]
}

/// The harm that its page names, and what follows from the locks and the work of its rows, without duplicates.
pub(super) fn harm(rule: &Rule) -> Vec<&'static str> {
    if rule.severity == Severity::Silent {
        return Vec::new();
    }
    let derived = rule.rows.iter().flat_map(harm_of_row);
    let named = rule
        .harm
        .iter()
        .chain(rule.rows.iter().flat_map(|row| &row.harm))
        .copied();
    let all: Vec<Harm> = derived.chain(named).collect();
    let without_duplicates = Harm::ALL.into_iter().filter(|harm| all.contains(harm));
    without_duplicates.map(Harm::name).collect()
}

fn harm_of_row(row: &Row) -> Vec<Harm> {
    let mut harm = Vec::new();
    for (role, mode) in &row.locks {
        let work = row.work.iter().filter(|(working, _)| working == role);
        let work = work.flat_map(|(_, work)| work).max();
        harm.extend(work.map(|work| Harm::of_work(*mode, *work)).unwrap_or_default());
    }
    harm
}
