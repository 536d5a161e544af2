//! Where a `lock_timeout` comes from, and what it does: `lock-timeout-not-set`, spoken of only by name, and concurrent builds under it.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

mod scratch;

use scratch::{INITIAL, Scratch, migration};

const SECOND: &str = "shop/migrations/0002_b.py";
const ADDITION: &str = "migrations.AddField(\"order\", \"paid\", models.BooleanField(null=True))";
const ASKED: &str = "check --output-format json --extend-select lock-timeout-not-set";

/// A project with these settings, and a migration that locks a table for a moment.
fn project(settings: &str) -> Scratch {
    let manage = "import os\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"conf.settings\")\n";
    Scratch::new()
        .file("manage.py", manage)
        .file("conf/__init__.py", "")
        .file("conf/settings.py", settings)
        .app("shop")
        .file("shop/migrations/0001_initial.py", INITIAL)
        .file(SECOND, migration("shop", "0001_initial", ADDITION))
}

/// The same with a concurrent build.
fn building(settings: &str) -> Scratch {
    let index = "models.Index(fields=[\"status\"], name=\"order_status\")";
    let import = "from django.contrib.postgres.operations import AddIndexConcurrently\nfrom django";
    let text = migration(
        "shop",
        "0001_initial",
        &format!("AddIndexConcurrently(\"order\", {index})"),
    )
    .replacen("from django", import, 1)
    .replacen("    dependencies", "    atomic = False\n    dependencies", 1);
    project(settings).file(SECOND, text)
}

fn is_told(scratch: &Scratch, words: &str) -> bool {
    scratch.run(words).findings() == [format!("{SECOND}: lock-timeout-not-set")]
}

const PGMIGRATE: &str = "INSTALLED_APPS = ['pgactivity', 'pglock', 'pgmigrate', 'shop']\n";
const SHOWN: &str = "import pgmigrate\nPGMIGRATE_BLOCKING_ACTION = pgmigrate.Show\n";

#[test]
fn it_is_told_to_those_alone_who_ask_for_it_by_name() {
    let scratch = project("INSTALLED_APPS = ['shop']");
    assert!(is_told(&scratch, ASKED));
    let nothing: [&str; 0] = [];
    assert_eq!(scratch.run("check --output-format json").findings(), nothing);
    assert!(is_told(
        &scratch,
        "check --output-format json --select lock-timeout-not-set"
    ));
    assert!(is_told(
        &scratch.file("forelock.toml", "extend-select = ['lock-timeout-not-set']"),
        "check --output-format json"
    ));
}

#[test]
fn options_of_the_database_and_the_configuration_set_it() {
    let options = "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'OPTIONS': {'options': '-c lock_timeout=5s'}}}";
    assert!(!is_told(&project(options), ASKED));
    assert!(!is_told(
        &project("").file("forelock.toml", "role-lock-timeout = '5s'"),
        ASKED
    ));
    assert!(is_told(
        &project("").file("forelock.toml", "role-lock-timeout = '0'"),
        ASKED
    ));
    let run = project("")
        .file("forelock.toml", "role-lock-timeout = 'soon'")
        .run("check");
    assert!(run.notes.contains("`role-lock-timeout` takes a time"), "{}", run.notes);
}

#[test]
fn the_engine_without_downtime_sets_it_where_it_is_configured() {
    let engine = "DATABASES = {'default': {'ENGINE': 'django_zero_downtime_migrations.backends.postgres'}}\n";
    assert!(is_told(&project(engine), ASKED));
    assert!(!is_told(
        &project(&format!("{engine}ZERO_DOWNTIME_MIGRATIONS_LOCK_TIMEOUT = '2s'")),
        ASKED
    ));
}

#[test]
fn pgmigrate_sets_it_and_terminates_blockers_with_its_three_apps_and_its_command() {
    let seconds = format!("{PGMIGRATE}{SHOWN}import datetime as dt\nPGMIGRATE_LOCK_TIMEOUT = dt.timedelta(seconds=3)");
    assert!(!is_told(&project(&seconds), ASKED));
    assert!(!is_told(
        &project(&format!("{PGMIGRATE}{SHOWN}PGMIGRATE_LOCK_TIMEOUT = 3")),
        ASKED
    ));
    assert!(is_told(&project(&format!("{PGMIGRATE}{SHOWN}")), ASKED));
    assert!(is_told(
        &project(&format!("{seconds}\nPGMIGRATE_PATCH_MIGRATE = False")),
        ASKED
    ));
    assert!(is_told(&project(&seconds.replace("'pglock', ", "")), ASKED));

    let scratch = project(PGMIGRATE);
    assert!(!is_told(&scratch, ASKED), "it ends the queue");
    let notes = scratch.run("check --output-format json").notes;
    assert!(
        notes.contains("django-pgmigrate terminates what blocks a migration"),
        "{notes}"
    );
    assert!(
        !project(&seconds)
            .run("check --output-format json")
            .notes
            .contains("terminates")
    );
}

#[test]
fn a_concurrent_build_under_the_timeout_of_a_session_leaves_an_invalid_index() {
    let under = format!("{SECOND}: create-index-concurrently-under-timeout");
    let pgmigrate =
        format!("{PGMIGRATE}{SHOWN}import datetime\nPGMIGRATE_LOCK_TIMEOUT = datetime.timedelta(milliseconds=500)");
    for settings in [
        pgmigrate.as_str(),
        "DATABASES = {'default': {'OPTIONS': {'options': '-c lock_timeout=5s'}}}",
    ] {
        assert_eq!(
            building(settings).run("check --output-format json").findings(),
            std::slice::from_ref(&under),
            "{settings}"
        );
    }
    let configured = building("").file("forelock.toml", "role-lock-timeout = '5s'");
    assert_eq!(
        configured.run("check --output-format json").findings(),
        [under.as_str()]
    );
    let nothing: [&str; 0] = [];
    assert_eq!(building("").run(ASKED).findings(), nothing, "it keeps nobody waiting");
}

/// What is sent for a function with these decorators, in a migration that is not atomic.
fn sent_by(decorators: &str) -> Vec<String> {
    let code = format!(
        "from datetime import timedelta\n\nimport pglock\nfrom django.db import migrations, transaction\n\
         from django_pg_migration_tools.timeouts import apply_timeouts\n\n\n{decorators}\n\
         def code(apps, schema_editor):\n    schema_editor.execute(\"COMMENT ON TABLE shop_order IS 'orders'\")\n\n\n\
         class Migration(migrations.Migration):\n    atomic = False\n    dependencies = [(\"shop\", \"0001_initial\")]\n    \
         operations = [migrations.RunPython(code)]\n"
    );
    let scratch = project("INSTALLED_APPS = ['shop']").file(SECOND, code);
    let printed = scratch.run("sql shop 0002 --output-format json").json();
    let statements = printed[0]["operations"][0]["statements"]
        .as_array()
        .expect("it lists statements");
    let text = |statement: &serde_json::Value| statement.as_str().expect("it is text").to_owned();
    statements.iter().map(text).collect()
}

// `apply_timeouts` asks the connection whether it is in a transaction; `pglock.timeout` always sets the session's.
#[test]
fn a_decorator_sets_timeouts_on_its_side_of_the_transaction() {
    let limit = "@apply_timeouts(using=\"default\", lock_timeout=timedelta(seconds=3))";
    let atomic = "@transaction.atomic";
    let comment = "COMMENT ON TABLE shop_order IS 'orders'";
    let session = [
        "SET SESSION lock_timeout = '3000ms'",
        comment,
        "SET SESSION lock_timeout = '0'",
    ];
    let local = [
        "SET LOCAL lock_timeout = '3000ms'",
        comment,
        "SET LOCAL lock_timeout = '0'",
    ];
    assert_eq!(sent_by(&format!("{limit}\n{atomic}")), session);
    assert_eq!(sent_by(&format!("{atomic}\n{limit}")), local);
    let configured = [
        "SELECT set_config('lock_timeout', '3000', false)",
        comment,
        "SELECT set_config('lock_timeout', NULL, false)",
    ];
    assert_eq!(sent_by(&format!("{atomic}\n@pglock.timeout(seconds=3)")), configured);
}
