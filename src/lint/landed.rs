//! What is said of migrations that have landed and were edited, and of squashes by what databases have run.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::finding::Place;
use crate::history::History;
use crate::migration::{Migration, MigrationKey, Ownership};
use crate::project::Project;
use crate::rules::RuleTable;
use crate::source::Range;
use crate::standing::{Edit, EditKind, SquashStand, Standing};

use super::input::InputHit;

/// Edits of migrations that are still there, by migration.
pub(super) fn of_changed<'a>(
    project: &'a Project,
    standing: &Standing,
    rules: &'a RuleTable,
) -> FxHashMap<usize, Vec<InputHit<'a>>> {
    let mut hits: FxHashMap<usize, Vec<InputHit<'a>>> = FxHashMap::default();
    let is_there = |edit: &&Edit| matches!(edit.kind, EditKind::Changed | EditKind::ChangedByImport);
    for edit in standing.edits.iter().filter(is_there) {
        let found = project
            .migrations
            .iter()
            .position(|migration| migration.key == edit.key);
        let Some(index) = found else {
            continue;
        };
        let migration = &project.migrations[index];
        let names = vec![("change", change(edit, standing))];
        let target = edit.key.to_string();
        let range = migration.class_range;
        let hit = InputHit::of_migration(rules, "landed-migration-changed", migration, range, target, names);
        let hit = hit.map(|mut hit| {
            hit.help = help(&edit.kind)
                .map(|key| hit.rule.help_for(key).to_owned())
                .or(hit.help);
            hit
        });
        hits.entry(index).or_default().extend(hit);
    }
    hits
}

/// Edits of migrations whose file is gone.
pub(super) fn of_deleted<'a>(standing: &Standing, rules: &'a RuleTable) -> Vec<InputHit<'a>> {
    let hits = standing.edits.iter().filter_map(|edit| {
        let path = match &edit.kind {
            EditKind::Changed | EditKind::ChangedByImport => return None,
            EditKind::Deleted { path } | EditKind::Renamed { path, .. } | EditKind::AppDeleted { path, .. } => path,
        };
        let place = Place {
            path: path.clone(),
            source: None,
            range: Range::default(),
        };
        let names = vec![("change", change(edit, standing))];
        let mut hit = InputHit::new(rules, "landed-migration-changed", place, edit.key.to_string(), names)?;
        hit.help = help(&edit.kind).map(|key| hit.rule.help_for(key).to_owned());
        Some(hit)
    });
    hits.collect()
}

fn change(edit: &Edit, standing: &Standing) -> String {
    let key = &edit.key;
    let base = standing
        .base
        .as_ref()
        .map(|base| base.source.name())
        .unwrap_or_default();
    match &edit.kind {
        EditKind::Changed => {
            format!("{key} does something else than in {base}: databases that have run it do not run it again")
        }
        EditKind::ChangedByImport => {
            format!(
                "{key} imports code that makes it do something else than in {base}: databases that have run it do not \
                 run it again"
            )
        }
        EditKind::Deleted { .. } => {
            format!("{key} is in {base} and was deleted: databases keep what it did, and new ones never get it")
        }
        EditKind::Renamed { to, .. } => {
            format!(
                "{key} is in {base} and was renamed to {}: databases that have run it run it again",
                to.name
            )
        }
        EditKind::AppDeleted { count, .. } => {
            let migrations = if *count == 1 {
                "the one migration"
            } else {
                "all migrations"
            };
            format!(
                "{migrations} of the app `{}` in {base} were deleted: databases keep its tables",
                key.app
            )
        }
    }
}

fn help(kind: &EditKind) -> Option<&'static str> {
    match kind {
        EditKind::Changed => None,
        EditKind::ChangedByImport => Some("imported"),
        EditKind::Deleted { .. } => Some("deleted"),
        EditKind::Renamed { .. } => Some("renamed"),
        EditKind::AppDeleted { .. } => Some("app deleted"),
    }
}

/// What is wrong with squashes, by migration: databases that have run a part, and originals that go too soon.
pub(super) fn of_squashes<'a>(
    project: &'a Project,
    standing: &Standing,
    rules: &'a RuleTable,
) -> FxHashMap<usize, Vec<InputHit<'a>>> {
    let on_disk: FxHashSet<&MigrationKey> = project.migrations.iter().map(|migration| &migration.key).collect();
    let mut hits: FxHashMap<usize, Vec<InputHit<'a>>> = FxHashMap::default();
    for (index, squash) in project.migrations.iter().enumerate() {
        let gone: Vec<&MigrationKey> = squash.replaces.iter().filter(|key| !on_disk.contains(key)).collect();
        if gone.is_empty() {
            continue;
        }
        let found = half_applied(squash, standing, rules);
        let found = found.or_else(|| deleted_with_it(squash, &gone, standing, rules));
        hits.entry(index).or_default().extend(found);
    }
    hits
}

fn half_applied<'a>(squash: &'a Migration, standing: &Standing, rules: &'a RuleTable) -> Option<InputHit<'a>> {
    let SquashStand::SomeRun { source, run, missing } = standing.squash(squash) else {
        return None;
    };
    let names = vec![
        ("place", source.name()),
        ("run", listed(&run)),
        ("missing", listed(&missing)),
    ];
    let target = squash.key.to_string();
    InputHit::of_migration(rules, "squash-half-applied", squash, squash.class_range, target, names)
}

/// A squash that is new, and originals of it that went in the same branch.
fn deleted_with_it<'a>(
    squash: &'a Migration,
    gone: &[&MigrationKey],
    standing: &Standing,
    rules: &'a RuleTable,
) -> Option<InputHit<'a>> {
    let base = standing.base.as_ref().filter(|base| !base.has(&squash.key))?;
    let deleted: Vec<MigrationKey> = gone
        .iter()
        .filter(|key| base.has(key))
        .map(|key| (*key).clone())
        .collect();
    if deleted.is_empty() {
        return None;
    }
    let names = vec![("deleted", listed(&deleted))];
    let target = squash.key.to_string();
    InputHit::of_migration(
        rules,
        "originals-deleted-with-squash",
        squash,
        squash.class_range,
        target,
        names,
    )
}

/// Files that are not read, because Django runs the squash that stands for them.
pub(super) fn replaced_note(project: &Project, history: &History) -> Option<String> {
    let key = |index: usize| project.migrations.get(index).map(|migration| &migration.key);
    let is_own = |index: usize| {
        let migration = project.migrations.get(index);
        migration.is_some_and(|migration| migration.ownership == Ownership::Project)
    };
    let own: Vec<_> = history.replaced.iter().filter(|(file, _)| is_own(*file)).collect();
    let (first, squash) = own.first()?;
    let files = match own.len() {
        1 => format!("{} is not read", key(*first)?),
        count => format!("{} and {} more are not read", key(*first)?, count - 1),
    };
    Some(format!(
        "{files}: {} stands for it, and as other files that this replaces are gone, Django runs the squash alone",
        key(*squash)?
    ))
}

/// How many migrations a message names.
const MOST_NAMED: usize = 4;

fn listed(keys: &[MigrationKey]) -> String {
    let mut names: Vec<String> = keys.iter().map(ToString::to_string).collect();
    if names.len() > MOST_NAMED {
        let more = names.len() - MOST_NAMED + 1;
        names.truncate(MOST_NAMED - 1);
        names.push(format!("{more} more"));
    }
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// Squashes of which nobody can say whether databases run them.
#[derive(Debug, Default)]
pub(super) struct Withheld {
    squashes: usize,
    operations: usize,
}

impl Withheld {
    /// Takes note of a squash of which something would be told, and says that in its place.
    pub(super) fn hit<'a>(
        &mut self,
        squash: &'a Migration,
        count: usize,
        rules: &'a RuleTable,
    ) -> Option<InputHit<'a>> {
        self.squashes += 1;
        self.operations += squash.operations.len();
        let count = if count == 1 {
            "1 finding".to_owned()
        } else {
            format!("{count} findings")
        };
        let names = vec![("count", count), ("originals", listed(&squash.replaces))];
        let target = squash.key.to_string();
        InputHit::of_migration(rules, "squash-not-judged", squash, squash.class_range, target, names)
    }

    /// What to say once about all of them.
    pub(super) fn note(&self) -> Option<String> {
        let squashes = match self.squashes {
            0 => return None,
            1 => "1 squash is not judged".to_owned(),
            count => format!("{count} squashes are not judged"),
        };
        let operations = match self.operations {
            1 => "1 operation".to_owned(),
            count => format!("{count} operations"),
        };
        Some(format!(
            "{squashes} ({operations}): whether databases run it depends on what they have run; `--since REF` or \
             `--deployed REF` says so"
        ))
    }
}
