from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("renames", "0005_swap_names")]

    operations = [
        migrations.AlterField("second", "b", models.CharField(max_length=9)),
        migrations.AlterField("second", "a", models.CharField(db_index=True, max_length=9, null=True)),
        migrations.AlterField("first", "first", models.ForeignKey("renames.second", models.CASCADE, null=True)),
        migrations.AlterField("second", "id", models.BigAutoField(primary_key=True)),
        migrations.AlterField("first", "id", models.BigAutoField(primary_key=True)),
    ]
