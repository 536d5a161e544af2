//! Dates, times and durations as Python's `str` writes them.

use crate::value::{Call, Operator, Value};

use super::zones;

/// A point in time as far as it is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// `datetime.date`
    Date(String),
    /// `datetime.time`
    Time(String),
    /// `datetime.datetime`: date, time, and the offset of an aware one (`+02:00`).
    DateTime {
        /// `2020-01-02`
        date: String,
        /// `03:04:05.000006`
        time: String,
        /// `+02:00`; nothing for a naive one.
        offset: Option<String>,
    },
    /// `datetime.timedelta`, as psycopg writes an interval.
    Duration(String),
}

impl Moment {
    /// What a call of a class of `datetime` gives.
    pub(super) fn from_call(call: &Call) -> Option<Self> {
        match call.path.as_str() {
            "datetime.date" => {
                let [year, month, day] = numbers(call, ["year", "month", "day"])?;
                Some(Moment::Date(date_text(year?, month?, day?)))
            }
            "datetime.time" => {
                let parts = numbers(call, ["hour", "minute", "second", "microsecond"])?;
                call.argument(4, "tzinfo")
                    .is_none()
                    .then(|| Moment::Time(time_text(parts)))
            }
            "datetime.datetime" => date_time(call),
            "datetime.timedelta" => duration(call).map(|microseconds| Moment::Duration(duration_text(microseconds))),
            _ => None,
        }
    }

    /// Reads `2020-01-02`. See `parse_date` in django/utils/dateparse.py.
    pub(super) fn parse_date(text: &str) -> Option<Self> {
        let parts: Vec<i128> = text.split('-').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        match parts.as_slice() {
            [year, month, day] => Some(Moment::Date(date_text(*year, *month, *day))),
            _ => None,
        }
    }

    /// Reads `10:00` and `10:00:05.5`.
    pub(super) fn parse_time(text: &str) -> Option<Self> {
        let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
        let parts: Vec<i128> = clock.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let microsecond = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
        match parts.as_slice() {
            [hour, minute] => Some(Moment::Time(time_text([Some(*hour), Some(*minute), None, None]))),
            [hour, minute, second] => Some(Moment::Time(time_text([
                Some(*hour),
                Some(*minute),
                Some(*second),
                Some(microsecond),
            ]))),
            _ => None,
        }
    }

    /// Reads `2020-01-02T03:04:05Z`.
    pub(super) fn parse_date_time(text: &str) -> Option<Self> {
        let (date, rest) = text.split_once(['T', ' '])?;
        let Some(Moment::Date(date)) = Moment::parse_date(date) else {
            return None;
        };
        let zone = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
        let (time, zone) = rest.split_at(zone);
        let Some(Moment::Time(time)) = Moment::parse_time(time.trim()) else {
            return None;
        };
        let offset = match zone {
            "" => None,
            "Z" => Some("+00:00".to_owned()),
            zone if zone.len() == 6 && zone.as_bytes()[3] == b':' => Some(zone.to_owned()),
            zone if zone.len() == 5 && zone.is_ascii() => Some(format!("{}:{}", &zone[..3], &zone[3..])),
            zone if zone.len() == 3 => Some(format!("{zone}:00")),
            _ => return None,
        };
        Some(Moment::DateTime { date, time, offset })
    }
}

impl Moment {
    /// The day and the microsecond of it in UTC of an aware `datetime`.
    pub(super) fn instant(&self) -> Option<(i128, i128)> {
        const MINUTE: i128 = 60_000_000;
        const DAY: i128 = 24 * 60 * MINUTE;
        let Moment::DateTime {
            date,
            time,
            offset: Some(offset),
        } = self
        else {
            return None;
        };
        let date: Vec<i128> = date.split('-').map(str::parse).collect::<Result<_, _>>().ok()?;
        let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
        let clock: Vec<i128> = clock.split(':').map(str::parse).collect::<Result<_, _>>().ok()?;
        let ([year, month, day], [hour, minute, second]) = (date.as_slice(), clock.as_slice()) else {
            return None;
        };
        let microsecond = format!("{fraction:0<6}").get(..6)?.parse::<i128>().ok()?;
        let since_midnight =
            (hour * 60 + minute) * MINUTE + (second - i128::from(zones::seconds(offset)?)) * 1_000_000 + microsecond;
        let days = date_to_days(*year, *month, *day) + since_midnight.div_euclid(DAY);
        Some((days, since_midnight.rem_euclid(DAY)))
    }

    /// The moment as Django sends it: a naive one gets the project's time zone where `USE_TZ` is on. See `make_aware`.
    pub(super) fn aware(self, use_tz: Option<bool>, time_zone: Option<&str>) -> Option<Self> {
        match self {
            Moment::DateTime { offset: None, .. } if use_tz.is_none() => None,
            Moment::DateTime {
                date,
                time,
                offset: None,
            } if use_tz == Some(true) => {
                let offset = Some(zones::offset(time_zone?, &date, &time)?);
                Some(Moment::DateTime { date, time, offset })
            }
            other => Some(other),
        }
    }

    /// The date that a field of dates makes of it: that of an aware moment is the date in the project's time zone. See `DateField.to_python`.
    pub(super) fn date(self, use_tz: Option<bool>, time_zone: Option<&str>) -> Option<Self> {
        match self {
            Moment::DateTime {
                date,
                time,
                offset: Some(offset),
            } if use_tz? => zones::local_date(time_zone?, &date, &time, &offset).map(Moment::Date),
            Moment::DateTime { date, .. } | Moment::Date(date) => Some(Moment::Date(date)),
            Moment::Time(_) | Moment::Duration(_) => None,
        }
    }
}

fn date_time(call: &Call) -> Option<Moment> {
    let [year, month, day] = numbers(call, ["year", "month", "day"])?;
    let date = date_text(year?, month?, day?);
    let mut parts = [None; 4];
    for (index, name) in ["hour", "minute", "second", "microsecond"].into_iter().enumerate() {
        parts[index] = match call.argument(index + 3, name) {
            Some(value) => Some(number(value)?),
            None => None,
        };
    }
    let time = time_text(parts);
    let offset = match call.argument(7, "tzinfo") {
        None | Some(Value::None) => None,
        Some(zone) => Some(offset_of(zone, &date, &time)?),
    };
    if call.keyword("fold").is_some_and(|fold| *fold != Value::Int(0)) {
        return None;
    }
    Some(Moment::DateTime { date, time, offset })
}

/// The offset of a time zone at a date and time in it.
fn offset_of(zone: &Value, date: &str, time: &str) -> Option<String> {
    if let Value::Call(call) = zone
        && call.path == "datetime.timezone"
    {
        return fixed_offset(call);
    }
    let name = zone_name(zone)?;
    // What pytz gives as `tzinfo` is the mean time of the place, of all its offsets the first.
    let is_of_pytz = matches!(zone, Value::Call(call) if call.path == "pytz.timezone");
    (!is_of_pytz || name == "UTC").then(|| zones::offset(&name, date, time))?
}

/// `datetime.timezone(timedelta(..))`
fn fixed_offset(call: &Call) -> Option<String> {
    let delta = duration(call.argument(0, "offset")?.as_call()?)?;
    let minutes = delta / 60_000_000;
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.abs();
    Some(format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60))
}

/// `timezone._get_timezone_name`
pub(super) fn zone_name(zone: &Value) -> Option<String> {
    const UTC: [&str; 6] = [
        "datetime.timezone.utc",
        "datetime.UTC",
        "django.utils.timezone.utc",
        "pytz.UTC",
        "pytz.utc",
        "django.utils.timezone.UTC",
    ];
    match zone {
        Value::Name(path) => UTC.contains(&path.as_str()).then(|| "UTC".to_owned()),
        Value::Call(call) => match call.path.as_str() {
            "zoneinfo.ZoneInfo" | "pytz.timezone" | "backports.zoneinfo.ZoneInfo" => {
                Some(call.argument(0, "key")?.as_str()?.to_owned())
            }
            "datetime.timezone" => Some(format!("UTC{}", fixed_offset(call)?)),
            _ => None,
        },
        _ => None,
    }
}

/// The arguments as numbers; `None` as a whole if one is no number.
fn numbers<const N: usize>(call: &Call, names: [&str; N]) -> Option<[Option<i128>; N]> {
    let mut found = [None; N];
    for (index, name) in names.into_iter().enumerate() {
        if let Some(value) = call.argument(index, name) {
            found[index] = Some(number(value)?);
        }
    }
    Some(found)
}

fn number(value: &Value) -> Option<i128> {
    match value {
        Value::Int(number) => Some(*number),
        Value::Operation(Operator::Negate, items) => match items.as_slice() {
            [Value::Int(number)] => number.checked_neg(),
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn date_text(year: i128, month: i128, day: i128) -> String {
    format!("{year:04}-{month:02}-{day:02}")
}

fn time_text(parts: [Option<i128>; 4]) -> String {
    let [hour, minute, second, microsecond] = parts.map(Option::unwrap_or_default);
    let fraction = if microsecond == 0 {
        String::new()
    } else {
        format!(".{microsecond:06}")
    };
    format!("{hour:02}:{minute:02}:{second:02}{fraction}")
}

/// Microseconds of a `datetime.timedelta`.
pub(super) fn microseconds(call: &Call) -> Option<i128> {
    (call.path == "datetime.timedelta").then(|| duration(call))?
}

/// The same, where its arguments are whole numbers.
fn duration(call: &Call) -> Option<i128> {
    const UNITS: [(&str, i128); 7] = [
        ("days", 86_400_000_000),
        ("seconds", 1_000_000),
        ("microseconds", 1),
        ("milliseconds", 1_000),
        ("minutes", 60_000_000),
        ("hours", 3_600_000_000),
        ("weeks", 604_800_000_000),
    ];
    let mut total: i128 = 0;
    for (index, (name, unit)) in UNITS.into_iter().enumerate() {
        if let Some(value) = call.argument(index, name) {
            total = total.checked_add(number(value)?.checked_mul(unit)?)?;
        }
    }
    Some(total)
}

/// `str(timedelta)` without the comma: `-1 day 2:00:00`.
fn duration_text(microseconds: i128) -> String {
    const DAY: i128 = 86_400_000_000;
    let (days, rest) = (microseconds.div_euclid(DAY), microseconds.rem_euclid(DAY));
    let (seconds, fraction) = (rest / 1_000_000, rest % 1_000_000);
    let clock = format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = if fraction == 0 {
        String::new()
    } else {
        format!(".{fraction:06}")
    };
    match days {
        0 => format!("{clock}{fraction}"),
        1 | -1 => format!("{days} day {clock}{fraction}"),
        _ => format!("{days} days {clock}{fraction}"),
    }
}

/// `duration_iso_string` of django/utils/duration.py: `P1DT02H00M00S`.
pub(super) fn iso_duration(microseconds: i128) -> String {
    const DAY: i128 = 86_400_000_000;
    let (sign, microseconds) = if microseconds < 0 {
        ("-", -microseconds)
    } else {
        ("", microseconds)
    };
    let (days, rest) = (microseconds / DAY, microseconds % DAY);
    let (seconds, fraction) = (rest / 1_000_000, rest % 1_000_000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = if fraction == 0 {
        String::new()
    } else {
        format!(".{fraction:06}")
    };
    format!("{sign}P{days}DT{hours:02}H{minutes:02}M{seconds:02}{fraction}S")
}

/// Days since the year 0 began, as `datetime.date.toordinal` counts but for the start.
fn date_to_days(year: i128, month: i128, day: i128) -> i128 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year
}

/// `2020-01-02`, from the number of days.
pub(super) fn days_to_date(days: i128) -> String {
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = era * 400 + year_of_era + i128::from(month <= 2);
    date_text(year, month, day)
}

/// The Monday with which an ISO year begins: that of the week of the fourth of January.
pub(super) fn iso_year_start(year: i128) -> Option<i128> {
    let fourth = date_to_days(year, 1, 4);
    // Day 0 of this count is the first of March of the year 0, a Wednesday.
    let weekday = (fourth + 2).rem_euclid(7);
    (1..=9999).contains(&year).then_some(fourth - weekday)
}
