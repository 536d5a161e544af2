from django.db import migrations, models


class Migration(migrations.Migration):
    """Django asks the database which keys and indexes there are: what was never sent it does not drop."""

    dependencies = [("python", "0005_put_off")]

    operations = [
        migrations.AlterField("parcel", "order", models.BigIntegerField(null=True, db_column="order_id")),
        migrations.AlterField("parcel", "code", models.CharField(max_length=20)),
        migrations.AlterField("parcel", "second", models.BigIntegerField(null=True, db_column="second_id")),
        migrations.AlterField("parcel", "third", models.BigIntegerField(null=True, db_column="third_id")),
        migrations.AlterField("parcel", "fourth", models.BigIntegerField(null=True, db_column="fourth_id")),
    ]
