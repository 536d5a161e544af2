import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Company",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("code", models.CharField(max_length=9, unique=True)),
                ("number", models.BigIntegerField(unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Branch",
            fields=[("uuid", models.UUIDField(primary_key=True)), ("name", models.TextField(unique=True))],
        ),
        migrations.CreateModel(
            name="Worker",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("company", models.ForeignKey("relations.company", django.db.models.deletion.CASCADE)),
                (
                    "by_code",
                    models.ForeignKey(
                        "relations.company", django.db.models.deletion.CASCADE, related_name="+", to_field="code"
                    ),
                ),
                (
                    "by_number",
                    models.OneToOneField(
                        "relations.company", django.db.models.deletion.CASCADE, related_name="+", to_field="number"
                    ),
                ),
                (
                    "no_index",
                    models.ForeignKey("relations.company", models.CASCADE, db_index=False, related_name="+"),
                ),
                (
                    "no_constraint",
                    models.ForeignKey("relations.company", models.CASCADE, db_constraint=False, related_name="+"),
                ),
                (
                    "unique_key",
                    models.ForeignKey("relations.company", models.CASCADE, related_name="+", unique=True),
                ),
                (
                    "column",
                    models.ForeignKey("relations.company", models.CASCADE, db_column="Company", related_name="+"),
                ),
                ("boss", models.ForeignKey("self", django.db.models.deletion.SET_NULL, null=True)),
                ("user", models.ForeignKey(settings.AUTH_USER_MODEL, django.db.models.deletion.CASCADE)),
                ("content_type", models.ForeignKey("contenttypes.ContentType", models.CASCADE, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Skill",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("workers", models.ManyToManyField("relations.worker")),
                ("related", models.ManyToManyField("self")),
                ("parents", models.ManyToManyField("self", related_name="children", symmetrical=False)),
                ("branches", models.ManyToManyField("relations.branch", db_table="Skill in Branch")),
                ("users", models.ManyToManyField(settings.AUTH_USER_MODEL, db_constraint=False)),
            ],
        ),
    ]
