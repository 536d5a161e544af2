//! Columns that must not be NULL any more: an error only where the history certainly leaves rows without a value.
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

mod scratch;

use scratch::Scratch;
use serde_json::Value;

const HEAD: &str = "from django.db import connection, migrations, models, transaction\n";
const ADD: &str = "migrations.AddField(\"order\", \"n\", models.IntegerField(null=True))";
const RUN: &str = "migrations.RunPython(change, migrations.RunPython.noop)";
const DEMAND: &str = "migrations.AlterField(\"order\", \"n\", models.IntegerField())";

fn migration(function: &str, after: &str, operations: &[&str]) -> String {
    format!(
        "{HEAD}{function}\n\nclass Migration(migrations.Migration):\n    dependencies = [(\"shop\", \"{after}\")]\n    \
         operations = [{}]\n",
        operations.join(", ")
    )
}

/// `beside` stands in the module, `code` in the function that is run, with `Order` the model.
fn function(beside: &str, code: &str) -> String {
    format!(
        "{beside}\n\ndef change(apps, schema_editor):\n    Order = apps.get_model(\"shop\", \"Order\")\n    {}\n",
        code.replace('\n', "\n    ")
    )
}

/// What is said of the last of these migrations, which follow the first of an app.
fn of_last(migrations: &[String]) -> Vec<Value> {
    let mut project = Scratch::new().file("manage.py", "").app("shop");
    for (at, migration) in migrations.iter().enumerate() {
        project = project.file(&format!("shop/migrations/000{}_step.py", at + 2), migration.clone());
    }
    let findings = project.run("check --output-format json").json()["findings"].clone();
    let mut findings = findings.as_array().unwrap().clone();
    let last = format!("000{}_step", migrations.len() + 1);
    findings.retain(|finding| finding["migration"] == last.as_str());
    findings
}

fn tells(findings: &[Value], rule: &str) -> bool {
    findings.iter().any(|finding| {
        let mut also = finding["also"].as_array().unwrap().iter();
        finding["rule"] == rule || also.any(|also| also == rule)
    })
}

fn fails(findings: &[Value]) -> bool {
    findings
        .iter()
        .any(|finding| finding["harm"].as_array().unwrap().contains(&Value::from("fails")))
}

fn between(beside: &str, code: &str) -> Vec<Value> {
    of_last(&[migration(&function(beside, code), "0001_initial", &[ADD, RUN, DEMAND])])
}

#[test]
fn a_column_that_nothing_fills_in_its_own_migration_fails() {
    let found = between("", "Order.objects.update(status=\"new\")");
    assert!(tells(&found, "set-not-null-unfilled") && fails(&found), "{found:?}");
}

#[test]
fn a_column_of_an_earlier_migration_may_have_been_filled_by_something_else() {
    let found = of_last(&[
        migration("", "0001_initial", &[ADD]),
        migration("", "0002_step", &[DEMAND]),
    ]);
    assert!(tells(&found, "set-not-null-unfilled") && !fails(&found), "{found:?}");

    let unique = "migrations.AlterField(\"order\", \"n\", models.IntegerField(unique=True, default=1))";
    let one_value = "migrations.AddField(\"order\", \"n\", models.IntegerField(default=1))";
    let found = of_last(&[
        migration("", "0001_initial", &[one_value]),
        migration("", "0002_step", &[unique]),
    ]);
    let rule = "repeated-value-in-unique-column";
    assert!(tells(&found, rule) && !fails(&found), "{found:?}");

    let found = of_last(&[migration("", "0001_initial", &[one_value, unique])]);
    assert!(tells(&found, rule) && fails(&found), "{found:?}");
}

/// All of these leave no row without a value on a real server.
#[test]
fn whatever_way_a_column_is_written_it_is_not_left_unfilled() {
    let by_code = [
        // Containers that code fills.
        "m = {}\nm.update(Order.objects.values_list(\"pk\", \"pk\"))\nfor k in m:\n    Order.objects.filter(pk=k).update(n=1)",
        "m = {}\nfor o in Order.objects.all():\n    m.setdefault(o.status, []).append(o)\nfor os in m.values():\n    \
         for o in os:\n        o.n = 1\n        o.save()",
        "from collections import defaultdict\nm = defaultdict(list)\nfor o in Order.objects.all():\n    \
         m[o.status].append(o.pk)\nfor ids in m.values():\n    Order.objects.filter(pk__in=ids).update(n=2)",
        "from collections import OrderedDict\nm = OrderedDict((o.pk, o) for o in Order.objects.all())\n\
         for o in m.values():\n    o.n = 1\n    o.save()",
        "from collections import deque\nq = deque(Order.objects.all())\nwhile q:\n    o = q.popleft()\n    o.n = 2\n    o.save()",
        "import itertools\nfor o in itertools.chain(Order.objects.filter(status=\"a\"), Order.objects.exclude(status=\"a\")):\n    \
         setattr(o, \"n\", 1)\n    o.save()",
        // Objects that come from elsewhere.
        "def collect():\n    for o in Order.objects.all():\n        o.n = 1\n        yield o\n\
         Order.objects.bulk_update(list(collect()), [\"n\"])",
        "Order.objects.bulk_update([Order(pk=pk, n=1) for pk in Order.objects.values_list(\"pk\", flat=True)], [\"n\"])",
        "Order.objects.bulk_create([Order(pk=o.pk, n=3) for o in Order.objects.all()], update_conflicts=True, \
         unique_fields=[\"id\"], update_fields=[\"n\"])",
        "for o in Order.objects.values():\n    o[\"n\"] = 4\n    Order(**o).save()",
        "for pk in range(1, 7):\n    o = Order.objects.get(pk=pk)\n    o.n = 1\n    o.save()",
        "while (o := Order.objects.filter(n=None).first()):\n    o.n = 1\n    o.save()",
        "for o in Order.objects.all():\n    o.__dict__[\"n\"] = 1\n    o.save()",
        "for f in Order._meta.fields:\n    if f.null:\n        Order.objects.update(**{f.name: 1})",
        // By other doors.
        "transaction.on_commit(lambda: Order.objects.update(n=1))",
        "import functools\nfunctools.partial(Order.objects.update, n=1)()",
        "import operator\noperator.methodcaller(\"update\", n=1)(Order.objects)",
        "for m in apps.get_models():\n    if m.__name__ == \"Order\":\n        m.objects.update(n=1)",
        "Order.custom.everything().fill(n=1)",
        "Order.objects.filter(n=None).delete()",
        "for o in Order.objects.all():\n    o.delete()",
        // SQL.
        "t = Order._meta.db_table\nwith connection.cursor() as c:\n    c.execute(\"UPDATE \" + t + \" SET n = 1\")",
        "import os\nt = os.environ[\"TABLE\"]\nschema_editor.execute(f\"UPDATE {t} SET n = 1\")",
        "schema_editor.execute(\"DO $$ BEGIN UPDATE shop_order SET n = 1; END $$\")",
        "schema_editor.execute(\"DELETE FROM shop_order WHERE n IS NULL\")",
        "schema_editor.execute(\"TRUNCATE shop_order CASCADE\")",
        "schema_editor.execute(\"INSERT INTO shop_order SELECT * FROM shop_order ON CONFLICT (id) DO UPDATE SET n = 1\")",
        "schema_editor.execute(\"CREATE VIEW v AS SELECT * FROM shop_order\")\nschema_editor.execute(\"UPDATE v SET n = 1\")",
        "schema_editor.execute(\"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN NEW.n := 1; RETURN NEW; END $$\")\nschema_editor.execute(\"CREATE TRIGGER t BEFORE UPDATE ON shop_order \
         FOR EACH ROW EXECUTE FUNCTION f()\")\nOrder.objects.update(status=\"x\")",
    ];
    for code in by_code {
        let found = between("", code);
        assert!(!tells(&found, "set-not-null-unfilled"), "{code}: {found:?}");
    }
}

#[test]
fn what_stands_beside_the_function_may_write_the_column() {
    let by_modules = [
        (
            "TODO = []",
            "for o in Order.objects.all():\n    TODO.append(o.pk)\nfor pk in TODO:\n    Order.objects.filter(pk=pk).update(n=1)",
        ),
        (
            "STEPS = []\n\ndef step(f):\n    STEPS.append(f)\n    return f\n\n@step\ndef fill(model):\n    model.objects.update(n=1)",
            "for f in STEPS:\n    f(Order)",
        ),
        (
            "from django.db.models.signals import pre_save\n\ndef fill(sender, instance, **kwargs):\n    instance.n = 1",
            "pre_save.connect(fill, sender=Order)\nfor o in Order.objects.all():\n    o.save()",
        ),
    ];
    for (beside, code) in by_modules {
        let found = between(beside, code);
        assert!(!tells(&found, "set-not-null-unfilled"), "{code}: {found:?}");
    }
}
