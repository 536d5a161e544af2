//! The attributes by which a migration says when it runs, beside the deploy of its release.

use super::{MigrationClass, Reading};
use crate::migration::deploy::Mark;
use crate::packages::{Packages, When};
use crate::source::Range;
use crate::value::Value;

impl<'a> Reading<'a> {
    /// What the migration says of the moment at which it runs: rather a moment of the deploy than that it is run by hand.
    pub(super) fn deploy_mark(&mut self, class: &MigrationClass<'a>) -> Option<Mark> {
        let marks = Packages::known().moments().filter_map(|(name, attribute)| {
            let (value, range) = self.raw_attribute(class, name)?;
            Some(Mark {
                tool: attribute.tool,
                when: attribute.moment(value)?,
                range,
            })
        });
        marks.min_by_key(|mark| mark.when == When::ByHand)
    }

    /// A class attribute as its module wrote it: what a package calls a moment is a name, whether or not it is installed.
    fn raw_attribute(&self, class: &MigrationClass<'a>, name: &str) -> Option<(&'a Value, Range)> {
        let attribute = class.lineage.iter().find_map(|class| class.attribute(name))?;
        Some((&attribute.value, attribute.range))
    }
}
