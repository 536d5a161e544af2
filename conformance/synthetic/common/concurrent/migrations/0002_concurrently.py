import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("concurrent", "0001_initial"), ("extensions", "0001_initial")]

    operations = [
        AddIndexConcurrently("log", models.Index(fields=["number"], name="log_number")),
        AddIndexConcurrently(
            model_name="Log",
            index=models.Index(condition=models.Q(state="x"), fields=["-number"], include=["text"], name="log_some"),
        ),
        AddIndexConcurrently("log", models.Index(Lower("text"), "state", name="log_lower")),
        AddIndexConcurrently(
            "log",
            django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["text"], name="log_trigrams", opclasses=["gin_trgm_ops"]
            ),
        ),
        AddIndexConcurrently("log", django.contrib.postgres.indexes.BrinIndex(fields=["number"], name="log_brin")),
        RemoveIndexConcurrently("log", "log_some"),
        RemoveIndexConcurrently(model_name="log", name="log_brin"),
        # Others are allowed outside of a transaction as well.
        migrations.AddField("log", "added", models.IntegerField(db_index=True, default=3)),
        migrations.AlterField("log", "state", models.CharField(db_index=True, max_length=2)),
        migrations.RunSQL(
            'CREATE INDEX CONCURRENTLY "log_by_hand" ON "concurrent_log" ("state")',
            'DROP INDEX CONCURRENTLY "log_by_hand"',
            state_operations=[
                migrations.AddIndex("log", models.Index(fields=["state"], name="log_by_hand")),
            ],
        ),
    ]
