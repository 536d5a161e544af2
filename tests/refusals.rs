//! Where Django or a package stops, whatever the rows are: an error at its place.
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

mod scratch;

use scratch::{Scratch, migration};

/// The reasons that `django-refuses` gives for these operations on `shop.Order`.
fn refusals(atomic: &str, operation: &str) -> Vec<String> {
    let imports = "from django_pg_migration_tools import operations as safer\nfrom django";
    let second = migration("shop", "0001_initial", operation)
        .replacen("from django", imports, 1)
        .replacen("    operations", &format!("    atomic = {atomic}\n    operations"), 1);
    let run = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/migrations/0002_change.py", second)
        .run("check . --output-format json");
    let report = run.json();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["rule"] == "django-refuses")
        .map(|finding| finding["message"].as_str().unwrap().to_owned())
        .collect()
}

const INDEX: &str = r#"safer.SaferAddIndexConcurrently("order", models.Index(fields=["id"], name="order_id_idx"))"#;

// `_ensure_not_in_transaction` of its operations.py.
#[test]
fn a_package_that_runs_in_no_transaction_is_refused_in_an_atomic_migration() {
    let told = "is refused by Django: the package runs this in no transaction, and the migration is atomic";
    assert_eq!(refusals("True", INDEX), [told]);
    assert_eq!(refusals("False", INDEX), Vec::<String>::new());
}

// "Can't safely create a FK field with null=False" of its operations.py.
#[test]
fn a_package_that_adds_keys_without_values_is_refused_where_the_key_is_not_null() {
    let key = |null: &str| {
        format!(
            r#"safer.SaferAddFieldForeignKey("order", "origin", models.ForeignKey("shop.Order", models.CASCADE{null}))"#
        )
    };
    let told = "is refused by Django: the package adds a foreign key only with null=True";
    assert_eq!(refusals("False", &key("")), [told]);
    assert_eq!(refusals("False", &key(", null=True")), Vec::<String>::new());
}
