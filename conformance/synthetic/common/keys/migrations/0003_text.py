import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Keys of text: with indexes for patterns on both sides."""

    dependencies = [("keys", "0002_big")]

    operations = [
        migrations.CreateModel(
            name="Country",
            fields=[("code", models.CharField(max_length=2, primary_key=True))],
        ),
        migrations.CreateModel(
            name="City",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("country", models.ForeignKey("keys.country", django.db.models.deletion.CASCADE)),
                ("twin", models.OneToOneField("keys.country", django.db.models.deletion.CASCADE, related_name="+")),
                ("others", models.ManyToManyField("keys.country", related_name="+")),
            ],
        ),
        migrations.AlterField("country", "code", models.CharField(max_length=3, primary_key=True)),
        migrations.AlterField("country", "code", models.TextField(primary_key=True)),
        migrations.AlterField("country", "code", models.CharField(max_length=5, primary_key=True)),
        migrations.AlterField("country", "code", models.IntegerField(primary_key=True)),
        migrations.AlterField("country", "code", models.SlugField(primary_key=True)),
        migrations.RenameField("country", "code", "iso"),
        migrations.AlterField("country", "iso", models.CharField(db_column="ISO Code", max_length=9, primary_key=True)),
    ]
