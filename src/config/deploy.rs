//! `deploy`: when migrations run, beside the deploy of the code that they belong to.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::read::{Node, Reader};
use super::{ConfigError, Pattern};
use crate::phase::Phase;
use crate::suggestion::nearest;

/// One phase for all migrations, or others for some apps and paths.
#[derive(Clone, Debug, Default)]
pub struct DeployChoice {
    /// Of all that is not named.
    pub default: Option<Phase>,
    /// By app label.
    pub apps: BTreeMap<String, Phase>,
    /// By path; the first that covers a file counts.
    pub paths: Vec<(Pattern, Phase)>,
}

/// The keys of `deploy` where it is a table.
const KEYS: [&str; 3] = ["default", "apps", "paths"];

impl DeployChoice {
    /// What is configured for a migration of this app in this file: by path, else by app, else for all.
    #[must_use]
    pub fn of(&self, app: &str, path: impl FnOnce() -> PathBuf) -> Option<Phase> {
        let path = (!self.paths.is_empty()).then(path).unwrap_or_default();
        let mut by_path = self.paths.iter();
        let by_path = by_path.find(|(pattern, _)| pattern.covers(&path));
        let by_path = by_path.map(|(_, phase)| *phase);
        by_path.or_else(|| self.apps.get(app).copied()).or(self.default)
    }
}

impl Reader<'_> {
    pub(super) fn deploy(&self, key: &str, value: &Node<'_>) -> Result<DeployChoice, ConfigError> {
        let mut choice = DeployChoice::default();
        if value.get_ref().as_str().is_some() {
            choice.default = Some(self.phase(key, value)?);
            return Ok(choice);
        }
        let Some(table) = value.get_ref().as_table() else {
            return Err(self.wrong_type(key, value, "a string or a table"));
        };
        for (part, value) in table {
            let name = part.get_ref().as_ref();
            match name {
                "default" => choice.default = Some(self.phase(name, value)?),
                "apps" => choice.apps = self.entries(name, value, Self::phase)?,
                "paths" => {
                    let paths = self.table(name, value)?.iter().map(|(glob, value)| {
                        let pattern = self.pattern(glob.get_ref(), glob.span())?;
                        Ok((pattern, self.phase(glob.get_ref(), value)?))
                    });
                    choice.paths = paths.collect::<Result<_, ConfigError>>()?;
                }
                _ => return Err(self.unknown_key(part, &KEYS)),
            }
        }
        Ok(choice)
    }

    fn phase(&self, key: &str, value: &Node<'_>) -> Result<Phase, ConfigError> {
        let text = self.string(key, value)?;
        let found = Phase::CONFIGURED.iter().find(|(name, _)| *name == text);
        found.map(|(_, phase)| *phase).ok_or_else(|| {
            let names = Phase::CONFIGURED.map(|(name, _)| name);
            let meant = nearest(text, names).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            let message = format!("`{key}` takes {}, not `{text}`{meant}", names.join(", "));
            self.error(value.span(), message)
        })
    }
}
