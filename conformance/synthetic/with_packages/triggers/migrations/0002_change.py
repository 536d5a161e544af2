import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("triggers", "0001_initial")]
    operations = [
        # No trigger looks at this column.
        migrations.AlterField("order", "total", models.BigIntegerField()),
        pgtrigger.migrations.RemoveTrigger(model_name="order", name="protect_deletes"),
        # Dropped and made again around this one; forelock says that it does not know in which words.
        migrations.AlterField("order", "status", models.TextField()),
        pgtrigger.migrations.RemoveTrigger("entry", "count"),
        migrations.RenameModel("Order", "Purchase"),
        pgtrigger.migrations.RemoveTrigger(model_name="purchase", name="frozen"),
    ]
