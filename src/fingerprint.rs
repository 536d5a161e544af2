//! A name for a finding that survives when lines move: for baselines and for services that compare two runs.

use md5::{Digest, Md5};

use crate::migration::MigrationKey;

/// What makes a finding the same finding in another version of the file.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    /// App label and migration name; `None` where the finding is about a file that is no migration.
    pub migration: Option<&'a MigrationKey>,
    /// The operation's class as written, or empty.
    pub class: &'a str,
    /// What the operation is about: `order.status`, a relation, or a path.
    pub target: &'a str,
    /// The rule's name.
    pub rule: &'a str,
    /// How many findings with the same identity came before this one.
    pub count: usize,
}

/// Sixteen hexadecimal digits.
#[must_use]
pub fn fingerprint(identity: &Identity<'_>) -> String {
    let migration = identity.migration.map(ToString::to_string).unwrap_or_default();
    let count = identity.count.to_string();
    let mut digest = Md5::new();
    for part in [&migration, identity.class, identity.target, identity.rule, &count] {
        digest.update(part.as_bytes());
        // No part holds this byte, so two different identities never read the same.
        digest.update([0]);
    }
    let first_half = digest.finalize().into_iter().take(8);
    let number = first_half.fold(0_u64, |number, byte| (number << 8) | u64::from(byte));
    format!("{number:016x}")
}
