//! Suppression comments: `# forelock: ignore[rule] reason` at an operation, `# forelock: ignore-file[rule] reason`.
//!
//! A comment speaks for the operation on its line or, standing on a line of its own, for the one directly below.
//! One that suppresses nothing is a finding itself, so that comments do not outlive what they excuse.

mod comment;
mod complaint;
mod lines;

use crate::finding::Harm;
use crate::migration::{Migration, OperationPath, Ownership};
use crate::rules::RuleTable;
use crate::selection::{Selector, UnknownName};
use crate::source::{Range, SourceFile};
use comment::{Directive, Misspelt, Names, Scope};
pub use complaint::{Complaint, UNUSED, WITHOUT_REASON};
use lines::Lines;

/// The suppression comments of a migration.
pub struct Comments<'a> {
    migration: &'a Migration,
    comments: Vec<Comment<'a>>,
}

/// What a hit is about, as far as comments care.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The innermost operation.
    pub operation: Option<&'a OperationPath>,
    /// A place of its own in the migration: a literal that SQL is written in, or what is said of no operation.
    pub written: Option<Range>,
}

/// A comment that speaks to forelock.
struct Comment<'a> {
    range: Range,
    /// The line that it speaks for.
    line: u32,
    meaning: Result<Suppression<'a>, Misspelt>,
}

/// What a well-formed comment suppresses.
struct Suppression<'a> {
    directive: Directive<'a>,
    /// One per name, with what it means and whether it suppressed anything.
    entries: Vec<Entry>,
}

/// One name of a suppression, or its silence about names.
struct Entry {
    meaning: Meaning,
    is_used: bool,
}

enum Meaning {
    /// No brackets.
    Everything,
    Selected(Selector),
    Unknown(UnknownName),
}

impl<'a> Comments<'a> {
    /// The file's comments; a package's are not ours to judge.
    #[must_use]
    pub fn of(migration: &'a Migration, rules: &RuleTable) -> Self {
        let comments = match migration.ownership {
            Ownership::Project => migration.comments.as_slice(),
            Ownership::Package => &[],
        };
        let comments = comments
            .iter()
            .filter_map(|range| Comment::read(&migration.source, *range, rules));
        Self {
            migration,
            comments: comments.collect(),
        }
    }

    /// Whether a comment covers a hit of this rule. All comments that do count as used.
    pub fn excuse(&mut self, rule: &str, harm: &[Harm], site: &Site<'_>) -> bool {
        if self.comments.is_empty() {
            return false;
        }
        let lines = Lines::of(site, self.migration);
        let mut is_excused = false;
        for comment in &mut self.comments {
            let Ok(suppression) = &mut comment.meaning else {
                continue;
            };
            if suppression.directive.scope == Scope::File || lines.include(comment.line) {
                is_excused |= suppression.uses(rule, harm);
            }
        }
        is_excused
    }

    /// What is wrong with the comments themselves, once all hits have been asked about.
    #[must_use]
    pub fn complaints(&self) -> Vec<Complaint<'_>> {
        let source = &self.migration.source;
        let comments = self.comments.iter();
        comments
            .filter_map(|comment| complaint::about(source, comment))
            .collect()
    }
}

impl<'a> Comment<'a> {
    fn read(source: &'a SourceFile, range: Range, rules: &RuleTable) -> Option<Self> {
        let meaning = comment::read(source.slice(range))?;
        Some(Self {
            range,
            line: lines::spoken_for(source, range),
            meaning: meaning.map(|directive| Suppression::new(directive, rules)),
        })
    }
}

impl<'a> Suppression<'a> {
    fn new(directive: Directive<'a>, rules: &RuleTable) -> Self {
        let meanings = match &directive.names {
            Names::All => vec![Meaning::Everything],
            Names::Listed(names) => names.iter().map(|name| Meaning::of(name, rules)).collect(),
        };
        let entries = meanings.into_iter().map(|meaning| Entry {
            meaning,
            is_used: false,
        });
        Self {
            entries: entries.collect(),
            directive,
        }
    }

    /// Whether it covers the finding. All its names that do count as used.
    fn uses(&mut self, rule: &str, harm: &[Harm]) -> bool {
        let mut is_matched = false;
        for entry in &mut self.entries {
            let matches = match &entry.meaning {
                Meaning::Everything => true,
                Meaning::Selected(selector) => selector.matches(rule, harm),
                Meaning::Unknown(_) => false,
            };
            entry.is_used |= matches;
            is_matched |= matches;
        }
        is_matched
    }
}

impl Meaning {
    fn of(name: &str, rules: &RuleTable) -> Self {
        match Selector::parse(name, rules) {
            Ok(selector) => Meaning::Selected(selector),
            Err(unknown) => Meaning::Unknown(unknown),
        }
    }
}
