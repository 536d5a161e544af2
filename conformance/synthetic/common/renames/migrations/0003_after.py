import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The old names of indexes and constraints live on."""

    dependencies = [("renames", "0002_rename")]

    operations = [
        migrations.RemoveField("case", "label"),
        migrations.AlterField("rack", "mark", models.CharField(max_length=9)),
        migrations.AlterField("rack", "title", models.CharField(db_index=True, max_length=9)),
        migrations.AlterField("rack", "tall", models.IntegerField()),
        migrations.AlterUniqueTogether("rack", {("mark", "broad")}),
        migrations.RemoveIndex("rack", "shelf_idx"),
        migrations.RemoveConstraint("rack", "shelf_width"),
        migrations.AlterField("rack", "number", models.BigAutoField(primary_key=True)),
        migrations.AlterField(
            "case", "rack", models.ForeignKey("renames.rack", django.db.models.deletion.CASCADE, null=True)
        ),
        migrations.AlterField(
            "case", "inside", models.OneToOneField("self", django.db.models.deletion.CASCADE, null=True)
        ),
        migrations.AlterField("thing", "box", models.ForeignKey("renames.case", models.CASCADE, db_constraint=False)),
        migrations.RenameModel("rack", "Shelf"),
        migrations.RenameModel("case", "Box"),
        migrations.RemoveField("thing", "crates"),
        migrations.DeleteModel("Trunk"),
    ]
