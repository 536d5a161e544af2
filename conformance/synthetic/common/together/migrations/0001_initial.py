import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    operations = [
        migrations.CreateModel(
            name="Song",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("title", models.CharField(max_length=9)),
                ("year", models.IntegerField()),
                ("track", models.IntegerField(db_column="Track")),
            ],
            options={
                "unique_together": {("title", "year"), ("year", "track")},
                "index_together": {("title", "track"), ("track", "year")},
                "ordering": ["title"],
            },
        ),
        migrations.CreateModel(
            name="Verse",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("song", models.ForeignKey("together.song", django.db.models.deletion.CASCADE)),
                ("number", models.IntegerField()),
            ],
            options={"unique_together": {("song", "number")}, "index_together": {("number", "song")}},
        ),
    ]
