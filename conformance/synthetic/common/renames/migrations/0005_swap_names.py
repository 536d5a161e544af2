from django.db import migrations, models


class Migration(migrations.Migration):
    """Names that others had before."""

    dependencies = [("renames", "0004_one_migration")]

    operations = [
        migrations.CreateModel(
            name="First",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("a", models.CharField(db_index=True, max_length=9)),
                ("b", models.CharField(max_length=9, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Second",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("first", models.ForeignKey("renames.first", models.CASCADE)),
            ],
        ),
        migrations.RenameField("first", "a", "c"),
        migrations.RenameField("first", "b", "a"),
        migrations.RenameField("first", "c", "b"),
        migrations.RenameModel("First", "Third"),
        migrations.RenameModel("Second", "First"),
        migrations.RenameModel("Third", "Second"),
    ]
