//! django-pgmigrate: the lock timeout of its `migrate`, and what that does to those who are in its way.
//!
//! Its app puts its command in the place of Django's. It works with pglock and pgactivity, which it needs as apps. See its
//! config.py, and `prioritize` in pglock/core.py.

use super::session::{Session, Timeout};
use super::settings::Settings;
use crate::value::{Call, Value};

/// The apps that it takes.
const APPS: [&str; 3] = ["pgactivity", "pglock", "pgmigrate"];

/// Units of `datetime.timedelta` in milliseconds, in the order of its parameters.
const UNITS: [(&str, f64); 7] = [
    ("days", 86_400_000.0),
    ("seconds", 1_000.0),
    ("microseconds", 0.001),
    ("milliseconds", 1.0),
    ("minutes", 60_000.0),
    ("hours", 3_600_000.0),
    ("weeks", 604_800_000.0),
];

/// Makes a session what `migrate` makes it, and says what is to be said of that.
pub(super) fn prepare(session: &mut Session, settings: &Settings, notes: &mut Vec<String>) {
    if !is_installed(settings) {
        return;
    }
    match settings.setting("PGMIGRATE_LOCK_TIMEOUT") {
        None | Some(Value::None) => {}
        Some(value) => match timeout(value) {
            Some(timeout) => session.lock_timeout = Some(timeout),
            None => notes.push(
                "PGMIGRATE_LOCK_TIMEOUT is not readable, and no timeout is assumed: what comes of one is not told"
                    .to_owned(),
            ),
        },
    }
    if terminates(settings.setting("PGMIGRATE_BLOCKING_ACTION")) {
        session.ends_blockers = true;
        notes.push(
            "django-pgmigrate terminates what blocks a migration (PGMIGRATE_BLOCKING_ACTION): nothing queues behind it for long, and \
             the application's own transactions that hold a lock on its tables fail, those included that a concurrent build waits for"
                .to_owned(),
        );
    }
}

fn is_installed(settings: &Settings) -> bool {
    let is_patched = settings.setting("PGMIGRATE_PATCH_MIGRATE").and_then(Value::as_bool);
    APPS.iter().all(|app| settings.has_app(app)) && is_patched != Some(false)
}

/// Whether blockers are terminated: so without the setting.
fn terminates(action: Option<&Value>) -> bool {
    let path = match action {
        None => return true,
        Some(Value::Name(path)) => path,
        Some(Value::Call(call)) => &call.path,
        Some(_) => return false,
    };
    path.starts_with("pgmigrate.") && path.ends_with(".Terminate")
}

/// Seconds, or a `datetime.timedelta`.
fn timeout(value: &Value) -> Option<Timeout> {
    let milliseconds = match value {
        Value::Call(call) if call.path == "datetime.timedelta" => duration(call)?,
        value => number(value)? * 1_000.0,
    };
    Timeout::parse(&format!("{milliseconds:.0}"))
}

fn duration(call: &Call) -> Option<f64> {
    let mut total = 0.0;
    for (position, (name, unit)) in UNITS.into_iter().enumerate() {
        if let Some(value) = call.argument(position, name) {
            total += number(value)? * unit;
        }
    }
    Some(total)
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Float(float) => Some(*float),
        Value::Int(int) => i32::try_from(*int).ok().map(f64::from),
        _ => None,
    }
}
