import datetime
from decimal import Decimal

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """From NULL to NOT NULL, with a default and without."""

    dependencies = [("defaults", "0007_preserved")]

    operations = [
        migrations.CreateModel(
            name="Nullable",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("char", models.CharField(max_length=9, null=True)),
                ("blank_char", models.CharField(blank=True, max_length=9, null=True)),
                ("bare_char", models.CharField(max_length=9, null=True)),
                ("long_char", models.CharField(max_length=9, null=True)),
                ("quoted", models.TextField(null=True)),
                ("to_text", models.CharField(max_length=9, null=True)),
                ("unique_char", models.CharField(max_length=9, null=True)),
                ("indexed_char", models.CharField(db_index=True, max_length=9, null=True)),
                ("number", models.IntegerField(null=True)),
                ("number_to_big", models.IntegerField(null=True)),
                ("positive", models.PositiveIntegerField(null=True)),
                ("to_positive", models.IntegerField(null=True)),
                ("boolean", models.BooleanField(null=True)),
                ("decimal", models.DecimalField(decimal_places=2, max_digits=9, null=True)),
                ("date", models.DateField(null=True)),
                ("moment", models.DateTimeField(null=True)),
                ("auto_moment", models.DateTimeField(null=True)),
                ("duration", models.DurationField(null=True)),
                ("json", models.JSONField(null=True)),
                ("array", django.contrib.postgres.fields.ArrayField(models.TextField(), null=True)),
                ("binary", models.BinaryField(null=True)),
                ("target", models.ForeignKey("defaults.target", django.db.models.deletion.CASCADE, null=True)),
                (
                    "other",
                    models.ForeignKey(
                        "defaults.target", django.db.models.deletion.CASCADE, null=True, related_name="+"
                    ),
                ),
                ("collated", models.CharField(db_collation="german", max_length=9, null=True)),
                ("already", models.CharField(default="a", max_length=9, null=True)),
            ],
        ),
        migrations.AlterField("nullable", "char", models.CharField(default="it's \\ 100%", max_length=19)),
        migrations.AlterField("nullable", "blank_char", models.CharField(blank=True, max_length=9)),
        migrations.AlterField("nullable", "bare_char", models.CharField(max_length=9)),
        migrations.AlterField("nullable", "long_char", models.CharField(default="", max_length=90)),
        migrations.AlterField("nullable", "quoted", models.TextField(default="100% of 'it'")),
        migrations.AlterField("nullable", "to_text", models.TextField(default="x")),
        migrations.AlterField("nullable", "unique_char", models.CharField(default="one", max_length=9, unique=True)),
        migrations.AlterField("nullable", "indexed_char", models.CharField(default="one", max_length=9)),
        migrations.AlterField("nullable", "number", models.IntegerField(default=0)),
        migrations.AlterField("nullable", "number_to_big", models.BigIntegerField(default=-5)),
        migrations.AlterField("nullable", "positive", models.PositiveIntegerField(default=7)),
        migrations.AlterField("nullable", "to_positive", models.PositiveIntegerField(db_index=True, default=7)),
        migrations.AlterField("nullable", "boolean", models.BooleanField(default=False)),
        migrations.AlterField(
            "nullable", "decimal", models.DecimalField(decimal_places=4, default=Decimal("1.5"), max_digits=9)
        ),
        migrations.AlterField("nullable", "date", models.DateField(default=datetime.date(2020, 1, 1))),
        migrations.AlterField("nullable", "moment", models.DateTimeField(default=django.utils.timezone.now)),
        migrations.AlterField("nullable", "auto_moment", models.DateTimeField(auto_now_add=True)),
        migrations.AlterField("nullable", "duration", models.DurationField(default=datetime.timedelta(hours=1))),
        migrations.AlterField("nullable", "json", models.JSONField(default=dict)),
        migrations.AlterField(
            "nullable", "array", django.contrib.postgres.fields.ArrayField(models.TextField(), default=list)
        ),
        migrations.AlterField("nullable", "binary", models.BinaryField(blank=True)),
        migrations.AlterField(
            "nullable",
            "target",
            models.ForeignKey(default=1, on_delete=django.db.models.deletion.CASCADE, to="defaults.target"),
        ),
        migrations.AlterField(
            "nullable",
            "other",
            models.ForeignKey("defaults.target", django.db.models.deletion.CASCADE, related_name="+"),
        ),
        migrations.AlterField("nullable", "collated", models.CharField(db_collation="C", default="y", max_length=12)),
        migrations.AlterField("nullable", "already", models.CharField(default="a", max_length=9)),
        # And back.
        migrations.AlterField("nullable", "char", models.CharField(default="x", max_length=19, null=True)),
        migrations.AlterField("nullable", "number", models.IntegerField(null=True)),
        migrations.AlterField("nullable", "positive", models.PositiveIntegerField(default=3, null=True)),
        # A new default alone sends nothing.
        migrations.AlterField("nullable", "boolean", models.BooleanField(default=True)),
        migrations.AlterField("nullable", "json", models.JSONField(default=list)),
    ]
