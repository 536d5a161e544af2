//! What is wrong with a suppression comment itself, as a finding.

use super::comment::Misspelt;
use super::{Comment, Entry};
use crate::finding::{Finding, Place, Severity, Work};
use crate::fingerprint::{Identity, fingerprint};
use crate::migration::Migration;
use crate::selection::Selector;

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
    severity: Severity,
    message: String,
    help: &'static str,
}

/// The finding about this comment, the `count`th of its migration; `None` where it does its work and says why.
pub(super) fn finding(migration: &Migration, comment: &Comment<'_>, count: usize) -> Option<Finding> {
    let Complaint {
        rule,
        severity,
        message,
        help,
    } = complaint(comment)?;
    let key = &migration.key;
    Some(Finding {
        rule: rule.to_owned(),
        matrix_row: None,
        severity,
        harm: Vec::new(),
        also: Vec::new(),
        message,
        help: help.to_owned(),
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
            rule,
            count,
        }),
    })
}

fn complaint(comment: &Comment<'_>) -> Option<Complaint> {
    let suppression = match &comment.meaning {
        Err(misspelt) => return Some(unused(said_of(*misspelt).to_owned(), SPELLING)),
        Ok(suppression) => suppression,
    };
    let unknown: Vec<String> = suppression.entries.iter().filter_map(said_of_unknown).collect();
    if !unknown.is_empty() {
        let message = format!("names {}, which suppresses nothing", unknown.join(" and "));
        return Some(unused(message, "`forelock rules` lists all names"));
    }
    let idle: Vec<String> = suppression.entries.iter().filter_map(said_of_unused).collect();
    if !idle.is_empty() {
        let message = format!("suppresses nothing: there is no finding {} here", idle.join(" or "));
        return Some(unused(message, "remove it"));
    }
    suppression.directive.reason.is_empty().then(|| Complaint {
        rule: WITHOUT_REASON,
        severity: Severity::Info,
        message: "suppresses findings without saying why".to_owned(),
        help: "write the reason behind it, for whoever reads the migration next",
    })
}

fn unused(message: String, help: &'static str) -> Complaint {
    Complaint {
        rule: UNUSED,
        severity: Severity::Warning,
        message,
        help,
    }
}

fn said_of(misspelt: Misspelt) -> &'static str {
    match misspelt {
        Misspelt::Word => "speaks to forelock, but says neither `ignore` nor `ignore-file`: it suppresses nothing",
        Misspelt::Brackets => "has brackets without a rule's name between them: it suppresses nothing",
    }
}

fn said_of_unknown(entry: &Entry<'_>) -> Option<String> {
    let unknown = entry.selector.as_ref().err()?;
    let suggestion = unknown.suggestion.as_ref();
    let suggestion = suggestion.map(|name| format!(" (did you mean `{name}`?)"));
    Some(format!(
        "an unknown rule `{}`{}",
        unknown.name,
        suggestion.unwrap_or_default()
    ))
}

fn said_of_unused(entry: &Entry<'_>) -> Option<String> {
    if entry.used {
        return None;
    }
    match &entry.selector {
        Ok(None) => Some("at all".to_owned()),
        Ok(Some(Selector::Rule(name))) => Some(format!("of rule `{name}`")),
        Ok(Some(Selector::Harm(harm))) => Some(format!("with harm `{}`", harm.name())),
        Err(_) => None,
    }
}
