import functools
from textwrap import dedent

from django.db import connection, connections, migrations, transaction

from synthetic.common.python.helpers import TABLES, analyse, index

COLUMNS = {"note": "text", "weight": "numeric(6, 2)"}


def by_editor(apps, schema_editor):
    schema_editor.execute("ALTER TABLE python_order ADD COLUMN by_editor integer")


def by_cursor(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for name, kind in COLUMNS.items():
            cursor.execute("ALTER TABLE python_order ADD COLUMN {} {}".format(name, kind))


def by_connection(apps, schema_editor):
    cursor = connections["default"].cursor()
    cursor.execute(
        dedent(
            """
            CREATE TABLE python_by_hand (
                id serial PRIMARY KEY,
                name text NOT NULL
            )
            """
        )
    )
    cursor.close()


def with_parameters(apps, schema_editor):
    schema_editor.execute("ALTER TABLE python_by_hand ADD CONSTRAINT few CHECK (id < %s)", [1000])
    schema_editor.execute("ALTER TABLE python_by_hand ADD CONSTRAINT named CHECK (name NOT LIKE '%%x')", [])
    schema_editor.execute("ALTER TABLE python_by_hand ADD CONSTRAINT other CHECK (name NOT LIKE '%y')", None)


def by_vendor(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("PRAGMA foreign_keys = off")
    elif connection.vendor == "postgresql":
        schema_editor.execute("COMMENT ON TABLE python_by_hand IS 'by hand'")


def by_helpers(apps, schema_editor):
    for table in TABLES:
        analyse(table)
    index(schema_editor, apps.get_model("python", "Order"), "status", "total")


def rows(apps, schema_editor):
    Customer = apps.get_model("python", "Customer")
    with transaction.atomic():
        for customer in Customer.objects.filter(name=""):
            customer.name = customer.code
            customer.save()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE python_order SET total = 0 WHERE total < 0")
        cursor.execute("DROP INDEX python_order_total_by_hand")


def drop(name, apps, schema_editor):
    schema_editor.execute(f"ALTER TABLE python_order DROP COLUMN {schema_editor.quote_name(name)}")


class Migration(migrations.Migration):
    """What a function sends to the editor and to cursors."""

    dependencies = [("python", "0001_initial")]

    operations = [
        migrations.RunPython(by_editor),
        migrations.RunPython(by_cursor),
        migrations.RunPython(by_connection),
        migrations.RunPython(with_parameters),
        migrations.RunPython(by_vendor),
        migrations.RunPython(by_helpers),
        migrations.RunPython(rows, migrations.RunPython.noop),
        migrations.RunPython(functools.partial(drop, "note")),
        migrations.RunPython(lambda apps, schema_editor: drop("weight", apps, schema_editor)),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL("ALTER TABLE python_by_hand ADD COLUMN one integer"),
                migrations.RunPython(
                    lambda apps, schema_editor: schema_editor.execute("ALTER TABLE python_by_hand ADD COLUMN two integer")
                ),
            ],
        ),
    ]
