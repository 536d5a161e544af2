from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deferred", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Grid",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("x", models.IntegerField()),
                ("y", models.IntegerField(db_index=True)),
                ("z", models.IntegerField(null=True)),
            ],
            options={
                "unique_together": {("x", "y")},
                "index_together": {("y", "z")},
                "indexes": [models.Index(fields=["-z"], name="grid_z")],
            },
        ),
        migrations.RenameField("grid", "x", "column"),
        migrations.RenameField("grid", "y", "row"),
        migrations.AlterModelTable("grid", "deferred_grid_of_three_dimensions"),
        migrations.AddField("grid", "tree", models.ForeignKey("deferred.tree", models.CASCADE, null=True)),
        migrations.AddField("grid", "trees", models.ManyToManyField("deferred.tree", related_name="+")),
        migrations.RenameModel("Grid", "Lattice"),
        migrations.RenameField("lattice", "trees", "forest"),
        migrations.RemoveField("lattice", "z"),
    ]
