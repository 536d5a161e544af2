import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A foreign key takes the collation of what it points to."""

    dependencies = [("columns", "0004_collations")]

    operations = [
        migrations.CreateModel(
            name="Language",
            fields=[("code", models.CharField(db_collation="case_insensitive", max_length=5, primary_key=True))],
        ),
        migrations.CreateModel(
            name="Word",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("language", models.ForeignKey("columns.language", django.db.models.deletion.CASCADE)),
                ("others", models.ManyToManyField("columns.language", related_name="+")),
            ],
        ),
        migrations.AlterField(
            "language", "code", models.CharField(db_collation="german", max_length=5, primary_key=True)
        ),
        migrations.AlterField("language", "code", models.CharField(max_length=10, primary_key=True)),
    ]
