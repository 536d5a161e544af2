//! Apps whose migrations are on disk, and which the settings do not install: Django does not run them.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::settings::{Answer, Settings};
use crate::migration::{Migration, Ownership};
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

/// What is said of apps that Django does not run, and of settings that leave open which it runs.
pub(super) fn notes(settings: &Settings, migrations: &[Migration], not_installed: &FxHashSet<String>) -> Vec<String> {
    let Some(module) = settings.module.as_deref() else {
        return Vec::new();
    };
    let open = ["INSTALLED_APPS", "MIGRATION_MODULES"]
        .into_iter()
        .filter(|name| is_open(settings, name));
    let mut notes: Vec<String> = open
        .map(|name| {
            let taken = match name {
                "INSTALLED_APPS" => "every app that has migrations here is taken to be installed",
                _ => "other apps' migrations are taken to lie in `migrations`",
            };
            format!("not all of {name} in {module} is known: {taken}")
        })
        .collect();
    let own = migrations
        .iter()
        .filter(|migration| migration.ownership == Ownership::Project);
    let labels: BTreeSet<&str> = own
        .map(|migration| migration.key.app.as_str())
        .filter(|label| not_installed.contains(*label))
        .collect();
    if !labels.is_empty() {
        let labels = labels.into_iter().collect::<Vec<_>>().join(", ");
        notes.push(format!(
            "INSTALLED_APPS in {module} does not name {labels}: `migrate` with these settings does not run what is judged there"
        ));
    }
    notes
}

/// Whether a list or dict of the settings has items that are not known.
fn is_open(settings: &Settings, name: &str) -> bool {
    let is_unread = |item: &Value| item.unknown().is_some() && !is_absent(item);
    match settings.answer(name) {
        Answer::Bound(value) | Answer::Fallback(value) => match &value {
            Value::Dict(items) => items.iter().any(|(key, value)| is_unread(key) || is_unread(value)),
            value => value.as_items().is_none_or(|items| items.iter().any(is_unread)),
        },
        // MIGRATION_MODULES is a setting that few have.
        Answer::Unknown(_) => name == "INSTALLED_APPS",
        Answer::Absent => false,
    }
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
