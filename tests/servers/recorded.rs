//! What real servers showed: `observed.json` of the fixtures.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use walkdir::WalkDir;

/// Every major version that is measured.
pub const VERSIONS: [u64; 7] = [12, 13, 14, 15, 16, 17, 18];

/// A fixture with everything that was observed of it.
pub struct Fixture {
    pub path: PathBuf,
    pub name: String,
    pub observed: Value,
}

/// One observed statement of a migration.
pub struct Statement<'a> {
    /// The index of the top-level operation.
    pub operation: u64,
    pub seen: &'a Value,
    /// The statements of the string that it is a part of, where that has several.
    pub string: Option<&'a [Value]>,
}

impl Statement<'_> {
    /// Whether it was seen amid the statements of its transaction, too: all of them ran, and none of them ends it.
    pub fn was_seen_amid(&self, migration: &Value, version: u64) -> bool {
        let ends = |seen: &Value| ends_transaction(text(&seen["sql"]));
        if migration["atomic"] == true {
            let has_end = statements(migration).iter().any(|statement| ends(statement.seen));
            return on(migration, version)["fails"].is_null() && !has_end;
        }
        let runs = |part: &Value| on(part, version)["error"].is_null() && !ends(part);
        self.string.is_some_and(|parts| parts.iter().all(runs))
    }
}

/// As `replay.py` has it.
fn ends_transaction(sql: &str) -> bool {
    let word = sql.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
    let word = word.trim_end_matches(';');
    ["COMMIT", "END", "ROLLBACK", "ABORT"].contains(&word)
}

pub fn fixtures() -> Vec<Fixture> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let entries = WalkDir::new(&root).min_depth(3).max_depth(3).sort_by_file_name();
    let files = entries
        .into_iter()
        .map(|entry| entry.expect("fixtures/ can be read").into_path())
        .filter(|path| path.ends_with("observed.json"));
    files.map(|file| fixture(&root, &file)).collect()
}

fn fixture(root: &Path, file: &Path) -> Fixture {
    let text = fs::read_to_string(file).expect("observed.json can be read");
    let path = file.parent().expect("in a folder").to_owned();
    Fixture {
        name: path.strip_prefix(root).expect("below fixtures/").display().to_string(),
        path,
        observed: serde_json::from_str(&text).expect("observed.json is JSON"),
    }
}

impl Fixture {
    /// The releases that it was observed on: `12.22`, ...
    pub fn servers(&self) -> impl Iterator<Item = &str> {
        list(&self.observed["servers"]).iter().map(text)
    }

    pub fn migrations(&self) -> &[Value] {
        list(&self.observed["migrations"])
    }
}

pub fn majors<'a>(releases: impl Iterator<Item = &'a str>) -> Vec<u64> {
    releases
        .filter_map(|release| release.split('.').next()?.parse().ok())
        .collect()
}

/// The statements of a migration in the order in which they ran.
pub fn statements(migration: &Value) -> Vec<Statement<'_>> {
    let mut found = Vec::new();
    for kind in ["statements", "deferred"] {
        for (operation, seen) in (0..).zip(list(&migration["operations"])) {
            for statement in list(&seen[kind]) {
                match statement["parts"].as_array() {
                    Some(parts) => found.extend(parts.iter().map(|seen| Statement {
                        operation,
                        seen,
                        string: Some(parts),
                    })),
                    None => found.push(Statement {
                        operation,
                        seen: statement,
                        string: None,
                    }),
                }
            }
        }
    }
    found
}

/// What one version showed of a statement or of a whole migration: it stands under `otherwise` where it differs.
pub fn on(seen: &Value, version: u64) -> &Value {
    let is_meant = |other: &&Value| list(&other["on"]).iter().any(|on| on == version);
    list(&seen["otherwise"]).iter().find(is_meant).unwrap_or(seen)
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
