from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("keys", "0001_initial")]

    operations = [
        migrations.AlterField("author", "id", models.BigAutoField(primary_key=True)),
        migrations.AlterField("book", "id", models.BigAutoField(primary_key=True)),
        migrations.AlterField("edit", "id", models.BigAutoField(primary_key=True)),
        # And smaller again, and without identity, and with it.
        migrations.AlterField("edit", "id", models.SmallAutoField(primary_key=True)),
        migrations.AlterField("edit", "id", models.IntegerField(primary_key=True)),
        migrations.AlterField("edit", "id", models.BigIntegerField(primary_key=True)),
        migrations.AlterField("edit", "id", models.BigAutoField(primary_key=True)),
        migrations.AlterField("edit", "id", models.PositiveIntegerField(primary_key=True)),
        migrations.AlterField("edit", "id", models.AutoField(primary_key=True)),
        migrations.AlterField("author", "id", models.BigIntegerField(primary_key=True)),
        migrations.AlterField("author", "id", models.BigAutoField(primary_key=True)),
    ]
