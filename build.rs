//! Embeds every page of rules/ and refuses to build where one lacks its title or its table.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=rules");
    let mut pages: Vec<_> = fs::read_dir("rules")?.collect::<io::Result<Vec<_>>>()?;
    pages.sort_by_key(fs::DirEntry::file_name);
    let mut table = String::from("[\n");
    for page in pages {
        let path = page.path();
        let Some(name) = path.file_stem().and_then(|stem| stem.to_str()) else {
            continue;
        };
        let text = fs::read_to_string(&path)?;
        assert!(
            text.starts_with("# "),
            "{}: the first line must be the title, `# ...`",
            path.display()
        );
        assert!(
            text.matches("\n```toml\n").count() == 1,
            "{}: one fenced toml block, no more",
            path.display()
        );
        let full = fs::canonicalize(&path)?;
        writeln!(table, "    ({name:?}, include_str!({:?})),", full.display().to_string())
            .map_err(|error| io::Error::other(error.to_string()))?;
    }
    table.push(']');
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("rules.rs"), table)
}
