from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("concurrent", "0002_concurrently")]

    operations = [
        AddConstraintNotValid(
            model_name="log",
            constraint=models.CheckConstraint(check=models.Q(number__gt=0), name="log_number_positive"),
        ),
        AddConstraintNotValid(
            "log",
            models.CheckConstraint(
                check=models.Q(state__in=["a", "100%"]) | ~models.Q(text=""), name="Log state 'quoted'"
            ),
        ),
    ]
