//! What is wrong with a suppression comment itself.

use super::comment::Misspelt;
use super::{Comment, Entry, Meaning};
use crate::selection::{Selector, UnknownName};
use crate::source::{Range, SourceFile};

/// The rule of a comment that suppresses nothing.
pub const UNUSED: &str = "unused-suppression";

/// The rule of a comment that does not say why.
pub const WITHOUT_REASON: &str = "suppression-without-reason";

/// What to write instead of something that cannot be understood.
const SPELLING: &str = "write it as `# forelock: ignore[rule] reason` at the operation, or \
     `# forelock: ignore-file[rule] reason` for the whole file";

/// What is wrong with a comment.
#[derive(Debug)]
pub struct Complaint<'a> {
    /// The rule that says so.
    pub rule: &'static str,
    /// Where the comment stands.
    pub range: Range,
    /// The comment as written.
    pub words: &'a str,
    /// Fills `{reason}` in the rule's message.
    pub reason: String,
    /// Better advice than the rule's.
    pub help: Option<&'static str>,
}

/// What is wrong in a comment, before it is known where.
struct Fault {
    rule: &'static str,
    reason: String,
    help: Option<&'static str>,
}

/// What is wrong with this comment; `None` where it does its work and says why.
pub(super) fn about<'a>(source: &'a SourceFile, comment: &Comment<'_>) -> Option<Complaint<'a>> {
    let Fault { rule, reason, help } = fault(comment)?;
    Some(Complaint {
        rule,
        range: comment.range,
        words: source.slice(comment.range),
        reason,
        help,
    })
}

fn fault(comment: &Comment<'_>) -> Option<Fault> {
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
    suppression.directive.reason.is_empty().then(|| Fault {
        rule: WITHOUT_REASON,
        reason: String::new(),
        help: None,
    })
}

fn unused(reason: String, help: Option<&'static str>) -> Fault {
    Fault {
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
