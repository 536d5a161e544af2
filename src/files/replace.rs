//! Writing: several files at once, all of them or none.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{SigId, flag, low_level};
use tempfile::NamedTempFile;
use thiserror::Error;

/// A file to be written.
#[derive(Clone, Debug)]
pub struct Replacement {
    /// Its absolute path; folders on the way are made.
    pub path: PathBuf,
    /// What it held when it was read; none of a file that is not there.
    pub was: Option<Vec<u8>>,
    /// What it is to hold.
    pub content: Vec<u8>,
}

/// Why nothing was written.
#[derive(Debug, Error)]
pub enum ReplaceError {
    /// It is another file than the one that was read.
    #[error("{}: changed since it was read; nothing was written", .0.display())]
    Changed(PathBuf),
    /// A new file would take the place of one that is there.
    #[error("{}: is there already; nothing was written", .0.display())]
    InTheWay(PathBuf),
    /// The system says no.
    #[error("{}: cannot be written: {error}; nothing was changed", path.display())]
    System {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Somebody stopped it.
    #[error("stopped by a signal; nothing was written")]
    Stopped,
}

/// Writes all of them, or none: beside their places first, so that a full disk or a signal leaves everything as it was, then each in one
/// step. A signal that comes meanwhile waits for the end.
///
/// # Errors
/// Where one cannot be written, or has changed.
pub fn replace_all(replacements: &[Replacement]) -> Result<(), ReplaceError> {
    let signals = Signals::held();
    let mut folders = Folders::default();
    let written = written_beside(replacements, &mut folders).and_then(|beside| {
        check(replacements)?;
        if signals.came() {
            return Err(ReplaceError::Stopped);
        }
        exchange(replacements, beside)
    });
    if written.is_err() {
        folders.take_away();
    }
    written
}

/// Every text in a file beside its place, on the disk itself.
fn written_beside(replacements: &[Replacement], folders: &mut Folders) -> Result<Vec<NamedTempFile>, ReplaceError> {
    let mut beside = Vec::new();
    for replacement in replacements {
        let path = &replacement.path;
        let failed = |error| ReplaceError::System {
            path: path.clone(),
            error,
        };
        let folder = path.parent().unwrap_or(Path::new("."));
        folders.make(folder).map_err(failed)?;
        beside.push(beside_of(replacement, folder).map_err(failed)?);
    }
    Ok(beside)
}

fn beside_of(replacement: &Replacement, folder: &Path) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix(".forelock-").tempfile_in(folder)?;
    file.write_all(&replacement.content)?;
    if let Ok(found) = fs::metadata(&replacement.path) {
        file.as_file().set_permissions(found.permissions())?;
    } else {
        readable(file.as_file())?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

/// A temporary file is readable by its owner alone; one of a project is as the others.
#[cfg(unix)]
fn readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &File) -> io::Result<()> {
    Ok(())
}

/// Whether all places are as they were.
fn check(replacements: &[Replacement]) -> Result<(), ReplaceError> {
    for replacement in replacements {
        let path = &replacement.path;
        match (fs::read(path), &replacement.was) {
            (Ok(_), None) => return Err(ReplaceError::InTheWay(path.clone())),
            (Ok(found), Some(was)) if found == *was => {}
            (Err(error), None) if error.kind() == io::ErrorKind::NotFound => {}
            (_, _) => return Err(ReplaceError::Changed(path.clone())),
        }
    }
    Ok(())
}

/// Puts each in its place; where one does not go, those before it are taken back.
fn exchange(replacements: &[Replacement], beside: Vec<NamedTempFile>) -> Result<(), ReplaceError> {
    for (index, (replacement, file)) in replacements.iter().zip(beside).enumerate() {
        let path = &replacement.path;
        let moved = match replacement.was {
            None => file.persist_noclobber(path),
            Some(_) => file.persist(path),
        };
        if let Err(failed) = moved {
            replacements[..index].iter().for_each(take_back);
            return Err(ReplaceError::System {
                path: path.clone(),
                error: failed.error,
            });
        }
    }
    let folders = replacements.iter().filter_map(|replacement| replacement.path.parent());
    for folder in folders {
        // A system that cannot do this for a folder keeps its names by itself.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    Ok(())
}

/// What cannot be taken back stays: there is nothing left to do about it.
fn take_back(replacement: &Replacement) {
    let _ = match &replacement.was {
        None => fs::remove_file(&replacement.path),
        Some(was) => fs::write(&replacement.path, was),
    };
}

/// The folders that were made on the way.
#[derive(Default)]
struct Folders(Vec<PathBuf>);

impl Folders {
    fn make(&mut self, folder: &Path) -> io::Result<()> {
        let missing: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.is_dir()).collect();
        for folder in missing
            .into_iter()
            .rev()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            fs::create_dir(folder)?;
            self.0.push(folder.to_owned());
        }
        Ok(())
    }

    fn take_away(&self) {
        for folder in self.0.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// While it lives, signals that end a program wait.
struct Signals {
    came: Arc<AtomicBool>,
    held: Vec<(i32, SigId)>,
}

impl Signals {
    fn held() -> Self {
        let came = Arc::new(AtomicBool::new(false));
        let held = ending().into_iter().filter_map(|signal| {
            let held = flag::register(signal, Arc::clone(&came)).ok()?;
            Some((signal, held))
        });
        let held = held.collect();
        Self { came, held }
    }

    fn came(&self) -> bool {
        self.came.load(Ordering::SeqCst)
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for (_, held) in &self.held {
            low_level::unregister(*held);
        }
    }
}

#[cfg(unix)]
fn ending() -> Vec<i32> {
    vec![SIGINT, SIGTERM, signal_hook::consts::SIGHUP]
}

#[cfg(not(unix))]
fn ending() -> Vec<i32> {
    vec![SIGINT, SIGTERM]
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{ReplaceError, Replacement, replace_all};

    fn replacement(path: &Path, was: Option<&str>, content: &str) -> Replacement {
        Replacement {
            path: path.to_owned(),
            was: was.map(|text| text.as_bytes().to_vec()),
            content: content.as_bytes().to_vec(),
        }
    }

    /// The names in a folder, those of temporary files among them.
    fn names(folder: &Path) -> Vec<String> {
        let listed = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = listed
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn all_files_are_written_and_folders_come_along() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (
            folder.path().join("old.py"),
            folder.path().join("management/commands/new.py"),
        );
        fs::write(&old, "before").unwrap();
        replace_all(&[
            replacement(&new, None, "new"),
            replacement(&old, Some("before"), "after"),
        ])
        .unwrap();
        assert_eq!(fs::read_to_string(&old).unwrap(), "after");
        assert_eq!(fs::read_to_string(&new).unwrap(), "new");
        assert_eq!(names(folder.path()), ["management", "old.py"]);
    }

    #[test]
    fn one_file_that_has_changed_since_leaves_all_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old.py"), folder.path().join("commands/new.py"));
        fs::write(&old, "edited meanwhile").unwrap();
        let written = replace_all(&[
            replacement(&new, None, "new"),
            replacement(&old, Some("before"), "after"),
        ]);
        assert!(matches!(written, Err(ReplaceError::Changed(_))), "{written:?}");
        assert_eq!(fs::read_to_string(&old).unwrap(), "edited meanwhile");
        assert_eq!(names(folder.path()), ["old.py"]);
    }

    #[test]
    fn a_new_file_never_takes_the_place_of_one_that_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().join("0042_1_note.py");
        fs::write(&there, "somebody's").unwrap();
        let written = replace_all(&[replacement(&there, None, "ours")]);
        assert!(matches!(written, Err(ReplaceError::InTheWay(_))), "{written:?}");
        assert_eq!(fs::read_to_string(&there).unwrap(), "somebody's");
    }

    #[test]
    fn a_place_where_nothing_can_be_written_leaves_the_others_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let (old, file) = (folder.path().join("old.py"), folder.path().join("file"));
        fs::write(&old, "before").unwrap();
        fs::write(&file, "no folder").unwrap();
        let written = replace_all(&[
            replacement(&old, Some("before"), "after"),
            replacement(&file.join("new.py"), None, "new"),
        ]);
        assert!(matches!(written, Err(ReplaceError::System { .. })), "{written:?}");
        assert_eq!(fs::read_to_string(&old).unwrap(), "before");
        assert_eq!(names(folder.path()), ["file", "old.py"]);
    }
}
