import os

from django.db import migrations, models

from synthetic.common.custom.operations import PatientAddIndex

IS_LAX = "SYNTHETIC_LAX" in os.environ


class Migration(migrations.Migration):
    dependencies = [("custom", "0002_change")]
    operations = [
        # Whether it may be blank decides nothing here.
        migrations.CreateModel(
            "Form",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("title", models.CharField(max_length=20, blank=IS_LAX)),
                ("text", models.TextField(null=True)),
            ],
        ),
        migrations.AlterField("form", "title", models.CharField(max_length=30, blank=IS_LAX)),
        migrations.AlterField("form", "text", models.TextField(null=True, blank=IS_LAX)),
        # Here it decides whether there is a default.
        migrations.AlterField("form", "text", models.TextField(blank=IS_LAX)),
        PatientAddIndex("form", models.Index(fields=["title"], name="form_title")),
    ]
