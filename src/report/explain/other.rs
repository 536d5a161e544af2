//! Pages that are about no rule, as Markdown.

use crate::finding::Harm;
use crate::pages::{self, Page};
use crate::report::matrix;
use crate::rules::{MatrixRow, Rule};

pub(super) fn page(page: &Page) -> String {
    format!("# {}\n\n{}", page.title, page.text)
}

/// What it means, and which rules tell it.
pub(super) fn harm(harm: Harm, rules: &[&Rule]) -> String {
    let words = pages::of_harm(harm.name()).map_or("", |page| page.text);
    let rules: Vec<String> = rules
        .iter()
        .map(|rule| format!("- {}: {}", rule.name, lower(&rule.title)))
        .collect();
    let list = if rules.is_empty() {
        String::new()
    } else {
        format!("\n\n## Rules\n{}", rules.join("\n"))
    };
    format!("# {}\n\n{words}{list}", harm.name())
}

/// The statement, both verdicts, and what follows from our rules.
pub(super) fn matrix_row(row: &MatrixRow) -> String {
    let mut lines = vec![
        format!("# Row {} of the matrix: {}", row.number, row.statement),
        String::new(),
        format!(
            "- django-pg-zero-downtime-migrations 0.16 calls it {}; forelock {}",
            row.seed.name(),
            row.ours.name()
        ),
        format!("- locks: {}", matrix::locks(row)),
        format!("- work: {}", matrix::work(row)),
    ];
    lines.extend(
        row.servers
            .iter()
            .map(|servers| format!("- servers, PostgreSQL 12 to 18: {servers}")),
    );
    lines.extend([String::new(), "## Rules".to_owned()]);
    lines.extend(row.rules.iter().map(|rule| format!("- {rule}")));
    lines.join("\n")
}

/// The names of all pages.
pub(super) fn list() -> String {
    let named = pages::all().map(|page| {
        // An operation and a setting have no other title.
        let title = Some(page.title).filter(|title| *title != page.name);
        format!(
            "- {}{}",
            page.name,
            title.map(|title| format!(": {title}")).unwrap_or_default()
        )
    });
    let harms = Harm::ALL.map(|harm| format!("- {}", harm.name()));
    let named: Vec<String> = named.collect();
    format!(
        "# Pages\n\n`forelock explain NAME` prints a rule's page (`forelock rules`), a lock mode's, a row of the matrix (1 to 32), \
         and these:\n\n{}\n{}",
        named.join("\n"),
        harms.join("\n")
    )
}

/// A title within a sentence; a name in capitals stays as it is.
fn lower(title: &str) -> String {
    let mut letters = title.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_lowercase().to_string())
        .unwrap_or_default();
    if letters.clone().next().is_some_and(char::is_uppercase) {
        title.to_owned()
    } else {
        first + letters.as_str()
    }
}
