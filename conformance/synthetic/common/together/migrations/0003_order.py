import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("together", "0002_change")]

    operations = [
        migrations.AlterOrderWithRespectTo("verse", "song"),
        migrations.AlterOrderWithRespectTo("verse", "song"),
        migrations.AlterOrderWithRespectTo(name="Verse", order_with_respect_to=None),
        migrations.AlterOrderWithRespectTo("Verse", "song"),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("verse", models.ForeignKey("together.verse", django.db.models.deletion.CASCADE)),
            ],
            options={"order_with_respect_to": "verse"},
        ),
        migrations.AddIndex("line", models.Index(fields=["verse", "_order"], name="line_order")),
        migrations.AlterModelOptions("line", {"ordering": ["verse"], "verbose_name": "line"}),
        migrations.AlterModelOptions("song", {"get_latest_by": "year", "permissions": [("a", "b")]}),
        migrations.AlterModelManagers("song", [("objects", models.Manager())]),
    ]
