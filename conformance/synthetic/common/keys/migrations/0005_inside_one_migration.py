import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """From text to a UUID; then keys whose foreign keys are still deferred."""

    dependencies = [("keys", "0004_swaps")]

    operations = [
        migrations.AlterField("device", "id", models.UUIDField(default=uuid.uuid4, primary_key=True)),
        migrations.AlterField(
            "device", "id", models.UUIDField(default=uuid.UUID(int=0), editable=False, primary_key=True)
        ),
        migrations.CreateModel(name="Root", fields=[("id", models.AutoField(primary_key=True))]),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("root", models.ForeignKey("keys.root", django.db.models.deletion.CASCADE)),
                ("roots", models.ManyToManyField("keys.root", related_name="+")),
            ],
        ),
        migrations.AlterField("root", "id", models.BigAutoField(primary_key=True)),
        migrations.AddField(
            "leaf", "second", models.ForeignKey("keys.root", models.CASCADE, null=True, related_name="+")
        ),
    ]
