//! `--deployed`: changes that take two releases, and squashes, in real git repositories.
#![allow(clippy::expect_used, reason = "what fails in a test fails the test")]

mod repository;
mod scratch;

use std::fs;

use repository::{commit, git};
use scratch::{INITIAL, Run, Scratch, index, migration};

const STATE: &str = "shop/migrations/0002_state.py";
const DROP: &str = "shop/migrations/0003_drop.py";

/// The first half: the field leaves the state.
fn state() -> String {
    let removal = "migrations.RemoveField(\"order\", \"status\")";
    let operation = format!("migrations.SeparateDatabaseAndState(state_operations=[{removal}])");
    migration("shop", "0001_initial", &operation)
}

/// The second half.
fn dropping() -> String {
    let statement = "migrations.RunSQL('ALTER TABLE \"shop_order\" DROP COLUMN \"status\"')";
    migration("shop", "0002_state", statement)
}

/// `main` and `production` have the first migration, whose column may be NULL; `work` is checked out.
fn repository_of_one() -> Scratch {
    let initial = INITIAL.replace("max_length=20", "max_length=20, null=True");
    let scratch = Scratch::new()
        .file("manage.py", "")
        .app("shop")
        .file("shop/migrations/0001_initial.py", initial);
    git(&scratch, "init --quiet");
    commit(&scratch);
    git(&scratch, "branch production");
    git(&scratch, "checkout --quiet -b work");
    scratch
}

/// Adds a file, and lets `main` have it.
fn landed(scratch: Scratch, path: &str, text: String) -> Scratch {
    let scratch = scratch.file(path, text);
    commit(&scratch);
    git(&scratch, "branch --force main");
    scratch
}

/// Adds a file in a commit of its own.
fn committed(scratch: Scratch, path: &str, text: String) -> Scratch {
    let scratch = scratch.file(path, text);
    commit(&scratch);
    scratch
}

fn check(scratch: &Scratch, points: &str) -> Run {
    scratch.run(&format!("check --output-format json {points}"))
}

fn found(scratch: &Scratch, points: &str) -> Vec<String> {
    check(scratch, points).findings()
}

#[test]
fn both_halves_in_one_branch_are_one_release_and_the_advice_is_to_wait() {
    let scratch = committed(repository_of_one(), STATE, state()).file(DROP, dropping());
    let run = check(&scratch, "--since main");
    assert_eq!(run.findings(), [format!("{DROP}: drop-column-in-use")]);
    assert!(
        run.out
            .contains("shop.0002_state, which takes it out of the state, is of the same release"),
        "{run:?}"
    );
    assert!(run.out.contains("wait: take this operation out"), "{run:?}");
    assert_eq!(run.code, 1);
    assert_eq!(
        found(&scratch, "--deployed production"),
        [format!("{DROP}: drop-column-in-use")]
    );
}

#[test]
fn a_first_half_in_the_base_is_taken_for_deployed_if_the_base_is() {
    let scratch = landed(repository_of_one(), STATE, state()).file(DROP, dropping());
    let run = check(&scratch, "--since main");
    assert_eq!(run.findings(), [format!("{DROP}: drop-column-unused")]);
    assert_eq!(run.code, 0);
    assert!(
        run.out.contains("which shop.0002_state took out of the state"),
        "{run:?}"
    );
    assert!(run.out.contains("nothing, if `main` at "), "{run:?}");
    assert!(
        run.out
            .contains(" is deployed everywhere; the values are gone for good"),
        "{run:?}"
    );
}

#[test]
fn without_a_base_nobody_claims_a_release() {
    let scratch = landed(repository_of_one(), STATE, state()).file(DROP, dropping());
    let run = check(&scratch, "");
    assert_eq!(run.findings(), [format!("{DROP}: drop-column-unused")]);
    assert!(
        run.out
            .contains("make sure that the release with shop.0002_state is deployed everywhere before this runs"),
        "{run:?}"
    );
}

#[test]
fn a_first_half_that_is_merged_and_not_deployed_is_an_error_that_names_it() {
    let scratch = landed(repository_of_one(), STATE, state()).file(DROP, dropping());
    let run = check(&scratch, "--since main --deployed production");
    assert_eq!(run.findings(), [format!("{DROP}: first-half-not-deployed")]);
    assert!(
        run.out
            .contains("shop.0002_state took it out of the state and is not in `production` at "),
        "{run:?}"
    );
    git(&scratch, "branch --force production main");
    let scratch = committed(scratch, "README", String::new());
    let run = check(&scratch, "--since main --deployed production");
    assert_eq!(run.findings(), [format!("{DROP}: drop-column-unused")]);
    assert!(
        run.out.contains("nothing: shop.0002_state is in `production` at "),
        "{run:?}"
    );
}

#[test]
fn stacked_branches_are_shown_against_the_parent_and_judged_against_production() {
    let scratch = committed(repository_of_one(), STATE, state());
    git(&scratch, "branch parent");
    let scratch = committed(scratch, DROP, dropping());
    assert_eq!(
        found(&scratch, "--since parent"),
        [format!("{DROP}: drop-column-unused")]
    );
    assert_eq!(
        found(&scratch, "--since parent --deployed production"),
        [format!("{DROP}: first-half-not-deployed")]
    );
}

#[test]
fn of_tags_the_newest_before_head_counts() {
    let scratch = repository_of_one();
    git(&scratch, "tag v1");
    let scratch = committed(scratch, STATE, state());
    git(&scratch, "tag v2");
    git(&scratch, "tag other");
    let scratch = committed(scratch, DROP, dropping());
    let run = check(&scratch, "--deployed v*");
    assert_eq!(run.findings(), [format!("{DROP}: drop-column-unused")]);
    assert!(run.notes.contains("`v2` at "), "{run:?}");
    git(&scratch, "tag v3");
    assert!(
        check(&scratch, "--deployed v*").notes.contains("`v2` at "),
        "a tag at HEAD is the release to be"
    );
    git(&scratch, "tag --delete v2");
    assert_eq!(
        found(&scratch, "--deployed v*"),
        [format!("{DROP}: drop-column-in-use")]
    );
}

#[test]
fn annotated_tags_count_by_their_commit_and_one_of_another_branch_does_not() {
    let scratch = repository_of_one();
    git(&scratch, "tag --annotate --message=one v1");
    git(&scratch, "checkout --quiet -b aside");
    let scratch = committed(scratch, "README", String::new());
    git(&scratch, "tag --annotate --message=nine v9");
    git(&scratch, "checkout --quiet work");
    let scratch = committed(scratch, STATE, state());
    git(&scratch, "tag --annotate --message=two v2");
    let run = check(&scratch, "--deployed v[0-9]");
    assert!(run.notes.contains("`v1` at "), "{run:?}");
}

#[test]
fn a_pattern_without_a_tag_is_an_error_with_the_command_that_brings_tags() {
    let run = check(&repository_of_one(), "--deployed v*");
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.notes.contains("no tag that matches `v*`"), "{run:?}");
    assert!(run.notes.contains("`git fetch --tags`"), "{run:?}");
}

#[test]
fn head_itself_is_no_evidence_and_its_first_parent_is_taken() {
    let scratch = committed(repository_of_one(), STATE, state());
    let scratch = committed(scratch, DROP, dropping());
    git(&scratch, "branch --force production");
    let run = check(&scratch, "--deployed production");
    assert!(run.notes.contains("`production` is HEAD itself"), "{run:?}");
    assert_eq!(run.findings(), [format!("{DROP}: drop-column-unused")]);
    assert!(run.out.contains("is in `production^` at "), "{run:?}");
}

#[test]
fn the_configuration_says_what_is_deployed_unless_the_command_line_does() {
    let scratch = landed(repository_of_one(), STATE, state())
        .file(DROP, dropping())
        .file("forelock.toml", "deployed = \"production\"\n");
    commit(&scratch);
    assert_eq!(
        found(&scratch, "--since main"),
        [format!("{DROP}: first-half-not-deployed")]
    );
    assert_eq!(
        found(&scratch, "--since main --deployed main"),
        [format!("{DROP}: drop-column-unused")]
    );
}

#[test]
fn a_model_takes_two_releases_as_a_field_does() {
    let removal = "migrations.DeleteModel(\"Order\")";
    let state = migration(
        "shop",
        "0001_initial",
        &format!("migrations.SeparateDatabaseAndState(state_operations=[{removal}])"),
    );
    let dropping = migration("shop", "0002_state", "migrations.RunSQL('DROP TABLE \"shop_order\"')");
    let scratch = landed(repository_of_one(), STATE, state).file(DROP, dropping);
    assert_eq!(found(&scratch, "--since main"), [format!("{DROP}: drop-table-unused")]);
    assert_eq!(
        found(&scratch, "--since main --deployed production"),
        [format!("{DROP}: first-half-not-deployed")]
    );
    assert_eq!(
        found(&scratch, "--since production"),
        [format!("{DROP}: drop-table-in-use")]
    );
}

#[test]
fn a_table_that_has_landed_and_is_not_deployed_has_no_rows() {
    let create = "migrations.CreateModel(\"Parcel\", [(\"id\", models.BigAutoField(primary_key=True)), (\"status\", models.IntegerField())])";
    let scratch = landed(
        repository_of_one(),
        "shop/migrations/0002_parcel.py",
        migration("shop", "0001_initial", create),
    );
    let index = index("shop", "0002_parcel").replace("\"order\"", "\"parcel\"");
    let scratch = scratch.file("shop/migrations/0003_index.py", index);
    let told = ["shop/migrations/0003_index.py: create-index-blocking-writes"];
    assert_eq!(found(&scratch, "--since main"), told);
    assert_eq!(
        found(&scratch, "--since main --deployed production"),
        Vec::<String>::new()
    );
}

#[test]
fn a_column_that_no_release_has_is_dropped_without_harm() {
    let add = "migrations.AddField(\"order\", \"note\", models.IntegerField(null=True))";
    let scratch = committed(
        repository_of_one(),
        "shop/migrations/0002_note.py",
        migration("shop", "0001_initial", add),
    );
    let removal = migration("shop", "0002_note", "migrations.RemoveField(\"order\", \"note\")");
    let scratch = scratch.file("shop/migrations/0003_gone.py", removal);
    let run = check(&scratch, "--since main");
    assert_eq!(run.findings(), ["shop/migrations/0003_gone.py: drop-column-unused"]);
    assert!(run.out.contains("which no release that runs has used"), "{run:?}");
}

#[test]
fn a_column_that_no_release_has_is_renamed_without_harm() {
    let add = "migrations.AddField(\"order\", \"note\", models.IntegerField(null=True))";
    let path = "shop/migrations/0002_note.py";
    let scratch = landed(repository_of_one(), path, migration("shop", "0001_initial", add));
    let renaming = migration(
        "shop",
        "0002_note",
        "migrations.RenameField(\"order\", \"note\", \"remark\")",
    );
    let scratch = scratch.file("shop/migrations/0003_remark.py", renaming);
    let told = ["shop/migrations/0003_remark.py: rename-column"];
    assert_eq!(found(&scratch, "--since main"), told);
    assert_eq!(
        found(&scratch, "--since main --deployed production"),
        Vec::<String>::new()
    );
}

#[test]
fn a_view_in_the_place_of_a_renamed_table_stays_until_the_new_name_is_deployed() {
    let rename = "migrations.RenameModel(\"Order\", \"Purchase\"),\n        \
                  migrations.RunSQL('CREATE VIEW \"shop_order\" AS SELECT \"id\", \"status\" FROM \"shop_purchase\"')";
    let renaming = migration("shop", "0001_initial", rename);
    let scratch = committed(repository_of_one(), "shop/migrations/0002_rename.py", renaming);
    let dropping = migration("shop", "0002_rename", "migrations.RunSQL('DROP VIEW \"shop_order\"')");
    let scratch = scratch.file("shop/migrations/0003_view.py", dropping);
    let told = "shop/migrations/0003_view.py: first-half-not-deployed".to_owned();
    let run = check(&scratch, "--since main");
    assert!(run.findings().contains(&told), "{run:?}");
    assert!(
        run.out
            .contains("shop.0002_rename put it in the place of the old name and is of the same release"),
        "{run:?}"
    );
    commit(&scratch);
    git(&scratch, "branch --force main HEAD~1");
    assert!(found(&scratch, "--since main --deployed production").contains(&told));
    assert_eq!(
        found(&scratch, "--since main"),
        ["shop/migrations/0003_view.py: drop-view"]
    );
}

#[test]
fn a_field_that_comes_back_is_in_use_again() {
    let add = "migrations.AddField(\"order\", \"status\", models.CharField(max_length=20, null=True))";
    let back = format!("migrations.SeparateDatabaseAndState(state_operations=[{add}])");
    let scratch = committed(repository_of_one(), STATE, state());
    let scratch = committed(
        scratch,
        "shop/migrations/0003_back.py",
        migration("shop", "0002_state", &back),
    );
    let last = "shop/migrations/0004_drop.py";
    let scratch = scratch.file(last, dropping().replace("0002_state", "0003_back"));
    assert_eq!(found(&scratch, "--since HEAD"), [format!("{last}: drop-column-in-use")]);
    let scratch = scratch.file("shop/migrations/0003_back.py", dropping());
    let scratch = committed(scratch, last, migration("shop", "0003_back", add));
    let last = "shop/migrations/0005_gone.py";
    let removal = migration("shop", "0004_drop", "migrations.RemoveField(\"order\", \"status\")");
    let scratch = scratch.file(last, removal);
    assert_eq!(found(&scratch, "--since HEAD"), [format!("{last}: drop-column-in-use")]);
}

#[test]
fn a_proof_counts_wherever_it_was_validated() {
    let prove = "migrations.RunSQL(['ALTER TABLE \"shop_order\" ADD CONSTRAINT \"c\" CHECK (\"status\" IS NOT NULL) NOT VALID']),\n        \
                 migrations.RunSQL(['ALTER TABLE \"shop_order\" VALIDATE CONSTRAINT \"c\"'])";
    let prove =
        migration("shop", "0001_initial", prove).replace("    operations", "    atomic = False\n    operations");
    let scratch = landed(repository_of_one(), "shop/migrations/0002_prove.py", prove);
    let set = migration(
        "shop",
        "0002_prove",
        "migrations.RunSQL('ALTER TABLE \"shop_order\" ALTER COLUMN \"status\" SET NOT NULL')",
    );
    let scratch = scratch.file("shop/migrations/0003_set.py", set);
    for points in [
        "--since main",
        "--since main --deployed production",
        "--since production",
    ] {
        let found = found(&scratch, points);
        assert!(
            !found
                .iter()
                .any(|finding| finding.ends_with("set-not-null-scanning-table")),
            "{points}: {found:?}"
        );
    }
}

const SQUASH: &str = "shop/migrations/0002_squashed.py";

fn adds(parent: &str, column: &str) -> String {
    let add = format!("migrations.AddField(\"order\", \"{column}\", models.IntegerField(null=True))");
    migration("shop", parent, &add)
}

/// What `0002_a` and `0003_b` do, and an index that builds while writes wait.
fn squash() -> String {
    let operations = "migrations.AddField(\"order\", \"a\", models.IntegerField(null=True)),\n        \
                      migrations.AddIndex(\"order\", models.Index(fields=[\"status\"], name=\"s\"))";
    migration("shop", "0001_initial", operations).replace(
        "    dependencies",
        "    replaces = [(\"shop\", \"0002_a\"), (\"shop\", \"0003_b\")]\n    dependencies",
    )
}

fn original() -> String {
    index("shop", "0002_a").replace("shop_status", "s")
}

const JUDGED: &str = "shop/migrations/0002_squashed.py: create-index-blocking-writes";

/// `main` has both originals.
fn originals() -> Scratch {
    let scratch = landed(
        repository_of_one(),
        "shop/migrations/0002_a.py",
        adds("0001_initial", "a"),
    );
    landed(scratch, "shop/migrations/0003_b.py", original())
}

fn without_originals(scratch: &Scratch) {
    for name in ["0002_a.py", "0003_b.py"] {
        let _ = fs::remove_file(scratch.path("shop/migrations").join(name));
    }
}

#[test]
fn a_squash_without_a_base_is_one_information_and_a_note() {
    let scratch = originals().file(SQUASH, squash());
    without_originals(&scratch);
    let run = check(&scratch, "");
    assert_eq!(run.findings(), ["shop/migrations/0002_squashed.py: squash-not-judged"]);
    assert_eq!(run.json()["findings"][0]["severity"], "info");
    assert_eq!(run.code, 0);
    assert!(run.notes.contains("1 squash is not judged (2 operations)"), "{run:?}");
}

#[test]
fn a_squash_of_what_is_deployed_is_silent_and_of_what_is_not_is_judged() {
    let scratch = originals().file(SQUASH, squash());
    assert_eq!(found(&scratch, "--since main"), Vec::<String>::new());
    assert_eq!(found(&scratch, "--since main --deployed production"), [JUDGED]);
    without_originals(&scratch);
    let found = found(&scratch, "--since main --deployed production");
    assert_eq!(
        found,
        [
            "shop/migrations/0002_squashed.py: originals-deleted-with-squash",
            JUDGED
        ]
    );
}

#[test]
fn a_squash_whose_originals_never_landed_is_judged_as_new() {
    let scratch = repository_of_one().file(SQUASH, squash());
    assert_eq!(found(&scratch, "--since main"), [JUDGED]);
}

#[test]
fn a_half_applied_squash_without_its_originals_is_an_error() {
    let scratch = landed(
        repository_of_one(),
        "shop/migrations/0002_a.py",
        adds("0001_initial", "a"),
    );
    let scratch = scratch.file(SQUASH, squash());
    without_originals(&scratch);
    let run = check(&scratch, "--since main");
    assert_eq!(
        run.findings(),
        ["shop/migrations/0002_squashed.py: squash-half-applied"]
    );
    assert_eq!(run.code, 1);
    assert!(
        run.out.contains("replaces shop.0003_b, which never ran in `main` at "),
        "{run:?}"
    );
    assert!(run.out.contains("and shop.0002_a, which did"), "{run:?}");
}

#[test]
fn django_goes_on_with_the_originals_of_a_half_applied_squash() {
    let scratch = landed(
        repository_of_one(),
        "shop/migrations/0002_a.py",
        adds("0001_initial", "a"),
    );
    let scratch = scratch
        .file("shop/migrations/0003_b.py", original())
        .file(SQUASH, squash());
    assert_eq!(
        found(&scratch, "--since main"),
        ["shop/migrations/0003_b.py: create-index-blocking-writes"]
    );
}

#[test]
fn production_decides_about_a_squash_where_it_is_behind_main() {
    let scratch = landed(
        repository_of_one(),
        "shop/migrations/0002_a.py",
        adds("0001_initial", "a"),
    );
    git(&scratch, "branch --force production main");
    let scratch = landed(scratch, "shop/migrations/0003_b.py", original()).file(SQUASH, squash());
    without_originals(&scratch);
    assert_eq!(
        found(&scratch, "--since main --deployed production"),
        ["shop/migrations/0002_squashed.py: squash-half-applied"]
    );
}

/// The answer of a database that has applied these migrations of the shop.
fn answer(names: &[&str]) -> String {
    let rows = names
        .iter()
        .map(|name| format!("{{\"app\": \"shop\", \"name\": \"{name}\", \"applied\": \"2026-01-02T10:00:00Z\"}}"));
    let rows = rows.collect::<Vec<_>>().join(", ");
    format!(
        "{{\"version\": 1, \"taken_at\": \"2026-01-02T11:00:00Z\", \"django_migrations\": [{rows}], \"relations\": []}}"
    )
}

#[test]
fn deployed_is_what_all_databases_have_applied() {
    let scratch = landed(repository_of_one(), STATE, state())
        .file(DROP, dropping())
        .file("production.json", answer(&["0001_initial", "0002_state"]))
        .file("staging.json", answer(&["0001_initial"]));
    let run = check(&scratch, "--stats production.json");
    assert_eq!(run.findings(), [format!("{DROP}: drop-column-unused")]);
    let help = "nothing, if that release's code runs everywhere: shop.0002_state is applied in production.json (";
    assert!(run.out.contains(help), "{run:?}");
    assert!(
        run.notes.contains("production.json is ") && run.notes.contains("days old: 2 of 3 migrations"),
        "{run:?}"
    );
    let run = check(&scratch, "--since main --stats production.json --stats staging.json");
    assert_eq!(run.findings(), [format!("{DROP}: first-half-not-deployed")]);
    assert!(run.out.contains("is not applied in staging.json ("), "{run:?}");
    assert_eq!(
        found(&scratch, "--since main --deployed production --stats production.json"),
        [format!("{DROP}: first-half-not-deployed")]
    );
    let scratch = scratch.file("forelock.toml", "stats = [\"production.json\", \"staging.json\"]\n");
    assert_eq!(
        found(&scratch, "--since main"),
        [format!("{DROP}: first-half-not-deployed")]
    );
}

#[test]
fn of_a_squash_each_database_is_asked_on_its_own() {
    let scratch = repository_of_one()
        .file(SQUASH, squash())
        .file("all.json", answer(&["0001_initial", "0002_a", "0003_b"]))
        .file("itself.json", answer(&["0001_initial", "0002_squashed"]))
        .file("some.json", answer(&["0001_initial", "0002_a"]))
        .file("none.json", answer(&["0001_initial"]));
    let nothing = Vec::<String>::new();
    assert_eq!(found(&scratch, "--stats all.json --stats itself.json"), nothing);
    assert_eq!(found(&scratch, "--stats all.json --stats none.json"), [JUDGED]);
    let run = check(&scratch, "--stats all.json --stats some.json");
    assert_eq!(
        run.findings(),
        ["shop/migrations/0002_squashed.py: squash-half-applied"]
    );
    assert!(run.out.contains("never ran in some.json"), "{run:?}");
}

#[test]
fn answers_of_real_servers_are_read() {
    for server in ["12", "15", "18"] {
        let recorded = format!("{}/tests/stats/{server}.json", env!("CARGO_MANIFEST_DIR"));
        let recorded = fs::read_to_string(recorded).expect("a recorded answer");
        let scratch = repository_of_one()
            .file(STATE, state())
            .file(DROP, dropping())
            .file("production.json", recorded);
        let run = check(&scratch, "--stats production.json");
        assert_eq!(run.findings(), [format!("{DROP}: drop-column-unused")], "{server}");
        assert!(
            run.notes.contains("2 of 3 migrations are applied there"),
            "{server}: {run:?}"
        );
    }
}

#[test]
fn a_file_that_is_no_answer_is_an_error_with_the_command_that_takes_it() {
    let scratch = repository_of_one().file("other.json", "{}");
    for (file, words) in [
        (
            "other.json",
            "other.json is no answer to `forelock stats-query`: missing field `version`",
        ),
        ("gone.json", "gone.json cannot be read: there is no such file"),
    ] {
        let run = check(&scratch, &format!("--stats {file}"));
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.notes.contains(words), "{run:?}");
        assert!(run.notes.contains("`forelock stats-query | psql "), "{run:?}");
    }
}

#[test]
fn the_query_says_how_it_is_run_and_only_reads() {
    let run = repository_of_one().run("stats-query");
    assert_eq!(run.code, 0);
    assert!(run.out.contains("forelock stats-query | psql "), "{run:?}");
    let statements = run.out.lines().filter(|line| !line.trim_start().starts_with("--"));
    let statements = statements.collect::<Vec<_>>().join("\n");
    assert!(
        statements.starts_with("SELECT ") && statements.matches(';').count() == 1,
        "{statements}"
    );
}

#[test]
fn a_file_that_a_squash_replaces_is_said_not_to_be_read() {
    let squash = "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    initial = True\n    \
                  replaces = [(\"shop\", \"0001_initial\"), (\"shop\", \"0002_index\")]\n    operations = []\n";
    let scratch = Scratch::new()
        .file("manage.py", "")
        .file("shop/__init__.py", "")
        .file("shop/migrations/0001_squashed_0002.py", squash)
        .file("shop/migrations/0002_index.py", index("shop", "0001_initial"));
    let run = scratch.run("check shop/migrations/0002_index.py");
    let told = "shop.0002_index is not read: shop.0001_squashed_0002 stands for it";
    assert!(run.out.contains(told), "{run:?}");
    let run = scratch.run("sql shop 0002");
    assert_eq!(run.code, 2, "{run:?}");
    let told = "shop.0002_index is replaced by 0001_squashed_0002, which is what runs";
    assert!(run.notes.contains(told), "{run:?}");
}
