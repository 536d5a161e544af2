from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("renames", "0001_initial")]

    operations = [
        migrations.RenameField("shelf", "height", "tall"),
        migrations.RenameField("shelf", "code", "mark"),
        migrations.RenameField("shelf", "label", "title"),
        migrations.RenameField("shelf", "width", "broad"),
        migrations.RenameModel("Shelf", "Rack"),
        migrations.RenameModel("box", "Case"),
        migrations.RenameModel("Crate", "Chest"),
        migrations.RenameModel("Item", "Thing"),
        migrations.AlterModelTable("rack", "rack table"),
        migrations.AlterModelTable("rack", "rack table"),
        migrations.AlterModelTable("case", "renames_moved"),
        migrations.AlterModelTable("thing", None),
        migrations.RenameField("case", "shelf", "rack"),
        migrations.RenameField("case", "neighbours", "beside"),
        migrations.RenameField("case", "shelves", "racks"),
        migrations.RenameField("chest", "box", "case"),
        migrations.RenameField("rack", "id", "number"),
        migrations.RenameModel("chest", "Trunk"),
    ]
