//! Everything below a folder, in the order of names.

use std::path::{Path, PathBuf};

use super::{Entry, Files, Kind, Unreadable};

/// What one comes across.
#[derive(Debug)]
pub enum Step {
    /// A file, a folder or something special.
    Entry(Entry),
    /// A folder whose entries cannot be listed.
    Unreadable(PathBuf, Unreadable),
}

impl Files {
    /// Hands everything below a folder to `visit`, in the order of names, a folder before what it holds.
    ///
    /// What `is_searched` turns down is left out with all below it. Links are up to it: no others lead in circles.
    pub fn walk(&self, folder: &Path, is_searched: &mut dyn FnMut(&Entry) -> bool, visit: &mut dyn FnMut(Step)) {
        let entries = match self.entries(folder) {
            Ok(entries) => entries.unwrap_or_default(),
            Err(reason) => return visit(Step::Unreadable(folder.to_owned(), reason)),
        };
        for entry in entries {
            if !is_searched(&entry) {
                continue;
            }
            let below = (entry.kind == Kind::Folder).then(|| entry.path.clone());
            visit(Step::Entry(entry));
            if let Some(below) = below {
                self.walk(&below, is_searched, visit);
            }
        }
    }
}
