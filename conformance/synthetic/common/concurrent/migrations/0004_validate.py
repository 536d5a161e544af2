from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("concurrent", "0003_validation")]

    operations = [
        ValidateConstraint(model_name="log", name="log_number_positive"),
        ValidateConstraint("log", "Log state 'quoted'"),
        migrations.RemoveConstraint("log", "log_number_positive"),
    ]
