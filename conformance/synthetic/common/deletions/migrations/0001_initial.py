import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    initial = True

    operations = [
        migrations.CreateModel(
            name="Paper",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("title", models.CharField(db_index=True, max_length=9)),
                ("code", models.CharField(max_length=9, unique=True)),
                ("pages", models.PositiveIntegerField()),
                ("year", models.IntegerField(null=True)),
                ("month", models.IntegerField(null=True)),
                ("previous", models.OneToOneField("self", django.db.models.deletion.SET_NULL, null=True)),
                ("related", models.ManyToManyField("self")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["title", "year"], name="paper_title_year"),
                    models.Index(Lower("title"), name="paper_lower"),
                ],
                "constraints": [
                    models.CheckConstraint(check=models.Q(pages__gt=0), name="paper_pages"),
                    models.UniqueConstraint(fields=["code", "year"], name="paper_code_year"),
                ],
                "unique_together": {("title", "pages"), ("year", "month")},
            },
        ),
        migrations.CreateModel(
            name="Citation",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("paper", models.ForeignKey("deletions.paper", django.db.models.deletion.CASCADE, to_field="code")),
                ("papers", models.ManyToManyField("deletions.paper", related_name="+")),
            ],
        ),
        migrations.CreateModel(name="Empty", fields=[("id", models.AutoField(primary_key=True))]),
    ]
