from decimal import Decimal

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("typechanges", "0003_index_unique")]

    operations = [
        migrations.AlterField("number", "integer", models.BigIntegerField()),
        migrations.AlterField("number", "integer", models.SmallIntegerField()),
        migrations.AlterField("number", "integer", models.PositiveIntegerField()),
        migrations.AlterField("number", "integer", models.PositiveBigIntegerField(null=True)),
        migrations.AlterField("number", "integer", models.IntegerField(default=3)),
        migrations.AlterField("number", "integer", models.FloatField(default=3)),
        migrations.AlterField("number", "integer", models.DecimalField(decimal_places=2, default=3, max_digits=5)),
        migrations.AlterField("number", "integer", models.CharField(default="3", max_length=9)),
        migrations.AlterField("number", "integer", models.TextField(db_index=True, default="3")),
        migrations.AlterField("number", "indexed", models.BigIntegerField(db_index=True)),
        migrations.AlterField("number", "indexed", models.CharField(db_index=True, max_length=9)),
        migrations.AlterField("number", "indexed", models.IntegerField(db_index=True)),
        migrations.AlterField("number", "unique", models.BigIntegerField(unique=True)),
        migrations.AlterField("number", "unique", models.CharField(max_length=9, unique=True)),
        migrations.AlterField("number", "unique", models.PositiveIntegerField(unique=True)),
        migrations.AlterField("number", "positive", models.PositiveBigIntegerField()),
        migrations.AlterField("number", "positive", models.PositiveSmallIntegerField(db_index=True)),
        migrations.AlterField("number", "positive", models.IntegerField()),
        migrations.AlterField("number", "positive", models.PositiveIntegerField(db_column="Plus", default=0)),
        migrations.AlterField("number", "positive", models.DecimalField(decimal_places=0, max_digits=9)),
        migrations.AlterField("number", "positive_small", models.PositiveSmallIntegerField()),
        migrations.AlterField("number", "positive_small", models.PositiveIntegerField(unique=True)),
        migrations.AlterField("number", "decimal", models.DecimalField(decimal_places=4, max_digits=9)),
        migrations.AlterField("number", "decimal", models.DecimalField(decimal_places=2, max_digits=19)),
        migrations.AlterField(
            "number", "decimal", models.DecimalField(decimal_places=2, default=Decimal("1.1"), max_digits=19, null=True)
        ),
        migrations.AlterField("number", "decimal", models.FloatField(null=True)),
        migrations.AlterField("number", "float", models.DecimalField(decimal_places=2, max_digits=19)),
        migrations.AlterField("number", "float", models.IntegerField()),
        migrations.AlterField("number", "boolean", models.BooleanField(null=True)),
        migrations.AlterField("number", "boolean", models.CharField(max_length=5, null=True)),
        migrations.AlterField("number", "defaulted", models.IntegerField(default=2)),
        migrations.AlterField("number", "defaulted", models.BigIntegerField(default=2)),
        migrations.AlterField("number", "defaulted", models.BigIntegerField(default=2, null=True)),
        migrations.AlterField("number", "defaulted", models.CharField(default="it's", max_length=9)),
        migrations.AlterField(
            "number", "array", django.contrib.postgres.fields.ArrayField(models.BigIntegerField(), db_index=True)
        ),
        migrations.AlterField(
            "number", "array", django.contrib.postgres.fields.ArrayField(models.CharField(max_length=9), size=5)
        ),
        # Nothing that the database sees.
        migrations.AlterField(
            "number",
            "defaulted",
            models.CharField(
                blank=True,
                choices=[("a", "A")],
                default="a",
                editable=False,
                error_messages={"blank": "no"},
                help_text="help",
                max_length=9,
                validators=[],
                verbose_name="name",
            ),
        ),
    ]
