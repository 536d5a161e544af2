from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("columns", "0002_add")]

    operations = [
        migrations.RemoveField("nofields", "plain"),
        migrations.RemoveField("nofields", "unique"),
        migrations.RemoveField(model_name="nofields", name="unique_positive"),
        migrations.RemoveField(model_name="nofields", name="charkey"),
        migrations.RemoveField(model_name="nofields", name="smallkey"),
        migrations.RemoveField(model_name="nofields", name="parent"),
        migrations.RemoveField(model_name="nofields", name="renamed"),
        migrations.RemoveField(model_name="nofields", name="friends"),
        migrations.RemoveField(model_name="nofields", name="charkeys"),
        migrations.RemoveField(model_name="placed", name="unique_code"),
    ]
