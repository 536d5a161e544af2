import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    """Constraints over relations: by the field's name, by the column's, and over a key that is not id."""

    dependencies = [("uniques", "0003_remove")]

    operations = [
        migrations.CreateModel(
            name="Building",
            fields=[("code", models.CharField(max_length=9, primary_key=True))],
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                ("id", models.UUIDField(primary_key=True)),
                ("room", models.ForeignKey("uniques.room", django.db.models.deletion.CASCADE)),
                ("building", models.ForeignKey("uniques.building", django.db.models.deletion.CASCADE, null=True)),
                ("previous", models.OneToOneField("self", django.db.models.deletion.SET_NULL, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("room", "building"), name="booking_fields"),
                    models.UniqueConstraint(F("room"), F("building_id"), name="booking_expressions"),
                    models.UniqueConstraint(fields=["room_id"], condition=Q(building=None), name="booking_null"),
                    models.CheckConstraint(check=~Q(previous=F("id")), name="booking_not_itself"),
                    models.CheckConstraint(
                        check=Q(room__isnull=False) | Q(building__isnull=False), name="booking_somewhere"
                    ),
                    models.CheckConstraint(
                        check=Q(building="A'1") | Q(building_id__in=["B", "C"]), name="booking_values"
                    ),
                ],
                "indexes": [models.Index(fields=["room", "-building"], name="booking_index")],
            },
        ),
        migrations.AddConstraint("booking", models.UniqueConstraint(fields=["previous", "room"], name="booking_added")),
        migrations.AddConstraint(
            "booking", models.CheckConstraint(check=Q(room=1) | Q(room_id__gt=5), name="booking_room")
        ),
        migrations.RemoveField("booking", "previous"),
    ]
