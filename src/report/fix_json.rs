//! The document of `forelock fix --output-format json`: a contract, described by `schema/fix.schema.json`.

use std::io::{self, Write};

use serde::Serialize;

use super::shown_path;
use crate::fix::{FileChange, ModelChange, Remaining, Rewrite};

/// The version of the document; it grows when a member changes its meaning or goes.
const VERSION: u8 = 1;

/// What `forelock fix` did, or with `--diff` would do.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Fix"))]
pub struct FixDocument<'a> {
    /// The version of this document.
    #[cfg_attr(test, schemars(extend("const" = VERSION)))]
    pub version: u8,
    /// Whether files were written.
    pub written: bool,
    /// The migrations in which something was unsafe.
    pub migrations: Vec<RewriteDocument<'a>>,
}

/// What becomes of one migration.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Rewrite"))]
pub struct RewriteDocument<'a> {
    /// Its file, relative to the working folder, with forward slashes.
    pub path: String,
    /// The app label.
    pub app: &'a str,
    /// The migration's name.
    pub migration: &'a str,
    /// The rules of what is cured.
    pub cured: Vec<&'a str>,
    /// What stays unsafe.
    pub remaining: Vec<RemainingDocument<'a>>,
    /// Why nothing was done.
    pub refused: Vec<String>,
    /// The files, whole.
    pub files: Vec<FileDocument<'a>>,
    /// Lines of models that go with it.
    pub models: Vec<ModelDocument<'a>>,
    /// What is to be known besides.
    pub notes: &'a [String],
}

/// A finding that stays.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Remaining"))]
pub struct RemainingDocument<'a> {
    /// The rule.
    pub rule: &'a str,
    /// Why it stays.
    pub reason: &'a str,
}

/// A file of the rewritten migration.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "File"))]
pub struct FileDocument<'a> {
    /// Relative to the working folder, with forward slashes.
    pub path: String,
    /// Whether it is a new file, or takes the place of one.
    #[cfg_attr(test, schemars(extend("enum" = ["new", "changed"])))]
    pub change: &'static str,
    /// Its whole text.
    pub content: &'a str,
    /// The release that it belongs to: always this one.
    pub release: u8,
}

/// A line of a model.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Model"))]
pub struct ModelDocument<'a> {
    /// Relative to the working folder, with forward slashes.
    pub path: String,
    /// The line of the field; null where it was not found.
    pub line: Option<u32>,
    /// The line as it is; empty where it was not found.
    pub before: &'a str,
    /// What to write.
    pub after: &'a str,
    /// Whether `fix` writes it.
    pub applied: bool,
}

/// Writes the document.
pub(super) fn write(rewrites: &[Rewrite], is_written: bool, out: &mut dyn Write) -> io::Result<()> {
    let document = FixDocument {
        version: VERSION,
        written: is_written,
        migrations: rewrites.iter().map(rewrite).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn rewrite(rewrite: &Rewrite) -> RewriteDocument<'_> {
    RewriteDocument {
        path: shown_path(&rewrite.path),
        app: &rewrite.key.app,
        migration: &rewrite.key.name,
        cured: rewrite.cured.iter().map(|cured| cured.rule.as_str()).collect(),
        remaining: rewrite.remaining.iter().map(remaining).collect(),
        refused: rewrite.refused.iter().map(ToString::to_string).collect(),
        files: rewrite.files.iter().map(file).collect(),
        models: rewrite.models.iter().map(model).collect(),
        notes: &rewrite.notes,
    }
}

fn remaining(remaining: &Remaining) -> RemainingDocument<'_> {
    RemainingDocument {
        rule: &remaining.rule,
        reason: &remaining.reason,
    }
}

fn file(file: &FileChange) -> FileDocument<'_> {
    FileDocument {
        path: shown_path(&file.path),
        change: if file.is_new { "new" } else { "changed" },
        content: &file.content,
        release: 1,
    }
}

fn model(model: &ModelChange) -> ModelDocument<'_> {
    ModelDocument {
        path: shown_path(&model.path),
        line: model.line,
        before: &model.before,
        after: &model.after,
        applied: model.applied,
    }
}
