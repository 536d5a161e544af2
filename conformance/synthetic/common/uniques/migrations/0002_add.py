from django.contrib.postgres.indexes import OpClass
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Lower


class Migration(migrations.Migration):
    dependencies = [("uniques", "0001_initial")]

    operations = [
        migrations.AddConstraint("room", models.UniqueConstraint(fields=["floor"], name="add_plain")),
        migrations.AddConstraint("room", models.UniqueConstraint(fields=["number", "floor", "name"], name="add_three")),
        migrations.AddConstraint(
            model_name="Room",
            constraint=models.UniqueConstraint(
                deferrable=models.Deferrable.DEFERRED, fields=("number",), name="add_deferred"
            ),
        ),
        migrations.AddConstraint(
            "room",
            models.UniqueConstraint(
                fields=["closed", "id"], deferrable=models.Deferrable("immediate"), name="add_immediate"
            ),
        ),
        migrations.AddConstraint(
            "room", models.UniqueConstraint(fields=["name"], condition=~Q(name=""), name="add_condition")
        ),
        migrations.AddConstraint(
            "room",
            models.UniqueConstraint(
                fields=["name", "floor"],
                condition=Q(closed=False) & Q(number__isnull=True),
                include=["number"],
                opclasses=["varchar_pattern_ops", "int4_ops"],
                name="add_all",
            ),
        ),
        migrations.AddConstraint(
            "room", models.UniqueConstraint(fields=["name"], include=["number"], name="add_include")
        ),
        migrations.AddConstraint("room", models.UniqueConstraint(Lower("name"), "floor", name="add_expression")),
        migrations.AddConstraint("room", models.UniqueConstraint(F("number").desc(nulls_last=True), name="add_order")),
        migrations.AddConstraint(
            "room", models.UniqueConstraint("name", Coalesce("number", -1), name="add_coalesce", condition=Q(floor=1))
        ),
        migrations.AddConstraint(
            "room", models.UniqueConstraint(OpClass(Lower("name"), "text_pattern_ops").asc(), name="add_ops")
        ),
        migrations.AddConstraint(
            "room",
            models.UniqueConstraint(
                fields=["name"], name="add_message", violation_error_message="This name is taken: 100%"
            ),
        ),
        migrations.AddConstraint("room", models.UniqueConstraint(fields=["id", "floor"], name="Quoted 'Name'")),
        migrations.AddConstraint(
            "room", models.UniqueConstraint(fields=["number", "id"], name="%(app_label)s_%(class)s_x")
        ),
    ]
