import django.contrib.postgres.fields
import django.contrib.postgres.fields.hstore
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("extensions", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Parent",
            fields=[("id", models.UUIDField(primary_key=True)), ("name", models.CharField(max_length=9, unique=True))],
        ),
        migrations.CreateModel(
            name="Row",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("text", models.TextField(db_column="Text")),
                ("char", models.CharField(max_length=20, null=True)),
                ("nocase", models.CharField(db_collation="case_insensitive", max_length=20, null=True)),
                ("number", models.IntegerField()),
                ("nullable", models.IntegerField(null=True)),
                ("big", models.BigIntegerField(null=True)),
                ("small", models.PositiveSmallIntegerField(null=True)),
                ("float", models.FloatField(null=True)),
                ("decimal", models.DecimalField(decimal_places=2, max_digits=9, null=True)),
                ("flag", models.BooleanField(default=False)),
                ("maybe", models.BooleanField(null=True)),
                ("date", models.DateField(null=True)),
                ("moment", models.DateTimeField(null=True)),
                ("time", models.TimeField(null=True)),
                ("duration", models.DurationField(null=True)),
                ("uuid", models.UUIDField(null=True)),
                ("ip", models.GenericIPAddressField(null=True)),
                ("binary", models.BinaryField(null=True)),
                ("data", models.JSONField(null=True)),
                ("slug", models.SlugField(null=True)),
                ("email", models.EmailField(max_length=254, null=True)),
                ("file", models.FileField(null=True, upload_to="")),
                ("tags", django.contrib.postgres.fields.ArrayField(models.CharField(max_length=10), null=True)),
                ("numbers", django.contrib.postgres.fields.ArrayField(models.IntegerField(), null=True)),
                ("hstore", django.contrib.postgres.fields.hstore.HStoreField(null=True)),
                ("range", django.contrib.postgres.fields.IntegerRangeField(null=True)),
                ("days", django.contrib.postgres.fields.DateRangeField(null=True)),
                ("moments", django.contrib.postgres.fields.DateTimeRangeField(null=True)),
                ("words", django.contrib.postgres.search.SearchVectorField(null=True)),
                ("parent", models.ForeignKey("checks.parent", django.db.models.deletion.CASCADE, null=True)),
                (
                    "named",
                    models.ForeignKey(
                        "checks.parent", django.db.models.deletion.CASCADE, null=True, related_name="+", to_field="name"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(check=models.Q(("number__gte", 0)), name="row_meta"),
                    models.CheckConstraint(
                        check=models.Q(("number__lt", 100), ("flag", True), _connector="OR"), name="row_meta_or"
                    ),
                    models.CheckConstraint(check=models.Q(text="100%"), name="row_meta_percent"),
                ],
            },
        ),
    ]
