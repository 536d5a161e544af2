//! What a run cannot take less than: to walk the folders and read the migration files, and to parse them.
//! `scripts/benchmark` sets forelock's own time beside it.

use std::env;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

use forelock::discover::{holds_migration, is_loaded};
use rayon::prelude::*;
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use walkdir::WalkDir;

/// Dropping the syntax tree of a deeply nested file recurses.
const STACK: usize = 16 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let parses = match arguments.next().as_deref().and_then(|step| step.to_str()) {
        Some("read") => false,
        Some("parse") => true,
        _ => return Err("usage: floor read|parse FOLDER...".into()),
    };
    rayon::ThreadPoolBuilder::new().stack_size(STACK).build_global()?;
    let folders = arguments.flat_map(|folder| WalkDir::new(folder).into_iter().flatten());
    let files: Vec<PathBuf> = folders
        .map(walkdir::DirEntry::into_path)
        .filter(|path| is_loaded(path))
        .collect();
    let bytes: usize = files.par_iter().map(|path| handle(path, parses)).sum();
    println!("{bytes} bytes of migrations");
    Ok(())
}

/// The size of the file, if it is a migration.
fn handle(path: &PathBuf, parses: bool) -> usize {
    let Ok(text) = fs::read_to_string(path) else { return 0 };
    if !holds_migration(text.as_bytes()) {
        return 0;
    }
    if parses {
        std::hint::black_box(parse_unchecked(&text, ParseOptions::from(Mode::Module)));
    }
    text.len()
}
