//! Paths to migration files: the folders under a root whose `.py` files hold a `class Migration`, whatever they are called.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use walkdir::{DirEntry, WalkDir};

use crate::config::Configuration;
use crate::progress::{Progress, Stage};

/// Folders that never hold a project's own code.
const SKIPPED: &[&str] = &[
    "__pycache__",
    "node_modules",
    "site-packages",
    "dist-packages",
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
    /// A file whose content is not, or not yet, on disk.
    pub unsaved: Option<&'a Unsaved>,
    /// What to leave out.
    pub configuration: &'a Configuration,
    /// Counts files.
    pub progress: &'a Progress,
}

/// What an editor holds of a file, saved or not.
#[derive(Debug)]
pub struct Unsaved {
    /// Where it is, or will be.
    pub path: PathBuf,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Unsaved {
    /// The content of a file: what the editor holds, if it is this one, else what is on disk.
    fn read(unsaved: Option<&Self>, path: &Path) -> io::Result<Vec<u8>> {
        match unsaved {
            Some(unsaved) if unsaved.path == path => Ok(unsaved.bytes.clone()),
            Some(_) | None => fs::read(path),
        }
    }
}

/// What lies under a root.
#[derive(Debug, Default)]
pub struct Found {
    /// Files that may be migrations, by folder; in the order of their names.
    pub folders: BTreeMap<PathBuf, Vec<Candidate>>,
    /// Files beside them without a `class Migration`.
    pub others: Vec<PathBuf>,
    /// Every `manage.py`.
    pub manage_files: Vec<PathBuf>,
    /// Every `wsgi.py` and `asgi.py`.
    pub servers: Vec<PathBuf>,
    /// Files and folders that could not be read.
    pub unreadable: Vec<Unreadable>,
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
pub struct Unreadable {
    /// Where it is.
    pub path: PathBuf,
    /// Why.
    pub error: io::Error,
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
    let folders = search.named.iter().filter(|named| named.is_dir());
    found.python_files = folders.map(|folder| (folder.clone(), count(folder))).collect();
    search.progress.begin(Stage::Reading, files.len());
    let read = files.into_par_iter().map(|path| {
        let outcome = candidate(&path, search.unsaved);
        search.progress.step();
        (outcome, path)
    });
    let read: Vec<_> = read.collect();
    let mut others = Vec::new();
    // Files of one folder mostly follow each other.
    let mut folders: Vec<(PathBuf, Vec<Candidate>)> = Vec::new();
    for (outcome, path) in read {
        match outcome {
            Ok(Some(candidate)) => {
                let folder = path.parent().unwrap_or(Path::new(""));
                match folders.last_mut() {
                    Some((last, candidates)) if last.as_os_str() == folder.as_os_str() => candidates.push(candidate),
                    Some(_) | None => folders.push((folder.to_owned(), vec![candidate])),
                }
            }
            Ok(None) => others.push(path),
            Err(error) => found.unreadable.push(Unreadable { path, error }),
        }
    }
    for (folder, candidates) in folders {
        found.folders.entry(folder).or_default().extend(candidates);
    }
    others.retain(|path| is_expected(path) && path.parent().is_some_and(|folder| found.folders.contains_key(folder)));
    found.others = others;
    found
}

/// Whether a file can be left out of all account: it is no migration, and none is missing where it lies.
#[must_use]
pub fn is_beside_the_point(path: &Path, unsaved: Option<&Unsaved>) -> bool {
    let is_file = path.is_file() || unsaved.is_some_and(|unsaved| unsaved.path == path);
    is_file && !is_expected(path) && (!is_loaded(path) || matches!(candidate(path, unsaved), Ok(None)))
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
    let mut links = Links::new(search.root);
    let walker = WalkDir::new(search.root).follow_links(true).sort_by_file_name();
    let entries = walker
        .into_iter()
        .filter_entry(|entry| is_searched(entry, search) && links.lead_on(entry));
    let mut files = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) if entry.file_type().is_file() && is_python(entry.path()) => {
                search.progress.step();
                note_landmark(&entry, found);
                files.push(entry.into_path());
            }
            Ok(_) => {}
            Err(error) => found.unreadable.extend(unreadable(error)),
        }
    }
    files.extend(new_file(search, &files));
    files
}

/// The file that an editor holds, if it is nowhere on disk yet and the configuration has nothing against it.
fn new_file(search: &Search<'_>, files: &[PathBuf]) -> Option<PathBuf> {
    let path = &search.unsaved?.path;
    let is_new = is_python(path) && path.starts_with(search.root) && !path.exists();
    (is_new && !search.configuration.excludes(path) && !files.contains(path)).then(|| path.clone())
}

fn note_landmark(entry: &DirEntry, found: &mut Found) {
    let landmarks = match entry.file_name().as_encoded_bytes() {
        b"manage.py" => &mut found.manage_files,
        b"wsgi.py" | b"asgi.py" => &mut found.servers,
        _ => return,
    };
    landmarks.push(entry.path().to_owned());
}

/// Whether an entry belongs to the project. The root does, and so does what leads to a path that the user named.
fn is_searched(entry: &DirEntry, search: &Search<'_>) -> bool {
    if entry.depth() == 0 {
        return true;
    }
    let path = entry.path();
    if search.configuration.exclude.iter().any(|pattern| pattern.matches(path)) {
        return false;
    }
    let is_own = if entry.file_type().is_dir() {
        !is_foreign(entry)
    } else {
        !is_hidden(entry.file_name())
    };
    is_own || search.named.iter().any(|named| named.starts_with(path))
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().first() == Some(&b'.')
}

/// Whether a folder holds other people's code, or built copies of the project's own.
#[must_use]
pub fn is_foreign(entry: &DirEntry) -> bool {
    let (name, path) = (entry.file_name(), entry.path());
    if is_hidden(name) || SKIPPED.iter().any(|skipped| name == *skipped) {
        return true;
    }
    if (name == "build" || name == "dist") && !path.join("__init__.py").exists() {
        return true;
    }
    path.join("pyvenv.cfg").exists()
}

/// Keeps links between folders from leading in circles, up the tree, or twice to one place.
struct Links {
    root: PathBuf,
    followed: BTreeSet<PathBuf>,
}

impl Links {
    fn new(root: &Path) -> Self {
        Self {
            root: fs::canonicalize(root).unwrap_or_else(|_| root.to_owned()),
            followed: BTreeSet::new(),
        }
    }

    fn lead_on(&mut self, entry: &DirEntry) -> bool {
        if entry.depth() == 0 || !entry.path_is_symlink() || !entry.file_type().is_dir() {
            return true;
        }
        let Ok(target) = fs::canonicalize(entry.path()) else {
            return false;
        };
        let is_known = target.starts_with(&self.root) || self.root.starts_with(&target);
        !is_known && self.followed.insert(target)
    }
}

/// What a failed step of the walk means: a link that leads nowhere or in a circle is passed by.
fn unreadable(error: walkdir::Error) -> Option<Unreadable> {
    if error.loop_ancestor().is_some() {
        return None;
    }
    let path = error.path().unwrap_or(Path::new("")).to_owned();
    let error = error.into_io_error()?;
    (error.kind() != io::ErrorKind::NotFound).then_some(Unreadable { path, error })
}

/// The file's content, if it holds a `class Migration`.
fn candidate(path: &Path, unsaved: Option<&Unsaved>) -> io::Result<Option<Candidate>> {
    if !is_loaded(path) {
        return Ok(None);
    }
    let bytes = Unsaved::read(unsaved, path)?;
    Ok(holds_migration(&bytes).then(|| Candidate {
        path: path.to_owned(),
        bytes,
    }))
}

/// Whether the bytes hold `class Migration`, with any white space between the two words.
#[must_use]
pub fn holds_migration(bytes: &[u8]) -> bool {
    const NAME: &[u8] = b"Migration";
    memchr::memmem::find_iter(bytes, NAME).any(|at| {
        let (before, behind) = (&bytes[..at], &bytes[at + NAME.len()..]);
        let word = before.trim_ascii_end();
        let is_whole = !behind
            .first()
            .is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'_');
        is_whole && word.len() < before.len() && word.ends_with(b"class")
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{holds_migration, is_loaded};

    #[test]
    fn a_class_is_seen_with_any_white_space() {
        assert!(holds_migration(
            b"from django.db import migrations\nclass  Migration(migrations.Migration):"
        ));
        assert!(!holds_migration(b"from django.db.migrations import Migration\n"));
        assert!(!holds_migration(b"class MigrationTests(TestCase):"));
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
