//! Which tools run the project's migrations in phases, and what their settings say.

use std::collections::BTreeMap;

use super::settings::Settings;
use crate::packages::{Packages, When};
use crate::value::Value;

/// The attribute in which django-syzygy keeps stages, of which its settings hold values, too.
const STAGE: &str = "stage";

/// The tools among `INSTALLED_APPS`.
#[derive(Debug, Default)]
pub struct DeployTools {
    /// django-safemigrate, and whether it refuses what it cannot run in order.
    pub safemigrate: Option<Strictness>,
    /// django-syzygy.
    pub syzygy: Option<StageSettings>,
    /// One that rewrites removals of fields: django-green-migration.
    pub rewrites_removals: bool,
}

/// `SAFEMIGRATE`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// A migration that is blocked stops the deploy; so without the setting.
    Strict,
    /// It is left out, or nothing is looked at.
    Lenient,
}

/// Stages of apps and migrations (`app`, `app.0001_name`) in the settings of django-syzygy.
#[derive(Clone, Debug, Default)]
pub struct StageSettings {
    /// `MIGRATION_STAGES_OVERRIDE`: of those without a stage of their own.
    pub overriding: BTreeMap<String, When>,
    /// `MIGRATION_STAGES_FALLBACK`: of those whose operations do not agree.
    pub fallback: BTreeMap<String, When>,
}

impl DeployTools {
    pub(super) fn read(settings: &Settings) -> Self {
        let has = |package: &str| settings.has_app(package);
        Self {
            safemigrate: has("django_safemigrate").then(|| strictness(settings)),
            syzygy: has("syzygy").then(|| StageSettings {
                overriding: stages(settings.setting("MIGRATION_STAGES_OVERRIDE")),
                fallback: stages(settings.setting("MIGRATION_STAGES_FALLBACK")),
            }),
            rewrites_removals: Packages::known().rewritten_removals().is_some_and(|it| has(&it.app)),
        }
    }
}

fn strictness(settings: &Settings) -> Strictness {
    match settings.setting("SAFEMIGRATE").and_then(Value::as_str) {
        Some(mode) if mode.eq_ignore_ascii_case("nonstrict") || mode.eq_ignore_ascii_case("disabled") => {
            Strictness::Lenient
        }
        Some(_) | None => Strictness::Strict,
    }
}

fn stages(value: Option<&Value>) -> BTreeMap<String, When> {
    let Some(Value::Dict(items)) = value else {
        return BTreeMap::new();
    };
    let stages = items
        .iter()
        .filter_map(|(name, value)| Some((name.as_str()?.to_owned(), Packages::known().moment(STAGE, value)?)));
    stages.collect()
}

impl StageSettings {
    /// The stage that one of the settings gives to a migration: by its name, else by its app.
    #[must_use]
    pub fn of(stages: &BTreeMap<String, When>, app: &str, name: &str) -> Option<When> {
        let of_migration = stages.get(&format!("{app}.{name}"));
        of_migration.or_else(|| stages.get(app)).copied()
    }
}
