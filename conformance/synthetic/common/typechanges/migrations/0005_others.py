import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("typechanges", "0004_numbers")]

    operations = [
        migrations.AlterField("other", "date", models.DateTimeField(db_index=True)),
        migrations.AlterField("other", "date", models.DateField(auto_now=True, null=True)),
        migrations.AlterField("other", "moment", models.DateField()),
        migrations.AlterField("other", "moment", models.CharField(max_length=40)),
        migrations.AlterField("other", "time", models.DurationField()),
        migrations.AlterField("other", "uuid", models.CharField(max_length=36, unique=True)),
        migrations.AlterField("other", "uuid", models.UUIDField(db_index=True)),
        migrations.AlterField("other", "uuid", models.TextField(db_index=True)),
        migrations.AlterField("other", "json", models.TextField()),
        migrations.AlterField("other", "json", models.JSONField(default=dict)),
        migrations.AlterField("other", "ip", models.CharField(db_index=True, max_length=40)),
        migrations.AlterField("other", "ip", models.GenericIPAddressField(unique=True)),
        migrations.AlterField("other", "binary", models.TextField()),
        migrations.AlterField("other", "char", models.IntegerField()),
        migrations.AlterField("other", "char", models.TextField()),
        migrations.AlterField("other", "char", models.JSONField()),
        migrations.AlterField("other", "range", models.TextField()),
        migrations.AlterField("other", "range", django.contrib.postgres.fields.BigIntegerRangeField()),
    ]
