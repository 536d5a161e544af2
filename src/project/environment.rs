//! Installed packages: the virtual environment of a project, and the migrations of the apps in it.

mod editable;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::apps::{self, App};
use super::modules::Finder;
use super::root::up_to_git;
use super::settings::Settings;
use crate::discover;
use crate::files::{Entry, Files, Kind, Step, Via};

/// How deep in `site-packages` an app's migrations may lie: `wagtail/contrib/forms/migrations`.
const MAX_DEPTH: usize = 6;

/// The environment that a project runs in.
#[derive(Debug)]
pub(super) struct Environment {
    /// Its `site-packages`.
    pub(super) site_packages: PathBuf,
    /// The project's files beside those in it.
    files: Files,
    /// Folders that modules are imported from besides: packages installed in editable mode.
    editable: Vec<PathBuf>,
    /// All apps in it; searched once, and only if a label was not found where custom puts it.
    all: OnceLock<Vec<App>>,
}

/// The environment that `python` names, else the project's own, else the active one.
///
/// # Errors
/// `python`, if it names none.
pub(super) fn find(
    root: &Path,
    files: &Files,
    python: Option<&Path>,
    active: Option<&Path>,
) -> Result<Option<Environment>, PathBuf> {
    // An environment is of this machine, whatever commit the project is read from.
    let machine = Files::on_disk();
    if let Some(python) = python {
        let found = of_python(python, &machine).ok_or_else(|| python.to_owned())?;
        return Ok(Some(Environment::new(found, root, files)));
    }
    let own = up_to_git(files, root).flat_map(|folder| [folder.join(".venv"), folder.join("venv")]);
    // A pre-commit hook runs with an environment of its own active, which has no Django.
    let mut folders = own
        .chain(active.map(Path::to_owned))
        .filter_map(|folder| site_packages(&folder, &machine));
    let found = folders.find(|folder| machine.is_folder(&folder.join("django")));
    Ok(found.map(|found| Environment::new(found, root, files)))
}

/// `site-packages` of an interpreter or of an environment's folder.
fn of_python(python: &Path, machine: &Files) -> Option<PathBuf> {
    if machine.is_folder(python) {
        return site_packages(python, machine);
    }
    // `.venv/bin/python` is a link out of the environment: its own place counts, not its target's.
    let environment = machine.is_file(python).then(|| python.parent()?.parent()).flatten();
    site_packages(environment?, machine)
}

fn site_packages(environment: &Path, machine: &Files) -> Option<PathBuf> {
    let windows = environment.join("Lib").join("site-packages");
    if machine.is_folder(&windows) {
        return Some(windows);
    }
    let versions = machine.paths(&environment.join("lib"));
    let folders = versions
        .iter()
        .rev()
        .flat_map(|version| ["site-packages", "dist-packages"].map(|name| version.join(name)));
    folders.into_iter().find(|folder| machine.is_folder(folder))
}

impl Environment {
    fn new(site_packages: PathBuf, project: &Path, files: &Files) -> Self {
        let files = files.clone().beside(site_packages.clone());
        let mut editable = editable::roots(&site_packages, &files);
        // A project that is installed in its own environment is no package of it.
        editable.retain(|folder| !project.starts_with(folder));
        Self {
            editable,
            site_packages,
            files,
            all: OnceLock::new(),
        }
    }

    /// The files of the project that was looked for, and those in the environment.
    pub(super) fn files(&self) -> Files {
        self.files.clone()
    }

    /// The folders that its packages are imported from.
    pub(super) fn import_roots(&self) -> impl Iterator<Item = &Path> {
        std::iter::once(&self.site_packages)
            .chain(&self.editable)
            .map(PathBuf::as_path)
    }

    /// The installed app with this label and its migrations.
    pub(super) fn app(&self, label: &str, settings: &Settings, finder: &Finder) -> Option<App> {
        let read = |folder: &Path, root: &Path| apps::app(folder, root, settings, finder);
        for root in self.import_roots() {
            let folders = likely(label, root, settings).into_iter();
            let mut apps = folders
                .filter(|folder| self.files.is_folder(folder))
                .map(|folder| read(&folder, root));
            if let Some(app) = apps.find(|app| app.label == label) {
                return Some(app);
            }
        }
        let all = self.all.get_or_init(|| {
            let apps = |root| {
                let folders = migration_folders(root, &self.files).into_iter();
                folders.map(move |folder| read(&folder, root))
            };
            self.import_roots().flat_map(apps).collect()
        });
        all.iter().find(|app| app.label == label).cloned()
    }
}

/// Where the migrations of a label lie if names follow custom.
fn likely(label: &str, root: &Path, settings: &Settings) -> Vec<PathBuf> {
    let contrib = format!("django.contrib.{label}");
    let ends_so = |entry: &&String| entry.rsplit('.').next() == Some(label);
    let installed = settings.installed_apps.iter().filter(ends_so).map(String::as_str);
    let apps = installed.chain([contrib.as_str(), label]);
    let folder = |app: &str| app.split('.').fold(root.to_owned(), |path, part| path.join(part));
    apps.map(|app| folder(app).join("migrations")).collect()
}

/// Every folder called `migrations` below one that packages are imported from; file names alone are read.
fn migration_folders(root: &Path, files: &Files) -> Vec<PathBuf> {
    let depth = |path: &Path| path.components().count();
    let deepest = depth(root) + MAX_DEPTH;
    let mut is_searched = |entry: &Entry| {
        let name = entry.name().as_encoded_bytes();
        let is_apart = name.ends_with(b"-info") || matches!(name, b"locale" | b"static" | b"templates");
        let is_own_folder = entry.kind == Kind::Folder && entry.via == Via::Itself;
        is_own_folder && !is_apart && !discover::is_foreign(entry, files) && depth(&entry.path) <= deepest
    };
    let mut found = Vec::new();
    files.walk(root, &mut is_searched, &mut |step| match step {
        Step::Entry(entry) if entry.name() == "migrations" => found.push(entry.path),
        Step::Entry(_) | Step::Unreadable(..) => {}
    });
    found
}
