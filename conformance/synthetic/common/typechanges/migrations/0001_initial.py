import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("extensions", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Text",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("plain", models.CharField(max_length=10)),
                ("indexed", models.CharField(db_index=True, max_length=10)),
                ("unique", models.CharField(max_length=10, unique=True)),
                ("both", models.CharField(db_index=True, max_length=10, unique=True)),
                ("slug", models.SlugField()),
                ("file", models.FileField(upload_to="")),
                ("email", models.EmailField(max_length=254)),
                ("url", models.URLField()),
                ("text", models.TextField()),
                ("indexed_text", models.TextField(db_index=True)),
                ("unique_text", models.TextField(unique=True)),
                ("array", django.contrib.postgres.fields.ArrayField(models.CharField(max_length=10))),
                ("column", models.CharField(db_column="Old Column", db_index=True, max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name="Number",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("integer", models.IntegerField()),
                ("indexed", models.IntegerField(db_index=True)),
                ("unique", models.IntegerField(unique=True)),
                ("positive", models.PositiveIntegerField()),
                ("positive_small", models.PositiveSmallIntegerField(db_index=True, unique=True)),
                ("decimal", models.DecimalField(decimal_places=2, max_digits=9)),
                ("float", models.FloatField()),
                ("boolean", models.BooleanField()),
                ("defaulted", models.IntegerField(default=1)),
                ("array", django.contrib.postgres.fields.ArrayField(models.IntegerField(), db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Other",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("date", models.DateField(db_index=True)),
                ("moment", models.DateTimeField()),
                ("time", models.TimeField()),
                ("uuid", models.UUIDField(unique=True)),
                ("json", models.JSONField()),
                ("ip", models.GenericIPAddressField()),
                ("binary", models.BinaryField()),
                ("char", models.CharField(max_length=40)),
                ("range", django.contrib.postgres.fields.IntegerRangeField()),
            ],
        ),
    ]
