//! Migrations whose operations, or whose own methods, come by other ways than a plain list.
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

mod scratch;

use scratch::Scratch;

/// The statements of a second migration with this text; all of it is known.
fn sent(second: &str, others: &[(&str, &str)]) -> Vec<String> {
    let mut project = Scratch::new().file("manage.py", "").app("shop");
    for (path, text) in others {
        project = project.file(path, *text);
    }
    let project = project.file("shop/migrations/0002_change.py", second);
    let printed = project.run("sql shop 0002 --output-format json").json();
    let operations = printed[0]["operations"].as_array().unwrap().clone();
    let statements = operations.iter().flat_map(|operation| {
        assert_eq!(operation["confidence"], "exact", "{operation}");
        operation["statements"].as_array().unwrap().clone()
    });
    statements.map(|sql| sql.as_str().unwrap().to_owned()).collect()
}

const COLUMN: &str = r#"ALTER TABLE "shop_order" ADD COLUMN "total" integer NULL"#;
const ADD: &str = "migrations.AddField('order', 'total', models.IntegerField(null=True))";

#[test]
fn the_functions_of_a_run_python_may_come_as_a_pair() {
    let second = "from django.db import migrations\n\n\ndef both(forwards, backwards):\n    \
        def run(apps, schema_editor):\n        schema_editor.execute(forwards)\n\n    \
        def undo(apps, schema_editor):\n        schema_editor.execute(backwards)\n\n    return run, undo\n\n\n\
        class Migration(migrations.Migration):\n    dependencies = [('shop', '0001_initial')]\n    \
        operations = [migrations.RunPython(*both('DROP INDEX a', 'CREATE INDEX a ON shop_order (status)'))]\n";
    assert_eq!(sent(second, &[]), ["DROP INDEX a"]);
}

#[test]
fn an_apply_inside_of_a_block_runs_the_operations() {
    let base = "import contextlib\nimport threading\nfrom django.db.migrations import Migration\n\nstate = threading.local()\n\n\n\
        @contextlib.contextmanager\ndef quiet():\n    previous = getattr(state, 'loud', True)\n    state.loud = False\n    \
        try:\n        yield\n    finally:\n        state.loud = previous\n\n\n\
        class Quiet(Migration):\n    def apply(self, project_state, schema_editor, collect_sql=False):\n        \
        with quiet():\n            return Migration.apply(self, project_state, schema_editor, collect_sql)\n";
    let second = format!(
        "from django.db import migrations, models\nfrom shop.base import Quiet\n\n\nclass Migration(Quiet):\n    \
         dependencies = [('shop', '0001_initial')]\n    operations = [{ADD}]\n"
    );
    assert_eq!(sent(&second, &[("shop/base.py", base)]), [COLUMN]);
}

#[test]
fn a_word_to_another_linter_does_nothing() {
    let second = format!(
        "import django_migration_linter as linter\nfrom django.db import migrations, models\n\n\n\
         class Migration(migrations.Migration):\n    dependencies = [('shop', '0001_initial')]\n    \
         operations = [linter.IgnoreMigration(), {ADD}]\n"
    );
    assert_eq!(sent(&second, &[]), [COLUMN]);
}

#[test]
fn a_setting_names_the_model_that_stands_in_for_a_swapped_one() {
    let second = "import swapper\nfrom django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    \
        dependencies = [('shop', '0001_initial'), swapper.dependency('shop', 'Order')]\n    operations = [\n        \
        migrations.CreateModel('Parcel', [('id', models.BigAutoField(primary_key=True))]),\n        \
        migrations.CreateModel('Line', [('id', models.BigAutoField(primary_key=True)), \
        ('order', models.ForeignKey(swapper.get_model_name('shop', 'Order'), models.CASCADE))]),\n    ]\n";
    let target = |settings: &str| {
        let printed = Scratch::new()
            .file(
                "manage.py",
                "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\n",
            )
            .file("config/__init__.py", "")
            .file("config/settings.py", settings)
            .app("shop")
            .file("shop/migrations/0002_change.py", second)
            .run("sql shop 0002 --output-format json")
            .json();
        let key = printed[0]["operations"][1]["deferred"][0].as_str().unwrap().to_owned();
        key.split(" REFERENCES ")
            .nth(1)
            .unwrap()
            .split(' ')
            .next()
            .unwrap()
            .to_owned()
    };
    let installed = "INSTALLED_APPS = ['shop']\n";
    assert_eq!(target(installed), "\"shop_order\"");
    assert_eq!(
        target(&format!("{installed}SHOP_ORDER_MODEL = 'shop.Parcel'\n")),
        "\"shop_parcel\""
    );
}

#[test]
fn a_run_python_that_changes_the_state_leaves_it_unknown() {
    let second = "from django.db import migrations, models\n\n\nclass Fill(migrations.RunPython):\n    \
        def state_forwards(self, app_label, state):\n        \
        state.models[app_label, 'order'].fields['total'] = models.IntegerField(null=True)\n\n\n\
        class Migration(migrations.Migration):\n    dependencies = [('shop', '0001_initial')]\n    operations = [\n        \
        Fill(lambda apps, schema_editor: None),\n        \
        migrations.AddIndex('order', models.Index(fields=['total'], name='totals')),\n    ]\n";
    let project = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/migrations/0002_change.py", second);
    let report = project.run("check . --output-format json").json();
    let findings = report["findings"].as_array().unwrap();
    let rules: Vec<&str> = findings
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap())
        .collect();
    assert!(
        !rules.contains(&"django-refuses") && rules.contains(&"not-analysed"),
        "{rules:?}"
    );
}

#[test]
fn an_argument_that_is_true_to_python_is_true() {
    let second = "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    \
        dependencies = [('shop', '0001_initial')]\n    operations = [\n        \
        migrations.AlterField('order', 'status', models.CharField(max_length=20, null=True), preserve_default='True')]\n";
    let told = [r#"ALTER TABLE "shop_order" ALTER COLUMN "status" DROP NOT NULL"#];
    assert_eq!(sent(second, &[]), told);
}

/// A migration whose operations drop the constraints that the database has, and then the tables, as kpi has some.
fn drops(list: &str, per_table: &str) -> String {
    format!(
        "from django.db import connections, migrations\n\nTABLES = ['shop_old', 'shop_older']\n\n\ndef get_operations():\n    \
         operations = []\n    sql = 'SELECT conname FROM pg_catalog.pg_constraint WHERE conrelid = %s::regclass;'\n    \
         with connections['default'].cursor() as cursor:\n        tables = []\n        for table in TABLES:\n            \
         cursor.execute(sql, [table])\n            keys = []\n            for row in cursor.fetchall():\n                \
         if not row[0].endswith('_pkey'):\n                    keys.append(f'ALTER TABLE {{table}} DROP CONSTRAINT {{row[0]}};')\n            \
         tables.append(f'DROP TABLE IF EXISTS {{table}};')\n{per_table}        \
         operations.append(migrations.RunSQL(''.join(tables), migrations.RunSQL.noop))\n    return operations\n\n\n\
         class Migration(migrations.Migration):\n    dependencies = [('shop', '0001_initial')]\n    operations = {list}\n"
    )
}

fn printed(second: String) -> Vec<(String, String, String)> {
    let project = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/migrations/0002_change.py", second);
    let printed = project.run("sql shop 0002 --output-format json").json();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let operations = printed[0]["operations"].as_array().unwrap().clone();
    let sent = |operation: &serde_json::Value| {
        let statements = operation["statements"].as_array().unwrap().clone();
        statements.iter().map(text).collect::<Vec<_>>().join(" ")
    };
    let told = operations.iter();
    told.map(|operation| {
        (
            text(&operation["class"]),
            text(&operation["confidence"]),
            sent(operation),
        )
    })
    .collect()
}

#[test]
fn a_list_of_operations_is_known_though_the_database_decides_what_some_of_them_send() {
    let add = "            operations.append(migrations.RunSQL(''.join(keys), migrations.RunSQL.noop))\n";
    for (list, first) in [
        ("get_operations()", 0),
        ("[migrations.RunSQL('DROP INDEX a'), *get_operations()]", 1),
    ] {
        let operations = printed(drops(list, add));
        assert_eq!(operations.len(), first + 3, "{operations:?}");
        assert!(operations.iter().all(|(class, ..)| class == "RunSQL"), "{operations:?}");
        assert_eq!(operations[first].1, "opaque");
        let (_, confidence, sent) = &operations[first + 2];
        assert_eq!(confidence, "exact");
        assert_eq!(sent, "DROP TABLE IF EXISTS shop_old;DROP TABLE IF EXISTS shop_older;");
    }
}

#[test]
fn how_many_operations_there_are_is_not_known_where_rows_decide_it() {
    let add = "            if keys:\n                operations.append(migrations.RunSQL(''.join(keys), migrations.RunSQL.noop))\n";
    let operations = printed(drops("get_operations()", add));
    assert!(operations.iter().any(|(class, ..)| class == "?"), "{operations:?}");
    assert!(
        operations
            .iter()
            .all(|(class, confidence, _)| class == "?" || confidence == "exact"),
        "{operations:?}"
    );
}
