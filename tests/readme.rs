//! What README.md shows is what the program prints.

use std::fs;
use std::path::Path;

use assert_cmd::Command;

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
    let path = root.join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once("<!-- picture -->\n").unwrap();
    let (shown, after) = rest.split_once("<!-- /picture -->").unwrap();
    if std::env::var_os("FORELOCK_BLESS").is_some() {
        fs::write(
            path,
            format!("{before}<!-- picture -->\n{picture}<!-- /picture -->{after}"),
        )
        .unwrap();
    } else {
        assert_eq!(shown, picture);
    }
}
