import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indexes", "0004_conditions")]

    operations = [
        migrations.RenameIndex(model_name="page", new_name="page_heading", old_name="page_title"),
        migrations.RenameIndex("page", "page_gin_renamed", old_name="page_gin"),
        migrations.RenameIndex("page", "page_heading", old_name="page_heading"),
        migrations.RemoveIndex(model_name="page", name="page_heading"),
        migrations.RemoveIndex("page", "page_lower"),
        migrations.RemoveIndex("Page", "page_gin_renamed"),
        migrations.RemoveIndex("page", "Quoted Name"),
        # The same name again, with another content.
        migrations.RemoveIndex("page", "page_body_ops"),
        migrations.AddIndex("page", models.Index(fields=["number"], name="page_body_ops")),
        migrations.AlterField("page", "number", models.PositiveIntegerField()),
        migrations.AlterField("page", "number", models.PositiveIntegerField(db_index=True)),
        migrations.RenameField("page", "other", "another"),
        migrations.AddIndex("page", django.contrib.postgres.indexes.GinIndex(fields=["another"], name="page_another")),
        # Its indexes go with it.
        migrations.RemoveField("page", "body"),
    ]
