//! The attributes by which a migration says when it runs, beside the deploy of its release.

use super::{MigrationClass, Reading, safemigrate, sentry, syzygy};
use crate::migration::deploy::Mark;
use crate::source::Range;
use crate::value::Value;

impl<'a> Reading<'a> {
    /// What the migration says of the moment at which it runs.
    pub(super) fn deploy_mark(&mut self, class: &MigrationClass<'a>) -> Option<Mark> {
        let safe = self.raw_attribute(class, "safe");
        let safe = safe.and_then(|(value, range)| safemigrate::mark(value, range));
        let stage = || {
            let (value, range) = self.raw_attribute(class, "stage")?;
            syzygy::mark(value, range)
        };
        let flag = |name: &str| {
            let (value, range) = self.raw_attribute(class, name)?;
            (value.as_bool() == Some(true)).then_some(range)
        };
        safe.or_else(stage).or_else(|| sentry::mark(flag))
    }

    /// A class attribute as its module wrote it: what a package calls a moment is a name, whether or not it is installed.
    fn raw_attribute(&self, class: &MigrationClass<'a>, name: &str) -> Option<(&'a Value, Range)> {
        let attribute = class.lineage.iter().find_map(|class| class.attribute(name))?;
        Some((&attribute.value, attribute.range))
    }
}
