//! The files of rewritings, each once and in the order in which they are written.

use std::path::{Path, PathBuf};

use crate::files::Files;

use super::Rewrite;

/// A file as it is and as it will be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its absolute path.
    pub path: PathBuf,
    /// What it holds; none of a file that is not there.
    pub was: Option<Vec<u8>>,
    /// What it will hold.
    pub content: String,
}

/// What is written. Paths are shown from `folder`. The migrations' own files come last: until then a run that is stopped has changed
/// nothing that Django reads.
#[must_use]
pub fn changes(rewrites: &[Rewrite], files: &Files, folder: &Path) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let mut add = |path: &Path, was: Option<Vec<u8>>, content: &str| {
        let path = folder.join(path);
        match changes.iter_mut().find(|known| known.path == path) {
            Some(known) => content.clone_into(&mut known.content),
            None => changes.push(Change {
                path,
                was,
                content: content.to_owned(),
            }),
        }
    };
    let written = || rewrites.iter().flat_map(|rewrite| &rewrite.files);
    for file in written().filter(|file| file.is_new) {
        add(&file.path, None, &file.content);
    }
    for (path, text) in rewrites.iter().flat_map(Rewrite::model_texts) {
        let was = files.read(&folder.join(path)).ok().flatten();
        add(path, was, text);
    }
    for rewrite in rewrites {
        for file in rewrite.files.iter().filter(|file| !file.is_new) {
            add(&file.path, Some(original(rewrite, files, folder)), &file.content);
        }
    }
    changes
}

/// What a migration's file held when it was read, if the text is still the same; else that text, which the file no longer has.
fn original(rewrite: &Rewrite, files: &Files, folder: &Path) -> Vec<u8> {
    const MARK: &str = "\u{feff}";
    let found = files
        .read(&folder.join(&rewrite.path))
        .ok()
        .flatten()
        .unwrap_or_default();
    let is_same = found.strip_prefix(MARK.as_bytes()).unwrap_or(&found) == rewrite.original.as_bytes();
    if is_same {
        found
    } else {
        rewrite.original.clone().into_bytes()
    }
}
