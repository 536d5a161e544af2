import django.contrib.postgres.fields
import django.contrib.postgres.search
from django.contrib.postgres.search import SearchVector
from django.db import migrations, models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.expressions import ExpressionWrapper, RawSQL
from django.db.models.fields.json import KT
from django.db.models.functions import (
    Abs,
    Cast,
    Coalesce,
    Concat,
    Extract,
    Left,
    Length,
    Lower,
    Round,
    TruncDate,
    Upper,
)


class Migration(migrations.Migration):
    initial = True

    operations = [
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=50)),
                ("nick", models.CharField(max_length=50, null=True)),
                ("price", models.DecimalField(decimal_places=2, max_digits=9)),
                ("number", models.IntegerField(db_column="Number")),
                ("data", models.JSONField(default=dict)),
                ("created", models.DateTimeField(null=True)),
                (
                    "total",
                    models.GeneratedField(
                        db_persist=True,
                        expression=F("price") * F("number"),
                        output_field=models.DecimalField(decimal_places=2, max_digits=12),
                    ),
                ),
                (
                    "lower",
                    models.GeneratedField(
                        db_persist=True, expression=Lower("name"), output_field=models.CharField(max_length=50)
                    ),
                ),
                (
                    "indexed",
                    models.GeneratedField(
                        db_index=True,
                        db_persist=True,
                        expression=Upper(F("name")),
                        output_field=models.CharField(max_length=50),
                    ),
                ),
                (
                    "unique",
                    models.GeneratedField(
                        db_column="Unique",
                        db_persist=True,
                        expression=Concat("name", Value(": it's "), "nick"),
                        output_field=models.TextField(),
                        unique=True,
                    ),
                ),
                (
                    "flag",
                    models.GeneratedField(
                        db_comment="computed",
                        db_persist=True,
                        expression=Q(number__gt=5),
                        output_field=models.BooleanField(),
                    ),
                ),
                (
                    "collated",
                    models.GeneratedField(
                        db_persist=True,
                        expression=F("name"),
                        output_field=models.CharField(db_collation="C", max_length=50),
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["total"], name="product_total")],
                "constraints": [models.CheckConstraint(condition=Q(total__gte=0), name="product_positive")],
            },
        ),
        migrations.AddField(
            "product",
            "nothing_lost",
            models.GeneratedField(
                db_persist=True, expression=Coalesce("nick", "name"), output_field=models.TextField()
            ),
        ),
        migrations.AddField(
            "product",
            "percent",
            models.GeneratedField(
                db_persist=True, expression=Concat(F("name"), Value(" 100")), output_field=models.TextField()
            ),
        ),
        migrations.AddField(
            "product",
            "size",
            models.GeneratedField(
                db_index=True,
                db_persist=True,
                expression=Case(
                    When(number__gt=100, then=Value("large")),
                    When(Q(number__gt=10) & ~Q(name=""), then=Value("it's medium")),
                    default=Value("small"),
                ),
                output_field=models.CharField(max_length=12),
            ),
        ),
        migrations.AddField(
            "product",
            "length",
            models.GeneratedField(
                db_persist=True, expression=Length("name") + 1, output_field=models.PositiveIntegerField(), unique=True
            ),
        ),
        migrations.AddField(
            "product",
            "arithmetic",
            models.GeneratedField(
                db_persist=True,
                expression=(F("number") + 3) * 2 - Abs(F("number")) / 2,
                output_field=models.BigIntegerField(),
            ),
        ),
        migrations.AddField(
            "product",
            "rounded",
            models.GeneratedField(
                db_persist=True,
                expression=Round("price", 1),
                output_field=models.DecimalField(decimal_places=1, max_digits=9),
            ),
        ),
        migrations.AddField(
            "product",
            "from_json",
            models.GeneratedField(db_persist=True, expression=KT("data__kind"), output_field=models.TextField()),
        ),
        migrations.AddField(
            "product",
            "json_number",
            models.GeneratedField(
                db_persist=True,
                expression=Cast(KT("data__a__number"), models.IntegerField()),
                output_field=models.IntegerField(),
            ),
        ),
        migrations.AddField(
            "product",
            "year",
            models.GeneratedField(
                db_persist=True, expression=Extract("created", "year"), output_field=models.IntegerField()
            ),
        ),
        migrations.AddField(
            "product",
            "day",
            models.GeneratedField(db_persist=True, expression=TruncDate("created"), output_field=models.DateField()),
        ),
        migrations.AddField(
            "product",
            "initial",
            models.GeneratedField(
                db_persist=True, expression=Left(Lower("name"), 1), output_field=models.CharField(max_length=1)
            ),
        ),
        migrations.AddField(
            "product",
            "search",
            models.GeneratedField(
                db_persist=True,
                expression=SearchVector("name", "nick", config="english"),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddField(
            "product",
            "raw",
            models.GeneratedField(
                db_persist=True, expression=RawSQL("reverse(name)", ()), output_field=models.TextField()
            ),
        ),
        migrations.AddField(
            "product",
            "function",
            models.GeneratedField(
                db_persist=True,
                expression=Func(F("name"), function="initcap"),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddField(
            "product",
            "wrapped",
            models.GeneratedField(
                db_persist=True,
                expression=ExpressionWrapper(Q(name__startswith="a") | Q(nick=None), models.BooleanField()),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.AddField(
            "product",
            "letters",
            models.GeneratedField(
                db_persist=True,
                expression=Func("name", Value(" "), function="string_to_array"),
                output_field=django.contrib.postgres.fields.ArrayField(models.TextField()),
            ),
        ),
    ]
