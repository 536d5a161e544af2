//! Initial migrations in parts, `0001_initial` and `0002_initial`: makemigrations divides them where apps refer to each other
//! in a circle, and they are one birth of the app's tables.
//!
//! Source: Django, `MigrationAutodetector.arrange_for_graph` (`initial = True` on all migrations of an app that had none).

use rustc_hash::FxHashMap;

use crate::catalog::MigrationNumber;
use crate::migration::Migration;

/// For each app, its initial migrations so far; `None` after the first that is not one of them.
#[derive(Debug, Default)]
pub(super) struct Births {
    apps: FxHashMap<Box<str>, Option<Vec<MigrationNumber>>>,
}

impl Births {
    /// The migrations whose tables are as new as those of this one. Migrations come in the order in which they run.
    pub(super) fn before(&mut self, migration: &Migration, number: MigrationNumber) -> Vec<MigrationNumber> {
        let key: &str = &migration.key.app;
        let Some(known) = self.apps.get_mut(key) else {
            self.apps.insert(key.into(), Some(vec![number]));
            return Vec::new();
        };
        if !migration.initial {
            *known = None;
        }
        let Some(parts) = known else {
            return Vec::new();
        };
        let before = parts.clone();
        parts.push(number);
        before
    }
}
