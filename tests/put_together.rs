//! Code that is put together: SQL from what is known only when it runs, functions from factories, methods of models.
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

mod scratch;

use scratch::{Scratch, migration};
use serde_json::Value;

/// What `forelock check` finds in a migration whose code has this body.
fn findings(body: &str) -> Vec<Value> {
    let run = project(body, "").run("check shop/migrations/0002_code.py --output-format json --exit-zero");
    run.json()["findings"].as_array().unwrap().clone()
}

fn project(body: &str, settings: &str) -> Scratch {
    let lines: Vec<String> = body.lines().map(|line| format!("    {line}\n")).collect();
    let code = format!(
        "from django.conf import settings\nfrom shop.jobs import queue\n\n\ndef code(apps, schema_editor):\n{}\n\nclass Migration",
        lines.concat()
    );
    let written = migration("shop", "0001_initial", "migrations.RunPython(code)").replacen("class Migration", &code, 1);
    Scratch::new()
        .file(
            "manage.py",
            "os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"config\")\n",
        )
        .file("config.py", settings)
        .app("shop")
        .file("shop/migrations/0002_code.py", written)
}

fn rules(findings: &[Value]) -> Vec<&str> {
    findings
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap())
        .collect()
}

#[test]
fn a_table_is_called_as_the_code_puts_its_name_together() {
    let found = findings(
        "for order in apps.get_model('shop', 'Order').objects.all():\n    \
         schema_editor.execute(f'ALTER TABLE rows_{order.pk} ALTER COLUMN field_{order.status} TYPE text')",
    );
    assert_eq!(rules(&found), ["alter-type-unknown"]);
    let message = found[0]["message"].as_str().unwrap();
    assert!(
        message.contains("`field_{order.status}` of `rows_{order.pk}`"),
        "{message}"
    );
    assert_eq!(found[0]["locks"][0]["relation"], "rows_{order.pk}");
    assert_eq!(found[0]["locks"][0]["mode"], "ACCESS EXCLUSIVE");
}

#[test]
fn a_table_that_the_same_code_has_made_is_new_and_any_other_is_not() {
    let made = "year = schema_editor.year\nschema_editor.execute(f'CREATE TABLE orders_{year} (id bigint, at date)')\n";
    let same = findings(&format!(
        "{made}schema_editor.execute(f'CREATE INDEX ON orders_{{year}} (at)')"
    ));
    assert_eq!(rules(&same), Vec::<&str>::new());
    let other = findings(&format!(
        "{made}schema_editor.execute(f'CREATE INDEX ON sales_{{year}} (at)')"
    ));
    assert_eq!(rules(&other), ["create-index-blocking-writes"]);
}

#[test]
fn a_part_that_may_be_a_clause_is_not_taken_for_a_name() {
    for statement in [
        "ALTER TABLE shop_order {schema_editor.change}",
        "ALTER TABLE shop_order ADD COLUMN note {schema_editor.change}",
        "UPDATE shop_order SET status = 'x' {schema_editor.change}",
        "UPDATE shop_order SET status = 'x' WHERE {schema_editor.change}",
        "DELETE FROM {schema_editor.change}",
        "DROP TABLE {schema_editor.change}",
        "SELECT count(*) FROM {schema_editor.change}",
        "{schema_editor.change} shop_order",
    ] {
        let found = findings(&format!("schema_editor.execute(f\"{statement}\")"));
        assert_eq!(rules(&found), ["not-analysed"], "{statement}");
    }
}

#[test]
fn parameters_are_filled_in_around_what_is_not_known() {
    let found = findings(
        "schema_editor.execute(f\"ALTER TABLE rows_{schema_editor.a % 3} ADD CHECK (id < %s)\", [5])\n\
         schema_editor.execute(f\"UPDATE shop_order SET status = '{schema_editor.a % 3}' WHERE id = %s\", [5])",
    );
    assert_eq!(rules(&found), ["add-check-scanning-table"]);
    assert!(
        found[0]["statement"].as_str().unwrap().ends_with("ADD CHECK (id < 5)"),
        "{found:?}"
    );
}

#[test]
fn a_new_table_whose_columns_are_put_together_is_new() {
    let found = findings(
        "columns = ', '.join(schema_editor.columns)\n\
         schema_editor.execute(f'CREATE TABLE shop_archive (id bigint, {columns})')\n\
         schema_editor.execute('CREATE INDEX ON shop_archive (id)')",
    );
    assert_eq!(rules(&found), Vec::<&str>::new());
}

#[test]
fn a_partition_without_a_known_name_takes_no_place_in_messages() {
    let found = findings(
        "schema_editor.execute('CREATE TABLE shop_archive (id bigint NOT NULL) PARTITION BY LIST (id)')\n\
         schema_editor.execute(f'CREATE TABLE p{schema_editor.a} PARTITION OF shop_archive FOR VALUES IN (1)')\n\
         schema_editor.execute('ALTER TABLE shop_archive ADD PRIMARY KEY (id)')",
    );
    assert_eq!(rules(&found), Vec::<&str>::new());
}

#[test]
fn a_flag_of_the_settings_silences_nothing() {
    let body = "if not getattr(settings, 'MAY_INDEX', False):\n    return\n\
                schema_editor.execute('CREATE INDEX ON shop_order (status)')";
    for settings in ["MAY_INDEX = False\n", "MAY_INDEX = True\n", ""] {
        let check = "check shop/migrations/0002_code.py --output-format json --exit-zero";
        let found = project(body, settings).run(check).json();
        let found = found["findings"].as_array().unwrap();
        assert_eq!(rules(found), ["create-index-blocking-writes"], "{settings}");
    }
}

#[test]
fn what_both_ways_of_a_condition_do_by_the_same_code_is_told_once() {
    let found = findings(
        "def build():\n    schema_editor.execute('CREATE INDEX ON shop_order (status)')\n\
         if settings.QUEUE:\n    queue.enqueue(build)\nelse:\n    build()",
    );
    assert_eq!(rules(&found), ["create-index-blocking-writes"]);
}

#[test]
fn an_operation_class_kept_by_an_object_is_that_class() {
    let tools = "from django.db import migrations\n\n\nclass RunSQL(migrations.RunSQL):\n    pass\n\n\n\
                 class Tools:\n    RunSQL = RunSQL\n\n\ntools = Tools()\n";
    let written = migration(
        "shop",
        "0001_initial",
        "tools.RunSQL('CREATE INDEX ON shop_order (status)')",
    );
    let run = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/tools.py", tools)
        .file(
            "shop/migrations/0002_code.py",
            written.replacen("from django", "from shop.tools import tools\nfrom django", 1),
        )
        .run("check shop/migrations/0002_code.py --output-format json --exit-zero");
    let found = run.json();
    assert_eq!(
        rules(found["findings"].as_array().unwrap()),
        ["create-index-blocking-writes"]
    );
}

/// What is found in `shop/migrations/0002_code.py`, which begins with `head` and has this `class Migration` body.
fn findings_of(head: &str, body: &str, others: &[(&str, &str)]) -> Vec<Value> {
    let text = format!(
        "from django.db import migrations\n{head}\n\nclass Migration(migrations.Migration):\n    \
         dependencies = [(\"shop\", \"0001_initial\")]\n{body}\n"
    );
    let mut project = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/migrations/0002_code.py", text);
    for (path, text) in others {
        project = project.file(path, *text);
    }
    let run = project.run("check shop/migrations/0002_code.py --output-format json --exit-zero");
    run.json()["findings"].as_array().unwrap().clone()
}

#[test]
fn functions_unpacked_from_what_a_factory_returns_are_followed() {
    let factory = "def pair(table):\n    def forward(apps, schema_editor):\n        \
                   schema_editor.execute(f'CREATE INDEX ON {table} (status)')\n\n    \
                   def back(apps, schema_editor):\n        pass\n\n    return forward, back\n";
    let others = [("shop/factory.py", factory)];
    let head = "from shop.factory import pair";
    let operations = "    operations = [migrations.RunPython(forward, back)]";
    let unpacked = "forward, back = pair('shop_order')";
    let of_module = findings_of(&format!("{head}\n{unpacked}"), operations, &others);
    assert_eq!(rules(&of_module), ["create-index-blocking-writes"]);
    let of_class = findings_of(head, &format!("    {unpacked}\n{operations}"), &others);
    assert_eq!(rules(&of_class), ["create-index-blocking-writes"]);
}

#[test]
fn code_that_is_no_function_that_is_known_is_told() {
    let found = findings_of(
        "from vendor import pair\nforward, back = pair('shop_order')",
        "    operations = [migrations.RunPython(forward, back)]",
        &[],
    );
    assert_eq!(rules(&found), ["not-analysed"]);
}

#[test]
fn methods_that_the_project_gives_its_models_are_followed() {
    let models = "from django.db import connection, models\n\n\nclass Order(models.Model):\n    \
                  status = models.TextField()\n\n    @classmethod\n    def wipe(cls):\n        \
                  cls.objects.all().update(status='')\n\n    def mark(self):\n        \
                  self.status = 'old'\n        self.save()\n";
    let others = [("shop/models.py", models)];
    let operations = "    operations = [migrations.RunPython(code)]";
    for body in [
        "    Order.wipe()",
        "    for order in Order.objects.all():\n        order.mark()",
    ] {
        let head = format!("from shop.models import Order\n\n\ndef code(apps, schema_editor):\n{body}\n");
        let found = findings_of(&head, operations, &others);
        assert_eq!(rules(&found), ["run-python-over-all-rows"], "{body}");
    }
}

#[test]
fn what_goes_by_a_name_that_the_database_gives_is_no_proof_any_more() {
    let proof = "schema_editor.execute('ALTER TABLE shop_order ADD CONSTRAINT filled CHECK (status IS NOT NULL)')\n";
    let drop = "for name in schema_editor.names():\n    \
                schema_editor.execute(f'ALTER TABLE shop_order DROP CONSTRAINT {name}')\n";
    let set = "schema_editor.execute('ALTER TABLE shop_order ALTER COLUMN status DROP NOT NULL')\n\
               schema_editor.execute('ALTER TABLE shop_order ALTER COLUMN status SET NOT NULL')";
    let scans = |body: String| rules(&findings(&body)).contains(&"set-not-null-scanning-table");
    assert!(!scans(format!("{proof}{set}")));
    assert!(scans(format!("{proof}{drop}{set}")));
}

#[test]
fn names_are_the_same_only_where_the_same_value_gives_them() {
    let make = "rows = apps.get_model('shop', 'Order').objects\nfor row in rows.all():\n    \
                schema_editor.execute(f'CREATE TABLE t_{row.pk} (id bigint)')\n";
    let index = "schema_editor.execute(f'CREATE INDEX ON t_{row.pk} (id)')";
    let in_same_loop = findings(&format!("{make}    {index}"));
    assert_eq!(rules(&in_same_loop), Vec::<&str>::new());
    let in_other_loop = findings(&format!("{make}for row in rows.all():\n    {index}"));
    assert_eq!(rules(&in_other_loop), ["create-index-blocking-writes"]);
}

#[test]
fn what_is_made_by_a_name_that_is_not_known_may_be_anything() {
    let open = "columns = ', '.join(schema_editor.columns)\n\
                schema_editor.execute(f'CREATE TABLE archive (id bigint, {columns})')\n\
                schema_editor.execute('ALTER TABLE archive ALTER COLUMN note SET NOT NULL')";
    assert_eq!(rules(&findings(open)), Vec::<&str>::new());
    let column = "schema_editor.execute(f'ALTER TABLE shop_order ADD COLUMN c_{schema_editor.a} text')\n\
                  schema_editor.execute('ALTER TABLE shop_order ALTER COLUMN c_1 SET DEFAULT 1')";
    assert_eq!(rules(&findings(column)), Vec::<&str>::new());
}

#[test]
fn a_flag_that_the_module_keeps_silences_nothing_either() {
    let head = "from django.conf import settings\n\nENABLED = settings.MAY_INDEX\n\n\n\
                def code(apps, schema_editor):\n    if ENABLED:\n        \
                schema_editor.execute('CREATE INDEX ON shop_order (status)')";
    let operations = "    operations = [migrations.RunPython(code)]";
    let settings = [
        (
            "manage.py",
            "os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"config\")\n",
        ),
        ("config.py", "MAY_INDEX = False\n"),
    ];
    assert_eq!(
        rules(&findings_of(head, operations, &settings)),
        ["create-index-blocking-writes"]
    );
    let head = head.replace("settings.MAY_INDEX", "False");
    assert_eq!(rules(&findings_of(&head, operations, &settings)), Vec::<&str>::new());
}

#[test]
fn what_code_catches_by_name_does_no_harm_when_it_runs_again() {
    let body = "    atomic = False\n    operations = [\n        migrations.RunPython(add),\n        \
                migrations.RunSQL('ALTER TABLE shop_order ADD COLUMN IF NOT EXISTS second integer'),\n    ]\n";
    let head = |error: &str| {
        format!(
            "from django.db import utils\n\n\ndef add(apps, schema_editor):\n    try:\n        \
             schema_editor.execute('ALTER TABLE shop_order ADD COLUMN first integer')\n    except utils.{error}:\n        pass\n"
        )
    };
    let told = |error: &str| {
        let found = findings_of(&head(error), body, &[]);
        rules(&found).contains(&"half-done-migration")
    };
    assert!(!told("ProgrammingError"));
    assert!(told("OperationalError"));
}
