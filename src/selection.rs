//! Which findings are wanted: `--select` and `--ignore`, and the same in the configuration.

use crate::finding::Harm;
use crate::rules::{Asking, RuleTable};
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
    /// Only these; everything where it is empty, but for rules that are spoken of only by name.
    pub select: Vec<Selector>,
    /// These besides.
    pub extend: Vec<Selector>,
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
    /// Between two of the same kind, ignoring wins. What is spoken of only by name is not meant by a kind of harm.
    #[must_use]
    pub fn wants(&self, rule: &str, harm: &[Harm], asking: Asking) -> bool {
        let selected = closest(&self.select, rule, harm).max(closest(&self.extend, rule, harm));
        let ignored = closest(&self.ignore, rule, harm);
        match (asking, selected) {
            (Asking::ByName, None | Some(Closeness::Harm)) => return false,
            (Asking::ByName, Some(Closeness::Rule)) | (Asking::Nothing, _) => {}
        }
        match (selected, ignored) {
            (_, None) => self.select.is_empty() || selected.is_some(),
            (None, Some(_)) => false,
            (Some(selected), Some(ignored)) => selected > ignored,
        }
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
    use crate::rules::Asking;

    fn rule(name: &str) -> Selector {
        Selector::Rule(name.to_owned())
    }

    #[test]
    fn without_a_selection_everything_is_wanted_but_what_is_ignored() {
        let selection = Selection {
            select: vec![],
            extend: vec![],
            ignore: vec![Selector::Harm(Harm::BlocksReads)],
        };
        assert!(selection.wants("drop-column", &[Harm::BreaksRunningCode], Asking::Nothing));
        assert!(!selection.wants(
            "set-not-null",
            &[Harm::BlocksReads, Harm::BlocksWrites],
            Asking::Nothing
        ));
    }

    #[test]
    fn a_rules_name_outweighs_a_harms_name() {
        let selection = Selection {
            select: vec![rule("drop-column")],
            extend: vec![],
            ignore: vec![Selector::Harm(Harm::BreaksRunningCode)],
        };
        assert!(selection.wants("drop-column", &[Harm::BreaksRunningCode], Asking::Nothing));
        assert!(!selection.wants("drop-table", &[Harm::BreaksRunningCode], Asking::Nothing));
    }

    #[test]
    fn a_rule_both_selected_and_ignored_is_ignored() {
        let selection = Selection {
            select: vec![rule("drop-column")],
            extend: vec![],
            ignore: vec![rule("drop-column")],
        };
        assert!(!selection.wants("drop-column", &[], Asking::Nothing));
    }

    #[test]
    fn a_rule_that_is_asked_for_by_name_speaks_for_nothing_else() {
        let wants = |select: Vec<Selector>, extend: Vec<Selector>| {
            let ignore = vec![];
            let selection = Selection { select, extend, ignore };
            selection.wants("lock-timeout-not-set", &[Harm::BlocksReads], Asking::ByName)
        };
        assert!(!wants(vec![], vec![]));
        assert!(!wants(vec![Selector::Harm(Harm::BlocksReads)], vec![]));
        assert!(wants(vec![rule("lock-timeout-not-set")], vec![]));
        assert!(wants(vec![], vec![rule("lock-timeout-not-set")]));
        assert!(wants(vec![rule("drop-column")], vec![rule("lock-timeout-not-set")]));
    }
}
