//! What is wrong with a suppression comment itself, as a finding.

use super::comment::Misspelt;
use super::{Comment, Entry, Meaning};
use crate::finding::{Finding, Place, Work};
use crate::fingerprint::{Identity, fingerprint};
use crate::migration::Migration;
use crate::rules::RuleTable;
use crate::selection::{Selector, UnknownName};

/// The rule of a comment that suppresses nothing.
pub const UNUSED: &str = "unused-suppression";

/// The rule of a comment that does not say why.
pub const WITHOUT_REASON: &str = "suppression-without-reason";

/// What to write instead of something that cannot be understood.
const SPELLING: &str = "write it as `# forelock: ignore[rule] reason` at the operation, or \
     `# forelock: ignore-file[rule] reason` for the whole file";

/// What is said of a comment.
struct Complaint {
    rule: &'static str,
    /// Fills `{reason}` in the rule's message.
    reason: String,
    /// Better advice than the rule's.
    help: Option<&'static str>,
}

/// The finding about this comment, the `count`th of its migration; `None` where it does its work and says why.
pub(super) fn finding(
    migration: &Migration,
    comment: &Comment<'_>,
    count: usize,
    rules: &RuleTable,
) -> Option<Finding> {
    let complaint = complaint(comment)?;
    let rule = rules.rule(complaint.rule)?;
    let key = &migration.key;
    Some(Finding {
        rule: rule.name.clone(),
        matrix_row: None,
        severity: rule.severity,
        harm: rule.harm.clone(),
        also: Vec::new(),
        apart: Vec::new(),
        message: rule.message.replace("{reason}", &complaint.reason),
        help: complaint.help.unwrap_or(rule.help_for("default")).to_owned(),
        place: Place {
            path: migration.source.path.clone(),
            source: Some(migration.source.clone()),
            range: comment.range,
        },
        migration: Some(key.clone()),
        operation: None,
        statement: None,
        locks: Vec::new(),
        work: Work::None,
        fingerprint: fingerprint(&Identity {
            migration: Some(key),
            class: "",
            target: "",
            rule: &rule.name,
            count,
        }),
    })
}

fn complaint(comment: &Comment<'_>) -> Option<Complaint> {
    let suppression = match &comment.meaning {
        Err(misspelt) => return Some(unused(said_of(*misspelt).to_owned(), Some(SPELLING))),
        Ok(suppression) => suppression,
    };
    let unknown: Vec<String> = suppression.entries.iter().filter_map(said_of_unknown).collect();
    if !unknown.is_empty() {
        return Some(unused(unknown.join("; "), Some("`forelock rules` lists all names")));
    }
    let idle: Vec<String> = suppression.entries.iter().filter_map(said_of_unused).collect();
    if !idle.is_empty() {
        return Some(unused(format!("there is no finding {} here", idle.join(" or ")), None));
    }
    suppression.directive.reason.is_empty().then(|| Complaint {
        rule: WITHOUT_REASON,
        reason: String::new(),
        help: None,
    })
}

fn unused(reason: String, help: Option<&'static str>) -> Complaint {
    Complaint {
        rule: UNUSED,
        reason,
        help,
    }
}

fn said_of(misspelt: Misspelt) -> &'static str {
    match misspelt {
        Misspelt::Word => "it says neither `ignore` nor `ignore-file`",
        Misspelt::Brackets => "there is no rule's name between its brackets",
    }
}

fn said_of_unknown(entry: &Entry) -> Option<String> {
    let Meaning::Unknown(UnknownName { name, suggestion }) = &entry.meaning else {
        return None;
    };
    let suggestion = suggestion.as_ref().map(|name| format!(", did you mean `{name}`?"));
    Some(format!(
        "there is no rule called `{name}`{}",
        suggestion.unwrap_or_default()
    ))
}

fn said_of_unused(entry: &Entry) -> Option<String> {
    if entry.is_used {
        return None;
    }
    match &entry.meaning {
        Meaning::Everything => Some("at all".to_owned()),
        Meaning::Selected(Selector::Rule(name)) => Some(format!("of rule `{name}`")),
        Meaning::Selected(Selector::Harm(harm)) => Some(format!("with harm `{}`", harm.name())),
        Meaning::Unknown(_) => None,
    }
}
