from django.db import migrations, models


def nobody_runs_it(apps, schema_editor):
    schema_editor.execute("DROP TABLE nowhere")


class Migration(migrations.Migration):
    """RunSQL and RunPython among state_operations: no SQL is sent, what they say of the state counts."""

    dependencies = [("rawsql", "0002_separate")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RunSQL(
                    "DROP TABLE nowhere",
                    state_operations=[migrations.AddField("record", "in_state", models.IntegerField(null=True))],
                ),
                migrations.RunSQL("DROP TABLE nowhere"),
                migrations.RunPython(nobody_runs_it),
            ],
        ),
        migrations.RunSQL("ALTER TABLE rawsql_entry ADD COLUMN in_state integer"),
        migrations.AlterField("record", "in_state", models.BigIntegerField(null=True)),
        # On the side of the database its state is that of the next operations there, and of nobody else.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE rawsql_entry ADD COLUMN in_database integer",
                    state_operations=[migrations.AddField("record", "in_database", models.IntegerField(null=True))],
                ),
                migrations.AlterField("record", "in_database", models.BigIntegerField(null=True)),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.SeparateDatabaseAndState(
                    database_operations=[migrations.RunSQL("DROP TABLE nowhere")],
                    state_operations=[migrations.AddField("record", "in_database", models.BigIntegerField(null=True))],
                ),
            ],
        ),
        migrations.AlterField("record", "in_database", models.TextField(null=True)),
        migrations.RunSQL(
            [],
            state_operations=[
                migrations.SeparateDatabaseAndState(
                    database_operations=[migrations.RunSQL("DROP TABLE nowhere")],
                    state_operations=[migrations.RemoveField("record", "in_state")],
                ),
            ],
        ),
        migrations.AddField("record", "in_state_again", models.IntegerField(null=True)),
    ]
