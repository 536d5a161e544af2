//! A Django project as read from disk: settings, apps and migrations.

mod apps;
mod dependencies;
pub mod deploy_tools;
mod division;
mod engine;
mod environment;
mod load;
mod lockfile;
mod modules;
mod not_installed;
mod pgmigrate;
mod reading;
pub mod root;
mod session;
mod settings;
mod siblings;
mod unsettled;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashSet;
use thiserror::Error;

use crate::backend::Backend;
use crate::config::{ConfigError, Configuration};
use crate::files::{Files, Unreadable};
use crate::migration::Migration;
use crate::models::{KnownModel, ModelSettings};
use crate::progress::Progress;
use crate::source::{Range, SourceFile, Sources};
use crate::versions::{DjangoVersion, PostgresVersion, VersionSource};
pub use deploy_tools::DeployTools;
pub use load::load;
use root::Named;
pub use root::{ConfigurationChoice, Target};
pub use session::{Session, Timeout};

/// One Django project, ready to be judged.
#[derive(Debug)]
pub struct Project {
    /// Its folder, as shown to people.
    pub root: PathBuf,
    /// Where shown paths begin.
    pub working_folder: PathBuf,
    /// Its folder as seen from its configuration, else from its repository: the same wherever one stands.
    pub identity: String,
    /// What its settings say.
    pub settings: ModelSettings,
    /// Which server its statements run on.
    pub postgres: PostgresVersion,
    /// Whether somebody has said so.
    pub postgres_source: VersionSource,
    /// What Django's sessions begin with.
    pub session: Session,
    /// What its `ENGINE` makes of DDL.
    pub backend: Arc<Backend>,
    /// The engine that its settings plainly name, where that is one of another database.
    pub other_engine: Option<String>,
    /// What runs its migrations in phases, beside a deploy.
    pub deploy_tools: DeployTools,
    /// The configuration that holds for it.
    pub configuration: Arc<Configuration>,
    /// What the user asked to judge.
    named: Named,
    /// Its migrations, and those of installed packages, in no particular order.
    pub migrations: Vec<Migration>,
    /// The labels of apps that its settings do not install: what others run does not wait for their migrations.
    pub not_installed: FxHashSet<String>,
    /// The texts that ranges in the migrations lie in: the migrations' own, and those of modules that they import.
    pub sources: Sources,
    /// Models that the configuration describes, because no migration in sight creates them.
    pub known_models: Vec<KnownModel>,
    /// Files that could not be read, decoded or parsed.
    pub problems: Vec<FileProblem>,
    /// Those of them that are no migrations: settings, apps and modules that the history stands on.
    unread_foundations: BTreeSet<PathBuf>,
    /// Whether it depends on django-pg-migration-tools, whose operations are then advised.
    pub has_safer_operations: bool,
    /// Things to say once: assumed versions, another ENGINE.
    pub notes: Vec<String>,
}

impl Project {
    /// Whether the user asked for this file, by itself or with a folder; `path` as shown to people.
    #[must_use]
    pub fn is_named(&self, path: &Path) -> bool {
        self.named.cover(&self.absolute(path))
    }

    /// Whether the judgement of every migration is unsure because of this file; `path` as shown to people.
    #[must_use]
    pub fn is_unread_foundation(&self, path: &Path) -> bool {
        self.unread_foundations.contains(path)
    }

    /// Whether a file is a problem as a whole; `path` as shown to people.
    #[must_use]
    pub fn has_problem(&self, path: &Path) -> bool {
        self.problems.iter().any(|problem| problem.path == path)
    }

    /// The place of a migration on disk.
    #[must_use]
    pub fn path_of(&self, migration: &Migration) -> PathBuf {
        self.absolute(&migration.source.path)
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
    /// Where the project's files are read.
    pub files: &'a Files,
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
    /// Counts files.
    pub progress: &'a Progress,
}

/// The projects that the paths lie in.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Each a history of its own.
    pub projects: Vec<Project>,
    /// Files that the configuration excludes.
    excluded: Vec<PathBuf>,
    /// Files that are no migrations.
    passed_over: Vec<PathBuf>,
    /// Links out of a project.
    links_out: Vec<PathBuf>,
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
    /// A path that cannot be looked at.
    #[error("{}: cannot be read: {reason}", path.display())]
    Unreadable {
        /// The path as shown.
        path: PathBuf,
        /// Why.
        reason: Unreadable,
    },
    /// A folder without a migration.
    #[error("{}", no_migrations(path, *python_files, *is_excluded, link_out.as_deref()))]
    NoMigrations {
        /// The folder as shown.
        path: PathBuf,
        /// How many Python files were looked at.
        python_files: usize,
        /// Whether `exclude` covers it.
        is_excluded: bool,
        /// A link out of the project, as shown: what is behind it was not looked at.
        link_out: Option<PathBuf>,
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

fn no_migrations(path: &Path, python_files: usize, is_excluded: bool, link_out: Option<&Path>) -> String {
    let path = path.display();
    if is_excluded {
        return format!("{path}: excluded by the configuration; no migration is left to judge");
    }
    let files = match python_files {
        0 => "there are no Python files".to_owned(),
        1 => "the one Python file defines no `class Migration` of Django's".to_owned(),
        _ => format!("none of {python_files} Python files defines a `class Migration` of Django's"),
    };
    let next = match link_out {
        Some(link) => format!(
            "name {}, which leads out of the project and is not followed",
            link.display()
        ),
        None => "give the folder of a Django project".to_owned(),
    };
    format!(
        "{path}: no migrations found: {files} (virtual environments, node_modules, hidden folders and `exclude` are \
         not searched); {next}"
    )
}
