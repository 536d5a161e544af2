//! The rule table: rules/*.md embedded, checked, matched.

use crate::finding::{Harm, Severity};

/// One rule: one file in `rules/`.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The file's name without `.md`.
    pub name: String,
    /// The page's title, without `# `.
    pub title: String,
    /// The whole page, as `forelock explain` prints it.
    pub page: String,
    /// The severity of its findings by default.
    pub severity: Severity,
    /// Harm beside what locks and work say.
    pub harm: Vec<Harm>,
    /// Rows of the user's matrix.
    pub matrix_rows: Vec<u8>,
}

/// All rules.
#[derive(Debug)]
pub struct RuleTable {
    /// In the order of their names.
    pub rules: Vec<Rule>,
}

impl RuleTable {
    /// The rule with this name.
    #[must_use]
    pub fn rule(&self, name: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.name == name)
    }
}
