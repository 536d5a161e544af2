//! The order in which Django would run the migrations: django/db/migrations/{loader,graph}.py.

mod graph;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::migration::{Dependency, Migration, MigrationKey};
use graph::Graph;

/// The migrations of a project in the order in which they run.
#[derive(Debug, Default)]
pub struct History {
    /// Indexes into the migrations, for a database that has lived through them: squashed migrations run as their
    /// originals wherever all of these are on disk.
    pub order: Vec<usize>,
    /// A second run, from nothing, in which squashes take the place of their originals, as on a new database, up to the
    /// last squash; empty where no squash has its originals on disk.
    pub squashed: Vec<usize>,
    /// Files that run nowhere any more, each with the squash that stands for it: others that this replaces are gone.
    pub replaced: Vec<(usize, usize)>,
    /// What is wrong with the graph.
    pub problems: Vec<HistoryProblem>,
}

/// Something wrong with the dependencies of a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryProblem {
    /// The migration whose file says it.
    pub migration: usize,
    /// What is wrong.
    pub kind: HistoryProblemKind,
}

/// What can be wrong with the graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryProblemKind {
    /// It depends on a migration that is not among the files, though its app is.
    MissingParent(MigrationKey),
    /// It depends on an app of which there is no migration at all.
    MissingApp(String),
    /// It depends on itself through these.
    Cycle(Vec<MigrationKey>),
    /// Its app ends in several migrations, this one among them.
    SeveralLeaves(Vec<MigrationKey>),
    /// A file of the same app and name was found before.
    Duplicate(MigrationKey),
}

/// Orders the migrations. `swappable` maps settings to models, `AUTH_USER_MODEL` to `shop.User`. Django does not run those of apps
/// that are `not_installed`: they come after all others, which then run as they do without them.
///
/// Cannot fail: what is wrong becomes a problem, and the rest is ordered still.
#[must_use]
#[allow(clippy::implicit_hasher, reason = "all maps of the program hash alike")]
pub fn order(
    migrations: &[Migration],
    swappable: &FxHashMap<String, String>,
    not_installed: &FxHashSet<String>,
) -> History {
    let mut problems = Vec::new();
    let keys = &Keys::new(migrations, &mut problems);
    let squashes = Squashes::of(migrations, keys);
    problems.extend(squash_cycles(migrations, keys));
    let lived = build(migrations, keys, swappable, &squashes.lived, &mut problems);
    let mut order = lived.run_order(&lived.leaves(not_installed), &mut problems);
    // A cycle hides its members from the leaves; they are judged still, after all others.
    let mut seen = vec![false; migrations.len()];
    order.iter().for_each(|index| seen[*index] = true);
    let mut rest: Vec<usize> = lived.members().filter(|index| !seen[*index]).collect();
    rest.sort_by_key(|index| &migrations[*index].key);
    order.extend(
        lived
            .run_order(&rest, &mut problems)
            .into_iter()
            .filter(|index| !seen[*index]),
    );
    problems.extend(lived.several_leaves());
    let squashed = fresh_order(migrations, keys, swappable, not_installed, &squashes);
    History {
        order,
        squashed,
        replaced: squashes.standing_for(),
        problems,
    }
}

/// Squashes that replace each other: Django refuses to load them. See `MigrationLoader.replace_migration`.
fn squash_cycles(migrations: &[Migration], keys: &Keys<'_>) -> Vec<HistoryProblem> {
    let mut problems = Vec::new();
    for (index, migration) in migrations.iter().enumerate() {
        let mut path = vec![migration.key.clone()];
        let mut at = index;
        // The walk takes the first squash among the replaced: a circle of them has no way out.
        while let Some(next) = replaced_squash(migrations, keys, at) {
            path.push(migrations[next].key.clone());
            if next == index {
                let kind = HistoryProblemKind::Cycle(path);
                problems.push(HistoryProblem { migration: index, kind });
                break;
            }
            if path.len() > migrations.len() {
                break;
            }
            at = next;
        }
    }
    problems
}

fn replaced_squash(migrations: &[Migration], keys: &Keys<'_>, index: usize) -> Option<usize> {
    let replaced = migrations[index].replaces.iter();
    let files = replaced.filter_map(|key| keys.files.get(key).copied());
    files
        .into_iter()
        .find(|file| *file != index && !migrations[*file].replaces.is_empty())
}

fn fresh_order(
    migrations: &[Migration],
    keys: &Keys<'_>,
    swappable: &FxHashMap<String, String>,
    not_installed: &FxHashSet<String>,
    squashes: &Squashes,
) -> Vec<usize> {
    if squashes.with_originals.is_empty() {
        return Vec::new();
    }
    let fresh = build(migrations, keys, swappable, &squashes.fresh, &mut Vec::new());
    let mut order = fresh.run_order(&fresh.leaves(not_installed), &mut Vec::new());
    let last = order.iter().rposition(|index| squashes.with_originals.contains(index));
    order.truncate(last.map_or(0, |last| last + 1));
    order
}

/// For each run, which migration stands for another: `stands_for[original] = squash`, or a squash's originals.
#[derive(Default)]
struct Squashes {
    /// Squashes whose originals are all on disk.
    with_originals: Vec<usize>,
    /// In a database that has lived: squash -> its originals; original of a squash without all originals -> the squash.
    lived: FxHashMap<usize, Vec<usize>>,
    /// On a new database: original -> its squash.
    fresh: FxHashMap<usize, Vec<usize>>,
}

/// Which file a key means: its own, or the squash that replaces a file that is gone.
struct Keys<'a> {
    files: FxHashMap<&'a MigrationKey, usize>,
    replaced: FxHashMap<&'a MigrationKey, usize>,
}

impl<'a> Keys<'a> {
    fn get(&self, key: &MigrationKey) -> Option<usize> {
        self.files.get(key).or_else(|| self.replaced.get(key)).copied()
    }

    /// Whether this is the file that its key means, and not a second one.
    fn is_first(&self, migration: &Migration, index: usize) -> bool {
        self.files.get(&migration.key) == Some(&index)
    }

    fn new(migrations: &'a [Migration], problems: &mut Vec<HistoryProblem>) -> Self {
        let mut files = FxHashMap::default();
        let mut replaced = FxHashMap::default();
        for (index, migration) in migrations.iter().enumerate() {
            if files.contains_key(&migration.key) {
                let kind = HistoryProblemKind::Duplicate(migration.key.clone());
                problems.push(HistoryProblem { migration: index, kind });
            } else {
                files.insert(&migration.key, index);
                replaced.extend(migration.replaces.iter().map(|key| (key, index)));
            }
        }
        Self { files, replaced }
    }
}

impl Squashes {
    fn standing_for(&self) -> Vec<(usize, usize)> {
        let stood_for = self
            .lived
            .iter()
            .filter(|(index, _)| !self.with_originals.contains(index));
        let mut pairs: Vec<(usize, usize)> = stood_for
            .filter_map(|(original, squash)| Some((*original, *squash.first()?)))
            .collect();
        pairs.sort_unstable();
        pairs
    }

    fn of(migrations: &[Migration], keys: &Keys<'_>) -> Self {
        let mut squashes = Squashes::default();
        for (index, migration) in migrations.iter().enumerate() {
            if migration.replaces.is_empty() {
                continue;
            }
            let originals: Vec<usize> = migration
                .replaces
                .iter()
                .filter_map(|key| keys.files.get(key).copied())
                .filter(|i| *i != index)
                .collect();
            for original in &originals {
                squashes.fresh.entry(*original).or_default().push(index);
            }
            if originals.len() == migration.replaces.len() {
                squashes.with_originals.push(index);
                squashes.lived.insert(index, originals);
            } else {
                for original in originals {
                    squashes.lived.insert(original, vec![index]);
                }
            }
        }
        squashes
    }
}

fn build<'a>(
    migrations: &'a [Migration],
    keys: &Keys<'a>,
    swappable: &FxHashMap<String, String>,
    replaced: &'a FxHashMap<usize, Vec<usize>>,
    problems: &mut Vec<HistoryProblem>,
) -> Graph<'a> {
    let mut graph = Graph::new(migrations, replaced);
    for (index, migration) in migrations.iter().enumerate() {
        if !keys.is_first(migration, index) {
            continue;
        }
        graph.add(index);
    }
    // Dependencies inside an app come first: `__first__` and `__latest__` are answered from them.
    // See `MigrationLoader.build_graph`.
    for scope in [Scope::Internal, Scope::External] {
        for (index, migration) in migrations.iter().enumerate() {
            if keys.is_first(migration, index) {
                connect(&mut graph, keys, swappable, scope, index, migration, problems);
            }
        }
    }
    graph
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Internal,
    External,
}

fn connect<'a>(
    graph: &mut Graph<'a>,
    keys: &Keys<'a>,
    swappable: &FxHashMap<String, String>,
    scope: Scope,
    index: usize,
    migration: &Migration,
    problems: &mut Vec<HistoryProblem>,
) {
    let parents = migration.dependencies.iter().map(|dependency| (dependency, false));
    let children = migration.run_before.iter().map(|dependency| (dependency, true));
    for (dependency, runs_before) in parents.chain(children) {
        let Some(key) = key_of(dependency, swappable) else {
            continue;
        };
        let internal = key.app == migration.key.app && key.name != "__first__";
        if internal != (scope == Scope::Internal) || (key.app == migration.key.app && key.name == "__first__") {
            continue;
        }
        match find(graph, keys, &key) {
            Ok(other) if runs_before => graph.depend(other, index),
            Ok(other) => graph.depend(index, other),
            Err(kind) => problems.push(HistoryProblem { migration: index, kind }),
        }
    }
}

fn key_of(dependency: &Dependency, swappable: &FxHashMap<String, String>) -> Option<MigrationKey> {
    match dependency {
        Dependency::Migration(key) => Some(key.clone()),
        Dependency::Swappable(setting) => {
            let (app, _) = swappable.get(setting)?.split_once('.')?;
            Some(MigrationKey::new(app, "__first__"))
        }
    }
}

fn find(graph: &Graph<'_>, keys: &Keys<'_>, key: &MigrationKey) -> Result<usize, HistoryProblemKind> {
    let found = match key.name.as_str() {
        "__first__" => graph.first_of(&key.app),
        "__latest__" => graph.last_of(&key.app),
        _ => keys.get(key),
    };
    found.ok_or_else(|| {
        if graph.has_app(&key.app) {
            HistoryProblemKind::MissingParent(key.clone())
        } else {
            HistoryProblemKind::MissingApp(key.app.clone())
        }
    })
}
