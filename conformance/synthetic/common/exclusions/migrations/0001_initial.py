import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import OpClass
from django.db import migrations, models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    initial = True

    dependencies = [("extensions", "0001_initial")]

    operations = [
        migrations.CreateModel(name="Place", fields=[("id", models.BigAutoField(primary_key=True))]),
        migrations.CreateModel(
            name="Stay",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("place", models.ForeignKey("exclusions.place", django.db.models.deletion.CASCADE)),
                ("guest", models.TextField()),
                ("period", django.contrib.postgres.fields.DateTimeRangeField()),
                ("start", models.DateTimeField(null=True)),
                ("end", models.DateTimeField(null=True)),
                ("cancelled", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("period", "&&"), ("place", "=")], name="stay_overlap"
                    ),
                    ExclusionConstraint(
                        condition=Q(cancelled=False),
                        expressions=[("period", RangeOperators.OVERLAPS), (F("place"), RangeOperators.EQUAL)],
                        index_type="GIST",
                        name="stay_condition",
                    ),
                    ExclusionConstraint(
                        deferrable=models.Deferrable["DEFERRED"],
                        expressions=[("period", "-|-")],
                        include=("guest", "place"),
                        name="stay_deferred",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            "stay",
            ExclusionConstraint(name="stay_spgist", expressions=[("period", "&&")], index_type="spgist"),
        ),
        migrations.AddConstraint(
            "stay",
            ExclusionConstraint(
                name="stay_ops",
                expressions=[(OpClass("period", name="range_ops"), "&&"), (OpClass(F("place"), "gist_int8_ops"), "=")],
            ),
        ),
        migrations.AddConstraint(
            "stay",
            ExclusionConstraint(
                name="stay_function",
                expressions=[
                    (Func("start", "end", Value("[)"), function="TSTZRANGE"), RangeOperators.OVERLAPS),
                    (Lower("guest"), RangeOperators.EQUAL),
                ],
                condition=Q(start__lt=F("end"), end__isnull=False),
                deferrable=models.Deferrable.IMMEDIATE,
            ),
        ),
        migrations.AddConstraint(
            "stay",
            ExclusionConstraint(
                name="stay_circle",
                expressions=[(F("period"), "&&"), (OpClass(Lower("guest"), name="gist_text_ops"), "<>")],
                include=["cancelled"],
                violation_error_message="not like this",
            ),
        ),
        migrations.RemoveConstraint("stay", "stay_overlap"),
        migrations.RemoveConstraint("stay", "stay_spgist"),
        migrations.RenameField("stay", "period", "interval"),
        migrations.RemoveConstraint("stay", "stay_deferred"),
    ]
