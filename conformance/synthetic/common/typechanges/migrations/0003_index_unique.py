from django.db import migrations, models


class Migration(migrations.Migration):
    """db_index and unique on and off in every combination."""

    dependencies = [("typechanges", "0002_text")]

    operations = [
        migrations.CreateModel(
            name="Flags",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("char", models.CharField(max_length=10)),
                ("text", models.TextField()),
                ("number", models.IntegerField()),
                ("late", models.CharField(max_length=10, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["char"], name="flags_meta_idx")],
                "constraints": [models.UniqueConstraint(fields=["number"], name="flags_meta_uniq")],
            },
        ),
        migrations.AlterField("flags", "char", models.CharField(db_index=True, max_length=10)),
        migrations.AlterField("flags", "char", models.CharField(max_length=10, unique=True)),
        migrations.AlterField("flags", "char", models.CharField(db_index=True, max_length=10, unique=True)),
        migrations.AlterField("flags", "char", models.CharField(db_index=True, max_length=10)),
        migrations.AlterField("flags", "char", models.CharField(max_length=10)),
        migrations.AlterField("flags", "char", models.CharField(max_length=10, unique=True)),
        migrations.AlterField("flags", "char", models.CharField(max_length=10)),
        migrations.AlterField("flags", "char", models.CharField(db_index=True, max_length=10, unique=True)),
        migrations.AlterField("flags", "char", models.CharField(max_length=10)),
        migrations.AlterField("flags", "text", models.TextField(db_index=True, unique=True)),
        migrations.AlterField("flags", "text", models.TextField(db_index=True)),
        migrations.AlterField("flags", "text", models.CharField(max_length=10, unique=True)),
        migrations.AlterField("flags", "text", models.TextField()),
        migrations.AlterField("flags", "number", models.IntegerField(db_index=True)),
        migrations.AlterField("flags", "number", models.IntegerField(unique=True)),
        migrations.AlterField("flags", "number", models.IntegerField()),
        migrations.AlterField("flags", "number", models.PositiveIntegerField(unique=True)),
        migrations.AlterField("flags", "number", models.CharField(max_length=10, unique=True)),
        migrations.AlterField("flags", "late", models.CharField(max_length=10, null=True, unique=True)),
        migrations.AlterField("flags", "late", models.CharField(max_length=20, unique=True)),
        migrations.AlterField("flags", "late", models.CharField(default="a", max_length=20, null=True)),
    ]
