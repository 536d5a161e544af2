//! Suppression comments: `# forelock: ignore[rule] reason` at an operation, `# forelock: ignore-file[rule] reason`.
//!
//! A comment speaks for the operation on its line or, standing on a line of its own, for the one directly below.
//! One that suppresses nothing is a finding itself, so that comments do not outlive what they excuse.

mod comment;
mod complaint;
mod lines;

use std::path::Path;

use rustc_hash::FxHashMap;

use crate::finding::Finding;
use crate::migration::{Migration, MigrationKey, Ownership};
use crate::rules::RuleTable;
use crate::selection::{Selector, UnknownName};
use crate::source::{Range, SourceFile};
use comment::{Directive, Misspelt, Names, Scope};
pub use complaint::{UNUSED, WITHOUT_REASON};
use lines::Lines;

/// The findings that no comment suppresses, and what is wrong with the comments themselves.
///
/// `migrations` are one project's, in the order of its history; so are the findings that come back.
#[must_use]
pub fn apply<'a>(
    findings: Vec<Finding>,
    migrations: impl IntoIterator<Item = &'a Migration>,
    rules: &RuleTable,
) -> Vec<Finding> {
    let mut files: Vec<File<'a>> = migrations
        .into_iter()
        .map(|migration| File::read(migration, rules))
        .collect();
    let speaking = files.iter().zip(0..).filter(|(file, _)| !file.comments.is_empty());
    let by_path: FxHashMap<&Path, usize> = speaking
        .map(|(file, index)| (file.migration.source.path.as_path(), index))
        .collect();
    let left = findings
        .into_iter()
        .filter_map(|finding| match by_path.get(finding.place.path.as_path()) {
            Some(index) => files[*index].left_of(finding),
            None => Some(finding),
        });
    let left = left.collect();
    merged(left, &files, rules)
}

/// Whether any comment of the migration speaks to forelock.
#[must_use]
pub fn speaks(migration: &Migration) -> bool {
    let mut comments = migration.comments.iter();
    comments.any(|range| comment::read(migration.source.slice(*range)).is_some())
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

    /// What no comment covers: of a finding that tells of several rules, the rest.
    fn left_of(&mut self, mut finding: Finding) -> Option<Finding> {
        if self.comments.is_empty() {
            return Some(finding);
        }
        if finding.apart.is_empty() {
            return (!self.suppresses(&finding)).then_some(finding);
        }
        let apart = std::mem::take(&mut finding.apart);
        let all = apart.len();
        let left: Vec<Finding> = apart.into_iter().filter(|one| !self.suppresses(one)).collect();
        if left.len() == all {
            finding.apart = left;
            return Some(finding);
        }
        together(left)
    }

    /// Whether a comment covers this finding. All comments that do count as used.
    fn suppresses(&mut self, finding: &Finding) -> bool {
        let lines = Lines::of(finding, self.migration);
        let mut is_suppressed = false;
        for comment in &mut self.comments {
            let Ok(suppression) = &mut comment.meaning else {
                continue;
            };
            if suppression.directive.scope == Scope::File || lines.include(comment.line) {
                is_suppressed |= suppression.uses(finding);
            }
        }
        is_suppressed
    }
}

/// One finding that tells of all these, the worst first.
fn together(apart: Vec<Finding>) -> Option<Finding> {
    let (worst, others) = apart.split_first()?;
    let mut finding = worst.clone();
    finding.also = others.iter().map(|other| other.rule.clone()).collect();
    finding
        .harm
        .extend(others.iter().flat_map(|other| &other.harm).copied());
    finding.harm.sort_unstable();
    finding.harm.dedup();
    if !others.is_empty() {
        finding.apart = apart;
    }
    Some(finding)
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
    fn uses(&mut self, finding: &Finding) -> bool {
        let mut is_matched = false;
        for entry in &mut self.entries {
            let matches = match &entry.meaning {
                Meaning::Everything => true,
                Meaning::Selected(selector) => selector.matches(&finding.rule, &finding.harm),
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

/// The findings with those about comments between them: behind what stands above them in the history.
fn merged(mut findings: Vec<Finding>, files: &[File<'_>], rules: &RuleTable) -> Vec<Finding> {
    let keys = files.iter().map(|file| &file.migration.key);
    let ranks: FxHashMap<&MigrationKey, usize> = keys.zip(0..).collect();
    let place = |finding: &Finding| {
        let rank = ranks.get(finding.migration.as_ref()?)?;
        Some((*rank, finding.place.range.start))
    };
    for complaint in complaints(files, &ranks, rules) {
        let above = findings
            .iter()
            .rposition(|other| place(other).is_some() && place(other) <= place(&complaint));
        findings.insert(above.map_or(0, |index| index + 1), complaint);
    }
    findings
}

fn complaints(files: &[File<'_>], ranks: &FxHashMap<&MigrationKey, usize>, rules: &RuleTable) -> Vec<Finding> {
    let mut complaints = Vec::new();
    for File { migration, comments } in files {
        // A squash beside its originals is never judged, so its comments, copied from them, have nothing to suppress.
        if migration.replaces.iter().any(|original| ranks.contains_key(original)) {
            continue;
        }
        let counted = comments.iter().enumerate();
        complaints.extend(counted.filter_map(|(count, comment)| complaint::finding(migration, comment, count, rules)));
    }
    complaints
}
