//! Python modules on disk: dotted paths to files, files to values.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashSet;
use thiserror::Error;

use crate::python::{self, DecodeError, Module, Modules, Origin};
use crate::source::SourceFile;
use crate::versions::DjangoVersion;

/// A migration that imports more rounds of modules than this imports in a circle that never ends.
const MAX_ROUNDS: usize = 64;

/// Why a file is no Python source.
#[derive(Debug, Error)]
pub(super) enum ReadError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Decode(#[from] DecodeError),
}

impl ReadError {
    /// The 1-based line that is to blame.
    pub(super) fn line(&self) -> Option<u32> {
        match self {
            ReadError::Decode(DecodeError::Invalid { line, .. }) => u32::try_from(*line).ok(),
            ReadError::Decode(DecodeError::UnknownEncoding(_) | DecodeError::TooLarge) | ReadError::Io(_) => None,
        }
    }
}

/// Finds the files of modules, as Python would along `sys.path`.
#[derive(Clone, Debug)]
pub(super) struct Finder {
    /// Folders that packages lie in, first come first served.
    pub(super) roots: Vec<PathBuf>,
    /// Decides what `django.VERSION` is in conditions.
    pub(super) django: DjangoVersion,
}

/// A module's file.
struct Located {
    path: PathBuf,
    is_package: bool,
}

impl Finder {
    /// A finder over some folders, each counted once.
    pub(super) fn new(folders: impl IntoIterator<Item = PathBuf>, django: DjangoVersion) -> Self {
        let mut seen = FxHashSet::default();
        let roots = folders
            .into_iter()
            .filter(|folder| seen.insert(folder.clone()))
            .collect();
        Self { roots, django }
    }

    fn locate(&self, module: &str) -> Option<Located> {
        let is_plain = |part: &str| !part.is_empty() && !part.contains(['/', '\\', '\0']);
        if !module.split('.').all(is_plain) {
            return None;
        }
        self.roots.iter().find_map(|root| {
            let mut path = root.clone();
            path.extend(module.split('.'));
            let package = path.join("__init__.py");
            if package.is_file() {
                return Some(Located {
                    path: package,
                    is_package: true,
                });
            }
            path.as_mut_os_string().push(".py");
            path.is_file().then_some(Located {
                path,
                is_package: false,
            })
        })
    }

    /// Reads the module with this dotted path; `None` if there is no such file or it is not text.
    pub(super) fn module(&self, module: &str, modules: &Modules) -> Option<Module> {
        let located = self.locate(module)?;
        let source = source(&located.path, fs::read(&located.path).ok()?).ok()?;
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

    /// Reads these modules in parallel and notes those that do not exist.
    pub(super) fn load_all(&self, paths: Vec<String>, modules: &mut Modules) {
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
