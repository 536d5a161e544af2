//! Several projects under one root: what belongs to which, so that each has one history.

mod split;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::apps::{self, App};
use super::engine;
use super::environment::{self, Environment};
use super::lockfile::{self, DjangoFound};
use super::modules::Finder;
use super::settings::{self, NamedModule, Settings};
use super::{LoadError, Request, Target, reading, root};
use crate::backend::Backend;
use crate::discover::{self, Candidate, Found, Unread};
use crate::files::Files;
use crate::versions::DjangoVersion;
use split::Joining;

/// One project under a root: its folder, what its settings say, its apps and their files.
pub(super) struct Division {
    /// The folder of its manage.py, else the one that its apps have in common.
    pub(super) root: PathBuf,
    pub(super) settings: Settings,
    pub(super) django: DjangoFound,
    pub(super) backend: Arc<Backend>,
    pub(super) environment: Option<Environment>,
    pub(super) finder: Finder,
    pub(super) apps: Vec<AppFiles>,
    pub(super) notes: Vec<String>,
    /// Folders that nobody can look into.
    pub(super) unread_folders: Vec<Unread>,
}

/// An app and the files in its migration folder.
pub(super) struct AppFiles {
    pub(super) app: App,
    pub(super) candidates: Vec<Candidate>,
    /// Files that Django would refuse to load: they have no class Migration.
    pub(super) others: Vec<PathBuf>,
    pub(super) unread: Vec<Unread>,
}

/// A migration folder and what lies in it, before its app is known.
pub(super) struct Folder {
    path: PathBuf,
    candidates: Vec<Candidate>,
    others: Vec<PathBuf>,
    unread: Vec<Unread>,
}

/// Folders that share a manage.py, or have none.
struct Share {
    root: PathBuf,
    manage_file: Option<PathBuf>,
    servers: Vec<PathBuf>,
    /// Files that bind `INSTALLED_APPS`.
    settings: Vec<PathBuf>,
    /// Files of the whole tree that may name Django's version.
    requirements: Arc<[PathBuf]>,
    unread_folders: Vec<Unread>,
    folders: Vec<Folder>,
}

/// Divides what was found: by manage.py, then by common folder where a label occurs twice.
///
/// # Errors
/// When the configuration names settings or an environment that do not exist.
pub(super) fn divide(request: &Request<'_>, target: &Target, found: Found) -> Result<Vec<Division>, LoadError> {
    let mut divisions = Vec::new();
    let mut shares = shares(&target.root, found);
    claim_installed(request, target, &mut shares)?;
    shares.retain(|share| !share.folders.is_empty());
    for share in shares {
        divide_share(request, target, share, &mut divisions)?;
    }
    Ok(divisions)
}

impl Division {
    /// Whether any of the paths is one of its folders or files, or lies above one.
    pub(super) fn holds_any_of(&self, named: &[PathBuf]) -> bool {
        let holds = |named: &PathBuf| {
            self.apps.iter().any(|files| {
                let folder = &files.app.folder;
                folder.starts_with(named) || named.parent() == Some(folder) && files.has(named)
            })
        };
        named.iter().any(holds)
    }

    /// The app with this label.
    pub(super) fn app(&self, label: &str) -> Option<&App> {
        self.apps.iter().map(|files| &files.app).find(|app| app.label == label)
    }
}

impl AppFiles {
    /// Whether a file that cannot be read, or holds none, would be a migration by its name.
    pub(super) fn lacks_migrations(&self) -> bool {
        let is_none = |path: &PathBuf| discover::is_numbered_among_migrations(path) || discover::is_compiled(path);
        self.unread.iter().any(|file| discover::is_expected(&file.path)) || self.others.iter().any(is_none)
    }

    fn has(&self, path: &Path) -> bool {
        self.candidates.iter().any(|candidate| candidate.path == path)
            || self.others.iter().any(|other| other == path)
            || self.unread.iter().any(|unread| unread.path == path)
    }
}

/// One share for each manage.py, and one for the rest. A single manage.py gets the rest as well.
fn shares(root: &Path, mut found: Found) -> Vec<Share> {
    let (manage_files, servers, settings) = (
        std::mem::take(&mut found.manage_files),
        std::mem::take(&mut found.servers),
        std::mem::take(&mut found.settings),
    );
    let requirements: Arc<[PathBuf]> = std::mem::take(&mut found.requirements).into();
    let mut shares: Vec<Share> = manage_files.into_iter().map(Share::managed).collect();
    // The innermost is asked first.
    shares.sort_by_key(|share| std::cmp::Reverse(share.root.components().count()));
    if shares.len() != 1 {
        shares.push(Share::unmanaged(root));
    }
    for share in &mut shares {
        share.requirements = Arc::clone(&requirements);
    }
    let (files, unread): (Vec<_>, Vec<_>) = std::mem::take(&mut found.unread)
        .into_iter()
        .partition(|unread| discover::is_python(&unread.path));
    found.unread = files;
    for folder in unread {
        owner(&mut shares, &folder.path).unread_folders.push(folder);
    }
    for server in servers {
        owner(&mut shares, &server).servers.push(server);
    }
    for file in settings {
        owner(&mut shares, &file).settings.push(file);
    }
    for folder in folders(found) {
        owner(&mut shares, &folder.path).folders.push(folder);
    }
    shares
}

/// Hands apps below an inner manage.py to the outer project whose `INSTALLED_APPS` names them.
fn claim_installed(request: &Request<'_>, target: &Target, shares: &mut [Share]) -> Result<(), LoadError> {
    // The outermost comes last.
    for outer in (1..shares.len()).rev() {
        if shares[outer].manage_file.is_none() {
            continue;
        }
        let (within, rest) = shares.split_at_mut(outer);
        let outer = &mut rest[0];
        let mut inner = within
            .iter_mut()
            .filter(|share| share.manage_file.is_some() && share.root.starts_with(&outer.root))
            .peekable();
        if inner.peek().is_none() {
            continue;
        }
        let roots = vec![outer.root.clone(), outer.root.join("src")];
        let finder = Finder::new(request.files.clone(), roots, Vec::new(), DjangoVersion::DEFAULT);
        let settings = read_settings(request, target, outer, &finder)?;
        for share in inner {
            let (claimed, kept) = std::mem::take(&mut share.folders)
                .into_iter()
                .partition(|folder: &Folder| apps::is_installed(&folder.path, &outer.root, &settings));
            share.folders = kept;
            outer.folders.extend(claimed);
        }
    }
    Ok(())
}

/// The share around a path; the last one takes what no manage.py claims.
fn owner<'a>(shares: &'a mut [Share], path: &Path) -> &'a mut Share {
    let last = shares.len() - 1;
    let own = shares
        .iter()
        .position(|share| share.manage_file.is_some() && path.starts_with(&share.root));
    &mut shares[own.unwrap_or(last)]
}

impl Share {
    fn managed(manage_file: PathBuf) -> Self {
        Self {
            root: manage_file.parent().unwrap_or(&manage_file).to_owned(),
            manage_file: Some(manage_file),
            servers: Vec::new(),
            settings: Vec::new(),
            requirements: Arc::default(),
            unread_folders: Vec::new(),
            folders: Vec::new(),
        }
    }

    fn unmanaged(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            manage_file: None,
            servers: Vec::new(),
            settings: Vec::new(),
            requirements: Arc::default(),
            unread_folders: Vec::new(),
            folders: Vec::new(),
        }
    }
}

fn folders(found: Found) -> impl Iterator<Item = Folder> {
    let mut others: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for path in found.others {
        let folder = path.parent().unwrap_or(&path).to_owned();
        others.entry(folder).or_default().push(path);
    }
    let mut unread: BTreeMap<PathBuf, Vec<Unread>> = BTreeMap::new();
    for file in found.unread {
        let folder = file.path.parent().unwrap_or(&file.path).to_owned();
        unread.entry(folder).or_default().push(file);
    }
    found.folders.into_iter().map(move |(path, candidates)| Folder {
        candidates,
        others: others.remove(&path).unwrap_or_default(),
        unread: unread.remove(&path).unwrap_or_default(),
        path,
    })
}

fn divide_share(
    request: &Request<'_>,
    target: &Target,
    share: Share,
    divisions: &mut Vec<Division>,
) -> Result<(), LoadError> {
    let (manage_file, servers) = (share.manage_file.clone(), share.servers.clone());
    let settings = share.settings.clone();
    let requirements = Arc::clone(&share.requirements);
    let mut whole = division(request, target, share)?;
    let joining = if manage_file.is_some() {
        Joining::WherePossible
    } else {
        Joining::Never
    };
    let mut groups = split::groups(&whole.apps, joining);
    if groups.len() > 1 {
        let Division { apps, .. } = &mut whole;
        apps.retain(reading::holds_migrations);
        groups = split::groups(apps, joining);
    }
    if groups.len() < 2 {
        divisions.push(whole);
        return Ok(());
    }
    let mut unread_folders = std::mem::take(&mut whole.unread_folders);
    let note = split::note(&whole.apps, request.working_folder);
    let mut apps: Vec<Option<AppFiles>> = whole.apps.into_iter().map(Some).collect();
    for (index, group) in groups.into_iter().enumerate() {
        let apps = group.iter().filter_map(|at| apps[*at].take());
        let folders: Vec<Folder> = apps.map(Folder::from).collect();
        let keeps_manage_file = index == 0 && manage_file.is_some();
        let root = if keeps_manage_file {
            whole.root.clone()
        } else {
            split::common_folder(&folders, &whole.root)
        };
        let part = Share {
            manage_file: manage_file.clone().filter(|_| keeps_manage_file),
            servers: servers
                .iter()
                .filter(|server| server.starts_with(&root))
                .cloned()
                .collect(),
            settings: settings
                .iter()
                .filter(|file| file.starts_with(&root))
                .cloned()
                .collect(),
            requirements: Arc::clone(&requirements),
            unread_folders: std::mem::take(&mut unread_folders),
            root,
            folders,
        };
        let mut part = division(request, target, part)?;
        part.notes.extend(note.clone().filter(|_| index == 0));
        divisions.push(part);
    }
    Ok(())
}

/// Reads the settings of a share, and with them the labels of its apps.
fn division(request: &Request<'_>, target: &Target, share: Share) -> Result<Division, LoadError> {
    let configuration = &target.configuration;
    let python = request
        .python
        .map(|python| root::absolute(&Files::on_disk(), request.working_folder, python));
    let python = python.or_else(|| configuration.python.clone());
    let environment = environment::find(&share.root, request.files, python.as_deref(), request.virtual_env);
    let environment = environment.map_err(|python| LoadError::NoEnvironment {
        path: root::shown(request.working_folder, &python),
    })?;
    let files = match &environment {
        Some(environment) => environment.files(),
        None => request.files.clone(),
    };
    let site_packages = environment
        .as_ref()
        .map(|environment| environment.site_packages.as_path());
    let django = match request.django.or(configuration.django_version) {
        Some(version) => lockfile::judged_as_known(DjangoFound::said(version)),
        None => lockfile::django(
            &share.root,
            &share.requirements,
            site_packages,
            &files,
            request.working_folder,
        ),
    };
    let installed = environment
        .iter()
        .flat_map(Environment::import_roots)
        .map(Path::to_owned);
    let installed = installed.collect();
    let finder = Finder::new(
        files,
        import_roots(&share, target, request.files),
        installed,
        django.version,
    );
    let mut settings = read_settings(request, target, &share, &finder)?;
    settings = settings.told(configuration.settings.clone());
    let chosen = settings.chosen.take();
    let (backend, note) = engine::Asked {
        configured: configuration.backend.as_deref(),
        engine: &settings.engine,
        module: settings.module.as_deref().unwrap_or("the settings"),
        setting: &|name| settings.setting(name).cloned(),
        settings_like: &|prefix| settings.names_like(prefix),
        lineage: &|engine| engine::lineage(engine, &finder),
        release: &|package| lockfile::release(package, &share.root, site_packages, &finder.files),
    }
    .choose();
    let root = &share.root;
    let apps = share
        .folders
        .into_par_iter()
        .map(|folder| folder.into_app(root, &settings, &finder));
    let mut apps: Vec<AppFiles> = apps.collect();
    let taken: Vec<String> = apps.iter().map(|files| files.app.label.clone()).collect();
    apps.iter_mut().for_each(|files| files.app.yield_to(&taken));
    let labels = labels_in_doubt(&apps, &settings, request.working_folder);
    Ok(Division {
        apps,
        unread_folders: share.unread_folders,
        root: share.root,
        settings,
        django,
        backend,
        environment,
        finder,
        notes: chosen.into_iter().chain(note).chain(labels).collect(),
    })
}

/// What to say of apps whose labels are not known for certain.
fn labels_in_doubt(apps: &[AppFiles], settings: &Settings, working_folder: &Path) -> Vec<String> {
    let mut notes: Vec<String> = apps.iter().filter_map(|files| files.app.doubt()).collect();
    if settings.names_migration_modules() {
        return notes;
    }
    let apart = apps
        .iter()
        .filter(|files| !files.app.has_known_label() && reading::holds_migrations(files));
    notes.extend(apart.map(|files| {
        format!(
            "{} is not called `migrations`, and no MIGRATION_MODULES that is known has it: its app is taken to be `{}`; \
             `[settings]` with MIGRATION_MODULES = {{ LABEL = \"{}\" }} says another",
            root::shown(working_folder, &files.app.folder).display(),
            files.app.label,
            files.app.module
        )
    }));
    notes
}

/// The folders that the project's modules are imported from: its own, its `src`, those of its apps.
fn import_roots(share: &Share, target: &Target, files: &Files) -> Vec<PathBuf> {
    let mut roots = vec![share.root.clone(), share.root.join("src"), target.root.clone()];
    roots.extend(
        share
            .folders
            .iter()
            .map(|folder| apps::import_root(files, &folder.path).to_owned()),
    );
    // A package judged for itself is imported from the folder that it lies in.
    roots.extend(root::outermost_package(files, &share.root).parent().map(Path::to_owned));
    roots
}

/// The settings module that the configuration names, else the one that manage.py or wsgi.py does.
fn read_settings(
    request: &Request<'_>,
    target: &Target,
    share: &Share,
    finder: &Finder,
) -> Result<Settings, LoadError> {
    if let Some(module) = &target.configuration.settings_module {
        return match Settings::read(module, None, finder) {
            Some(settings) => Ok(settings),
            // They are there, and told as a problem.
            None if finder.has_unread() => Ok(Settings::default()),
            None => Err(LoadError::NoSettings {
                module: module.clone(),
                root: root::shown(request.working_folder, &share.root),
            }),
        };
    }
    let mut servers = share.servers.clone();
    servers.sort_by_key(|server| server.components().count());
    let named = share
        .manage_file
        .iter()
        .chain(&servers)
        .flat_map(|file| settings::named_modules(file, finder));
    if let Some(settings) = named.into_iter().find_map(|named| named_settings(&named, finder)) {
        return Ok(settings);
    }
    let usual = settings::usual_modules(&share.root, &finder.files).into_iter();
    let usual: Vec<Settings> = usual
        .filter_map(|module| Settings::read(&module, None, finder))
        .collect();
    // A package of settings may hold nothing itself.
    let (with_apps, without): (Vec<_>, Vec<_>) = usual
        .into_iter()
        .partition(|settings| !settings.installed_apps.is_empty());
    let best = || settings::best_of(&share.settings, &app_names(share, &finder.files), finder);
    let read = with_apps.into_iter().next().or_else(best);
    Ok(read.or_else(|| without.into_iter().next()).unwrap_or_default())
}

/// The settings that some file names, if they are there.
fn named_settings(named: &NamedModule, finder: &Finder) -> Option<Settings> {
    let mut settings = Settings::read(&named.module, named.class.as_deref(), finder)?;
    settings.chosen = named.is_guess.then(|| {
        format!(
            "the name of the settings module is put together when Django starts: {} is taken; `settings-module` names another",
            named.module
        )
    });
    Some(settings)
}

/// The dotted names of the apps.
fn app_names(share: &Share, files: &Files) -> Vec<String> {
    let folders = share.folders.iter().map(|folder| folder.path.as_path());
    folders.map(|folder| apps::name(files, folder)).collect()
}

impl Folder {
    fn into_app(self, root: &Path, settings: &Settings, finder: &Finder) -> AppFiles {
        AppFiles {
            app: apps::app(&self.path, root, settings, finder).named_by(&self.candidates),
            candidates: self.candidates,
            others: self.others,
            unread: self.unread,
        }
    }
}

impl From<AppFiles> for Folder {
    fn from(files: AppFiles) -> Self {
        Self {
            path: files.app.folder,
            candidates: files.candidates,
            others: files.others,
            unread: files.unread,
        }
    }
}
