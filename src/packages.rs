//! What is known of packages: a file of data for each, `src/packages/PACKAGE.toml`, taken from the version that it names.
//!
//! What of a package takes code is done by the step that does it: `migration/read/packaged`, `schema_editor/packaged`.

mod fields;
mod indexes;
mod operations;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

pub use fields::{CustomField, CustomFields, OwnValues, Scalar, with_arguments};
pub use indexes::{KnownIndex, Uniqueness};
pub use operations::{DefaultChange, KnownOperation, OperationCode, Psqlextra, Safer};

/// The name and the text of each file.
const FILES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/packages.rs"));

/// All packages in one.
#[derive(Debug, Default)]
pub struct Packages {
    fields: FxHashMap<String, CustomField>,
    operations: FxHashMap<String, KnownOperation>,
    indexes: FxHashMap<String, KnownIndex>,
    bases: FxHashSet<String>,
    enumerations: FxHashSet<String>,
    notes: BTreeMap<String, String>,
    models: Vec<(String, String)>,
}

/// One file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Package {
    /// Field classes by their path: what each derives from, or its column type on PostgreSQL. Arguments that a class takes
    /// for itself need no mention: they are compared as they are.
    fields: BTreeMap<String, CustomField>,
    /// Operation classes by their path.
    operations: BTreeMap<String, KnownOperation>,
    /// Index classes by their path.
    indexes: BTreeMap<String, KnownIndex>,
    /// Abstract base classes of models that add no field.
    bases: Vec<String>,
    /// Enumerations whose members migrations name: `Deferrable["DEFERRED"]`.
    enumerations: Vec<String>,
    /// What is to be said once of a project with this app.
    notes: BTreeMap<String, String>,
    /// Models that others point to: `"app.Model" = "table key type [setting]"`, where the type is that of a foreign key to
    /// it, and the setting the one that can replace it.
    models: BTreeMap<String, String>,
}

impl Packages {
    /// The packages that forelock knows.
    #[must_use]
    pub fn known() -> &'static Self {
        static PACKAGES: LazyLock<Packages> = LazyLock::new(|| {
            let mut packages = Packages::default();
            for (_, text) in FILES {
                // The files are part of the program, and a test reads them.
                packages.add(toml::from_str(text).unwrap_or_default());
            }
            packages
        });
        &PACKAGES
    }

    fn add(&mut self, package: Package) {
        fields::describe(&mut self.fields, package.fields);
        for (path, operation) in package.operations {
            let aliases = operation.aliases.iter().map(|alias| (alias.clone(), operation.clone()));
            self.operations.extend(aliases);
            self.operations.insert(path, operation);
        }
        for (path, index) in package.indexes {
            let aliases = index.aliases.iter().map(|alias| (alias.clone(), index.clone()));
            self.indexes.extend(aliases);
            self.indexes.insert(path, index);
        }
        self.bases.extend(package.bases);
        self.enumerations.extend(package.enumerations);
        self.notes.extend(package.notes);
        self.models.extend(package.models);
    }

    /// The field class of this path.
    #[must_use]
    pub fn field(&self, path: &str) -> Option<&CustomField> {
        self.fields.get(path)
    }

    /// All field classes, by path.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &CustomField)> {
        self.fields.iter().map(|(path, field)| (path.as_str(), field))
    }

    /// The operation class of this path.
    #[must_use]
    pub fn operation(&self, path: &str) -> Option<&KnownOperation> {
        self.operations.get(path)
    }

    /// The index class of this path.
    #[must_use]
    pub fn index(&self, path: &str) -> Option<&KnownIndex> {
        self.indexes.get(path)
    }

    /// Whether a model that derives from this class has no field by it.
    #[must_use]
    pub fn is_plain_base(&self, path: &str) -> bool {
        self.bases.contains(path)
    }

    /// Whether migrations name the members of this class.
    #[must_use]
    pub fn is_enumeration(&self, path: &str) -> bool {
        self.enumerations.contains(path)
    }

    /// What is to be said of a project with these apps.
    pub fn notes<'p>(&'p self, apps: &'p [String]) -> impl Iterator<Item = &'p str> {
        apps.iter().filter_map(|app| self.notes.get(app)).map(String::as_str)
    }

    /// Models by label, with table, key, type of the key, and the setting that can replace them, if any.
    pub fn models(&self) -> impl Iterator<Item = (&str, &str)> {
        self.models.iter().map(|(label, what)| (label.as_str(), what.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::{FILES, Package};

    #[test]
    fn the_files_are_readable_and_say_something() {
        for (name, text) in FILES {
            let package: Package = toml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            let Package {
                fields,
                operations,
                indexes,
                models,
                notes,
                bases: _,
                enumerations: _,
            } = package;
            let said = fields.len() + operations.len() + indexes.len() + models.len() + notes.len();
            assert!(said > 0, "{name} says nothing");
            assert!(
                text.starts_with(&format!("# {name}")),
                "{name}: its first line names it"
            );
        }
    }
}
