//! Arithmetic of `datetime` on constants: days and times, and what lies between them.

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};

use crate::source::Range;
use crate::value::{Call, Operator, Value};

const DAY: i64 = 86_400_000_000;

/// The units of `timedelta`, in the order of its arguments, in microseconds.
const UNITS: [(&str, i64); 7] = [
    ("days", DAY),
    ("seconds", 1_000_000),
    ("microseconds", 1),
    ("milliseconds", 1_000),
    ("minutes", 60_000_000),
    ("hours", 3_600_000_000),
    ("weeks", 7 * DAY),
];

/// `left operator right`, where one of them is a `timedelta`, or both are dates.
pub(super) fn arithmetic(operator: Operator, left: &Value, right: &Value) -> Option<Value> {
    match (operator, left, right) {
        (Operator::Add, Value::Call(left), Value::Call(right)) => {
            added(left, delta(right)?).or_else(|| added(right, delta(left)?))
        }
        (Operator::Subtract, Value::Call(left), Value::Call(right)) => match delta(right) {
            // Of a date Python takes the whole days of the duration, and those of an hour are none.
            Some(right) if date(left).is_some() => added(left, -right.div_euclid(DAY) * DAY),
            Some(right) => added(left, right.checked_neg()?),
            None => {
                let days = (date(left)? - date(right)?).get_days();
                Some(timedelta(i64::from(days) * DAY))
            }
        },
        (Operator::Multiply, Value::Call(delta_of), Value::Int(times))
        | (Operator::Multiply, Value::Int(times), Value::Call(delta_of)) => {
            let times = i64::try_from(*times).ok()?;
            Some(timedelta(delta(delta_of)?.checked_mul(times)?))
        }
        _ => None,
    }
}

/// A date, a moment or a duration, later by so many microseconds.
fn added(call: &Call, by: i64) -> Option<Value> {
    if let Some(own) = delta(call) {
        return Some(timedelta(own.checked_add(by)?));
    }
    if let Some(date) = date(call) {
        // What is less than a day of the duration is left out: see `date.__add__`.
        let date = date
            .checked_add(jiff::Span::new().try_days(by.div_euclid(DAY)).ok()?)
            .ok()?;
        return in_python(date).then(|| made("datetime.date", numbers(date), Vec::new()));
    }
    let moment = moment(call)?.checked_add(SignedDuration::from_micros(by)).ok()?;
    let clock = [
        i128::from(moment.hour()),
        i128::from(moment.minute()),
        i128::from(moment.second()),
        i128::from(moment.subsec_nanosecond() / 1000),
    ];
    let args = numbers(moment.date())
        .into_iter()
        .chain(clock.map(Value::Int))
        .collect();
    let zone = call.argument(7, "tzinfo").cloned();
    let kwargs = zone.map(|zone| ("tzinfo".to_owned(), zone)).into_iter().collect();
    in_python(moment.date()).then(|| made("datetime.datetime", args, kwargs))
}

/// The years that Python has.
fn in_python(date: Date) -> bool {
    (1..=9999).contains(&date.year())
}

/// The microseconds of a `timedelta`.
fn delta(call: &Call) -> Option<i64> {
    if call.path != "datetime.timedelta" {
        return None;
    }
    let mut total: i64 = 0;
    for (index, (name, unit)) in UNITS.into_iter().enumerate() {
        match call.argument(index, name) {
            None => {}
            Some(Value::Int(number)) => total = total.checked_add(i64::try_from(*number).ok()?.checked_mul(unit)?)?,
            Some(_) => return None,
        }
    }
    Some(total)
}

fn date(call: &Call) -> Option<Date> {
    if call.path != "datetime.date" {
        return None;
    }
    Date::new(
        part(call, 0, "year")?.try_into().ok()?,
        part(call, 1, "month")?.try_into().ok()?,
        part(call, 2, "day")?.try_into().ok()?,
    )
    .ok()
}

fn moment(call: &Call) -> Option<DateTime> {
    if call.path != "datetime.datetime" || call.keyword("fold").is_some() {
        return None;
    }
    let date = Date::new(
        part(call, 0, "year")?.try_into().ok()?,
        part(call, 1, "month")?.try_into().ok()?,
        part(call, 2, "day")?.try_into().ok()?,
    );
    let clock = |position, name| match call.argument(position, name) {
        None => Some(0),
        Some(_) => part(call, position, name),
    };
    let microsecond: i32 = clock(6, "microsecond")?.try_into().ok()?;
    let time = jiff::civil::Time::new(
        clock(3, "hour")?.try_into().ok()?,
        clock(4, "minute")?.try_into().ok()?,
        clock(5, "second")?.try_into().ok()?,
        microsecond.checked_mul(1000)?,
    );
    Some(date.ok()?.to_datetime(time.ok()?))
}

fn part(call: &Call, position: usize, name: &str) -> Option<i128> {
    match call.argument(position, name)? {
        Value::Int(number) => Some(*number),
        _ => None,
    }
}

fn numbers(date: Date) -> Vec<Value> {
    let parts = [
        i128::from(date.year()),
        i128::from(date.month()),
        i128::from(date.day()),
    ];
    parts.map(Value::Int).to_vec()
}

fn timedelta(microseconds: i64) -> Value {
    let microseconds = ("microseconds".to_owned(), Value::Int(i128::from(microseconds)));
    made("datetime.timedelta", Vec::new(), vec![microseconds])
}

fn made(path: &str, args: Vec<Value>, kwargs: Vec<(String, Value)>) -> Value {
    Value::Call(Arc::new(Call {
        path: path.to_owned(),
        arg_ranges: vec![Range::default(); args.len() + kwargs.len()],
        args,
        kwargs,
        range: Range::default(),
        name_range: Range::default(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i128, month: i128, day: i128) -> Value {
        made("datetime.date", [year, month, day].map(Value::Int).to_vec(), Vec::new())
    }

    fn delta_of(name: &str, number: i128) -> Value {
        made(
            "datetime.timedelta",
            Vec::new(),
            vec![(name.to_owned(), Value::Int(number))],
        )
    }

    #[test]
    fn a_week_after_a_leap_day() {
        let sum = arithmetic(Operator::Add, &day(2020, 2, 29), &delta_of("days", 7));
        assert_eq!(sum, Some(day(2020, 3, 7)));
    }

    /// `date(2020, 1, 1) + timedelta(hours=-1)` is the day before: its days are -1.
    #[test]
    fn an_hour_before_a_date_is_the_day_before() {
        let sum = arithmetic(Operator::Add, &day(2020, 1, 1), &delta_of("hours", -1));
        assert_eq!(sum, Some(day(2019, 12, 31)));
        let same = arithmetic(Operator::Add, &day(2020, 1, 1), &delta_of("hours", 23));
        assert_eq!(same, Some(day(2020, 1, 1)));
        let same = arithmetic(Operator::Subtract, &day(2020, 1, 1), &delta_of("hours", 1));
        assert_eq!(same, Some(day(2020, 1, 1)));
    }

    #[test]
    fn the_days_between_two_dates() {
        let between = arithmetic(Operator::Subtract, &day(2020, 3, 1), &day(2020, 2, 1));
        assert_eq!(between, Some(timedelta(29 * DAY)));
    }
}
