//! The user's matrix of 32 kinds of DDL: what the seed says of each, and what follows from our rows.

use serde::Deserialize;

use crate::facts::Role;
use crate::finding::{Severity, Work};
use crate::lock::LockMode;

use super::{Row, Rule, RuleTable};

/// The 32 statements with the seed's verdicts.
static MATRIX: &str = include_str!("../../rules/matrix.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    row: Vec<Declared>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    number: u8,
    statement: String,
    seed: Verdict,
    under_backend: Verdict,
    backend: String,
    /// Rules that have no row of the matrix for their own, but belong to this one as well.
    #[serde(default)]
    beside: Vec<String>,
    servers: Option<String>,
}

/// Whether a statement can be run while the application works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Yes.
    Safe,
    /// No.
    Unsafe,
    /// In some of its forms.
    Sometimes,
}

/// One row of the matrix.
#[derive(Clone, Debug)]
pub struct MatrixRow {
    /// 1 to 32.
    pub number: u8,
    /// The statement.
    pub statement: String,
    /// What django-pg-zero-downtime-migrations 0.16 says.
    pub seed: Verdict,
    /// What we say.
    pub ours: Verdict,
    /// What is left to say of the operation that sends it under the backend of that package.
    pub under_backend: Verdict,
    /// What becomes of it there.
    pub backend: String,
    /// The strongest lock on each role.
    pub locks: Vec<(Role, LockMode)>,
    /// All that it may come to, lightest first.
    pub work: Vec<Work>,
    /// Where servers contradict the seed.
    pub servers: Option<String>,
    /// The rules that answer it, in the order of their names.
    pub rules: Vec<String>,
}

impl Verdict {
    /// As people and JSON see it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Safe => "safe",
            Verdict::Unsafe => "unsafe",
            Verdict::Sometimes => "sometimes",
        }
    }

    fn of(severities: &[Severity]) -> Self {
        let unsafe_ones = severities
            .iter()
            .filter(|severity| **severity >= Severity::Warning)
            .count();
        match unsafe_ones {
            0 => Verdict::Safe,
            count if count == severities.len() => Verdict::Unsafe,
            _ => Verdict::Sometimes,
        }
    }
}

impl RuleTable {
    /// The rows of the matrix that rules of this table answer.
    #[must_use]
    pub fn matrix(&self) -> Vec<MatrixRow> {
        // A test reads the file, so a released program has no broken one.
        let declared = toml::from_str::<Document>(MATRIX).map_or_else(|_| Vec::new(), |document| document.row);
        declared
            .into_iter()
            .filter_map(|declared| self.matrix_row(declared))
            .collect()
    }

    fn matrix_row(&self, declared: Declared) -> Option<MatrixRow> {
        let rules: Vec<&Rule> = self
            .rules
            .iter()
            .filter(|rule| rule.matrix_rows.contains(&declared.number) || declared.beside.contains(&rule.name))
            .collect();
        if rules.is_empty() {
            return None;
        }
        let of_this =
            |rule: &Rule, row: &Row| row.matrix == Some(declared.number) || declared.beside.contains(&rule.name);
        let rows = rules
            .iter()
            .flat_map(|rule| rule.rows.iter().filter(|row| of_this(rule, row)));
        let rows: Vec<&Row> = rows.collect();
        // A rule may belong to the row of a statement that stands before the one it points at.
        let others = rules
            .iter()
            .filter(|rule| !rule.rows.iter().any(|row| of_this(rule, row)));
        let severities = rows
            .iter()
            .map(|row| row.severity)
            .chain(others.map(|rule| rule.severity));
        Some(MatrixRow {
            number: declared.number,
            statement: declared.statement,
            seed: declared.seed,
            ours: Verdict::of(&severities.collect::<Vec<_>>()),
            under_backend: declared.under_backend,
            backend: declared.backend,
            locks: locks(&rows),
            work: work(&rows),
            servers: declared.servers,
            rules: rules.iter().map(|rule| rule.name.clone()).collect(),
        })
    }
}

fn locks(rows: &[&Row]) -> Vec<(Role, LockMode)> {
    let strongest = |wanted: Role| {
        let all = rows.iter().flat_map(|row| &row.locks);
        let modes = all.filter(|(role, _)| *role == wanted).map(|(_, mode)| *mode);
        modes.max().map(|mode| (wanted, mode))
    };
    Role::ALL.into_iter().filter_map(strongest).collect()
}

fn work(rows: &[&Row]) -> Vec<Work> {
    let heaviest = |row: &&Row| row.work.iter().flat_map(|(_, work)| work.iter().copied()).max();
    let mut work: Vec<Work> = rows.iter().map(|row| heaviest(row).unwrap_or_default()).collect();
    work.sort_unstable();
    work.dedup();
    work
}

#[cfg(test)]
mod tests {
    use super::{Document, MATRIX, RuleTable};

    #[test]
    fn every_one_of_the_32_rows_is_answered_by_a_rule() {
        let document: Document = toml::from_str(MATRIX).unwrap();
        assert_eq!(document.row.len(), 32);
        let matrix = RuleTable::embedded().unwrap().matrix();
        let numbers: Vec<u8> = matrix.iter().map(|row| row.number).collect();
        assert_eq!(numbers, (1..=32).collect::<Vec<u8>>());
    }
}
