//! `--since`: what a branch adds or changes, in real git repositories.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

mod repository;
mod scratch;

use std::fs;

use repository::{commit, git, git_in, repository};
use scratch::{INITIAL, Run, Scratch, index, migration, removal};

fn since(scratch: &Scratch, reference: &str) -> Run {
    scratch.run(&format!("check --since {reference} --output-format json"))
}

fn found(scratch: &Scratch) -> Vec<String> {
    since(scratch, "main").findings()
}

#[test]
fn a_branch_without_migrations_is_clean_and_says_so() {
    let scratch = repository();
    let run = scratch.run("check --since main");
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.out
            .contains("no migration was added or changed since main (merge base "),
        "{run:?}"
    );
}

#[test]
fn a_committed_a_staged_and_an_untracked_migration_are_judged_and_old_ones_are_not() {
    let scratch = repository().file(
        "shop/migrations/0003_a.py",
        index("shop", "0002_index").replace("shop_status", "a"),
    );
    commit(&scratch);
    let scratch = scratch.file(
        "shop/migrations/0004_b.py",
        index("shop", "0003_a").replace("shop_status", "b"),
    );
    git(&scratch, "add --all");
    let scratch = scratch.file("shop/migrations/0005_c.py", removal("shop", "0004_b"));
    let expected = [
        "shop/migrations/0003_a.py: create-index-blocking-writes",
        "shop/migrations/0004_b.py: create-index-blocking-writes",
        "shop/migrations/0005_c.py: drop-column-in-use",
    ];
    assert_eq!(found(&scratch), expected);
    let summary = since(&scratch, "main").json()["summary"].clone();
    assert_eq!(summary["migrations"], 3);
}

#[test]
fn what_main_has_added_meanwhile_is_not_the_branchs() {
    let scratch = repository().file("README", "");
    commit(&scratch);
    git(&scratch, "checkout --quiet main");
    let scratch = scratch.file("shop/migrations/0003_main.py", removal("shop", "0002_index"));
    commit(&scratch);
    git(&scratch, "checkout --quiet work");
    git(&scratch, "merge --quiet --message=merge main");
    assert_eq!(found(&scratch), Vec::<String>::new());
}

#[test]
fn a_changed_migration_is_judged_again() {
    let text = index("shop", "0001_initial").replace("shop_status", "other");
    let scratch = repository().file("shop/migrations/0002_index.py", text);
    let expected = [
        "shop/migrations/0002_index.py: landed-migration-changed",
        "shop/migrations/0002_index.py: create-index-blocking-writes",
    ];
    assert_eq!(found(&scratch), expected);
}

#[test]
fn a_migration_under_a_new_name_is_a_new_one_and_one_that_moved_with_its_app_is_not() {
    let scratch = repository();
    git(
        &scratch,
        "mv shop/migrations/0002_index.py shop/migrations/0002_renamed.py",
    );
    let expected = [
        "shop/migrations/0002_index.py: landed-migration-changed",
        "shop/migrations/0002_renamed.py: create-index-blocking-writes",
    ];
    assert_eq!(found(&scratch), expected);
    let run = since(&scratch, "main");
    assert!(
        run.out
            .contains("was renamed to 0002_renamed: databases that have run it run it again"),
        "{run:?}"
    );
    git(&scratch, "reset --quiet --hard");
    fs::create_dir(scratch.path("apps")).expect("a folder");
    git(&scratch, "mv shop apps/shop");
    assert_eq!(found(&scratch), Vec::<String>::new());
}

#[test]
fn a_table_that_the_branch_creates_is_new_in_its_later_migrations() {
    let initial = INITIAL.replace("Order", "Parcel");
    let later = index("post", "0001_initial").replace("\"order\"", "\"parcel\"");
    let scratch = repository()
        .file("post/__init__.py", "")
        .file("post/migrations/__init__.py", "")
        .file("post/migrations/0001_initial.py", initial)
        .file("post/migrations/0002_index.py", later);
    assert_eq!(found(&scratch), Vec::<String>::new());
    let all = scratch.run("check --output-format json").findings();
    assert!(
        all.contains(&"post/migrations/0002_index.py: create-index-blocking-writes".to_owned()),
        "{all:?}"
    );
}

/// The second migration of the shop, with others in its stead.
fn squash() -> String {
    migration("shop", "0001_initial", "migrations.RemoveField(\"order\", \"status\")").replace(
        "    dependencies = [(\"shop\", \"0001_initial\")]\n",
        "    replaces = [(\"shop\", \"0002_index\")]\n    dependencies = [(\"shop\", \"0001_initial\")]\n",
    )
}

#[test]
fn a_squash_of_what_was_there_is_silent_and_its_originals_have_to_stay_for_a_release() {
    let scratch = repository().file("shop/migrations/0002_squashed.py", squash());
    assert_eq!(found(&scratch), Vec::<String>::new());
    fs::remove_file(scratch.path("shop/migrations/0002_index.py")).expect("the original");
    assert_eq!(
        found(&scratch),
        ["shop/migrations/0002_squashed.py: originals-deleted-with-squash"]
    );
}

#[test]
fn originals_of_a_squash_that_has_landed_may_be_deleted_with_its_replaces() {
    let scratch = repository().file("shop/migrations/0002_squashed.py", squash());
    commit(&scratch);
    git(&scratch, "branch --force main");
    fs::remove_file(scratch.path("shop/migrations/0002_index.py")).expect("the original");
    assert_eq!(found(&scratch), Vec::<String>::new());
    let text = squash().replace("    replaces = [(\"shop\", \"0002_index\")]\n", "");
    let scratch = scratch.file("shop/migrations/0002_squashed.py", text);
    assert_eq!(found(&scratch), Vec::<String>::new());
}

#[test]
fn a_squash_of_what_was_not_there_is_judged() {
    let text = squash()
        .replace("0002_index", "0003_elsewhere")
        .replace("0001_initial", "0002_index");
    let scratch = repository().file("shop/migrations/0003_squashed.py", text);
    assert_eq!(
        found(&scratch),
        ["shop/migrations/0003_squashed.py: drop-column-in-use"]
    );
}

#[test]
fn paths_and_since_together_narrow_down() {
    let scratch = repository()
        .file("shop/migrations/0003_a.py", removal("shop", "0002_index"))
        .app("post")
        .file("post/migrations/0002_a.py", removal("post", "0001_initial"));
    let run = scratch.run("check --since main --output-format json shop");
    assert_eq!(run.findings(), ["shop/migrations/0003_a.py: drop-column-in-use"]);
}

#[test]
fn a_project_below_the_repositorys_root_and_a_working_folder_below_the_project_do() {
    let scratch = Scratch::new()
        .file("README", "")
        .file("backend/manage.py", "")
        .app("backend/shop");
    git(&scratch, "init --quiet");
    commit(&scratch);
    let scratch = scratch.file("backend/shop/migrations/0002_a.py", removal("shop", "0001_initial"));
    let run = scratch.run("check --since HEAD --output-format json");
    assert_eq!(
        run.findings(),
        ["backend/shop/migrations/0002_a.py: drop-column-in-use"]
    );
    let run = scratch.run_in("backend/shop", "check --since HEAD --output-format json");
    assert_eq!(run.findings(), ["migrations/0002_a.py: drop-column-in-use"]);
}

#[test]
fn a_detached_head_is_as_good_as_a_branch() {
    let scratch = repository().file("shop/migrations/0003_a.py", removal("shop", "0002_index"));
    commit(&scratch);
    git(&scratch, "checkout --quiet --detach");
    assert_eq!(found(&scratch), ["shop/migrations/0003_a.py: drop-column-in-use"]);
}

#[test]
fn an_unknown_reference_is_an_error_with_the_command_that_brings_it() {
    let scratch = repository();
    let run = since(&scratch, "origin/trunk");
    assert_eq!(run.code, 2, "{run:?}");
    assert!(
        run.notes.contains("`origin/trunk` is no commit that git knows here"),
        "{run:?}"
    );
    git(&scratch, "remote add origin nowhere");
    let run = since(&scratch, "origin/trunk");
    assert!(
        run.notes.contains("git fetch origin trunk:refs/remotes/origin/trunk"),
        "{run:?}"
    );
}

#[test]
fn a_shallow_clone_without_a_merge_base_is_an_error_with_the_command_that_deepens_it() {
    let scratch = repository().file("shop/migrations/0003_a.py", removal("shop", "0002_index"));
    commit(&scratch);
    let scratch = scratch.file("README", "");
    commit(&scratch);
    let origin = format!("file://{}", scratch.path("").display());
    let clone = Scratch::new();
    git(
        &clone,
        &format!("clone --quiet --depth 1 --no-single-branch --branch work {origin} clone"),
    );
    let run = clone.run_in("clone", "check --since origin/main");
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.notes.contains("git fetch --unshallow"), "{run:?}");
    git_in(&clone, "clone", "fetch --quiet --unshallow");
    let run = clone.run_in("clone", "check --since origin/main --output-format json");
    assert_eq!(run.findings(), ["shop/migrations/0003_a.py: drop-column-in-use"]);
}

#[test]
fn a_shallow_clone_of_one_branch_is_told_the_one_command_that_brings_all() {
    let scratch = repository().file("shop/migrations/0003_a.py", removal("shop", "0002_index"));
    commit(&scratch);
    let origin = format!("file://{}", scratch.path("").display());
    let clone = Scratch::new();
    git(&clone, &format!("clone --quiet --depth 1 --branch work {origin} clone"));
    let run = clone.run_in("clone", "check --since origin/main");
    assert_eq!(run.code, 2, "{run:?}");
    let command = run.notes.split("`git ").nth(1).and_then(|rest| rest.split('`').next());
    git_in(&clone, "clone", command.expect("a command"));
    let run = clone.run_in("clone", "check --since origin/main --output-format json");
    assert_eq!(run.findings(), ["shop/migrations/0003_a.py: drop-column-in-use"]);
}

#[test]
fn a_remote_without_a_branch_is_told_to_name_one() {
    let scratch = repository();
    git(&scratch, "remote add origin nowhere");
    let run = since(&scratch, "origin/");
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.notes.contains("such as `origin/main`"), "{run:?}");
}

#[test]
fn histories_without_a_common_commit_are_an_error() {
    let scratch = repository();
    git(&scratch, "checkout --quiet --orphan other");
    let scratch = scratch.file("README", "");
    commit(&scratch);
    let run = since(&scratch, "main");
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.notes.contains("no commit in common"), "{run:?}");
}

#[test]
fn outside_of_a_repository_since_is_an_error() {
    let run = since(&Scratch::shop(), "main");
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.notes.contains("no git repository"), "{run:?}");
}

/// The index of `0002_index` under another name, on the same old table.
fn third() -> String {
    index("shop", "0002_index").replace("shop_status", "third")
}

const THIRD: &str = ": create-index-blocking-writes";

#[test]
fn an_app_in_another_folder_with_its_label_kept_is_the_same_app() {
    let scratch = repository();
    git(&scratch, "mv shop store");
    let config = "from django.apps import AppConfig\n\n\nclass StoreConfig(AppConfig):\n    name = \"store\"\n    label = \"shop\"\n";
    let scratch = scratch
        .file("store/apps.py", config)
        .file("store/migrations/0003_third.py", third());
    commit(&scratch);
    assert_eq!(found(&scratch), [format!("store/migrations/0003_third.py{THIRD}")]);
}

#[test]
fn migrations_that_move_to_migration_modules_are_the_same() {
    let settings = "INSTALLED_APPS = [\"shop\"]\n";
    let scratch = Scratch::shop()
        .file("forelock.toml", "settings-module = \"config.settings\"\n")
        .file("config/__init__.py", "")
        .file("config/settings.py", settings);
    git(&scratch, "init --quiet");
    commit(&scratch);
    git(&scratch, "checkout --quiet -b work");
    let central = format!("{settings}MIGRATION_MODULES = {{\"shop\": \"central.shop\"}}\n");
    let scratch = scratch
        .file("config/settings.py", central)
        .file("central/__init__.py", "");
    git(&scratch, "mv shop/migrations central/shop");
    let scratch = scratch.file("central/shop/0003_third.py", third());
    commit(&scratch);
    assert_eq!(found(&scratch), [format!("central/shop/0003_third.py{THIRD}")]);
}

#[test]
fn a_file_taken_out_of_the_index_is_not_a_new_one() {
    let scratch = repository();
    git(&scratch, "rm --quiet --cached shop/migrations/0001_initial.py");
    let scratch = scratch.file("shop/migrations/0003_third.py", third());
    let expected = [format!("shop/migrations/0003_third.py{THIRD}")];
    assert_eq!(found(&scratch), expected);
    git(&scratch, "add shop/migrations/0003_third.py");
    git(&scratch, "commit --quiet --message=change");
    assert_eq!(found(&scratch), expected);
}

#[test]
fn a_file_that_git_ignores_is_no_addition_and_is_noted() {
    let scratch = repository().file(".gitignore", "post/migrations\n").app("post");
    commit(&scratch);
    let run = since(&scratch, "main");
    assert_eq!(run.findings(), Vec::<String>::new());
    assert!(
        run.notes
            .contains("post/migrations/0001_initial.py and 0 more: ignored by git"),
        "{run:?}"
    );
}

#[test]
fn a_header_and_another_format_are_no_news_of_an_old_migration() {
    let reformatted =
        index("shop", "0001_initial").replace("operations = [\n        ", "operations = [  # all\n            ");
    let initial = format!("# (c) the shop\n{INITIAL}");
    let scratch = repository().file("shop/migrations/0001_initial.py", initial).file(
        "shop/migrations/0002_index.py",
        format!("# (c) the shop\n\n{reformatted}"),
    );
    assert_eq!(found(&scratch), Vec::<String>::new());
    let run = since(&scratch, "main");
    assert_eq!(run.json()["summary"]["migrations"], 2, "{run:?}");
}

#[test]
fn a_comment_that_no_longer_excuses_is_news() {
    let excused = index("shop", "0001_initial").replace(
        "migrations.AddIndex",
        "# forelock: ignore[create-index-blocking-writes] tiny\n        migrations.AddIndex",
    );
    let scratch = repository().file("shop/migrations/0002_index.py", excused);
    commit(&scratch);
    git(&scratch, "branch --force main");
    let scratch = scratch.file("shop/migrations/0002_index.py", index("shop", "0001_initial"));
    assert_eq!(found(&scratch), [format!("shop/migrations/0002_index.py{THIRD}")]);
}

#[test]
fn a_landed_migration_that_does_something_else_is_told() {
    let text = index("shop", "0001_initial").replace("fields=[\"status\"]", "fields=[\"status\", \"id\"]");
    let scratch = repository().file("shop/migrations/0002_index.py", text);
    let run = since(&scratch, "main");
    assert_eq!(
        run.findings(),
        ["shop/migrations/0002_index.py: landed-migration-changed"]
    );
    assert!(
        run.out
            .contains("shop.0002_index does something else than in `main` at "),
        "{run:?}"
    );
}

/// A landed migration whose SQL stands in a module beside it, and whose code asks another one for what it writes.
fn with_imports() -> Scratch {
    let text = "from django.db import migrations\n\nfrom shop.code import fill\nfrom shop.fields import CodeField\nfrom shop.sql import LABEL\n\n\n\
                class Migration(migrations.Migration):\n    dependencies = [(\"shop\", \"0002_index\")]\n    operations = [\n        \
                migrations.RunSQL(LABEL, migrations.RunSQL.noop),\n        \
                migrations.RunPython(fill, migrations.RunPython.noop),\n        \
                migrations.AddField(\"order\", \"code\", CodeField(null=True)),\n    ]\n";
    let scratch = repository()
        .file("shop/__init__.py", "")
        .file("shop/sql.py", "LABEL = \"COMMENT ON TABLE shop_order IS 'orders'\"\n")
        .file("shop/code.py", FILL)
        .file("shop/fields.py", CODE_FIELD)
        .file("shop/migrations/0003_label.py", text);
    commit(&scratch);
    git(&scratch, "branch --force main");
    scratch
}

const CODE_FIELD: &str = "from django.db import models\n\n\nclass CodeField(models.CharField):\n    \
                          def __init__(self, *args, **kwargs):\n        kwargs.setdefault(\"max_length\", 10)\n        \
                          super().__init__(*args, **kwargs)\n";

const FILL: &str = "def fill(apps, schema_editor):\n    Order = apps.get_model(\"shop\", \"Order\")\n    \
                    Order.objects.filter(status=\"\").update(status=\"new\")\n";

#[test]
fn a_landed_migration_whose_imports_make_it_do_something_else_is_told() {
    let scratch = with_imports();
    let others = [
        ("shop/sql.py", "LABEL = \"DROP TABLE shop_order\"\n".to_owned()),
        ("shop/code.py", FILL.replace("\"new\"", "\"old\"")),
        ("shop/fields.py", CODE_FIELD.replace("10", "20")),
    ];
    for (path, text) in others {
        let scratch = with_imports().file(path, text);
        let run = since(&scratch, "main");
        let told = "shop/migrations/0003_label.py: landed-migration-changed".to_owned();
        assert!(run.findings().contains(&told), "{path}: {run:?}");
        assert!(
            run.out
                .contains("shop.0003_label imports code that makes it do something else"),
            "{run:?}"
        );
    }
    let sent = scratch.file("shop/sql.py", "LABEL = \"DROP TABLE shop_order\"\n");
    let run = since(&sent, "main");
    assert!(
        run.findings().iter().any(|found| found.ends_with("drop-table-in-use")),
        "{run:?}"
    );
}

#[test]
fn what_else_changes_in_a_module_that_a_landed_migration_imports_is_no_news() {
    let more = "import logging\n\nlogger = logging.getLogger(__name__)\n\n\ndef other(apps, schema_editor):\n    \
                schema_editor.execute(\"DROP TABLE shop_order\")\n\n\n";
    let logged = FILL.replace("    Order =", "    logger.info(\"filling the status\")\n    Order =");
    let scratch = with_imports().file("shop/code.py", format!("{more}{logged}")).file(
        "shop/sql.py",
        "OTHER = 1\nLABEL = \"COMMENT ON TABLE \" \"shop_order IS 'orders'\"\n",
    );
    assert_eq!(found(&scratch), Vec::<String>::new());
}

#[test]
fn dependencies_of_a_landed_migration_may_change() {
    let text =
        index("shop", "0001_initial").replace("dependencies = [", "dependencies = [(\"post\", \"0001_initial\"), ");
    let scratch = repository().app("post").file("shop/migrations/0002_index.py", text);
    assert_eq!(found(&scratch), Vec::<String>::new());
}

#[test]
fn a_landed_migration_that_is_deleted_is_told_with_what_depends_on_it() {
    let scratch = repository().file("shop/migrations/0003_third.py", third());
    commit(&scratch);
    git(&scratch, "branch --force main");
    git(&scratch, "rm --quiet shop/migrations/0002_index.py");
    let expected = [
        "shop/migrations/0002_index.py: landed-migration-changed",
        "shop/migrations/0003_third.py: missing-dependency",
    ];
    assert_eq!(found(&scratch), expected);
    let run = scratch.run("check --since main");
    assert!(run.out.contains("shop.0002_index is in `main` at "), "{run:?}");
}

#[test]
fn an_app_that_goes_is_told_once() {
    let scratch = repository().app("post");
    commit(&scratch);
    git(&scratch, "branch --force main");
    git(&scratch, "rm --quiet -r shop");
    let run = since(&scratch, "main");
    assert_eq!(
        run.findings(),
        ["shop/migrations/0002_index.py: landed-migration-changed"]
    );
    assert!(run.out.contains("all migrations of the app `shop`"), "{run:?}");
}

#[test]
fn a_revert_is_the_deletion_of_a_landed_migration() {
    let scratch = repository().file("shop/migrations/0003_third.py", third());
    commit(&scratch);
    git(&scratch, "branch --force main");
    git(&scratch, "revert --no-edit HEAD");
    assert_eq!(
        found(&scratch),
        ["shop/migrations/0003_third.py: landed-migration-changed"]
    );
    git(&scratch, "branch --force main");
    git(&scratch, "revert --no-edit HEAD");
    assert_eq!(found(&scratch), [format!("shop/migrations/0003_third.py{THIRD}")]);
}

#[test]
fn a_second_leaf_is_told_at_the_new_one_whichever_sorts_first() {
    for name in ["0002_a", "0002_z"] {
        let operation = "migrations.AddField(\"order\", \"note\", models.IntegerField(null=True))";
        let path = format!("shop/migrations/{name}.py");
        let scratch = repository().file(&path, migration("shop", "0001_initial", operation));
        assert_eq!(found(&scratch), [format!("{path}: conflicting-migrations")]);
    }
}

#[test]
fn migrations_in_a_submodule_are_not_taken_for_new_ones() {
    let part = Scratch::new()
        .file("__init__.py", "")
        .file("migrations/__init__.py", "");
    let part = part.file("migrations/0001_initial.py", INITIAL);
    git(&part, "init --quiet");
    commit(&part);
    let scratch = repository();
    git(
        &scratch,
        &format!(
            "-c protocol.file.allow=always submodule --quiet add {} post",
            part.path("").display()
        ),
    );
    commit(&scratch);
    let scratch = scratch.file("post/migrations/0002_index.py", index("post", "0001_initial"));
    let run = since(&scratch, "main");
    assert_eq!(run.findings(), Vec::<String>::new());
    assert!(run.notes.contains("post is a submodule"), "{run:?}");
}

/// The run with a reference that may hold anything.
fn since_exactly(scratch: &Scratch, reference: &str) -> Run {
    Run::of(scratch.forelock().args(["check", "--since", reference]))
}

#[test]
fn a_reference_that_can_name_no_commit_is_told_why() {
    let scratch = repository();
    let told = [
        (
            "",
            "names no commit: it is empty\n  help: name a branch, a tag or a commit; in CI a variable is often empty",
        ),
        (
            "^main",
            "`^main` names no commit: `^` in front leaves commits out\n  help: write `main`",
        ),
        (
            "main..HEAD",
            "`main..HEAD` names no commit, but a range of them\n  help: write `main`",
        ),
        ("main~7", "`main` is known, and `~7` leads nowhere from there"),
        ("v1~2", "git fetch origin v1:v1"),
        (
            "0123456789abcdef",
            "git fetch origin 0123456789abcdef` brings that commit",
        ),
        ("refs/tags/v1", "git fetch origin tag v1"),
        ("--all", "`--all` is no commit that git knows here"),
    ];
    for (reference, words) in told {
        let run = Run::of(scratch.forelock().args(["check", &format!("--since={reference}")]));
        assert_eq!(run.code, 2, "{reference}: {run:?}");
        assert!(run.notes.contains(words), "{reference}: {run:?}");
    }
    assert_eq!(since_exactly(&scratch, "HEAD~0").code, 0);
}

#[test]
fn a_relative_reference_that_a_shallow_clone_lacks_is_told_the_command() {
    let scratch = repository().file("README", "");
    commit(&scratch);
    let origin = format!("file://{}", scratch.path("").display());
    let clone = Scratch::new();
    git(&clone, &format!("clone --quiet --depth 1 {origin} clone"));
    let run = clone.run_in("clone", "check --since HEAD~1");
    assert_eq!(run.code, 2, "{run:?}");
    assert!(
        run.notes.contains("`git fetch --unshallow` brings the history"),
        "{run:?}"
    );
    let run = clone.run("check --since HEAD~1 clone");
    assert!(run.notes.contains("`git -C clone fetch --unshallow`"), "{run:?}");
}

#[test]
fn a_repository_of_somebody_else_is_told_in_gits_own_words() {
    let scratch = repository();
    let mut command = scratch.forelock();
    command.env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    let run = Run::of(command.args(["check", "--since", "main"]));
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.notes.contains("detected dubious ownership"), "{run:?}");
    assert!(
        run.notes.contains("help: `git config --global --add safe.directory "),
        "{run:?}"
    );
}

#[test]
fn a_git_file_that_leads_nowhere_is_told_in_gits_own_words() {
    let scratch = Scratch::shop().file(".git", "gitdir: ../.git/modules/shop\n");
    let run = since(&scratch, "main");
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.notes.contains("fatal: not a git repository: "), "{run:?}");
    assert!(run.notes.contains("`git submodule update --init`"), "{run:?}");
}

#[test]
fn the_text_of_an_editor_is_compared_too() {
    let scratch = repository();
    let text = index("shop", "0001_initial").replace("shop_status", "other");
    let mut command = scratch.forelock();
    let words = "check --since main --output-format json --stdin-filename shop/migrations/0002_index.py";
    let run = Run::of(command.args(words.split(' ')).write_stdin(text));
    let expected = [
        "shop/migrations/0002_index.py: landed-migration-changed",
        "shop/migrations/0002_index.py: create-index-blocking-writes",
    ];
    assert_eq!(run.findings(), expected);
}

#[test]
fn a_partial_clone_fetches_what_it_left_out_or_says_that_it_cannot() {
    let scratch = repository().file("shop/migrations/0002_index.py", index("shop", "0001_initial") + "\n");
    commit(&scratch);
    git(&scratch, "config uploadpack.allowFilter true");
    git(&scratch, "config uploadpack.allowAnySHA1InWant true");
    let origin = format!("file://{}", scratch.path("").display());
    for is_reachable in [true, false] {
        let clone = Scratch::new();
        git(
            &clone,
            &format!("clone --quiet --filter=blob:none --branch work {origin} clone"),
        );
        if !is_reachable {
            git_in(&clone, "clone", "remote set-url origin file:///nowhere");
        }
        let run = clone.run_in("clone", "check --since origin/main");
        assert_eq!(run.code == 0, is_reachable, "{run:?}");
        if !is_reachable {
            assert!(run.notes.contains("promisor remote"), "{run:?}");
            assert!(run.notes.contains("this clone is partial"), "{run:?}");
        }
    }
}
