from django.contrib.postgres.operations import CreateExtension, RemoveCollation, TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """What is there already is not made again."""

    dependencies = [("extensions", "0001_initial")]

    operations = [
        CreateExtension("pg_trgm"),
        TrigramExtension(),
        RemoveCollation("short_lived", locale="POSIX", provider="libc"),
    ]
