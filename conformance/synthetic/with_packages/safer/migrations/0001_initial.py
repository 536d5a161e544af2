from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            "Author",
            [
                ("code", models.CharField(max_length=12, primary_key=True, db_column="author_code")),
                ("name", models.CharField(max_length=20)),
            ],
        ),
        migrations.CreateModel("Place", [("id", models.AutoField(primary_key=True)), ("number", models.BigIntegerField(unique=True))]),
        migrations.CreateModel(
            "Book",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("title", models.CharField(max_length=200)),
                ("price", models.IntegerField(null=True)),
                ("isbn", models.CharField(max_length=13, null=True, db_column="isbn13")),
                ("place", models.ForeignKey("safer.Place", models.CASCADE, null=True)),
            ],
        ),
        migrations.CreateModel(
            "AModelWhoseNameAloneIsLongEnoughForNames", [("id", models.BigAutoField(primary_key=True))]
        ),
    ]
