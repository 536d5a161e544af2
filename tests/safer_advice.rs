//! In a project that depends on django-pg-migration-tools, its operations are advised; advice that is followed is not told again.
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

mod scratch;

use scratch::{Scratch, migration};

/// Rule, the operation on `shop.Order`, and the class that is advised.
const ADVISED: [(&str, &str, &str); 6] = [
    (
        "create-index-blocking-writes",
        "migrations.AddIndex('order', models.Index(fields=['status'], name='order_status'))",
        "SaferAddIndexConcurrently",
    ),
    (
        "create-index-blocking-writes",
        "migrations.AddConstraint('order', models.UniqueConstraint(fields=['status'], name='order_status', \
         condition=models.Q(id__gt=0)))",
        "SaferAddUniqueConstraint",
    ),
    (
        "add-unique-building-index",
        "migrations.AddConstraint('order', models.UniqueConstraint(fields=['status'], name='order_status'))",
        "SaferAddUniqueConstraint",
    ),
    (
        "add-check-scanning-table",
        "migrations.AddConstraint('order', models.CheckConstraint(condition=models.Q(id__gt=0), name='order_id'))",
        "SaferAddCheckConstraint",
    ),
    (
        "set-not-null-scanning-table",
        "migrations.AlterField('order', 'note', models.TextField())",
        "SaferAlterFieldSetNotNull",
    ),
    (
        "drop-index",
        "migrations.RemoveIndex('order', 'order_note')",
        "SaferRemoveIndexConcurrently",
    ),
];

/// What is found when the operation is the last one: rule and help.
fn findings(requirements: &str, last: &str) -> Vec<(String, String)> {
    let before = "migrations.AddField('order', 'note', models.TextField(null=True)), \
        migrations.RunSQL(\"UPDATE shop_order SET note = '' WHERE note IS NULL\"), \
        migrations.AddIndex('order', models.Index(fields=['note'], name='order_note'))";
    let run = Scratch::new()
        .file("manage.py", "")
        .file("forelock.toml", "hot-tables = [\"shop_order\"]\n")
        .file("requirements.txt", requirements)
        .app("shop")
        .file(
            "shop/migrations/0002_before.py",
            migration("shop", "0001_initial", before),
        )
        .file("shop/migrations/0003_last.py", last)
        .run("check shop/migrations/0003_last.py --output-format json");
    let report = run.json();
    let findings = report["findings"].as_array().unwrap().iter();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    findings
        .map(|finding| (text(&finding["rule"]), text(&finding["help"])))
        .collect()
}

fn help_for(requirements: &str, rule: &str, operation: &str) -> String {
    let found = findings(requirements, &migration("shop", "0002_before", operation));
    let found = found.into_iter().find(|(found, _)| found == rule);
    assert!(found.is_some(), "{rule} is not found for {operation}");
    found.unwrap().1
}

/// The migration that an advice shows.
fn advised(help: &str) -> String {
    let code = help.lines().filter_map(|line| line.strip_prefix("    "));
    let code: String = code.flat_map(|line| [line, "\n"]).collect();
    let code = code.replacen(
        "    atomic",
        "    dependencies = [('shop', '0002_before')]\n    atomic",
        1,
    );
    format!("from django.db import migrations, models\n{code}")
}

#[test]
fn the_operations_of_the_package_are_advised_where_the_project_depends_on_it() {
    for (rule, operation, class) in ADVISED {
        let help = help_for("django==5.2\ndjango-pg-migration-tools==0.1.26\n", rule, operation);
        assert!(help.contains(&format!("operations.{class}(")), "{rule}: {help}");
        let help = help_for("django==5.2\n", rule, operation);
        assert!(!help.contains("Safer"), "{rule}: {help}");
    }
}

#[test]
fn nothing_is_found_in_what_is_advised() {
    let requirements = "django==5.2\ndjango-pg-migration-tools==0.1.26\n";
    for (rule, operation, _) in ADVISED {
        let advised = advised(&help_for(requirements, rule, operation));
        let found = findings(requirements, &advised);
        let told = found.iter().map(|(rule, _)| rule.as_str());
        // Brief locks are what is left, and the table is said to be hot.
        let told: Vec<&str> = told
            .filter(|rule| !["lock-hot-table", "drop-check"].contains(rule))
            .collect();
        assert!(told.is_empty(), "{rule}: {told:?} in\n{advised}");
    }
}

#[test]
fn what_the_package_leaves_out_is_not_advised() {
    let requirements = "django==5.2\ndjango-pg-migration-tools==0.1.26\n";
    for (rule, operation) in [
        (
            "add-unique-building-index",
            "migrations.AddConstraint('order', models.UniqueConstraint(fields=['status'], name='order_status', \
             deferrable=models.Deferrable.IMMEDIATE))",
        ),
        (
            "create-index-blocking-writes",
            "migrations.AddConstraint('order', models.UniqueConstraint(fields=['status'], include=['note'], \
             name='order_status'))",
        ),
        (
            "set-not-null-scanning-table",
            "migrations.AlterField('order', 'note', models.TextField(db_comment='by hand'))",
        ),
    ] {
        let help = help_for(requirements, rule, operation);
        assert!(!help.contains("Safer"), "{rule}: {help}");
    }
}
