//! `apply_timeouts` of django-pg-migration-tools: timeouts for a block of code, set back when it ends.

use crate::finding::Origin;
use crate::value::Value;

use super::super::moments::microseconds;
use super::super::run::Run;

/// What a block has set.
pub(in super::super) struct Limit {
    /// `LOCAL` or `SESSION`.
    level: &'static str,
    /// Settings, with what they were before.
    before: Vec<(String, String)>,
}

impl Run<'_> {
    /// Begins a block.
    pub(in super::super) fn apply_timeouts(&mut self, timeouts: &[(String, Value)]) -> Limit {
        let level = if self.connection.is_in_transaction() {
            "LOCAL"
        } else {
            "SESSION"
        };
        let mut before = Vec::new();
        let given = timeouts.iter().filter(|(_, value)| *value != Value::None);
        let given: Vec<(&String, Option<i128>)> = given.map(|(name, value)| (name, milliseconds(value))).collect();
        self.refuse_timeouts(&given);
        for (name, milliseconds) in given {
            let Some(milliseconds) = milliseconds else {
                self.partial(format!("`{name}` is known only when the code runs"));
                continue;
            };
            let shown = shown_timeout(self.connection.setting(name).as_deref().unwrap_or("0"));
            self.set_timeout(level, name, &format!("{milliseconds}ms"));
            before.push((name.clone(), shown));
        }
        Limit { level, before }
    }

    /// Ends a block.
    pub(in super::super) fn lift(&mut self, limit: Limit) {
        for (name, value) in limit.before {
            self.set_timeout(limit.level, &name, &value);
        }
    }

    fn refuse_timeouts(&mut self, given: &[(&String, Option<i128>)]) {
        if given.is_empty() {
            self.refuse("apply_timeouts wants a lock_timeout or a statement_timeout");
        }
        if given
            .iter()
            .any(|(_, timeout)| timeout.is_some_and(|timeout| timeout <= 0))
        {
            self.refuse("apply_timeouts wants timeouts above zero");
        }
        if let [(_, Some(lock)), (_, Some(statement))] = given
            && lock >= statement
        {
            self.refuse("apply_timeouts wants a lock_timeout below the statement_timeout");
        }
    }

    fn set_timeout(&mut self, level: &str, name: &str, value: &str) {
        self.send_written(
            format!("SET {level} {name} = '{value}'").into(),
            Vec::new(),
            Origin::RunPython,
        );
    }
}

/// `int(timeout.total_seconds() * 1000)`
fn milliseconds(value: &Value) -> Option<i128> {
    microseconds(value.as_call()?).map(|microseconds| microseconds / 1_000)
}

/// A timeout as `SHOW` prints it: in the largest unit without a remainder.
pub(super) fn shown_timeout(value: &str) -> String {
    let value = value.trim().trim_matches('\'');
    let digits = value.len()
        - value
            .trim_start_matches(|character: char| character.is_ascii_digit())
            .len();
    let (number, unit) = value.split_at(digits);
    let factor = match unit.trim() {
        "" | "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return value.to_owned(),
    };
    let Some(milliseconds) = number.parse::<u64>().ok().map(|number| number * factor) else {
        return value.to_owned();
    };
    if milliseconds == 0 {
        return "0".to_owned();
    }
    let units = [
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("min", 60_000),
        ("s", 1_000),
        ("ms", 1),
    ];
    let fitting = units.into_iter().find(|(_, factor)| milliseconds % factor == 0);
    fitting.map_or_else(
        || value.to_owned(),
        |(unit, factor)| format!("{}{unit}", milliseconds / factor),
    )
}
