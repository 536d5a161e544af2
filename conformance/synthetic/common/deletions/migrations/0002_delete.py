from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deletions", "0001_initial")]

    operations = [
        migrations.RemoveIndex("paper", "paper_title_year"),
        migrations.RemoveIndex("paper", "paper_lower"),
        migrations.RemoveConstraint("paper", "paper_pages"),
        migrations.AlterUniqueTogether("paper", {("year", "month")}),
        migrations.RemoveField("paper", "title"),
        migrations.RemoveField("paper", "pages"),
        migrations.RemoveField("paper", "previous"),
        migrations.RemoveField("paper", "related"),
        # PostgreSQL drops the constraints with their column.
        migrations.AlterUniqueTogether("paper", set()),
        migrations.RemoveField("paper", "month"),
        migrations.RemoveField("citation", "papers"),
        migrations.RemoveField("citation", "paper"),
        migrations.RemoveConstraint("paper", "paper_code_year"),
        migrations.RemoveField("paper", "code"),
        migrations.AddField("paper", "code", models.CharField(max_length=9, null=True, unique=True)),
        migrations.AlterField("paper", "code", models.CharField(max_length=9, null=True)),
        migrations.DeleteModel("Citation"),
        migrations.DeleteModel(name="Paper"),
        migrations.DeleteModel("empty"),
        # The same name again.
        migrations.CreateModel(
            name="Paper",
            fields=[("id", models.BigAutoField(primary_key=True)), ("title", models.TextField(unique=True))],
        ),
        migrations.AlterField("paper", "title", models.TextField()),
        migrations.RemoveField("paper", "title"),
        migrations.AddField("paper", "title", models.PositiveIntegerField(default=0)),
        migrations.AlterField("paper", "title", models.IntegerField(default=0)),
    ]
