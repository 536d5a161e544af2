//! The next step of a change that takes more than one release, as a migration behind all others of its app.

use std::path::PathBuf;

use crate::config::PlannedTimeout;
use crate::finding::{Pending, PendingKind};
use crate::migration::{Dependency, Migration, MigrationKey, Ownership};
use crate::plan::{PlannedMigration, run_sql};
use crate::project::Project;

use super::print::reference;

/// A migration that does it: its path, as shown to people, and its text.
///
/// # Errors
/// Why it cannot be written: what to do first, or what is not known.
pub fn next_step(pending: &Pending, project: &Project) -> Result<(PathBuf, String), String> {
    let is_drop = matches!(pending.kind, PendingKind::Column | PendingKind::Table);
    match (is_drop, pending.is_released) {
        (true, None) => {
            return Err(format!(
                "nobody has said what is deployed: set `deployed = \"...\"` in the configuration, to the branch or the pattern of tags of the release that \
                 runs, or give --deployed; {} may be in use until that has {}",
                pending.label(),
                pending.since.as_ref().map(ToString::to_string).unwrap_or_default()
            ));
        }
        (true, Some(false)) => {
            return Err(format!(
                "the running release lacks {}, so it still uses {}",
                pending.since.as_ref().map(ToString::to_string).unwrap_or_default(),
                pending.label()
            ));
        }
        _ => {}
    }
    let app = pending
        .app
        .as_deref()
        .ok_or("no model of the project has that table, so its app is not known")?;
    let leaf = leaf(app, project).ok_or_else(|| format!("{app} has no one last migration"))?;
    let name = format!("{}_{}", number_after(&leaf.key.name), name_of(pending));
    let path = leaf.source.path.with_file_name(format!("{name}.py"));
    Ok((path, text(pending, &leaf.key, project)))
}

fn text(pending: &Pending, leaf: &MigrationKey, project: &Project) -> String {
    let back = match pending.kind {
        PendingKind::Column => pending.added_again().map(|add| vec![add]),
        PendingKind::Table => None,
        PendingKind::NotValid | PendingKind::Check => Some(Vec::new()),
    };
    let waits = pending.kind != PendingKind::NotValid;
    let timeout = match &project.configuration.lock_timeout {
        PlannedTimeout::Of(time) if waits && project.session.lock_timeout.is_none() => Some(time.clone()),
        PlannedTimeout::Of(_) | PlannedTimeout::None => None,
    };
    let migration = PlannedMigration {
        lock_timeout: timeout,
        imports: vec!["from django.db import migrations".to_owned()],
        ..PlannedMigration::atomic(vec![run_sql(&[pending.statement()], back.as_deref())])
    };
    let head = format!(
        "class Migration(migrations.Migration):\n    dependencies = [\n        {},\n    ]\n\n",
        reference(leaf)
    );
    let code = migration
        .code()
        .replacen("\n\nclass Migration", "\n\n\nclass Migration", 1);
    code.replacen("class Migration(migrations.Migration):\n", &head, 1)
}

/// The one migration of the app that no other of it depends on.
fn leaf<'p>(app: &str, project: &'p Project) -> Option<&'p Migration> {
    let own = || {
        let own = project.migrations.iter();
        own.filter(|migration| migration.key.app == app && migration.ownership == Ownership::Project)
    };
    let is_parent = |key: &MigrationKey| {
        let named = |dependency: &Dependency| matches!(dependency, Dependency::Migration(other) if other == key);
        own().any(|migration| migration.dependencies.iter().any(named) || migration.replaces.contains(key))
    };
    let mut leaves = own().filter(|migration| !is_parent(&migration.key));
    let leaf = leaves.next()?;
    leaves.next().is_none().then_some(leaf)
}

/// The number behind that of a name, as makemigrations counts.
fn number_after(name: &str) -> String {
    let digits: String = name.chars().take_while(char::is_ascii_digit).collect();
    let number = digits.parse::<u32>().unwrap_or_default().saturating_add(1);
    format!("{number:04}")
}

fn name_of(pending: &Pending) -> String {
    let verb = match pending.kind {
        PendingKind::Column | PendingKind::Table | PendingKind::Check => "drop",
        PendingKind::NotValid => "validate",
    };
    let what = if pending.kind == PendingKind::Table {
        String::new()
    } else {
        format!("_{}", pending.name)
    };
    let name = format!("{verb}_{}{what}", pending.table);
    name.chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect()
}
