import django.contrib.postgres.fields
import django.contrib.postgres.fields.hstore
import django.contrib.postgres.search
import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("extensions", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Everything",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("big_integer", models.BigIntegerField()),
                ("binary", models.BinaryField()),
                ("boolean", models.BooleanField(default=False)),
                ("nullable_boolean", models.BooleanField(null=True)),
                ("char", models.CharField(max_length=40)),
                ("unlimited_char", models.CharField()),
                ("date", models.DateField(auto_now=True)),
                ("date_time", models.DateTimeField(auto_now_add=True)),
                ("decimal", models.DecimalField(decimal_places=2, max_digits=9)),
                ("duration", models.DurationField()),
                ("email", models.EmailField(max_length=254)),
                ("file", models.FileField(upload_to="files")),
                ("file_path", models.FilePathField(path="/tmp")),
                ("float", models.FloatField()),
                ("image", models.ImageField(upload_to="images/%Y/%m", max_length=200)),
                ("integer", models.IntegerField(validators=[django.core.validators.MinValueValidator(3)])),
                ("ip", models.GenericIPAddressField(protocol="ipv4")),
                ("json", models.JSONField(default=dict)),
                ("positive_big", models.PositiveBigIntegerField()),
                ("positive", models.PositiveIntegerField(null=True)),
                ("positive_small", models.PositiveSmallIntegerField(db_column="Positive Small")),
                ("slug", models.SlugField()),
                ("unindexed_slug", models.SlugField(db_index=False)),
                ("small", models.SmallIntegerField()),
                ("text", models.TextField(blank=True)),
                ("limited_text", models.TextField(max_length=100)),
                ("time", models.TimeField(null=True, blank=True)),
                ("url", models.URLField()),
                ("uuid", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="Indexed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("char", models.CharField(db_index=True, max_length=40)),
                ("unique_char", models.CharField(max_length=40, unique=True)),
                ("both", models.CharField(db_index=True, max_length=40, null=True, unique=True)),
                ("text", models.TextField(db_index=True)),
                ("unique_text", models.TextField(unique=True)),
                ("email", models.EmailField(db_index=True, max_length=254)),
                ("file", models.FileField(db_index=True, upload_to="")),
                ("ip", models.GenericIPAddressField(db_index=True)),
                ("integer", models.IntegerField(db_index=True)),
                ("unique_integer", models.IntegerField(db_column="unique_number", unique=True)),
                ("positive", models.PositiveSmallIntegerField(db_index=True, unique=True)),
                ("date", models.DateField(db_index=True)),
                ("uuid", models.UUIDField(unique=True)),
                ("slug", models.SlugField(unique=True)),
                ("binary", models.BinaryField(db_index=True, null=True)),
                ("json", models.JSONField(db_index=True, null=True)),
                ("once_a_day", models.CharField(max_length=10, unique_for_date="date")),
            ],
        ),
        migrations.CreateModel(
            name="SmallKey",
            fields=[("number", models.SmallAutoField(primary_key=True, serialize=False))],
        ),
        migrations.CreateModel(
            name="CharKey",
            fields=[("code", models.CharField(max_length=8, primary_key=True, serialize=False))],
        ),
        migrations.CreateModel(
            name="PositiveKey",
            fields=[("number", models.PositiveIntegerField(primary_key=True, serialize=False))],
        ),
        migrations.CreateModel(
            name="UUIDKey",
            fields=[("id", models.UUIDField(editable=False, primary_key=True, serialize=False))],
        ),
        migrations.CreateModel(
            name="Postgres",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "chars",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), size=None),
                ),
                (
                    "board",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=django.contrib.postgres.fields.ArrayField(
                            base_field=models.PositiveIntegerField(), size=3
                        ),
                        size=3,
                    ),
                ),
                (
                    "indexed_array",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), db_index=True, null=True, size=None, unique=True
                    ),
                ),
                (
                    "decimals",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DecimalField(decimal_places=3, max_digits=7), size=2
                    ),
                ),
                ("attributes", django.contrib.postgres.fields.hstore.HStoreField()),
                ("integers", django.contrib.postgres.fields.IntegerRangeField()),
                ("big_integers", django.contrib.postgres.fields.BigIntegerRangeField(null=True)),
                ("numerics", django.contrib.postgres.fields.DecimalRangeField()),
                ("moments", django.contrib.postgres.fields.DateTimeRangeField(db_index=True)),
                ("days", django.contrib.postgres.fields.DateRangeField(unique=True)),
                ("words", django.contrib.postgres.search.SearchVectorField(null=True)),
                ("query", django.contrib.postgres.search.SearchQueryField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CaseInsensitive",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("char", models.CharField(db_collation="case_insensitive", max_length=20)),
                ("indexed_char", models.CharField(db_collation="case_insensitive", db_index=True, max_length=20)),
                ("unique_char", models.CharField(db_collation="case_insensitive", max_length=20, unique=True)),
                ("deterministic", models.CharField(db_collation="german", db_index=True, max_length=20)),
                ("quoted", models.TextField(db_collation="Quoted Name", null=True, unique=True)),
                ("slug", models.SlugField(db_collation="C")),
                (
                    "array",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(db_collation="german", max_length=5), size=None
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NoFields",
            fields=[("id", models.AutoField(auto_created=True, primary_key=True, serialize=False))],
        ),
        migrations.CreateModel(
            name="Placed",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False)),
                ("code", models.CharField(db_index=True, db_tablespace="pg_default", max_length=5)),
                ("unique_code", models.CharField(db_tablespace="pg_default", max_length=5, unique=True)),
                ("number", models.IntegerField(db_index=True)),
            ],
            options={
                "db_tablespace": "pg_default",
                "indexes": [models.Index(fields=["number", "code"], name="columns_placed_idx")],
                "unique_together": {("number", "code")},
            },
        ),
    ]
