//! A name for a hit that survives when lines move: for baselines and for services that compare two runs.
//!
//! It says what the hit is about, and nothing of how it was asked for: not the working folder, the severity, the selection, or
//! what else was found.

use md5::{Digest, Md5};
use rustc_hash::FxHashMap;

use crate::migration::MigrationKey;

/// What makes a hit the same hit in another version of the file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Identity<'a> {
    /// App label and migration name; `None` where the hit is about a file that is no migration.
    pub migration: Option<&'a MigrationKey>,
    /// The class of the innermost operation as written, or empty.
    pub class: &'a str,
    /// What the operation is about, `order.status`; else a file, or the words of a comment.
    pub target: &'a str,
    /// The rule's name.
    pub rule: &'a str,
    /// The relation that the hit is about, or empty.
    pub relation: &'a str,
    /// Of SQL that is written out: the statement, normalised.
    pub statement: &'a str,
}

/// Gives fingerprints to the hits of one project.
#[derive(Debug)]
pub struct Namer {
    project: String,
    /// How many hits with the same identity came before.
    seen: FxHashMap<u64, usize>,
}

impl Namer {
    /// For the project in this folder, as seen from its configuration.
    #[must_use]
    pub fn new(project: String) -> Self {
        Self {
            project,
            seen: FxHashMap::default(),
        }
    }

    /// The next hit with this identity: sixteen hexadecimal digits.
    pub fn name(&mut self, identity: &Identity<'_>) -> String {
        let count = self.seen.entry(self.digest(identity, 0)).or_default();
        let number = *count;
        *count += 1;
        format!("{:016x}", self.digest(identity, number))
    }

    fn digest(&self, identity: &Identity<'_>, count: usize) -> u64 {
        let migration = identity.migration.map(ToString::to_string).unwrap_or_default();
        let count = count.to_string();
        let parts = [
            &self.project,
            &migration,
            identity.class,
            identity.target,
            identity.rule,
            identity.relation,
            identity.statement,
            &count,
        ];
        let mut digest = Md5::new();
        for part in parts {
            digest.update(part.as_bytes());
            // No part holds this byte, so two different identities never read the same.
            digest.update([0]);
        }
        let first_half = digest.finalize().into_iter().take(8);
        first_half.fold(0_u64, |number, byte| (number << 8) | u64::from(byte))
    }
}

#[cfg(test)]
mod tests {
    use super::{Identity, Namer};

    #[test]
    fn equals_are_counted_and_others_do_not_count() {
        let one = Identity {
            rule: "update-all-rows",
            statement: "update a set b = 1",
            ..Identity::default()
        };
        let other = Identity {
            statement: "update a set b = 2",
            ..one
        };
        let mut namer = Namer::new("backend".to_owned());
        let (first, second) = (namer.name(&one), namer.name(&one));
        assert_ne!(first, second);
        let mut namer = Namer::new("backend".to_owned());
        namer.name(&other);
        assert_eq!(namer.name(&one), first);
        assert_eq!(namer.name(&one), second);
        assert_ne!(Namer::new(String::new()).name(&one), first);
    }
}
