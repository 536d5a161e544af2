from django.contrib.postgres.fields import CICharField, CIEmailField, CITextField
from django.db import migrations, models


class Migration(migrations.Migration):
    """Django 5.1 keeps these fields for old migrations only, without a type of their own."""

    dependencies = [("columns", "0005_collated_keys")]

    operations = [
        migrations.CreateModel(
            name="Citext",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("char", CICharField(max_length=50)),
                ("email", CIEmailField(max_length=254, unique=True)),
                ("text", CITextField(db_index=True, null=True)),
            ],
        ),
        migrations.AddField("citext", "added", CICharField(default="", max_length=20)),
        migrations.AlterField("citext", "char", models.CharField(db_collation="case_insensitive", max_length=50)),
        migrations.AlterField("citext", "email", models.EmailField(max_length=254, unique=True)),
        migrations.AlterField("citext", "text", models.TextField(null=True)),
    ]
