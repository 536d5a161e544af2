import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("together", "0001_initial")]

    operations = [
        migrations.AlterUniqueTogether("song", {("title", "year")}),
        migrations.AlterUniqueTogether(name="Song", unique_together={("title", "year"), ("title", "track", "year")}),
        migrations.AlterUniqueTogether("song", {("title", "year", "track")}),
        migrations.AlterUniqueTogether("song", [["title", "year"]]),
        migrations.AlterUniqueTogether("song", ("title", "track")),
        migrations.AlterUniqueTogether("song", set()),
        migrations.AlterUniqueTogether("song", {("title", "year")}),
        migrations.AlterUniqueTogether("song", None),
        migrations.AlterIndexTogether("song", {("title", "track")}),
        migrations.AlterIndexTogether(name="Song", index_together={("title", "track"), ("title", "year")}),
        migrations.AlterIndexTogether("song", set()),
        migrations.AlterIndexTogether("song", {("title", "year", "track")}),
        migrations.RenameIndex(model_name="song", new_name="song_all", old_fields=("title", "year", "track")),
        migrations.RemoveIndex("song", "song_all"),
        migrations.RenameIndex("verse", new_name="verse_new", old_fields=("number", "song")),
        migrations.RenameIndex("verse", "verse_newer", old_name="verse_new"),
        # The pair is renamed with its field, its constraint keeps the name.
        migrations.RenameField("verse", "number", "position"),
        migrations.AlterUniqueTogether("verse", {("position", "song")}),
        migrations.AlterUniqueTogether("verse", set()),
        migrations.AlterUniqueTogether("verse", {("song", "position")}),
        migrations.AlterField("verse", "position", models.BigIntegerField(unique=True)),
        migrations.AlterField(
            "verse", "song", models.OneToOneField("together.song", django.db.models.deletion.CASCADE)
        ),
        migrations.AlterField("verse", "position", models.BigIntegerField()),
        migrations.AlterUniqueTogether("verse", set()),
    ]
