from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("proxies", "0001_initial")]

    operations = [
        # On the table of the model that it stands for.
        migrations.AddIndex("student", models.Index(fields=["name"], name="student_name")),
        migrations.AddIndex("freshman", models.Index(fields=["-name"], name="freshman_name")),
        migrations.AddIndex("substitute", models.Index(fields=["subject"], name="substitute_subject")),
        migrations.AddIndex("membership", models.Index(fields=["student", "club"], name="membership")),
        migrations.AddConstraint("student", models.UniqueConstraint(fields=["name"], name="one_of_a_name")),
        migrations.RemoveConstraint("student", "one_of_a_name"),
        migrations.RemoveIndex("freshman", "freshman_name"),
        migrations.AlterModelOptions("student", {"proxy": True, "ordering": ["name"]}),
        migrations.AlterModelTable("student", "proxies_pupil"),
        # Of models that are nobody's base: Django leaves the name among the bases of others as it was.
        migrations.RenameModel("Substitute", "Deputy"),
        migrations.RenameModel("Freshman", "Beginner"),
        migrations.RenameModel("Membership", "Belonging"),
        # To the model that it stands for: the same table.
        migrations.AlterField("club", "head", models.ForeignKey("proxies.Person", models.CASCADE)),
        migrations.AlterField("club", "head", models.ForeignKey("proxies.Student", models.CASCADE, null=True)),
        migrations.AddField("club", "second", models.ForeignKey("proxies.Beginner", models.CASCADE, null=True)),
        migrations.AddField("club", "guests", models.ManyToManyField("proxies.Beginner", related_name="+")),
        migrations.AddField("club", "belonging", models.ForeignKey("proxies.Belonging", models.CASCADE, null=True)),
        # Reaches all that points to proxies.
        migrations.AlterField("person", "id", models.BigAutoField(primary_key=True)),
        migrations.RenameField("person", "name", "full_name"),
        migrations.AlterModelTable("person", "proxies_human"),
        migrations.RemoveField("club", "belonging"),
        migrations.DeleteModel("Belonging"),
        migrations.RemoveField("club", "guests"),
        migrations.RemoveField("club", "second"),
        migrations.DeleteModel("Beginner"),
        migrations.RemoveField("club", "substitute"),
        migrations.DeleteModel("Deputy"),
    ]
