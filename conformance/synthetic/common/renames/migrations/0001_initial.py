import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    initial = True

    operations = [
        migrations.CreateModel(
            name="Shelf",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("code", models.CharField(db_index=True, max_length=9)),
                ("label", models.CharField(max_length=9, unique=True)),
                ("height", models.PositiveIntegerField()),
                ("width", models.IntegerField(db_column="Width")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["code", "-height"], name="shelf_idx"),
                    models.Index(Lower("label"), condition=models.Q(height__gt=3), name="shelf_expression_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(check=models.Q(width__gt=0), name="shelf_width"),
                    models.UniqueConstraint(fields=["code", "width"], name="shelf_uniq"),
                ],
                "unique_together": {("code", "height")},
            },
        ),
        migrations.CreateModel(
            name="Box",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("shelf", models.ForeignKey("renames.shelf", django.db.models.deletion.CASCADE)),
                ("label", models.OneToOneField("renames.shelf", models.CASCADE, related_name="+", to_field="label")),
                ("neighbours", models.ManyToManyField("self")),
                ("shelves", models.ManyToManyField("renames.shelf", related_name="boxes")),
                ("inside", models.ForeignKey("self", django.db.models.deletion.CASCADE, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Crate",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("box", models.OneToOneField("renames.box", django.db.models.deletion.CASCADE)),
                ("wood", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("box", models.ForeignKey("renames.box", django.db.models.deletion.CASCADE, db_column="Box")),
                ("crates", models.ManyToManyField("renames.crate", db_table="Items")),
            ],
            options={"db_table": "Item Table"},
        ),
    ]
