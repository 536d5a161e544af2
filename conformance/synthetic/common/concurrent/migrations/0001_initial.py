from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    operations = [
        migrations.CreateModel(
            name="Log",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("number", models.IntegerField(null=True)),
                ("text", models.TextField()),
                ("state", models.CharField(max_length=1)),
            ],
        ),
    ]
