import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("typechanges", "0001_initial")]

    operations = [
        # Lengths.
        migrations.AlterField("text", "plain", models.CharField(max_length=20)),
        migrations.AlterField("text", "plain", models.CharField(max_length=5)),
        migrations.AlterField("text", "plain", models.CharField()),
        migrations.AlterField("text", "plain", models.CharField(max_length=30)),
        migrations.AlterField("text", "indexed", models.CharField(db_index=True, max_length=20)),
        migrations.AlterField("text", "unique", models.CharField(max_length=20, unique=True)),
        migrations.AlterField("text", "email", models.EmailField(max_length=100)),
        migrations.AlterField("text", "slug", models.SlugField(max_length=100)),
        migrations.AlterField(
            "text", "array", django.contrib.postgres.fields.ArrayField(models.CharField(max_length=20))
        ),
        # To another class of the same kind.
        migrations.AlterField("text", "slug", models.CharField(db_index=True, max_length=100)),
        migrations.AlterField("text", "email", models.CharField(max_length=100)),
        migrations.AlterField("text", "url", models.CharField(max_length=250)),
        migrations.AlterField("text", "url", models.FileField(max_length=250, upload_to="")),
        migrations.AlterField("text", "file", models.FileField(max_length=200, upload_to="")),
        migrations.AlterField("text", "file", models.ImageField(max_length=200, upload_to="")),
        migrations.AlterField("text", "file", models.CharField(max_length=300)),
        migrations.AlterField("text", "plain", models.SlugField(max_length=30)),
        # To text and back, with what hangs on it.
        migrations.AlterField("text", "plain", models.TextField()),
        migrations.AlterField("text", "plain", models.CharField(max_length=30)),
        migrations.AlterField("text", "indexed", models.TextField(db_index=True)),
        migrations.AlterField("text", "indexed", models.CharField(db_index=True, max_length=20)),
        migrations.AlterField("text", "unique", models.TextField(unique=True)),
        migrations.AlterField("text", "unique", models.CharField(max_length=20, unique=True)),
        migrations.AlterField("text", "both", models.TextField(db_index=True, unique=True)),
        migrations.AlterField("text", "both", models.CharField(db_index=True, max_length=10, unique=True)),
        migrations.AlterField("text", "text", models.CharField(max_length=10)),
        migrations.AlterField("text", "indexed_text", models.CharField(db_index=True, max_length=10)),
        migrations.AlterField("text", "unique_text", models.CharField(max_length=10, unique=True)),
        migrations.AlterField("text", "slug", models.TextField()),
        migrations.AlterField(
            "text", "array", django.contrib.postgres.fields.ArrayField(models.TextField(), db_index=True)
        ),
        # Column, type and index at once.
        migrations.AlterField("text", "column", models.TextField(db_column="New Column", db_index=True, null=True)),
        migrations.AlterField("text", "column", models.TextField(null=True, unique=True)),
        migrations.AlterField("text", "column", models.CharField(db_column="Third", default="%", max_length=10)),
    ]
