//! Paths to migration files: the folders under a root whose `.py` files hold a `class Migration`, whatever they are called.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::config::Configuration;
use crate::files::{Entry, Files, Kind, Step, Unreadable, Via};
use crate::progress::{Progress, Stage};

/// Folders that never hold a project's own code.
const SKIPPED: &[&str] = &["__pycache__", "node_modules", "site-packages", "dist-packages"];

/// Folders that do not either, unless they are packages of Python themselves: an app may be called so.
const MOSTLY_SKIPPED: &[&str] = &[
    "build",
    "dist",
    "venv",
    "virtualenv",
    // What `startproject --template` and `startapp --template` copy from.
    "app_template",
    "project_template",
];

/// Where to search.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// The folder to walk.
    pub root: &'a Path,
    /// Paths that the user named: they are searched whatever their folders are called.
    pub named: &'a [PathBuf],
    /// Where its files are read.
    pub files: &'a Files,
    /// What to leave out.
    pub configuration: &'a Configuration,
    /// Counts files.
    pub progress: &'a Progress,
}

/// What lies under a root.
#[derive(Debug, Default)]
pub struct Found {
    /// Files that may be migrations, by folder; in the order of their names.
    pub folders: BTreeMap<PathBuf, Vec<Candidate>>,
    /// Files beside them without a `class Migration`, and compiled ones without their source.
    pub others: Vec<PathBuf>,
    /// Compiled modules in folders called `migrations`.
    compiled: Vec<PathBuf>,
    /// Every `manage.py`.
    pub manage_files: Vec<PathBuf>,
    /// Every `wsgi.py` and `asgi.py`.
    pub servers: Vec<PathBuf>,
    /// Files that bind `INSTALLED_APPS`.
    pub settings: Vec<PathBuf>,
    /// Files that may name the versions of packages, by their names.
    pub requirements: Vec<PathBuf>,
    /// Files and folders that could not be read.
    pub unread: Vec<Unread>,
    /// Links to folders outside of the project, which are not walked.
    pub links_out: Vec<PathBuf>,
    /// How many `.py` files there are under each of the named folders.
    pub python_files: BTreeMap<PathBuf, usize>,
}

/// A file that holds a `class Migration`.
#[derive(Debug)]
pub struct Candidate {
    /// Where it is.
    pub path: PathBuf,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A file or folder that could not be read.
#[derive(Debug)]
pub struct Unread {
    /// Where it is.
    pub path: PathBuf,
    /// Why.
    pub reason: Unreadable,
}

/// Walks the root once and reads its `.py` files in parallel.
#[must_use]
pub fn discover(search: &Search<'_>) -> Found {
    let mut found = Found::default();
    search.progress.begin(Stage::Searching, 0);
    let files = walk(search, &mut found);
    let count = |folder: &PathBuf| {
        if folder == search.root {
            files.len()
        } else {
            files.iter().filter(|file| file.starts_with(folder)).count()
        }
    };
    let folders = search.named.iter().filter(|named| search.files.is_folder(named));
    found.python_files = folders.map(|folder| (folder.clone(), count(folder))).collect();
    search.progress.begin(Stage::Reading, files.len());
    let read = files.into_par_iter().map(|path| {
        let outcome = look(&path, search.files);
        search.progress.step();
        (outcome, path)
    });
    let read: Vec<_> = read.collect();
    let mut others = Vec::new();
    // Files of one folder mostly follow each other.
    let mut folders: Vec<(PathBuf, Vec<Candidate>)> = Vec::new();
    for (outcome, path) in read {
        match outcome {
            Ok(Looked::Migration(candidate)) => {
                let folder = path.parent().unwrap_or(Path::new(""));
                match folders.last_mut() {
                    Some((last, candidates)) if last.as_os_str() == folder.as_os_str() => candidates.push(candidate),
                    Some(_) | None => folders.push((folder.to_owned(), vec![candidate])),
                }
            }
            Ok(Looked::Settings) => found.settings.push(path),
            Ok(Looked::Neither) => others.push(path),
            Err(reason) => found.unread.push(Unread { path, reason }),
        }
    }
    for (folder, candidates) in folders {
        found.folders.entry(folder).or_default().extend(candidates);
    }
    // Nothing may be read of a folder, and yet it is one of migrations.
    for unread in found.unread.iter().filter(|unread| is_expected(&unread.path)) {
        let folder = unread.path.parent().unwrap_or(Path::new(""));
        found.folders.entry(folder.to_owned()).or_default();
    }
    // Files that Django refuses make a folder of migrations, too: `0001_initial.py` without a class.
    for path in others.iter().filter(|path| is_numbered_among_migrations(path)) {
        let folder = path.parent().unwrap_or(Path::new(""));
        found.folders.entry(folder.to_owned()).or_default();
    }
    others.retain(|path| is_expected(path) && path.parent().is_some_and(|folder| found.folders.contains_key(folder)));
    let is_among = |path: &PathBuf| path.parent().is_some_and(|folder| found.folders.contains_key(folder));
    let compiled = std::mem::take(&mut found.compiled);
    let compiled = compiled.into_iter().filter(|path| is_among(path));
    others.extend(compiled.filter(|path| !search.files.is_file(&path.with_extension("py"))));
    found.others = others;
    found
}

/// Whether a file can be left out of all account: it is no migration, and none is missing where it lies.
#[must_use]
pub fn is_beside_the_point(path: &Path, files: &Files) -> bool {
    files.is_file(path)
        && !is_expected(path)
        && (!is_loaded(path) || matches!(look(path, files), Ok(Looked::Settings | Looked::Neither)))
}

/// Whether a file that lies beside migrations must be one itself, or Django refuses to load the folder.
///
/// A folder of tests may define a class Migration too; names alone tell it from a folder of migrations.
#[must_use]
pub fn is_expected(path: &Path) -> bool {
    let name = |path: &Path| path.file_name().unwrap_or_default().as_encoded_bytes().to_owned();
    let is_named = path
        .parent()
        .is_some_and(|folder| name(folder).ends_with(b"migrations"));
    let is_numbered = name(path).first().is_some_and(u8::is_ascii_digit);
    is_loaded(path) && (is_named || is_numbered)
}

/// Whether a file is numbered as migrations are, in a folder that is called so.
#[must_use]
pub fn is_numbered_among_migrations(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
    is_loaded(path) && folder == "migrations" && name.first().is_some_and(u8::is_ascii_digit)
}

/// Whether a file is a compiled module that Python imports where it lies, in a folder of migrations.
#[must_use]
pub fn is_compiled(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
    let stem = path.file_stem().unwrap_or_default().as_encoded_bytes();
    let is_module = path.extension().is_some_and(|extension| extension == "pyc");
    is_module && folder.as_encoded_bytes().ends_with(b"migrations") && !matches!(stem.first(), None | Some(b'_' | b'~'))
}

/// Whether Django's loader would import this file of a migration folder.
/// See `MigrationLoader.load_disk` in django/db/migrations/loader.py.
#[must_use]
pub fn is_loaded(path: &Path) -> bool {
    let stem = path.file_stem().unwrap_or_default().as_encoded_bytes();
    is_python(path) && !matches!(stem.first(), None | Some(b'_' | b'~'))
}

/// Whether the file's name ends in `.py`.
#[must_use]
pub fn is_python(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "py")
}

/// All `.py` files under the root, in order; landmarks and what cannot be read go to `found`.
fn walk(search: &Search<'_>, found: &mut Found) -> Vec<PathBuf> {
    let mut links = Links::new(search);
    let mut files = Vec::new();
    let mut is_searched = |entry: &Entry| is_searched(entry, search) && links.lead_on(entry, search);
    search
        .files
        .walk(search.root, &mut is_searched, &mut |step| match step {
            Step::Entry(entry) if entry.kind == Kind::Folder => {}
            Step::Entry(entry) if !is_python(&entry.path) => {
                if entry.kind != Kind::File {
                } else if names_requirements(&entry.path) {
                    found.requirements.push(entry.path);
                } else if is_compiled(&entry.path) {
                    found.compiled.push(entry.path);
                }
            }
            Step::Entry(entry) => {
                search.progress.step();
                match entry.kind {
                    Kind::File => {
                        note_landmark(&entry, found);
                        if !is_another_name(&entry, search) {
                            files.push(entry.path);
                        }
                    }
                    kind @ (Kind::Folder | Kind::Special(_)) if is_loaded(&entry.path) => found.unread.push(Unread {
                        path: entry.path,
                        reason: Unreadable::NotAFile(kind),
                    }),
                    Kind::Folder | Kind::Special(_) => {}
                }
            }
            Step::Unreadable(path, reason) => found.unread.push(Unread { path, reason }),
        });
    found.links_out = links.out;
    files
}

/// Whether a file may say which packages a project needs, by its name and those of the folders around it.
fn names_requirements(path: &Path) -> bool {
    const NAMES: [&str; 13] = [
        "uv.lock",
        "poetry.lock",
        "pdm.lock",
        "pylock.toml",
        "pixi.lock",
        "Pipfile.lock",
        "Pipfile",
        "pyproject.toml",
        "pixi.toml",
        "setup.cfg",
        "environment.yml",
        "environment.yaml",
        "conda-lock.yml",
    ];
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let extension = path.extension().and_then(OsStr::to_str);
    if !matches!(extension, Some("txt" | "in")) {
        return NAMES.contains(&name);
    }
    let mut near = path.ancestors().take(3).filter_map(Path::file_name);
    near.any(|part| {
        let part = part.to_string_lossy().to_lowercase();
        part.contains("require") || part.contains("depend") || part.contains("constraint") || part == "pip"
    })
}

/// Whether a link is but another name of a file that is found at its own place. In a folder of migrations it is one itself.
fn is_another_name(entry: &Entry, search: &Search<'_>) -> bool {
    let is_in_project = || {
        let real = |path: &Path| search.files.real(path).ok().flatten();
        let target = real(&entry.path).zip(real(search.root));
        target.is_some_and(|(target, root)| target.starts_with(root))
    };
    entry.via == Via::Link && !is_expected(&entry.path) && is_in_project()
}

fn note_landmark(entry: &Entry, found: &mut Found) {
    let landmarks = match entry.name().as_encoded_bytes() {
        b"manage.py" => &mut found.manage_files,
        b"wsgi.py" | b"asgi.py" => &mut found.servers,
        _ => return,
    };
    landmarks.push(entry.path.clone());
}

/// Whether an entry belongs to the project. The root does, and so does what leads to a path that the user named.
fn is_searched(entry: &Entry, search: &Search<'_>) -> bool {
    if search
        .configuration
        .exclude
        .iter()
        .any(|pattern| pattern.matches(&entry.path))
    {
        return false;
    }
    let is_own = match entry.kind {
        Kind::Folder => !is_foreign(entry, search.files),
        Kind::File | Kind::Special(_) => !is_hidden(entry.name()),
    };
    is_own || leads_to_named(entry, search)
}

/// Whether the entry is one that the user named, or lies on the way there.
fn leads_to_named(entry: &Entry, search: &Search<'_>) -> bool {
    search.named.iter().any(|named| named.starts_with(&entry.path))
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().first() == Some(&b'.')
}

/// Whether a folder holds other people's code, or built copies of the project's own.
#[must_use]
pub fn is_foreign(entry: &Entry, files: &Files) -> bool {
    let (name, path) = (entry.name(), &entry.path);
    if is_hidden(name) || SKIPPED.iter().any(|skipped| name == *skipped) {
        return true;
    }
    if MOSTLY_SKIPPED.iter().any(|skipped| name == *skipped) && !files.is_file(&path.join("__init__.py")) {
        return true;
    }
    files.is_file(&path.join("pyvenv.cfg"))
}

/// Keeps links between folders from leading out of the project, in circles, up the tree, or twice to one place.
struct Links {
    /// The folder that links may not leave: that of the repository, else the root.
    home: PathBuf,
    /// The root and where links were followed to.
    walked: Vec<PathBuf>,
    /// Those that lead out.
    out: Vec<PathBuf>,
}

impl Links {
    fn new(search: &Search<'_>) -> Self {
        let real = |path: &Path| {
            search
                .files
                .real(path)
                .ok()
                .flatten()
                .unwrap_or_else(|| path.to_owned())
        };
        let mut above = search.root.ancestors();
        let home = above.find(|ancestor| search.files.holds_repository(ancestor));
        Self {
            home: real(home.unwrap_or(search.root)),
            walked: vec![real(search.root)],
            out: Vec::new(),
        }
    }

    fn lead_on(&mut self, entry: &Entry, search: &Search<'_>) -> bool {
        if entry.kind != Kind::Folder || entry.via == Via::Itself {
            return true;
        }
        let target = match search.files.real(&entry.path) {
            Ok(Some(target)) => target,
            Err(Unreadable::LeadsOut) => {
                self.out.push(entry.path.clone());
                return false;
            }
            Ok(None) | Err(_) => return false,
        };
        let is_around = |walked: &PathBuf| target.starts_with(walked) || walked.starts_with(&target);
        if self.walked.iter().any(is_around) {
            return false;
        }
        if !target.starts_with(&self.home) && !leads_to_named(entry, search) {
            self.out.push(entry.path.clone());
            return false;
        }
        self.walked.push(target);
        true
    }
}

/// What a file holds, by its text.
enum Looked {
    /// A `class Migration`.
    Migration(Candidate),
    /// What may be a project's settings.
    Settings,
    Neither,
}

fn look(path: &Path, files: &Files) -> Result<Looked, Unreadable> {
    if !is_loaded(path) {
        let is_package = path.file_name().is_some_and(|name| name == "__init__.py");
        let is_settings =
            is_package && names_settings(path) && files.read(path)?.is_some_and(|bytes| binds_apps(&bytes));
        return Ok(if is_settings { Looked::Settings } else { Looked::Neither });
    }
    // It was seen a moment ago.
    let bytes = files.read(path)?.ok_or(Unreadable::Absent)?;
    Ok(if holds_migration(&bytes) {
        Looked::Migration(Candidate {
            path: path.to_owned(),
            bytes,
        })
    } else if binds_apps(&bytes) && !is_expected(path) {
        Looked::Settings
    } else {
        Looked::Neither
    })
}

/// Whether a package's name says that it holds settings: other `__init__.py` are not read.
fn names_settings(init: &Path) -> bool {
    let name = init.parent().and_then(Path::file_name).and_then(OsStr::to_str);
    name.is_some_and(|name| name.contains("settings") || name.contains("conf"))
}

/// Whether the bytes bind `INSTALLED_APPS`: `INSTALLED_APPS =`, `+=`, or with a type.
fn binds_apps(bytes: &[u8]) -> bool {
    const NAME: &[u8] = b"INSTALLED_APPS";
    memchr::memmem::find_iter(bytes, NAME).any(|at| {
        let behind = bytes[at + NAME.len()..].trim_ascii_start();
        let is_own = !matches!(bytes[..at].last(), Some(before) if before.is_ascii_alphanumeric() || matches!(before, b'_' | b'.'));
        let is_bound = matches!(behind, [b'=', next, ..] if *next != b'=') || behind.starts_with(b": ");
        is_own && is_bound
    })
}

/// Whether the bytes hold `class Migration`, with any white space between the two words, or give the name to something, by an
/// assignment or by an import from elsewhere than Django.
#[must_use]
pub fn holds_migration(bytes: &[u8]) -> bool {
    const NAME: &[u8] = b"Migration";
    memchr::memmem::find_iter(bytes, NAME).any(|at| {
        let (before, behind) = (&bytes[..at], &bytes[at + NAME.len()..]);
        let word = before.trim_ascii_end();
        let is_whole = !behind
            .first()
            .is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'_');
        let is_class = word.len() < before.len() && word.ends_with(b"class");
        // `Migration = Other`
        let blanks = before
            .iter()
            .rev()
            .take_while(|letter| matches!(letter, b' ' | b'\t'))
            .count();
        let line = &before[..before.len() - blanks];
        let is_given = matches!(behind.trim_ascii_start(), [b'=', next, ..] if *next != b'=')
            && matches!(line.last(), None | Some(b'\n'));
        is_whole && (is_class || is_given || is_imported(before, word))
    })
}

/// Whether a name behind this text, which ends in `word`, is imported by a `from` that begins in column one: `from x import Migration`,
/// `from x import Other as Migration`.
fn is_imported(before: &[u8], word: &[u8]) -> bool {
    const FROM: &[u8] = b"from ";
    let is_listed =
        word.len() < before.len() && (word.ends_with(b"import") || word.ends_with(b" as")) || word.ends_with(b",");
    if !is_listed && !word.ends_with(b"(") {
        return false;
    }
    let Some(at) = memchr::memmem::rfind(before, FROM) else {
        return false;
    };
    let statement = &before[at + FROM.len()..];
    let begins_line = at == 0 || before[at - 1] == b'\n';
    begins_line && !statement.starts_with(b"django.") && is_open(statement)
}

/// Whether the names of an import go on behind this text: in its line, or in its parentheses.
fn is_open(statement: &[u8]) -> bool {
    const IMPORT: &[u8] = b" import";
    let Some(at) = memchr::memmem::find(statement, IMPORT) else {
        return false;
    };
    match statement[at + IMPORT.len()..].trim_ascii_start() {
        [b'(', names @ ..] => memchr::memchr(b')', names).is_none(),
        names => memchr::memchr(b'\n', names).is_none(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{holds_migration, is_loaded};

    #[test]
    fn a_class_is_seen_with_any_white_space_and_by_its_name() {
        assert!(holds_migration(
            b"from django.db import migrations\nclass  Migration(migrations.Migration):"
        ));
        assert!(!holds_migration(b"from django.db.migrations import Migration\n"));
        assert!(holds_migration(b"from shop.base import Migration\n"));
        assert!(holds_migration(b"from shop.base import (\n    Migration,\n)\n"));
        assert!(holds_migration(b"from shop.base import First as Migration  # noqa\n"));
        assert!(!holds_migration(
            b"from shop.base import Other\nMigrations(1, Migration)\n"
        ));
        assert!(!holds_migration(b"class MigrationTests(TestCase):"));
        assert!(holds_migration(b"import other\nMigration = other.make()\n"));
        assert!(!holds_migration(b"if Migration == other:\n"));
        assert!(!holds_migration(b""));
    }

    #[test]
    fn private_modules_are_no_migrations() {
        assert!(is_loaded(Path::new("shop/migrations/0001_initial.py")));
        assert!(!is_loaded(Path::new("shop/migrations/__init__.py")));
        assert!(!is_loaded(Path::new("shop/migrations/_helpers.py")));
        assert!(!is_loaded(Path::new("shop/migrations/0001_initial.pyc")));
    }
}
