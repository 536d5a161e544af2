//! What README.md shows is what the program prints.
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use forelock::report::matrix;
use forelock::rules::RuleTable;

const PICTURED: &str = "fixtures/projects/shop/orders/migrations/0002_order_orders_order_status_idx.py";

/// Rewritten by `FORELOCK_BLESS=1 cargo test --test readme`.
#[test]
fn the_picture_in_the_readme_is_the_real_output() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::cargo_bin("forelock")
        .unwrap()
        .arg(PICTURED)
        .current_dir(root)
        .output()
        .unwrap();
    let picture = format!(
        "```\n$ forelock {PICTURED}\n{}```\n",
        String::from_utf8(output.stdout).unwrap()
    );
    assert_shown("picture", &picture);
}

/// Rewritten in the same way.
#[test]
fn the_matrix_in_the_readme_is_that_of_the_rules() {
    let table = RuleTable::embedded().unwrap();
    assert_shown("matrix", &matrix::markdown(&table));
}

/// Compares what stands between `<!-- name -->` and `<!-- /name -->`, or writes it there.
fn assert_shown(name: &str, expected: &str) {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(&open).unwrap();
    let (shown, after) = rest.split_once(&close).unwrap();
    if std::env::var_os("FORELOCK_BLESS").is_some() {
        fs::write(path, format!("{before}{open}{expected}{close}{after}")).unwrap();
    } else {
        assert_eq!(shown, expected);
    }
}
