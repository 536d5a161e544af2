//! What a branch adds to the migrations, and what the running release has: `--since` and `--deployed`, answered by git.

mod applied;
mod difference;
mod error;
mod git;
mod landed;
mod reference;
mod tree;

use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;

use crate::files::Files;
use crate::finding::{Finding, Harm};
use crate::lint::{self, Aim};
use crate::migration::{MigrationKey, Ownership};
use crate::project::{Project, Request, root};
use crate::rules::RuleTable;
use crate::standing::{Evidence, Source, Standing};
use difference::Difference;
pub use error::BranchError;
use git::Repository;
pub use landed::on_default_branch;
pub use reference::Flaw;
use tree::Lookup;

/// How many characters of a commit's name people read.
const SHORT: usize = 10;

fn short(commit: &str) -> String {
    commit.chars().take(SHORT).collect()
}

/// What a project is compared with.
#[derive(Clone, Debug, Default)]
pub struct Points {
    /// `--since`: what is newer is shown.
    pub since: Option<String>,
    /// `--deployed`: a reference, or a pattern of tags.
    pub deployed: Option<String>,
    /// `--stats`: what databases have applied; a migration is deployed if it is in all of them.
    pub stats: Vec<PathBuf>,
}

/// A project compared with what has landed and what is deployed.
#[derive(Debug, Default)]
pub struct Branch {
    /// Where its migrations stand.
    pub standing: Standing,
    /// What to say of it.
    pub notes: Vec<String>,
    shown: Option<Shown>,
}

/// What is newer than the base.
#[derive(Debug)]
struct Shown {
    /// What the user named, and the merge base.
    base: String,
    /// Files, as shown to people.
    paths: FxHashSet<PathBuf>,
    /// Fingerprints of what could be told in the base already.
    told_before: FxHashSet<String>,
}

impl Shown {
    fn nothing(since: &str, commit: &str) -> Self {
        Self {
            base: format!("{since} (merge base {})", short(commit)),
            paths: FxHashSet::default(),
            told_before: FxHashSet::default(),
        }
    }
}

impl Branch {
    /// Asks git where the project's migrations stand.
    ///
    /// # Errors
    /// When git is missing, knows no such commit, or finds no merge base.
    pub fn compare(
        points: &Points,
        project: &Project,
        request: &Request<'_>,
        rules: &RuleTable,
    ) -> Result<Self, BranchError> {
        let mut branch = Self::default();
        for path in applied::paths(&points.stats, project, request.files) {
            let evidence = applied::evidence(&path, request.files, project)?;
            branch.notes.extend(applied::note(&evidence, project));
            branch.standing.deployed.push(evidence);
        }
        if points.since.is_none() && points.deployed.is_none() {
            return Ok(branch);
        }
        let folder = root::absolute(request.files, request.working_folder, &project.root);
        let repository = Repository::around(&folder, request.working_folder)?;
        let lookup = Lookup {
            repository: &repository,
            request,
            rules,
            project,
        };
        if let Some(deployed) = &points.deployed {
            branch.ask_deployed(deployed, &lookup)?;
        }
        if let Some(since) = &points.since {
            branch.ask_base(since, &lookup)?;
        }
        Ok(branch)
    }

    /// What the running release has.
    fn ask_deployed(&mut self, deployed: &str, lookup: &Lookup<'_>) -> Result<(), BranchError> {
        let repository = lookup.repository;
        let (reference, commit) = if deployed.contains(['*', '?', '[']) {
            let tag = repository.newest_tag(deployed)?;
            let note = format!("`{}` at {} is taken for what is deployed", tag.name, short(&tag.commit));
            self.notes.push(note);
            (tag.name, Some(tag.commit))
        } else {
            let commit = repository.commit(deployed)?;
            if commit == repository.head()? {
                let parent = repository.first_parent(&commit)?;
                self.notes.push(equals_head(deployed, parent.as_deref()));
                (format!("{deployed}^"), parent)
            } else {
                (deployed.to_owned(), Some(commit))
            }
        };
        let source = |commit: &str| Source::Release {
            reference: reference.clone(),
            commit: short(commit),
        };
        let evidence = match &commit {
            Some(commit) => lookup.see(commit, &|found| tree::evidence(found, source(commit)))?,
            None => None,
        };
        let source = source(commit.as_deref().unwrap_or_default());
        self.standing.deployed.push(evidence.unwrap_or_else(|| nothing(source)));
        Ok(())
    }

    /// What the branch began with, and how it differs from that.
    fn ask_base(&mut self, since: &str, lookup: &Lookup<'_>) -> Result<(), BranchError> {
        let commit = lookup.repository.merge_base(since)?;
        let source = Source::Base {
            reference: since.to_owned(),
            commit: short(&commit),
        };
        let project = lookup.project;
        if is_as_in(&commit, lookup)? {
            self.standing.base = Some(tree::evidence(project, source));
            self.shown = Some(Shown::nothing(since, &commit));
            return Ok(());
        }
        let seen = lookup.see(&commit, &|base| {
            let evidence = tree::evidence(base, source.clone());
            let difference = difference::difference(project, Some(base));
            let standing = Standing {
                base: Some(evidence.clone()),
                deployed: self.standing.deployed.clone(),
                edits: Vec::new(),
            };
            let told_before = told(base, project, &difference, lookup.rules, &standing);
            (evidence, difference, told_before)
        })?;
        let all_new = || {
            let difference = difference::difference(project, None);
            (nothing(source.clone()), difference, FxHashSet::default())
        };
        let (mut evidence, mut difference, told_before) = seen.unwrap_or_else(all_new);
        self.leave_out_foreign(&mut evidence, &mut difference, lookup)?;
        self.standing.base = Some(evidence);
        self.standing.edits = difference.edits;
        self.shown = Some(Shown {
            paths: difference.paths,
            told_before,
            ..Shown::nothing(since, &commit)
        });
        Ok(())
    }

    /// Files that no commit of the repository can hold are no addition of a branch.
    fn leave_out_foreign(
        &mut self,
        base: &mut Evidence,
        difference: &mut Difference,
        lookup: &Lookup<'_>,
    ) -> Result<(), BranchError> {
        let project = lookup.project;
        let own = project.migrations.iter();
        let own = own.filter(|migration| migration.ownership == Ownership::Project && !base.has(&migration.key));
        let new: Vec<(MigrationKey, PathBuf)> = own
            .map(|migration| (migration.key.clone(), project.path_of(migration)))
            .collect();
        let paths: Vec<PathBuf> = new.iter().map(|(_, path)| path.clone()).collect();
        let top = lookup.repository.top()?;
        let (within, rest): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| submodule(path, &top).is_some());
        let ignored = lookup.repository.ignored(&rest)?;
        if let Some(folder) = within.first().and_then(|path| submodule(path, &top)) {
            let folder = root::shown(&project.working_folder, &folder);
            self.notes.push(format!(
                "{} is a submodule, of which this repository knows the commit alone: its migrations are not compared; run \
                 `forelock --since` with a commit of its own there",
                folder.display()
            ));
        }
        if let Some(first) = ignored.first() {
            self.notes.push(format!(
                "{} and {} more: ignored by git, so no branch adds them; they are not judged with `--since`",
                root::shown(&project.working_folder, first).display(),
                ignored.len() - 1
            ));
        }
        let foreign: FxHashSet<PathBuf> = within.into_iter().chain(ignored).collect();
        for (key, path) in new.into_iter().filter(|(_, path)| foreign.contains(path)) {
            difference.paths.remove(&root::shown(&project.working_folder, &path));
            base.has.insert(key);
        }
        Ok(())
    }

    /// Whether something may be told of this file; `path` as shown to people.
    #[must_use]
    pub fn covers(&self, path: &Path) -> bool {
        self.shown.as_ref().is_none_or(|shown| shown.paths.contains(path))
    }

    /// Whether a finding could not be told in the base already.
    #[must_use]
    pub fn is_news(&self, finding: &Finding) -> bool {
        self.shown.as_ref().is_none_or(|shown| {
            let mut hits = finding.hits.iter();
            hits.any(|hit| !shown.told_before.contains(&hit.fingerprint))
        })
    }

    /// What to say where it adds and changes nothing.
    #[must_use]
    pub fn is_empty_note(&self) -> Option<String> {
        let shown = self.shown.as_ref()?;
        Some(format!("no migration was added or changed since {}", shown.base))
    }
}

/// Whether nothing differs from a commit, as far as git can tell: not of what an editor holds, nor of what lies in submodules.
fn is_as_in(commit: &str, lookup: &Lookup<'_>) -> Result<bool, BranchError> {
    let files = lookup.request.files;
    let has_submodules = files.is_file(&lookup.repository.top()?.join(".gitmodules"));
    Ok(files.are_on_disk() && !has_submodules && !lookup.repository.differs(commit)?)
}

fn equals_head(deployed: &str, parent: Option<&str>) -> String {
    match parent {
        Some(parent) => format!(
            "`{deployed}` is HEAD itself, which says nothing of what runs before it: its first parent {} is taken for what is deployed",
            short(parent)
        ),
        None => format!("`{deployed}` is HEAD itself, the first commit: nothing is taken for deployed"),
    }
}

/// A commit that has no such project.
fn nothing(source: Source) -> Evidence {
    Evidence {
        source,
        has: FxHashSet::default(),
        unreadable: FxHashSet::default(),
    }
}

/// The fingerprints of all that can be told in the base of migrations that the branch has edited.
fn told(
    base: &Project,
    project: &Project,
    difference: &Difference,
    rules: &RuleTable,
    standing: &Standing,
) -> FxHashSet<String> {
    let edited = base
        .migrations
        .iter()
        .filter(|migration| difference.known.contains(&migration.key));
    let paths: FxHashSet<&Path> = edited.map(|migration| migration.source.path.as_path()).collect();
    if paths.is_empty() {
        return FxHashSet::default();
    }
    let aim = Aim::Findings {
        wanted: &|_: &Path, _: &str, _: &[Harm]| true,
        asked: &|path: &Path| paths.contains(path),
        advised: None,
    };
    let analysis = lint::analyse_as(base, &project.identity, rules, aim, standing);
    let hits = analysis.findings.into_iter().flat_map(|finding| finding.hits);
    hits.map(|hit| hit.fingerprint).collect()
}

/// The submodule that a file lies in: a folder below the top with a repository of its own.
fn submodule(path: &Path, top: &Path) -> Option<PathBuf> {
    let disk = Files::on_disk();
    let top = disk.real(top).ok().flatten()?;
    let folders = path.ancestors().skip(1);
    let mut below = folders.take_while(|folder| disk.real(folder).ok().flatten().is_some_and(|real| real != top));
    below.find(|folder| disk.holds_repository(folder)).map(Path::to_owned)
}
