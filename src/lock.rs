//! Postgres's table lock modes: which conflict, and whom each blocks.
//!
//! Source: PostgreSQL documentation, "Explicit Locking", table "Conflicting Lock Modes".

use std::fmt;

/// A table-level lock mode, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LockMode {
    /// Taken by SELECT.
    AccessShare,
    /// Taken by SELECT FOR UPDATE and FOR SHARE.
    RowShare,
    /// Taken by INSERT, UPDATE, DELETE.
    RowExclusive,
    /// Taken by VALIDATE CONSTRAINT, CREATE INDEX CONCURRENTLY.
    ShareUpdateExclusive,
    /// Taken by CREATE INDEX.
    Share,
    /// Taken by ADD FOREIGN KEY, CREATE TRIGGER.
    ShareRowExclusive,
    /// Taken by REFRESH MATERIALIZED VIEW CONCURRENTLY.
    Exclusive,
    /// Taken by most of ALTER TABLE, DROP, TRUNCATE.
    AccessExclusive,
}

/// What running code does to a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Command {
    /// SELECT
    Select,
    /// SELECT .. FOR UPDATE
    SelectForUpdate,
    /// INSERT
    Insert,
    /// UPDATE
    Update,
    /// DELETE
    Delete,
}

impl LockMode {
    /// All modes, weakest first.
    pub const ALL: [LockMode; 8] = [
        LockMode::AccessShare,
        LockMode::RowShare,
        LockMode::RowExclusive,
        LockMode::ShareUpdateExclusive,
        LockMode::Share,
        LockMode::ShareRowExclusive,
        LockMode::Exclusive,
        LockMode::AccessExclusive,
    ];

    /// The name in Postgres's documentation: `ACCESS EXCLUSIVE`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            LockMode::AccessShare => "ACCESS SHARE",
            LockMode::RowShare => "ROW SHARE",
            LockMode::RowExclusive => "ROW EXCLUSIVE",
            LockMode::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            LockMode::Share => "SHARE",
            LockMode::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            LockMode::Exclusive => "EXCLUSIVE",
            LockMode::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }

    /// The mode with this name; `ACCESS EXCLUSIVE`, `access-exclusive` and `AccessExclusive` are the same.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let letters = |text: &str| -> String {
            text.chars()
                .filter(char::is_ascii_alphabetic)
                .map(|letter| letter.to_ascii_uppercase())
                .collect()
        };
        let wanted = letters(text);
        let wanted = wanted.strip_suffix("LOCK").unwrap_or(&wanted);
        Self::ALL.into_iter().find(|mode| letters(mode.name()) == wanted)
    }

    /// Whether two transactions cannot hold these modes on one table at the same time.
    #[must_use]
    pub fn conflicts_with(self, other: LockMode) -> bool {
        use LockMode::{
            AccessExclusive, AccessShare, Exclusive, RowExclusive, RowShare, Share, ShareRowExclusive,
            ShareUpdateExclusive,
        };
        let (weak, strong) = if self <= other { (self, other) } else { (other, self) };
        match strong {
            AccessExclusive => true,
            Exclusive => weak != AccessShare,
            ShareRowExclusive => weak >= RowExclusive,
            Share => matches!(weak, RowExclusive | ShareUpdateExclusive),
            ShareUpdateExclusive => weak == ShareUpdateExclusive,
            RowExclusive | RowShare | AccessShare => false,
        }
    }

    /// The commands of running code that wait while this mode is held.
    #[must_use]
    pub fn blocks(self) -> Vec<Command> {
        Command::ALL
            .into_iter()
            .filter(|command| self.conflicts_with(command.lock()))
            .collect()
    }

    /// Whether INSERT, UPDATE and DELETE wait.
    #[must_use]
    pub fn blocks_writes(self) -> bool {
        self.conflicts_with(LockMode::RowExclusive)
    }

    /// Whether SELECT waits.
    #[must_use]
    pub fn blocks_reads(self) -> bool {
        self.conflicts_with(LockMode::AccessShare)
    }
}

impl fmt::Display for LockMode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl Command {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Command; 5] = [
        Command::Select,
        Command::SelectForUpdate,
        Command::Insert,
        Command::Update,
        Command::Delete,
    ];

    /// The table lock that the command takes.
    #[must_use]
    pub fn lock(self) -> LockMode {
        match self {
            Command::Select => LockMode::AccessShare,
            Command::SelectForUpdate => LockMode::RowShare,
            Command::Insert | Command::Update | Command::Delete => LockMode::RowExclusive,
        }
    }

    /// As the JSON output spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Command::Select => "select",
            Command::SelectForUpdate => "select-for-update",
            Command::Insert => "insert",
            Command::Update => "update",
            Command::Delete => "delete",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, LockMode};

    #[test]
    fn share_blocks_writers_and_lets_readers_pass() {
        assert_eq!(
            LockMode::Share.blocks(),
            [Command::Insert, Command::Update, Command::Delete]
        );
        assert_eq!(LockMode::ShareUpdateExclusive.blocks(), []);
        assert_eq!(LockMode::AccessExclusive.blocks(), Command::ALL);
        assert_eq!(LockMode::Exclusive.blocks().len(), 4);
    }

    #[test]
    fn two_share_locks_go_together_but_share_row_exclusive_conflicts_with_itself() {
        assert!(!LockMode::Share.conflicts_with(LockMode::Share));
        assert!(LockMode::ShareRowExclusive.conflicts_with(LockMode::ShareRowExclusive));
        assert!(LockMode::ShareUpdateExclusive.conflicts_with(LockMode::ShareUpdateExclusive));
        assert!(LockMode::Share.conflicts_with(LockMode::RowExclusive));
        assert!(!LockMode::RowExclusive.conflicts_with(LockMode::RowExclusive));
        assert!(LockMode::Share.conflicts_with(LockMode::ShareUpdateExclusive));
    }

    #[test]
    fn a_mode_is_found_by_any_spelling_of_its_name() {
        assert_eq!(LockMode::parse("access-exclusive"), Some(LockMode::AccessExclusive));
        assert_eq!(
            LockMode::parse("ShareUpdateExclusiveLock"),
            Some(LockMode::ShareUpdateExclusive)
        );
        assert_eq!(LockMode::parse("SHARED"), None);
    }
}
