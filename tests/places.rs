//! Where a finding stands: the innermost operation as it is written, the literal of its SQL, and what lies in other files.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

mod scratch;

use scratch::Scratch;
use serde_json::Value;

/// A project whose second migration is this text behind the usual imports.
fn project(text: &str) -> Scratch {
    let text = format!("from django.db import migrations, models\n{text}");
    let scratch = Scratch::new().file("manage.py", "").app("shop");
    scratch.file("shop/migrations/0002_x.py", text)
}

/// A migration with these operations.
fn with_operations(operations: &str) -> String {
    format!(
        "class Migration(migrations.Migration):\n    dependencies = [('shop', '0001_initial')]\n    \
         operations = [\n{operations}\n    ]\n"
    )
}

/// The findings of the second migration, as JSON.
fn findings(scratch: &Scratch) -> Vec<Value> {
    let document = scratch.run("check --output-format json").json();
    document["findings"].as_array().expect("findings").clone()
}

/// `path class line rule` of each finding.
fn said(scratch: &Scratch) -> Vec<String> {
    let said = findings(scratch).into_iter().map(|finding| {
        let (operation, line) = (&finding["operation"], &finding["range"]["start"]["line"]);
        let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        format!(
            "{} {} {line} {}",
            word(&operation["path"]),
            word(&operation["class"]),
            word(&finding["rule"])
        )
    });
    said.collect()
}

#[test]
fn two_nested_operations_are_two_findings_each_with_its_path_and_class() {
    let scratch = project(&with_operations(
        "migrations.SeparateDatabaseAndState(database_operations=[\n\
         migrations.RemoveField('order', 'status'),\n\
         migrations.AddIndex('order', models.Index(fields=['id'], name='i')),\n\
         ], state_operations=[]),",
    ));
    assert_eq!(
        said(&scratch),
        [
            "0.database_operations.0 RemoveField 6 drop-column-in-use",
            "0.database_operations.1 AddIndex 7 create-index-blocking-writes",
        ]
    );
}

#[test]
fn what_stands_in_a_list_of_the_module_has_the_path_where_it_is_used() {
    let scratch = project(&format!(
        "INNER = [\n    migrations.RemoveField('order', 'status'),\n]\n{}",
        with_operations("migrations.SeparateDatabaseAndState(database_operations=INNER),")
    ));
    assert_eq!(
        said(&scratch),
        ["0.database_operations.0 RemoveField 3 drop-column-in-use"]
    );
}

#[test]
fn the_steps_of_an_operation_class_have_the_path_of_the_operation_and_sql_the_place_of_its_literal() {
    let class = "class Both(migrations.RemoveField):\n    \
         def database_forwards(self, app_label, schema_editor, from_state, to_state):\n        \
         super().database_forwards(app_label, schema_editor, from_state, to_state)\n        \
         schema_editor.execute('CREATE INDEX i ON shop_order (id)')\n";
    let scratch = project(&format!("{class}{}", with_operations("Both('order', 'status'),")));
    assert_eq!(
        said(&scratch),
        ["0 Both 5 create-index-blocking-writes", "0 Both 9 drop-column-in-use"]
    );
}

#[test]
fn each_statement_of_a_do_block_is_a_finding_at_its_own_place() {
    let scratch = project(&with_operations(
        "migrations.RunSQL(\"\"\"\nDO $$ BEGIN\n  IF true THEN\n    CREATE INDEX a ON shop_order (status);\n  END IF;\n  \
         EXECUTE 'ALTER TABLE shop_order ALTER COLUMN status SET NOT NULL, ALTER COLUMN status TYPE varchar(5)';\nEND $$\n\"\"\"),",
    ));
    let found = findings(&scratch);
    let texts: Vec<&str> = found
        .iter()
        .map(|finding| finding["statement"].as_str().expect("a statement"))
        .collect();
    assert_eq!(
        texts,
        [
            "CREATE INDEX a ON shop_order (status)",
            "ALTER TABLE shop_order ALTER COLUMN status SET NOT NULL, ALTER COLUMN status TYPE varchar(5)"
        ]
    );
    let starts: Vec<(u64, u64)> = found
        .iter()
        .map(|finding| {
            let start = &finding["range"]["start"];
            (
                start["line"].as_u64().expect("a line"),
                start["column"].as_u64().expect("a column"),
            )
        })
        .collect();
    assert_eq!(starts, [(8, 5), (10, 12)]);
}

#[test]
fn sql_that_another_file_gives_is_told_at_the_operation_and_points_there() {
    let scratch = project(&format!(
        "from shop import sql\n{}",
        with_operations("migrations.RunSQL(sql.INDEX),")
    ));
    let scratch = scratch.file(
        "shop/sql.py",
        "TABLE = 'shop_order'\nINDEX = f'CREATE INDEX a ON {TABLE} (status)'\n",
    );
    let found = findings(&scratch);
    let [finding] = found.as_slice() else {
        panic!("one finding: {found:?}");
    };
    assert_eq!(finding["path"], "shop/migrations/0002_x.py");
    assert_eq!(finding["range"]["start"]["line"], 6);
    let related = &finding["related"][0];
    assert_eq!(related["path"], "shop/sql.py");
    assert_eq!(related["range"]["start"]["line"], 2);
    let text = scratch.run("check").out;
    assert!(
        text.contains("see    shop/sql.py:2:11  the SQL is written here"),
        "{text}"
    );
}

#[test]
fn operations_that_another_file_gives_are_told_where_they_come_in() {
    let scratch = project(
        "from shop import steps\n\
         class Migration(migrations.Migration):\n    dependencies = [('shop', '0001_initial')]\n    \
         operations = steps.OPERATIONS\n",
    );
    let steps =
        "from django.db import migrations\n\n\nOPERATIONS = [\n    migrations.RemoveField('order', 'status'),\n]\n";
    let scratch = scratch.file("shop/steps.py", steps);
    let found = findings(&scratch);
    let [finding] = found.as_slice() else {
        panic!("one finding: {found:?}");
    };
    assert_eq!(finding["range"]["start"]["line"], 5);
    assert_eq!(finding["operation"]["path"], "0");
    let related = &finding["related"][0];
    assert_eq!(
        (related["path"].as_str(), related["range"]["start"]["line"].as_u64()),
        (Some("shop/steps.py"), Some(5))
    );
}

#[test]
fn what_cannot_be_read_in_another_file_is_told_where_it_comes_in() {
    let scratch = project(&format!(
        "from shop import sql\n{}",
        with_operations("migrations.RunSQL(sql.INDEX),")
    ));
    let scratch = scratch.file("shop/sql.py", "\n\nINDEX = open('index.sql').read()\n");
    let found = findings(&scratch);
    let [finding] = found.as_slice() else {
        panic!("one finding: {found:?}");
    };
    assert_eq!(finding["rule"], "not-analysed");
    assert_eq!(finding["range"]["start"]["line"], 6);
}

#[test]
fn a_finding_about_a_column_names_the_migration_that_made_it() {
    let scratch = project(&with_operations("migrations.RemoveField('order', 'status'),"));
    let found = findings(&scratch);
    let related = &found[0]["related"][0];
    assert_eq!(related["path"], "shop/migrations/0001_initial.py");
    assert_eq!(related["message"], "this migration made `status`");
}
