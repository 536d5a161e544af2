//! What is known of packages: a file of data for each, `src/packages/PACKAGE.toml`, taken from the version that it names.
//!
//! What of a package takes code is done by the step that does it: `migration/read/packaged`, `schema_editor/packaged`.

mod fields;
mod indexes;
mod moments;
mod operations;
mod removals;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use crate::value::Value;

pub use fields::{CustomField, CustomFields, FieldFunction, OwnValues, Scalar, with_arguments};
pub use indexes::{KnownIndex, Uniqueness};
pub use moments::{MomentAttribute, Tool, When};
pub use operations::{DefaultChange, KnownOperation, OperationCode, Psqlextra, Safer};
pub use removals::RewrittenRemovals;

/// The name and the text of each file.
const FILES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/packages.rs"));

/// All packages in one.
#[derive(Debug, Default)]
pub struct Packages {
    fields: FxHashMap<String, CustomField>,
    field_functions: FxHashMap<String, FieldFunction>,
    operations: FxHashMap<String, KnownOperation>,
    indexes: FxHashMap<String, KnownIndex>,
    bases: FxHashSet<String>,
    enumerations: FxHashSet<String>,
    notes: BTreeMap<String, String>,
    models: Vec<(String, String)>,
    moments: BTreeMap<String, MomentAttribute>,
    rewritten_removals: Option<RewrittenRemovals>,
    /// Field classes of packages whose modules others have, too, by the name of the package.
    where_named: BTreeMap<&'static str, BTreeMap<String, CustomField>>,
}

/// One file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct Package {
    /// Its module is that of another package, too: its field classes are those of projects that name it.
    where_named: bool,
    /// Field classes by their path: what each derives from, or its column type on PostgreSQL. Arguments that a class takes
    /// for itself need no mention: they are compared as they are.
    fields: BTreeMap<String, CustomField>,
    /// Functions that are called with a field and return one, by their path.
    field_functions: BTreeMap<String, FieldFunction>,
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
    /// Class attributes by which migrations say when they run, beside the deploy of their release.
    moments: BTreeMap<String, MomentAttribute>,
    /// How it rewrites removals of fields before they run.
    rewritten_removals: Option<RewrittenRemovals>,
}

impl Packages {
    /// The packages that forelock knows.
    #[must_use]
    pub fn known() -> &'static Self {
        static PACKAGES: LazyLock<Packages> = LazyLock::new(|| {
            let mut packages = Packages::default();
            for (name, text) in FILES {
                // The files are part of the program, and a test reads them.
                packages.add(name, toml::from_str(text).unwrap_or_default());
            }
            packages
        });
        &PACKAGES
    }

    fn add(&mut self, name: &'static str, package: Package) {
        if package.where_named {
            self.where_named.insert(name, package.fields);
        } else {
            fields::describe(&mut self.fields, package.fields);
        }
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
        self.moments.extend(package.moments);
        self.rewritten_removals = self.rewritten_removals.take().or(package.rewritten_removals);
        for (path, function) in package.field_functions {
            let aliases = function.aliases.iter().map(|alias| (alias.clone(), function.clone()));
            self.field_functions.extend(aliases);
            self.field_functions.insert(path, function);
        }
    }

    /// The field class of this path.
    #[must_use]
    pub fn field(&self, path: &str) -> Option<&CustomField> {
        self.fields.get(path)
    }

    /// The field classes of those packages that a project names, of which others have the modules, too.
    pub fn fields_of_named(&self, is_named: impl Fn(&str) -> bool) -> impl Iterator<Item = (String, CustomField)> {
        let named = self.where_named.iter().filter(move |(name, _)| is_named(name));
        named.flat_map(|(_, fields)| fields.clone())
    }

    /// The function of this path that returns a field.
    #[must_use]
    pub fn field_function(&self, path: &str) -> Option<&FieldFunction> {
        self.field_functions.get(path)
    }

    /// The class attributes by which migrations say when they run, by name.
    pub fn moments(&self) -> impl Iterator<Item = (&str, &MomentAttribute)> {
        self.moments.iter().map(|(name, attribute)| (name.as_str(), attribute))
    }

    /// When a migration, an operation or a setting says by `attribute` that it runs.
    #[must_use]
    pub fn moment(&self, attribute: &str, value: &Value) -> Option<When> {
        self.moments.get(attribute)?.moment(value)
    }

    /// The tool that rewrites removals of fields.
    #[must_use]
    pub fn rewritten_removals(&self) -> Option<&RewrittenRemovals> {
        self.rewritten_removals.as_ref()
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
                where_named: _,
                fields,
                field_functions,
                operations,
                indexes,
                models,
                notes,
                moments,
                rewritten_removals,
                bases: _,
                enumerations: _,
            } = package;
            let classes = fields.len() + field_functions.len() + operations.len() + indexes.len() + models.len();
            let said = classes + notes.len() + moments.len() + rewritten_removals.iter().len();
            assert!(said > 0, "{name} says nothing");
            assert!(
                text.starts_with(&format!("# {name}")),
                "{name}: its first line names it"
            );
        }
    }
}
