//! Every pair of types that `ALTER COLUMN .. TYPE` can change, against what `type_change` answers.

use forelock::data_type::DataType;
use forelock::facts::{TypeChange, type_change};
use forelock::statement::Using;
use forelock::versions::PostgresVersion;
use serde_json::Value;

use crate::compare::Verdict;
use crate::recorded::{VERSIONS, list, text};

/// What decides beside the types: a session's time zone, and whether the collation changes.
const SETTINGS: [(&str, &str, bool); 3] = [
    ("in UTC", "UTC", false),
    ("in Europe/Berlin", "Europe/Berlin", false),
    ("with another collation", "UTC", true),
];

/// Every pair of every setting, without and with USING, on every version.
pub fn compared() -> (usize, Verdict) {
    let document = document();
    let mut verdict = Verdict::default();
    let mut statements = 0;
    for (setting, time_zone, collation_changes) in SETTINGS {
        let table = list(&document[setting]);
        let types: Vec<&str> = table.iter().map(|row| text(&row[0])).collect();
        for row in table {
            let before = text(&row[0]);
            for (after, letter) in types.iter().copied().zip(text(&row[1]).chars()) {
                for version in VERSIONS {
                    let letter = otherwise(&document, [setting, before, after], version).unwrap_or(letter);
                    for (using, seen) in [None, Some(&Using::Cast)].into_iter().zip(outcomes(&document, letter)) {
                        statements += 1;
                        let version = PostgresVersion(u8::try_from(version).expect("a major version"));
                        let (from, to) = (DataType::parse(before), DataType::parse(after));
                        let answer = type_change(&from, &to, using, collation_changes, time_zone, version);
                        let place = || format!("{setting}, {before} to {after} {using:?} on {version}");
                        verdict.claim(is_same(answer, seen), || {
                            format!("{}: Postgres {seen}, forelock {answer:?}", place())
                        });
                    }
                }
            }
        }
    }
    (statements, verdict)
}

pub fn servers() -> Vec<String> {
    list(&document()["servers"])
        .iter()
        .map(|release| text(release).to_owned())
        .collect()
}

fn document() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/type-changes.json");
    let content = std::fs::read_to_string(path).expect("fixtures/type-changes.json can be read");
    serde_json::from_str(&content).expect("it is JSON")
}

fn outcomes(document: &Value, letter: char) -> [&str; 2] {
    let pair = list(&document["outcomes"][letter.to_string()]);
    [text(&pair[0]), text(&pair[1])]
}

fn otherwise(document: &Value, change: [&str; 3], version: u64) -> Option<char> {
    let is_meant = |other: &&Value| {
        list(&other["on"]).iter().any(|on| *on == version) && list(&other["change"]).iter().map(text).eq(change)
    };
    let other = list(&document["otherwise"]).iter().find(is_meant)?;
    text(&other["outcome"]).chars().next()
}

/// Of the same type nothing changes, which the server cannot tell from what it keeps.
fn is_same(answer: TypeChange, seen: &str) -> bool {
    match answer {
        TypeChange::Same | TypeChange::Kept => seen == "kept",
        TypeChange::IndexesRebuilt => seen == "indexes-rebuilt",
        TypeChange::Rewrite => seen == "rewrite",
        TypeChange::Error => seen == "error",
        TypeChange::Unknown => false,
    }
}
