"""Timeouts of a block, outside of a transaction."""

from datetime import timedelta

from django.db import migrations
from django_pg_migration_tools import timeouts


def build(apps, schema_editor):
    with timeouts.apply_timeouts(using="default", statement_timeout=timedelta(hours=1)):
        schema_editor.execute('CREATE INDEX CONCURRENTLY "book_title_by_hand" ON "safer_book" ("title")')


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("safer", "0004_timeouts")]
    operations = [
        migrations.RunPython(build),
    ]
