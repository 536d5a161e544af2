//! Python modules on disk: dotted paths to files, files to values.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use rustc_hash::FxHashSet;
use thiserror::Error;

use crate::files::{Files, Kind, Unreadable};
use crate::python::{self, DecodeError, Module, Modules, Origin};
use crate::source::SourceFile;
use crate::versions::DjangoVersion;

/// A migration that imports more rounds of modules than this imports in a circle that never ends.
const MAX_ROUNDS: usize = 64;

/// Why a file is no Python source.
#[derive(Debug, Error)]
pub(super) enum ReadError {
    #[error("cannot be read: {0}")]
    Unreadable(#[from] Unreadable),
    #[error("{0}")]
    Decode(#[from] DecodeError),
}

impl ReadError {
    /// The 1-based line that is to blame.
    pub(super) fn line(&self) -> Option<u32> {
        match self {
            ReadError::Decode(DecodeError::Invalid { line, .. }) => u32::try_from(*line).ok(),
            ReadError::Decode(DecodeError::UnknownEncoding(_) | DecodeError::TooLarge) | ReadError::Unreadable(_) => {
                None
            }
        }
    }
}

/// Finds the files of modules, as Python would along `sys.path`.
#[derive(Debug)]
pub(super) struct Finder {
    /// Where they are read.
    pub(super) files: Files,
    /// Folders that packages lie in, first come first served.
    roots: Vec<PathBuf>,
    /// Those of other people: what cannot be read there is not the project's concern.
    installed: Vec<PathBuf>,
    /// What the project has and cannot be read.
    unread: Mutex<BTreeMap<PathBuf, ReadError>>,
    /// Decides what `django.VERSION` is in conditions.
    pub(super) django: DjangoVersion,
}

/// A module's file.
struct Located {
    path: PathBuf,
    is_package: bool,
}

impl Located {
    fn candidates(root: &Path, module: &str) -> [Self; 2] {
        let mut path = root.to_owned();
        path.extend(module.split('.'));
        let package = path.join("__init__.py");
        path.as_mut_os_string().push(".py");
        [(package, true), (path, false)].map(|(path, is_package)| Self { path, is_package })
    }
}

impl Finder {
    /// A finder over folders of the project and then over those of installed packages, each counted once.
    pub(super) fn new(files: Files, own: Vec<PathBuf>, installed: Vec<PathBuf>, django: DjangoVersion) -> Self {
        let mut seen = FxHashSet::default();
        let folders = own.into_iter().chain(installed.iter().cloned());
        Self {
            files,
            roots: folders.filter(|folder| seen.insert(folder.clone())).collect(),
            installed,
            unread: Mutex::default(),
            django,
        }
    }

    /// What of the project could not be read so far.
    pub(super) fn take_unread(&self) -> BTreeMap<PathBuf, ReadError> {
        std::mem::take(&mut self.unread.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether something of the project could not be read so far.
    pub(super) fn has_unread(&self) -> bool {
        !self.unread.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// The bytes of a file; `None` if there is none, or it cannot be read and is noted.
    pub(super) fn bytes(&self, path: &Path) -> Option<Vec<u8>> {
        match self.files.read(path) {
            Ok(bytes) => bytes,
            Err(reason) => {
                self.note(path, reason.into());
                None
            }
        }
    }

    /// The text of a file, likewise.
    pub(super) fn source(&self, path: &Path, bytes: Vec<u8>) -> Option<Arc<SourceFile>> {
        source(path, bytes).map_err(|reason| self.note(path, reason)).ok()
    }

    fn note(&self, path: &Path, reason: ReadError) {
        if !self.installed.iter().any(|folder| path.starts_with(folder)) {
            let mut unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner);
            unread.insert(path.to_owned(), reason);
        }
    }

    /// The first file of this name that can be read; of others the first that is there.
    fn locate(&self, module: &str) -> Option<Located> {
        let is_plain = |part: &str| !part.is_empty() && !part.contains(['/', '\\', '\0']);
        if !module.split('.').all(is_plain) {
            return None;
        }
        let mut blocked = None;
        for root in &self.roots {
            for located in Located::candidates(root, module) {
                match self.files.kind(&located.path) {
                    Ok(Some(Kind::File)) => return Some(located),
                    Ok(Some(Kind::Folder | Kind::Special(_))) => blocked = blocked.or(Some(located)),
                    // A folder that cannot be searched is told as such, and not once for each module that might lie in it.
                    Err(reason) if reason.is_refusal() => {}
                    Err(_) => blocked = blocked.or(Some(located)),
                    Ok(None) => {}
                }
            }
        }
        blocked
    }

    /// The file of the module with this dotted path.
    pub(super) fn path_of(&self, module: &str) -> Option<PathBuf> {
        self.locate(module).map(|located| located.path)
    }

    /// The dotted path that a file of the project is imported by.
    pub(super) fn dotted(&self, file: &Path) -> Option<String> {
        let inside = self.roots.iter().filter_map(|root| file.strip_prefix(root).ok());
        let shortest = inside.min_by_key(|rest| rest.components().count())?;
        let path = shortest.with_extension("");
        let path = if path.ends_with("__init__") {
            path.parent()?
        } else {
            &path
        };
        let parts = path.components().map(|part| part.as_os_str().to_string_lossy());
        Some(parts.collect::<Vec<_>>().join("."))
    }

    /// Reads a file as the module with this dotted path; `None` if there is no such file, or it cannot be read and is noted.
    pub(super) fn file(&self, path: &Path, module: &str, modules: &Modules) -> Option<Module> {
        let source = self.source(path, self.bytes(path)?)?;
        let origin = Origin {
            path: module,
            is_package: path.file_name().is_some_and(|name| name == "__init__.py"),
        };
        Some(python::parse(&source, origin, modules))
    }

    /// Reads the module with this dotted path; `None` if there is no such file, or it cannot be read and is noted.
    pub(super) fn module(&self, module: &str, modules: &Modules) -> Option<Module> {
        let located = self.locate(module)?;
        let source = self.source(&located.path, self.bytes(&located.path)?)?;
        let origin = Origin {
            path: module,
            is_package: located.is_package,
        };
        Some(python::parse(&source, origin, modules))
    }

    /// Reads what the migrations import, and what that imports, until nothing more is wanted.
    pub(super) fn load_wanted(
        &self,
        migrations: &[&Module],
        known: &(dyn Fn(&str) -> bool + Sync),
        modules: &mut Modules,
    ) {
        let mut asking: Vec<&Module> = migrations.to_vec();
        for _ in 0..MAX_ROUNDS {
            let answers: Vec<(&Module, Vec<String>)> = {
                let modules = &*modules;
                let answer = |module: &&'_ Module| modules.wanted(module, known);
                asking.par_iter().map(|module| (*module, answer(module))).collect()
            };
            let wanted: FxHashSet<&String> = answers.iter().flat_map(|(_, wanted)| wanted).collect();
            if wanted.is_empty() {
                return;
            }
            self.load_all(wanted.into_iter().cloned().collect(), modules);
            asking = answers
                .iter()
                .filter(|(_, wanted)| !wanted.is_empty())
                .map(|(module, _)| *module)
                .collect();
        }
    }

    /// The file at a path below one of the folders that modules are imported from.
    fn beside(&self, path: &str) -> Option<Arc<SourceFile>> {
        let parts: Vec<&str> = path.split('/').collect();
        if parts
            .iter()
            .any(|part| matches!(*part, "" | "." | "..") || part.contains(['\\', '\0']))
        {
            return None;
        }
        let mut paths = self
            .roots
            .iter()
            .map(|root| root.join(parts.iter().collect::<PathBuf>()));
        let path = paths.find(|path| matches!(self.files.kind(path), Ok(Some(Kind::File))))?;
        self.source(&path, self.bytes(&path)?)
    }

    /// Reads these modules in parallel and notes those that do not exist. A path that begins with a slash is that of another
    /// file, as code of Python asks for it.
    pub(super) fn load_all(&self, paths: Vec<String>, modules: &mut Modules) {
        let (files, paths): (Vec<String>, Vec<String>) = paths.into_iter().partition(|path| path.starts_with('/'));
        for asked in files {
            match self.beside(&asked[1..]) {
                Some(source) => modules.insert_text(asked, source),
                None => modules.insert_absent(asked),
            }
        }
        let read: Vec<_> = {
            let modules = &*modules;
            let read = paths.into_par_iter();
            read.map(|path| (self.module(&path, modules), path)).collect()
        };
        for (module, path) in read {
            match module {
                Some(module) => modules.insert(module),
                None => modules.insert_absent(path),
            }
        }
    }
}

/// Parses a migration file under the dotted path that it would be imported by.
pub(super) fn migration(module: &str, source: &Arc<SourceFile>, modules: &Modules) -> Module {
    let origin = Origin {
        path: module,
        is_package: false,
    };
    python::parse(source, origin, modules)
}

/// The text of a file's bytes, as Python decodes them.
pub(super) fn text(bytes: Vec<u8>) -> Result<String, ReadError> {
    Ok(python::decode(bytes)?)
}

/// A source file as people see its path.
pub(super) fn source(shown: &Path, bytes: Vec<u8>) -> Result<Arc<SourceFile>, ReadError> {
    Ok(SourceFile::new(shown.to_owned(), text(bytes)?))
}
