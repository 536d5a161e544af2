import django.db.models.deletion
from django.db import migrations, models

import synthetic.common.inheritance.mixins


class Migration(migrations.Migration):
    dependencies = [("inheritance", "0002_change")]

    operations = [
        # Bases without fields of the database, and an abstract one that has some: only what stands in fields counts.
        migrations.CreateModel(
            name="Mixed",
            fields=[("id", models.AutoField(primary_key=True)), ("text", models.TextField(unique=True))],
            bases=(synthetic.common.inheritance.mixins.Named, models.Model),
        ),
        migrations.CreateModel(
            name="Stamped",
            fields=[("id", models.AutoField(primary_key=True)), ("stamp", models.DateTimeField(auto_now=True))],
            options={"abstract": False, "ordering": ("-stamp",)},
            bases=(synthetic.common.inheritance.mixins.Named, models.Model),
            managers=[("objects", models.Manager())],
        ),
        migrations.CreateModel(
            name="Child",
            fields=[
                (
                    "mixed",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="inheritance.mixed",
                    ),
                ),
            ],
            bases=("inheritance.mixed", synthetic.common.inheritance.mixins.Named),
        ),
        migrations.AddIndex("child", models.Index(fields=["mixed"], name="child_mixed")),
    ]
