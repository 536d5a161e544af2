//! Every pair of types that `ALTER COLUMN .. TYPE` can change, against what `type_change` answers.

use forelock::data_type::DataType;
use forelock::facts::{TypeChange, type_change};
use forelock::statement::Using;
use forelock::versions::PostgresVersion;
use serde_json::Value;

use crate::documents::Table;
use crate::recorded::{VERSIONS, list, text};

/// What decides beside the types: a session's time zone, and whether the collation changes.
const SETTINGS: [(&str, &str, bool); 3] = [
    ("in UTC", "UTC", false),
    ("in Europe/Berlin", "Europe/Berlin", false),
    ("with another collation", "UTC", true),
];

/// All pairs against all answers.
#[derive(Default)]
pub struct Compared {
    pub counts: Table,
    pub contradictions: Vec<String>,
}

/// Every pair of every setting, without and with USING, on every version.
pub fn compared() -> Compared {
    let document = document();
    let mut compared = Compared::default();
    for (setting, time_zone, collation_changes) in SETTINGS {
        let table = list(&document[setting]);
        let types: Vec<&str> = table.iter().map(|row| text(&row[0])).collect();
        for row in table {
            let before = text(&row[0]);
            for (after, letter) in types.iter().copied().zip(text(&row[1]).chars()) {
                for version in VERSIONS {
                    let letter = otherwise(&document, [setting, before, after], version).unwrap_or(letter);
                    let [without, with] = outcomes(&document, letter);
                    let ask = |using| answer(before, after, using, collation_changes, time_zone, version);
                    compared.note(version, ask(None), without, &[setting, before, after]);
                    compared.note(
                        version,
                        ask(Some(&Using::Cast)),
                        with,
                        &[setting, before, after, "USING"],
                    );
                }
            }
        }
    }
    compared
}

fn answer(
    before: &str,
    after: &str,
    using: Option<&Using>,
    collation_changes: bool,
    time_zone: &str,
    version: u64,
) -> TypeChange {
    let version = PostgresVersion(u8::try_from(version).expect("a major version"));
    let (from, to) = (DataType::parse(before), DataType::parse(after));
    type_change(&from, &to, using, collation_changes, Some(time_zone), version)
}

impl Compared {
    fn note(&mut self, version: u64, answer: TypeChange, seen: &str, change: &[&str]) {
        let counts = self.counts.entry(version).or_default();
        counts.statements += 1;
        counts.refused += usize::from(seen == "error");
        counts.claims += 1;
        if !is_same(answer, seen) {
            counts.contradictions += 1;
            self.contradictions
                .push(format!("{change:?} on {version}: Postgres {seen}, forelock {answer:?}"));
        }
    }
}

/// The releases that were measured, and on which the fixtures were, too.
pub fn releases() -> Vec<String> {
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
