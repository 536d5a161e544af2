//! The configuration: forelock.toml, or `[tool.forelock]` of pyproject.toml.

pub mod deploy;
mod read;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use thiserror::Error;

use crate::config::deploy::DeployChoice;
use crate::files::{Files, Unreadable};
use crate::finding::Severity;
use crate::models::KnownModel;
use crate::packages::CustomField;
use crate::project::Timeout;
use crate::rules::RuleTable;
use crate::selection::{Selection, Selector};
use crate::value::Value;
use crate::versions::{DjangoVersion, PostgresVersion};

/// What a configuration file says. Without one, the default.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    /// The file, if there is one.
    pub path: Option<PathBuf>,
    /// `select`, `extend-select` and `ignore`.
    pub selection: Selection,
    /// `per-file-ignores`: rules left out in files that match a glob.
    pub per_file_ignores: Vec<(Pattern, Vec<Selector>)>,
    /// `exclude`: files and folders that are no part of the project.
    pub exclude: Vec<Pattern>,
    /// `fail-on`
    pub fail_on: FailOn,
    /// `postgres-version`
    pub postgres_version: Option<PostgresVersion>,
    /// `django-version`
    pub django_version: Option<DjangoVersion>,
    /// `settings-module`
    pub settings_module: Option<String>,
    /// `[settings]`, and `user-model`: what settings are that the module does not say in constants.
    pub settings: BTreeMap<String, Value>,
    /// `backend`: the database engine, where the settings do not say it.
    pub backend: Option<String>,
    /// `python`: an interpreter, or the folder of a virtual environment; relative to the file.
    pub python: Option<PathBuf>,
    /// `deployed`: what the running release has: a reference of git, or a pattern of tags.
    pub deployed: Option<String>,
    /// `deploy`: when migrations run, beside the code that they belong to.
    pub deploy: DeployChoice,
    /// `stats`: answers to `forelock stats-query`; relative to the file.
    pub stats: Vec<PathBuf>,
    /// `lock-timeout`: what steps of a plan begin with that take a lock for a moment.
    pub lock_timeout: PlannedTimeout,
    /// `role-lock-timeout`: what sessions begin with where the settings of the project do not say it: because of the role, for instance.
    pub role_lock_timeout: Option<Timeout>,
    /// `hot-tables`: tables on which a moment's lock already hurts.
    pub hot_tables: Vec<String>,
    /// `[fields]`: field classes by dotted path: a column type, `false` (no column), or all that [`CustomField`] can say.
    pub fields: BTreeMap<String, CustomField>,
    /// `[models]`: tables and keys of models whose migrations are out of sight.
    pub models: Vec<KnownModel>,
}

/// The `lock_timeout` that plans set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlannedTimeout {
    /// This one, as PostgreSQL writes times.
    Of(String),
    /// None: `lock-timeout = false`.
    None,
}

impl Default for PlannedTimeout {
    fn default() -> Self {
        PlannedTimeout::Of("2s".to_owned())
    }
}

/// What makes the exit code 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailOn {
    /// Findings from this severity on.
    pub severity: Severity,
    /// What could not be analysed does too.
    pub not_analysed: bool,
}

impl Default for FailOn {
    fn default() -> Self {
        Self {
            severity: Severity::Error,
            not_analysed: false,
        }
    }
}

impl FailOn {
    /// What can be written in `fail-on`.
    pub const NAMES: [&'static str; 4] = ["error", "warning", "info", "not-analysed"];

    /// Reads the names; the least severity counts.
    ///
    /// # Errors
    /// The first name that is none of [`FailOn::NAMES`].
    pub fn parse<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, &'a str> {
        let mut fail_on = FailOn::default();
        for name in names {
            match Severity::parse(name) {
                Some(severity) if severity > Severity::Silent => fail_on.severity = fail_on.severity.min(severity),
                _ if name == "not-analysed" => fail_on.not_analysed = true,
                _ => return Err(name),
            }
        }
        Ok(fail_on)
    }
}

/// A glob of `exclude` or `per-file-ignores`.
///
/// Without a slash it names files and folders anywhere; with one it is a path from the configuration's folder.
#[derive(Clone, Debug)]
pub struct Pattern {
    base: PathBuf,
    matcher: GlobMatcher,
}

impl Pattern {
    /// Reads a glob; `base` is the folder that it starts from.
    ///
    /// # Errors
    /// When it is no glob.
    pub fn new(text: &str, base: &Path) -> Result<Self, globset::Error> {
        let path = text.strip_prefix("./").unwrap_or(text).trim_end_matches('/');
        let anywhere = !path.contains('/');
        let glob = if anywhere {
            format!("**/{path}")
        } else {
            path.to_owned()
        };
        let matcher = GlobBuilder::new(&glob)
            .literal_separator(true)
            .build()?
            .compile_matcher();
        Ok(Self {
            base: base.to_owned(),
            matcher,
        })
    }

    /// Whether the pattern names this file or folder itself.
    #[must_use]
    pub fn matches(&self, path: &Path) -> bool {
        self.matcher.is_match(path.strip_prefix(&self.base).unwrap_or(path))
    }

    /// Whether the pattern names this file, or a folder that it lies in.
    #[must_use]
    pub fn covers(&self, path: &Path) -> bool {
        let inside = path.ancestors().take_while(|ancestor| *ancestor != self.base);
        inside.into_iter().any(|ancestor| self.matches(ancestor))
    }
}

impl Configuration {
    /// The folder that relative paths and globs start from.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.path.as_deref().and_then(Path::parent)
    }

    /// Whether a file or folder is excluded, by itself or with a folder above.
    #[must_use]
    pub fn excludes(&self, path: &Path) -> bool {
        self.exclude.iter().any(|pattern| pattern.covers(path))
    }

    /// What `per-file-ignores` leaves out in one file.
    pub fn ignored_in(&self, path: impl FnOnce() -> PathBuf) -> impl Iterator<Item = &Selector> {
        let path = (!self.per_file_ignores.is_empty()).then(path).unwrap_or_default();
        let covering = self
            .per_file_ignores
            .iter()
            .filter(move |(pattern, _)| pattern.covers(&path));
        covering.flat_map(|(_, selectors)| selectors)
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration {}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: Unreadable,
    },
    /// The file is no text.
    #[error("cannot read the configuration {}: line {line} is not UTF-8", path.display())]
    NoText {
        /// The file.
        path: PathBuf,
        /// 1-based line of the first bad byte.
        line: usize,
    },
    /// Something in it is wrong.
    #[error("{}:{line}:{column}: {message}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// 1-based.
        line: u32,
        /// 1-based, in characters.
        column: u32,
        /// What is wrong, and what would be right.
        message: String,
    },
}

impl ConfigError {
    /// The same error with its file as people see it.
    #[must_use]
    pub fn with_path(mut self, shown: impl FnOnce(&Path) -> PathBuf) -> Self {
        match &mut self {
            ConfigError::Unreadable { path, .. }
            | ConfigError::NoText { path, .. }
            | ConfigError::Invalid { path, .. } => *path = shown(path),
        }
        self
    }
}

/// The nearest configuration at or above a folder, up to the folder that holds `.git`; the default if there is none.
///
/// # Errors
/// When the nearest one cannot be read or is wrong.
pub fn nearest(folder: &Path, files: &Files, rules: &RuleTable) -> Result<Configuration, ConfigError> {
    for ancestor in folder.ancestors() {
        if let Some(configuration) = in_folder(ancestor, files, rules)? {
            return Ok(configuration);
        }
        if files.holds_repository(ancestor) {
            break;
        }
    }
    Ok(Configuration::default())
}

/// Reads the configuration file given by name.
///
/// # Errors
/// When it cannot be read or is wrong.
pub fn load(path: &Path, files: &Files, rules: &RuleTable) -> Result<Configuration, ConfigError> {
    let absent = || ConfigError::Unreadable {
        path: path.to_owned(),
        error: Unreadable::Absent,
    };
    let text = text_of(path, files)?.ok_or_else(absent)?;
    whole(path, &text, rules)
}

/// All that a file says which is known to be a configuration.
fn whole(path: &Path, text: &str, rules: &RuleTable) -> Result<Configuration, ConfigError> {
    let configuration = if path.file_name().is_some_and(|name| name == "pyproject.toml") {
        read::pyproject(path, text, rules)?
    } else {
        Some(read::forelock_toml(path, text, rules)?)
    };
    Ok(configuration.unwrap_or_else(|| Configuration {
        path: Some(path.to_owned()),
        ..Configuration::default()
    }))
}

fn in_folder(folder: &Path, files: &Files, rules: &RuleTable) -> Result<Option<Configuration>, ConfigError> {
    let own = folder.join("forelock.toml");
    if let Some(text) = text_of(&own, files)? {
        return whole(&own, &text, rules).map(Some);
    }
    let shared = folder.join("pyproject.toml");
    match text_of(&shared, files)? {
        // A broken pyproject.toml that does not speak of forelock is not ours to complain about.
        Some(text) if text.contains("forelock") => read::pyproject(&shared, &text, rules),
        Some(_) | None => Ok(None),
    }
}

/// `None` if there is no such file.
fn text_of(path: &Path, files: &Files) -> Result<Option<String>, ConfigError> {
    let bytes = files.read(path).map_err(|error| ConfigError::Unreadable {
        path: path.to_owned(),
        error,
    })?;
    let text = bytes.map(String::from_utf8).transpose();
    text.map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        ConfigError::NoText {
            path: path.to_owned(),
            line: valid.split(|byte| *byte == b'\n').count(),
        }
    })
}
