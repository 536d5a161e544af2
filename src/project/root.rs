//! Where a project begins: the nearest manage.py, else the configuration's folder, else `.git`, else the path given.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::{LoadError, Request};
use crate::config::{self, Configuration};
use crate::discover;
use crate::files::{Files, Kind};
use crate::rules::RuleTable;

/// A folder to search, and what the user named in it.
#[derive(Debug)]
pub struct Target {
    /// The folder to search.
    pub root: PathBuf,
    /// The paths that the user named, all under the root.
    pub named: Vec<PathBuf>,
    /// The configuration that holds there.
    pub configuration: Arc<Configuration>,
}

/// Paths that the user named: folders with all that lies in them, and single files.
#[derive(Clone, Debug, Default)]
pub(super) struct Named {
    folders: Vec<PathBuf>,
    files: FxHashSet<PathBuf>,
}

impl Named {
    pub(super) fn new(paths: &[PathBuf], files: &Files) -> Self {
        let mut named = Self::default();
        for path in paths {
            if files.is_folder(path) {
                named.folders.push(path.clone());
            } else {
                named.files.insert(path.clone());
            }
        }
        named
    }

    /// Whether this file is one of them, or lies in one.
    pub(super) fn cover(&self, file: &Path) -> bool {
        self.files.contains(file) || self.folders.iter().any(|folder| file.starts_with(folder))
    }
}

/// Which configuration holds.
#[derive(Clone, Debug)]
pub enum ConfigurationChoice {
    /// For each path the nearest one above it.
    Nearest,
    /// This one for all paths.
    Given(Arc<Configuration>),
}

/// Paths grouped by the root that they belong to.
///
/// # Errors
/// When a path does not exist, or its configuration is wrong.
pub fn targets(request: &Request<'_>, rules: &RuleTable) -> Result<Vec<Target>, LoadError> {
    let (working_folder, files) = (request.working_folder, request.files);
    let mut finder = Finder {
        files,
        working_folder,
        choice: &request.configuration,
        rules,
        configurations: BTreeMap::new(),
        roots: BTreeMap::new(),
    };
    let mut targets: Vec<Target> = Vec::new();
    for path in request.paths {
        let path = absolute(files, working_folder, path);
        let folder = match files.kind(&path) {
            Ok(Some(Kind::Folder)) => &path,
            Ok(Some(Kind::File | Kind::Special(_))) => path.parent().unwrap_or(&path),
            Ok(None) => return Err(LoadError::no_such_path(shown(working_folder, &path))),
            Err(reason) => {
                let path = shown(working_folder, &path);
                return Err(LoadError::Unreadable { path, reason });
            }
        };
        let configuration = finder.configuration(folder)?;
        let root = finder.root(folder, &configuration);
        let path = own_path(files, &root, path);
        let known = targets.iter_mut().find(|target| target.root == root);
        match known {
            Some(target) => target.named.push(path),
            None => targets.push(Target {
                root,
                named: vec![path],
                configuration,
            }),
        }
    }
    Ok(targets)
}

/// The path that a file or folder has in the project, should a link have been named; one that leads out of it keeps its name.
fn own_path(files: &Files, root: &Path, path: PathBuf) -> PathBuf {
    // A link among migrations is a migration under the name of the link.
    if let (Some(folder), Some(name)) = (path.parent(), path.file_name())
        && discover::is_expected(&path)
        && !files.is_folder(&path)
    {
        return within(files, root, folder).map_or_else(|| path.clone(), |folder| folder.join(name));
    }
    within(files, root, &path).unwrap_or(path)
}

/// The place of a path below the root, behind all links.
fn within(files: &Files, root: &Path, path: &Path) -> Option<PathBuf> {
    let real = |path: &Path| files.real(path).ok().flatten();
    let (target, top) = (real(path)?, real(root)?);
    let rest = target.strip_prefix(&top).ok()?;
    // Joined with nothing it would end in a slash.
    Some(if rest.as_os_str().is_empty() {
        root.to_owned()
    } else {
        root.join(rest)
    })
}

/// A path from the file system's root, `.` and `..` taken out.
#[must_use]
pub fn absolute(files: &Files, working_folder: &Path, path: &Path) -> PathBuf {
    let joined = working_folder.join(path);
    if joined.components().any(|component| component == Component::ParentDir) {
        // Behind a link `..` is not the folder before it.
        if let Ok(Some(real)) = files.real(&joined) {
            return real;
        }
    }
    let mut clean = PathBuf::new();
    for component in joined.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => clean.push(component),
        }
    }
    clean
}

/// A path as people see it: from the working folder where it lies in it.
#[must_use]
pub fn shown(working_folder: &Path, path: &Path) -> PathBuf {
    match path.strip_prefix(working_folder) {
        Ok(rest) if rest.as_os_str().is_empty() => PathBuf::from("."),
        Ok(rest) => rest.to_owned(),
        Err(_) => path.to_owned(),
    }
}

/// The folders from this one up to the one that holds `.git`, or to the top.
pub(super) fn up_to_git<'a>(files: &'a Files, folder: &'a Path) -> impl Iterator<Item = &'a Path> {
    let mut is_inside = true;
    folder.ancestors().take_while(move |ancestor| {
        let taken = is_inside;
        is_inside = is_inside && !files.holds_repository(ancestor);
        taken
    })
}

/// Remembers what was found for a folder: a pre-commit hook passes many files of few folders.
struct Finder<'a> {
    files: &'a Files,
    working_folder: &'a Path,
    choice: &'a ConfigurationChoice,
    rules: &'a RuleTable,
    configurations: BTreeMap<PathBuf, Arc<Configuration>>,
    roots: BTreeMap<PathBuf, PathBuf>,
}

impl Finder<'_> {
    fn configuration(&mut self, folder: &Path) -> Result<Arc<Configuration>, LoadError> {
        if let ConfigurationChoice::Given(configuration) = self.choice {
            return Ok(Arc::clone(configuration));
        }
        if let Some(configuration) = self.configurations.get(folder) {
            return Ok(Arc::clone(configuration));
        }
        let configuration = config::nearest(folder, self.files, self.rules)
            .map_err(|error| error.with_path(|path| shown(self.working_folder, path)))?;
        let configuration = Arc::new(configuration);
        self.configurations
            .insert(folder.to_owned(), Arc::clone(&configuration));
        Ok(configuration)
    }

    fn root(&mut self, folder: &Path, configuration: &Configuration) -> PathBuf {
        if let Some(root) = self.roots.get(folder) {
            return root.clone();
        }
        let root = root(self.files, folder, configuration);
        self.roots.insert(folder.to_owned(), root.clone());
        root
    }
}

fn root(files: &Files, folder: &Path, configuration: &Configuration) -> PathBuf {
    if let Some(managed) = up_to_git(files, folder).find(|ancestor| files.is_file(&ancestor.join("manage.py"))) {
        return managed.to_owned();
    }
    // A configuration given with `--config` may lie anywhere.
    let configured = configuration
        .folder()
        .filter(|configured| folder.starts_with(configured));
    if let Some(configured) = configured {
        return configured.to_owned();
    }
    if let Some(repository) = folder.ancestors().find(|ancestor| files.holds_repository(ancestor)) {
        return repository.to_owned();
    }
    outermost_package(files, folder).to_owned()
}

/// A project's folder as seen from its configuration, else from its repository, else from the folder that was searched.
pub(super) fn identity(root: &Path, target: &Target, files: &Files) -> String {
    let repository = || root.ancestors().find(|ancestor| files.holds_repository(ancestor));
    let configured = target.configuration.folder().filter(|folder| root.starts_with(folder));
    let base = configured.or_else(repository).unwrap_or(&target.root);
    let parts = root
        .strip_prefix(base)
        .unwrap_or(root)
        .components()
        .map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

/// The outermost of the Python packages that a folder lies in, or the folder itself.
///
/// A lone app is judged with the apps of the package around it, never with whatever lies beside that.
pub(super) fn outermost_package<'a>(files: &Files, folder: &'a Path) -> &'a Path {
    let packages = folder
        .ancestors()
        .take_while(|ancestor| files.is_file(&ancestor.join("__init__.py")));
    packages.last().unwrap_or(folder)
}
