from django.db import migrations, models


def forget(apps, schema_editor):
    schema_editor.deferred_sql.clear()


def forget_all_items(apps, schema_editor):
    del schema_editor.deferred_sql[:]


def replace_by_nothing(apps, schema_editor):
    schema_editor.deferred_sql[:] = []


def put_off(apps, schema_editor):
    schema_editor.deferred_sql += ["ANALYZE python_order"]


class Migration(migrations.Migration):
    """What code does with the statements that wait for the end: none of those before it is sent."""

    dependencies = [("python", "0004_outside")]

    operations = [
        migrations.CreateModel(
            name="Parcel",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("order", models.ForeignKey("python.Order", models.CASCADE)),
                ("code", models.CharField(max_length=10, db_index=True)),
            ],
        ),
        migrations.RunPython(forget),
        # It has neither key nor index in the database, and none is put off.
        migrations.AlterField("parcel", "order", models.ForeignKey("python.Order", models.CASCADE, null=True)),
        migrations.AlterField("parcel", "code", models.CharField(max_length=20, db_index=True)),
        migrations.AddField("parcel", "second", models.ForeignKey("python.Order", models.CASCADE, related_name="+", null=True)),
        migrations.RunPython(forget_all_items),
        migrations.AddField("parcel", "third", models.ForeignKey("python.Order", models.CASCADE, related_name="+", null=True)),
        migrations.RunPython(put_off),
        migrations.RunPython(replace_by_nothing),
        migrations.AddField("parcel", "fourth", models.ForeignKey("python.Order", models.CASCADE, related_name="+", null=True)),
    ]
