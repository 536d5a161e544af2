//! The user's matrix, as a table for terminals and programs.

use std::io::{self, Write};

use serde::Serialize;
use textwrap::Options;

use super::table::Table;
use super::{Characters, Style};
use crate::rules::{MatrixRow, RuleTable};

/// One row of the matrix.
#[derive(Debug, Serialize)]
pub(super) struct MatrixDocument {
    number: u8,
    statement: String,
    seed: &'static str,
    ours: &'static str,
    /// Under the backend of django-pg-zero-downtime-migrations.
    under_backend: &'static str,
    /// What becomes of the operation there, and what is left.
    backend: String,
    /// Where servers contradict the seed.
    servers: Option<String>,
    locks: Vec<LockDocument>,
    work: Vec<&'static str>,
    rules: Vec<String>,
}

#[derive(Debug, Serialize)]
struct LockDocument {
    role: &'static str,
    mode: &'static str,
}

pub(super) fn documents(table: &RuleTable) -> Vec<MatrixDocument> {
    table.matrix().into_iter().map(document).collect()
}

fn document(row: MatrixRow) -> MatrixDocument {
    let locks = row.locks.iter().map(|(role, mode)| LockDocument {
        role: role.name(),
        mode: mode.name(),
    });
    MatrixDocument {
        number: row.number,
        seed: row.seed.name(),
        ours: row.ours.name(),
        under_backend: row.under_backend.name(),
        backend: row.backend,
        locks: locks.collect(),
        work: row.work.iter().map(|work| work.name()).collect(),
        statement: row.statement,
        servers: row.servers,
        rules: row.rules,
    }
}

/// Writes the matrix, and below it what servers show instead of what the seed says.
pub(super) fn write(table: &RuleTable, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let matrix = table.matrix();
    if matrix.is_empty() {
        return Ok(());
    }
    let mark = match style.characters {
        Characters::Unicode => "≠",
        Characters::Ascii => "!",
    };
    let mut text = Table::new(["row", "statement", "seed", "ours", "", "backend", "locks", "work"]);
    for row in &matrix {
        let contradicted = if row.servers.is_some() { mark } else { "" };
        text.add([
            row.number.to_string(),
            row.statement.clone(),
            row.seed.name().to_owned(),
            row.ours.name().to_owned(),
            contradicted.to_owned(),
            row.under_backend.name().to_owned(),
            locks(row),
            work(row),
        ]);
    }
    writeln!(out)?;
    for line in text.lines(style) {
        writeln!(out, "{line}")?;
    }
    writeln!(
        out,
        "\n{mark} servers contradict django-pg-zero-downtime-migrations 0.16, the seed of the matrix:"
    )?;
    let contradicted = matrix
        .iter()
        .filter_map(|row| Some((row.number, row.servers.as_deref()?)));
    write_numbered(contradicted, style, out)?;
    writeln!(
        out,
        "\nbackend: what becomes of Django's operation under the package's backend, 0.16 to 0.20, and what is left:"
    )?;
    let backend = matrix.iter().map(|row| (row.number, row.backend.as_str()));
    write_numbered(backend, style, out)
}

/// A text for each row, by its number.
fn write_numbered<'a>(
    texts: impl Iterator<Item = (u8, &'a str)>,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (number, text) in texts {
        let number = format!("{number:>2}  ");
        let options = Options::new(style.width.clamp(40, 100))
            .initial_indent(&number)
            .subsequent_indent("    ");
        for line in textwrap::wrap(text, options) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// `table ACCESS EXCLUSIVE, referenced SHARE ROW EXCLUSIVE`
pub(super) fn locks(row: &MatrixRow) -> String {
    let locks: Vec<String> = row
        .locks
        .iter()
        .map(|(role, mode)| format!("{} {mode}", role.name()))
        .collect();
    if locks.is_empty() {
        "none".to_owned()
    } else {
        locks.join(", ")
    }
}

/// `none, scan`
pub(super) fn work(row: &MatrixRow) -> String {
    let names: Vec<&str> = row.work.iter().map(|work| work.name()).collect();
    names.join(", ")
}

/// The matrix as README.md shows it.
#[must_use]
pub fn markdown(table: &RuleTable) -> String {
    let matrix = table.matrix();
    let mut lines = vec![
        "| # | statement | seed | ours | | backend | locks | work |".to_owned(),
        "|--:|---|---|---|---|---|---|---|".to_owned(),
    ];
    lines.extend(matrix.iter().map(markdown_row));
    lines.push("\n≠ PostgreSQL 12 to 18 contradict the seed:\n".to_owned());
    let contradicted = matrix
        .iter()
        .filter_map(|row| Some((row.number, row.servers.as_ref()?)));
    lines.extend(contradicted.map(|(number, servers)| format!("- {number}: {servers}")));
    lines.push("\nUnder the backend of django-pg-zero-downtime-migrations, 0.16 to 0.20:\n".to_owned());
    lines.extend(matrix.iter().map(|row| format!("- {}: {}", row.number, row.backend)));
    lines.join("\n") + "\n"
}

fn markdown_row(row: &MatrixRow) -> String {
    let page = |rule: &String| format!("[{rule}](rules/{rule}.md)");
    let rules: Vec<String> = row.rules.iter().map(page).collect();
    format!(
        "| {} | `{}`<br>{} | {} | {} | {} | {} | {} | {} |",
        row.number,
        row.statement,
        rules.join(", "),
        row.seed.name(),
        row.ours.name(),
        if row.servers.is_some() { "≠" } else { "" },
        row.under_backend.name(),
        locks(row),
        work(row)
    )
}
