from django.db import migrations, models


class Migration(migrations.Migration):
    """SeparateDatabaseAndState, nested as well."""

    dependencies = [("rawsql", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField("entry", "only_state", models.IntegerField(null=True)),
                migrations.RemoveField("entry", "only_state"),
            ]
        ),
        migrations.SeparateDatabaseAndState(
            [migrations.AddField("entry", "only_database", models.IntegerField(null=True))]
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL("ALTER TABLE rawsql_entry RENAME COLUMN only_database TO shared"),
                migrations.AddIndex("entry", models.Index(fields=["name"], name="entry_name")),
            ],
            state_operations=[
                migrations.AddField("entry", "shared", models.IntegerField(null=True)),
                migrations.AddIndex("entry", models.Index(fields=["name"], name="entry_name")),
            ],
        ),
        # The second sees what the first has done to the state of the database side.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.AddField("entry", "a", models.CharField(default="a", max_length=9)),
                migrations.AlterField("entry", "a", models.CharField(db_index=True, default="a", max_length=19)),
                migrations.RenameField("entry", "a", "b"),
                migrations.RemoveField("entry", "b"),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.SeparateDatabaseAndState(
                    database_operations=[
                        migrations.AlterField("entry", "shared", models.BigIntegerField(null=True)),
                        migrations.SeparateDatabaseAndState(
                            database_operations=[
                                migrations.RunSQL("SELECT 2"),
                                migrations.RunSQL("ANALYZE rawsql_entry"),
                            ],
                            state_operations=[migrations.AddField("entry", "nobody", models.IntegerField())],
                        ),
                    ],
                ),
            ],
            state_operations=[migrations.AlterField("entry", "shared", models.BigIntegerField(null=True))],
        ),
        # A rename that leaves the table as it is.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("Entry", "Record"),
                migrations.AlterModelTable("record", "rawsql_entry"),
            ],
        ),
        migrations.AddField("record", "late", models.CharField(db_index=True, max_length=9, null=True)),
        migrations.RenameField("record", "late", "later"),
        # A model for what was made by hand.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="ByHand",
                    fields=[
                        ("id", models.AutoField(primary_key=True)),
                        ("name", models.TextField(db_index=True)),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=9, null=True)),
                    ],
                    options={"db_table": "rawsql_by_hand"},
                ),
            ],
        ),
        migrations.AlterField("byhand", "name", models.TextField()),
        migrations.AlterField("byhand", "id", models.BigAutoField(primary_key=True)),
        migrations.AlterField("byhand", "amount", models.DecimalField(decimal_places=2, default=0, max_digits=9)),
        migrations.DeleteModel("ByHand"),
    ]
