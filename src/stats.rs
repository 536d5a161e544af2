//! What a database says of itself: the answer to `forelock stats-query`, one line of JSON.

use rustc_hash::FxHashSet;
use serde::Deserialize;
use thiserror::Error;

use crate::migration::MigrationKey;

/// The query; its head says how it is run.
pub const QUERY: &str = include_str!("stats/query.sql");

/// The version of the answer that is read.
const VERSION: u64 = 1;

const SECONDS_OF_DAY: u64 = 86_400;

/// Which migrations a database has applied, and when it was asked. The answer holds the sizes of relations besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stats {
    /// The rows of `django_migrations`.
    pub applied: FxHashSet<MigrationKey>,
    /// Seconds since 1970.
    pub taken_at: u64,
}

/// Why a file is no answer to the query.
#[derive(Debug, Error)]
pub enum StatsError {
    /// It is something else.
    #[error("is no answer to `forelock stats-query`: {0}")]
    Other(String),
    /// Another forelock asked.
    #[error("has version {0} of the answer to `forelock stats-query`, and this forelock reads version {VERSION}")]
    Version(u64),
}

#[derive(Deserialize)]
struct Head {
    version: u64,
}

#[derive(Deserialize)]
struct Answer {
    taken_at: String,
    django_migrations: Vec<Applied>,
}

#[derive(Deserialize)]
struct Applied {
    app: String,
    name: String,
}

impl Stats {
    /// Reads an answer.
    ///
    /// # Errors
    /// When it is something else, or of another version.
    pub fn read(bytes: &[u8]) -> Result<Self, StatsError> {
        let other = |error: serde_json::Error| StatsError::Other(error.to_string());
        let head: Head = serde_json::from_slice(bytes).map_err(other)?;
        if head.version != VERSION {
            return Err(StatsError::Version(head.version));
        }
        let answer: Answer = serde_json::from_slice(bytes).map_err(other)?;
        let taken_at = seconds(&answer.taken_at);
        let taken_at = taken_at.ok_or_else(|| StatsError::Other(format!("`{}` is no time", answer.taken_at)))?;
        let rows = answer.django_migrations.into_iter();
        Ok(Self {
            applied: rows.map(|row| MigrationKey::new(row.app, row.name)).collect(),
            taken_at,
        })
    }

    /// How old it is, in words; `now` in seconds since 1970.
    #[must_use]
    pub fn age(&self, now: u64) -> String {
        let seconds = now.saturating_sub(self.taken_at);
        match (seconds / SECONDS_OF_DAY, seconds / 3_600) {
            (0, 0) => "less than an hour old".to_owned(),
            (0, 1) => "an hour old".to_owned(),
            (0, hours) => format!("{hours} hours old"),
            (1, _) => "a day old".to_owned(),
            (days, _) => format!("{days} days old"),
        }
    }
}

/// Reads `2026-11-27T08:06:56Z`, as the query writes it.
fn seconds(time: &str) -> Option<u64> {
    let (date, clock) = time.strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(clock, ':')?;
    if year < 1970 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // The year begins in March, so that a leap day is its last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    // From March 1 of the year 0 to January 1, 1970.
    let days = days.checked_sub(719_468)?;
    Some(days * SECONDS_OF_DAY + hour * 3_600 + minute * 60 + second)
}

fn numbers(text: &str, separator: char) -> Option<[u64; 3]> {
    let numbers: Option<Vec<u64>> = text
        .split(separator)
        .map(|part| part.parse::<u32>().ok().map(u64::from))
        .collect();
    numbers?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::{Stats, StatsError, seconds};

    #[test]
    fn a_time_is_counted_from_1970() {
        assert_eq!(seconds("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(seconds("2000-02-29T12:00:01Z"), Some(951_825_601));
        assert_eq!(seconds("2026-11-27T08:06:56Z"), Some(1_795_766_816));
        assert_eq!(seconds("2026-11-27 08:06:56"), None);
        assert_eq!(seconds("0000-00-00T00:00:00Z"), None);
    }

    #[test]
    fn an_answer_has_an_age() {
        let stats = Stats {
            applied: rustc_hash::FxHashSet::default(),
            taken_at: 1_000_000,
        };
        assert_eq!(stats.age(1_000_000 - 5), "less than an hour old");
        assert_eq!(stats.age(1_000_000 + 3 * 3_600), "3 hours old");
        assert_eq!(stats.age(1_000_000 + 86_400), "a day old");
        assert_eq!(stats.age(1_000_000 + 9 * 86_400), "9 days old");
    }

    #[test]
    fn another_version_and_another_document_are_told_apart() {
        assert!(matches!(Stats::read(br#"{"version": 2}"#), Err(StatsError::Version(2))));
        assert!(matches!(Stats::read(b"[]"), Err(StatsError::Other(_))));
        let error = Stats::read(br#"{"version": 1, "taken_at": "soon", "django_migrations": []}"#);
        assert_eq!(
            error.unwrap_err().to_string(),
            "is no answer to `forelock stats-query`: `soon` is no time"
        );
    }
}
