//! What Django's database sessions begin with, as far as `DATABASES` says it.

/// The settings of a session before its first statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// `TimeZone`; `None` where nobody knows it.
    pub time_zone: Option<String>,
    /// `lock_timeout`, where the project's settings set it.
    pub lock_timeout: Option<Timeout>,
    /// `statement_timeout`, likewise.
    pub statement_timeout: Option<Timeout>,
    /// Whether something terminates those who keep a migration waiting.
    pub ends_blockers: bool,
}

/// A time limit. `0` in Postgres means that there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timeout {
    /// So many milliseconds.
    Milliseconds(u64),
    /// Switched off.
    Never,
}

/// The parameters that `OPTIONS["options"]` sets, in order: `-c lock_timeout=5s`.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads the text of `OPTIONS["options"]`.
    pub(super) fn read(options: &str) -> Self {
        Self(parameters(options))
    }

    /// The time limit that was set last under this name.
    pub(super) fn timeout(&self, name: &str) -> Option<Timeout> {
        let mut given = self.0.iter().rev();
        let (_, value) = given.find(|(given, _)| given.eq_ignore_ascii_case(name))?;
        Timeout::parse(value)
    }
}

/// `-c name=value`, `-cname=value` and `--name=value`; a hyphen in a name is an underscore.
/// See `process_postgres_switches` in src/backend/tcop/postgres.c.
fn parameters(options: &str) -> Vec<(String, String)> {
    let mut words = words(options).into_iter();
    let mut parameters = Vec::new();
    while let Some(word) = words.next() {
        let setting = match word.strip_prefix("--").or_else(|| word.strip_prefix("-c")) {
            Some("") => words.next(),
            Some(setting) => Some(setting.to_owned()),
            None => None,
        };
        if let Some((name, value)) = setting.as_deref().and_then(|setting| setting.split_once('=')) {
            parameters.push((name.replace('-', "_"), value.to_owned()));
        }
    }
    parameters
}

/// Words between white space; a backslash keeps the character behind it. See `pg_split_opts` in src/backend/utils/init/postinit.c.
fn words(options: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut characters = options.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => words
                .last_mut()
                .into_iter()
                .for_each(|word| word.extend(characters.next())),
            _ if character.is_ascii_whitespace() => words.push(String::new()),
            _ => words.last_mut().into_iter().for_each(|word| word.push(character)),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

impl Timeout {
    /// Reads `5000`, `5s`, `1min`, `1.5 s`, `'5s'`; without a unit it is milliseconds.
    /// See `parse_int` in src/backend/utils/misc/guc.c.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_matches('\'').trim();
        let digits = text
            .find(|character: char| !character.is_ascii_digit() && character != '.')
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let microseconds = match unit.trim() {
            "us" => 1,
            "" | "ms" => 1_000,
            "s" => 1_000_000,
            "min" => 60_000_000,
            "h" => 3_600_000_000,
            "d" => 86_400_000_000,
            _ => return None,
        };
        let mut total = whole.parse::<u64>().ok()?.checked_mul(microseconds)?;
        let mut place = microseconds;
        for digit in part.chars() {
            place /= 10;
            total = total.checked_add(u64::from(digit.to_digit(10)?) * place)?;
        }
        Some(match (total + 500) / 1_000 {
            0 => Timeout::Never,
            milliseconds => Timeout::Milliseconds(milliseconds),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Parameters, Timeout};

    fn lock_timeout(options: &str) -> Option<Timeout> {
        Parameters::read(options).timeout("lock_timeout")
    }

    #[test]
    fn a_parameter_is_read_from_all_spellings_and_the_last_one_counts() {
        let five = Some(Timeout::Milliseconds(5000));
        assert_eq!(lock_timeout("-c lock_timeout=5000"), five);
        assert_eq!(lock_timeout("-clock_timeout=5s"), five);
        assert_eq!(lock_timeout("--lock-timeout=5s -c statement_timeout=1min"), five);
        assert_eq!(lock_timeout("-c lock_timeout=1s -c lock_timeout=5s"), five);
        assert_eq!(lock_timeout("-c search_path=a,b\\ c -c lock_timeout=5\\ s"), five);
        assert_eq!(lock_timeout("-c statement_timeout=5s"), None);
        assert_eq!(lock_timeout("-c"), None);
    }

    #[test]
    fn time_has_units_and_zero_is_no_limit() {
        assert_eq!(Timeout::parse("1.5min"), Some(Timeout::Milliseconds(90_000)));
        assert_eq!(Timeout::parse("2h"), Some(Timeout::Milliseconds(7_200_000)));
        assert_eq!(Timeout::parse("250 ms"), Some(Timeout::Milliseconds(250)));
        assert_eq!(Timeout::parse("0"), Some(Timeout::Never));
        assert_eq!(Timeout::parse("soon"), None);
        assert_eq!(Timeout::parse("99999999999999999999"), None);
    }
}
