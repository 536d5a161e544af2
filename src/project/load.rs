//! Paths to projects: each root is searched once, divided, and read as far as it was asked for.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::{LoadError, Loaded, Project, Request, Target, division, reading, root};
use crate::discover::{self, Search};
use crate::rules::RuleTable;

/// Finds the projects that the paths lie in, reads their settings and migrations, and hands each to `visit`.
///
/// Only one project at a time has its migrations in memory: what comes back has none but the last.
///
/// # Errors
/// When a path does not exist or has no migration, or the configuration is wrong.
pub fn load(request: &Request<'_>, rules: &RuleTable, visit: &mut dyn FnMut(&Project)) -> Result<Loaded, LoadError> {
    let mut loaded = Loaded::default();
    for target in root::targets(request, rules)? {
        load_target(request, target, &mut loaded, visit)?;
    }
    Ok(loaded)
}

fn load_target(
    request: &Request<'_>,
    mut target: Target,
    loaded: &mut Loaded,
    visit: &mut dyn FnMut(&Project),
) -> Result<(), LoadError> {
    // A hook passes every changed file; most of them need no look at the project.
    let (aside, named) = std::mem::take(&mut target.named)
        .into_par_iter()
        .partition(|path| discover::is_beside_the_point(path, request.files));
    target.named = named;
    pass_over(request, &target, aside, loaded);
    if target.named.is_empty() {
        return Ok(());
    }
    let mut found = discover::discover(&Search {
        root: &target.root,
        named: &target.named,
        files: request.files,
        configuration: &target.configuration,
        progress: request.progress,
    });
    let python_files = std::mem::take(&mut found.python_files);
    let links_out = found
        .links_out
        .iter()
        .map(|link| root::shown(request.working_folder, link));
    loaded.links_out.extend(links_out);
    let mut divisions = division::divide(request, &target, found)?;
    let mut files = FxHashSet::default();
    for index in 0..divisions.len() {
        if divisions[index].holds_any_of(&target.named) {
            if let Some(previous) = loaded.projects.last_mut() {
                previous.migrations = Vec::new();
            }
            let project = reading::read(request, &target, &mut divisions, index);
            files.extend(project.files());
            visit(&project);
            loaded.projects.push(project);
        }
    }
    explain_rest(request, &target, &python_files, &files, loaded)
}

/// Notes files that hold no migration.
fn pass_over(request: &Request<'_>, target: &Target, files: Vec<PathBuf>, loaded: &mut Loaded) {
    for file in files {
        let shown = root::shown(request.working_folder, &file);
        if target.configuration.excludes(&file) {
            loaded.excluded.push(shown);
        } else {
            loaded.passed_over.push(shown);
        }
    }
}

/// Says of each path that holds no migration what is the matter with it.
fn explain_rest(
    request: &Request<'_>,
    target: &Target,
    python_files: &BTreeMap<PathBuf, usize>,
    files: &FxHashSet<PathBuf>,
    loaded: &mut Loaded,
) -> Result<(), LoadError> {
    let mut rest = Vec::new();
    for named in &target.named {
        match python_files.get(named) {
            None if !files.contains(named) => rest.push(named.clone()),
            Some(python_files) if !files.iter().any(|file| file.starts_with(named)) => {
                return Err(LoadError::NoMigrations {
                    path: root::shown(request.working_folder, named),
                    python_files: *python_files,
                    is_excluded: target.configuration.excludes(named),
                    link_out: loaded.links_out.first().cloned(),
                });
            }
            None | Some(_) => {}
        }
    }
    pass_over(request, target, rest, loaded);
    Ok(())
}

impl Loaded {
    /// What to say about paths that belong to no project.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        notes.extend(about(&self.excluded, "file", "excluded by the configuration"));
        notes.extend(about(&self.passed_over, "file", "no migration, nothing to judge"));
        let out = "leads out of the project and is not followed; name it to have the migrations behind it judged";
        notes.extend(about(&self.links_out, "link", out));
        notes
    }
}

/// One note about files or links that have something in common.
fn about(files: &[PathBuf], noun: &str, what: &str) -> Option<String> {
    let (first, others) = files.split_first()?;
    let others = match others.len() {
        0 => String::new(),
        1 => format!(" and 1 other {noun}"),
        count => format!(" and {count} other {noun}s"),
    };
    Some(format!("{}{others}: {what}", first.display()))
}

impl Project {
    /// Its migrations and the files that could not be read as such, on disk.
    fn files(&self) -> impl Iterator<Item = PathBuf> {
        let migrations = self.migrations.iter().map(|migration| &migration.source.path);
        let problems = self.problems.iter().map(|problem| &problem.path);
        migrations.chain(problems).map(|path| self.absolute(path))
    }
}
