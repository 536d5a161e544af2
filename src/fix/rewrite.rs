//! What becomes of a migration: plain data.

use std::path::{Path, PathBuf};

use crate::finding::Finding;
use crate::migration::{Migration, MigrationKey};
use crate::plan::Locked;

use super::model::ModelChange;
use super::parts::Part;
use super::refusal::Refusal;

/// What becomes of a migration.
#[derive(Clone, Debug)]
pub struct Rewrite {
    /// Its file, as shown to people.
    pub path: PathBuf,
    /// App label and name.
    pub key: MigrationKey,
    /// The migration of its app that it depends on: to go back to.
    pub before: Option<String>,
    /// What was unsafe, and is not any more.
    pub cured: Vec<Unsafe>,
    /// What stays unsafe.
    pub remaining: Vec<Remaining>,
    /// Why nothing was done.
    pub refused: Vec<Refusal>,
    /// Its parts in the order in which they run, and commands.
    pub files: Vec<FileChange>,
    /// Lines of models that go with it.
    pub models: Vec<ModelChange>,
    /// What is to be known besides: what the next release does, and how the schema differs from the original's.
    pub notes: Vec<String>,
    /// The rules of all that is to be cured in the text that it was made from.
    pub(super) found: Vec<String>,
    /// The text that it was made from.
    pub original: String,
}

/// A finding that a plan cures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsafe {
    /// The rule.
    pub rule: String,
    /// The class of the operation.
    pub operation: String,
    /// What it does to whom.
    pub message: String,
    /// The relations that its worst statement locks, each with the mode.
    pub locks: Vec<Locked>,
}

/// A finding that no plan cures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remaining {
    /// The rule.
    pub rule: String,
    /// Why it stays.
    pub reason: String,
}

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// As shown to people.
    pub path: PathBuf,
    /// Whether it is a new one.
    pub is_new: bool,
    /// Its whole text.
    pub content: String,
    /// What it does, a few words each; empty where it has operations of the migration alone.
    pub does: Vec<String>,
    /// The relations that its planned steps lock.
    pub locks: Vec<Locked>,
    /// What kind of a file it is.
    pub kind: FileKind,
}

/// What a file is that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A migration, and whether it runs in a transaction.
    Migration {
        /// `atomic`
        is_atomic: bool,
    },
    /// A management command, to be run by hand: a migration stops until it has.
    Command,
    /// What makes a folder a package.
    Package,
}

impl Rewrite {
    pub(super) fn of(migration: &Migration) -> Self {
        let before = migration.dependencies.iter().find_map(|dependency| match dependency {
            crate::migration::Dependency::Migration(key) if key.app == migration.key.app => Some(key.name.clone()),
            _ => None,
        });
        Self {
            path: migration.source.path.clone(),
            key: migration.key.clone(),
            before,
            cured: Vec::new(),
            remaining: Vec::new(),
            refused: Vec::new(),
            files: Vec::new(),
            models: Vec::new(),
            notes: Vec::new(),
            found: Vec::new(),
            original: migration.source.text.clone(),
        }
    }

    /// Of a file that is no migration that was read.
    pub(super) fn of_file(finding: &Finding, left: Remaining) -> Self {
        let path = &finding.place.path;
        let part = |path: Option<&Path>| {
            path.and_then(Path::file_stem)
                .map(|name| name.to_string_lossy().into_owned())
        };
        let app = part(path.parent().and_then(Path::parent)).unwrap_or_default();
        let key = MigrationKey::new(app, part(Some(path)).unwrap_or_default());
        Self {
            path: path.clone(),
            key: finding.migration.clone().unwrap_or(key),
            before: None,
            cured: Vec::new(),
            remaining: vec![left],
            refused: vec![Refusal::NotAMigration],
            files: Vec::new(),
            models: Vec::new(),
            notes: Vec::new(),
            found: Vec::new(),
            original: String::new(),
        }
    }

    /// Nothing is written after all.
    pub fn refuse(&mut self, refusal: Refusal) {
        let reason = refusal.to_string();
        let cured = std::mem::take(&mut self.cured);
        let left = cured.into_iter().map(|one| Remaining {
            rule: one.rule,
            reason: reason.clone(),
        });
        self.remaining.extend(left);
        self.refused.push(refusal);
        self.give_up();
    }

    pub(super) fn give_up(&mut self) {
        self.cured.clear();
        self.files.clear();
        self.models.clear();
        self.notes.clear();
    }

    /// The files of models that it changes, with their texts.
    pub fn model_texts(&self) -> impl Iterator<Item = (&Path, &str)> {
        let changed = self.models.iter();
        changed.filter_map(|model| Some((model.path.as_path(), model.text.as_deref()?)))
    }

    /// What it comes to behind an earlier round.
    pub(super) fn follow(&mut self, first: Rewrite) {
        let new = self
            .remaining
            .iter()
            .find(|left| self.count(&left.rule) > first.found_beside_cured(&left.rule));
        let worse = new.map(|left| Refusal::StillUnsafe(format!("{}: {}", left.rule, left.reason)));
        if !self.refused.is_empty() {
            return;
        }
        if !self.is_written() {
            self.files = first.files;
        }
        let found = first.found;
        self.cured = [first.cured, std::mem::take(&mut self.cured)].concat();
        self.models = [first.models, std::mem::take(&mut self.models)].concat();
        self.notes = [first.notes, std::mem::take(&mut self.notes)].concat();
        self.original = first.original;
        if let Some(worse) = worse {
            self.remaining = found
                .iter()
                .map(|rule| Remaining {
                    rule: rule.clone(),
                    reason: worse.to_string(),
                })
                .collect();
            self.cured.clear();
            self.refuse(worse);
        }
    }

    /// How many findings of a rule stay.
    pub(super) fn count(&self, rule: &str) -> usize {
        self.remaining.iter().filter(|left| left.rule == rule).count()
    }

    /// How many of a rule there were that this round has not cured.
    fn found_beside_cured(&self, rule: &str) -> usize {
        let found = self.found.iter().filter(|found| *found == rule).count();
        let cured = self.cured.iter().filter(|cured| cured.rule == rule).count();
        found.saturating_sub(cured)
    }

    /// The migration that a file of it is; none of what is no migration.
    #[must_use]
    pub fn part_key(&self, file: &FileChange) -> Option<MigrationKey> {
        match file.kind {
            FileKind::Migration { .. } => {
                let name = file.path.file_stem()?.to_string_lossy();
                Some(MigrationKey::new(&self.key.app, name))
            }
            FileKind::Command | FileKind::Package => None,
        }
    }

    /// Whether it changes anything.
    #[must_use]
    pub fn is_written(&self) -> bool {
        !self.files.is_empty()
    }
}

impl Unsafe {
    pub(super) fn of(finding: &Finding) -> Self {
        let locks = finding.locks.iter().filter_map(|lock| {
            Some(Locked {
                relation: lock.relation.clone(),
                mode: lock.strongest()?,
            })
        });
        Self {
            rule: finding.rule.clone(),
            operation: finding
                .operation
                .as_ref()
                .map(|place| place.class.clone())
                .unwrap_or_default(),
            message: finding.message.clone(),
            locks: locks.collect(),
        }
    }
}

impl FileChange {
    pub(super) fn of(part: &Part, path: PathBuf, is_new: bool, content: String) -> Self {
        Self {
            path,
            is_new,
            content,
            does: part.does.clone(),
            locks: part.locks.clone(),
            kind: FileKind::Migration {
                is_atomic: part.is_atomic,
            },
        }
    }

    pub(super) fn end_lines_as_windows(&mut self) {
        self.content = self.content.replace("\r\n", "\n").replace('\n', "\r\n");
    }

    pub(super) fn beside(path: PathBuf, content: String, kind: FileKind) -> Self {
        Self {
            path,
            is_new: true,
            content,
            does: Vec::new(),
            locks: Vec::new(),
            kind,
        }
    }
}
