from pathlib import Path

from django.db import migrations, models

HERE = Path(__file__).parent

FORWARDS = """
CREATE TABLE rawsql_by_hand (
    id serial PRIMARY KEY,
    name text NOT NULL,
    amount numeric(9, 2) CHECK (amount >= 0)
);
CREATE INDEX rawsql_by_hand_name ON rawsql_by_hand (name);
"""

BACKWARDS = "DROP TABLE rawsql_by_hand"

FUNCTION = """
CREATE FUNCTION rawsql_touch() RETURNS trigger AS $$
BEGIN
    -- a comment; with a semicolon
    NEW.changed := now();
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;
"""


class Migration(migrations.Migration):
    """RunSQL in all shapes."""

    initial = True

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("name", models.CharField(max_length=20)),
                ("changed", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RunSQL("SELECT 1"),
        migrations.RunSQL("INSERT INTO rawsql_entry (name) VALUES ('100%')"),
        migrations.RunSQL("UPDATE rawsql_entry SET name = 'a' WHERE name LIKE '1%'; DELETE FROM rawsql_entry;"),
        migrations.RunSQL(FORWARDS, BACKWARDS),
        migrations.RunSQL(sql=FUNCTION, reverse_sql="DROP FUNCTION rawsql_touch()", elidable=True),
        migrations.RunSQL(
            """
            CREATE TRIGGER touch BEFORE UPDATE ON rawsql_entry
            FOR EACH ROW EXECUTE FUNCTION rawsql_touch()
            """,
            hints={"target_db": "default"},
        ),
        migrations.RunSQL(
            [
                "ALTER TABLE rawsql_entry ADD COLUMN extra text",
                "ALTER TABLE rawsql_entry ALTER COLUMN extra SET DEFAULT 'x; y'; ANALYZE rawsql_entry",
            ]
        ),
        migrations.RunSQL(
            [
                ("INSERT INTO rawsql_entry (name, changed) VALUES (%s, %s)", ["it's 100%", None]),
                ("UPDATE rawsql_entry SET name = %s WHERE id = %s", ("b\\c", 5)),
                ("DELETE FROM rawsql_entry WHERE name = '%'", None),
                "DELETE FROM rawsql_entry WHERE name LIKE '%s'",
            ],
            [("DELETE FROM rawsql_entry WHERE name = %s", ["it's 100%"])],
        ),
        migrations.RunSQL(("DROP TRIGGER touch ON rawsql_entry", "DROP FUNCTION rawsql_touch()")),
        migrations.RunSQL(migrations.RunSQL.noop, migrations.RunSQL.noop),
        migrations.RunSQL(""),
        migrations.RunSQL([]),
        migrations.RunSQL(
            "ALTER TABLE rawsql_entry ADD COLUMN number integer NOT NULL DEFAULT 3",
            state_operations=[migrations.AddField("entry", "number", models.IntegerField(default=3))],
        ),
        migrations.RunSQL((HERE / "entry.sql").read_text()),
        migrations.RunSQL("ALTER TABLE %s ADD COLUMN formatted text" % "rawsql_entry"),
        migrations.RunSQL("ALTER TABLE {} ADD COLUMN {} text".format("rawsql_entry", "braces")),
        migrations.RunSQL(f"ALTER TABLE {'rawsql_entry'} DROP COLUMN formatted"),
        migrations.RunSQL("-- only a comment"),
        migrations.RunSQL("SET LOCAL lock_timeout = '2s'"),
        migrations.RunSQL(
            "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE rawsql_entry DROP COLUMN extra; SET CONSTRAINTS ALL DEFERRED;"
        ),
        migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop),
        migrations.AlterField("entry", "number", models.BigIntegerField(db_index=True, default=3)),
    ]
