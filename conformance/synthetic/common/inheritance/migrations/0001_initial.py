import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contenttypes", "0001_initial"),
        migrations.swappable_dependency(settings.SYNTHETIC_OWNER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("name", models.CharField(max_length=9, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Restaurant",
            fields=[
                (
                    "place_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="inheritance.place",
                    ),
                ),
                ("pizza", models.BooleanField(default=False)),
            ],
            bases=("inheritance.place",),
        ),
        # Two parents, one of them by a link of its own name.
        migrations.CreateModel(
            name="Licence",
            fields=[("number", models.UUIDField(primary_key=True)), ("text", models.TextField(null=True))],
        ),
        migrations.CreateModel(
            name="Bar",
            fields=[
                (
                    "restaurant_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="inheritance.restaurant",
                    ),
                ),
                (
                    "licence",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, parent_link=True, to="inheritance.licence"
                    ),
                ),
                ("guests", models.ManyToManyField("contenttypes.contenttype")),
            ],
            bases=("inheritance.restaurant", "inheritance.licence"),
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("bar", models.ForeignKey("inheritance.bar", django.db.models.deletion.CASCADE)),
            ],
        ),
        # No table of their own.
        migrations.CreateModel(
            name="Quiet",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": []},
            bases=("inheritance.bar",),
        ),
        migrations.CreateModel(
            name="View",
            fields=[("id", models.AutoField(primary_key=True)), ("text", models.TextField())],
            options={"managed": False, "db_table": "some_view"},
        ),
        # Swapped out: settings name another model.
        migrations.CreateModel(
            name="DefaultOwner",
            fields=[("id", models.AutoField(primary_key=True)), ("name", models.TextField(db_index=True))],
            options={"swappable": "SYNTHETIC_OWNER_MODEL"},
        ),
        migrations.CreateModel(
            name="Owner",
            fields=[("id", models.UUIDField(primary_key=True))],
        ),
        migrations.CreateModel(
            name="Shop",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("owner", models.ForeignKey(settings.SYNTHETIC_OWNER_MODEL, django.db.models.deletion.CASCADE)),
                ("quiet", models.ForeignKey("inheritance.quiet", django.db.models.deletion.CASCADE, null=True)),
                ("owners", models.ManyToManyField(settings.SYNTHETIC_OWNER_MODEL, related_name="+")),
                ("view", models.ForeignKey("inheritance.view", models.DO_NOTHING, db_constraint=False, null=True)),
            ],
        ),
    ]
