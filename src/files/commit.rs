//! Files in the tree of a commit: listed at once, each read when it is asked for.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Entry, Kind, MAX_SIZE, Unreadable, Via, disk};
use crate::git::{self, Git, GitError, Object, Objects};

/// As many links as Linux follows for one path.
const MAX_LINKS: usize = 40;

/// The tree of a commit, in the place of the work tree.
#[derive(Debug)]
pub(super) struct Commit {
    /// The repository's folder: as it was named, and behind all links.
    tops: Vec<PathBuf>,
    /// What the tree holds, by the path from its top; the top itself is the empty path.
    listed: FxHashMap<PathBuf, Listed>,
    objects: Mutex<Objects>,
    /// Why git could not hand out an object, the first time.
    refusal: Mutex<Option<String>>,
}

#[derive(Debug)]
enum Listed {
    /// The name of its content.
    File(String),
    /// The name of what holds the path that it leads to.
    Link(String),
    /// The names in it.
    Folder(FxHashSet<OsString>),
}

impl Commit {
    pub(super) fn open(folder: &Path, reference: &str) -> Result<Self, GitError> {
        let git = Git::at(folder)?;
        let commit = git.commit(reference)?;
        let tops = tops(&git, folder)?;
        let tree = git.ask(&["ls-tree", "-r", "-z", "--full-tree", &commit])?;
        let listed = listed(&tree.stdout);
        git.bring(&commit, &read_of_projects(&listed))?;
        Ok(Self {
            tops,
            listed,
            objects: Mutex::new(git.objects()?),
            refusal: Mutex::default(),
        })
    }

    /// Why git could not hand out what is in the tree: then nothing is known of what was not read.
    pub(super) fn refusal(&self) -> Option<String> {
        let refusal = self.refusal.lock().unwrap_or_else(PoisonError::into_inner);
        refusal.clone()
    }

    /// The path from the top, if it lies in the repository; what lies elsewhere is on disk.
    fn inside<'p>(&self, path: &'p Path) -> Option<&'p Path> {
        self.tops.iter().find_map(|top| path.strip_prefix(top).ok())
    }

    pub(super) fn kind(&self, path: &Path) -> Result<Option<Kind>, Unreadable> {
        let Some(path) = self.inside(path) else {
            return disk::kind(path);
        };
        Ok(self.resolve(path)?.map(|(_, listed)| kind_of(listed)))
    }

    pub(super) fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, Unreadable> {
        let Some(path) = self.inside(path) else {
            return disk::read(path);
        };
        match self.resolve(path)? {
            Some((_, Listed::File(object))) => self.content(object).map(Some),
            Some((_, other)) => Err(Unreadable::NotAFile(kind_of(other))),
            None => Ok(None),
        }
    }

    pub(super) fn entries(&self, folder: &Path) -> Result<Option<Vec<Entry>>, Unreadable> {
        let Some(path) = self.inside(folder) else {
            return disk::entries(folder);
        };
        match self.resolve(path)? {
            Some((real, Listed::Folder(names))) => {
                let entries = names
                    .iter()
                    .filter_map(|name| self.entry(folder.join(name), &real.join(name)));
                Ok(Some(entries.collect()))
            }
            Some((_, other)) => Err(Unreadable::NotAFolder(kind_of(other))),
            None => Ok(None),
        }
    }

    /// An entry of a folder; `real` is its place in the tree.
    fn entry(&self, path: PathBuf, real: &Path) -> Option<Entry> {
        let (kind, via) = match self.listed.get(real)? {
            Listed::File(_) => (Kind::File, Via::Itself),
            Listed::Folder(_) => (Kind::Folder, Via::Itself),
            Listed::Link(_) => match self.resolve(real) {
                Ok(target) => (kind_of(target?.1), Via::Link),
                // What is there is not known: a file by its name, else what might be a folder.
                Err(_) if path.extension().is_some() => (Kind::File, Via::Link),
                Err(Unreadable::Circle) => return None,
                Err(_) => (Kind::Folder, Via::Link),
            },
        };
        Some(Entry { path, kind, via })
    }

    pub(super) fn real(&self, path: &Path) -> Result<Option<PathBuf>, Unreadable> {
        let Some(inside) = self.inside(path) else {
            return disk::real(path);
        };
        let top = self.tops.last().map_or(Path::new(""), PathBuf::as_path);
        Ok(self.resolve(inside)?.map(|(real, _)| top.join(real)))
    }

    /// Submodules are not part of the tree, so the top alone is one.
    pub(super) fn holds_repository(&self, folder: &Path) -> bool {
        match self.inside(folder) {
            Some(path) => path.as_os_str().is_empty(),
            None => disk::holds_repository(folder),
        }
    }

    /// Follows all links on the way to a path.
    fn resolve(&self, path: &Path) -> Result<Option<(PathBuf, &Listed)>, Unreadable> {
        match self.listed.get(path) {
            Some(listed @ (Listed::File(_) | Listed::Folder(_))) => return Ok(Some((path.to_owned(), listed))),
            Some(Listed::Link(_)) | None => {}
        }
        let mut links = 0;
        let mut real = PathBuf::new();
        let mut rest: VecDeque<OsString> = parts(path).ok_or(Unreadable::LeadsOut)?;
        while let Some(part) = rest.pop_front() {
            if part == ".." {
                if !real.pop() {
                    return Err(Unreadable::LeadsOut);
                }
                continue;
            }
            real.push(part);
            match self.listed.get(&real) {
                None => return Ok(None),
                Some(Listed::File(_)) if !rest.is_empty() => return Ok(None),
                Some(Listed::File(_) | Listed::Folder(_)) => {}
                Some(Listed::Link(object)) => {
                    links += 1;
                    if links > MAX_LINKS {
                        return Err(Unreadable::Circle);
                    }
                    real.pop();
                    let target = git::path(&self.content(object)?);
                    let target = self.target(&target, &mut real)?;
                    rest = target.into_iter().chain(rest).collect();
                }
            }
        }
        Ok(self.listed.get(&real).map(|listed| (real.clone(), listed)))
    }

    /// The parts of a link's target; one from the file system's root begins at the top of the tree, if it leads there.
    fn target(&self, target: &Path, from: &mut PathBuf) -> Result<VecDeque<OsString>, Unreadable> {
        if !target.is_absolute() {
            return parts(target).ok_or(Unreadable::LeadsOut);
        }
        from.clear();
        let inside = self.inside(target).ok_or(Unreadable::LeadsOut)?;
        parts(inside).ok_or(Unreadable::LeadsOut)
    }

    fn content(&self, object: &str) -> Result<Vec<u8>, Unreadable> {
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        let got = objects.get(object, MAX_SIZE);
        if let Err(error) = &got {
            let mut refusal = self.refusal.lock().unwrap_or_else(PoisonError::into_inner);
            refusal.get_or_insert_with(|| error.to_string());
        }
        match got? {
            Object::Bytes(bytes) => Ok(bytes),
            Object::TooLarge(size) => Err(Unreadable::TooLarge(size)),
        }
    }
}

/// The repository's folder as seen from the one that was named, and as git sees it.
fn tops(git: &Git<'_>, folder: &Path) -> Result<Vec<PathBuf>, GitError> {
    let real = git::path(git::line_bytes(&git.ask(&["rev-parse", "--show-toplevel"])?));
    let below = git::path(git::line_bytes(&git.ask(&["rev-parse", "--show-prefix"])?));
    let named = folder
        .ends_with(&below)
        .then(|| folder.ancestors().nth(below.components().count()));
    let mut tops: Vec<PathBuf> = named.flatten().map(Path::to_owned).into_iter().collect();
    tops.push(real);
    tops.dedup();
    Ok(tops)
}

/// Reads `git ls-tree -r -z`: `MODE TYPE OBJECT` and, behind a tab, the path.
fn listed(tree: &[u8]) -> FxHashMap<PathBuf, Listed> {
    let mut listed = FxHashMap::default();
    listed.insert(PathBuf::new(), Listed::Folder(FxHashSet::default()));
    for line in git::words(tree) {
        let Some(tab) = memchr::memchr(b'\t', line) else {
            continue;
        };
        let path = git::path(&line[tab + 1..]);
        let head = git::text(&line[..tab]);
        let mut words = head.split(' ');
        let (mode, object) = (words.next(), words.nth(1).unwrap_or_default().to_owned());
        let found = match mode {
            Some("120000") => Listed::Link(object),
            // A submodule: a folder that is empty until somebody fills it.
            Some("160000") => Listed::Folder(FxHashSet::default()),
            _ => Listed::File(object),
        };
        enter_folders(&path, &mut listed);
        listed.insert(path, found);
    }
    listed
}

/// The objects of files that may be read of a project: its code, its configuration, and what it depends on.
fn read_of_projects(listed: &FxHashMap<PathBuf, Listed>) -> FxHashSet<&str> {
    let files = listed.iter().filter_map(|(path, listed)| match listed {
        Listed::File(object) => Some((path, object.as_str())),
        Listed::Link(_) | Listed::Folder(_) => None,
    });
    let is_read = |path: &Path| {
        let extension = path.extension().unwrap_or_default();
        ["py", "toml", "txt", "lock"].iter().any(|read| extension == *read)
    };
    files
        .filter(|(path, _)| is_read(path))
        .map(|(_, object)| object)
        .collect()
}

/// Notes the path in the folder that it lies in, and that one in its own.
fn enter_folders(path: &Path, listed: &mut FxHashMap<PathBuf, Listed>) {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return;
    };
    match listed.get_mut(folder) {
        Some(Listed::Folder(names)) => {
            names.insert(name.to_owned());
        }
        // A tree never has a file or a link where it has a folder.
        Some(Listed::File(_) | Listed::Link(_)) => {}
        None => {
            listed.insert(
                folder.to_owned(),
                Listed::Folder([name.to_owned()].into_iter().collect()),
            );
            enter_folders(folder, listed);
        }
    }
}

fn kind_of(listed: &Listed) -> Kind {
    match listed {
        // Links are followed before anyone asks; what is left of one is its text.
        Listed::File(_) | Listed::Link(_) => Kind::File,
        Listed::Folder(_) => Kind::Folder,
    }
}

/// `None` for a path that does not start where it is read.
fn parts(path: &Path) -> Option<VecDeque<OsString>> {
    let mut parts = VecDeque::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => parts.push_back(name.to_owned()),
            Component::ParentDir => parts.push_back("..".into()),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts)
}
