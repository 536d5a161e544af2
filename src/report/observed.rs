//! What servers showed of a rule, as a section of its page.

use crate::rules::evidence::{Evidence, RowEvidence, ranges};

/// Nothing for a rule that is not about single statements.
pub(super) fn section(rule: &str, evidence: &Evidence) -> String {
    let rows: Vec<&RowEvidence> = evidence.of_rule(rule).collect();
    if rows.is_empty() {
        return String::new();
    }
    let statements: usize = rows.iter().map(|row| row.statements).sum();
    let examples: Vec<String> = rows.iter().map(|row| example(row, evidence)).collect();
    let mut fixtures: Vec<&str> = rows.iter().filter_map(|row| row.fixture.rsplit('/').next()).collect();
    fixtures.sort_unstable();
    fixtures.dedup();
    format!(
        "\n## Observed\n\
         On PostgreSQL {}, {statements} times, each as claimed. For example:\n\n\
         ```sql\n{}\n```\n\n\
         To see it again: `conformance/servers {}`.\n",
        evidence.servers.join(", "),
        examples.join("\n\n"),
        fixtures.join(" ")
    )
}

/// The statement, and what it did as comments.
fn example(row: &RowEvidence, evidence: &Evidence) -> String {
    let mut lines = vec![row.sql.clone()];
    if row.on.len() < evidence.servers.len() {
        lines.push(format!("-- on PostgreSQL {}", ranges(&row.on)));
    }
    let nothing = ["no lock on anything that was there".to_owned()];
    let seen = if row.seen.is_empty() { &nothing[..] } else { &row.seen };
    lines.extend(seen.iter().map(|seen| format!("-- {seen}")));
    lines.join("\n")
}
