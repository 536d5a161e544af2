//! SQL text -> statements: what is read, where it stands, and what happens to text that is no SQL.
#![allow(clippy::expect_used, clippy::panic, reason = "what fails in a test fails the test")]

use std::time::{Duration, Instant};

use forelock::row_work::{Condition, Constant, Rows};
use forelock::sql::{self, Functions};
use forelock::statement::{AlterTableAction, Command, ConstraintKind, QueryReads, Statement, TableForm, Volatility};

/// Nobody has declared a function.
struct NoFunctions;

impl Functions for NoFunctions {
    fn volatility(&self, _: &str) -> Option<Volatility> {
        None
    }
}

fn read(text: &str) -> Vec<Statement> {
    let pieces = sql::split(text);
    pieces.iter().flat_map(|piece| piece.read(&NoFunctions)).collect()
}

/// What a text is read as, in Django's spelling.
fn printed(text: &str) -> String {
    read(text)
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}

fn command(text: &str) -> Command {
    match read(text).as_slice() {
        [Statement::Command { command, .. }] => command.as_ref().clone(),
        other => panic!("{text}: {other:?}"),
    }
}

fn reasons(text: &str) -> Vec<String> {
    let statements = read(text);
    let parts = statements.iter().flat_map(Statement::parts);
    parts.filter_map(Statement::unread_reason).collect()
}

fn pieces(text: &str) -> Vec<&str> {
    sql::split(text)
        .iter()
        .map(|piece| &text[piece.start..piece.end])
        .collect()
}

// Cutting.

#[test]
fn a_text_is_cut_at_semicolons_outside_of_quotes_comments_and_bodies() {
    assert_eq!(pieces("SELECT 1; SELECT 2;"), ["SELECT 1", "SELECT 2"]);
    assert_eq!(
        pieces("SELECT ';'; SELECT $$;$$; SELECT $a$;$$;$a$"),
        ["SELECT ';'", "SELECT $$;$$", "SELECT $a$;$$;$a$"]
    );
    assert_eq!(
        pieces("SELECT 1 -- a; b\n; /* c; /* d; */ */ SELECT 2"),
        ["SELECT 1", "SELECT 2"]
    );
    assert_eq!(
        pieces("SELECT \"a;b\"; SELECT E'\\';'"),
        ["SELECT \"a;b\"", "SELECT E'\\';'"]
    );
    assert_eq!(pieces(";;  ; -- nothing"), [""; 0]);
}

#[test]
fn a_body_in_sql_and_a_rule_in_brackets_stay_whole() {
    let function = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END";
    assert_eq!(pieces(&format!("{function}; SELECT 3")), [function, "SELECT 3"]);
    let rule = "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)";
    assert_eq!(pieces(&format!("{rule}; SELECT 3")), [rule, "SELECT 3"]);
}

#[test]
fn places_count_bytes_whatever_the_letters() {
    let text = "SELECT 'äöü €';\r\n\tSELECT '𝄞'\n;SELECT 3";
    assert_eq!(pieces(text), ["SELECT 'äöü €'", "SELECT '𝄞'", "SELECT 3"]);
}

// The same statements as Django's.

#[test]
fn ddl_is_read_as_django_would_send_it() {
    let cases = [
        ("drop table if exists shop_order", "DROP TABLE \"shop_order\""),
        (
            "DROP TABLE public.a, \"B c\" CASCADE",
            "DROP TABLE \"a\" CASCADE; DROP TABLE \"B c\" CASCADE",
        ),
        ("ALTER TABLE a RENAME TO b", "ALTER TABLE \"a\" RENAME TO \"b\""),
        (
            "ALTER TABLE ONLY a RENAME x TO y",
            "ALTER TABLE \"a\" RENAME COLUMN \"x\" TO \"y\"",
        ),
        (
            "ALTER TABLE a ADD x varchar(20) DEFAULT 'n/a'::character varying NOT NULL UNIQUE",
            "ALTER TABLE \"a\" ADD COLUMN \"x\" varchar(20) DEFAULT 'n/a'::character varying NOT NULL UNIQUE",
        ),
        (
            "ALTER TABLE a ADD COLUMN IF NOT EXISTS x timestamp with time zone, DROP COLUMN y",
            "ALTER TABLE \"a\" ADD COLUMN \"x\" timestamp with time zone NULL, DROP COLUMN \"y\"",
        ),
        (
            "ALTER TABLE a ALTER x TYPE numeric(10, 2) USING x::numeric(10, 2)",
            "ALTER TABLE \"a\" ALTER COLUMN \"x\" TYPE numeric(10, 2) USING \"x\"::numeric(10, 2)",
        ),
        (
            "ALTER TABLE a ALTER COLUMN x SET DATA TYPE text COLLATE \"C\" USING upper(x)",
            "ALTER TABLE \"a\" ALTER COLUMN \"x\" TYPE text COLLATE \"C\" USING upper(x)",
        ),
        (
            "ALTER TABLE a ALTER x SET NOT NULL",
            "ALTER TABLE \"a\" ALTER COLUMN \"x\" SET NOT NULL",
        ),
        (
            "ALTER TABLE a ALTER x SET DEFAULT null",
            "ALTER TABLE \"a\" ALTER COLUMN \"x\" DROP DEFAULT",
        ),
        (
            "ALTER TABLE a ADD CONSTRAINT c CHECK (x > 0) NOT VALID",
            "ALTER TABLE \"a\" ADD CONSTRAINT \"c\" CHECK (x > 0) NOT VALID",
        ),
        (
            "ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE \"a\" ADD CONSTRAINT \"a_b_id_fkey\" FOREIGN KEY (\"b_id\") REFERENCES \"b\" (\"id\") ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED",
        ),
        (
            "ALTER TABLE a VALIDATE CONSTRAINT c",
            "ALTER TABLE \"a\" VALIDATE CONSTRAINT \"c\"",
        ),
        (
            "create unique index concurrently if not exists i on only a using btree (lower(x) text_pattern_ops, y desc nulls last) include (z) where x is not null",
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"i\" ON ONLY \"a\" USING btree (lower(x) text_pattern_ops, \"y\" desc nulls last) INCLUDE (\"z\") WHERE x is not null",
        ),
        (
            "CREATE INDEX ON a (x, (y + 1))",
            "CREATE INDEX \"a_x_expr_idx\" ON \"a\" (\"x\", (y + 1))",
        ),
        (
            "DROP INDEX CONCURRENTLY IF EXISTS i, j",
            "DROP INDEX CONCURRENTLY IF EXISTS \"i\"; DROP INDEX CONCURRENTLY IF EXISTS \"j\"",
        ),
        (
            "ALTER INDEX IF EXISTS i RENAME TO j",
            "ALTER INDEX \"i\" RENAME TO \"j\"",
        ),
        ("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL IMMEDIATE"),
        ("CREATE SEQUENCE IF NOT EXISTS s START 5", "CREATE SEQUENCE \"s\""),
        ("DROP SEQUENCE s CASCADE", "DROP SEQUENCE \"s\" CASCADE"),
        ("ALTER SEQUENCE s AS bigint", "ALTER SEQUENCE IF EXISTS \"s\" AS bigint"),
        (
            "CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\" WITH SCHEMA public",
            "CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\"",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(printed(text), expected, "{text}");
    }
}

#[test]
fn a_table_is_read_with_its_columns_and_constraints() {
    let text = "CREATE TABLE IF NOT EXISTS shop.line (
        id bigserial PRIMARY KEY,
        order_id bigint NOT NULL CONSTRAINT of_order REFERENCES shop_order ON DELETE CASCADE,
        price double precision CONSTRAINT positive CHECK (price > 0) DEFAULT (1 + 1),
        tags text[] DEFAULT '{}' NOT NULL,
        total integer GENERATED ALWAYS AS (price * 2) STORED,
        number int GENERATED BY DEFAULT AS IDENTITY (START 5),
        UNIQUE NULLS NOT DISTINCT (order_id, price) DEFERRABLE,
        EXCLUDE USING gist (order_id WITH =) WHERE (price > 1)
    ) PARTITION BY RANGE (price)";
    let statements = read(text);
    let [Statement::CreateTable(table)] = statements.as_slice() else {
        panic!("{statements:?}");
    };
    let names: Vec<&str> = table
        .columns
        .iter()
        .map(|column| column.name.known().unwrap())
        .collect();
    assert_eq!(table.table.known(), Some("shop\".\"line"));
    assert_eq!(names, ["id", "order_id", "price", "tags", "total", "number"]);
    assert_eq!(table.columns[0].data_type.name(), Some("bigserial"));
    assert_eq!(table.columns[2].check_name.as_deref(), Some("positive"));
    assert_eq!(
        table.columns[2].default.as_ref().map(|default| default.sql.shown()),
        Some("(1 + 1)")
    );
    assert!(
        table.columns[4]
            .generated
            .as_ref()
            .is_some_and(|generated| generated.stored)
    );
    assert!(table.columns[5].identity);
    assert_eq!(table.constraints.len(), 2);
    assert_eq!(table.form, TableForm::Partitioned);
    assert!(table.if_not_exists);
}

#[test]
fn a_default_ends_where_the_next_constraint_begins() {
    let default = |text: &str| {
        let statements = read(&format!("ALTER TABLE a ADD x int DEFAULT {text}"));
        match statements.as_slice() {
            [Statement::AlterTable { actions, .. }] => format!("{}", actions[0]),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        default("CASE WHEN 1 IS NOT NULL THEN 2 END NOT NULL"),
        "ADD COLUMN \"x\" int DEFAULT CASE WHEN 1 IS NOT NULL THEN 2 END NOT NULL"
    );
    assert_eq!(default("NULL"), "ADD COLUMN \"x\" int DEFAULT NULL NULL");
    assert_eq!(
        default("now() CHECK (x > 1)"),
        "ADD COLUMN \"x\" int DEFAULT now() NULL CHECK (x > 1)"
    );
}

#[test]
fn a_default_varies_as_much_as_the_functions_it_calls() {
    let volatility = |default: &str| {
        let statements = read(&format!("ALTER TABLE a ALTER x SET DEFAULT {default}"));
        match statements.as_slice() {
            [Statement::AlterTable { actions, .. }] => match &actions[0] {
                forelock::statement::AlterTableAction::SetDefault { default, .. } => default.volatility,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(volatility("'2024-01-01'::date"), Volatility::Constant);
    assert_eq!(volatility("CURRENT_TIMESTAMP"), Volatility::Stable);
    assert_eq!(volatility("md5(random()::text)"), Volatility::Volatile);
    assert_eq!(volatility("pg_catalog.gen_random_uuid()"), Volatility::Volatile);
    assert_eq!(volatility("shop_number()"), Volatility::Unknown);
}

// What only SQL can say.

#[test]
fn commands_that_django_has_no_word_for_are_read() {
    assert!(
        matches!(command("TRUNCATE ONLY a, b RESTART IDENTITY CASCADE"), Command::Truncate { tables, cascade: true } if tables == ["a", "b"])
    );
    assert!(
        matches!(command("LOCK TABLE a IN SHARE ROW EXCLUSIVE MODE NOWAIT"), Command::LockTable { mode, .. } if mode.name() == "SHARE ROW EXCLUSIVE")
    );
    assert!(matches!(
        command("VACUUM (FULL, ANALYZE) a"),
        Command::Vacuum { full: true, .. }
    ));
    assert!(matches!(
        command("VACUUM (FULL false) a"),
        Command::Vacuum { full: false, .. }
    ));
    assert!(matches!(
        command("REINDEX (CONCURRENTLY) TABLE a"),
        Command::Reindex { concurrently: true, .. }
    ));
    assert!(matches!(
        command("REFRESH MATERIALIZED VIEW CONCURRENTLY v"),
        Command::RefreshView { concurrently: true, .. }
    ));
    assert!(
        matches!(command("ALTER TYPE kind ADD VALUE IF NOT EXISTS 'x' BEFORE 'y'"), Command::AddEnumValue { value, .. } if value == "x")
    );
    assert!(matches!(
        command("CREATE DOMAIN d AS text CHECK (VALUE <> '')"),
        Command::CreateDomain { constrained: true, .. }
    ));
    assert!(matches!(
        command("COMMENT ON FUNCTION f() IS 'CREATE INDEX'"),
        Command::TouchNothing
    ));
    assert!(matches!(command("GRANT SELECT ON a TO b"), Command::TouchNothing));
    assert!(
        matches!(command("CREATE TRIGGER t AFTER UPDATE OF x, y ON a FOR EACH ROW WHEN (NEW.z IS NOT NULL) EXECUTE PROCEDURE f()"), Command::CreateTrigger { columns, .. } if columns == ["x", "y", "z"])
    );
}

#[test]
fn a_body_causes_nothing_whatever_words_are_in_it() {
    let function = "CREATE OR REPLACE FUNCTION f() RETURNS trigger AS $body$
        BEGIN
            IF NEW.x IS NOT NULL THEN CREATE INDEX i ON a (x); DROP TABLE a; END IF;
        END $body$ LANGUAGE plpgsql";
    assert!(matches!(
        command(function),
        Command::CreateFunction {
            volatility: Volatility::Volatile,
            ..
        }
    ));
    assert!(matches!(
        command("SELECT 'CREATE INDEX i ON a (x); x IS NOT NULL'"),
        Command::Select { .. }
    ));
}

#[test]
fn the_statements_of_a_do_block_are_those_that_stand_there() {
    let block = "DO $$
        DECLARE n integer := 1;
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM pg_class) THEN
                ALTER TABLE a ADD COLUMN x int;
            ELSE
                RAISE NOTICE 'DROP TABLE a;';
            END IF;
            FOR r IN SELECT id FROM a LOOP
                UPDATE a SET x = r.id WHERE id = 5;
            END LOOP;
            n := n + 1;
            EXECUTE 'CREATE INDEX i ON a (x)';
        EXCEPTION WHEN duplicate_column THEN
            NULL;
        END $$";
    let statements = read(block);
    let parts: Vec<String> = statements
        .iter()
        .flat_map(Statement::parts)
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        parts,
        [
            "ALTER TABLE \"a\" ADD COLUMN \"x\" int NULL",
            "SELECT id FROM a",
            "UPDATE a SET x = r.id WHERE id = 5",
            "CREATE INDEX \"i\" ON \"a\" (\"x\")",
        ]
    );
    assert_eq!(
        reasons("DO $$ BEGIN EXECUTE 'DELETE FROM a ' || (SELECT 'b'); EXECUTE (SELECT b FROM c); END $$"),
        [
            "EXECUTE runs SQL that is put together at run time: `DELETE FROM a ?`",
            "EXECUTE runs SQL that is put together at run time"
        ]
    );
}

#[test]
fn rows_are_all_some_or_those_that_a_key_names() {
    let rows = |text: &str| match command(text) {
        Command::Update { rows, .. } | Command::Delete { rows, .. } => rows,
        other => panic!("{other:?}"),
    };
    let is = |column: &str, value| Condition::Is(column.to_owned(), value);
    let three = || Constant::Number("3".to_owned());
    assert_eq!(rows("UPDATE a SET x = 1"), Rows::All);
    assert_eq!(rows("DELETE FROM a WHERE true"), Rows::All);
    assert_eq!(rows("UPDATE a SET x = 1 WHERE 1 = 1 AND id > 0"), Rows::All);
    assert_eq!(rows("UPDATE a SET x = b.x FROM b WHERE a.b_id = b.id"), Rows::All);
    assert_eq!(rows("DELETE FROM a USING b WHERE a.b_id = b.id"), Rows::All);
    let chosen = "UPDATE a SET x = v.x FROM (VALUES (1, 2)) v (id, x) WHERE a.id = v.id";
    assert_eq!(rows(chosen), Rows::unknown());
    assert_eq!(rows("UPDATE a SET x = 1 WHERE a.x = a.y"), Rows::unknown());
    assert_eq!(
        rows("UPDATE a SET x = 1 WHERE y IS NULL"),
        Rows::Where(vec![is("y", Constant::Null)])
    );
    assert_eq!(
        rows("UPDATE a SET x = 1 WHERE y IS NULL AND (z = 3)"),
        Rows::Where(vec![is("y", Constant::Null), is("z", three())])
    );
    assert_eq!(
        rows("UPDATE a SET x = 1 WHERE NOT open AND kind = 'new'::text AND z <> 3"),
        Rows::Where(vec![
            is("open", Constant::Bool(false)),
            is("kind", Constant::Text("new".to_owned())),
            Condition::IsNot("z".to_owned(), three())
        ])
    );
    assert_eq!(
        rows("DELETE FROM a AS t WHERE t.id IN (1, 2) AND y > 3"),
        Rows::Where(vec![Condition::IsOneOf("id".to_owned()), Condition::Other])
    );
    assert_eq!(rows("DELETE FROM a WHERE id = 1 OR x = 2"), Rows::unknown());
}

#[test]
fn a_query_tells_what_it_reads() {
    let reads = |text: &str| match command(&format!("CREATE VIEW v AS {text}")) {
        Command::CreateView { reads, .. } => reads,
        other => panic!("{other:?}"),
    };
    let relations = |text: &str| reads(text).relations;
    assert_eq!(
        relations("SELECT 1 FROM a, ONLY b AS c JOIN public.d ON true, LATERAL (SELECT 1 FROM e) f"),
        ["a", "b", "d", "e"]
    );
    assert_eq!(
        relations("WITH x AS (SELECT 1 FROM a), y (n) AS (SELECT 2) SELECT * FROM x JOIN y ON true"),
        ["a"]
    );
    assert_eq!(
        relations("SELECT extract(year FROM day), substring(s FROM 2) FROM a WHERE x IS DISTINCT FROM y"),
        ["a"]
    );
    assert_eq!(
        relations("SELECT * FROM unnest(ARRAY[1]) u (n), (a JOIN b USING (id))"),
        ["a", "b"]
    );
    let joined: QueryReads = reads("SELECT o.total, l.* FROM shop_order o JOIN shop_line l ON l.order_id = o.id");
    assert!(joined.reads_column("shop_order", "total"));
    assert!(!joined.reads_column("shop_order", "code"));
    assert!(joined.reads_column("shop_line", "anything"));
    assert!(!joined.reads_column("shop_line_old", "total"));
}

#[test]
fn a_column_named_like_a_word_of_the_grammar_is_a_column_where_it_stands_as_one() {
    let columns = |check: &str| match read(&format!("ALTER TABLE a ADD CONSTRAINT c CHECK ({check})")).as_slice() {
        [Statement::AlterTable { actions, .. }] => match actions.as_slice() {
            [AlterTableAction::AddConstraint(constraint)] => match &constraint.kind {
                ConstraintKind::Check(check) => check.columns.clone(),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    assert_eq!(
        columns("day > 0 AND year BETWEEN 1900 AND month"),
        ["day", "year", "month"]
    );
    assert_eq!(columns("extract(day FROM day) = hour"), ["day", "hour"]);
    assert_eq!(columns("placed + INTERVAL '1' DAY > until"), ["placed", "until"]);
    assert_eq!(columns("span > INTERVAL '1-2' YEAR TO MONTH"), ["span"]);
    assert_eq!(columns("time > TIME '10:00' AND zone IS NOT NULL"), ["time", "zone"]);
    assert_eq!(columns("placed AT TIME ZONE 'UTC' < CAST(x AS time)"), ["placed", "x"]);
    assert_eq!(columns("x::timestamp with time zone > y"), ["x", "y"]);
    assert_eq!(
        columns("first < last AND done IS NOT UNKNOWN"),
        ["first", "last", "done"]
    );
    assert_eq!(
        columns("unknown OR precision > 1::double precision"),
        ["unknown", "precision"]
    );
}

// What is no SQL.

#[test]
fn one_bad_statement_never_loses_the_others() {
    let text = "DROP TABLE a; DROPP TABLE b; ALTER TABLE c FOO BAR, DROP COLUMN d; SELECT (1; DROP TABLE e";
    assert_eq!(pieces(text).len(), 5);
    assert_eq!(reasons(text).len(), 3);
    let statements = read(text);
    assert!(matches!(&statements[0], Statement::DropTable { table, .. } if table.known() == Some("a")));
    assert!(matches!(statements.last(), Some(Statement::DropTable { table, .. }) if table.known() == Some("e")));
}

#[test]
fn an_unread_action_of_alter_table_is_not_analysed_alone() {
    let statements = read("ALTER TABLE a DROP COLUMN x, MODIFY y int, ALTER z SET NOT NULL");
    let [Statement::AlterTable { actions, .. }] = statements.as_slice() else {
        panic!("{statements:?}");
    };
    assert_eq!(actions.len(), 3);
    assert_eq!(
        statements[0].unread_reason().as_deref(),
        Some("expected an action of ALTER TABLE but found `MODIFY`")
    );
}

#[test]
fn what_is_not_closed_is_said_and_what_stands_before_it_is_read() {
    for (bad, reason) in [
        ("SELECT 'open", "a quote is not closed"),
        ("SELECT \"open", "a quote is not closed"),
        ("SELECT $$open", "a quote is not closed"),
        ("SELECT /* open", "a comment is not closed"),
    ] {
        let text = format!("DROP TABLE a; {bad}");
        assert!(matches!(&read(&text)[0], Statement::DropTable { .. }), "{text}");
        assert_eq!(reasons(&text), [reason], "{text}");
    }
}

#[test]
fn text_of_any_size_and_depth_is_read_in_time_and_without_a_fall() {
    let nested = format!("SELECT {}1{}; DROP TABLE a", "(".repeat(20_000), ")".repeat(20_000));
    let open = format!("SELECT {}; DROP TABLE a", "(".repeat(20_000));
    let sum = format!(
        "CREATE VIEW v AS SELECT {}1 FROM a; DROP TABLE a",
        "1 + ".repeat(100_000)
    );
    let rows = format!(
        "INSERT INTO b VALUES {}(1, 'x'); DROP TABLE a",
        "(1, 'some text of a row'), ".repeat(40_000)
    );
    let many = "DROP TABLE b;".repeat(50_000) + "DROP TABLE a";
    let blocks = "DO 'BEGIN ".repeat(3_000) + ";DROP TABLE a";
    let from = format!("SELECT 1 {}; DROP TABLE a", "FROM (".repeat(5_000));
    let nul = "SELECT '\0'; \0\0; DROP TABLE a".to_owned();
    for (name, text) in [
        ("nested", nested),
        ("open", open),
        ("sum", sum),
        ("rows", rows),
        ("many", many),
        ("blocks", blocks),
        ("from", from),
        ("nul", nul),
    ] {
        let start = Instant::now();
        let statements = read(&text);
        let last = statements.last();
        let is_read = matches!(last, Some(Statement::DropTable { table, .. }) if table.known() == Some("a"));
        assert!(
            is_read || name == "blocks",
            "{name}: {:?}",
            last.map(ToString::to_string)
                .map(|text| text.chars().take(200).collect::<String>())
        );
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{name}: {:?}",
            start.elapsed()
        );
    }
}
