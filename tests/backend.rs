//! The backend that a project's `ENGINE` names, from the settings that people write to the DDL that is sent.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

mod scratch;

use scratch::{Scratch, index, migration};
use serde_json::Value;

const ENGINE: &str = "django_zero_downtime_migrations.backends.postgres";
const CONCURRENTLY: &str = "CREATE INDEX CONCURRENTLY \"shop_status\" ON \"shop_order\" (\"status\")";
const BLOCKING: &str = "CREATE INDEX \"shop_status\" ON \"shop_order\" (\"status\")";

/// A project with these settings, whose second migration adds an index.
fn with_settings(settings: &str) -> Scratch {
    let manage = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\n";
    Scratch::new()
        .file("manage.py", manage)
        .file("config/__init__.py", "")
        .file("config/settings.py", settings)
        .file("requirements.txt", "Django==5.2.1\n")
        .app("shop")
        .file("shop/migrations/0002_status.py", index("shop", "0001_initial"))
}

/// With `second` as its second migration, which does these operations.
fn with_operations(settings: &str, operations: &str) -> Scratch {
    with_settings(settings).file(
        "shop/migrations/0002_status.py",
        migration("shop", "0001_initial", operations),
    )
}

fn zero_downtime(settings: &str) -> String {
    format!("DATABASES = {{'default': {{'ENGINE': '{ENGINE}'}}}}\n{settings}")
}

/// The second migration, as `forelock sql` has it.
fn second(scratch: &Scratch) -> Value {
    let run = scratch.run("sql shop 0002_status --output-format json");
    run.json()[0].clone()
}

/// What its operations send: at once, then at the end.
fn sent(scratch: &Scratch) -> Vec<String> {
    let second = second(scratch);
    let operations = second["operations"].as_array().expect("operations");
    let strings = |key: &str| -> Vec<String> {
        let lists = operations.iter().filter_map(|operation| operation[key].as_array());
        lists
            .flatten()
            .filter_map(|sql| sql.as_str().map(str::to_owned))
            .collect()
    };
    [strings("statements"), strings("deferred")].concat()
}

fn confidence(scratch: &Scratch) -> String {
    let confidence = second(scratch)["operations"][0]["confidence"].clone();
    confidence.as_str().expect("a confidence").to_owned()
}

fn rules(scratch: &Scratch) -> Vec<String> {
    let report = scratch.run("check --output-format json").json();
    let findings = report["findings"].as_array().expect("findings").iter();
    findings
        .filter(|finding| finding["severity"] != "info")
        .filter_map(|finding| finding["rule"].as_str().map(str::to_owned))
        .collect()
}

fn notes(scratch: &Scratch) -> String {
    scratch.run("check").out
}

#[test]
fn an_engine_is_found_wherever_settings_name_it() {
    let spellings = [
        zero_downtime(""),
        format!("DATABASES = {{'default': {{}}}}\nDATABASES['default']['ENGINE'] = '{ENGINE}'\n"),
        format!("ENGINE = '{ENGINE}'\nDATABASES = dict(default=dict(ENGINE=ENGINE))\n"),
        format!("import dj_database_url\nDATABASES = {{'default': dj_database_url.parse(URL, engine='{ENGINE}')}}\n"),
        format!("import dj_database_url\nDATABASES = {{'default': dj_database_url.config(engine='{ENGINE}')}}\n"),
        format!("import os\nDATABASES = {{'default': {{'ENGINE': os.environ.get('DB_ENGINE', '{ENGINE}')}}}}\n"),
        format!("import os\nDATABASES = {{'default': {{'ENGINE': os.getenv('DB_ENGINE', default='{ENGINE}')}}}}\n"),
        format!(
            "from decouple import config\nDATABASES = {{'default': {{'ENGINE': config('E', default='{ENGINE}')}}}}\n"
        ),
        format!(
            "import environ\nenv = environ.Env()\nDATABASES = {{'default': {{'ENGINE': env('E', default='{ENGINE}')}}}}\n"
        ),
        format!(
            "import environ\nenv = environ.Env()\nDATABASES = {{'default': {{'ENGINE': env.str('E', '{ENGINE}')}}}}\n"
        ),
        format!(
            "import environ\nenv = environ.Env(DD_ENGINE=(str, '{ENGINE}'))\nDATABASES = {{'default': {{'ENGINE': \
             env('DD_ENGINE')}}}}\n"
        ),
        format!(
            "import environ\nenv = environ.Env()\nDATABASES = {{'default': env.db('URL')}}\nDATABASES['default']['ENGINE'] = \
             '{ENGINE}'\n"
        ),
        "DATABASES = {'default': {'ENGINE': 'django_zero_downtime_migrations.backends.postgis'}}\n".to_owned(),
        "DATABASES = {'default': {'ENGINE': 'django_zero_downtime_migrations_postgres_backend'}}\n".to_owned(),
    ];
    for settings in spellings {
        let scratch = with_settings(&settings);
        assert_eq!(sent(&scratch), [CONCURRENTLY], "{settings}");
        assert_eq!(confidence(&scratch), "exact", "{settings}");
        assert_eq!(rules(&scratch), [""; 0], "{settings}");
        let note =
            "DDL is what django-pg-zero-downtime-migrations sends, release 0.20, which is assumed: nothing pins it";
        assert!(notes(&scratch).contains(note), "{settings}\n{}", notes(&scratch));
    }
}

#[test]
fn engines_that_leave_ddl_alone_are_djangos_own() {
    for engine in [
        "django.db.backends.postgresql",
        "django.db.backends.postgresql_psycopg2",
        "django.contrib.gis.db.backends.postgis",
        "django_prometheus.db.backends.postgresql",
        "django_db_geventpool.backends.postgresql_psycopg2",
        "dj_db_conn_pool.backends.postgresql",
    ] {
        let scratch = with_settings(&format!("DATABASES = {{'default': {{'ENGINE': '{engine}'}}}}\n"));
        assert_eq!(sent(&scratch), [BLOCKING], "{engine}");
        assert_eq!(confidence(&scratch), "exact", "{engine}");
        assert!(!notes(&scratch).contains("engine"), "{}", notes(&scratch));
    }
}

#[test]
fn an_engine_that_is_not_known_makes_ddl_partial_and_is_said_once() {
    let scratch = with_settings("DATABASES = {'default': {'ENGINE': 'acme.db.postgres'}}\n");
    assert_eq!(sent(&scratch), [BLOCKING]);
    assert_eq!(confidence(&scratch), "partial");
    assert_eq!(rules(&scratch), ["create-index-blocking-writes"]);
    let notes = notes(&scratch);
    assert_eq!(notes.matches("acme.db.postgres").count(), 1, "{notes}");
    let said = scratch.file("forelock.toml", "backend = \"django\"\n");
    assert_eq!(confidence(&said), "exact");
}

#[test]
fn an_engine_with_a_schema_editor_of_its_own_is_not_called_exact() {
    let scratch = with_settings("DATABASES = {'default': {'ENGINE': 'django_multitenant.backends.postgresql'}}\n");
    assert_eq!(confidence(&scratch), "partial");
}

#[test]
fn a_wrapper_around_another_database_is_said_to_be_one() {
    for engine in ["django_prometheus.db.backends.mysql", "dj_db_conn_pool.backends.oracle"] {
        let notes = notes(&with_settings(&format!(
            "DATABASES = {{'default': {{'ENGINE': '{engine}'}}}}\n"
        )));
        assert!(notes.contains(&format!("uses the database engine {engine}")), "{notes}");
    }
}

#[test]
fn a_setting_of_the_backend_that_cannot_be_read_is_said() {
    let unread = "from acme import unsafe, seconds\nZERO_DOWNTIME_MIGRATIONS_RAISE_FOR_UNSAFE = unsafe()\n\
                  ZERO_DOWNTIME_MIGRATIONS_LOCK_TIMEOUT = seconds(2)\n";
    let notes = notes(&with_settings(&zero_downtime(unread)));
    let note = "ZERO_DOWNTIME_MIGRATIONS_LOCK_TIMEOUT, ZERO_DOWNTIME_MIGRATIONS_RAISE_FOR_UNSAFE cannot be read";
    assert!(notes.contains(note), "{notes}");
}

#[test]
fn an_engine_of_the_project_is_what_it_derives_from() {
    let engine = |base: &str| {
        with_settings("DATABASES = {'default': {'ENGINE': 'acme.db'}}\n")
            .file("acme/__init__.py", "")
            .file("acme/db/__init__.py", "")
            .file("acme/db/base.py", base)
    };
    let plain = engine(
        "from django.db.backends.postgresql.base import DatabaseWrapper as Base\n\n\nclass DatabaseWrapper(Base):\n    pass\n",
    );
    assert_eq!(
        (sent(&plain), confidence(&plain)),
        (vec![BLOCKING.to_owned()], "exact".to_owned())
    );
    let pool = engine(
        "from django_zero_downtime_migrations.backends.postgres.base import DatabaseWrapper as Base\n\n\n\
         class DatabaseWrapper(Base):\n    def get_new_connection(self, params):\n        return super().get_new_connection(params)\n",
    );
    assert_eq!(
        (sent(&pool), confidence(&pool)),
        (vec![CONCURRENTLY.to_owned()], "exact".to_owned())
    );
    let own = engine(
        "from django.db.backends.postgresql.base import DatabaseWrapper as Base\nfrom .schema import Editor\n\n\n\
         class DatabaseWrapper(Base):\n    SchemaEditorClass = Editor\n",
    )
    .file(
        "acme/db/schema.py",
        "from django.db.backends.postgresql.schema import DatabaseSchemaEditor\n\
         from django_zero_downtime_migrations.backends.postgres.schema import DatabaseSchemaEditorMixin\n\n\n\
         class Editor(DatabaseSchemaEditorMixin, DatabaseSchemaEditor):\n    pass\n",
    );
    assert_eq!(
        (sent(&own), confidence(&own)),
        (vec![CONCURRENTLY.to_owned()], "partial".to_owned())
    );
    assert!(notes(&own).contains("its schema editor is its own"), "{}", notes(&own));
    let other = engine(
        "from django.db.backends.postgresql.base import DatabaseWrapper as Base\nfrom .schema import Editor\n\n\n\
         class DatabaseWrapper(Base):\n    SchemaEditorClass = Editor\n",
    )
    .file("acme/db/schema.py", "class Editor:\n    pass\n");
    assert_eq!(
        (sent(&other), confidence(&other)),
        (vec![BLOCKING.to_owned()], "partial".to_owned())
    );
}

#[test]
fn an_engine_that_cannot_be_read_is_djangos_own_and_is_said_once() {
    let scratch = with_settings("from acme import databases\nDATABASES = databases()\n");
    assert_eq!(sent(&scratch), [BLOCKING]);
    assert_eq!(confidence(&scratch), "exact");
    let notes = notes(&scratch);
    let note = "the database engine in config.settings cannot be read; Django's own backend for PostgreSQL is assumed";
    assert_eq!(notes.matches(note).count(), 1, "{notes}");
    let said = scratch.file("forelock.toml", format!("backend = \"{ENGINE}\"\n"));
    assert_eq!(sent(&said), [CONCURRENTLY]);
}

#[test]
fn a_fallback_to_another_database_does_not_choose_the_backend() {
    let settings =
        "import dj_database_url\nDATABASES = {'default': dj_database_url.config(default='sqlite:///db.sqlite3')}\n";
    let scratch = with_settings(settings);
    assert_eq!(sent(&scratch), [BLOCKING]);
    assert_eq!(confidence(&scratch), "exact");
    let note = "falls back to the database engine sqlite where the environment names none; PostgreSQL and Django's own backend";
    assert!(notes(&scratch).contains(note), "{}", notes(&scratch));
}

#[test]
fn the_release_is_the_one_that_the_project_pins() {
    let settings = zero_downtime("ZERO_DOWNTIME_MIGRATIONS_RAISE_FOR_UNSAFE = True\n");
    let expression =
        "models.GeneratedField(expression=models.F('id'), output_field=models.IntegerField(), db_persist=True)";
    let scratch = with_operations(
        &settings,
        &format!("migrations.AddField('order', 'twice', {expression})"),
    );
    let pinned = |requirement: &str| {
        let requirements = format!("Django==5.2.1\n{requirement}\n");
        with_operations(
            &settings,
            &format!("migrations.AddField('order', 'twice', {expression})"),
        )
        .file("requirements.txt", requirements)
    };
    assert_eq!(rules(&scratch), ["backend-refuses"]);
    assert_eq!(
        rules(&pinned("django_pg_zero_downtime_migrations==0.20")),
        ["backend-refuses"]
    );
    let older = pinned("django-pg-zero-downtime-migrations==0.16");
    assert_eq!(rules(&older), ["add-column-rewriting-table"]);
    assert!(notes(&older).contains("DDL is what django-pg-zero-downtime-migrations sends, release 0.16"));
    let lock = "[[package]]\nname = \"django-pg-zero-downtime-migrations\"\nversion = \"0.17\"\n";
    let locked = with_settings(&zero_downtime("")).file("uv.lock", lock);
    assert!(notes(&locked).contains("sends, release 0.17"), "{}", notes(&locked));
    let packages = ".venv/lib/python3.12/site-packages";
    let installed = with_settings(&zero_downtime(""))
        .file(&format!("{packages}/django/__init__.py"), "")
        .file(
            &format!("{packages}/django_pg_zero_downtime_migrations-0.18.dist-info/METADATA"),
            "",
        );
    assert!(
        notes(&installed).contains("sends, release 0.18"),
        "{}",
        notes(&installed)
    );
    let unknown = notes(&pinned("django-pg-zero-downtime-migrations==0.31"));
    assert!(
        unknown.contains("release 0.31, which forelock does not know and takes for 0.20"),
        "{unknown}"
    );
}

/// What the advice of the only finding that is no information says.
fn advice(scratch: &Scratch) -> String {
    let report = scratch.run("check --output-format json").json();
    let mut findings = report["findings"].as_array().expect("findings").iter();
    let finding = findings
        .find(|finding| finding["severity"] != "info")
        .expect("a finding");
    finding["help"].as_str().expect("advice").to_owned()
}

#[test]
fn drops_are_advised_in_operations_of_django_which_the_backend_takes_apart() {
    let initial = "migrations.AddField('order', 'note', models.TextField(null=True))";
    let third = "shop/migrations/0003_drop.py";
    for (removal, drop) in [
        (
            "migrations.RemoveField('order', 'note')",
            "ALTER TABLE \"shop_order\" DROP COLUMN \"note\" CASCADE",
        ),
        ("migrations.DeleteModel('order')", "DROP TABLE \"shop_order\" CASCADE"),
    ] {
        let project = || with_operations(&zero_downtime(""), initial);
        let scratch = project().file(third, migration("shop", "0002_status", removal));
        let advice = advice(&scratch);
        assert!(!advice.contains("RunSQL"), "{advice}");
        let code = advice.split_once("\n\n").expect("code").1;
        let (first, next) = code.split_once("# in the next").expect("two releases");
        let next = next.split_once('\n').expect("code").1;
        let advised = project()
            .file(third, migration("shop", "0002_status", &format!("\n{first}")))
            .file(
                "shop/migrations/0004_drop.py",
                migration("shop", "0003_drop", &format!("\n{next}")),
            );
        assert_eq!(rules(&advised), Vec::<String>::new(), "{advice}");
        let run = advised.run("sql shop 0004_drop --output-format json").json();
        assert_eq!(run[0]["statements"][0]["sql"], drop, "{advice}");
    }
}

#[test]
fn unsafe_operations_are_refused_where_the_settings_say_so_and_what_ran_before_stays() {
    let operations = "migrations.AddField('order', 'note', models.TextField(null=True, db_index=True)),
        migrations.AddField('order', 'weight', models.IntegerField(default=1))";
    let raising = "ZERO_DOWNTIME_MIGRATIONS_RAISE_FOR_UNSAFE = True\n";
    let scratch = with_operations(&zero_downtime(raising), operations);
    assert_eq!(rules(&scratch), ["backend-refuses"]);
    let report = scratch.run("check --output-format json").json();
    let mut findings = report["findings"].as_array().expect("findings").iter();
    let refused = findings.find(|finding| finding["rule"] == "backend-refuses");
    let message = refused.expect("a refusal")["message"].as_str().expect("a message");
    assert!(
        message.contains(
            "ADD COLUMN NOT NULL without a database default is unsafe; what ran before it in this migration stays"
        ),
        "{message}"
    );
    let by_environment = "import os\nZERO_DOWNTIME_MIGRATIONS_RAISE_FOR_UNSAFE = os.environ.get('RAISE', True)\n";
    assert_eq!(
        rules(&with_operations(&zero_downtime(by_environment), operations)),
        ["backend-refuses"]
    );
    let warned = with_operations(&zero_downtime(""), operations);
    assert_eq!(rules(&warned), ["add-column-default-dropped"]);
}

#[test]
fn timeouts_stand_around_what_blocks_and_are_not_left_behind() {
    let settings = zero_downtime(
        "ZERO_DOWNTIME_MIGRATIONS_LOCK_TIMEOUT = '2s'\nZERO_DOWNTIME_MIGRATIONS_STATEMENT_TIMEOUT = '3s'\n",
    );
    let field = "migrations.AddField('order', 'note', models.TextField(null=True, db_index=True))";
    let scratch = with_operations(&settings, field);
    assert_eq!(
        sent(&scratch),
        [
            "SET statement_timeout TO '3s'",
            "SET lock_timeout TO '2s'",
            "ALTER TABLE \"shop_order\" ADD COLUMN \"note\" text NULL",
            "SET statement_timeout TO '0ms'",
            "SET lock_timeout TO '0ms'",
            "CREATE INDEX CONCURRENTLY \"shop_order_note_94455a30\" ON \"shop_order\" (\"note\")",
            "CREATE INDEX CONCURRENTLY \"shop_order_note_94455a30_like\" ON \"shop_order\" (\"note\" text_pattern_ops)",
        ]
    );
    assert_eq!(rules(&scratch), [""; 0]);
    let flexible = format!("{settings}ZERO_DOWNTIME_MIGRATIONS_FLEXIBLE_STATEMENT_TIMEOUT = True\n");
    let scratch = with_operations(
        &flexible,
        "migrations.AddIndex('order', models.Index(fields=['status'], name='shop_status'))",
    );
    assert_eq!(
        sent(&scratch),
        [
            "SET statement_timeout TO '0ms'",
            CONCURRENTLY,
            "SET statement_timeout TO '0ms'"
        ]
    );
}

#[test]
fn a_setting_that_the_package_never_asks_for_is_said() {
    let notes = notes(&with_settings(&zero_downtime("ZERO_DOWNTIME_DEFERRED_SQL = False\n")));
    assert!(
        notes.contains("it does not ask for ZERO_DOWNTIME_DEFERRED_SQL, which has no effect"),
        "{notes}"
    );
}

#[test]
fn no_migration_runs_in_a_transaction_but_its_python_does() {
    let operations = "migrations.AddIndex('order', models.Index(fields=['status'], name='shop_status')),
        migrations.RunSQL('VACUUM shop_order'),
        migrations.RunPython(lambda apps, editor: editor.execute('VACUUM shop_order'))";
    let scratch = with_operations(&zero_downtime(""), operations);
    assert_eq!(second(&scratch)["atomic"], false);
    assert_eq!(rules(&scratch), ["refused-in-transaction"]);
}

#[test]
fn a_foreign_key_that_is_made_again_in_no_transaction_is_said_to_be_away_meanwhile() {
    let depot = "migrations.CreateModel('Depot', [('id', models.BigAutoField(primary_key=True))]),
        migrations.AddField('order', 'depot', models.ForeignKey('shop.depot', models.CASCADE, null=True))";
    let again = migration(
        "shop",
        "0002_status",
        "migrations.AlterField('order', 'depot', models.OneToOneField('shop.depot', models.CASCADE, null=True))",
    );
    let said = |settings: &str| {
        let scratch = with_operations(settings, depot).file("shop/migrations/0003_again.py", &again);
        let report = scratch.run("check --output-format json -v").json();
        report.to_string().contains("foreign-key-missing-meanwhile")
    };
    assert!(said(&zero_downtime("")));
    assert!(!said(""));
}

#[test]
fn advice_under_the_backend_names_plain_operations() {
    let operations = "migrations.AddField('order', 'size', models.PositiveIntegerField(null=True)),
        migrations.AddIndex('order', models.Index(fields=['status'], condition=models.Q(status='x'), name='shop_x')),
        migrations.AlterField('order', 'status', models.TextField(db_collation='C'))";
    let scratch = with_operations(&zero_downtime(""), operations);
    let report = scratch.run("check --output-format json").json();
    let findings = report["findings"].as_array().expect("findings");
    let errors: Vec<&Value> = findings
        .iter()
        .filter(|finding| finding["severity"] == "error")
        .collect();
    assert!(!errors.is_empty());
    for finding in errors {
        let help = finding["help"].as_str().expect("help");
        assert!(!help.contains("NotValid") && !help.contains("Concurrently"), "{help}");
    }
}
