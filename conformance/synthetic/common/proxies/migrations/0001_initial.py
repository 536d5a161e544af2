from django.db import migrations, models


class Migration(migrations.Migration):
    """Proxies, and what points to them."""

    initial = True

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[("id", models.AutoField(primary_key=True)), ("name", models.CharField(max_length=40))],
        ),
        migrations.CreateModel("Student", [], {"proxy": True, "indexes": [], "constraints": []}, ("proxies.person",)),
        # A proxy of a proxy.
        migrations.CreateModel("Freshman", [], {"proxy": True}, ("proxies.student",)),
        migrations.CreateModel(
            name="Teacher",
            fields=[
                (
                    "person_ptr",
                    models.OneToOneField(
                        "proxies.Person", models.CASCADE, auto_created=True, parent_link=True, primary_key=True
                    ),
                ),
                ("subject", models.CharField(max_length=40)),
            ],
            bases=("proxies.student",),
        ),
        migrations.CreateModel("Substitute", [], {"proxy": True}, ("proxies.teacher",)),
        migrations.CreateModel(
            name="Club",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("head", models.ForeignKey("proxies.Freshman", models.CASCADE)),
                ("substitute", models.OneToOneField("proxies.Substitute", models.CASCADE, null=True)),
                ("members", models.ManyToManyField("proxies.Student", related_name="clubs")),
            ],
        ),
        # A proxy of a table that Django makes by itself.
        migrations.CreateModel("Membership", [], {"proxy": True}, ("proxies.Club_members",)),
    ]
