from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Length, Lower
from django.db.models.lookups import GreaterThan, LessThan


class Migration(migrations.Migration):
    """CheckConstraint(condition=...) and AlterConstraint."""

    initial = True

    operations = [
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("row", models.CharField(max_length=3)),
                ("number", models.IntegerField(null=True)),
                ("flag", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(("number__gt", 0)), name="seat_number"),
                    models.CheckConstraint(
                        condition=Q(Q(("number", 1), ("row", "a")), Q(("flag", True), _negated=True), _connector="OR"),
                        name="seat_nested",
                        violation_error_code="x",
                        violation_error_message="100% wrong",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            "seat", models.CheckConstraint(condition=GreaterThan(Length("row"), 0), name="seat_length")
        ),
        migrations.AddConstraint(
            "seat", models.CheckConstraint(condition=Q(LessThan(Length(Lower("row")), F("number"))), name="seat_lookup")
        ),
        migrations.AddConstraint("seat", models.UniqueConstraint(fields=["row", "number"], name="seat_uniq")),
        AddConstraintNotValid("seat", models.CheckConstraint(condition=~Q(row="x"), name="seat_not_valid")),
        ValidateConstraint("seat", "seat_not_valid"),
        migrations.AlterConstraint(
            "seat",
            "seat_uniq",
            models.UniqueConstraint(fields=["row", "number"], name="seat_uniq", violation_error_message="Taken"),
        ),
        migrations.AlterConstraint(
            model_name="Seat",
            name="seat_number",
            constraint=models.CheckConstraint(
                condition=Q(number__gt=0), name="seat_number", violation_error_message="Positive"
            ),
        ),
        migrations.RemoveConstraint("seat", "seat_number"),
        migrations.RemoveConstraint("seat", "seat_uniq"),
    ]
