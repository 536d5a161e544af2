import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A key with everything that hangs on it, several levels deep."""

    initial = True

    operations = [
        migrations.CreateModel(
            name="Author",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("name", models.CharField(max_length=9)),
                ("friends", models.ManyToManyField("self")),
                ("mentor", models.ForeignKey("self", django.db.models.deletion.SET_NULL, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Profile",
            fields=[
                (
                    "author",
                    models.OneToOneField("keys.author", django.db.models.deletion.CASCADE, primary_key=True),
                ),
                ("text", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Avatar",
            fields=[
                (
                    "profile",
                    models.OneToOneField("keys.profile", django.db.models.deletion.CASCADE, primary_key=True),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Picture",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("avatar", models.ForeignKey("keys.avatar", django.db.models.deletion.CASCADE)),
                (
                    "unchecked",
                    models.ForeignKey("keys.author", models.DO_NOTHING, db_constraint=False, related_name="+"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Novelist",
            fields=[
                (
                    "author_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="keys.author",
                    ),
                ),
                ("prize", models.CharField(max_length=9)),
            ],
            bases=("keys.author",),
        ),
        migrations.CreateModel(
            name="Book",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("authors", models.ManyToManyField("keys.author", related_name="books")),
                ("novelist", models.ForeignKey("keys.novelist", django.db.models.deletion.CASCADE, null=True)),
                ("title", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Edit",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("book", models.ForeignKey("keys.book", django.db.models.deletion.CASCADE)),
                ("author", models.ForeignKey("keys.author", django.db.models.deletion.CASCADE)),
            ],
            options={"unique_together": {("book", "author")}},
        ),
        migrations.AddField(
            "book", "editors", models.ManyToManyField("keys.author", related_name="edited", through="keys.Edit")
        ),
    ]
