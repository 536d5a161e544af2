//! A Django project as read from disk: settings, apps and migrations. (The edges' author owns how it is found.)

use std::path::PathBuf;
use std::sync::Arc;

use crate::migration::Migration;
use crate::models::ModelSettings;
use crate::source::{Range, SourceFile};
use crate::versions::PostgresVersion;

/// One Django project, ready to be judged.
#[derive(Debug)]
pub struct Project {
    /// Its folder.
    pub root: PathBuf,
    /// What its settings say.
    pub settings: ModelSettings,
    /// Which server its statements run on.
    pub postgres: PostgresVersion,
    /// Its migrations, and those of installed packages, in no particular order.
    pub migrations: Vec<Migration>,
    /// Files that could not be read, decoded or parsed.
    pub problems: Vec<FileProblem>,
    /// Things to say once: assumed versions, another ENGINE.
    pub notes: Vec<String>,
}

/// A file that could not be read as a migration.
#[derive(Clone, Debug)]
pub struct FileProblem {
    /// Its path as shown to people.
    pub path: PathBuf,
    /// Its text, if it could be decoded.
    pub source: Option<Arc<SourceFile>>,
    /// Where it went wrong.
    pub range: Range,
    /// What went wrong, and what to do next.
    pub message: String,
}
