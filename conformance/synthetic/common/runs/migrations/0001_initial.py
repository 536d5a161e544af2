import datetime
import getpass
import secrets
import socket
import uuid

from django.db import connection, migrations, models
from django.utils import timezone

STARTED = timezone.now()


def add_kinds(apps, schema_editor):
    Kind = apps.get_model("runs", "Kind")
    Kind.objects.create(name="first")
    Kind.objects.create(name="second")


def first_kind():
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM runs_kind WHERE name = 'first'")
        return cursor.fetchone()[0]


def number_of_kinds():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM runs_kind")
        return cursor.fetchone()[0]


def this_year():
    return datetime.date.today().year


def add_column(apps, schema_editor):
    schema_editor.execute("ALTER TABLE runs_kind ADD COLUMN of_code integer")


class Migration(migrations.Migration):
    """Values that the clock, chance, the machine or the rows decide: others on each run."""

    initial = True

    operations = [
        migrations.CreateModel(
            name="Kind",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True)),
                ("name", models.CharField(max_length=20)),
                ("made", models.DateTimeField(default=timezone.now)),
            ],
        ),
        migrations.RunPython(add_kinds, migrations.RunPython.noop),
        migrations.RunPython(add_column, migrations.RunPython.noop),
        # Two operations, two moments; one operation, two moments.
        migrations.AddField("kind", "one_moment", models.DateTimeField(default=timezone.now)),
        migrations.AddField("kind", "next_moment", models.DateTimeField(default=timezone.now, null=True)),
        migrations.AlterField("kind", "next_moment", models.DateTimeField(default=timezone.now)),
        # Once, when the file is imported.
        migrations.AddField("kind", "started", models.DateTimeField(default=STARTED)),
        migrations.AddField("kind", "imported", models.DateTimeField(default=timezone.now())),
        migrations.AddField("kind", "local", models.DateField(default=datetime.date.today)),
        migrations.AddField("kind", "year", models.IntegerField(default=this_year)),
        migrations.AddField("kind", "token", models.CharField(default=secrets.token_hex, max_length=64)),
        migrations.AddField("kind", "key", models.UUIDField(default=uuid.uuid4)),
        migrations.AlterField("kind", "key", models.UUIDField(default=uuid.uuid4, null=True)),
        migrations.AddField("kind", "host", models.CharField(default=socket.gethostname, max_length=100)),
        migrations.AddField("kind", "maker", models.CharField(default=getpass.getuser, max_length=100)),
        migrations.AddField("kind", "parent", models.UUIDField(default=first_kind)),
        # Asks the rows, and gets the same on each run.
        migrations.AddField("kind", "number", models.IntegerField(default=number_of_kinds)),
        # What nobody asks for, no statement holds.
        migrations.AlterField("kind", "made", models.DateTimeField(default=timezone.now, verbose_name="made at")),
    ]
