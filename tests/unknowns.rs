//! What is not known: it says so wherever it goes, and nothing else is taken for it.
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

mod scratch;

use std::fs;
use std::path::{Path, PathBuf};

use scratch::{Scratch, migration};
use serde_json::Value;

/// A project whose second migration does these operations to `shop.Order`.
fn project(operations: &str) -> Scratch {
    let second = migration("shop", "0001_initial", operations).replacen("from django", "import vendor\nfrom django", 1);
    Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/migrations/0002_change.py", second)
}

/// What `forelock sql` prints of the operations of the second migration.
fn operations(written: &str) -> Vec<Value> {
    let run = project(written).run("sql shop 0002 --output-format json");
    run.json()[0]["operations"].as_array().unwrap().clone()
}

fn sent(operation: &Value) -> Vec<&str> {
    let parts = ["statements", "deferred"].map(|part| operation[part].as_array().unwrap());
    parts.into_iter().flatten().map(|sql| sql.as_str().unwrap()).collect()
}

#[test]
fn text_of_the_user_is_no_unknown_whatever_it_says() {
    let written = [
        "migrations.AddField(\"order\", \"hue\", models.TextField(default=\"<unknown: hue>\"))",
        "migrations.AddField(\"order\", \"ink\", models.TextField(null=True, db_comment=\"<unknown: ink>\"))",
        "migrations.AlterModelTableComment(\"order\", \"<unknown: order>\")",
        "migrations.AddConstraint(\"order\", models.CheckConstraint(check=models.Q(status=\"<unknown: state>\"), name=\"ok\"))",
        "migrations.RunSQL([(\"UPDATE shop_order SET status = %s WHERE id = 1\", [\"<unknown: status>\"])])",
        "migrations.RunSQL(\"UPDATE shop_order SET status = '<unknown: status>' WHERE id = 1\")",
        "migrations.AlterField(\"order\", \"status\", models.CharField(max_length=20, default=\"<unknown: x>\", null=True))",
        "migrations.AlterField(\"order\", \"status\", models.CharField(max_length=20, default=\"<unknown: x>\"))",
    ];
    for operation in operations(&written.join(",\n        ")) {
        let text = sent(&operation).join("; ");
        assert_eq!(operation["confidence"], "exact", "{text}");
        assert!(text.contains("<unknown: ") || text.contains("DROP NOT NULL"), "{text}");
    }
}

#[test]
fn a_foreign_key_to_the_same_unknown_key_keeps_its_type() {
    let key = |rest| format!("models.ForeignKey(\"tags.Tag\", models.CASCADE{rest})");
    let written = [
        format!("migrations.AddField(\"order\", \"tag\", {})", key(", null=True")),
        format!("migrations.AlterField(\"order\", \"tag\", {})", key("")),
    ];
    let operations = operations(&written.join(",\n        "));
    let text = sent(&operations[1]).join("; ");
    assert!(!text.contains(" TYPE "), "{text}");
    assert_eq!(operations[1]["confidence"], "partial");
}

#[test]
fn an_unknown_key_is_the_same_however_its_label_is_written_and_its_reason_is_given_once() {
    let key = |to, rest| format!("models.ForeignKey(\"{to}\", models.CASCADE{rest})");
    let written = [
        format!(
            "migrations.AddField(\"order\", \"tag\", {})",
            key("tags.Tag", ", null=True")
        ),
        format!("migrations.AlterField(\"order\", \"tag\", {})", key("tags.tag", "")),
    ];
    let project = project(&written.join(",\n        "));
    let text = project.run("sql shop 0002").out;
    let altered = text.split("-- 1 AlterField").nth(1).unwrap();
    assert!(!altered.contains(" TYPE "), "{altered}");
    assert!(!altered.contains("partly known: <unknown"), "{altered}");
    assert_eq!(altered.matches("partly known: key type of ").count(), 1, "{altered}");
}

#[test]
fn two_unknown_types_are_not_known_to_be_equal() {
    let key = |to| format!("models.ForeignKey({to}, models.CASCADE, null=True)");
    let written = [
        format!("migrations.AddField(\"order\", \"tag\", {})", key("vendor.one()")),
        format!("migrations.AlterField(\"order\", \"tag\", {})", key("vendor.two()")),
    ];
    let operations = operations(&written.join(",\n        "));
    let text = sent(&operations[1]).join("; ");
    assert!(text.contains(" TYPE <unknown: "), "{text}");
    assert_eq!(operations[1]["confidence"], "partial");
}

#[test]
fn a_key_to_what_cannot_be_read_has_no_name_that_is_known_and_goes_by_it() {
    let written = [
        "migrations.AddField(\"order\", \"tag\", models.ForeignKey(vendor.one(), models.CASCADE, null=True))",
        "migrations.RemoveField(\"order\", \"tag\")",
    ];
    let operations = operations(&written.join(",\n        "));
    let (added, removed) = (sent(&operations[0]).join("; "), sent(&operations[1]).join("; "));
    assert!(added.contains(" CONSTRAINT \"<unknown: "), "{added}");
    assert!(added.contains(" REFERENCES \"<unknown: "), "{added}");
    assert!(removed.contains("DROP CONSTRAINT \"<unknown: "), "{removed}");
    for operation in &operations {
        assert_eq!(operation["confidence"], "partial");
    }
}

#[test]
fn a_column_whose_name_cannot_be_read_gets_none_and_what_is_derived_from_it_neither() {
    let hue = "models.CharField(max_length=9, db_column=vendor.column(), db_index=True";
    let written = [
        format!("migrations.AddField(\"order\", \"hue\", {hue}, null=True))"),
        format!("migrations.AlterField(\"order\", \"hue\", {hue}, default=\"\"))"),
        "migrations.AddField(\"order\", \"tags\", models.ManyToManyField(vendor.one()))".to_owned(),
        "migrations.AddIndex(\"order\", models.Index(fields=[\"hue\"], name=\"given\"))".to_owned(),
        "migrations.RemoveField(\"order\", \"hue\")".to_owned(),
    ];
    for operation in operations(&written.join(",\n        ")) {
        let statements = sent(&operation);
        assert_eq!(operation["confidence"], "partial", "{statements:?}");
        let text = statements.join("; ");
        assert!(text.contains("\"<unknown: "), "{text}");
        for invented in ["hue", "one_id", " RENAME "] {
            assert!(!text.contains(invented), "{invented}: {text}");
        }
    }
}

#[test]
fn the_reason_why_a_column_has_no_name_is_given_once() {
    let hue = "models.CharField(max_length=9, db_column=vendor.column(), null=True)";
    let run = project(&format!("migrations.AddField(\"order\", \"hue\", {hue})")).run("sql shop 0002");
    let reasons: Vec<_> = run
        .out
        .lines()
        .filter(|line| line.starts_with("-- partly known: "))
        .collect();
    let reason = "`db_column` is not readable: it is the result of `vendor.column()`";
    assert_eq!(reasons, [format!("-- partly known: {reason}")]);
}

#[test]
fn the_gap_of_an_argument_names_it_once() {
    let hue = "models.CharField(max_length=9, db_column=vendor.column(), null=True)";
    let run = project(&format!("migrations.AddField(\"order\", \"hue\", {hue})")).run("check . --output-format json");
    let expected = "`db_column` of the field is not readable: it is the result of `vendor.column()`";
    assert!(run.out.contains(expected), "{}", run.out);
}

#[test]
fn a_parameter_that_is_not_known_is_a_literal_whatever_is_shown_for_it() {
    let written = [
        "migrations.RunSQL([(\"ALTER TABLE shop_order ADD COLUMN hue text DEFAULT %s\", [vendor.unique])])",
        "migrations.RunSQL([(\"UPDATE shop_order SET status = 'a' WHERE id = %s\", [vendor.value()])])",
        "migrations.RunSQL([(\"ALTER TABLE shop_order ALTER COLUMN hue SET DEFAULT %s\", [vendor.primary])])",
        "migrations.RunSQL([(\"SET lock_timeout = %s\", [vendor.value()])])",
        "migrations.RunSQL([(\"DO $$ BEGIN %s END $$\", [vendor.value()])])",
    ];
    let report = project(&written.join(",\n        "))
        .run("sql shop 0002 --output-format json")
        .json();
    let statements = report[0]["statements"].as_array().unwrap();
    let rules = |index: usize| -> Vec<&str> {
        let rules = statements[index]["rules"].as_array().unwrap();
        rules.iter().map(|rule| rule.as_str().unwrap()).collect()
    };
    assert_eq!(rules(0), ["add-column"]);
    assert_eq!(rules(1), ["change-rows"]);
    assert_eq!(rules(2), ["set-default"]);
    for unread in [3, 4] {
        assert_eq!(statements[unread]["analysed"], false, "{}", statements[unread]);
    }
    for operation in report[0]["operations"].as_array().unwrap() {
        assert_eq!(operation["confidence"], "partial");
    }
}

#[test]
fn what_a_package_sends_is_not_read_from_what_is_shown_for_a_part_of_it() {
    let value = |value: &str| format!("AddDefaultValue(model_name=\"order\", name=\"status\", value={value})");
    let second = migration("shop", "0001_initial", &value("vendor.unique()")).replacen(
        "from django",
        "import vendor\nfrom django_add_default_value import AddDefaultValue\nfrom django",
        1,
    );
    let scratch = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/migrations/0002_change.py", second);
    let report = scratch.run("sql shop 0002 --output-format json").json();
    let operation = &report[0]["operations"][0];
    assert_eq!(operation["confidence"], "partial");
    let text = sent(operation).join("; ");
    assert!(text.contains(" SET DEFAULT <unknown: "), "{text}");
    assert_eq!(
        report[0]["statements"][0]["rules"].as_array().unwrap().len(),
        1,
        "{report}"
    );
}

/// A project with a model whose table cannot be read, and a later migration of these operations.
fn nameless(later: &str) -> Scratch {
    let fields = "[(\"id\", models.BigAutoField(primary_key=True)), \
                  (\"code\", models.CharField(max_length=9, unique=True)), \
                  (\"size\", models.PositiveIntegerField(db_index=True)), \
                  (\"order\", models.ForeignKey(\"shop.Order\", models.CASCADE)), \
                  (\"tags\", models.ManyToManyField(\"shop.Order\", related_name=\"odds\"))]";
    let options = "{\"db_table\": vendor.table(), \"indexes\": [models.Index(fields=[\"code\", \"size\"])]}";
    let written = [
        format!("migrations.CreateModel(\"Odd\", {fields}, options={options})"),
        "migrations.AddField(\"odd\", \"hue\", models.TextField(default=\"x\"))".to_owned(),
        "migrations.AlterField(\"odd\", \"size\", models.BigIntegerField())".to_owned(),
        "migrations.AddField(\"order\", \"odd\", models.ForeignKey(\"shop.Odd\", models.CASCADE, null=True))"
            .to_owned(),
    ];
    let third = migration("shop", "0002_change", later).replacen("from django", "import vendor\nfrom django", 1);
    project(&written.join(",\n        ")).file("shop/migrations/0003_later.py", third)
}

/// What `forelock sql` prints of the operations of a migration, and of its statements.
fn report(project: &Scratch, migration: &str) -> (Vec<Value>, Vec<Value>) {
    let report = project
        .run(&format!("sql shop {migration} --output-format json"))
        .json();
    let part = |name: &str| report[0][name].as_array().unwrap().clone();
    (part("operations"), part("statements"))
}

/// The findings of a project in one file.
fn findings(project: &Scratch, file: &str) -> Vec<Value> {
    let report = project.run("check . --output-format json").json();
    let found = report["findings"].as_array().unwrap().iter();
    let in_file = |finding: &&Value| finding["path"].as_str().is_some_and(|path| path.ends_with(file));
    found.filter(in_file).cloned().collect()
}

#[test]
fn a_table_whose_name_cannot_be_read_gets_none_and_what_is_derived_from_it_neither() {
    let project = nameless("migrations.RemoveField(\"odd\", \"order\"), migrations.DeleteModel(\"Odd\")");
    for number in ["0002", "0003"] {
        let (operations, statements) = report(&project, number);
        for operation in &operations {
            assert_eq!(operation["confidence"], "partial", "{operation}");
            for text in sent(operation) {
                assert!(
                    text.contains("\"<unknown: db_table of shop.Odd: ") || text.contains("\"shop_order\""),
                    "{text}"
                );
                assert!(!text.contains("shop_odd") && !text.contains("odd_tags"), "{text}");
            }
        }
        for lock in statements
            .iter()
            .flat_map(|statement| statement["locks"].as_array().unwrap())
        {
            assert_eq!(lock["relation"], "shop_order");
        }
    }
}

#[test]
fn a_table_without_a_known_name_is_new_in_its_own_migration() {
    let project = nameless("migrations.RunSQL(\"SELECT 1\")");
    for finding in findings(&project, "0002_change.py") {
        let message = finding["message"].as_str().unwrap();
        assert!(
            finding["rule"] == "not-analysed" || message.contains("`shop_order`"),
            "{message}"
        );
        assert!(!message.contains("Odd"), "{message}");
    }
}

#[test]
fn a_finding_about_a_table_without_a_known_name_says_whose_it_is() {
    let project = nameless(
        "migrations.AlterField(\"odd\", \"size\", models.TextField()), migrations.RemoveField(\"odd\", \"hue\")",
    );
    let found = findings(&project, "0003_later.py");
    assert_eq!(found.len(), 2, "{found:?}");
    for (finding, begin) in found.iter().zip(["changes `size` of", "drops `hue` of"]) {
        let message = finding["message"].as_str().unwrap();
        assert!(
            message.starts_with(&format!("{begin} `the table of shop.Odd, whose name is not known`")),
            "{message}"
        );
        assert_eq!(finding["locks"].as_array().unwrap().len(), 0, "{finding}");
        let help = finding["help"].as_str().unwrap();
        assert!(
            !help.contains("shop.Odd, whose") && !help.contains("<unknown"),
            "{help}"
        );
    }
    // What is known of it is known: its type was integer, and became bigint.
    assert!(
        found[0]["message"].as_str().unwrap().contains("from bigint to text"),
        "{}",
        found[0]
    );
}

#[test]
fn a_name_that_can_be_read_makes_the_table_known_again() {
    let later = [
        "migrations.AlterModelTable(\"odd\", \"shop_even\")",
        "migrations.AlterField(\"odd\", \"size\", models.TextField())",
    ];
    let (operations, statements) = report(&nameless(&later.join(", ")), "0003");
    assert_eq!(operations[0]["confidence"], "partial");
    assert!(sent(&operations[0])[0].ends_with(" RENAME TO \"shop_even\""));
    assert_eq!(operations[1]["confidence"], "exact");
    let last = statements.last().unwrap();
    assert_eq!(last["locks"][0]["relation"], "shop_even");
    assert_eq!(last["rules"][0], "alter-type-rewriting-table");
}

#[test]
fn a_table_that_loses_its_known_name_keeps_what_is_known_of_it() {
    let written = [
        "migrations.AlterModelTable(\"order\", vendor.table())",
        "migrations.AddField(\"order\", \"hue\", models.TextField(null=True))",
        "migrations.AlterModelTable(\"order\", None)",
        "migrations.AlterField(\"order\", \"status\", models.IntegerField())",
    ];
    let project = project(&written.join(",\n        "));
    let (operations, statements) = report(&project, "0002");
    for operation in &operations[..3] {
        assert_eq!(operation["confidence"], "partial");
    }
    assert_eq!(operations[3]["confidence"], "exact");
    assert_eq!(statements[0]["locks"][0]["relation"], "shop_order");
    assert_eq!(statements[1]["locks"].as_array().unwrap().len(), 0);
    let found = findings(&project, "0002_change.py");
    assert!(
        found.iter().any(|finding| finding["rule"] == "not-analysed"),
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .any(|finding| finding["rule"] == "alter-type-rewriting-table"),
        "{found:?}"
    );
}

/// The files under `folder` that are Rust.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn one_place_alone_writes_the_mark_of_an_unknown_and_no_place_looks_for_it() {
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    assert!(!files.is_empty());
    let mut found = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        found.extend(
            code.filter(|line| line.contains("<unknown"))
                .map(|line| format!("{}: {}", file.display(), line.trim())),
        );
    }
    assert_eq!(
        found,
        ["src/unknown.rs: None => write!(formatter, \"<unknown: {}>\", self.reason),"]
    );
}

#[test]
fn an_assumed_version_by_which_django_sends_nothing_is_said_at_the_operation() {
    let constraint = "models.UniqueConstraint(fields=[\"status\"], name=\"one\", nulls_distinct=False)";
    let written = project(&format!("migrations.AddConstraint(\"order\", {constraint})"));
    let rules = |version: &str| {
        let run = written.run(&format!(
            "check shop/migrations/0002_change.py --output-format json --exit-zero {version}"
        ));
        let found = run.json()["findings"].as_array().unwrap().clone();
        found.iter().map(|finding| finding["rule"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(rules(""), ["not-analysed"]);
    assert_eq!(rules("--postgres-version 14"), Vec::<Value>::new());
    assert_eq!(rules("--postgres-version 15"), ["add-unique-building-index"]);
}

#[test]
fn a_key_that_code_may_have_dropped_by_what_the_database_says_refuses_no_drop() {
    let app = "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    initial = True\n    dependencies = [(\"shop\", \"0001_initial\")]\n    operations = [migrations.CreateModel(\"Note\", [(\"order\", models.ForeignKey(\"shop.Order\", models.CASCADE))])]\n";
    let code = |query: &str| {
        format!(
            "import sys\nfrom django.db import connection, migrations\n\n\ndef forwards(apps, schema_editor):\n    with connection.cursor() as cursor:\n{query}        cursor.execute(\"DROP TABLE shop_order\")\n\n\nclass Migration(migrations.Migration):\n    dependencies = [(\"shop\", \"0001_initial\"), (\"notes\", \"0001_initial\")]\n    operations = [migrations.RunPython(forwards)]\n"
        )
    };
    let asked = "        cursor.execute(\"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'notes_note'::regclass\")\n        for (sql,) in cursor.fetchall():\n            cursor.execute(sql)\n";
    let is_refused = |query: &str| {
        let project = Scratch::new()
            .file("manage.py", "")
            .app("shop")
            .file("notes/__init__.py", "")
            .file("notes/migrations/__init__.py", "")
            .file("notes/migrations/0001_initial.py", app)
            .file("shop/migrations/0002_drop.py", code(query));
        let run = project.run("check --output-format json");
        run.out.contains("\"refused-by-dependents\"")
    };
    assert!(is_refused(""));
    assert!(!is_refused(asked));
}

/// The deferred statements of a migration that adds a foreign key, and then runs this code, with their operation's confidence.
fn put_off_beside(code: &str) -> (Vec<String>, String) {
    let migration = format!(
        "from django.db import migrations, models\n\n\ndef code(apps, schema_editor):\n    {code}\n\n\n\
         class Migration(migrations.Migration):\n    dependencies = [(\"shop\", \"0001_initial\")]\n    operations = [\n        \
         migrations.AddField(\"order\", \"parent\", models.ForeignKey(\"shop.Order\", models.CASCADE, null=True)),\n        \
         migrations.RunPython(code),\n    ]\n"
    );
    let run = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/migrations/0002_parent.py", migration)
        .run("sql shop 0002 --output-format json");
    let operation = &run.json()[0]["operations"][0];
    let deferred = operation["deferred"].as_array().unwrap().iter();
    let deferred = deferred.map(|sql| sql.as_str().unwrap().to_owned()).collect();
    (deferred, operation["confidence"].as_str().unwrap().to_owned())
}

#[test]
fn what_code_does_with_the_statements_that_wait_is_followed_or_they_are_doubtful() {
    for code in [
        "schema_editor.deferred_sql.clear()",
        "del schema_editor.deferred_sql[:]",
        "schema_editor.deferred_sql[:] = []",
        "schema_editor.deferred_sql = []",
    ] {
        assert_eq!(put_off_beside(code), (vec![], "exact".to_owned()), "{code}");
    }
    for code in [
        "schema_editor.deferred_sql.pop()",
        "del schema_editor.deferred_sql[0]",
        "schema_editor.deferred_sql = schema_editor.deferred_sql[1:]",
        "schema_editor.deferred_sql.reverse()",
        "if apps.get_model(\"shop\", \"Order\").objects.exists():\n        schema_editor.deferred_sql.clear()",
    ] {
        let (deferred, confidence) = put_off_beside(code);
        assert_eq!(
            (deferred.len(), confidence.as_str()),
            (1, "partial"),
            "{code}: {deferred:?}"
        );
    }
}
