//! What a branch has done to the migrations of its base: compared by app label and name.

use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::migration::{Dependency, Migration, MigrationKey, Ownership};
use crate::project::Project;
use crate::python;
use crate::standing::{Edit, EditKind};

/// How a project differs from its base.
#[derive(Debug, Default)]
pub(super) struct Difference {
    /// The files of which something is told, as shown to people: of new migrations, of others whose text is another, and of
    /// those whose parent is gone.
    pub(super) paths: FxHashSet<PathBuf>,
    /// Those of migrations that are in the base.
    pub(super) known: Vec<MigrationKey>,
    pub(super) edits: Vec<Edit>,
}

/// Compares two versions of a project. Without a base all is new.
pub(super) fn difference(head: &Project, base: Option<&Project>) -> Difference {
    let in_base = base.map(by_key).unwrap_or_default();
    let in_head = by_key(head);
    let mut difference = Difference::default();
    for (key, migration) in &in_head {
        difference.compare(key, migration, in_base.get(key).copied());
    }
    let squashed: FxHashSet<&MigrationKey> = head
        .migrations
        .iter()
        .flat_map(|migration| &migration.replaces)
        .collect();
    // A squash that has done its duty loses its `replaces`.
    let were_squashed = in_base
        .values()
        .filter(|migration| in_head.contains_key(&migration.key));
    let were_squashed: FxHashSet<&MigrationKey> = were_squashed.flat_map(|migration| &migration.replaces).collect();
    let is_gone = |key: &MigrationKey| !in_head.contains_key(key) && !is_unreadable(head, key);
    let gone = in_base.values().filter(|migration| is_gone(&migration.key));
    let gone = gone.filter(|migration| !squashed.contains(&migration.key) && !were_squashed.contains(&migration.key));
    let mut gone: Vec<&Migration> = gone.copied().collect();
    gone.sort_by(|one, other| one.key.cmp(&other.key));
    difference.note_orphans(head, &gone);
    difference.note_gone(&gone, &in_head, &in_base);
    difference
}

impl Difference {
    fn compare(&mut self, key: &MigrationKey, migration: &Migration, landed: Option<&Migration>) {
        let Some(landed) = landed else {
            self.paths.insert(migration.source.path.clone());
            return;
        };
        let kind = if landed.source.text != migration.source.text {
            let does_the_same = python::does_the_same(&landed.source.text, &migration.source.text);
            (!does_the_same).then_some(EditKind::Changed)
        } else if is_as_landed(migration, landed) {
            return;
        } else {
            Some(EditKind::ChangedByImport)
        };
        // A squash that loses its `replaces` was never judged, and is no news for that.
        if kind.is_none() && !landed.replaces.is_empty() {
            return;
        }
        self.paths.insert(migration.source.path.clone());
        self.known.push(key.clone());
        self.edits.extend(kind.map(|kind| Edit { key: key.clone(), kind }));
    }

    /// Migrations that depend on one that is gone.
    fn note_orphans(&mut self, head: &Project, gone: &[&Migration]) {
        let is_gone = |dependency: &Dependency| match dependency {
            Dependency::Migration(key) => gone.iter().any(|migration| migration.key == *key),
            Dependency::Swappable(_) => false,
        };
        let own = head.migrations.iter();
        let own = own.filter(|migration| migration.ownership == Ownership::Project);
        for orphan in own.filter(|migration| migration.dependencies.iter().any(is_gone)) {
            self.paths.insert(orphan.source.path.clone());
            self.known.push(orphan.key.clone());
        }
    }

    fn note_gone(
        &mut self,
        gone: &[&Migration],
        in_head: &FxHashMap<&MigrationKey, &Migration>,
        in_base: &FxHashMap<&MigrationKey, &Migration>,
    ) {
        let is_left = |app: &str| in_head.keys().any(|key| key.app == app);
        let mut apps_gone: FxHashSet<&str> = FxHashSet::default();
        for migration in gone.iter().rev() {
            let (key, path) = (&migration.key, migration.source.path.clone());
            let renamed = in_head.values().find(|other| {
                other.key.app == key.app
                    && !in_base.contains_key(&other.key)
                    && python::does_the_same(&other.source.text, &migration.source.text)
            });
            let kind = match renamed {
                Some(other) => EditKind::Renamed {
                    path,
                    to: other.key.clone(),
                },
                None if is_left(&key.app) => EditKind::Deleted { path },
                None if apps_gone.insert(&key.app) => EditKind::AppDeleted {
                    path,
                    count: gone.iter().filter(|other| other.key.app == key.app).count(),
                },
                None => continue,
            };
            self.edits.push(Edit { key: key.clone(), kind });
        }
        let paths = self.edits.iter().filter_map(|edit| path_of(&edit.kind));
        self.paths.extend(paths.map(Path::to_owned));
    }
}

/// Whether a migration whose text is the same does the same: what it imports may be another. What was not read says nothing.
fn is_as_landed(migration: &Migration, landed: &Migration) -> bool {
    let is_read = migration.gaps.is_empty() && landed.gaps.is_empty();
    !is_read || migration.atomic == landed.atomic && migration.operations == landed.operations
}

fn path_of(kind: &EditKind) -> Option<&Path> {
    match kind {
        EditKind::Changed | EditKind::ChangedByImport => None,
        EditKind::Deleted { path } | EditKind::Renamed { path, .. } | EditKind::AppDeleted { path, .. } => Some(path),
    }
}

fn by_key(project: &Project) -> FxHashMap<&MigrationKey, &Migration> {
    let own = project.migrations.iter();
    let own = own.filter(|migration| migration.ownership == Ownership::Project);
    own.map(|migration| (&migration.key, migration)).collect()
}

/// A file that is there and cannot be read is not gone.
fn is_unreadable(project: &Project, key: &MigrationKey) -> bool {
    let mut problems = project.problems.iter();
    problems.any(|problem| {
        problem
            .path
            .file_stem()
            .is_some_and(|stem| stem.to_string_lossy() == key.name.as_str())
    })
}
