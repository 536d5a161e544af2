//! What may be in the database beside what the history makes.

use rustc_hash::FxHashSet;

use crate::catalog::Catalog;
use crate::migration::{Dependency, Operation, Ownership};
use crate::models::KnownModel;
use crate::project::Project;

/// Tells the catalog which tables are made elsewhere, and which only here.
pub(super) fn expect(catalog: &mut Catalog, project: &Project) {
    let labels = known_models(project).map(|model| model.app);
    catalog.expect_apps(labels.chain(apps_not_at_hand(project)));
    let own = project.migrations.iter();
    let own = own.filter(|migration| migration.ownership == Ownership::Project);
    catalog.own_apps(own.map(|migration| migration.key.app.clone()));
    if !project.problems.is_empty() || project.settings.is_routed {
        catalog.doubt_for_ever();
    }
    if has_unmanaged_models(project) {
        catalog.open();
    }
}

/// The models of packages whose migrations are not at hand, then those that the configuration knows.
pub(super) fn known_models(project: &Project) -> impl Iterator<Item = KnownModel> {
    let migrations = project.migrations.iter();
    let at_hand: FxHashSet<&str> = migrations.map(|migration| migration.key.app.as_ref()).collect();
    KnownModel::of_packages()
        .filter(move |model| !at_hand.contains(model.app.as_str()))
        .chain(project.known_models.iter().cloned())
}

/// The apps that migrations depend on and that have none at hand.
fn apps_not_at_hand(project: &Project) -> impl Iterator<Item = String> {
    let at_hand: FxHashSet<&str> = project
        .migrations
        .iter()
        .map(|migration| migration.key.app.as_ref())
        .collect();
    let needed = project.migrations.iter().flat_map(|migration| &migration.dependencies);
    let apps = needed.filter_map(|dependency| match dependency {
        Dependency::Migration(key) => Some(key.app.clone()),
        Dependency::Swappable(_) => None,
    });
    apps.filter(move |app| !at_hand.contains(app.as_str()))
}

/// A model that Django makes no table for: others make it, and more beside it.
fn has_unmanaged_models(project: &Project) -> bool {
    let mut operations = project.migrations.iter().flat_map(|migration| &migration.operations);
    operations.any(|node| matches!(&node.operation, Operation::CreateModel { options, .. } if options.unmanaged))
}
