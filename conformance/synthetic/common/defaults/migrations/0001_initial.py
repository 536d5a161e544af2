from django.db import migrations, models

import synthetic.common.defaults.choices


class Migration(migrations.Migration):
    initial = True

    dependencies = [("extensions", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Thing",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                # No default of Python's is printed here.
                ("char", models.CharField(default="x", max_length=5)),
                ("number", models.IntegerField(default=synthetic.common.defaults.choices.three)),
            ],
        ),
        migrations.CreateModel(
            name="Target",
            fields=[("id", models.AutoField(primary_key=True)), ("name", models.CharField(max_length=9, unique=True))],
        ),
        migrations.RunSQL(
            "INSERT INTO defaults_target (name) VALUES ('first'), ('second')",
            "DELETE FROM defaults_target",
        ),
    ]
