//! The files of a project to migrations: its own, and those of the packages that it depends on.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::apps::App;
use super::division::{AppFiles, Division};
use super::modules::ReadError;
use super::root::Named;
use super::{DeployTools, FileProblem, Project, Request, Target, modules, not_installed, pgmigrate, root, unsettled};
use crate::discover::{self, Candidate, Unread};
use crate::files::Files;
use crate::migration::read::{self, Read, Reader};
use crate::migration::{Dependency, Migration, MigrationKey, Ownership};
use crate::packages::{CustomFields, Packages};
use crate::progress::Stage;
use crate::python::{Module, Modules};
use crate::source::SourceFile;
use crate::versions::{PostgresVersion, VersionSource};

/// Packages depend on packages; a longer chain than this is no chain.
const MAX_ROUNDS: usize = 32;

/// How often a file is read again after what it asked for was read.
const MAX_READINGS: usize = 16;

/// A migration file, parsed.
struct Parsed {
    key: MigrationKey,
    /// The dotted path that it would be imported by.
    path: String,
    ownership: Ownership,
    source: Arc<SourceFile>,
    module: Module,
    /// The migration, where no other module had to be read for it.
    read: Option<Read>,
}

/// What became of a file that holds `class Migration`.
struct Outcome {
    path: PathBuf,
    parsed: Result<Parsed, FileProblem>,
}

impl Outcome {
    fn is_probably_a_migration(&self) -> bool {
        is_probably_one(&self.path, self.parsed.as_ref().ok().map(|file| &file.module))
    }
}

/// Whether a folder holds migrations, and not only code that speaks of them, such as tests.
pub(super) fn holds_migrations(files: &AppFiles) -> bool {
    let modules = Modules::default();
    let mut candidates = files.candidates.iter();
    files.lacks_migrations()
        || candidates.any(|candidate| {
            let source = modules::source(&candidate.path, candidate.bytes.clone());
            let module = source.map(|source| modules::migration(&files.app.module, &source, &modules));
            is_probably_one(&candidate.path, module.ok().as_ref())
        })
}

/// Whether a file is a migration, or would be one if it could be read: by its name.
fn is_probably_one(path: &Path, module: Option<&Module>) -> bool {
    let is_broken = module.is_none_or(|module| !module.syntax_errors.is_empty());
    match module {
        Some(module) if read::is_migration(module) => discover::is_expected(path) || read::says_something(module),
        // Django will refuse it, for it is where migrations are.
        Some(module) if module.class("Migration").is_some() && discover::is_numbered_among_migrations(path) => true,
        Some(_) | None => is_broken && discover::is_expected(path),
    }
}

/// Reads one of the divisions; the others stand by, should it depend on their apps.
pub(super) fn read(request: &Request<'_>, target: &Target, divisions: &mut [Division], index: usize) -> Project {
    // The text of a file lives on in its migration alone.
    let apps = divisions[index].apps.iter_mut();
    let candidates = apps.map(|files| std::mem::take(&mut files.candidates)).collect();
    let divisions = &*divisions;
    let division = &divisions[index];
    let mut notes = division.notes.clone();
    notes.extend(division.django.notes.iter().cloned());
    let (postgres, postgres_source) = postgres(request, target, division);
    let mut session = division.settings.session(division.django.version);
    session.lock_timeout = session.lock_timeout.or(target.configuration.role_lock_timeout);
    pgmigrate::prepare(&mut session, &division.settings, &mut notes);
    notes.extend(other_engine(target, division, postgres));
    let said = Packages::known().notes(&division.settings.installed_apps);
    notes.extend(said.map(str::to_owned));
    let mut batch = Batch::new(request, target, division);
    batch.read_project(candidates);
    batch.infer_user_model();
    batch.read_packages(divisions, index);
    batch.unread_folders();
    batch.unread_on_the_way();
    let (django, swappable) = (division.django.version, std::mem::take(&mut batch.swappable));
    let settings = division
        .settings
        .model_settings(django, postgres, swappable, &mut notes);
    notes.extend(unsettled::notes(
        &division.settings,
        &batch.migrations,
        batch.inferred.as_deref(),
    ));
    notes.extend(assumed_settings(&batch.assumed, &division.settings));
    let not_installed = not_installed::labels(&division.settings, &batch.migrations);
    notes.extend(not_installed::notes(
        &division.settings,
        &batch.migrations,
        &not_installed,
    ));
    let mut sources = batch.modules.sources().clone();
    batch
        .migrations
        .iter()
        .for_each(|migration| sources.insert(Arc::clone(&migration.source)));
    Project {
        identity: root::identity(&division.root, target, request.files),
        sources,
        root: root::shown(request.working_folder, &division.root),
        working_folder: request.working_folder.to_owned(),
        settings,
        postgres,
        postgres_source,
        session,
        backend: Arc::clone(&division.backend),
        other_engine: plain_other_engine(target, division),
        deploy_tools: DeployTools::read(&division.settings),
        configuration: Arc::clone(&target.configuration),
        named: Named::new(&target.named, request.files),
        not_installed,
        migrations: batch.migrations,
        known_models: target.configuration.models.clone(),
        problems: batch.problems,
        unread_foundations: batch.foundations,
        notes,
        has_safer_operations: super::dependencies::is_named("django-pg-migration-tools", &division.root, request.files),
    }
}

/// The server as said, else the larger of 14 and what this Django requires.
fn postgres(request: &Request<'_>, target: &Target, division: &Division) -> (PostgresVersion, VersionSource) {
    let said = request.postgres.or(target.configuration.postgres_version);
    match said {
        Some(version) => (version, VersionSource::Given),
        None => {
            let oldest = division.django.version.oldest_postgres();
            (PostgresVersion::DEFAULT.max(oldest), VersionSource::Assumed)
        }
    }
}

/// The project's settings name another database than the one that is judged.
fn other_engine(target: &Target, division: &Division, postgres: PostgresVersion) -> Option<String> {
    let engine = division.settings.engine.other_database()?;
    if target.configuration.backend.is_some() {
        return None;
    }
    let module = division.settings.module.as_deref().unwrap_or("the settings");
    Some(format!(
        "{module} uses the database engine {engine}; what follows holds for PostgreSQL {postgres}"
    ))
}

/// The engine of another database that the settings plainly name.
fn plain_other_engine(target: &Target, division: &Division) -> Option<String> {
    let engine = division.settings.engine.other_database()?;
    target.configuration.backend.is_none().then(|| engine.to_owned())
}

fn assumed_settings(assumed: &BTreeSet<String>, settings: &super::settings::Settings) -> Vec<String> {
    if assumed.is_empty() {
        return Vec::new();
    }
    if settings.module.is_some() {
        return assumed
            .iter()
            .filter_map(|name| unsettled::flag(settings, name))
            .collect();
    }
    let names = assumed.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    vec![format!(
        "no settings were found: {names} taken to have the default; name them with `settings-module`"
    )]
}

/// No modules yet, and what the settings give to migrations that ask for them.
fn modules(division: &Division) -> Modules {
    let apps = division.apps.iter().map(|files| files.app.name().to_owned());
    let mut modules = Modules::new(division.django.version);
    modules.settings = division.settings.values(apps.collect());
    modules
}

/// Migrations while they are being read.
struct Batch<'a> {
    request: &'a Request<'a>,
    division: &'a Division,
    fields: CustomFields,
    modules: Modules,
    /// Settings that were taken to have their default, as no settings were found.
    assumed: BTreeSet<String>,
    /// Settings that name a model, as far as they are known.
    swappable: FxHashMap<String, String>,
    /// The model of users, where only the migrations show it.
    inferred: Option<String>,
    migrations: Vec<Migration>,
    problems: Vec<FileProblem>,
    /// Files among the problems that are no migrations, and that all of them stand on.
    foundations: BTreeSet<PathBuf>,
}

impl<'a> Batch<'a> {
    fn new(request: &'a Request<'a>, target: &Target, division: &'a Division) -> Self {
        let configured = target.configuration.fields.iter();
        let configured = configured.map(|(path, field)| (path.clone(), field.clone()));
        let is_named = |package: &str| super::dependencies::is_named(package, &division.root, request.files);
        let of_named = Packages::known().fields_of_named(is_named);
        Self {
            request,
            division,
            fields: CustomFields::with(of_named.chain(configured)),
            modules: modules(division),
            assumed: BTreeSet::new(),
            swappable: division.settings.swappable(),
            inferred: None,
            migrations: Vec::new(),
            problems: Vec::new(),
            foundations: BTreeSet::new(),
        }
    }

    fn read_project(&mut self, candidates: Vec<Vec<Candidate>>) {
        let progress = self.request.progress;
        progress.begin(Stage::Parsing, candidates.iter().map(Vec::len).sum());
        let parse = |(files, candidates): (&AppFiles, Vec<Candidate>)| -> Vec<Outcome> {
            let parse = |file: Candidate| {
                let outcome = self.parse_own(&files.app, file);
                progress.step();
                outcome
            };
            candidates.into_par_iter().map(parse).collect()
        };
        let folders = self.division.apps.par_iter().zip(candidates);
        let parsed: Vec<Vec<Outcome>> = folders.map(parse).collect();
        let mut files = Vec::new();
        for (app, parsed) in self.division.apps.iter().zip(parsed) {
            // Else it is code that speaks of migrations, such as tests of them.
            if app.lacks_migrations() || parsed.iter().any(Outcome::is_probably_a_migration) {
                self.unread_files(app);
                files.extend(
                    parsed
                        .into_iter()
                        .filter_map(|outcome| self.set_aside_problems(outcome)),
                );
            }
        }
        self.finish(files);
        self.problems.sort_by(|one, other| one.path.cmp(&other.path));
    }

    /// The model of users that the migrations show, where the settings do not say it.
    fn infer_user_model(&mut self) {
        const USER: &str = "AUTH_USER_MODEL";
        if !self.swappable.contains_key(USER) {
            self.inferred = unsettled::user_model(&self.migrations);
            let model = self.inferred.clone();
            self.swappable.extend(model.map(|model| (USER.to_owned(), model)));
        }
    }

    /// Migrations of packages, and of theirs, as far as dependencies lead to them.
    fn read_packages(&mut self, divisions: &[Division], own: usize) {
        let mut seen: FxHashSet<String> = self.division.apps.iter().map(|files| files.app.label.clone()).collect();
        for _ in 0..MAX_ROUNDS {
            let wanted: Vec<String> = self
                .labels()
                .into_iter()
                .filter(|label| seen.insert(label.clone()))
                .collect();
            let apps: Vec<App> = wanted
                .iter()
                .filter_map(|label| self.package(label, divisions, own))
                .collect();
            if apps.is_empty() {
                return;
            }
            self.request.progress.begin(Stage::Packages, 0);
            let parsed: Vec<_> = apps.par_iter().flat_map(|app| self.parse_package(app)).collect();
            self.finish(parsed);
        }
    }

    /// The labels that the migrations read so far depend on.
    fn labels(&self) -> FxHashSet<String> {
        let dependencies = self
            .migrations
            .iter()
            .flat_map(|migration| migration.dependencies.iter().chain(&migration.run_before));
        let label = |dependency: &Dependency| match dependency {
            Dependency::Migration(key) => Some(key.app.clone()),
            Dependency::Swappable(setting) => {
                let (app, _) = self.swappable.get(setting)?.split_once('.')?;
                Some(app.to_owned())
            }
        };
        dependencies.filter_map(label).collect()
    }

    /// The app with this label outside of the project: beside it, or installed.
    fn package(&self, label: &str, divisions: &[Division], own: usize) -> Option<App> {
        let beside = divisions.iter().enumerate().filter(|(index, _)| *index != own);
        let beside = beside.into_iter().find_map(|(_, division)| division.app(label));
        beside.cloned().or_else(|| {
            let environment = self.division.environment.as_ref()?;
            environment.app(label, &self.division.settings, &self.division.finder)
        })
    }

    /// The migrations of a package; its files are nobody's concern here, so what cannot be read is passed by.
    fn parse_package(&self, app: &App) -> Vec<Parsed> {
        let files = &self.division.finder.files;
        let mut paths = files.paths(&app.folder);
        paths.retain(|path| discover::is_loaded(path));
        let read = paths
            .into_iter()
            .filter_map(|path| Some((files.read(&path).ok()??, path)));
        let parsed = read.filter_map(|(bytes, path)| self.parse(app, &path, bytes, Ownership::Package).ok());
        parsed.filter(|file| read::is_migration(&file.module)).collect()
    }

    fn parse_own(&self, app: &App, file: Candidate) -> Outcome {
        let parsed = self.parse(app, &file.path, file.bytes, Ownership::Project);
        Outcome {
            parsed: parsed.map_err(|error| self.undecodable(&file.path, &error)),
            path: file.path,
        }
    }

    fn parse(&self, app: &App, path: &Path, bytes: Vec<u8>, ownership: Ownership) -> Result<Parsed, ReadError> {
        let source = modules::source(&root::shown(self.request.working_folder, path), bytes)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let path = format!("{}.{name}", app.module);
        let mut parsed = Parsed {
            key: MigrationKey::new(app.label.clone(), name),
            ownership,
            module: modules::migration(&path, &source, &self.modules),
            path,
            source,
            read: None,
        };
        if read::is_migration(&parsed.module) && parsed.module.stands_alone() {
            let read = self.read_one(&parsed);
            if read.asked.is_empty() {
                parsed.read = Some(read);
                parsed.module.forget_values();
            }
        }
        Ok(parsed)
    }

    /// The migration in a file, if there is one. What the parser could make of a broken file is still read.
    fn set_aside_problems(&mut self, Outcome { path, parsed }: Outcome) -> Option<Parsed> {
        let file = parsed.map_err(|problem| self.problems.push(problem)).ok()?;
        self.problems.extend(syntax_problem(&file));
        let is_migration = read::is_migration(&file.module);
        if !is_migration && file.module.syntax_errors.is_empty() && discover::is_expected(&path) {
            self.problems.push(FileProblem {
                path: file.source.path.clone(),
                range: file
                    .module
                    .class("Migration")
                    .map(|class| class.name_range)
                    .unwrap_or_default(),
                source: Some(file.source.clone()),
                message:
                    "its class `Migration` does not derive from Django's, so Django cannot run it; derive it from \
                          `migrations.Migration`, or let the file's name begin with `_`"
                        .to_owned(),
            });
        }
        is_migration.then_some(file)
    }

    /// Loads what the files import, and reads those that hold a migration.
    fn finish(&mut self, mut files: Vec<Parsed>) {
        files.retain(|file| read::is_migration(&file.module));
        self.load_wanted(&mut files);
        let mut read: Vec<Read> = files
            .par_iter_mut()
            .map(|file| file.read.take().unwrap_or_else(|| self.read_one(file)))
            .collect();
        for _ in 1..MAX_READINGS {
            let asked = read.iter().flat_map(|read| &read.asked);
            let unread: FxHashSet<&String> = asked.filter(|module| !self.modules.knows(module)).collect();
            if unread.is_empty() {
                break;
            }
            let unread = unread.into_iter().cloned().collect();
            self.division.finder.load_all(unread, &mut self.modules);
            let again = files
                .par_iter()
                .zip(&mut read)
                .filter(|(_, read)| !read.asked.is_empty());
            again.for_each(|(file, read)| *read = self.read_one(file));
        }
        let modules = files.iter().filter(|file| file.ownership == Ownership::Project);
        self.assumed
            .extend(modules.flat_map(|file| file.module.assumed.iter().cloned()));
        for (file, read) in files.iter().zip(read) {
            if file.ownership == Ownership::Project {
                self.assumed.extend(read.assumed);
            }
            self.migrations.push(read.migration);
        }
    }

    /// Reads what the files import. A file whose course other modules decide is evaluated again with them at hand.
    fn load_wanted(&mut self, files: &mut [Parsed]) {
        let fields = &self.fields;
        let known = |path: &str| fields.get(path).is_some();
        for _ in 0..MAX_READINGS {
            let unread = files.iter().filter(|file| file.read.is_none());
            let asking: Vec<&Module> = unread.map(|file| &file.module).collect();
            self.division.finder.load_wanted(&asking, &known, &mut self.modules);
            let modules = &self.modules;
            let undecided = files.par_iter_mut().filter(|file| !file.module.asked.is_empty());
            let evaluated = undecided.map(|file| file.module = modules::migration(&file.path, &file.source, modules));
            if evaluated.count() == 0 {
                return;
            }
        }
    }

    fn read_one(&self, file: &Parsed) -> Read {
        let known = Packages::known().rewritten_removals();
        let reader = Reader {
            modules: &self.modules,
            fields: &self.fields,
            rewritten_removals: known.filter(|tool| self.division.settings.has_app(&tool.app)),
        };
        reader.read(&file.module, file.key.clone(), file.ownership)
    }

    /// Settings, apps and modules of the project that could not be read: the history stands on them.
    fn unread_on_the_way(&mut self) {
        let unread = self.division.finder.take_unread();
        let problems: Vec<_> = unread
            .iter()
            .map(|(path, error)| self.undecodable(path, error))
            .collect();
        self.foundations
            .extend(problems.iter().map(|problem| problem.path.clone()));
        self.problems.extend(problems);
        self.problems.sort_by(|one, other| one.path.cmp(&other.path));
        // A module that lies among migrations may have been met as one of them.
        self.problems.dedup_by(|one, other| one.path == other.path);
    }

    /// Folders that nobody can look into: there may be migrations in them.
    fn unread_folders(&mut self) {
        let problem = |folder: &Unread| {
            let path = root::shown(self.request.working_folder, &folder.path);
            let message = format!(
                "cannot be searched: {}; migrations in it are not judged (`exclude` leaves it out)",
                folder.reason
            );
            FileProblem::whole(path, message)
        };
        let problems: Vec<_> = self.division.unread_folders.iter().map(problem).collect();
        self.problems.extend(problems);
    }

    /// A file that is no text, at its first bad byte, or that cannot be read at all.
    fn undecodable(&self, path: &Path, error: &ReadError) -> FileProblem {
        let shown = root::shown(self.request.working_folder, path);
        let mut problem = FileProblem::whole(shown, error.to_string());
        if let (Some(line), Ok(Some(bytes))) = (error.line(), self.request.files.read(path)) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let source = SourceFile::new(problem.path.clone(), text);
            problem.range = source.line_range(line).beginning();
            problem.source = Some(source);
        }
        problem
    }

    /// Files of a migration folder that hold no migration or could not be read.
    fn unread_files(&mut self, files: &AppFiles) {
        let problem =
            |path: &Path, message| FileProblem::whole(root::shown(self.request.working_folder, path), message);
        let unreadable = files
            .unread
            .iter()
            .map(|file| problem(&file.path, format!("cannot be read: {}", file.reason)));
        let empty = files
            .others
            .iter()
            .map(|path| problem(path, without_class(path, self.request.files)));
        let problems: Vec<_> = unreadable.chain(empty).collect();
        self.problems.extend(problems);
    }
}

/// What Django says of a file that lies among migrations and is none.
fn without_class(path: &Path, files: &Files) -> String {
    if discover::is_compiled(path) {
        return "is compiled and has no source beside it: Django runs it, and what it does is not judged; keep the source, or \
                delete it"
            .to_owned();
    }
    // It was read a moment ago.
    let bytes = files.read(path).ok().flatten().unwrap_or_default();
    if [&b"Migration"[..], b"import *"]
        .iter()
        .any(|word| memchr::memmem::find(&bytes, word).is_some())
    {
        return "has no class `Migration` of its own that is read: what it does is not judged; import the class by its name (`from x import \
                Migration`), or derive one from it (`class Migration(x.Migration)`)"
            .to_owned();
    }
    "has no class `Migration`, so Django refuses to load the folder (BadMigrationError); move the file away or let its \
     name begin with `_`"
        .to_owned()
}

/// A file of the project that Python would not import.
fn syntax_problem(file: &Parsed) -> Option<FileProblem> {
    let error = file.module.syntax_errors.first()?;
    (file.ownership == Ownership::Project).then(|| FileProblem {
        path: file.source.path.clone(),
        source: Some(Arc::clone(&file.source)),
        range: error.range,
        message: format!(
            "is not valid Python: {}; what could be read of the file is judged",
            error.message
        ),
    })
}
