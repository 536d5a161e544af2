//! Suppression comments: `# forelock: ignore[rule] reason` at an operation, `# forelock: ignore-file[rule] reason`.
//!
//! A comment speaks for the operation on its line or, standing on a line of its own, for the one directly below.
//! One that suppresses nothing is a finding itself, so that comments do not outlive what they excuse.

mod comment;
mod complaint;
mod lines;

use std::collections::HashMap;
use std::path::Path;

use crate::finding::Finding;
use crate::migration::{Migration, MigrationKey, Ownership};
use crate::rules::RuleTable;
use crate::selection::Selector;
use crate::source::{Range, SourceFile};
use comment::{Directive, Misspelt, Names, Scope};
pub use complaint::{UNUSED, WITHOUT_REASON};
use lines::Lines;

/// The findings that no comment suppresses, and what is wrong with the comments themselves.
///
/// `migrations` are one project's, in the order of its history; so are the findings that come back.
#[must_use]
pub fn apply<'a>(
    mut findings: Vec<Finding>,
    migrations: impl IntoIterator<Item = &'a Migration>,
    rules: &RuleTable,
) -> Vec<Finding> {
    let mut files: Vec<File<'a>> = migrations
        .into_iter()
        .map(|migration| File::read(migration, rules))
        .collect();
    let paths = files.iter().map(|file| file.migration.source.path.as_path());
    let by_path: HashMap<&Path, usize> = paths.zip(0..).collect();
    findings.retain(|finding| {
        let file = by_path.get(finding.place.path.as_path());
        !file.is_some_and(|index| files[*index].suppresses(finding))
    });
    merged(findings, &files)
}

/// A migration with its suppression comments.
struct File<'a> {
    migration: &'a Migration,
    comments: Vec<Comment<'a>>,
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
    /// One per name, with what it means and whether it suppressed anything; a single one for "all".
    entries: Vec<Entry<'a>>,
}

struct Entry<'a> {
    selector: Result<Option<Selector>, Unknown<'a>>,
    used: bool,
}

struct Unknown<'a> {
    name: &'a str,
    suggestion: Option<String>,
}

impl<'a> File<'a> {
    /// The file's comments; a package's are not ours to judge.
    fn read(migration: &'a Migration, rules: &RuleTable) -> Self {
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

    /// Whether a comment covers this finding. All comments that do count as used.
    fn suppresses(&mut self, finding: &Finding) -> bool {
        if self.comments.is_empty() {
            return false;
        }
        let lines = Lines::of(finding, self.migration);
        let mut suppressed = false;
        for comment in &mut self.comments {
            let Ok(suppression) = &mut comment.meaning else {
                continue;
            };
            if suppression.directive.scope == Scope::File || lines.include(comment.line) {
                suppressed |= suppression.uses(finding);
            }
        }
        suppressed
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
        let entry = |selector| Entry { selector, used: false };
        let entries = match &directive.names {
            Names::All => vec![entry(Ok(None))],
            Names::Listed(names) => names
                .iter()
                .map(|name| match Selector::parse(name, rules) {
                    Ok(selector) => entry(Ok(Some(selector))),
                    Err(unknown) => entry(Err(Unknown {
                        name,
                        suggestion: unknown.suggestion,
                    })),
                })
                .collect(),
        };
        Self { directive, entries }
    }

    fn uses(&mut self, finding: &Finding) -> bool {
        let mut matched = false;
        for entry in &mut self.entries {
            let matches = match &entry.selector {
                Ok(None) => true,
                Ok(Some(selector)) => selector.matches(&finding.rule, &finding.harm),
                Err(_) => false,
            };
            entry.used |= matches;
            matched |= matches;
        }
        matched
    }
}

/// The findings with those about comments between them: behind what stands above them in the history.
fn merged(mut findings: Vec<Finding>, files: &[File<'_>]) -> Vec<Finding> {
    let keys = files.iter().map(|file| &file.migration.key);
    let ranks: HashMap<&MigrationKey, usize> = keys.zip(0..).collect();
    for (rank, file) in files.iter().enumerate() {
        // A squash beside its originals is never judged, so its comments, copied from them, have nothing to suppress.
        if file
            .migration
            .replaces
            .iter()
            .any(|original| ranks.contains_key(original))
        {
            continue;
        }
        let complaints = file.comments.iter().enumerate();
        for finding in complaints.filter_map(|(count, comment)| complaint::finding(file.migration, comment, count)) {
            let stands_above = |other: &Finding| {
                let other_rank = other.migration.as_ref().and_then(|key| ranks.get(key));
                other_rank.is_some_and(|other_rank| {
                    (*other_rank, other.place.range.start) <= (rank, finding.place.range.start)
                })
            };
            let index = findings.iter().rposition(stands_above).map_or(0, |index| index + 1);
            findings.insert(index, finding);
        }
    }
    findings
}
