//! Which findings are wanted: `--select` and `--ignore`, and the same in the configuration.

use crate::finding::{Finding, Harm};
use crate::rules::RuleTable;
use crate::suggestion::nearest;

/// A rule or a kind of harm, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// Findings of this rule.
    Rule(String),
    /// Findings that do this harm, among others.
    Harm(Harm),
}

/// A name that is neither a rule's nor a harm's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no rule called `{name}`{}; `forelock rules` lists all names",
    suggestion.as_ref().map(|name| format!(", did you mean `{name}`?")).unwrap_or_default()
)]
pub struct UnknownName {
    /// The name as written.
    pub name: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

impl Selector {
    /// Reads a name of a rule or of a kind of harm.
    ///
    /// # Errors
    /// When there is neither.
    pub fn parse(name: &str, table: &RuleTable) -> Result<Self, UnknownName> {
        if table.rule(name).is_some() {
            return Ok(Selector::Rule(name.to_owned()));
        }
        if let Some(harm) = Harm::parse(name) {
            return Ok(Selector::Harm(harm));
        }
        let rules = table.rules.iter().map(|rule| rule.name.as_str());
        let names = rules.chain(Harm::ALL.map(Harm::name));
        Err(UnknownName {
            name: name.to_owned(),
            suggestion: nearest(name, names).map(str::to_owned),
        })
    }

    /// Whether a finding of this rule with this harm is meant.
    #[must_use]
    pub fn matches(&self, rule: &str, harm: &[Harm]) -> bool {
        match self {
            Selector::Rule(name) => name == rule,
            Selector::Harm(wanted) => harm.contains(wanted),
        }
    }
}

/// What `--select` and `--ignore` say together.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only these; everything where it is empty.
    pub select: Vec<Selector>,
    /// All but these.
    pub ignore: Vec<Selector>,
}

/// How closely a name was meant. Orders from vague to exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Closeness {
    Harm,
    Rule,
}

impl Selection {
    /// Whether a finding of this rule with this harm is wanted.
    ///
    /// A rule's name outweighs a harm's: `--select drop-column --ignore breaks-running-code` keeps `drop-column`.
    /// Between two of the same kind, ignoring wins.
    #[must_use]
    pub fn wants(&self, rule: &str, harm: &[Harm]) -> bool {
        let selected = closest(&self.select, rule, harm);
        let ignored = closest(&self.ignore, rule, harm);
        match (selected, ignored) {
            (_, None) => self.select.is_empty() || selected.is_some(),
            (None, Some(_)) => false,
            (Some(selected), Some(ignored)) => selected > ignored,
        }
    }

    /// The findings that are wanted, in their order.
    #[must_use]
    pub fn filter(&self, mut findings: Vec<Finding>) -> Vec<Finding> {
        findings.retain(|finding| self.wants(&finding.rule, &finding.harm));
        findings
    }
}

fn closest(selectors: &[Selector], rule: &str, harm: &[Harm]) -> Option<Closeness> {
    let matching = selectors.iter().filter(|selector| selector.matches(rule, harm));
    matching
        .map(|selector| match selector {
            Selector::Rule(_) => Closeness::Rule,
            Selector::Harm(_) => Closeness::Harm,
        })
        .max()
}

#[cfg(test)]
mod tests {
    use super::{Selection, Selector};
    use crate::finding::Harm;

    fn rule(name: &str) -> Selector {
        Selector::Rule(name.to_owned())
    }

    #[test]
    fn without_a_selection_everything_is_wanted_but_what_is_ignored() {
        let selection = Selection {
            select: vec![],
            ignore: vec![Selector::Harm(Harm::BlocksReads)],
        };
        assert!(selection.wants("drop-column", &[Harm::BreaksRunningCode]));
        assert!(!selection.wants("set-not-null", &[Harm::BlocksReads, Harm::BlocksWrites]));
    }

    #[test]
    fn a_rules_name_outweighs_a_harms_name() {
        let selection = Selection {
            select: vec![rule("drop-column")],
            ignore: vec![Selector::Harm(Harm::BreaksRunningCode)],
        };
        assert!(selection.wants("drop-column", &[Harm::BreaksRunningCode]));
        assert!(!selection.wants("drop-table", &[Harm::BreaksRunningCode]));
    }

    #[test]
    fn a_rule_both_selected_and_ignored_is_ignored() {
        let selection = Selection {
            select: vec![rule("drop-column")],
            ignore: vec![rule("drop-column")],
        };
        assert!(!selection.wants("drop-column", &[]));
    }
}
