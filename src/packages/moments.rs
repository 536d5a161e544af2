//! The class attributes by which a migration says when it runs, beside the deploy of its release, and the tools that read them.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::value::Value;

/// What runs migrations in phases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tool {
    /// django-safemigrate
    Safemigrate,
    /// django-syzygy
    Syzygy,
    /// The migrations of Sentry.
    Sentry,
}

/// When a migration wants to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Before the deploy.
    BeforeDeploy,
    /// After it.
    AfterDeploy,
    /// Before it, or after it.
    Always,
    /// When a person runs it by hand.
    ByHand,
    /// The tool refuses what it says.
    Unusable,
}

/// A class attribute of a migration that a tool reads.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MomentAttribute {
    /// What reads it.
    pub tool: Tool,
    /// The module that moments are imported from, by whatever path below it. Without one the attribute is a flag.
    pub module: Option<String>,
    /// What the last part of a moment's name says, called or not: `AFTER_DEPLOY`, `Safe.after_deploy(delay=..)`.
    #[serde(default)]
    pub names: BTreeMap<String, When>,
    /// What it says where it is true.
    pub when_true: Option<When>,
    /// The class that takes a moment as its argument of this name: `Safe(when=When.AFTER_DEPLOY)`.
    pub class: Option<(String, String)>,
    /// What another name of the module, or a text, says; nothing without this.
    pub otherwise: Option<When>,
}

impl MomentAttribute {
    /// The moment that a value of the attribute stands for, by the names that its module gives it: whether or not the package is
    /// installed.
    #[must_use]
    pub fn moment(&self, value: &Value) -> Option<When> {
        let Some(module) = &self.module else {
            return self.when_true.filter(|_| value.as_bool() == Some(true));
        };
        let path = match value {
            Value::Call(call) => {
                if let Some(wrapped) = self.wrapped(call) {
                    return self.moment(wrapped);
                }
                call.path.as_str()
            }
            Value::Name(path) => path.as_str(),
            Value::Str(_) => return self.otherwise,
            _ => return None,
        };
        let below = path.strip_prefix(module.as_str())?.strip_prefix('.')?;
        let name = below.rsplit('.').next().unwrap_or(below);
        self.names.get(name).copied().or(self.otherwise)
    }

    fn wrapped<'v>(&self, call: &'v crate::value::Call) -> Option<&'v Value> {
        let (class, argument) = self.class.as_ref()?;
        let is_it = call.path.rsplit('.').next() == Some(class);
        call.argument(0, argument).filter(|_| is_it)
    }
}
