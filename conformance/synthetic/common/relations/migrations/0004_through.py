import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """An automatic table gets a model, as the manual has it."""

    dependencies = [("relations", "0003_many_to_many")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE relations_skill_similar RENAME TO relations_similarity",
                    "ALTER TABLE relations_similarity RENAME TO relations_skill_similar",
                ),
            ],
            state_operations=[
                migrations.CreateModel(
                    name="Similarity",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True)),
                        ("from_skill", models.ForeignKey("relations.skill", models.CASCADE, related_name="+")),
                        ("to_skill", models.ForeignKey("relations.skill", models.CASCADE, related_name="+")),
                    ],
                ),
                migrations.AlterField(
                    "skill", "similar", models.ManyToManyField("self", through="relations.Similarity")
                ),
            ],
        ),
        migrations.AddField("similarity", "degree", models.IntegerField(default=1)),
        migrations.AlterField(
            "similarity", "to_skill", models.ForeignKey("relations.skill", models.CASCADE, null=True)
        ),
        migrations.AlterField(
            "similarity",
            "from_skill",
            models.ForeignKey(
                "relations.skill", django.db.models.deletion.CASCADE, db_column="source", related_name="+"
            ),
        ),
        migrations.RemoveField("similarity", "to_skill"),
    ]
