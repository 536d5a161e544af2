//! What commands over projects have in common: paths to projects, and a line of progress meanwhile.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use super::{CommandError, Surroundings};
use crate::cli::{Output, Versions};
use crate::config::{self, ConfigError};
use crate::files::Files;
use crate::progress::{Progress, Stage};
use crate::project::{self, ConfigurationChoice, LoadError, Loaded, Project, Request, root};
use crate::rules::RuleTable;

/// What was asked for on the command line.
pub(super) struct Asked<'a> {
    pub(super) paths: &'a [PathBuf],
    pub(super) files: &'a Files,
    pub(super) versions: &'a Versions,
    pub(super) output: &'a Output,
}

impl Asked<'_> {
    /// Loads the projects and does something with each.
    pub(super) fn for_each_project<T>(
        &self,
        rules: &RuleTable,
        surroundings: &Surroundings,
        judge: impl Fn(&Project, &Request<'_>) -> T,
    ) -> Result<(ManuallyDrop<Loaded>, Vec<T>), CommandError> {
        let progress = Progress::default();
        let request = Request {
            working_folder: &surroundings.working_folder,
            paths: self.paths,
            files: self.files,
            configuration: self.configuration(rules, &surroundings.working_folder)?,
            django: self.versions.django_version,
            postgres: self.versions.postgres_version,
            python: self.versions.python.as_deref(),
            virtual_env: surroundings.virtual_env.as_deref(),
            progress: &progress,
        };
        let work = || -> Result<_, LoadError> {
            let mut judged = Vec::new();
            let loaded = project::load(&request, rules, &mut |project| {
                progress.begin(Stage::Judging, 0);
                judged.push(judge(project, &request));
            })?;
            Ok((loaded, judged))
        };
        let (loaded, judged) = progress.while_doing(surroundings.progress(self.output), work)?;
        // The program ends soon, and with it all of this; to take it apart first costs time.
        Ok((ManuallyDrop::new(loaded), judged))
    }

    /// The configuration that `--config` names, else the nearest one of each path.
    fn configuration(&self, rules: &RuleTable, folder: &Path) -> Result<ConfigurationChoice, ConfigError> {
        let Some(path) = &self.versions.config else {
            return Ok(ConfigurationChoice::Nearest);
        };
        let configuration = config::load(&root::absolute(self.files, folder, path), self.files, rules);
        let configuration = configuration.map_err(|error| error.with_path(|path| root::shown(folder, path)))?;
        Ok(ConfigurationChoice::Given(configuration.into()))
    }
}
