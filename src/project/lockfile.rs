//! Versions of Django and of packages, from what the project pins: lock files, requirements, an environment's metadata.

mod formats;
mod requirement;

use std::path::{Path, PathBuf};

use super::root::{shown, up_to_git};
use crate::files::{Files, Unreadable};
use crate::versions::DjangoVersion;
use formats::{
    in_conda, in_package_list, in_pipfile, in_requirements, in_setup, in_toml, in_yaml_list, included, is_same_package,
};
use requirement::Requirement;

/// A version and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DjangoFound {
    /// The release.
    pub(super) version: DjangoVersion,
    /// What to say: that it is a guess, and what could not be read.
    pub(super) notes: Vec<String>,
}

impl DjangoFound {
    /// A version that is beyond doubt.
    pub(super) fn said(version: DjangoVersion) -> Self {
        Self {
            version,
            notes: Vec::new(),
        }
    }

    fn guessed(version: DjangoVersion, note: String) -> Self {
        Self {
            version,
            notes: vec![note],
        }
    }
}

/// Files that include each other more deeply than this do so in a circle.
const MAX_INCLUDES: usize = 8;

/// Files that describe a project, beside lists of requirements.
const DESCRIPTIONS: [&str; 9] = [
    "pyproject.toml",
    "setup.cfg",
    "Pipfile",
    "pixi.toml",
    "environment.yml",
    "environment.yaml",
    "conda.yml",
    "conda.yaml",
    "setup.py",
];

/// The distribution of Django.
const DJANGO: &str = "django";

/// The version that the project pins, else the installed one, else the newest that its requirements allow.
///
/// One that forelock does not know is judged as the nearest that it does.
pub(super) fn django(
    root: &Path,
    elsewhere: &[PathBuf],
    site_packages: Option<&Path>,
    files: &Files,
    working_folder: &Path,
) -> DjangoFound {
    let mut search = Search {
        package: DJANGO,
        files,
        working_folder,
        unread: Vec::new(),
    };
    let mut found = judged_as_known(search.of_project(root, elsewhere, site_packages));
    found.notes.splice(0..0, search.unread);
    found
}

/// A release that forelock does not know becomes the nearest that it does, which is said.
pub(super) fn judged_as_known(mut found: DjangoFound) -> DjangoFound {
    let nearest = found.version.nearest_known();
    if nearest != found.version {
        let note = format!(
            "the project runs on Django {}, which forelock does not know; it is judged as Django {nearest}",
            found.version
        );
        found = DjangoFound::guessed(nearest, note);
    }
    found
}

/// The first two numbers of the release of a package that the project pins or has installed, else of the oldest that it allows.
pub(super) fn release(
    package: &str,
    root: &Path,
    site_packages: Option<&Path>,
    files: &Files,
) -> Option<DjangoVersion> {
    let mut search = Search {
        package,
        files,
        working_folder: root,
        unread: Vec::new(),
    };
    let mut required = None;
    for folder in up_to_git(files, root) {
        if let Some(version) = search.locked(folder) {
            return Some(version);
        }
        required = required.or_else(|| search.required(folder));
    }
    let installed = site_packages.and_then(|folder| search.installed(folder));
    installed.or_else(|| {
        let (_, requirement) = required?;
        requirement.bound()
    })
}

fn assumed() -> DjangoFound {
    let version = DjangoVersion::DEFAULT;
    let note = format!(
        "Django {version} is assumed: no lock file, requirements or environment names it; set `django-version` to be sure"
    );
    DjangoFound::guessed(version, note)
}

/// What may name a package's version, from folder to folder.
struct Search<'a> {
    package: &'a str,
    files: &'a Files,
    working_folder: &'a Path,
    /// Files that are there and cannot be read, each with the reason.
    unread: Vec<String>,
}

impl Search<'_> {
    fn of_project(&mut self, root: &Path, elsewhere: &[PathBuf], site_packages: Option<&Path>) -> DjangoFound {
        let mut requirement = None;
        for folder in up_to_git(self.files, root) {
            if let Some(version) = self.locked(folder) {
                return DjangoFound::said(version);
            }
            if requirement.is_none() {
                requirement = self.required(folder);
            }
            if let Some((_, requirement)) = &requirement
                && let Some(version) = requirement.pinned()
            {
                return DjangoFound::said(version);
            }
        }
        if let Some(version) = site_packages.and_then(|folder| self.installed(folder)) {
            return DjangoFound::said(version);
        }
        let requirement = requirement.or_else(|| self.in_tree(root, elsewhere));
        match requirement {
            Some((path, requirement)) => requirement.guess(&shown(self.working_folder, &path)),
            None => assumed(),
        }
    }

    /// What the other files of the tree ask for: a pin counts more than a range, and the project's own more than others'.
    fn in_tree(&mut self, root: &Path, elsewhere: &[PathBuf]) -> Option<(PathBuf, Requirement)> {
        let mut found: Vec<(PathBuf, Requirement)> = Vec::new();
        for path in elsewhere {
            found.extend(self.asked(path).map(|requirement| (path.clone(), requirement)));
        }
        found.into_iter().min_by_key(|(path, requirement)| {
            let words = path.to_string_lossy().to_lowercase();
            let is_aside = ["test", "dev", "doc", "example", "lint"]
                .iter()
                .any(|word| words.contains(word));
            let is_pinned = requirement.pinned().is_some();
            (!path.starts_with(root), !is_pinned, is_aside, path.components().count())
        })
    }

    /// What one file asks for, by its name.
    fn asked(&mut self, path: &Path) -> Option<Requirement> {
        let name = path.file_name()?.to_str()?;
        let text = self.text_of(path)?;
        match name {
            "uv.lock" | "poetry.lock" | "pdm.lock" | "pylock.toml" => {
                in_package_list(&text, self.package).map(Requirement::exactly)
            }
            "pixi.lock" | "conda-lock.yml" => in_yaml_list(&text, self.package).map(Requirement::exactly),
            "Pipfile.lock" => in_pipfile(&text, self.package).map(Requirement::exactly),
            "pyproject.toml" | "pixi.toml" | "Pipfile" => in_toml(&text, self.package),
            "setup.cfg" | "setup.py" => in_setup(&text, self.package),
            "environment.yml" | "environment.yaml" | "conda.yml" | "conda.yaml" => in_conda(&text, self.package),
            _ => self.in_chain(path, &text, 0),
        }
    }

    /// A file of requirements, and those that it includes: `-r base.txt`, `-c constraints.txt`.
    fn in_chain(&mut self, path: &Path, text: &str, depth: usize) -> Option<Requirement> {
        let mut found = in_requirements(text, self.package);
        if depth >= MAX_INCLUDES || found.as_ref().is_some_and(|requirement| requirement.pinned().is_some()) {
            return found;
        }
        for included in text.lines().filter_map(included) {
            let path = path.parent()?.join(included);
            let Some(text) = self.text_of(&path) else { continue };
            let inner = self.in_chain(&path, &text, depth + 1);
            let is_better = |inner: &Requirement| found.is_none() || inner.pinned().is_some();
            if inner.as_ref().is_some_and(is_better) {
                found = inner;
            }
        }
        found
    }

    /// The exact version in a lock file of this folder.
    fn locked(&mut self, folder: &Path) -> Option<DjangoVersion> {
        for name in ["uv.lock", "poetry.lock", "pdm.lock", "pylock.toml"] {
            let version = self
                .text_of(&folder.join(name))
                .as_deref()
                .and_then(|text| in_package_list(text, self.package));
            if version.is_some() {
                return version;
            }
        }
        for name in ["pixi.lock", "conda-lock.yml"] {
            let text = self.text_of(&folder.join(name));
            let version = text.and_then(|text| in_yaml_list(&text, self.package));
            if version.is_some() {
                return version;
            }
        }
        self.text_of(&folder.join("Pipfile.lock"))
            .as_deref()
            .and_then(|text| in_pipfile(text, self.package))
    }

    /// `Django-5.2.1.dist-info` in an environment.
    fn installed(&self, site_packages: &Path) -> Option<DjangoVersion> {
        self.files.paths(site_packages).iter().find_map(|path| {
            let name = path.file_name()?.to_str()?.strip_suffix(".dist-info")?;
            let (name, version) = name.rsplit_once('-')?;
            is_same_package(name, self.package)
                .then(|| DjangoVersion::parse(version))
                .flatten()
        })
    }

    /// A requirement on Django in this folder: the most exact one of its requirements files, else pyproject.toml's.
    fn required(&mut self, folder: &Path) -> Option<(PathBuf, Requirement)> {
        let mut found = Vec::new();
        for path in requirements_files(folder, self.files) {
            let requirement = self.asked(&path);
            found.extend(requirement.map(|requirement| (path, requirement)));
        }
        for name in DESCRIPTIONS {
            let path = folder.join(name);
            let requirement = self.asked(&path);
            found.extend(requirement.map(|requirement| (path, requirement)));
        }
        let pinned = found.iter().position(|(_, requirement)| requirement.pinned().is_some());
        let best = pinned.unwrap_or(0);
        (!found.is_empty()).then(|| found.swap_remove(best))
    }

    /// The text of a file, whatever its encoding: what is looked for is ASCII.
    fn text_of(&mut self, path: &Path) -> Option<String> {
        match self.files.read(path) {
            Ok(bytes) => Some(String::from_utf8_lossy(&bytes?).into_owned()),
            Err(reason) => {
                self.note(path, &reason);
                None
            }
        }
    }

    fn note(&mut self, path: &Path, reason: &Unreadable) {
        let path = shown(self.working_folder, path);
        let note = format!(
            "{}: cannot be read: {reason}; what it says of Django is not known",
            path.display()
        );
        self.unread.push(note);
    }
}

/// `requirements*.txt` here, and `requirements/*.txt`, in the order of their names.
pub(super) fn requirements_files(folder: &Path, files: &Files) -> Vec<PathBuf> {
    let is_named = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        name.starts_with(b"requirements") && (name.ends_with(b".txt") || name.ends_with(b".in"))
    };
    let is_text = |path: &PathBuf| {
        path.extension()
            .is_some_and(|extension| extension == "txt" || extension == "in")
    };
    let mut found: Vec<_> = files.paths(folder).into_iter().filter(is_named).collect();
    let of_folder = files.paths(&folder.join("requirements"));
    found.extend(of_folder.into_iter().filter(is_text));
    found
}
