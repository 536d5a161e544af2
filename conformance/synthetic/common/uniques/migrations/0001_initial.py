from django.contrib.postgres.indexes import OpClass
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper


class Migration(migrations.Migration):
    initial = True

    dependencies = [("extensions", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Room",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=50)),
                ("floor", models.IntegerField(db_column="Level")),
                ("number", models.IntegerField(null=True)),
                ("closed", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("name",), name="room_name"),
                    models.UniqueConstraint(fields=["floor", "number"], name="room_two"),
                    models.UniqueConstraint(
                        deferrable=models.Deferrable["DEFERRED"], fields=("name", "floor"), name="room_deferred"
                    ),
                    models.UniqueConstraint(
                        deferrable=models.Deferrable.IMMEDIATE, fields=("floor", "name"), name="room_immediate"
                    ),
                    models.UniqueConstraint(condition=Q(closed=False), fields=("name",), name="room_open"),
                    models.UniqueConstraint(fields=("floor",), include=("name", "number"), name="room_include"),
                    models.UniqueConstraint(fields=("name",), name="room_ops", opclasses=("varchar_pattern_ops",)),
                    models.UniqueConstraint(Lower("name"), name="room_lower"),
                    models.UniqueConstraint(
                        Lower("name").desc(), F("floor"), "number", condition=Q(number__gt=1), name="room_mixed"
                    ),
                    models.UniqueConstraint(OpClass(Upper("name"), name="text_pattern_ops"), name="room_upper_ops"),
                    models.UniqueConstraint(Upper("name"), include=["closed"], name="room_upper_include"),
                ],
                "unique_together": {("name", "number")},
            },
        ),
    ]
