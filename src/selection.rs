//! Which findings are wanted: rule names and kinds of harm, chosen and left out.

use std::fmt;

use crate::finding::Harm;
use crate::rules::RuleTable;

/// A name as people write it in `select`, `ignore` and suppressions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// `all`
    All,
    /// A rule's name.
    Rule(String),
    /// A kind of harm, for all rules that do it.
    Harm(Harm),
}

/// A name that is neither a rule nor a kind of harm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    /// The name as written.
    pub name: String,
    /// The nearest known name, where one is near.
    pub suggestion: Option<String>,
}

impl fmt::Display for UnknownName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "unknown rule `{}`", self.name)?;
        match &self.suggestion {
            Some(near) => write!(formatter, "; did you mean `{near}`?"),
            None => write!(formatter, "; `forelock rules` lists them all"),
        }
    }
}

impl std::error::Error for UnknownName {}

impl Selector {
    /// Reads a name.
    ///
    /// # Errors
    /// When it is neither `all`, nor a rule, nor a kind of harm.
    pub fn parse(text: &str, rules: &RuleTable) -> Result<Self, UnknownName> {
        let name = text.trim();
        if name == "all" {
            return Ok(Selector::All);
        }
        if let Some(harm) = Harm::parse(name) {
            return Ok(Selector::Harm(harm));
        }
        if rules.rule(name).is_some() {
            return Ok(Selector::Rule(name.to_owned()));
        }
        let harms = Harm::ALL.iter().map(|harm| harm.name());
        let names = rules.rules.iter().map(|rule| rule.name.as_str()).chain(harms);
        Err(UnknownName {
            name: name.to_owned(),
            suggestion: nearest(name, names.chain(["all"])),
        })
    }

    /// How narrowly it speaks of a finding; `None` if it does not.
    fn matches(&self, rule: &str, harm: &[Harm]) -> Option<Breadth> {
        match self {
            Selector::All => Some(Breadth::All),
            Selector::Harm(kind) => harm.contains(kind).then_some(Breadth::Harm),
            Selector::Rule(name) => (name == rule).then_some(Breadth::Rule),
        }
    }
}

/// How much a selector speaks of, widest first: the narrowest decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Breadth {
    All,
    Harm,
    Rule,
}

/// What `select` and `ignore` say together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Empty: everything.
    pub select: Vec<Selector>,
    /// Taken away from that.
    pub ignore: Vec<Selector>,
}

impl Selection {
    /// Whether a finding of this rule is wanted. The narrower name wins: `select = ["drop-column"]` keeps that
    /// rule even with `ignore = ["breaks-running-code"]`; between equals `ignore` does.
    #[must_use]
    pub fn allows(&self, rule: &str, harm: &[Harm]) -> bool {
        let narrowest = |selectors: &[Selector]| {
            let breadths = selectors.iter().filter_map(|selector| selector.matches(rule, harm));
            breadths.max()
        };
        let selected = match self.select.as_slice() {
            [] => Some(Breadth::All),
            selectors => narrowest(selectors),
        };
        match (selected, narrowest(&self.ignore)) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(selected), Some(ignored)) => selected > ignored,
        }
    }
}

/// The known name that is nearest to what was written, if any is near.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    const NEAR: f64 = 0.75;
    let scored = known.into_iter().map(|name| (strsim::jaro_winkler(written, name), name));
    let near = scored.filter(|(score, _)| *score >= NEAR);
    let best = near.max_by(|(left, _), (right, _)| left.total_cmp(right));
    best.map(|(_, name)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Selection, Selector, nearest};
    use crate::finding::Harm;

    #[test]
    fn without_a_selection_everything_is_wanted() {
        assert!(Selection::default().allows("drop-column", &[Harm::BreaksRunningCode]));
    }

    #[test]
    fn the_narrower_name_wins() {
        let selection = Selection {
            select: vec![Selector::Rule("drop-column".to_owned())],
            ignore: vec![Selector::Harm(Harm::BreaksRunningCode)],
        };
        assert!(selection.allows("drop-column", &[Harm::BreaksRunningCode]));
        assert!(!selection.allows("rename-column", &[Harm::BreaksRunningCode]));
    }

    #[test]
    fn a_harm_stands_for_all_its_rules() {
        let selection = Selection {
            select: vec![Selector::Harm(Harm::BlocksWrites)],
            ignore: Vec::new(),
        };
        assert!(selection.allows("create-index-blocking-writes", &[Harm::BlocksWrites]));
        assert!(!selection.allows("drop-column", &[Harm::BreaksRunningCode]));
    }

    #[test]
    fn a_typing_error_finds_its_name() {
        assert_eq!(nearest("block-writes", ["blocks-writes", "fails"]).as_deref(), Some("blocks-writes"));
        assert_eq!(nearest("zzz", ["blocks-writes", "fails"]), None);
    }
}
