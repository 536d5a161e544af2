//! What is said of rows that the Python of a migration goes through, and what is advised.
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

mod scratch;

use scratch::Scratch;
use serde_json::Value;

/// The findings of a project whose second migration runs this code, in a function that gets `apps`.
fn findings(is_atomic: &str, code: &str, operations: &str) -> Vec<Value> {
    let second = format!(
        "from django.db import migrations, models\nfrom django.db.models import F\n\n\n\
         def change(apps, schema_editor):\n    Order = apps.get_model(\"shop\", \"Order\")\n    {}\n\n\n\
         class Migration(migrations.Migration):\n    atomic = {is_atomic}\n    \
         dependencies = [(\"shop\", \"0001_initial\")]\n    operations = [\n        {operations},\n    ]\n",
        code.replace('\n', "\n    ")
    );
    let project = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/migrations/0002_change.py", second);
    let run = project.run("check --output-format json");
    run.json()["findings"].as_array().unwrap().clone()
}

fn text<'v>(finding: &'v Value, name: &str) -> &'v str {
    finding[name].as_str().unwrap()
}

const RUN: &str = "migrations.RunPython(change, migrations.RunPython.noop)";

#[test]
fn work_that_a_second_run_would_do_again_is_not_advised_to_commit_in_pieces() {
    let repeatable = findings("True", "Order.objects.update(status=\"new\")", RUN);
    assert!(
        text(&repeatable[0], "help").contains("atomic = False"),
        "{repeatable:?}"
    );

    let doubling = findings("True", "Order.objects.update(id=F(\"id\") * 100)", RUN);
    assert_eq!(text(&doubling[0], "rule"), "run-python-over-all-rows");
    let help = text(&doubling[0], "help");
    assert!(
        help.contains("is no cure here: it computes `id` from its old value"),
        "{help}"
    );
}

#[test]
fn the_table_named_is_the_one_whose_rows_the_loop_goes_through() {
    let code = "Line = apps.get_model(\"stock\", \"Line\")\n\
                for order in Order.objects.all():\n    Line.objects.filter(order=order).update(status=order.status)";
    let found = findings("True", code, RUN);
    assert!(
        text(&found[0], "message").contains("all rows of `shop_order`"),
        "{found:?}"
    );
}

#[test]
fn rows_that_a_function_of_python_hands_on_are_those_rows() {
    let loops = [
        "import itertools\nfor key, group in itertools.groupby(Order.objects.all(), key=lambda order: order.status):\n    \
         for order in group:\n        order.status = \"x\"\n        order.save()",
        "import random\nfor order in random.sample(list(Order.objects.all()), 30):\n    order.status = \"x\"\n    order.save()",
    ];
    for code in loops {
        let found = findings("True", code, RUN);
        assert!(
            text(&found[0], "message").contains("all rows of `shop_order`"),
            "{code}: {found:?}"
        );
    }
}

#[test]
fn several_statements_in_one_string_are_advised_to_be_a_list() {
    let sql = "migrations.RunSQL(\"DROP INDEX CONCURRENTLY IF EXISTS a; CREATE INDEX CONCURRENTLY a ON shop_order (status)\", \
               migrations.RunSQL.noop)";
    let found = findings("False", "pass", sql);
    assert_eq!(found.len(), 2);
    for finding in &found {
        assert_eq!(finding["harm"].as_array().unwrap(), &["fails"]);
        let help = text(finding, "help");
        let list = "migrations.RunSQL([\n                \"DROP INDEX CONCURRENTLY IF EXISTS a\",\n                \
                    \"CREATE INDEX CONCURRENTLY a ON shop_order (status)\",\n            ], \
                    reverse_sql=migrations.RunSQL.noop),";
        assert!(help.contains(list), "{help}");
    }
    let list = "migrations.RunSQL([\"DROP INDEX CONCURRENTLY IF EXISTS a\", \"CREATE INDEX CONCURRENTLY a ON shop_order (status)\"])";
    let found = findings("False", "pass", list);
    let fails = |finding: &Value| finding["harm"].as_array().unwrap().contains(&Value::from("fails"));
    assert!(!found.iter().any(fails), "{found:?}");
}

#[test]
fn a_key_that_django_checks_by_name_before_it_drops_it_waits_no_more() {
    let second = "from django.db import migrations, models\n\n\n\
        def change(apps, schema_editor):\n    apps.get_model(\"shop\", \"Line\").objects.create(order_id=1)\n\n\n\
        class Migration(migrations.Migration):\n    dependencies = [(\"shop\", \"0002_line\")]\n    operations = [\n        \
        migrations.RunPython(change),\n        migrations.RemoveField(\"line\", \"order\"),\n    ]\n";
    let line = "from django.db import migrations, models\n\n\n\
        class Migration(migrations.Migration):\n    dependencies = [(\"shop\", \"0001_initial\")]\n    operations = [\n        \
        migrations.CreateModel(\"Line\", [\n            (\"id\", models.BigAutoField(primary_key=True)),\n            \
        (\"order\", models.ForeignKey(\"shop.Order\", models.CASCADE)),\n        ]),\n    ]\n";
    let project = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/migrations/0002_line.py", line)
        .file("shop/migrations/0003_drop.py", second);
    let run = project.run("check --output-format json");
    let findings = run.json()["findings"].as_array().unwrap().clone();
    assert!(
        findings
            .iter()
            .all(|finding| finding["rule"] != "pending-trigger-events"),
        "{findings:?}"
    );
}

#[test]
fn one_of_several_conditions_that_leaves_no_row_out_is_enough() {
    let code = "Order.objects.filter(models.Q(note=None) | models.Q(note=\"\")).update(note=\"none\")";
    let added = format!("migrations.AddField(\"order\", \"note\", models.TextField(null=True)),\n        {RUN}");
    let rules = |code: &str| -> Vec<String> {
        let found = findings("False", code, &added);
        found.iter().map(|finding| text(finding, "rule").to_owned()).collect()
    };
    let is_told = |code: &str| rules(code).iter().any(|rule| rule == "run-python-over-all-rows");
    assert!(is_told(code));
    assert!(!is_told(&code.replace(" | ", " & ")));
}

#[test]
fn code_that_looks_for_a_model_first_is_not_refused_for_want_of_it() {
    let guarded = "try:\n    Gone = apps.get_model(\"shop\", \"Gone\")\nexcept LookupError:\n    pass\nelse:\n    Gone.objects.all().delete()";
    let is_refused = |code: &str| {
        let found = findings("True", code, RUN);
        found.iter().any(|finding| text(finding, "rule") == "django-refuses")
    };
    assert!(!is_refused(guarded));
    assert!(is_refused("apps.get_model(\"shop\", \"Gone\").objects.all().delete()"));
}

fn rules_of_last(others: &[(&str, &str)], migrations: &[(&str, &str)]) -> Vec<String> {
    let last = of_last(others, migrations);
    last.iter().map(|finding| text(finding, "rule").to_owned()).collect()
}

/// What is told of the last of these migrations of the app `shop`, after `0001_initial` and those of another app.
fn of_last(others: &[(&str, &str)], migrations: &[(&str, &str)]) -> Vec<Value> {
    let mut project = Scratch::new().file("manage.py", "").app("shop");
    let heads = "from django.db import migrations, models\n\n\n";
    let mut before = "0001_initial".to_owned();
    for (name, code) in migrations {
        let (functions, operations) = code.split_once("---").unwrap();
        let text = format!(
            "{heads}{functions}\n\nclass Migration(migrations.Migration):\n    dependencies = [(\"shop\", \"{before}\")]\n    \
             operations = [{operations}]\n"
        );
        project = project.file(&format!("shop/migrations/{name}.py"), text);
        before = (*name).to_owned();
    }
    for (path, text) in others {
        project = project.file(path, *text);
    }
    let run = project.run("check --output-format json -v");
    let findings = run.json()["findings"].as_array().unwrap().clone();
    let last = findings
        .into_iter()
        .filter(|finding| finding["migration"] == before.as_str());
    last.collect()
}

#[test]
fn the_table_whose_rows_are_written_is_named_beside_the_one_that_the_loop_goes_through() {
    let line = "---migrations.CreateModel(\"Line\", [(\"id\", models.BigAutoField(primary_key=True)), \
                (\"status\", models.TextField()), (\"order\", models.ForeignKey(\"shop.Order\", models.CASCADE))])";
    let copy = "def change(apps, schema_editor):\n    Order = apps.get_model(\"shop\", \"Order\")\n    \
                Line = apps.get_model(\"shop\", \"Line\")\n    for order in Order.objects.all():\n        \
                Line.objects.filter(order=order).update(status=order.status)\n---migrations.RunPython(change)";
    let found = of_last(&[], &[("0002_line", line), ("0003_copy", copy)]);
    let message = text(&found[0], "message");
    assert!(
        message.contains("goes through all rows of `shop_order` and changes rows of `shop_line` in one transaction"),
        "{message}"
    );
}

const NOTE: &str = "---migrations.AddField(\"order\", \"note\", models.TextField(null=True))";
const KNOWN: &str =
    "---migrations.RunSQL(\"ALTER TABLE shop_order ADD CONSTRAINT note_known CHECK (note IS NOT NULL) NOT VALID\")";

#[test]
fn code_that_is_not_read_fills_nothing_in_the_tables_of_other_apps() {
    let unread = "from django.db import migrations\nfrom elsewhere import fill\n\n\n\
        def change(apps, schema_editor):\n    fill(apps)\n\n\n\
        class Migration(migrations.Migration):\n    dependencies = [(\"shop\", \"0002_note\")]\n    \
        operations = [\n        migrations.CreateModel(\"Shelf\", [(\"id\", models.BigAutoField(primary_key=True))]),\n        \
        migrations.RunPython(change),\n    ]\n";
    let unread = unread.replace("import migrations\n", "import migrations, models\n");
    let others = [
        ("store/__init__.py", ""),
        ("store/migrations/__init__.py", ""),
        ("store/migrations/0001_initial.py", &unread),
    ];
    let history = [("0002_note", NOTE), ("0003_known", KNOWN)];
    assert_eq!(rules_of_last(&others, &history), ["check-refuses-old-rows"]);

    // In the same app it may.
    let own = "from elsewhere import fill\n\ndef change(apps, schema_editor):\n    fill(apps)\n---migrations.RunPython(change)";
    let history = [("0002_note", NOTE), ("0003_fill", own), ("0004_known", KNOWN)];
    assert_eq!(rules_of_last(&[], &history), Vec::<String>::new());
}

#[test]
fn a_column_is_filled_by_what_reaches_all_rows_that_have_no_value() {
    let fills = |code: &str| {
        let function = format!(
            "def change(apps, schema_editor):\n    Order = apps.get_model(\"shop\", \"Order\")\n    {}\n---migrations.RunPython(change)",
            code.replace('\n', "\n    ")
        );
        rules_of_last(
            &[],
            &[("0002_note", NOTE), ("0003_fill", &function), ("0004_known", KNOWN)],
        )
        .is_empty()
    };
    assert!(fills("Order.objects.update(note=\"x\")"));
    assert!(fills("Order.objects.filter(note=None).update(note=\"x\")"));
    assert!(fills(
        "Order.objects.filter(note__isnull=True).update(note=\"x\", status=\"y\")"
    ));
    assert!(fills(
        "for order in Order.objects.all():\n    order.note = order.status\n    order.save()"
    ));
    assert!(fills(
        "for order in Order.objects.all():\n    if not order.note:\n        order.note = \"x\"\n        order.save()"
    ));
    assert!(fills(
        "if Order.objects.filter(note=None).exists():\n    raise ValueError"
    ));
    // One value of a column after the other.
    assert!(fills(
        "for status in (\"a\", \"b\"):\n    Order.objects.filter(status=status).update(note=status)"
    ));

    assert!(fills(
        "notes = {}\nfor order in Order.objects.all():\n    notes[order.status] = order.number\nfor status, note in notes.items():\n    Order.objects.filter(status=status).update(note=note)"
    ));

    assert!(!fills("Order.objects.filter(status=\"a\").update(note=\"x\")"));
    assert!(!fills(
        "for order in Order.objects.filter(status=\"a\"):\n    order.note = \"x\"\n    order.save()"
    ));
    assert!(!fills(
        "schema_editor.execute(\"UPDATE shop_order SET note = 'x' WHERE status = 'a'\")"
    ));
    assert!(!fills("Order.objects.update(status=\"x\")"));
}
