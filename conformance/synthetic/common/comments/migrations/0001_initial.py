import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    operations = [
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.AutoField(db_comment="The key", primary_key=True)),
                ("text", models.TextField(db_comment="it's a text", db_index=True)),
                ("percent", models.IntegerField(db_comment='0 to 100%%, \\ and "quotes"')),
                ("silent", models.IntegerField(null=True)),
                ("empty", models.IntegerField(db_comment="", null=True)),
                ("lines", models.IntegerField(db_column="Lines", db_comment="one\ntwo – ünï", null=True)),
                ("parent", models.ForeignKey("self", django.db.models.deletion.CASCADE, db_comment="above", null=True)),
                ("others", models.ManyToManyField("self", related_name="+")),
            ],
            options={"db_table_comment": "Notes that aren't secret"},
        ),
        migrations.CreateModel(
            name="Bare",
            fields=[("id", models.AutoField(primary_key=True))],
            options={"db_table_comment": ""},
        ),
        migrations.AddField("note", "added", models.IntegerField(db_comment="added", default=3)),
        migrations.AddField("note", "unique", models.CharField(db_comment="u", max_length=3, null=True, unique=True)),
        migrations.AddField(
            "note", "bare", models.ForeignKey("comments.bare", models.CASCADE, db_comment="b", null=True)
        ),
        migrations.AlterField("note", "silent", models.IntegerField(db_comment="speaks", null=True)),
        migrations.AlterField("note", "silent", models.IntegerField(db_comment="speaks 'up'", null=True)),
        migrations.AlterField("note", "silent", models.BigIntegerField(db_comment="big", null=True)),
        migrations.AlterField("note", "silent", models.BigIntegerField(db_comment="big", default=1)),
        migrations.AlterField("note", "silent", models.BigIntegerField(null=True)),
        migrations.AlterField("note", "text", models.TextField(db_comment="it's a text", unique=True)),
        migrations.AlterField("note", "text", models.CharField(db_comment="half", max_length=9)),
        migrations.AlterField("note", "parent", models.ForeignKey("self", models.CASCADE, null=True)),
        migrations.AlterField("note", "id", models.BigAutoField(db_comment="big key", primary_key=True)),
        migrations.RenameField("note", "percent", "share"),
        migrations.AlterModelTableComment("note", "it's new"),
        migrations.AlterModelTableComment(name="note", table_comment="it's new"),
        migrations.AlterModelTableComment("Note", None),
        migrations.AlterModelTableComment("bare", "\\ bare"),
        migrations.AlterModelTableComment("bare", ""),
    ]
