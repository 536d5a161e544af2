from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("columns", "0003_remove")]

    operations = [
        # Another collation, none, and one together with another type.
        migrations.AlterField("caseinsensitive", "char", models.CharField(db_collation="german", max_length=20)),
        migrations.AlterField("caseinsensitive", "char", models.CharField(max_length=20)),
        migrations.AlterField("caseinsensitive", "char", models.CharField(db_collation="C", max_length=30)),
        migrations.AlterField("caseinsensitive", "char", models.TextField(db_collation="case_insensitive")),
        migrations.AlterField("caseinsensitive", "char", models.TextField(db_collation="case_insensitive", null=True)),
        migrations.AlterField("caseinsensitive", "char", models.CharField(max_length=20, null=True)),
        # An index for patterns exists only where the collation is deterministic.
        migrations.AlterField(
            "caseinsensitive",
            "indexed_char",
            models.CharField(db_collation="german", db_index=True, max_length=20),
        ),
        migrations.AlterField(
            "caseinsensitive",
            "indexed_char",
            models.CharField(db_collation="case_insensitive", db_index=True, max_length=20),
        ),
        migrations.AlterField(
            "caseinsensitive", "unique_char", models.CharField(db_collation="german", max_length=20, unique=True)
        ),
        migrations.AlterField(
            "caseinsensitive", "deterministic", models.CharField(db_collation="case_insensitive", max_length=20)
        ),
        migrations.AlterField("caseinsensitive", "deterministic", models.CharField(max_length=20, unique=True)),
        migrations.AlterField("caseinsensitive", "quoted", models.TextField(null=True)),
    ]
