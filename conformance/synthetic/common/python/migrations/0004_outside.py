from django.db import connection, migrations


def concurrently(apps, schema_editor):
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX CONCURRENTLY python_order_total ON python_order (total)")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("python", "0003_called")]

    operations = [
        migrations.RunPython(concurrently, atomic=False),
        migrations.RunPython(lambda apps, schema_editor: schema_editor.execute("ANALYZE python_order"), atomic=False),
    ]
