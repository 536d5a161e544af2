from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("uniques", "0002_add")]

    operations = [
        migrations.RemoveConstraint("room", "room_name"),
        migrations.RemoveConstraint(model_name="room", name="room_deferred"),
        migrations.RemoveConstraint(model_name="room", name="room_open"),
        migrations.RemoveConstraint(model_name="room", name="room_include"),
        migrations.RemoveConstraint(model_name="room", name="room_ops"),
        migrations.RemoveConstraint(model_name="room", name="room_lower"),
        migrations.RemoveConstraint(model_name="Room", name="Quoted 'Name'"),
        # A column that constraints of all kinds mention.
        migrations.AlterField("room", "number", models.BigIntegerField(null=True)),
        migrations.AlterField("room", "number", models.BigIntegerField(db_index=True, null=True)),
        migrations.AlterField("room", "number", models.BigIntegerField(null=True, unique=True)),
        migrations.AlterField("room", "number", models.BigIntegerField(null=True)),
        migrations.RemoveConstraint("room", "add_all"),
        migrations.RenameField("room", "number", "no"),
        migrations.RemoveConstraint("room", "add_three"),
        migrations.AlterUniqueTogether("room", set()),
        migrations.AlterModelTable("room", "uniques_chamber"),
        migrations.RemoveConstraint("room", "add_plain"),
    ]
