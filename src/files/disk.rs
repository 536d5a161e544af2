//! Files on disk.

use std::fs::{self, DirEntry, File, FileType, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::{Entry, Kind, MAX_SIZE, Special, Unreadable, Via};

pub(super) fn kind(path: &Path) -> Result<Option<Kind>, Unreadable> {
    Ok(metadata(path)?.map(|found| kind_of(found.file_type())))
}

/// Only a regular file is opened: a pipe's reader would wait, and to open a device may do something.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, Unreadable> {
    let Some(found) = metadata(path)? else {
        return Ok(None);
    };
    match kind_of(found.file_type()) {
        Kind::File => {}
        other @ (Kind::Folder | Kind::Special(_)) => return Err(Unreadable::NotAFile(other)),
    }
    if found.len() > MAX_SIZE {
        return Err(Unreadable::TooLarge(found.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(found.len()).unwrap_or_default());
    // What grows meanwhile, or tells no size, is still cut off.
    File::open(path)?.take(MAX_SIZE + 1).read_to_end(&mut bytes)?;
    super::within_limit(bytes).map(Some)
}

pub(super) fn entries(folder: &Path) -> Result<Option<Vec<Entry>>, Unreadable> {
    let listed = match fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) if is_absence(&error) => return absent_or_no_folder(folder),
        Err(error) => return Err(error.into()),
    };
    let mut entries = Vec::new();
    for found in listed {
        entries.extend(entry(&found?)?);
    }
    Ok(Some(entries))
}

pub(super) fn real(path: &Path) -> Result<Option<PathBuf>, Unreadable> {
    match fs::canonicalize(path) {
        Ok(real) => Ok(Some(real)),
        Err(error) if is_absence(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A folder in a clone, a file in a linked work tree or a submodule.
pub(super) fn holds_repository(folder: &Path) -> bool {
    matches!(kind(&folder.join(".git")), Ok(Some(_)))
}

fn absent_or_no_folder(path: &Path) -> Result<Option<Vec<Entry>>, Unreadable> {
    match kind(path)? {
        None => Ok(None),
        Some(other) => Err(Unreadable::NotAFolder(other)),
    }
}

/// `None` for a link to nowhere or in a circle.
fn entry(found: &DirEntry) -> Result<Option<Entry>, Unreadable> {
    let (path, own) = (found.path(), found.file_type()?);
    if !own.is_symlink() {
        return Ok(Some(Entry {
            path,
            kind: kind_of(own),
            via: Via::Itself,
        }));
    }
    let kind = match fs::metadata(&path) {
        Ok(target) => kind_of(target.file_type()),
        // Why it cannot be looked at is told by whoever reads it.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Kind::File,
        Err(_) => return Ok(None),
    };
    Ok(Some(Entry {
        path,
        kind,
        via: Via::Link,
    }))
}

fn metadata(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::metadata(path) {
        Ok(found) => Ok(Some(found)),
        Err(error) if is_absence(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Nothing of this name, or a file where the path has a folder. A name that no file can have names nothing either.
fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidInput | ErrorKind::InvalidFilename
    )
}

fn kind_of(found: FileType) -> Kind {
    if found.is_file() {
        Kind::File
    } else if found.is_dir() {
        Kind::Folder
    } else {
        Kind::Special(special(found))
    }
}

#[cfg(unix)]
fn special(found: FileType) -> Special {
    use std::os::unix::fs::FileTypeExt;
    if found.is_fifo() {
        Special::Pipe
    } else if found.is_socket() {
        Special::Socket
    } else {
        Special::Device
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> Special {
    Special::Device
}
