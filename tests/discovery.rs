//! Paths to projects, apps and migration files: where a project begins, what an app is called, what is left out.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

mod scratch;

use scratch::{INITIAL, Scratch, index, migration, removal};

// Where a project begins.

#[test]
fn the_nearest_manage_py_is_where_a_project_begins() {
    let scratch = Scratch::new()
        .folder(".git")
        .file("forelock.toml", "")
        .file("one/manage.py", "")
        .app("one/shop")
        .app("one/blog")
        .file("two/manage.py", "")
        .app("two/forum");
    assert_eq!(
        scratch.migrations("one/shop"),
        ["blog.0001_initial", "shop.0001_initial"]
    );
}

#[test]
fn without_a_manage_py_a_project_begins_at_its_configuration() {
    let scratch = Scratch::new()
        .folder(".git")
        .file("library/pyproject.toml", "[tool.forelock]\n")
        .app("library/shop")
        .app("library/blog")
        .app("elsewhere/forum");
    assert_eq!(
        scratch.migrations("library/shop"),
        ["blog.0001_initial", "shop.0001_initial"]
    );
}

#[test]
fn without_a_configuration_a_project_begins_at_the_repository() {
    let scratch = Scratch::new()
        .folder("repository/.git")
        .app("repository/shop")
        .app("repository/deep/blog")
        .app("forum");
    assert_eq!(
        scratch.migrations("repository/shop"),
        ["blog.0001_initial", "shop.0001_initial"]
    );
}

#[test]
fn without_a_repository_a_project_begins_at_the_package_around_the_path() {
    let scratch = Scratch::new()
        .file("company/__init__.py", "")
        .app("company/shop")
        .app("company/blog")
        .app("forum");
    assert_eq!(
        scratch.migrations("company/shop/migrations"),
        ["blog.0001_initial", "shop.0001_initial"]
    );
}

#[test]
fn a_manage_py_beyond_the_repository_is_none_of_its_business() {
    let scratch = Scratch::new()
        .file("manage.py", "")
        .app("blog")
        .folder("repository/.git")
        .app("repository/shop");
    assert_eq!(scratch.migrations("repository"), ["shop.0001_initial"]);
}

#[test]
fn a_file_is_judged_with_the_history_of_its_project_and_alone_is_shown() {
    let scratch = Scratch::shop().file("shop/migrations/0003_removal.py", removal("shop", "0002_index"));
    let run = scratch.run("shop/migrations/0003_removal.py --output-format json");
    assert_eq!(run.findings(), ["shop/migrations/0003_removal.py: drop-column-in-use"]);
    assert_eq!(run.json()["summary"]["migrations"], 1);
    assert_eq!(run.code, 1);
}

#[test]
fn an_app_is_shown_alone() {
    let scratch = Scratch::shop()
        .app("blog")
        .file("blog/migrations/0002_index.py", index("blog", "0001_initial"));
    assert_eq!(
        scratch.run("blog --output-format json").findings(),
        ["blog/migrations/0002_index.py: create-index-blocking-writes"]
    );
}

#[test]
fn several_paths_are_one_report_and_nothing_is_shown_twice() {
    let scratch = Scratch::shop()
        .app("blog")
        .file("blog/migrations/0002_index.py", index("blog", "0001_initial"));
    let run = scratch.run("shop blog shop/migrations/0002_index.py . --output-format json");
    assert_eq!(
        run.findings(),
        [
            "blog/migrations/0002_index.py: create-index-blocking-writes",
            "shop/migrations/0002_index.py: create-index-blocking-writes"
        ]
    );
}

#[test]
fn paths_are_shown_from_the_working_folder_and_whole_outside_of_it() {
    let scratch = Scratch::shop().folder("elsewhere");
    let inside = scratch.run_in("shop", "migrations --output-format json");
    assert_eq!(
        inside.findings(),
        ["migrations/0002_index.py: create-index-blocking-writes"]
    );
    let outside = scratch.run_in("elsewhere", "../shop --output-format json");
    let whole = scratch.path("shop/migrations/0002_index.py");
    assert_eq!(
        outside.findings(),
        [format!("{}: create-index-blocking-writes", whole.display())]
    );
}

// Several projects, and labels that occur twice.

#[test]
fn projects_with_a_manage_py_each_are_separate_histories() {
    let scratch = Scratch::new()
        .folder(".git")
        .file("one/manage.py", "")
        .app("one/shop")
        .file("one/shop/migrations/0002_index.py", index("shop", "0001_initial"))
        .file("two/manage.py", "")
        .app("two/shop")
        .file("two/shop/migrations/0002_removal.py", removal("shop", "0001_initial"));
    let run = scratch.run("--output-format json");
    assert_eq!(
        run.findings(),
        [
            "one/shop/migrations/0002_index.py: create-index-blocking-writes",
            "two/shop/migrations/0002_removal.py: drop-column-in-use"
        ]
    );
    assert!(!run.notes.contains("twice"), "{}", run.notes);
}

#[test]
fn the_same_label_twice_without_a_manage_py_is_split_and_noted() {
    let scratch = Scratch::new()
        .folder(".git")
        .app("one/shop")
        .file("one/shop/migrations/0002_index.py", index("shop", "0001_initial"))
        .app("one/blog")
        .app("two/shop");
    let run = scratch.run("--output-format json");
    assert_eq!(
        run.findings(),
        ["one/shop/migrations/0002_index.py: create-index-blocking-writes"]
    );
    let note = "the app label `shop` occurs twice, in one/shop/migrations and two/shop/migrations; they are judged as \
                separate projects";
    assert!(run.notes.contains(note), "{}", run.notes);
}

#[test]
fn a_project_may_depend_on_an_app_of_the_project_beside_it() {
    let beside =
        "migrations.AddField(\"order\", \"tag\", models.ForeignKey(\"tags.Order\", models.CASCADE, null=True))";
    let beside = migration("shop", "0001_initial", beside).replace(
        "[(\"shop\", \"0001_initial\")]",
        "[(\"shop\", \"0001_initial\"), (\"tags\", \"0001_initial\")]",
    );
    let scratch = Scratch::new()
        .folder(".git")
        .file("one/manage.py", "")
        .app("one/shop")
        .file("one/shop/migrations/0002_tag.py", beside)
        .file("two/manage.py", "")
        .app("two/tags");
    let run = scratch.run("sql shop 0002");
    assert!(run.out.contains("\"tag_id\" bigint NULL"), "{run:?}");
}

// What an app is called.

#[test]
fn an_app_is_labelled_by_its_folder() {
    let scratch = Scratch::new().file("manage.py", "").app("apps/web_shop");
    assert_eq!(scratch.migrations("."), ["web_shop.0001_initial"]);
}

#[test]
fn the_label_of_an_app_config_comes_first() {
    let config = "class Config(AppConfig):\n    name = 'apps.shop'\n    label = 'store'\n";
    let scratch = Scratch::new()
        .file("manage.py", "")
        .app("apps/shop")
        .file("apps/shop/apps.py", config);
    assert_eq!(scratch.migrations("."), ["store.0001_initial"]);
}

#[test]
fn without_a_label_the_last_part_of_the_app_configs_name_counts() {
    let config = "class Config(AppConfig):\n    name = 'company.shop'\n";
    let scratch = Scratch::new()
        .file("manage.py", "")
        .app("src/company/shop")
        .file("src/company/shop/apps.py", config);
    assert_eq!(scratch.migrations("."), ["shop.0001_initial"]);
}

const TWO_CONFIGS: &str = "\
class Plain(AppConfig):
    name = 'shop'
    label = 'plain'


class Fancy(AppConfig):
    name = 'shop'
    label = 'fancy'
";

#[test]
fn of_several_app_configs_the_one_that_is_installed_counts() {
    let settings = |apps: &str| format!("INSTALLED_APPS = [{apps}]\n");
    let installed = |apps: &str| {
        let scratch = Scratch::new()
            .file(
                "manage.py",
                "os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"site.settings\")\n",
            )
            .file("site/settings.py", settings(apps))
            .app("shop")
            .file("shop/apps.py", TWO_CONFIGS);
        scratch.migrations(".")
    };
    assert_eq!(installed("'shop.apps.Plain'"), ["plain.0001_initial"]);
    assert_eq!(installed("'shop.apps.Fancy'"), ["fancy.0001_initial"]);
}

#[test]
fn of_several_app_configs_the_default_counts() {
    let config = TWO_CONFIGS.replace("label = 'fancy'", "label = 'fancy'\n    default = True");
    let scratch = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/apps.py", config);
    assert_eq!(scratch.migrations("."), ["fancy.0001_initial"]);
}

#[test]
fn an_app_config_of_another_app_says_nothing_about_this_one() {
    let config = "class Config(AppConfig):\n    name = 'vendor.blog'\n    label = 'blog'\n";
    let scratch = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/apps.py", config);
    assert_eq!(scratch.migrations("."), ["shop.0001_initial"]);
}

#[test]
fn a_folder_of_migrations_may_be_called_anything() {
    let scratch = Scratch::new()
        .file("manage.py", "")
        .file("shop/__init__.py", "")
        .file("shop/db_migrations/0001_initial.py", INITIAL)
        .file("shop/db_migrations/0002_index.py", index("shop", "0001_initial"));
    assert_eq!(
        scratch.run("--output-format json").findings(),
        ["shop/db_migrations/0002_index.py: create-index-blocking-writes"]
    );
}

#[test]
fn migration_modules_say_whose_migrations_a_folder_holds() {
    let scratch = Scratch::new()
        .file(
            "manage.py",
            "os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"site.settings\")\n",
        )
        .file(
            "site/settings.py",
            "MIGRATION_MODULES = {'shop': 'schema.for_shop', 'blog': 'schema.for_blog'}\n",
        )
        .file("schema/for_shop/0001_initial.py", INITIAL)
        .file("schema/for_blog/0001_initial.py", INITIAL);
    assert_eq!(scratch.migrations("."), ["blog.0001_initial", "shop.0001_initial"]);
}

// What is left out.

#[test]
fn other_peoples_code_is_not_searched() {
    let folders = [
        ("node_modules", "node_modules/blog"),
        ("a hidden folder", ".cache/blog"),
        ("a folder called venv", "venv/blog"),
        ("installed packages", "lib/site-packages/blog"),
        ("installed packages of Debian", "lib/dist-packages/blog"),
        ("compiled code", "__pycache__/blog"),
        ("a built copy", "build/lib/blog"),
        ("a packed copy", "dist/blog"),
    ];
    for (what, folder) in folders {
        let scratch = Scratch::new().file("manage.py", "").app("shop").app(folder);
        assert_eq!(scratch.migrations("."), ["shop.0001_initial"], "{what}");
    }
}

#[test]
fn an_environment_is_known_by_its_pyvenv_cfg_whatever_it_is_called() {
    let scratch = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("python312/pyvenv.cfg", "")
        .app("python312/src/blog");
    assert_eq!(scratch.migrations("."), ["shop.0001_initial"]);
}

#[test]
fn a_package_called_build_is_the_projects_own() {
    let scratch = Scratch::new().file("manage.py", "").app("build");
    assert_eq!(scratch.migrations("."), ["build.0001_initial"]);
}

#[test]
fn what_is_named_is_searched_wherever_it_lies() {
    let scratch = Scratch::new()
        .app("venv/blog")
        .file("venv/blog/migrations/0002_index.py", index("blog", "0001_initial"));
    assert_eq!(
        scratch.run("venv/blog --output-format json").findings(),
        ["venv/blog/migrations/0002_index.py: create-index-blocking-writes"]
    );
}

#[test]
fn a_link_in_a_circle_or_to_nowhere_is_passed_by() {
    #[cfg(unix)]
    {
        let scratch = Scratch::shop();
        scratch::link(&scratch.path(""), &scratch.path("shop/here"));
        scratch::link(&scratch.path("shop/migrations"), &scratch.path("again"));
        scratch::link(&scratch.path("gone"), &scratch.path("shop/migrations/0003_gone.py"));
        let run = scratch.run("--output-format json");
        assert_eq!(
            run.findings(),
            ["shop/migrations/0002_index.py: create-index-blocking-writes"]
        );
        assert_eq!(run.json()["summary"]["migrations"], 2);
    }
}

/// A project whose app `shop`, with one finding, lies behind a link out of it.
#[cfg(unix)]
fn shop_elsewhere() -> Scratch {
    let scratch = Scratch::new()
        .file("site/manage.py", "")
        .app("elsewhere/shop")
        .file("elsewhere/shop/migrations/0002_index.py", index("shop", "0001_initial"));
    scratch::link(&scratch.path("elsewhere/shop"), &scratch.path("site/shop"));
    scratch
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_project_is_not_walked_and_that_is_said() {
    let run = shop_elsewhere().app("site/blog").run_in("site", "sql");
    assert!(!run.out.contains("shop_order"), "{run:?}");
    assert!(run.out.contains("blog_order"), "{run:?}");
    let note =
        "note: shop: leads out of the project and is not followed; name it to have the migrations behind it judged\n";
    assert!(run.notes.contains(note), "{run:?}");
}

#[cfg(unix)]
#[test]
fn where_all_migrations_lie_behind_a_link_out_of_the_project_it_is_the_next_step() {
    let run = shop_elsewhere().run("site");
    assert_eq!(run.code, 2, "{run:?}");
    assert!(
        run.notes
            .ends_with("; name site/shop, which leads out of the project and is not followed\n"),
        "{run:?}"
    );
}

#[cfg(unix)]
#[test]
fn what_lies_behind_a_link_out_of_the_project_is_judged_if_it_is_named() {
    let scratch = shop_elsewhere();
    let expected = ["site/shop/migrations/0002_index.py: create-index-blocking-writes"];
    assert_eq!(scratch.run("site/shop --output-format json").findings(), expected);
    let file = "site/shop/migrations/0002_index.py --output-format json";
    assert_eq!(scratch.run(file).findings(), expected);
}

#[cfg(unix)]
#[test]
fn a_link_to_another_folder_of_the_repository_is_walked() {
    let scratch = shop_elsewhere().folder(".git");
    assert_eq!(scratch.migrations("site"), ["shop.0001_initial", "shop.0002_index"]);
}

#[cfg(unix)]
#[test]
fn a_file_or_folder_named_through_a_link_is_judged_under_its_own_path() {
    let scratch = Scratch::shop().folder("latest");
    scratch::link(&scratch.path("shop"), &scratch.path("app"));
    scratch::link(
        &scratch.path("shop/migrations/0002_index.py"),
        &scratch.path("latest/one.py"),
    );
    let expected = ["shop/migrations/0002_index.py: create-index-blocking-writes"];
    for named in ["app", "app/migrations", "app/migrations/0002_index.py", "latest/one.py"] {
        let run = scratch.run(&format!("{named} --output-format json"));
        assert_eq!(run.findings(), expected, "{named}");
    }
    let run = scratch.run("--output-format json");
    assert_eq!(run.findings(), expected, "another name is no other migration");
    assert_eq!(run.json()["summary"]["migrations"], 2);
}

#[cfg(unix)]
#[test]
fn a_link_among_migrations_is_a_migration_under_its_own_name() {
    let scratch = Scratch::shop().file("drafts/removal.py", removal("shop", "0002_index"));
    scratch::link(
        &scratch.path("drafts/removal.py"),
        &scratch.path("shop/migrations/0003_removal.py"),
    );
    let run = scratch.run("shop/migrations/0003_removal.py --output-format json");
    assert_eq!(run.findings(), ["shop/migrations/0003_removal.py: drop-column-in-use"]);
}

#[cfg(unix)]
#[test]
fn links_outside_of_the_project_that_lead_in_circles_end() {
    let scratch = shop_elsewhere().folder(".git");
    scratch::link(&scratch.path("elsewhere"), &scratch.path("elsewhere/shop/again"));
    scratch::link(&scratch.path("site/loop"), &scratch.path("site/loop"));
    assert_eq!(scratch.migrations("site"), ["shop.0001_initial", "shop.0002_index"]);
    let run = scratch.run("site/loop");
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.notes.starts_with("error: site/loop: cannot be read: "), "{run:?}");
}

#[test]
fn private_modules_and_packages_beside_migrations_are_no_migrations() {
    let scratch = Scratch::shop()
        .file("shop/migrations/_0003_draft.py", removal("shop", "0002_index"))
        .file("shop/migrations/__init__.py", removal("shop", "0002_index"));
    assert_eq!(scratch.migrations("."), ["shop.0001_initial", "shop.0002_index"]);
}

const TALK: &str = "\
TEXT = '''
class Migration(migrations.Migration):
    operations = []
'''


class MigrationTests(TestCase):
    pass
";

#[test]
fn code_that_speaks_of_migrations_is_no_migration_and_clashes_with_none() {
    let scratch = Scratch::shop()
        .file("shop/tests/__init__.py", "")
        .file("shop/tests/test_migrations.py", TALK)
        .file("blog/tests/test_migrations.py", TALK)
        .file("blog/test_migrations/test_all.py", TALK)
        .file("blog/test_migrations/conftest.py", "");
    let run = scratch.run("--output-format json");
    assert_eq!(
        run.findings(),
        ["shop/migrations/0002_index.py: create-index-blocking-writes"]
    );
    assert_eq!(run.json()["summary"]["migrations"], 2);
    assert!(!run.notes.contains("twice"), "{}", run.notes);
}

// What cannot be judged.

#[test]
fn a_path_that_does_not_exist_is_said() {
    let run = Scratch::shop().run("shop/migrations/0003_gone.py");
    assert_eq!(run.code, 2);
    assert_eq!(
        run.notes,
        "error: shop/migrations/0003_gone.py: no such file or folder\n"
    );
}

#[test]
fn a_misspelt_command_is_recognised() {
    let run = Scratch::shop().run("rule");
    assert_eq!(run.code, 2);
    assert_eq!(
        run.notes,
        "error: rule: no such file or folder; did you mean the command `rules`?\n"
    );
}

#[test]
fn a_folder_without_migrations_is_said_with_how_the_search_was_done() {
    let scratch = Scratch::new()
        .file("manage.py", "")
        .file("shop/models.py", "")
        .app(".hidden/shop");
    let run = scratch.run("");
    assert_eq!(run.code, 2);
    assert_eq!(
        run.notes,
        "error: .: no migrations found: none of 2 Python files defines a `class Migration` of Django's (virtual \
         environments, node_modules, hidden folders and `exclude` are not searched); give the folder of a Django \
         project\n"
    );
    assert_eq!(run.out, "");
}

#[test]
fn an_empty_folder_is_said_even_beside_an_app_with_migrations() {
    let run = Scratch::shop().folder("static").run("shop static");
    assert_eq!(run.code, 2);
    assert!(
        run.notes
            .starts_with("error: static: no migrations found: there are no Python files"),
        "{}",
        run.notes
    );
}

#[test]
fn a_python_file_that_is_no_migration_is_noted() {
    let run = Scratch::shop().file("shop/models.py", "").run("shop/models.py");
    assert_eq!(run.code, 0);
    assert!(
        run.notes
            .contains("note: shop/models.py: no migration, nothing to judge\n"),
        "{}",
        run.notes
    );
}

#[test]
fn files_that_are_no_migrations_are_one_note_beside_what_is_found() {
    let scratch = Scratch::shop()
        .file("shop/models.py", "")
        .file("shop/views.py", "")
        .file("README.md", "");
    let files = "shop/models.py shop/migrations/0002_index.py shop/views.py shop/migrations/__init__.py README.md";
    let run = scratch.run(&format!("{files} --django-version 5.2 --output-format json"));
    assert_eq!(
        run.findings(),
        ["shop/migrations/0002_index.py: create-index-blocking-writes"]
    );
    assert_eq!(
        run.notes,
        "note: shop/models.py and 3 other files: no migration, nothing to judge\n"
    );
}

#[test]
fn a_file_that_is_not_python_is_noted() {
    let run = Scratch::shop().file("README.md", "").run("README.md");
    assert_eq!(run.code, 0);
    assert!(
        run.notes.contains("note: README.md: no migration, nothing to judge\n"),
        "{}",
        run.notes
    );
}

#[test]
fn an_excluded_file_is_noted_and_an_excluded_folder_cannot_be_judged() {
    let scratch = Scratch::shop()
        .file("forelock.toml", "exclude = ['shop']\n")
        .app("blog");
    let file = scratch.run("shop/migrations/0002_index.py");
    assert_eq!(file.code, 0);
    assert!(
        file.notes
            .contains("note: shop/migrations/0002_index.py: excluded by the configuration\n"),
        "{}",
        file.notes
    );
    let folder = scratch.run("shop");
    assert_eq!(folder.code, 2);
    assert_eq!(
        folder.notes,
        "error: shop: excluded by the configuration; no migration is left to judge\n"
    );
}

// Files that cannot be read, beside others that can.

/// A project with one finding and a file of these bytes; what `check` says.
fn beside(name: &str, bytes: &[u8]) -> scratch::Run {
    let path = format!("shop/migrations/{name}");
    Scratch::shop().file(&path, bytes).run("--output-format json")
}

fn message(run: &scratch::Run, rule: &str) -> String {
    let document = run.json();
    let findings = document["findings"].as_array().expect("findings").iter();
    let messages: Vec<_> = findings.filter(|finding| finding["rule"] == rule).collect();
    assert_eq!(messages.len(), 1, "{run:?}");
    messages[0]["message"].as_str().expect("a message").to_owned()
}

#[test]
fn a_syntax_error_is_one_finding_with_its_place_and_the_others_are_judged() {
    let broken = removal("shop", "0002_index").replace("operations = [", "operations = [(");
    let run = beside("0003_broken.py", broken.as_bytes());
    assert_eq!(run.code, 1);
    assert_eq!(
        run.findings(),
        [
            "shop/migrations/0003_broken.py: unreadable-file",
            "shop/migrations/0002_index.py: create-index-blocking-writes"
        ]
    );
    assert!(message(&run, "unreadable-file").contains("is not valid Python"));
    assert_ne!(run.json()["findings"][0]["range"]["start"]["line"], 1);
}

#[test]
fn what_stands_before_and_after_a_syntax_error_is_judged() {
    let broken = format!("{}\n\n)\n", removal("shop", "0002_index"));
    let run = beside("0003_broken.py", broken.as_bytes());
    assert_eq!(
        run.findings(),
        [
            "shop/migrations/0003_broken.py: unreadable-file",
            "shop/migrations/0002_index.py: create-index-blocking-writes",
            "shop/migrations/0003_broken.py: drop-column-in-use"
        ]
    );
}

#[test]
fn a_file_that_is_not_utf_8_is_one_finding_and_the_others_are_judged() {
    let mut latin = removal("shop", "0002_index").into_bytes();
    latin.extend(b"# caf\xe9\n");
    let run = beside("0003_latin.py", &latin);
    assert_eq!(run.code, 1);
    assert_eq!(
        run.findings(),
        [
            "shop/migrations/0003_latin.py: unreadable-file",
            "shop/migrations/0002_index.py: create-index-blocking-writes"
        ]
    );
    assert!(message(&run, "unreadable-file").contains("UTF-8"), "{run:?}");
    assert_eq!(run.json()["findings"][0]["range"]["start"]["line"], 9);
}

#[test]
fn a_file_that_says_its_encoding_is_read() {
    let mut latin = b"# -*- coding: latin-1 -*-\n# caf\xe9\n".to_vec();
    latin.extend(removal("shop", "0002_index").into_bytes());
    let run = beside("0003_latin.py", &latin);
    assert_eq!(
        run.findings(),
        [
            "shop/migrations/0002_index.py: create-index-blocking-writes",
            "shop/migrations/0003_latin.py: drop-column-in-use"
        ]
    );
}

#[test]
fn a_file_without_a_migration_is_refused_by_django_and_so_said() {
    let texts = [
        ("0003_empty.py", ""),
        ("helpers.py", "def backfill(apps, schema_editor): ...\n"),
        ("0003_other.py", "class MigrationPlan(object):\n    pass\n"),
    ];
    for (name, text) in texts {
        let run = beside(name, text.as_bytes());
        assert_eq!(
            run.findings(),
            [
                format!("shop/migrations/{name}: unreadable-file"),
                "shop/migrations/0002_index.py: create-index-blocking-writes".to_owned()
            ],
        );
        assert!(
            message(&run, "unreadable-file").contains("has no class `Migration`"),
            "{run:?}"
        );
    }
}

#[test]
fn a_migration_that_is_not_djangos_is_said() {
    for (text, said) in [
        (
            "from django.db import migrations\n\n\nclass Migration:\n    operations = []\n",
            "does not derive from Django's",
        ),
        (
            "from company.migrations import *\n",
            "has no class `Migration` of its own that is read",
        ),
    ] {
        let run = beside("0003_other.py", text.as_bytes());
        assert_eq!(
            run.findings(),
            [
                "shop/migrations/0003_other.py: unreadable-file",
                "shop/migrations/0002_index.py: create-index-blocking-writes"
            ]
        );
        assert!(message(&run, "unreadable-file").contains(said), "{run:?}");
    }
}

#[test]
fn a_broken_file_gates_even_when_it_alone_is_given() {
    let scratch = Scratch::shop().file("shop/migrations/0003_empty.py", "");
    let run = scratch.run("shop/migrations/0003_empty.py --output-format json");
    assert_eq!(run.findings(), ["shop/migrations/0003_empty.py: unreadable-file"]);
    assert_eq!(run.code, 1);
}

#[cfg(unix)]
#[test]
fn a_pipe_among_migrations_is_said_and_never_opened() {
    let scratch = Scratch::shop();
    let pipe = scratch.path("shop/migrations/0003_pipe.py");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    for words in [
        "--output-format json",
        "shop/migrations/0003_pipe.py shop/migrations/0002_index.py --output-format json",
    ] {
        let mut command = scratch.forelock();
        // To open it would wait for a writer.
        command
            .args(words.split_whitespace())
            .timeout(std::time::Duration::from_mins(1));
        let run = scratch::Run::of(&mut command);
        assert_eq!(
            run.findings(),
            [
                "shop/migrations/0003_pipe.py: unreadable-file",
                "shop/migrations/0002_index.py: create-index-blocking-writes"
            ]
        );
        assert_eq!(
            message(&run, "unreadable-file"),
            "cannot be read: it is a named pipe, not a file"
        );
    }
}

#[test]
fn a_file_larger_than_the_limit_is_said() {
    let scratch = Scratch::shop();
    let file = std::fs::File::create(scratch.path("shop/migrations/0003_data.py")).expect("a file");
    file.set_len((16 << 20) + 1).expect("a long file");
    let run = scratch.run("--output-format json");
    assert_eq!(
        run.findings(),
        [
            "shop/migrations/0003_data.py: unreadable-file",
            "shop/migrations/0002_index.py: create-index-blocking-writes"
        ]
    );
    assert_eq!(
        message(&run, "unreadable-file"),
        "cannot be read: it has 16777217 bytes, and files of more than 16 MiB are not read"
    );
}

#[test]
fn a_folder_of_migrations_none_of_which_can_be_read_is_said() {
    let scratch = Scratch::shop().file("blog/__init__.py", "").folder("blog/migrations");
    let file = std::fs::File::create(scratch.path("blog/migrations/0001_initial.py")).expect("a file");
    file.set_len((16 << 20) + 1).expect("a long file");
    assert_eq!(
        scratch.run("blog --output-format json").findings(),
        ["blog/migrations/0001_initial.py: unreadable-file"]
    );
}

#[test]
fn sql_names_the_files_that_are_missing_from_it() {
    let scratch = Scratch::shop().file("shop/migrations/0003_empty.py", "");
    let run = scratch.run("sql");
    assert_eq!(run.code, 1);
    assert!(run.notes.contains("error: shop/migrations/0003_empty.py"), "{run:?}");
    assert!(run.out.contains("CREATE INDEX \"shop_status\""), "{run:?}");
}

// Folders of migrations that do not look like it.

fn problems(scratch: &Scratch) -> Vec<String> {
    let run = scratch.run("check --output-format json");
    let mut found: Vec<String> = run
        .findings()
        .into_iter()
        .filter(|finding| finding.ends_with("unreadable-file"))
        .collect();
    found.sort();
    found
}

#[test]
fn a_folder_with_nothing_but_an_imported_migration_is_an_app() {
    let scratch = Scratch::shop().file(
        "forum/migrations/0001_initial.py",
        "from .base import Migration  # noqa\n",
    );
    let run = scratch.run("check --output-format json");
    let forum: Vec<String> = run
        .findings()
        .into_iter()
        .filter(|finding| finding.starts_with("forum"))
        .collect();
    assert_eq!(forum, ["forum/migrations/0001_initial.py: not-analysed"]);
}

#[test]
fn a_folder_of_migrations_without_any_class_is_an_app_whose_files_are_errors() {
    let scratch = Scratch::shop()
        .file("blog/migrations/__init__.py", "")
        .file("blog/migrations/0001_initial.py", "")
        .file(
            "wiki/migrations/0001_initial.py",
            "Migration = type('Migration', (object,), {})\n",
        )
        .file("polls/migrations/0001_initial.py", b"\xff\xfec\0l\0a\0s\0s\0");
    assert_eq!(
        problems(&scratch),
        ["blog", "polls", "wiki"].map(|app| format!("{app}/migrations/0001_initial.py: unreadable-file"))
    );
    assert_eq!(scratch.run("check").code, 1);
}

#[test]
fn a_compiled_migration_without_its_source_is_an_error() {
    let scratch = Scratch::shop()
        .file("shop/migrations/0003_gone.pyc", b"\0")
        .file("shop/migrations/0002_index.pyc", b"\0")
        .file("shop/migrations/__pycache__/0001_initial.cpython-312.pyc", b"\0");
    assert_eq!(problems(&scratch), ["shop/migrations/0003_gone.pyc: unreadable-file"]);
}

#[test]
fn an_app_may_be_called_like_a_folder_of_other_peoples_code() {
    let names = [
        "venv",
        "virtualenv",
        "build",
        "dist",
        "app_template",
        "project_template",
    ];
    let scratch = names
        .iter()
        .fold(Scratch::new().file("manage.py", ""), |scratch, name| scratch.app(name));
    let mut expected = names.map(|name| format!("{name}.0001_initial"));
    expected.sort();
    assert_eq!(scratch.migrations("."), expected);
    let environment = scratch.file("venv/pyvenv.cfg", "");
    assert_eq!(environment.migrations(".").len(), names.len() - 1);
}

#[test]
fn a_base_class_called_migration_makes_no_app() {
    let base = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    atomic = False\n";
    let scratch = Scratch::shop()
        .file("shop/db/__init__.py", "")
        .file("shop/db/base.py", base)
        .file("tools/migration.py", base);
    assert_eq!(scratch.migrations("."), ["shop.0001_initial", "shop.0002_index"]);
}

#[test]
fn squashes_that_replace_each_other_are_an_error() {
    let squash = |other: &str| {
        INITIAL.replace(
            "    dependencies",
            &format!("    replaces = [(\"shop\", \"{other}\")]\n    dependencies"),
        )
    };
    let scratch = Scratch::new()
        .file("manage.py", "")
        .file("shop/__init__.py", "")
        .file("shop/migrations/__init__.py", "")
        .file("shop/migrations/0001_one.py", squash("0001_other"))
        .file("shop/migrations/0001_other.py", squash("0001_one"));
    let found = scratch.run("check --output-format json").findings();
    let circular = found.iter().filter(|finding| finding.ends_with("circular-dependency"));
    assert_eq!(circular.count(), 2, "{found:?}");
}

#[cfg(unix)]
#[test]
fn a_file_or_folder_named_through_a_link_inside_the_project_is_found() {
    let scratch = Scratch::shop().folder("links");
    let migrations = scratch.path("shop/migrations");
    scratch::link(&scratch.path("shop"), &scratch.path("links/app"));
    scratch::link(&migrations, &scratch.path("links/history"));
    scratch::link(&migrations.join("0002_index.py"), &scratch.path("links/latest.py"));
    for named in [
        "links/app",
        "links/history",
        "links/app/migrations/0002_index.py",
        "links/history/0002_index.py",
        "links/latest.py",
    ] {
        let run = scratch.run(&format!("check {named} --output-format json"));
        assert_eq!(
            run.findings(),
            ["shop/migrations/0002_index.py: create-index-blocking-writes"],
            "{named}"
        );
    }
}
