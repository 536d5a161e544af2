//! A Django project as read from disk: settings, apps and migrations.

mod apps;
mod division;
mod environment;
mod lockfile;
mod modules;
mod reading;
pub mod root;
mod session;
mod settings;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

use crate::config::{ConfigError, Configuration};
use crate::discover::{self, Found, Search};
use crate::migration::Migration;
use crate::models::{KnownModel, ModelSettings};
use crate::rules::RuleTable;
use crate::source::{Range, SourceFile};
use crate::versions::{DjangoVersion, PostgresVersion};
pub use root::{ConfigurationChoice, Target};
pub use session::{Session, Timeout};

/// One Django project, ready to be judged.
#[derive(Debug)]
pub struct Project {
    /// Its folder, as shown to people.
    pub root: PathBuf,
    /// Where shown paths begin.
    pub working_folder: PathBuf,
    /// What its settings say.
    pub settings: ModelSettings,
    /// Which server its statements run on.
    pub postgres: PostgresVersion,
    /// What Django's sessions begin with.
    pub session: Session,
    /// The configuration that holds for it.
    pub configuration: Arc<Configuration>,
    /// What the user asked to judge, as paths are shown to people; all of it lies in the root.
    pub named: Vec<PathBuf>,
    /// Its migrations, and those of installed packages, in no particular order.
    pub migrations: Vec<Migration>,
    /// Models that the configuration describes, because no migration in sight creates them.
    pub known_models: Vec<KnownModel>,
    /// Files that could not be read, decoded or parsed.
    pub problems: Vec<FileProblem>,
    /// Things to say once: assumed versions, another ENGINE.
    pub notes: Vec<String>,
}

impl Project {
    /// Whether the user asked for this file, by itself or with a folder; `path` as shown to people.
    #[must_use]
    pub fn is_named(&self, path: &Path) -> bool {
        let names = |named: &PathBuf| named == Path::new(".") && path.is_relative() || path.starts_with(named);
        self.named.iter().any(names)
    }

    /// Whether a file is a problem as a whole; `path` as shown to people.
    #[must_use]
    pub fn has_problem(&self, path: &Path) -> bool {
        self.problems.iter().any(|problem| problem.path == path)
    }

    /// The place of a file on disk; `path` as shown to people.
    #[must_use]
    pub fn absolute(&self, path: &Path) -> PathBuf {
        self.working_folder.join(path)
    }
}

/// A file that could not be read as a migration.
#[derive(Clone, Debug)]
pub struct FileProblem {
    /// Its path as shown to people.
    pub path: PathBuf,
    /// Its text, as far as it can be shown.
    pub source: Option<Arc<SourceFile>>,
    /// Where it went wrong.
    pub range: Range,
    /// What went wrong, and what to do next.
    pub message: String,
}

impl FileProblem {
    fn whole(path: PathBuf, message: String) -> Self {
        Self {
            path,
            source: None,
            range: Range::default(),
            message,
        }
    }
}

/// What to load.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// Paths are shown from here.
    pub working_folder: &'a Path,
    /// Files and folders; those that do not exist are an error.
    pub paths: &'a [PathBuf],
    /// Where the configuration comes from.
    pub configuration: ConfigurationChoice,
    /// Overrides configuration and project.
    pub django: Option<DjangoVersion>,
    /// Overrides the configuration.
    pub postgres: Option<PostgresVersion>,
    /// An interpreter or an environment's folder; overrides the configuration.
    pub python: Option<&'a Path>,
    /// The active environment, `VIRTUAL_ENV`.
    pub virtual_env: Option<&'a Path>,
}

/// The projects that the paths lie in.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Each a history of its own.
    pub projects: Vec<Project>,
    /// What to say about paths that belong to none.
    pub notes: Vec<String>,
}

/// Why nothing can be judged.
#[derive(Debug, Error)]
pub enum LoadError {
    /// A path that does not exist.
    #[error("{}: no such file or folder{hint}", path.display())]
    NoSuchPath {
        /// The path as shown.
        path: PathBuf,
        /// The next step.
        hint: String,
    },
    /// A folder without a migration.
    #[error("{}", no_migrations(path, *python_files, *is_excluded))]
    NoMigrations {
        /// The folder as shown.
        path: PathBuf,
        /// How many Python files were looked at.
        python_files: usize,
        /// Whether `exclude` covers it.
        is_excluded: bool,
    },
    /// `settings-module` names a module that is not there.
    #[error(
        "the settings module `{module}` is not among the files under {}: correct `settings-module`",
        root.display()
    )]
    NoSettings {
        /// As configured.
        module: String,
        /// The project as shown.
        root: PathBuf,
    },
    /// `python` names no environment.
    #[error("{}: neither an interpreter nor an environment with site-packages; correct `python`", path.display())]
    NoEnvironment {
        /// As configured.
        path: PathBuf,
    },
    /// The configuration is wrong.
    #[error(transparent)]
    Configuration(#[from] ConfigError),
}

impl LoadError {
    fn no_such_path(path: PathBuf) -> Self {
        let hint = path
            .to_str()
            .and_then(|name| crate::suggestion::nearest(name, ["check", "sql", "explain", "rules"]));
        let hint = hint.map_or_else(String::new, |command| {
            format!("; did you mean the command `{command}`?")
        });
        Self::NoSuchPath { path, hint }
    }
}

fn no_migrations(path: &Path, python_files: usize, is_excluded: bool) -> String {
    let path = path.display();
    if is_excluded {
        return format!("{path}: excluded by the configuration; no migration is left to judge");
    }
    let files = match python_files {
        0 => "there are no Python files".to_owned(),
        1 => "the one Python file defines no `class Migration` of Django's".to_owned(),
        _ => format!("none of {python_files} Python files defines a `class Migration` of Django's"),
    };
    format!(
        "{path}: no migrations found: {files} (virtual environments, node_modules, hidden folders and `exclude` are \
         not searched); give the folder of a Django project"
    )
}

/// Finds the projects that the paths lie in, and reads their settings and migrations.
///
/// # Errors
/// When a path does not exist or has no migration, or the configuration is wrong.
pub fn load(request: &Request<'_>, rules: &RuleTable) -> Result<Loaded, LoadError> {
    let mut loaded = Loaded::default();
    for target in root::targets(request.working_folder, request.paths, &request.configuration, rules)? {
        load_target(request, &target, &mut loaded)?;
    }
    Ok(loaded)
}

fn load_target(request: &Request<'_>, target: &Target, loaded: &mut Loaded) -> Result<(), LoadError> {
    let mut found = discover::discover(&Search {
        root: &target.root,
        named: &target.named,
        configuration: &target.configuration,
    });
    let python_files = std::mem::take(&mut found.python_files);
    unreadable_folders(request, &mut found, loaded);
    let mut divisions = division::divide(request, target, found)?;
    let first = loaded.projects.len();
    for index in 0..divisions.len() {
        if divisions[index].holds_any_of(&target.named) {
            let project = reading::read(request, target, &mut divisions, index);
            loaded.projects.push(project);
        }
    }
    explain_rest(request, target, &python_files, first, loaded)
}

/// Folders that nobody can look into are said; files are problems of their project.
fn unreadable_folders(request: &Request<'_>, found: &mut Found, loaded: &mut Loaded) {
    found.unreadable.retain(|unreadable| {
        if discover::is_python(&unreadable.path) {
            return true;
        }
        let path = root::shown(request.working_folder, &unreadable.path);
        let note = format!(
            "{}: cannot be searched ({}); migrations in it are not judged",
            path.display(),
            unreadable.error
        );
        loaded.notes.push(note);
        false
    });
}

/// Says of each path that holds no migration what is the matter with it.
fn explain_rest(
    request: &Request<'_>,
    target: &Target,
    python_files: &[usize],
    first: usize,
    loaded: &mut Loaded,
) -> Result<(), LoadError> {
    let projects = &loaded.projects[first..];
    for (named, python_files) in target.named.iter().zip(python_files) {
        let shown = root::shown(request.working_folder, named);
        let has_migrations = projects.iter().any(|project| project.has_under(&shown));
        let is_excluded = target.configuration.excludes(named);
        match (has_migrations, named.is_dir()) {
            (true, _) => {}
            (false, true) => {
                return Err(LoadError::NoMigrations {
                    path: shown,
                    python_files: *python_files,
                    is_excluded,
                });
            }
            (false, false) if is_excluded => {
                loaded
                    .notes
                    .push(format!("{}: excluded by the configuration", shown.display()));
            }
            (false, false) => loaded
                .notes
                .push(format!("{}: no migration, nothing to judge", shown.display())),
        }
    }
    Ok(())
}

impl Project {
    /// Whether a migration or a problem lies at or under a path, as shown.
    fn has_under(&self, path: &Path) -> bool {
        let is_under = |file: &Path| path == Path::new(".") && file.is_relative() || file.starts_with(path);
        self.migrations.iter().any(|migration| is_under(&migration.source.path))
            || self.problems.iter().any(|problem| is_under(&problem.path))
    }
}
