//! A tool that rewrites the removals of fields in the files of migrations before they run.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Scalar;

/// What it makes of a removal that stands on lines of its own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RewrittenRemovals {
    /// The app whose presence in `INSTALLED_APPS` says that the project uses it.
    pub app: String,
    /// A comment at the beginning of a line that makes it leave a file alone.
    pub ignored_by: String,
    /// How a removal must begin; the rest of its line is empty.
    pub begins: String,
    /// The class of the field that the column is altered to.
    pub field: String,
    /// Its arguments.
    pub arguments: BTreeMap<String, Scalar>,
}
