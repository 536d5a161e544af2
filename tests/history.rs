//! The order in which Django would run migrations, and what is wrong with their graph.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

use std::path::PathBuf;

use forelock::history::{self, History, HistoryProblemKind};
use forelock::migration::deploy::Stages;
use forelock::migration::{Dependency, Migration, MigrationKey, Ownership};
use forelock::source::{Range, SourceFile};
use rustc_hash::{FxHashMap, FxHashSet};

fn key(text: &str) -> MigrationKey {
    let (app, name) = text.split_once('.').expect("app.name");
    MigrationKey::new(app, name)
}

fn migration(name: &str, dependencies: &[&str]) -> Migration {
    Migration {
        has_unread_dependencies: false,
        acts_on: "shop".to_owned(),
        key: key(name),
        source: SourceFile::new(PathBuf::from(format!("{name}.py")), String::new()),
        ownership: Ownership::Project,
        atomic: true,
        initial: false,
        class_range: Range::default(),
        dependencies: dependencies
            .iter()
            .map(|name| Dependency::Migration(key(name)))
            .collect(),
        run_before: Vec::new(),
        mark: None,
        stages: Stages::default(),
        replaces: Vec::new(),
        operations: Vec::new(),
        gaps: Vec::new(),
        comments: Vec::new(),
    }
}

fn squash(name: &str, dependencies: &[&str], replaces: &[&str]) -> Migration {
    Migration {
        replaces: replaces.iter().map(|name| key(name)).collect(),
        ..migration(name, dependencies)
    }
}

fn ordered(migrations: &[Migration]) -> (Vec<String>, History) {
    let history = history::order(migrations, &FxHashMap::default(), &FxHashSet::default());
    (
        history
            .order
            .iter()
            .map(|index| migrations[*index].key.to_string())
            .collect(),
        history,
    )
}

#[test]
fn a_migration_runs_after_all_it_depends_on_and_apps_come_by_name() {
    let migrations = [
        migration("shop.0002_b", &["shop.0001_a", "users.0001_a"]),
        migration("users.0001_a", &[]),
        migration("shop.0001_a", &[]),
        migration("blog.0001_a", &["users.0001_a"]),
    ];
    assert_eq!(
        ordered(&migrations).0,
        ["users.0001_a", "blog.0001_a", "shop.0001_a", "shop.0002_b"]
    );
}

#[test]
fn run_before_puts_a_migration_ahead_of_another_app() {
    let mut first = migration("zoo.0001_a", &[]);
    first.run_before.push(Dependency::Migration(key("blog.0001_a")));
    assert_eq!(
        ordered(&[migration("blog.0001_a", &[]), first]).0,
        ["zoo.0001_a", "blog.0001_a"]
    );
}

#[test]
fn first_and_latest_and_swappable_settings_name_migrations_of_another_app() {
    let mut shop = migration("shop.0001_a", &["users.__latest__"]);
    shop.dependencies
        .push(Dependency::Swappable("AUTH_USER_MODEL".to_owned()));
    let migrations = [
        shop,
        migration("users.0001_a", &[]),
        migration("users.0002_b", &["users.0001_a"]),
    ];
    let swappable = FxHashMap::from_iter([("AUTH_USER_MODEL".to_owned(), "users.User".to_owned())]);
    let history = history::order(&migrations, &swappable, &FxHashSet::default());
    assert_eq!(history.order, [1, 2, 0]);
    assert!(history.problems.is_empty());
}

#[test]
fn a_squash_whose_originals_are_all_there_gives_way_to_them_and_gets_a_run_of_its_own() {
    let migrations = [
        migration("shop.0001_a", &[]),
        migration("shop.0002_b", &["shop.0001_a"]),
        squash("shop.0001_squashed_0002_b", &[], &["shop.0001_a", "shop.0002_b"]),
        migration("shop.0003_c", &["shop.0001_squashed_0002_b"]),
    ];
    let (order, history) = ordered(&migrations);
    assert_eq!(order, ["shop.0001_a", "shop.0002_b", "shop.0003_c"]);
    assert_eq!(history.squashed, [2]);
    assert!(history.problems.is_empty(), "{:?}", history.problems);
}

#[test]
fn a_squash_without_its_originals_is_the_history() {
    let migrations = [
        squash("shop.0001_squashed_0002_b", &[], &["shop.0001_a", "shop.0002_b"]),
        migration("shop.0003_c", &["shop.0002_b"]),
    ];
    let (order, history) = ordered(&migrations);
    assert_eq!(order, ["shop.0001_squashed_0002_b", "shop.0003_c"]);
    assert!(history.squashed.is_empty());
    assert!(history.problems.is_empty(), "{:?}", history.problems);
}

#[test]
fn a_squash_of_squashes_is_unfolded_to_the_oldest_files() {
    let migrations = [
        migration("shop.0001_a", &[]),
        migration("shop.0002_b", &["shop.0001_a"]),
        squash("shop.0001_squashed_0002", &[], &["shop.0001_a", "shop.0002_b"]),
        migration("shop.0003_c", &["shop.0002_b"]),
        squash(
            "shop.0001_squashed_0003",
            &[],
            &["shop.0001_squashed_0002", "shop.0003_c"],
        ),
        migration("shop.0004_d", &["shop.0001_squashed_0003"]),
    ];
    let (order, history) = ordered(&migrations);
    assert_eq!(order, ["shop.0001_a", "shop.0002_b", "shop.0003_c", "shop.0004_d"]);
    assert!(history.squashed.contains(&4));
}

#[test]
fn a_missing_parent_a_missing_app_a_circle_and_two_leaves_are_named_and_the_rest_is_ordered() {
    let migrations = [
        migration("shop.0001_a", &["shop.0000_gone", "taggit.0001_initial"]),
        migration("loop.0001_a", &["loop.0002_b"]),
        migration("loop.0002_b", &["loop.0001_a"]),
        migration("two.0001_a", &[]),
        migration("two.0002_left", &["two.0001_a"]),
        migration("two.0002_right", &["two.0001_a"]),
    ];
    let (order, history) = ordered(&migrations);
    assert_eq!(order.len(), migrations.len());
    let kinds: Vec<_> = history.problems.iter().map(|problem| &problem.kind).collect();
    assert!(kinds.contains(&&HistoryProblemKind::MissingParent(key("shop.0000_gone"))));
    assert!(kinds.contains(&&HistoryProblemKind::MissingApp("taggit".to_owned())));
    assert!(
        kinds
            .iter()
            .any(|kind| matches!(kind, HistoryProblemKind::Cycle(keys) if keys.len() == 2))
    );
    assert!(
        kinds
            .iter()
            .any(|kind| matches!(kind, HistoryProblemKind::SeveralLeaves(keys) if keys.len() == 2))
    );
    assert_eq!(kinds.len(), 5, "each of the two leaves: {kinds:?}");
}
