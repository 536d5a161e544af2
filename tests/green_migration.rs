//! django-green-migration 1.1.4: removals of fields that it rewrites before they run.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

mod scratch;

use scratch::{INITIAL, Scratch, migration};

const SECOND: &str = "shop/migrations/0002_b.py";

/// A field removed as makemigrations writes it.
fn written(name: &str) -> String {
    format!("migrations.RemoveField(\n            model_name='order',\n            name='{name}',\n        )")
}

/// A project whose order has a total, a note and a customer, and this as its second migration.
fn project(apps: &str, text: String) -> Scratch {
    let manage = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'conf.settings')\n";
    let fields = "max_length=20)),\n                (\"total\", models.IntegerField()),\n                \
                  (\"note\", models.CharField(max_length=20)),\n                \
                  (\"parent\", models.ForeignKey(\"shop.order\", models.CASCADE, null=True)),";
    Scratch::new()
        .file("manage.py", manage)
        .file("conf/__init__.py", "")
        .file("conf/settings.py", format!("INSTALLED_APPS = [{apps}'shop']"))
        .app("shop")
        .file(
            "shop/migrations/0001_initial.py",
            INITIAL.replace("max_length=20)),", fields),
        )
        .file(SECOND, text)
}

fn green(operation: &str) -> Scratch {
    project("'green_migration', ", migration("shop", "0001_initial", operation))
}

fn found(scratch: &Scratch) -> Vec<String> {
    let findings = scratch.run("check --output-format json").findings().into_iter();
    findings
        .map(|finding| finding.replace(&format!("{SECOND}: "), ""))
        .collect()
}

fn statements(scratch: &Scratch) -> Vec<String> {
    let document = scratch.run("sql --output-format json shop 0002").json();
    let operations = document[0]["operations"].as_array().expect("operations").iter();
    let texts = operations.flat_map(|operation| operation["statements"].as_array().expect("statements"));
    texts.map(|text| text.as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_number_that_is_removed_becomes_a_text_first_which_rewrites_the_table() {
    let scratch = green(&written("total"));
    let sent = [
        "ALTER TABLE \"shop_order\" ALTER COLUMN \"total\" TYPE varchar(254) USING \"total\"::varchar(254), \
         ALTER COLUMN \"total\" DROP NOT NULL",
    ];
    assert_eq!(statements(&scratch), sent);
    assert_eq!(found(&scratch), ["alter-type-rewriting-table"]);
    assert!(
        scratch
            .run("check --output-format json")
            .out
            .contains("column-left-by-green-migrate")
    );
}

#[test]
fn a_text_stays_and_may_never_be_dropped() {
    let scratch = green(&written("note"));
    assert_eq!(found(&scratch), ["column-left-by-green-migrate"]);
    let later = migration(
        "shop",
        "0002_b",
        "migrations.AddField('order', 'note', models.CharField(max_length=20, null=True))",
    );
    let scratch = scratch.file("shop/migrations/0003_c.py", later);
    assert!(
        found(&scratch).contains(&"shop/migrations/0003_c.py: name-taken".to_owned()),
        "{:?}",
        found(&scratch)
    );
}

#[test]
fn a_key_loses_its_constraint_and_the_name_of_its_column() {
    let sent = statements(&green(&written("parent")));
    assert!(
        sent.iter()
            .any(|statement| statement.contains("RENAME COLUMN \"parent_id\" TO \"parent\"")),
        "{sent:?}"
    );
}

#[test]
fn what_it_does_not_see_is_a_drop_before_the_deploy() {
    let one_line = "migrations.RemoveField('order', 'total')";
    assert_eq!(found(&green(one_line)), ["drop-column-in-use"]);
    let ignored = format!("# gm: ignore\n{}", migration("shop", "0001_initial", &written("total")));
    assert_eq!(found(&project("'green_migration', ", ignored)), ["drop-column-in-use"]);
    let without = project("", migration("shop", "0001_initial", &written("total")));
    assert_eq!(found(&without), ["drop-column-in-use"]);
}
