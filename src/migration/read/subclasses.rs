//! Operation classes of projects that derive from Django's.

use super::Reading;
use super::arguments::Reason;
use crate::migration::read::lineage;
use crate::value::{Call, Value};

/// What a call of a subclass comes to for the class of Django that it derives from.
pub(super) struct BaseCall<'a> {
    path: String,
    /// The subclasses, nearest first, whose `__init__` may change the arguments.
    lineage: Vec<&'a crate::python::Class>,
}

impl<'a> Reading<'a> {
    /// The class of Django that an operation class plainly derives from. `None` where it prints statements
    /// of its own, changes the state in its own way, or was not found.
    pub(super) fn operation_base(&self, path: &str) -> Option<BaseCall<'a>> {
        let mut lineage = Vec::new();
        let mut path = path;
        for _ in 0..super::MAX_BASES {
            if path.starts_with("django.db.migrations.") || path.starts_with("django.contrib.postgres.operations.") {
                let is_operation = !path.ends_with(".Operation");
                return is_operation.then(|| BaseCall {
                    path: path.to_owned(),
                    lineage,
                });
            }
            let (_, class) = self.modules.class(self.module, path)?;
            let own = ["database_forwards", "state_forwards"]
                .iter()
                .filter_map(|name| class.method(name));
            if !own.into_iter().all(crate::python::Method::only_calls_super) {
                return None;
            }
            lineage.push(class);
            path = class.bases.iter().find_map(|base| match base {
                Value::Name(path) if path != "builtins.object" => Some(path.as_str()),
                _ => None,
            })?;
        }
        None
    }
}

impl BaseCall<'_> {
    /// The call as Django's own class would get it.
    pub(super) fn apply(&self, call: &Call) -> Result<Call, Reason> {
        let mut given = lineage::Given::of(call);
        for class in &self.lineage {
            let Some(init) = class.method("__init__") else { continue };
            given = given.through(init);
            if let Some(doubt) = &given.doubt {
                return Err(format!(
                    "`{}.__init__` does what forelock does not follow: {doubt}",
                    class.name
                ));
            }
        }
        let mut base = call.clone();
        base.path.clone_from(&self.path);
        if !self.lineage.iter().all(|class| class.method("__init__").is_none()) {
            base.args = given.args.into_iter().map(std::borrow::Cow::into_owned).collect();
            let kwargs = given.kwargs.into_iter();
            base.kwargs = kwargs
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect();
            base.arg_ranges = vec![call.range; base.args.len() + base.kwargs.len()];
        }
        Ok(base)
    }
}
