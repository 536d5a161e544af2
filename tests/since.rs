//! `--since`: what a branch adds or changes, in real git repositories.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

mod scratch;

use std::fs;
use std::process::Command;

use scratch::{INITIAL, Run, Scratch, index, migration, removal};

/// Runs git in a folder of the scratch.
fn git_in(scratch: &Scratch, folder: &str, words: &str) {
    let mut command = Command::new("git");
    let author = [
        "-c",
        "user.name=nobody",
        "-c",
        "user.email=nobody@example.org",
        "-c",
        "init.defaultBranch=main",
    ];
    command
        .current_dir(scratch.path(folder))
        .args(author)
        .args(words.split_whitespace());
    let output = command.output().expect("git");
    assert!(output.status.success(), "git {words}: {output:?}");
}

fn git(scratch: &Scratch, words: &str) {
    git_in(scratch, "", words);
}

fn commit(scratch: &Scratch) {
    git(scratch, "add --all");
    git(scratch, "commit --quiet --message=change");
}

/// A repository whose `main` has a project with one finding, `0002_index`, and whose branch `work` is checked out.
fn repository() -> Scratch {
    let scratch = Scratch::shop();
    git(&scratch, "init --quiet");
    commit(&scratch);
    git(&scratch, "checkout --quiet -b work");
    scratch
}

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
    assert_eq!(
        found(&scratch),
        ["shop/migrations/0002_index.py: create-index-blocking-writes"]
    );
}

#[test]
fn a_migration_under_a_new_name_is_a_new_one_and_one_that_moved_with_its_app_is_not() {
    let scratch = repository();
    git(
        &scratch,
        "mv shop/migrations/0002_index.py shop/migrations/0002_renamed.py",
    );
    assert_eq!(
        found(&scratch),
        ["shop/migrations/0002_renamed.py: create-index-blocking-writes"]
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
fn a_squash_of_what_was_there_is_silent_whether_or_not_the_originals_stay() {
    let scratch = repository().file("shop/migrations/0002_squashed.py", squash());
    assert_eq!(found(&scratch), Vec::<String>::new());
    fs::remove_file(scratch.path("shop/migrations/0002_index.py")).expect("the original");
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
