from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    operations = [
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("name", models.CharField(max_length=40)),
                ("code", models.CharField(max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("customer", models.ForeignKey("python.Customer", models.CASCADE)),
                ("status", models.CharField(max_length=20)),
                ("total", models.IntegerField()),
                ("placed", models.DateField(null=True)),
            ],
        ),
    ]
