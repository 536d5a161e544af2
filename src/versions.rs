//! The versions that decide which DDL Django sends and what Postgres does with it.

use std::fmt;

/// A Django release by its first two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DjangoVersion {
    /// `5` of 5.2.
    pub major: u8,
    /// `2` of 5.2.
    pub minor: u8,
}

impl DjangoVersion {
    /// What is assumed where the project does not say.
    pub const DEFAULT: DjangoVersion = DjangoVersion::new(5, 2);

    /// A version from its numbers.
    #[must_use]
    pub const fn new(major: u8, minor: u8) -> Self {
        Self { major, minor }
    }

    /// Reads `5.2`, `5.2.1`, `v5.2`; nothing else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.trim().trim_start_matches('v').split('.');
        let major = numbers.next()?.parse().ok()?;
        let digits: String = numbers
            .next()
            .unwrap_or("0")
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        Some(Self {
            major,
            minor: digits.parse().ok()?,
        })
    }

    /// The releases whose DDL forelock knows.
    pub const KNOWN: [DjangoVersion; 6] = [
        DjangoVersion::new(4, 2),
        DjangoVersion::new(5, 0),
        DjangoVersion::new(5, 1),
        DjangoVersion::new(5, 2),
        DjangoVersion::new(6, 0),
        DjangoVersion::new(6, 1),
    ];

    /// The newest of them.
    pub const NEWEST: DjangoVersion = DjangoVersion::new(6, 1);

    /// The newest known release that is not newer, else the oldest one.
    #[must_use]
    pub fn nearest_known(self) -> Self {
        let mut not_newer = Self::KNOWN.into_iter().rev();
        not_newer.find(|known| *known <= self).unwrap_or(Self::KNOWN[0])
    }

    /// Reads a version that a person asks for: a known one, or one that is newer than all of them.
    ///
    /// # Errors
    /// A sentence that names the versions there are.
    pub fn known(text: &str) -> Result<Self, String> {
        let is_fine = |version: &Self| Self::KNOWN.contains(version) || *version > Self::NEWEST;
        let version = Self::parse(text).filter(is_fine);
        version
            .ok_or_else(|| format!("Django {text} is not known to forelock; it knows 4.2, 5.0, 5.1, 5.2, 6.0 and 6.1"))
    }

    /// The oldest PostgreSQL that this Django supports. See "Databases" in its documentation.
    #[must_use]
    pub fn oldest_postgres(self) -> PostgresVersion {
        PostgresVersion(match (self.major, self.minor) {
            (0..=3, _) | (4, 0) => 10,
            (4, 1) => 11,
            (4, _) | (5, 0) => 12,
            (5, 1) => 13,
            (5, _) | (6, 0) => 14,
            (6.., _) => 15,
        })
    }
}

impl fmt::Display for DjangoVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

/// Whether a version is the project's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionSource {
    /// The configuration or the command line names it.
    Given,
    /// Nothing names it.
    Assumed,
}

/// A PostgreSQL major version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PostgresVersion(pub u8);

impl PostgresVersion {
    /// What is assumed where the configuration does not say and Django allows it.
    pub const DEFAULT: PostgresVersion = PostgresVersion(14);

    /// Reads a version that a person asks for: `16`, `16.2`.
    ///
    /// # Errors
    /// A sentence that names the versions there are.
    pub fn known(text: &str) -> Result<Self, String> {
        let major = text.trim().split('.').next().and_then(|major| major.parse().ok());
        let version = major.filter(|major| (12..=18).contains(major));
        version
            .map(Self)
            .ok_or_else(|| format!("PostgreSQL {text} is not known to forelock; it knows 12 to 18"))
    }
}

impl fmt::Display for PostgresVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)
    }
}
