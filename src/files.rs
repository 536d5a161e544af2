//! The one door to files: whatever forelock reads of a project comes through here, on disk or not.

mod commit;
mod disk;
mod overlay;
mod replace;
mod walk;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

use crate::git::GitError;
use commit::Commit;
use overlay::Changed;
pub use overlay::Overlay;
pub use replace::{ReplaceError, Replacement, replace_all};
pub use walk::Step;

/// Larger files are not read. What people, `makemigrations` or a package manager write has some hundred kilobytes, lock files of
/// large projects a few megabytes; what is larger is data, and the tree of its syntax takes more memory than all else together.
pub const MAX_SIZE: u64 = 16 << 20;

/// Where files lie: on disk, on disk with some of them changed, or in the tree of a commit.
///
/// Paths are always those that the files have on disk, or would have there. Links are followed in the source that they lie in.
/// To copy it is cheap.
#[derive(Clone, Debug)]
pub struct Files {
    source: Arc<Source>,
    /// Folders of this machine and not of the project, wherever they lie: see [`Files::beside`].
    installed: Vec<PathBuf>,
}

#[derive(Debug)]
enum Source {
    Disk,
    Changed(Changed),
    Commit(Commit),
}

/// What lies at a path, behind all links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// What must not even be opened: a reader of a pipe waits for its writer.
    Special(Special),
}

/// What is neither a file nor a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    /// A named pipe.
    Pipe,
    /// A socket.
    Socket,
    /// A device, or whatever else the system has.
    Device,
}

/// How one comes from a folder to what an entry names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// It lies there itself.
    Itself,
    /// It is a link.
    Link,
}

/// What a folder holds. Links to nowhere are left out.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The folder's path and the entry's name.
    pub path: PathBuf,
    /// What it is, behind all links.
    pub kind: Kind,
    /// Whether it is a link.
    pub via: Via,
}

/// Why something that is there cannot be read.
#[derive(Debug, Error)]
pub enum Unreadable {
    /// It was named, and is not there.
    #[error("there is no such file")]
    Absent,
    /// The system says so.
    #[error("{0}")]
    System(#[from] io::Error),
    /// It is no regular file.
    #[error("it is {}, not a file", .0.noun())]
    NotAFile(Kind),
    /// It is no folder.
    #[error("it is {}, not a folder", .0.noun())]
    NotAFolder(Kind),
    /// It is larger than [`MAX_SIZE`].
    #[error("it has {0} bytes, and files of more than {limit} MiB are not read", limit = MAX_SIZE >> 20)]
    TooLarge(u64),
    /// A link in a commit names a place outside of it.
    #[error("it is a link that leads out of the commit")]
    LeadsOut,
    /// A link leads to itself.
    #[error("its links lead in a circle")]
    Circle,
    /// git cannot say what is in it.
    #[error(transparent)]
    Git(#[from] GitError),
}

impl Kind {
    fn noun(self) -> &'static str {
        match self {
            Kind::File => "a file",
            Kind::Folder => "a folder",
            Kind::Special(Special::Pipe) => "a named pipe",
            Kind::Special(Special::Socket) => "a socket",
            Kind::Special(Special::Device) => "a device",
        }
    }
}

impl Unreadable {
    /// Whether the system refuses to say what is there.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self, Unreadable::System(error) if error.kind() == io::ErrorKind::PermissionDenied)
    }
}

impl Entry {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &std::ffi::OsStr {
        self.path.file_name().unwrap_or_default()
    }
}

impl Files {
    /// What is on disk.
    #[must_use]
    pub fn on_disk() -> Self {
        Self::new(Source::Disk)
    }

    /// What is in the tree of a commit, as if it were checked out where its repository lies.
    ///
    /// What lies outside of the repository is read from disk.
    ///
    /// # Errors
    /// When the folder lies in no repository, or git knows no such commit.
    pub fn of_commit(folder: &Path, reference: &str) -> Result<Self, GitError> {
        Ok(Self::new(Source::Commit(Commit::open(folder, reference)?)))
    }

    /// The same files, with some changed, added or removed.
    #[must_use]
    pub fn with(&self, overlay: Overlay) -> Self {
        let changed = Changed::new(Arc::clone(&self.source), overlay);
        Self {
            source: Arc::new(Source::Changed(changed)),
            installed: self.installed.clone(),
        }
    }

    /// The same files beside those of this machine in `folder`: installed packages belong to no commit, even where a virtual
    /// environment lies in the folder of the repository.
    #[must_use]
    pub fn beside(mut self, folder: PathBuf) -> Self {
        self.installed.push(folder);
        self
    }

    /// Whether what is read is what lies on disk.
    #[must_use]
    pub fn are_on_disk(&self) -> bool {
        matches!(*self.source, Source::Disk)
    }

    /// Why git could not hand out the files of a commit, should it have refused one.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        self.source.refusal()
    }

    fn new(source: Source) -> Self {
        Self {
            source: Arc::new(source),
            installed: Vec::new(),
        }
    }

    fn source(&self, path: &Path) -> &Source {
        if self.installed.iter().any(|folder| path.starts_with(folder)) {
            return &Source::Disk;
        }
        &self.source
    }

    /// What lies at the path; `None` if nothing does.
    ///
    /// # Errors
    /// When that cannot be found out.
    pub fn kind(&self, path: &Path) -> Result<Option<Kind>, Unreadable> {
        self.source(path).kind(path)
    }

    /// Whether a regular file lies at the path.
    #[must_use]
    pub fn is_file(&self, path: &Path) -> bool {
        matches!(self.kind(path), Ok(Some(Kind::File)))
    }

    /// Whether a folder lies at the path.
    #[must_use]
    pub fn is_folder(&self, path: &Path) -> bool {
        matches!(self.kind(path), Ok(Some(Kind::Folder)))
    }

    /// What is in the file; `None` if there is none.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, Unreadable> {
        self.source(path).read(path)
    }

    /// What the folder holds, in the order of names; `None` if there is none.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn entries(&self, folder: &Path) -> Result<Option<Vec<Entry>>, Unreadable> {
        let mut entries = self.source(folder).entries(folder)?;
        if let Some(entries) = &mut entries {
            // What comes before the name is the same in all.
            entries.sort_unstable_by(|one, other| one.path.as_os_str().cmp(other.path.as_os_str()));
        }
        Ok(entries)
    }

    /// The paths in a folder, in the order of names; none if it is not there or cannot be read.
    #[must_use]
    pub fn paths(&self, folder: &Path) -> Vec<PathBuf> {
        let entries = self.entries(folder).ok().flatten().unwrap_or_default();
        entries.into_iter().map(|entry| entry.path).collect()
    }

    /// The path behind all links; `None` if nothing lies there.
    ///
    /// # Errors
    /// When that cannot be found out, as with a link that leads in a circle.
    pub fn real(&self, path: &Path) -> Result<Option<PathBuf>, Unreadable> {
        self.source(path).real(path)
    }

    /// Whether a folder holds a git repository, or a part that is a repository of its own.
    #[must_use]
    pub fn holds_repository(&self, folder: &Path) -> bool {
        self.source(folder).holds_repository(folder)
    }
}

impl Source {
    fn refusal(&self) -> Option<String> {
        match self {
            Source::Disk => None,
            Source::Changed(changed) => changed.refusal(),
            Source::Commit(commit) => commit.refusal(),
        }
    }

    fn kind(&self, path: &Path) -> Result<Option<Kind>, Unreadable> {
        match self {
            Source::Disk => disk::kind(path),
            Source::Changed(changed) => changed.kind(path),
            Source::Commit(commit) => commit.kind(path),
        }
    }

    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, Unreadable> {
        match self {
            Source::Disk => disk::read(path),
            Source::Changed(changed) => changed.read(path),
            Source::Commit(commit) => commit.read(path),
        }
    }

    fn entries(&self, folder: &Path) -> Result<Option<Vec<Entry>>, Unreadable> {
        match self {
            Source::Disk => disk::entries(folder),
            Source::Changed(changed) => changed.entries(folder),
            Source::Commit(commit) => commit.entries(folder),
        }
    }

    fn real(&self, path: &Path) -> Result<Option<PathBuf>, Unreadable> {
        match self {
            Source::Disk => disk::real(path),
            Source::Changed(changed) => changed.real(path),
            Source::Commit(commit) => commit.real(path),
        }
    }

    fn holds_repository(&self, folder: &Path) -> bool {
        match self {
            Source::Disk => disk::holds_repository(folder),
            Source::Changed(changed) => changed.holds_repository(folder),
            Source::Commit(commit) => commit.holds_repository(folder),
        }
    }
}

/// The bytes of a file, unless they are too many.
fn within_limit(bytes: Vec<u8>) -> Result<Vec<u8>, Unreadable> {
    let size = bytes.len() as u64;
    if size > MAX_SIZE {
        return Err(Unreadable::TooLarge(size));
    }
    Ok(bytes)
}
