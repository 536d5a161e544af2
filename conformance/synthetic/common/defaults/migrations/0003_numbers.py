import decimal
from decimal import Decimal

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("defaults", "0002_text")]

    operations = [
        migrations.AddField("thing", "zero", models.IntegerField(default=0)),
        migrations.AddField("thing", "negative", models.IntegerField(default=-1)),
        migrations.AddField("thing", "grouped", models.IntegerField(default=1_000_000)),
        migrations.AddField("thing", "hexadecimal", models.IntegerField(default=0xFF)),
        migrations.AddField("thing", "computed", models.IntegerField(default=60 * 60 * 24)),
        migrations.AddField("thing", "shifted", models.IntegerField(default=1 << 4 | 3)),
        migrations.AddField("thing", "text_in_integer", models.IntegerField(default="7")),
        migrations.AddField("thing", "float_in_integer", models.IntegerField(default=2.0)),
        migrations.AddField("thing", "true_in_integer", models.IntegerField(default=True)),
        migrations.AddField("thing", "huge", models.BigIntegerField(default=2**62)),
        migrations.AddField("thing", "small", models.SmallIntegerField(default=-3)),
        migrations.AddField("thing", "positive", models.PositiveIntegerField(default=3)),
        migrations.AddField("thing", "positive_null", models.PositiveSmallIntegerField(default=4, null=True)),
        migrations.AddField("thing", "float", models.FloatField(default=0.1)),
        migrations.AddField("thing", "whole_float", models.FloatField(default=3.0)),
        migrations.AddField("thing", "integer_in_float", models.FloatField(default=3)),
        migrations.AddField("thing", "negative_float", models.FloatField(default=-1.5)),
        migrations.AddField("thing", "tiny_float", models.FloatField(default=1e-9)),
        migrations.AddField("thing", "large_float", models.FloatField(default=1.5e300)),
        migrations.AddField("thing", "infinite", models.FloatField(default=float("inf"))),
        migrations.AddField(
            "thing", "decimal", models.DecimalField(decimal_places=2, default=Decimal("1.50"), max_digits=9)
        ),
        migrations.AddField("thing", "decimal_zero", models.DecimalField(decimal_places=2, default=0, max_digits=9)),
        migrations.AddField(
            "thing", "decimal_text", models.DecimalField(decimal_places=2, default="19.9", max_digits=9)
        ),
        migrations.AddField("thing", "decimal_float", models.DecimalField(decimal_places=2, default=0.1, max_digits=9)),
        migrations.AddField(
            "thing",
            "decimal_module",
            models.DecimalField(decimal_places=3, default=decimal.Decimal("-0.5"), max_digits=5),
        ),
        migrations.AddField(
            "thing", "decimal_exponent", models.DecimalField(decimal_places=0, default=Decimal("1E+3"), max_digits=9)
        ),
        migrations.AddField(
            "thing", "decimal_integer", models.DecimalField(decimal_places=2, default=Decimal(5), max_digits=9)
        ),
        migrations.AddField(
            "thing", "decimal_long", models.DecimalField(decimal_places=4, default=Decimal("0.00001"), max_digits=9)
        ),
        migrations.AddField("thing", "true", models.BooleanField(default=True)),
        migrations.AddField("thing", "false", models.BooleanField(default=False)),
        migrations.AddField("thing", "one_in_boolean", models.BooleanField(default=1)),
        migrations.AddField("thing", "nullable_boolean", models.BooleanField(default=None, null=True)),
    ]
