import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Made and renamed in one migration: what is still deferred is edited."""

    dependencies = [("renames", "0003_after")]

    operations = [
        migrations.CreateModel(
            name="Cup",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("name", models.CharField(db_index=True, max_length=9)),
                ("code", models.CharField(max_length=9, unique=True)),
                ("size", models.PositiveIntegerField(db_index=True)),
                ("box", models.ForeignKey("renames.box", django.db.models.deletion.CASCADE)),
                ("boxes", models.ManyToManyField("renames.box", related_name="+")),
            ],
            options={
                "indexes": [models.Index(fields=["name", "-size"], name="cup_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=["name"], name="cup_size", condition=models.Q(size__gt=1)),
                ],
                "unique_together": {("name", "size")},
            },
        ),
        migrations.CreateModel(
            name="Saucer",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("cup", models.ForeignKey("renames.cup", django.db.models.deletion.CASCADE)),
                ("cups", models.ManyToManyField("renames.cup", related_name="+")),
                ("code", models.ForeignKey("renames.cup", models.CASCADE, related_name="+", to_field="code")),
            ],
        ),
        migrations.RenameField("cup", "name", "title"),
        migrations.RenameModel("Cup", "Mug"),
        migrations.RenameField("saucer", "cup", "mug"),
        migrations.RenameField("saucer", "cups", "mugs"),
        migrations.AlterModelTable("saucer", "saucers"),
        migrations.RenameField("mug", "code", "sign"),
        migrations.AddField("saucer", "extra", models.CharField(db_index=True, default="x", max_length=9)),
        migrations.RenameField("saucer", "extra", "additional"),
    ]
