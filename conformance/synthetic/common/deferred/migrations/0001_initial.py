import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Statements that wait for the end, and operations on what they wait for."""

    initial = True

    operations = [
        migrations.CreateModel(
            name="Tree",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("kind", models.CharField(db_index=True, max_length=9)),
                ("age", models.PositiveIntegerField(db_index=True)),
                ("code", models.SlugField(unique=True)),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "age"], name="tree_kind_age")],
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(age__gt=3), fields=["kind"], name="tree_old"),
                    models.CheckConstraint(check=models.Q(age__lt=1000), name="tree_age"),
                ],
                "unique_together": {("kind", "age")},
            },
        ),
        migrations.CreateModel(
            name="Nest",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("tree", models.ForeignKey("deferred.tree", django.db.models.deletion.CASCADE)),
                ("next", models.ForeignKey("deferred.tree", models.SET_NULL, null=True, related_name="+")),
                ("trees", models.ManyToManyField("deferred.tree", related_name="+")),
            ],
        ),
        migrations.AlterField("tree", "kind", models.CharField(max_length=19)),
        migrations.AlterField("tree", "age", models.PositiveIntegerField(null=True)),
        migrations.AlterField("tree", "code", models.SlugField(max_length=60, unique=True)),
        migrations.RemoveField("nest", "next"),
        migrations.AddField("nest", "height", models.IntegerField(db_index=True, null=True)),
        migrations.AddField("nest", "width", models.CharField(db_index=True, max_length=3, null=True)),
        migrations.RemoveField("nest", "width"),
        migrations.RenameField("nest", "height", "altitude"),
        migrations.AddField("tree", "nest", models.ForeignKey("deferred.nest", models.CASCADE, null=True)),
        migrations.AlterModelTable("tree", "Trees"),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("tree", models.ForeignKey("deferred.tree", django.db.models.deletion.CASCADE)),
                ("colour", models.CharField(db_index=True, max_length=9)),
                ("nests", models.ManyToManyField("deferred.nest")),
            ],
            options={"unique_together": {("tree", "colour")}},
        ),
        migrations.DeleteModel("Leaf"),
        migrations.CreateModel(
            name="Branch",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("tree", models.ForeignKey("deferred.tree", django.db.models.deletion.CASCADE)),
                ("colour", models.CharField(db_index=True, max_length=9)),
                ("length", models.IntegerField(null=True)),
            ],
            options={"indexes": [models.Index(fields=["colour", "-length"], name="branch_idx")]},
        ),
        migrations.RemoveIndex("branch", "branch_idx"),
        migrations.RemoveField("branch", "tree"),
        migrations.RenameModel("Branch", "Bough"),
        migrations.RenameField("bough", "colour", "tint"),
    ]
