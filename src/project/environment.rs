//! Installed packages: the virtual environment of a project, and the migrations of the apps in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use walkdir::WalkDir;

use super::LoadError;
use super::apps::{self, App};
use super::modules::Finder;
use super::root::up_to_git;
use super::settings::Settings;
use crate::config::Configuration;

/// How deep in `site-packages` an app's migrations may lie: `wagtail/contrib/forms/migrations`.
const MAX_DEPTH: usize = 6;

/// The environment that a project runs in.
#[derive(Debug)]
pub(super) struct Environment {
    /// Its `site-packages`.
    pub(super) site_packages: PathBuf,
    /// All apps in it; searched once, and only if a label was not found where custom puts it.
    all: OnceLock<Vec<App>>,
}

/// The environment that the configuration names, else the project's own, else the active one.
///
/// # Errors
/// When the configuration names one that is none.
pub(super) fn find(
    root: &Path,
    configuration: &Configuration,
    active: Option<&Path>,
) -> Result<Option<Environment>, LoadError> {
    if let Some(python) = &configuration.python {
        let found = of_python(python).ok_or_else(|| LoadError::NoEnvironment { path: python.clone() })?;
        return Ok(Some(Environment::new(found)));
    }
    let own = up_to_git(root).flat_map(|folder| [folder.join(".venv"), folder.join("venv")]);
    // A pre-commit hook runs with an environment of its own active, which has no Django.
    let mut folders = own
        .chain(active.map(Path::to_owned))
        .filter_map(|folder| site_packages(&folder));
    let found = folders.find(|folder| folder.join("django").is_dir());
    Ok(found.map(Environment::new))
}

/// `site-packages` of an interpreter or of an environment's folder.
fn of_python(python: &Path) -> Option<PathBuf> {
    if python.is_dir() {
        return site_packages(python);
    }
    // `.venv/bin/python` is a link out of the environment: its own place counts, not its target's.
    python
        .is_file()
        .then(|| python.parent()?.parent().and_then(site_packages))
        .flatten()
}

fn site_packages(environment: &Path) -> Option<PathBuf> {
    let windows = environment.join("Lib").join("site-packages");
    if windows.is_dir() {
        return Some(windows);
    }
    let lib = environment.join("lib");
    let mut versions: Vec<PathBuf> = fs::read_dir(lib).ok()?.flatten().map(|entry| entry.path()).collect();
    versions.sort();
    let folders = versions
        .iter()
        .rev()
        .flat_map(|version| ["site-packages", "dist-packages"].map(|name| version.join(name)));
    folders.into_iter().find(|folder| folder.is_dir())
}

impl Environment {
    fn new(site_packages: PathBuf) -> Self {
        Self {
            site_packages,
            all: OnceLock::new(),
        }
    }

    /// The installed app with this label and its migrations.
    pub(super) fn app(&self, label: &str, settings: &Settings, finder: &Finder) -> Option<App> {
        let read = |folder: &Path| apps::app(folder, &self.site_packages, settings, finder);
        let likely = self.likely(label, settings);
        let guess = likely
            .iter()
            .filter(|folder| folder.is_dir())
            .map(|folder| read(folder));
        if let Some(app) = guess.into_iter().find(|app| app.label == label) {
            return Some(app);
        }
        let all = self.all.get_or_init(|| {
            migration_folders(&self.site_packages)
                .iter()
                .map(|folder| read(folder))
                .collect()
        });
        all.iter().find(|app| app.label == label).cloned()
    }

    /// Where the migrations of this label lie if names follow custom.
    fn likely(&self, label: &str, settings: &Settings) -> Vec<PathBuf> {
        let contrib = format!("django.contrib.{label}");
        let ends_so = |entry: &&String| entry.rsplit('.').next() == Some(label);
        let installed = settings.installed_apps.iter().filter(ends_so).map(String::as_str);
        let apps = installed.chain([contrib.as_str(), label]);
        let folder = |app: &str| {
            app.split('.')
                .fold(self.site_packages.clone(), |path, part| path.join(part))
        };
        apps.map(|app| folder(app).join("migrations")).collect()
    }
}

/// Every folder called `migrations` in an environment; file names alone are read.
fn migration_folders(site_packages: &Path) -> Vec<PathBuf> {
    let is_searched = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().as_encoded_bytes();
        let is_apart =
            name.ends_with(b"-info") || matches!(name, b"__pycache__" | b"locale" | b"static" | b"templates");
        entry.depth() == 0 || entry.file_type().is_dir() && !is_apart
    };
    let walker = WalkDir::new(site_packages)
        .max_depth(MAX_DEPTH)
        .sort_by_file_name()
        .into_iter();
    let folders = walker.filter_entry(is_searched).flatten();
    let named = folders.filter(|entry| entry.file_name() == "migrations");
    named.map(walkdir::DirEntry::into_path).collect()
}
