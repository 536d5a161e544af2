from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("nullsdistinct", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("pair", "pair_not_distinct"),
        migrations.RemoveConstraint("pair", "pair_lower"),
        migrations.RemoveConstraint("pair", "pair_added"),
    ]
