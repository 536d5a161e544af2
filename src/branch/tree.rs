//! A project as a commit has it: its tree goes through the same loader as the files on disk.

use std::path::PathBuf;

use rustc_hash::FxHashSet;

use super::BranchError;
use super::git::Repository;
use crate::files::Files;
use crate::migration::{MigrationKey, Ownership};
use crate::project::{self, ConfigurationChoice, LoadError, Project, Request};
use crate::rules::RuleTable;
use crate::standing::{Evidence, Source};

/// What a commit is looked up for.
pub(super) struct Lookup<'a> {
    pub(super) repository: &'a Repository<'a>,
    pub(super) request: &'a Request<'a>,
    pub(super) rules: &'a RuleTable,
    /// The project on disk.
    pub(super) project: &'a Project,
}

impl Lookup<'_> {
    /// What `look` sees in the project as the commit has it; `None` if that has no such project.
    ///
    /// It is the one in the same folder, or, should the folder have moved, the one that shares most migrations with it.
    pub(super) fn see<T>(&self, commit: &str, look: &dyn Fn(&Project) -> T) -> Result<Option<T>, BranchError> {
        let folder = self.project.absolute(&self.project.root);
        let files = Files::of_commit(&folder, commit)?;
        let keys: FxHashSet<&MigrationKey> = own_keys(self.project).collect();
        let mut best: Option<(usize, T)> = None;
        for path in [folder, self.repository.top()?] {
            self.load(commit, &files, path, &mut |found| {
                let shared = own_keys(found).filter(|key| keys.contains(key)).count();
                let is_better = shared > best.as_ref().map_or(0, |(most, _)| *most);
                if is_better || best.is_none() && found.root == self.project.root {
                    best = Some((shared, look(found)));
                }
            })?;
            if let Some(error) = files.refusal() {
                return Err(BranchError::Tree {
                    commit: super::short(commit),
                    reason: error,
                    help: self.repository.how_to_complete(commit),
                });
            }
            if best.is_some() {
                break;
            }
        }
        Ok(best.map(|(_, seen)| seen))
    }

    fn load(
        &self,
        commit: &str,
        files: &Files,
        path: PathBuf,
        visit: &mut dyn FnMut(&Project),
    ) -> Result<(), BranchError> {
        let paths = [path];
        let mut request = Request {
            paths: &paths,
            files,
            configuration: ConfigurationChoice::Given(self.project.configuration.clone()),
            django: Some(self.project.settings.django),
            ..self.request.clone()
        };
        let mut loaded = project::load(&request, self.rules, visit);
        if let Err(LoadError::NoSettings { .. }) = loaded {
            // The branch gave the settings another name.
            request.configuration = ConfigurationChoice::Nearest;
            loaded = project::load(&request, self.rules, visit);
        }
        match loaded {
            Ok(_) | Err(LoadError::NoMigrations { .. } | LoadError::NoSuchPath { .. }) => Ok(()),
            Err(error) => Err(BranchError::Tree {
                commit: super::short(commit),
                reason: error.to_string(),
                help: "name another commit".to_owned(),
            }),
        }
    }
}

/// App labels and names of a project's own migrations.
pub(super) fn own_keys(project: &Project) -> impl Iterator<Item = &MigrationKey> {
    let own = project.migrations.iter();
    let own = own.filter(|migration| migration.ownership == Ownership::Project);
    own.map(|migration| &migration.key)
}

/// The migrations of a project, with those that its squashes replace.
pub(super) fn evidence(project: &Project, source: Source) -> Evidence {
    let mut has: FxHashSet<MigrationKey> = project
        .migrations
        .iter()
        .map(|migration| migration.key.clone())
        .collect();
    let replaced = project.migrations.iter().flat_map(|migration| &migration.replaces);
    has.extend(replaced.cloned());
    let names = project.problems.iter().filter_map(|problem| problem.path.file_stem());
    let unreadable = names.map(|name| name.to_string_lossy().into_owned()).collect();
    Evidence {
        source,
        has,
        unreadable,
    }
}
