//! Where migrations stand: in the base that a branch began at, and in the release that runs. Plain data.

use std::path::PathBuf;

use rustc_hash::FxHashSet;

use crate::migration::{Migration, MigrationKey};

/// Where the migrations of a project stand.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// What the branch began with; without it nobody knows what is new.
    pub base: Option<Evidence>,
    /// What the running release has, if somebody has said so: all of these have to agree. Else the base is taken for it.
    pub deployed: Vec<Evidence>,
    /// What the branch has done to migrations of the base.
    pub edits: Vec<Edit>,
}

/// Migrations that are somewhere, and where that is.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Where they are.
    pub source: Source,
    /// The migrations, those that a squash among them replaces included.
    pub has: FxHashSet<MigrationKey>,
    /// Names of files that are there and cannot be read; of which app is not always known.
    pub unreadable: FxHashSet<String>,
}

/// What tells which migrations there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The commit that a branch has in common with this reference.
    Base {
        /// As the user named it.
        reference: String,
        /// Abbreviated.
        commit: String,
    },
    /// The commit that is deployed.
    Release {
        /// As the user named it, or the tag that was found.
        reference: String,
        /// Abbreviated.
        commit: String,
    },
    /// What a database has applied.
    Applied {
        /// The file that says so, as shown to people.
        file: String,
        /// How long ago it was asked.
        age: String,
    },
}

/// Where one migration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Nobody has said what is deployed, nor what a branch began with.
    Unknown,
    /// The running release has it.
    Deployed,
    /// It is in the base, and the running release lacks it.
    Landed,
    /// It is newer than both.
    New,
}

/// Whether databases run a squash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SquashStand {
    /// Nobody can say.
    Unknown,
    /// They have run all that it replaces, or itself: they record it and run nothing.
    AllRun,
    /// They have run a part of what it replaces.
    SomeRun {
        /// Where.
        source: Source,
        /// What was run.
        run: Vec<MigrationKey>,
        /// What was not.
        missing: Vec<MigrationKey>,
    },
    /// They have run none of it, so that it runs in full.
    NoneRun,
}

/// A column or a table that a migration has taken out of the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenUp {
    /// That migration.
    pub by: String,
    /// Where it stands.
    pub stand: Stand,
    /// What that comes to, for advice or a message.
    pub words: String,
}

/// What became of a migration that had landed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The migration.
    pub key: MigrationKey,
    /// What became of it.
    pub kind: EditKind,
}

/// What can become of a migration that has landed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditKind {
    /// It does something else.
    Changed,
    /// Its text is the same, and what it imports is another.
    ChangedByImport,
    /// Its file is gone.
    Deleted {
        /// Where it was, as shown to people.
        path: PathBuf,
    },
    /// It has another name.
    Renamed {
        /// Where it was, as shown to people.
        path: PathBuf,
        /// Its name now.
        to: MigrationKey,
    },
    /// It went with its whole app.
    AppDeleted {
        /// Where its last migration was, as shown to people.
        path: PathBuf,
        /// How many migrations the app had.
        count: usize,
    },
}

impl GivenUp {
    /// Whether the running release uses it still.
    #[must_use]
    pub fn is_used(&self) -> bool {
        match self.stand {
            Stand::Unknown | Stand::Deployed => false,
            Stand::Landed | Stand::New => true,
        }
    }
}

impl Evidence {
    /// Whether this migration is there.
    #[must_use]
    pub fn has(&self, key: &MigrationKey) -> bool {
        self.has.contains(key) || self.unreadable.contains(&key.name)
    }

    fn squash(&self, squash: &Migration) -> SquashStand {
        let (run, missing): (Vec<_>, Vec<_>) = squash.replaces.iter().cloned().partition(|key| self.has(key));
        if self.has(&squash.key) || missing.is_empty() {
            SquashStand::AllRun
        } else if run.is_empty() {
            SquashStand::NoneRun
        } else {
            SquashStand::SomeRun {
                source: self.source.clone(),
                run,
                missing,
            }
        }
    }
}

impl Source {
    /// As a noun: `main` at abc1234567, production.json.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Source::Base { reference, commit } | Source::Release { reference, commit } => {
                format!("`{reference}` at {commit}")
            }
            Source::Applied { file, .. } => file.clone(),
        }
    }

    /// What is true of `key` if it is there.
    fn has_it(&self, key: &str) -> String {
        match self {
            Source::Base { .. } => format!("if {} is deployed everywhere", self.name()),
            Source::Release { .. } => format!("{key} is in {}", self.name()),
            Source::Applied { file, age } => format!("{key} is applied in {file} ({age})"),
        }
    }

    /// What is true of a migration that is not there.
    fn lacks_it(&self) -> String {
        match self {
            Source::Base { .. } | Source::Release { .. } => format!("is not in {}", self.name()),
            Source::Applied { file, age } => format!("is not applied in {file} ({age})"),
        }
    }
}

impl Standing {
    /// What tells which migrations the running release has.
    fn running(&self) -> Vec<&Evidence> {
        if self.deployed.is_empty() {
            self.base.iter().collect()
        } else {
            self.deployed.iter().collect()
        }
    }

    /// Where a migration stands.
    #[must_use]
    pub fn of(&self, key: &MigrationKey) -> Stand {
        let running = self.running();
        if running.is_empty() {
            Stand::Unknown
        } else if running.iter().all(|evidence| evidence.has(key)) {
            Stand::Deployed
        } else if self.base.as_ref().is_some_and(|base| base.has(key)) {
            Stand::Landed
        } else {
            Stand::New
        }
    }

    /// Whether no database in use has run a migration, so that what it creates has no rows.
    #[must_use]
    pub fn is_unreleased(&self, migration: &Migration) -> bool {
        let of_originals = || self.squash(migration) == SquashStand::AllRun;
        match self.of(&migration.key) {
            Stand::Unknown | Stand::Deployed => false,
            Stand::Landed | Stand::New => migration.replaces.is_empty() || !of_originals(),
        }
    }

    /// Whether databases run a squash: each is asked on its own.
    #[must_use]
    pub fn squash(&self, squash: &Migration) -> SquashStand {
        let mut answer = SquashStand::Unknown;
        for evidence in self.running() {
            match (evidence.squash(squash), &answer) {
                (some @ SquashStand::SomeRun { .. }, _) => return some,
                (SquashStand::NoneRun, _) => answer = SquashStand::NoneRun,
                (SquashStand::AllRun, SquashStand::Unknown) => answer = SquashStand::AllRun,
                (SquashStand::AllRun | SquashStand::Unknown, _) => {}
            }
        }
        answer
    }

    /// What it comes to that a migration takes something out of the state.
    #[must_use]
    pub fn given_up(&self, key: &MigrationKey) -> GivenUp {
        let (by, stand) = (key.to_string(), self.of(key));
        let words = match stand {
            Stand::Unknown => format!("make sure that the release with {by} is deployed everywhere before this runs"),
            Stand::Deployed => self.is_deployed(&by),
            Stand::Landed => {
                let lacking = self.running().into_iter().filter(|evidence| !evidence.has(key));
                lacking
                    .map(|evidence| evidence.source.lacks_it())
                    .collect::<Vec<_>>()
                    .join(" and ")
            }
            Stand::New => String::new(),
        };
        GivenUp { by, stand, words }
    }

    fn is_deployed(&self, by: &str) -> String {
        let running = self.running();
        let words: Vec<String> = running.iter().map(|evidence| evidence.source.has_it(by)).collect();
        let words = words.join(" and ");
        let is_applied = |evidence: &&Evidence| matches!(evidence.source, Source::Applied { .. });
        if self.deployed.is_empty() {
            format!("nothing, {words}")
        } else if running.iter().any(is_applied) {
            format!("nothing, if that release's code runs everywhere: {words}")
        } else {
            format!("nothing: {words}")
        }
    }
}
