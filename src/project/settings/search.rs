//! Settings that no manage.py leads to: of the modules that bind `INSTALLED_APPS` the one that has most of the project's apps.

use std::path::PathBuf;

use super::super::modules::Finder;
use super::Settings;

/// How many modules are read at most: a project with more has them for its tests.
const MAX_CANDIDATES: usize = 40;

/// The settings among these files that install most of the apps, and what to say of the choice. `apps` are their dotted names.
pub(in crate::project) fn best_of(files: &[PathBuf], apps: &[String], finder: &Finder) -> Option<Settings> {
    let read = files.iter().take(MAX_CANDIDATES).filter_map(|file| {
        let module = finder.dotted(file)?;
        let settings = Settings::read(&module, None, finder)?;
        let installed = apps.iter().filter(|app| settings.installs(app)).count();
        (installed > 0).then_some((installed, module, settings))
    });
    // The first of those that are alike.
    let (installed, module, settings) = read.reduce(|best, other| {
        let rank = |(installed, module, settings): &(usize, String, Settings)| {
            (
                *installed,
                !is_of_tests(module),
                settings.gaps.is_empty(),
                settings.installed_apps.len(),
            )
        };
        if rank(&other) > rank(&best) { other } else { best }
    })?;
    let chosen = format!(
        "the settings are taken from {module}, whose INSTALLED_APPS has {installed} of {} apps: `settings-module` names others",
        apps.len()
    );
    Some(Settings {
        chosen: Some(chosen),
        ..settings
    })
}

fn is_of_tests(module: &str) -> bool {
    module
        .split('.')
        .any(|part| part.starts_with("test") || part.ends_with("test") || part.ends_with("tests"))
}

impl Settings {
    /// Whether an app is installed, by its dotted name.
    pub(in crate::project) fn installs(&self, app: &str) -> bool {
        let names = |entry: &String| {
            let rest = entry.strip_prefix(app);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(".apps."))
        };
        self.installed_apps.iter().any(names)
    }
}
