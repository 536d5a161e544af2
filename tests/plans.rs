//! Plans that work: every plan that is printed for a fixture is Python, and its migrations, put in place of the operation, find
//! nothing above an information, each release judged with the earlier ones deployed. `conformance/plans` runs the same ones on a
//! server.
#![allow(clippy::expect_used, clippy::panic, reason = "what fails in a test fails the test")]

mod planned;
mod repository;
mod scratch;

use std::fs;

use planned::{copy_for, findings, planned, put_in_place, root, steps, text};
use repository::{commit, git};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use scratch::{INITIAL, Scratch, migration};
use serde_json::Value;

/// Plans after which something is left to be said, by the part of it that says so.
const LEFT: &[(&str, &str)] = &[
    ("rules/cascade-drops-trigger", "the trigger `parcels_sized`"),
    // The migration before it in the fixture is refused, and taken for done.
    ("rules/cascade-drops-view", "there is no column `weight`"),
    ("rules/change-row-security", "the policy `parcels_light`"),
    ("rules/django-refuses", "still names in the state"),
    // Of a model that others still point to: Django refuses that itself.
    (
        "rules/django-refuses",
        "is refused by Postgres, because of the foreign key",
    ),
    (
        "rules/django-refuses",
        "drops `place_id` of `named_deleted_later_order`",
    ),
    ("rules/name-missing", "still names in the state"),
    // Of columns that hold one value in all rows, or none: no way of adding the constraint helps.
    (
        "rules/repeated-value-in-unique-column",
        "makes `hue` of `badges_desk` unique",
    ),
    (
        "rules/set-not-null-unfilled",
        "nothing in the history has filled the column",
    ),
    ("history/gone-with-column", "because of the view `parcels_wide`"),
    // A key is exchanged in one transaction with all that refers to it; the plan says so.
    ("history/exchanged-keys", "code that takes them in another order"),
    (
        "history/multi-table-inheritance",
        "code that takes them in another order",
    ),
    // The fixture adds the same constraint in several spellings.
    ("history/python-constants", "of `shop_order` is there already"),
    // The operation behind it in the fixture renames another model to that name.
    ("rules/rename-behind-view", "the table `parcels_box` is there already"),
];

#[test]
fn every_step_of_a_plan_is_python() {
    let mut failures = Vec::new();
    for (fixture, finding) in planned() {
        for step in steps(&finding) {
            let code = text(&step["code"]);
            let errors = parse_unchecked(code, ParseOptions::from(Mode::Module)).errors().len();
            if errors > 0 || code.contains("...") {
                failures.push(format!("{fixture}, {}: {code}", text(&finding["migration"])));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_migrations_of_a_plan_do_no_harm_whichever_release_is_deployed() {
    let mut failures = Vec::new();
    for (fixture, finding) in planned() {
        for told in judged(&fixture, &finding) {
            let is_left = LEFT.iter().any(|(of, part)| *of == fixture && told.contains(part));
            if !is_left {
                failures.push(format!(
                    "{fixture} {} {}: {told}",
                    finding["migration"], finding["operation"]["class"]
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The first plan for these operations behind a model `Order` with a `status` of 20 characters.
fn plan_of(operations: &str, configuration: &str) -> Value {
    let scratch = Scratch::new()
        .app("shop")
        .file("forelock.toml", configuration)
        .file("shop/migrations/0001_initial.py", INITIAL)
        .file(
            "shop/migrations/0002_change.py",
            migration("shop", "0001_initial", operations),
        );
    let found = findings(&scratch.path(""), &[]);
    let plan = found
        .iter()
        .map(|finding| &finding["plan"])
        .find(|plan| !plan.is_null());
    plan.cloned().unwrap_or_else(|| panic!("no plan: {found:?}"))
}

/// What is written of all steps, one after the other.
fn code_of(plan: &Value) -> String {
    let steps = plan["steps"].as_array().expect("steps").iter();
    steps.map(|step| text(&step["code"])).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_sql_drops_leaves_the_models_first_and_the_sql_stays_for_the_next_release() {
    let plan = plan_of("migrations.RunSQL(\"ALTER TABLE shop_order DROP COLUMN status\")", "");
    let steps = plan["steps"].as_array().expect("steps");
    let releases: Vec<_> = steps.iter().map(|step| step["release"].as_u64()).collect();
    assert_eq!(releases, [Some(1), Some(2)]);
    let first = text(&steps[0]["code"]);
    assert!(
        first.contains(
            "state_operations=[\n                migrations.RemoveField(model_name=\"order\", name=\"status\")"
        ),
        "{first}"
    );
    assert!(first.contains("ALTER COLUMN \"status\" DROP NOT NULL"), "{first}");
    let second = text(&steps[1]["code"]);
    assert!(
        second.contains("migrations.RunSQL(\"ALTER TABLE shop_order DROP COLUMN status\")"),
        "{second}"
    );
}

#[test]
fn what_an_operation_does_beside_not_null_is_done_where_a_check_proves_that_too() {
    let scratch = Scratch::new()
        .app("shop")
        .file("shop/migrations/0001_initial.py", INITIAL)
        .file(
            "shop/migrations/0002_mail.py",
            migration(
                "shop",
                "0001_initial",
                "migrations.AddField(\"order\", \"mail\", models.CharField(max_length=9, null=True))",
            ),
        )
        .file(
            "shop/migrations/0003_known.py",
            migration(
                "shop",
                "0002_mail",
                "migrations.RunSQL(\"ALTER TABLE shop_order ADD CONSTRAINT known CHECK (mail IS NOT NULL)\")",
            ),
        )
        .file(
            "shop/migrations/0004_unique.py",
            migration(
                "shop",
                "0003_known",
                "migrations.AlterField(\"order\", \"mail\", models.CharField(max_length=9, unique=True))",
            ),
        );
    let found = findings(&scratch.path(""), &[]);
    let mut last = found
        .iter()
        .filter(|finding| text(&finding["migration"]) == "0004_unique");
    let code = code_of(&last.next_back().expect("a finding")["plan"]);
    assert!(code.contains("CREATE UNIQUE INDEX CONCURRENTLY"), "{code}");
    assert!(code.contains("UNIQUE USING INDEX"), "{code}");
    assert!(code.contains("ALTER COLUMN \"mail\" SET NOT NULL"), "{code}");
    assert!(!code.contains("NOT VALID"), "it is proven already: {code}");
}

#[test]
fn what_no_plan_does_on_a_partitioned_table_is_told_in_words() {
    let parted = |partition: &str, operation: &str| {
        let table = format!(
            "migrations.RunSQL([\"CREATE TABLE shop_log (id bigint NOT NULL, day date NOT NULL) PARTITION BY RANGE (day)\"{partition}], \
             state_operations=[migrations.CreateModel(\"Log\", [(\"id\", models.BigIntegerField(primary_key=True)), (\"day\", models.DateField())])]), \
             migrations.AddIndex(\"log\", models.Index(fields=[\"id\"], name=\"by_id\"))"
        );
        let scratch = Scratch::new()
            .app("shop")
            .file("forelock.toml", "hot-tables = [\"shop_log\"]\n")
            .file("shop/migrations/0002_log.py", migration("shop", "0001_initial", &table))
            .file(
                "shop/migrations/0003_change.py",
                migration("shop", "0002_log", operation),
            );
        let found = findings(&scratch.path(""), &[]);
        let help = found
            .iter()
            .find(|finding| text(&finding["migration"]) == "0003_change");
        text(&help.expect("a finding")["help"]).to_owned()
    };
    let known = ", \"CREATE TABLE shop_log_1 PARTITION OF shop_log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')\"";
    let index = "migrations.AddIndex(\"log\", models.Index(fields=[\"day\"], name=\"by_day\"))";
    let once = "migrations.AddConstraint(\"log\", models.UniqueConstraint(fields=[\"id\", \"day\"], name=\"once\"))";
    assert!(parted(known, index).contains("ON ONLY \"shop_log\""));
    assert!(parted(known, once).contains("to the partitioned table last"));
    let dropped = parted(known, "migrations.RemoveIndex(\"log\", \"by_id\")");
    assert!(
        dropped.contains("drops no index of a partitioned table concurrently"),
        "{dropped}"
    );
    let sub = ", \"CREATE TABLE shop_log_1 PARTITION OF shop_log DEFAULT PARTITION BY RANGE (id)\", \
               \"CREATE TABLE shop_log_2 PARTITION OF shop_log_1 DEFAULT\"";
    let help = parted(sub, index);
    assert!(
        help.contains("ATTACH PARTITION") && !help.contains("class Migration"),
        "{help}"
    );
}

#[test]
fn no_help_leaves_anything_open() {
    let mut failures = Vec::new();
    for kind in ["rules", "history", "pairs"] {
        for entry in fs::read_dir(root().join("fixtures").join(kind)).expect("fixtures can be read") {
            for finding in findings(&entry.expect("an entry").path(), &[]) {
                let help = text(&finding["help"]);
                if help.contains("...") {
                    failures.push(format!("{} {}: {help}", finding["path"], finding["rule"]));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_default_stays_in_python_beside_the_one_in_the_database() {
    let field = "models.BooleanField(  # how it was (paid\n                default=False,\n            )";
    let plan = plan_of(&format!("migrations.AddField(\"order\", \"paid\", {field})"), "");
    let code = code_of(&plan);
    assert!(
        code.contains("paid = models.BooleanField(default=False, db_default=False)"),
        "{code}"
    );
}

#[test]
fn each_row_of_a_unique_field_gets_a_value_of_its_own() {
    let operations = "migrations.AddField(\"order\", \"token\", models.UUIDField(default=uuid.uuid4, unique=True))";
    let scratch = Scratch::new()
        .app("shop")
        .file("shop/migrations/0001_initial.py", INITIAL)
        .file(
            "shop/migrations/0002_change.py",
            format!("import uuid\n{}", migration("shop", "0001_initial", operations)),
        );
    let found = findings(&scratch.path(""), &[]);
    let plan = found
        .iter()
        .map(|finding| &finding["plan"])
        .find(|plan| !plan.is_null());
    let code = code_of(plan.expect("a plan"));
    assert!(code.contains("for row in rows.filter("), "{code}");
    assert!(
        code.contains("field=models.UUIDField(null=True)"),
        "the column comes without the one default: {code}"
    );
}

#[test]
fn a_default_that_the_field_does_not_keep_is_called_where_rows_are_filled() {
    let scratch = |field: &str| {
        let operation = format!("migrations.AddField(\"order\", \"at\", {field}, preserve_default=False)");
        let scratch = Scratch::new()
            .app("shop")
            .file("shop/migrations/0001_initial.py", INITIAL)
            .file(
                "shop/migrations/0002_change.py",
                format!(
                    "import uuid\nfrom django.utils import timezone\n{}",
                    migration("shop", "0001_initial", &operation)
                ),
            );
        let found = findings(&scratch.path(""), &[]);
        let mut plans = found.iter().map(|finding| &finding["plan"]);
        code_of(plans.find(|plan| !plan.is_null()).expect("a plan"))
    };
    let code = scratch("models.DateTimeField(default=timezone.now)");
    assert!(code.contains(".update(at=timezone.now())"), "{code}");
    assert!(!code.contains("get_default()"), "the field has none by then: {code}");
    let code = scratch("models.UUIDField(default=uuid.uuid4, unique=True)");
    assert!(
        code.contains("for row in rows.filter(") && code.contains(".update(at=uuid.uuid4())"),
        "{code}"
    );
}

#[test]
fn the_second_release_of_a_field_that_becomes_not_null_shows_its_line_again() {
    let scratch = Scratch::new()
        .app("shop")
        .file("shop/migrations/0001_initial.py", INITIAL)
        .file(
            "shop/migrations/0002_mail.py",
            migration(
                "shop",
                "0001_initial",
                "migrations.AddField(\"order\", \"mail\", models.CharField(max_length=9, null=True))",
            ),
        )
        .file(
            "shop/migrations/0003_known.py",
            migration(
                "shop",
                "0002_mail",
                "migrations.AlterField(\"order\", \"mail\", models.CharField(max_length=9, default=\"-\"))",
            ),
        );
    let found = findings(&scratch.path(""), &[]);
    let last = found
        .iter()
        .rfind(|finding| text(&finding["migration"]) == "0003_known");
    let plan = &last.expect("a finding")["plan"];
    let steps = plan["steps"].as_array().expect("steps").iter();
    let lines: Vec<_> = steps
        .filter(|step| step["kind"] == "code")
        .map(|step| (step["release"].as_u64(), text(&step["code"])))
        .collect();
    assert_eq!(
        lines,
        [
            (
                Some(1),
                "mail = models.CharField(max_length=9, default=\"-\", null=True)"
            ),
            (Some(2), "mail = models.CharField(max_length=9, default=\"-\")"),
        ]
    );
    assert_eq!(plan["declares"], serde_json::json!(["refuses-none"]));
}

#[test]
fn a_renamed_model_keeps_the_keys_that_point_to_it_where_django_would_make_them_again() {
    let line = "migrations.CreateModel(\"Line\", [(\"id\", models.AutoField(primary_key=True)), \
                (\"order\", models.ForeignKey(\"shop.Order\", models.CASCADE))])";
    let sent = |version: &str| {
        let scratch = Scratch::new()
            .app("shop")
            .file("forelock.toml", format!("django-version = \"{version}\""))
            .file("shop/migrations/0001_initial.py", INITIAL)
            .file("shop/migrations/0002_line.py", migration("shop", "0001_initial", line))
            .file(
                "shop/migrations/0003_renamed.py",
                migration("shop", "0002_line", "migrations.RenameModel(\"Order\", \"Purchase\")"),
            );
        let found = findings(&scratch.path(""), &[]);
        let finding = found.iter().find(|finding| !finding["plan"].is_null()).expect("a plan");
        let steps = steps(finding);
        let planned = steps.iter().find(|step| step["kind"] == "migration");
        let code = text(&planned.expect("a migration")["code"]);
        let lines = "    dependencies = [(\"shop\", \"0002_line\")]\n    operations =";
        let code = code.replacen("    operations =", lines, 1);
        let written = format!("from django.db import migrations\n\n\n{code}");
        let cured = scratch.file("shop/migrations/0003_renamed.py", written);
        cured.run("sql shop 0003_renamed").out
    };
    for version in ["4.2", "5.2"] {
        let sql = sent(version);
        assert!(!sql.contains("ALTER TABLE"), "Django {version}: {sql}");
        assert!(sql.contains("(no SQL)"), "Django {version}: {sql}");
    }
}

#[test]
fn a_column_comes_back_not_null_where_its_default_fills_it() {
    let scratch = Scratch::new()
        .app("shop")
        .file("shop/migrations/0001_initial.py", INITIAL)
        .file(
            "shop/migrations/0002_fax.py",
            migration(
                "shop",
                "0001_initial",
                "migrations.AddField(\"order\", \"fax\", models.CharField(max_length=9, null=True))",
            ),
        )
        .file(
            "shop/migrations/0003_known.py",
            migration(
                "shop",
                "0002_fax",
                "migrations.AlterField(\"order\", \"fax\", models.CharField(max_length=9, default=\"-\"))",
            ),
        )
        .file(
            "shop/migrations/0004_gone.py",
            migration("shop", "0003_known", "migrations.RemoveField(\"order\", \"fax\")"),
        );
    let found = findings(&scratch.path(""), &[]);
    let last = found.iter().rfind(|finding| text(&finding["migration"]) == "0004_gone");
    let code = code_of(&last.expect("a finding")["plan"]);
    assert!(code.contains(" varchar(9) DEFAULT '-' NOT NULL"), "{code}");
    assert!(code.contains("ALTER COLUMN \"fax\" DROP DEFAULT"), "{code}");
}

#[test]
fn what_keeps_a_column_from_being_dropped_is_named_and_declared() {
    let policy = "migrations.RunSQL(\"CREATE POLICY paid ON shop_order USING (status = 'paid')\")";
    let scratch = Scratch::new()
        .app("shop")
        .file("shop/migrations/0001_initial.py", INITIAL)
        .file(
            "shop/migrations/0002_policy.py",
            migration("shop", "0001_initial", policy),
        )
        .file(
            "shop/migrations/0003_gone.py",
            migration("shop", "0002_policy", "migrations.RemoveField(\"order\", \"status\")"),
        );
    let found = findings(&scratch.path(""), &[]);
    let mut plans = found.iter().map(|finding| &finding["plan"]);
    let plan = plans.find(|plan| !plan.is_null()).expect("a plan");
    let declares = plan["declares"].as_array().expect("a list");
    assert!(declares.contains(&"dependents-first".into()), "{declares:?}");
    let notes = plan["notes"].to_string();
    assert!(notes.contains("the policy `paid`"), "{notes}");
}

#[test]
fn steps_that_lock_for_a_moment_wait_as_long_as_the_configuration_says() {
    let operation = "migrations.AddField(\"order\", \"paid\", models.BooleanField(default=False))";
    let says = |configuration: &str, time: &str| {
        let code = code_of(&plan_of(operation, configuration));
        code.contains(&format!("SET LOCAL lock_timeout = '{time}'"))
    };
    assert!(says("", "2s"));
    assert!(says("lock-timeout = \"500ms\"", "500ms"));
    for none in ["lock-timeout = false", "role-lock-timeout = \"5s\""] {
        assert!(!code_of(&plan_of(operation, none)).contains("lock_timeout"), "{none}");
    }
}

#[test]
fn many_plans_are_told_in_a_sentence_each_and_one_file_shows_its_own_whole() {
    let field =
        |number: usize| format!("migrations.AddField(\"order\", \"paid{number}\", models.BooleanField(default=False))");
    let fields: Vec<String> = (0..21).map(field).collect();
    let scratch = Scratch::new()
        .app("shop")
        .file("shop/migrations/0001_initial.py", INITIAL)
        .file(
            "shop/migrations/0002_change.py",
            migration("shop", "0001_initial", &fields.join(",\n")),
        )
        .file(
            "shop/migrations/0003_last.py",
            migration("shop", "0002_change", &field(21)),
        );
    let all = scratch.run("check").out;
    assert!(!all.contains("class Migration"), "{all}");
    assert!(
        all.contains("`forelock shop/migrations/0003_last.py` prints the 2 steps"),
        "{all}"
    );
    assert!(
        scratch
            .run("check shop/migrations/0003_last.py")
            .out
            .contains("class Migration")
    );
}

/// What is found above an information in the migrations of the plan.
fn judged(fixture: &str, finding: &Value) -> Vec<String> {
    let scratch = copy_for(fixture, finding);
    let migrations = put_in_place(&scratch, finding);
    git(&scratch, "init --quiet");
    let mut told = Vec::new();
    let last = migrations.iter().map(|(release, ..)| *release).max().unwrap_or(1);
    for release in 1..=last {
        let own: Vec<&str> = migrations
            .iter()
            .filter(|(of, ..)| *of == release)
            .map(|(_, path, text)| {
                fs::write(scratch.path(path), text).expect("written");
                path.as_str()
            })
            .collect();
        let since: &[&str] = if release > 1 { &["--since", "HEAD"] } else { &[] };
        for finding in findings(&scratch.path(""), since) {
            let is_harm = matches!(text(&finding["severity"]), "error" | "warning");
            if is_harm && own.contains(&text(&finding["path"])) {
                told.push(format!(
                    "release {release}, {}: {}",
                    text(&finding["rule"]),
                    text(&finding["message"])
                ));
            }
        }
        commit(&scratch);
    }
    told
}

/// What is printed for the key of `Line` that becomes a bigint, behind these operations; an empty text where that is a plan.
fn help_for_key(operations: &[&str], configuration: &str) -> String {
    let line = "migrations.CreateModel(\"Line\", [(\"id\", models.AutoField(primary_key=True))])";
    let made = [&[line], operations].concat().join(", ");
    let altered = "migrations.AlterField(\"line\", \"id\", models.BigAutoField(primary_key=True))";
    let scratch = Scratch::new()
        .app("shop")
        .file("forelock.toml", configuration)
        .file("shop/migrations/0002_line.py", migration("shop", "0001_initial", &made))
        .file("shop/migrations/0003_key.py", migration("shop", "0002_line", altered));
    let found = findings(&scratch.path(""), &[]);
    let of_key = |finding: &&Value| {
        text(&finding["migration"]) == "0003_key" && text(&finding["rule"]) == "alter-type-rewriting-table"
    };
    let finding = found.iter().find(of_key).expect("a finding");
    if finding["plan"].is_null() {
        text(&finding["help"]).to_owned()
    } else {
        String::new()
    }
}

#[test]
fn a_key_takes_along_what_refers_to_it_or_the_help_says_what_is_in_the_way() {
    let run = |sql: &str| format!("migrations.RunSQL(\"{sql}\")");
    assert_eq!(help_for_key(&[], ""), "");
    let key = "migrations.AddField(\"order\", \"line\", models.ForeignKey(\"shop.Line\", models.CASCADE, null=True))";
    assert_eq!(help_for_key(&[key], ""), "");
    for (sql, why) in [
        (
            "CREATE TABLE part (line_id integer CONSTRAINT part_key REFERENCES shop_line (id))",
            "the foreign key `part_key` of `part` depends on the column",
        ),
        (
            "CREATE INDEX half ON shop_line (id) WHERE id > 5",
            "the index `half` is more than a list of columns",
        ),
        (
            "ALTER TABLE shop_line ADD id_new bigint",
            "the table has a column `id_new`",
        ),
        (
            "CREATE TABLE older () INHERITS (shop_line)",
            "the table has partitions, or others inherit from it",
        ),
    ] {
        let help = help_for_key(&[&run(sql)], "");
        assert!(
            help.ends_with(&format!("No code is printed here, because {why}")),
            "{help}"
        );
    }
    let index = run("CREATE INDEX half ON shop_order (line_id) WHERE id > 5");
    let help = help_for_key(&[key, &index], "");
    assert!(
        help.ends_with("the index `half` is more than a list of columns (of `shop_order`, which refers to it)"),
        "{help}"
    );
    let help = help_for_key(&[], "[settings]\nAUTH_USER_MODEL = \"shop.Line\"\n");
    assert!(
        help.ends_with("packages refer to the model of users, by tables that are not at hand"),
        "{help}"
    );
}

#[test]
fn a_key_to_which_too_many_tables_refer_is_told_in_words() {
    let referring = |count: usize| {
        let made = (0..count).map(|number| {
            format!(
                "migrations.CreateModel(\"Part{number}\", [(\"id\", models.BigAutoField(primary_key=True)), \
                 (\"line\", models.ForeignKey(\"shop.Line\", models.CASCADE))])"
            )
        });
        help_for_key(&[&made.collect::<Vec<_>>().join(", ")], "")
    };
    assert_eq!(referring(11), "");
    let help = referring(12);
    assert!(
        help.ends_with("13 tables would have to be locked together, if only for a moment"),
        "{help}"
    );
}

#[test]
fn the_tables_of_other_apps_are_named_on_whose_migrations_a_key_depends() {
    let fixture = root().join("fixtures/history/exchanged-keys");
    let found = findings(&fixture, &[]);
    let of_maker = found
        .iter()
        .find(|finding| text(&finding["migration"]) == "0004_maker_id");
    let plan = &of_maker.expect("a finding")["plan"];
    let notes = plan["notes"].to_string();
    assert!(notes.contains("depend on the last one of `shelf`"), "{notes}");
    let code = code_of(plan);
    assert!(
        code.contains("OWNED BY \\\"store_maker\\\".\\\"id_new\\\"")
            || code.contains("OWNED BY \"store_maker\".\"id_new\""),
        "{code}"
    );
    assert!(!code.contains("AS IDENTITY"), "a serial column stays one: {code}");
}
