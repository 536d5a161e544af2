//! Names that are taken or missing: told where all that happened to the table is known, and nowhere else.
#![allow(clippy::unwrap_used, reason = "what fails in a test fails the test")]

mod scratch;

use scratch::{Scratch, migration};
use serde_json::Value;

/// The messages about names in a project whose app does these operations, one migration after the other.
fn refused(migrations: &[&str]) -> Vec<String> {
    let mut project = Scratch::new().file("manage.py", "").app("shop");
    let mut parent = "0001_initial".to_owned();
    for (number, operations) in migrations.iter().enumerate() {
        let name = format!("{:04}_change", number + 2);
        let text = CODE.replace("BODY", &migration("shop", &parent, operations));
        project = project.file(&format!("shop/migrations/{name}.py"), text);
        parent = name;
    }
    let run = project.run("check --output-format json");
    let document = run.json();
    let findings = document["findings"].as_array().unwrap().iter();
    let about_names = findings.filter(|finding| finding["rule"].as_str().unwrap().starts_with("name-"));
    about_names.map(message).collect()
}

fn message(finding: &Value) -> String {
    assert_eq!(finding["harm"], serde_json::json!(["fails"]));
    let message = finding["message"].as_str().unwrap();
    message.trim_start_matches("is refused by Postgres: ").to_owned()
}

const CODE: &str = "import vendor\nBODY

def unread(apps, schema_editor):
    vendor.change(schema_editor)

def unread_rows(apps, schema_editor):
    vendor.fill(apps)

def attempted(apps, schema_editor):
    try:
        schema_editor.execute('ALTER TABLE shop_order ADD COLUMN status text')
    except Exception:
        pass

def guarded(apps, schema_editor):
    if vendor.is_wanted():
        schema_editor.execute('ALTER TABLE shop_order DROP COLUMN nothing')

def certain(apps, schema_editor):
    schema_editor.execute('ALTER TABLE shop_order DROP COLUMN nothing')
";

const MISSING: &str = "migrations.RunSQL('ALTER TABLE shop_order DROP COLUMN nothing')";

#[test]
fn a_name_is_missing_or_taken_after_all_that_the_history_did_to_it() {
    let cases: &[(&[&str], &str)] = &[
        (&[MISSING], "there is no column `nothing` in `shop_order`"),
        (
            &["migrations.RunPython(certain)"],
            "there is no column `nothing` in `shop_order`",
        ),
        (
            &[
                "migrations.AddField('order', 'nothing', models.IntegerField(null=True))",
                "migrations.RenameField('order', 'nothing', 'something')",
                MISSING,
            ],
            "there is no column `nothing` in `shop_order`",
        ),
        (
            &["migrations.RunSQL('ALTER TABLE shop_order ADD COLUMN STATUS int')"],
            "the column `status` of `shop_order` is there already",
        ),
        (
            &[
                "migrations.AddIndex('order', models.Index(fields=['status'], name='old_idx'))",
                "migrations.RenameModel('Order', 'Purchase')",
                "migrations.RunSQL('CREATE INDEX old_idx ON shop_purchase (id)')",
            ],
            "the index `old_idx` of `shop_purchase` is there already",
        ),
        (
            &[
                "migrations.RunSQL('CREATE TABLE shop_basket (id serial PRIMARY KEY, code text UNIQUE)')",
                "migrations.RunSQL('ALTER TABLE shop_basket ADD CONSTRAINT shop_basket_code_key UNIQUE (id)')",
            ],
            "the constraint `shop_basket_code_key` of `shop_basket` is there already",
        ),
        (
            &[
                "migrations.RunSQL('CREATE TABLE shop_basket (id serial PRIMARY KEY)')",
                "migrations.RunSQL('ALTER TABLE shop_basket DROP CONSTRAINT shop_basket_key')",
            ],
            "there is no constraint `shop_basket_key` on `shop_basket`",
        ),
        (
            &[
                "migrations.RunSQL('CREATE TABLE shop_basket (id serial)')",
                "migrations.RunSQL('CREATE SEQUENCE shop_basket_id_seq')",
            ],
            "the sequence `shop_basket_id_seq` is there already",
        ),
        (
            &[
                "migrations.RenameModel('Order', 'Purchase')",
                "migrations.RunSQL('UPDATE shop_order SET status = 1 WHERE id = 1')",
            ],
            "there is no table `shop_order`",
        ),
        (
            &[
                "migrations.DeleteModel('Order')",
                "migrations.RunSQL('TRUNCATE shop_order')",
            ],
            "there is no table `shop_order`",
        ),
        (
            &[
                "migrations.RunSQL('CREATE INDEX this_is_a_name_of_more_than_sixty_three_bytes_which_postgres_cuts_at_the_end ON shop_order (id)')",
                "migrations.RunSQL('CREATE INDEX this_is_a_name_of_more_than_sixty_three_bytes_which_postgres_cuts_off ON shop_order (id)')",
            ],
            "the index `this_is_a_name_of_more_than_sixty_three_bytes_which_postgres_cu` of `shop_order` is there already",
        ),
        (
            &[
                "migrations.RunSQL(\"CREATE TYPE mood AS ENUM ('a')\")",
                "migrations.RunSQL('DROP TYPE mood')",
                "migrations.RunSQL('DROP TYPE mood')",
            ],
            "there is no type `mood`",
        ),
        (
            &["migrations.RunPython(unread_rows)", MISSING],
            "there is no column `nothing` in `shop_order`",
        ),
    ];
    for (migrations, expected) in cases {
        assert_eq!(refused(migrations), [*expected], "{migrations:?}");
    }
}

#[test]
fn nothing_is_said_of_names_where_something_else_may_have_made_or_dropped_them() {
    let cases: &[&[&str]] = &[
        &["migrations.RunPython(unread)", MISSING],
        &["migrations.RunPython(guarded)"],
        &[
            "migrations.RunSQL(\"SELECT AddGeometryColumn('shop_order', 'place', 4326, 'POINT', 2)\")",
            MISSING,
        ],
        &["migrations.RunPython(attempted)"],
        &["vendor.operations.Reticulate('order')", MISSING],
        &["migrations.RunSQL(vendor.SQL)", MISSING],
        &[
            "migrations.RunSQL(\"DO $$ BEGIN ALTER TABLE shop_order DROP COLUMN nothing; EXCEPTION WHEN OTHERS THEN NULL; END $$\")",
        ],
        &["migrations.RunSQL('ALTER TABLE shop_order DROP COLUMN IF EXISTS nothing')"],
        &["migrations.RunSQL('ALTER TABLE shop_order ADD COLUMN IF NOT EXISTS status int')"],
        &["migrations.RunSQL('ALTER TABLE shop_order DROP CONSTRAINT IF EXISTS nothing')"],
        &[
            "migrations.RunSQL('DROP INDEX IF EXISTS nothing; DROP TABLE IF EXISTS nothing; DROP VIEW IF EXISTS nothing')",
        ],
        &["migrations.RunSQL('ALTER TABLE IF EXISTS nothing ADD COLUMN x int')"],
        &["migrations.RunSQL('ALTER TABLE shop_order DROP COLUMN status, ADD COLUMN status int')"],
        &["migrations.RunSQL('ALTER TABLE shop_order ADD COLUMN x int, ALTER COLUMN x SET DEFAULT 1')"],
        &[
            "migrations.RunSQL('CREATE TABLE archive.shop_order (id int)')",
            "migrations.RunSQL('ALTER TABLE archive.shop_order DROP COLUMN status')",
        ],
        &["migrations.RunSQL('SET search_path TO archive; CREATE TABLE shop_order (id int)')"],
        &[
            "migrations.RunSQL('CREATE TABLE IF NOT EXISTS shop_basket (id int)')",
            "migrations.RunSQL('ALTER TABLE shop_basket DROP COLUMN code')",
        ],
        &[
            "migrations.CreateModel('Legacy', [('id', models.AutoField(primary_key=True))], options={'managed': False, 'db_table': 'legacy'})",
            "migrations.RunSQL('ALTER TABLE legacy DROP COLUMN code')",
        ],
        &[
            "migrations.RunSQL('CREATE TABLE shop_copy AS SELECT * FROM shop_order')",
            "migrations.RunSQL('ALTER TABLE shop_copy DROP COLUMN nothing')",
        ],
        &[
            "migrations.RunSQL('CREATE INDEX ON shop_order (status)')",
            "migrations.RunSQL('CREATE INDEX ON shop_order (status)')",
        ],
        &["migrations.RunSQL('DROP INDEX auth_user_email_idx')"],
        &["migrations.RunSQL('SELECT ctid FROM shop_order WHERE id = 1; ALTER TABLE auth_user DROP COLUMN nothing')"],
        &["migrations.RunSQL('CREATE TEMPORARY TABLE shop_order (id int)')"],
        &[
            "migrations.RunSQL('ALTER TABLE shop_order SET SCHEMA archive')",
            "migrations.RunSQL('CREATE TABLE shop_order (id int)')",
        ],
        &[
            "migrations.RunSQL('DROP TABLE shop_order')",
            "migrations.RunSQL('CREATE TABLE shop_order (id int)')",
            "migrations.RunSQL('UPDATE shop_order SET id = 1 WHERE id = 2')",
        ],
    ];
    for migrations in cases {
        assert_eq!(refused(migrations), [""; 0], "{migrations:?}");
    }
}
