//! Dates and times: `Now`, `Extract`, `Trunc`, and the time zone that they are seen in.

use crate::migration::InternalType;
use crate::statement::{Volatility, quote_literal};
use crate::unknown::{Sql, Unknown, sql};
use crate::value::{Call, Value};

use super::super::moments::zone_name;
use super::compile::Compiler;
use super::compiled::{Calendar, Compiled, Shape};
use super::outputs::{Class, class, declared, plain};

/// The transforms of `DateField` and `DateTimeField`, and those of `TimeField`.
const OF_DATES: [&str; 8] = [
    "year",
    "month",
    "day",
    "week_day",
    "iso_week_day",
    "week",
    "iso_year",
    "quarter",
];
const OF_TIMES: [&str; 3] = ["hour", "minute", "second"];

impl Compiler<'_, '_> {
    /// A call of a class of django.db.models.functions.datetime.
    pub(super) fn moment_function(&self, call: &Call) -> Option<Compiled> {
        match call.class_name() {
            "Now" => Some(stable("STATEMENT_TIMESTAMP()")),
            "TransactionNow" => Some(stable("CURRENT_TIMESTAMP")),
            "Extract" => {
                let part = call.argument(1, "lookup_name")?.as_str()?;
                self.extract(&self.expression_of(call)?, part, call.argument(2, "tzinfo"))
            }
            "Trunc" => {
                let kind = call.argument(1, "kind")?.as_str()?;
                self.truncate(
                    &self.expression_of(call)?,
                    kind,
                    call.argument(2, "output_field"),
                    call.argument(3, "tzinfo"),
                )
            }
            "TruncDate" => self.moment_cast(&self.expression_of(call)?, "date", call.argument(2, "tzinfo")),
            "TruncTime" => self.moment_cast(&self.expression_of(call)?, "time", call.argument(2, "tzinfo")),
            name => {
                if let Some(part) = name.strip_prefix("Extract") {
                    return self.extract(&self.expression_of(call)?, &snake_case(part), call.keyword("tzinfo"));
                }
                let kind = name.strip_prefix("Trunc")?.to_lowercase();
                let (output, zone) = (call.argument(1, "output_field"), call.argument(2, "tzinfo"));
                self.truncate(&self.expression_of(call)?, &kind, output, zone)
            }
        }
    }

    fn expression_of(&self, call: &Call) -> Option<Compiled> {
        call.argument(0, "expression").map(|argument| self.argument(argument))
    }

    /// A transform of a date, time, or both, by its name.
    pub(super) fn moment_transform(&self, moment: Compiled, name: &str) -> Option<Compiled> {
        let of = class(moment.output.as_ref())?;
        match name {
            "date" | "time" if of == Class::DateTime => self.moment_cast(&moment, name, None),
            "year" | "iso_year" if matches!(of, Class::Date | Class::DateTime) => {
                let calendar = if name == "year" {
                    Calendar::Gregorian
                } else {
                    Calendar::Iso
                };
                let extracted = self.extract(&moment, name, None)?;
                let shape = Shape::Year {
                    moment: Box::new(moment),
                    calendar,
                };
                Some(Compiled { shape, ..extracted })
            }
            _ if OF_DATES.contains(&name) && matches!(of, Class::Date | Class::DateTime) => {
                self.extract(&moment, name, None)
            }
            _ if OF_TIMES.contains(&name) && matches!(of, Class::Time | Class::DateTime) => {
                self.extract(&moment, name, None)
            }
            _ => None,
        }
    }

    /// `Extract.as_sql`
    fn extract(&self, moment: &Compiled, part: &str, zone: Option<&Value>) -> Option<Compiled> {
        let of = class(moment.output.as_ref())?;
        let (shifted, own) = match of {
            Class::DateTime => self.in_zone(moment, zone)?,
            Class::Date | Class::Time | Class::Duration => (moment.sql.clone(), Volatility::Constant),
            _ => return None,
        };
        let sql = match part {
            "second" if of != Class::Date => sql!("EXTRACT(SECOND FROM DATE_TRUNC('second', {}))", shifted),
            "week_day" => sql!("EXTRACT(DOW FROM {}) + 1", shifted),
            "iso_week_day" => sql!("EXTRACT(ISODOW FROM {})", shifted),
            "iso_year" => sql!("EXTRACT(ISOYEAR FROM {})", shifted),
            _ => sql!("EXTRACT({} FROM {})", part.to_uppercase(), shifted),
        };
        Some(
            Compiled::over(sql, [moment])
                .of_type(InternalType::Integer)
                .varying(own),
        )
    }

    /// `TruncBase.as_sql`
    fn truncate(
        &self,
        moment: &Compiled,
        kind: &str,
        output: Option<&Value>,
        zone: Option<&Value>,
    ) -> Option<Compiled> {
        let output = output.and_then(declared).or_else(|| moment.output.clone());
        let (shifted, own) = if class(moment.output.as_ref())? == Class::DateTime {
            self.in_zone(moment, zone)?
        } else {
            (moment.sql.clone(), Volatility::Constant)
        };
        let suffix = match class(output.as_ref())? {
            Class::DateTime | Class::Date => "",
            Class::Time => "::time",
            _ => return None,
        };
        let sql = sql!("DATE_TRUNC({}, {}){suffix}", quote_literal(kind), shifted);
        Some(Compiled::over(sql, [moment]).with_output(output).varying(own))
    }

    /// `TruncDate` and `TruncTime`
    fn moment_cast(&self, moment: &Compiled, to: &str, zone: Option<&Value>) -> Option<Compiled> {
        let (shifted, own) = self.in_zone(moment, zone)?;
        let output = if to == "date" {
            InternalType::Date
        } else {
            InternalType::Time
        };
        let sql = sql!("({})::{to}", shifted);
        Some(
            Compiled::over(sql, [moment])
                .with_output(Some(plain(output)))
                .varying(own),
        )
    }

    /// `_convert_sql_to_tz`: the moment as clocks show it, and how far that varies.
    fn in_zone(&self, moment: &Compiled, zone: Option<&Value>) -> Option<(Sql, Volatility)> {
        match self.settings().use_tz {
            Some(true) => {}
            Some(false) => return Some((moment.sql.clone(), Volatility::Stable)),
            None => {
                let zone = Sql::from(Unknown::new("settings.USE_TZ"));
                return Some((sql!("{} {}", moment.sql, zone), Volatility::Stable));
            }
        }
        let zone = match zone {
            None | Some(Value::None) => match &self.settings().time_zone {
                Some(zone) => quote_literal(&turned(zone)).into(),
                None => Sql::from(Unknown::new("settings.TIME_ZONE")),
            },
            Some(zone) => quote_literal(&turned(&zone_name(zone)?)).into(),
        };
        Some((sql!("{} AT TIME ZONE {}", moment.sql, zone), Volatility::Constant))
    }
}

fn stable(sql: &str) -> Compiled {
    Compiled::new(sql)
        .of_type(InternalType::DateTime)
        .varying(Volatility::Stable)
}

/// `IsoWeekDay` is `iso_week_day`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// `_prepare_tzname_delta`: Postgres counts an offset's sign the other way round.
fn turned(zone: &str) -> String {
    let Some(position) = zone.rfind(['+', '-']) else {
        return zone.to_owned();
    };
    let (name, offset) = zone.split_at(position);
    let digits = offset.trim_start_matches(['+', '-']);
    let is_offset = digits.len() == 5 && digits.as_bytes()[2] == b':';
    if !is_offset {
        return zone.to_owned();
    }
    let sign = if offset.starts_with('+') { '-' } else { '+' };
    format!("{name}{sign}{digits}")
}
