//! Code that the database runs: `DO` blocks, functions and procedures; what of it is sent, where it stands, what is not known.
#![allow(clippy::expect_used, clippy::panic, reason = "what fails in a test fails the test")]

mod scratch;

use std::time::{Duration, Instant};

use forelock::sql::{self, Functions};
use forelock::statement::{Command, Inner, Object, Statement, Volatility};
use scratch::Scratch;
use serde_json::Value;

/// A database with one constraint.
struct OneConstraint;

impl Functions for OneConstraint {
    fn volatility(&self, _: &str) -> Option<Volatility> {
        None
    }

    fn exists(&self, object: &Object<'_>) -> bool {
        matches!(object, Object::Constraint("a_positive", None | Some("a")))
    }
}

fn inner(text: &str) -> Vec<Inner> {
    let pieces = sql::split(text);
    let statements = pieces.iter().flat_map(|piece| piece.read(&OneConstraint));
    statements
        .flat_map(|statement| statement.into_block().expect("a block"))
        .collect()
}

/// What a block with these statements sends, or why that is not known.
fn sent(body: &str) -> Vec<String> {
    let declared = if body.starts_with("DECLARE") { "" } else { "BEGIN " };
    told(inner(&format!("DO $$ {declared}{body} END $$")))
}

fn told(inner: Vec<Inner>) -> Vec<String> {
    let told = inner.into_iter().map(|inner| match inner.statement {
        Statement::Unread { reason, .. } => format!("not read: {reason}"),
        Statement::Command { command, .. } => match *command {
            Command::RefusedInBody { reason } => format!("refused: {reason}"),
            _ => inner.text,
        },
        _ => inner.text,
    });
    told.collect()
}

// Queries, wherever they stand.

#[test]
fn a_query_in_a_condition_is_sent() {
    assert_eq!(
        sent("IF EXISTS (SELECT 1 FROM a WHERE x IS NULL) THEN RAISE EXCEPTION 'no'; END IF;"),
        ["EXISTS (SELECT 1 FROM a WHERE x IS NULL)"]
    );
    assert_eq!(
        sent("WHILE (SELECT count(*) FROM a) > 0 LOOP DELETE FROM a; END LOOP;"),
        ["(SELECT count(*) FROM a) > 0", "DELETE FROM a"]
    );
    assert_eq!(
        sent("CASE (SELECT x FROM a) WHEN 1 THEN DELETE FROM b; ELSE DELETE FROM c; END CASE;"),
        ["(SELECT x FROM a)", "DELETE FROM b", "DELETE FROM c"]
    );
}

#[test]
fn a_query_whose_rows_go_somewhere_is_sent() {
    assert_eq!(
        sent(
            "DECLARE n int := (SELECT max(x) FROM a); c CURSOR FOR SELECT * FROM b; BEGIN OPEN c; FETCH c INTO n; \
              SELECT x INTO STRICT n FROM d; n := (SELECT 1 FROM e); n = 2; PERFORM 1 FROM f; RETURN QUERY SELECT * FROM g;"
        ),
        [
            "(SELECT max(x) FROM a)",
            "SELECT * FROM b",
            "SELECT x INTO STRICT n FROM d",
            "(SELECT 1 FROM e)",
            "PERFORM 1 FROM f",
            "RETURN QUERY SELECT * FROM g"
        ]
    );
    assert_eq!(
        sent("FOR r IN UPDATE a SET x = 1 RETURNING id LOOP INSERT INTO b VALUES (r.id); END LOOP;"),
        ["UPDATE a SET x = 1 RETURNING id", "INSERT INTO b VALUES (r.id)"]
    );
}

#[test]
fn what_reads_no_table_of_a_project_is_not_told() {
    let quiet = "IF NOT EXISTS (SELECT 1 FROM pg_class) THEN x := lower('A'); PERFORM pg_sleep(1); SELECT 1 INTO n; \
                 GET DIAGNOSTICS n = ROW_COUNT; ASSERT n > 0, 'none'; RAISE NOTICE 'DROP TABLE a; %', n; NULL; END IF;";
    assert_eq!(sent(quiet), [""; 0]);
    // The first row is enough.
    assert_eq!(sent("IF EXISTS (SELECT 1 FROM a) THEN NULL; END IF;"), [""; 0]);
}

#[test]
fn a_loop_over_all_rows_that_changes_each_of_them_changes_all() {
    let block =
        inner("DO $$ BEGIN FOR r IN SELECT id FROM a LOOP UPDATE a SET x = 1 WHERE id = r.id; END LOOP; END $$");
    let Statement::Command { command, .. } = &block[1].statement else {
        panic!("{block:?}");
    };
    assert!(matches!(
        **command,
        Command::Update {
            rows: forelock::row_work::Rows::All,
            ..
        }
    ));
}

// EXECUTE.

#[test]
fn text_that_is_put_together_of_constants_is_read() {
    assert_eq!(
        sent(
            "DECLARE t text := 'a'; BEGIN EXECUTE 'DROP TABLE ' || t; EXECUTE format('ANALYZE %I (%1$I)', 'B c'); \
              EXECUTE concat('DROP ', upper('table'), ' ', quote_ident(t || '_1')); t := 'b'; EXECUTE 'DROP TABLE ' || t;"
        ),
        [
            "DROP TABLE a",
            "ANALYZE \"B c\" (\"B c\")",
            "DROP TABLE a_1",
            "DROP TABLE b"
        ]
    );
}

#[test]
fn loops_over_constants_run_turn_by_turn() {
    let tables = ["DROP TABLE a", "DROP TABLE b"];
    for head in [
        "FOREACH t IN ARRAY ARRAY['a', 'b']",
        "FOR t IN VALUES ('a'), ('b')",
        "FOR t IN SELECT unnest(ARRAY['a', 'b'])",
        "FOR t IN SELECT x FROM (VALUES ('a'), ('b')) AS v (x)",
        "FOREACH t IN ARRAY string_to_array('a,b', ',')",
    ] {
        assert_eq!(
            sent(&format!("{head} LOOP EXECUTE 'DROP TABLE ' || t; END LOOP;")),
            tables,
            "{head}"
        );
    }
    assert_eq!(
        sent(
            "FOR r IN SELECT * FROM (VALUES ('a', 'b')) AS v (x, y) LOOP EXECUTE format('DROP TABLE %I', r.y); END LOOP;"
        ),
        ["DROP TABLE b"]
    );
    assert_eq!(
        sent("FOR i IN REVERSE 2..1 LOOP EXECUTE 'DROP TABLE p' || lpad(i::text, 2, '0'); END LOOP;"),
        ["DROP TABLE p02", "DROP TABLE p01"]
    );
}

#[test]
fn a_value_that_is_not_known_leaves_the_rest_readable() {
    assert_eq!(
        sent(
            "SELECT x INTO v FROM pg_class; EXECUTE format('UPDATE a SET x = %L', v); EXECUTE 'DELETE FROM a WHERE x = ' || quote_literal(v);"
        ),
        ["UPDATE a SET x = ?", "DELETE FROM a WHERE x = ?"]
    );
    assert_eq!(
        sent("EXECUTE format('ALTER TABLE a DROP CONSTRAINT %I', (SELECT conname FROM pg_constraint));"),
        ["ALTER TABLE a DROP CONSTRAINT ?"]
    );
    assert_eq!(
        sent("EXECUTE 'DELETE FROM a ' || rest; EXECUTE rest;"),
        [
            "not read: EXECUTE runs SQL that is put together at run time: `DELETE FROM a ?`",
            "not read: EXECUTE runs SQL that is put together at run time"
        ]
    );
}

#[test]
fn a_variable_that_a_branch_or_a_loop_sets_is_known_no_longer() {
    assert_eq!(
        sent("DECLARE t text := 'a'; BEGIN IF random() > 0.5 THEN t := 'b'; END IF; EXECUTE t || ' TABLE';"),
        ["not read: EXECUTE runs SQL that is put together at run time: `? TABLE`"]
    );
    assert_eq!(
        sent("DECLARE t text := 'a'; BEGIN LOOP EXECUTE 'TRUNCATE a ' || t; t := t || 'b'; END LOOP;"),
        ["not read: EXECUTE runs SQL that is put together at run time: `TRUNCATE a ?`"]
    );
}

// Conditions.

#[test]
fn a_guard_is_decided_where_the_catalog_has_what_it_asks_for() {
    let guarded = |guard: &str| sent(&format!("IF {guard} THEN DROP TABLE a; ELSE DROP TABLE b; END IF;"));
    let has = "EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'a_positive')";
    assert_eq!(guarded(has), ["DROP TABLE a"]);
    assert_eq!(guarded(&format!("NOT {has}")), ["DROP TABLE b"]);
    assert_eq!(guarded(&format!("true AND ({has})")), ["DROP TABLE a"]);
    // What is not known may be there.
    for unknown in [
        "EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'other')",
        "EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'a_positive' AND convalidated)",
        "EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'a_positive' OR contype = 'c')",
        "current_user = 'a'",
    ] {
        assert_eq!(guarded(unknown), ["DROP TABLE a", "DROP TABLE b"], "{unknown}");
    }
}

#[test]
fn nothing_is_sent_behind_a_return_or_an_exception() {
    assert_eq!(sent("RETURN; DROP TABLE a;"), [""; 0]);
    assert_eq!(sent("RAISE EXCEPTION 'no'; DROP TABLE a;"), [""; 0]);
    assert_eq!(
        sent("BEGIN RAISE 'no'; EXCEPTION WHEN OTHERS THEN DROP TABLE a; END; DROP TABLE b;"),
        ["DROP TABLE a", "DROP TABLE b"]
    );
    assert_eq!(sent("RAISE NOTICE 'yes'; DROP TABLE a;"), ["DROP TABLE a"]);
    assert_eq!(sent("IF x THEN RETURN; END IF; DROP TABLE a;"), ["DROP TABLE a"]);
    assert_eq!(
        sent("LOOP EXIT WHEN x; DROP TABLE a; END LOOP; DROP TABLE b;"),
        ["DROP TABLE a", "DROP TABLE b"]
    );
}

// The end of a transaction.

#[test]
fn commands_of_transactions_are_refused_where_postgres_refuses_them() {
    assert_eq!(sent("COMMIT; ROLLBACK;"), ["COMMIT", "ROLLBACK"]);
    let refused = |body: &str| sent(body).iter().filter(|told| told.starts_with("refused")).count();
    assert_eq!(refused("BEGIN COMMIT; EXCEPTION WHEN OTHERS THEN NULL; END;"), 1);
    assert_eq!(
        refused("BEGIN NULL; EXCEPTION WHEN OTHERS THEN COMMIT; END; COMMIT;"),
        0
    );
    assert_eq!(refused("FOR r IN DELETE FROM a RETURNING x LOOP COMMIT; END LOOP;"), 1);
    assert_eq!(refused("FOR r IN SELECT x FROM a LOOP COMMIT; END LOOP;"), 0);
    assert_eq!(refused("EXECUTE 'COMMIT'; SAVEPOINT s;"), 2);
}

#[test]
fn a_commit_in_a_block_ends_what_its_locks_keep_waiting() {
    let report = report(
        "    atomic = False\n",
        &["DO $$ BEGIN LOCK TABLE shop_order IN SHARE MODE; COMMIT; UPDATE shop_order SET status = 'x'; END $$"],
    );
    assert_eq!(rules(&report), ["lock-table", "change-all-rows"]);
    let report = self::report(
        "    atomic = False\n",
        &["DO $$ BEGIN LOCK TABLE shop_order IN SHARE MODE; UPDATE shop_order SET status = 'x'; END $$"],
    );
    assert_eq!(rules(&report), ["lock-table", "change-rows-under-lock"]);
}

// Functions.

const ADD_CHECK: &str = "CREATE OR REPLACE FUNCTION add_check(t text, c text DEFAULT 'status') RETURNS void LANGUAGE plpgsql AS $f$ \
     BEGIN EXECUTE format('ALTER TABLE %I ADD CHECK (%I <> '''')', t, c); END $f$";

#[test]
fn a_function_of_the_history_is_judged_where_it_is_called() {
    for call in [
        "SELECT add_check('shop_order')",
        "SELECT public.add_check(c => 'status', t => 'shop_order')",
        "DO $$ BEGIN PERFORM add_check('shop_order', 'status'); END $$",
        "DO $$ DECLARE x text; BEGIN x := add_check('shop_order'); END $$",
        "WITH x AS (SELECT add_check('shop_order')) SELECT * FROM x",
    ] {
        let report = report("", &[ADD_CHECK, call]);
        assert_eq!(rules(&report), ["add-check-scanning-table"], "{call}");
        let statement = report["findings"][0]["statement"].as_str().expect("a statement");
        assert!(statement.starts_with("ALTER TABLE shop_order ADD CHECK"), "{statement}");
    }
    assert_eq!(rules(&report("", &[ADD_CHECK])), [""; 0]);
    assert_eq!(
        rules(&report("", &["SELECT add_check('shop_order')"])),
        ["not-analysed"]
    );
}

#[test]
fn procedures_and_functions_in_sql_are_followed() {
    let sql = "CREATE FUNCTION clear_all() RETURNS void LANGUAGE sql AS 'UPDATE shop_order SET status = NULL; DELETE FROM shop_line'";
    assert_eq!(
        rules(&report("", &[sql, "SELECT clear_all()"])),
        ["change-all-rows", "change-all-rows"]
    );
    let atomic = "CREATE PROCEDURE clear_all() BEGIN ATOMIC UPDATE shop_order SET status = NULL; END";
    assert_eq!(rules(&report("", &[atomic, "CALL clear_all()"])), ["change-all-rows"]);
    let expression = "CREATE FUNCTION orders() RETURNS bigint RETURN (SELECT count(*) FROM shop_order)";
    let locked = "LOCK TABLE shop_order IN SHARE MODE";
    assert_eq!(
        rules(&report("", &[expression, locked, "SELECT orders()"])),
        ["lock-table", "read-rows-under-lock"]
    );
}

#[test]
fn a_function_that_calls_itself_is_a_gap_and_a_trigger_function_is_called_by_nobody() {
    let own = "CREATE FUNCTION again() RETURNS void LANGUAGE plpgsql AS $f$ BEGIN PERFORM again(); END $f$";
    let report = report("", &[own, "SELECT again()"]);
    assert_eq!(rules(&report), ["not-analysed"]);
    let message = report["findings"][0]["message"].as_str().expect("a message");
    assert!(message.contains("calls `again`: it calls itself"), "{message}");
}

#[test]
fn postgres_own_functions_are_no_gap() {
    for call in [
        "SELECT setval('shop_order_id_seq', 5)",
        "SELECT pg_notify('a', 'b')",
        "SELECT set_config('a.b', 'c', true)",
        "SELECT count(*) FROM pg_class",
    ] {
        assert_eq!(rules(&report("", &[call])), [""; 0], "{call}");
    }
}

// What is no PL/pgSQL.

#[test]
fn what_does_not_fit_is_a_gap_and_never_hides_what_was_read() {
    let reasons = |body: &str| -> Vec<String> {
        let told = sent(body);
        told.into_iter().filter(|told| told.starts_with("not read")).collect()
    };
    for broken in [
        "IF x DROP TABLE b; END IF;",
        "x := (1; DROP TABLE b;",
        "LOOP DROP TABLE b; END IF;",
        "FOR x LOOP DROP TABLE b; END LOOP;",
        "END; DROP TABLE b;",
        "x := 'a; DROP TABLE b;",
    ] {
        assert_eq!(reasons(&format!("DROP TABLE a; {broken}")).len(), 1, "{broken}");
        assert_eq!(sent(&format!("DROP TABLE a; {broken}"))[0], "DROP TABLE a", "{broken}");
    }
}

#[test]
fn deep_long_and_multiplying_bodies_are_read_in_time_or_given_up() {
    let many = 3_000;
    let blocks = [
        format!("{}NULL;{}", "BEGIN ".repeat(many), "END; ".repeat(many)),
        format!("{}NULL;{}", "IF a THEN ".repeat(many), "END IF; ".repeat(many)),
        format!("x := {}1{};", "(".repeat(many), ")".repeat(many)),
        format!("IF a THEN NULL; {} END IF;", "ELSIF a THEN x := 'a'; ".repeat(many)),
        format!("x := 'aaaaaaaa'; {} EXECUTE x;", "x := x || x; ".repeat(60)),
        "FOR i IN 1..900 LOOP FOR j IN 1..900 LOOP FOR k IN 1..900 LOOP EXECUTE 'DROP TABLE t' || k; END LOOP; END LOOP; END LOOP;"
            .to_owned(),
        "UPDATE a SET x = 1 WHERE y = 2; ".repeat(many),
        "\0; '".to_owned(),
    ];
    for block in blocks {
        let start = Instant::now();
        sent(&block);
        let shown: String = block.chars().take(40).collect();
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{shown}: {:?}",
            start.elapsed()
        );
    }
}

/// What `check` says of a migration that runs these strings.
fn report(head: &str, strings: &[&str]) -> Value {
    let operations = strings
        .iter()
        .map(|text| format!("        migrations.RunSQL(r\"\"\"{text}\"\"\"),\n"))
        .collect::<Vec<_>>()
        .concat();
    let migration = format!(
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n{head}    \
         dependencies = [('shop', '0001_initial')]\n    operations = [\n{operations}    ]\n"
    );
    let models = "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    initial = True\n    \
         operations = [\n        migrations.CreateModel('Order', [('id', models.BigAutoField(primary_key=True)), \
         ('status', models.CharField(max_length=20, null=True))]),\n        \
         migrations.CreateModel('Line', [('id', models.BigAutoField(primary_key=True))]),\n    ]\n";
    let scratch = Scratch::new()
        .file("manage.py", "")
        .file("shop/__init__.py", "")
        .file("shop/migrations/__init__.py", "")
        .file("shop/migrations/0001_initial.py", models)
        .file("shop/migrations/0002_sql.py", &migration);
    scratch.run("check --output-format json").json()
}

fn rules(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().expect("findings");
    let rule = |finding: &Value| finding["rule"].as_str().expect("a rule").to_owned();
    findings.iter().map(rule).collect()
}
