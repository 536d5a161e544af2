import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("relations", "0002_change")]

    operations = [
        migrations.AlterField("skill", "workers", models.ManyToManyField("relations.worker", related_name="skills")),
        migrations.AlterField("skill", "workers", models.ManyToManyField("relations.worker", db_table="relations_can")),
        migrations.AlterField("skill", "workers", models.ManyToManyField("relations.company")),
        migrations.AlterField("skill", "workers", models.ManyToManyField("contenttypes.contenttype", related_name="+")),
        migrations.AlterField("skill", "users", models.ManyToManyField("auth.user", blank=True)),
        migrations.RenameField("skill", "related", "similar"),
        migrations.RenameField("skill", "branches", "places"),
        migrations.RenameField("skill", "parents", "parts"),
        migrations.RemoveField("skill", "places"),
        migrations.CreateModel(
            name="Training",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("skill", models.ForeignKey("relations.skill", django.db.models.deletion.CASCADE)),
                ("branch", models.ForeignKey("relations.branch", django.db.models.deletion.CASCADE)),
                ("day", models.DateField(null=True)),
            ],
        ),
        migrations.AddField(
            "branch",
            "trainings",
            models.ManyToManyField("relations.skill", through="relations.Training", through_fields=("branch", "skill")),
        ),
        migrations.RemoveField("branch", "trainings"),
        migrations.DeleteModel("Training"),
    ]
