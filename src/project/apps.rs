//! App labels and dotted paths of migration folders.

use std::path::{Path, PathBuf};

use super::modules::Finder;
use super::settings::Settings;
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
    name: String,
    label: Option<String>,
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
    let label = configured_label(&names, settings)
        .or_else(|| app_config_label(folder, &names, settings, finder))
        .unwrap_or_else(|| folder_label(folder));
    App {
        label,
        module,
        folder: folder.to_owned(),
        import_root: import_root.to_owned(),
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
fn app_config_label(folder: &Path, names: &Names<'_>, settings: &Settings, finder: &Finder) -> Option<String> {
    let app = folder.parent()?;
    let mut configs = app_configs(&app.join("apps.py"), finder);
    configs.extend(app_configs(&app.join("__init__.py"), finder));
    configs.retain(|config| names.is_app(&config.name));
    let chosen = chosen(&configs, settings)?;
    let label = chosen.label.as_deref().or_else(|| chosen.name.rsplit('.').next());
    label.map(str::to_owned)
}

/// The config that `INSTALLED_APPS` names, else the one that says it is the default, else the only one.
fn chosen<'a>(configs: &'a [AppConfig], settings: &Settings) -> Option<&'a AppConfig> {
    let is_installed = |config: &&AppConfig| {
        let entry = |entry: &String| entry.starts_with(&config.name) && is_suffix(entry, &config.class);
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

fn app_configs(file: &Path, finder: &Finder) -> Vec<AppConfig> {
    let bytes = finder.bytes(file);
    let Some(bytes) = bytes.filter(|bytes| memchr::memmem::find(bytes, b"Config").is_some()) else {
        return Vec::new();
    };
    let Some(source) = finder.source(file, bytes) else {
        return Vec::new();
    };
    let origin = Origin {
        path: "apps",
        is_package: false,
    };
    let module = python::parse(&source, origin, &python::Modules::new(finder.django));
    module.classes.iter().filter_map(app_config).collect()
}

fn app_config(class: &Class) -> Option<AppConfig> {
    let attribute = |name: &str| class.attribute(name).map(|attribute| &attribute.value);
    let text = |name: &str| attribute(name).and_then(Value::as_str).map(str::to_owned);
    Some(AppConfig {
        class: class.name.clone(),
        name: text("name")?,
        label: text("label"),
        is_default: attribute("default").and_then(Value::as_bool),
    })
}
