from django.db import migrations, models


class Migration(migrations.Migration):
    """preserve_default=False: the default is for this statement only."""

    dependencies = [("defaults", "0006_indirect")]

    operations = [
        migrations.AddField(
            model_name="target",
            name="once",
            field=models.CharField(default="once", max_length=10),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="target",
            name="rank",
            field=models.PositiveIntegerField(default=1),
            preserve_default=False,
        ),
        migrations.AlterField(model_name="target", name="rank", field=models.PositiveIntegerField(null=True)),
        migrations.AlterField(
            model_name="target",
            name="rank",
            field=models.PositiveIntegerField(default=2),
            preserve_default=False,
        ),
        migrations.AlterField(model_name="target", name="rank", field=models.PositiveIntegerField(default=5)),
        migrations.AlterField(model_name="target", name="rank", field=models.PositiveIntegerField()),
    ]
