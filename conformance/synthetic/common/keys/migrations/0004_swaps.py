import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Another field becomes the key."""

    dependencies = [("keys", "0003_text")]

    operations = [
        migrations.CreateModel(
            name="Token",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("key", models.CharField(max_length=40, unique=True)),
                ("number", models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Use",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("token", models.ForeignKey("keys.token", django.db.models.deletion.CASCADE, to_field="key")),
            ],
        ),
        # The old key stays as a unique column, the new one is made the key.
        migrations.AlterField("token", "id", models.IntegerField(unique=True)),
        migrations.AlterField("token", "key", models.CharField(max_length=40, primary_key=True)),
        migrations.RemoveField("token", "id"),
        migrations.CreateModel(
            name="Session",
            fields=[("id", models.AutoField(primary_key=True)), ("user", models.IntegerField(null=True))],
        ),
        # The way of the manuals: add, fill, remove, make it the key.
        migrations.AddField("session", "uuid", models.UUIDField(default=uuid.uuid4, null=True)),
        migrations.AlterField("session", "uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
        migrations.RemoveField("session", "id"),
        migrations.RenameField("session", "uuid", "id"),
        migrations.AlterField("session", "id", models.UUIDField(default=uuid.uuid4, primary_key=True)),
        # A key is added.
        migrations.CreateModel(
            name="Keyless",
            fields=[("code", models.CharField(max_length=9, primary_key=True)), ("text", models.TextField())],
        ),
        migrations.AlterField("keyless", "code", models.CharField(max_length=9)),
        migrations.AddField(
            "keyless", "id", models.BigAutoField(primary_key=True, serialize=False), preserve_default=False
        ),
        # From a number to a UUID: empty tables only.
        migrations.CreateModel(
            name="Device",
            fields=[("id", models.CharField(max_length=36, primary_key=True))],
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("device", models.ForeignKey("keys.device", django.db.models.deletion.CASCADE)),
            ],
        ),
    ]
