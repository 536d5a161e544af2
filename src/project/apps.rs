//! App labels and dotted paths of migration folders.

use std::path::{Path, PathBuf};

use super::modules::Finder;
use super::settings::Settings;
use super::siblings;
use crate::discover::Candidate;
use crate::files::Files;
use crate::python::{self, Class, Origin};
use crate::value::Value;

/// A folder of migrations, as Django knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct App {
    /// The label in `dependencies`.
    pub(super) label: String,
    /// The dotted path of the folder: `shop.migrations`.
    pub(super) module: String,
    /// The folder.
    pub(super) folder: PathBuf,
    /// The folder that the dotted path starts from.
    pub(super) import_root: PathBuf,
    /// Where its label comes from.
    naming: Naming,
}

/// Where the label of an app comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Naming {
    /// `MIGRATION_MODULES` or an `AppConfig` says it.
    Said,
    /// The app's migrations name each other by it.
    Siblings,
    /// Nothing does, so that it is the name of the app's folder.
    Folder,
    /// Something that is not a constant has a say; in words.
    Unread(String),
}

impl App {
    /// The dotted path of the app itself: `shop`.
    pub(super) fn name(&self) -> &str {
        self.module.rsplit_once('.').map_or("", |(app, _)| app)
    }
}

/// An `AppConfig` in an `apps.py`.
#[derive(Debug)]
struct AppConfig {
    class: String,
    /// `None` where it is not a constant.
    name: Option<String>,
    label: Option<String>,
    /// Whether its label is something that is not a constant.
    has_unread_label: bool,
    is_default: Option<bool>,
}

/// The app that a migration folder belongs to.
pub(super) fn app(folder: &Path, root: &Path, settings: &Settings, finder: &Finder) -> App {
    let import_root = import_root(&finder.files, folder);
    let module = dotted(folder, import_root);
    let names = Names {
        module: &module,
        from_root: dotted(folder, root),
    };
    let said = configured_label(&names, settings).map(|label| (label, Naming::Said));
    let said = said.or_else(|| app_config_label(folder, &names, settings, finder));
    let (label, naming) = said.unwrap_or_else(|| (folder_label(folder), Naming::Folder));
    App {
        naming,
        label,
        module,
        folder: folder.to_owned(),
        import_root: import_root.to_owned(),
    }
}

impl App {
    /// With the label that its own migrations name each other by, where neither settings nor `AppConfig` say one.
    pub(super) fn named_by(mut self, siblings: &[Candidate]) -> Self {
        if self.naming != Naming::Said
            && let Some(label) = siblings::label(siblings)
        {
            self.label = label;
            self.naming = Naming::Siblings;
        }
        self
    }

    /// What is unsure about the label.
    pub(super) fn doubt(&self) -> Option<String> {
        match &self.naming {
            Naming::Said | Naming::Siblings | Naming::Folder => None,
            Naming::Unread(what) => Some(format!(
                "{what} is not a constant: the app is taken to be called `{}`; `[settings]` with MIGRATION_MODULES = {{ LABEL = \"{}\" }} \
                 says another label",
                self.label, self.module
            )),
        }
    }

    /// Whether the label is known, be it because Django finds the folder without being told of it.
    pub(super) fn has_known_label(&self) -> bool {
        let is_usual = self.folder.file_name().is_some_and(|name| name == "migrations");
        match self.naming {
            Naming::Said | Naming::Siblings => true,
            Naming::Folder | Naming::Unread(_) => is_usual,
        }
    }

    /// Takes the label of its folder where that of its siblings belongs to another app: files of that app may lie astray.
    pub(super) fn yield_to(&mut self, others: &[String]) {
        let is_taken = others.iter().filter(|label| **label == self.label).count() > 1;
        if self.naming == Naming::Siblings && is_taken {
            self.label = folder_label(&self.folder);
            self.naming = Naming::Folder;
        }
    }
}

/// The dotted name of the app of a migration folder.
pub(super) fn name(files: &Files, folder: &Path) -> String {
    let app = folder.parent().unwrap_or(folder);
    dotted(app, import_root(files, folder))
}

/// Whether `INSTALLED_APPS` names the app of a migration folder, by its module or by a class of its `apps` module.
pub(super) fn is_installed(folder: &Path, root: &Path, settings: &Settings) -> bool {
    let app = folder.parent().unwrap_or(folder);
    [root.to_owned(), root.join("src")].iter().any(|root| {
        let name = dotted(app, root);
        let names = |entry: &String| match entry.strip_prefix(name.as_str()) {
            Some(rest) => rest.is_empty() || rest.starts_with(".apps."),
            None => false,
        };
        settings.installed_apps.iter().any(names)
    })
}

/// The dotted paths that one folder may have: which one Python sees depends on `sys.path`.
struct Names<'a> {
    module: &'a str,
    from_root: String,
}

impl Names<'_> {
    fn is_folder(&self, module: &str) -> bool {
        module == self.module || module == self.from_root
    }

    /// The dotted name of the app, as seen from the folder that it is imported from.
    fn app(&self) -> &str {
        self.module.rsplit_once('.').map_or("", |(app, _)| app)
    }

    /// Whether `name` can be the app above the folder.
    fn is_app(&self, name: &str) -> bool {
        [self.module, self.from_root.as_str()].into_iter().any(|module| {
            let app = module.rsplit_once('.').map_or("", |(app, _)| app);
            app == name || is_suffix(app, name) || is_suffix(name, app)
        })
    }
}

fn is_suffix(long: &str, short: &str) -> bool {
    !short.is_empty() && long.strip_suffix(short).is_some_and(|rest| rest.ends_with('.'))
}

/// The folder that packages are imported from: the first above the app that is no package itself.
///
/// The migration folder and the app count as packages with or without an `__init__.py`.
pub(super) fn import_root<'a>(files: &Files, folder: &'a Path) -> &'a Path {
    let app = folder.parent().unwrap_or(folder);
    let above = app.parent().unwrap_or(app);
    let mut ancestors = above.ancestors();
    ancestors
        .find(|ancestor| !files.is_file(&ancestor.join("__init__.py")))
        .unwrap_or(above)
}

fn dotted(folder: &Path, import_root: &Path) -> String {
    let relative = folder.strip_prefix(import_root).unwrap_or(folder);
    let parts = relative.components().map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join(".")
}

/// The name of the app's folder.
fn folder_label(folder: &Path) -> String {
    let app = folder.parent().and_then(Path::file_name).or_else(|| folder.file_name());
    app.unwrap_or_default().to_string_lossy().into_owned()
}

/// The label under which `MIGRATION_MODULES` names this folder.
fn configured_label(names: &Names<'_>, settings: &Settings) -> Option<String> {
    let mut entries = settings.migration_modules.iter();
    let (label, _) = entries.find(|(_, module)| names.is_folder(module))?;
    Some(label.clone())
}

/// The label of the `AppConfig` that Django would choose.
/// See `AppConfig.create` in django/apps/config.py.
fn app_config_label(
    folder: &Path,
    names: &Names<'_>,
    settings: &Settings,
    finder: &Finder,
) -> Option<(String, Naming)> {
    let app = folder.parent()?;
    let name = names.app();
    let mut configs = app_configs(&app.join("apps.py"), &format!("{name}.apps"), finder);
    configs.extend(app_configs(&app.join("__init__.py"), name, finder));
    configs.retain(|config| config.name.as_ref().is_none_or(|name| names.is_app(name)));
    let chosen = chosen(&configs, settings)?;
    let what = || format!("{}.{}.", name, chosen.class);
    match (&chosen.label, &chosen.name) {
        (Some(label), _) => Some((label.clone(), Naming::Said)),
        (None, _) if chosen.has_unread_label => Some((folder_label(folder), Naming::Unread(what() + "label"))),
        (None, Some(name)) => Some((name.rsplit('.').next()?.to_owned(), Naming::Said)),
        // It is the name of this app, whatever it is written like, or Django would not import it.
        (None, None) => Some((folder_label(folder), Naming::Folder)),
    }
}

/// The config that `INSTALLED_APPS` names, else the one that says it is the default, else the only one.
fn chosen<'a>(configs: &'a [AppConfig], settings: &Settings) -> Option<&'a AppConfig> {
    let is_installed = |config: &&AppConfig| {
        let begins = |entry: &String| config.name.as_ref().is_none_or(|name| entry.starts_with(name));
        let entry = |entry: &String| begins(entry) && is_suffix(entry, &config.class);
        settings.installed_apps.iter().any(entry)
    };
    let default = |config: &&AppConfig| config.is_default == Some(true);
    let candidate = |config: &&AppConfig| config.is_default != Some(false);
    configs
        .iter()
        .find(is_installed)
        .or_else(|| configs.iter().find(default))
        .or_else(|| configs.iter().find(candidate))
        .or_else(|| configs.first())
}

fn app_configs(file: &Path, module: &str, finder: &Finder) -> Vec<AppConfig> {
    let bytes = finder.bytes(file);
    let Some(bytes) = bytes.filter(|bytes| memchr::memmem::find(bytes, b"Config").is_some()) else {
        return Vec::new();
    };
    let Some(source) = finder.source(file, bytes) else {
        return Vec::new();
    };
    let origin = Origin {
        path: module,
        is_package: file.ends_with("__init__.py"),
    };
    let module = python::parse(&source, origin, &python::Modules::new(finder.django));
    module.classes.iter().filter_map(app_config).collect()
}

fn app_config(class: &Class) -> Option<AppConfig> {
    let attribute = |name: &str| class.attribute(name).map(|attribute| &attribute.value);
    let is_config = class.bases.iter().any(|base| match base {
        Value::Name(path) => path.ends_with("Config"),
        _ => false,
    });
    if !is_config && attribute("name").is_none() {
        return None;
    }
    let text = |name: &str| attribute(name).and_then(Value::as_str).map(str::to_owned);
    Some(AppConfig {
        class: class.name.clone(),
        // A base in another module may have it.
        name: text("name"),
        label: text("label"),
        has_unread_label: attribute("label").is_some_and(|label| label.as_str().is_none()),
        is_default: attribute("default").and_then(Value::as_bool),
    })
}
