//! Files with some of them changed: what an editor holds, or what would be if a file were gone.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Entry, Kind, Source, Unreadable, Via, within_limit};

/// What differs from the files below, by absolute path.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    changes: BTreeMap<PathBuf, Change>,
}

/// What became of a file.
#[derive(Clone, Debug)]
enum Change {
    /// It holds this, whether or not it was there.
    Holds(Arc<[u8]>),
    Removed,
}

impl Change {
    /// The folders that it makes, unless they are there.
    fn folders(&self, path: &Path) -> Vec<PathBuf> {
        match self {
            Change::Holds(_) => path.ancestors().skip(1).map(Path::to_owned).collect(),
            Change::Removed => Vec::new(),
        }
    }
}

impl Overlay {
    /// With this in a file, which may be a new one in a new folder.
    #[must_use]
    pub fn with(mut self, path: PathBuf, bytes: Vec<u8>) -> Self {
        self.changes.insert(path, Change::Holds(bytes.into()));
        self
    }

    /// Without a file.
    #[must_use]
    pub fn without(mut self, path: PathBuf) -> Self {
        self.changes.insert(path, Change::Removed);
        self
    }
}

/// An overlay and what it lies over.
#[derive(Debug)]
pub(super) struct Changed {
    below: Arc<Source>,
    /// By the path as given, and by the one behind all links: both may be asked for.
    changes: FxHashMap<PathBuf, Change>,
    /// Their last parts.
    names: FxHashSet<OsString>,
    /// The folders that there must be for what was added.
    folders: FxHashSet<PathBuf>,
}

impl Changed {
    pub(super) fn new(below: Arc<Source>, overlay: Overlay) -> Self {
        let mut changed = Self {
            below,
            changes: FxHashMap::default(),
            names: FxHashSet::default(),
            folders: FxHashSet::default(),
        };
        for (path, change) in overlay.changes {
            let names = [Some(path.clone()), changed.place(&path)];
            for path in names.into_iter().flatten() {
                changed.names.extend(path.file_name().map(OsStr::to_owned));
                changed.folders.extend(change.folders(&path));
                changed.changes.insert(path, change.clone());
            }
        }
        changed
    }

    /// Where a file lies behind all links of the files below, or would lie if it were there.
    fn place(&self, path: &Path) -> Option<PathBuf> {
        if let Ok(Some(real)) = self.below.real(path) {
            return Some(real);
        }
        let folder = self.below.real(path.parent()?).ok()??;
        Some(folder.join(path.file_name()?))
    }

    fn change(&self, path: &Path) -> Option<&Change> {
        if let Some(change) = self.changes.get(path) {
            return Some(change);
        }
        // The same file on another way: only then are links worth a look.
        if !path.file_name().is_some_and(|name| self.names.contains(name)) {
            return None;
        }
        self.changes.get(&self.place(path)?)
    }

    pub(super) fn refusal(&self) -> Option<String> {
        self.below.refusal()
    }

    pub(super) fn kind(&self, path: &Path) -> Result<Option<Kind>, Unreadable> {
        match self.change(path) {
            Some(Change::Holds(_)) => Ok(Some(Kind::File)),
            Some(Change::Removed) => Ok(None),
            None => match self.below.kind(path)? {
                None if self.folders.contains(path) => Ok(Some(Kind::Folder)),
                found => Ok(found),
            },
        }
    }

    pub(super) fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, Unreadable> {
        match self.change(path) {
            Some(Change::Holds(bytes)) => within_limit(bytes.to_vec()).map(Some),
            Some(Change::Removed) => Ok(None),
            None => self.below.read(path),
        }
    }

    pub(super) fn entries(&self, folder: &Path) -> Result<Option<Vec<Entry>>, Unreadable> {
        let below = self.below.entries(folder)?;
        if below.is_none() && !self.folders.contains(folder) {
            return Ok(None);
        }
        let listed = below.into_iter().flatten().map(|entry| (entry.path.clone(), entry));
        let mut entries: BTreeMap<PathBuf, Entry> = listed.collect();
        entries.retain(|path, _| !matches!(self.change(path), Some(Change::Removed)));
        for path in self.changes.keys().filter_map(|path| child(folder, path)) {
            self.enter(path, &mut entries)?;
        }
        Ok(Some(entries.into_values().collect()))
    }

    /// Adds what the overlay holds at a path, or on the way to it; what was there before is there still.
    fn enter(&self, path: PathBuf, entries: &mut BTreeMap<PathBuf, Entry>) -> Result<(), Unreadable> {
        let Some(kind) = self.kind(&path)? else {
            return Ok(());
        };
        let via = entries.get(&path).map_or(Via::Itself, |entry| entry.via);
        entries.insert(path.clone(), Entry { path, kind, via });
        Ok(())
    }

    pub(super) fn real(&self, path: &Path) -> Result<Option<PathBuf>, Unreadable> {
        match self.change(path) {
            Some(Change::Holds(_)) => Ok(Some(self.place(path).unwrap_or_else(|| path.to_owned()))),
            Some(Change::Removed) => Ok(None),
            None => match self.below.real(path)? {
                None if self.folders.contains(path) => Ok(Some(path.to_owned())),
                found => Ok(found),
            },
        }
    }

    pub(super) fn holds_repository(&self, folder: &Path) -> bool {
        self.below.holds_repository(folder)
    }
}

/// What lies in the folder itself on the way to a path below it.
fn child(folder: &Path, path: &Path) -> Option<PathBuf> {
    let first = path.strip_prefix(folder).ok()?.components().next()?;
    Some(folder.join(first))
}
