//! The world around a project's migrations: installed packages, Django's version, settings.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

mod scratch;

use std::path::Path;

use forelock::migration::InternalType;
use forelock::project::{Project, Timeout};
use forelock::versions::{DjangoVersion, PostgresVersion};
use scratch::{INITIAL, Run, Scratch, migration};

// Installed packages.

/// `Tag` with a key of type uuid, and a migration that would be a finding in a project.
fn tags(scratch: Scratch, package: &str) -> Scratch {
    let initial = INITIAL
        .replace("Order", "Tag")
        .replace("models.BigAutoField", "models.UUIDField");
    let removal = migration("tags", "0001_initial", "migrations.RemoveField(\"tag\", \"status\")");
    scratch
        .file(&format!("{package}/__init__.py"), "")
        .file(&format!("{package}/migrations/__init__.py"), "")
        .file(&format!("{package}/migrations/0001_initial.py"), initial)
        .file(&format!("{package}/migrations/0002_removal.py"), removal)
}

/// A project whose app `shop` points to `tags.Tag`.
fn shop() -> Scratch {
    let key = "migrations.AddField(\"order\", \"tag\", models.ForeignKey(\"tags.Tag\", models.CASCADE, null=True))";
    let key = migration("shop", "0001_initial", key);
    let key = key.replace("\"0001_initial\")]", "\"0001_initial\"), (\"tags\", \"0001_initial\")]");
    Scratch::new()
        .folder(".git")
        .file("manage.py", "")
        .app("shop")
        .file("shop/migrations/0002_tag.py", key)
}

/// An environment with Django in it.
fn environment(scratch: Scratch, site_packages: &str) -> Scratch {
    scratch
        .file(&format!("{site_packages}/django/__init__.py"), "")
        .file(&format!("{site_packages}/Django-5.1.4.dist-info/METADATA"), "")
}

const SITE_PACKAGES: &str = ".venv/lib/python3.12/site-packages";

/// The column that `shop_order` gets: its type is that of the tags' key.
fn column(run: &Run) -> &str {
    let (_, column) = run.out.split_once("ADD COLUMN \"tag_id\" ").expect("a column");
    column.split_once(" NULL").expect("a column that may be NULL").0
}

fn column_in(scratch: &Scratch) -> String {
    column(&scratch.run("sql shop 0002")).to_owned()
}

#[test]
fn without_an_environment_the_key_of_a_package_is_unknown() {
    assert_eq!(column_in(&shop()), "<unknown: key type of tags.Tag>");
}

#[test]
fn the_keys_of_well_known_packages_are_known_without_an_environment() {
    let key = "migrations.AddField(\"order\", \"tag\", models.ForeignKey(\"taggit.Tag\", models.CASCADE, null=True))";
    let scratch = shop().file("shop/migrations/0002_tag.py", migration("shop", "0001_initial", key));
    assert_eq!(column_in(&scratch), "integer");
}

#[test]
fn an_app_of_the_project_with_the_label_of_a_package_is_not_the_package() {
    let key = "migrations.AddField(\"order\", \"tag\", models.ForeignKey(\"taggit.Tag\", models.CASCADE, null=True))";
    let scratch = shop()
        .file("shop/migrations/0002_tag.py", migration("shop", "0001_initial", key))
        .app("taggit");
    assert_eq!(column_in(&scratch), "<unknown: key type of taggit.Tag>");
}

#[test]
fn the_migrations_of_a_package_are_read_and_neither_judged_nor_printed() {
    let scratch = tags(environment(shop(), SITE_PACKAGES), &format!("{SITE_PACKAGES}/tags"));
    assert_eq!(column_in(&scratch), "uuid");
    assert_eq!(scratch.migrations("."), ["shop.0001_initial", "shop.0002_tag"]);
    let check = scratch.run("--output-format json");
    assert_eq!(check.json()["summary"]["migrations"], 2);
    assert!(!check.out.contains("tags/migrations"), "{}", check.out);
}

#[test]
fn an_environment_is_found_where_people_put_it() {
    for folder in [
        ".venv/lib/python3.12/site-packages",
        "venv/lib/python3.12/site-packages",
        ".venv/Lib/site-packages",
        ".venv/lib/python3/dist-packages",
    ] {
        let scratch = tags(environment(shop(), folder), &format!("{folder}/tags"));
        assert_eq!(column_in(&scratch), "uuid", "{folder}");
    }
}

#[test]
fn the_environment_of_a_folder_above_counts_up_to_the_repository() {
    let inside = tags(environment(shop(), SITE_PACKAGES), &format!("{SITE_PACKAGES}/tags"));
    let move_down = |scratch: &Scratch, to: &str| {
        let [shop, manage, place] = ["shop", "manage.py", to].map(|path| scratch.path(path));
        std::fs::create_dir_all(&place).expect("a folder");
        std::fs::rename(shop, place.join("shop")).expect("the app moves");
        std::fs::rename(manage, place.join("manage.py")).expect("manage.py moves");
    };
    move_down(&inside, "code/site");
    let run = inside.run("sql shop 0002 --project code/site");
    assert_eq!(column(&run), "uuid");
    let beyond = inside.folder("code/.git");
    let run = beyond.run("sql shop 0002 --project code/site");
    assert_eq!(column(&run), "<unknown: key type of tags.Tag>");
}

#[test]
fn the_active_environment_counts_if_it_has_django() {
    let elsewhere = "elsewhere/lib/python3.12/site-packages";
    let run = |scratch: &Scratch| {
        let active = scratch.path("elsewhere");
        Run::of(
            scratch
                .forelock()
                .args(["sql", "shop", "0002"])
                .env("VIRTUAL_ENV", active),
        )
    };
    // pre-commit's own environment is active while a hook runs; it has no Django.
    let hook = tags(shop(), &format!("{elsewhere}/tags"));
    assert_eq!(column(&run(&hook)), "<unknown: key type of tags.Tag>");
    let active = environment(hook, elsewhere);
    assert_eq!(column(&run(&active)), "uuid");
}

#[test]
fn python_names_the_environment_on_the_command_line_or_in_the_configuration() {
    let elsewhere = "elsewhere/lib/python3.12/site-packages";
    let scratch = tags(shop(), &format!("{elsewhere}/tags")).file("elsewhere/bin/python", "");
    for python in ["elsewhere", "elsewhere/bin/python"] {
        let run = scratch.run(&format!("sql shop 0002 --python {python}"));
        assert_eq!(column(&run), "uuid", "{python}");
    }
    let configured = scratch.file("forelock.toml", "python = 'elsewhere'\n");
    assert_eq!(column_in(&configured), "uuid");
    let none = configured.run("--python shop");
    assert_eq!(none.code, 2);
    assert!(
        none.notes.contains("shop: neither an interpreter nor an environment"),
        "{none:?}"
    );
}

#[test]
fn a_package_is_found_by_its_label_wherever_it_lies() {
    let package = format!("{SITE_PACKAGES}/company/contrib/labels");
    let config = "class Labels(AppConfig):\n    name = 'company.contrib.labels'\n    label = 'tags'\n";
    let scratch = tags(environment(shop(), SITE_PACKAGES), &package)
        .file(&format!("{SITE_PACKAGES}/company/__init__.py"), "")
        .file(&format!("{SITE_PACKAGES}/company/contrib/__init__.py"), "")
        .file(&format!("{package}/apps.py"), config);
    assert_eq!(column_in(&scratch), "uuid");
}

#[test]
fn packages_may_depend_on_packages() {
    let inherited = "\
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [(\"tags\", \"0001_initial\")]
    operations = [
        migrations.CreateModel(\"Label\", fields=[
            (\"tag\", models.OneToOneField(\"tags.Tag\", models.CASCADE, primary_key=True)),
        ]),
    ]
";
    let scratch = tags(environment(shop(), SITE_PACKAGES), &format!("{SITE_PACKAGES}/tags"))
        .file(&format!("{SITE_PACKAGES}/labels/migrations/0001_initial.py"), inherited)
        .file(
            "shop/migrations/0002_tag.py",
            migration(
                "shop",
                "0001_initial",
                "migrations.AddField(\"order\", \"tag\", models.ForeignKey(\"labels.Label\", models.CASCADE, null=True))",
            )
            .replace("\"0001_initial\")]", "\"0001_initial\"), (\"labels\", \"0001_initial\")]"),
        );
    assert_eq!(column_in(&scratch), "uuid");
}

#[test]
fn what_cannot_be_read_in_a_package_is_nobodys_concern() {
    let scratch = tags(environment(shop(), SITE_PACKAGES), &format!("{SITE_PACKAGES}/tags"))
        .file(
            &format!("{SITE_PACKAGES}/tags/migrations/0003_broken.py"),
            "class Migration(\n",
        )
        .file(
            &format!("{SITE_PACKAGES}/tags/migrations/0004_latin.py"),
            b"class Migration: '\xe9'\n",
        );
    assert_eq!(column_in(&scratch), "uuid");
    let run = scratch.run("--output-format json");
    assert!(
        !format!("{}{}", run.out, run.notes).contains("site-packages"),
        "{run:?}"
    );
}

#[test]
fn a_package_installed_in_editable_mode_is_read_from_where_it_lies() {
    let installed: [(&str, &str); 4] = [
        ("easy-install.pth", "# a comment\nimport site\n{code}\n"),
        ("_tags.pth", "{code}\r\n"),
        ("__editable__.tags-1.0.pth", "../../../../../packages/tags/src\n"),
        (
            "__editable___tags_1_0_finder.py",
            "MAPPING: dict[str, str] = {'tags': '{code}/tags'}\nNAMESPACES: dict[str, list[str]] = {}\n",
        ),
    ];
    for (file, text) in installed {
        let outer = tags(Scratch::new(), "packages/tags/src/tags");
        let text = text.replace("{code}", &outer.path("packages/tags/src").display().to_string());
        let scratch = environment(outer, &format!("site/{SITE_PACKAGES}"))
            .file(&format!("site/{SITE_PACKAGES}/{file}"), text)
            .folder("site/.git")
            .file("site/manage.py", "")
            .app("site/shop");
        let key = std::fs::read_to_string(shop().path("shop/migrations/0002_tag.py")).expect("a file");
        let scratch = scratch.file("site/shop/migrations/0002_tag.py", key);
        let run = scratch.run_in("site", "sql shop 0002");
        assert_eq!(column(&run), "uuid", "{file}");
    }
}

#[test]
fn a_project_installed_in_its_own_environment_is_no_package() {
    let scratch = environment(shop(), SITE_PACKAGES);
    let root = scratch.path("").display().to_string();
    let scratch = scratch.file(&format!("{SITE_PACKAGES}/shop.pth"), root);
    assert_eq!(scratch.migrations("."), ["shop.0001_initial", "shop.0002_tag"]);
}

// Django's version.

fn django(files: &[(&str, &str)]) -> (DjangoVersion, Vec<String>) {
    let app = Scratch::new().folder(".git").file("manage.py", "").app("shop");
    let scratch = files.iter().fold(app, |scratch, (path, text)| scratch.file(path, text));
    let project = scratch.load();
    (project.settings.django, project.notes)
}

#[test]
fn djangos_version_is_the_one_that_is_locked_or_pinned() {
    let uv = "version = 1\n\n[[package]]\nname = \"asgiref\"\nversion = \"3.8.1\"\n\n[[package]]\nname = \
              \"django\"\nversion = \"5.1.4\"\nsource = { registry = \"https://pypi.org/simple\" }\n";
    let poetry = "[[package]]\nname = \"Django\"\nversion = \"5.1.4\"\ndescription = \"\"\noptional = false\n";
    let pdm = "[[package]]\nname = \"django\"\nversion = \"5.1.4\"\nrequires_python = \">=3.10\"\n";
    let pylock = "lock-version = \"1.0\"\n[[packages]]\nname = \"django\"\nversion = \"5.1.4\"\n";
    let pipfile =
        "{\"_meta\": {}, \"default\": {\"django\": {\"hashes\": [], \"version\": \"==5.1.4\"}}, \"develop\": {}}";
    let cases: [(&str, &str); 12] = [
        ("uv.lock", uv),
        ("poetry.lock", poetry),
        ("pdm.lock", pdm),
        ("pylock.toml", pylock),
        ("Pipfile.lock", pipfile),
        ("requirements.txt", "asgiref==3.8.1\nDjango==5.1.4\n"),
        ("requirements-dev.txt", "django[argon2] == 5.1.4  # newest\n"),
        ("requirements/base.in", "django>=5.1,<5.2\n"),
        (
            "requirements.txt",
            "django==5.1.4 \\\n    --hash=sha256:0 \\\n    --hash=sha256:1\n",
        ),
        ("pyproject.toml", "[project]\ndependencies = ['django~=5.1.0']\n"),
        ("pyproject.toml", "[dependency-groups]\nweb = ['django==5.1.*']\n"),
        (
            "pyproject.toml",
            "[tool.poetry.dependencies]\ndjango = { version = \"~5.1\" }\n",
        ),
    ];
    for (file, text) in cases {
        let (version, notes) = django(&[(file, text)]);
        assert_eq!(version, DjangoVersion::new(5, 1), "{file}: {text}");
        assert!(notes.is_empty(), "{file}: {notes:?}");
    }
}

#[test]
fn a_lock_file_says_more_than_requirements_and_they_more_than_what_is_installed() {
    let lock = ("uv.lock", "[[package]]\nname = \"django\"\nversion = \"5.0.1\"\n");
    let pin = ("requirements.txt", "django==5.1.4\n");
    let range = ("pyproject.toml", "[project]\ndependencies = ['django>=4.2']\n");
    let installed = (".venv/lib/python3.12/site-packages/django-5.2.1.dist-info/METADATA", "");
    let module = (".venv/lib/python3.12/site-packages/django/__init__.py", "");
    let of = |files: &[(&str, &str)]| django(files).0;
    assert_eq!(of(&[lock, pin, installed, module]), DjangoVersion::new(5, 0));
    assert_eq!(of(&[pin, installed, module]), DjangoVersion::new(5, 1));
    assert_eq!(of(&[range, installed, module]), DjangoVersion::new(5, 2));
}

#[test]
fn of_two_releases_for_two_pythons_the_newer_counts() {
    let lock =
        "[[package]]\nname = \"django\"\nversion = \"4.2.16\"\n\n[[package]]\nname = \"django\"\nversion = \"5.1.4\"\n";
    assert_eq!(django(&[("uv.lock", lock)]).0, DjangoVersion::new(5, 1));
    let pins = "django==4.2.16 ; python_version < '3.10'\ndjango==5.1.4 ; python_version >= '3.10'\n";
    assert_eq!(django(&[("requirements.txt", pins)]).0, DjangoVersion::new(5, 1));
}

#[test]
fn a_version_that_is_a_guess_is_said() {
    let (version, notes) = django(&[("requirements/base.txt", "django>=4.2,<5.1\n")]);
    assert_eq!(version, DjangoVersion::new(5, 0));
    assert_eq!(
        notes,
        ["Django 5.0 is assumed: requirements/base.txt asks for `django>=4.2,<5.1`; set `django-version` to be sure"]
    );
    let (version, notes) = django(&[]);
    assert_eq!(version, DjangoVersion::new(5, 2));
    assert!(notes[0].starts_with("Django 5.2 is assumed: no lock file"), "{notes:?}");
}

#[test]
fn a_version_that_forelock_does_not_know_is_said() {
    for (pinned, judged) in [("3.2.25", DjangoVersion::new(4, 2)), ("9.0", DjangoVersion::new(6, 1))] {
        let (version, notes) = django(&[("requirements.txt", &format!("django=={pinned}\n"))]);
        assert_eq!(version, judged);
        assert!(notes[0].contains("which forelock does not know"), "{notes:?}");
    }
}

#[test]
fn a_version_is_found_in_whichever_file_says_it() {
    let conda = "name: shop\ndependencies:\n  - python=3.12\n  - django=5.1\n";
    let pip_in_conda = "dependencies:\n  - pip:\n    - Django==5.1.4\n";
    let conda_lock = "package:\n- name: django\n  version: 5.1.4\n  manager: conda\n";
    let cases: [(&str, &str); 14] = [
        (
            "setup.cfg",
            "[options]\ninstall_requires =\n    asgiref\n    Django==5.1.4\n",
        ),
        ("setup.cfg", "[options]\ninstall_requires = django>=5.1,<5.2\n"),
        ("setup.py", "setup(install_requires=['asgiref', 'Django~=5.1.0'])\n"),
        ("Pipfile", "[packages]\ndjango = \"==5.1.4\"\n"),
        (
            "Pipfile",
            "[packages]\nDjango = {version = \"~=5.1.0\", extras = [\"argon2\"]}\n",
        ),
        ("pixi.toml", "[pypi-dependencies]\ndjango = \"==5.1.4\"\n"),
        (
            "pyproject.toml",
            "[tool.pixi.pypi-dependencies]\ndjango = { version = \"==5.1.4\" }\n",
        ),
        ("environment.yml", conda),
        ("environment.yaml", pip_in_conda),
        ("conda-lock.yml", conda_lock),
        ("dependencies/pip/base.txt", "django==5.1.4\n"),
        ("scripts/docker/dev/requirements/2_rsr.txt", "Django==5.1.4\n"),
        (
            "deploy/Pipfile.lock",
            "{\"default\": {\"django\": {\"version\": \"==5.1.4\"}}}",
        ),
        (
            "backend/uv.lock",
            "[[package]]\nname = \"django\"\nversion = \"5.1.4\"\n",
        ),
    ];
    for (file, text) in cases {
        let (version, notes) = django(&[(file, text)]);
        assert_eq!(version, DjangoVersion::new(5, 1), "{file}: {text}");
        assert!(notes.is_empty(), "{file}: {notes:?}");
    }
}

#[test]
fn lists_of_requirements_that_include_others_are_followed() {
    let chain = [
        ("requirements.txt", "-r deploy/all.txt\n"),
        ("deploy/all.txt", "asgiref\n--requirement=common/web.txt\n"),
        ("deploy/common/web.txt", "django\n-c ../pins.txt\n"),
        ("deploy/pins.txt", "django==5.1.4\n"),
    ];
    assert_eq!(django(&chain), (DjangoVersion::new(5, 1), Vec::new()));
    let circle = [("requirements.txt", "-r requirements.txt\ndjango==5.1\n")];
    assert_eq!(django(&circle).0, DjangoVersion::new(5, 1));
}

#[test]
fn what_the_application_runs_on_counts_more_than_what_its_tests_ask_for() {
    let files = [
        ("tests/requirements/base.txt", "django==4.2\n"),
        ("dependencies/pip/base.txt", "django==5.1.4\n"),
        ("dependencies/pip/dev.txt", "django>=5.0\n"),
    ];
    assert_eq!(django(&files).0, DjangoVersion::new(5, 1));
}

#[test]
fn a_version_newer_than_all_known_is_judged_as_the_newest_whoever_says_it() {
    let cases: [(&str, &str); 5] = [
        ("uv.lock", "[[package]]\nname = \"django\"\nversion = \"9.0\"\n"),
        ("requirements.txt", "django==9.0.1\n"),
        ("requirements.txt", "django>=9.0\n"),
        ("pyproject.toml", "[tool.poetry.dependencies]\ndjango = \"^9.0\"\n"),
        ("forelock.toml", "django-version = \"9.0\"\n"),
    ];
    for (file, text) in cases {
        let (version, notes) = django(&[(file, text)]);
        assert_eq!(version, DjangoVersion::new(6, 1), "{file}: {text}");
        assert_eq!(notes.len(), 1, "{file}: {text}: {notes:?}");
        assert!(notes[0].contains("forelock"), "{notes:?}");
    }
}

// Settings.

const MANAGE: &str = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings.local')\n";

/// A project with these settings, which manage.py names.
fn with_settings(text: &str) -> Project {
    let scratch = Scratch::new()
        .file("manage.py", MANAGE)
        .file("config/settings/local.py", text)
        .app("shop");
    scratch.load()
}

#[test]
fn settings_are_those_that_manage_py_names_with_all_that_they_import() {
    let scratch = Scratch::new()
        .file("manage.py", MANAGE)
        .file("config/__init__.py", "")
        .file("config/settings/__init__.py", "")
        .file(
            "config/settings/local.py",
            "from .base import *\nTIME_ZONE = 'Europe/Berlin'\n",
        )
        .file(
            "config/settings/base.py",
            "from config.defaults import AUTH_USER_MODEL\nUSE_TZ = False\nTIME_ZONE = 'UTC'\n\
             DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'\n",
        )
        .file("config/defaults.py", "AUTH_USER_MODEL = 'shop.Customer'\n")
        .file("config/settings/production.py", "USE_TZ = True\n")
        .app("shop");
    let project = scratch.load();
    assert_eq!(project.session.time_zone.as_deref(), Some("Europe/Berlin"));
    assert_eq!(project.settings.swappable["AUTH_USER_MODEL"], "shop.Customer");
    assert_eq!(project.settings.default_auto_field, Some(InternalType::BigAuto));
    assert_eq!(project.settings.use_tz, Some(false));
}

#[test]
fn settings_are_found_where_startproject_puts_them() {
    let scratch = Scratch::new()
        .file(
            "manage.py",
            "from django.core.management import execute_from_command_line\n",
        )
        .file("site/settings.py", "AUTH_USER_MODEL = 'shop.Customer'\n")
        .app("shop");
    assert_eq!(scratch.load().settings.swappable["AUTH_USER_MODEL"], "shop.Customer");
}

/// A project whose manage.py names settings, and a migration that nobody asked about.
fn with_unreadable_settings() -> Scratch {
    Scratch::new()
        .file("manage.py", MANAGE)
        .file("config/settings/local.py", b"TIME_ZONE = 'UTC'\n# caf\xe9\n")
        .app("shop")
        .app("blog")
}

#[test]
fn settings_that_cannot_be_decoded_are_a_problem_at_its_place_whatever_was_asked_for() {
    let scratch = with_unreadable_settings();
    for named in [".", "blog", "blog/migrations/0001_initial.py"] {
        let run = scratch.run(&format!("{named} --output-format json"));
        assert_eq!(run.code, 1, "{run:?}");
        assert_eq!(run.findings(), ["config/settings/local.py: unreadable-file"]);
        assert_eq!(run.json()["findings"][0]["range"]["start"]["line"], 2);
    }
    let scratch = scratch.file("forelock.toml", "settings-module = 'config.settings.local'\n");
    assert_eq!(
        scratch.run("--output-format json").findings(),
        ["config/settings/local.py: unreadable-file"]
    );
}

#[test]
fn settings_that_are_no_file_are_said() {
    let scratch = Scratch::new()
        .file("manage.py", MANAGE)
        .folder("config/settings/local.py")
        .app("shop");
    let run = scratch.run("--output-format concise");
    assert!(
        run.out.contains(
            "config/settings/local.py:1:1: error unreadable-file: cannot be read: it is a folder, not a file"
        ) || run.out.contains("cannot be read: it is a folder, not a file"),
        "{run:?}"
    );
}

#[test]
fn apps_and_modules_of_the_project_that_cannot_be_read_are_problems() {
    let migration = migration("shop", "0001_initial", "migrations.RunSQL(STATEMENT)");
    let scratch = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/apps.py", b"class Config: '\xe9'\n")
        .file("shop/helpers.py", b"STATEMENT = '\xe9'\n")
        .file(
            "shop/migrations/0002_fill.py",
            format!("from shop.helpers import STATEMENT\n{migration}"),
        );
    assert_eq!(
        scratch.run("--output-format json").findings(),
        [
            "shop/apps.py: unreadable-file",
            "shop/helpers.py: unreadable-file",
            "shop/migrations/0002_fill.py: not-analysed"
        ]
    );
}

#[test]
fn requirements_that_cannot_be_read_are_noted_beside_the_guess() {
    let scratch = Scratch::new()
        .folder(".git")
        .file("manage.py", "")
        .folder("requirements.txt")
        .app("shop");
    let notes = scratch.load().notes;
    assert_eq!(
        notes[0],
        "requirements.txt: cannot be read: it is a folder, not a file; what it says of Django is not known"
    );
    assert!(notes[1].starts_with("Django 5.2 is assumed"), "{notes:?}");
}

#[test]
fn without_settings_djangos_defaults_hold() {
    let project = with_settings("");
    assert_eq!(project.settings.swappable["AUTH_USER_MODEL"], "auth.User");
    assert_eq!(project.settings.default_auto_field, Some(InternalType::Auto));
    assert_eq!(project.session.time_zone.as_deref(), Some("UTC"));
    assert_eq!(
        (project.session.lock_timeout, project.session.statement_timeout),
        (None, None)
    );
}

#[test]
fn timeouts_of_the_connection_are_read() {
    let database = |options: &str| {
        let text =
            format!("DATABASES = {{'default': {{'ENGINE': 'django.db.backends.postgresql', 'OPTIONS': {options}}}}}\n");
        let session = with_settings(&text).session;
        (session.lock_timeout, session.statement_timeout)
    };
    let seconds = |seconds: u64| Some(Timeout::Milliseconds(seconds * 1000));
    assert_eq!(
        database("{'options': '-c lock_timeout=5s -c statement_timeout=60000'}"),
        (seconds(5), seconds(60))
    );
    assert_eq!(
        database("{'options': '-c lock_timeout=0'}"),
        (Some(Timeout::Never), None)
    );
    assert_eq!(database("{'connect_timeout': 10}"), (None, None));
    assert_eq!(
        database("{'options': f'-c lock_timeout={5}s' + ' -c statement_timeout=1min'}"),
        (seconds(5), seconds(60))
    );
    let assigned = "DATABASES = {'default': {}}\nDATABASES['default']['OPTIONS'] = {'options': '-c lock_timeout=5s'}\n";
    assert_eq!(with_settings(assigned).session.lock_timeout, seconds(5));
}

#[test]
fn another_database_is_said() {
    let project = with_settings("DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql'}}\n");
    let note =
        "config.settings.local uses the database engine django.db.backends.mysql; what follows holds for PostgreSQL 14";
    assert!(project.notes.iter().any(|said| said == note), "{:?}", project.notes);
}

#[test]
fn the_server_is_the_larger_of_fourteen_and_what_django_requires() {
    let postgres = |django: &str| {
        let scratch = Scratch::new()
            .file("manage.py", "")
            .file("requirements.txt", format!("django=={django}\n"))
            .app("shop");
        scratch.load().postgres
    };
    assert_eq!(postgres("4.2.0"), PostgresVersion(14));
    assert_eq!(postgres("6.1.0"), PostgresVersion(15));
}

#[test]
fn a_project_knows_where_it_is() {
    let project = with_settings("");
    assert_eq!(project.root, Path::new("."));
    assert!(project.is_named(Path::new("shop/migrations/0001_initial.py")));
}
