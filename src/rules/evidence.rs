//! What servers showed of each row: written from the recorded observations, see tests/servers.

use serde::Deserialize;

/// Everything that was observed.
#[derive(Debug, Default, Deserialize)]
pub struct Evidence {
    /// The releases that were measured: `12.22`, ...
    pub servers: Vec<String>,
    rows: Vec<RowEvidence>,
}

/// What was observed of one row.
#[derive(Debug, Deserialize)]
pub struct RowEvidence {
    /// The rule's name.
    pub rule: String,
    /// The row's place in the rule.
    pub row: usize,
    /// The major versions that did what the row says.
    pub on: Vec<u8>,
    /// How many statements did, on each version anew.
    pub statements: usize,
    /// The folder of the statement that is shown, below fixtures/.
    pub fixture: String,
    /// That statement.
    pub sql: String,
    /// What it did, a line for each relation.
    pub seen: Vec<String>,
}

impl Evidence {
    /// The evidence that is part of the program.
    ///
    /// # Errors
    /// When it is no JSON; a test writes it, so a released program has one that is.
    pub fn embedded() -> serde_json::Result<Self> {
        serde_json::from_str(include_str!("evidence.json"))
    }

    /// Of all rows of a rule, in their order.
    pub fn of_rule<'a>(&'a self, rule: &'a str) -> impl Iterator<Item = &'a RowEvidence> {
        self.rows.iter().filter(move |row| row.rule == rule)
    }

    /// The major versions on which any row of a rule was observed, each once.
    #[must_use]
    pub fn versions(&self, rule: &str) -> Vec<u8> {
        let mut versions: Vec<u8> = self.of_rule(rule).flat_map(|row| row.on.iter().copied()).collect();
        versions.sort_unstable();
        versions.dedup();
        versions
    }
}

/// `12-18`; `12-14, 16` where some are missing.
#[must_use]
pub fn ranges(versions: &[u8]) -> String {
    let runs = versions.chunk_by(|one, next| one + 1 == *next);
    let ranges: Vec<String> = runs
        .map(|run| match run {
            [] => String::new(),
            [only] => only.to_string(),
            [first, .., last] => format!("{first}-{last}"),
        })
        .collect();
    ranges.join(", ")
}

#[cfg(test)]
mod tests {
    use super::{Evidence, ranges};

    #[test]
    fn neighbouring_versions_are_said_as_a_range() {
        assert_eq!(ranges(&[12, 13, 14, 15, 16, 17, 18]), "12-18");
        assert_eq!(ranges(&[12, 13, 18]), "12-13, 18");
        assert_eq!(ranges(&[]), "");
    }

    #[test]
    fn the_evidence_of_a_rule_names_its_versions() {
        let evidence = Evidence::embedded().unwrap();
        assert_eq!(
            evidence.versions("create-index-blocking-writes"),
            [12, 13, 14, 15, 16, 17, 18]
        );
        assert_eq!(evidence.versions("missing-dependency"), [0; 0]);
    }
}
