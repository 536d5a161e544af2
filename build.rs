//! Embeds every page of rules/ with its examples, every page of pages/ and every file of src/packages/, and refuses to build where a page
//! lacks its title or its table.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    for folder in [
        "rules",
        "pages",
        "fixtures/rules",
        "fixtures/advised",
        "fixtures/plans",
        "src/packages",
    ] {
        println!("cargo::rerun-if-changed={folder}");
    }
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let mut pages = String::from("[\n");
    let mut examples = String::from("[\n");
    for path in sorted(Path::new("rules"))? {
        let is_page = path.extension().is_some_and(|extension| extension == "md");
        let Some(name) = path.file_stem().and_then(|stem| stem.to_str()).filter(|_| is_page) else {
            continue;
        };
        check(&path)?;
        let full = fs::canonicalize(&path)?;
        let full = full.display().to_string();
        let hazard = hazard(name)?.unwrap_or_default();
        let advised = advised(name)?;
        writeln!(pages, "    ({name:?}, include_str!({full:?})),").map_err(io::Error::other)?;
        let plan = plan(name)?;
        writeln!(examples, "    ({name:?}, {hazard:?}, {plan:?}, &{advised:?}),").map_err(io::Error::other)?;
    }
    fs::write(Path::new(&out).join("packages.rs"), packages()?)?;
    fs::write(Path::new(&out).join("rules.rs"), pages + "]")?;
    fs::write(Path::new(&out).join("examples.rs"), examples + "]")?;
    fs::write(Path::new(&out).join("pages.rs"), other_pages()?)
}

/// The name and the text of each package's file of data.
fn packages() -> io::Result<String> {
    let mut packages = String::from("[\n");
    for path in sorted(Path::new("src/packages"))? {
        let is_data = path.extension().is_some_and(|extension| extension == "toml");
        if let Some(name) = path.file_stem().and_then(|stem| stem.to_str()).filter(|_| is_data) {
            let full = fs::canonicalize(&path)?.display().to_string();
            writeln!(packages, "    ({name:?}, include_str!({full:?})),").map_err(io::Error::other)?;
        }
    }
    Ok(packages + "]")
}

/// Those that are about no rule.
fn other_pages() -> io::Result<String> {
    let mut pages = String::from("[\n");
    for path in sorted(Path::new("pages"))? {
        titled(&path)?;
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let full = fs::canonicalize(&path)?.display().to_string();
        writeln!(pages, "    ({name:?}, include_str!({full:?})),").map_err(io::Error::other)?;
    }
    Ok(pages + "]")
}

fn titled(page: &Path) -> io::Result<String> {
    let text = fs::read_to_string(page)?;
    assert!(
        text.starts_with("# "),
        "{}: the first line must be the title, `# ...`",
        page.display()
    );
    Ok(text)
}

fn check(page: &Path) -> io::Result<()> {
    let text = titled(page)?;
    assert!(
        text.matches("\n```toml\n").count() == 1,
        "{}: one fenced toml block, no more",
        page.display()
    );
    Ok(())
}

/// The first operation of the rule's fixture that is marked with its name.
fn hazard(rule: &str) -> io::Result<Option<String>> {
    let files = migrations(&Path::new("fixtures/rules").join(rule))?;
    for is_mark in [is_expected, is_row] {
        for file in &files {
            let text = fs::read_to_string(file)?;
            let lines: Vec<&str> = text.lines().collect();
            if let Some(at) = lines.iter().position(|line| is_mark(line, rule)) {
                let atomic = text.contains("\n    atomic = False\n");
                let head = if atomic { "atomic = False\n" } else { "" };
                return Ok(Some(format!("{head}{}", operation(&lines, at))));
            }
        }
    }
    Ok(None)
}

fn is_expected(line: &str, rule: &str) -> bool {
    let mark = line.split_once("# expect: ").or_else(|| line.split_once("-- expect: "));
    mark.is_some_and(|(_, mark)| mark.split_whitespace().next() == Some(rule))
}

fn is_row(line: &str, rule: &str) -> bool {
    let mark = line.split_once("# row: ");
    mark.is_some_and(|(_, rows)| rows.split(',').any(|row| row.split_whitespace().next() == Some(rule)))
}

/// The operation around a line: fixtures are formatted, so it begins with the eight spaces of an item of `operations`.
fn operation(lines: &[&str], at: usize) -> String {
    let is_item = |line: &&str| line.starts_with("        ") && !line.starts_with("         ");
    let begins = |line: &&str| is_item(line) && !line.trim_start().starts_with([')', ']']);
    let start = lines[..=at].iter().rposition(begins).unwrap_or(at);
    let end = lines[start + 1..]
        .iter()
        .position(is_item)
        .map_or(start, |next| start + 1 + next);
    let is_closed = lines.get(end).is_some_and(|line| line.trim_start().starts_with(')'));
    let end = if is_closed { end } else { start };
    let item = lines[start..=end]
        .iter()
        .map(|line| without_marks(line.get(8..).unwrap_or_default()));
    item.collect::<Vec<_>>().join("\n")
}

fn without_marks(line: &str) -> &str {
    let line = line.split("  # expect:").next().unwrap_or(line);
    let line = line.split("  # row:").next().unwrap_or(line);
    line.split(" -- expect:").next().unwrap_or(line)
}

/// The plan for the first operation that the rule's fixture marks, where there is one; a test keeps it up to date.
fn plan(rule: &str) -> io::Result<String> {
    let path = Path::new("fixtures/plans").join(format!("{rule}.md"));
    if path.exists() {
        fs::read_to_string(path)
    } else {
        Ok(String::new())
    }
}

/// The migrations that the advice comes to, each without its head and its dependencies.
fn advised(rule: &str) -> io::Result<Vec<String>> {
    let files = migrations(&Path::new("fixtures/advised").join(rule))?;
    let hazards = migrations(&Path::new("fixtures/rules").join(rule))?;
    let is_context = |file: &PathBuf| hazards.iter().any(|hazard| hazard.file_name() == file.file_name());
    let own = files.iter().filter(|file| !is_context(file));
    own.map(|file| {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        Ok(format!("# {name}\n{}", body(&fs::read_to_string(file)?)))
    })
    .collect()
}

fn body(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut in_dependencies = false;
    let code = text
        .lines()
        .skip_while(|line| !line.starts_with("def ") && !line.starts_with("class "));
    for line in code.map(without_marks) {
        in_dependencies |= line.trim() == "dependencies = [";
        let after_empty = lines
            .last()
            .is_some_and(|last| last.is_empty() || last.starts_with("class "));
        let is_dropped = in_dependencies || (line.is_empty() && after_empty);
        if !is_dropped {
            lines.push(line);
        }
        in_dependencies &= line.trim() != "]";
    }
    lines.join("\n")
}

/// The migrations below a folder but for the first of each app, in the order of their names.
fn migrations(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for app in sorted(folder)?.iter().filter(|path| path.is_dir()) {
        let files = sorted(&app.join("migrations"))?.into_iter().filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            path.extension().is_some_and(|extension| extension == "py")
                && !name.starts_with("0001")
                && name != "__init__.py"
        });
        found.extend(files);
    }
    Ok(found)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut paths = entries.collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
