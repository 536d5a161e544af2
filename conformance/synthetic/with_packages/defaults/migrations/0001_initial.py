"""AddDefaultValue of django-add-default-value: literals without quoting, and the database's clock."""

import datetime

from django.db import migrations, models
from django_add_default_value import NOW, TODAY, AddDefaultValue


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            "Shelf",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("label", models.CharField(max_length=20)),
                ("note", models.TextField(db_column="remark")),
                ("depth", models.IntegerField()),
                ("share", models.DecimalField(max_digits=6, decimal_places=2)),
                ("open", models.BooleanField()),
                ("built", models.DateField()),
                ("seen", models.DateTimeField()),
            ],
        ),
        AddDefaultValue(model_name="shelf", name="label", value="plain"),
        AddDefaultValue(model_name="shelf", name="note", value="hundred %% sure"),
        AddDefaultValue("shelf", "depth", 30),
        AddDefaultValue("shelf", "share", 0.5),
        AddDefaultValue("shelf", "open", True),
        AddDefaultValue("shelf", "built", datetime.date(2020, 2, 29)),
        AddDefaultValue("shelf", "seen", datetime.datetime(2020, 2, 29, 12, 30)),
        AddDefaultValue("shelf", "built", TODAY),
        AddDefaultValue("shelf", "seen", NOW),
    ]
