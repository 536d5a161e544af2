from django.db import migrations, models
from django.db.models import F
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = [("generated", "0001_initial")]

    operations = [
        migrations.AlterField(
            "product",
            "lower",
            models.GeneratedField(
                db_index=True, db_persist=True, expression=Lower("name"), output_field=models.CharField(max_length=50)
            ),
        ),
        migrations.RenameField("product", "lower", "lower_name"),
        migrations.RenameField("product", "nick", "nickname"),
        migrations.AlterField("product", "number", models.IntegerField(db_column="Number", db_index=True)),
        migrations.RemoveField("product", "length"),
        migrations.RemoveField("product", "unique"),
        migrations.AddField(
            "product",
            "again",
            models.GeneratedField(
                db_persist=True,
                expression=F("number") % 2,
                output_field=models.IntegerField(db_comment="half"),
                unique=True,
            ),
        ),
        migrations.RenameModel("Product", "Article"),
        migrations.AddField(
            "article",
            "copy",
            models.GeneratedField(db_persist=True, expression=F("nickname"), output_field=models.TextField()),
        ),
    ]
