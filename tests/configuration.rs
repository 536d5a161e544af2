//! The configuration: where it is found, what it does, and what is wrong with it.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

mod scratch;

use scratch::{Scratch, index, migration, removal, unreadable_operation};

/// A project with two findings, `create-index-blocking-writes` and `drop-column-in-use`, and this forelock.toml.
fn configured(text: &str) -> Scratch {
    Scratch::shop()
        .file("shop/migrations/0003_removal.py", removal("shop", "0002_index"))
        .file("forelock.toml", text)
}

fn rules(scratch: &Scratch, options: &str) -> Vec<String> {
    let run = scratch.run(&format!("--output-format json {options}"));
    let findings = run.findings().into_iter();
    findings
        .filter_map(|finding| Some(finding.split_once(": ")?.1.to_owned()))
        .collect()
}

const INDEX: &str = "create-index-blocking-writes";
const REMOVAL: &str = "drop-column-in-use";

// Where it is found.

#[test]
fn the_configuration_is_the_nearest_one_above_the_path() {
    let scratch = Scratch::new()
        .folder(".git")
        .file("forelock.toml", "ignore = ['blocks-writes', 'breaks-running-code']\n")
        .file("site/manage.py", "")
        .file("site/pyproject.toml", "[tool.forelock]\nignore = ['blocks-writes']\n")
        .app("site/shop")
        .file("site/shop/migrations/0002_index.py", index("shop", "0001_initial"))
        .file("site/shop/migrations/0003_removal.py", removal("shop", "0002_index"));
    assert_eq!(rules(&scratch, "site/shop"), [REMOVAL]);
}

#[test]
fn a_pyproject_that_does_not_speak_of_forelock_is_passed_by() {
    let nearest = |pyproject: &str| {
        let scratch = Scratch::new()
            .folder(".git")
            .file("forelock.toml", "ignore = ['blocks-writes']\n")
            .file("site/manage.py", "")
            .file("site/pyproject.toml", pyproject)
            .app("site/shop")
            .file("site/shop/migrations/0002_index.py", index("shop", "0001_initial"));
        rules(&scratch, "site")
    };
    let nothing: [&str; 0] = [];
    assert_eq!(nearest("[tool.black]\nline-length = 100\n"), nothing);
    assert_eq!(nearest("[project\nbroken, but not by us"), nothing);
    assert_eq!(nearest("[project]\ndependencies = ['forelock']\n"), nothing);
    assert_eq!(nearest("[tool.forelock]\n"), [INDEX]);
}

#[test]
fn a_forelock_toml_comes_before_the_pyproject_beside_it() {
    let scratch = configured("ignore = ['blocks-writes']\n")
        .file("pyproject.toml", "[tool.forelock]\nignore = ['breaks-running-code']\n");
    assert_eq!(rules(&scratch, ""), [REMOVAL]);
}

#[test]
fn a_configuration_beyond_the_repository_is_none_of_its_business() {
    let scratch = Scratch::new()
        .file("forelock.toml", "ignore = ['blocks-writes']\n")
        .folder("repository/.git")
        .app("repository/shop")
        .file(
            "repository/shop/migrations/0002_index.py",
            index("shop", "0001_initial"),
        );
    assert_eq!(rules(&scratch, "repository"), [INDEX]);
}

#[test]
fn config_names_the_file_in_place_of_the_nearest() {
    let scratch = configured("ignore = ['blocks-writes']\n")
        .file("ci/strict.toml", "ignore = ['breaks-running-code']\n")
        .file(
            "ci/pyproject.toml",
            "[tool.forelock]\nselect = ['breaks-running-code']\n",
        );
    assert_eq!(rules(&scratch, "--config ci/strict.toml"), [INDEX]);
    assert_eq!(rules(&scratch, "--config ci/pyproject.toml"), [REMOVAL]);
}

#[test]
fn a_configuration_that_is_not_there_is_said() {
    let run = Scratch::shop().run("--config ci/strict.toml");
    assert_eq!(run.code, 2);
    assert!(
        run.notes
            .starts_with("error: cannot read the configuration ci/strict.toml: "),
        "{}",
        run.notes
    );
}

// What it does.

#[test]
fn select_and_ignore_choose_rules_and_harms() {
    assert_eq!(rules(&configured(""), ""), [INDEX, REMOVAL]);
    assert_eq!(rules(&configured(&format!("select = ['{INDEX}']")), ""), [INDEX]);
    assert_eq!(rules(&configured("select = ['breaks-running-code']"), ""), [REMOVAL]);
    assert_eq!(rules(&configured("ignore = ['breaks-running-code']"), ""), [INDEX]);
}

#[test]
fn select_on_the_command_line_takes_the_place_of_the_configurations_and_ignore_adds_to_it() {
    let scratch = configured(&format!("select = ['{INDEX}']\nignore = ['{REMOVAL}']\n"));
    assert_eq!(rules(&scratch, ""), [INDEX]);
    assert_eq!(rules(&scratch, &format!("--select {REMOVAL}")), [REMOVAL]);
    let nothing: [&str; 0] = [];
    assert_eq!(rules(&scratch, &format!("--ignore {INDEX}")), nothing);
}

#[test]
fn per_file_ignores_hold_for_the_files_that_match() {
    let nothing: [&str; 0] = [];
    let both = ["blocks-writes", "breaks-running-code"];
    for (glob, left) in [
        ("shop/migrations/0002_*.py", vec![REMOVAL]),
        ("0003_removal.py", vec![INDEX]),
        ("shop", nothing.to_vec()),
        ("shop/**", nothing.to_vec()),
        ("*/migrations", nothing.to_vec()),
        ("blog/**", vec![INDEX, REMOVAL]),
        ("migrations/0002_*.py", vec![INDEX, REMOVAL]),
    ] {
        let scratch = configured(&format!("[per-file-ignores]\n'{glob}' = {both:?}\n"));
        assert_eq!(rules(&scratch, ""), left, "{glob}");
    }
}

#[test]
fn excluded_files_and_folders_are_no_part_of_the_project() {
    for glob in ["blog", "blog/", "./blog", "blog/**", "b*", "blog/migrations"] {
        let scratch = Scratch::new()
            .file("manage.py", "")
            .file("forelock.toml", format!("exclude = ['{glob}']\n"))
            .app("shop")
            .app("blog");
        assert_eq!(scratch.migrations("."), ["shop.0001_initial"], "{glob}");
    }
}

#[test]
fn globs_start_at_the_configurations_folder() {
    let scratch = Scratch::new()
        .folder(".git")
        .file("forelock.toml", "exclude = ['one/shop']\n")
        .file("one/manage.py", "")
        .app("one/shop")
        .app("one/one/shop");
    assert_eq!(scratch.migrations("one"), ["shop.0001_initial"]);
    assert!(
        scratch
            .run("sql --project one --output-format json")
            .out
            .contains("one/one/shop/migrations/0001_initial.py")
    );
}

#[test]
fn fail_on_is_the_configurations_unless_the_command_line_says_otherwise() {
    let unclear = |fail_on: &str| {
        Scratch::new()
            .file("manage.py", "")
            .file("forelock.toml", format!("fail-on = {fail_on}\n"))
            .app("shop")
            .file(
                "shop/migrations/0002_x.py",
                unreadable_operation("shop", "0001_initial"),
            )
    };
    assert_eq!(unclear("'error'").run("").code, 0);
    assert_eq!(unclear("'warning'").run("").code, 1);
    assert_eq!(unclear("['error', 'not-analysed']").run("").code, 1);
    assert_eq!(unclear("'warning'").run("--fail-on error").code, 0);
}

#[test]
fn versions_are_the_configurations_unless_the_command_line_says_otherwise() {
    // Django 4.2 has no db_default; what forelock takes for granted shows in what it writes.
    let scratch = configured("django-version = '4.2'\npostgres-version = 12\n");
    let said = scratch.run("");
    assert!(!format!("{}{}", said.out, said.notes).contains("assumed"), "{said:?}");
    for (version, message) in [
        (
            "django-version = '1.8'",
            "forelock.toml:1:18: Django 1.8 is not known to forelock",
        ),
        (
            "django-version = 5.3",
            "forelock.toml:1:18: Django 5.3 is not known to forelock",
        ),
        (
            "postgres-version = 11",
            "forelock.toml:1:20: PostgreSQL 11 is not known to forelock",
        ),
        (
            "postgres-version = true",
            "forelock.toml:1:20: `postgres-version` takes a version, not a value of type boolean",
        ),
    ] {
        let run = configured(version).run("");
        assert_eq!(run.code, 2);
        assert!(run.notes.contains(message), "{}", run.notes);
    }
}

#[test]
fn fields_say_what_no_file_in_sight_does() {
    let field = |class: &str| {
        migration(
            "shop",
            "0001_initial",
            &format!("migrations.AddField(\"order\", \"place\", {class}(null=True))"),
        )
        .replacen("from django", "import vendor.fields\nfrom django", 1)
    };
    let column = |configuration: &str| {
        let scratch = Scratch::new()
            .file("manage.py", "")
            .file("forelock.toml", configuration)
            .app("shop")
            .file("shop/migrations/0002_place.py", field("vendor.fields.PlaceField"));
        scratch.run("sql shop 0002").out
    };
    assert!(column("").contains("<unknown"), "{}", column(""));
    let text = column("[fields]\n'vendor.fields.PlaceField' = 'varchar(30)'\n");
    assert!(text.contains("ADD COLUMN \"place\" varchar(30) NULL"), "{text}");
    let base = column("[fields.'vendor.fields.PlaceField']\nbase = 'django.db.models.IntegerField'\n");
    assert!(base.contains("ADD COLUMN \"place\" integer NULL"), "{base}");
    let none = column("[fields]\n'vendor.fields.PlaceField' = false\n");
    assert!(!none.contains("ADD COLUMN"), "{none}");
}

#[test]
fn models_say_what_no_migration_in_sight_does() {
    let key = migration(
        "shop",
        "0001_initial",
        "migrations.AddField(\"order\", \"place\", models.ForeignKey(\"vendor.Place\", models.CASCADE, null=True))",
    );
    let column = |configuration: &str| {
        let scratch = Scratch::new()
            .file("manage.py", "")
            .file("forelock.toml", configuration)
            .app("shop")
            .file("shop/migrations/0002_place.py", &key);
        scratch.run("sql shop 0002").out
    };
    assert!(column("").contains("<unknown"), "{}", column(""));
    let short = column("[models]\n'vendor.Place' = 'uuid'\n");
    assert!(short.contains("ADD COLUMN \"place_id\" uuid NULL"), "{short}");
    assert!(short.contains("REFERENCES \"vendor_place\""), "{short}");
    let long = column("[models]\n'vendor.Place' = { table = 'places', key = 'code', key-type = 'bigint' }\n");
    assert!(long.contains("ADD COLUMN \"place_id\" bigint NULL"), "{long}");
    assert!(long.contains("REFERENCES \"places\"(\"code\")"), "{long}");
}

#[test]
fn the_settings_module_may_be_named() {
    let scratch = |module: &str| {
        Scratch::new()
            .file("manage.py", "")
            .file("forelock.toml", format!("settings-module = '{module}'\n"))
            .file(
                "config/production.py",
                "MIGRATION_MODULES = {'store': 'shop.migrations'}\n",
            )
            .app("shop")
    };
    assert_eq!(scratch("config.production").migrations("."), ["store.0001_initial"]);
    let run = scratch("config.prod").run("");
    assert_eq!(run.code, 2);
    assert_eq!(
        run.notes,
        "error: the settings module `config.prod` is not among the files under .: correct `settings-module`\n"
    );
}

#[test]
fn an_environment_that_is_none_is_said() {
    let run = configured("python = 'env/bin/python'\n").run("");
    assert_eq!(run.code, 2);
    assert!(
        run.notes
            .contains("env/bin/python: neither an interpreter nor an environment with site-packages; correct `python`"),
        "{}",
        run.notes
    );
}

// What is wrong with it.

/// What is said of a forelock.toml.
fn complaint(text: &str) -> String {
    let run = configured(text).run("");
    assert_eq!((run.code, run.out.as_str()), (2, ""), "{text}");
    run.notes
}

#[test]
fn an_unknown_key_is_an_error_with_its_place_and_what_was_meant() {
    assert_eq!(
        complaint("ignore = []\nselekt = ['drop-unique']\n"),
        "error: forelock.toml:2:1: unknown key `selekt`; did you mean `select`?\n"
    );
    assert!(
        complaint("line-length = 100\n")
            .starts_with("error: forelock.toml:1:1: unknown key `line-length`; the keys are select, ignore,")
    );
    assert_eq!(
        complaint("[models]\n'vendor.Place' = { tabel = 'places' }\n"),
        "error: forelock.toml:2:20: unknown key `tabel`; did you mean `table`?\n"
    );
}

#[test]
fn an_unknown_rule_is_an_error_with_its_place_and_what_was_meant() {
    let message = "there is no rule called `drop-colum-in-use`, did you mean `drop-column-in-use`?; `forelock rules` lists \
                   all names\n";
    for (text, place) in [
        ("select = ['drop-colum-in-use']", "1:11"),
        ("ignore = [\n  'blocks-reads',\n  'drop-colum-in-use',\n]", "3:3"),
        ("[per-file-ignores]\n'shop/**' = ['drop-colum-in-use']", "2:14"),
    ] {
        assert_eq!(complaint(text), format!("error: forelock.toml:{place}: {message}"));
    }
}

#[test]
fn a_place_in_a_pyproject_counts_its_own_lines() {
    let scratch = Scratch::shop().file("pyproject.toml", "[project]\nname = 'é'\n\n[tool.forelock]\n'é' = 1\n");
    let run = scratch.run("");
    assert_eq!(run.code, 2);
    assert!(
        run.notes.starts_with("error: pyproject.toml:5:1: unknown key `é`"),
        "{}",
        run.notes
    );
}

#[test]
fn a_value_of_the_wrong_type_is_an_error_with_its_place() {
    for (text, said) in [
        (
            "select = 'drop-unique'",
            "1:10: `select` takes a list of strings, not a value of type string",
        ),
        (
            "ignore = ['drop-unique', 3]",
            "1:26: `ignore` takes a list of strings, not a value of type integer",
        ),
        (
            "exclude = true",
            "1:11: `exclude` takes a list of strings, not a value of type boolean",
        ),
        (
            "per-file-ignores = []",
            "1:20: `per-file-ignores` takes a table, not a value of type array",
        ),
        (
            "settings-module = 1",
            "1:19: `settings-module` takes a string, not a value of type integer",
        ),
        (
            "fail-on = 'fatal'",
            "1:11: `fail-on` takes error, warning, info, not-analysed, not `fatal`",
        ),
        (
            "[fields]\n'a.B' = {}",
            "2:9: `a.B` needs `base`, `db-type` or `no-column = true`",
        ),
        (
            "[fields.'a.B']\nbase = 'models.ChraField'",
            "1:1: Django has no field class `models.ChraField`; did you mean `django.db.models.CharField`?",
        ),
        (
            "[fields]\n'django.db.models.JsonField' = 'text'",
            "2:32: Django has no field class `django.db.models.JsonField`; did you mean `django.db.models.JSONField`?",
        ),
        (
            "[models]\n'Place' = 'uuid'",
            "2:1: `Place` is no model: write `app.Model`",
        ),
        (
            "[models]\n'a.B' = {}",
            "2:9: `a.B` needs `key-type`, such as \"bigint\"",
        ),
    ] {
        assert_eq!(complaint(text), format!("error: forelock.toml:{said}\n"));
    }
}

#[test]
fn broken_toml_and_broken_globs_are_errors_with_their_place() {
    assert!(complaint("ignore = [\n'drop-unique'\n").starts_with("error: forelock.toml:"));
    assert!(complaint("exclude = ['ok', 'a[']\n").starts_with("error: forelock.toml:1:18: "));
    let run = Scratch::shop().file("pyproject.toml", "[tool.forelock\n").run("");
    assert_eq!(run.code, 2);
    assert!(run.notes.starts_with("error: pyproject.toml:1:"), "{}", run.notes);
}

#[test]
fn a_configuration_in_a_table_of_another_name_is_recognised() {
    let run = Scratch::shop()
        .file("forelock.toml", "[tool.forelock]\nignore = []\n")
        .run("");
    assert_eq!(run.code, 2);
    assert!(
        run.notes
            .starts_with("error: forelock.toml:1:2: unknown key `tool`; the keys stand without `[tool.forelock]` in a"),
        "{}",
        run.notes
    );
}
