//! The rule table: rules/*.md embedded, read, matched.

pub mod evidence;
mod matrix;
mod page;
mod placeholders;

pub use matrix::{MatrixRow, Verdict};
pub(crate) use placeholders::placeholders;

use rustc_hash::FxHashMap;
use serde::Deserialize;
use thiserror::Error;

use crate::facts::{Aspect, FactName, Observation, Role};
use crate::finding::{Harm, Severity, Work};
use crate::lock::LockMode;

/// The pages of rules/, by name.
static PAGES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The examples of the rules, by name: the operation that a fixture marks, its plan, and the migrations that the advice comes to.
static EXAMPLES: &[(&str, &str, &str, &[&str])] = &include!(concat!(env!("OUT_DIR"), "/examples.rs"));

/// Django code that shows a rule: taken from the fixtures, so that it is tested.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// What it is about; empty where no fixture shows it.
    pub operation: &'static str,
    /// Its plan as Markdown; empty where it has none.
    pub plan: &'static str,
    /// What to write instead, one migration after the other.
    pub advised: &'static [&'static str],
}

/// The example of a rule.
#[must_use]
pub fn example(rule: &str) -> Option<Example> {
    let (_, operation, plan, advised) = EXAMPLES.iter().find(|(name, ..)| *name == rule)?;
    Some(Example {
        operation,
        plan,
        advised,
    })
}

/// One rule: one file in `rules/`.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The file's name without `.md`.
    pub name: String,
    /// The page's title, without `# `.
    pub title: String,
    /// The whole page, as `forelock explain` prints it.
    pub page: String,
    /// What it is about.
    pub kind: RuleKind,
    /// The severity of its findings by default.
    pub severity: Severity,
    /// Harm beside what locks and work say.
    pub harm: Vec<Harm>,
    /// Whom `breaks-running-code` is about.
    pub harmed: Harmed,
    /// Whether somebody has to ask for it.
    pub asking: Asking,
    /// The sentence of a finding, with `{table}` and other names to fill in.
    pub message: String,
    /// Of which operations the plan is its cure: `plan-of-operation = true`, or the classes of operations.
    pub plan_of: PlanOf,
    /// What to do instead, by the Django class that caused it; `default` for all others.
    pub help: FxHashMap<String, String>,
    /// Its rows; none for a rule that is not about single statements.
    pub rows: Vec<Row>,
    /// Rows of the user's matrix.
    pub matrix_rows: Vec<u8>,
    /// The matrix row of its findings, where that is not the row of the statement they point at.
    pub finding_row: Option<u8>,
}

/// Of which operations the plan cures what a rule tells.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum PlanOf {
    /// Of all, or of none.
    All(bool),
    /// Of those of these classes.
    Classes(Vec<String>),
}

impl Default for PlanOf {
    fn default() -> Self {
        PlanOf::All(false)
    }
}

impl PlanOf {
    /// Whether the plan of an operation of this class is meant.
    #[must_use]
    pub fn has(&self, class: &str) -> bool {
        match self {
            PlanOf::All(all) => *all,
            PlanOf::Classes(classes) => classes.iter().any(|known| known == class),
        }
    }
}

/// What it takes that a rule speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// Nothing, it does unless it is ignored.
    Nothing,
    /// Somebody selects it by its name: `only-by-name = true`.
    ByName,
}

/// Which code it is that a rule calls broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Harmed {
    /// The release before the migration's own: nobody, once it is gone.
    OldRelease,
    /// Whatever code runs afterwards: `harmed = "any-code"`.
    AnyCode,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleKind {
    /// A statement, by its facts.
    Statement,
    /// Several statements of one transaction.
    Transaction,
    /// Code that runs before or after the migration.
    Release,
    /// Rows changed by Python or SQL.
    Data,
    /// Files, comments and configuration.
    Input,
}

/// What follows from the facts of one aspect.
#[derive(Clone, Debug)]
pub struct Row {
    /// The aspect it answers.
    pub aspect: Aspect,
    /// The values it asks for; a fact that is not named may have any.
    pub when: Vec<(FactName, Vec<String>)>,
    /// The lock on each role.
    pub locks: Vec<(Role, LockMode)>,
    /// The work on each role while the lock is held.
    pub work: Vec<(Role, Vec<Work>)>,
    /// Where the row is milder or worse than its rule.
    pub severity: Severity,
    /// Harm beside what locks and work say.
    pub harm: Vec<Harm>,
    /// The row of the user's matrix.
    pub matrix: Option<u8>,
    /// Whether it holds even for a table that the migration itself created: Postgres refuses the statement in any case.
    pub even_when_new: bool,
}

/// A page that cannot be used.
#[derive(Debug, Error)]
pub enum RuleError {
    /// Its table is not TOML, or has a key or value that rows do not have.
    #[error("rules/{rule}.md: {message}")]
    Table {
        /// The rule.
        rule: String,
        /// What is wrong.
        message: String,
    },
    /// A row names something that does not exist.
    #[error("rules/{rule}.md: there is no {what} called `{name}`")]
    Unknown {
        /// The rule.
        rule: String,
        /// `aspect`, `fact`, ...
        what: &'static str,
        /// The name.
        name: String,
    },
}

/// All rules.
#[derive(Debug)]
pub struct RuleTable {
    /// In the order of their names.
    pub rules: Vec<Rule>,
    by_aspect: FxHashMap<Aspect, Vec<(usize, usize)>>,
}

impl RuleTable {
    /// The table that is part of the program.
    ///
    /// # Errors
    /// A page that cannot be read; a test reads them all, so a released program has none.
    pub fn embedded() -> Result<Self, RuleError> {
        Self::read(PAGES)
    }

    /// Reads pages, each with its name.
    ///
    /// # Errors
    /// The first page that cannot be read.
    pub fn read(pages: &[(&str, &str)]) -> Result<Self, RuleError> {
        let rules = pages
            .iter()
            .map(|(name, page)| page::read(name, page))
            .collect::<Result<Vec<_>, _>>()?;
        let mut by_aspect: FxHashMap<Aspect, Vec<(usize, usize)>> = FxHashMap::default();
        for (rule_index, rule) in rules.iter().enumerate() {
            for (row_index, row) in rule.rows.iter().enumerate() {
                by_aspect.entry(row.aspect).or_default().push((rule_index, row_index));
            }
        }
        Ok(Self { rules, by_aspect })
    }

    /// The rule with this name.
    #[must_use]
    pub fn rule(&self, name: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.name == name)
    }

    /// The rows that answer an aspect with these facts: exactly one, as a test proves for every combination.
    pub fn rows<'a>(
        &'a self,
        aspect: Aspect,
        facts: &[(FactName, &'static str)],
    ) -> impl Iterator<Item = (&'a Rule, &'a Row)> {
        self.by_aspect
            .get(&aspect)
            .into_iter()
            .flatten()
            .map(|(rule, row)| (&self.rules[*rule], &self.rules[*rule].rows[*row]))
            .filter(|(_, row)| row.matches(facts))
    }

    /// The row for an observation.
    #[must_use]
    pub fn row_for<'a>(&'a self, observation: &Observation) -> Option<(&'a Rule, &'a Row)> {
        self.rows(observation.aspect, &observation.facts).next()
    }
}

impl Row {
    fn matches(&self, facts: &[(FactName, &'static str)]) -> bool {
        self.when.iter().all(|(wanted, values)| {
            facts
                .iter()
                .any(|(fact, value)| fact == wanted && values.iter().any(|wanted| wanted == value))
        })
    }
}

impl Rule {
    /// Whether it has a message though it is silent: for its locks on hot tables.
    #[must_use]
    pub fn speaks_of_hot_tables(&self) -> bool {
        self.severity == Severity::Silent && !self.message.is_empty()
    }

    /// The place of one of its rows among them.
    pub(crate) fn position(&self, row: &Row) -> usize {
        let is_it = |other: &Row| std::ptr::eq(other, row);
        self.rows.iter().position(is_it).unwrap_or_default()
    }

    /// The advice for an operation of this class; `AlterField again` is one that drops something and makes it
    /// again, and `AlterField again, changed` one that sends other statements as well.
    #[must_use]
    pub fn help_for(&self, class: &str) -> &str {
        // `AlterField again`, `AlterField of a key`: what is said of an AlterField holds where nothing else is said.
        let plain = class.split(' ').next().unwrap_or(class);
        self.help
            .get(class)
            .or_else(|| self.help.get(plain))
            .or_else(|| self.help.get("default"))
            .map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::RuleTable;
    use crate::facts::ASPECTS;

    #[test]
    fn every_page_is_read() {
        let table = RuleTable::embedded().unwrap();
        assert!(table.rules.len() > 12);
    }

    #[test]
    fn a_misspelt_placeholder_is_refused() {
        let page = "# A page\n\n```toml\nkind = \"input\"\nseverity = \"info\"\nmessage = \"reads {tabel}\"\n```\n";
        let error = RuleTable::read(&[("page", page)]).unwrap_err().to_string();
        assert_eq!(error, "rules/page.md: there is no placeholder called `tabel`");
    }

    #[test]
    fn every_combination_of_the_facts_of_an_aspect_is_answered_by_exactly_one_row() {
        let table = RuleTable::embedded().unwrap();
        for (aspect, name, _) in ASPECTS {
            for facts in aspect.combinations() {
                let rows: Vec<_> = table
                    .rows(*aspect, &facts)
                    .map(|(rule, _)| rule.name.as_str())
                    .collect();
                assert_eq!(rows.len(), 1, "{name} with {facts:?} is answered by {rows:?}");
            }
        }
    }

    #[test]
    fn every_finding_says_what_happens_and_what_to_do() {
        for rule in RuleTable::embedded().unwrap().rules {
            let speaks = rule.severity > crate::finding::Severity::Silent;
            let speaks = speaks || rule.speaks_of_hot_tables();
            assert!(!speaks || !rule.message.is_empty(), "{} has no message", rule.name);
            assert!(
                !speaks || rule.help.contains_key("default"),
                "{} has no help",
                rule.name
            );
        }
    }
}
