from django.db import migrations, models


class Migration(migrations.Migration):
    """RunSQL runs before what is deferred."""

    dependencies = [("deferred", "0002_together")]

    operations = [
        migrations.CreateModel(
            name="Stone",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("weight", models.IntegerField(db_index=True)),
                ("lattice", models.ForeignKey("deferred.lattice", models.CASCADE)),
            ],
        ),
        migrations.RunSQL("ALTER TABLE deferred_stone ADD COLUMN colour text"),
        migrations.RunSQL("COMMENT ON TABLE deferred_stone IS 'made by hand'", migrations.RunSQL.noop),
        migrations.AddIndex("stone", models.Index(fields=["weight", "lattice"], name="stone_idx")),
        migrations.AddConstraint("stone", models.UniqueConstraint(fields=["weight"], name="stone_uniq")),
        migrations.AlterUniqueTogether("stone", {("weight", "lattice")}),
        migrations.RenameIndex("stone", "stone_renamed", old_name="stone_idx"),
    ]
