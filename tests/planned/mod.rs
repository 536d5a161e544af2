//! The plans of all fixtures, and how each is put in the place of its operation.
#![allow(dead_code, reason = "each test file uses some of it")]
#![allow(clippy::expect_used, clippy::panic, reason = "what fails in a test fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

use ruff_python_ast::{Expr, Stmt, StmtClassDef};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::Ranged;
use serde_json::Value;
use walkdir::WalkDir;

use crate::scratch::{Run, Scratch};

/// The findings with a plan of all fixtures, one for each operation.
pub fn planned() -> Vec<(String, Value)> {
    let mut planned = Vec::new();
    for kind in ["rules", "history", "pairs"] {
        let folder = root().join("fixtures").join(kind);
        let mut names: Vec<PathBuf> = fs::read_dir(&folder)
            .expect("fixtures can be read")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        names.sort();
        for path in names {
            let name = format!("{kind}/{}", path.file_name().expect("a name").to_string_lossy());
            let mut seen = Vec::new();
            for finding in findings(&path, &[]) {
                let place = (finding["path"].clone(), finding["operation"]["path"].clone());
                if !finding["plan"].is_null() && !seen.contains(&place) {
                    seen.push(place);
                    planned.push((name.clone(), finding));
                }
            }
        }
    }
    assert!(planned.len() > 40, "only {} plans", planned.len());
    planned
}

/// Takes the operation out of its file, with what depends on its migration, and says what takes its place: release, path, text.
pub fn put_in_place(scratch: &Scratch, finding: &Value) -> Vec<(u64, String, String)> {
    let path = text(&finding["path"]);
    let file = scratch.path(path);
    let source = fs::read_to_string(&file).expect("a migration");
    let index = usize::try_from(finding["operation"]["index"].as_u64().expect("an index")).expect("small");
    let module = Module::read(&source);
    let (app, name) = (text(&finding["app"]).to_owned(), text(&finding["migration"]).to_owned());
    drop_dependents(&scratch.path(""), &app, &name);
    // What stands behind the operation is no part of the plan.
    let before = &module.operations[..index];
    let written = format!("{}\n\n{}", module.rest, with_lines(&body(before), &module.lines));
    fs::write(&file, written).expect("written");
    let codes: Vec<(u64, String)> = steps(finding)
        .iter()
        .filter(|step| step["kind"] == "migration")
        .map(|step| (step["release"].as_u64().unwrap_or(1), text(&step["code"]).to_owned()))
        .collect();
    let mut parent = name.clone();
    let numbered = codes.into_iter().enumerate();
    let migration = |(number, (release, code)): (usize, (u64, String))| {
        let lines = format!("    dependencies = [(\"{app}\", \"{parent}\")]\n");
        parent = format!("{name}_{:02}", number + 1);
        let at = Path::new(path).with_file_name(format!("{parent}.py"));
        let text = with_lines(&code, &lines);
        (release, at.to_string_lossy().into_owned(), text)
    };
    numbered.map(migration).collect()
}

/// A migration's file, taken apart.
struct Module {
    /// All but the class.
    rest: String,
    /// What the class says besides its operations.
    lines: String,
    operations: Vec<String>,
}

impl Module {
    fn read(source: &str) -> Self {
        let parsed = parse_unchecked(source, ParseOptions::from(Mode::Module));
        let ruff_python_ast::Mod::Module(module) = parsed.into_syntax() else {
            panic!("no module");
        };
        let class = module.body.iter().find_map(|statement| match statement {
            Stmt::ClassDef(class) if class.name.as_str() == "Migration" => Some(class),
            _ => None,
        });
        let class = class.expect("a class Migration");
        let at = class.range().to_std_range();
        Self {
            rest: format!("{}{}", &source[..at.start], &source[at.end..]),
            lines: lines_of(class, source),
            operations: operations_of(class, source),
        }
    }
}

fn assigned<'a>(class: &'a StmtClassDef, wanted: &'a [&'a str]) -> impl Iterator<Item = (&'a Stmt, &'a Expr)> {
    class.body.iter().filter_map(|statement| match statement {
        Stmt::Assign(assign) => {
            let Expr::Name(name) = assign.targets.first()? else {
                return None;
            };
            wanted
                .contains(&name.id.as_str())
                .then_some((statement, assign.value.as_ref()))
        }
        _ => None,
    })
}

fn lines_of(class: &StmtClassDef, source: &str) -> String {
    let kept = ["dependencies", "run_before", "initial", "atomic"];
    let lines =
        assigned(class, &kept).map(|(statement, _)| format!("    {}\n", &source[statement.range().to_std_range()]));
    lines.collect()
}

fn operations_of(class: &StmtClassDef, source: &str) -> Vec<String> {
    let list = assigned(class, &["operations"]).find_map(|(_, value)| value.as_list_expr());
    let items = list.expect("a list of operations").elts.iter();
    items
        .map(|item| source[item.range().to_std_range()].to_owned())
        .collect()
}

fn body(operations: &[String]) -> String {
    let lines = operations.iter().flat_map(|operation| ["        ", operation, ",\n"]);
    let items: String = lines.collect();
    format!("class Migration(migrations.Migration):\n    operations = [\n{items}    ]\n")
}

fn with_lines(code: &str, lines: &str) -> String {
    let head = "class Migration(migrations.Migration):\n";
    code.replacen(head, &format!("{head}{lines}"), 1)
}

/// Migrations that depend on this one, one way or the other.
fn drop_dependents(folder: &Path, app: &str, name: &str) {
    let mut gone = vec![(app.to_owned(), name.to_owned())];
    loop {
        let before = gone.len();
        for file in python_files(folder) {
            let text = fs::read_to_string(&file).unwrap_or_default();
            let depends = |(app, name): &(String, String)| {
                ["\"", "'"]
                    .iter()
                    .any(|quote| text.contains(&format!("({quote}{app}{quote}, {quote}{name}{quote}")))
            };
            if gone.iter().any(depends) {
                let app = file.parent().and_then(Path::parent).and_then(Path::file_name);
                let app = app.unwrap_or_default().to_string_lossy().into_owned();
                gone.push((app, file.file_stem().unwrap_or_default().to_string_lossy().into_owned()));
                fs::remove_file(&file).expect("removed");
            }
        }
        if gone.len() == before {
            return;
        }
    }
}

/// The fixture of a finding. Of the pairs the one app alone: no app there has to do with another, and they are many.
pub fn copy_for(fixture: &str, finding: &Value) -> Scratch {
    let folder = root().join("fixtures").join(fixture);
    if !fixture.starts_with("pairs/") {
        return copy(&folder);
    }
    let app = text(&finding["app"]);
    let mut scratch = Scratch::new().app(app);
    for name in [
        "forelock.toml",
        &format!("{app}/migrations/0001_initial.py"),
        text(&finding["path"]),
    ] {
        let written = fs::read_to_string(folder.join(name)).expect("text");
        scratch = scratch.file(name, written);
    }
    scratch
}

pub fn copy(fixture: &Path) -> Scratch {
    let wanted = ["py", "toml", "txt", "sql", "json"];
    let mut scratch = Scratch::new();
    for entry in WalkDir::new(fixture) {
        let entry = entry.expect("a fixture");
        let path = entry.path();
        let name = path
            .strip_prefix(fixture)
            .expect("in it")
            .to_string_lossy()
            .into_owned();
        let is_wanted = path
            .extension()
            .is_some_and(|extension| wanted.iter().any(|wanted| extension == *wanted));
        if entry.file_type().is_file() && is_wanted && !name.ends_with("observed.json") {
            scratch = scratch.file(&name, fs::read_to_string(path).expect("text"));
        }
    }
    scratch
}

fn python_files(folder: &Path) -> Vec<PathBuf> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter();
    let paths = entries.map(|entry| entry.expect("it can be read").into_path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .collect()
}

pub fn findings(folder: &Path, more: &[&str]) -> Vec<Value> {
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_forelock"));
    command
        .current_dir(folder)
        .args(["check", "--output-format", "json"])
        .args(more)
        .arg(".");
    let document = Run::of(&mut command).json();
    document["findings"].as_array().cloned().unwrap_or_default()
}

pub fn steps(finding: &Value) -> Vec<Value> {
    finding["plan"]["steps"].as_array().cloned().unwrap_or_default()
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
