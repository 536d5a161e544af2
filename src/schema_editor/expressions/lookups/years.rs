//! A year compared with a number: the moments between which it lies, so that an index can be used.

use crate::unknown::{Sql, Unknown, sql};

use super::super::super::moments::{Moment, date_text, days_to_date, iso_year_start};
use super::super::super::prepare::moment_literal;
use super::super::compile::Compiler;
use super::super::compiled::{Calendar, Clause, Compiled, Shape};
use super::super::outputs::{Class, class};
use super::left_sql;

impl Compiler<'_, '_> {
    /// `YearLookup.as_sql` with a plain number.
    pub(super) fn compare_year(&self, left: &Compiled, lookup: &str, year: i128) -> Option<Clause> {
        let Shape::Year { moment, calendar } = &left.shape else {
            return None;
        };
        let of_datetime = class(moment.output.as_ref()) == Some(Class::DateTime);
        let (first, last) = match calendar {
            Calendar::Gregorian => (date_text(year, 1, 1), date_text(year, 12, 31)),
            Calendar::Iso => (
                days_to_date(iso_year_start(year)?),
                days_to_date(iso_year_start(year + 1)? - 1),
            ),
        };
        let bound = |date: String, time: &str| {
            if of_datetime {
                self.moment_at(date, time)
            } else {
                moment_literal(Moment::Date(date)).sql().into()
            }
        };
        let (start, finish) = (bound(first, "00:00:00"), bound(last, "23:59:59.999999"));
        let moment_sql = left_sql(moment);
        let sql = match lookup {
            "exact" => sql!("{} BETWEEN {} AND {}", moment_sql, start, finish),
            "gt" => sql!("{} > {}", moment_sql, finish),
            "gte" => sql!("{} >= {}", moment_sql, start),
            "lt" => sql!("{} < {}", moment_sql, start),
            "lte" => sql!("{} <= {}", moment_sql, finish),
            _ => return None,
        };
        let Clause::Sql(compiled) = Clause::lookup(sql, [&**moment]) else {
            return None;
        };
        Some(Clause::Sql(Compiled {
            is_parameterized: true,
            ..compiled
        }))
    }

    /// A moment in the project's time zone.
    fn moment_at(&self, date: String, time: &str) -> Sql {
        let settings = self.settings();
        let moment = Moment::DateTime {
            date,
            time: time.to_owned(),
            offset: None,
        };
        match moment.aware(settings.use_tz, settings.time_zone.as_deref()) {
            Some(moment) => moment_literal(moment).sql().into(),
            None => Unknown::new("the offset of settings.TIME_ZONE on that day").into(),
        }
    }
}
