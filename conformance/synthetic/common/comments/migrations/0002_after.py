from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("comments", "0001_initial")]

    operations = [
        migrations.RenameModel("Note", "Memo"),
        migrations.AlterField("memo", "share", models.IntegerField(db_comment="another share", null=True)),
        migrations.AlterField("memo", "added", models.IntegerField(db_column="Added", db_comment="moved", default=3)),
        migrations.AlterField("memo", "unique", models.TextField(db_comment="u", default="-", unique=True)),
        migrations.AlterModelTableComment("memo", "A memo"),
        migrations.RemoveField("memo", "added"),
    ]
