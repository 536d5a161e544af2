import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("relations", "0001_initial")]

    operations = [
        # Null and back.
        migrations.AlterField("worker", "company", models.ForeignKey("relations.company", models.CASCADE, null=True)),
        migrations.AlterField("worker", "company", models.ForeignKey("relations.company", models.CASCADE)),
        # What the database does not see.
        migrations.AlterField(
            "worker",
            "company",
            models.ForeignKey(
                "relations.company", django.db.models.deletion.PROTECT, related_name="staff", verbose_name="employer"
            ),
        ),
        # What it does not see either, and yet the key is made anew.
        migrations.AlterField(
            "worker", "company", models.ForeignKey("relations.company", models.CASCADE, default=1, related_name="staff")
        ),
        # Index off, on; constraint off, on.
        migrations.AlterField(
            "worker", "company", models.ForeignKey("relations.company", models.CASCADE, db_index=False)
        ),
        migrations.AlterField("worker", "company", models.ForeignKey("relations.company", models.CASCADE)),
        migrations.AlterField(
            "worker", "company", models.ForeignKey("relations.company", models.CASCADE, db_constraint=False)
        ),
        migrations.AlterField("worker", "company", models.ForeignKey("relations.company", models.CASCADE)),
        migrations.AlterField(
            "worker", "no_index", models.ForeignKey("relations.company", models.CASCADE, related_name="+")
        ),
        migrations.AlterField(
            "worker", "no_constraint", models.ForeignKey("relations.company", models.CASCADE, related_name="+")
        ),
        # Unique.
        migrations.AlterField("worker", "company", models.ForeignKey("relations.company", models.CASCADE, unique=True)),
        migrations.AlterField("worker", "company", models.OneToOneField("relations.company", models.CASCADE)),
        migrations.AlterField("worker", "company", models.ForeignKey("relations.company", models.CASCADE)),
        migrations.AlterField(
            "worker", "company", models.OneToOneField("relations.company", models.CASCADE, null=True)
        ),
        migrations.AlterField(
            "worker", "unique_key", models.ForeignKey("relations.company", models.CASCADE, related_name="+")
        ),
        # Another target, of the same type and of another.
        migrations.AlterField("worker", "boss", models.ForeignKey("relations.skill", models.SET_NULL, null=True)),
        migrations.AlterField("worker", "boss", models.ForeignKey("self", models.SET_NULL, null=True)),
        migrations.AlterField(
            "worker", "boss", models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
        ),
        # Another field of the target.
        migrations.AlterField(
            "worker",
            "by_code",
            models.ForeignKey("relations.company", models.CASCADE, related_name="+", to_field="number"),
        ),
        migrations.AlterField(
            "worker",
            "by_code",
            models.ForeignKey("relations.company", models.CASCADE, related_name="+", to_field="code"),
        ),
        migrations.AlterField(
            "worker",
            "by_number",
            models.ForeignKey("relations.company", models.CASCADE, related_name="+", to_field="number"),
        ),
        # The target's own change.
        migrations.AlterField("company", "code", models.CharField(max_length=20, unique=True)),
        migrations.AlterField("company", "code", models.TextField(unique=True)),
        migrations.AlterField("company", "number", models.IntegerField(unique=True)),
        # Column.
        migrations.AlterField(
            "worker", "column", models.ForeignKey("relations.company", models.CASCADE, related_name="+")
        ),
        migrations.RenameField("worker", "column", "firm"),
        migrations.RenameField("company", "code", "short"),
        # Between a key and a number.
        migrations.AlterField("worker", "firm", models.IntegerField(db_column="firm_id")),
        migrations.AlterField("worker", "firm", models.IntegerField()),
        migrations.AlterField(
            "worker", "firm", models.ForeignKey("relations.company", models.CASCADE, related_name="+")
        ),
        migrations.AlterField("worker", "firm", models.BigIntegerField(db_index=True)),
        migrations.AlterField("worker", "content_type", models.CharField(db_column="content_type_id", max_length=9)),
    ]
