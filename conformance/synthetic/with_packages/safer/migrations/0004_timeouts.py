"""Timeouts of a block, inside of a transaction."""

from datetime import timedelta

from django.db import migrations
from django_pg_migration_tools.timeouts import apply_timeouts


def add_note(apps, schema_editor):
    with apply_timeouts(using="default", lock_timeout=timedelta(seconds=2)):
        schema_editor.execute('ALTER TABLE "safer_book" ADD COLUMN "note" text NULL')


def drop_note(apps, schema_editor):
    with apply_timeouts(using=schema_editor.connection.alias, lock_timeout=timedelta(seconds=1), statement_timeout=timedelta(minutes=1)):
        with schema_editor.connection.cursor() as cursor:
            cursor.execute('ALTER TABLE "safer_book" DROP COLUMN "note"')


class Migration(migrations.Migration):
    dependencies = [("safer", "0003_again")]
    operations = [
        migrations.RunPython(add_note),
        migrations.RunPython(drop_note),
    ]
