//! Apps whose migrations are on disk, and which the settings do not install: Django does not run them.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::settings::{Answer, Settings};
use crate::migration::Migration;
use crate::python::is_absent;
use crate::value::Value;

/// The labels of apps that `INSTALLED_APPS`, which was read to its end, names in no way.
pub(super) fn labels(settings: &Settings, migrations: &[Migration]) -> FxHashSet<String> {
    let Some(entries) = entries(settings) else {
        return FxHashSet::default();
    };
    let words: BTreeSet<&str> = entries.iter().flat_map(|entry| entry.split('.')).collect();
    let apps: BTreeSet<(&str, &str)> = migrations.iter().filter_map(app).collect();
    let folders: BTreeSet<&str> = apps.iter().map(|(_, folder)| *folder).collect();
    let is_named = |(label, folder): &(&str, &str)| words.contains(label) || words.contains(folder);
    // A config that lies outside of its app's folder may be that of any app.
    let names_apps = |entry: &String| entry.split('.').any(|word| folders.contains(word));
    if entries
        .iter()
        .any(|entry| is_config(entry) && !names_apps(entry) && !is_of_package(entry))
    {
        return FxHashSet::default();
    }
    let missing = apps.iter().filter(|app| !is_named(app));
    missing.map(|(label, _)| (*label).to_owned()).collect()
}

/// `INSTALLED_APPS` without an environment, if all of its items are known.
fn entries(settings: &Settings) -> Option<Vec<String>> {
    let (Answer::Bound(value) | Answer::Fallback(value)) = settings.answer("INSTALLED_APPS") else {
        return None;
    };
    let (Value::List(items) | Value::Tuple(items)) = &value else {
        return None;
    };
    let there = items.iter().filter(|item| !is_absent(item));
    there.map(|item| item.as_str().map(str::to_owned)).collect()
}

/// The label and the folder of the app that a migration lies in.
fn app(migration: &Migration) -> Option<(&str, &str)> {
    let folder = migration.source.path.parent()?.parent()?.file_name()?.to_str()?;
    Some((&migration.key.app, folder))
}

/// Whether an entry names a class, and no module.
fn is_config(entry: &str) -> bool {
    let name = entry.rsplit('.').next().unwrap_or(entry);
    name.starts_with(|letter: char| letter.is_uppercase())
}

/// `PACKAGE.apps.CONFIG`: the app is the package that the entry names.
fn is_of_package(entry: &str) -> bool {
    entry.rsplit('.').nth(1) == Some("apps")
}
