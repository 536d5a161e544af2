//! Settings in all the shapes that people give them: what is taken is what real Django says, or it is said to be unknown.
//!
//! `tests/settings/SHAPE` is a project without its app; `truth.json` is written by `conformance/observe_settings.py`.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

mod scratch;

use std::fs;
use std::path::{Path, PathBuf};

use forelock::migration::InternalType;
use forelock::project::Project;
use scratch::{Run, Scratch};
use serde_json::{Value, json};
use walkdir::WalkDir;

/// An app with an operation that hangs on each of the settings.
const SHOP: &str = "\
import datetime

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(\"Customer\", fields=[(\"id\", models.BigAutoField(primary_key=True))]),
        migrations.CreateModel(\"Order\", fields=[
            (\"id\", models.BigAutoField(primary_key=True)),
            (\"placed\", models.DateTimeField(default=datetime.datetime(2020, 1, 1))),
        ]),
        migrations.AddField(\"order\", \"owner\", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)),
        migrations.AddField(\"order\", \"related\", models.ManyToManyField(\"self\")),
    ]
";

/// The app's model of users, as makemigrations writes one.
const CUSTOMER: &str = "\
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = []
    operations = [
        migrations.CreateModel(\"Customer\", fields=[
            (\"id\", models.UUIDField(primary_key=True)),
            (\"password\", models.CharField(max_length=128)),
            (\"last_login\", models.DateTimeField(null=True)),
        ]),
    ]
";

fn shapes() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/settings");
    let entries = fs::read_dir(folder).expect("a folder");
    let mut shapes: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    shapes.sort();
    shapes
}

fn name(shape: &Path) -> &str {
    shape.file_name().and_then(|name| name.to_str()).expect("a name")
}

/// The project of a shape with an app in it.
fn with_shop(shape: &Path) -> Scratch {
    let app = Scratch::new()
        .folder(".git")
        .file("requirements.txt", "django==5.2.1\n")
        .file("shop/__init__.py", "")
        .file("shop/migrations/__init__.py", "")
        .file("shop/migrations/0001_initial.py", SHOP);
    let files = WalkDir::new(shape).into_iter().map(|entry| entry.expect("an entry"));
    let files = files.filter(|entry| entry.file_type().is_file());
    files
        .filter(|entry| !entry.path().to_string_lossy().contains(".stub"))
        .fold(app, |scratch, entry| {
            let path = entry.path().strip_prefix(shape).expect("a path in the shape");
            scratch.file(&path.to_string_lossy(), fs::read(entry.path()).expect("a file"))
        })
}

/// What is taken for each setting; null where it is unknown.
fn taken(project: &Project) -> Value {
    let settings = &project.settings;
    let auto_field = settings.default_auto_field.map(|class| match class {
        InternalType::Auto => "django.db.models.AutoField",
        InternalType::BigAuto => "django.db.models.BigAutoField",
        _ => "another",
    });
    json!({
        "AUTH_USER_MODEL": settings.swappable.get("AUTH_USER_MODEL"),
        "DEFAULT_AUTO_FIELD": auto_field,
        "TIME_ZONE": settings.time_zone,
        "USE_TZ": settings.use_tz,
    })
}

#[test]
fn what_is_taken_for_a_setting_is_what_django_takes_or_it_is_unknown() {
    let mut unknown = Vec::new();
    for shape in shapes() {
        let text = fs::read_to_string(shape.join("truth.json")).expect("a truth: conformance/observe_settings.py");
        let truth: Value = serde_json::from_str(&text).expect("JSON");
        let taken = taken(&with_shop(&shape).load());
        let settings = truth.as_object().expect("an object").iter();
        for (setting, truth) in settings.filter(|(setting, _)| *setting != "INSTALLED_APPS") {
            match &taken[setting] {
                Value::Null => unknown.push(format!("{}: {setting}", name(&shape))),
                taken => assert_eq!(taken, truth, "{}: {setting}", name(&shape)),
            }
        }
    }
    assert_eq!(
        unknown,
        [
            "computed: AUTH_USER_MODEL",
            "package-not-at-hand: DEFAULT_AUTO_FIELD",
            "package-not-at-hand: TIME_ZONE",
            "package-not-at-hand: USE_TZ",
        ]
    );
}

/// An app whose key to the shop is altered along with it, if both are installed.
const PAYMENTS: &str = "\
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [(\"shop\", \"0001_initial\")]
    operations = [
        migrations.CreateModel(\"Payment\", fields=[
            (\"id\", models.BigAutoField(primary_key=True)),
            (\"order\", models.ForeignKey(\"shop.Order\", models.CASCADE)),
        ]),
    ]
";

#[test]
fn an_app_that_django_does_not_install_is_known_for_it_or_taken_to_be_installed() {
    let mut left_out = Vec::new();
    for shape in shapes() {
        let text = fs::read_to_string(shape.join("truth.json")).expect("a truth: conformance/observe_settings.py");
        let truth: Value = serde_json::from_str(&text).expect("JSON");
        let installed = truth["INSTALLED_APPS"].as_array().expect("a list");
        let project = with_shop(&shape)
            .file("payments/__init__.py", "")
            .file("payments/migrations/__init__.py", "")
            .file("payments/migrations/0001_initial.py", PAYMENTS)
            .load();
        for app in &project.not_installed {
            let is_named = installed.iter().any(|entry| entry == app.as_str());
            assert!(!is_named, "{}: {app}", name(&shape));
        }
        if project.not_installed.contains("payments") {
            left_out.push(name(&shape).to_owned());
        }
    }
    assert!(left_out.contains(&"apps-by-flag".to_owned()), "{left_out:?}");
    assert!(
        !left_out.contains(&"apps-by-flag-that-holds".to_owned()),
        "{left_out:?}"
    );
}

#[test]
fn keys_of_apps_that_are_not_installed_are_not_altered_with_what_they_point_to() {
    let widened = "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    dependencies = [(\"shop\", \
                   \"0001_initial\")]\n    operations = [migrations.AlterField(\"order\", \"id\", models.UUIDField(primary_key=True))]\n";
    for (name, altered) in [("apps-by-flag", false), ("apps-by-flag-that-holds", true)] {
        let project = shape(name)
            .file("payments/__init__.py", "")
            .file("payments/migrations/__init__.py", "")
            .file("payments/migrations/0001_initial.py", PAYMENTS)
            .file("shop/migrations/0002_order_id.py", widened);
        let printed = project.run("sql shop 0002").out;
        assert_eq!(printed.contains("payments_payment"), altered, "{name}: {printed}");
    }
}

#[test]
fn what_is_not_a_constant_is_said_once_for_each_setting() {
    let mut said = Vec::new();
    for shape in shapes() {
        said.push(name(&shape).to_owned());
        for note in with_shop(&shape).load().notes {
            said.push(format!("  {note}"));
        }
    }
    insta::assert_snapshot!(said.join("\n") + "\n");
}

fn shape(name: &str) -> Scratch {
    let all = shapes();
    let shape = all.iter().find(|shape| shape.ends_with(name)).expect("a shape");
    with_shop(shape)
}

fn operations(run: &Run) -> Vec<(String, String)> {
    let migrations = run.json();
    let migration = migrations
        .as_array()
        .and_then(|all| all.last())
        .expect("a migration")
        .clone();
    let operations = migration["operations"].as_array().expect("operations").clone();
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let first = |operation: &Value| operation["statements"].get(0).map_or_else(String::new, text);
    operations
        .iter()
        .map(|operation| (text(&operation["confidence"]), first(operation)))
        .collect()
}

#[test]
fn an_unknown_model_of_users_is_in_doubt_with_its_table_and_key_and_nothing_else_is() {
    let run = shape("computed").run("sql --output-format json");
    let operations = operations(&run);
    let confidence: Vec<&str> = operations.iter().map(|(confidence, _)| confidence.as_str()).collect();
    assert_eq!(confidence, ["exact", "exact", "partial", "exact"]);
    assert!(
        operations[2]
            .1
            .contains("<unknown: settings.AUTH_USER_MODEL is not known>"),
        "{operations:?}"
    );
    assert!(!operations[2].1.contains("auth_user"), "{operations:?}");
}

#[test]
fn an_unknown_class_of_keys_is_in_doubt_in_automatic_tables_alone() {
    let run = shape("package-not-at-hand").run("sql --output-format json");
    let operations = operations(&run);
    let confidence: Vec<&str> = operations.iter().map(|(confidence, _)| confidence.as_str()).collect();
    assert_eq!(confidence, ["exact", "exact", "exact", "partial"]);
    let key = "(\"id\" <unknown: settings.DEFAULT_AUTO_FIELD is not known> NOT NULL PRIMARY KEY";
    assert!(operations[3].1.contains(key), "{operations:?}");
}

#[test]
fn unknown_settings_make_no_findings_of_their_own() {
    let settled = shape("literal")
        .run("check --output-format json --exit-zero")
        .findings();
    for name in ["computed", "package-not-at-hand", "branches"] {
        let found = shape(name).run("check --output-format json --exit-zero").findings();
        assert_eq!(found, settled, "{name}");
    }
}

#[test]
fn the_configuration_says_what_the_settings_do_not() {
    let told = shape("computed").file("forelock.toml", "user-model = \"shop.Customer\"\n");
    let project = told.load();
    assert_eq!(project.settings.swappable["AUTH_USER_MODEL"], "shop.Customer");
    assert_eq!(project.notes, [""; 0]);
    let told = shape("package-not-at-hand").file(
        "forelock.toml",
        "[settings]\nDEFAULT_AUTO_FIELD = \"django.db.models.BigAutoField\"\nUSE_TZ = true\nTIME_ZONE = \"UTC\"\n",
    );
    let project = told.load();
    assert_eq!(project.settings.default_auto_field, Some(InternalType::BigAuto));
    assert_eq!(project.notes, [""; 0]);
    let wrong = shape("computed")
        .file("forelock.toml", "user-model = \"Customer\"\n")
        .run("check");
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.notes.contains("`Customer` is no model: write `app.Model`"),
        "{wrong:?}"
    );
}

#[test]
fn the_one_model_of_users_among_the_migrations_is_taken_and_said() {
    let customer = |scratch: Scratch, app: &str| {
        scratch
            .file(&format!("{app}/__init__.py"), "")
            .file(&format!("{app}/migrations/__init__.py"), "")
            .file(&format!("{app}/migrations/0001_initial.py"), CUSTOMER)
    };
    let one = customer(shape("computed"), "people");
    let project = one.load();
    assert_eq!(project.settings.swappable["AUTH_USER_MODEL"], "people.Customer");
    let said = "`people.Customer` is taken, the one model of users among the migrations (1 operation depends on it)";
    assert!(project.notes[0].contains(said), "{:?}", project.notes);
    let operations = operations(&one.run("sql shop --output-format json"));
    assert_eq!(operations[2].0, "exact");
    assert!(operations[2].1.contains("\"owner_id\" uuid"), "{operations:?}");
    let two = customer(one, "staff");
    assert_eq!(two.load().settings.swappable.get("AUTH_USER_MODEL"), None);
}

/// Two operations, of which a flag decides one.
const FLAGGED: &str = "\
from django.conf import settings
from django.db import migrations, models


def others():
    if settings.SKIP_HEAVY:
        return []
    return [migrations.RunSQL(\"CREATE INDEX heavy ON shop_order (status)\")]


class Migration(migrations.Migration):
    dependencies = [(\"shop\", \"0001_initial\")]
    operations = [migrations.AddField(\"order\", \"note\", models.TextField(null=True)), *others()]

    if not settings.SKIP_HEAVY:
        operations.append(migrations.RunSQL(\"DROP INDEX heavy\"))
";

#[test]
fn a_flag_of_the_environment_that_decides_which_operations_there_are_is_as_without_one_and_said() {
    let project = |flag: &str| {
        Scratch::new()
            .file(
                "manage.py",
                "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'conf.settings')\n",
            )
            .file("requirements.txt", "django==5.2.1\n")
            .file("conf/__init__.py", "")
            .file(
                "conf/settings.py",
                format!("import environ\n\nINSTALLED_APPS = ['shop']\nenv = environ.Env()\n{flag}"),
            )
            .app("shop")
            .file("shop/migrations/0002_flagged.py", FLAGGED)
    };
    let classes = |scratch: &Scratch| -> Vec<String> {
        let json = scratch.run("sql shop 0002 --output-format json").json();
        let operations = json[0]["operations"].as_array().expect("a list").iter();
        let class = |operation: &Value| operation["class"].as_str().expect("a class").to_owned();
        operations.map(class).collect()
    };
    let said = "SKIP_HEAVY is not a constant in conf.settings, and decides what migrations do";
    let unset = project("SKIP_HEAVY = env.bool('SKIP_HEAVY', False)\n");
    assert_eq!(classes(&unset), ["AddField", "RunSQL", "RunSQL"]);
    assert!(
        unset.load().notes.iter().any(|note| note.contains(said)),
        "{:?}",
        unset.load().notes
    );
    let set = project("SKIP_HEAVY = env.bool('SKIP_HEAVY', default=True)\n");
    assert_eq!(classes(&set), ["AddField"]);
    let constant = project("SKIP_HEAVY = True\n");
    assert_eq!(classes(&constant), ["AddField"]);
    assert!(!constant.load().notes.iter().any(|note| note.contains("SKIP_HEAVY")));
    let required = project("SKIP_HEAVY = env.bool('SKIP_HEAVY')\n");
    assert!(classes(&required).contains(&"?".to_owned()));
}

// `_effective_default` of Django 5.2 with TIME_ZONE = "Europe/Berlin", as psycopg writes it.
#[test]
fn the_zone_that_django_hands_out_is_that_of_the_settings() {
    for function in ["get_default_timezone", "get_current_timezone"] {
        let second = format!(
            "import datetime\nfrom django.db import migrations, models\nfrom django.utils import timezone\n\n\nclass Migration(migrations.Migration):\n    \
             dependencies = [(\"shop\", \"0001_initial\")]\n    operations = [\n        migrations.AddField(\"order\", \"made\", models.DateTimeField(\
             default=datetime.datetime(2015, 7, 22, 10, 21, 17, 188643, timezone.{function}()))),\n    ]\n"
        );
        let project = |settings: &str| {
            Scratch::new()
                .file(
                    "manage.py",
                    "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\n",
                )
                .file("config/__init__.py", "")
                .file(
                    "config/settings.py",
                    format!("INSTALLED_APPS = ['shop']\nUSE_TZ = True\n{settings}"),
                )
                .app("shop")
                .file("shop/migrations/0002_made.py", &second)
                .run("sql shop 0002")
        };
        let berlin = project("TIME_ZONE = 'Europe/Berlin'\n");
        assert!(
            berlin
                .out
                .contains("DEFAULT '2015-07-22 10:21:17.188643+02:00'::timestamptz"),
            "{berlin:?}"
        );
        let unknown = project("import os\nTIME_ZONE = os.environ['ZONE']\n");
        assert!(unknown.out.contains("DEFAULT <unknown: "), "{unknown:?}");
    }
}
