//! The label of an app: what `AppConfig`, settings or its own migrations say, and what is said where nothing does.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

mod scratch;

use scratch::{INITIAL, Scratch, index, migration};

const MANAGE: &str = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\n";

/// A project with an app in `orders`, whose apps.py this is.
fn with_config(apps: &str) -> Scratch {
    Scratch::new()
        .folder(".git")
        .file("manage.py", MANAGE)
        .file("requirements.txt", "django==5.2\n")
        .file("config/__init__.py", "")
        .file("config/settings.py", "INSTALLED_APPS = ['orders']\n")
        .app("orders")
        .file("orders/apps.py", apps)
}

fn labels(scratch: &Scratch) -> Vec<String> {
    let migrations = scratch.migrations(".").into_iter();
    migrations
        .map(|name| name.split('.').next().unwrap_or_default().to_owned())
        .collect()
}

fn notes(scratch: &Scratch) -> String {
    let run = scratch.run("check --exit-zero");
    run.out + &run.notes
}

#[test]
fn a_config_keeps_its_label_whatever_its_name_is_written_like() {
    for name in [
        "'orders'",
        "__name__.rpartition('.')[0]",
        "__name__.rsplit('.', 1)[0]",
        "__name__.split('.')[0]",
        "__package__",
        "'.'.join(__name__.split('.')[:-1])",
        "__name__.removesuffix('.apps')",
        "here(__file__)",
    ] {
        let config = format!(
            "from django.apps import AppConfig\nfrom .names import here\n\n\nclass Orders(AppConfig):\n    name = {name}\n    \
             label = 'shop'\n"
        );
        let scratch = with_config(&config);
        assert_eq!(labels(&scratch), ["shop"], "{name}");
        assert!(!notes(&scratch).contains("label"), "{name}");
    }
}

#[test]
fn without_a_label_it_is_the_last_part_of_the_name() {
    let config =
        "from django.apps import AppConfig\n\n\nclass Orders(AppConfig):\n    name = __name__.rpartition('.')[0]\n";
    assert_eq!(labels(&with_config(config)), ["orders"]);
}

#[test]
fn a_label_that_is_no_constant_is_that_of_the_migrations_or_said() {
    let config = "from django.apps import AppConfig\nfrom .names import label\n\n\nclass Orders(AppConfig):\n    name = 'orders'\n    \
                  label = label(3)\n";
    let alone = with_config(config);
    assert_eq!(labels(&alone), ["orders"]);
    let said = "orders.Orders.label is not a constant: the app is taken to be called `orders`";
    assert!(notes(&alone).contains(said), "{}", notes(&alone));
    let with_second = alone.file("orders/migrations/0002_index.py", index("shop", "0001_initial"));
    assert_eq!(labels(&with_second), ["shop", "shop"]);
    assert!(!notes(&with_second).contains("not a constant"));
}

#[test]
fn without_settings_the_dependencies_of_siblings_give_the_label() {
    let scratch = Scratch::new()
        .folder(".git")
        .app("orders")
        .file("orders/migrations/0002_index.py", index("shop", "0001_initial"))
        .app("blog")
        .file("blog/migrations/0002_index.py", index("blog", "0001_initial"));
    assert_eq!(labels(&scratch), ["blog", "blog", "shop", "shop"]);
    // Files of other apps are called alike.
    let both = migration("shop", "0001_initial", "").replace("[(", "[(\"blog\", \"0001_initial\"), (");
    let scratch = scratch.file(
        "orders/migrations/0003_both.py",
        both.replace("0001_initial\")]", "0002_index\")]"),
    );
    assert_eq!(labels(&scratch), ["blog", "blog", "shop", "shop", "shop"]);
}

#[test]
fn a_folder_that_only_migration_modules_can_know_is_said_without_them() {
    let scratch = Scratch::new()
        .folder(".git")
        .file("requirements.txt", "django==5.2\n")
        .file("orders/__init__.py", "")
        .file("orders/history/__init__.py", "")
        .file("orders/history/0001_initial.py", INITIAL);
    let said = "orders/history is not called `migrations`, and no MIGRATION_MODULES that is known has it: its app is taken to be `orders`";
    assert!(notes(&scratch).contains(said), "{}", notes(&scratch));
    let told = scratch.file(
        "forelock.toml",
        "[settings]\nMIGRATION_MODULES = { shop = \"orders.history\" }\n",
    );
    assert_eq!(labels(&told), ["shop"]);
    assert!(!notes(&told).contains("MIGRATION_MODULES"), "{}", notes(&told));
}

#[test]
fn a_migration_acts_on_the_app_whose_label_its_constructor_hands_to_django() {
    for constructor in [
        "super().__init__(name, \"shop\")",
        "super().__init__(name, app_label=\"shop\")",
        "super().__init__(name, app_label)\n        self.app_label = \"shop\"",
    ] {
        let both = "[(\"shop\", \"0001_initial\"), (";
        let of_shop = index("blog", "0001_initial").replace("[(", both).replace(
            "    dependencies",
            &format!("    def __init__(self, name, app_label):\n        {constructor}\n\n    dependencies"),
        );
        let scratch = Scratch::new()
            .folder(".git")
            .app("shop")
            .app("blog")
            .file("blog/migrations/0002_index.py", of_shop);
        let run = scratch.run("sql blog 0002_index");
        assert!(
            run.out.contains("ON \"shop_order\" (\"status\")"),
            "{constructor}: {run:?}"
        );
    }
}

#[test]
fn an_app_that_is_not_installed_and_apps_that_nobody_knows_are_told_in_a_note() {
    let settings = |text: &str| with_config("").app("payments").file("config/settings.py", text);
    let named = settings("INSTALLED_APPS = ['orders', 'payments']\n");
    assert!(!notes(&named).contains("INSTALLED_APPS"));
    let left_out = settings("INSTALLED_APPS = ['orders']\n");
    let said = "INSTALLED_APPS in config.settings does not name payments";
    assert!(notes(&left_out).contains(said), "{}", notes(&left_out));
    let open = settings("import elsewhere\n\nINSTALLED_APPS = ['orders', *elsewhere.apps()]\n");
    let said = "not all of INSTALLED_APPS in config.settings is known";
    assert!(notes(&open).contains(said), "{}", notes(&open));
}
