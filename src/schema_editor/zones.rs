//! What a time zone's offset is on a day: as `zoneinfo` says, by the time-zone database that is built in.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

/// Builds of the database differ on the days before it: some of them merge zones that have been alike since.
const ALIKE_SINCE: i16 = 1970;

/// The offset from UTC (`+02:00`) of a date and a time in a zone. In the hours that a change of clocks skips or repeats it is the
/// earlier one: what Python takes without `fold`.
pub(super) fn offset(zone: &str, date: &str, time: &str) -> Option<String> {
    if is_utc(zone) {
        return Some("+00:00".to_owned());
    }
    let local: DateTime = format!("{date}T{time}").parse().ok()?;
    let offset = match known(zone, local)?.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset,
        AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before,
    };
    Some(text(offset))
}

/// The date in a zone at a moment that is given in another.
pub(super) fn local_date(zone: &str, date: &str, time: &str, offset: &str) -> Option<String> {
    let local: DateTime = format!("{date}T{time}").parse().ok()?;
    let moment = Offset::from_seconds(seconds(offset)?).ok()?.to_timestamp(local).ok()?;
    if is_utc(zone) {
        return Some(Offset::UTC.to_datetime(moment).date().to_string());
    }
    Some(known(zone, local)?.to_datetime(moment).date().to_string())
}

/// Seconds east of UTC of `+02:00` and `+00:53:28`.
pub(super) fn seconds(offset: &str) -> Option<i32> {
    let east = if offset.starts_with('-') { -1 } else { 1 };
    let parts: Vec<i32> = offset
        .get(1..)?
        .split(':')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    match parts.as_slice() {
        [hours, minutes] => Some(east * (hours * 3600 + minutes * 60)),
        [hours, minutes, seconds] => Some(east * (hours * 3600 + minutes * 60 + seconds)),
        _ => None,
    }
}

fn is_utc(zone: &str) -> bool {
    matches!(zone, "UTC" | "Etc/UTC" | "Etc/GMT" | "GMT")
}

fn known(zone: &str, local: DateTime) -> Option<TimeZone> {
    let found = TimeZone::get(zone).ok()?;
    // Python's names of zones are those of files.
    (found.iana_name() == Some(zone) && local.year() >= ALIKE_SINCE).then_some(found)
}

fn text(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let seconds = seconds.abs();
    let rest = match seconds % 60 {
        0 => String::new(),
        rest => format!(":{rest:02}"),
    };
    format!("{sign}{:02}:{:02}{rest}", seconds / 3600, seconds / 60 % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line is what `datetime(..., tzinfo=ZoneInfo(..)).isoformat()` of Python 3.11 ends with.
    #[test]
    fn offsets_are_those_of_zoneinfo() {
        for (zone, date, time, expected) in [
            ("Europe/Berlin", "2020-01-02", "03:04:00", Some("+01:00")),
            ("Europe/Berlin", "2020-07-02", "12:00:00", Some("+02:00")),
            ("Europe/Berlin", "9999-12-31", "23:59:59.999999", Some("+01:00")),
            // Skipped, and repeated.
            ("America/New_York", "2021-03-14", "02:30:00", Some("-05:00")),
            ("America/New_York", "2021-11-07", "01:30:00", Some("-04:00")),
            ("Africa/Monrovia", "1971-06-01", "00:00:00", Some("-00:44:30")),
            ("America/St_Johns", "2020-01-01", "00:00:00", Some("-03:30")),
            ("US/Eastern", "2020-01-01", "00:00:00", Some("-05:00")),
            ("Europe/Berlin", "1969-12-31", "00:00:00", None),
            ("europe/berlin", "2020-01-02", "03:04:00", None),
            ("Atlantis", "2020-01-02", "03:04:00", None),
            ("UTC", "0001-01-01", "00:00:00", Some("+00:00")),
        ] {
            assert_eq!(offset(zone, date, time).as_deref(), expected, "{zone} {date} {time}");
        }
    }

    #[test]
    fn a_moment_late_in_the_day_is_on_the_next_one_further_east() {
        let date = local_date("Europe/Berlin", "2020-01-02", "23:30:00", "+00:00");
        assert_eq!(date.as_deref(), Some("2020-01-03"));
    }
}
