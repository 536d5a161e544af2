import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inheritance", "0001_initial")]

    operations = [
        # Nothing happens to what has no table here.
        migrations.AddField("view", "number", models.IntegerField(db_index=True, default=3)),
        migrations.AlterField("view", "text", models.CharField(max_length=9, unique=True)),
        migrations.AddIndex("view", models.Index(fields=["number"], name="view_number")),
        migrations.RemoveField("view", "text"),
        migrations.AddField("defaultowner", "number", models.IntegerField(default=3)),
        migrations.AlterField("defaultowner", "name", models.CharField(max_length=9)),
        migrations.AlterModelOptions("quiet", {"proxy": True, "verbose_name": "quiet bar"}),
        migrations.AddConstraint("view", models.CheckConstraint(check=models.Q(number__gt=3), name="view_check")),
        # managed is an option only.
        migrations.AlterModelOptions("view", {"managed": True}),
        migrations.AddField("shop", "bars", models.ManyToManyField("inheritance.bar")),
        migrations.AddField("bar", "opens", models.TimeField(null=True)),
        migrations.AlterField("place", "name", models.CharField(max_length=20)),
        migrations.AlterField("place", "id", models.BigAutoField(primary_key=True)),
        migrations.AlterField("owner", "id", models.UUIDField(editable=False, primary_key=True)),
        migrations.AlterField("owner", "id", models.CharField(max_length=36, primary_key=True)),
        migrations.AlterField("shop", "quiet", models.ForeignKey("inheritance.bar", models.CASCADE, null=True)),
        migrations.AlterField("shop", "quiet", models.ForeignKey("inheritance.quiet", models.SET_NULL, null=True)),
        migrations.AlterField(
            "shop",
            "owner",
            models.ForeignKey(settings.SYNTHETIC_OWNER_MODEL, django.db.models.deletion.CASCADE, null=True),
        ),
        migrations.RemoveField("shop", "quiet"),
        migrations.DeleteModel("Quiet"),
        migrations.RenameModel("Bar", "Pub"),
        migrations.DeleteModel("DefaultOwner"),
        migrations.DeleteModel("Visit"),
        migrations.RemoveField("shop", "bars"),
        migrations.DeleteModel("Pub"),
    ]
