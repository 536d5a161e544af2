from django.conf import settings
from django.db import migrations, models

from synthetic.common.custom.operations import PatientAddIndex


class Migration(migrations.Migration):
    dependencies = [("custom", "0002_change")]
    operations = [
        # Whether it may be blank decides nothing here.
        migrations.CreateModel(
            "Form",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("title", models.CharField(max_length=20, blank=not settings.SYNTHETIC_STRICT)),
                ("text", models.TextField(null=True)),
            ],
        ),
        migrations.AlterField("form", "title", models.CharField(max_length=30, blank=not settings.SYNTHETIC_STRICT)),
        migrations.AlterField("form", "text", models.TextField(null=True, blank=not settings.SYNTHETIC_STRICT)),
        # Here it decides whether there is a default.
        migrations.AlterField("form", "text", models.TextField(blank=not settings.SYNTHETIC_STRICT)),
        PatientAddIndex("form", models.Index(fields=["title"], name="form_title")),
    ]
