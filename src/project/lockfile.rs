//! Versions of Django and of packages, from what the project pins: lock files, requirements, an environment's metadata.

use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::root::{shown, up_to_git};
use crate::files::{Files, Unreadable};
use crate::versions::DjangoVersion;

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

/// A requirement on a package: `django>=4.2,<6`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    clauses: Vec<(Comparison, DjangoVersion)>,
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    AtLeast,
    Above,
    AtMost,
    Below,
    Not,
    /// `~=5.1.0`: 5.1; `~=5.1`: 5.1 and above, below 6.
    Compatible {
        patch: bool,
    },
}

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

/// `[[package]] name = "django" version = "5.2.1"`, read line by line: lock files are long, and written by machines.
///
/// Where several Pythons lead to several releases it is the newest.
fn in_package_list(text: &str, package: &str) -> Option<DjangoVersion> {
    let mut is_wanted = false;
    let mut newest = None;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            is_wanted = false;
        } else if let Some(name) = line.strip_prefix("name = ") {
            is_wanted = is_same_package(name.trim_matches('"'), package);
        } else if let Some(version) = line.strip_prefix("version = ").filter(|_| is_wanted) {
            newest = newest.max(DjangoVersion::parse(version.trim_matches('"')));
        }
    }
    newest
}

/// Names of distributions are compared without case, and with one hyphen for each run of `-`, `_` and `.`.
fn is_same_package(name: &str, package: &str) -> bool {
    let normal = |letter: u8| match letter {
        b'_' | b'.' => b'-',
        letter => letter.to_ascii_lowercase(),
    };
    name.bytes().map(normal).eq(package.bytes().map(normal))
}

/// `name: django` with `version: 5.2.1` behind it, as the lock files of conda and pixi have it.
fn in_yaml_list(text: &str, package: &str) -> Option<DjangoVersion> {
    let mut is_wanted = false;
    let mut newest = None;
    for line in text.lines().map(|line| line.trim().trim_start_matches("- ")) {
        if let Some(name) = line.strip_prefix("name: ") {
            is_wanted = is_same_package(name, package);
        } else if let Some(version) = line.strip_prefix("version: ").filter(|_| is_wanted) {
            newest = newest.max(DjangoVersion::parse(version.trim_matches(['"', '\''])));
        }
    }
    newest
}

/// `-r base.txt`, `--requirement=base.txt`, `-c constraints.txt`.
fn included(line: &str) -> Option<&str> {
    let line = line.split(" #").next()?.trim();
    let options = ["--requirement", "--constraint", "-r", "-c"];
    let rest = options.iter().find_map(|option| line.strip_prefix(option))?;
    Some(rest.trim_start_matches(['=', ' '])).filter(|path| !path.is_empty() && !path.contains("://"))
}

/// Lines and strings of setup.cfg and setup.py.
fn in_setup(text: &str, package: &str) -> Option<Requirement> {
    let of_line = |line: &'_ str| {
        let bare = line
            .trim_start_matches("install_requires")
            .trim_start_matches([' ', '=']);
        let mut words = line.split(['"', '\'']).chain([bare]);
        words.find_map(|word| Requirement::parse(word, package).filter(|found| !found.clauses.is_empty()))
    };
    text.lines().map(str::trim).find_map(of_line)
}

/// `- django=5.1`, and what stands below `- pip:`.
fn in_conda(text: &str, package: &str) -> Option<Requirement> {
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix("- "));
    let mut found = lines.filter_map(|line| {
        let line = line.trim_matches(['"', '\'']).split(" #").next()?;
        match line.split_once('=') {
            // conda's `name=version=build`: all releases that begin so.
            Some((name, rest)) if !rest.starts_with('=') && !name.contains(['<', '>', '~', '!', ' ']) => {
                let version = rest.split('=').next()?;
                Requirement::parse(&format!("{name}=={version}"), package)
            }
            Some(_) | None => Requirement::parse(line, package),
        }
    });
    found.find(|requirement| !requirement.clauses.is_empty())
}

fn in_pipfile(text: &str, package: &str) -> Option<DjangoVersion> {
    let lock: serde_json::Value = serde_json::from_str(text).ok()?;
    let version = lock.get("default")?.get(package)?.get("version")?.as_str()?;
    DjangoVersion::parse(version.trim_start_matches('='))
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

/// The newest of the pins, should there be one for each of several Pythons; else the first that is said of Django.
fn in_requirements(text: &str, package: &str) -> Option<Requirement> {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    let mut requirements: Vec<Requirement> = lines.filter_map(|line| Requirement::parse(line, package)).collect();
    let pins = requirements.iter().map(Requirement::pinned);
    let best = pins
        .enumerate()
        .filter(|(_, pin)| pin.is_some())
        .max_by_key(|(_, pin)| *pin);
    let best = best.map_or(0, |(index, _)| index);
    (!requirements.is_empty()).then(|| requirements.swap_remove(best))
}

/// pyproject.toml, Pipfile and pixi.toml.
fn in_toml(text: &str, package: &str) -> Option<Requirement> {
    in_pyproject(text, package).or_else(|| {
        let document = DeTable::parse(text).ok()?;
        let document = document.get_ref();
        let pixi = table(document, "tool").and_then(|tool| table(tool, "pixi"));
        let groups = ["packages", "default", "pypi-dependencies", "dependencies"];
        let tables = [Some(document), pixi].into_iter().flatten();
        let mut tables = tables.flat_map(|document| groups.iter().filter_map(|group| table(document, group)));
        tables.find_map(|table| in_table(table, package))
    })
}

/// The project's own dependencies, then its extras and groups, else Poetry's.
fn in_pyproject(text: &str, package: &str) -> Option<Requirement> {
    let document = DeTable::parse(text).ok()?;
    let document = document.get_ref();
    let project = table(document, "project");
    let lists = project.and_then(|project| project.get("dependencies"));
    let extras = project.and_then(|project| table(project, "optional-dependencies"));
    let groups = table(document, "dependency-groups");
    let lists = lists
        .into_iter()
        .chain(extras.into_iter().chain(groups).flat_map(DeTable::values));
    let mut listed = lists
        .filter_map(|list| list.get_ref().as_array())
        .flat_map(|list| list.iter())
        .filter_map(|item| item.get_ref().as_str());
    listed
        .find_map(|item| Requirement::parse(item, package))
        .or_else(|| in_poetry(document, package))
}

fn in_poetry(document: &DeTable<'_>, package: &str) -> Option<Requirement> {
    in_table(
        table(table(table(document, "tool")?, "poetry")?, "dependencies")?,
        package,
    )
}

/// `django = "^5.1"` or `django = { version = "^5.1" }`.
fn in_table(dependencies: &DeTable<'_>, package: &str) -> Option<Requirement> {
    let mut entries = dependencies.iter();
    let (_, version) = entries.find(|(name, _)| is_same_package(name.get_ref(), package))?;
    let version = version.get_ref();
    let inner = || version.get("version").and_then(|node| node.get_ref().as_str());
    Requirement::poetry(version.as_str().or_else(inner)?)
}

fn table<'a, 'text>(table: &'a DeTable<'text>, key: &str) -> Option<&'a DeTable<'text>> {
    table.get(key)?.get_ref().as_table()
}

impl Requirement {
    /// This release and no other.
    fn exactly(version: DjangoVersion) -> Self {
        Self {
            clauses: vec![(Comparison::Equal, version)],
            text: format!("=={version}"),
        }
    }

    /// Reads `Django[argon2]>=4.2,<6 ; python_version >= "3.10"`; `None` for other packages.
    fn parse(line: &str, package: &str) -> Option<Self> {
        let line = line.split(';').next()?.trim();
        let (name, rest) = line.split_at_checked(package.len())?;
        if !is_same_package(name, package) {
            return None;
        }
        let rest = match rest.strip_prefix('[') {
            Some(extras) => extras.split_once(']')?.1,
            None => rest,
        };
        let rest = rest.trim().trim_start_matches('(').trim_end_matches(')');
        // `pip-compile` puts hashes behind the version: `django==5.2.1 --hash=... \`.
        let rest = rest.split(" --").next()?.trim_end_matches('\\').trim();
        let is_version = rest.is_empty() || rest.starts_with(['=', '<', '>', '~', '!']);
        is_version.then(|| Self {
            clauses: rest.split(',').filter_map(clause).collect(),
            text: rest.to_owned(),
        })
    }

    /// Poetry's `^5.1`, `~5.1`, `5.1.*` beside the usual.
    fn poetry(text: &str) -> Option<Self> {
        let clauses = match text.trim().split_at_checked(1)? {
            ("^", version) => clause(&format!("~={}", DjangoVersion::parse(version)?))
                .into_iter()
                .collect(),
            ("~", version) if !version.starts_with('=') => clause(&format!("=={}", DjangoVersion::parse(version)?))
                .into_iter()
                .collect(),
            (first, _) if first.starts_with(|first: char| first.is_ascii_digit()) => {
                clause(&format!("=={text}")).into_iter().collect()
            }
            _ => text.split(',').filter_map(clause).collect(),
        };
        Some(Self {
            clauses,
            text: text.trim().to_owned(),
        })
    }

    fn pinned(&self) -> Option<DjangoVersion> {
        let pinned = self.clauses.iter().find_map(|(comparison, version)| match comparison {
            Comparison::Equal | Comparison::Compatible { patch: true } => Some(*version),
            Comparison::AtLeast
            | Comparison::Above
            | Comparison::AtMost
            | Comparison::Below
            | Comparison::Not
            | Comparison::Compatible { patch: false } => None,
        });
        pinned.or_else(|| match self.allowed().as_slice() {
            [only] => Some(*only),
            _ => None,
        })
    }

    /// The release that is asked for, or the last that is allowed.
    fn bound(&self) -> Option<DjangoVersion> {
        let bounds = self
            .clauses
            .iter()
            .filter(|(comparison, _)| comparison.is_upper_bound());
        let last = |(comparison, version): &(Comparison, DjangoVersion)| match comparison {
            Comparison::Below => DjangoVersion::new(version.major, version.minor.saturating_sub(1)),
            _ => *version,
        };
        bounds.map(last).min()
    }

    fn allowed(&self) -> Vec<DjangoVersion> {
        let allows = |candidate: &DjangoVersion| {
            let fits = |(comparison, version): &(Comparison, DjangoVersion)| comparison.allows(*candidate, *version);
            self.clauses.iter().all(fits)
        };
        DjangoVersion::KNOWN.into_iter().filter(allows).collect()
    }

    /// The known release nearest to what is allowed, where no known one is.
    fn nearest_known(&self) -> DjangoVersion {
        let bounds = self
            .clauses
            .iter()
            .filter(|(comparison, _)| comparison.is_upper_bound());
        let bound = bounds.map(|(_, version)| *version).min();
        let asked = self
            .clauses
            .iter()
            .filter(|(comparison, _)| matches!(comparison, Comparison::AtLeast | Comparison::Above));
        let asked = asked.map(|(_, version)| *version).max();
        bound.or(asked).unwrap_or(DjangoVersion::DEFAULT).nearest_known()
    }

    /// The newest allowed release where the requirement has an upper bound; else the default, if allowed.
    fn guess(&self, path: &Path) -> DjangoFound {
        if let Some(version) = self.pinned() {
            return DjangoFound::said(version);
        }
        let allowed = self.allowed();
        let is_bounded = self.clauses.iter().any(|(comparison, _)| comparison.is_upper_bound());
        let newest = allowed.last().copied();
        let version = match newest {
            Some(newest) if is_bounded => newest,
            Some(_) if allowed.contains(&DjangoVersion::DEFAULT) => DjangoVersion::DEFAULT,
            Some(newest) => newest,
            None => self.nearest_known(),
        };
        let is_newer = newest.is_none() && version == DjangoVersion::NEWEST;
        let newer = if is_newer {
            ", and forelock knows no newer one"
        } else {
            ""
        };
        let note = format!(
            "Django {version} is assumed: {} asks for `django{}`{newer}; set `django-version` to be sure",
            path.display(),
            self.text
        );
        DjangoFound::guessed(version, note)
    }
}

impl Comparison {
    /// Whether a release, with any patch level, can satisfy the clause.
    fn allows(self, candidate: DjangoVersion, version: DjangoVersion) -> bool {
        match self {
            Comparison::Equal | Comparison::Compatible { patch: true } => candidate == version,
            Comparison::AtLeast | Comparison::Above => candidate >= version,
            Comparison::AtMost => candidate <= version,
            Comparison::Below => candidate < version,
            Comparison::Not => true,
            Comparison::Compatible { patch: false } => candidate >= version && candidate.major == version.major,
        }
    }

    fn is_upper_bound(self) -> bool {
        match self {
            Comparison::Equal | Comparison::AtMost | Comparison::Below | Comparison::Compatible { .. } => true,
            Comparison::AtLeast | Comparison::Above | Comparison::Not => false,
        }
    }
}

fn clause(text: &str) -> Option<(Comparison, DjangoVersion)> {
    let text = text.trim();
    let operators = [
        ("===", Comparison::Equal),
        ("==", Comparison::Equal),
        (">=", Comparison::AtLeast),
        ("<=", Comparison::AtMost),
        ("!=", Comparison::Not),
        ("~=", Comparison::Compatible { patch: false }),
        (">", Comparison::Above),
        ("<", Comparison::Below),
    ];
    let (comparison, version) = operators.iter().find_map(|(operator, comparison)| {
        let version = text.strip_prefix(operator)?.trim();
        Some((*comparison, version))
    })?;
    let has_patch = version.split('.').count() > 2;
    let comparison = match comparison {
        Comparison::Compatible { .. } => Comparison::Compatible { patch: has_patch },
        // `<5.2.4` still allows 5.2.
        Comparison::Below if has_patch && !version.ends_with(".0") => Comparison::AtMost,
        other => other,
    };
    // `==5.*` names no release, but a range.
    if version.split('.').nth(1) == Some("*") {
        return Some((
            Comparison::Compatible { patch: false },
            DjangoVersion::parse(version.split('.').next()?)?,
        ));
    }
    Some((comparison, DjangoVersion::parse(version)?))
}

#[cfg(test)]
mod tests {
    use super::{DJANGO, DjangoVersion, Requirement, in_package_list, in_pyproject, in_requirements};

    const fn version(major: u8, minor: u8) -> DjangoVersion {
        DjangoVersion::new(major, minor)
    }

    #[test]
    fn a_lock_file_names_the_release() {
        let lock = "[[package]]\nname = \"django\"\nversion = \"5.1.4\"\n\n[[package]]\nname = \"psycopg\"\n";
        assert_eq!(in_package_list(lock, DJANGO), Some(version(5, 1)));
        assert_eq!(
            in_package_list("[[package]]\nname = \"django-filter\"\nversion = \"25.1\"\n", DJANGO),
            None
        );
    }

    #[test]
    fn a_requirement_with_two_equals_is_a_pin() {
        let pinned = |text: &str| in_requirements(text, DJANGO).and_then(|requirement| requirement.pinned());
        assert_eq!(
            pinned("# comment\nDjango==4.2.16 --hash=sha256:1 \\\n"),
            Some(version(4, 2))
        );
        assert_eq!(
            pinned("django[argon2]~=5.2.0 ; python_version > '3.10'\n"),
            Some(version(5, 2))
        );
        assert_eq!(pinned("django>=5.2,<5.3\n"), Some(version(5, 2)));
        assert_eq!(pinned("django>=4.2\n"), None);
        assert_eq!(pinned("django-filter==25.1\n"), None);
    }

    #[test]
    fn a_range_gives_the_newest_release_below_its_bound_and_says_so() {
        let guess = |text: &str| {
            let requirement = Requirement::parse(text, DJANGO)?;
            Some(requirement.guess(std::path::Path::new("requirements.txt")).version)
        };
        assert_eq!(guess("django>=4.2,<5.2"), Some(version(5, 1)));
        assert_eq!(guess("django>=4.2"), Some(version(5, 2)));
        assert_eq!(guess("django>=6.0"), Some(version(6, 1)));
        assert_eq!(guess("django"), Some(version(5, 2)));
        assert_eq!(guess("django<5.2.4"), Some(version(5, 2)));
        assert_eq!(guess("django<4"), Some(version(4, 2)));
    }

    #[test]
    fn poetry_writes_carets() {
        let pyproject = "[tool.poetry.dependencies]\npython = \"^3.12\"\ndjango = \"~5.1\"\n";
        assert_eq!(
            in_pyproject(pyproject, DJANGO).and_then(|requirement| requirement.pinned()),
            Some(version(5, 1))
        );
        let extras = "[tool.poetry.dependencies]\nDjango = { version = \"5.0.*\", extras = [\"argon2\"] }\n";
        assert_eq!(
            in_pyproject(extras, DJANGO).and_then(|requirement| requirement.pinned()),
            Some(version(5, 0))
        );
    }
}
